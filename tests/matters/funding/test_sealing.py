"""Account numbers at rest: encrypted, bound to their grant, readable after the key was changed."""

from typing import Any

import pytest

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding import sealing
from makerspace.matters.funding.models import Account
from tests.matters.funding.helpers import NUMBER, confirmed, opened


def test_a_sealed_number_holds_none_of_it() -> None:
    sealed = sealing.seal(NUMBER, "GR-2026-0001")

    assert NUMBER.encode() not in sealed
    assert sealing.unseal(sealed, "GR-2026-0001") == NUMBER
    assert sealing.seal(NUMBER, "GR-2026-0001") != sealed


def test_a_number_moved_to_another_grant_is_unreadable() -> None:
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealing.seal(NUMBER, "GR-2026-0001"), "GR-2026-0002")


def test_only_the_last_four_digits_are_shown() -> None:
    assert sealing.masked(NUMBER[-4:]) == "**** **** 7890"


@pytest.mark.django_db
def test_after_a_new_key_everything_is_sealed_anew(settings: Any) -> None:
    (case,) = opened()
    settings.ACCOUNT_KEYS = ["first"]
    confirmed(case)
    old = bytes(Account.objects.get().sealed)
    settings.ACCOUNT_KEYS = ["second", "first"]

    assert funding.number_of(Account.objects.get(), case.number) == NUMBER
    assert funding.reseal_accounts() == 1

    settings.ACCOUNT_KEYS = ["second"]
    assert bytes(Account.objects.get().sealed) != old
    assert funding.number_of(Account.objects.get(), case.number) == NUMBER
    settings.ACCOUNT_KEYS = ["first"]
    with pytest.raises(sealing.Unreadable):
        funding.number_of(Account.objects.get(), case.number)

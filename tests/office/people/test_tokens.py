"""API tokens: the secret is kept nowhere, and a token is never more than its person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from makerspace.office.people import operations, tokens
from makerspace.office.people.models import ApiToken
from tests.factories import make_person

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_secret_stands_for_its_person_and_is_kept_nowhere() -> None:
    person = make_person()

    token, secret = tokens.issue(person, "月报程序")

    kept = str(ApiToken.objects.values().get(pk=token.pk))
    assert tokens.person_of(secret, NOW) == (person, frozenset({"act"}))
    assert secret not in kept
    assert secret.removeprefix(tokens.PREFIX) not in kept


@pytest.mark.parametrize("wrong", ["", "kmzc_", "kmzc_wrong", "\x00", "x" * 10_000, "kmzc_\ud800", "Bearer"])
def test_an_unknown_secret_stands_for_nobody(wrong: str) -> None:
    tokens.issue(make_person(), "甲")

    assert tokens.person_of(wrong, NOW) is None


def test_a_token_ends_with_its_term_its_revocation_or_its_person() -> None:
    expired = tokens.issue(make_person(), "过期", expires=NOW)[1]
    token, revoked = tokens.issue(make_person(), "作废")
    locked_person = make_person()
    locked = tokens.issue(locked_person, "停用")[1]
    tokens.revoke(token, at=NOW)
    operations.disable(locked_person)

    assert [tokens.person_of(secret, NOW) for secret in (expired, revoked, locked)] == [None, None, None]


def test_the_right_to_decide_ends_before_the_token() -> None:
    person = make_person()
    secret = tokens.issue(person, "审定", decide=True, decide_until=NOW + timedelta(minutes=60))[1]

    during, after = (tokens.person_of(secret, NOW + timedelta(minutes=minutes)) for minutes in (59, 60))

    assert during == (person, frozenset({"act", "decide"}))
    assert after == (person, frozenset({"act"}))


def test_revoking_twice_keeps_the_first_instant() -> None:
    token, _ = tokens.issue(make_person(), "甲")

    tokens.revoke(token, at=NOW)
    tokens.revoke(token, at=NOW + timedelta(days=1))

    assert ApiToken.objects.get(pk=token.pk).revoked_at == NOW

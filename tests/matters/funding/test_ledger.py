"""The ledger alone: what is not there cannot be moved."""

import io

import pytest
from django.core.management import call_command

from makerspace.matters.funding import ledger
from makerspace.matters.funding.models import Posting
from makerspace.matters.funding.queries import budgets
from makerspace.office.casework.refusals import Refused
from makerspace.office.casework.taking import take
from tests.matters.funding.helpers import FULL, ON, Office, confirmed, opened, owner

pytestmark = pytest.mark.django_db
Place = Posting.Place


def test_more_than_there_is_is_never_moved() -> None:
    office = Office()
    budget = office.budget(FULL)

    with pytest.raises(Refused, match="余额不足"):
        ledger.move(budget, Place.AVAILABLE, Place.PAID, FULL + 1, act="x", by=office.leader, on=ON)

    budget.refresh_from_db()
    assert budgets.figures(budget) == budgets.summed(budget)


@pytest.mark.parametrize("number", [12345678, None, ["1"]])
def test_an_account_number_that_is_no_text_is_refused(number: object) -> None:
    (case,) = opened()
    given = {"payee": case.grant.title.holder, "bank": "某银行", "account_number": number}

    with pytest.raises(Refused) as refusal:
        take(case, "confirm_account", by=owner(case), on=ON, payload=given)

    assert set(refusal.value.refusal.fields) == {"account_number"}


def test_the_command_seals_every_account_anew() -> None:
    confirmed(opened()[0])
    said = io.StringIO()

    call_command("reseal_accounts", stdout=said)

    assert said.getvalue() == "已重新加密1个收款账号。\n"

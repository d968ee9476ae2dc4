"""Two people at the same moment: exactly one wins, and the budget is never overdrawn. On both databases."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Budget, Ceiling, Grant, Payment, Repayment
from makerspace.matters.funding.queries import budgets
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Duty, Role
from tests.factories import make_person
from tests.matters.funding.helpers import FULL, ON, Office, opened, to_stage
from tests.matters.recognition.helpers import announced

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("many_at_once")]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answered or was refused with, each from a thread and a connection of its own."""
    gate, answers = threading.Barrier(len(calls)), dict.fromkeys(range(len(calls)))

    def run(place: int) -> None:
        with contextlib.closing(connection):
            gate.wait(10)
            try:
                answers[place] = calls[place]()
            except Refused as refusal:
                answers[place] = refusal.refusal

    threads = [threading.Thread(target=run, args=(place,)) for place in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[place] for place in range(len(calls))]


def approving(case: Case, leader: Person) -> Callable[[], Any]:
    return lambda: funding.approve_payment(case, by=leader, on=ON, basis="会议").stage


def test_of_two_approvals_beyond_the_budget_one_wins() -> None:
    office = Office()
    office.budget(FULL)
    one, two = [to_stage(case, "payable", office) for case in opened(2)]

    answers = at_once(approving(one, office.leader), approving(two, office.second))

    assert [answer for answer in answers if answer == "approved"] == ["approved"]
    (lost,) = [answer for answer in answers if answer != "approved"]
    assert (lost.code, "预算" in lost.text) == ("wrong_stage", True)
    budget = Budget.objects.get()
    assert budgets.figures(budget) == budgets.summed(budget) == (ON.year, FULL, 0, FULL, 0, 0)


def test_of_two_leaders_one_approves_the_same_grant() -> None:
    office = Office()
    office.budget()
    (case,) = [to_stage(case, "payable", office) for case in opened()]

    answers = at_once(approving(case, office.leader), approving(case, office.second))

    assert answers.count("approved") == 1
    assert Payment.objects.count() == 1
    assert Budget.objects.get().committed == FULL


def test_two_clocks_open_a_grant_once() -> None:
    announced()

    at_once(lambda: funding.open_grants(ON), lambda: funding.open_grants(ON))

    assert (Grant.objects.count(), Case.objects.filter(kind="grant").count()) == (1, 1)


def test_of_two_who_propose_a_ceiling_one_does() -> None:
    office = Office()

    def propose(by: Person) -> Callable[[], Any]:
        return lambda: funding.propose_ceiling(ON.year, amount=FULL, basis="批复", by=by, on=ON).state

    answers = at_once(propose(office.handler), propose(office.second))

    assert answers.count("proposed") == 1
    assert Ceiling.objects.count() == 1


def ordered_back(office: Office, count: int) -> list[Case]:
    """So many grants, each paid, of which all is to come back."""
    given: dict[str, Any] = {"basis": "misuse", "reason": "挪用", "pay_back_by": ON + timedelta(days=30)}
    cases = [to_stage(case, "paid", office) for case in opened(count)]
    return [funding.recover(case, by=office.second, on=ON, amount=FULL, **given) for case in cases]


def repaying(case: Case, payer: Person, amount: int, voucher: str) -> Callable[[], Any]:
    told: dict[str, Any] = {"amount": amount, "paid_back_on": ON, "voucher": voucher}
    return lambda: funding.record_repayment(case, by=payer, on=ON, **told).stage


def test_of_two_repayments_beyond_what_is_owed_one_wins() -> None:
    office, other = Office(), make_person(Role.BUREAU, duties=[Duty.PAYER])
    office.budget()
    (case,) = ordered_back(office, 1)

    answers = at_once(repaying(case, office.payer, FULL, "JK-1"), repaying(case, other, FULL - 1, "JK-2"))

    assert answers.count("recovered") == 1
    assert Repayment.objects.count() == 1


def test_one_voucher_repays_one_of_two_debts() -> None:
    office = Office()
    office.budget()
    one, two = ordered_back(office, 2)

    answers = at_once(repaying(one, office.payer, 1, "JK-1"), repaying(two, office.payer, 1, "JK-1"))

    assert answers.count("recovered") == 1
    (lost,) = [answer for answer in answers if answer != "recovered"]
    assert (lost.code, set(lost.fields)) == ("invalid", {"voucher"})
    assert Repayment.objects.count() == 1

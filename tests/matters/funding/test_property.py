"""The ledger always balances: a thousand random sequences of acts, each summed by an account of the test's own."""

from copy import copy
from random import Random
from typing import Any

import pytest
from django.db import transaction

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Budget, Grant
from makerspace.matters.funding.queries import budgets
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import as_it_is
from makerspace.office.casework.refusals import Refused
from tests.matters.funding.helpers import FULL, NUMBER, ON, Office, opened, owner

pytestmark = pytest.mark.django_db
SEQUENCES, GRANTS = 1000, 3
STEPS = (
    "ceiling", "approve", "approve", "approve_all", "pay", "pay", "pay", "bounce", "bounce", "recheck", "stop", "recover", "recover",
    "end_title",
)  # fmt: skip
ALIKE = (25, 5, 1, 1, 1, 1, 1, 1)  # so many neighbours have each act after the first in common
Step = tuple[str, int, int]


def sequence(number: int) -> list[Step]:
    """One of the thousand, the same on every machine; it begins with money, without which nothing is approved.

    Five neighbours begin alike, and five times five, so that what they have in common need be lived but once.
    """
    first = ("ceiling", 0, Random(number // 125).randint(FULL, 4 * FULL))
    length = Random(number).randint(3, 8)
    return [first, *(_step(Random(f"{at} {number // width}")) for at, width in enumerate(ALIKE[:length]))]


def _step(random: Random) -> Step:
    return random.choice(STEPS), random.randrange(GRANTS), random.randint(0, 4 * FULL)


class Life:
    """Takes acts as people do; one that is refused changes nothing, in the tables and in the expectation."""

    def __init__(self, cases: list[Case], office: Office) -> None:
        self.cases, self.office = cases, office
        self.ceiling, self.places = 0, dict.fromkeys(range(len(cases)), "none")
        self.back = dict.fromkeys(range(len(cases)), 0)
        self.vouchers = 0

    def so_far(self) -> "Life":
        """Another life that came as far as this one."""
        other = copy(self)
        other.places, other.back = dict(self.places), dict(self.back)
        return other

    def take(self, step: Step) -> None:
        """One act; whether it was taken is the system's word, what it means for the money is the test's own."""
        name, place, amount = step
        try:
            with transaction.atomic():
                getattr(self, f"_{name}")(place, amount)
        except Refused:
            return
        getattr(self, f"then_{name}", lambda place, amount: None)(place, amount)

    def case(self, place: int) -> Case:
        return as_it_is(self.cases[place])

    def _ceiling(self, place: int, amount: int) -> None:
        made = funding.propose_ceiling(ON.year, amount=amount, basis="调整", by=self.office.handler, on=ON)
        funding.confirm_ceiling(made, by=self.office.second, on=ON)

    def then_ceiling(self, place: int, amount: int) -> None:
        self.ceiling = amount

    def _approve(self, place: int, amount: int) -> None:
        funding.approve_payment(self.case(place), by=self.office.leader, on=ON, basis="会议")

    def then_approve(self, place: int, amount: int) -> None:
        self.places[place] = "committed"

    def _approve_all(self, place: int, amount: int) -> None:
        cases = [self.case(each) for each in range(GRANTS)]
        funding.approve_payments(cases, by=self.office.leader, on=ON, basis="会议")

    def then_approve_all(self, place: int, amount: int) -> None:
        self.places = dict.fromkeys(self.places, "committed")

    def _pay(self, place: int, amount: int) -> None:
        voucher = f"PZ-{self.vouchers}"
        funding.record_payment(self.case(place), by=self.office.payer, on=ON, paid_on=ON, voucher=voucher)

    def then_pay(self, place: int, amount: int) -> None:
        self.vouchers += 1
        self.places[place] = "paid"

    def _bounce(self, place: int, amount: int) -> None:
        given: dict[str, Any] = {"by": self.office.payer, "on": ON, "bounced_on": ON, "reason": "退汇"}
        case = ready(funding.record_bounce(self.case(place), **given), self.office)
        assert case.stage == "payable"

    def then_bounce(self, place: int, amount: int) -> None:
        self.places[place] = "none"

    def _recheck(self, place: int, amount: int) -> None:
        case = funding.recheck_account(
            self.case(place), by=self.office.handler, on=ON, reason="运营单位已变更", unpaid=True
        )
        assert ready(case, self.office).stage == "payable"

    def then_recheck(self, place: int, amount: int) -> None:
        self.places[place] = "none"

    def _stop(self, place: int, amount: int) -> None:
        self._end_title(place, amount)
        funding.stop_payment(self.case(place), by=self.office.leader, on=ON, reason="称号终止")

    def then_stop(self, place: int, amount: int) -> None:
        self.places[place] = "none"

    def _recover(self, place: int, amount: int) -> None:
        day = ON.replace(month=12)
        amount %= FULL + FULL // 10  # more than was paid is refused
        given: dict[str, Any] = {"basis": "misuse", "amount": amount + 1, "reason": "挪用", "pay_back_by": day}
        funding.recover(self.case(place), by=self.office.leader, on=ON, **given)

    def then_recover(self, place: int, amount: int) -> None:
        self.back[place] = amount % (FULL + FULL // 10) + 1

    def _end_title(self, place: int, amount: int) -> None:
        title = Grant.objects.get(case=self.cases[place]).title
        type(title).objects.filter(pk=title.pk).update(state="relinquished", ended_on=ON)

    def expected(self) -> tuple[int, ...]:
        """Ceiling, available, committed, paid, recovered, as the test itself kept count."""
        committed = FULL * list(self.places.values()).count("committed")
        back = sum(self.back.values())
        paid = FULL * list(self.places.values()).count("paid") - back
        return (self.ceiling, self.ceiling - committed - paid - back, committed, paid, back)


def ready(case: Case, office: Office) -> Case:
    """The account confirmed and accepted, unless the title has ended."""
    account = {"payee": case.grant.title.holder, "bank": "某银行", "account_number": NUMBER}
    case = funding.confirm_account(case, by=owner(case), on=ON, **account)
    return funding.accept_account(case, by=office.handler, on=ON)


def test_a_thousand_random_sequences_of_acts_balance() -> None:
    """The sums of the ledger, the year's figures and the test's own count are one after every single act."""
    office = Office()
    cases = [ready(case, office) for case in opened(GRANTS)]
    taken = dict.fromkeys(STEPS, 0)

    ended = live(Life(cases, office), [sequence(number) for number in range(SEQUENCES)], (), taken)

    assert ended == SEQUENCES
    assert {name for name, count in taken.items() if not count} == {"end_title"}  # every act that moves money did


def live(life: Life, sequences: list[list[Step]], before: tuple[Step, ...], taken: dict[str, int]) -> int:
    """Each of the sequences, of which these acts were taken, to its end: how many; what begins alike is lived but once."""
    going_on: dict[Step, list[list[Step]]] = {}
    for steps in sequences:
        if len(steps) > len(before):
            going_on.setdefault(steps[len(before)], []).append(steps)
    ended = len(sequences) - sum(map(len, going_on.values()))
    for step, those in going_on.items():
        with transaction.atomic():
            other = life.so_far()
            _take(other, step, (*before, step), taken)
            ended += live(other, those, (*before, step), taken)
            transaction.set_rollback(True)
    return ended


def _take(life: Life, step: Step, steps: tuple[Step, ...], taken: dict[str, int]) -> None:
    before = life.expected()
    life.take(step)
    budget = Budget.objects.get(year=ON.year)
    figures = budgets.figures(budget)
    taken[step[0]] += figures[1:] != before
    assert figures[1:] == life.expected(), steps
    assert budgets.summed(budget) == figures, steps

"""Budgets, batches and the ledger: for the bureau, leaders and auditors."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from makerspace.matters.funding.models import Batch, Budget, Ceiling, Grant, Hold, Payment, Posting
from makerspace.matters.funding.queries.payees import TITLED
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import people_of, waiting_for
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Duty, Role


def of_year(year: int) -> Budget | None:
    """The year's budget, once a ceiling was set in force."""
    return Budget.objects.filter(year=year).first()


def years() -> QuerySet[Budget]:
    """Every year that has a budget, the newest first."""
    return Budget.objects.order_by("-year")


class Figures(NamedTuple):
    """One year's money in fen."""

    year: int
    ceiling: int
    available: int
    committed: int
    paid: int
    recovered: int


def figures(budget: Budget) -> Figures:
    """Where the year's money stands."""
    return Figures(
        budget.year, budget.ceiling, budget.available, budget.committed, budget.paid, budget.recovered
    )  # fmt: skip


def summed(budget: Budget) -> Figures:
    """The same, summed anew from the ledger: it must be equal."""
    rows = Posting.objects.filter(budget=budget).order_by().values_list("source", "target").annotate(Sum("amount"))
    sums = dict.fromkeys(Posting.Place.values, 0)
    for source, target, amount in rows:
        sums[source] -= amount
        sums[target] += amount
    return Figures(
        budget.year, -sums["outside"], sums["available"], sums["committed"], sums["paid"], sums["recovered"]
    )  # fmt: skip


def proposed(budget: Budget) -> Ceiling | None:
    """The ceiling that waits for a second person."""
    return budget.ceilings.filter(state=Ceiling.State.PROPOSED).select_related("proposed_by").first()


def ceilings(budget: Budget) -> QuerySet[Ceiling]:
    """Every ceiling ever proposed, the newest first."""
    return budget.ceilings.select_related("proposed_by", "decided_by")


def postings(budget: Budget) -> QuerySet[Posting]:
    """The year's ledger, the newest first."""
    return Posting.objects.filter(budget=budget).select_related("grant__case", "by")


def batches() -> QuerySet[Batch]:
    """Every batch: how many payments it has, how many of them were returned unpaid, and how much money was approved."""
    return Batch.objects.select_related("by", "budget").annotate(
        count=Count("payments"), total=Sum("payments__amount"),
        returned=Count("payments", filter=Q(payments__state=Payment.State.RETURNED)),
    )  # fmt: skip


def payments_of(batch: Batch) -> QuerySet[Payment]:
    """A batch's payments in the order of their approval."""
    rows = batch.payments.select_related("grant__case__organisation", "grant__title", "account", "paid_by")
    return rows.prefetch_related(*TITLED).order_by("id")


def payable(person: Person, on: date) -> QuerySet[Case]:
    """The grants that wait for this leader's approval."""
    return (
        waiting_for(person, on)
        .filter(kind="grant", stage="payable")
        .select_related("organisation", "authority", "grant")
    )


def held() -> dict[int, str]:
    """The cases that wait for approval and have an undecided hold: why, by key."""
    open_ones = Hold.objects.filter(grant__case__stage="payable", state=Hold.State.OPEN)
    rows = open_ones.select_related("earlier__case", "grant")
    return {row.grant.case_id: f"与{row.earlier.case.number}的引导资金待核定是否重复资助" for row in rows}


def total_of(cases: Sequence[Case]) -> int:
    """What these grants come to in fen."""
    return int(Grant.objects.filter(case__in=cases).aggregate(total=Sum("amount"))["total"] or 0)


def to_pay() -> QuerySet[Payment]:
    """Approved and not yet paid, the oldest first."""
    rows = Payment.objects.filter(state=Payment.State.APPROVED)
    rows = rows.select_related("grant__case__organisation", "grant__title", "account", "batch__by")
    return rows.prefetch_related(*TITLED).order_by("id")


def pays(person: Person, on: date) -> bool:
    """Whether the person is of the bureau and carries the duty to pay."""
    offices = person.capacity(on).offices
    return any(office.role is Role.BUREAU and Duty.PAYER in office.duties for office in offices)


def payers_of(case: Case, on: date) -> list[Person]:
    """Everybody who may be told that a payment is to be made, or not to be made."""
    return [person for person in people_of(case, Role.BUREAU, on) if pays(person, on)]


def budget_json(budget: Budget) -> dict[str, Any]:
    """As the API gives it, in fen."""
    return figures(budget)._asdict()


def batch_json(batch: Batch) -> dict[str, Any]:
    """As the API gives it, in fen."""
    rows = list(batch.payments.order_by("id").values_list("grant__case__number", "amount"))
    return {
        "number": batch.number,
        "year": batch.budget.year,
        "basis": batch.basis,
        "approved_on": batch.on.isoformat(),
        "cases": [number for number, _ in rows],
        "total": sum(amount for _, amount in rows),
    }

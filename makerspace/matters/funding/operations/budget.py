"""The year's ceiling: one proposes, another who is a leader sets it in force; dated, never edited."""

from datetime import date

from django.db import transaction

from makerspace.matters.funding import ledger
from makerspace.matters.funding.capitals import in_yuan
from makerspace.matters.funding.models import Budget, Ceiling, Posting
from makerspace.matters.funding.queries import budgets
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role

Place, State = Posting.Place, Ceiling.State
FIRST = 2017


@transaction.atomic
def propose_ceiling(year: int, *, amount: int, basis: str, by: Person, on: date) -> Ceiling:
    """Propose the ceiling of a year in fen, with the document that it rests on."""
    role = _officer(by, on)
    if not FIRST <= year <= on.year + 1:
        told = f"预算年度应在{FIRST}年至{on.year + 1}年之间"
        raise refused("invalid", f"{told}。", 13, fields={"year": told})
    Budget.objects.get_or_create(year=year)
    budget = _locked(year)
    if budgets.proposed(budget):
        raise refused("wrong_stage", f"{year}年度已有一项额度待确认，请先确认或撤回。", 13)
    if amount == budget.ceiling:
        told = "与现行额度相同"
        raise refused("invalid", f"提出的额度{told}。", 13, fields={"amount": told})
    _ask_covers(budget, amount)
    made = Ceiling.objects.create(budget=budget, amount=amount, basis=basis, proposed_by=by, proposed_on=on)
    _keep(made, "propose_ceiling", by, role, on)
    return made


@transaction.atomic
def confirm_ceiling(ceiling: Ceiling, *, by: Person, on: date) -> Ceiling:
    """Set a proposed ceiling in force: a leader, and not who proposed it."""
    budget, ceiling = _open(ceiling)
    if Role.LEADER not in by.capacity(on).roles:
        raise refused("not_yours", "预算额度由市科技局负责人确认。", 13)
    if ceiling.proposed_by_id == by.pk:
        raise refused("not_yours", "预算额度须由提出人以外的负责人确认。", 13)
    _ask_covers(budget, ceiling.amount)
    _decide(ceiling, State.IN_FORCE, by, on)
    more = ceiling.amount - budget.ceiling
    if more > 0:
        ledger.move(budget, Place.OUTSIDE, Place.AVAILABLE, more, act="confirm_ceiling", by=by, on=on)
    else:
        ledger.move(budget, Place.AVAILABLE, Place.OUTSIDE, -more, act="confirm_ceiling", by=by, on=on)
    _keep(ceiling, "confirm_ceiling", by, Role.LEADER, on)
    return ceiling


@transaction.atomic
def withdraw_ceiling(ceiling: Ceiling, *, by: Person, on: date) -> Ceiling:
    """Take a proposal back: who proposed it, or a leader."""
    _, ceiling = _open(ceiling)
    role = _officer(by, on)
    if ceiling.proposed_by_id != by.pk and role is not Role.LEADER:
        raise refused("not_yours", "额度由提出人或市科技局负责人撤回。", 13)
    _decide(ceiling, State.WITHDRAWN, by, on)
    _keep(ceiling, "withdraw_ceiling", by, role, on)
    return ceiling


def _officer(by: Person, on: date) -> Role:
    roles = by.capacity(on).roles
    for role in (Role.LEADER, Role.BUREAU):
        if role in roles:
            return role
    raise refused("not_yours", "预算额度由市科技局经办处室或负责人提出。", 13)


def _locked(year: int) -> Budget:
    return Budget.objects.select_for_update(no_key=True).get(year=year)


def _open(ceiling: Ceiling) -> tuple[Budget, Ceiling]:
    budget = _locked(ceiling.budget.year)
    found = Ceiling.objects.select_related("budget").get(pk=ceiling.pk)
    if found.state != State.PROPOSED:
        raise refused("wrong_stage", f"这项额度{found.get_state_display()}，请刷新后查看。", 13)
    return budget, found


def _decide(ceiling: Ceiling, state: Ceiling.State, by: Person, on: date) -> None:
    ceiling.state, ceiling.decided_by, ceiling.decided_on = state, by, on
    ceiling.save(update_fields=["state", "decided_by", "decided_on"])


def _ask_covers(budget: Budget, amount: int) -> None:
    bound = budget.ceiling - budget.available
    if amount < bound:
        told = f"额度不能低于已批准和已拨付的{in_yuan(bound)}"
        raise refused("invalid", f"{told}。", 13, fields={"amount": told})


def _keep(ceiling: Ceiling, act: str, by: Person, role: Role, on: date) -> None:
    """In the budget's own stream of the record, under the budget's lock."""
    data = {"ceiling": ceiling.pk, "amount": ceiling.amount, "basis": ceiling.basis}
    append(stream_of(ceiling.budget), act, by=by, role=role, on=on, articles=(13,), data=data)


def stream_of(budget: Budget) -> str:
    """The budget's stream in the record."""
    return f"BUDGET-{budget.year}"

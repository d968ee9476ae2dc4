"""The ledger: every change of a year's money is one row, and the year's figures move with it in the same transaction."""

from datetime import date

from django.db import transaction
from django.db.models import F, Q

from makerspace.matters.funding.models import Budget, Grant, Posting
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock

Place = Posting.Place


@transaction.atomic
def move(
    budget: Budget,
    source: Place,
    target: Place,
    amount: int,
    *,
    act: str,
    by: Person,
    on: date,
    grant: Grant | None = None,
) -> Posting:
    """Move so many fen from one place to another. Refused where the source has less; two at once: one wins."""
    changes = {figure: F(figure) + sign * amount for figure, sign in _changes(source, target).items()}
    enough = Q() if source is Place.OUTSIDE else Q(**{f"{source.value}__gte": amount})
    if not Budget.objects.filter(enough, pk=budget.pk).update(**changes):
        raise refused("wrong_stage", f"{budget.year}年度预算“{source.label}”余额不足，没有办理。", 13)
    return Posting.objects.create(
        budget=budget, source=source, target=target, amount=amount, act=act, grant=grant, by=by, on=on, at=clock.now()
    )


def _changes(source: Place, target: Place) -> dict[str, int]:
    """Which figures go down and up; what comes from outside, or goes back there, changes the ceiling itself."""
    if source is Place.OUTSIDE:
        return {"ceiling": 1, target.value: 1}
    if target is Place.OUTSIDE:
        return {"ceiling": -1, source.value: -1}
    return {source.value: -1, target.value: 1}

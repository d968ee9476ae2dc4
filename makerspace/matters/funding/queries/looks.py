"""Who opened a number in full since the approval: from then on money may have left; and who has said since that it did not."""

from collections.abc import Collection
from datetime import date

from makerspace.matters.funding.queries.budgets import pays
from makerspace.matters.funding.queries.grants import LOOK
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry

APPROVED, UNPAID = "approve_payment", "confirm_unpaid"


def since_approval(numbers: Collection[str]) -> dict[str, list[Entry]]:
    """By case the looks, and what was said about them, since it was last approved. One query."""
    found: dict[str, list[Entry]] = {}
    rows = Entry.objects.filter(stream__in=numbers, act__in=(APPROVED, LOOK, UNPAID)).select_related("person")
    for row in rows.order_by("seq"):
        if row.act == APPROVED:
            found[row.stream] = []
        else:
            found.setdefault(row.stream, []).append(row)
    return found


def open_in(numbers: Collection[str]) -> set[str]:
    """The cases among those numbers whose last look was not answered. One query."""
    return {number for number, rows in since_approval(numbers).items() if rows and rows[-1].act == LOOK}


def looked(case: Case) -> bool:
    """Whether anybody opened the number since the approval."""
    return any(row.act == LOOK for row in since_approval([case.number]).get(case.number, ()))


def unanswered(case: Case, on: date) -> list[Entry]:
    """The looks after which it was not confirmed that nothing was paid: by who looked, or by another once they pay no more."""
    rows = since_approval([case.number]).get(case.number, [])
    said = [row for row in rows if row.act == UNPAID]
    return [row for row in rows if row.act == LOOK and not any(_answers(each, row, on) for each in said)]


def _answers(said: Entry, look: Entry, on: date) -> bool:
    return said.seq > look.seq and may_answer(said.person, look, on)


def may_answer(person: Person | None, look: Entry, on: date) -> bool:
    """Whether it is for that person to say what became of the look."""
    return person == look.person or look.person is None or not pays(look.person, on)

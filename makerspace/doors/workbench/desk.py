"""What lies on the desk of whoever signs in: what waits, what was said, what is on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from makerspace.matters.application import queries as applications
from makerspace.matters.application.models import Application, Call
from makerspace.office.casework import queries, worklists
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import cited
from makerspace.office.notify.models import Message
from makerspace.office.notify.queries import inbox_of
from makerspace.office.people.models import Person
from makerspace.office.people.queries import ADMINISTRATION
from makerspace.regulation.terms import Role

MOST_WAITING, MOST_RECENT, MOST_MESSAGES = 20, 8, 5
# The applicant's own work has a better place than the case page: its label and the name of its address.
WORKPLACES = {"draft": ("继续填报", "application_tasks"), "correction": ("去补正", "application_tasks")}


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: the case, where it stands, on which articles, and the one button."""

    case: Case
    stage: str
    article: str
    last_day: date | None
    label: str
    url: str


@dataclass(frozen=True)
class Desk:
    """The first page after sign-in."""

    waiting: Sequence[Waiting]
    more: int
    unread: Sequence[Message]
    recent: Sequence[Case]
    calls: Sequence[tuple[Call, str]]
    first_steps: str


def desk_of(person: Person, on: date) -> Desk:
    """Everything on the desk; the number of queries does not grow with the cases."""
    rows = list(worklists.listed(queries.waiting_for(person, on))[: MOST_WAITING + 1])
    more = queries.waiting_for(person, on).count() - MOST_WAITING if len(rows) > MOST_WAITING else 0
    applies = Role.APPLICANT in person.capacity(on).roles
    mine = worklists.without_drafts_of_others(queries.visible_to(person, on), person, on)
    recent = list(worklists.listed(mine).order_by("-id")[:MOST_RECENT])
    return Desk(
        waiting=_waiting(rows[:MOST_WAITING], applies=applies),
        more=more,
        unread=list(inbox_of(person).filter(read_at=None)[:MOST_MESSAGES]),
        recent=recent,
        calls=[(call, reverse("application_start", args=[call.pk])) for call in applications.open_calls(on)[:3]]
        if applies
        else [],
        first_steps=_first_steps(person, on, bool(rows or recent)),
    )


def _waiting(cases: Sequence[Case], *, applies: bool) -> list[Waiting]:
    """Each case with its button; a draft's last day is that of its call."""
    drafts = [case.pk for case in cases if case.filed_on is None] if applies else []
    closing = dict(Application.objects.filter(case__in=drafts).values_list("case", "call__closes_on")) if drafts else {}
    found = []
    for case in cases:
        stage = queries.stage_of(case)
        own = applies and case.stage in WORKPLACES and stage.holder is Role.APPLICANT
        label, url = _workplace(case) if own else ("办理", reverse("work_case", args=[case.number]))
        last_day = case.due_on or closing.get(case.pk)
        found.append(Waiting(case, stage.label, cited(stage.articles), last_day, label, url))
    return found


def _workplace(case: Case) -> tuple[str, str]:
    label, name = WORKPLACES[case.stage]
    return label, reverse(name, args=[case.number])


def _first_steps(person: Person, on: date, has_cases: bool) -> str:
    """What an empty desk explains: which kind of person this is."""
    capacity = person.capacity(on)
    if capacity.roles & ADMINISTRATION:
        return "administration"
    if Role.APPLICANT in capacity.roles and not capacity.organisations:
        return "organisation"
    if has_cases:
        return ""
    return "apply" if Role.APPLICANT in capacity.roles else "officer"

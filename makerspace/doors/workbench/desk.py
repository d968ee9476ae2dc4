"""What lies on the desk of whoever signs in: what waits, what was said, what is on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from makerspace.doors.workbench.inbox import Told, as_of_today
from makerspace.doors.workbench.listing import kind_name
from makerspace.matters.application import queries as applications
from makerspace.matters.application.models import Application, Call
from makerspace.matters.review.queries.waiting import errands_of, told_as_errands
from makerspace.matters.support.queries import waiting as support
from makerspace.office.casework import queries, worklists
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import cited
from makerspace.office.notify.queries import inbox_of
from makerspace.office.people.models import Person
from makerspace.office.people.queries import ADMINISTRATION
from makerspace.regulation.terms import Role

MOST_WAITING, MOST_RECENT, MOST_MESSAGES = 20, 8, 5
# The applicant's own work has a better place than the case page: its label and the name of its address.
WORKPLACES = {"draft": ("继续填报", "application_tasks"), "correction": ("去补正", "application_tasks")}


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: about what, what to do, on which articles, since and until when, and the one button."""

    subject: str
    note: str
    what: str
    article: str
    since: date
    last_day: date | None
    label: str
    url: str


@dataclass(frozen=True)
class Desk:
    """The first page after sign-in."""

    waiting: Sequence[Waiting]
    more: int
    unread: Sequence[Told]
    recent: Sequence[Case]
    calls: Sequence[tuple[Call, str]]
    first_steps: str


def desk_of(person: Person, on: date) -> Desk:
    """Everything on the desk; the number of queries does not grow with the cases."""
    cases = queries.waiting_for(person, on).exclude(told_as_errands())
    rows = list(worklists.listed(cases)[: MOST_WAITING + 1])
    uncounted = cases.count() - len(rows) if len(rows) > MOST_WAITING else 0
    applies = Role.APPLICANT in person.capacity(on).roles
    waiting = _by_urgency([*_errands(person, on), *_waiting(rows, applies=applies)])
    mine = worklists.without_drafts_of_others(queries.visible_to(person, on), person, on)
    recent = list(worklists.listed(mine).order_by("-id")[:MOST_RECENT])
    return Desk(
        waiting=waiting[:MOST_WAITING],
        more=len(waiting[MOST_WAITING:]) + uncounted,
        unread=as_of_today(inbox_of(person).filter(read_at=None)[:MOST_MESSAGES], person, on),
        recent=recent,
        calls=[(call, reverse("application_start", args=[call.pk])) for call in applications.open_calls(on)[:3]]
        if applies
        else [],
        first_steps=_first_steps(person, on, bool(waiting or recent)),
    )


def _by_urgency(waiting: list[Waiting]) -> list[Waiting]:
    """What has a last day first, the nearest day first; else what has waited longest."""
    return sorted(waiting, key=lambda row: (row.last_day is None, row.last_day or row.since, row.since))


def _errands(person: Person, on: date) -> list[Waiting]:
    """What waits besides the stages, each with the place where it is done."""
    return [
        Waiting(
            row.subject, row.note, row.what, cited(row.articles), row.since, row.last_day, row.label,
            reverse(row.place[0], args=row.place[1]),
        )
        for row in [*errands_of(person, on), *support.errands_of(person, on)]
    ]  # fmt: skip


def _waiting(cases: Sequence[Case], *, applies: bool) -> list[Waiting]:
    """Each case with its button; a draft's last day is that of its call."""
    drafts = [case.pk for case in cases if case.filed_on is None] if applies else []
    closing = dict(Application.objects.filter(case__in=drafts).values_list("case", "call__closes_on")) if drafts else {}
    found = []
    for case in cases:
        stage = queries.stage_of(case)
        own = applies and case.kind == applications.KIND and case.stage in WORKPLACES and stage.holder is Role.APPLICANT
        label, url = _workplace(case) if own else ("办理", reverse("work_case", args=[case.number]))
        found.append(
            Waiting(
                case.subject or "未命名的申报", "　".join(filter(None, (case.number, kind_name(case), case.organisation.name))), stage.label, cited(stage.articles),
                case.stage_since, case.due_on or closing.get(case.pk), label, url,
            )
        )  # fmt: skip
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

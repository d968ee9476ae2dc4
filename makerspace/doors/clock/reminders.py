"""Warnings of due days to whoever holds the case: time warns, a person acts."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import cited
from makerspace.office.notify.models import Message
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.regulation.counting import OFFICIAL, chinese
from makerspace.regulation.terms import Role

SOON, TODAY, OVERDUE = "soon", "today", "over"
LINK = "/work/cases/{number}/"


def warn_holders(day: date) -> int:
    """Warn once three days before, once on the day, and once on each working day after; the number of messages.

    A warning that was missed because no clock ran is given late, except those of past days after the due day.
    """
    cases = list(_due(day))
    known = _known(cases, day)
    people: dict[tuple[Role, int], list[Person]] = {}
    return sum(_warn(case, day, people) for case in cases if _key(case, day) not in known)


def _due(day: date) -> QuerySet[Case]:
    """The open cases whose day is near, here, or over; on a rest day nobody is reminded of what is over."""
    near = Q(due_on__lte=day + queries.DUE_SOON)
    if not OFFICIAL.is_working(day):
        near &= Q(due_on__gte=day)
    return (
        Case.objects.filter(near, closed_on=None).select_related("organisation", "authority").order_by("due_on", "id")
    )


def _rule(case: Case, day: date) -> tuple[str, date]:
    """Which warning it is, and the day that makes it the only one of its kind."""
    due = _due_day(case)
    if due > day:
        return SOON, due
    return (TODAY, due) if due == day else (OVERDUE, day)


def _due_day(case: Case) -> date:
    assert case.due_on is not None  # noqa: S101 (only cases with a due day are asked for)
    return case.due_on


def _key(case: Case, day: date) -> str:
    """Begins with rule and day, so that one range of the unique index holds all warnings of a day."""
    rule, on = _rule(case, day)
    return f"due/{rule}/{on}/{case.number}/{case.stage}/{case.stage_since}"


def _known(cases: list[Case], day: date) -> set[str]:
    """The warnings given already, without the person at the end of the key."""
    starts = {"/".join(_key(case, day).split("/")[:3]) for case in cases}
    return {key.rpartition(":")[0] for start in starts for key in _keys_from(start)}


def _keys_from(start: str) -> Iterator[str]:
    keys = Message.objects.filter(key__gte=f"{start}/", key__lt=f"{start}0").values_list("key", flat=True)
    return (key for key in keys if key)


def _warn(case: Case, day: date, people: dict[tuple[Role, int], list[Person]]) -> int:
    stage, holder = queries.stage_of(case), queries.holder_of(case)
    if holder in {None, Role.CLOCK}:
        return 0
    holders = _holders(case, holder, day, people)
    name, basis = case.subject or case.number, f"（依据：{cited(stage.articles)}）" if stage.articles else ""
    subject, how = _words(case, day)
    text = f"{case.number}“{name}”处于“{stage.label}”环节{basis}，{how}"
    return len(
        tell(holders, subject, text, link=LINK.format(number=case.number), stream=case.number, key=_key(case, day))
    )


def _holders(case: Case, role: Role, day: date, people: dict[tuple[Role, int], list[Person]]) -> list[Person]:
    """The people of the role towards the case; asked once for all cases that share them."""
    shared = {Role.DISTRICT: case.authority_id, Role.APPLICANT: case.organisation_id, Role.EXPERT: case.pk}.get(role, 0)
    if (role, shared) not in people:
        people[role, shared] = list(queries.people_of(case, role, day))
    return people[role, shared]


def _words(case: Case, day: date) -> tuple[str, str]:
    name, due = case.subject or case.number, _due_day(case)
    if due > day:
        return f"即将到期：{name}", f"办理期限{chinese(due)}，还有{(due - day).days}天。"
    if due == day:
        return f"今日到期：{name}", f"办理期限为今日（{chinese(due)}）。"
    return (
        f"已超期：{name}",
        f"办理期限{chinese(due)}，已超过{(day - due) // timedelta(days=1)}天，请尽快办理或说明情况。",
    )

"""Acts that two people take: what the first of them is told."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from makerspace.matters.review.queries import notices, objections
from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role


def proposed(case: Case, act: str, person: Person, on: date) -> str:
    """What to say where the act was only proposed by this person just now; empty where it took effect."""
    return PROPOSED[act](case, person, on) if act in PROPOSED else ""


def _reissue_proposed(case: Case, person: Person, on: date) -> str:
    item = notices.live_item(case)
    proposal = notices.open_proposal(item.notice) if item else None
    if item is None or proposal is None or proposal.by_id != person.pk:
        return ""
    return (
        f"已提出重新公示，还没有生效：须由{_other_side(case, proposal.role, on)}确认，已通知对方。"
        f"确认前原公示照常进行，公示期到{chinese(item.notice.last_day)}24时为止。"
    )


def _non_admission_proposed(case: Case, person: Person, on: date) -> str:
    if not objections.pending_of(case).filter(by=person, on=on).exists():
        return ""
    others = _named(objections.handlers_of(case, on, but=person))
    return f"已提出不予受理，还没有生效：须由没有办理过本件的另一人复核（{others}），已通知对方。复核前这件异议仍为“已收到”。"


PROPOSED: Mapping[str, Callable[[Case, Person, date], str]] = {
    "reissue_notice": _reissue_proposed,
    "not_admit_objection": _non_admission_proposed,
}


def _other_side(case: Case, role: str, on: date) -> str:
    """The side that confirms, with the names of those who may: a leader who handled the case may not."""
    other = Role.LEADER if role == Role.BUREAU else Role.BUREAU
    people = queries.people_of(case, other, on)
    if other is Role.LEADER:
        barred = set(queries.barred_from_deciding(case))
        people = [person for person in people if person.pk not in barred]
    return f"{queries.ROLE_NAMES[other]}（{_named(people)}）"


def _named(people: Iterable[Person]) -> str:
    return "、".join(map(str, people)) or "目前没有可以办理的人，请联系系统管理员"

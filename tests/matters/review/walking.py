"""A case taken on through real acts, stage by stage; each function returns what the next one needs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from makerspace.matters.review import operations
from makerspace.matters.review.criteria import criteria_of
from makerspace.matters.review.models import Objection, Panel, PublicNotice
from makerspace.matters.review.queries import panel as panels
from makerspace.matters.review.queries.conditions import conditions_of
from makerspace.matters.review.queries.notices import live_item
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.record.clock import KUNMING
from makerspace.regulation.terms import Role
from tests.factories import DAY, make_expert, make_person, member_of, submitted_case

VISIT_DAY = DAY + timedelta(days=1)


@dataclass
class Staff:
    """The officers of a test; every one another person."""

    district: Person = field(default_factory=lambda: make_person(Role.DISTRICT, "wuhua"))
    bureau: Person = field(default_factory=lambda: make_person(Role.BUREAU))
    second: Person = field(default_factory=lambda: make_person(Role.BUREAU))
    handler: Person = field(default_factory=lambda: make_person(Role.BUREAU))
    leader: Person = field(default_factory=lambda: make_person(Role.LEADER))
    discipline: Person = field(default_factory=lambda: make_person(Role.DISCIPLINE))
    auditor: Person = field(default_factory=lambda: make_person(Role.AUDITOR))


def visit_items(case: Case, **differs: str) -> list[dict[str, Any]]:
    """An agreeing line for each condition; ``differs`` maps none or more (dots as ``__``) to a remark."""
    remarks = {key.replace("__", ".").removeprefix("c"): text for key, text in differs.items()}
    return [
        {
            "condition": row.id,
            "found": "现场核对无误",
            "agrees": row.id not in remarks,
            "remark": remarks.get(row.id, ""),
        }
        for row in conditions_of(case)
    ]


def visit(case: Case, staff: Staff, on: date = VISIT_DAY) -> Case:
    """Record a visit."""
    return operations.record_visit(
        case, by=staff.district, on=on, visited_on=on, inspectors=["查验甲", "查验乙"], items=visit_items(case)
    )


def recommend(case: Case, staff: Staff, on: date = VISIT_DAY, rank: int = 1) -> Case:
    """Visit and recommend."""
    return operations.recommend(
        visit(case, staff, on), by=staff.district, on=on, opinion="条件具备，择优推荐。", rank=rank
    )


def pool(size: int = 5) -> list[Person]:
    """Experts of employers that have nothing to do with anybody."""
    return [make_expert(f"云南研究院第{number}所") for number in range(size)]


def convene(case: Case, staff: Staff, on: date = VISIT_DAY, **more: Any) -> Case:
    """Draw a panel of three."""
    return operations.convene(case, by=staff.bureau, on=on, visit_on=on, **more)


def panel_of(case: Case) -> Panel:
    """The panel that sits."""
    panel = panels.panel_of(case)
    assert panel is not None
    return panel


def members(case: Case) -> list[Person]:
    """The seated experts in the order of the draw, as the system loads them."""
    return [Person.objects.get(pk=seat.person_id) for seat in panels.sitting(panel_of(case))]


def head_of(case: Case) -> Person:
    """The head of the panel."""
    return Person.objects.get(pk=panel_of(case).head_id)


def declare_all(case: Case, on: date = VISIT_DAY) -> Case:
    """Every member declares no conflict."""
    for person in members(case):
        case = operations.declare_interest(case, by=person, on=on, conflict=False)
    return case


def sheet(case: Case, points: int = 5, reason: str = "现场所见与材料一致") -> list[dict[str, Any]]:
    """A score sheet with the same points in each criterion."""
    return [
        {"criterion": row.id, "points": min(points, row.points), "reason": reason} for row in criteria_of(case.category)
    ]


def study(case: Case, on: date = VISIT_DAY) -> Case:
    """The head records the study on the spot."""
    return operations.record_expert_visit(
        case,
        by=head_of(case),
        on=on,
        visited_on=on,
        present=[str(person) for person in members(case)],
        findings="场地属实。",
    )


def score_all(case: Case, on: date = VISIT_DAY) -> Case:
    """Every member scores."""
    for person in members(case):
        case = operations.score(case, by=person, on=on, items=sheet(case))
    return case


def conclude(case: Case, on: date = VISIT_DAY, result: str = "pass") -> Case:
    """Declare, study, score, conclude."""
    case = score_all(study(declare_all(case, on), on), on)
    return operations.conclude(case, by=head_of(case), on=on, result=result, text="专家组一致同意。")


def to_decision(staff: Staff, case: Case | None = None, on: date = VISIT_DAY, rank: int = 1, **more: Any) -> Case:
    """A case before the leader."""
    case = case or submitted_case(on=DAY)
    if len(panels.pool_for(case, on=on).eligible) < 3:
        pool()
    return conclude(convene(recommend(case, staff, on, rank), staff, on, **more), on)


def to_approved(staff: Staff, on: date = VISIT_DAY, rank: int = 1) -> Case:
    """A case that was approved."""
    return operations.approve(to_decision(staff, on=on, rank=rank), by=staff.leader, on=on, meeting_on=on)


def published(staff: Staff, cases: Iterable[Case], on: date = VISIT_DAY) -> PublicNotice:
    """A notice over these cases."""
    return operations.publish_notice(cases, publish_on=on, by=staff.bureau, on=on)


def to_notice(staff: Staff, on: date = VISIT_DAY, rank: int = 1) -> Case:
    """A case in public notice."""
    case = to_approved(staff, on, rank)
    published(staff, [case], on)
    return fresh(case)


def objection(case: Case, on: date = VISIT_DAY, **told: Any) -> Objection:
    """An objection by somebody."""
    item = live_item(case)
    assert item is not None
    given = {"name": "举报人钱某某", "contact": "13987654321", "facts": "入驻企业名单中有两家早已搬离。"} | told
    return operations.object_to(item.notice, case, on=on, **given)


def investigated(case: Case, staff: Staff, row: Objection, on: date) -> Case:
    """Admit an objection and look into it."""
    case = operations.admit_objection(case, by=staff.handler, on=on, objection=row.pk, reason="有明确事实")
    return operations.investigate_objection(
        case, by=staff.handler, on=on, objection=row.pk, steps="到现场核对入驻名单。", findings="两家仍在驻。",
        reply_to_objector="经核查，两家企业仍在驻。", reply_to_applicant="有人反映入驻情况，经核查属实在驻。",
    )  # fmt: skip


def midnight_after(day: date) -> datetime:
    """The first instant of the day after."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), KUNMING)


def to_objection_review(staff: Staff) -> tuple[Case, Objection]:
    """A case held up by one objection after its notice is over."""
    case = to_notice(staff)
    row, item = objection(case), live_item(case)
    assert item is not None
    operations.close_notices(midnight_after(item.notice.last_day))
    return fresh(case), Objection.objects.get(pk=row.pk)


def fresh(case: Case) -> Case:
    """The case as it is now."""
    return Case.objects.select_related("organisation", "authority").get(pk=case.pk)


def applicant_of(case: Case) -> Person:
    """A member of the applying organisation."""
    return member_of(case.organisation)


def pool_names() -> list[str]:
    """The names of every expert there is: none may be seen in public."""
    return list(Person.objects.filter(expert__isnull=False).values_list("name", flat=True))

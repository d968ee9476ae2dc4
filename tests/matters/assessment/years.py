"""Plain makers for assessments: a published scheme, titles, whole reports, officers who stand apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import F

from makerspace.matters.assessment.models import Report, Scheme
from makerspace.matters.assessment.operations import checking, opening, outcome, reporting, revocation
from makerspace.matters.assessment.operations import scheme as schemes
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.recognition.models import Title
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS
from makerspace.regulation.terms import Role
from tests.factories import make_pdf, make_person, member_of, set_due
from tests.matters.recognition.helpers import announced

ON = date(2026, 3, 17)
YEAR = 2026
POOR = {row.code: Decimal(0) for row in FIELDS if not row.officers}
STRONG = POOR | {
    code: Decimal(value)
    for code, value in {
        "area_total": 1000, "area_public": 300, "seats": 100, "seats_used": 95, "staff": 12, "staff_full_time": 10,
        "staff_college": 2, "staff_bachelor": 6, "staff_master": 3, "staff_doctor": 1, "mentors": 12,
        "mentors_full_time": 2, "mentors_part_time": 10, "partners": 8, "partners_capital": 3, "teams_served": 20,
        "teams_new": 8, "teams_resident": 15, "team_members": 60, "firms_served": 20, "firms_new": 8,
        "firms_resident": 15, "jobs": 120, "satisfaction": 96, "facility_uses": 20, "events": 30, "events_hosted": 30,
        "event_people": 900, "trainings": 10, "mentor_sessions": 70, "financed": 4, "financed_amount": 3000,
        "financed_ever_amount": 5000, "fund": 10000, "new_firms": 8, "graduated": 4, "ip": 40, "ip_patents": 6,
        "hightech": 2, "tech_smes": 3, "tenant_revenue": 50000,
    }.items()
}  # fmt: skip
AGREED = [{"field": code, "found": "site"} for code in POOR]
MARKS = [{"indicator": "special", "points": Decimal(0), "reason": "没有突出的特色做法"}]
SAID = {"meeting": "局长办公会", "meeting_on": ON}


@dataclass
class Staff:
    """Who does what; nobody twice."""

    bureau: Person = field(default_factory=lambda: make_person(Role.BUREAU))
    other: Person = field(default_factory=lambda: make_person(Role.BUREAU))
    district: Person = field(default_factory=lambda: make_person(Role.DISTRICT, "wuhua"))
    leader: Person = field(default_factory=lambda: make_person(Role.LEADER))
    second: Person = field(default_factory=lambda: make_person(Role.LEADER))


def scheme(staff: Staff, year: int = YEAR) -> Scheme:
    """The default, published."""
    row = schemes.draft_scheme(by=staff.bureau, on=ON, sketch=default_scheme(year))
    row = schemes.submit_scheme(row, by=staff.bureau, on=ON, seen=row.revision)
    return schemes.publish_scheme(row, by=staff.second, on=ON, read=row.digest)


def opened(staff: Staff, count: int = 1) -> list[Case]:
    """So many titles, and their assessments."""
    announced(count)
    scheme(staff)
    return opening.open_year(YEAR, Title.objects.order_by("number"), by=staff.bureau, on=ON)


def of_older_titles(cases: list[Case]) -> list[Case]:
    """The same, the titles having been given the year before: the public is told of a rectification then."""
    Title.objects.update(since=F("since") - timedelta(days=365))
    return cases


def owner(case: Case) -> Person:
    """Somebody of the unit."""
    return member_of(case.organisation)


def file(case: Case, by: Person, on: date = ON) -> str:
    """The digest of a PDF kept for the case."""
    return attachments.attach(case, ContentFile(make_pdf()), "证明.pdf", by=by, on=on).blob_id


def filled(case: Case, values: dict[str, Decimal] = STRONG, on: date = ON) -> Report:
    """The living report with these figures."""
    report = Report.objects.get(assessment__case=case)
    return reporting.save_report(case, dict(values), {}, by=owner(case), on=on, seen=report.version, head="李云")


def filed(case: Case, values: dict[str, Decimal] = STRONG) -> Case:
    """Handed in."""
    filled(case, values)
    return reporting.file_report(case, by=owner(case), on=ON, commitment=True)


def explained(case: Case, staff: Staff, values: dict[str, Decimal], on: date) -> Case:
    """Handed in with a word on every doubt, such as a leap from the year before; verified and scored."""
    report, held = filled(case, values, on), queries.of_case(case)
    doubts = queries.read(held, values, queries.beside(held)).doubts
    told = {doubt.key: "业务调整，凭证齐全。" for doubt in doubts if not doubt.must}
    reporting.save_report(case, {}, told, by=owner(case), on=on, seen=report.version)
    return _checked(reporting.file_report(case, by=owner(case), on=on, commitment=True), staff, on)


def scored(case: Case, staff: Staff, values: dict[str, Decimal] = STRONG) -> Case:
    """Verified and scored."""
    return _checked(filed(case, values), staff)


def _checked(case: Case, staff: Staff, on: date = ON) -> Case:
    case = checking.verify_report(
        case,
        by=staff.district,
        on=on,
        false_data=False,
        stopped=False,
        opinion="与台账、票据和现场一致。",
        lines=AGREED,
    )
    with others_late(case):
        return outcome.score_report(case, by=staff.bureau, on=on, marks=MARKS)


@contextmanager
def others_late(case: Case) -> Iterator[None]:
    """As if the terms of the others' reports were over, so that scoring may begin."""
    others = list(Case.objects.filter(kind="assessment", stage__in=("reporting", "district_check")).exclude(pk=case.pk))
    terms = [other.due_on for other in others]
    for other in others:
        set_due(other, ON - timedelta(days=1))
    try:
        yield
    finally:
        for other, due_on in zip(others, terms, strict=True):
            Case.objects.filter(pk=other.pk).update(due_on=due_on)


def failed(case: Case, staff: Staff, on: date = ON) -> Case:
    """Below the line, with a task."""
    scored(case, staff, POOR)
    return outcome.fail_assessment(
        case, by=staff.leader, on=on, reason="得分未达到合格要求。", tasks=["引入创业团队", "补足导师"],
        last_day=on + timedelta(days=60), **SAID,
    )  # fmt: skip


def inspected(case: Case, staff: Staff, *, passes: bool, on: date = ON) -> Case:
    """Rectified on paper, and looked at."""
    outcome.file_rectification(case, by=owner(case), on=on, summary="已整改。", papers=[file(case, owner(case), on)])
    act = outcome.reinspect_pass if passes else outcome.reinspect_fail
    return act(case, by=staff.bureau, on=on, visited_on=on, inspectors=["张一", "李二"], findings="逐项查看。")


def defending(case: Case, staff: Staff) -> Case:
    """Failed for good, and told so."""
    inspected(failed(case, staff), staff, passes=False)
    return revocation.serve_intent(
        case, by=staff.bureau, on=ON, facts="复查不合格。", reasons="整改任务没有完成。", served_on=ON
    )


def after_terms(case: Case) -> date:
    """A day on which all terms of the defence are over."""
    return queries.of_case(case).case.due_on + timedelta(days=30)  # type: ignore[operator]


def to_revocation(case: Case, staff: Staff) -> tuple[Case, date]:
    """Ready for a leader."""
    defending(case, staff)
    day = after_terms(case)
    return revocation.close_defence(case, by=staff.bureau, on=day, summary="未提出。"), day


def decision(**more: Any) -> dict[str, Any]:
    """What a leader says at the end."""
    return {"reason": "整改后仍不合格。", "answer": "未提出。", **SAID, **more}

"""Article 18: a year's assessment begins for every title in force, or is put off."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction

from makerspace.matters.assessment.models import Assessment, Report, Scheme
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries.scheme import published_for
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, open_case
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

KIND = "assessment"


@transaction.atomic
def open_year(year: int, titles: Iterable[Title], *, by: Person, on: date) -> list[Case]:
    """Open the year's assessment for each of these titles: all or nothing. Returns their cases.

    Raises ``Refused`` where the year's scheme is not published, or one of them is not due.
    """
    if Role.BUREAU not in by.roles_on(on):
        raise refused("not_yours", "年度考核由市科技局经办处室启动。", 18)
    scheme, chosen = published_for(year), list(titles)
    if year > on.year or not chosen:
        text = "请至少选择一个众创空间；年度不能晚于今年。"
        raise refused("invalid", text, 18, fields={"titles": text})
    if scheme is None:
        raise refused("wrong_stage", f"{year}年度考核方案尚未发布，不能启动考核。", 18)
    due = set(queries.due(year, on).values_list("pk", flat=True))
    strange = [title.number for title in chosen if title.pk not in due]
    if strange:
        reasons = dict.fromkeys(strange, "不在应参加本年度考核之列，或已启动")
        raise refused("wrong_stage", f"有{len(strange)}个众创空间不能启动：{'、'.join(strange)}。", 18, fields=reasons)
    try:
        return [_open(title, scheme, by=by, on=on) for title in chosen]
    except IntegrityError:
        raise refused("wrong_stage", "另一位办理人刚刚启动了其中的考核，请刷新后再试。", 18) from None


def _open(title: Title, scheme: Scheme, *, by: Person, on: date) -> Case:
    case = open_case(
        KIND, regulation=title.case.regulation, organisation=title.organisation, authority=title.authority, on=on, by=by,
        subject=title.name, category=title.category, filed=True,
    )  # fmt: skip
    held = Assessment.objects.create(case=case, title=title, scheme=scheme, year=scheme.year)
    counted = queries.texts(queries.registered(held))
    Report.objects.create(assessment=held, values=counted, head=queries.last_head(title), saved_at=clock.now())
    return open_assessment(case, by=by, on=on)


@transaction.atomic
def open_assessment(case: Case, *, by: Person, on: date) -> Case:
    """Put a new assessment on record and tell its unit."""
    held = queries.of_case(case)
    data = {"title": held.title.number, "year": held.year, "scheme": held.scheme.digest}
    return advance(case, "open_assessment", by=by, on=on, data=data)


@transaction.atomic
def defer(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Leave the title out of this year's assessment, with a reason."""
    return advance(case, "defer", by=by, on=on, data={"reason": reason})

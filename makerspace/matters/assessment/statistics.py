"""Yearly reports in the columns of the national statistics, for copying into their forms: money in 千元, one row each."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from makerspace.matters.assessment.models import Assessment, Filed, Report
from makerspace.matters.assessment.queries.assessments import decimals
from makerspace.matters.assessment.queries.basics import Basics, basics
from makerspace.office.documents.sheets import Sheet
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, GROUPS, ReportField

WHO = (
    "名录编号",
    "众创空间名称",
    "统一社会信用代码",
    "运营单位",
    "类别",
    "级别",
    "成立时间",
    "认定日期",
    "地址",
    "负责人",
)
STATE = ("科技主管部门", "报告状态")
NOT_FILED = "尚未提交"
COLUMNS = tuple(row for row in FIELDS if not row.officers)


def statistics_sheet(year: int) -> Sheet:
    """Everybody's row of a year, those without a report with empty figures; four queries."""
    held = Assessment.objects.filter(year=year).select_related("case__organisation", "title__authority")
    rows = list(held.order_by("title__number"))
    filed = Filed.objects.filter(assessment__year=year).order_by("round")
    latest, known = {row.assessment_id: row for row in filed}, basics(rows, year)
    return Sheet(f"{year}年度", columns(), (line(each, known[each.pk], latest.get(each.pk)) for each in rows))


def one_sheet(assessment: Assessment, report: Report | Filed) -> Sheet:
    """One report downwards, as a form is filled in: group, item, unit, figure."""
    values = decimals(report.values)
    known = who(basics([assessment], assessment.year)[assessment.pk], report.head)
    first: list[Sequence[object]] = [("基本", label, "", value) for label, value in known]
    rows = [(GROUPS[row.group], row.label, row.unit, values.get(row.code)) for row in COLUMNS]
    return Sheet(f"{assessment.year}年度", ("类别", "指标", "单位", "数值"), [*first, *rows])


def who(known: Basics, head: str) -> list[tuple[str, object]]:
    """Who reports, label by label."""
    return list(zip(WHO, (*known, head), strict=True))


def columns() -> list[str]:
    """Who it is, then every item with its unit."""
    return [*WHO, *STATE, *(_named(row) for row in COLUMNS)]


def line(assessment: Assessment, known: Basics, filed: Filed | None) -> Sequence[object]:
    """One makerspace: who it was when the case ended, whoever holds the title now, and its figures as handed in last."""
    values, head = (decimals(filed.values), filed.head) if filed else ({}, "")
    state = filed.get_state_display() if filed else NOT_FILED
    return [*known, head, assessment.title.authority.name, state, *_figures(values)]


def _figures(values: Mapping[str, Decimal]) -> Iterable[Decimal | None]:
    return (values.get(row.code) for row in COLUMNS)


def _named(row: ReportField) -> str:
    return f"{row.label}（{row.unit}）" if row.unit else row.label

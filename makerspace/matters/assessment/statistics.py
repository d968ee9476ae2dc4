"""Yearly reports in the columns of the national statistics, for copying into their forms: money in 千元, one row each."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from makerspace.matters.assessment.models import Assessment, Filed
from makerspace.matters.assessment.queries.assessments import decimals
from makerspace.office.documents.sheets import Sheet
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, GROUPS, ReportField

WHO = ("名录编号", "众创空间名称", "统一社会信用代码", "运营单位", "类别", "认定日期", "科技主管部门", "报告状态")
NOT_FILED = "尚未提交"
COLUMNS = tuple(row for row in FIELDS if not row.officers)


def statistics_sheet(year: int) -> Sheet:
    """Everybody's row of a year, those without a report with empty figures; two queries."""
    held = Assessment.objects.filter(year=year).select_related("case__organisation", "title__authority")
    filed = Filed.objects.filter(assessment__year=year).order_by("round")
    latest = {row.assessment_id: row for row in filed}
    rows = (line(each, latest.get(each.pk)) for each in held.order_by("title__number"))
    return Sheet(f"{year}年度", head(), rows)


def one_sheet(assessment: Assessment, values: Mapping[str, Decimal]) -> Sheet:
    """One report downwards, as a form is filled in: group, item, unit, figure."""
    rows = [
        (GROUPS[row.group], row.label, row.unit, values.get(row.code))
        for row in COLUMNS
    ]  # fmt: skip
    return Sheet(f"{assessment.year}年度", ("类别", "指标", "单位", "数值"), rows)


def head() -> list[str]:
    """Who it is, then every item with its unit."""
    return [*WHO, *(_named(row) for row in COLUMNS)]


def line(assessment: Assessment, filed: Filed | None) -> Sequence[object]:
    """One makerspace: who it was when the case ended, whoever holds the title now, and its figures as handed in last."""
    title, case = assessment.title, assessment.case
    values = decimals(filed.values) if filed else {}
    return [
        title.number, case.subject, case.organisation.uscc, case.organisation.name, title.get_category_display(), title.since,
        title.authority.name, filed.get_state_display() if filed else NOT_FILED, *_figures(values),
    ]  # fmt: skip


def _figures(values: Mapping[str, Decimal]) -> Iterable[Decimal | None]:
    return (values.get(row.code) for row in COLUMNS)


def _named(row: ReportField) -> str:
    return f"{row.label}（{row.unit}）" if row.unit else row.label

"""The bureau's year on one page: who is due, how far all are, scores by dimension and district; opening the year."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makerspace.matters.assessment.operations import opening
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries import year as figures
from makerspace.matters.assessment.queries.outliers import RULE
from makerspace.matters.assessment.queries.scheme import published
from makerspace.matters.assessment.statistics import statistics_sheet
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents.sheets import workbook
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web import acting
from makerspace.web.export import csv_response, xlsx_response
from makerspace.web.policy import roles
from makerspace.web.visitor import me

OFFICERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)
HEAD = (
    "名录编号",
    "众创空间",
    "运营单位",
    "科技主管部门",
    "参加情况",
    "环节",
    "总分",
    "等次",
    "集聚能力",
    "服务能力",
    "融资能力",
    "孵化成果",
    "加分",
    "上年总分",
    "与上年相比",
)


@roles(*OFFICERS)
@require_safe
def year(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """One year's assessments; the latest year that has a scheme where none is named."""
    today, latest = clock.today(), published().first()
    asked = year or (latest.year if latest else clock.today().year - 1)
    context = _context(request, asked, today)
    return render(request, "assessment/year.html", context)


def _context(request: HttpRequest, year: int, today: date, refusal: Refused | None = None) -> dict[str, object]:
    person, years = me(request), {row.year for row in published()}
    return {
        "year": year, "years": sorted(years | {year}, reverse=True), "scheme": year in years, "seen": figures.of_year(year, today),
        "outlier_rule": RULE, "opens": Role.BUREAU in person.roles_on(today), "token": acting.token_of(request),
        "refusal": refusal.refusal if refusal else None,
    }  # fmt: skip


@roles(Role.BUREAU)
@require_POST
def open_year(request: HttpRequest, year: int) -> HttpResponse:
    """Open the year for those chosen; the same form sent twice opens once."""
    chosen, today = request.POST.getlist("titles"), clock.today()
    try:
        body = acting.once(request, lambda: (303, _opened(request, year, chosen, today)))
    except Refused as fault:
        if fault.refusal.code == "not_yours":
            raise
        return render(
            request, "assessment/year.html", _context(request, year, today, fault), status=fault.refusal.status
        )
    messages.success(request, body["said"])
    return redirect("assessment_of_year", year)


def _opened(request: HttpRequest, year: int, chosen: Sequence[str], today: date) -> dict[str, str]:
    titles = [title for title in queries.due(year, today) if title.number in set(chosen)]
    if len(titles) != len(set(chosen)):
        raise refused("wrong_stage", "所选众创空间中有的已经启动考核或称号已终止，请刷新后再选。", 18)
    cases = opening.open_year(year, titles, by=me(request), on=today)
    return {"said": f"已启动{len(cases)}个众创空间的{year}年度考核，已通知各运营单位。"}


@roles(*OFFICERS)
@require_safe
def chart_csv(request: HttpRequest, year: int, chart: str) -> HttpResponseBase:
    """One chart of that year's page as its table."""
    if chart not in CHARTS:
        raise Http404
    name, head, lines = CHARTS[chart]
    return csv_response(f"{year}年度考核-{name}.csv", head, lines(figures.of_year(year, clock.today())))


def _bars(bars: Iterable[figures.Bar]) -> Iterable[Sequence[object]]:
    return ((bar.label, bar.value, bar.note) for bar in bars)


def _participating(seen: figures.Year) -> Iterable[Sequence[object]]:
    for row in seen.rows:
        title = row.assessment.title
        yield title.number, title.name, title.authority.name, row.participation.label, row.stage
    for title in seen.unopened:
        yield title.number, title.name, title.authority.name, queries.Participation.DUE.label, "尚未启动"


def _moved(seen: figures.Year) -> Iterable[Sequence[object]]:
    for row in seen.scored:
        title, before = row.assessment.title, row.before
        yield (
            title.number, title.name, title.authority.name, before.total if before else None,
            before.grade if before else None, row.total, row.grade, row.moved, row.movement,
        )  # fmt: skip


def _outlying(seen: figures.Year) -> Iterable[Sequence[object]]:
    for row in seen.outliers:
        title = row.assessment.title
        yield (
            title.number, title.name, title.authority.name, row.field.label, row.field.unit, row.value, row.side, row.low,
            row.high,
        )  # fmt: skip


CHARTS: Mapping[str, tuple[str, Sequence[str], Callable[[figures.Year], Iterable[Sequence[object]]]]] = {
    "participation": ("参加情况", ("名录编号", "众创空间", "科技主管部门", "参加情况", "环节"), _participating),
    "stages": ("办理进度", ("环节", "家数", "说明"), lambda seen: _bars(seen.stages)),
    "dimensions": ("各项能力平均得分", ("能力", "平均分", "说明"), lambda seen: _bars(seen.dimensions)),
    "districts": ("各主管部门平均总分", ("科技主管部门", "平均总分", "说明"), lambda seen: _bars(seen.districts)),
    "movements": (
        "与上年相比",
        ("名录编号", "众创空间", "科技主管部门", "上年总分", "上年等次", "总分", "等次", "分数变化", "变化"),
        _moved,
    ),
    "outliers": (
        "明显偏离同年水平的数据",
        ("名录编号", "众创空间", "科技主管部门", "数据项", "单位", "数值", "位置", "中间一半下限", "中间一半上限"),
        _outlying,
    ),
}
"""The charts of a year's page: what their files are called, how their tables are headed, and their lines."""


@roles(*OFFICERS)
@require_safe
def statistics(request: HttpRequest, year: int) -> HttpResponseBase:
    """The year's reports in the columns that the national statistics ask for (money in 千元), as a workbook."""
    return xlsx_response(f"众创空间统计-{year}.xlsx", workbook(statistics_sheet(year)))


@roles(*OFFICERS)
@require_safe
def year_csv(request: HttpRequest, year: int) -> HttpResponseBase:
    """Everybody's row of that year."""
    return csv_response(f"{year}年度考核.csv", HEAD, _lines(figures.of_year(year, clock.today()).rows))


def _lines(rows: Iterable[figures.Row]) -> Iterable[Sequence[object]]:
    for row in rows:
        title, case = row.assessment.title, row.assessment.case
        yield (
            title.number, case.subject, case.organisation.name, title.authority.name, row.participation.label, row.stage, row.total, row.grade,
            *(points for _, points in row.dimensions), row.bonus, row.before.total if row.before else None, row.movement,
        )  # fmt: skip

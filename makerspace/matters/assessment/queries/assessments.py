"""One year's assessments: who is due, what a report says and lacks, what it would score, what was scored and said."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, TextChoices

from makerspace.matters.application.queries import latest_submission
from makerspace.matters.assessment.models import Assessment, Checking, Filed, Proceeding, Report, Scheme, Score
from makerspace.matters.assessment.queries.scheme import scheme_of
from makerspace.matters.recognition import queries as recognition
from makerspace.matters.recognition.models import Title
from makerspace.matters.registers import yearly
from makerspace.matters.support.queries.capital import capital_figures
from makerspace.matters.support.queries.facts import service_figures
from makerspace.office.casework.models import Case
from makerspace.office.casework.parameters import setting
from makerspace.office.record.models import Entry
from makerspace.regulation.kunkefa_2017_55.report_checks import Doubt, check_report, gaps
from makerspace.regulation.scheme import Facts, Scored, plain
from makerspace.regulation.scoring import peer_figures, score

Values = dict[str, Decimal]
ANSWERS = ("return_report", "return_overdue", "verify_report", "verify_overdue")
UNDER_WAY = ("reporting", "district_check", "scoring")


class Participation(TextChoices):
    """What became of being due: still under way, put off, given up by letting the term pass, or scored."""

    DUE = "due", "应参加，尚未考核"
    ASSESSED = "assessed", "已考核"
    DEFERRED = "deferred", "暂缓考核"
    GAVE_UP = "gave_up", "放弃考核"


def participation(stage: str, *, scored: bool) -> Participation:
    """How a title takes part in a year whose case stands in that stage. Nothing but ``record_no_report`` leads past the
    scoring without a score."""
    if scored:
        return Participation.ASSESSED
    if stage == "deferred":
        return Participation.DEFERRED
    return Participation.DUE if stage in UNDER_WAY else Participation.GAVE_UP


def due(year: int, on: date) -> QuerySet[Title]:
    """The titles in force that were given by the year's end and have no assessment of that year yet."""
    held = recognition.in_force(on).filter(since__lte=date(year, 12, 31)).exclude(assessments__year=year)
    return held.select_related("case", "organisation", "authority", "makerspace").order_by("number")


def of_case(case: Case) -> Assessment:
    """The assessment of that case, with its title, scheme and living report."""
    rows = Assessment.objects.select_related("case__organisation", "title__makerspace", "scheme", "report__saved_by")
    return rows.get(case=case)


def latest(assessment: Assessment) -> Filed | None:
    """The report handed in last."""
    return assessment.filed.order_by("-round").first()


def last_head(title: Title) -> str:
    """Who headed the makerspace by the report handed in last, else by the application that was recognised."""
    filed = (
        Filed.objects.filter(assessment__title=title).exclude(head="").order_by("-assessment__year", "-round").first()
    )
    frozen = None if filed else latest_submission(title.case)
    return filed.head if filed else ((frozen.dossier.get("lead") or {}).get("name") or "") if frozen else ""


def checking_of(filed: Filed) -> Checking | None:
    """How that report was held against its evidence, so far."""
    return Checking.objects.select_related("saved_by").filter(filed=filed).first()


def decimals(values: Mapping[str, Any]) -> Values:
    """Figures as they are kept, as exact numbers."""
    return {code: Decimal(str(value)) for code, value in values.items()}


def texts(values: Mapping[str, Decimal]) -> dict[str, str]:
    """Exact numbers as they are kept."""
    return {code: f"{plain(value):f}" for code, value in values.items()}


def registered(assessment: Assessment) -> Values:
    """What the registers count for the year, and what is known of the help of articles 14 to 16; of each of them nothing
    where it was never kept."""
    makerspace, year = assessment.title.makerspace, assessment.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    parts = (yearly.figures(makerspace, first, last), service_figures(makerspace, first, last))
    kept = [part for part in parts if any(part.values())]
    return {code: value for part in (*kept, capital_figures(makerspace, first, last)) for code, value in part.items()}


class Beside(NamedTuple):
    """What a report is held against: what the registers count, last year's verified figures, and what was handed in."""

    counted: Values
    before: Values
    filed: Filed | None


def beside(assessment: Assessment, counted: Values | None = None) -> Beside:
    """Read once, for the checks and for the page; ``counted``: what the registers counted, where that is fixed already."""
    year = assessment.year
    rows = list(
        Filed.objects.filter(assessment__title=assessment.title_id, assessment__year__in=(year - 1, year))
        .select_related("assessment").order_by("-round")
    )  # fmt: skip
    mine = next((row for row in rows if row.assessment_id == assessment.pk), None)
    last = (row for row in rows if row.assessment.year == year - 1 and row.state == Filed.State.VERIFIED)
    before = next(last, None)
    counted = registered(assessment) if counted is None else counted
    return Beside(counted, decimals(before.values) if before else {}, mine)


class Reading(NamedTuple):
    """A report read: its figures, what is empty, what is doubtful, and the score as things stand."""

    values: Values
    gaps: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    scored: Scored


def read(assessment: Assessment, values: Values, held: Beside) -> Reading:
    """Every check and the forecast; marks and others' figures come later, so such lines stay pending."""
    doubts = check_report(
        values, previous=held.before, lists=held.counted, comprehensive=assessment.title.category == "comprehensive"
    )
    return Reading(values, gaps(values), doubts, forecast(assessment, values))


def forecast(assessment: Assessment, values: Values) -> Scored:
    """The score as things stand."""
    return score(scheme_of(assessment.scheme), Facts(values=values))


def peers_of(scheme: Scheme) -> dict[str, tuple[Decimal, ...]]:
    """For relative lines the figures that everyone of the year is held against: those verified when the first was scored,
    and the same ones for whoever is scored after."""
    kept = Score.objects.filter(assessment__scheme=scheme).order_by("id").values_list("peers", flat=True).first()
    if kept is not None:
        return peers_from(kept)
    rows = Filed.objects.filter(assessment__scheme=scheme, state=Filed.State.VERIFIED)
    everyone = [Facts(values=decimals({**row.values, **row.verified})) for row in rows]
    return peer_figures(scheme_of(scheme), everyone)


def waited_for(assessment: Assessment, on: date) -> QuerySet[Assessment]:
    """The others of the year whose report may yet come within its term, or came and is not verified, the latest term last;
    where a relative line would compare them, and nobody was scored yet. Whoever lets the term to report pass is compared
    no more; a report that came is, whether or not its district keeps the term to verify."""
    relative = peer_figures(scheme_of(assessment.scheme), [])
    others = Assessment.objects.filter(
        Q(case__stage="district_check") | Q(case__stage="reporting", case__due_on__gte=on), scheme=assessment.scheme
    )
    if not relative or Score.objects.filter(assessment__scheme=assessment.scheme).exists():
        return others.none()
    return others.exclude(pk=assessment.pk).select_related("case").order_by("case__due_on", "id")


def first_year(assessment: Assessment) -> bool:
    """Whether the title was given in the year that is assessed."""
    return assessment.title.since.year == assessment.year


def shown(assessment: Assessment, on: date) -> bool:
    """Whether the public is told of a rectification: of a title's first year only where the setting says so."""
    return not first_year(assessment) or setting(assessment.case.regulation, "FIRST_YEAR_SHOWN", on) == 1


def score_of(assessment: Assessment) -> Score | None:
    """The score, once there is one."""
    return Score.objects.filter(assessment=assessment).first()


def proceedings(assessment: Assessment, *acts: str) -> QuerySet[Proceeding]:
    """What was said, oldest first; of those acts only, where any is named."""
    rows = assessment.proceedings.select_related("by")
    return rows.filter(act__in=acts) if acts else rows


def content_of(row: Report | Filed) -> list[Any]:
    """What the digest of a report is taken over; reports from before evidence was asked for had two parts."""
    later = [row.papers, row.head] if row.papers or row.head else []
    return [row.values, row.explanations, *later]


def digest_of(content: object) -> str:
    """SHA-256 over the one spelling of a JSON value."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# -- replay ------------------------------------------------------------------------------------------------------------
def replay_scores(case: Case | None = None) -> Iterator[str]:
    """Score every report again by its frozen scheme and facts; a sentence for each that differs from what was recorded."""
    rows = Score.objects.select_related("assessment__case", "assessment__scheme")
    for row in rows.filter(assessment__case=case) if case else rows:
        number = row.assessment.case.number
        again = score(scheme_of(row.assessment.scheme), facts_of(row), peers_from(row.peers)).model_dump(mode="json")
        if again != row.scored or digest_of(row.scored) != row.digest:
            yield f"{number} 考核得分与重算结果不同"
        entry = Entry.objects.filter(stream=number, act="score_report").order_by("seq").last()
        sealed = json.loads(entry.data) if entry else {}
        if sealed.get("peers", digest_of(row.peers)) != digest_of(row.peers):
            yield f"{number} 评分所比较的同年数据与案卷所记摘要不符"


def replay_reports(case: Case | None = None) -> Iterator[str]:
    """Digest every report and every check of one again; a sentence for each that differs from what was recorded. Two queries."""
    rows = Filed.objects.select_related("assessment__case", "checking").order_by("assessment", "round")
    entries = Entry.objects.filter(act__in=("file_report", *ANSWERS)).order_by("seq")
    if case:
        rows, entries = rows.filter(assessment__case=case), entries.filter(stream=case.number)
    sealed: dict[tuple[str, bool, int], dict[str, Any]] = {}
    for entry in entries:
        told = json.loads(entry.data)
        sealed.setdefault((entry.stream, entry.act == "file_report", told.get("round", 0)), told)
    for row in rows:
        number = row.assessment.case.number
        filed, answered = (sealed.get((number, first, row.round), {}) for first in (True, False))
        if not digest_of(content_of(row)) == row.digest == filed.get("report"):
            yield f"{number} 第{row.round}次年度报告与案卷所记摘要不符"
        lines = row.checking.lines if hasattr(row, "checking") else {}
        if "checked" in answered and answered["checked"] != digest_of(lines):
            yield f"{number} 第{row.round}次年度报告的逐项核对与案卷所记摘要不符"


def facts_of(row: Score) -> Facts:
    """The frozen facts."""
    return Facts.model_validate(row.facts)


def peers_from(kept: Mapping[str, Iterable[Any]]) -> dict[str, tuple[Decimal, ...]]:
    """The frozen figures of the others."""
    return {code: tuple(Decimal(str(value)) for value in values) for code, values in kept.items()}

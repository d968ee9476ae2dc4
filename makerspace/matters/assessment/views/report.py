"""The yearly report: filled in group by group, saved at any time, the forecast beside it, and handed in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.matters.assessment import showing
from makerspace.matters.assessment.models import Report
from makerspace.matters.assessment.operations import reporting
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.statistics import one_sheet
from makerspace.matters.assessment.views.merging import base_of, made_of, merged
from makerspace.matters.assessment.views.naming import LABELS, summary
from makerspace.office.casework import taking
from makerspace.office.casework.attachments import attach, of_colleagues
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.queries import NOT_THERE, fetch, stage_of
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.documents.sheets import workbook
from makerspace.office.documents.uploads import ACCEPT, limits_text
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.report_checks import misread
from makerspace.regulation.kunkefa_2017_55.report_fields import EVIDENCE, EVIDENCE_OF, OWN, field
from makerspace.web.export import xlsx_response
from makerspace.web.forms.binding import cleaned, digits, version_of
from makerspace.web.forms.controls import NEW
from makerspace.web.policy import signed_in
from makerspace.web.visitor import me

FIGURE, WHY = "figure-", "why-"
DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 100
NAMES = {"head": "众创空间负责人"}
FIGURES = re.compile(r"([+-]?\d{1,12}(\.\d{1,6})?)?", re.ASCII)


@dataclass
class Typed:
    """What was sent: figures that can stand, the texts of all, explanations, evidence by group, who heads it, and by name
    what cannot stand."""

    values: dict[str, Decimal | None]
    texts: dict[str, str]
    why: dict[str, str]
    papers: dict[str, list[str]]
    head: str
    wrong: dict[str, str]


class Shown(NamedTuple):
    """One group of the form: its figures, its evidence, and what is wrong with that."""

    group: showing.Group
    cells: Sequence[tuple[showing.Cell, str, str, str]]
    proofs: Sequence[Attachment]
    faults: Mapping[str, str]

    @property
    def error(self) -> str:
        """What is wrong with the files."""
        return self.faults.get(f"{EVIDENCE_OF}{self.group.code}", "")

    @property
    def proof(self) -> str:
        """What proves such figures."""
        return EVIDENCE[self.group.code]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Fill in, save, and hand in; what was typed stays on the page whatever is wrong with it."""
    person, today = me(request), clock.today()
    case = _open_to(person, number, today)
    if request.method != "POST":
        return _page(request, case)
    typed = _read(request.POST)
    _keep_files(request, case, typed, today)
    kept = False
    try:
        _save(case, typed, person, today, request.POST.get("version", ""))
        kept = not typed.wrong
        if typed.wrong:
            messages.warning(request, "需要更正的没有保存，其余已保存。")
            raise refused("invalid", f"有{len(typed.wrong)}项需要更正。", 18, fields=typed.wrong)
        if request.POST.get("step") == "file":
            given = {"commitment": request.POST.get("commitment") == "on"}
            taking.take(case, "file_report", by=person, on=today, payload=given)
            messages.success(request, "已提交年度报告，由科技主管部门核实；可以在办件页查看进展。")
            return redirect("work_case", case.number)
    except Refused as fault:
        if fault.refusal.code not in {"invalid", "changed_meanwhile", "wrong_stage"}:
            raise
        return _page(request, case, typed, fault.refusal, kept=kept)
    messages.success(request, "已保存。")
    return redirect("assessment_report", case.number)


@signed_in
@require_POST
def autosave(request: HttpRequest, number: str) -> HttpResponse:
    """Save what is typed in the background, whole or not; what cannot stand is named, and a refusal comes back as JSON."""
    person, today = me(request), clock.today()
    case = _open_to(person, number, today)
    typed = _read(request.POST)
    try:
        version = _save(case, typed, person, today, request.POST.get("version", "")).version
    except Refused as fault:
        if fault.refusal.code != "invalid":
            raise
        return _unreadable(fault.refusal.fields)
    return _unreadable(typed.wrong, version) if typed.wrong else JsonResponse({"version": version})


@signed_in
@require_safe
def statistics(request: HttpRequest, number: str) -> HttpResponse:
    """The report that this person may read, item by item as the national statistics ask, as a workbook."""
    person, today = me(request), clock.today()
    case = fetch(person, number, today)
    if case.kind != "assessment":
        raise Refused(NOT_THERE)
    held = queries.of_case(case)
    kept = showing.readable(held, case, person, today)
    if kept is None:
        raise refused("wrong_stage", "运营单位还没有提交年度报告，没有可以导出的数据。", 18)
    return xlsx_response(f"年度报告-{held.year}-{case.number}.xlsx", workbook(one_sheet(held, kept)))


def _unreadable(faults: Mapping[str, str], version: int | None = None) -> JsonResponse:
    """The first figure that cannot stand, by its name; with a version where everything else was saved."""
    code, text = next(iter(faults.items()))
    told = f"“{LABELS.get(code, NAMES.get(code, '说明'))}”{text}，改正后自动保存"
    answer: dict[str, Any] = {"code": "invalid", "text": told, "article": "第十八条", "fields": dict(faults)}
    if version is not None:
        answer |= {"text": f"其余已保存。{told}", "version": version}
    return JsonResponse(answer, status=422)


def _open_to(person: Person, number: str, on: date) -> Case:
    """The case (404), for a member of its unit (403), while its report is open (409)."""
    case = fetch(person, number, on)
    if case.kind != "assessment":
        raise Refused(NOT_THERE)
    if case.organisation_id not in person.capacity(on).organisations:
        raise refused("not_yours", "年度报告由运营单位填写；提交后，审核人员可以在办件页查看。", 18)
    if case.stage != "reporting":
        raise refused("wrong_stage", f"本件现处于“{stage_of(case).label}”环节，报告已固定，不能修改。", 18)
    return case


def _read(sent: QueryDict) -> Typed:
    texts = {name.removeprefix(FIGURE): str(text).strip() for name, text in sent.items() if name.startswith(FIGURE)}
    why = {name.removeprefix(WHY): cleaned(str(text)) for name, text in sent.items() if name.startswith(WHY)}
    values: dict[str, Decimal | None] = {}
    wrong: dict[str, str] = {}
    for code, text in texts.items():
        found = digits(text)
        fault = _misread(code, found)
        if fault:
            wrong[code] = fault
        else:
            values[code] = Decimal(found) if found else None
    wrong |= {key: f"不超过{reporting.LONGEST}字" for key, text in why.items() if len(text) > reporting.LONGEST}
    papers = {
        group: [str(each) for each in sent.getlist(f"{EVIDENCE_OF}{group}") if DIGEST.fullmatch(str(each))]
        for group in EVIDENCE
    }
    head = cleaned(str(sent.get("head", "")))
    if len(head) > LONGEST_NAME:
        wrong["head"] = f"负责人姓名不超过{LONGEST_NAME}字"
    return Typed(values, texts, why, papers, head, wrong)


def _misread(code: str, found: str) -> str:
    """Why that text cannot stand for the figure; of a figure that the report does not have the operation speaks."""
    if not FIGURES.fullmatch(found):
        return "应填数字，如1200或12.5，不超过12位"
    return (misread(field(code), Decimal(found)) or "") if found and code in OWN else ""


def _keep_files(request: HttpRequest, case: Case, typed: Typed, on: date) -> None:
    """Keep the files that were sent with the form, each under its group; what can't be kept is named."""
    for group in EVIDENCE:
        for file in request.FILES.getlist(f"{EVIDENCE_OF}{group}{NEW}"):
            try:
                kept = attach(case, file, file.name or "", by=me(request), on=on)
            except Refused as fault:
                typed.wrong[f"{EVIDENCE_OF}{group}"] = f"“{file.name}”：{fault.refusal.text}"
            else:
                typed.papers[group].append(kept.blob_id)


def _save(case: Case, typed: Typed, person: Person, on: date, seen: str) -> Report:
    """Whatever can stand; the rest stays as it was saved before."""
    why = {key: text for key, text in typed.why.items() if key not in typed.wrong}
    head = None if "head" in typed.wrong else typed.head
    return reporting.save_report(
        case, typed.values, why, by=person, on=on, seen=version_of(seen), papers=typed.papers, head=head
    )


def _page(
    request: HttpRequest, case: Case, typed: Typed | None = None, refusal: Refusal | None = None, *, kept: bool = True
) -> HttpResponse:
    held = queries.of_case(case)
    row: Report = held.report
    base = _made_of(row)
    others: Mapping[str, str] = {}
    if typed and refusal and refusal.code == "changed_meanwhile":
        typed, others = _laid_over(typed, base_of(request.POST), row, base)
    values, faults = queries.decimals(row.values), dict(refusal.fields) if refusal else {}
    beside = queries.beside(held)
    filed = beside.filed
    reading = queries.read(held, values, beside)
    told: Mapping[str, str] = row.explanations | (typed.why if typed else {})
    papers = typed.papers if typed else row.papers
    proofs = showing.proofs(papers, of_colleagues(case, chain.from_iterable(papers.values())))
    shown = [
        Shown(group, [_cell(cell, typed, faults, others) for cell in group.cells], proofs[group.code], faults)
        for group in showing.groups(values, beside.counted, beside.before)
    ]
    explained = [
        (each, faults.get(each.doubt.key, ""), others.get(f"{WHY}{each.doubt.key}", ""))
        for each in showing.explained(reading.doubts, told)
    ]
    places = {"commitment": "commitment", "head": "head"} | {
        each.doubt.key: f"w-{place}" for place, (each, *_) in enumerate(explained, start=1)
    }
    places |= {f"{EVIDENCE_OF}{group}": f"p-{group}" for group in EVIDENCE}
    context: dict[str, Any] = {
        "case": case, "held": held, "report": row, "groups": shown, "reading": reading, "refusal": refusal,
        "explained": explained, "limits": limits_text(), "accept": ACCEPT,
        "form": {"summary": summary(faults, places, _blank(reading.gaps, typed), "还有{}项没有填写；没有的填0")},
        "head": typed.head if typed else row.head,
        "must": [doubt for doubt in reading.doubts if doubt.must], "filed": filed,
        "lines": showing.lines_of(filed), "who": showing.words_of(held, ""), "base": made_of(base), "others": others,
        "kept": kept,
    }  # fmt: skip
    return render(request, "assessment/report.html", context, status=refusal.status if refusal else 200)


def _made_of(row: Report) -> dict[str, str]:
    """What the form is made of, by the names of its inputs."""
    figures = {f"{FIGURE}{code}": _as_typed(value) for code, value in queries.decimals(row.values).items()}
    return {**figures, **{f"{WHY}{key}": text for key, text in row.explanations.items()}, "head": row.head}


def _as_typed(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _laid_over(
    typed: Typed, base: Mapping[str, Any], row: Report, saved: Mapping[str, str]
) -> tuple[Typed, dict[str, str]]:
    """Where a colleague saved meanwhile, only that which was changed here lies over it, and no file of either is lost; with
    what the colleague saved where both changed the same."""
    named = {f"{FIGURE}{code}": text for code, text in typed.texts.items()}
    named |= {f"{WHY}{key}": text for key, text in typed.why.items()} | {"head": typed.head}
    both = merged(named, base, saved, "")
    texts, why = (
        {name.removeprefix(prefix): text for name, text in both.values.items() if name.startswith(prefix)}
        for prefix in (FIGURE, WHY)
    )
    papers = {group: list(dict.fromkeys([*row.papers.get(group, ()), *files])) for group, files in typed.papers.items()}
    return replace(typed, texts=texts, why=why, papers=papers, head=both.values["head"]), both.others


def _cell(
    cell: showing.Cell, typed: Typed | None, faults: Mapping[str, str], others: Mapping[str, str]
) -> tuple[showing.Cell, str, str, str]:
    """A figure, its text in the input, what is wrong with it, and what a colleague saved instead."""
    kept, code = _as_typed(cell.value), cell.field.code
    text = typed.texts.get(code, kept) if typed else kept
    return cell, text, faults.get(code, ""), others.get(f"{FIGURE}{code}", "")


def _blank(gaps: Iterable[str], typed: Typed | None) -> list[str]:
    """Of what the kept report lacks, that in which nothing was typed either."""
    return [code for code in gaps if not (typed and typed.texts.get(code))]

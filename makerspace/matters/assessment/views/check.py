"""Checking a report line by line against registers, evidence, accounts and site; saved at any time, then answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from makerspace.matters.assessment import showing
from makerspace.matters.assessment.models import Assessment, Checking, Filed, Found
from makerspace.matters.assessment.operations import checking
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries import checking as checks
from makerspace.matters.assessment.views.merging import base_of, made_of, merged
from makerspace.matters.assessment.views.naming import summary
from makerspace.office.casework import taking
from makerspace.office.casework.attachments import readable
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.queries import NOT_THERE, fetch
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.report_fields import OWN
from makerspace.web.forms.binding import cleaned, version_of
from makerspace.web.policy import signed_in
from makerspace.web.visitor import me

FOUND, TEXT = "found-", "text-"
LONGEST = 4000
REGISTERS = {"staff": ("staff", "mentors", "partners"), "services": ("tenants",), "results": ("tenants", "results"),
             "premises": ("premises",), "events": ("events",)}  # fmt: skip
REGISTER_LABELS = {
    "staff": "服务人员", "mentors": "导师", "partners": "合作机构", "tenants": "入驻企业和团队", "results": "经营数据",
    "premises": "场地", "events": "活动",
}  # fmt: skip
Line = Mapping[str, str]
OPEN: Line = {"found": "", "text": ""}
UNSAID: Mapping[str, Any] = {"false_data": False, "stopped": False, "opinion": ""}


class Checked(NamedTuple):
    """One figure with what the unit said of it, what it may be found to be, what was found, what is wrong with that,
    and what a colleague who saved meanwhile found instead."""

    cell: showing.Cell
    told: Sequence[str]
    choices: Sequence[tuple[str, str]]
    found: str
    text: str
    error: str
    other: str


class Laid(NamedTuple):
    """What a page shows of the lines and of the whole; by name what a colleague saved where both changed it; whether what was
    sent spoke of a report that another has followed."""

    lines: Mapping[str, Line]
    said: Mapping[str, Any]
    others: Mapping[str, Any]
    outrun: bool = False


class Shown(NamedTuple):
    """One group with its evidence and the registers that it is held against: (code, label)."""

    group: showing.Group
    lines: Sequence[Checked]
    proofs: Sequence[Attachment]
    registers: Sequence[tuple[str, str]]

    @property
    def done(self) -> int:
        """How many were looked at."""
        return sum(bool(line.found) for line in self.lines)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Look at every figure, save, and verify or send back; what was chosen stays on the page whatever is wrong with it."""
    person, today = me(request), clock.today()
    case = _open_to(person, number, today)
    if request.method != "POST":
        return _page(request, case)
    typed, step, kept = _read(request.POST), request.POST.get("step"), False
    try:
        if step == "alike":
            typed |= _alike(case, typed)
        row = _save(case, typed, request, today)
        kept = True
        if step == "verify":
            _ask_whole(row)
            payload = {**row.said, "lines": []}
            taking.take(case, checks.act_for(person, case, today), by=person, on=today, payload=payload)
            return _said(request, case, "已核实通过，由市科技局评分。")
        if step == "return":
            payload = {"reason": row.said["opinion"], "lines": _differing(typed, row.said["opinion"])}
            taking.take(case, checks.BACK[checks.act_for(person, case, today)], by=person, on=today, payload=payload)
            return _said(request, case, "已退回运营单位更正。")
    except Refused as fault:
        if fault.refusal.code not in {"invalid", "changed_meanwhile", "wrong_stage"}:
            raise
        return _page(request, case, typed, fault.refusal, kept=kept)
    messages.success(request, "已保存。")
    return redirect("assessment_check", case.number)


@signed_in
@require_POST
def autosave(request: HttpRequest, number: str) -> HttpResponse:
    """Save what was chosen so far in the background; a refusal comes back as JSON."""
    today = clock.today()
    case = _open_to(me(request), number, today)
    return JsonResponse({"version": _save(case, _read(request.POST), request, today).version})


def _said(request: HttpRequest, case: Case, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("work_case", case.number)


def _open_to(person: Person, number: str, on: date) -> Case:
    """The case (404), for whoever may check its report (403), while it is to be checked (409)."""
    case = fetch(person, number, on)
    if case.kind != "assessment":
        raise Refused(NOT_THERE)
    refusal = checks.why_not(person, case, on)
    if refusal:
        raise Refused(refusal)
    return case


def _read(sent: QueryDict) -> dict[str, dict[str, str]]:
    """What was chosen, by field; fields that the report does not have are not read."""
    return {
        code: {"found": cleaned(str(sent[f"{FOUND}{code}"])), "text": cleaned(str(sent.get(f"{TEXT}{code}", "")))}
        for code in OWN
        if f"{FOUND}{code}" in sent
    }


def _save(case: Case, typed: Mapping[str, Line], request: HttpRequest, on: date) -> Checking:
    round_, seen = (version_of(request.POST.get(name, "")) for name in ("round", "version"))
    said = _of_the_whole(request.POST)
    return checking.save_checking(case, typed, by=me(request), on=on, round_=round_, seen=seen, said=said)


def _alike(case: Case, typed: Mapping[str, Line]) -> dict[str, dict[str, str]]:
    """What is still open and stands in the registers just so."""
    filed = _latest(queries.of_case(case))
    same = checks.alike(filed.values, filed.registered)
    return {
        code: {"found": Found.REGISTERS.value, "text": typed[code]["text"]}
        for code in same
        if code in typed and not typed[code]["found"]
    }


def _of_the_whole(sent: QueryDict) -> dict[str, Any]:
    ticks = {name: sent.get(name) == "on" for name in ("false_data", "stopped")}
    return {**ticks, "opinion": cleaned(sent.get("opinion", ""))[:LONGEST]}


def _ask_whole(row: Checking) -> None:
    """The opinion and every line at once, so that nobody is told of seventy lines only after the opinion is written."""
    wrong = _unsaid(row.said["opinion"]) | checking.lacking(
        row.lines, vetoed=row.said["false_data"] or row.said["stopped"]
    )
    if wrong:
        raise refused("invalid", "核实通过前还需要补充。", 18, fields=wrong)


def _unsaid(opinion: str) -> dict[str, str]:
    return {} if opinion else {"opinion": "请填写总的意见"}


def _differing(typed: Mapping[str, Line], opinion: str) -> list[dict[str, str]]:
    """The lines that go back, each with what is wrong; at least one, and the opinion."""
    lines = {code: line for code, line in typed.items() if line["found"] == Found.DIFFERS}
    unsaid = {code: "请写明哪里不符、应当怎样更正" for code, line in lines.items() if not line["text"]}
    if not lines:
        unsaid = {"lines": "请先把需要更正的数据标为“不符”，并写明问题"}
    unsaid |= _unsaid(opinion)
    if unsaid:
        raise refused("invalid", "退回前还需要补充。", 18, fields=unsaid)
    return [{"field": code, "text": line["text"]} for code, line in lines.items()]


def _latest(held: Assessment) -> Filed:
    row = queries.latest(held)
    if row is None:
        raise refused("wrong_stage", "运营单位还没有提交年度报告。", 18)
    return row


def _page(
    request: HttpRequest,
    case: Case,
    typed: Mapping[str, Line] | None = None,
    refusal: Refusal | None = None,
    *,
    kept: bool = True,
) -> HttpResponse:
    person, today = me(request), clock.today()
    held = queries.of_case(case)
    filed = _latest(held)
    row = queries.checking_of(filed)
    saved, said = (row.lines, row.said) if row else (checks.carried(filed), {})
    shown_as = _laid_over(request, typed, filed, saved, {**UNSAID, **said}, refusal)
    lines: Mapping[str, Line] = shown_as.lines
    faults = dict(refusal.fields) if refusal else {}
    values, counted = queries.decimals(filed.values), queries.decimals(filed.registered)
    beside = queries.beside(held, counted)
    reading = queries.read(held, values, beside)
    told = _told(showing.explained(reading.doubts, filed.explanations))
    proofs = showing.proofs(filed.papers, readable(case, person, today))
    shown = [
        Shown(
            group,
            [_checked(filed, cell, told, shown_as, faults) for cell in group.cells],
            proofs[group.code],
            _registers(group),
        )
        for group in showing.groups(values, counted, beside.before)
    ]
    blank = [code for code in OWN if not (lines.get(code) or {}).get("found")]
    same = checks.alike(filed.values, filed.registered)
    context = {
        "case": case, "held": held, "filed": filed, "checking": row, "groups": shown,
        "refusal": refusal, "form": {"summary": summary(faults, PLACES, blank, "还有{}项没有核对")},
        "done": len(OWN) - len(blank), "all": len(OWN), "alike": sum(code in same for code in blank),
        "differing": sum(line["found"] == Found.DIFFERS for line in lines.values()),
        "said": shown_as.said, "act": checks.act_for(person, case, today), "who": showing.words_of(held, filed.head),
        "base": made_of({"lines": saved, "said": said}), "others": shown_as.others,
        "outrun": shown_as.outrun, "kept": kept,
    }  # fmt: skip
    return render(request, "assessment/check.html", context, status=refusal.status if refusal else 200)


PLACES = {"opinion": "opinion", "reason": "opinion"}


def _laid_over(
    request: HttpRequest,
    typed: Mapping[str, Line] | None,
    filed: Filed,
    saved: Mapping[str, Line],
    said: Mapping[str, Any],
    refusal: Refusal | None,
) -> Laid:
    """What the page shows: what is saved, and over it what was sent. Where a colleague saved meanwhile, only that which was
    changed here lies over it; of an earlier report only the words on the whole, for its figures were others."""
    if typed is None:
        return Laid(saved, said, {})
    whole = _of_the_whole(request.POST)
    if refusal is None or refusal.code != "changed_meanwhile":
        return Laid({**saved, **typed}, whole, {})
    if version_of(request.POST.get("round", "")) != filed.round:
        return Laid(saved, whole, {}, outrun=True)
    base = base_of(request.POST)
    lines = merged(typed, _mapping(base, "lines"), saved, OPEN)
    words = merged(whole, {**UNSAID, **_mapping(base, "said")}, said, "")
    return Laid(lines.values, words.values, lines.others | words.others)


def _mapping(base: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = base.get(name)
    return found if isinstance(found, dict) else {}


def _told(explained: Sequence[showing.Explained]) -> dict[str, list[str]]:
    """By figure, what is unusual about it and what the unit said."""
    told: dict[str, list[str]] = {}
    for doubt, text in explained:
        told.setdefault(doubt.fields[0], []).append(f"{doubt.text}运营单位说明：{text}")
    return told


def _checked(
    filed: Filed,
    cell: showing.Cell,
    told: Mapping[str, Sequence[str]],
    laid: Laid,
    faults: Mapping[str, str],
) -> Checked:
    code = cell.field.code
    line = laid.lines.get(code) or OPEN
    choices = [(found.value, found.label) for found in checks.may_be_found(filed, code)]
    other = _in_words(laid.others[code]) if code in laid.others else ""
    return Checked(cell, told.get(code, ()), choices, line["found"], line["text"], faults.get(code, ""), other)


def _in_words(line: Line) -> str:
    found = Found(line["found"]).label if line["found"] in Found.values else "未核对"
    return f"{found}（{line['text']}）" if line["text"] else found


def _registers(group: showing.Group) -> list[tuple[str, str]]:
    return [(code, REGISTER_LABELS[code]) for code in REGISTERS.get(group.code, ())]

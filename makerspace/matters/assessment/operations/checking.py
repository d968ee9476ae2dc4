"""Article 18: a report is held against its evidence, line by line, and sent back or verified."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from makerspace.matters.assessment.models import Assessment, Checking, Filed, Found, YearFigures
from makerspace.matters.assessment.models import Scheme as Year
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries import checking as checks
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, lock
from makerspace.office.casework.queries import procedure_of, why_not
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.report_fields import OWN

LONGEST = 200
Given = Mapping[str, Mapping[str, str]]
State = Filed.State


@transaction.atomic
def save_checking(
    case: Case, lines: Given, *, by: Person, on: date, round_: int, seen: int, said: Mapping[str, Any] | None = None
) -> Checking:
    """Save what was found so far, ``{field: {"found", "text"}}``, and what is to be said of the whole; an empty ``found``
    leaves a line open again.

    Raises ``Refused`` naming every line that cannot stand, or where somebody else saved since version ``seen`` of that
    round, or another report has come since.
    """
    case = lock(case)
    refusal = checks.why_not(by, case, on)
    if refusal:
        raise Refused(refusal)
    row = _of(case, by)
    if row.filed.round != round_:
        raise refused(
            "changed_meanwhile",
            f"现在待核对的是第{row.filed.round}次提交的报告，与您打开的不是同一份，请核对这一份。",
            18,
        )
    if row.version != seen:
        raise refused("changed_meanwhile", "这份核对在您打开之后已被另一位工作人员保存，请核对后再保存。", 18)
    row.said = row.said if said is None else dict(said)
    _keep(row, lines, by)
    return row


@transaction.atomic
def return_report(case: Case, *, by: Person, on: date, lines: Iterable[Mapping[str, Any]], reason: str) -> Case:
    """Send the report back, line by line; what was found of the others stays for the next round."""
    return _return(case, "return_report", by, on, lines, reason)


@transaction.atomic
def return_overdue(case: Case, *, by: Person, on: date, lines: Iterable[Mapping[str, Any]], reason: str) -> Case:
    """The district let its term pass, and the bureau finds what is to be corrected."""
    return _return(case, "return_overdue", by, on, lines, reason)


def _return(case: Case, act: str, by: Person, on: date, lines: Iterable[Mapping[str, Any]], reason: str) -> Case:
    rows = [dict(line) for line in lines]
    row = _of(_asked(case, act, by, on), by)
    strange = {f"lines[{place}].field": "没有这一填报项" for place, line in enumerate(rows) if line["field"] not in OWN}
    if strange:
        raise refused("invalid", "退回的内容里有不存在的填报项。", 18, fields=strange)
    _keep(row, {line["field"]: {"found": Found.DIFFERS, "text": line["text"]} for line in rows}, by)
    data = {"reason": reason, "lines": rows, "round": row.filed.round, "checked": queries.digest_of(row.lines)}
    case = advance(case, act, by=by, on=on, data=data)
    _answer(row.filed, State.RETURNED, by, on, lines=rows, opinion=reason)
    return case


@transaction.atomic
def verify_report(
    case: Case, *, by: Person, on: date, false_data: bool, stopped: bool, opinion: str, lines: Iterable[Mapping[str, Any]] = (),
) -> Case:  # fmt: skip
    """Every figure agrees with its evidence; the officers' own findings go with them to the score. ``lines`` are laid over
    what was saved."""
    said = {"false_data": false_data, "stopped": stopped}
    return _verify(case, "verify_report", by, on, said, opinion, lines)


@transaction.atomic
def verify_overdue(
    case: Case, *, by: Person, on: date, false_data: bool, stopped: bool, opinion: str, lines: Iterable[Mapping[str, Any]] = (),
) -> Case:  # fmt: skip
    """The district let its term pass: the bureau verifies in its place, so that nobody waits for silence."""
    said = {"false_data": false_data, "stopped": stopped}
    return _verify(case, "verify_overdue", by, on, said, opinion, lines)


def _verify(
    case: Case, act: str, by: Person, on: date, said: Mapping[str, bool], opinion: str, lines: Iterable[Mapping[str, Any]],
) -> Case:  # fmt: skip
    verified = {code: "1" if there else "0" for code, there in said.items()}
    Year.objects.select_for_update().get(assessments__case=case)  # whoever scores first has read the others' figures
    row = _of(_asked(case, act, by, on), by)
    _keep(row, {str(line["field"]): _line(line) for line in lines}, by)
    _ask_whole(row.lines, vetoed=any(said.values()))
    data = {
        "reason": opinion, "verified": verified, "round": row.filed.round, "checked": queries.digest_of(row.lines),
    }  # fmt: skip
    case = advance(case, act, by=by, on=on, data=data)
    filed = row.filed
    _answer(filed, State.VERIFIED, by, on, verified=verified, opinion=opinion)
    YearFigures.objects.update_or_create(
        title=filed.assessment.title, year=filed.assessment.year, source=YearFigures.Source.REPORT,
        defaults={"values": filed.values | verified, "taken_at": clock.now(), "taken_by": by},
    )  # fmt: skip
    return case


def _asked(case: Case, act: str, by: Person, on: date) -> Case:
    """The case, locked, once this person may take the act: what the record seals is read before it is taken."""
    case = lock(case)
    refusal = why_not(by, procedure_of(case).move(act), case, on=on)
    if refusal:
        raise Refused(refusal)
    return case


def _of(case: Case, by: Person) -> Checking:
    """The check of the report handed in last; a new one begins from what the last round found and nothing has changed since."""
    filed = _filed(case)
    found = queries.checking_of(filed)
    return found or Checking(filed=filed, lines=checks.carried(filed), saved_by=by)


def _filed(case: Case) -> Filed:
    row = queries.latest(Assessment.objects.select_related("title").get(case=case))
    if row is None:  # the table lets nobody come here without a report
        raise refused("wrong_stage", "本件还没有提交年度报告。", 18)
    return row


def _line(given: Mapping[str, Any]) -> dict[str, str]:
    return {"found": str(given.get("found", "")), "text": str(given.get("text", "")).strip()}


def _keep(row: Checking, given: Given, by: Person) -> None:
    lines = {code: _line(line) for code, line in given.items()}
    wrong = {code: "没有这一填报项" for code in lines if code not in OWN}
    wrong |= {code: "请从所列结果中选择" for code, line in lines.items() if line["found"] not in {"", *Found.values}}
    wrong |= {code: f"不超过{LONGEST}字" for code, line in lines.items() if len(line["text"]) > LONGEST}
    wrong |= {code: _unfounded(row.filed, code, line) for code, line in lines.items() if code not in wrong}
    wrong = {code: text for code, text in wrong.items() if text}
    if wrong:
        raise refused("invalid", f"有{len(wrong)}项核对结果需要更正。", 18, fields=wrong)
    row.lines = {code: line for code, line in (row.lines | lines).items() if any(line.values())}
    row.version, row.saved_at, row.saved_by = row.version + 1, clock.now(), by
    row.save()


def _unfounded(filed: Filed, code: str, line: Mapping[str, str]) -> str:
    """Why a figure can't have been found so."""
    if not line["found"] or Found(line["found"]) in checks.may_be_found(filed, code):
        return ""
    return "登记册没有记载或者记载不同" if line["found"] == Found.REGISTERS else "这一类没有上传证明材料"


def lacking(lines: Given, *, vetoed: bool) -> dict[str, str]:
    """What keeps a report from being verified, by figure: every one is looked at. A figure found wrong goes back, unless
    that is why the report is vetoed: then it is said what is wrong."""
    wrong = {code: "还没有核对" for code in OWN if not lines.get(code, {}).get("found")}
    differing = {code: line for code, line in lines.items() if line["found"] == Found.DIFFERS}
    if vetoed:
        wrong |= {code: "核对为不符，请写明哪里不符" for code, line in differing.items() if not line["text"]}
    else:
        wrong |= dict.fromkeys(differing, "核对为不符，应退回更正；属于虚报、瞒报的，勾选后写明")
    return wrong


def _ask_whole(lines: Given, *, vetoed: bool) -> None:
    """All of it named at once."""
    wrong = lacking(lines, vetoed=vetoed)
    if wrong:
        raise refused("invalid", f"有{len(wrong)}项没有核对或者不符，不能核实通过。", 18, fields=wrong)


def _answer(row: Filed, state: State, by: Person, on: date, **said: Any) -> None:
    Filed.objects.filter(pk=row.pk).update(state=state, checked_by=by, checked_on=on, **said)

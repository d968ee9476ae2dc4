"""Article 18: the operator fills in and files the yearly report; the district sends it back or verifies it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from makerspace.matters.assessment.models import Assessment, Filed, Report, YearFigures
from makerspace.matters.assessment.models import Scheme as Year
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, lock
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.report_checks import misread
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, field

OWN = {row.code for row in FIELDS if not row.officers}
LONGEST = 500
Values = Mapping[str, Decimal]
State = Filed.State


@transaction.atomic
def save_report(
    case: Case,
    values: Mapping[str, Decimal | None],
    explanations: Mapping[str, str],
    *,
    by: Person,
    on: date,
    seen: int,
) -> Report:
    """Save the living report, whole or not; None empties a figure. What is not named stays.

    Raises ``Refused`` naming every figure that cannot stand, or where somebody else saved since version ``seen``.
    """
    report = _opened(case, by, on)
    if report.version != seen:
        raise refused("changed_meanwhile", "这份报告在您打开之后已被另一位成员保存，请核对后再保存。", 18)
    _keep(report, values, explanations, by)
    return report


def _opened(case: Case, by: Person, on: date) -> Report:
    """The living report, locked, for a member of the unit while it may be changed."""
    case = lock(case)
    if not cases.sees(by, case, on):
        raise Refused(cases.NOT_THERE)
    if case.organisation_id not in by.capacity(on).organisations:
        raise refused("not_yours", "年度报告由运营单位填写。", 18)
    if case.stage != "reporting":
        raise refused("wrong_stage", f"本件现处于“{cases.stage_of(case).label}”环节，报告已固定，不能修改。", 18)
    return Report.objects.select_related("assessment__title__makerspace", "assessment__scheme").get(
        assessment__case=case
    )


def _keep(report: Report, values: Mapping[str, Decimal | None], explanations: Mapping[str, str], by: Person) -> None:
    wrong = {code: "没有这一填报项，或由主管部门核实" for code in values if code not in OWN}
    figures = {code: value for code, value in values.items() if value is not None and code in OWN}
    wrong |= {code: text for code, value in figures.items() if (text := misread(field(code), value))}
    wrong |= {key: f"不超过{LONGEST}字" for key, text in explanations.items() if len(text) > LONGEST}
    if wrong:
        raise refused("invalid", f"有{len(wrong)}项数据需要更正。", 18, fields=wrong)
    kept = {code: text for code, text in report.values.items() if values.get(code, "") is not None}
    report.values = kept | queries.texts(figures)
    told = report.explanations | {key: text.strip() for key, text in explanations.items()}
    report.explanations = {key: text for key, text in told.items() if text}
    report.version, report.saved_at, report.saved_by = report.version + 1, clock.now(), by
    report.save()


@transaction.atomic
def file_report(
    case: Case, *, by: Person, on: date, commitment: bool = True, figures: Iterable[Mapping[str, Any]] = (),
    explanations: Iterable[Mapping[str, Any]] = (),
) -> Case:  # fmt: skip
    """Hand in the report as it was saved, with what is given here laid over it; every check passed or explained."""
    given = {str(row["field"]): Decimal(str(row["value"])) for row in figures}
    told = {str(row["about"]): str(row["text"]) for row in explanations}
    if not commitment:
        text = "请先承诺所报数据真实、完整"
        raise refused("invalid", f"{text}。", 18, fields={"commitment": text})
    return advance(case, "file_report", by=by, on=on, data=_sealed(case, given, told, by, on))


def _sealed(case: Case, given: Values, told: Mapping[str, str], by: Person, on: date) -> dict[str, Any]:
    """Freeze the report and say what the record seals of it."""
    report = _opened(case, by, on)
    _keep(report, dict(given), told, by)
    assessment, values = report.assessment, queries.decimals(report.values)
    held = queries.beside(assessment)
    reading = queries.read(assessment, values, held)
    _ask_whole(reading, report.explanations)
    counted, round_ = queries.texts(held.counted), assessment.filed.count() + 1
    digest = queries.digest_of([report.values, report.explanations])
    Filed.objects.create(
        assessment=assessment, round=round_, values=report.values, explanations=report.explanations, registered=counted,
        digest=digest, on=on, by=by,
    )  # fmt: skip
    return {"round": round_, "report": digest}


def _ask_whole(reading: queries.Reading, explained: Mapping[str, str]) -> None:
    """Nothing empty, nothing that cannot be, nothing unusual without an explanation; all of it at once."""
    wrong = {code: f"请填写{field(code).label}；没有的填0" for code in reading.gaps}
    for doubt in reading.doubts:
        if doubt.must or not explained.get(doubt.key):
            wrong[doubt.fields[0] if doubt.must else doubt.key] = doubt.text
    if wrong:
        raise refused("invalid", f"报告还有{len(wrong)}处需要补充、更正或说明。", 18, fields=wrong)


@transaction.atomic
def record_no_report(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """The term is over and nothing came: the leader decides on a report that was given up."""
    return advance(case, "record_no_report", by=by, on=on, data={"reason": reason})


@transaction.atomic
def return_report(case: Case, *, by: Person, on: date, lines: Iterable[Mapping[str, Any]], reason: str) -> Case:
    """Send the report back, line by line."""
    rows = [dict(row) for row in lines]
    case = advance(case, "return_report", by=by, on=on, data={"reason": reason, "lines": rows})
    strange = {f"lines[{place}].field": "没有这一填报项" for place, row in enumerate(rows) if row["field"] not in OWN}
    if strange:
        raise refused("invalid", "退回的内容里有不存在的填报项。", 18, fields=strange)
    _check(case, State.RETURNED, by, on, lines=rows, opinion=reason)
    return case


@transaction.atomic
def verify_report(case: Case, *, by: Person, on: date, false_data: bool, stopped: bool, opinion: str) -> Case:
    """The figures agree with the evidence; the officers' own findings go with them to the score."""
    return _verify(case, "verify_report", by, on, false_data=false_data, stopped=stopped, opinion=opinion)


@transaction.atomic
def verify_overdue(case: Case, *, by: Person, on: date, false_data: bool, stopped: bool, opinion: str) -> Case:
    """The district let its term pass: the bureau verifies in its place, so that nobody waits for silence."""
    return _verify(case, "verify_overdue", by, on, false_data=false_data, stopped=stopped, opinion=opinion)


def _verify(case: Case, act: str, by: Person, on: date, *, false_data: bool, stopped: bool, opinion: str) -> Case:
    found = {"false_data": "1" if false_data else "0", "stopped": "1" if stopped else "0"}
    Year.objects.select_for_update().get(assessments__case=case)  # whoever scores first has read the others' figures
    case = advance(case, act, by=by, on=on, data={"reason": opinion, "verified": found})
    row = _check(case, State.VERIFIED, by, on, verified=found, opinion=opinion)
    YearFigures.objects.update_or_create(
        title=row.assessment.title, year=row.assessment.year, source=YearFigures.Source.REPORT,
        defaults={"values": row.values | found, "taken_at": clock.now(), "taken_by": by},
    )  # fmt: skip
    return case


def _check(case: Case, state: Filed.State, by: Person, on: date, **said: Any) -> Filed:
    row = queries.latest(Assessment.objects.get(case=case))
    if row is None:  # the table lets nobody come here without a report
        raise refused("wrong_stage", "本件还没有提交年度报告。", 18)
    Filed.objects.filter(pk=row.pk).update(state=state, checked_by=by, checked_on=on, **said)
    return row

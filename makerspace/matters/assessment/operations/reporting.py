"""Article 18: the operator fills in the yearly report, with its evidence, and hands it in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import transaction

from makerspace.matters.assessment.models import Filed, Report
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.office.casework import queries as cases
from makerspace.office.casework.attachments import NOT_UPLOADED, hand_in, of_colleagues
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, lock
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.report_checks import misread
from makerspace.regulation.kunkefa_2017_55.report_fields import EVIDENCE, EVIDENCE_OF, OWN, field

LONGEST, MOST_FILES = 500, 20
Values = Mapping[str, Decimal]
Papers = Mapping[str, Iterable[str]]


@transaction.atomic
def save_report(
    case: Case,
    values: Mapping[str, Decimal | None],
    explanations: Mapping[str, str],
    *,
    by: Person,
    on: date,
    seen: int,
    papers: Papers | None = None,
    head: str | None = None,
) -> Report:
    """Save the living report, whole or not; None empties a figure. What is not named stays; ``papers`` are the digests of
    the files that prove a group's figures.

    Raises ``Refused`` naming every figure that cannot stand, or where somebody else saved since version ``seen``.
    """
    report = _opened(case, by, on)
    if report.version != seen:
        raise refused("changed_meanwhile", "这份报告在您打开之后已被另一位成员保存，请核对后再保存。", 18)
    _keep(report, values, explanations, by, papers or {}, head)
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
    return Report.objects.select_related("assessment__case", "assessment__title__makerspace", "assessment__scheme").get(
        assessment__case=case
    )


def _keep(
    report: Report, values: Mapping[str, Decimal | None], explanations: Mapping[str, str], by: Person, papers: Papers,
    head: str | None,
) -> None:  # fmt: skip
    wrong = {code: "没有这一填报项，或由主管部门核实" for code in values if code not in OWN}
    figures = {code: value for code, value in values.items() if value is not None and code in OWN}
    wrong |= {code: text for code, value in figures.items() if (text := misread(field(code), value))}
    wrong |= {key: f"不超过{LONGEST}字" for key, text in explanations.items() if len(text) > LONGEST}
    proofs = {group: list(dict.fromkeys(files)) for group, files in papers.items()}
    there = _uploaded(report, proofs)
    wrong |= _not_there(proofs, there)
    if wrong:
        raise refused("invalid", f"有{len(wrong)}项内容需要更正。", 18, fields=wrong)
    saved = {group: [file for file in files if file in there] for group, files in report.papers.items()}
    report.papers = {group: files for group, files in (saved | proofs).items() if files}
    report.head = report.head if head is None else head
    kept = {code: text for code, text in report.values.items() if values.get(code, "") is not None}
    report.values = kept | queries.texts(figures)
    told = report.explanations | {key: text.strip() for key, text in explanations.items()}
    report.explanations = {key: text for key, text in told.items() if text}
    report.version, report.saved_at, report.saved_by = report.version + 1, clock.now(), by
    report.save()


def _uploaded(report: Report, papers: Mapping[str, Sequence[str]]) -> set[str]:
    """Of the files saved before and given now, those that members of the unit uploaded; a former unit's are none of them."""
    digests = {*chain.from_iterable(report.papers.values()), *chain.from_iterable(papers.values())}
    return set(of_colleagues(report.assessment.case, digests).values_list("blob", flat=True)) if digests else set()


def _not_there(papers: Mapping[str, Sequence[str]], there: Collection[str]) -> dict[str, str]:
    """By field, what is wrong with the evidence: no such group, too many files, or files nobody of the unit uploaded."""
    wrong = {}
    for group, files in papers.items():
        if group not in EVIDENCE:
            wrong[f"{EVIDENCE_OF}{group}"] = "没有这一类证明材料"
        elif len(files) > MOST_FILES:
            wrong[f"{EVIDENCE_OF}{group}"] = f"不超过{MOST_FILES}个文件"
        elif not set(files) <= set(there):
            wrong[f"{EVIDENCE_OF}{group}"] = NOT_UPLOADED
    return wrong


@transaction.atomic
def file_report(
    case: Case, *, by: Person, on: date, commitment: bool = True, figures: Iterable[Mapping[str, Any]] = (),
    explanations: Iterable[Mapping[str, Any]] = (), head: str = "", **evidence: Iterable[str] | None,
) -> Case:  # fmt: skip
    """Hand in the report as it was saved, with what is given here laid over it; every check passed or explained.

    ``evidence``: files by ``evidence_<group>``; a group that is given replaces what was saved of it.
    """
    papers = {name.removeprefix(EVIDENCE_OF): list(files) for name, files in evidence.items() if files is not None}
    given = {str(row["field"]): Decimal(str(row["value"])) for row in figures}
    told = {str(row["about"]): str(row["text"]) for row in explanations}
    if not commitment:
        text = "请先承诺所报数据真实、完整"
        raise refused("invalid", f"{text}。", 18, fields={"commitment": text})
    report = _opened(case, by, on)
    _keep(report, dict(given), told, by, papers, head or None)
    case = advance(case, "file_report", by=by, on=on, data=_sealed(report, by, on))
    for group, files in report.papers.items():
        hand_in(case, "file_report", files, by=by, field=f"{EVIDENCE_OF}{group}", of_unit=True)
    return case


def _sealed(report: Report, by: Person, on: date) -> dict[str, Any]:
    """Freeze the report and say what the record seals of it."""
    assessment, values = report.assessment, queries.decimals(report.values)
    held = queries.beside(assessment)
    reading = queries.read(assessment, values, held)
    _ask_whole(reading, report)
    counted, round_ = queries.texts(held.counted), assessment.filed.count() + 1
    digest = queries.digest_of(queries.content_of(report))
    Filed.objects.create(
        assessment=assessment, round=round_, values=report.values, explanations=report.explanations, papers=report.papers,
        head=report.head, registered=counted, digest=digest, on=on, by=by,
    )  # fmt: skip
    return {"round": round_, "report": digest}


def _ask_whole(reading: queries.Reading, report: Report) -> None:
    """Nothing empty, nothing that cannot be, nothing unusual without an explanation; all of it at once."""
    wrong = {} if report.head else {"head": "请填写众创空间负责人的姓名"}
    wrong |= {code: f"请填写{field(code).label}；没有的填0" for code in reading.gaps}
    for doubt in reading.doubts:
        if doubt.must or not report.explanations.get(doubt.key):
            wrong[doubt.fields[0] if doubt.must else doubt.key] = doubt.text
    if wrong:
        raise refused("invalid", f"报告还有{len(wrong)}处需要补充、更正或说明。", 18, fields=wrong)


@transaction.atomic
def record_no_report(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """The term is over and nothing came: the leader decides on a report that was given up."""
    return advance(case, "record_no_report", by=by, on=on, data={"reason": reason})

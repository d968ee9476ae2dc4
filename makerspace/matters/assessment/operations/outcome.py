"""Article 18: score, decision, rectification and reinspection."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from makerspace.matters.assessment import papers
from makerspace.matters.assessment.models import Assessment, Proceeding, Score
from makerspace.matters.assessment.models import Scheme as Year
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries.scheme import scheme_of
from makerspace.matters.recognition import operations as recognition
from makerspace.matters.review.operations.asking import ask_day_past
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.regulation.scheme import ExpertScore, Facts, Mark, Scheme
from makerspace.regulation.scoring import score


@transaction.atomic
def score_report(case: Case, *, by: Person, on: date, marks: Iterable[Mapping[str, Any]] = ()) -> Case:
    """Score the verified report by the year's scheme; facts, others' figures and result are frozen with it."""
    held = queries.of_case(case)
    scheme, filed = scheme_of(held.scheme), queries.latest(held)
    if filed is None:
        raise refused("wrong_stage", "本件还没有提交年度报告。", 18)
    facts = Facts(values=queries.decimals({**filed.values, **filed.verified}), marks=_marks(scheme, marks))
    Year.objects.select_for_update().get(
        pk=held.scheme_id
    )  # of two who score first, the second takes the first's figures
    peers = queries.peers_of(held.scheme)
    scored = score(scheme, facts, peers)
    if not scored.settled:
        rows = [line.label for line in (*scored.lines, *scored.bonuses) if line.state == "pending"]
        text = f"还有待评的指标：{'、'.join(rows)}"
        raise refused("invalid", f"{text}。", 18, fields={"marks": text})
    kept, held_against = (
        scored.model_dump(mode="json"),
        {code: [str(v) for v in values] for code, values in peers.items()},
    )
    digest, told = queries.digest_of(kept), facts.model_dump(mode="json")
    data = {
        "scheme": held.scheme.digest, "report": filed.digest, "facts": queries.digest_of(told), "scored": digest,
        "peers": queries.digest_of(held_against), "total": f"{scored.total}", "passed": scored.passed,
    }  # fmt: skip
    case = advance(case, "score_report", by=by, on=on, data=data)
    Score.objects.create(
        assessment=held, facts=told, peers=held_against,
        scored=kept, digest=digest, total=scored.total, passed=scored.passed, grade=scored.grade, on=on, by=by,
    )  # fmt: skip
    return case


def _marks(scheme: Scheme, rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Mark, ...]]:
    """The marks by indicator; refused where a line is none that people judge, or a mark is above its most."""
    most = {row.code: row.formula.most for row in scheme.to_judge() if isinstance(row.formula, ExpertScore)}
    found: dict[str, tuple[Mark, ...]] = {}
    wrong: dict[str, str] = {}
    for place, row in enumerate(rows):
        code, points = row["indicator"], row["points"]
        if code not in most:
            wrong[f"marks[{place}].indicator"] = "不是方案中由人员评分的指标"
        elif points > most[code]:
            wrong[f"marks[{place}].points"] = f"不能超过{most[code]}分"
        else:
            found[code] = (*found.get(code, ()), Mark(points=points, reason=row["reason"]))
    if wrong:
        raise refused("invalid", f"评分有{len(wrong)}处需要更正。", 18, fields=wrong)
    return found


@transaction.atomic
def pass_assessment(case: Case, *, by: Person, on: date, meeting: str, meeting_on: date) -> Case:
    """The leader finds the year passed."""
    data = {"meeting": meeting, "meeting_on": meeting_on}
    case = advance(case, "pass_assessment", by=by, on=on, data=data)
    ask_meeting(meeting_on, on)
    return said(case, "pass_assessment", data, by, on)


def ask_meeting(meeting_on: date, on: date) -> None:
    """A decision rests on a meeting that was held."""
    ask_day_past(meeting_on, on, 18, field="meeting_on", label="会议日期")


@transaction.atomic
def fail_assessment(
    case: Case, *, by: Person, on: date, meeting: str, meeting_on: date, reason: str, tasks: list[str], last_day: date
) -> Case:
    """The leader finds it failed and sets tasks with their last day; the title is under rectification from today."""
    if last_day <= on:
        raise refused("invalid", "整改截止日期应晚于今天。", 18, fields={"last_day": "整改截止日期应晚于今天"})
    told = {"meeting": meeting, "meeting_on": meeting_on, "reason": reason, "tasks": tasks, "last_day": last_day}
    recognition.lock_title(queries.of_case(case).title)
    case = advance(case, "fail_assessment", by=by, on=on, data=told, due_on=last_day)
    ask_meeting(meeting_on, on)
    held = queries.of_case(case)
    shown = queries.shown(held, on)
    recognition.begin_rectification(held.title, case, on=on, shown=shown)
    paper = papers.order_rectification(case, held, told, on, shown=shown)
    return said(case, "fail_assessment", told, by, on, paper=paper.code)


@transaction.atomic
def file_rectification(case: Case, *, by: Person, on: date, summary: str, papers: Sequence[str]) -> Case:
    """The operator reports what was put right, with evidence."""
    told = {"summary": summary, "papers": list(papers)}
    case = advance(case, "file_rectification", by=by, on=on, data=told)
    return said(case, "file_rectification", told, by, on)


@transaction.atomic
def record_no_rectification(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """The last day is over and no report came; the reinspection goes ahead all the same."""
    case = advance(case, "record_no_rectification", by=by, on=on, data={"reason": reason})
    return said(case, "record_no_rectification", {"reason": reason}, by, on)


@transaction.atomic
def reinspect_pass(
    case: Case, *, by: Person, on: date, visited_on: date, inspectors: list[str], findings: str,
    papers: Sequence[str] = (),
) -> Case:  # fmt: skip
    """The visit finds the tasks done: the year is passed, the title is as before."""
    case = _reinspected(case, "reinspect_pass", by, on, visited_on, inspectors, findings, papers)
    recognition.end_rectification(queries.of_case(case).title, on=on)
    return case


@transaction.atomic
def reinspect_fail(
    case: Case, *, by: Person, on: date, visited_on: date, inspectors: list[str], findings: str,
    papers: Sequence[str] = (),
) -> Case:  # fmt: skip
    """The visit finds them not done: the title is to be revoked, after the holder has been heard."""
    return _reinspected(case, "reinspect_fail", by, on, visited_on, inspectors, findings, papers)


def _reinspected(
    case: Case, act: str, by: Person, on: date, visited_on: date, inspectors: list[str], findings: str,
    papers: Sequence[str],
) -> Case:  # fmt: skip
    ask_day_past(visited_on, on, 18, field="visited_on", label="复查日期")
    if len(set(inspectors)) < 2:
        raise refused("invalid", "现场复查应有至少两名人员。", 18, fields={"inspectors": "至少填写两人，每行一人"})
    told = {"visited_on": visited_on, "inspectors": inspectors, "findings": findings, "papers": list(papers)}
    return said(advance(case, act, by=by, on=on, data=told), act, told, by, on)


def said(case: Case, act: str, told: Mapping[str, Any], by: Person, on: date, *, paper: str = "") -> Case:
    """Keep what the act's input said, and the files that came with it."""
    files = list(told.get("papers", ()))
    if files:
        attachments.hand_in(case, act, files, by=by)
    words = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in told.items()
        if name != "papers"
    }
    Proceeding.objects.create(
        assessment=Assessment.objects.get(case=case), act=act, told=words, papers=files, paper_code=paper, on=on, by=by
    )
    return case

"""What must hold besides role and stage: terms that are over, what the score says, hearings, and hands kept apart."""

from datetime import date

from makerspace.matters.assessment.models import Proceeding, Score
from makerspace.matters.assessment.queries.assessments import of_case, waited_for
from makerspace.matters.recognition.changes import unsettled
from makerspace.office.casework.acts import Actor, Guard
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import has_handled
from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import chinese, day_of

NAMED = 5  # of those that are waited for; the year's page lists all


def _not_now(text: str) -> Refusal:
    return Refusal("wrong_stage", text, (18,))


def begins(case: Case, actor: Actor, on: date) -> Refusal | None:
    """An assessment is opened once, from the page of the year."""
    return _not_now("本件的年度考核已经启动。") if Entry.objects.filter(stream=case.number).exists() else None


def changes_settled(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A report speaks of the makerspace as it is: what was filed to be changed is decided first."""
    change = unsettled(case.assessment.title).first()
    if change is None:
        return None
    return _not_now(
        f"称号变更申请{change.case.number}尚未办结，办结后再提交年度报告（系统默认做法）；报告可以先填写保存。"
    )


def term_is_over(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The holder has the whole of the last day."""
    if case.due_on is None or on > case.due_on:
        return None
    return _not_now(f"期限到{chinese(case.due_on)}，届满后方可登记。")


def peers_are_in(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Lines relative to the best wait for everyone's report, or its term where none came, so that all are held against the
    same figures."""
    waiting = list(waited_for(of_case(case), on))
    if not waiting:
        return None
    more = f"等{len(waiting)}家" if len(waiting) > NAMED else ""
    named = "、".join(row.case.subject for row in waiting[:NAMED]) + more
    days = [row.case.due_on for row in waiting if row.case.due_on]
    last = f"，最晚的期限到{chinese(max(days))}" if max(days) >= on else ""
    late = "区县逾期没有核实的，可由市局经办人员代为核实。" if min(days) < on else ""
    return _not_now(
        f"还有{len(waiting)}家的年度报告没有报来或没有核实（{named}）{last}。全部核实，或者逾期未报后开始评分，"
        f"以便各家与同一组数据比较（系统默认做法）。{late}"
    )


def score_passes(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Only a score on or above the line passes."""
    found = _score(case)
    if found is None:
        return _not_now("运营单位没有提交年度报告，不能审定合格。")
    return None if found.passed else _not_now(f"得分{found.total}，未达到方案规定的合格要求，不能审定合格。")


def score_fails(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Only a score below the line, a veto, or no report at all fails."""
    found = _score(case)
    return _not_now(f"得分{found.total}，达到合格要求，不能审定不合格。") if found and found.passed else None


def _score(case: Case) -> Score | None:
    return Score.objects.filter(assessment__case=case).first()


def hearing_may_be_asked(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Once, and within its term."""
    if _held(case, "request_hearing"):
        return _not_now("已经申请过听证，请等候通知。")
    intent = Proceeding.objects.filter(assessment__case=case, act="serve_intent").last()
    until = day_of(intent.told["hearing_until"]) if intent else None
    return _not_now(f"申请听证的期限到{chinese(until)}，已经届满。") if until and on > until else None


def hearing_was_asked(case: Case, actor: Actor, on: date) -> Refusal | None:
    """There is a hearing to hold, and it was not held yet."""
    if not _held(case, "request_hearing"):
        return _not_now("运营单位没有申请听证。")
    return _not_now("听证已经登记。") if _held(case, "record_hearing") else None


def handled_none_of_it(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A hearing is led by somebody who took no act in the assessment."""
    if isinstance(actor, Person) and (has_handled(actor, case) or _acted(actor, case)):
        return Refusal("not_yours", "听证由没有办理过本件的人员主持和登记。", (18,))
    return None


def decided_none_of_it(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Whether a title ends is decided by a leader who took no act in the assessment."""
    if isinstance(actor, Person) and _acted(actor, case):
        return Refusal("not_yours", "您办理或审定过本件，是否取消称号由另一位负责人决定。", (18,))
    return None


def _acted(person: Person, case: Case) -> bool:
    return Entry.objects.filter(stream=case.number, person=person).exists()


def defence_is_over(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The term is over, and a hearing that was asked for was held."""
    if _held(case, "request_hearing") and not _held(case, "record_hearing"):
        return _not_now("运营单位申请了听证，听证举行并登记后方可结束。")
    return term_is_over(case, actor, on)


def _held(case: Case, act: str) -> bool:
    return Proceeding.objects.filter(assessment__case=case, act=act).exists()


OPENING: tuple[Guard, ...] = (begins,)

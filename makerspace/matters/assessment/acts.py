"""Hands in this room's kinds and acts to casework; loaded once when the application starts."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from pydantic import BaseModel

from makerspace.matters.assessment import guards, showing
from makerspace.matters.assessment.forms import assessment as forms
from makerspace.matters.assessment.operations import checking, opening, outcome, reporting, revocation
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries.scheme import scheme_of
from makerspace.matters.recognition.following import HANDED_ON, HANDED_ON_LABEL, follow
from makerspace.office.casework.acts import register
from makerspace.office.casework.kinds import Kind, TabOf, register_kind
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.scheme import ExpertScore

KIND = "assessment"
Choices = Mapping[str, Any]


def _plain(operation: Callable[..., Case]) -> Callable[..., Case]:
    """The operation, with rows of the input's lists turned into plain mappings."""

    def taken(case: Case, **told: object) -> Case:
        return operation(case, **{name: _dumped(value) for name, value in told.items()})

    return taken


def _dumped(value: object) -> object:
    if isinstance(value, list):
        return [row.model_dump() if isinstance(row, BaseModel) else row for row in value]
    return value


# -- choices and first values ------------------------------------------------------------------------------------------
def _indicators(case: Case, person: Person) -> Choices:
    rows = scheme_of(case.assessment.scheme).to_judge()
    return {"marks.indicator": [(row.code, f"{row.label}{_at_most(row.formula)}") for row in rows]}


def _at_most(formula: object) -> str:
    return f"（最高{formula.most}分）" if isinstance(formula, ExpertScore) else ""


def _marks(case: Case, person: Person) -> Choices:
    return {"marks": [{"indicator": row.code} for row in scheme_of(case.assessment.scheme).to_judge()]}


def _today(*names: str) -> Callable[[Case, Person], Choices]:
    return lambda case, person: dict.fromkeys(names, clock.today())


def _failing(case: Case, person: Person) -> Choices:
    today, found = clock.today(), queries.score_of(queries.of_case(case))
    reason = found.scored["verdict"] if found else "逾期没有提交年度报告。"
    return {
        "meeting_on": today, "reason": reason, "last_day": revocation.last_day(case, "TERM_RECTIFICATION", today),
    }  # fmt: skip


def _visiting(case: Case, person: Person) -> Choices:
    return {"visited_on": clock.today(), "inspectors": [str(person)]}


# -- the rows of the table ---------------------------------------------------------------------------------------------
register(
    KIND, "open_assessment", operation=opening.open_assessment, page="assessment_year", batch=True, opens=True,
    guards=(guards.begins,),
)  # fmt: skip
register(
    KIND, "defer", operation=opening.defer, schema=forms.WithReason, note="本年度不考核，称号不受影响；理由留在案卷中。"
)
register(
    KIND, "file_report", operation=_plain(reporting.file_report), schema=forms.FileReport, page="assessment_report",
    guards=(guards.changes_settled,), prepared=True,
)  # fmt: skip
register(
    KIND, "record_no_report", operation=reporting.record_no_report, schema=forms.WithReason,
    guards=(guards.term_is_over,), note="登记后由负责人审定；没有报告的不能审定合格。",
)  # fmt: skip
register(
    KIND, "return_report", operation=_plain(checking.return_report), schema=forms.ReturnReport, page="assessment_check",
    note="逐项写明问题；运营单位更正后重新提交。",
)  # fmt: skip
register(
    KIND, "return_overdue", operation=_plain(checking.return_overdue), schema=forms.ReturnReport, page="assessment_check",
    guards=(guards.term_is_over,), note="科技主管部门逾期没有核实的，由市局经办人员代为退回更正（系统默认做法）。",
)  # fmt: skip
register(
    KIND, "verify_report", operation=_plain(checking.verify_report), schema=forms.VerifyReport, page="assessment_check"
)
register(
    KIND, "verify_overdue", operation=_plain(checking.verify_overdue), schema=forms.VerifyReport, page="assessment_check",
    guards=(guards.term_is_over,),
    note="科技主管部门逾期没有核实的，由市局经办人员代为核对台账、票据和现场情况（系统默认做法）。",
)  # fmt: skip
register(
    KIND, "score_report", operation=_plain(outcome.score_report), schema=forms.ScoreReport, options=_indicators,
    initial=_marks, guards=(guards.peers_are_in,),
    note="按已发布的方案计分；事实、同年数据和得分一并固定，可以重算。第一家评分时的同年数据，对以后各家同样适用。",
)  # fmt: skip
register(
    KIND, "pass_assessment", operation=outcome.pass_assessment, schema=forms.Meeting, initial=_today("meeting_on"),
    guards=(guards.score_passes,),
)  # fmt: skip
register(
    KIND, "fail_assessment", operation=outcome.fail_assessment, schema=forms.FailAssessment, initial=_failing,
    guards=(guards.score_fails,), note="出具整改通知书；整改期间称号有效，名录标注“整改中”（取得称号当年的考核，按系统默认做法不标注）。",
)  # fmt: skip
register(KIND, "file_rectification", operation=outcome.file_rectification, schema=forms.FileRectification)
register(
    KIND, "record_no_rectification", operation=outcome.record_no_rectification, schema=forms.WithReason,
    guards=(guards.term_is_over,), note="登记后仍须现场复查。",
)  # fmt: skip
register(KIND, "reinspect_pass", operation=outcome.reinspect_pass, schema=forms.Reinspect, initial=_visiting)
register(
    KIND, "reinspect_fail", operation=outcome.reinspect_fail, schema=forms.Reinspect, initial=_visiting,
    note="不合格的，下一步送达拟取消称号告知书，听取陈述申辩后由负责人决定。",
)  # fmt: skip
register(
    KIND, "serve_intent", operation=revocation.serve_intent, schema=forms.ServeIntent, initial=_today("served_on"),
    note="出具告知书，载明事实、理由、依据、权利和期限（期限为系统默认做法）。",
)  # fmt: skip
register(KIND, "state_defence", operation=revocation.state_defence, schema=forms.StateDefence)
register(
    KIND, "request_hearing", operation=revocation.request_hearing, schema=forms.WithReason,
    guards=(guards.hearing_may_be_asked,),
)  # fmt: skip
register(
    KIND, "record_hearing", operation=revocation.record_hearing, schema=forms.RecordHearing,
    guards=(guards.hearing_was_asked, guards.handled_none_of_it),
)  # fmt: skip
register(
    KIND, "close_defence", operation=revocation.close_defence, schema=forms.CloseDefence,
    guards=(guards.defence_is_over,),
)  # fmt: skip
register(
    KIND, "revoke", operation=revocation.revoke, schema=forms.DecideTitle, initial=_today("meeting_on"),
    guards=(guards.decided_none_of_it,), note="称号自今日起终止，证书随之失效；出具决定书，载明救济途径。",
)  # fmt: skip
register(
    KIND, "keep", operation=revocation.keep, schema=forms.DecideTitle, initial=_today("meeting_on"),
    guards=(guards.decided_none_of_it,),
)  # fmt: skip

register_kind(
    Kind(KIND, facts=showing.facts, tabs=(
        TabOf("report", "年度报告", "assessment/_tab_report.html", showing.TABS["report"]),
        TabOf("score", "得分", "assessment/_tab_score.html", showing.TABS["score"]),
        TabOf("proceedings", "审定与整改", "assessment/_tab_proceedings.html", showing.TABS["proceedings"]),
    ), notes={HANDED_ON: HANDED_ON_LABEL})
)  # fmt: skip
follow(lambda title: Q(assessment__title=title))

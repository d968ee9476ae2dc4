"""Articles 11 and 12: the leader sends back, approves or rejects."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from makerspace.matters.review import papers, remedies
from makerspace.matters.review.models import Conclusion, Decision, Panel
from makerspace.matters.review.operations.asking import ask_day_past, ask_reasons, ask_text
from makerspace.matters.review.queries import panel as panels
from makerspace.matters.review.queries.conditions import ON_SITE, grounds_of
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, release_all
from makerspace.office.casework.queries import PANEL
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person

MEETING = "局长办公会"


@transaction.atomic
def remit(case: Case, *, by: Person, on: date, to: str, reason: str) -> Case:
    """Send a case back: to the same panel for another round, or to the bureau (article 11)."""
    case = advance(case, "remit", by=by, on=on, to=to, data={"to": to, "reason": reason})
    ask_text(reason, 11, field="reason", label="退回重审的理由")
    Decision.objects.create(case=case, outcome=Decision.Outcome.REMITTED, reason=reason, by=by, on=on)
    panel = panels.panel_of(case)
    if to == "expert_review" and panel is not None:
        Panel.objects.filter(pk=panel.pk).update(round=panel.round + 1)
    else:
        _dissolve(case, on)
    return case


def _dissolve(case: Case, on: date) -> None:
    """The panel's work is done: its members see the case no longer."""
    release_all(case, PANEL, on=on)


@transaction.atomic
def approve(case: Case, *, by: Person, on: date, meeting_on: date, meeting: str = MEETING, reason: str = "") -> Case:
    """Approve at a meeting (articles 11 and 12); against the panel's conclusion only with a reason."""
    case = advance(case, "approve", by=by, on=on, data={"meeting": meeting, "meeting_on": meeting_on, "reason": reason})
    conclusion = panels.conclusion_of(case)
    _ask_meeting(meeting, meeting_on, on, conclusion)
    if conclusion is not None and conclusion.result == Conclusion.Result.FAIL:
        ask_text(reason, 11, field="reason", label="不采纳专家组意见的理由")
    Decision.objects.create(
        case=case,
        outcome=Decision.Outcome.APPROVED,
        meeting=meeting,
        meeting_on=meeting_on,
        reason=reason,
        by=by,
        on=on,
    )
    _dissolve(case, on)
    return case


@transaction.atomic
def reject(
    case: Case,
    *,
    by: Person,
    on: date,
    meeting_on: date,
    reasons: Sequence[Mapping[str, str]],
    meeting: str = MEETING,
) -> Case:
    """Reject at a meeting, with reasons by condition and the remedies (articles 11 and 12)."""
    case = advance(
        case, "reject", by=by, on=on, data={"meeting": meeting, "meeting_on": meeting_on, "reasons": list(reasons)}
    )
    _ask_meeting(meeting, meeting_on, on, panels.conclusion_of(case))
    points, ways = ask_reasons(grounds_of(case, ON_SITE), reasons, 11), remedies.remedies()
    Decision.objects.create(
        case=case, outcome=Decision.Outcome.REJECTED, meeting=meeting, meeting_on=meeting_on, reasons=points,
        remedies="\n".join(ways), by=by, on=on,
    )  # fmt: skip
    papers.order_rejection_notice(case, points, ways, on, meeting=meeting, meeting_on=meeting_on)
    _dissolve(case, on)
    return case


def _ask_meeting(meeting: str, meeting_on: date, on: date, conclusion: Conclusion | None) -> None:
    ask_text(meeting, 11, field="meeting", label="会议名称")
    ask_day_past(meeting_on, on, 11, field="meeting_on", label="会议日期")
    if conclusion is not None and meeting_on < conclusion.on:
        told = f"专家组意见形成于{conclusion.on}，会议不能早于这一天"
        raise refused("invalid", "会议日期早于专家组意见。", 11, fields={"meeting_on": told})

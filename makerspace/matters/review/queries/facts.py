"""What the case page shows of a review, as the person who looks may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from makerspace.matters.application.models import Correction
from makerspace.matters.review.models import Conclusion, Decision, NoticeItem, Panel, Recommendation, Visit
from makerspace.matters.review.queries import district, objections
from makerspace.matters.review.queries import panel as panels
from makerspace.matters.review.queries.objections import Told
from makerspace.matters.review.queries.panel import ScoreView
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import sees_content
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Role

SEES_RANK = frozenset({Role.BUREAU, Role.LEADER, Role.AUDITOR, Role.DISCIPLINE, Role.DISTRICT})


@dataclass(frozen=True)
class SeatView:
    """One seat: the label, and the name only for those who may see it."""

    label: str
    name: str
    head: bool
    declared: bool
    scored: bool
    left: str


@dataclass(frozen=True)
class PanelView:
    """A panel as one person may see it; the draw itself is open to be checked by everybody who sees the case."""

    panel: Panel
    seats: list[SeatView]
    visits: list[dict[str, Any]]
    named: bool


@dataclass(frozen=True)
class CaseFacts:
    """Everything of a review for the tabs of the case page; what the person may not see is empty."""

    visits: list[Visit] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    recommendation: Recommendation | None = None
    panel: PanelView | None = None
    scores: list[ScoreView] = field(default_factory=list)
    conclusion: Conclusion | None = None
    decisions: list[Decision] = field(default_factory=list)
    notices: list[NoticeItem] = field(default_factory=list)
    objections: list[Told] = field(default_factory=list)


def case_facts(case: Case, person: Person, on: date) -> CaseFacts:
    """The review of a case that was fetched through ``visible_to``; at most twelve queries, none where content is closed."""
    if not sees_content(person, case, on):
        return CaseFacts()
    roles = person.capacity(on).roles
    panel = panels.panel_of(case)
    return CaseFacts(
        visits=list(district.visits_of(case)),
        corrections=list(Correction.objects.filter(case=case).order_by("round")),
        recommendation=_recommendation(case) if roles & SEES_RANK else None,
        panel=_panel(panel, person, case, on) if panel else None,
        scores=panels.scores_visible_to(person, case, on) if panel else [],
        conclusion=panels.conclusion_of(case) if panel else None,
        decisions=list(Decision.objects.filter(case=case).order_by("id")),
        notices=list(NoticeItem.objects.filter(case=case).exclude(notice__state="draft").select_related("notice")),
        objections=objections.told_to_applicant(case),
    )


def _recommendation(case: Case) -> Recommendation | None:
    return Recommendation.objects.filter(case=case, returned_on=None).select_related("call").first()


def _panel(panel: Panel, person: Person, case: Case, on: date) -> PanelView:
    named, seats = panels.sees_names(person, case, on), list(panels.seats_of(panel))
    labels, scored = panels.labels_of(panel), _scored(panel)
    views = {
        seat.person_id: SeatView(
            labels[seat.person_id], seat.person.name if named else "", seat.person_id == panel.head_id,
            seat.declared_on is not None, seat.person_id in scored, seat.get_ending_display(),
        )
        for seat in seats
    }  # fmt: skip
    rows = [views[pk] for pk in panels.shuffled(panel, views)]
    return PanelView(panel, rows, _visits(panel, named=named), named)


def _scored(panel: Panel) -> set[int]:
    return set(panels.scores_in(panel).values_list("person", flat=True))


def _visits(panel: Panel, *, named: bool) -> list[dict[str, Any]]:
    """The studies on the spot; who was there only for those who may see names."""
    return [
        {"on": visit.on, "present": _present(visit.present, named=named), "findings": visit.findings, "photos": visit.photos}
        for visit in panels.visits_of(panel)
    ]


def _present(names: Sequence[str], *, named: bool) -> str:
    return "、".join(names) if named else f"{len(names)}名专家"

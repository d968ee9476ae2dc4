"""What the case page shows of a review, as the person who looks may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, QuerySet

from makerspace.matters.application.models import Correction
from makerspace.matters.review.models import Conclusion, Decision, NoticeItem, Panel, Recommendation, Visit
from makerspace.matters.review.queries import district, objections
from makerspace.matters.review.queries import panel as panels
from makerspace.matters.review.queries.objections import Told
from makerspace.matters.review.queries.panel import ScoreView, Sheets
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import SEES_ALL, sees_content
from makerspace.office.people.models import Person

REMITTED = Decision.Outcome.REMITTED
INTERNAL = frozenset({"recommend", "return_to_district", "remit", "reissue_notice"})


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
class DistrictFacts:
    """Article 10: corrections, visits, the recommendation."""

    visits: list[Visit] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    recommendation: Recommendation | None = None


@dataclass(frozen=True)
class PanelFacts:
    """Article 11: the panel, its scores and its conclusion, as far as the person may see them."""

    panel: PanelView | None = None
    scores: list[ScoreView] = field(default_factory=list)
    conclusion: Conclusion | None = None


@dataclass(frozen=True)
class OutcomeFacts:
    """Articles 11 and 12: decisions, notices, and what the applicant was told of objections."""

    decisions: list[Decision] = field(default_factory=list)
    notices: list[NoticeItem] = field(default_factory=list)
    objections: list[Told] = field(default_factory=list)


@dataclass(frozen=True)
class CaseFacts:
    """Everything of a review; what the person may not see is empty."""

    district: DistrictFacts = DistrictFacts()
    panel: PanelFacts = PanelFacts()
    outcome: OutcomeFacts = OutcomeFacts()


def reads_internal(person: Person, case: Case, on: date) -> bool:
    """Whether ranks, and what the offices write to each other (``INTERNAL``), are this person's to read: the offices',
    never the applicant's or an expert's."""
    capacity = person.capacity(on)
    office = capacity.roles & SEES_ALL or case.authority_id in capacity.authorities
    return bool(office) and case.organisation_id not in capacity.organisations


def opinion_is_open(person: Person, case: Case, on: date) -> bool:
    """Whether the panel's conclusion may be read: by the applicant only with the decision that was taken on it."""
    return case.organisation_id not in person.capacity(on).organisations or _decided(case).exists()


def _decided(case: Case) -> QuerySet[Decision]:
    outcomes = (Decision.Outcome.APPROVED, Decision.Outcome.REJECTED)
    return Decision.objects.filter(case=case, outcome__in=outcomes)


def _conclusion(case: Case, person: Person, on: date) -> Conclusion | None:
    """What the panel concluded last, as far as it is open; one query."""
    found = Conclusion.objects.filter(panel__case=case).order_by("-id")
    if case.organisation_id in person.capacity(on).organisations:
        found = found.filter(Exists(_decided(case)))
    return found.first()


def case_facts(case: Case, person: Person, on: date) -> CaseFacts:
    """The review of a case that was fetched through ``visible_to``; empty where its content is closed to the person."""
    if not sees_content(person, case, on):
        return CaseFacts()
    return CaseFacts(district_facts(case, person, on), panel_facts(case, person, on), outcome_facts(case, person, on))


def district_facts(case: Case, person: Person, on: date) -> DistrictFacts:
    """The district's part, for whoever may see the case's content; three queries."""
    rank = Recommendation.objects.filter(case=case, returned_on=None).select_related("call").first
    return DistrictFacts(
        list(district.visits_of(case)),
        list(Correction.objects.filter(case=case).order_by("round")),
        rank() if reads_internal(person, case, on) else None,
    )


def panel_facts(case: Case, person: Person, on: date) -> PanelFacts:
    """The panel's part, for whoever may see the case's content; at most six queries."""
    sheets = panels.sheets_of(case)
    if sheets is None:
        return PanelFacts()
    named = panels.sees_names(person, case, on)
    scores = panels.visible_sheets(person, sheets, on, named=named)
    return PanelFacts(_panel(sheets, named=named), scores, _conclusion(case, person, on))


def outcome_facts(case: Case, person: Person, on: date) -> OutcomeFacts:
    """Decisions and what followed, for whoever may see the case's content; three queries, for an expert four."""
    items = NoticeItem.objects.filter(case=case).exclude(notice__state="draft").select_related("notice")
    return OutcomeFacts(
        _decisions(case, person, on),
        list(items.order_by("notice")),
        objections.told_to_applicant(case),
    )


def _decisions(case: Case, person: Person, on: date) -> list[Decision]:
    """All decisions; of those that send the case back, an expert reads the ones addressed to the panel, an applicant none."""
    rows = list(Decision.objects.filter(case=case).order_by("id"))
    if reads_internal(person, case, on) or not (back := [row for row in rows if row.outcome == REMITTED]):
        return rows
    seat = panels.seat_of(person, case)
    addressed = back[len(back) - seat.panel.round + 1 :] if seat else []
    return [row for row in rows if row.outcome != REMITTED or row in addressed]


def _panel(sheets: Sheets, *, named: bool) -> PanelView:
    panel = sheets.panel
    views = {
        seat.person_id: SeatView(
            sheets.labels[seat.person_id], seat.person.name if named else "", seat.person_id == panel.head_id,
            seat.declared_on is not None, seat.person_id in sheets.scores, seat.get_ending_display(),
        )
        for seat in sheets.seats
    }  # fmt: skip
    rows = [views[pk] for pk in panels.shuffled(panel, views)]
    return PanelView(panel, rows, _visits(panel, named=named), named)


def _visits(panel: Panel, *, named: bool) -> list[dict[str, Any]]:
    """The studies on the spot; who was there only for those who may see names."""
    return [
        {
            "on": visit.on,
            "present": _present(visit.present, named=named),
            "findings": visit.findings,
            "photos": visit.photos,
        }
        for visit in panels.visits_of(panel)
    ]


def _present(names: Sequence[str], *, named: bool) -> str:
    return "、".join(names) if named else f"{len(names)}名专家"

"""Reading panels: who may be drawn, whose turn it is, and which scores whom may see."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from makerspace.matters.application.queries import current_dossier
from makerspace.matters.review import draw
from makerspace.matters.review.conflicts import Candidate, Known, reasons_against
from makerspace.matters.review.criteria import CRITERIA
from makerspace.matters.review.models import Conclusion, ExpertVisit, Panel, Score, Seat
from makerspace.matters.review.queries.experts import in_post
from makerspace.office.casework import history
from makerspace.office.casework.memory import recall, remember
from makerspace.office.casework.models import Case
from makerspace.office.casework.parameters import setting
from makerspace.office.people.models import Expert, Membership, Person
from makerspace.office.prepared import Prepared
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import count_days
from makerspace.regulation.terms import Role

LABELS = "甲乙丙丁戊己庚辛壬癸"
SEES_SCORES = frozenset({Role.BUREAU, Role.LEADER, Role.AUDITOR, Role.DISCIPLINE})


# -- the pool ----------------------------------------------------------------------------------------------------------
class Excluded(NamedTuple):
    """An expert who may not be drawn for this case, and why."""

    expert: Expert
    reasons: list[str]


class Pool(NamedTuple):
    """Who may be drawn for a case, and who may not."""

    eligible: list[Expert]
    excluded: list[Excluded]

    @property
    def rows(self) -> list[draw.InPool]:
        """The pool as its digest covers it."""
        return [draw.InPool(expert.pk, tuple(expert.fields)) for expert in self.eligible]


def pool_for(case: Case, fields: Iterable[str] = (), *, on: date) -> Pool:
    """Those in the pool and in an expert's post on ``on``, of these fields (of any, if none is named), parted by
    conflicts found from data (article 11)."""
    wanted = frozenset(fields)
    return remember(case, ("pool", wanted, on), lambda: _parted(case, wanted, on))


def _parted(case: Case, wanted: frozenset[str], on: date) -> Pool:
    dossier, known = current_dossier(case), _known(case)
    pool = Pool([], [])
    for expert in _experts(on=on):
        if wanted and not wanted & set(expert.fields):
            continue
        reasons = reasons_against(_candidate(expert), dossier, known)
        if reasons:
            pool.excluded.append(Excluded(expert, reasons))
        else:
            pool.eligible.append(expert)
    return pool


_experts = Prepared(
    lambda on: (
        Expert.objects.filter(active=True, person__is_active=True, person__in=in_post(on).values("person"))
        .select_related("person")
        .order_by("pk")
    )
)


def _candidate(expert: Expert) -> Candidate:
    person = expert.person
    return Candidate(person.pk, person.name, person.phone, expert.employer, expert.employer_uscc)


def _known(case: Case) -> Known:
    return Known(
        case.organisation.name,
        case.organisation.uscc,
        frozenset(_members(organisation=case.organisation_id)),
        frozenset(person for person in _handled(stream=case.number) if person is not None),
        frozenset(_left(case=case.pk)),
    )


_members = Prepared(
    lambda organisation: Membership.objects.filter(organisation=organisation).values_list("person", flat=True)
)
_handled = Prepared(
    lambda stream: (
        Entry.objects.filter(stream=stream, person__isnull=False)
        .exclude(role=Role.EXPERT)
        .values_list("person", flat=True)
    )
)
_left = Prepared(
    lambda case: Seat.objects.filter(panel__case=case, ending=Seat.Ending.CONFLICT).values_list("person", flat=True)
)


def fields_known() -> list[str]:
    """The fields that active experts have, to choose from."""
    rows = Expert.objects.filter(active=True).values_list("fields", flat=True)
    return sorted({field for fields in rows for field in fields})


# -- the panel ---------------------------------------------------------------------------------------------------------
def panel_of(case: Case) -> Panel | None:
    """The panel that sits, or sat last."""
    return next(iter(_panels(case=case.pk)), None)


_panels = Prepared(lambda case: Panel.objects.filter(case=case).select_related("head", "by").order_by("-number")[:1])


def seats_of(panel: Panel) -> QuerySet[Seat]:
    """All seats of a panel, in the order of the draw."""
    return Seat.objects.filter(panel=panel).select_related("person", "expert").order_by("position")


def sitting(panel: Panel) -> QuerySet[Seat]:
    """The seats that are held now."""
    return seats_of(panel).filter(ended_on=None)


def seat_of(person: Person, case: Case) -> Seat | None:
    """The seat that a person holds on a case now."""
    return next(iter(_held(person=person.pk, case=case.pk)), None)


_held = Prepared(
    lambda person, case: (
        Seat.objects.filter(person=person, panel__case=case, ended_on=None)
        .select_related("panel")
        .order_by("-panel__number")[:1]
    )
)


def declare_by(seat: Seat, regulation: str) -> date:
    """The last day on which the holder of a seat should declare."""
    days = setting(regulation, "EXPERT_DECLARE_TERM", seat.since)
    return count_days(seat.since, days, unit="working").last_day


def is_silent(seat: Seat, case: Case, on: date) -> bool:
    """Whether the holder let the term pass: that of declaring, or once declared that of the review."""
    if seat.declared_on is None:
        return on > declare_by(seat, case.regulation)
    scored = scores_in(seat.panel).filter(person=seat.person_id).exists()
    return not scored and case.due_on is not None and on > case.due_on


def scores_in(panel: Panel) -> QuerySet[Score]:
    """The valid scores of the present round."""
    return Score.objects.filter(panel=panel, round=panel.round, void=False).select_related("person")


def scored_in(panel: Panel) -> list[int]:
    """Who has handed in a sheet that counts in the present round."""
    return _scored(panel=panel.pk, round=panel.round)


_scored = Prepared(
    lambda panel, round: Score.objects.filter(panel=panel, round=round, void=False).values_list("person", flat=True)  # noqa: A006
)


def visits_of(panel: Panel) -> QuerySet[ExpertVisit]:
    """The panel's studies on the spot, latest first."""
    return ExpertVisit.objects.filter(panel=panel).order_by("-id")


def last_visit_of(panel: Panel) -> ExpertVisit:
    """The latest study on the spot of a panel that has been there."""
    return _visits(panel=panel.pk)[0]


_visits = Prepared(lambda panel: ExpertVisit.objects.filter(panel=panel).order_by("-id")[:1])


def conclusion_of(case: Case) -> Conclusion | None:
    """What the panel concluded last."""
    return next(iter(_conclusions(case=case.pk)), None)


_conclusions = Prepared(lambda case: Conclusion.objects.filter(panel__case=case).order_by("-id")[:1])


def whole_order(panel: Panel) -> list[int]:
    """The order of the draw with that of every supplement after it."""
    return [*panel.order, *(id_ for more in panel.supplements for id_ in more["order"])]


def next_in_order(panel: Panel, on: date) -> tuple[int, int] | None:
    """The next expert of the order who never sat, with the position; None where the order is used up.

    Whoever left the pool or the post or came into conflict since is passed over.
    """
    seated = set(Seat.objects.filter(panel=panel).values_list("expert", flat=True))
    fit = {expert.pk for expert in pool_for(panel.case, panel.fields, on=on).eligible}
    for position, id_ in enumerate(whole_order(panel), start=1):
        if id_ not in seated and id_ in fit:
            return id_, position
    return None


class Verified(NamedTuple):
    """What repeating a draw shows."""

    holds: bool
    faults: list[str]
    order: list[int]


def verify_draw(panel: Panel) -> Verified:
    """Repeat the draw from the pool and the seed alone, and compare with what the record took down before it."""
    pool = draw.of_json(panel.pool)
    order, faults = draw.ranked([row.id for row in pool], panel.seed), []
    if draw.pool_digest(pool) != panel.pool_digest:
        faults.append("备选名单与其摘要不符")
    if order != panel.order:
        faults.append("抽取次序与按种子重算的结果不符")
    faults += _record_faults(panel)
    first = list(
        Seat.objects.filter(panel=panel, position__lte=panel.size).order_by("position").values_list("expert", flat=True)
    )
    if first != order[: panel.size]:
        faults.append("入组专家与抽取结果不符")
    for more in panel.supplements:
        rows = draw.of_json(more["pool"])
        if (
            draw.pool_digest(rows) != more["digest"]
            or draw.ranked([row.id for row in rows], panel.seed) != more["order"]
        ):
            faults.append(f"{more['on']}增补名单的次序与重算结果不符")
    return Verified(not faults, faults, order)


def _record_faults(panel: Panel) -> list[str]:
    """The entry of this panel in the record holds the same pool and seed."""
    entries = (
        Entry.objects.filter(stream=panel.case.number, act="convene").order_by("seq").values_list("data", flat=True)
    )
    data = list(entries)[panel.number - 1 : panel.number]
    if not data:
        return ["案卷中没有这次抽取的记录"]
    held = [panel.pool_digest in data[0], panel.seed in data[0]]
    return [] if all(held) else ["名单摘要或种子与案卷所载不符"]


# -- who may see what --------------------------------------------------------------------------------------------------
def sees_names(person: Person, case: Case, on: date) -> bool:
    """Experts' names: by the one rule that the record is told by."""
    return history.names_experts(case, None, person, on)


def labels_of(panel: Panel) -> dict[int, str]:
    """专家甲, 专家乙 … by person, for the life of the panel.

    Those who were drawn first are shuffled by a keyed hash, so that a label says nothing about another case; whoever
    was seated for another comes after them, so that nobody's label passes to somebody else.
    """
    return _labels(panel, Seat.objects.filter(panel=panel))


def _labels(panel: Panel, seats: Iterable[Seat]) -> dict[int, str]:
    rows = sorted(seats, key=lambda seat: seat.pk)
    first = shuffled(panel, (seat.person_id for seat in rows if seat.position <= panel.size))
    people = dict.fromkeys([*first, *(seat.person_id for seat in rows)])
    return {person: f"专家{_letter(at)}" for at, person in enumerate(people)}


def shuffled(panel: Panel, people: Iterable[int]) -> list[int]:
    """People in an order that is stable for this panel and means nothing."""
    key = settings.SECRET_KEY.encode()
    return sorted(people, key=lambda pk: hmac.new(key, f"panel:{panel.pk}:{pk}".encode(), hashlib.sha256).digest())


def _letter(at: int) -> str:
    return LABELS[at] if at < len(LABELS) else str(at + 1)


class ScoreView(NamedTuple):
    """A score sheet as one person may see it."""

    label: str
    name: str
    own: bool
    total: int
    items: list[dict[str, Any]]
    comment: str


@dataclass(frozen=True)
class Sheets:
    """A panel with its seats and the valid scores of its present round, read once."""

    panel: Panel
    seats: list[Seat]
    scores: dict[int, Score]

    @property
    def labels(self) -> dict[int, str]:
        """Labels by person."""
        return _labels(self.panel, self.seats)

    @property
    def sitting(self) -> set[int]:
        """Who holds a seat now."""
        return {seat.person_id for seat in self.seats if seat.ended_on is None}


def sheets_of(case: Case) -> Sheets | None:
    """The latest panel with its seats and scores; three queries."""
    return remember(case, "sheets", lambda: _latest_sheets(case))


@dataclass(frozen=True)
class Turn:
    """How far the latest panel is, as far as its guards ask: people by primary key, without a word of what they said."""

    panel: int
    size: int
    head: int
    declared: dict[int, bool]
    scored: frozenset[int]


def turn_of(case: Case) -> Turn | None:
    """Who sits now, who has declared, who has scored in this round; one narrow query, none where the sheets are read."""
    sheets = recall(case, "sheets", Sheets)
    return _turn_in(sheets) if sheets else remember(case, "turn", lambda: _turn(case))


def _turn_in(sheets: Sheets) -> Turn:
    sitting = {seat.person_id: seat.declared_on is not None for seat in sheets.seats if seat.ended_on is None}
    return Turn(sheets.panel.pk, sheets.panel.size, sheets.panel.head_id, sitting, frozenset(sheets.scores))


def _turn(case: Case) -> Turn | None:
    """One row for each seat beside each score: three times three, since a panel is small."""
    rows = _turns(case=case.pk)
    latest = max((row[0] for row in rows), default=None)
    mine = [row[1:] for row in rows if row[0] == latest]
    if not mine:
        return None
    panel, round_, size, head, *_ = mine[0]
    sitting = {row[4]: row[5] is not None for row in mine if row[4] is not None and row[6] is None}
    scored = frozenset(row[7] for row in mine if row[8] == round_ and row[9] is False)
    return Turn(panel, size, head, sitting, scored)


_turns = Prepared(
    lambda case: Panel.objects.filter(case=case).values_list(
        "number", "pk", "round", "size", "head", "seats__person", "seats__declared_on", "seats__ended_on",
        "scores__person", "scores__round", "scores__void",
    )
)  # fmt: skip


def _latest_sheets(case: Case) -> Sheets | None:
    panel = panel_of(case)
    return read_sheets(panel) if panel is not None else None


def read_sheets(panel: Panel) -> Sheets:
    """A panel with its seats and scores as they stand now; two queries."""
    return Sheets(
        panel,
        _seats(panel=panel.pk),
        {score.person_id: score for score in _scores(panel=panel.pk, turn=panel.round)},
    )


_seats = Prepared(
    lambda panel: Seat.objects.filter(panel=panel).select_related("person", "expert").order_by("position")
)
_scores = Prepared(
    lambda panel, turn: Score.objects.filter(panel=panel, round=turn, void=False).select_related("person")
)


def scores_visible_to(person: Person, case: Case, on: date) -> list[ScoreView]:
    """The sheets of the present round that ``person`` may see: one's own always; another's only after one's own is in;
    the bureau, leaders and auditors once all are in; applicants and districts none."""
    sheets = sheets_of(case)
    return visible_sheets(person, sheets, on, named=sees_names(person, case, on)) if sheets else []


def visible_sheets(person: Person, sheets: Sheets, on: date, *, named: bool) -> list[ScoreView]:
    """The same, of sheets that were read already."""
    scores, labels = sheets.scores, sheets.labels
    if not _sees_others(person, sheets, on):
        scores = {pk: score for pk, score in scores.items() if pk == person.pk and pk in sheets.sitting}
    return [
        ScoreView(
            labels[pk], scores[pk].person.name if named else "", pk == person.pk, scores[pk].total, scores[pk].items,
            scores[pk].comment,
        )
        for pk in shuffled(sheets.panel, scores)
    ]  # fmt: skip


def _sees_others(person: Person, sheets: Sheets, on: date) -> bool:
    if person.pk in sheets.sitting:
        return person.pk in sheets.scores
    if not person.capacity(on).roles & SEES_SCORES:
        return False
    return len(sheets.sitting) >= sheets.panel.size and sheets.sitting <= set(sheets.scores)


def averages(read: Sheets, category: str) -> list[dict[str, str]]:
    """Each criterion's average over the panel, as the opinion prints it."""
    sheets = [{item["criterion"]: item["points"] for item in score.items} for score in read.scores.values()]
    return [
        {
            "name": row.title,
            "weight": str(row.points),
            "score": f"{_mean([sheet[row.id] for sheet in sheets]):.2f}",
            "remark": "",
        }
        for row in CRITERIA[category]
    ]


def _mean(points: Sequence[int]) -> float:
    return sum(points) / len(points)

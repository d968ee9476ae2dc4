"""A year seen whole: how far everybody is, what was scored, by dimension and by district."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from makerspace.matters.assessment.models import Assessment, Filed, Score
from makerspace.matters.assessment.queries.assessments import Participation, decimals, due, first_year, participation
from makerspace.matters.assessment.queries.outliers import Outlier, outliers
from makerspace.matters.assessment.queries.scheme import published, scheme_of
from makerspace.matters.assessment.queries.trial import KINDS, graded, kind_of_move
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.queries import procedure_of, stage_of
from makerspace.regulation.scheme import DIMENSIONS, Scheme

TENTH = Decimal("0.1")
FIRST = "上年没有得分"
AFTERWARDS = "整改后复查合格"
MOVEMENTS = (*KINDS.values(), FIRST)


@dataclass(frozen=True)
class Row:
    """One title's year: where it stands, what it scored, and what became of it against the year before (empty before there
    is a score)."""

    assessment: Assessment
    stage: str
    score: Score | None
    before: Score | None = None
    movement: str = ""

    @property
    def total(self) -> Decimal | None:
        """The score, none before there is one."""
        return self.score.total if self.score else None

    @property
    def grade(self) -> str:
        """The grade by the scheme."""
        return self.score.grade if self.score else ""

    @property
    def dimensions(self) -> list[tuple[str, Decimal | None]]:
        """Points by dimension, in the order of article 18."""
        if self.score is None:
            return [(label, None) for label in DIMENSIONS.values()]
        return [(row["label"], Decimal(row["points"])) for row in self.score.scored["dimensions"]]

    @property
    def bonus(self) -> Decimal | None:
        """The points beyond the dimensions."""
        return Decimal(self.score.scored["bonus"]) if self.score else None

    @property
    def first_year(self) -> bool:
        """Whether the title was given in that year."""
        return first_year(self.assessment)

    @property
    def participation(self) -> Participation:
        """How it takes part in the year."""
        return participation(self.assessment.case.stage, scored=self.score is not None)

    @property
    def moved(self) -> Decimal | None:
        """By how many points it differs from the year before."""
        return self.score.total - self.before.total if self.score and self.before else None

    @property
    def moved_text(self) -> str:
        """The same with its sign."""
        return "" if self.moved is None else f"{self.moved:+}"


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, with its share of the longest (0–100, whole)."""

    label: str
    value: Decimal | int
    share: int
    note: str = ""


@dataclass(frozen=True)
class Year:
    """Everybody's rows, the best first, those without a score last; and who is due and has not been asked yet."""

    rows: Sequence[Row]
    unasked: Iterable[Title] = ()
    reports: Sequence[tuple[Assessment, Mapping[str, Decimal]]] = field(default_factory=list)

    @cached_property
    def unopened(self) -> list[Title]:
        """Who is due and has not been asked yet; asked of the database where somebody wants to know."""
        return list(self.unasked)

    @property
    def due(self) -> int:
        """How many should take part, whatever became of it."""
        return len(self.rows) + len(self.unopened)

    @cached_property
    def participation(self) -> list[Bar]:
        """How many take part in which way; those not asked yet are due."""
        counted = Counter(row.participation for row in self.rows)
        counted[Participation.DUE] += len(self.unopened)
        notes = {Participation.GAVE_UP: "逾期未报"}
        if self.unopened:
            notes[Participation.DUE] = f"其中{len(self.unopened)}家尚未启动"
        return _bars([(each.label, counted[each], notes.get(each, "")) for each in Participation if counted[each]])

    @cached_property
    def stages(self) -> list[Bar]:
        """How many stand in each stage, in the order of the table."""
        if not self.rows:
            return []
        counted = Counter(row.assessment.case.stage for row in self.rows)
        table = procedure_of(self.rows[0].assessment.case)
        return _bars([(stage.label, counted[stage.code], "") for stage in table.stages if counted[stage.code]])

    @cached_property
    def scored(self) -> list[Row]:
        """Those who have a score."""
        return [row for row in self.rows if row.score]

    @cached_property
    def dimensions(self) -> list[Bar]:
        """The mean points of each dimension as a share of its weight (percent)."""
        found = []
        for place, label in enumerate(DIMENSIONS.values()):
            parts = [row.score.scored["dimensions"][place] for row in self.scored if row.score]
            points = [Decimal(part["points"]) for part in parts]
            weight = Decimal(parts[0]["weight"]) if parts else Decimal(0)
            if weight:
                mean = _mean(points)
                found.append(Bar(label, mean, int(mean * 100 / weight), f"满分{weight:f}"))
        return found

    @cached_property
    def districts(self) -> list[Bar]:
        """The mean score of each district, the best first."""
        held: dict[str, list[Decimal]] = {}
        for row in self.scored:
            held.setdefault(row.assessment.title.authority.name, []).append(row.total or Decimal(0))
        rows = sorted(
            ((name, _mean(points), f"{len(points)}家") for name, points in held.items()), key=lambda row: -row[1]
        )
        return [Bar(name, mean, int(mean), note) for name, mean, note in rows]

    @cached_property
    def movements(self) -> list[Bar]:
        """How many moved which way against the year before; none while nobody has a score."""
        counted = Counter(row.movement for row in self.scored)
        return _bars([(label, counted[label], "") for label in MOVEMENTS if counted[label]])

    @cached_property
    def moved(self) -> list[Row]:
        """Those scored in both years, the largest differences first."""
        rows = [(abs(row.moved), row) for row in self.scored if row.moved is not None]
        return [row for _, row in sorted(rows, key=lambda pair: (-pair[0], pair[1].assessment.title.number))]

    @cached_property
    def outliers(self) -> list[Outlier]:
        """Figures of verified reports that stand far from the others'."""
        return outliers(self.reports)

    @cached_property
    def failed(self) -> list[Row]:
        """Those below the line."""
        return [row for row in self.scored if row.score and not row.score.passed]


def of_year(year: int, on: date) -> Year:
    """The year's assessments, their scores of this year and the one before, the verified reports, and who that day is due
    and not asked yet, in five queries."""
    held = list(Assessment.objects.filter(year=year).select_related("case__organisation", "title__authority"))
    scores = {
        (row.assessment.title_id, row.assessment.year): row
        for row in Score.objects.filter(assessment__year__in=(year - 1, year)).select_related("assessment")
    }
    schemes = {row.year: scheme_of(row) for row in published() if row.year in (year - 1, year)}
    rows = [
        _row(each, scores.get((each.title_id, year)), scores.get((each.title_id, year - 1)), schemes) for each in held
    ]
    ordered = sorted(rows, key=lambda row: (row.total is None, -(row.total or 0), row.assessment.title.number))
    return Year(ordered, due(year, on), _verified(held, year))


def _row(held: Assessment, mine: Score | None, before: Score | None, schemes: Mapping[int, Scheme]) -> Row:
    movement = FIRST if mine else ""
    if mine and before:
        movement = KINDS[kind_of_move(graded(schemes[held.year - 1], before), graded(schemes[held.year], mine))]
    stage = AFTERWARDS if held.case.stage == "passed" and mine and not mine.passed else stage_of(held.case).label
    return Row(held, stage, mine, before, movement)


def _verified(held: Sequence[Assessment], year: int) -> list[tuple[Assessment, Mapping[str, Decimal]]]:
    """The figures that the districts found right, in the order of the registry numbers."""
    rows = Filed.objects.filter(assessment__year=year, state=Filed.State.VERIFIED)
    values = {row.assessment_id: decimals(row.values) for row in rows}
    told = [(each, values[each.pk]) for each in held if each.pk in values]
    return sorted(told, key=lambda row: row[0].title.number)


def _mean(points: Sequence[Decimal]) -> Decimal:
    return (sum(points, Decimal(0)) / len(points)).quantize(TENTH, ROUND_HALF_UP)


def _bars(rows: Sequence[tuple[str, int, str]]) -> list[Bar]:
    most = max((value for _, value, _ in rows), default=0)
    return [Bar(label, value, round(value * 100 / most), note) for label, value, note in rows]

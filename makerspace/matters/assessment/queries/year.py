"""A year seen whole: how far everybody is, what was scored, by dimension and by district."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from makerspace.matters.assessment.models import Assessment, Score
from makerspace.office.casework.queries import procedure_of, stage_of
from makerspace.regulation.scheme import DIMENSIONS

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Row:
    """One title's year: where it stands and what it scored."""

    assessment: Assessment
    stage: str
    score: Score | None

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


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, with its share of the longest (0–100, whole)."""

    label: str
    value: Decimal | int
    share: int
    note: str = ""


@dataclass(frozen=True)
class Year:
    """Everybody's rows, the best first, those without a score last."""

    rows: Sequence[Row]

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
    def failed(self) -> list[Row]:
        """Those below the line."""
        return [row for row in self.scored if row.score and not row.score.passed]


def of_year(year: int) -> Year:
    """The year's assessments in two queries."""
    held = Assessment.objects.filter(year=year).select_related("case", "title__authority")
    scores = {row.assessment_id: row for row in Score.objects.filter(assessment__year=year)}
    rows = [Row(each, stage_of(each.case).label, scores.get(each.pk)) for each in held]
    return Year(sorted(rows, key=lambda row: (row.total is None, -(row.total or 0), row.assessment.title.number)))


def _mean(points: Sequence[Decimal]) -> Decimal:
    return (sum(points, Decimal(0)) / len(points)).quantize(TENTH, ROUND_HALF_UP)


def _bars(rows: Sequence[tuple[str, int, str]]) -> list[Bar]:
    most = max(value for _, value, _ in rows)
    return [Bar(label, value, round(value * 100 / most), note) for label, value, note in rows]

"""A scheme tried on a year's figures beside another one: who moves, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Max

from makerspace.matters.assessment.models import Scheme, Score, YearFigures
from makerspace.matters.assessment.queries.scheme import published, scheme_of
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.scheme import Facts, Line, Peers, Scored
from makerspace.regulation.scheme import Scheme as Whole
from makerspace.regulation.scoring import peer_figures, score

DEFAULT = "default"
KINDS = {"fails": "变为不合格", "passes": "变为合格", "down": "等次下降", "up": "等次上升", "same": "等次不变"}


class Graded(NamedTuple):
    """A result as far as it is compared: whether it passes, and its grade's place in its own scheme, the best 0."""

    passed: bool
    place: int


def graded(scheme: Whole, result: Scored | Score) -> Graded:
    """The result by the scheme that it was scored by."""
    labels = [row.label for row in scheme.grades]
    return Graded(result.passed, labels.index(result.grade))


def kind_of_move(before: Graded, after: Graded) -> str:
    """A key of ``KINDS``: what became of a result against another one. Totals of two schemes do not compare; places do."""
    if before.passed != after.passed:
        return "passes" if after.passed else "fails"
    if before.place == after.place:
        return "same"
    return "up" if after.place < before.place else "down"


@dataclass(frozen=True)
class Filed:
    """One makerspace's figures of a year."""

    number: str
    name: str
    authority: str
    source: str
    facts: Facts


@dataclass(frozen=True)
class Move:
    """One makerspace under both schemes. ``kind``: fails, passes (now, not before), up or down (another grade), same."""

    filed: Filed
    before: Scored
    after: Scored
    kind: str

    @property
    def difference(self) -> Decimal:
        """By how many points the trial differs."""
        return self.after.total - self.before.total

    @property
    def said(self) -> str:
        """The kind of move in words."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Trial:
    """Everyone of a year under both schemes: those who move first, the grave moves before the others."""

    moves: Sequence[Move]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many moved which way."""
        return [(label, sum(move.kind == kind for move in self.moves)) for kind, label in KINDS.items()]

    @property
    def settled(self) -> bool:
        """Whether no line waits for marks; otherwise totals can still rise."""
        return all(scored.settled for move in self.moves for scored in (move.before, move.after))


@dataclass(frozen=True)
class Taken:
    """A year of which there are figures, of how many, and when they were taken last."""

    year: int
    count: int
    at: datetime


def years() -> list[Taken]:
    """The years of which there are figures, the latest first."""
    found: dict[int, Taken] = {}
    rows = YearFigures.objects.values("year", "title").annotate(at=Max("taken_at"))
    for row in rows.order_by("-year", "title"):
        known = found.get(row["year"], Taken(row["year"], 0, row["at"]))
        found[row["year"]] = Taken(known.year, known.count + 1, max(known.at, row["at"]))
    return list(found.values())


def filed(year: int) -> list[Filed]:
    """Everyone's figures of a year; a filed report goes before what the registers add up to. One query."""
    rows = YearFigures.objects.filter(year=year).select_related("title__authority")
    best: dict[int, YearFigures] = {}
    for row in rows.order_by("title__number", "source"):  # registers, then report
        best[row.title_id] = max(best.get(row.title_id, row), row, key=lambda each: each.source == "report")
    return [
        Filed(
            row.title.number, row.title.name, row.title.authority.name, row.get_source_display(),
            Facts.model_validate({"values": row.values}),
        )
        for row in best.values()
    ]  # fmt: skip


def beside_options(candidate: Scheme) -> list[tuple[str, str]]:
    """What a scheme may be compared with: every published one, and the default."""
    rows = published().exclude(pk=candidate.pk)
    return [*((str(row.pk), str(row)) for row in rows), (DEFAULT, "系统默认方案")]


def beside_of(chosen: str, year: int) -> Whole:
    """The scheme that was chosen to compare with; the default where it is not a published one."""
    row = published().filter(pk=chosen).first() if chosen.isdecimal() else None
    return scheme_of(row) if row else default_scheme(year)


def try_on(candidate: Whole, beside: Whole, rows: Iterable[Filed]) -> Trial:
    """Everyone scored under both; relative lines compare within the same figures."""
    everyone = list(rows)
    mine, theirs = _peers(candidate, everyone), _peers(beside, everyone)
    moves = [
        _move(beside, candidate, row, score(beside, row.facts, theirs), score(candidate, row.facts, mine))
        for row in everyone
    ]
    order = list(KINDS)
    return Trial(sorted(moves, key=lambda move: (order.index(move.kind), -move.after.total, move.filed.number)))


def _move(beside: Whole, candidate: Whole, row: Filed, before: Scored, after: Scored) -> Move:
    return Move(row, before, after, kind_of_move(graded(beside, before), graded(candidate, after)))


def _peers(scheme: Whole, everyone: Iterable[Filed]) -> Peers:
    return peer_figures(scheme, [row.facts for row in everyone])


@dataclass(frozen=True)
class Compared:
    """One line under the candidate beside the points of the line of that code under the other."""

    line: Line
    before: Line | None


def compared(move: Move) -> list[tuple[str, str, list[Compared]]]:
    """Line by line, by dimension; the bonuses last: label, points of weight, lines."""
    before = {line.code: line for line in (*move.before.lines, *move.before.bonuses)}
    parts = [
        (total.label, f"{total.points}／{total.weight}分", move.after.of(total.code)) for total in move.after.dimensions
    ]
    parts.append(("加分项", f"{move.after.bonus}分", move.after.bonuses))
    return [(label, said, [Compared(line, before.get(line.code)) for line in lines]) for label, said, lines in parts]

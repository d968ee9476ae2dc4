"""The way of an application as the public reads it: made from the table of moves, never written by hand."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from makerspace.office.casework.parameters import Standing, standing
from makerspace.office.casework.queries import ROLE_NAMES
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Move, Procedure, Regulation, Role, Stage

ASIDE = frozenset({"correction", "objection_review"})  # only some cases pass through these


class Step(NamedTuple):
    """A stage on the main way: who holds it, on which articles it rests, how long it may take, and from when otherwise."""

    label: str
    articles: tuple[int, ...]
    holder: str
    term: str
    changes: str = ""


class MoveRow(NamedTuple):
    """A row of the procedure, readable."""

    label: str
    articles: tuple[int, ...]
    sources: str
    targets: str
    by: str


def steps(regulation: Regulation, on: date, kind: str = "recognition") -> list[Step]:
    """The main way from draft to title."""
    procedure = regulation.procedure(kind)
    numbers = {found.parameter.id: found for found in standing(regulation, on)}
    ends = {target for move in procedure.moves if move.act == "announce" for target in move.targets}
    return [
        Step(stage.label, stage.articles, _name(stage.holder), *_term(stage, numbers))
        for stage in procedure.stages
        if stage.code not in ASIDE and (not stage.final or stage.code in ends)
    ]


def _name(holder: Role | None) -> str:
    return ROLE_NAMES[holder] if holder else ""


def _term(stage: Stage, numbers: Mapping[str, Standing]) -> tuple[str, str]:
    """How long it may take, and which other number comes when."""
    if stage.term:
        found = numbers[stage.term]
        return found.said, "；".join(f"{chinese(since)}起{said}" for since, said, _ in found.changes)
    return numbers["NOTICE_DAYS"].said if stage.holder is Role.CLOCK else "", ""


class Table(NamedTuple):
    """The moves of one kind of case under its name."""

    kind: str
    label: str
    rows: list[MoveRow]


def tables(regulation: Regulation, article: int | None = None) -> list[Table]:
    """Every procedure of that version, or what of it rests on that article; a procedure without a row is left out."""
    found = [
        Table(table.kind, table.label, [row for row in rows(table) if article is None or article in row.articles])
        for table in regulation.procedures.values()
    ]
    return [table for table in found if table.rows]


def rows(procedure: Procedure) -> list[MoveRow]:
    """Every move of the table, in its order."""
    return [_row(move, procedure) for move in procedure.moves]


def _row(move: Move, procedure: Procedure) -> MoveRow:
    every = {stage.code for stage in procedure.stages if not stage.final}
    sources = "各办理环节" if set(move.sources) == every else _labels(move.sources, procedure)
    return MoveRow(
        move.label,
        move.articles,
        sources,
        _labels(move.targets, procedure) or "不变",
        "、".join(ROLE_NAMES[role] for role in move.by),
    )


def _labels(codes: tuple[str, ...], procedure: Procedure) -> str:
    return "或".join(procedure.stage(code).label for code in codes)

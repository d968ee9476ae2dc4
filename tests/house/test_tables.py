"""The table of moves, the acts, the pages and the articles belong together; nothing hangs in the air."""

import inspect

import pytest

from makerspace.office.casework import acts
from makerspace.office.casework.models import Case
from makerspace.regulation import VERSIONS
from makerspace.regulation.terms import Move, Role

ROWS = [(version, procedure, move) for version in VERSIONS for procedure in version.procedures.values() for move in procedure.moves]  # fmt: skip


@pytest.mark.parametrize(("version", "procedure", "move"), ROWS, ids=lambda part: getattr(part, "act", None) or getattr(part, "kind", None) or part.id)  # fmt: skip
def test_every_move_has_an_operation_and_a_schema(version: object, procedure: object, move: Move) -> None:
    act = acts.find(procedure.kind, move.act)  # type: ignore[attr-defined]

    assert act is not None
    assert callable(act.operation)
    if not act.batch and set(move.by) - {Role.CLOCK, Role.PUBLIC}:
        taken = inspect.signature(act.operation).parameters
        takes_all = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in taken.values())
        assert takes_all or {"by", "on", *act.schema.model_fields} <= set(taken)
    assert act.schema.model_json_schema()


@pytest.mark.parametrize(("version", "procedure", "move"), ROWS, ids=lambda part: getattr(part, "act", None) or getattr(part, "kind", None) or part.id)  # fmt: skip
def test_every_move_stands_between_known_stages(version: object, procedure: object, move: Move) -> None:
    known = {stage.code for stage in procedure.stages}  # type: ignore[attr-defined]

    assert set(move.sources) <= known
    assert set(move.targets) <= known
    assert move.by


def test_no_act_is_handed_in_without_a_row() -> None:
    rows = {(procedure.kind, move.act) for _, procedure, move in ROWS}

    assert {(act.kind, act.code) for act in acts.all_acts()} <= rows


def test_every_stage_can_be_left_or_is_final() -> None:
    """What is over stays over, but for a decision of a leader, such as money that is to come back."""
    for _, procedure, _ in ROWS:
        for stage in procedure.stages:
            leaves = [
                move for move in procedure.moves if stage.code in move.sources and set(move.targets) - {stage.code}
            ]
            if stage.final:
                assert all(move.by == (Role.LEADER,) and move.decides for move in leaves), stage.code
            else:
                assert leaves, stage.code


def test_every_stage_fits_its_column() -> None:
    longest = Case._meta.get_field("stage").max_length

    assert all(len(stage.code) <= (longest or 0) for _, procedure, _ in ROWS for stage in procedure.stages)


def test_who_handles_is_never_a_leaders_act() -> None:
    assert [move.act for _, _, move in ROWS if move.handles and Role.LEADER in move.by] == []


def test_a_stage_that_kinds_share_is_held_by_the_same() -> None:
    holders: dict[str, set[Role | None]] = {}
    for _, procedure, _ in ROWS:
        for stage in procedure.stages:
            holders.setdefault(stage.code, set()).add(stage.holder)

    assert {code: held for code, held in holders.items() if len(held) > 1} == {}

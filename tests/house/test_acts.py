"""The gate itself, asked as everybody about every act on every case: the whole cube, against the table of design.md."""

from pathlib import Path

from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation import by_id
from tests.house.rows_acts import DECIDING, TABLE, predict_act
from tests.house.rows_shape import Want
from tests.house.sweep import standing_city
from tests.house.world import CASES, DAY, SIGNED_IN

CODES = {404: "not_found", 403: "not_yours", 409: "wrong_stage"}


def test_the_table_is_that_of_the_regulation() -> None:
    moves = {move.act: move for move in by_id("kunkefa-2017-55").procedure("recognition").moves}

    assert {act: (tuple(move.sources), tuple(move.by)) for act, move in moves.items()} == TABLE
    assert {act for act, move in moves.items() if move.decides} == DECIDING


def test_the_gate_answers_as_predicted(db: None, tmp_path: Path) -> None:
    with standing_city(tmp_path) as world:
        people = {role: Person.objects.get(pk=world.people[role].pk) for role in SIGNED_IN}
        cells = [(role, case, act) for role in SIGNED_IN for case in CASES for act in TABLE]
        wrong = [cell for cell in cells if not _as_predicted(people[cell[0]], world.cases[cell[1]], cell)]

    assert len(cells) == 21 * 14 * 31
    assert wrong == []


def _as_predicted(person: Person, case: Case, cell: tuple[str, str, str]) -> bool:
    role, key, act = cell
    refusal = queries.why_not(person, queries.procedure_of(case).move(act), case, on=DAY)
    want: Want = predict_act(role, key, act)
    code = CODES.get(min(want.statuses), "")
    return (refusal.code if refusal else "") == code and want.says in (refusal.text if refusal else "")

"""The gate itself, asked as everybody about every act on every case: the whole cube, against the table of design.md."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation import by_id
from tests.house.rows_acts import DECIDING, TABLE, opens, places_of, predict_act, taken
from tests.house.rows_shape import Target, Want
from tests.house.sweep import ROWS, Asking, address_of, body_of, standing_city, trace, undone
from tests.house.world import CASES, DAY, SIGNED_IN, World

pytestmark = pytest.mark.django_db
CODES = {404: "not_found", 403: "not_yours", 409: "wrong_stage"}
NOBODY_ON_A_CASE = {"lapse", "close_notice", "object"}  # the clock's and the public's
Cell = tuple[str, str, str]


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One city for all of these tests; none of them leaves a trace."""
    with django_db_blocker.unblock(), standing_city(tmp_path_factory.mktemp("city")) as city:
        yield city


def test_the_table_is_that_of_the_regulation() -> None:
    moves = {move.act: move for move in by_id("kunkefa-2017-55").procedure("recognition").moves}

    assert {act: (tuple(move.sources), tuple(move.by)) for act, move in moves.items()} == TABLE
    assert {act for act, move in moves.items() if move.decides} == DECIDING


def test_the_city_has_a_case_in_every_stage() -> None:
    stages = by_id("kunkefa-2017-55").procedure("recognition").stages

    assert {facts.stage for facts in CASES.values()} == {stage.code for stage in stages}


def test_every_act_of_a_person_opens_to_somebody_where_the_doors_are_asked() -> None:
    opened = {act for act in TABLE if any(opens(case, act) for case in places_of(act))}

    assert opened == TABLE.keys() - NOBODY_ON_A_CASE


def test_the_gate_answers_as_predicted(world: World) -> None:
    people = {role: Person.objects.get(pk=world.people[role].pk) for role in SIGNED_IN}
    cells = [(role, case, act) for role in SIGNED_IN for case in CASES for act in TABLE]
    wrong = [cell for cell in cells if not _as_predicted(people[cell[0]], world.cases[cell[1]], cell)]

    assert len(cells) == 24 * 21 * 31
    assert wrong == []


def _as_predicted(person: Person, case: Case, cell: Cell) -> bool:
    role, key, act = cell
    refusal = queries.why_not(person, queries.procedure_of(case).move(act), case, on=DAY)
    want: Want = predict_act(role, key, act)
    code = CODES.get(min(want.statuses), "")
    return (refusal.code if refusal else "") == code and want.says in (refusal.text if refusal else "")


def test_the_door_answers_as_the_gate_does_on_every_case(world: World) -> None:
    """Every act on every case over HTTP, once for each answer that is predicted there."""
    asking, wrong = Asking(world), []
    cells = list(_one_for_each_answer())
    for role, case, act in cells:
        want = taken(predict_act(role, case, act), act)
        target = Target({"id": world.number(case), "act": act})
        with undone():
            before = trace()
            response = asking.ask(ROWS["api-1:act"], role, "POST", address_of(ROWS["api-1:act"], target))
            said, written = body_of(response), before != trace()
        if response.status_code not in want.statuses or want.says not in said or written != (want.statuses == {200}):
            wrong.append((role, case, act, response.status_code, said[:200]))

    assert len(cells) > 21 * 31
    assert wrong == []


def _one_for_each_answer() -> Iterator[Cell]:
    for case in CASES:
        for act in TABLE:
            yield from {predict_act(role, case, act): (role, case, act) for role in SIGNED_IN}.values()

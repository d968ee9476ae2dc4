"""Scoring through the API: what the pure function says, for anyone, and nothing kept."""

from typing import Any

import pytest

from makerspace.doors.api import access
from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.assessment.operations import scheme as operations
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.scheme import Scored
from makerspace.regulation.terms import Role
from tests.doors.api.conftest import Program, of
from tests.factories import DAY, make_person

pytestmark = pytest.mark.django_db
PATH = "/assessment/schemes/2024/score"


@pytest.fixture(autouse=True)
def published(db: None) -> None:
    bureau, leader = make_person(Role.BUREAU), make_person(Role.LEADER)
    row = operations.draft_scheme(by=bureau, on=DAY, sketch=default_scheme(2024))
    operations.submit_scheme(row, by=bureau, on=DAY, seen=1)
    operations.publish_scheme(row, by=leader, on=DAY, read=row.digest)


def test_anyone_scores_figures_under_the_published_scheme(stranger: Program) -> None:
    given = {
        "values": {"mentors": 3, "financed": 2, "tenant_revenue": 50}, "marks": {"special": [1, 2]},
        "peers": {"revenue": [50, 100]},
    }  # fmt: skip

    scored = Scored.model_validate(of(stranger.post(PATH, given)))

    points = {line.code: str(line.points) for line in (*scored.lines, *scored.bonuses) if line.points}
    assert points == {"financed": "4", "revenue": "1.5", "special": "1.5"}
    assert (scored.total, scored.grade, scored.settled) == (7, "不合格", True)
    assert scored.scheme == default_scheme(2024).digest


def test_nothing_given_scores_nothing_and_nothing_is_kept(stranger: Program) -> None:
    scored = of(stranger.post(PATH, {}))

    assert (scored["total"], scored["settled"]) == ("0", False)
    assert not YearFigures.objects.exists()


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"values": {"mentors": "many"}}, {"values.mentors"}),
        ({"values": {"mentors": 1e30}}, {"values.mentors"}),
        ({"values": {"mentors": 1.23456}}, {"values.mentors"}),
        ({"values": {"mentors": None}}, {"values.mentors"}),
        ({"values": {"nothing": 1, "x" * 90: 1}}, {"values.nothing", "values." + "x" * 40}),
        ({"values": [1]}, {"values"}),
        ({"marks": {"special": [-1]}}, {"marks.special[0].points"}),
        ({"marks": {"special": 1}}, {"marks.special"}),
        ({"peers": {"revenue": [True]}}, {"peers.revenue[0]"}),
        ({"more": 1}, {"more"}),
    ],
)
def test_wrong_figures_are_named(stranger: Program, given: dict[str, Any], fields: set[str]) -> None:
    refusal = of(stranger.post(PATH, given), 422)

    assert set(refusal["fields"]) == fields


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"values": NaN}', b"[" * 100_000, b"[]"])
def test_what_is_no_json_object_is_refused(stranger: Program, body: bytes) -> None:
    answer = stranger.send("POST", PATH, body)

    assert of(answer, answer.status_code)["code"] in {"bad_request", "invalid"}


def test_a_year_without_a_scheme_scores_nothing(stranger: Program) -> None:
    assert of(stranger.post("/assessment/schemes/2025/score", {}), 404)["code"] == "not_found"


def test_it_is_slowed_down(stranger: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.RATES, "score", (1, 60))
    of(stranger.post(PATH, {}))

    assert of(stranger.post(PATH, {}), 429)["code"] == "slow_down"

"""What goes back is JSON that any reader takes, whatever stands in it."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest

from makerspace.doors.api.answers import dumps


class Pair(NamedTuple):
    """Two values."""

    one: int
    two: str


def test_days_instants_and_amounts_are_written_as_the_contract_says() -> None:
    body = {
        "on": date(2026, 3, 1), "at": datetime(2026, 3, 1, 20, 30, tzinfo=UTC), "amount": Decimal("1000.50"),
        "pair": Pair(1, "二"), 7: None,
    }  # fmt: skip

    assert json.loads(dumps(body)) == {
        "on": "2026-03-01", "at": "2026-03-02T04:30:00+08:00", "amount": 1000.5, "pair": [1, "二"], "7": None,
    }  # fmt: skip
    assert "二".encode() in dumps(body)


@pytest.mark.parametrize(
    ("value", "back"),
    [(2**80, 2**80), (-(2**70), -(2**70)), ("半个\ud83d字", "半个?字"), (date(2026, 3, 1), "2026-03-01")],
)
def test_what_the_fast_writer_does_not_take_is_written_all_the_same(value: object, back: object) -> None:
    assert json.loads(dumps({"value": value, "big": 2**80})) == {"value": back, "big": 2**80}


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (object(), TypeError),
        (Decimal("NaN"), ValueError),
        (Decimal("-Infinity"), ValueError),
        (Decimal("1e400"), ValueError),
    ],
)
def test_what_has_no_place_in_json_is_a_fault_of_ours(value: object, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        dumps({"value": value})

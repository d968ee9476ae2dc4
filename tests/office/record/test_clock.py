"""The one clock: Kunming's time; set forward in training only, never back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from makerspace.office.record import clock

NIGHT = datetime(2026, 3, 16, 16, 30, tzinfo=UTC)


@time_machine.travel(NIGHT, tick=False)
def test_the_day_changes_at_midnight_in_kunming() -> None:
    assert clock.now().isoformat() == "2026-03-17T00:30:00+08:00"
    assert clock.today().isoformat() == "2026-03-17"


@time_machine.travel(NIGHT, tick=False)
def test_the_training_clock_goes_forward_and_can_be_taken_away() -> None:
    clock.set_forward(NIGHT + timedelta(days=8))
    ahead = clock.today()
    clock.reset()

    assert (ahead.isoformat(), clock.today().isoformat()) == ("2026-03-25", "2026-03-17")


@time_machine.travel(NIGHT, tick=False)
def test_the_clock_is_never_set_back() -> None:
    with pytest.raises(clock.ClockRefused):
        clock.set_forward(NIGHT - timedelta(seconds=1))


@time_machine.travel(NIGHT, tick=False)
def test_outside_training_no_file_and_no_call_moves_the_clock(settings: Any) -> None:
    clock.set_forward(NIGHT + timedelta(days=8))
    settings.TRAINING_CLOCK = False

    assert clock.today().isoformat() == "2026-03-17"
    with pytest.raises(clock.ClockRefused):
        clock.set_forward(NIGHT + timedelta(days=9))
    with pytest.raises(clock.ClockRefused), clock.pretending(NIGHT):
        pass

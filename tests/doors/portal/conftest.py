"""The day of the public pages' tests."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.doors.portal.helpers import ON


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    """It is ten in the morning of 16 March 2026 in Kunming."""
    with time_machine.travel(f"{ON.isoformat()}T10:00:00+08:00", tick=False):
        yield

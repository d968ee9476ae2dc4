"""Lives through the demo city's months in the order of time: every act is taken on its day, by its person."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from makerspace.office.record import clock
from makerspace.office.record.operations import publish_heads
from makerspace.regulation.counting import OFFICIAL

MINUTE = timedelta(minutes=1)


@dataclass(order=True)
class Step:
    """Something planned for a day and an hour; ``day`` is the working day on which it then happens.

    Steps keep the order of their plans, also where several plans fall on rest days and move to the same working day.
    """

    planned: date
    hour: int
    number: int
    day: date = field(compare=False)
    act: Callable[[date], Any] = field(compare=False)


class Timeline:
    """Steps planned in any order and taken in the order of time, so that the record grows as it would have grown."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.steps: list[Step] = []

    def workday(self, days_ago: int) -> date:
        """The working day that many days ago, or the one before it."""
        day = self.today - timedelta(days=days_ago)
        while not OFFICIAL.is_working(day):
            day -= timedelta(days=1)
        return day

    def plan(self, days_ago: int, hour: int, act: Callable[[date], Any]) -> None:
        """Let ``act(on)`` happen then."""
        planned = self.today - timedelta(days=days_ago)
        self.steps.append(Step(planned, hour, len(self.steps), self.workday(days_ago), act))

    def plan_on(self, day: date, hour: int, act: Callable[[date], Any]) -> None:
        """Let ``act(on)`` happen on that very day, worked or not: what the clock does."""
        self.steps.append(Step(day, hour, len(self.steps), day, act))

    def live(self) -> None:
        """Take every step; each evening the head of the record is published."""
        instant = datetime.combine(self.today - timedelta(days=2000), time(), clock.KUNMING)
        latest = clock.now() - timedelta(minutes=30)
        for step in sorted(self.steps):
            planned = datetime.combine(step.day, time(step.hour), clock.KUNMING)
            before, instant = instant, min(max(planned, instant + MINUTE), max(latest, instant + timedelta(seconds=1)))
            if clock.day_of(before) != clock.day_of(instant):
                publish_heads(instant)
            with clock.pretending(instant):
                step.act(clock.day_of(instant))

"""When an offer is open: spans of time out of weekly hours, closed days and public holidays. Nothing here asks a database."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from makerspace.matters.support.models import Closure, OpenHours
from makerspace.office.record.clock import KUNMING
from makerspace.regulation.counting import OFFICIAL

SLOT = timedelta(minutes=30)
WEEK = timedelta(days=7)
WEEKDAYS = "一二三四五六日"


class Span(NamedTuple):
    """A time from ``start`` to ``end``."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        """Its length in hours."""
        return (self.end - self.start) / timedelta(hours=1)

    def holds(self, other: "Span") -> bool:
        """Whether the other lies within it."""
        return self.start <= other.start and other.end <= self.end


def at(day: date, clock: time) -> datetime:
    """That time of that day in Kunming."""
    return datetime.combine(day, clock, KUNMING)


def at_text(day: date, text: str) -> datetime:
    """``09:30`` of that day in Kunming."""
    return at(day, time.fromisoformat(text))


def slots(span: Span) -> list[datetime]:
    """The half hours that a span takes; it begins and ends on one."""
    return [span.start + SLOT * place for place in range(int((span.end - span.start) / SLOT))]


def is_on_slots(span: Span) -> bool:
    """Whether it begins and ends on the hour or at half past, within one day."""
    edges = (span.start.astimezone(KUNMING), span.end.astimezone(KUNMING))
    whole = all((edge.minute % 30, edge.second, edge.microsecond) == (0, 0, 0) for edge in edges)
    return whole and edges[0].date() == edges[1].date() and span.start < span.end


def open_on(
    day: date, hours: Iterable[OpenHours], closures: Iterable[Closure], *, on_holidays: bool = False
) -> list[Span]:
    """The open spans of a day, the earlier first."""
    if why_closed(day, closures, on_holidays=on_holidays):
        return []
    rows = [row for row in hours if row.weekday == day.isoweekday() and _holds(row, day)]
    return sorted(Span(at(day, row.opens), at(day, row.closes)) for row in rows)


def why_closed(day: date, closures: Iterable[Closure], *, on_holidays: bool = False) -> str:
    """Why a day is not open whatever its weekly hours: a closure, or a public holiday from Monday to Friday."""
    closed = next((row for row in closures if row.first_day <= day <= row.last_day), None)
    if closed:
        return closed.reason
    if not on_holidays and day.isoweekday() <= 5 and not OFFICIAL.is_working(day):
        return OFFICIAL.why(day)
    return ""


def _holds(row: OpenHours, day: date) -> bool:
    return row.since <= day and (row.until is None or day <= row.until)


def without(spans: Sequence[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the spans once others are taken out."""
    left = list(spans)
    for each in taken:
        left = [part for span in left for part in _parts(span, each)]
    return left


def _parts(span: Span, taken: Span) -> Iterator[Span]:
    if taken.end <= span.start or span.end <= taken.start:
        yield span
        return
    if span.start < taken.start:
        yield Span(span.start, taken.start)
    if taken.end < span.end:
        yield Span(taken.end, span.end)


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


def monday_of(day: date) -> date:
    """The Monday of that week."""
    return day - timedelta(days=day.weekday())


def weekly(hours: Iterable[OpenHours]) -> list[str]:
    """Weekly hours in words, days with the same hours together: 周一至周五 09:00—12:00、13:30—17:30."""
    by_day: dict[int, list[str]] = {}
    for row in sorted(hours, key=lambda row: (row.weekday, row.opens)):
        by_day.setdefault(row.weekday, []).append(f"{row.opens:%H:%M}—{row.closes:%H:%M}")
    runs: list[tuple[int, int, list[str]]] = []
    for weekday, times in by_day.items():
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == times:
            runs[-1] = (runs[-1][0], weekday, times)
        else:
            runs.append((weekday, weekday, times))
    return [f"{_run(first, last)} {'、'.join(times)}" for first, last, times in runs]


def _run(first: int, last: int) -> str:
    name = f"周{WEEKDAYS[first - 1]}"
    return name if first == last else f"{name}至周{WEEKDAYS[last - 1]}"

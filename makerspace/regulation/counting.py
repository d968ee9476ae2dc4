"""Counting time as the law does: days, working days, months, years; every step explained."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal, NamedTuple, Self

from makerspace.regulation.calendar_days import ANNOUNCED, LEGAL_DAYS, LegalDay

Unit = Literal["calendar", "working"]
FirstDay = Literal["excluded", "included"]

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
WEEKDAYS = "一二三四五六日"
UNITS = {"calendar": "自然日", "working": "工作日"}
SHOWN = 20


class CountingError(ValueError):
    """What was asked cannot be counted; the text is Chinese and can be shown."""


class Calendar:
    """Which days are worked: weekends, changed by the days that were announced.

    A year outside ``announced`` is known by its weekends alone, and what is counted through it is provisional.
    """

    def __init__(self, days: Iterable[LegalDay], announced: Iterable[int]) -> None:
        self._days = {row.day: row for row in days}
        self.announced = frozenset(announced)

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        row = self._days.get(day)
        return row.working if row else day.weekday() < 5

    def why(self, day: date) -> str:
        """Why the day is worked or not: 周六, 春节假期, 国庆节调休上班."""
        row = self._days.get(day)
        return row.name if row else f"周{WEEKDAYS[day.weekday()]}"

    def source(self, day: date) -> str:
        """The notice that moved the day, or an empty text."""
        row = self._days.get(day)
        return row.source if row else ""

    def knows(self, day: date) -> bool:
        """Whether the year of ``day`` has been announced."""
        return day.year in self.announced

    def next_working(self, day: date) -> date:
        """``day`` itself if it is worked, else the next day that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def changed(self, days: Iterable[LegalDay], announced: Iterable[int] = ()) -> Self:
        """The same calendar with the bureau's lines laid over it, and more years announced."""
        return type(self)([*self._days.values(), *days], self.announced | frozenset(announced))


OFFICIAL = Calendar(LEGAL_DAYS, ANNOUNCED)


class Count(NamedTuple):
    """A counted term: the first day counted, the last day, how it came about, and whether it may still change."""

    first_day: date
    last_day: date
    steps: tuple[str, ...]
    provisional: bool


def count_days(
    start: date, n: int, unit: Unit = "calendar", first_day: FirstDay = "excluded", calendar: Calendar = OFFICIAL
) -> Count:
    """Count a term of ``n`` days from ``start`` (民法典 201, 203); the last day rolls over rest days in both units.

    ``first_day`` says whether ``start`` itself may be the first day counted. Raises CountingError when n < 1 or the
    term runs beyond 2100.
    """
    if unit not in UNITS or first_day not in ("excluded", "included"):
        raise CountingError("单位应为 calendar 或 working，首日应为 excluded 或 included。")
    if n < 1:
        raise CountingError("天数应为不小于1的整数。")
    if not EARLIEST <= start <= LATEST or n > (LATEST - start).days + (first_day == "included"):
        raise CountingError("只能计算1900年至2100年之间的期限。")
    begin = start if first_day == "included" else start + timedelta(days=1)
    return (
        _count_working(start, begin, n, calendar) if unit == "working" else _count_calendar(start, begin, n, calendar)
    )


def _count_calendar(start: date, first: date, n: int, calendar: Calendar) -> Count:
    """Every day counts; only the last one is moved off a rest day."""
    nominal = first + timedelta(days=n - 1)
    last = calendar.next_working(nominal)
    steps = [
        _opening(start, first, n, "calendar"),
        f"第{n}日为{_day(nominal)}。",
        *_rolled(nominal, last, _basis(start, "第二百零三条"), calendar),
    ]
    return _count(first, last, steps, _unknown((nominal, last), calendar))


def _count_working(start: date, begin: date, n: int, calendar: Calendar) -> Count:
    """Only working days count, so the last day is one by itself."""
    counted: list[date] = []
    skipped: list[date] = []
    day = begin
    while len(counted) < n:
        if day > LATEST:
            raise CountingError("只能计算1900年至2100年之间的期限。")
        (counted if calendar.is_working(day) else skipped).append(day)
        day += timedelta(days=1)
    first, last = counted[0], counted[-1]
    steps = [_opening(start, first, n, "working"), *_skipped(skipped, calendar)]
    steps += _worked(counted, calendar)
    steps.append(f"第{n}个工作日为{_day(last)}，即期满日。")
    return _count(first, last, steps, _unknown((begin, *skipped, *counted), calendar))


def _count(first: date, last: date, steps: list[str], unknown: tuple[int, ...]) -> Count:
    """The result, with a warning for years of which only the weekends are known."""
    if unknown:
        years = "、".join(f"{year}年" for year in unknown)
        steps.append(f"{years}的放假安排未在日历中公布，暂按周末推算，公布后以重新计算的结果为准。")
    return Count(first, last, tuple(steps), bool(unknown))


def _opening(start: date, first: date, n: int, unit: str) -> str:
    """The first step: from when, and whether that day counts."""
    if first == start:
        return f"自{_day(start)}起算，当日计入；共{n}个{UNITS[unit]}，第1日为{_day(first)}。"
    if unit == "calendar":
        return f"自{_day(start)}起算，当日不计入（{_basis(start, '第二百零一条')}）；共{n}个{UNITS[unit]}，第1日为{_day(first)}。"
    return f"自{_day(start)}起算；共{n}个{UNITS[unit]}，第1个工作日为{_day(first)}。"


def _rolled(nominal: date, last: date, basis: str, calendar: Calendar) -> list[str]:
    """How the last day moved off rest days, if it did."""
    if nominal == last:
        return [f"{_day(last)}是工作日{_reason(last, calendar)}，即期满日。"]
    rest = [nominal + timedelta(days=offset) for offset in range((last - nominal).days)]
    return [
        f"{_listed(rest, calendar)}为休息日，期满日顺延至其后第一个工作日{_day(last)}"
        f"{_reason(last, calendar)}（{basis}）。"
    ]


def _basis(start: date, article: str) -> str:
    """The civil law in force when the term began: 民法通则, from 2017-10-01 民法总则, from 2021 民法典."""
    if start >= date(2021, 1, 1):
        return f"民法典{article}"
    return f"民法总则{article}" if start >= date(2017, 10, 1) else "民法通则第一百五十四条"


def _skipped(days: list[date], calendar: Calendar) -> list[str]:
    """The rest days that were passed over."""
    return [f"跳过{len(days)}个休息日：{_listed(days, calendar)}。"] if days else []


def _worked(days: list[date], calendar: Calendar) -> list[str]:
    """The weekend days that were worked and so counted."""
    made_up = [day for day in days if day.weekday() >= 5]
    return [f"其中调休上班的周末计入：{_listed(made_up, calendar)}。"] if made_up else []


def _listed(days: list[date], calendar: Calendar) -> str:
    """Days with their reasons; a long list is cut, and says so."""
    text = "、".join(f"{chinese(day)}（{_named(day, calendar)}）" for day in days[:SHOWN])
    return text + (f"等{len(days)}日" if len(days) > SHOWN else "")


def _named(day: date, calendar: Calendar) -> str:
    """The reason of a day, with the notice it comes from."""
    source = calendar.source(day)
    return f"{calendar.why(day)}，{source}" if source else calendar.why(day)


def _reason(day: date, calendar: Calendar) -> str:
    """In brackets, the notice that makes a weekend day a working day."""
    return f"（{_named(day, calendar)}）" if day.weekday() >= 5 else ""


def _unknown(days: Iterable[date], calendar: Calendar) -> tuple[int, ...]:
    """The years touched that were not announced, in order."""
    return tuple(sorted({day.year for day in days if not calendar.knows(day)}))


def add_months(day: date, n: int) -> date:
    """The same day ``n`` months later (earlier if negative), or that month's last day where it has no such day."""
    months = day.year * 12 + day.month - 1 + n
    year, month = months // 12, months % 12 + 1
    # Every month has 28 days: the length matters only beyond.
    return date(year, month, day.day if day.day < 29 else min(day.day, monthrange(year, month)[1]))


def add_years(day: date, n: int) -> date:
    """The same day ``n`` years later; 29 February becomes 28 February in a common year."""
    return add_months(day, 12 * n)


def lasts_years(first: date, last: date, n: int) -> bool:
    """Whether a term from ``first`` to ``last``, both days included, runs ``n`` years or more."""
    return last + timedelta(days=1) >= add_years(first, n)


def chinese(day: date) -> str:
    """2026年3月16日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _day(day: date) -> str:
    """2026年3月16日（周一）."""
    return f"{chinese(day)}（周{WEEKDAYS[day.weekday()]}）"


def day_of(text: str) -> date:
    """The day written as YYYY-MM-DD, between 1900 and 2100; CountingError for anything else."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.max
        if EARLIEST <= day <= LATEST:
            return day
    raise CountingError(f"“{text[:40]}”不是日期：应为1900年至2100年间的日期，格式如2024-05-01。")

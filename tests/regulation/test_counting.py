"""The legal clock: what a lawyer would count by hand, and a day-by-day oracle for the rest."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makerspace.regulation.calendar_days import ANNOUNCED, LEGAL_DAYS, NOTICES, LegalDay
from makerspace.regulation.counting import (
    LATEST,
    OFFICIAL,
    CountingError,
    FirstDay,
    Unit,
    add_months,
    add_years,
    count_days,
    day_of,
    lasts_years,
)

DAYS = st.dates(date(2017, 1, 1), date(2026, 12, 31))
D = date.fromisoformat


@pytest.mark.parametrize(
    ("case", "start", "n", "unit", "first_day", "first", "last"),
    [
        ("平日七天", "2026-03-09", 7, "calendar", "excluded", "2026-03-10", "2026-03-16"),
        ("当日计入", "2026-03-10", 7, "calendar", "included", "2026-03-10", "2026-03-16"),
        ("期满在周六，顺延到周一", "2026-03-14", 7, "calendar", "excluded", "2026-03-15", "2026-03-23"),
        ("期满在清明假期，顺延到节后", "2026-03-30", 7, "calendar", "excluded", "2026-03-31", "2026-04-07"),
        ("期满在春节假期，顺延九天", "2026-02-08", 7, "calendar", "excluded", "2026-02-09", "2026-02-24"),
        ("期满在调休上班的周日，不顺延", "2026-09-13", 7, "calendar", "excluded", "2026-09-14", "2026-09-20"),
        ("国庆与中秋相连", "2025-09-24", 7, "calendar", "excluded", "2025-09-25", "2025-10-09"),
        ("首日是休息日也计入自然日", "2026-03-13", 1, "calendar", "excluded", "2026-03-14", "2026-03-16"),
        ("十个工作日跨劳动节，调休的周六计入", "2026-04-27", 10, "working", "excluded", "2026-04-28", "2026-05-13"),
        ("周五起一个工作日是下周一", "2026-03-13", 1, "working", "excluded", "2026-03-16", "2026-03-16"),
        ("工作日当日计入", "2026-03-13", 2, "working", "included", "2026-03-13", "2026-03-16"),
        ("休息日当日计入，从下一个工作日数起", "2026-03-14", 2, "working", "included", "2026-03-16", "2026-03-17"),
        ("2020年春节延长", "2020-01-23", 1, "working", "excluded", "2020-02-03", "2020-02-03"),
    ],
)
def test_a_term_runs_as_the_law_says(
    case: str, start: str, n: int, unit: Unit, first_day: FirstDay, first: str, last: str
) -> None:
    count = count_days(D(start), n, unit, first_day)

    assert (count.first_day, count.last_day, count.provisional) == (D(first), D(last), False), case


def test_every_step_of_a_rolled_term_is_explained_with_its_source() -> None:
    count = count_days(date(2026, 3, 30), 7)

    assert count.steps == (
        "自2026年3月30日（周一）起算，当日不计入（民法典第二百零一条）；共7个自然日，第1日为2026年3月31日（周二）。",
        "第7日为2026年4月6日（周一）。",
        "2026年4月6日（清明节假期，国办发明电〔2025〕7号）为休息日，期满日顺延至其后第一个工作日"
        "2026年4月7日（周二）（民法典第二百零三条）。",
    )


def test_every_step_of_a_term_in_working_days_is_explained() -> None:
    count = count_days(date(2026, 9, 19), 2, "working", "included")

    assert count.steps == (
        "自2026年9月19日（周六）起算；共2个工作日，第1个工作日为2026年9月20日（周日）。",
        "跳过1个休息日：2026年9月19日（周六）。",
        "其中调休上班的周末计入：2026年9月20日（国庆节调休上班，国办发明电〔2025〕7号）。",
        "第2个工作日为2026年9月21日（周一），即期满日。",
    )


def test_a_long_list_of_rest_days_is_cut_and_says_so() -> None:
    skipped = count_days(date(2026, 3, 2), 60, "working").steps[1]

    assert skipped.startswith("跳过27个休息日：")
    assert skipped.count("、") == 19
    assert skipped.endswith("等27日。")


@pytest.mark.parametrize(
    ("start", "basis"),
    [
        ("2017-09-30", "民法通则第一百五十四条"),
        ("2017-10-01", "民法总则第二百零一条"),
        ("2020-12-31", "民法总则第二百零一条"),
        ("2021-01-01", "民法典第二百零一条"),
    ],
)
def test_the_civil_law_of_its_day_is_cited(start: str, basis: str) -> None:
    assert basis in count_days(D(start), 3).steps[0]


def test_a_year_not_announced_is_counted_by_weekends_and_marked_provisional() -> None:
    count = count_days(date(2027, 9, 24), 7)

    # 2027-10-01 is a Friday: no holiday is invented.
    assert (count.last_day, count.provisional) == (date(2027, 10, 1), True)
    assert count.steps[-1].startswith("2027年的放假安排未在日历中公布，暂按周末推算")


def test_a_working_term_that_reaches_into_a_year_not_announced_is_provisional() -> None:
    assert count_days(date(2026, 12, 24), 5, "working").provisional is False
    assert count_days(date(2026, 12, 24), 6, "working").provisional is True


def test_the_bureau_can_lay_its_lines_over_the_calendar() -> None:
    notice = [
        LegalDay(date(2027, 10, 1), False, "国庆节假期", "新通知"),
        LegalDay(date(2027, 10, 2), True, "调休上班", "新通知"),
    ]
    calendar = OFFICIAL.changed(notice, {2027})

    count = count_days(date(2027, 9, 24), 7, calendar=calendar)

    assert (count.last_day, count.provisional) == (date(2027, 10, 2), False)
    assert OFFICIAL.is_working(date(2027, 10, 1))


@given(DAYS)
def test_the_calendar_agrees_with_an_independent_one(day: date) -> None:
    assert OFFICIAL.is_working(day) is chinese_calendar.is_workday(day)


def test_the_calendar_agrees_on_every_day_of_its_ten_years() -> None:
    days = [date(2017, 1, 1) + timedelta(days=offset) for offset in range(3652)]

    assert days[-1] == date(2026, 12, 31)
    assert [day for day in days if OFFICIAL.is_working(day) is not chinese_calendar.is_workday(day)] == []


def test_every_announced_day_names_its_notice_once() -> None:
    assert frozenset(range(2017, 2027)) == ANNOUNCED
    assert all("国办发明电〔20" in notice.source for notice in NOTICES)
    assert len({row.day for row in LEGAL_DAYS}) == len(LEGAL_DAYS)
    assert all(row.day.weekday() >= 5 for row in LEGAL_DAYS if row.working)


@given(DAYS, st.integers(1, 90), st.sampled_from(["excluded", "included"]))
def test_calendar_days_agree_with_counting_on_fingers(start: date, n: int, first_day: FirstDay) -> None:
    day = start if first_day == "included" else start + timedelta(days=1)
    first = day
    for _ in range(n - 1):
        day += timedelta(days=1)
    while not OFFICIAL.is_working(day):
        day += timedelta(days=1)

    assert count_days(start, n, "calendar", first_day)[:2] == (first, day)


@given(DAYS, st.integers(1, 60), st.sampled_from(["excluded", "included"]))
def test_working_days_agree_with_counting_on_fingers(start: date, n: int, first_day: FirstDay) -> None:
    day = start if first_day == "included" else start + timedelta(days=1)
    counted: list[date] = []
    while len(counted) < n:
        if OFFICIAL.is_working(day):
            counted.append(day)
        day += timedelta(days=1)

    assert count_days(start, n, "working", first_day)[:2] == (counted[0], counted[-1])


@pytest.mark.parametrize(
    ("start", "n", "first_day"),
    [("2100-12-31", 1, "included"), ("2100-12-25", 7, "included"), ("2100-12-24", 7, "excluded")],
)
@pytest.mark.parametrize("unit", ["calendar", "working"])
def test_a_term_may_end_on_the_last_day_that_is_known(start: str, n: int, first_day: FirstDay, unit: Unit) -> None:
    days = n if unit == "calendar" else 1 + (n > 1) * 4

    assert count_days(date.fromisoformat(start), days, unit, first_day).last_day == LATEST


@pytest.mark.parametrize(
    ("start", "n", "unit", "first_day", "words"),
    [
        ("2026-03-16", 0, "calendar", "excluded", "不小于1"),
        ("2026-03-16", -7, "working", "excluded", "不小于1"),
        ("2026-03-16", 10**9, "calendar", "excluded", "1900年至2100年"),
        ("2100-12-20", 10, "working", "excluded", "1900年至2100年"),
        ("2100-12-31", 1, "calendar", "excluded", "1900年至2100年"),
        ("2100-12-31", 2, "calendar", "included", "1900年至2100年"),
        ("9999-12-31", 1, "calendar", "included", "1900年至2100年"),
        ("1899-12-31", 1, "calendar", "excluded", "1900年至2100年"),
        ("2026-03-16", 1, "weeks", "excluded", "calendar 或 working"),
        ("2026-03-16", 1, "calendar", "maybe", "excluded 或 included"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_one_sentence(
    start: str, n: int, unit: Unit, first_day: FirstDay, words: str
) -> None:
    with pytest.raises(CountingError, match=words):
        count_days(D(start), n, unit, first_day)


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-09-16", 6, "2026-03-16"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-31", -3, "2025-10-31"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-05-30", -3, "2026-02-28"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day: str, n: int, result: str) -> None:
    assert add_months(D(day), n) == D(result)


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("first", "last", "years", "holds"),
    [
        ("2023-04-01", "2026-03-31", 3, True),
        ("2023-04-01", "2026-03-30", 3, False),
        ("2024-02-29", "2027-02-27", 3, True),
        ("2024-02-29", "2027-02-26", 3, False),
    ],
)
def test_a_term_lasts_years_with_both_days_included(first: str, last: str, years: int, holds: bool) -> None:
    assert lasts_years(D(first), D(last), years) is holds


@pytest.mark.parametrize(
    "text", ["", "2026-3-16", "20260316", "2026-02-30", "2026-W10-1", "1899-12-31", "2101-01-01", "２０２６-03-16"]
)
def test_a_day_is_written_in_one_way_only(text: str) -> None:
    with pytest.raises(CountingError, match="格式如2024-05-01"):
        day_of(text)


def test_a_day_is_read() -> None:
    assert (day_of("2026-03-16"), day_of("2100-12-31")) == (date(2026, 3, 16), LATEST)

"""Open hours, openness with its formula, the facts of the year, and the calendar that programs read."""

from datetime import date, time, timedelta

import pytest

from makerspace.matters.support import operations
from makerspace.matters.support.forms.facilities import HoursRow
from makerspace.matters.support.hours import Span, open_on, slots, weekly, without
from makerspace.matters.support.models import Closure, Offer, OpenHours, Weekday
from makerspace.matters.support.operations.calendar import make_key, revoke_key
from makerspace.matters.support.queries import ServiceFacts, service_facts
from makerspace.matters.support.queries.calendar import Appointment, feed, icalendar, person_behind
from makerspace.matters.support.queries.facilities import offer_of, week_of
from makerspace.matters.support.queries.facts import openness
from makerspace.matters.support.queries.mentors import directory, with_load
from makerspace.matters.support.queries.waiting import errands_of
from makerspace.office.people.operations import disable
from makerspace.office.record import clock
from tests.matters.support.helping import MONDAY, NOW, OFFER, THURSDAY, Scene, ask, at, book, scene


def hours(weekday: int, opens: int, closes: int, since: date = MONDAY, until: date | None = None) -> OpenHours:
    return OpenHours(weekday=weekday, opens=time(opens), closes=time(closes), since=since, until=until)


# -- hours -------------------------------------------------------------------------------------------------------------
def test_hours_hold_on_their_weekday_and_for_their_time() -> None:
    rows = [hours(1, 9, 12), hours(1, 13, 17), hours(1, 8, 9, until=MONDAY)]

    assert [span.hours for span in open_on(MONDAY, rows, [])] == [1, 3, 4]
    assert [span.hours for span in open_on(MONDAY + timedelta(days=7), rows, [])] == [3, 4]
    assert open_on(MONDAY + timedelta(days=1), rows, []) == []
    assert open_on(MONDAY - timedelta(days=7), rows, []) == []


def test_a_closure_and_a_public_holiday_shut() -> None:
    rows, qingming = [hours(1, 9, 12)], date(2026, 4, 6)
    shut = [Closure(first_day=MONDAY, last_day=MONDAY, reason="检修")]

    assert open_on(MONDAY, rows, shut) == []
    assert open_on(qingming, rows, []) == []
    assert len(open_on(qingming, rows, [], on_holidays=True)) == 1


def test_what_is_taken_is_cut_out() -> None:
    day = Span(at(MONDAY, 9), at(MONDAY, 17))

    left = without([day], [Span(at(MONDAY, 10), at(MONDAY, 11)), Span(at(MONDAY, 16), at(MONDAY, 18))])

    assert left == [Span(at(MONDAY, 9), at(MONDAY, 10)), Span(at(MONDAY, 11), at(MONDAY, 16))]
    assert len(slots(day)) == 16


def test_weekly_hours_read_as_people_say_them() -> None:
    rows = [hours(day, opens, closes) for day in (1, 2, 3, 5) for opens, closes in ((9, 12), (13, 17))]

    assert weekly(rows) == ["周一至周三 09:00—12:00、13:00—17:00", "周五 09:00—12:00、13:00—17:00"]


# -- a week ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_week_shows_what_is_free_taken_and_over() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking = book(here)
        offer = offer_of(here.offer.pk, MONDAY)
        assert offer is not None
        week = week_of(offer, MONDAY, at(MONDAY, 10, 10))

    assert [(part.state, part.span.hours) for part in week[0].parts] == [("over", 1.5), ("free", 1.5), ("free", 4)]
    assert [(part.state, part.booking) for part in week[3].parts] == [
        ("taken", booking),
        ("free", None),
        ("free", None),
    ]
    assert (week[5].parts, week[5].closed) == ([], "不开放")


# -- openness ----------------------------------------------------------------------------------------------------------
def used(here: Scene) -> None:
    """One booking used for an hour and a half of two, one refused, one that nobody answered, one taken back."""
    with clock.pretending(NOW):
        first, second, third, fourth = (
            book(here), book(here, start=14, end=15), book(here, start=15, end=16), book(here, start=16, end=17)
        )  # fmt: skip
        operations.confirm(first, by=here.keeper, on=MONDAY)
        operations.refuse(second, by=here.keeper, on=MONDAY, reason="设备检修")
        operations.withdraw(fourth, by=here.asker, on=MONDAY)
    with clock.pretending(at(THURSDAY, 17)):
        operations.lapse_due(clock.now())
        operations.complete(
            first, by=here.keeper, on=THURSDAY, start=at(THURSDAY, 9), end=at(THURSDAY, 10, 30), attendance=3
        )
        operations.rate(first, by=here.asker, on=THURSDAY, stars=4)
    third.refresh_from_db()


@pytest.mark.django_db
@pytest.mark.both
def test_openness_is_measured_by_the_formula() -> None:
    here = scene()
    used(here)

    row = openness(Offer.objects.all(), MONDAY, MONDAY + timedelta(days=6), at(date(2026, 3, 23), 9))[0]

    assert (row.open_hours, row.booked_hours, row.used_hours) == (35, 2, 1.5)
    assert (row.asked, row.refused, row.lapsed, row.stars) == (4, 1, 1, 4)
    assert (row.due, row.in_time, row.punctuality) == (3, 2, 2 / 3)
    assert row.usage == 1.5 / 35


@pytest.mark.django_db
def test_openness_counts_no_day_to_come_and_keeps_the_hours_of_its_time() -> None:
    here = scene()
    with clock.pretending(at(MONDAY + timedelta(days=1), 9)):
        short = [HoursRow(weekday=Weekday.TUESDAY, opens="09:00", closes="10:00")]
        operations.change_offer(here.offer, by=here.keeper, on=clock.today(), hours=short, **OFFER)

    now = at(MONDAY + timedelta(days=1), 12)
    row = openness(Offer.objects.all(), MONDAY, MONDAY + timedelta(days=30), now)[0]

    assert row.open_hours == 7 + 1  # Monday by the old hours, Tuesday by the new ones
    assert (row.usage, row.punctuality, row.stars) == (0, None, None)


@pytest.mark.django_db
def test_a_closed_offer_is_open_no_longer() -> None:
    here = scene()
    with clock.pretending(NOW):
        operations.close_offer(here.offer, by=here.keeper, on=MONDAY, reason="报废")

    row = openness(Offer.objects.all(), MONDAY, THURSDAY, at(date(2026, 3, 23), 9))[0]
    assert (row.open_hours, row.usage) == (0, None)


# -- facts of the year -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.both
def test_service_facts_count_what_was_asked_and_what_took_place() -> None:
    here = scene()
    used(here)
    with clock.pretending(NOW):
        session = ask(here, day=THURSDAY + timedelta(days=1))
        operations.confirm(session, by=here.adviser, on=MONDAY)
    day = THURSDAY + timedelta(days=1)
    with clock.pretending(at(day, 18)):
        operations.complete(session, by=here.adviser, on=day, start=at(day, 14), end=at(day, 15), attendance=2)

    assert service_facts(here.makerspace, MONDAY, MONDAY + timedelta(days=6)) == ServiceFacts(
        bookings=4, bookings_agreed=1, uses=1, use_hours=1.5, sessions_asked=1, sessions_held=1, session_hours=1,
        attendance=5, tenants=1, facilities=1, mentors=1,
    )  # fmt: skip
    assert service_facts(here.makerspace, MONDAY, THURSDAY).sessions_held == 0
    assert service_facts(here.makerspace, date(2025, 1, 1), date(2025, 12, 31)).bookings == 0


@pytest.mark.django_db
def test_a_mentors_load_and_the_directory() -> None:
    here = scene()
    with clock.pretending(NOW):
        ask(here)

        load = with_load(MONDAY).get(pk=here.mentor.pk)
        assert (load.waiting, load.coming, load.held) == (1, 0, 0)
        assert [list(directory(MONDAY, field)) for field in ("finance", "law", "nonsense")] == [[here.mentor], [], []]
        operations.end_mentor(here.mentor, by=here.bureau, on=MONDAY, reason="聘期届满")
        assert not directory(MONDAY).exists()


# -- what waits --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.both
def test_what_waits_stands_on_the_desks() -> None:
    here, later = scene(), date(2026, 3, 27)
    with clock.pretending(NOW):
        book(here, day=later)
        operations.confirm(book(here), by=here.keeper, on=MONDAY)
        ask(here)
        waits = {
            name: [row.what for row in errands_of(getattr(here, name), MONDAY)]
            for name in ("keeper", "adviser", "bureau")
        }
    with clock.pretending(at(date(2026, 3, 20), 9)):
        operations.lapse_due(clock.now())
        late = {
            name: [row.what for row in errands_of(getattr(here, name), clock.today())]
            for name in ("keeper", "adviser", "bureau")
        }

    assert waits == {"keeper": ["答复预约"], "adviser": ["答复辅导约请"], "bureau": []}
    assert (sorted(late["keeper"]), late["adviser"], late["bureau"]) == (["登记完成情况", "答复预约"], [], ["代为答复"])


# -- the calendar ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_feed_shows_ones_own_and_says_what_fell_through() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking, other = book(here), book(here, start=14, end=15)
        session = ask(here)
        operations.refuse(other, by=here.keeper, on=MONDAY, reason="检修")

        texts = {name: feed(getattr(here, name), NOW) for name in ("asker", "keeper", "adviser", "bureau")}

    assert f"UID:booking-{booking.pk}@" in texts["asker"]
    assert f"UID:session-{session.pk}@" in texts["asker"]
    assert "STATUS:CANCELLED" in texts["keeper"]
    assert "DTSTART:20260319T010000Z\r\nDTEND:20260319T030000Z" in texts["keeper"]
    assert "session-" not in texts["keeper"]
    assert "booking-" not in texts["adviser"]
    assert "BEGIN:VEVENT" not in texts["bureau"]
    assert str(here.asker) not in texts["keeper"]


@pytest.mark.django_db
def test_the_feed_escapes_and_folds() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking = book(here)
    booking.purpose = "一,二;三\\四\n五" + "很长的用途" * 20

    text = icalendar([Appointment(booking, "标题", "地点", "/work/")], "日程")

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "DESCRIPTION:一\\,二\\;三\\\\四\\n五" in text.replace("\r\n ", "")
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")


@pytest.mark.django_db
def test_a_key_ends_when_revoked_made_anew_or_the_account_is_locked() -> None:
    here = scene()

    def secret_of(path: str) -> str:
        return path.rpartition("/")[2].removesuffix(".ics")

    first = secret_of(make_key(here.asker))
    second = secret_of(make_key(here.asker))
    assert (person_behind(first), person_behind(second)) == (None, here.asker)
    assert revoke_key(here.asker)
    assert not revoke_key(here.asker)
    assert person_behind(second) is None
    third = secret_of(make_key(here.asker))
    disable(here.asker)
    assert person_behind(third) is None

"""What the demo city promises: every stage of every matter reached by real acts, a year that is whole, and a week that is lived."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count, QuerySet
from pytest_django import DjangoDbBlocker, Settings

from makerspace.doors.training.helping import is_open, last_open, next_open
from makerspace.matters.application.models import Application
from makerspace.matters.assessment.models import Assessment
from makerspace.matters.recognition.models import Title
from makerspace.matters.support.hours import monday_of
from makerspace.matters.support.models import Booking, Letter, Session
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Authority
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.regulation.terms import Procedure
from tests.cities import NOW, WEDNESDAY, copy_city
from tests.factories import REGULATION
from tests.threads import shared_database

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


# -- the city, built once ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def _city(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The city as it is on a Wednesday in December; gone afterwards."""
    folder = tmp_path_factory.mktemp("city")
    with django_db_blocker.unblock(), shared_database(folder, copy_city(folder)):
        yield folder


@pytest.fixture
def city(_city: Path, settings: Settings) -> Iterator[None]:
    """It is ten o'clock in the city."""
    settings.STORAGE_ROOT = _city / "files"
    with clock.pretending(NOW):
        yield


def table(kind: str) -> Procedure:
    return by_id(REGULATION).procedure(kind)


def stages(kind: str) -> Counter[str]:
    """How many cases of that kind stand where."""
    return Counter(Case.objects.filter(kind=kind).values_list("stage", flat=True))


@pytest.mark.usefixtures("city")
def test_nineteen_authorities_and_some_forty_makerspaces_of_every_authority() -> None:
    names = set(Application.objects.values_list("case__subject", flat=True))
    places = set(Case.objects.filter(kind="recognition").values_list("authority__code", flat=True))

    assert Authority.objects.count() == 19
    assert 38 <= len(names) <= 44
    assert places == set(Authority.objects.values_list("code", flat=True))


@pytest.mark.usefixtures("city")
def test_titles_are_of_several_years() -> None:
    given = Counter(day.year for day in Title.objects.values_list("since", flat=True))

    assert len(given) >= 2
    assert min(given.values()) >= 3


@pytest.mark.usefixtures("city")
def test_a_grant_stands_in_every_stage() -> None:
    assert set(stages("grant")) == {stage.code for stage in table("grant").stages}
    assert set(stages("grant")) == {
        "awaiting_account", "account_check", "payable", "approved", "paid", "use_check", "closed", "waived", "recovered",
    }  # fmt: skip


@pytest.mark.usefixtures("city")
def test_one_year_is_wholly_assessed_and_a_title_is_about_to_be_revoked() -> None:
    final = {stage.code for stage in table("assessment").stages if stage.final}
    by_year: dict[int, set[str]] = {}
    for year, stage in Assessment.objects.values_list("year", "case__stage"):
        by_year.setdefault(year, set()).add(stage)
    whole = [year for year, found in by_year.items() if found <= final]
    (latest,) = by_year.keys() - set(whole)

    assert whole == [latest - 1]
    assert by_year[latest] >= {"reporting", "district_check", "scoring", "decision", "passed", "deferred"}
    assert by_year[latest] & {"defence", "revocation_decision"}


@pytest.mark.usefixtures("city")
def test_changes_stand_in_several_stages_and_a_letter_was_used() -> None:
    assert {"granted", "decision", "district_opinion", "confirmation"} <= set(stages("change"))
    assert {"issued", "requested"} <= set(stages("priority"))
    assert sum(Letter.objects.annotate(used=Count("uses")).values_list("used", flat=True)) >= 1


@pytest.mark.usefixtures("city")
def test_an_application_stands_in_almost_every_stage() -> None:
    never = {"objection_review", "announcement", "lapsed"}  # hours in a city's life; a tick away from what is there

    assert set(stages("recognition")) == {stage.code for stage in table("recognition").stages} - never


def this_week(rows: QuerySet[Booking] | QuerySet[Session]) -> Counter[str]:
    """In which states bookings or sessions of this week are, by whether their time has come."""
    monday = datetime.combine(monday_of(WEDNESDAY), time(), clock.KUNMING)
    found = rows.filter(start__gte=monday, start__lt=monday + WEEK).values_list("start", "state")
    return Counter(f"{state} {'before' if start < NOW else 'after'}" for start, state in found)


@pytest.mark.usefixtures("city")
def test_bookings_and_sessions_of_this_week_were_held_and_are_to_come() -> None:
    bookings, sessions = this_week(Booking.objects.all()), this_week(Session.objects.all())

    assert (bookings["done before"] >= 1, bookings["agreed after"] >= 1, bookings["asked after"] >= 1) == (True,) * 3
    assert (sessions["done before"] >= 1, sessions["agreed after"] >= 1) == (True, True)


@pytest.mark.usefixtures("city")
def test_the_record_of_the_whole_city_holds_and_comes_out_again() -> None:
    said = io.StringIO()

    call_command("verify_record", stdout=said, stderr=said)
    call_command("replay", stdout=said, stderr=said)

    lines = said.getvalue().splitlines()
    assert (len(lines), lines[0].startswith("案卷完好：记录 "), lines[-1]) == (2, True, "重算一致。"), lines


# -- its week, whatever day it is --------------------------------------------------------------------------------------
def lives(today: date) -> bool:
    """Whether the city's days on that day are open, in order, and of its own week wherever that week has such days."""
    week = [monday_of(today) + DAY * number for number in range(7)]
    behind, ahead = last_open(today - DAY), next_open(today, 5)
    return (
        all(is_open(day) for day in (behind, *ahead))
        and [behind, today, *ahead] == sorted({behind, today, *ahead})
        and (behind in week) == any(is_open(day) for day in week if day < today)
        and (ahead[0] in week) == any(is_open(day) for day in week if day > today)
    )


def test_its_week_has_something_behind_and_something_ahead_on_any_day() -> None:
    days = [date(2025, 12, 1) + DAY * number for number in range(400)]

    assert [day for day in days if not lives(day)] == []


def test_a_weekend_that_is_worked_and_a_holiday_are_not_open() -> None:
    worked, holiday, plain = date(2026, 10, 10), date(2026, 10, 1), date(2026, 10, 9)

    assert [is_open(day) for day in (worked, holiday, plain)] == [False, False, True]
    assert next_open(date(2026, 10, 8), 2) == [date(2026, 10, 9), date(2026, 10, 12)]
    assert last_open(date(2026, 10, 7)) == date(2026, 9, 30)

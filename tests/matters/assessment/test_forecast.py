"""The forecast: what this year would score as things stand, for the unit itself, its district and the city."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.assessment.operations import figures
from makerspace.matters.assessment.queries import forecast as queries
from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.operations import announce
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.queries import REGISTERS
from makerspace.office.people.models import Membership, Person
from makerspace.office.record import clock
from makerspace.regulation.scheme import Scored
from makerspace.regulation.terms import Role
from tests.factories import make_person
from tests.matters.assessment.people import Office
from tests.matters.assessment.test_scheme import published, signed_in
from tests.matters.assessment.test_trial import LATER
from tests.matters.recognition.helpers import NUMBER, ON, leader, waiting_case
from tests.matters.registers.keeping import enter

pytestmark = [pytest.mark.django_db, pytest.mark.both]
BASE = "/work/assessment/forecast/"


@pytest.fixture
def titles() -> list[Title]:
    """Two titles of two units in one district."""
    announce([waiting_case(1), waiting_case(2)], document_number=NUMBER, by=leader(), on=ON)
    return list(Title.objects.order_by("number"))


@pytest.fixture(autouse=True)
def in_december() -> Any:
    """Late in the year that is forecast."""
    with time_machine.travel(f"{LATER.isoformat()}T02:00:00Z"):
        yield


def owner(title: Title) -> Person:
    return Membership.objects.get(organisation=title.organisation).person


def reported(title: Title, **values: int) -> YearFigures:
    """Figures of a verified report."""
    return YearFigures.objects.create(
        title=title, year=LATER.year, source="report", values={code: str(value) for code, value in values.items()},
        taken_at=clock.now(), taken_by=owner(title),
    )  # fmt: skip


def test_the_clock_renews_every_title_s_year_once_a_day(titles: list[Title]) -> None:
    counts = [figures.renew_figures(LATER) for _ in range(2)]
    rows = list(YearFigures.objects.values_list("year", "source", "taken_by"))
    with time_machine.travel(f"{LATER + timedelta(1)}T02:00:00Z"):
        next_day = figures.renew_figures(LATER + timedelta(1))

    assert (counts, next_day, rows) == ([2, 0], 2, [(2026, "registers", None)] * 2)
    assert YearFigures.objects.count() == 2


def test_one_that_cannot_be_added_up_keeps_no_other_from_it(
    titles: list[Title], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counted = figures.added_up

    def broken(makerspace: Makerspace, first: date, last: date) -> dict[str, Decimal]:
        if makerspace == titles[0].makerspace:
            raise ValueError("a line that says nothing")
        return counted(makerspace, first, last)

    monkeypatch.setattr(figures, "added_up", broken)
    first = figures.renew_figures(LATER)
    monkeypatch.undo()

    assert (first, figures.renew_figures(LATER)) == (1, 1)  # mended, it is added up the same day
    assert titles[0].number in caplog.text


def test_what_the_bureau_added_up_today_is_left_as_it_is(titles: list[Title]) -> None:
    figures.take_figures(LATER.year, by=make_person(Role.BUREAU), on=LATER)

    assert figures.renew_figures(LATER) == 0
    assert not YearFigures.objects.filter(taken_by=None).exists()


def test_a_line_entered_in_a_register_is_in_the_forecast_at_once(titles: list[Title]) -> None:
    title = titles[0]
    before = queries.forecast(title, LATER).scored
    enter(title.makerspace, REGISTERS["partners"], owner(title), agreement_to="2027-06-30")

    after = queries.forecast(title, LATER).scored

    assert (_points(before, "partners"), _points(after, "partners")) == (Decimal(0), Decimal(1))


def _points(scored: Scored, code: str) -> Decimal:
    return next(line.points for line in scored.lines if line.code == code)


def test_the_forecast_compares_with_the_others_and_says_where_most_is_lost(titles: list[Title]) -> None:
    reported(titles[0], tenant_revenue=50, financed=3)
    reported(titles[1], tenant_revenue=100)

    found = queries.forecast(titles[0], LATER)

    points = {line.code: line.points for line in found.scored.lines}
    assert (points["revenue"], points["financed"], found.year) == (Decimal("1.5"), Decimal(6), None)
    assert [(line.code, lost) for line, lost in found.hints[:2]] == [("residents", 10), ("events", 8)]
    assert [(label, len(lines)) for label, _, lines in found.parts][-1] == ("加分项", 3)


def test_the_latest_published_scheme_is_used(office: Office, titles: list[Title]) -> None:
    published(office, 2024)
    reported(titles[0], mentors=3)

    found = queries.forecast(titles[0], LATER)

    assert (found.scheme, found.year) == ("2024年度考核方案（系统默认）", 2024)


def test_the_unit_reads_how_its_year_stands(titles: list[Title]) -> None:
    page = signed_in(owner(titles[0])).get(f"{BASE}{titles[0].number}/").content.decode()

    assert "目前：不合格：总分" in page
    assert "登记册一改，这里随即更新" in page
    assert "按系统默认方案计算，仅供参考" in page


def test_a_verified_report_takes_the_registers_place(titles: list[Title]) -> None:
    reported(titles[0], mentors=3)

    page = signed_in(owner(titles[0])).get(f"{BASE}{titles[0].number}/").content.decode()

    assert "数据为已核实的年度报告" in page
    assert "按未填报计0分" not in page


def test_the_list_says_how_each_stands_once_it_was_added_up(titles: list[Title]) -> None:
    client = signed_in(make_person(Role.DISTRICT, "wuhua"))

    before = client.get(BASE).content.decode()
    figures.renew_figures(LATER)
    after = client.get(BASE).content.decode()

    assert [page.count("尚未汇总") for page in (before, after)] == [2, 0]
    assert after.count("不合格</span>") == 2


def test_the_list_shows_ones_own_titles_alone(titles: list[Title]) -> None:
    page = signed_in(owner(titles[0])).get(BASE).content.decode()

    assert titles[0].number in page
    assert titles[1].number not in page


def test_another_unit_finds_nothing(titles: list[Title]) -> None:
    client = signed_in(owner(titles[1]))

    assert client.get(f"{BASE}{titles[0].number}/").status_code == 404


def test_its_district_reads_it(titles: list[Title]) -> None:
    answer = signed_in(make_person(Role.DISTRICT, "wuhua")).get(f"{BASE}{titles[0].number}/")

    assert (answer.status_code, YearFigures.objects.exists()) == (200, False)


@pytest.mark.parametrize("number", ["x", "KMZC-1999-001", "’"])
def test_an_odd_number_is_not_there(titles: list[Title], number: str) -> None:
    assert signed_in(owner(titles[0])).get(f"{BASE}{number}/").status_code == 404

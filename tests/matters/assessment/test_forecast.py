"""The forecast: what this year would score as things stand, for the unit itself, its district and the city."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine

from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.assessment.operations import figures
from makerspace.matters.assessment.queries import forecast as queries
from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.operations import announce
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Membership, Person
from makerspace.regulation.terms import Role
from tests.factories import make_person
from tests.matters.assessment.people import Office
from tests.matters.assessment.test_scheme import published, signed_in
from tests.matters.assessment.test_trial import LATER
from tests.matters.recognition.helpers import NUMBER, ON, leader, waiting_case

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
    """Figures as though added up."""
    made = figures.take_own_figures(title, by=owner(title), on=LATER)
    YearFigures.objects.filter(pk=made.pk).update(values={code: str(value) for code, value in values.items()})
    return made


def test_a_unit_adds_up_its_own_year_as_often_as_it_likes(titles: list[Title]) -> None:
    first, again = (figures.take_own_figures(titles[0], by=owner(titles[0]), on=LATER) for _ in range(2))

    assert first.pk == again.pk
    assert (again.year, again.source, again.taken_by) == (2026, "registers", owner(titles[0]))


@pytest.mark.parametrize("role", [Role.BUREAU, Role.DISTRICT, Role.LEADER, None])
def test_nobody_else_adds_it_up(titles: list[Title], role: Role | None) -> None:
    stranger = make_person(role) if role else owner(titles[1])

    with pytest.raises(Refused) as caught:
        figures.take_own_figures(titles[0], by=stranger, on=LATER)

    assert (caught.value.refusal.code, caught.value.refusal.articles) == ("not_yours", (18,))


def test_the_forecast_compares_with_the_others_and_says_where_most_is_lost(titles: list[Title]) -> None:
    reported(titles[0], tenant_revenue=50, financed=3)
    reported(titles[1], tenant_revenue=100)

    found = queries.forecast(titles[0], 2026)

    assert found is not None
    points = {line.code: line.points for line in found.scored.lines}
    assert (points["revenue"], points["financed"], found.year) == (Decimal("1.5"), Decimal(6), None)
    assert [(line.code, lost) for line, lost in found.hints[:2]] == [("residents", 10), ("events", 8)]
    assert [(label, len(lines)) for label, _, lines in found.parts][-1] == ("加分项", 3)


def test_the_latest_published_scheme_is_used(office: Office, titles: list[Title]) -> None:
    published(office, 2024)
    reported(titles[0], mentors=3)

    found = queries.forecast(titles[0], 2026)

    assert found is not None
    assert (found.scheme, found.year) == ("2024年度考核方案（系统默认）", 2024)


def test_without_figures_there_is_no_forecast(titles: list[Title]) -> None:
    assert queries.forecast(titles[0], 2026) is None


def test_the_unit_reads_adds_up_and_reads_again(titles: list[Title]) -> None:
    client, address = signed_in(owner(titles[0])), f"{BASE}{titles[0].number}/"

    before = client.get(address).content.decode()
    sent = client.post(address)
    after = client.get(address).content.decode()

    assert "还没有汇总今年的数据" in before
    assert (sent.status_code, sent["Location"]) == (302, address)
    assert "目前：不合格：总分0分，距合格线60分还差60分。" in after
    assert "按系统默认方案计算，仅供参考" in after


def test_the_list_shows_ones_own_titles_alone(titles: list[Title]) -> None:
    page = signed_in(owner(titles[0])).get(BASE).content.decode()

    assert titles[0].number in page
    assert titles[1].number not in page


def test_another_unit_finds_nothing(titles: list[Title]) -> None:
    client = signed_in(owner(titles[1]))

    assert client.get(f"{BASE}{titles[0].number}/").status_code == 404
    assert client.post(f"{BASE}{titles[0].number}/").status_code == 404


def test_its_district_reads_it_and_cannot_add_it_up(titles: list[Title]) -> None:
    client = signed_in(make_person(Role.DISTRICT, "wuhua"))

    assert "重新汇总</button>" not in client.get(f"{BASE}{titles[0].number}/").content.decode()
    assert client.post(f"{BASE}{titles[0].number}/").status_code == 403
    assert not YearFigures.objects.exists()


@pytest.mark.parametrize("number", ["x", "KMZC-1999-001", "’"])
def test_an_odd_number_is_not_there(titles: list[Title], number: str) -> None:
    assert signed_in(owner(titles[0])).get(f"{BASE}{number}/").status_code == 404

"""Article 17: first among equals in the year after the announcement, until the title ends."""

from datetime import date
from typing import Any

import pytest

from makerspace.matters.recognition.models import Title
from makerspace.matters.support.queries.priority import priority
from makerspace.office.people.tokens import issue
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from tests.asking import browser
from tests.factories import make_organisation, make_person, member_of
from tests.matters.recognition.helpers import announced

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def title() -> Title:
    """A title of 16 March 2026."""
    announced(1)
    return Title.objects.select_related("organisation").get()


@pytest.mark.parametrize(
    ("year", "today", "holds"),
    [(2026, date(2026, 5, 1), False), (2027, date(2026, 5, 1), True), (2027, date(2027, 5, 1), True),
     (2027, date(2029, 5, 1), True), (2028, date(2028, 5, 1), False)],
)  # fmt: skip
def test_it_is_for_the_year_after_and_for_no_other(year: int, today: date, holds: bool) -> None:
    found = priority(title().organisation.uscc, year, today)

    assert found.holds is holds
    assert ("下一年度" in found.why) is (not holds)


@pytest.mark.parametrize(
    ("ended", "today", "holds"),
    [(date(2027, 4, 1), date(2027, 3, 31), True), (date(2027, 4, 1), date(2027, 4, 1), False),
     (date(2028, 2, 1), date(2028, 6, 1), True), (date(2026, 12, 1), date(2027, 1, 2), False)],
)  # fmt: skip
def test_it_ends_on_the_day_the_title_ends(ended: date, today: date, holds: bool) -> None:
    held = title()
    Title.objects.update(state="revoked", ended_on=ended)

    found = priority(held.organisation.uscc, 2027, today)

    assert found.holds is holds
    assert ("随之失效" in found.why) is (not holds)


def test_it_follows_the_operator_and_nobody_else_has_it() -> None:
    held, heir = title(), make_organisation()
    former = held.organisation.uscc
    Title.objects.update(organisation=heir)

    assert not priority(former, 2027, date(2027, 1, 1)).holds
    assert priority(heir.uscc.lower(), 2027, date(2027, 1, 1)).holds


def asked(person: Any, query: str) -> Any:
    _, secret = issue(person, "t")
    return browser(person).get(f"/api/v1/priority?{query}", headers={"authorization": f"Bearer {secret}"})


def test_an_agency_asks_by_program_and_on_its_page() -> None:
    held, agency = title(), make_person(Role.AGENCY)
    year = held.since.year + 1
    code = held.organisation.uscc
    with clock.pretending(clock.now().replace(year=year, month=1, day=5)):
        answer = asked(agency, f"uscc={code}&year={year}")
        html = browser(agency).get("/work/priority/", {"uscc": code, "year": year}).content.decode()

    assert answer.status_code == 200
    told = answer.json()
    assert (told["holds"], told["article"], told["titles"][0]["number"]) == (True, 17, held.number)
    assert "予以优先" in html
    assert held.number in html
    assert asked(member_of(held.organisation), f"uscc={code}&year={year}").status_code == 403


@pytest.mark.parametrize(
    ("query", "fields"), [("uscc=12&year=2027", {"uscc"}), ("uscc=91530102MA6K000001&year=1999", {"year"}), ("", {"uscc", "year"})]
)  # fmt: skip
def test_what_cannot_be_asked_is_named(query: str, fields: set[str]) -> None:
    agency = make_person(Role.AGENCY)

    answer = asked(agency, query)

    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == fields
    page = browser(agency).get(f"/work/priority/?{query}")
    assert page.status_code == (422 if query else 200)
    html = page.content.decode()
    assert ('name="uscc"' in html, 'name="year"' in html) == (True, True)
    assert ("需要更正" in html) is bool(query)

"""How many queries each call may make: the same for one row and for thirty."""

from typing import Any

import pytest

from makerspace.matters.recognition.operations import announce
from makerspace.matters.review.operations import close_notices
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.office.record.models import Head
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role
from tests.doors.api.conftest import NOON, Program, of, program
from tests.doors.api.life import City
from tests.factories import draft_case, make_call, make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_of_cases_costs_the_same_for_one_and_for_thirty(rows: int, django_assert_num_queries: Any) -> None:
    call, unit = make_call(), make_organisation()
    member = make_person(organisation=unit)
    for _ in range(rows):
        draft_case(call=call, organisation=unit)
    Case.objects.update(stage="decision")
    calling = program(member)
    leader, officer, expert = (program(make_person(role)) for role in (Role.LEADER, Role.BUREAU, Role.EXPERT))

    with django_assert_num_queries(6):
        assert of(leader.get("/cases"))["count"] == rows
    with django_assert_num_queries(5):
        of(officer.get("/cases"))
    with django_assert_num_queries(5):
        of(calling.get("/cases"))
    with django_assert_num_queries(5):
        assert of(expert.get("/cases"))["count"] == 0


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_for_everybody_cost_two_queries(rows: int, django_assert_num_queries: Any) -> None:
    make_call()
    for number in range(rows):
        Head.objects.create(
            day=f"2025-01-{number + 1:02d}", entries=1, algorithm="sm3", head="0" * 64, published_at=NOON
        )

    for path in ("/heads", "/calls"):
        with django_assert_num_queries(2):
            assert of(Program().get(path))["count"] >= 1


def test_a_case_costs_no_more_than_fifteen_queries(django_assert_max_num_queries: Any) -> None:
    city = City()
    number = city.concluded()

    for who in ("applicant", "district", "bureau", "leader", "auditor"):
        with django_assert_max_num_queries(15):
            of(city[who].get(f"/cases/{number}"))
        with django_assert_max_num_queries(10):
            of(city[who].get(f"/cases/{number}/record"))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_record_costs_the_same_however_long_it_is(rows: int, django_assert_num_queries: Any) -> None:
    city = City()
    number = city.submitted()
    for _ in range(rows):
        append(number, "register_paper", by=city.people["district"], role=Role.DISTRICT, on=NOON.date())

    with django_assert_num_queries(5):
        of(city["bureau"].get(f"/cases/{number}/record"))


def test_notices_and_registry_cost_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    city = City()
    number, notice = city.noticed()
    with clock.pretending(NOON.replace(day=24)):
        close_notices(clock.now())
        announce(
            [Case.objects.get(number=number)],
            document_number="昆科发〔2026〕12号",
            by=city.people["leader"],
            on=clock.today(),
        )

        with django_assert_num_queries(3):
            of(Program().get("/notices"))
        with django_assert_num_queries(2):
            of(Program().get(f"/notices/{notice}"))
        with django_assert_num_queries(2):
            of(Program().get("/registry"))
        with django_assert_num_queries(3):
            of(Program().get("/registry/KMZC-2026-001"))

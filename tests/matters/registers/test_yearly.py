"""The figures of a year: each under its code of the report, counted by hand here."""

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from makerspace.matters.registers.yearly import figures
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS
from tests.matters.registers.keeping import (
    EVENTS,
    MENTORS,
    PARTNERS,
    PREMISES,
    RESULTS,
    STAFF,
    TENANTS,
    enter,
    makerspace,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
KEPT = {"premises", "staff", "tenants", "mentors", "events", "partners"}


def test_a_year_is_counted(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    place = makerspace()
    firm, team = {"kind": "enterprise", "uscc": None}, {"kind": "team"}
    enter(
        place,
        TENANTS,
        **firm,
        name="甲",
        moved_in_on="2024-05-01",
        employees=6,
        seats=4,
        founder="student",
        grade="both",
    )
    enter(
        place,
        TENANTS,
        **firm,
        name="乙",
        moved_in_on="2025-02-01",
        employees=3,
        seats=2,
        registered_on="2025-03-01",
        grade="tech_sme",
    )
    enter(
        place,
        TENANTS,
        **firm,
        name="丙",
        moved_in_on="2024-01-01",
        moved_out_on="2025-06-30",
        left_as="graduated",
        employees=9,
        seats=9,
    )
    enter(
        place,
        TENANTS,
        **firm,
        name="丙",
        moved_in_on="2025-10-01",
        moved_out_on="2025-12-31",
        left_as="moved",
        employees=1,
    )
    enter(
        place,
        TENANTS,
        **firm,
        name="早走",
        moved_in_on="2023-01-01",
        moved_out_on="2025-01-01",
        left_as="graduated",
        employees=50,
    )
    enter(place, TENANTS, **firm, name="后来", moved_in_on="2026-01-01", employees=70, registered_on="2026-01-02")
    enter(place, TENANTS, **team, name="丁队", moved_in_on="2025-07-01", employees=4, seats=3, founder="returnee")
    for name, education, full_time in (
        ("一", "博士研究生", True),
        ("二", "硕士", True),
        ("三", "大学本科", False),
        ("四", "大专", None),
        ("五", "", None),
    ):
        enter(place, STAFF, name=name, education=education, full_time=full_time)
    enter(place, STAFF, name="离岗", left_on="2025-12-31", full_time=True)
    enter(place, MENTORS, full_time=False)
    enter(place, MENTORS, name="期满", engaged_from="2024-01-01", engaged_to="2025-12-30")
    enter(place, MENTORS, name="专职", engaged_from="2024-01-01", engaged_to="2025-12-31", full_time=True)
    enter(place, PARTNERS)
    enter(place, PARTNERS, kind="service", name="财税公司")
    enter(place, EVENTS, on="2025-12-31", hosted_as="host", participants=30)
    enter(place, EVENTS, on="2025-01-01", kind="training", hosted_as="joint", participants=12, international=True)
    enter(place, EVENTS, on="2024-12-31", hosted_as="carry_out")
    enter(place, PREMISES, seats=60)
    enter(place, PREMISES, address="停用的", used_until="2025-12-31", seats=5)
    enter(place, RESULTS, name="甲", as_of="2025-06-30", revenue_wan=1000, graduates=1)
    enter(place, RESULTS, name="甲", as_of="2025-12-31", revenue_wan=120.55, graduates=2, ip=5, ip_patents=1, tax_wan=3)
    enter(place, RESULTS, name="乙", as_of="2025-12-31", revenue_wan=0.05, graduates=None, ip=2)
    enter(place, RESULTS, name="甲", as_of="2024-12-31", revenue_wan=77)

    with django_assert_num_queries(5):
        found = figures(place, FIRST, LAST)

    assert found == {
        "area_total": Decimal("420.50"), "area_public": Decimal("60.00"), "seats": 60, "seats_used": 9,
        "staff": 5, "staff_full_time": 2, "staff_doctor": 1, "staff_master": 1, "staff_bachelor": 1, "staff_college": 1,
        "mentors": 2, "mentors_full_time": 1, "mentors_part_time": 1, "partners": 2, "partners_capital": 1,
        "teams_served": 1, "teams_new": 1, "teams_resident": 1, "team_members": 4,
        "firms_served": 3, "firms_new": 2, "firms_resident": 2, "jobs": 19,
        "by_students": 1, "by_returnees": 1, "by_researchers": 0, "by_executives": 0, "by_foreigners": 0,
        "new_firms": 1, "graduated": 1, "hightech": 1, "tech_smes": 2,
        "events": 2, "events_hosted": 1, "events_undertaken": 0, "events_joint": 1, "event_people": 42, "trainings": 1,
        "international": 1, "jobs_graduates": 2, "ip": 7, "ip_patents": 1, "tenant_revenue": 1206, "tenant_tax": 30,
    }  # fmt: skip


def test_every_figure_is_one_of_the_report_and_what_is_missing_is_known() -> None:
    found = figures(makerspace(), FIRST, LAST)
    codes = {row.code: row.source for row in FIELDS}

    assert set(found) <= set(codes)
    assert {codes[code] for code in found} == KEPT
    missing = {code for code, source in codes.items() if source in KEPT} - set(found)
    assert missing == {
        "mentor_sessions",
        "new_businesses",
    }  # sessions are counted in support; 个体工商户 are no tenants
    assert set(found.values()) == {0}


def test_parts_lie_within_their_wholes() -> None:
    place = makerspace()
    enter(place, TENANTS)
    enter(place, STAFF, education="本科")
    found = figures(place, date(2025, 1, 1), date(2026, 3, 16))

    parts = [(row.code, row.part_of) for row in FIELDS if row.part_of in found and row.code in found]
    assert parts
    assert [code for code, whole in parts if found[code] > found[whole]] == []

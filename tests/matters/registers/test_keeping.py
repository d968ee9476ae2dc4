"""Keeping registers: who may, what can't be true, what stays of a line that changes, leaves or is struck out."""

from datetime import date, timedelta
from typing import Any

import pytest

from makerspace.matters.registers import operations, queries
from makerspace.matters.registers.models import Makerspace, Revision, Tenant
from makerspace.matters.registers.operations import Incoming
from makerspace.matters.registers.queries import Register
from makerspace.regulation import by_id
from makerspace.regulation.terms import Role
from tests import factories
from tests.asking import refusal_of
from tests.matters.registers.keeping import (
    BOOKS,
    DAY,
    EVENTS,
    LINES,
    MENTORS,
    PARTNERS,
    PREMISES,
    RESULTS,
    STAFF,
    TENANTS,
    enter,
    keeper_of,
    makerspace,
    values,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]
EACH = pytest.mark.parametrize("register", BOOKS, ids=lambda register: register.code)


# -- who ---------------------------------------------------------------------------------------------------------------
@EACH
@pytest.mark.parametrize("owner", [True, False], ids=["owner", "editor"])
def test_members_of_the_unit_enter_a_line_and_it_is_recorded(register: Register, owner: bool) -> None:
    place = makerspace()
    keeper = keeper_of(place, owner=owner)

    line = enter(place, register, keeper)

    row = Revision.objects.get()
    assert (row.register, row.line, row.number, row.act, row.by) == (register.code, line.pk, 1, "add", keeper)
    assert row.values == queries.values_of(line, queries.column_names(register))
    assert {name: row.values[name] for name in LINES[register.code]} == LINES[register.code]


@pytest.mark.parametrize("role", [Role.BUREAU, Role.LEADER, Role.AUDITOR])
def test_the_bureau_reads_and_may_not_write(role: Role) -> None:
    place, officer = makerspace(), factories.make_person(role)

    refusal = refusal_of(lambda: operations.add(place, STAFF, values(STAFF), by=officer, on=DAY))

    assert list(queries.visible_to(officer, DAY)) == [place]
    assert (refusal.code, refusal.articles) == ("not_yours", (7,))


def test_its_own_district_reads_it_and_another_district_does_not_know_of_it() -> None:
    place = makerspace(place="wuhua")
    own, other = factories.make_person(Role.DISTRICT, "wuhua"), factories.make_person(Role.DISTRICT, "panlong")

    assert list(queries.visible_to(own, DAY)) == [place]
    assert list(queries.visible_to(other, DAY)) == []
    assert refusal_of(lambda: operations.add(place, STAFF, values(STAFF), by=own, on=DAY)).code == "not_yours"
    assert refusal_of(lambda: operations.add(place, STAFF, values(STAFF), by=other, on=DAY)).code == "not_found"


@pytest.mark.parametrize("role", [Role.EXPERT, Role.DISCIPLINE, Role.AGENCY, Role.SYSTEM_ADMIN])
def test_nobody_else_knows_of_it(role: Role) -> None:
    makerspace()

    assert list(queries.visible_to(factories.make_person(role), DAY)) == []


def test_another_unit_does_not_know_of_it() -> None:
    place, rival = makerspace(), keeper_of(makerspace("另一家"))

    refusal = refusal_of(lambda: enter(place, STAFF, rival))

    assert refusal.code == "not_found"
    assert Revision.objects.count() == 0


def test_registers_begin_before_there_is_a_title_and_once_only() -> None:
    unit = factories.make_organisation()
    keeper = factories.make_person(organisation=unit)
    asked: dict[str, Any] = {"authority": factories.authority(), "by": keeper, "on": DAY}

    made = operations.open_registers(unit, "新空间", **asked)

    assert list(queries.visible_to(keeper, DAY)) == [made]
    assert refusal_of(lambda: operations.open_registers(unit, "新空间", **asked)).fields == {
        "name": "已有同名众创空间的登记册"
    }
    other = factories.make_organisation()
    assert refusal_of(lambda: operations.open_registers(other, "新空间", **asked)).code == "not_yours"


# -- what can't be true ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("register", "changes", "fields"), [
    (TENANTS, {"moved_in_on": "2026-03-17"}, {"moved_in_on"}),
    (TENANTS, {"moved_out_on": "2025-04-30", "left_as": "moved"}, {"moved_out_on"}),
    (TENANTS, {"moved_out_on": "2026-03-17", "left_as": "moved"}, {"moved_out_on"}),
    (TENANTS, {"moved_out_on": "2026-03-01"}, {"left_as"}),
    (TENANTS, {"left_as": "moved"}, {"moved_out_on"}),
    (STAFF, {"left_on": "2024-02-29"}, {"left_on"}),
    (MENTORS, {"engaged_to": "2024-12-31"}, {"engaged_to"}),
    (EVENTS, {"on": "2026-03-17"}, {"on"}),
    (PARTNERS, {"agreement_to": "2024-12-31"}, {"agreement_to"}),
    (PREMISES, {"public_office_m2": 421}, {"public_office_m2"}),
    (PREMISES, {"lease_from": "2025-01-01", "lease_to": "2024-12-31"}, {"lease_to"}),
])  # fmt: skip
def test_what_cannot_be_true_is_refused_field_by_field(
    register: Register, changes: dict[str, Any], fields: set[str]
) -> None:
    refusal = refusal_of(lambda: enter(makerspace(), register, **changes))

    assert (refusal.code, set(refusal.fields)) == ("invalid", fields)
    assert Revision.objects.count() == 0


@EACH
def test_the_same_line_twice_is_refused(register: Register) -> None:
    place = makerspace()
    enter(place, register)

    refusal = refusal_of(lambda: enter(place, register))

    assert set(refusal.fields) == {register.name}
    assert Revision.objects.count() == 1


def test_who_is_here_moves_in_again_only_after_moving_out() -> None:
    place = makerspace()
    first = enter(place, TENANTS, uscc="91530102MA6K4WQX0C")

    again = {"name": "改了名的公司", "uscc": "91530102MA6K4WQX0C", "moved_in_on": "2026-02-01"}
    assert "已在驻" in refusal_of(lambda: enter(place, TENANTS, **again)).fields["uscc"]
    assert "已在驻" in refusal_of(lambda: enter(place, TENANTS, moved_in_on="2026-02-01")).fields["name"]
    operations.leave(
        place, TENANTS, first.pk, by=keeper_of(place), on=DAY, seen_version=1, day=date(2026, 1, 31), left_as="moved"
    )
    enter(place, TENANTS, **again)

    assert Tenant.objects.count() == 2


def test_a_result_is_of_a_tenant_and_its_parts_lie_within() -> None:
    place = makerspace()

    assert set(refusal_of(lambda: enter(place, RESULTS)).fields) == {"name"}
    enter(place, TENANTS)
    wrong = refusal_of(lambda: enter(place, RESULTS, graduates=7, ip=1, ip_patents=2))
    assert set(wrong.fields) == {"graduates", "ip_patents"}
    assert enter(place, RESULTS).employees == 6


# -- what stays --------------------------------------------------------------------------------------------------------
def test_a_change_keeps_what_was_said_before() -> None:
    place = makerspace()
    line, keeper = enter(place, TENANTS), keeper_of(place)

    operations.change(place, TENANTS, line.pk, values(TENANTS, employees=9), by=keeper, on=DAY, seen_version=1)

    told = queries.history(TENANTS, Tenant.objects.get())
    assert [(each.act, each.changes) for each in told] == [("修改", [("employees", 6, 9)]), ("登记", [])]
    assert Tenant.objects.get().version == 2


def test_the_same_values_again_change_nothing() -> None:
    place = makerspace()
    line = enter(place, TENANTS)

    operations.change(place, TENANTS, line.pk, values(TENANTS), by=keeper_of(place), on=DAY, seen_version=1)

    assert (Tenant.objects.get().version, Revision.objects.count()) == (1, 1)


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused() -> None:
    place = makerspace()
    line, keeper = enter(place, TENANTS), keeper_of(place)
    operations.change(place, TENANTS, line.pk, values(TENANTS, employees=9), by=keeper, on=DAY, seen_version=1)

    refusal = refusal_of(
        lambda: operations.change(
            place, TENANTS, line.pk, values(TENANTS, employees=8), by=keeper, on=DAY, seen_version=1
        )
    )

    assert refusal.code == "changed_meanwhile"
    assert Tenant.objects.get().employees == 9


def test_a_tenant_that_left_stays_with_day_and_reason() -> None:
    place = makerspace()
    line, keeper = enter(place, TENANTS), keeper_of(place)

    operations.leave(
        place, TENANTS, line.pk, by=keeper, on=DAY, seen_version=1, day=DAY, left_as="graduated", note="迁入产业园"
    )

    left = Tenant.objects.get()
    assert (left.moved_out_on, left.left_as) == (DAY, "graduated")
    assert [(each.act, each.note) for each in queries.history(TENANTS, left)] == [
        ("登记离开", "迁入产业园"),
        ("登记", ""),
    ]
    assert queries.standing("tenants", place, DAY - timedelta(days=1)).count() == 1
    assert queries.standing("tenants", place, DAY).count() == 0


def test_leaving_before_coming_is_refused_at_its_day() -> None:
    place = makerspace()
    line, keeper = enter(place, STAFF), keeper_of(place)

    refusal = refusal_of(
        lambda: operations.leave(place, STAFF, line.pk, by=keeper, on=DAY, seen_version=1, day=date(2024, 2, 1))
    )

    assert refusal.fields == {"day": "不能早于开始的日期"}


def test_an_event_has_no_leaving() -> None:
    place = makerspace()
    line, keeper = enter(place, EVENTS), keeper_of(place)

    refusal = refusal_of(lambda: operations.leave(place, EVENTS, line.pk, by=keeper, on=DAY, seen_version=1, day=DAY))

    assert refusal.code == "wrong_stage"


def test_a_line_struck_out_counts_no_more_and_can_be_entered_again() -> None:
    place = makerspace()
    line, keeper = enter(place, STAFF), keeper_of(place)

    operations.strike(place, STAFF, line.pk, by=keeper, on=DAY, seen_version=1, note="登记有误")

    assert queries.lines(STAFF, place).count() == 0
    assert queries.history(STAFF, line)[0].note == "登记有误"
    again = {"by": keeper, "on": DAY, "seen_version": 2}
    assert refusal_of(lambda: operations.change(place, STAFF, line.pk, values(STAFF), **again)).code == "wrong_stage"
    assert enter(place, STAFF).pk != line.pk


def test_a_line_of_another_makerspace_is_not_there() -> None:
    place, other = makerspace(), makerspace("另一家")
    line = enter(other, STAFF)

    asked = {"by": keeper_of(place), "on": DAY, "seen_version": 1}
    assert refusal_of(lambda: operations.change(place, STAFF, line.pk, values(STAFF), **asked)).code == "not_found"


# -- all or nothing ----------------------------------------------------------------------------------------------------
def test_a_sheet_is_written_whole_or_not_at_all() -> None:
    place = makerspace()
    rows = [Incoming(values(STAFF)), Incoming(values(STAFF, name="乙")), Incoming(values(STAFF))]

    refusal = refusal_of(lambda: operations.take_in(place, STAFF, rows, by=keeper_of(place), on=DAY))

    assert set(refusal.fields) == {"rows[2].name"}
    assert (queries.lines(STAFF, place).count(), Revision.objects.count()) == (0, 0)


def test_a_sheet_does_not_overwrite_what_changed_meanwhile() -> None:
    place = makerspace()
    line, keeper = enter(place, STAFF), keeper_of(place)
    rows = [Incoming(values(STAFF, name="乙")), Incoming(values(STAFF, duty="招商"), line.pk, 1)]
    operations.change(place, STAFF, line.pk, values(STAFF, duty="财务"), by=keeper, on=DAY, seen_version=1)

    assert refusal_of(lambda: operations.take_in(place, STAFF, rows, by=keeper, on=DAY)).code == "changed_meanwhile"
    operations.strike(place, STAFF, line.pk, by=keeper, on=DAY, seen_version=2, note="有误")
    assert refusal_of(lambda: operations.take_in(place, STAFF, rows, by=keeper, on=DAY)).code == "changed_meanwhile"
    assert queries.lines(STAFF, place).count() == 0


# -- facts -------------------------------------------------------------------------------------------------------------
def _filled() -> Makerspace:
    place = makerspace()
    for register in BOOKS:
        enter(place, register)
    enter(place, TENANTS, name="已迁出", moved_in_on="2024-01-01", moved_out_on="2025-12-31", left_as="graduated")
    enter(place, PARTNERS, name="财税公司", kind="service")
    enter(place, EVENTS, title="两年前的路演", on="2024-03-01")
    return place


def test_facts_on_a_day_are_blocks_of_a_dossier() -> None:
    place = _filled()

    facts = queries.facts_on(place, DAY)

    blank = {"regulation": "kunkefa-2017-55", "category": "comprehensive"}
    parsed = by_id("kunkefa-2017-55").parse(blank | facts).model_dump(mode="json")
    assert {key: parsed[key] for key in facts} == facts
    assert {key: [row.get("name") or row.get("title") or row["address"] for row in rows] for key, rows in facts.items()} == {
        "tenants": ["昆明甲软件有限公司"], "staff": ["李运营"], "mentors": ["王导师"], "events": ["投融资沙龙"],
        "capital_partners": ["滇池天使"], "premises": ["翠湖路1号"],
    }  # fmt: skip
    assert facts["tenants"][0] == {
        "kind": "enterprise", "name": "昆明甲软件有限公司", "uscc": None, "industry": None, "employees": 6, "revenue_wan": None,
        "assets_wan": None, "moved_in_on": "2025-05-01", "agreement_to": None, "hightech_field": None, "kunming_188": None,
    }  # fmt: skip


def test_facts_on_another_day_are_those_of_that_day() -> None:
    place = _filled()

    then = queries.facts_on(place, date(2024, 6, 1))

    assert [row["name"] for row in then["tenants"]] == ["已迁出"]
    assert [row["title"] for row in then["events"]] == ["两年前的路演"]
    assert (then["mentors"], then["capital_partners"]) == ([], [])


def test_facts_in_a_period_are_of_whoever_was_there_on_any_day_of_it() -> None:
    place = _filled()

    facts = queries.facts_in(place, date(2025, 1, 1), date(2025, 12, 31))

    assert [row["name"] for row in facts["tenants"]] == ["已迁出", "昆明甲软件有限公司"]
    assert facts["events"] == []


@pytest.mark.parametrize(("register", "day", "there"), [
    (MENTORS, date(2026, 12, 31), True),
    (MENTORS, date(2027, 1, 1), False),
    (PARTNERS, date(2026, 6, 30), True),
    (PARTNERS, date(2026, 7, 1), False),
    (MENTORS, date(2024, 12, 31), False),
])  # fmt: skip
def test_the_last_day_of_an_agreement_counts(register: Register, day: date, there: bool) -> None:
    place = makerspace()
    line = enter(place, register)

    assert queries.standing(register.code, place, day).exists() is there
    assert queries.stands(register, line, day) is there


def test_a_makerspace_is_found_by_its_name_or_as_the_only_one_by_who_may_read_it() -> None:
    place = makerspace("翠湖众创空间")
    unit, keeper, rival = place.organisation_id, keeper_of(place), keeper_of(makerspace("另一家"))

    assert queries.named(keeper, unit, "改过的名字", DAY) == place
    assert queries.named(rival, unit, "翠湖众创空间", DAY) is None
    second = operations.makerspace_of(place.organisation, "第二家", authority=place.authority, on=DAY)
    assert queries.named(keeper, unit, "第二家", DAY) == second
    assert queries.named(keeper, unit, "改过的名字", DAY) is None

"""Registers by token: read on a day, enter, change with If-Match, end, strike out, bring a table; and what is refused."""

from typing import Any

import pytest

from makerspace.doors.api import shapes
from makerspace.matters.registers.models import Revision, StaffMember, Tenant
from makerspace.matters.registers.queries import REGISTERS
from makerspace.regulation.terms import Role
from tests import factories
from tests.doors.api.conftest import Program, of, program
from tests.matters.registers.keeping import BOOKS, LINES, RESULTS, STAFF, TENANTS, enter, keeper_of, makerspace
from tests.stories.test_at_once import at_once

pytestmark = pytest.mark.django_db


def test_the_list_holds_what_one_may_read() -> None:
    place = makerspace("翠湖众创空间")
    makerspace("另一家", "panlong")
    enter(place, STAFF)

    mine = of(program(keeper_of(place)).get("/makerspaces"))

    shapes.Makerspaces.model_validate(mine)
    assert [row["name"] for row in mine["items"]] == ["翠湖众创空间"]
    assert mine["items"][0]["counts"] == {**dict.fromkeys(REGISTERS, 0), "staff": 1}
    assert of(program(factories.make_person(Role.LEADER)).get("/makerspaces"))["count"] == 2
    assert of(program(factories.make_person(Role.EXPERT)).get("/makerspaces"))["count"] == 0
    assert of(program(keeper_of(place)).get(f"/makerspaces/{place.pk}")) == mine["items"][0]


@pytest.mark.parametrize("code", [register.code for register in BOOKS])
def test_a_line_is_entered_read_changed_and_struck_out(code: str) -> None:
    place = makerspace()
    calling, path = program(keeper_of(place)), f"/makerspaces/{place.pk}/registers/{code}"

    made = of(calling.post(path, LINES[code]), 201)
    shapes.LineDetail.model_validate(made)
    shapes.Lines.model_validate(of(calling.get(path)))
    one = f"{path}/{made['id']}"
    whole = {name: value for name, value in made["values"].items() if value is not None}
    renamed = whole | {REGISTERS[code].name: "改过的"}

    assert whole == LINES[code]
    assert calling.get(one).headers["ETag"] == '"1"'
    assert of(calling.put(one, renamed), 428)["code"] == "precondition_required"
    changed = of(calling.put(one, renamed, If_Match='"1"'))
    assert (changed["version"], changed["history"][0]["changes"]) == (
        2, [{"field": REGISTERS[code].name, "before": LINES[code][REGISTERS[code].name], "after": "改过的"}],
    )  # fmt: skip
    assert of(calling.put(one, renamed, If_Match='"1"'), 412)["code"] == "changed_meanwhile"
    assert of(calling.post(f"{one}/strike", {"note": "登记有误"}, If_Match="*"))["struck_on"] == "2026-03-16"
    assert of(calling.get(path))["count"] == 0
    assert of(calling.put(one, renamed, If_Match="*"), 409)["code"] == "wrong_stage"


def test_a_tenant_leaves_and_stands_no_more() -> None:
    place = makerspace()
    line, calling = enter(place, TENANTS), program(keeper_of(place))
    path = f"/makerspaces/{place.pk}/registers/tenants"

    assert of(calling.post(f"{path}/{line.pk}/leave", {"day": "2026-03-01"}, If_Match="*"), 422)["fields"] == {
        "left_as": "登记了迁出日期，请选择迁出原因"
    }
    left = of(calling.post(f"{path}/{line.pk}/leave", {"day": "2026-03-01", "left_as": "graduated"}, If_Match='"1"'))

    assert (left["stands"], left["history"][0]["act"]) == (False, "leave")
    assert [of(calling.get(f"{path}?on={day}"))["count"] for day in ("2026-02-28", "2026-03-01")] == [1, 0]


def test_facts_go_into_a_draft_as_they_are() -> None:
    place = makerspace()
    for register in BOOKS:
        enter(place, register)
    calling = program(keeper_of(place))

    facts = of(calling.get(f"/makerspaces/{place.pk}/facts?on=2026-03-16"))
    found = of(Program().post("/self-check", factories.make_dossier() | facts))

    shapes.Facts.model_validate(facts)
    assert {key: len(rows) for key, rows in facts.items()} == dict.fromkeys(facts, 1)
    assert next(row for row in found["findings"] if row["id"] == "5.5.mentors")["verdict"] == "for_judgement"
    period = of(calling.get(f"/makerspaces/{place.pk}/facts?first=2024-01-01&last=2024-12-31"))
    assert (len(period["staff"]), len(period["tenants"])) == (1, 0)


@pytest.mark.parametrize("query", [
    "on=2026-02-30", "first=2026-01-01", "first=2026-02-01&last=2026-01-01", "on=2026-01-01&first=2026-01-01&last=2026-01-02", "day=1",
])  # fmt: skip
def test_a_period_that_is_none_is_refused(query: str) -> None:
    place = makerspace()

    assert of(program(keeper_of(place)).get(f"/makerspaces/{place.pk}/facts?{query}"), 422)["code"] == "invalid"


def test_a_table_is_taken_whole_or_not_at_all() -> None:
    place = makerspace()
    calling, path = program(keeper_of(place)), f"/makerspaces/{place.pk}/registers/staff/rows"
    rows = [LINES["staff"], {"name": "乙", "joined_on": "2025-01-01"}]

    assert of(calling.post(path, {"rows": rows}), 201) == {"added": 2, "changed": 0, "unchanged": 0}
    again = [LINES["staff"], {"name": "乙", "joined_on": "2025-01-01", "duty": "招商"}]
    assert of(calling.post(path, {"rows": again}), 201) == {"added": 0, "changed": 1, "unchanged": 1}
    wrong = [{"name": "丙", "joined_on": "2025-01-01"}, {"name": 3, "joined_on": "昨天"}, {"phone": "1"}]
    assert set(of(calling.post(path, {"rows": wrong}), 422)["fields"]) == {
        "rows[1].name", "rows[1].joined_on", "rows[2].name", "rows[2].joined_on", "rows[2].phone",
    }  # fmt: skip
    late = [{"name": "丙", "joined_on": "2025-01-01"}, {"name": "丁", "joined_on": "2027-01-01"}]
    assert of(calling.post(path, {"rows": late}), 422)["fields"] == {"rows[1].joined_on": "不能晚于今天"}
    assert StaffMember.objects.count() == 2


@pytest.mark.parametrize(("body", "status"), [
    (b"{", 400), (b"[]", 422), (b'{"name": "\\u0000", "joined_on": "2025-01-01"}', 422), ({"name": ["x"]}, 422),
    ({"name": "x", "joined_on": 20250101}, 422), ({"name": "x", "joined_on": "2025-01-01", "full_time": "yes"}, 422),
    ({"name": "x" * 201, "joined_on": "2025-01-01"}, 422), ({}, 422), ({"name": "", "joined_on": "2025-01-01"}, 422),
])  # fmt: skip
def test_bad_input_is_refused_and_changes_nothing(body: Any, status: int) -> None:
    place = makerspace()

    answer = program(keeper_of(place)).post(f"/makerspaces/{place.pk}/registers/staff", body)

    assert answer.status_code == status, answer.content.decode()
    assert Revision.objects.count() == 0


@pytest.mark.parametrize(("code", "changes"), [
    ("tenants", {"revenue_wan": -1}), ("tenants", {"revenue_wan": 1e12}), ("tenants", {"revenue_wan": 1.00001}),
    ("tenants", {"revenue_wan": "12"}), ("tenants", {"hightech_field": "999"}), ("tenants", {"uscc": "一二三"}),
    ("tenants", {"employees": 10_000_001}), ("premises", {"area_m2": 0.001}), ("premises", {"area_m2": True}),
    ("events", {"kind": "party"}), ("partners", {"agreement_to": "2199-99-99"}),
])  # fmt: skip
def test_a_value_that_is_none_is_named(code: str, changes: dict[str, Any]) -> None:
    place = makerspace()

    refusal = of(
        program(keeper_of(place)).post(f"/makerspaces/{place.pk}/registers/{code}", LINES[code] | changes), 422
    )

    assert set(refusal["fields"]) == set(changes)


def test_amounts_and_areas_are_kept_exactly() -> None:
    place = makerspace()
    calling = program(keeper_of(place))

    of(
        calling.post(
            f"/makerspaces/{place.pk}/registers/tenants", LINES["tenants"] | {"revenue_wan": 0.1, "assets_wan": 0}
        ),
        201,
    )

    assert f"{Tenant.objects.get().revenue_wan}" == "0.1000"
    facts = of(calling.get(f"/makerspaces/{place.pk}/facts"))["tenants"][0]
    assert (facts["revenue_wan"], facts["assets_wan"]) == (0.1, 0)


def test_who_may_not_is_told_so_in_order() -> None:
    place = makerspace(place="wuhua")
    line = enter(place, STAFF)
    path = f"/makerspaces/{place.pk}/registers"
    district, rival = factories.make_person(Role.DISTRICT, "wuhua"), keeper_of(makerspace("另一家"))

    assert of(Program().get(f"{path}/staff"), 401)
    assert of(program(rival).get(f"{path}/staff"), 404)
    assert of(program(rival).post(f"{path}/staff", {}), 404)
    assert of(program(district).get(f"{path}/staff"))["count"] == 1
    assert of(program(district).post(f"{path}/staff", {}), 403)["code"] == "not_yours"
    assert of(program(district).put(f"{path}/staff/{line.pk}", {}, If_Match="*"), 403)
    assert of(program(district).get(f"{path}/nothing"), 404)
    assert of(program(district).get(f"{path}/staff/999999999999"), 404)
    assert of(program(district).get("/makerspaces/x"), 404)


def test_the_same_key_counts_once() -> None:
    place = makerspace()
    calling, path = program(keeper_of(place)), f"/makerspaces/{place.pk}/registers/staff"

    first, again = (of(calling.post(path, LINES["staff"], Idempotency_Key="k1"), 201) for _ in range(2))

    assert first == again
    assert StaffMember.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.both
@pytest.mark.usefixtures("many_at_once")
def test_of_two_who_enter_or_change_the_same_line_at_once_one_wins() -> None:
    place = makerspace()
    owner, editor = program(keeper_of(place)), program(keeper_of(place, owner=False))
    path = f"/makerspaces/{place.pk}/registers/tenants"

    for number in range(5):
        told = LINES["tenants"] | {"name": f"第{number}家"}
        answers = at_once(*(lambda who=who, told=told: who.post(path, told) for who in (owner, editor)))
        assert sorted(answer.status_code for answer in answers) == [201, 422]
        one = f"{path}/{Tenant.objects.get(name=told['name']).pk}"
        puts = at_once(*(
            lambda who=who, told=told, one=one, n=n: who.put(one, told | {"employees": n}, If_Match='"1"')
            for n, who in enumerate((owner, editor), start=90)
        ))  # fmt: skip
        assert sorted(answer.status_code for answer in puts) == [200, 412]

    assert Revision.objects.count() == 10


def test_a_year_is_added_up() -> None:
    place = makerspace()
    enter(place, TENANTS)
    enter(place, RESULTS)
    calling = program(factories.make_person(Role.AUDITOR))

    found = of(calling.get(f"/makerspaces/{place.pk}/figures?year=2025"))
    shapes.Figures.model_validate(found)

    assert (found["until"], found["values"]["firms_resident"], found["values"]["tenant_revenue"]) == (
        "2025-12-31",
        1,
        1205,
    )
    assert of(calling.get(f"/makerspaces/{place.pk}/figures"))["until"] == "2026-03-16"
    for bad in ("x", "1", "99999999999"):
        assert of(calling.get(f"/makerspaces/{place.pk}/figures?year={bad}"), 422)

"""From an open facility to a line in the report of the year: articles 15 and 16 through HTTP."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from makerspace.doors.api import support_shapes as shapes
from makerspace.doors.clock.tick import tick
from makerspace.matters.assessment.operations import opening
from makerspace.matters.recognition.models import Title
from makerspace.matters.support.queries.facts import service_facts, service_figures
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from tests import factories
from tests.asking import browser
from tests.doors.api.conftest import Program, of, program
from tests.matters.assessment import years
from tests.matters.support.helping import MONDAY, NOW, THURSDAY, Scene, at, scene, tenant_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SUNDAY = date(2026, 3, 22)


@pytest.fixture
def here() -> Scene:
    """Everybody in place."""
    return scene()


def programs(here: Scene) -> dict[str, Program]:
    """A program for everybody, and one for a stranger."""
    people = {
        "asker": here.asker, "keeper": here.keeper, "adviser": here.adviser, "bureau": here.bureau,
        "stranger": factories.make_person(organisation=factories.make_organisation()),
        "auditor": factories.make_person(Role.AUDITOR),
    }  # fmt: skip
    return {name: program(person) for name, person in people.items()}


def asked(here: Scene, **more: Any) -> dict[str, Any]:
    """What a booking is asked for with."""
    given = {
        "makerspace": here.makerspace.pk,
        "tenant": "昆明热像科技",
        "purpose": "标定第三批样机",
        "day": THURSDAY.isoformat(),
    }
    return {**given, "start": "09:00", "end": "11:00", **more}


def test_a_booking_is_used_and_counts_in_the_report(here: Scene) -> None:
    who = programs(here)
    with clock.pretending(NOW):
        listed = shapes.Facilities.model_validate(of(Program().get("/facilities")))
        offer = listed.items[0].offers[0]
        week = shapes.OfferWeek.model_validate(of(Program().get(f"/offers/{offer.id}/week?day={THURSDAY}")))
        assert [part.state for part in week.days[3].parts] == ["free", "free"]

        made = of(who["asker"].post(f"/offers/{offer.id}/bookings", asked(here)), 201)
        path = f"/bookings/{made['id']}"
        assert (made["state"], [deed["act"] for deed in made["acts"]]) == ("asked", ["withdraw"])
        assert of(who["asker"].post(f"/offers/{offer.id}/bookings", asked(here, start="10:00", end="12:00")), 409)[
            "fields"
        ] == {"start": "这段时间刚刚已被他人约定，请另选时间。"}
        assert of(who["stranger"].get(path), 404)["code"] == "not_found"
        assert of(who["asker"].post(f"{path}/acts/confirm", {}), 403)["article"] == "第十五条"
        agreed = of(who["keeper"].post(f"{path}/acts/confirm", {"reason": "自带样品"}))
        assert (agreed["state"], [deed["act"] for deed in agreed["acts"]]) == ("agreed", ["cancel"])
        assert of(who["keeper"].post(f"{path}/acts/record", {}), 409)["code"] == "wrong_stage"
    with clock.pretending(at(THURSDAY, 12)):
        given = {"start": "09:10", "end": "10:40", "attendance": 3, "notes": "结论只给双方"}
        done = of(who["keeper"].post(f"{path}/acts/record", given))
        shapes.Booking.model_validate(done)
        rated = of(who["asker"].post(f"{path}/acts/rate", {"stars": 5}))
        assert (rated["state"], rated["stars"], rated["notes"], rated["acts"]) == ("done", 5, "结论只给双方", [])
        assert [of(who[name].get(path))["notes"] for name in ("bureau", "auditor")] == [None, "结论只给双方"]
        assert of(who["bureau"].get("/bookings?state=done"))["count"] == 1

    facts = service_facts(here.makerspace, MONDAY, SUNDAY)
    assert (facts.bookings, facts.uses, facts.use_hours, facts.attendance, facts.tenants) == (1, 1, 1.5, 3, 1)
    with clock.pretending(at(THURSDAY, 19)):
        counts_in_the_report(here, uses=1)
    call_command("verify_record")
    call_command("replay")


def counts_in_the_report(here: Scene, uses: int) -> None:
    """The report of the year begins with the uses, asks why another number is given, and the score has its line of them."""
    staff = years.Staff()
    years.scheme(staff)
    (case,) = opening.open_year(years.YEAR, Title.objects.all(), by=staff.bureau, on=THURSDAY)
    owner, district, bureau = (program(person) for person in (here.asker, staff.district, staff.bureau))
    path = f"/cases/{case.number}"
    assert of(owner.get(path))["facts"]["report"]["values"] == {"facility_uses": str(uses), "mentor_sessions": "0"}

    def filing(**more: Any) -> dict[str, Any]:
        known = ("facility_uses", "mentor_sessions")
        values = {code: float(value) for code, value in years.STRONG.items() if code not in known} | more
        return {
            "commitment": True,
            "head": "李云",
            "figures": [{"field": code, "value": value} for code, value in values.items()],
        }

    refused = of(owner.post(f"{path}/acts/file_report", filing(facility_uses=uses + 9)), 422)
    assert list(refused["fields"]) == ["list:facility_uses"]
    of(owner.post(f"{path}/acts/file_report", filing()))
    checked = {"false_data": False, "stopped": False, "opinion": "与预约和登记一致。", "lines": years.AGREED}
    of(district.post(f"{path}/acts/verify_report", checked))
    marks = [{"indicator": "special", "points": 0, "reason": "没有突出的特色做法"}]
    scored = of(bureau.post(f"{path}/acts/score_report", {"marks": marks}))["facts"]["score"]
    (line,) = [row for row in scored["lines"] if row["code"] == "sharing"]
    assert (Decimal(line["points"]), line["label"]) == (Decimal("0.2") * uses, "使用市级平台")


def test_a_session_is_held_and_one_that_nobody_answers_lapses(here: Scene) -> None:
    who = programs(here)
    with clock.pretending(NOW):
        mentor = shapes.Mentors.model_validate(of(Program().get("/mentors?field=finance"))).items[0]
        more = {"way": "online", "place": "会议号100200"}
        path = f"/mentors/{mentor.id}/sessions"
        held, silent = (
            of(who["asker"].post(path, asked(here, **more, start=start, end=end)), 201)["id"]
            for start, end in (("09:00", "10:00"), ("14:00", "15:00"))
        )
        of(who["adviser"].post(f"/sessions/{held}/acts/confirm", {}))
    with clock.pretending(at(THURSDAY, 14)):
        assert tick(clock.now())["unanswered"] == 1
        of(who["adviser"].post(f"/sessions/{held}/acts/record", {"start": "09:00", "end": "10:00", "attendance": 2}))
        states = [row["state"] for row in of(who["asker"].get("/sessions"))["items"]]
        lapsed = shapes.Session.model_validate(of(who["asker"].get(f"/sessions/{silent}")))

    assert (states, lapsed.state) == (["lapsed", "done"], "lapsed")
    facts = service_facts(here.makerspace, MONDAY, SUNDAY)
    assert (facts.sessions_asked, facts.sessions_held, facts.session_hours) == (2, 1, 1)
    call_command("verify_record")


def test_a_tenant_asks_by_its_link_and_its_session_counts(here: Scene) -> None:
    who, tenant, visitor = programs(here), tenant_of(here), Client()
    with clock.pretending(NOW):
        given = browser(here.asker).post(reverse("support_tenant_link", args=[tenant.pk])).content.decode()
        found = re.search(r'<code class="s-address">([^<]+)</code>', given)
        assert found is not None
        home = found[1].removeprefix(settings.PUBLIC_BASE_URL)
        assert here.mentor.name in visitor.get(home).content.decode()
        wanted = {
            "day": THURSDAY.isoformat(), "start": "09:00", "end": "10:00", "way": "online", "place": "会议号300",
            "purpose": "首批客户怎么定价", "contact": "杨帆", "phone": "13987654321",
        }  # fmt: skip
        asked = visitor.post(f"{home}mentors/{here.mentor.pk}/", wanted, follow=True).content.decode()
        assert "约请已提出。导师应在2026年3月19日前答复" in asked

        (row,) = of(who["adviser"].get("/sessions"))["items"]
        assert (row["asked_by_tenant"], row["tenant"], "13987654321" in str(row)) == (True, tenant.name, False)
        page = f"{home}sessions/{row['id']}/"
        assert visitor.post(f"{page}rate/", {"stars": "5"}).status_code == 409
        of(who["stranger"].get(f"/sessions/{row['id']}"), 404)
        of(who["adviser"].post(f"/sessions/{row['id']}/acts/confirm", {"reason": "请准备报价单"}))
        assert "请准备报价单" in visitor.get(page).content.decode()
    with clock.pretending(at(THURSDAY, 11)):
        given_hours = {"start": "09:05", "end": "10:00", "attendance": 2, "notes": "先按成本加成"}
        of(who["adviser"].post(f"/sessions/{row['id']}/acts/record", given_hours))
        assert "先按成本加成" in visitor.get(page).content.decode()
        assert of(who["asker"].get(f"/sessions/{row['id']}"))["notes"] is None
        visitor.post(f"{page}rate/", {"stars": "4", "comment": "很实用"})
        rated = shapes.Session.model_validate(of(who["adviser"].get(f"/sessions/{row['id']}")))
        of(who["asker"].post(f"/sessions/{row['id']}/acts/rate", {"stars": 1}), 403)

    assert (rated.state, rated.stars, rated.comment) == ("done", 4, "很实用")
    facts = service_facts(here.makerspace, MONDAY, SUNDAY)
    assert (facts.sessions_held, facts.attendance, facts.tenants) == (1, 2, 1)
    assert service_figures(here.makerspace, MONDAY, SUNDAY)["mentor_sessions"] == 1
    call_command("verify_record")
    call_command("replay")


def test_the_bureau_enters_and_a_keeper_publishes_by_token(here: Scene) -> None:
    who, hours = programs(here), [{"weekday": 1, "opens": "09:00", "closes": "12:00"}]
    facts = {
        "name": "昆明市新设重点实验室",
        "kind": "key_laboratory",
        "host": "云南大学",
        "address": "昆明市呈贡区",
        "field": "材料",
    }
    offer = {
        "kind": "service", "name": "样品前处理", "purpose": "切割、抛光、镀膜", "terms": "免费", "longest_hours": 2,
        "notice_days": 0, "on_holidays": False, "hours": hours,
    }  # fmt: skip
    mentor = {"name": "段明理", "email": "duan@example.cn", "employer": "云南大学", "fields": ["law"]}
    with clock.pretending(NOW):
        assert of(who["keeper"].post("/facilities", facts), 403)["article"] == "第十五条"
        entered = of(who["bureau"].post("/facilities", facts), 201)
        assert of(who["keeper"].post(f"/facilities/{entered['id']}/offers", offer), 403)["code"] == "not_yours"
        wrong = {**offer, "hours": [*hours, {"weekday": 9, "opens": "9", "closes": "12:00"}]}
        refused = of(who["keeper"].post(f"/facilities/{here.facility.pk}/offers", wrong), 422)
        assert sorted(refused["fields"]) == ["hours[1].opens", "hours[1].weekday"]
        made = shapes.Offer.model_validate(of(who["keeper"].post(f"/facilities/{here.facility.pk}/offers", offer), 201))
        assert (made.name, [row.opens for row in made.hours]) == ("样品前处理", ["09:00"])
        assert of(who["bureau"].post("/mentors", mentor), 201)["fields"] == ["law"]

        measured = shapes.OpennessList.model_validate(of(who["keeper"].get(f"/openness?since={MONDAY}")))
        assert {row.name: row.open_hours for row in measured.items} == {"红外热像仪标定平台": 7, "样品前处理": 3}
        of(who["keeper"].get("/openness?since=2026-03-17"), 422)
        of(who["asker"].get("/openness"), 403)


def test_a_key_books_once(here: Scene) -> None:
    who = programs(here)["asker"]
    with clock.pretending(NOW):
        path = f"/offers/{here.offer.pk}/bookings"
        first, second = (of(who.post(path, asked(here), Idempotency_Key="one"), 201)["id"] for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    "wrong",
    [
        {"makerspace": "1"}, {"makerspace": 0}, {"day": "2026-02-30"}, {"day": 5}, {"start": "25:00"}, {"start": "09:15"},
        {"end": None}, {"purpose": ""}, {"purpose": "x\x00y"}, {"purpose": ["a"]}, {"tenant": "x" * 201}, {"more": 1},
    ],
)  # fmt: skip
def test_bad_input_is_refused_field_by_field(here: Scene, wrong: dict[str, Any]) -> None:
    who = programs(here)["asker"]
    with clock.pretending(NOW):
        refused = of(who.post(f"/offers/{here.offer.pk}/bookings", asked(here, **wrong)), 422)

    assert list(refused["fields"]) == list(wrong)
    assert not any(text.isascii() for text in refused["fields"].values())


@pytest.mark.parametrize(
    "path",
    [
        "/facilities?kind=x",
        "/facilities?more=1",
        "/mentors?field=x",
        "/offers/1/week?day=x",
        "/offers/1/week?on=2026-01-01",
    ],
)
def test_an_unknown_filter_is_refused(here: Scene, path: str) -> None:
    with clock.pretending(NOW):
        of(Program().get(path), 422)


@pytest.mark.parametrize(
    "path", ["/facilities/x", "/facilities/99999999999999999999", "/offers/0/week", "/facilities/-1"]
)
def test_what_is_not_there_is_not_found(here: Scene, path: str) -> None:
    of(Program().get(path), 404)

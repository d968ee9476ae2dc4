"""An application starts from the registers: shown first, then taken over, and still to be edited."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from makerspace.matters.application import operations
from makerspace.matters.application.models import Application
from makerspace.matters.registers import operations as registers
from makerspace.matters.registers import queries as kept
from makerspace.matters.registers.models import Makerspace, Revision
from makerspace.office.casework.models import Case
from makerspace.regulation.terms import Duty, Role
from tests.asking import browser
from tests.factories import (
    DAY,
    authority,
    draft_case,
    make_call,
    make_dossier,
    make_organisation,
    make_person,
    member_of,
    submitted_case,
)
from tests.matters.registers.keeping import BOOKS, TENANTS, enter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    """The day of these tests."""
    with time_machine.travel(f"{DAY.isoformat()}T10:00:00+08:00", tick=False):
        yield


def text_of(response: Any) -> str:
    return str(response.content.decode())


def draft(name: str = "翠湖众创空间") -> tuple[Case, Makerspace, Client]:
    """A draft of a unit whose makerspace has a line in each register."""
    unit = make_organisation()
    keeper = make_person(organisation=unit)
    place = registers.makerspace_of(unit, "翠湖众创空间", authority=authority(), on=DAY)
    for register in BOOKS:
        enter(place, register, keeper)
    dossier = make_dossier(makerspace={"name": name})
    return draft_case(organisation=unit, dossier=dossier), place, browser(keeper)


def fill(case: Case, section: str) -> str:
    return reverse("application_take_over", args=[case.number, section])


def seen(case: Case, section: str) -> dict[str, object]:
    application = Application.objects.get(case=case)
    keys = {"tenants": ("tenants", "lawful_operation_declared")}[section]
    return {"version": application.version, "digest": application.digest_of(keys)}


def test_a_section_offers_its_register_and_shows_what_would_change() -> None:
    case, _, who = draft()
    before = Application.objects.get(case=case).dossier["tenants"]

    assert "从登记册填入" in text_of(who.get(reverse("application_section", args=[case.number, "tenants"])))
    assert "从登记册填入" not in text_of(who.get(reverse("application_section", args=[case.number, "operator"])))
    page = text_of(who.get(fill(case, "tenants")))

    assert f"现在填写{len(before)}项，登记册1项。" in page
    assert "<b>将加入：</b>昆明甲软件有限公司" in page
    assert f"<b>将不再列入：</b>{before[0]['name']}" in page
    assert Application.objects.get(case=case).dossier["tenants"] == before


@pytest.mark.parametrize(("section", "blocks"), [
    ("team", {"staff", "mentors"}), ("premises", {"premises"}), ("tenants", {"tenants"}), ("services", {"events"}),
    ("capital", {"capital_partners"}),
])  # fmt: skip
def test_what_is_taken_over_replaces_the_lists_and_nothing_else(section: str, blocks: set[str]) -> None:
    case, _, who = draft()
    application = Application.objects.get(case=case)
    before = application.dossier

    answer = who.post(fill(case, section), {"version": application.version}, follow=True)

    after = Application.objects.get(case=case).dossier
    assert "已从登记册填入" in text_of(answer)
    assert {key for key in after if after[key] != before[key]} == blocks
    assert all(len(after[key]) == 1 for key in blocks)
    assert "内容一致" in text_of(who.get(fill(case, section)))


def test_what_another_saved_meanwhile_is_not_overwritten() -> None:
    case, _, who = draft()
    old = seen(case, "tenants")
    operations.save_section(
        case, "tenants", {"tenants": []}, by=member_of(case.organisation), on=DAY, seen_version=int(str(old["version"]))
    )

    answer = who.post(fill(case, "tenants"), old)

    assert answer.status_code == 412
    assert Application.objects.get(case=case).dossier["tenants"] == []


def test_what_has_been_handed_in_is_not_touched() -> None:
    case, _, who = draft()
    filed = submitted_case(organisation=case.organisation, dossier=make_dossier(makerspace={"name": "翠湖众创空间"}))

    assert who.post(fill(filed, "tenants"), {"version": 1}).status_code == 409


def test_a_counter_officer_who_may_not_read_the_registers_is_offered_nothing() -> None:
    unit, call = make_organisation(), make_call()
    panlong = registers.makerspace_of(unit, "翠湖众创空间", authority=authority("panlong"), on=DAY)
    enter(panlong, TENANTS, make_person(organisation=unit))
    officer = make_person(Role.DISTRICT, "wuhua", duties=[Duty.COUNTER])
    dossier = make_dossier(makerspace={"name": "翠湖众创空间", "authority": "wuhua"})
    case = operations.start(call, unit, by=officer, on=DAY, dossier=dossier, channel=Application.Channel.COUNTER)

    page = browser(officer).get(reverse("application_section", args=[case.number, "tenants"]))

    assert page.status_code == 200
    assert "从登记册填入" not in text_of(page)
    assert browser(officer).get(fill(case, "tenants")).status_code == 404


def test_a_new_application_starts_from_the_registers() -> None:
    case, place, who = draft()
    call = make_call()
    given = {
        "organisation": str(case.organisation_id), "category": "comprehensive", "authority": "wuhua", "registers": "on",
        "token": "t" * 20,
    }  # fmt: skip

    who.post(reverse("application_start", args=[call.pk]), given)

    begun = Application.objects.exclude(case=case).get()
    assert begun.case.subject == place.name
    assert [row["name"] for row in begun.dossier["tenants"]] == ["昆明甲软件有限公司"]
    assert {
        key: len(begun.dossier[key]) for key in ("staff", "mentors", "events", "capital_partners", "premises")
    } == dict.fromkeys(("staff", "mentors", "events", "capital_partners", "premises"), 1)


def test_without_registers_a_new_application_starts_empty() -> None:
    unit, call = make_organisation(), make_call()
    who = browser(make_person(organisation=unit))
    given = {
        "organisation": str(unit.pk),
        "category": "comprehensive",
        "authority": "wuhua",
        "registers": "on",
        "token": "t" * 20,
    }

    who.post(reverse("application_start", args=[call.pk]), given)

    assert Application.objects.get().dossier["tenants"] == []


# -- the other way -----------------------------------------------------------------------------------------------------
def filed() -> tuple[Case, Makerspace, Client]:
    """An application that was handed in, and the empty registers of its makerspace."""
    unit = make_organisation()
    keeper = make_person(organisation=unit)
    dossier = make_dossier(makerspace={"name": "翠湖众创空间"})
    case = submitted_case(organisation=unit, dossier=dossier)
    return case, registers.makerspace_of(unit, "翠湖众创空间", authority=authority(), on=DAY), browser(keeper)


def into(place: Makerspace) -> str:
    return reverse("application_into_registers", args=[place.pk])


def test_empty_registers_are_filled_from_what_was_handed_in() -> None:
    case, place, who = filed()
    dossier = case.application.dossier

    assert into(place) in text_of(who.get(f"/work/registers/{place.pk}/tenants/"))
    assert "将加入" in text_of(who.get(into(place)))
    answer = who.post(into(place), follow=True)

    facts = kept.facts_on(place, DAY)
    assert "已从申报内容带入" in text_of(answer)
    for key in ("tenants", "staff", "mentors", "premises", "capital_partners"):
        by_name = [sorted(rows, key=lambda row: str(row.get("name"))) for rows in (facts[key], dossier[key])]
        assert by_name[0] == by_name[1], key
    assert place.staff.first().joined_on.isoformat() == dossier["makerspace"]["opened_on"]
    assert "都已经有了" in text_of(who.get(into(place)))
    assert who.post(into(place)).status_code == 200
    assert Revision.objects.count() == sum(len(dossier[block]) for block in kept.BLOCKS)


def test_what_is_there_stays_and_what_is_unfit_is_named() -> None:
    case, place, who = filed()
    submission = case.submissions.get()
    submission.dossier["tenants"] = [
        *submission.dossier["tenants"], {"kind": "team", "name": "没有日期的团队"}, {"kind": "team", "name": "未来的团队", "moved_in_on": "2027-01-01"},
    ]  # fmt: skip
    submission.save()
    first = submission.dossier["tenants"][0]
    enter(place, TENANTS, name=first["name"], moved_in_on=first["moved_in_on"], employees=777)

    page = text_of(who.get(into(place)))
    who.post(into(place))

    assert "没有日期的团队：入驻日期没有填写" in page
    assert "未来的团队：入驻日期不能晚于今天" in page
    assert place.tenants.get(name=first["name"]).employees == 777
    assert place.tenants.count() == len(submission.dossier["tenants"]) - 2


def test_a_draft_fills_no_register() -> None:
    case, place, who = draft()

    assert who.get(into(place)).status_code == 404
    assert case.submissions.count() == 0


def test_another_unit_and_officers_do_not_fill_it() -> None:
    _, place, _ = filed()
    rival = browser(make_person(organisation=make_organisation()))
    officer = browser(make_person(Role.BUREAU))

    assert (rival.post(into(place)).status_code, officer.post(into(place)).status_code) == (404, 403)
    assert Revision.objects.count() == 0

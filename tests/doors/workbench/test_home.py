"""The first page after sign-in: what waits first, and what an empty desk explains."""

import pytest
from pytest_django import DjangoAssertNumQueries

from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from tests.doors.workbench.conftest import SignIn
from tests.doors.workbench.test_cases import bare_case
from tests.factories import draft_case, make_call, make_organisation, make_person, member_of, submitted_case

pytestmark = pytest.mark.django_db


def test_an_applicant_without_an_organisation_is_led_to_register_one(sign_in: SignIn) -> None:
    text = sign_in(make_person()).get("/work/").content.decode()

    assert "先登记您所在的单位" in text
    assert "/work/organisations/new/" in text


def test_an_applicant_with_an_open_call_is_led_to_apply(sign_in: SignIn) -> None:
    call = make_call()

    text = sign_in(make_person(organisation=make_organisation())).get("/work/").content.decode()

    assert call.title in text
    assert f"/work/calls/{call.pk}/start/" in text


def test_a_draft_waits_with_its_calls_last_day_and_leads_on_filling(sign_in: SignIn) -> None:
    case = draft_case()

    [waiting] = sign_in(member_of(case.organisation)).get("/work/").context["desk"].waiting

    assert (waiting.label, waiting.url) == ("继续填报", f"/work/cases/{case.number}/dossier/")
    assert waiting.last_day == case.application.call.closes_on


def test_the_most_urgent_stands_first_and_only_ones_own(sign_in: SignIn) -> None:
    later, sooner = bare_case("晚"), bare_case("早")
    bare_case("别区", place="panlong"), bare_case("别的环节", stage="city_review")
    Case.objects.filter(pk=later.pk).update(due_on="2026-04-20")
    Case.objects.filter(pk=sooner.pk).update(due_on="2026-03-20")

    desk = sign_in(make_person(Role.DISTRICT, "wuhua")).get("/work/").context["desk"]

    assert [item.subject for item in desk.waiting] == ["早", "晚"]


@pytest.mark.parametrize(
    ("role", "words"),
    [(Role.SYSTEM_ADMIN, "看不到任何办件"), (Role.AUDITOR, "还没有办件到您这里"), (Role.EXPERT, "还没有办件到您这里")],
)
def test_an_empty_desk_says_what_will_lie_there(sign_in: SignIn, role: Role, words: str) -> None:
    assert words in sign_in(make_person(role)).get("/work/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_desk_costs_the_same_for_one_case_and_for_thirty(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        bare_case(stage="city_review")
    bureau = sign_in(make_person(Role.BUREAU))
    bureau.get("/work/")

    with django_assert_max_num_queries(12):
        bureau.get("/work/")


def test_a_message_of_what_was_to_be_done_says_where_its_case_has_gone(sign_in: SignIn) -> None:
    district = make_person(Role.DISTRICT)
    case = submitted_case()
    browser = sign_in(district)

    def shown() -> list[bool]:
        return ["不必再按本条办理" in browser.get(page).content.decode() for page in ("/work/", "/work/messages/")]

    before = shown()
    advance(case, "request_correction", by=district, on=clock.today())

    assert before == [False, False]
    assert shown() == [True, True]

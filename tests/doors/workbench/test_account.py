"""One's own account, tokens, inbox and papers."""

from datetime import timedelta

import pytest
import time_machine

from makerspace.matters.review.models import Recommendation
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.notify.operations import tell
from makerspace.office.people import tokens
from makerspace.office.people.models import ApiToken, Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Duty, Role
from tests.doors.workbench.conftest import SignIn
from tests.doors.workbench.forms import hidden_fields
from tests.factories import DAY, make_expert, make_organisation, make_person, member_of, submitted_case
from tests.matters.review.walking import Staff, recommend

pytestmark = pytest.mark.django_db
NEW = "/work/account/tokens/new/"


# -- the account -------------------------------------------------------------------------------------------------------
def test_the_account_shows_every_capacity_and_no_whole_telephone(sign_in: SignIn) -> None:
    organisation = make_organisation("昆明翠湖科技有限公司")
    person = make_person(Role.DISTRICT, "wuhua", organisation=organisation)
    Person.objects.filter(pk=person.pk).update(phone="13800001234")

    text = sign_in(person).get("/work/account/").content.decode()

    assert "五华区科技主管部门" in text
    assert "昆明翠湖科技有限公司" in text
    assert "13800001234" not in text
    assert "138****1234" in text


def test_the_units_are_linked_for_those_who_may_open_them_only(sign_in: SignIn) -> None:
    member, officer = make_person(organisation=make_organisation()), make_person(Role.BUREAU)

    pages = [sign_in(person).get("/work/account/").content.decode() for person in (member, officer)]

    assert ["我的单位" in page for page in pages] == [True, False]


def test_the_counter_stands_in_the_menu_of_those_with_its_duty_only(sign_in: SignIn) -> None:
    clerk, other = make_person(Role.DISTRICT, duties=[Duty.COUNTER]), make_person(Role.DISTRICT)

    pages = [sign_in(person).get("/work/account/").content.decode() for person in (clerk, other)]

    assert ["窗口收件" in page.partition("<main")[0] for page in pages] == [True, False]


@pytest.mark.parametrize("phone", ["12345", "23800001234", "138000012345", "１３８００００１２３", "1380000123⁴"])
def test_a_telephone_that_is_none_is_refused_and_kept_for_correction(sign_in: SignIn, phone: str) -> None:
    person = make_person()

    response = sign_in(person).post("/work/account/profile/", {"name": "张三", "phone": phone})

    assert response.status_code == 422
    assert phone in response.content.decode()
    assert Person.objects.get(pk=person.pk).phone == ""


@pytest.mark.parametrize("phone", ["13800001234", " １３８００００１２３４ ", "138 0000 1234", "+86 138-0000-1234"])
def test_a_telephone_is_taken_as_people_type_it(sign_in: SignIn, phone: str) -> None:
    person = make_person()

    response = sign_in(person).post("/work/account/profile/", {"name": "张三", "phone": phone})

    assert response.status_code == 302
    assert Person.objects.get(pk=person.pk).phone == "13800001234"


# -- tokens ------------------------------------------------------------------------------------------------------------
def test_a_token_is_shown_once_and_works(sign_in: SignIn) -> None:
    person = make_person()
    client = sign_in(person, fresh=True)
    given = hidden_fields(client.get(NEW)) | {"name": "月报程序", "days": "30", "decide": "on"}

    made = client.post(NEW, given)
    again = client.post(NEW, given)

    secret = made.context["secret"]
    found = tokens.person_of(secret, clock.now())
    assert found == (person, frozenset({"act", "decide"}))
    assert made["Cache-Control"].startswith("max-age=0")
    assert again.status_code == 302
    assert ApiToken.objects.count() == 1
    assert secret not in client.get("/work/account/").content.decode()


def test_the_right_to_decide_lasts_an_hour_and_the_token_its_days(
    sign_in: SignIn, on_the_day: time_machine.Traveller
) -> None:
    client = sign_in(make_person(), fresh=True)
    secret = client.post(NEW, {"name": "甲", "days": "30", "decide": "on"}).context["secret"]

    on_the_day.shift(timedelta(minutes=61))
    later = tokens.person_of(secret, clock.now())
    on_the_day.shift(timedelta(days=30))

    assert later is not None
    assert later[1] == {"act"}
    assert tokens.person_of(secret, clock.now()) is None


def test_making_a_token_asks_again_who_one_is(sign_in: SignIn) -> None:
    response = sign_in(make_person()).post(NEW, {"name": "甲", "days": "30"})

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()


def test_one_revokes_ones_own_tokens_only(sign_in: SignIn) -> None:
    owner = make_person()
    token, secret = tokens.issue(owner, "甲")
    page = f"/work/account/tokens/{token.pk}/revoke/"

    stranger = sign_in(make_person()).post(page)
    still = tokens.person_of(secret, clock.now())
    own = sign_in(owner).post(page)

    assert (stranger.status_code, own.status_code) == (404, 302)
    assert still is not None
    assert tokens.person_of(secret, clock.now()) is None


# -- the inbox ---------------------------------------------------------------------------------------------------------
def test_a_message_is_read_by_opening_it_and_leads_to_its_place(sign_in: SignIn) -> None:
    person = make_person()
    [message] = tell([person], "待办", "请办理。", link="/work/cases/")

    response = sign_in(person).post(f"/work/messages/{message.pk}/")

    assert response["Location"] == "/work/cases/"
    assert Message.objects.get(pk=message.pk).read_at is not None


@pytest.mark.parametrize(
    "link", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example", ""]
)
def test_a_message_never_leads_outside(sign_in: SignIn, link: str) -> None:
    person = make_person()
    [message] = tell([person], "待办", "请办理。", link=link)

    assert sign_in(person).post(f"/work/messages/{message.pk}/")["Location"] == "/work/messages/"


def test_the_inbox_is_ones_own(sign_in: SignIn) -> None:
    other = make_person()
    [message] = tell([other], "他人的消息", "内容")
    client = sign_in(make_person())

    assert "他人的消息" not in client.get("/work/messages/").content.decode()
    assert client.post(f"/work/messages/{message.pk}/").status_code == 404
    client.post("/work/messages/read/")
    assert Message.objects.get(pk=message.pk).read_at is None


# -- papers ------------------------------------------------------------------------------------------------------------
def test_a_paper_is_given_to_those_who_see_the_file_and_to_nobody_else(sign_in: SignIn) -> None:
    case = submitted_case()
    paper = Paper.objects.get(subject=case.number, kind="receipt")
    page = f"/work/papers/{paper.code}/"

    answers = {
        name: sign_in(person).get(page).status_code
        for name, person in {
            "applicant": member_of(case.organisation), "district": make_person(Role.DISTRICT, "wuhua"),
            "other district": make_person(Role.DISTRICT, "panlong"), "expert": make_expert(),
            "system admin": make_person(Role.SYSTEM_ADMIN), "other applicant": make_person(organisation=make_organisation()),
        }.items()
    }  # fmt: skip

    assert answers == {
        "applicant": 202, "district": 202, "other district": 404, "expert": 404, "system admin": 404, "other applicant": 404,
    }  # fmt: skip


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "nonsense", "x" * 300])
def test_an_unknown_code_is_no_paper(sign_in: SignIn, code: str) -> None:
    assert sign_in(make_person(Role.BUREAU)).get(f"/work/papers/{code}/").status_code == 404


def test_the_letter_with_the_rank_is_kept_from_the_applicant(sign_in: SignIn) -> None:
    staff = Staff()
    case = recommend(submitted_case(), staff, DAY)
    letter = Paper.objects.get(subject=case.number, kind="recommendation_letter")
    applicant, bureau = sign_in(member_of(case.organisation)), sign_in(staff.bureau)

    pages = [client.get(f"/work/cases/{case.number}/?tab=papers").content.decode() for client in (applicant, bureau)]

    assert Recommendation.objects.get().rank == 1
    assert [letter.code in page for page in pages] == [False, True]
    assert [client.get(f"/work/papers/{letter.code}/").status_code for client in (applicant, bureau)] == [404, 202]

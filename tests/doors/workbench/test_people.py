"""Administration of posts and accounts: apart from cases, by three people, all of it recorded."""

import re

import pytest
from django.test import Client

from makerspace.office.notify.models import Message
from makerspace.office.people.models import Invitation, Person, Post
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests.doors.workbench.conftest import SignIn
from tests.factories import draft_case, make_organisation, make_person

pytestmark = pytest.mark.django_db
REASON = {"reason": "长期未登录，按规定停用"}
OFFICER = {
    "name": "周敏",
    "email": "zhoumin@example.cn",
    "role": "district",
    "authority": "panlong",
    "duties": ["counter"],
}


@pytest.fixture
def system_admin() -> Person:
    return make_person(Role.SYSTEM_ADMIN)


@pytest.fixture
def security_admin() -> Person:
    return make_person(Role.SECURITY_ADMIN)


def recorded() -> list[str]:
    return list(Entry.objects.filter(stream="PEOPLE").order_by("seq").values_list("act", flat=True))


def link_of(client: Client, **changes: object) -> str:
    assert client.post("/work/people/invite/", OFFICER | changes).status_code == 302
    found = re.search(r"/work/invitations/\S+/", Message.objects.latest("id").text)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    "role", [role for role in Role if not role.value.endswith("_admin") and role not in {Role.PUBLIC, Role.CLOCK}]
)
def test_only_administrators_open_the_pages_of_administration(sign_in: SignIn, role: Role) -> None:
    person = make_person(organisation=make_organisation()) if role is Role.APPLICANT else make_person(role)
    client = sign_in(person, fresh=True)

    assert {
        client.get(page).status_code for page in ("/work/people/", "/work/people/invite/", "/work/people/record/")
    } == {403}
    assert client.post("/work/people/invite/", OFFICER).status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_an_administrator_sees_no_case(sign_in: SignIn, role: Role) -> None:
    case, client = draft_case(), sign_in(make_person(role))

    assert client.get("/work/cases/").context["listing"].count == 0
    assert client.get(f"/work/cases/{case.number}/").status_code == 404


def test_inviting_asks_again_who_one_is(sign_in: SignIn, system_admin: Person) -> None:
    response = sign_in(system_admin).post("/work/people/invite/", OFFICER)

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not Invitation.objects.exists()


def test_an_officer_is_invited_and_takes_the_post(sign_in: SignIn, system_admin: Person) -> None:
    link = link_of(sign_in(system_admin, fresh=True))
    guest = make_person()
    client = sign_in(guest)

    response = client.post(link)

    post = Post.objects.get(person=guest)
    assert response["Location"] == "/accounts/login/"
    assert (post.role, post.authority and post.authority.code, post.duties) == ("district", "panlong", ["counter"])
    assert client.get("/work/").status_code == 302  # every session ended with the new post
    assert recorded() == ["invite_officer", "accept_post"]
    assert first_broken("PEOPLE") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "clock"}, "role"), ({"role": "applicant"}, "role"), ({"role": ""}, "role"), ({"authority": ""}, "authority"),
        ({"authority": "beijing"}, "authority"), ({"role": "leader"}, "authority"), ({"email": "no address"}, "email"),
        ({"duties": ["king"]}, "duties"),
    ],
)  # fmt: skip
def test_an_invitation_that_makes_no_sense_is_refused_at_its_field(
    sign_in: SignIn, system_admin: Person, changes: dict[str, object], field: str
) -> None:
    response = sign_in(system_admin, fresh=True).post("/work/people/invite/", OFFICER | changes)

    assert response.status_code == 422
    assert f"id_{field}" in dict(response.context["form"].summary)
    assert not Invitation.objects.exists()


def test_an_administrator_invites_not_oneself(sign_in: SignIn, system_admin: Person) -> None:
    client = sign_in(system_admin, fresh=True)

    by_address = client.post("/work/people/invite/", OFFICER | {"email": system_admin.email})
    by_link = client.post(link_of(client))

    assert by_address.status_code == 422
    assert by_link.status_code == 409
    assert Post.objects.filter(person=system_admin).count() == 1


def test_who_administers_takes_no_other_post(sign_in: SignIn, system_admin: Person) -> None:
    link = link_of(sign_in(system_admin, fresh=True), role="system_admin", authority="", duties=[])
    officer = make_person(Role.BUREAU)

    response = sign_in(officer).post(link)

    assert response.status_code == 409
    assert "三人分任" in response.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_ending_a_post_signs_its_holder_out(sign_in: SignIn, system_admin: Person) -> None:
    officer = make_person(Role.LEADER)
    at_work, post = sign_in(officer), Post.objects.get(person=officer)
    before = at_work.get("/work/").status_code

    sign_in(system_admin, fresh=True).post(f"/work/people/{officer.pk}/posts/{post.pk}/end/")

    assert (before, at_work.get("/work/").status_code) == (200, 302)
    assert recorded() == ["end_post"]


def test_a_locked_account_is_signed_out_and_cannot_come_back(sign_in: SignIn, security_admin: Person) -> None:
    officer = make_person(Role.LEADER)
    officer.set_password("Dianchi-lake-2026")
    officer.save()
    at_work = sign_in(officer)

    sign_in(security_admin, fresh=True).post(f"/work/people/{officer.pk}/disable/", REASON)

    assert at_work.get("/work/").status_code == 302
    assert not Client().login(username=officer.username, password="Dianchi-lake-2026")
    assert recorded() == ["disable"]


@pytest.mark.parametrize("act", ["disable", "enable", "end-sessions", "reset-second-factor"])
def test_each_lock_needs_a_reason_and_the_security_administrator(
    sign_in: SignIn, security_admin: Person, system_admin: Person, act: str
) -> None:
    page = f"/work/people/{make_person(Role.LEADER).pk}/{act}/"

    wrong_role = sign_in(system_admin, fresh=True).post(page, REASON)
    without_reason = sign_in(security_admin, fresh=True).post(page, {"reason": ""})
    before = recorded()
    done = sign_in(security_admin, fresh=True).post(page, REASON)

    assert (wrong_role.status_code, without_reason.status_code, before) == (403, 302, [])
    assert done.status_code == 302
    assert recorded() == [act.replace("-", "_")]


@pytest.mark.parametrize("act", ["disable", "enable", "end-sessions", "reset-second-factor"])
def test_nobody_handles_their_own_account(sign_in: SignIn, security_admin: Person, act: str) -> None:
    response = sign_in(security_admin, fresh=True).post(f"/work/people/{security_admin.pk}/{act}/", REASON)

    assert response.status_code == 403
    assert recorded() == []


def test_a_system_administrator_does_not_end_their_own_post(sign_in: SignIn, system_admin: Person) -> None:
    post = Post.objects.get(person=system_admin)

    response = sign_in(system_admin, fresh=True).post(f"/work/people/{system_admin.pk}/posts/{post.pk}/end/")

    assert response.status_code == 409
    assert Post.objects.get().valid_until is None


def test_a_post_is_ended_only_with_its_person(sign_in: SignIn, system_admin: Person) -> None:
    one, other = make_person(Role.LEADER), make_person(Role.BUREAU)
    post = Post.objects.get(person=other)

    response = sign_in(system_admin, fresh=True).post(f"/work/people/{one.pk}/posts/{post.pk}/end/")

    assert response.status_code == 404
    assert Post.objects.get(pk=post.pk).valid_until is None


def test_an_applicant_is_no_account_of_administration(sign_in: SignIn, security_admin: Person) -> None:
    applicant = make_person(organisation=make_organisation())

    assert sign_in(security_admin).get(f"/work/people/{applicant.pk}/").status_code == 404


def test_the_record_of_administration_is_read_by_the_audit_administrator(
    sign_in: SignIn, security_admin: Person
) -> None:
    officer = make_person(Role.LEADER)
    sign_in(security_admin, fresh=True).post(f"/work/people/{officer.pk}/disable/", REASON)

    text = sign_in(make_person(Role.AUDIT_ADMIN)).get("/work/people/record/").content.decode()

    assert "停用账号" in text
    assert str(security_admin) in text


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_people_costs_the_same_for_one_and_for_thirty(
    sign_in: SignIn, system_admin: Person, django_assert_num_queries, rows: int
) -> None:
    for _ in range(rows):
        make_person(Role.DISTRICT, "wuhua")
    client = sign_in(system_admin)
    client.get("/work/people/")

    with django_assert_num_queries(8):
        client.get("/work/people/")


def test_an_invitation_to_an_office_is_taken_back_once(sign_in: SignIn, system_admin: Person) -> None:
    client = sign_in(system_admin, fresh=True)
    link = link_of(client)
    page = f"/work/people/invitations/{Invitation.objects.get().pk}/take-back/"

    answers = [client.post(page).status_code for _ in range(2)]

    assert answers == [302, 409]
    assert sign_in(make_person()).post(link).status_code == 404
    assert recorded() == ["invite_officer", "take_back_invitation"]


def test_the_page_of_a_person_offers_what_ones_role_may_do(
    sign_in: SignIn, system_admin: Person, security_admin: Person
) -> None:
    officer = make_person(Role.LEADER)

    pages = [
        sign_in(admin).get(f"/work/people/{officer.pk}/").content.decode() for admin in (system_admin, security_admin)
    ]

    assert ["结束任职" in page for page in pages] == [True, False]
    assert ["停用账号" in page for page in pages] == [False, True]


def test_an_act_that_is_none_is_not_there(sign_in: SignIn, security_admin: Person) -> None:
    officer = make_person(Role.LEADER)

    assert sign_in(security_admin, fresh=True).post(f"/work/people/{officer.pk}/promote/", REASON).status_code == 404

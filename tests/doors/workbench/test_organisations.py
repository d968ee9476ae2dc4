"""Organisations and their members in the browser; invitations and how they may not be used."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from makerspace.office.notify.models import Delivery, Message
from makerspace.office.people.models import Invitation, Membership, Organisation, Person
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.doors.workbench.conftest import SignIn
from tests.factories import draft_case, make_organisation, make_person, member_of, submitted_case, uscc

pytestmark = pytest.mark.django_db
PASSWORD = "Dianchi-lake-2026"


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def owner(organisation: Organisation) -> Person:
    return make_person(organisation=organisation)


@pytest.fixture
def editor(owner: Person, organisation: Organisation) -> Person:
    return make_person(organisation=organisation, owner=False)


def address(organisation: Organisation, rest: str = "") -> str:
    return f"/work/organisations/{organisation.pk}/{rest}"


def invite(client: Client, organisation: Organisation, email: str = "new@example.cn") -> str:
    response = client.post(address(organisation, "invite/"), {"name": "新人", "email": email, "role": "editor"})
    assert response.status_code == 302
    found = re.search(r"/work/invitations/\S+/", Message.objects.latest("id").text)
    assert found is not None
    return found[0]


def test_a_unit_is_registered_and_recorded(sign_in: SignIn) -> None:
    person = make_person()
    given = {"name": "昆明翠湖科技有限公司", "uscc": uscc(), "kind": "enterprise", "address": "五华区翠湖北路2号"}

    response = sign_in(person).post("/work/organisations/new/", given)

    made = Organisation.objects.get()
    assert response["Location"] == address(made)
    assert [(row.act, row.person) for row in Entry.objects.filter(stream=f"ORG-{made.pk}")] == [
        ("register_organisation", person)
    ]


def test_a_wrong_check_sign_is_a_warning_and_a_known_code_a_fault(sign_in: SignIn, organisation: Organisation) -> None:
    client = sign_in(make_person())
    given = {"name": "单位甲", "kind": "enterprise", "address": ""}

    warned = client.post("/work/organisations/new/", given | {"uscc": "91530102MA0000000X"}, follow=True)
    known = client.post("/work/organisations/new/", given | {"uscc": organisation.uscc})

    assert "校验码不符" in warned.content.decode()
    assert known.status_code == 422
    assert "已经登记" in known.content.decode()
    assert "单位甲" in known.content.decode()


@pytest.mark.parametrize("rest", ["", "invite/"])
def test_a_stranger_finds_no_organisation(
    sign_in: SignIn, organisation: Organisation, owner: Person, rest: str
) -> None:
    for stranger in (
        make_person(organisation=make_organisation()),
        make_person(Role.BUREAU),
        make_person(Role.SYSTEM_ADMIN),
    ):
        response = sign_in(stranger).get(address(organisation, rest))

        assert response.status_code == 404
        assert organisation.name not in response.content.decode()


def test_an_editor_reads_the_members_and_manages_none(
    sign_in: SignIn, organisation: Organisation, owner: Person, editor: Person
) -> None:
    client, row = sign_in(editor), Membership.objects.get(person=owner)

    assert client.get(address(organisation)).status_code == 200
    assert client.get(address(organisation, "invite/")).status_code == 403
    assert [
        client.post(address(organisation, f"members/{row.pk}/{act}/")).status_code for act in ("editor", "end")
    ] == [403, 403]


def test_a_member_of_another_organisation_is_not_reached_through_ones_own(
    sign_in: SignIn, organisation: Organisation, owner: Person
) -> None:
    other = Membership.objects.get(person=make_person(organisation=make_organisation()))

    response = sign_in(owner).post(address(organisation, f"members/{other.pk}/end/"))

    assert response.status_code == 404
    assert Membership.objects.get(pk=other.pk).until is None


def test_an_owner_hands_over_and_may_then_leave(
    sign_in: SignIn, organisation: Organisation, owner: Person, editor: Person
) -> None:
    client = sign_in(owner)
    own, other = Membership.objects.get(person=owner), Membership.objects.get(person=editor)

    early = client.post(address(organisation, f"members/{own.pk}/end/"))
    client.post(address(organisation, f"members/{other.pk}/hand-over/"))
    left = client.post(address(organisation, f"members/{own.pk}/end/"))

    assert early.status_code == 409
    assert left["Location"] == "/work/organisations/"
    assert client.get(address(organisation)).status_code == 404
    assert Membership.objects.get(pk=other.pk).role == "owner"
    assert list(Entry.objects.filter(stream=f"ORG-{organisation.pk}").order_by("seq").values_list("act", flat=True)) == [
        "hand_over", "end_membership",
    ]  # fmt: skip


def test_whoever_left_sees_the_cases_no_more_and_the_organisation_keeps_them(
    sign_in: SignIn, organisation: Organisation, owner: Person, editor: Person
) -> None:
    case = draft_case(organisation=organisation)
    client, row = sign_in(editor), Membership.objects.get(person=editor)
    before = client.get(f"/work/cases/{case.number}/").status_code

    sign_in(owner).post(address(organisation, f"members/{row.pk}/end/"))

    assert (before, client.get(f"/work/cases/{case.number}/").status_code) == (200, 404)
    assert sign_in(owner).get(f"/work/cases/{case.number}/").status_code == 200


# -- invitations -------------------------------------------------------------------------------------------------------
def test_an_invitation_goes_out_by_letter_and_opens_an_account(
    sign_in: SignIn, client: Client, organisation: Organisation, owner: Person
) -> None:
    link = invite(sign_in(owner), organisation)
    addressed = Delivery.objects.latest("id").address
    given = {"name": "新人", "username": "xinren", "password": PASSWORD, "again": PASSWORD}

    response = client.post(link, given)

    person = Person.objects.get(username="xinren")
    assert addressed == "new@example.cn"
    assert response["Location"] == "/accounts/login/"
    assert list(person.memberships.values_list("organisation", "role")) == [(organisation.pk, "editor")]
    assert client.login(username="xinren", password=PASSWORD)


def test_an_invitation_is_accepted_by_whoever_has_signed_in(
    sign_in: SignIn, organisation: Organisation, owner: Person
) -> None:
    link, guest = invite(sign_in(owner), organisation), make_person()

    response = sign_in(guest).post(link)

    assert response["Location"] == address(organisation)
    assert guest.memberships.get().organisation == organisation


def test_looking_at_an_invitation_accepts_nothing(sign_in: SignIn, organisation: Organisation, owner: Person) -> None:
    link, guest = invite(sign_in(owner), organisation), make_person()

    response = sign_in(guest).get(link)

    assert response.status_code == 200
    assert not guest.memberships.exists()


def test_an_invitation_works_once_and_not_after_seven_days_nor_after_it_was_taken_back(
    sign_in: SignIn, organisation: Organisation, owner: Person, on_the_day: time_machine.Traveller
) -> None:
    client = sign_in(owner)
    used, taken_back, late = (invite(client, organisation, f"n{number}@example.cn") for number in range(3))
    sign_in(make_person()).post(used)
    row = Invitation.objects.get(email="n1@example.cn")
    client.post(address(organisation, f"invitations/{row.pk}/take-back/"))
    second = sign_in(make_person())

    answers = [second.post(used).status_code, second.post(taken_back).status_code]
    on_the_day.shift(timedelta(days=7))
    answers.append(sign_in(make_person()).post(late).status_code)

    assert answers == [404, 404, 404]
    assert Membership.objects.filter(organisation=organisation).count() == 2


def test_a_forged_link_leads_nowhere_and_says_so_alike(
    sign_in: SignIn, client: Client, organisation: Organisation, owner: Person
) -> None:
    link = invite(sign_in(owner), organisation)

    forged = client.get(link[:-5] + "AAAA/")

    assert forged.status_code == 404
    assert organisation.name not in forged.content.decode()


def test_the_inviter_does_not_take_up_the_invitation(
    sign_in: SignIn, organisation: Organisation, owner: Person
) -> None:
    client = sign_in(owner)
    link = invite(client, organisation)

    assert client.post(link).status_code == 409
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"again": "something-else-12"}, "again"), ({"password": "123456789012", "again": "123456789012"}, "password"),
        ({"password": "short", "again": "short"}, "password"), ({"username": "taken"}, "username"), ({"username": "a\x00b c"}, "username"),
    ],
)  # fmt: skip
def test_an_account_is_not_opened_with_what_does_not_hold(
    sign_in: SignIn, client: Client, organisation: Organisation, owner: Person, changes: dict[str, str], field: str
) -> None:
    make_person(username="taken")
    link = invite(sign_in(owner), organisation)

    response = client.post(
        link, {"name": "新人", "username": "xinren", "password": PASSWORD, "again": PASSWORD} | changes
    )

    assert response.status_code == 422
    assert f"id_{field}" in dict(response.context["form"].summary)
    assert PASSWORD not in response.content.decode()
    assert not Person.objects.filter(username="xinren").exists()
    assert Invitation.objects.get().accepted_at is None


def test_an_account_is_not_opened_over_an_address_that_has_one(
    sign_in: SignIn, client: Client, organisation: Organisation, owner: Person
) -> None:
    known = make_person()
    link = invite(sign_in(owner), organisation, known.email)

    response = client.post(link, {"name": "新人", "username": "xinren", "password": PASSWORD, "again": PASSWORD})

    assert response.status_code == 422
    assert "已有账号" in response.content.decode()


def test_the_pages_of_members_say_what_one_may_do(
    sign_in: SignIn, organisation: Organisation, owner: Person, editor: Person
) -> None:
    pages = [sign_in(person).get(address(organisation)).content.decode() for person in (owner, editor)]

    assert ["移交负责人" in page for page in pages] == [True, False]
    assert sign_in(owner).get("/work/organisations/").content.decode().count(organisation.name) >= 1
    assert sign_in(owner).get(address(organisation, "invite/")).status_code == 200


def test_an_owner_makes_owners_and_editors(
    sign_in: SignIn, organisation: Organisation, owner: Person, editor: Person
) -> None:
    client, row = sign_in(owner), Membership.objects.get(person=editor)

    roles = []
    for act in ("owner", "editor"):
        client.post(address(organisation, f"members/{row.pk}/{act}/"))
        roles.append(Membership.objects.get(pk=row.pk).role)

    assert roles == ["owner", "editor"]
    assert client.post(address(organisation, f"members/{row.pk}/king/")).status_code == 404


def test_a_member_is_not_invited_again(sign_in: SignIn, organisation: Organisation, owner: Person) -> None:
    response = sign_in(owner).post(
        address(organisation, "invite/"), {"name": "本人", "email": owner.email, "role": "editor"}
    )

    assert response.status_code == 422
    assert not Invitation.objects.exists()


def test_the_address_of_an_open_invitation_is_for_owners(
    sign_in: SignIn, organisation: Organisation, owner: Person, editor: Person
) -> None:
    invite(sign_in(owner), organisation, "secret@example.cn")

    pages = [sign_in(person).get(address(organisation)).content.decode() for person in (owner, editor)]

    assert ["secret@example.cn" in page for page in pages] == [True, False]


def test_an_owner_sets_a_wrong_registration_right_and_the_record_keeps_both(
    sign_in: SignIn, organisation: Organisation, owner: Person
) -> None:
    before, code = {"name": organisation.name, "uscc": organisation.uscc}, uscc()
    client = sign_in(owner)
    draft_case(organisation=organisation)

    assert address(organisation, "correct/") in client.get(address(organisation)).content.decode()
    client.post(address(organisation, "correct/"), {"name": "昆明滇池科技有限公司", "uscc": code})

    organisation.refresh_from_db()
    [entry] = Entry.objects.filter(stream=f"ORG-{organisation.pk}")
    after = {"name": "昆明滇池科技有限公司", "uscc": code}
    assert {"name": organisation.name, "uscc": organisation.uscc} == after
    assert (entry.act, entry.person, json.loads(entry.data)) == (
        "correct_organisation",
        owner,
        {"before": before, "after": after},
    )


def test_a_unit_that_handed_something_in_is_not_renamed_by_its_owner(sign_in: SignIn) -> None:
    case = submitted_case()
    unit, owner = case.organisation, member_of(case.organisation)
    client = sign_in(owner)

    refused = client.post(address(unit, "correct/"), {"name": "另一家公司", "uscc": uscc()})

    assert refused.status_code == 422
    assert "已经提交过申报" in refused.content.decode()
    assert Organisation.objects.get(pk=unit.pk).name == unit.name
    assert address(unit, "correct/") not in client.get(address(unit)).content.decode()


def test_an_editor_sets_no_registration_right(sign_in: SignIn, organisation: Organisation, editor: Person) -> None:
    assert sign_in(editor).get(address(organisation, "correct/")).status_code == 403


@pytest.mark.parametrize("has_case", [False, True])
def test_a_sole_owner_leaves_an_empty_unit_only(
    sign_in: SignIn, organisation: Organisation, owner: Person, has_case: bool
) -> None:
    if has_case:
        draft_case(organisation=organisation)
    own = Membership.objects.get(person=owner)

    response = sign_in(owner).post(address(organisation, f"members/{own.pk}/end/"))

    own.refresh_from_db()
    assert (response.status_code, own.until is None) == ((409, True) if has_case else (302, False))


def test_whoever_finds_the_code_taken_is_told_whom_to_ask(
    sign_in: SignIn, organisation: Organisation, settings: Settings
) -> None:
    given = {"name": "单位甲", "kind": "enterprise", "address": "", "uscc": organisation.uscc}

    text = sign_in(make_person()).post("/work/organisations/new/", given).content.decode()

    assert settings.SITE["sponsor"] in text
    assert settings.SITE["phone"] in text


def test_a_code_that_is_too_long_is_a_fault(sign_in: SignIn) -> None:
    given = {"name": "单位甲", "kind": "enterprise", "address": "", "uscc": "9" * 19}

    assert sign_in(make_person()).post("/work/organisations/new/", given).status_code == 422

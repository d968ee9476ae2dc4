"""Organisations, posts and invitations: what must hold whoever asks."""

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from makerspace.office.people import operations as people
from makerspace.office.people import queries
from makerspace.office.people.models import Invitation, Membership, Person, Post
from makerspace.office.people.operations import Unfit
from makerspace.regulation.terms import Duty, Role
from tests.factories import authority, make_organisation, make_person, uscc

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)


def again(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def session_of(person: Person) -> str:
    store = SessionStore()
    store["of"] = person.pk
    store.save()
    UserSession.objects.create(user=person, ip="127.0.0.1", session_key=store.session_key, user_agent="test")
    assert store.session_key is not None
    return store.session_key


def member(person: Person, organisation: object) -> Membership:
    return Membership.objects.get(person=person, organisation=organisation)


# -- organisations -----------------------------------------------------------------------------------------------------
def test_who_registers_a_unit_owns_it() -> None:
    person = make_person()

    made = people.register_organisation("昆明翠湖科技有限公司", f" {uscc(7).lower()} ", by=person, on=TODAY)

    assert made.uscc == uscc(7)
    assert again(person).capacity(TODAY).owned == {made.pk}


@pytest.mark.parametrize(
    "typed", [uscc(8), uscc(8).lower(), f"{uscc(8)[:9]} {uscc(8)[9:]}", uscc(8).translate({ord("9"): "９"})]
)
def test_a_unit_is_registered_once_however_its_code_is_typed(typed: str) -> None:
    make_organisation(code=uscc(8))

    with pytest.raises(Unfit) as caught:
        people.register_organisation("另一人登记", typed, by=make_person(), on=TODAY)

    assert caught.value.field == "uscc"


def test_a_wrong_check_sign_warns_and_stops_nobody() -> None:
    wrong = uscc(9)[:17] + ("0" if uscc(9)[17] != "0" else "1")

    made = people.register_organisation("校验码不符的单位", wrong, by=make_person(), on=TODAY)

    assert made.uscc == wrong
    assert "校验码不符" in people.uscc_warning(wrong)
    assert people.uscc_warning(uscc(9)) == ""


def test_the_last_owner_can_neither_leave_nor_step_down() -> None:
    organisation = make_organisation()
    owner, editor = make_person(organisation=organisation), make_person(organisation=organisation, owner=False)

    for act in (
        lambda: people.end_membership(member(owner, organisation), on=TODAY),
        lambda: people.change_role(member(owner, organisation), "editor", on=TODAY),
    ):
        with pytest.raises(Unfit, match="至少要有一名负责人"):
            act()
    people.hand_over(member(owner, organisation), member(editor, organisation), on=TODAY)
    people.end_membership(member(owner, organisation), on=TODAY)

    assert again(owner).capacity(TODAY).organisations == frozenset()
    assert again(editor).capacity(TODAY).owned == {organisation.pk}


def test_an_owner_whose_account_is_locked_is_no_owner_left() -> None:
    organisation = make_organisation()
    owner, locked = make_person(organisation=organisation), make_person(organisation=organisation)
    people.disable(locked)

    with pytest.raises(Unfit):
        people.end_membership(member(owner, organisation), on=TODAY)


def test_a_membership_that_ends_stays_in_the_past() -> None:
    organisation = make_organisation()
    make_person(organisation=organisation)
    leaver = make_person(organisation=organisation, owner=False)

    people.end_membership(member(leaver, organisation), on=TODAY)

    assert member(leaver, organisation).until == TODAY - timedelta(days=1)
    assert again(leaver).capacity(TODAY - timedelta(days=1)).organisations == {organisation.pk}


def test_an_organisation_is_handed_over_to_its_own_members_only() -> None:
    organisation, other = make_organisation(), make_organisation()
    owner, stranger = make_person(organisation=organisation), make_person(organisation=other)

    with pytest.raises(Unfit):
        people.hand_over(member(owner, organisation), member(stranger, other), on=TODAY)


# -- posts -------------------------------------------------------------------------------------------------------------
def test_an_appointment_gives_the_role_and_ends_the_old_sessions() -> None:
    person = make_person()
    key = session_of(person)

    people.appoint(person, Role.DISTRICT, authority=authority("panlong"), duties=[Duty.COUNTER], on=TODAY)

    capacity = again(person).capacity(TODAY)
    assert capacity.roles == {Role.DISTRICT}
    assert capacity.authorities == {authority("panlong").pk}
    assert capacity.duties == {Duty.COUNTER}
    assert not SessionStore().exists(key)


@pytest.mark.parametrize(("role", "place"), [(Role.DISTRICT, None), (Role.BUREAU, "wuhua")])
def test_a_districts_post_has_an_authority_and_no_other_has(role: Role, place: str | None) -> None:
    with pytest.raises(Unfit) as caught:
        people.appoint(make_person(), role, authority=authority(place) if place else None, on=TODAY)

    assert caught.value.field == "authority"


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        (Role.BUREAU, Role.SYSTEM_ADMIN), (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN), (Role.AUDIT_ADMIN, Role.LEADER),
        (None, Role.SYSTEM_ADMIN),
    ],
)  # fmt: skip
def test_administration_is_three_people_who_do_nothing_else(held: Role | None, asked: Role) -> None:
    person = make_person(held) if held else make_person(organisation=make_organisation())

    with pytest.raises(Unfit, match="三人分任"):
        people.appoint(person, asked, on=TODAY)


def test_an_administrator_registers_and_joins_no_organisation() -> None:
    admin = make_person(Role.SYSTEM_ADMIN)

    with pytest.raises(Unfit):
        people.register_organisation("单位", uscc(), by=admin, on=TODAY)
    with pytest.raises(Unfit):
        people.join(admin, make_organisation(), "editor", on=TODAY)


def test_a_post_ends_at_once_and_with_it_the_sessions() -> None:
    person = make_person(Role.LEADER)
    key, post = session_of(person), Post.objects.get(person=person)

    people.end_post(post, on=TODAY)

    assert Role.LEADER not in again(person).capacity(TODAY).roles
    assert Role.LEADER in again(person).capacity(TODAY - timedelta(days=1)).roles
    assert not SessionStore().exists(key)
    with pytest.raises(Unfit, match="已经结束"):
        people.end_post(Post.objects.get(pk=post.pk), on=TODAY)


def test_a_locked_account_has_no_capacity_and_no_session() -> None:
    person = make_person(Role.LEADER)
    key = session_of(person)

    people.disable(person)

    assert again(person).capacity(TODAY).roles == frozenset()
    assert not SessionStore().exists(key)
    people.enable(person)
    assert again(person).capacity(TODAY).roles == {Role.LEADER}


# -- invitations -------------------------------------------------------------------------------------------------------
def invite(**changes: object) -> tuple[Invitation, str]:
    organisation = make_organisation()
    given = {
        "email": "new@example.cn",
        "name": "新人",
        "role": "editor",
        "by": make_person(organisation=organisation),
        "now": NOW,
    }
    return people.invite_member(organisation, **(given | changes))  # type: ignore[arg-type]


def test_an_invitation_is_found_by_its_secret_for_seven_days() -> None:
    invitation, secret = invite()

    assert people.find_invitation(secret, NOW + timedelta(days=7, seconds=-1)) == invitation
    assert people.find_invitation(secret, NOW + timedelta(days=7)) is None
    assert people.find_invitation(secret[:-1], NOW) is None
    assert secret not in str(Invitation.objects.values().get())


def test_an_invitation_is_taken_up_once() -> None:
    invitation, _ = invite()
    first, second = make_person(), make_person()

    people.accept(invitation, first, now=NOW)

    with pytest.raises(Unfit, match="已使用"):
        people.accept(invitation, second, now=NOW)
    assert again(second).capacity(TOMORROW).organisations == frozenset()


def test_an_invitation_taken_back_is_worth_nothing() -> None:
    invitation, secret = invite()

    people.take_back(invitation, now=NOW)

    assert people.find_invitation(secret, NOW) is None
    with pytest.raises(Unfit):
        people.accept(invitation, make_person(), now=NOW)


def test_nobody_takes_up_their_own_invitation() -> None:
    admin = make_person(Role.SYSTEM_ADMIN)
    invitation, _ = people.invite_officer(email="x@example.cn", name="某", role=Role.LEADER, by=admin, now=NOW)

    with pytest.raises(Unfit, match="本人发出"):
        people.accept(invitation, admin, now=NOW)
    with pytest.raises(Unfit, match="本人"):
        people.invite_officer(email=admin.email.upper(), name="某", role=Role.LEADER, by=admin, now=NOW)


def test_an_account_is_opened_for_the_invited_address_once() -> None:
    invitation, _ = invite(email="new@example.cn")

    person = people.open_account(invitation, username="xinren", password="Dianchi-lake-2026", name="新人")

    assert (person.email, person.check_password("Dianchi-lake-2026")) == ("new@example.cn", True)
    with pytest.raises(Unfit) as caught:
        people.open_account(invitation, username="XinRen", password="Dianchi-lake-2026", name="新人")
    assert caught.value.field == "username"
    with pytest.raises(Unfit, match="已有账号"):
        people.open_account(invitation, username="other", password="Dianchi-lake-2026", name="新人")


def test_a_member_is_not_invited_again() -> None:
    organisation = make_organisation()
    owner = make_person(organisation=organisation)

    with pytest.raises(Unfit) as caught:
        people.invite_member(organisation, email=owner.email.upper(), name="某", role="editor", by=owner, now=NOW)

    assert caught.value.field == "email"


def test_staff_lists_who_holds_or_held_a_post() -> None:
    holder, applicant = make_person(Role.BUREAU), make_person()
    former = make_person(Role.LEADER)
    people.end_post(Post.objects.get(person=former), on=TODAY)

    listed = {person.pk: [post.role for post in person.current] for person in queries.staff(TODAY)}  # type: ignore[attr-defined]

    assert listed == {holder.pk: ["bureau"], former.pk: []}
    assert applicant.pk not in listed


def test_competence_lasts_until_its_last_day() -> None:
    row = authority("wuhua")
    row.valid_until = date(2026, 3, 16)
    row.save()

    assert row in queries.competent_authorities(date(2026, 3, 16))
    assert row not in queries.competent_authorities(date(2026, 3, 17))


# -- what is asked for in vain -----------------------------------------------------------------------------------------
def test_nobody_joins_twice() -> None:
    organisation = make_organisation()
    person = make_person(organisation=organisation)

    with pytest.raises(Unfit, match="已经是本单位成员"):
        people.join(person, organisation, "editor", on=TODAY)


def test_a_membership_of_today_gives_no_right_any_more_and_stays_known() -> None:
    organisation = make_organisation()
    make_person(organisation=organisation)
    guest = make_person()
    row = people.join(guest, organisation, "editor", on=TODAY)

    people.end_membership(row, on=TODAY)

    assert not again(guest).capacity(TODAY).organisations
    assert not queries.memberships_of(guest, TODAY).exists()
    assert Membership.objects.get(person=guest).until == TODAY - timedelta(days=1)
    with pytest.raises(Unfit, match="已不是本单位成员"):
        people.end_membership(row, on=TODAY)


def test_a_membership_ends_once() -> None:
    organisation = make_organisation()
    make_person(organisation=organisation)
    row = member(make_person(organisation=organisation, owner=False), organisation)

    people.end_membership(row, on=TODAY)

    with pytest.raises(Unfit, match="已不是本单位成员"):
        people.end_membership(row, on=TODAY)


def test_the_same_post_is_given_once() -> None:
    officer = make_person(Role.BUREAU)

    with pytest.raises(Unfit, match="已任这一岗位"):
        people.appoint(officer, Role.BUREAU, on=TODAY)


def test_a_post_that_began_today_is_taken_away_whole() -> None:
    person = make_person()
    post = people.appoint(person, Role.LEADER, on=TODAY)

    people.end_post(post, on=TODAY)

    assert not Post.objects.filter(person=person).exists()


def test_a_lost_second_factor_is_taken_away_with_the_sessions() -> None:
    person = make_person(Role.LEADER)
    key = session_of(person)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})

    people.reset_second_factor(person)

    assert not Authenticator.objects.exists()
    assert not SessionStore().exists(key)


def test_an_invitation_names_a_role_that_there_is() -> None:
    with pytest.raises(Unfit) as caught:
        invite(role="king")

    assert caught.value.field == "role"


@pytest.mark.parametrize(("role", "place"), [(Role.DISTRICT, None), (Role.BUREAU, "wuhua")])
def test_an_officers_invitation_makes_sense(role: Role, place: str | None) -> None:
    with pytest.raises(Unfit) as caught:
        people.invite_officer(
            email="x@example.cn", name="某", role=role, authority=authority(place) if place else None,
            by=make_person(Role.SYSTEM_ADMIN), now=NOW,
        )  # fmt: skip

    assert caught.value.field == "authority"

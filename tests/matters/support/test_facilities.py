"""Entering and keeping facilities and mentors: what may be, who may, and what is refused at which field."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from makerspace.matters.support import operations
from makerspace.matters.support.forms.facilities import HoursRow, OfferFacts
from makerspace.matters.support.models import Facility, Keeper, Mentor, Offer, OpenHours
from makerspace.matters.support.queries.facilities import facilities, kept_by, offers
from makerspace.office.people.models import Invitation, Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.faults import faults_of
from makerspace.regulation.terms import Role
from tests import factories
from tests.matters.support.helping import FACILITY, MENTOR, MONDAY, NOW, OFFER, WORKWEEK, scene
from tests.matters.support.test_engagements import refusal

pytestmark = pytest.mark.django_db
ROWS = [{"weekday": 1, "opens": "09:00", "closes": "12:00"}]


def test_the_bureau_enters_and_nobody_else() -> None:
    here = scene()
    with clock.pretending(NOW):
        other = {**FACILITY, "name": "昆明市第二重点实验室"}

        assert refusal(operations.enter_facility, by=here.keeper, on=MONDAY, **other)[0] == "not_yours"
        assert refusal(operations.enter_facility, by=here.bureau, on=MONDAY, **FACILITY) == (
            "invalid", {"name": "已有同名的设施，请核对。"},
        )  # fmt: skip
        operations.enter_facility(by=here.bureau, on=MONDAY, **other)

    assert Facility.objects.count() == 2


def test_an_account_that_holds_the_post_is_tied_at_once_and_only_once() -> None:
    here = scene()
    with clock.pretending(NOW):
        facility = operations.enter_facility(by=here.bureau, on=MONDAY, **{**FACILITY, "name": "昆明市第二重点实验室"})
        email = here.keeper.email
        keeper, path = operations.invite_keeper(facility, by=here.bureau, on=MONDAY, name="张", email=email)

        assert (keeper.person, path) == (here.keeper, "")
        assert kept_by(here.keeper, MONDAY).count() == 2
        assert (
            refusal(operations.invite_keeper, facility, by=here.bureau, on=MONDAY, name="张", email=email)[0]
            == "invalid"
        )
        assert Keeper.objects.count() == 2


def test_who_still_keeps_another_facility_keeps_the_post() -> None:
    here = scene()
    with clock.pretending(NOW):
        facility = operations.enter_facility(by=here.bureau, on=MONDAY, **{**FACILITY, "name": "昆明市第二重点实验室"})
        keeper, _ = operations.invite_keeper(facility, by=here.bureau, on=MONDAY, name="张", email=here.keeper.email)
        operations.end_keeper(keeper, by=here.bureau, on=MONDAY)

        assert Role.PROVIDER in Person.objects.get(pk=here.keeper.pk).roles_on(MONDAY)
        operations.end_keeper(here.facility.keepers.get(), by=here.bureau, on=MONDAY)
        assert Role.PROVIDER not in Person.objects.get(pk=here.keeper.pk).roles_on(MONDAY)


def test_an_invitation_ends_with_what_it_was_for() -> None:
    here = scene()
    with clock.pretending(NOW):
        keeper, _ = operations.invite_keeper(here.facility, by=here.bureau, on=MONDAY, name="李", email="li@example.cn")
        operations.end_keeper(keeper, by=here.bureau, on=MONDAY)
        later = NOW + timedelta(minutes=1)

        assert not Invitation.objects.filter(email="li@example.cn", expires_at__gt=later).exists()


def test_what_is_offered_is_changed_by_its_keeper_and_the_bureau_only() -> None:
    here, stranger = scene(), factories.make_person(Role.PROVIDER)
    with clock.pretending(NOW):
        more = {**OFFER, "name": "第二台设备"}
        assert (
            refusal(operations.publish_offer, here.facility, by=stranger, on=MONDAY, hours=WORKWEEK, **more)[0]
            == "not_yours"
        )
        assert (
            refusal(operations.change_offer, here.offer, by=here.asker, on=MONDAY, hours=WORKWEEK, **OFFER)[0]
            == "not_yours"
        )
        assert refusal(operations.publish_offer, here.facility, by=here.keeper, on=MONDAY, hours=WORKWEEK, **OFFER)[
            1
        ] == {"name": "这个设施已有同名的开放项目，请换一个名称。"}
        second = operations.publish_offer(here.facility, by=here.bureau, on=MONDAY, hours=WORKWEEK, **more)
        assert (
            refusal(operations.change_offer, second, by=here.keeper, on=MONDAY, hours=WORKWEEK, **OFFER)[0] == "invalid"
        )

    assert Offer.objects.count() == 2


def test_closed_and_opened_again() -> None:
    here = scene()
    with clock.pretending(NOW):
        operations.close_offer(here.offer, by=here.keeper, on=MONDAY, reason="检修")
        assert not offers(MONDAY).exists()
        assert facilities(MONDAY).get().open == []  # type: ignore[attr-defined]
        assert refusal(operations.close_offer, here.offer, by=here.keeper, on=MONDAY, reason="检修")[0] == "wrong_stage"
    later = NOW + timedelta(days=1)
    with clock.pretending(later):
        operations.change_offer(here.offer, by=here.keeper, on=clock.today(), hours=WORKWEEK, **OFFER)
        assert offers(clock.today()).get() == here.offer

    assert OpenHours.objects.filter(offer=here.offer, until=None).count() == 10


@pytest.mark.parametrize(("first", "last", "field"), [(-1, 1, "first_day"), (2, 1, "last_day"), (1, 400, "last_day")])
def test_closed_days_that_make_no_sense_are_refused(first: int, last: int, field: str) -> None:
    here = scene()
    days = {"first_day": MONDAY + timedelta(days=first), "last_day": MONDAY + timedelta(days=last), "reason": "检修"}
    with clock.pretending(NOW):
        assert list(refusal(operations.close_days, here.offer, by=here.keeper, on=MONDAY, **days)[1]) == [field]


def test_a_facility_is_set_right() -> None:
    here = scene()
    with clock.pretending(NOW):
        operations.change_facility(here.facility, by=here.keeper, on=MONDAY, **{**FACILITY, "host": "云南新光电院"})
        operations.enter_facility(by=here.bureau, on=MONDAY, **{**FACILITY, "name": "昆明市第二重点实验室"})
        second = Facility.objects.get(name="昆明市第二重点实验室")
        assert refusal(operations.change_facility, second, by=here.bureau, on=MONDAY, **FACILITY)[0] == "invalid"

    assert Facility.objects.get(pk=here.facility.pk).host == "云南新光电院"
    assert (
        Entry.objects.filter(stream=f"FACILITY-{here.facility.pk}", act="change_facility", role="provider").count() == 1
    )


# -- mentors -----------------------------------------------------------------------------------------------------------
def test_a_mentor_is_appointed_once_and_by_the_bureau() -> None:
    here = scene()
    with clock.pretending(NOW):
        again = {"name": here.mentor.name, "email": "again@example.cn", **MENTOR}
        assert refusal(operations.appoint_mentor, by=here.asker, on=MONDAY, **again)[0] == "not_yours"
        assert refusal(operations.appoint_mentor, by=here.bureau, on=MONDAY, **again)[0] == "invalid"
        operations.end_mentor(here.mentor, by=here.bureau, on=MONDAY, reason="聘期届满")
        operations.appoint_mentor(by=here.bureau, on=MONDAY, **again)

    assert Mentor.objects.count() == 2


def test_a_letter_that_nobody_took_up_is_sent_again() -> None:
    here = scene()
    with clock.pretending(NOW):
        mentor, first = operations.appoint_mentor(
            by=here.bureau, on=MONDAY, name="尚未开通", email="old@example.cn", **{**MENTOR, "employer": "云南大学"}
        )
        second = operations.invite_mentor(mentor, by=here.bureau, on=MONDAY, name="尚未开通", email="new@example.cn")

        assert first != second
        assert Invitation.objects.get(email="old@example.cn").expires_at <= NOW
        assert refusal(
            operations.invite_mentor, here.mentor, by=here.bureau, on=MONDAY, name="张", email="x@example.cn"
        )[0] == "wrong_stage"  # fmt: skip


def test_nobody_invites_oneself_and_who_never_came_may_be_let_go() -> None:
    here = scene()
    with clock.pretending(NOW):
        own = here.bureau.email
        assert list(
            refusal(operations.invite_keeper, here.facility, by=here.bureau, on=MONDAY, name="我", email=own)[1]
        ) == ["email"]
        facts = {**MENTOR, "employer": "云南大学"}
        mentor, _ = operations.appoint_mentor(by=here.bureau, on=MONDAY, name="尚未开通", email="n@example.cn", **facts)
        operations.end_mentor(mentor, by=here.bureau, on=MONDAY, reason="联系不上")

        assert not Invitation.objects.filter(email="n@example.cn", expires_at__gt=NOW).exists()
    assert Keeper.objects.count() == 1


def test_who_left_is_neither_changed_nor_ended_again() -> None:
    here = scene()
    with clock.pretending(NOW):
        operations.change_mentor(here.mentor, by=here.bureau, on=MONDAY, **{**MENTOR, "post": "合伙人"})
        other, _ = operations.appoint_mentor(
            by=here.bureau, on=MONDAY, name=here.mentor.name, email="o@example.cn", **{**MENTOR, "employer": "另一单位"}
        )
        assert refusal(operations.change_mentor, other, by=here.bureau, on=MONDAY, **MENTOR)[0] == "invalid"
        operations.end_mentor(here.mentor, by=here.bureau, on=MONDAY, reason="聘期届满")

        assert refusal(operations.change_mentor, here.mentor, by=here.bureau, on=MONDAY, **MENTOR)[0] == "wrong_stage"
        assert refusal(operations.end_mentor, here.mentor, by=here.bureau, on=MONDAY, reason="再次")[0] == "wrong_stage"


# -- inputs ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "hours",
    [
        [],
        [{"weekday": 8, "opens": "09:00", "closes": "12:00"}],
        [{"weekday": 1, "opens": "09:10", "closes": "12:00"}],
        [{"weekday": 1, "opens": "12:00", "closes": "09:00"}],
        [*ROWS, {"weekday": 1, "opens": "11:30", "closes": "13:00"}],
        ["周一"],
    ],
)
def test_hours_that_can_not_be_are_refused_in_chinese(hours: object) -> None:
    facts = {**OFFER, "hours": hours}

    with pytest.raises(ValidationError) as caught:
        OfferFacts.of(facts)

    assert all(fault.expected and not fault.expected.isascii() for fault in faults_of(caught.value))


def test_hours_that_touch_are_taken() -> None:
    rows = [*ROWS, {"weekday": 1, "opens": "12:00", "closes": "13:00"}]

    assert [type(row) for row in OfferFacts.of({**OFFER, "hours": rows}).hours] == [HoursRow, HoursRow]

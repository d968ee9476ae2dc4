"""The pages of this room, as people use them: forms, wrong input, the same form twice, the calendar's address."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from makerspace.matters.support import operations
from makerspace.matters.support.models import Booking, CalendarKey, Facility, Keeper, Mentor, Offer, Session, State
from makerspace.matters.support.queries.engagements import history
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from tests import factories
from tests.asking import browser
from tests.matters.support.helping import FACILITY, MONDAY, NOW, THURSDAY, Scene, ask, at, book, scene

pytestmark = pytest.mark.django_db
TOKEN = {"form_token": "t" * 24}
ASKED = {"purpose": "标定第二批样机", "tenant": "", "day": "2026年3月19日", "start": "09:00", "end": "10:00"}


@pytest.fixture
def here() -> Iterator[Scene]:
    made = scene()
    with clock.pretending(NOW):
        yield made


def send(person: Any, name: str, /, *parts: object, **fields: object) -> Any:
    """A form sent by somebody."""
    return browser(person).post(reverse(name, args=parts), {**TOKEN, **fields})


def see(person: Any, name: str, *parts: object, query: str = "") -> str:
    answer = browser(person).get(reverse(name, args=parts) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_form_sent_twice_books_once(here: Scene) -> None:
    fields = {**ASKED, "makerspace": here.makerspace.pk}

    first, second = (send(here.asker, "support_book", here.offer.pk, **fields) for _ in range(2))

    assert first["Location"] == second["Location"] == reverse("support_booking", args=[Booking.objects.get().pk])
    assert Booking.objects.get().start == at(THURSDAY, 9)


def test_a_free_span_leads_to_the_form_with_its_hours(here: Scene) -> None:
    week = see(here.asker, "support_offer", here.offer.pk, query="?week=2026-03-19")
    assert "?day=2026-03-19&amp;start=09%3A00&amp;end=12%3A00" in week

    form = see(here.asker, "support_book", here.offer.pk, query="?day=2026-03-19&start=09:00&end=12:00")

    assert 'value="2026-03-19"' in form
    assert '<option value="09:00" selected>' in form
    assert '<option value="08:30"' not in form


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2026-13-40"}, "日期"),
        ({"day": ""}, "日期"),
        ({"start": "09:10"}, "开始时间"),
        ({"start": "12:00", "end": "12:30"}, "不在开放时间内"),
        ({"purpose": ""}, "用途"),
        ({"purpose": "x" * 501}, "500"),
        ({"makerspace": "987654"}, "众创空间"),
        ({"makerspace": "abc"}, "众创空间"),
        ({"tenant": "x" * 201}, "200"),
    ],
)
def test_wrong_input_is_said_at_its_field_and_kept(here: Scene, wrong: dict[str, str], said: str) -> None:
    fields: dict[str, object] = {**ASKED, "makerspace": here.makerspace.pk, **wrong}

    answer = send(here.asker, "support_book", here.offer.pk, **fields)

    assert answer.status_code in {404, 422}
    assert answer.status_code == 404 or said in answer.content.decode()
    assert not Booking.objects.exists()


def test_a_time_that_was_taken_meanwhile_is_said_and_the_form_kept(here: Scene) -> None:
    book(here)

    answer = send(here.asker, "support_book", here.offer.pk, **ASKED, makerspace=here.makerspace.pk)

    assert answer.status_code == 409
    assert "刚刚已被他人约定" in answer.content.decode()
    assert "标定第二批样机" in answer.content.decode()


def test_a_booking_goes_its_way_on_its_page(here: Scene) -> None:
    booking = book(here)
    page = see(here.keeper, "support_booking", booking.pk)
    assert reverse("support_booking_act", args=[booking.pk, "confirm"]) in page

    send(here.keeper, "support_booking_act", booking.pk, "confirm", reason="带样品")
    with clock.pretending(at(THURSDAY, 12)):
        form = see(here.keeper, "support_booking_act", booking.pk, "record")
        assert 'value="09:00"' in form
        wrong = send(here.keeper, "support_booking_act", booking.pk, "record", start="9点", end="11:00", attendance="0")
        assert wrong.status_code == 422
        given = {"start": "09:05", "end": "10:50", "attendance": "3", "notes": "结论只给双方"}
        send(here.keeper, "support_booking_act", booking.pk, "record", **given)
        send(here.asker, "support_booking_act", booking.pk, "rate", stars="5", comment="很好")

        booking.refresh_from_db()
        assert (booking.state, booking.stars) == (State.DONE, 5)
        page = see(here.asker, "support_booking", booking.pk)
        assert "结论只给双方" in page
        seals = Entry.objects.filter(act__endswith="_booking").order_by("-seq").values_list("seal", flat=True)
        assert re.findall(r'title="印记 (\w+)"', page) == list(seals)
        assert len(seals) == 4
        assert "1次，1.75小时" in see(here.asker, "support_calendar")
        assert "结论只给双方" not in see(here.bureau, "support_booking", booking.pk)


def test_the_same_answer_sent_twice_is_answered_the_same(here: Scene) -> None:
    booking = book(here)

    first, second = (send(here.keeper, "support_booking_act", booking.pk, "confirm") for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    other = browser(here.keeper).post(
        reverse("support_booking_act", args=[booking.pk, "confirm"]), {"form_token": "u" * 24}
    )
    assert other.status_code == 409


def test_others_see_that_it_is_taken_and_not_by_whom(here: Scene) -> None:
    booking = book(here)
    operations.confirm(booking, by=here.keeper, on=MONDAY)

    stranger = factories.make_person(organisation=factories.make_organisation())
    page = see(stranger, "support_offer", here.offer.pk, query="?week=2026-03-19")

    assert "已被预约" in page
    assert here.makerspace.name not in page
    assert here.makerspace.name in see(here.keeper, "support_offer", here.offer.pk, query="?week=2026-03-19")


def test_a_keeper_publishes_changes_and_closes(here: Scene) -> None:
    fields: dict[str, object] = {
        "kind": "service", "name": "样品前处理", "purpose": "切割、抛光、镀膜", "terms": "免费", "longest_hours": "2", "notice_days": "0",
        "hours-0-weekday": "3", "hours-0-opens": "09:00", "hours-0-closes": "12:00",
    }  # fmt: skip
    overlapping = {**fields, "hours-1-weekday": "3", "hours-1-opens": "11:00", "hours-1-closes": "13:00"}
    assert (
        "每周开放时间有重叠" in send(here.keeper, "support_offer_new", here.facility.pk, **overlapping).content.decode()
    )

    send(here.keeper, "support_offer_new", here.facility.pk, **fields)
    made = Offer.objects.get(name="样品前处理")
    send(here.keeper, "support_offer_edit", made.pk, **{**fields, "name": "样品制备"})
    send(here.keeper, "support_offer_days", made.pk, first_day="2026-03-18", last_day="2026-03-18", reason="检修")
    assert "检修" in see(here.asker, "support_offer", made.pk)
    send(here.keeper, "support_offer_close", made.pk, reason="人员调整")

    made.refresh_from_db()
    assert (made.name, made.closed_on) == ("样品制备", MONDAY)
    assert "已停止开放" in see(here.keeper, "support_facility", here.facility.pk)


def test_the_bureau_enters_invites_and_ends(here: Scene) -> None:
    send(here.bureau, "support_facility_new", **{**FACILITY, "name": "昆明市第二重点实验室"})
    made = Facility.objects.get(name="昆明市第二重点实验室")
    send(here.bureau, "support_keeper_invite", made.pk, name="赵管理", email="zhao@example.cn")
    assert "等待接受邀请" in see(here.bureau, "support_facility", made.pk)
    keeper = Keeper.objects.get(facility=made)
    browser(here.bureau).post(reverse("support_keeper_end", args=[made.pk, keeper.pk]))

    keeper.refresh_from_db()
    assert keeper.until == MONDAY - timedelta(days=1)


def test_the_bureau_appoints_and_dismisses_a_mentor(here: Scene) -> None:
    ask(here)
    fields = {"name": "段明理", "email": "duan@example.cn", "employer": "云南大学", "fields": ["law", "finance"]}
    send(here.bureau, "support_mentor_new", **fields)
    made = Mentor.objects.get(name="段明理")
    assert made.fields == ["law", "finance"]
    assert "尚未开通账号" in see(here.bureau, "support_mentor", made.pk)
    assert "尚有1件" in see(here.bureau, "support_mentor_end", here.mentor.pk)
    send(here.bureau, "support_mentor_end", here.mentor.pk, reason="聘期届满")

    assert Session.objects.get().state == State.REFUSED
    assert browser(here.asker).get(reverse("support_mentor", args=[here.mentor.pk])).status_code == 404
    assert "聘期届满" in see(here.bureau, "support_mentor", here.mentor.pk)


def test_a_session_is_asked_for_on_the_mentors_page(here: Scene) -> None:
    fields = {**ASKED, "makerspace": here.makerspace.pk, "way": "online", "place": "会议号100200"}

    answer = send(here.asker, "support_ask", here.mentor.pk, **fields)

    assert answer["Location"] == reverse("support_session", args=[Session.objects.get().pk])
    assert "会议号100200" in see(here.adviser, "support_session", Session.objects.get().pk)
    assert "2026年3月19日 09:00" in see(here.asker, "support_mentor", here.mentor.pk)


def test_the_calendars_address_is_shown_once_and_ends_when_revoked(here: Scene) -> None:
    book(here)
    made = browser(here.asker).post(reverse("support_key")).content.decode()
    found = re.search(r"/work/calendar/[\w-]{43}\.ics", made)
    assert found
    path = found.group()
    anonymous = Client()

    answer = anonymous.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "红外热像仪标定平台" in answer.content.decode().replace("\r\n ", "")
    assert path not in see(here.asker, "support_calendar")
    assert "红外热像仪标定平台" in see(here.asker, "support_calendar", query="?week=2026-03-19")
    browser(here.asker).post(reverse("support_key_revoke"))
    assert anonymous.get(path).status_code == 404
    assert CalendarKey.objects.filter(revoked_at=None).count() == 0


@pytest.mark.parametrize("query", ["?from=2026-03-20&to=2026-03-01", "?from=x", "?from=1900-01-01", "?to=9999-99-99"])
def test_openness_of_days_that_make_no_sense_still_answers(here: Scene, query: str) -> None:
    assert "怎样计算" in see(here.keeper, "support_openness", query=query)


@pytest.mark.parametrize("name", ["portal_facilities", "portal_mentors"])
def test_the_public_directories_hold_nothing_of_a_person_but_a_mentors_name(here: Scene, name: str) -> None:
    page = Client().get(reverse(name)).content.decode()

    assert ("红外热像仪标定平台" in page) is (name == "portal_facilities")
    assert (here.mentor.name in page) is (name == "portal_mentors")
    for hidden in (here.keeper.name, here.keeper.email, here.adviser.email, "早期投资", "高级经济师"):
        assert hidden not in page


def test_an_unknown_day_or_filter_shows_the_page_as_it_opens(here: Scene) -> None:
    assert "本周" in see(here.asker, "support_offer", here.offer.pk, query="?week=nonsense")
    assert "共 <b>1</b>" in see(here.asker, "support_facilities", query="?kind=nonsense")


def test_openness_is_exported_as_it_stands(here: Scene) -> None:
    text = see(here.keeper, "support_openness_csv", query="?from=2026-03-01&to=2026-03-31")

    assert text.splitlines()[1].startswith("昆明市红外光电重点实验室,红外热像仪标定平台,2026-03-01,2026-03-16,7")


def test_the_bureau_is_told_that_it_answers_instead(here: Scene) -> None:
    booking = book(here, day=MONDAY + timedelta(days=10))
    with clock.pretending(at(MONDAY + timedelta(days=4), 9)):
        assert "由您代为答复" in see(here.bureau, "support_booking_act", booking.pk, "confirm")
        assert "由您代为答复" not in see(here.keeper, "support_booking_act", booking.pk, "confirm")


def test_the_way_of_one_booking_holds_nothing_of_another(here: Scene) -> None:
    first = book(here)
    others = [book(here, day=THURSDAY + timedelta(days=days)) for days in (1, 4, 5)]
    operations.withdraw(others[0], by=here.asker, on=MONDAY)

    assert [label for label, _ in history(first)] == ["提出"]
    assert [label for label, _ in history(others[0])] == ["撤回", "提出"]


def test_the_bureau_sets_a_mentor_and_a_facility_right(here: Scene) -> None:
    fields = {"employer": "云南财经大学", "fields": ["law"], "post": "教授"}
    send(here.bureau, "support_mentor_edit", here.mentor.pk, **fields)
    send(here.keeper, "support_facility_edit", here.facility.pk, **{**FACILITY, "host": "云南新光电院"})

    assert "云南财经大学" in see(here.asker, "support_mentors", query="?field=law")
    assert "云南新光电院" in see(here.asker, "support_facility", here.facility.pk)


def test_a_letter_is_sent_again_from_the_mentors_page(here: Scene) -> None:
    fields = {"name": "段明理", "email": "duan@example.cn", "employer": "云南大学", "fields": ["law"]}
    send(here.bureau, "support_mentor_new", **fields)
    made = Mentor.objects.get(name="段明理")
    assert "duan@example.cn" in see(here.bureau, "support_mentor_invite", made.pk)
    browser(here.bureau).post(
        reverse("support_mentor_invite", args=[made.pk]),
        {"form_token": "v" * 24, "name": "段明理", "email": "new@example.cn"},
    )

    made.refresh_from_db()
    assert made.invitation is not None
    assert made.invitation.email == "new@example.cn"


def test_lists_show_what_concerns_one_and_filter(here: Scene) -> None:
    book(here)
    ask(here)

    assert "红外热像仪标定平台" in see(here.asker, "support_bookings", query="?state=asked")
    assert "还没有预约" in see(here.keeper, "support_bookings", query="?state=done")
    assert here.mentor.name in see(here.adviser, "support_sessions")
    assert "待答复" in see(here.bureau, "support_sessions", query="?q=" + here.mentor.name)

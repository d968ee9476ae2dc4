"""Asking, answering, calling off, recording, rating: what may be done, by whom, when, and what of it is kept."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import close_old_connections

from makerspace.matters.recognition.models import Title
from makerspace.matters.support import operations
from makerspace.matters.support.models import BookedSlot, Booking, Session, SessionSlot, State
from makerspace.matters.support.operations import engagements
from makerspace.matters.support.queries.engagements import DEEDS, Side, actions, why_not
from makerspace.matters.support.queries.engagements import bookings as seen_bookings
from makerspace.matters.support.queries.engagements import sessions as seen_sessions
from makerspace.office.casework.refusals import Refused
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Membership, Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests import factories
from tests.matters.support.helping import MONDAY, NOW, THURSDAY, Scene, ask, at, book, scene

pytestmark = pytest.mark.django_db


def refusal(act: Callable[..., Any], *args: Any, **more: Any) -> tuple[str, dict[str, str]]:
    """Why an act was refused."""
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.refusal.code, dict(caught.value.refusal.fields)


def stream(name: str) -> list[tuple[str, str, str, str]]:
    """The acts on a stream with role, state before and after."""
    return list(Entry.objects.filter(stream=name).order_by("seq").values_list("act", "role", "before", "after"))


# -- the whole way -----------------------------------------------------------------------------------------------------
@pytest.mark.both
def test_a_booking_is_asked_confirmed_used_and_rated() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking = book(here)
        assert BookedSlot.objects.filter(offer=here.offer).count() == 4
        operations.confirm(booking, by=here.keeper, on=MONDAY, reason="请带样品。")
    with clock.pretending(at(THURSDAY, 11, 30)):
        operations.complete(
            booking, by=here.keeper, on=THURSDAY, start=at(THURSDAY, 9, 10), end=at(THURSDAY, 10, 40), attendance=3,
            notes="标定完成",
        )  # fmt: skip
        operations.rate(booking, by=here.asker, on=THURSDAY, stars=5, comment="很有帮助")

    booking.refresh_from_db()
    assert (booking.state, booking.attendance, booking.stars) == (State.DONE, 3, 5)
    assert stream(f"FACILITY-{here.facility.pk}")[-4:] == [
        ("ask_booking", "applicant", "", "asked"),
        ("confirm_booking", "provider", "asked", "agreed"),
        ("record_booking", "provider", "agreed", "done"),
        ("rate_booking", "applicant", "done", "done"),
    ]
    assert first_broken() is None
    assert Message.objects.filter(person=here.keeper, subject__startswith="新的预约").count() == 1
    assert Message.objects.filter(person=here.asker, subject__startswith="预约已确认").count() == 1


def test_a_session_is_asked_accepted_held_and_rated() -> None:
    here = scene()
    with clock.pretending(NOW):
        session = ask(here)
        operations.confirm(session, by=here.adviser, on=MONDAY)
    with clock.pretending(at(THURSDAY, 16)):
        operations.complete(
            session, by=here.adviser, on=THURSDAY, start=at(THURSDAY, 14), end=at(THURSDAY, 15), attendance=2,
            notes="先理清股权",
        )  # fmt: skip
        operations.rate(session, by=here.asker, on=THURSDAY, stars=4)

    session.refresh_from_db()
    assert (session.state, session.notes, session.stars) == (State.DONE, "先理清股权", 4)
    assert [row[0] for row in stream(f"MENTOR-{here.mentor.pk}")] == [
        "appoint_mentor", "ask_session", "confirm_session", "record_session", "rate_session",
    ]  # fmt: skip


def test_the_record_says_nothing_of_what_was_said() -> None:
    here = scene()
    with clock.pretending(NOW):
        session = ask(here)
        operations.refuse(session, by=here.adviser, on=MONDAY, reason="当天出差在外地")

    texts = "".join(Entry.objects.filter(stream=f"MENTOR-{here.mentor.pk}").values_list("data", flat=True))
    assert "出差" not in texts
    assert "天使轮" not in texts


# -- conflicts ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("start", "end"), [(9, 11), (10, 12), (9, 12), (10, 11)])
def test_a_time_that_is_held_is_refused(start: int, end: int) -> None:
    here = scene()
    with clock.pretending(NOW):
        book(here, start=9, end=11)

        assert refusal(book, here, start=start, end=end)[0] == "wrong_stage"
        assert Booking.objects.count() == 1


def test_the_hour_after_is_free() -> None:
    here = scene()
    with clock.pretending(NOW):
        book(here, start=9, end=11)
        book(here, start=11, end=12)

        assert Booking.objects.count() == 2


@pytest.mark.parametrize("code", ["refuse", "withdraw", "cancel"])
def test_what_does_not_take_place_frees_its_time(code: str) -> None:
    here = scene()
    with clock.pretending(NOW):
        booking = book(here)
        if code == "withdraw":
            operations.withdraw(booking, by=here.asker, on=MONDAY)
        elif code == "refuse":
            operations.refuse(booking, by=here.keeper, on=MONDAY, reason="设备检修")
        else:
            operations.confirm(booking, by=here.keeper, on=MONDAY)
            operations.cancel(booking, by=here.asker, on=MONDAY, reason="样品未到")

        assert book(here).state == State.ASKED


def test_a_mentor_is_not_asked_for_two_things_at_once() -> None:
    here = scene()
    with clock.pretending(NOW):
        ask(here)

        assert refusal(ask, here)[0] == "wrong_stage"
        assert Session.objects.count() == 1


@pytest.mark.both
def test_of_two_who_book_at_once_one_wins_and_the_other_is_told(many_at_once: None) -> None:
    here, barrier, said = scene(), Barrier(2), []

    def go() -> None:
        barrier.wait()
        try:
            with clock.pretending(NOW):
                book(here)
            said.append("kept")
        except Refused as refused:
            said.append(refused.refusal.code)
        finally:
            close_old_connections()

    threads = [Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["kept", "wrong_stage"]
    assert Booking.objects.count() == 1
    assert first_broken() is None


@pytest.mark.both
def test_of_two_acts_at_once_one_is_taken(many_at_once: None) -> None:
    here, barrier, said = scene(), Barrier(2), []
    with clock.pretending(NOW):
        booking = book(here)

    def go(act: Callable[..., Any], by: Person) -> None:
        barrier.wait()
        try:
            with clock.pretending(NOW):
                act(Booking.objects.get(pk=booking.pk), by=Person.objects.get(pk=by.pk), on=MONDAY)
            said.append(act.__name__)
        except Refused as refused:
            said.append(refused.refusal.code)
        finally:
            close_old_connections()

    pairs = ((operations.confirm, here.keeper), (operations.withdraw, here.asker))
    threads = [Thread(target=go, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    booking.refresh_from_db()
    assert sorted(said) in (["confirm", "wrong_stage"], ["withdraw", "wrong_stage"])
    assert booking.state == (State.AGREED if "confirm" in said else State.WITHDRAWN)
    assert BookedSlot.objects.count() == (4 if "confirm" in said else 0)
    assert first_broken() is None


# -- what may not be asked ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (at(THURSDAY, 12), at(THURSDAY, 13), "start"),  # shut at noon
        (at(THURSDAY, 8), at(THURSDAY, 10), "start"),  # before it opens
        (at(date(2026, 3, 21), 9), at(date(2026, 3, 21), 10), "start"),  # a Saturday
        (at(date(2026, 4, 6), 9), at(date(2026, 4, 6), 10), "start"),  # 清明节放假，周一
        (at(MONDAY, 14), at(MONDAY, 15), "day"),  # a day ahead at least
        (at(date(2026, 3, 13), 9), at(date(2026, 3, 13), 10), "day"),  # over
        (at(THURSDAY, 9, 15), at(THURSDAY, 10), "start"),  # no half hour
        (at(THURSDAY, 10), at(THURSDAY, 9), "end"),
        (at(THURSDAY, 13, 30), at(THURSDAY, 18), "end"),  # longer than four hours
        (at(date(2026, 9, 1), 9), at(date(2026, 9, 1), 10), "day"),  # too far ahead
    ],
)
def test_a_time_that_does_not_fit_is_refused_at_its_field(start: datetime, end: datetime, field: str) -> None:
    here = scene()
    with clock.pretending(NOW):
        code, fields = refusal(
            operations.ask_booking, here.offer, makerspace=here.makerspace, by=here.asker, on=MONDAY, purpose="标定样机",
            start=start, end=end,
        )  # fmt: skip

    assert (code, list(fields)) == ("invalid", [field])
    assert not Booking.objects.exists()


def test_a_stranger_asks_nothing_for_a_makerspace() -> None:
    here = scene()
    stranger = factories.make_person(organisation=factories.make_organisation())
    with clock.pretending(NOW):
        assert refusal(book, here, by=stranger)[0] == "not_yours"


def test_only_a_makerspace_with_the_title_asks() -> None:
    here = scene()
    Title.objects.update(state="revoked", ended_on=MONDAY)
    with clock.pretending(NOW):
        assert refusal(book, here) == (
            "wrong_stage",
            {"makerspace": "只有持有效“昆明市众创空间”称号的众创空间可以提出。"},
        )
        assert refusal(ask, here)[0] == "wrong_stage"


def test_closed_days_and_closed_offers_are_not_booked() -> None:
    here = scene()
    with clock.pretending(NOW):
        operations.close_days(
            here.offer, by=here.keeper, on=MONDAY, first_day=THURSDAY, last_day=THURSDAY, reason="设备检修"
        )
        assert refusal(book, here)[0] == "invalid"
        operations.close_offer(here.offer, by=here.keeper, on=MONDAY, reason="设备报废")
        assert refusal(book, here, day=THURSDAY + timedelta(days=1))[0] == "wrong_stage"


def test_what_is_booked_is_not_closed() -> None:
    here = scene()
    with clock.pretending(NOW):
        book(here)
        days = {"first_day": THURSDAY, "last_day": THURSDAY, "reason": "设备检修"}

        assert refusal(operations.close_days, here.offer, by=here.keeper, on=MONDAY, **days)[0] == "wrong_stage"
        assert refusal(operations.close_offer, here.offer, by=here.keeper, on=MONDAY, reason="报废")[0] == "wrong_stage"


def test_a_mentor_without_account_or_office_is_not_asked() -> None:
    here = scene()
    with clock.pretending(NOW):
        facts = {"employer": "云南大学", "post": "", "fields": ["law"], "intro": "", "document_number": ""}
        unopened, path = operations.appoint_mentor(
            by=here.bureau, on=MONDAY, name="尚未开通", email="new@example.cn", **facts
        )
        assert path.startswith("/work/invitations/")
        assert refusal(ask, Scene(**{**here.__dict__, "mentor": unopened}))[0] == "wrong_stage"
        operations.end_mentor(here.mentor, by=here.bureau, on=MONDAY, reason="聘期届满")
        assert refusal(ask, here)[0] == "wrong_stage"


def test_nobody_books_from_oneself() -> None:
    here = scene()
    unit = here.makerspace.organisation
    for person in (here.keeper, here.adviser):
        Membership.objects.create(person=person, organisation=unit, role="editor", since=factories.LONG_AGO)
    keeper, adviser = (Person.objects.get(pk=person.pk) for person in (here.keeper, here.adviser))
    with clock.pretending(NOW):
        assert refusal(book, here, by=keeper)[0] == "not_yours"
        assert refusal(ask, Scene(**{**here.__dict__, "asker": adviser}))[0] == "not_yours"
        assert book(here, by=adviser).state == State.ASKED


def test_a_session_lasts_eight_hours_at_most() -> None:
    here = scene()
    with clock.pretending(NOW):
        assert refusal(ask, here, start=8, end=17) == ("invalid", {"end": "单次辅导至多8小时。"})


def test_what_was_answered_meanwhile_does_not_lapse() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking = book(here)
        stale = Booking.objects.get(pk=booking.pk)
        operations.withdraw(booking, by=here.asker, on=MONDAY)
    with clock.pretending(at(THURSDAY, 14)):
        assert not engagements._lapse(stale)

    assert Booking.objects.get().state == State.WITHDRAWN


# -- who may do what: side × state × deed, from a table ----------------------------------------------------------------
MAY = {
    "confirm": ({"giver"}, "asked"),
    "refuse": ({"giver"}, "asked"),
    "withdraw": ({"asker"}, "asked"),
    "cancel": ({"giver", "asker"}, "agreed"),
    "record": ({"giver"}, "agreed"),
    "miss": ({"giver"}, "agreed"),
    "rate": ({"asker"}, "done"),
}
STATES = [state.value for state in State]
AFTER = {"record", "miss"}


@pytest.mark.parametrize("code", MAY)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("side", [*Side, None])
def test_a_deed_is_open_to_its_side_in_its_state_and_nowhere_else(code: str, state: str, side: Side | None) -> None:
    """In time, that is: before the start what is answered, after it what is recorded; the bureau only once overdue."""
    now = at(THURSDAY, 12) if code in AFTER or code == "rate" else NOW
    booking = Booking(state=state, start=at(THURSDAY, 9), end=at(THURSDAY, 11), answer_by=THURSDAY)
    found = frozenset({side}) if side else frozenset()
    sides, before = MAY[code]

    refused = why_not(found, DEEDS[code], booking, now)  # type: ignore[arg-type]

    stood_in = (code in {"confirm", "refuse"} and side is Side.BUREAU) or (code == "record" and side is Side.ASKER)
    if side in sides:
        assert (refused.code if refused else "") == ("" if state == before else "wrong_stage")
    else:
        assert refused is not None
        assert refused.code == ("wrong_stage" if stood_in else "not_yours")
        assert refused.articles == (15,)


def test_every_deed_stands_in_the_table_and_has_its_operation() -> None:
    assert set(MAY) == set(DEEDS) == set(engagements.OPERATIONS)


def test_wrong_times_are_refused() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking = book(here)
        operations.confirm(booking, by=here.keeper, on=MONDAY)
        hours = {"start": at(THURSDAY, 9), "end": at(THURSDAY, 10), "attendance": 1}
        assert refusal(operations.complete, booking, by=here.keeper, on=MONDAY, **hours)[0] == "wrong_stage"
    with clock.pretending(at(THURSDAY, 10)):
        assert refusal(operations.cancel, booking, by=here.asker, on=THURSDAY, reason="来不了")[0] == "wrong_stage"
        late = {"start": at(THURSDAY, 9), "end": at(THURSDAY, 10, 30), "attendance": 1}
        assert refusal(operations.complete, booking, by=here.keeper, on=THURSDAY, **late)[1] == {
            "end": "实际结束时间还没有到。"
        }
        back = {"start": at(THURSDAY, 10), "end": at(THURSDAY, 9), "attendance": 1}
        assert list(refusal(operations.complete, booking, by=here.keeper, on=THURSDAY, **back)[1]) == ["end"]
        other = {"start": at(MONDAY, 9), "end": at(MONDAY, 10), "attendance": 1}
        assert list(refusal(operations.complete, booking, by=here.keeper, on=THURSDAY, **other)[1]) == ["start"]


def test_an_answer_comes_too_late_and_a_rating_only_once() -> None:
    here = scene()
    with clock.pretending(NOW):
        first, second = book(here), book(here, start=14, end=15)
        operations.confirm(first, by=here.keeper, on=MONDAY)
    with clock.pretending(at(THURSDAY, 16)):
        assert refusal(operations.confirm, second, by=here.keeper, on=THURSDAY)[0] == "wrong_stage"
        hours = {"start": at(THURSDAY, 9), "end": at(THURSDAY, 10), "attendance": 1}
        operations.complete(first, by=here.keeper, on=THURSDAY, **hours)
        operations.rate(first, by=here.asker, on=THURSDAY, stars=2)
        assert refusal(operations.rate, first, by=here.asker, on=THURSDAY, stars=5)[0] == "wrong_stage"

    assert Booking.objects.get(pk=first.pk).stars == 2


def test_the_term_to_answer_is_the_one_of_the_day_on_which_one_asks() -> None:
    here, later = scene(), date(2026, 3, 26)
    with clock.pretending(NOW):
        before = book(here, day=later)
        factories.adopt_setting("TERM_SUPPORT_ANSWER", 1, MONDAY + timedelta(days=1))
    with clock.pretending(NOW + timedelta(days=1)):
        after = book(here, day=later + timedelta(days=1))

    assert (before.answer_by, after.answer_by) == (THURSDAY, MONDAY + timedelta(days=2))


# -- silence -----------------------------------------------------------------------------------------------------------
def test_after_the_term_the_bureau_answers_instead() -> None:
    here, later = scene(), date(2026, 3, 26)
    with clock.pretending(NOW):
        booking = book(here, day=later)
        assert booking.answer_by == THURSDAY
        assert refusal(operations.confirm, booking, by=here.bureau, on=MONDAY)[0] == "wrong_stage"
    with clock.pretending(at(THURSDAY + timedelta(days=1), 9)):
        assert operations.warn_silent(clock.today()) == 2
        assert operations.warn_silent(clock.today()) == 0
        operations.confirm(booking, by=here.bureau, on=clock.today(), reason="请按时到场")

    booking.refresh_from_db()
    assert (booking.state, booking.answered_by) == (State.AGREED, here.bureau)
    assert stream(f"FACILITY-{here.facility.pk}")[-1] == ("confirm_booking", "bureau", "asked", "agreed")


@pytest.mark.both
def test_what_nobody_answered_lapses_when_its_time_comes() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking, session = book(here), ask(here)
    with clock.pretending(at(THURSDAY, 14)):
        assert operations.lapse_due(clock.now()) == 2
        assert operations.lapse_due(clock.now()) == 0

    booking.refresh_from_db()
    session.refresh_from_db()
    assert (booking.state, session.state) == (State.LAPSED, State.LAPSED)
    assert not BookedSlot.objects.exists()
    assert not SessionSlot.objects.exists()
    assert stream(f"FACILITY-{here.facility.pk}")[-1] == ("lapse_booking", "clock", "asked", "lapsed")
    assert Message.objects.filter(subject__startswith="逾期未答复", person=here.asker).count() == 2


def test_after_the_term_who_asked_records_the_use() -> None:
    here, hours = scene(), {"start": at(THURSDAY, 9), "end": at(THURSDAY, 10), "attendance": 2}
    with clock.pretending(NOW):
        booking = book(here)
        operations.confirm(booking, by=here.keeper, on=MONDAY)
    with clock.pretending(at(THURSDAY, 12)):
        assert refusal(operations.complete, booking, by=here.asker, on=THURSDAY, **hours)[0] == "wrong_stage"
    with clock.pretending(at(date(2026, 3, 25), 9)):
        operations.complete(booking, by=here.asker, on=clock.today(), **hours)

    assert stream(f"FACILITY-{here.facility.pk}")[-1] == ("record_booking", "applicant", "agreed", "done")


def test_who_did_not_come_is_recorded() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking = book(here)
        operations.confirm(booking, by=here.keeper, on=MONDAY)
    with clock.pretending(at(THURSDAY, 12)):
        operations.miss(booking, by=here.keeper, on=THURSDAY, reason="等候两小时无人到场")

    assert Booking.objects.get().state == State.MISSED


# -- exits -------------------------------------------------------------------------------------------------------------
def test_when_a_mentor_leaves_sessions_to_come_are_called_off() -> None:
    here = scene()
    with clock.pretending(NOW):
        session = ask(here)
        operations.confirm(session, by=here.adviser, on=MONDAY)
        operations.end_mentor(here.mentor, by=here.bureau, on=MONDAY, reason="聘期届满")

    session.refresh_from_db()
    assert (session.state, session.reason) == (State.CANCELLED, "导师已解聘，请另选导师。")
    assert not SessionSlot.objects.exists()
    assert Role.MENTOR not in Person.objects.get(pk=here.adviser.pk).roles_on(MONDAY + timedelta(days=1))
    assert Message.objects.filter(person=here.asker, subject__startswith="辅导约请已取消").count() == 1


def test_a_keeper_who_left_answers_nothing() -> None:
    here = scene()
    with clock.pretending(NOW):
        booking, keeper = book(here), here.facility.keepers.get()
        operations.end_keeper(keeper, by=here.bureau, on=MONDAY)
        gone = Person.objects.get(pk=here.keeper.pk)

        assert refusal(operations.confirm, booking, by=gone, on=MONDAY)[0] == "not_yours"
        assert refusal(operations.end_keeper, keeper, by=here.bureau, on=MONDAY)[0] == "wrong_stage"


# -- who sees what -----------------------------------------------------------------------------------------------------
def test_engagements_are_seen_by_both_sides_and_who_oversees() -> None:
    here = scene()
    stranger = factories.make_person(organisation=factories.make_organisation())
    with clock.pretending(NOW):
        booking, session = book(here), ask(here)
        sees = {
            name: (list(seen_bookings(person, MONDAY)), list(seen_sessions(person, MONDAY)))
            for name, person in {
                "asker": here.asker, "keeper": here.keeper, "adviser": here.adviser, "bureau": here.bureau,
                "auditor": factories.make_person(Role.AUDITOR), "district": factories.make_person(Role.DISTRICT),
                "stranger": stranger,
            }.items()
        }  # fmt: skip

    both, none = ([booking], [session]), ([], [])
    assert sees == {
        "asker": both, "keeper": ([booking], []), "adviser": ([], [session]), "bureau": both, "auditor": both,
        "district": none, "stranger": none,
    }  # fmt: skip


def test_actions_name_what_is_left_and_why_not_yet() -> None:
    booking = Booking(state="agreed", start=at(THURSDAY, 9), end=at(THURSDAY, 11), answer_by=THURSDAY)

    rows = actions(frozenset({Side.GIVER}), booking, NOW)

    assert [(deed.code, refused is None) for deed, refused in rows] == [
        ("record", False), ("miss", False), ("cancel", True),
    ]  # fmt: skip

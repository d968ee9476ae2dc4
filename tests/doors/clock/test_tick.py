"""The clock: what is due is done once, whoever runs it, however often and however late."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from makerspace.doors.clock import reminders, turn
from makerspace.doors.clock.tick import tick
from makerspace.matters.application.models import Submission
from makerspace.office.casework.models import Case
from makerspace.office.notify.models import Delivery, Message
from makerspace.office.record import clock
from makerspace.office.record.models import Entry, Head
from makerspace.regulation.terms import Role
from tests.doors.api.life import City
from tests.factories import DAY, draft_case, make_call, make_person, set_due, submitted_case
from tests.tampering import tamper

pytestmark = pytest.mark.django_db
NOON = datetime.combine(DAY, time(12), clock.KUNMING)
STEPS = {
    "heads", "anchored", "lapsed", "notices", "grants", "unanswered", "silent", "owed", "figures", "warnings", "contacts", "answers", "sessions", "papers",
    "letters",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.pretending(NOON):
        yield


@pytest.fixture(autouse=True)
def no_papers(monkeypatch: Any) -> None:
    """Papers are made by their own room's tests; here it counts that they are asked for."""
    monkeypatch.setattr("makerspace.doors.clock.tick.documents.make_due", lambda limit: 0)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), clock.KUNMING)


# -- the whole tick ----------------------------------------------------------------------------------------------------
def test_a_tick_takes_every_step_and_a_second_one_finds_nothing_left() -> None:
    case = draft_case(call=make_call(closes_on=DAY))
    submitted_case()
    later = at(DAY + timedelta(days=1))

    with clock.pretending(later):
        first, second = tick(later), tick(later)

    assert set(first) == STEPS
    assert (first["lapsed"], first["heads"]) == (1, 1)
    assert set(second.values()) == {0}
    assert Case.objects.get(pk=case.pk).stage == "lapsed"


def test_one_step_that_fails_is_told_and_stops_none_of_the_others(monkeypatch: Any, caplog: Any) -> None:
    draft_case(call=make_call(closes_on=DAY))
    submitted_case()
    later = at(DAY + timedelta(days=1))

    def broken(now: datetime) -> int:
        raise RuntimeError("no notices today")

    monkeypatch.setattr("makerspace.doors.clock.tick.review.close_notices", broken)
    with clock.pretending(later):
        counts = tick(later)

    assert (counts["notices"], counts["lapsed"], counts["heads"]) == (None, 1, 1)
    assert "step notices failed" in caplog.text


def test_a_notice_closes_after_its_last_minute_and_not_before() -> None:
    city = City()
    number, _ = city.noticed()
    last_minute = datetime(2026, 3, 23, 23, 59, 59, tzinfo=clock.KUNMING)

    with clock.pretending(last_minute):
        early = tick(last_minute)["notices"]
    with clock.pretending(last_minute + timedelta(seconds=1)):
        closed, again = (
            tick(last_minute + timedelta(seconds=1))["notices"],
            tick(last_minute + timedelta(seconds=1))["notices"],
        )

    assert (early, closed, again) == (0, 1, 0)
    assert Case.objects.get(number=number).stage == "announcement"
    assert Entry.objects.filter(stream=number, act="close_notice").count() == 1


def test_a_clock_that_was_away_for_weeks_makes_everything_good_at_once() -> None:
    city = City()
    number, _ = city.noticed()
    later = at(DAY + timedelta(days=40))

    with clock.pretending(later):
        counts = tick(later)

    assert counts["notices"] == 1
    assert Case.objects.get(number=number).stage == "announcement"
    assert Head.objects.filter(day=DAY).exists()


def test_ended_sessions_go_and_others_stay() -> None:
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(hours=1))

    assert tick(NOON)["sessions"] == 1
    assert Session.objects.get().session_key == "new"


# -- reminders ---------------------------------------------------------------------------------------------------------
def due_case(due: date) -> Case:
    """A case in first review, due on a day, with one officer of its district; nothing told yet."""
    make_person(Role.DISTRICT, "wuhua", name="马超")
    case = submitted_case()
    set_due(case, due)
    Message.objects.all().delete()
    return case


FRIDAY = date(2026, 3, 27)


@pytest.mark.parametrize(
    ("day", "subject"),
    [
        (FRIDAY - timedelta(days=4), None),
        (FRIDAY - timedelta(days=3), "即将到期"),
        (FRIDAY - timedelta(days=1), "即将到期"),
        (FRIDAY, "今日到期"),
        (FRIDAY + timedelta(days=1), None),
        (FRIDAY + timedelta(days=2), None),
        (FRIDAY + timedelta(days=3), "已超期"),
    ],
)
def test_a_holder_is_reminded_before_on_and_after_the_day_but_not_on_rest_days(day: date, subject: str | None) -> None:
    case = due_case(FRIDAY)

    told = [reminders.warn_holders(day), reminders.warn_holders(day)]

    messages = list(Message.objects.all())
    assert told == ([1, 0] if subject else [0, 0])
    assert [message.subject.split("：")[0] for message in messages] == ([subject] if subject else [])
    assert all(str(message.person) == "马超" and message.stream == case.number for message in messages)
    assert all("第十条" in message.text and "2026年3月27日" in message.text for message in messages)


def test_what_is_overdue_is_said_once_each_working_day() -> None:
    due_case(FRIDAY)
    days = [FRIDAY + timedelta(days=ahead) for ahead in range(8)]

    told = [reminders.warn_holders(day) for day in days for _ in range(2)]

    assert told == [1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]


def test_a_new_term_is_reminded_of_anew() -> None:
    case = due_case(FRIDAY)
    reminders.warn_holders(FRIDAY)
    set_due(case, FRIDAY + timedelta(days=7))

    assert reminders.warn_holders(FRIDAY + timedelta(days=7)) == 1


def test_closed_cases_and_stages_that_time_holds_remind_nobody() -> None:
    city = City()
    city.noticed()
    Message.objects.all().delete()

    assert reminders.warn_holders(date(2026, 3, 23)) == 0


def test_thirty_cases_that_were_reminded_of_cost_no_more_than_one(django_assert_max_num_queries: Any) -> None:
    due_case(FRIDAY)
    call = make_call()
    for _ in range(5):
        set_due(draft_case(call=call), FRIDAY)
    Case.objects.update(stage="district_review")
    reminders.warn_holders(FRIDAY)

    with django_assert_max_num_queries(4):
        assert reminders.warn_holders(FRIDAY) == 0


# -- one at a time -----------------------------------------------------------------------------------------------------
@pytest.mark.both
def test_while_one_clock_has_the_turn_another_leaves_it() -> None:
    with turn.taken(0) as mine:
        taken = mine, another_clock_takes_it()

    assert (taken, another_clock_takes_it()) == ((True, False), True)


@pytest.mark.both
def test_another_clock_waits_for_the_turn_as_long_as_it_is_told() -> None:
    with ThreadPoolExecutor(1) as pool:
        with turn.taken(0):
            waiting = pool.submit(take_it, 60)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=turn.PAUSE)
        assert waiting.result(timeout=60)


def another_clock_takes_it() -> bool:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(take_it, 0).result()


def take_it(wait_seconds: float) -> bool:
    """By a connection of its own."""
    try:
        with turn.taken(wait_seconds) as mine:
            return mine
    finally:
        connection.close()


# -- commands ----------------------------------------------------------------------------------------------------------
def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_prints_what_was_done_as_json() -> None:
    assert set(json.loads(run("tick"))) == STEPS


def test_the_command_fails_loudly_where_a_step_failed(monkeypatch: Any) -> None:
    monkeypatch.setattr("makerspace.doors.clock.tick.notify.send_due", _broken)

    with pytest.raises(SystemExit) as end:
        run("tick")

    assert end.value.code == 1


def _broken(now: datetime, limit: int) -> int:
    raise RuntimeError


def test_the_command_sets_the_training_clock_forward() -> None:
    case = draft_case(call=make_call(closes_on=DAY))

    with time_machine.travel(NOON):
        _at_real_time("2026-03-20T00:00:00+08:00")

        assert Case.objects.get(pk=case.pk).stage == "lapsed"


def _at_real_time(instant: str) -> None:
    """As from a terminal: no instant is pretended."""
    token = clock._pretended.set(None)
    try:
        run("tick", "--at", instant)
        assert clock.today() == date.fromisoformat(instant[:10])
    finally:
        clock._pretended.reset(token)


def test_outside_training_the_future_is_refused(settings: Any) -> None:
    settings.TRAINING_CLOCK = False

    with pytest.raises(CommandError, match="演练"):
        run("tick", "--at", (clock.now() + timedelta(days=1)).isoformat())


def test_an_instant_that_is_past_may_be_made_up_for() -> None:
    assert json.loads(run("tick", "--at", "2026-03-16 11:00"))["notices"] == 0


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "2026-03-16T25:00"])
def test_an_instant_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="不是时刻"):
        run("tick", "--at", text)


def test_the_record_is_verified_whole_and_case_by_case() -> None:
    case = submitted_case()

    assert "案卷完好" in run("verify_record")
    assert run("verify_record", case.number).startswith("案卷完好：记录 1 条")
    with pytest.raises(CommandError) as unknown:
        run("verify_record", "KM-1999-0001")
    assert unknown.value.returncode == 2


@pytest.mark.both
def test_a_broken_entry_is_named_and_the_command_fails() -> None:
    case = submitted_case()
    tamper("UPDATE record_entry SET act = 'approve' WHERE stream = %s", case.number)

    with pytest.raises(CommandError, match=f"{case.number} #1") as broken:
        run("verify_record")

    assert broken.value.returncode == 1


def test_replay_says_that_every_finding_comes_out_again() -> None:
    case = submitted_case()

    assert "一致" in run("replay")
    assert "一致" in run("replay", case.number)
    with pytest.raises(CommandError):
        run("replay", "KM-1999-0001")


def test_replay_fails_where_a_frozen_finding_was_touched() -> None:
    case = submitted_case()
    submission = Submission.objects.get(case=case)
    findings = {**submission.findings, "overall": "met"}
    Submission.objects.filter(pk=submission.pk).update(findings=findings)

    with pytest.raises(SystemExit) as end:
        run("replay")

    assert end.value.code == 1


def test_letters_that_wait_are_sent_by_the_tick() -> None:
    submitted_case()
    assert Delivery.objects.filter(state="queued").exists()

    assert tick(NOON)["letters"]
    assert not Delivery.objects.filter(state="queued").exists()

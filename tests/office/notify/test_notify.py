"""Messages: written with the act, read in the inbox, carried by a real mail server, tried again when it is away."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction

from makerspace.office.notify.models import Delivery, Message
from makerspace.office.notify.operations import BACKOFF_MINUTES, Note, read, send_due, tell, tell_each, write_to
from makerspace.office.notify.queries import inbox_of
from makerspace.office.people.models import Person
from makerspace.office.record import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.pretending(NOW):
        yield


class Box:
    """A mail server's memory; ``refusing`` answers with that line instead of taking the letter."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.refusing = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.refusing:
            return self.refusing
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture
def box(settings: Any) -> Iterator[Box]:
    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield box
    controller.stop()


def person(username: str = "wang", **fields: Any) -> Person:
    return Person.objects.create(username=username, email=f"{username}@example.cn", **fields)


def test_a_message_reaches_the_inbox_and_the_mail_server(box: Box) -> None:
    wang = person()
    tell([wang], "补正通知", "请于3月20日前补正。", link="/work/cases/KM-2026-0001/", stream="KM-2026-0001")

    sent = send_due(NOW)

    [letter] = box.letters
    parsed = message_from_bytes(letter.content or b"")
    text = parsed.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert (sent, letter.rcpt_tos) == (1, ["wang@example.cn"])
    assert str(make_header(decode_header(parsed["Subject"]))) == "补正通知"
    assert "请于3月20日前补正。" in text
    assert "http://127.0.0.1:8000/work/cases/KM-2026-0001/" in text
    assert [(row.subject, row.read_at) for row in inbox_of(wang)] == [("补正通知", None)]
    assert Delivery.objects.get().state == "sent"


def test_what_was_sent_is_not_sent_again(box: Box) -> None:
    tell([person()], "一次", "只发一次。")

    assert [send_due(NOW), send_due(NOW), send_due(NOW + timedelta(days=1))] == [1, 0, 0]
    assert len(box.letters) == 1


def test_an_act_that_is_undone_leaves_no_message() -> None:
    wang = person()

    with pytest.raises(RuntimeError):
        _tell_and_fail(wang)

    assert not Message.objects.exists()
    assert not Delivery.objects.exists()


def _tell_and_fail(person: Person) -> None:
    with transaction.atomic():
        tell([person], "不应留下", "…")
        raise RuntimeError


def test_a_person_named_twice_is_told_once_and_a_key_is_told_once_ever() -> None:
    wang, li = person(), person("li")

    tell([wang, wang], "到期提醒", "今日到期", key="due:KM-2026-0001")
    tell([wang, li], "到期提醒", "今日到期", key="due:KM-2026-0001")

    assert [message.person for message in Message.objects.order_by("id")] == [wang, li]


def test_a_refusing_server_is_tried_again_with_growing_gaps_and_given_up_visibly(box: Box) -> None:
    box.refusing = "451 greylisted"
    tell([person()], "补正通知", "…")
    at, gaps = NOW, []

    for _ in range(len(BACKOFF_MINUTES) + 1):
        assert send_due(at) == 0
        delivery = Delivery.objects.get()
        gaps.append(int((delivery.next_at - at).total_seconds() // 60))
        assert send_due(delivery.next_at - timedelta(seconds=1)) == 0
        at = delivery.next_at

    assert gaps[: len(BACKOFF_MINUTES)] == list(BACKOFF_MINUTES)
    assert (delivery.state, delivery.attempts) == ("failed", len(BACKOFF_MINUTES) + 1)
    assert "451" in delivery.error
    assert send_due(at + timedelta(days=30)) == 0


def test_a_letter_goes_out_once_the_server_is_back(box: Box) -> None:
    box.refusing = "451 later"
    tell([person()], "补正通知", "…")
    send_due(NOW)
    box.refusing = ""

    assert send_due(NOW + timedelta(seconds=30)) == 0
    assert send_due(NOW + timedelta(minutes=1)) == 1
    assert len(box.letters) == 1
    assert Delivery.objects.get().error == ""


def test_no_server_at_all_loses_nothing(settings: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = closed.getsockname()[1]
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        tell([person()], "补正通知", "…")

        assert send_due(NOW) == 0

    assert Delivery.objects.get().state == "queued"


def test_two_clocks_send_a_letter_once(box: Box) -> None:
    tell([person()], "补正通知", "…")
    seen_by_the_other = Delivery.objects.get()
    send_due(NOW)

    claimed = Delivery.objects.filter(pk=seen_by_the_other.pk, state="queued", next_at=seen_by_the_other.next_at)

    assert not claimed.exists()
    assert len(box.letters) == 1


def test_a_clock_that_died_while_sending_leaves_the_letter_to_the_next_one(box: Box, monkeypatch: Any) -> None:
    tell([person()], "补正通知", "…")
    with monkeypatch.context() as patch:
        patch.setattr("makerspace.office.notify.operations._carry", _killed)
        with pytest.raises(KeyboardInterrupt):
            send_due(NOW)

    assert send_due(NOW + timedelta(minutes=1)) == 0
    assert send_due(NOW + timedelta(minutes=11)) == 1
    assert len(box.letters) == 1


def _killed(delivery: Delivery) -> None:
    raise KeyboardInterrupt


def test_somebody_without_an_account_can_be_written_to(box: Box) -> None:
    write_to("citizen@example.cn", "异议回执", "已收到您的异议。")

    assert send_due(NOW) == 1
    assert box.letters[0].rcpt_tos == ["citizen@example.cn"]
    assert Message.objects.get().person is None


def test_a_subject_with_a_line_break_is_one_header(box: Box) -> None:
    tell([person()], "提醒\nBcc: all@example.cn", "…")

    assert send_due(NOW) == 1
    assert box.letters[0].rcpt_tos == ["wang@example.cn"]
    parsed = message_from_bytes(box.letters[0].content or b"")
    assert (parsed["Bcc"], str(make_header(decode_header(parsed["Subject"])))) == (None, "提醒 Bcc: all@example.cn")


@pytest.mark.both
def test_a_subject_longer_than_its_column_is_cut_and_the_text_says_all() -> None:
    long = f"待办：{'长' * 200}（区县初审与查验）"

    tell([person()], long, long)
    tell_each([(person("li"), Note(long, long))])
    write_to("citizen@example.cn", long, long)

    rows = Message.objects.values_list("subject", "text")
    assert list(rows) == [(f"待办：{'长' * 196}…", long)] * 3


def test_an_address_that_is_none_holds_up_no_other_letter(box: Box) -> None:
    write_to("no\naddress@example.cn", "异议回执", "…")
    write_to("citizen@example.cn", "异议回执", "…")

    assert send_due(NOW) == 1
    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == ["queued", "sent"]


class Gateway:
    """An SMS gateway of the tests."""

    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, phone: str, text: str) -> None:
        self.sent.append((phone, text))


class BrokenGateway:
    """A gateway that is away."""

    def send(self, phone: str, text: str) -> None:
        raise OSError("gateway away")


def test_sms_goes_through_the_adaptor_that_the_setting_names(settings: Any, box: Box) -> None:
    settings.SMS_ADAPTOR = f"{__name__}.Gateway"
    Gateway.sent.clear()
    tell([person(phone="13800000000"), person("li")], "补正通知", "请补正。")

    assert send_due(NOW) == 3
    assert Gateway.sent == [("13800000000", "补正通知：请补正。")]


def test_without_an_adaptor_no_sms_is_queued() -> None:
    tell([person(phone="13800000000")], "补正通知", "…")

    assert list(Delivery.objects.values_list("channel", flat=True)) == ["email"]


def test_an_sms_that_could_not_be_carried_is_tried_again(settings: Any, box: Box) -> None:
    settings.SMS_ADAPTOR = f"{__name__}.BrokenGateway"
    tell([person(phone="13800000000")], "补正通知", "…")

    assert send_due(NOW) == 1
    assert Delivery.objects.get(channel="sms").error == "gateway away"


def test_reading_a_message_is_kept_once() -> None:
    wang = person()
    [message] = tell([wang], "补正通知", "…")

    read(message, at=NOW)
    read(message, at=NOW + timedelta(hours=1))

    assert inbox_of(wang).get().read_at == NOW

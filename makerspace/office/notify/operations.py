"""Writing messages with an act, and carrying them outside afterwards."""

import importlib
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import NamedTuple, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from makerspace.office.notify.models import Delivery, Message
from makerspace.office.people.models import Person
from makerspace.office.prepared import Insert
from makerspace.office.record import clock

log = logging.getLogger(__name__)
BACKOFF_MINUTES = (1, 5, 15, 60, 240, 720)
LEASE = timedelta(minutes=10)
LONGEST_SUBJECT = 200


class SmsAdaptor(Protocol):
    """A gateway that carries short messages; named by the setting SMS_ADAPTOR as a dotted path to a class."""

    def send(self, phone: str, text: str) -> None:
        """Carry ``text`` to ``phone``; raise OSError where it could not be carried."""


class Note(NamedTuple):
    """What a message says, where it leads, and the stream of the record it belongs to."""

    subject: str
    text: str
    link: str = ""
    stream: str = ""


def tell(
    persons: Iterable[Person], subject: str, text: str, *, link: str = "", stream: str = "", key: str = ""
) -> list[Message]:
    """Write a message to each person's inbox and queue its e-mail (and SMS, where a gateway is set).

    Called inside the act's transaction: no act without its messages, no message without its act.
    ``key`` makes the message unique for each person; one that exists already is not written again.
    """
    people = list({person.pk: person for person in persons}.values())
    keys = {person.pk: f"{key}:{person.pk}" if key else None for person in people}
    if key:
        known = set(Message.objects.filter(key__in=keys.values()).values_list("key", flat=True))
        people = [person for person in people if keys[person.pk] not in known]
    note = Note(subject, text, link, stream)
    return _written([(person, note, keys[person.pk]) for person in people])


def tell_each(notes: Iterable[tuple[Person, Note]]) -> list[Message]:
    """Write to several people, to each their own, as ``tell`` does; two queries, however many there are."""
    return _written([(person, note, None) for person, note in notes])


def _written(rows: Sequence[tuple[Person, Note, str | None]]) -> list[Message]:
    now = clock.now()
    messages = _messages(
        Message(
            person=person, key=key, created_at=now, subject=_cut(note.subject), text=note.text, link=note.link,
            stream=note.stream,
        )
        for person, note, key in rows
    )  # fmt: skip
    _deliveries(
        way for message, (person, *_) in zip(messages, rows, strict=True) for way in _ways(message, person, now)
    )
    return messages


_messages, _deliveries = Insert(Message), Insert(Delivery)


def _cut(subject: str) -> str:
    """A subject bears a name that may be as long as the column itself; the text says it whole."""
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…"


def write_to(address: str, subject: str, text: str, *, stream: str = "") -> Message:
    """Queue an e-mail to somebody without an account, such as an objector."""
    message = Message.objects.create(subject=_cut(subject), text=text, stream=stream, created_at=clock.now())
    Delivery.objects.create(message=message, channel="email", address=address, next_at=message.created_at)
    return message


def send_due(now: datetime, limit: int = 200) -> int:
    """Send what is due; each delivery is claimed first, so that two clocks send it once. Returns how many went out."""
    sent = 0
    due = Delivery.objects.filter(state=Delivery.State.QUEUED, next_at__lte=now)
    for delivery in due.select_related("message").order_by("next_at")[:limit]:
        claimed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED, next_at=delivery.next_at).update(
            next_at=now + LEASE, attempts=delivery.attempts + 1
        )
        if claimed:
            delivery.attempts += 1
            sent += _send(delivery, now)
    return sent


@transaction.atomic
def read(message: Message, *, at: datetime) -> None:
    """Mark a message as read."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=at)


def _ways(message: Message, person: Person, now: datetime) -> list[Delivery]:
    ways = []
    if person.email:
        ways.append(Delivery(message=message, channel="email", address=person.email, next_at=now))
    if person.phone and settings.SMS_ADAPTOR:
        ways.append(Delivery(message=message, channel="sms", address=person.phone, next_at=now))
    return ways


def _send(delivery: Delivery, now: datetime) -> bool:
    try:
        _carry(delivery)
    except (OSError, SMTPException, ValueError) as fault:  # ValueError: an address or subject that is no header
        _postpone(delivery, now, str(fault))
        return False
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=now, error="")
    return True


def _carry(delivery: Delivery) -> None:
    message = delivery.message
    if delivery.channel == "sms":
        _sms().send(delivery.address, f"{message.subject}：{message.text}")
        return
    link = f"\n\n{settings.PUBLIC_BASE_URL}{message.link}" if message.link else ""
    text = f"{message.text}{link}\n\n{settings.SITE['sponsor']}\n{settings.SITE['name']}"
    EmailMessage(" ".join(message.subject.split()), text, to=[delivery.address]).send()


def _sms() -> SmsAdaptor:
    module, _, name = settings.SMS_ADAPTOR.rpartition(".")
    adaptor: SmsAdaptor = getattr(importlib.import_module(module), name)()
    return adaptor


def _postpone(delivery: Delivery, now: datetime, why: str) -> None:
    """Try again later with growing gaps; after the last gap the delivery has failed and stays visible as such."""
    log.warning("delivery %s by %s not carried: %s", delivery.pk, delivery.channel, why)
    spent = delivery.attempts > len(BACKOFF_MINUTES)
    minutes = BACKOFF_MINUTES[min(delivery.attempts, len(BACKOFF_MINUTES)) - 1]
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.FAILED if spent else Delivery.State.QUEUED,
        next_at=now + timedelta(minutes=minutes),
        error=why[:300],
    )

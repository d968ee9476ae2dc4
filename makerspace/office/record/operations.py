"""Writing the record: one entry an act, one head a day."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from makerspace.office.people.models import Person
from makerspace.office.prepared import Insert, Prepared
from makerspace.office.record import clock, seals
from makerspace.office.record.models import Entry, Head
from makerspace.office.record.queries import is_case, last_seals
from makerspace.regulation.terms import Role


@transaction.atomic(savepoint=False)
def append(
    stream: str,
    act: str,
    *,
    by: Person | None,
    role: Role,
    on: date,
    articles: tuple[int, ...] = (),
    regulation: str = "",
    before: str = "",
    after: str = "",
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Add one sealed entry at the end of ``stream``.

    ``data`` holds what the act consists of: ids, digests, reasons; personal data stay in tables that can be erased.
    The caller holds the lock of the stream's owner; the unique number stops whoever does not (IntegrityError).
    """
    last = _last(stream=stream)
    seq, prev = (last[0][0] + 1, last[0][1]) if last else (1, "")
    text = seals.canonical(json.loads(json.dumps(data or {}, cls=DjangoJSONEncoder)))
    entry = Entry(
        stream=stream, seq=seq, act=act, role=role.value, person=by, on=on, at=clock.now(),
        articles=",".join(map(str, articles)), regulation=regulation, before=before, after=after,
        data=text, algorithm=settings.SEAL_ALGORITHM, prev=prev,
    )  # fmt: skip
    entry.seal = seals.seal_of(entry)
    _added([entry])
    return entry


_added = Insert(Entry)
_last = Prepared(
    lambda stream: Entry.objects.filter(stream=stream).order_by("-seq").values_list("seq", "seal")[:1],
)


@transaction.atomic
def publish_heads(now: datetime) -> list[Head]:
    """Publish the head of every finished day on which a case moved and that has none yet; safe to run twice.

    A day is finished a minute after midnight: an act under way at midnight still adds the entry that it stamped before.
    """
    made, today = [], clock.day_of(now - clock.SETTLED)
    for day in _days_without_head(today):
        start = datetime.combine(day, time(), clock.KUNMING)
        rows = Entry.objects.filter(at__gte=start, at__lt=start + timedelta(days=1))
        count = sum(map(is_case, rows.values_list("stream", flat=True)))
        head = seals.head_over(last_seals(start + timedelta(days=1)), settings.SEAL_ALGORITHM)
        made.append(
            Head.objects.create(day=day, entries=count, algorithm=settings.SEAL_ALGORITHM, head=head, published_at=now)
        )
    return made


def _days_without_head(today: date) -> list[date]:
    latest = Head.objects.order_by("-day").values_list("day", flat=True).first()
    entries = Entry.objects.filter(at__lt=datetime.combine(today, time(), clock.KUNMING))
    if latest:
        entries = entries.filter(at__gte=datetime.combine(latest + timedelta(days=1), time(), clock.KUNMING))
    return sorted({clock.day_of(at) for stream, at in entries.values_list("stream", "at") if is_case(stream)})

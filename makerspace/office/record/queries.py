"""Reading the record and checking it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery

from makerspace.office.record import clock, seals
from makerspace.office.record.models import Entry, Head

CASE = re.compile(r"[A-Z]{2}-[0-9]{4}-[0-9]{4,}")


def entries_of(stream: str) -> QuerySet[Entry]:
    """The entries of one stream, oldest first, with who acted."""
    return Entry.objects.filter(stream=stream).select_related("person").order_by("seq")


def is_case(stream: str) -> bool:
    """Whether the stream is that of a case, which the heads cover; others are guarded by their chain and the anchor."""
    return CASE.fullmatch(stream) is not None


def last_seals(before: datetime) -> list[tuple[str, str]]:
    """The last seal of every case before an instant, in the order of the case numbers as texts."""
    last = Entry.objects.filter(stream=OuterRef("stream"), at__lt=before).order_by("-seq").values("seq")[:1]
    rows = Entry.objects.filter(at__lt=before).annotate(last=Subquery(last)).filter(seq=F("last"))
    return sorted(row for row in rows.values_list("stream", "seal") if is_case(row[0]))


def latest_head() -> Head | None:
    """The head published last, as public notices print it."""
    return Head.objects.order_by("-day").first()


@dataclass(frozen=True)
class Broken:
    """The first place where the record does not hold."""

    where: str
    why: str


def first_broken(stream: str | None = None) -> Broken | None:
    """Check every seal (of one stream, or of all) and, over all, every published head; None where all holds."""
    entries = Entry.objects.order_by("stream", "seq")
    if stream is not None:
        entries = entries.filter(stream=stream)
    broken = _first_broken_seal(entries.iterator(chunk_size=2000))
    if broken or stream is not None:
        return broken
    return _first_broken_head()


def _first_broken_seal(entries: Iterator[Entry]) -> Broken | None:
    stream, seq, prev = "", 0, ""
    for entry in entries:
        if entry.stream != stream:
            stream, seq, prev = entry.stream, 0, ""
        where = f"{entry.stream} #{entry.seq}"
        if entry.seq != seq + 1:
            return Broken(where, f"序号不连续：应为 {seq + 1}，实为 {entry.seq}")
        if entry.prev != prev:
            return Broken(where, "所载前一封印与前一条记录的封印不符")
        if entry.seal != seals.seal_of(entry):
            return Broken(where, "内容与封印不符")
        seq, prev = entry.seq, entry.seal
    return None


def _first_broken_head() -> Broken | None:
    """Walk the entries in time beside the heads: each head must cover the seals as they stood that midnight."""
    state: dict[str, str] = {}
    entries = Entry.objects.order_by("at", "id").values_list("stream", "seal", "at").iterator(chunk_size=2000)
    upcoming = next(entries, None)
    for head in Head.objects.order_by("day"):
        midnight = datetime.combine(head.day + timedelta(days=1), time(), clock.KUNMING)
        count = 0
        while upcoming is not None and upcoming[2] < midnight:
            if is_case(upcoming[0]):
                count += clock.day_of(upcoming[2]) == head.day
                state[upcoming[0]] = upcoming[1]
            upcoming = next(entries, None)
        if count != head.entries or seals.head_over(sorted(state.items()), head.algorithm) != head.head:
            return Broken(f"每日卷首 {head.day}", "已发布的卷首与案卷不符：其后有记录被增、删或改动")
    return None

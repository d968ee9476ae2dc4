"""An anchor outside the database: whoever can rewrite every row still cannot rewrite what was anchored (C21).

Each line of ``ANCHOR_FILE`` chains the seals that were added since the line before and bears an HMAC whose key is not in
the database. The file belongs on a mount that the database's administrator cannot write, and may be copied anywhere.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role

HOUR, SETTLED = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Anchor:
    """One line: up to which entry, how many since the line before, the digest over all so far, and the HMAC."""

    at: str
    upto: int
    entries: int
    digest: str
    mac: str


def drop(now: datetime) -> int:
    """Anchor what is new: hourly, and at once where a leader decided; the number of entries anchored.

    Nothing where no ``ANCHOR_FILE`` is set.
    Entries of the last minute wait for the next time: a transaction under way may still add one before them.
    """
    if not settings.ANCHOR_FILE:
        return 0
    last = _last()
    fresh = Entry.objects.filter(pk__gt=last.upto, at__lt=now - SETTLED).order_by("pk")
    rows = list(fresh.values_list("pk", "seal", "role"))
    waits = last.at != "" and now - datetime.fromisoformat(last.at) < HOUR
    if not rows or (waits and not any(role == Role.LEADER for _, _, role in rows)):
        return 0
    _append(_next(last, [(pk, seal) for pk, seal, _ in rows], now.isoformat()))
    return len(rows)


def first_broken() -> str | None:
    """The first anchor that the record no longer bears out, in words; None where all do, or where there is no file."""
    last = _start()
    for line in _lines():
        rows = Entry.objects.filter(pk__gt=last.upto, pk__lte=line.upto).order_by("pk").values_list("pk", "seal")
        expected = _next(last, list(rows), line.at, upto=line.upto)
        if not hmac.compare_digest(expected.mac, line.mac) or expected != line:
            return f"{line.at} 的锚点与案卷不符：此前的记录有增、删或改动，或锚点文件被改动"
        last = line
    return None


def _next(last: Anchor, rows: list[tuple[int, str]], at: str, upto: int | None = None) -> Anchor:
    digest = hashlib.sha256((last.digest + "".join(f"{pk}:{seal}\n" for pk, seal in rows)).encode()).hexdigest()
    upto = rows[-1][0] if upto is None else upto
    said = f"{at} {upto} {len(rows)} {digest}"
    return Anchor(at, upto, len(rows), digest, hmac.new(_key(), said.encode(), hashlib.sha256).hexdigest())


def _start() -> Anchor:
    return Anchor("", 0, 0, "", "")


def _key() -> bytes:
    return hashlib.sha256(b"anchor:" + (settings.ANCHOR_KEY or settings.SECRET_KEY).encode()).digest()


def _lines() -> Iterator[Anchor]:
    path = Path(settings.ANCHOR_FILE)
    if settings.ANCHOR_FILE and path.exists():
        for line in path.read_text(encoding="ascii").splitlines():
            yield Anchor(**json.loads(line))


def _last() -> Anchor:
    last = _start()
    for last in _lines():  # noqa: B007  the last one is wanted
        pass
    return last


def _append(anchor: Anchor) -> None:
    """One line, on the disk before it counts."""
    path = Path(settings.ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps(asdict(anchor)) + "\n")
        file.flush()
        os.fsync(file.fileno())

"""An anchor outside the database: whoever can rewrite every row still cannot rewrite what was anchored (C21).

Each line of ``ANCHOR_FILE`` chains the seals that were added since the line before and bears an HMAC whose key is not in
the database. The file belongs on a mount that the database's administrator cannot write, and may be copied anywhere.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import IO

from django.conf import settings

from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role

HOUR = timedelta(hours=1)


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
    with _locked() as file:
        return _drop(file, now)


def _drop(file: IO[bytes], now: datetime) -> int:
    last = _last()
    fresh = Entry.objects.filter(pk__gt=last.upto).order_by("pk").values_list("pk", "seal", "role", "at")
    rows = list(takewhile(lambda row: row[-1] < now - clock.SETTLED, fresh.iterator()))
    waits = last.at != "" and now - datetime.fromisoformat(last.at) < HOUR
    if not rows or (waits and not any(role == Role.LEADER for _, _, role, _ in rows)):
        return 0
    _append(file, _next(last, [(pk, seal) for pk, seal, *_ in rows], now.isoformat()))
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


@contextmanager
def _locked() -> Iterator[IO[bytes]]:
    """The file, held by one clock at a time, so that no two anchor the same entries."""
    path = Path(settings.ANCHOR_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _lines() -> Iterator[Anchor]:
    path = Path(settings.ANCHOR_FILE)
    if settings.ANCHOR_FILE and path.exists():
        for line in _whole(path.read_bytes()).splitlines():
            yield Anchor(**json.loads(line))


def _whole(content: bytes) -> bytes:
    """Without what a power cut left of a last line: such a line was never counted."""
    return content[: content.rfind(b"\n") + 1]


def _last() -> Anchor:
    last = _start()
    for last in _lines():  # noqa: B007  the last one is wanted
        pass
    return last


def _append(file: IO[bytes], anchor: Anchor) -> None:
    """One line after the last whole one, on the disk before it counts."""
    content = Path(settings.ANCHOR_FILE).read_bytes()
    if content != _whole(content):  # never otherwise: the file may be one that can only grow
        file.truncate(len(_whole(content)))
    file.write(f"{json.dumps(asdict(anchor))}\n".encode("ascii"))
    file.flush()
    os.fsync(file.fileno())

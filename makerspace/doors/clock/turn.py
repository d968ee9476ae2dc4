"""One clock at a time: whoever holds the turn ticks, the others wait or leave it. A killed holder loses it at once."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.db import connection

LOCK_NUMBER = 0x4B4D5449  # "KMTI", among the database's advisory locks
PAUSE = 0.2


@contextmanager
def taken(wait_seconds: float) -> Iterator[bool]:
    """Whether the turn could be taken within ``wait_seconds``; it is given back at the end.

    PostgreSQL keeps it with the connection, so clocks on several machines share one; an embedded database has one
    machine, whose file lock does the same.
    """
    holding = _on_server if connection.vendor == "postgresql" else _on_machine
    with holding(wait_seconds) as mine:
        yield mine


@contextmanager
def _on_server(wait_seconds: float) -> Iterator[bool]:
    mine = _patiently(lambda: _ask_server("SELECT pg_try_advisory_lock(%s)"), wait_seconds)
    try:
        yield mine
    finally:
        if mine:
            _ask_server("SELECT pg_advisory_unlock(%s)")


def _ask_server(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [LOCK_NUMBER])
        return bool(cursor.fetchone()[0])


@contextmanager
def _on_machine(wait_seconds: float) -> Iterator[bool]:
    place = settings.CLOCK_FILE.parent / "clock-turn"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="ascii") as file:
        yield _patiently(lambda: _ask_machine(file), wait_seconds)


def _ask_machine(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _patiently(ask: Callable[[], bool], wait_seconds: float) -> bool:
    """Ask until it is granted or the time is over."""
    end = time.monotonic() + wait_seconds
    while not ask():
        if time.monotonic() >= end:
            return False
        time.sleep(PAUSE)
    return True

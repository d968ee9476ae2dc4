"""Begins writers, one for each number it is told. A writer takes acts and says each one once the database has acknowledged
it; it is meant to be killed. Each is a process of its own, begun by a fork, since the house takes seconds to import."""

import os
import sys
from datetime import date
from typing import NoReturn

import django
from django.db import transaction

django.setup()

from makerspace.office.record.operations import append  # noqa: E402  only after the setup
from makerspace.regulation.terms import Role  # noqa: E402


def say(word: object) -> None:
    """A line, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def write(number: int) -> NoReturn:
    """Two entries in one transaction, again and again."""
    while True:
        number += 1
        with transaction.atomic():
            append("KM-2026-0001", "record_visit", by=None, role=Role.CLOCK, on=date(2026, 3, 16), data={"n": number})
            append("KM-2026-0002", "recommend", by=None, role=Role.CLOCK, on=date(2026, 3, 16), data={"n": number})
        say(number)


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        say(os.getpid())
        write(int(line))
    os.waitpid(child, 0)
    say("gone")

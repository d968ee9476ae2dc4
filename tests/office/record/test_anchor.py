"""An anchor outside the database is not borne out by a record that was rewritten whole."""

import fcntl
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from makerspace.office.record import anchor, clock, seals
from makerspace.office.record.models import Entry
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role
from tests.tampering import triggers_aside

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NOON = datetime(2026, 3, 16, 12, tzinfo=clock.KUNMING)


def add(count: int, at: datetime, role: Role = Role.DISTRICT) -> None:
    """So many entries in one stream."""
    with clock.pretending(at):
        for number in range(count):
            append("KM-2026-0001", "recommend", by=None, role=role, on=at.date(), data={"number": number})


def rewrite_whole_record() -> None:
    """What somebody with the database can do: change an entry and seal everything after it anew."""
    prev = ""
    with triggers_aside():
        for entry in Entry.objects.order_by("seq"):
            entry.data, entry.prev = '{"number":99}', prev
            entry.seal = prev = seals.seal_of(entry)
            entry.save()


def test_an_anchor_is_dropped_hourly_and_at_once_after_a_decision() -> None:
    add(2, NOON)

    dropped = [anchor.drop(NOON + timedelta(minutes=minutes)) for minutes in (2, 3)]
    add(1, NOON + timedelta(minutes=5))
    soon = anchor.drop(NOON + timedelta(minutes=10))
    add(1, NOON + timedelta(minutes=12), Role.LEADER)
    decided = anchor.drop(NOON + timedelta(minutes=15))
    add(1, NOON + timedelta(minutes=20))
    later = anchor.drop(NOON + timedelta(hours=2))

    assert (dropped, soon, decided, later) == ([2, 0], 0, 2, 1)
    assert anchor.first_broken() is None


def test_an_entry_of_the_last_minute_waits() -> None:
    add(1, NOON)

    assert anchor.drop(NOON + timedelta(seconds=30)) == 0


def test_an_entry_stamped_before_one_with_a_lower_number_waits_for_it() -> None:
    """Two acts at once: the one that stamped later got the lower number."""
    add(1, NOON + timedelta(seconds=2))
    add(1, NOON)

    dropped = [anchor.drop(NOON + timedelta(seconds=seconds)) for seconds in (61, 70)]

    assert dropped == [0, 2]
    assert anchor.first_broken() is None


def test_two_clocks_at_once_anchor_an_entry_once(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """From reading the end of the file to writing it, a second clock has to wait."""
    add(3, NOON)
    held, read, append_to = [], anchor._last, anchor._append
    monkeypatch.setattr(anchor, "_last", lambda: held.append(_is_held(settings)) or read())
    monkeypatch.setattr(anchor, "_append", lambda *given: held.append(_is_held(settings)) or append_to(*given))

    dropped = [anchor.drop(NOON + timedelta(minutes=2)) for _ in range(2)]

    assert (dropped, held, _is_held(settings)) == ([3, 0], [True, True, True], False)


def _is_held(settings: Settings) -> bool:
    """Whether another clock would have to wait for the file now."""
    with Path(settings.ANCHOR_FILE).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_last_line_that_a_power_cut_tore_is_written_anew(settings: Settings) -> None:
    add(2, NOON)
    anchor.drop(NOON + timedelta(minutes=2))
    path = Path(settings.ANCHOR_FILE)
    first = path.read_text()
    path.write_text(first + '{"at": "2026')
    add(1, NOON + timedelta(hours=2))

    assert anchor.first_broken() is None
    assert anchor.drop(NOON + timedelta(hours=2, minutes=2)) == 1

    lines = path.read_text().splitlines(keepends=True)
    assert (lines[0], len(lines), lines[1].endswith("}\n")) == (first, 2, True)
    assert anchor.first_broken() is None


def test_a_record_rewritten_and_sealed_anew_is_seen() -> None:
    add(3, NOON)
    anchor.drop(NOON + timedelta(minutes=2))

    rewrite_whole_record()

    assert "锚点与案卷不符" in (anchor.first_broken() or "")


def test_an_anchor_forged_without_the_key_is_seen(settings: Settings) -> None:
    add(3, NOON)
    settings.ANCHOR_KEY = "somebody else's"
    anchor.drop(NOON + timedelta(minutes=2))

    settings.ANCHOR_KEY = "the office's"

    assert anchor.first_broken() is not None


def test_a_line_taken_out_of_the_file_is_seen(settings: Settings) -> None:
    for hours in (0, 2, 4):
        add(1, NOON + timedelta(hours=hours))
        anchor.drop(NOON + timedelta(hours=hours, minutes=2))
    path = Path(settings.ANCHOR_FILE)
    lines = path.read_text().splitlines(keepends=True)

    path.write_text(lines[0] + lines[2])

    assert anchor.first_broken() is not None

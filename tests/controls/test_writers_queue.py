"""Writers to SQLite stand in a queue: nobody sleeps while the database is free, and nobody is passed over for seconds."""

import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from makerspace.config.sqlite3.base import DatabaseWrapper
from tests.threads import shared_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    with shared_database(tmp_path):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE queued (who integer)")
        yield tmp_path / "test.sqlite3"


def is_held(database: Path) -> bool:
    """Whether somebody stands at the head of the queue."""
    file = os.open(f"{database}.queue", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)


def test_a_writer_holds_its_place_as_long_as_its_transaction(database: Path) -> None:
    with transaction.atomic():
        inside = is_held(database)
        with transaction.atomic():
            nested = is_held(database)

    assert (inside, nested, is_held(database)) == (True, True, False)


def test_a_transaction_that_fails_leaves_the_queue(database: Path) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError

    assert not is_held(database)


def test_a_closed_connection_leaves_the_queue(database: Path) -> None:
    transaction.set_autocommit(True)
    connection._start_transaction_under_autocommit()
    inside = is_held(database)
    connection.close()

    assert (inside, is_held(database)) == (True, False)


def test_reading_needs_no_place(database: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM queued")

    assert not is_held(database)


def test_whoever_cannot_begin_leaves_the_queue(database: Path) -> None:
    stranger = DatabaseWrapper(
        {**connection.settings_dict, "OPTIONS": {**connection.settings_dict["OPTIONS"], "timeout": 0}}
    )
    with transaction.atomic(), pytest.raises(OperationalError), transaction_of(stranger):
        pass
    still_held = is_held(database)
    stranger.close()

    assert not still_held


class transaction_of:  # noqa: N801
    """A transaction on a connection that Django does not know."""

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        self.wrapper = wrapper

    def __enter__(self) -> None:
        self.wrapper.ensure_connection()
        self.wrapper._start_transaction_under_autocommit()

    def __exit__(self, *_: object) -> None:
        self.wrapper.rollback()


def test_many_writers_all_get_their_turn(database: Path) -> None:
    def write(who: int) -> None:
        for _ in range(20):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO queued VALUES (%s)", [who])
        connection.close()

    threads = [threading.Thread(target=write, args=[who]) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with connection.cursor() as cursor:
        cursor.execute("SELECT who, count(*) FROM queued GROUP BY who ORDER BY who")
        assert cursor.fetchall() == [(who, 20) for who in range(6)]

"""C39, C40: what was acknowledged survives; a database that cannot promise it is named, and nothing starts on it."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from makerspace.doors.training.management.commands.serve import Command
from makerspace.office.record import durability
from tests.controls.serving import environment, install, manage

KILLS = 10


@pytest.fixture(scope="module")
def as_settings_say() -> dict[str, Any]:
    """How the settings open a database file; these tests' own database may be another."""
    asked = "import json; from makerspace.config import settings; print(json.dumps(settings.DATABASES['default']))"
    line = [sys.executable, "-c", asked]
    told = subprocess.run(line, env=environment(Path("/nowhere")), check=True, capture_output=True)
    defaults = {"TIME_ZONE": None, "AUTOCOMMIT": True, "CONN_HEALTH_CHECKS": False, "TEST": {}}
    return {**defaults, **json.loads(told.stdout)}


@pytest.fixture
def database(as_settings_say: dict[str, Any], tmp_path: Path) -> Iterator[DatabaseWrapper]:
    """A database file opened exactly so."""
    wrapper = DatabaseWrapper({**as_settings_say, "NAME": str(tmp_path / "own.sqlite3")}, alias="own")
    yield wrapper
    wrapper.close()


def run(database: DatabaseWrapper, sql: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(sql)


def test_the_settings_ask_for_what_survives(database: DatabaseWrapper) -> None:
    options = database.settings_dict["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"} <= set(options["init_command"].split(";"))


@pytest.mark.django_db
def test_a_database_as_the_settings_open_it_has_no_fault(database: DatabaseWrapper) -> None:
    assert durability.faults(database) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("PRAGMA synchronous=NORMAL", "synchronous"),
        ("PRAGMA synchronous=OFF", "synchronous"),
        ("PRAGMA journal_mode=DELETE", "WAL"),
        ("PRAGMA foreign_keys=OFF", "外键"),
    ],
)
def test_each_weakness_of_sqlite_is_named(database: DatabaseWrapper, sql: str, named: str) -> None:
    run(database, sql)

    assert [named in fault for fault in durability.faults(database)] == [True]


@pytest.mark.django_db
def test_an_old_sqlite_is_named(database: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    real = durability._one
    monkeypatch.setattr(durability, "_one", lambda conn, sql: "3.40.1" if "version" in sql else real(conn, sql))

    assert [fault[:13] for fault in durability.faults(database)] == ["SQLite 3.40.1"]
    assert pysqlite3.sqlite_version_info >= durability.SAFE_SQLITE


WEAKENED = {
    "sqlite": ("PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL", "synchronous"),
    "postgresql": ("SET synchronous_commit = off", "RESET synchronous_commit", "synchronous_commit"),
}


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_wait_for_the_disk_is_named() -> None:
    weaken, restore, setting = WEAKENED[connection.vendor]
    before = durability.faults(connection)

    run(connection, weaken)  # type: ignore[arg-type]

    named = [fault for fault in durability.faults(connection) if fault not in before]
    run(connection, restore)  # type: ignore[arg-type]
    assert [setting in fault for fault in named] == [True]
    assert durability.faults(connection) == before


@pytest.mark.django_db
def test_serve_refuses_to_start_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durability, "faults", lambda _connection: ["SQLite 未启用 WAL。"])

    with pytest.raises(CommandError, match="未启动"):
        Command().prepare({})


def test_killed_at_ten_moments_while_writing_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    install(tmp_path)
    said: list[int] = [0]
    moments = random.Random("kill")
    with writers(tmp_path) as begin:
        for _ in range(KILLS):
            said += killed_after(begin, moments.randint(1, 40), said[-1])

    with closing(pysqlite3.connect(tmp_path / "db.sqlite3")) as database:
        rows = database.execute("SELECT stream, data FROM record_entry ORDER BY id").fetchall()
    kept = [{json.loads(data)["n"] for stream, data in rows if stream.endswith(f"000{n}")} for n in (1, 2)]
    assert len(said) > KILLS
    assert set(said[1:]) <= kept[0]
    assert kept[0] == kept[1]  # no half act
    manage(tmp_path, "verify_record")


@contextmanager
def writers(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that begins writers on the database there."""
    env = environment(folder, DJANGO_SETTINGS_MODULE="makerspace.config.settings")
    line = [sys.executable, "-m", "tests.controls.writer"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(line, env=env, cwd=settings.BASE_DIR, text=True, bufsize=1, **pipes) as process:
        watch = threading.Timer(180, process.kill)
        watch.start()
        try:
            yield process
        finally:
            watch.cancel()
    assert process.returncode == 0


def killed_after(begin: subprocess.Popen[str], acts: int, last: int) -> list[int]:
    """Begin a writer, kill it with -9 a moment after its so-manieth act; the acts it acknowledged."""
    assert begin.stdin is not None
    assert begin.stdout is not None
    begin.stdin.write(f"{last}\n")
    writer = int(begin.stdout.readline())
    said = [int(begin.stdout.readline()) for _ in range(acts)]
    os.kill(writer, signal.SIGKILL)
    return said + [int(row) for row in iter(begin.stdout.readline, "gone\n")]

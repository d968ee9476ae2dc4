"""C39, C40: what was acknowledged survives; a database that cannot promise it is named, and nothing starts on it."""

import json
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
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
from tests.controls.serving import environment, manage

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
    manage(tmp_path, "migrate", "--verbosity", "0")
    said: list[int] = [0]
    moments = random.Random("kill")
    for _ in range(KILLS):
        said += killed_after(tmp_path, moments.randint(1, 40), said[-1])

    with closing(pysqlite3.connect(tmp_path / "db.sqlite3")) as database:
        rows = database.execute("SELECT stream, data FROM record_entry ORDER BY id").fetchall()
    kept = [{json.loads(data)["n"] for stream, data in rows if stream.endswith(f"000{n}")} for n in (1, 2)]
    assert len(said) > KILLS
    assert set(said[1:]) <= kept[0]
    assert kept[0] == kept[1]  # no half act
    manage(tmp_path, "verify_record")


def killed_after(folder: Path, acts: int, last: int) -> list[int]:
    """Start a writer, kill it with -9 a moment after its so-manieth act; the acts it acknowledged."""
    env = environment(folder, DJANGO_SETTINGS_MODULE="makerspace.config.settings")
    line = [sys.executable, "-m", "tests.controls.writer", str(last)]
    process = subprocess.Popen(line, env=env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    watch = threading.Timer(180, process.kill)
    watch.start()
    said = [int(process.stdout.readline()) for _ in range(acts)]
    process.kill()
    with process.stdout as rest:
        said += [int(row) for row in rest.read().splitlines() if row]
    process.wait(timeout=60)
    watch.cancel()
    return said

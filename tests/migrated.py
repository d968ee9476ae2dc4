"""The test database, migrated once for each state of the code: who comes next begins with a copy.

SQLite in memory is kept as a file, for the next worker and for the next run; PostgreSQL copies by itself, for the next
worker on the same server.
"""

import contextlib
import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import django
import pysqlite3
from django.conf import settings
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation


def install() -> None:
    """Let Django make its test database so; a SQLite file is made as ever."""
    kind = type(connection.creation)
    make = kind.create_test_db

    def create_test_db(self: BaseDatabaseCreation, *args: bool, **more: bool) -> str:
        with alone():
            if self.connection.vendor == "postgresql":
                return _from_template(self) or _keep_template(self, make(self, *args, **more))
            if not self.is_in_memory_db(self._get_test_db_name()):
                return str(make(self, *args, **more))
            return _from_file(self) or _keep_file(self, make(self, *args, **more))

    kind.create_test_db = create_test_db  # type: ignore[method-assign]


def copy_to(path: Path) -> bool:
    """The migrated database as a file there, where one is kept."""
    with alone():
        kept = _kept_file()
        if kept.exists():
            shutil.copyfile(kept, path)
    return path.exists()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One process after the other."""
    with (settings.VAR / "test.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept_file() -> Path:
    return Path(settings.VAR / f"test-{_state_of_the_code()}.sqlite3")


def _state_of_the_code() -> str:
    """Changes with any line that a migration could have read."""
    state = hashlib.sha256(f"{django.VERSION} {pysqlite3.sqlite_version}".encode())
    root = Path(settings.BASE_DIR)
    for path in sorted((root / "makerspace").rglob("*.py")):
        state.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return state.hexdigest()[:16]


# -- SQLite ------------------------------------------------------------------------------------------------------------
def _from_file(creation: BaseDatabaseCreation) -> str:
    """The empty database in memory filled from the file, where there is one."""
    kept = _kept_file()
    if not kept.exists():
        return ""
    name = _open(creation)
    with contextlib.closing(pysqlite3.connect(kept)) as file:
        file.backup(creation.connection.connection)
    return name


def _keep_file(creation: BaseDatabaseCreation, name: str) -> str:
    """Written aside and renamed, so that a file is there whole or not at all; those of earlier states go."""
    for earlier in settings.VAR.glob("test-*.sqlite3"):
        earlier.unlink()
    kept = _kept_file()
    fresh = kept.with_suffix(".new")
    with contextlib.closing(pysqlite3.connect(fresh)) as file:
        creation.connection.connection.backup(file)
    fresh.rename(kept)
    return name


# -- PostgreSQL --------------------------------------------------------------------------------------------------------
def _template() -> str:
    return f"test_kept_{_state_of_the_code()}"


def _from_template(creation: BaseDatabaseCreation) -> str:
    """A copy of the database that was kept, where there is one."""
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [_template()])
        if not cursor.rowcount:
            return ""
    creation.connection.settings_dict["TEST"]["TEMPLATE"] = _template()
    creation._create_test_db(verbosity=0, autoclobber=True)
    return _open(creation)


def _keep_template(creation: BaseDatabaseCreation, name: str) -> str:
    """Copied while nobody is connected; those of earlier states go."""
    creation.connection.close()
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_kept_%%'")
        for (earlier,) in cursor.fetchall():
            cursor.execute(f'DROP DATABASE "{earlier}"')
        cursor.execute(f'CREATE DATABASE "{_template()}" TEMPLATE "{name}"')
    creation.connection.ensure_connection()
    return name


def _open(creation: BaseDatabaseCreation) -> str:
    """Connected to the test database; what Django notes of one is noted."""
    own, name = creation.connection, str(creation._get_test_db_name())
    own.close()
    settings.DATABASES[own.alias]["NAME"] = own.settings_dict["NAME"] = name
    own.ensure_connection()
    return name

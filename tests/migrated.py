"""SQLite in memory, migrated once for each state of the code: the next worker, and the next run, begin with a copy."""

import contextlib
import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import django
import pysqlite3
from django.conf import settings
from django.db.backends.sqlite3.creation import DatabaseCreation


def install() -> None:
    """Let Django make its test database so; any other kind is made as ever."""
    create = DatabaseCreation.create_test_db

    def create_test_db(self: DatabaseCreation, *args: bool, **more: bool) -> str:
        if not self.is_in_memory_db(self._get_test_db_name()):
            return create(self, *args, **more)
        with alone():
            kept = _kept_file()
            if kept.exists():
                return _copied(self, kept)
            name = create(self, *args, **more)
            _keep(self, kept)
            return name

    DatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]


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


def _copied(creation: DatabaseCreation, kept: Path) -> str:
    """The empty database in memory filled from the file; what Django notes of a test database is noted."""
    connection, name = creation.connection, creation._get_test_db_name()
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    with contextlib.closing(pysqlite3.connect(kept)) as file:
        file.backup(connection.connection)
    return str(name)


def _keep(creation: DatabaseCreation, kept: Path) -> None:
    """Written aside and renamed, so that a file is there whole or not at all; those of earlier states go."""
    for earlier in settings.VAR.glob("test-*.sqlite3"):
        earlier.unlink()
    fresh = kept.with_suffix(".new")
    with contextlib.closing(pysqlite3.connect(fresh)) as file:
        creation.connection.connection.backup(file)
    fresh.rename(kept)

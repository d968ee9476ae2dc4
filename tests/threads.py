"""A database that threads can share: PostgreSQL as it is, SQLite as a file instead of in memory."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pysqlite3
from django.db import connection


@contextlib.contextmanager
def shared_database(folder: Path, file: Path | None = None) -> Iterator[None]:
    """Within the block every thread's connection sees one database; afterwards all is as it was.

    It begins as a copy of the test's own, or on SQLite is that ``file``.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    path = file or _copied(in_memory, folder / "test.sqlite3")
    connection.connection, connection.settings_dict["NAME"] = None, str(path)
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = in_memory, name


def _copied(in_memory: pysqlite3.Connection, path: Path) -> Path:
    with contextlib.closing(pysqlite3.connect(path)) as file:
        in_memory.backup(file)
    return path

"""A database that threads can share: PostgreSQL as it is, SQLite as a file instead of in memory."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pysqlite3
from django.db import connection


@contextlib.contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """Within the block every thread's connection sees one database; afterwards all is as it was."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    with contextlib.closing(pysqlite3.connect(folder / "test.sqlite3")) as file:
        in_memory.backup(file)
    connection.connection, connection.settings_dict["NAME"] = None, str(folder / "test.sqlite3")
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = in_memory, name

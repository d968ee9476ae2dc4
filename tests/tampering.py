"""What somebody with the database itself could do to the record: the triggers stand aside for a while."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

APPEND_ONLY = [
    importlib.import_module(f"makerspace.{room}.migrations.0002_append_only")
    for room in ("office.record", "matters.funding")
]
SETTING = importlib.import_module("makerspace.office.casework.migrations.0004_setting_stays")
FROZEN = importlib.import_module("makerspace.matters.assessment.migrations.0002_scheme_frozen")


@contextmanager
def triggers_aside() -> Iterator[None]:
    """Within the block the record's tables may be changed and emptied."""
    aside, again = _statements(connection.vendor)
    _run(aside)
    yield
    _run(again)


def tamper(statement: str, *values: object) -> None:
    """Change a table of the record by one statement."""
    with triggers_aside(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _statements(vendor: str) -> tuple[list[str], list[str]]:
    if vendor == "sqlite":
        rows = [(made, table, event) for made in APPEND_ONLY for table in made.TABLES for event in ("UPDATE", "DELETE")]
        pairs = [(table, event) for _, table, event in rows]
        pairs += [(table, event) for table in FROZEN.WHEN for event in ("UPDATE", "DELETE")]
        pairs += [(SETTING.TABLE, event) for event in SETTING.WHEN]
        again = [made.SQLITE.format(table=table, event=event) for made, table, event in rows]
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_{event}" for table, event in pairs
        ], again + FROZEN.sqlite() + SETTING.sqlite()
    return ["SET session_replication_role = replica"], ["SET session_replication_role = DEFAULT"]

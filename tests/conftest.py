"""What every test has: its own folders and clock; tests with real transactions may empty the record's tables."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db.backends.base.operations import BaseDatabaseOperations
from pytest_django import Settings

APPEND_ONLY = importlib.import_module("makerspace.office.record.migrations.0002_append_only")
AUTHORITIES = importlib.import_module("makerspace.office.people.migrations.0002_authorities")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Settings) -> None:
    """Files, previews and the training clock of one test are never another's."""
    settings.STORAGE_ROOT = tmp_path / "files"
    settings.PREVIEW_ROOT = tmp_path / "previews"
    settings.ANCHOR_FILE = str(tmp_path / "anchor.log")
    settings.CLOCK_FILE = tmp_path / "training-clock"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def emptying_stands_outside_the_law() -> Iterator[None]:
    """After a test with real transactions Django empties all tables; only there do the record's triggers stand aside."""
    original = BaseDatabaseOperations.execute_sql_flush

    def execute(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
        aside, again = _triggers(self.connection.vendor)
        with self.connection.cursor() as cursor:
            for statement in aside:
                cursor.execute(statement)
        answer = original(self, sql_list)
        with self.connection.cursor() as cursor:
            for statement in again:
                cursor.execute(statement)
        AUTHORITIES.load(apps, None)
        return answer

    BaseDatabaseOperations.execute_sql_flush = execute  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


def _triggers(vendor: str) -> tuple[list[str], list[str]]:
    if vendor == "sqlite":
        pairs = [(table, event) for table in APPEND_ONLY.TABLES for event in ("UPDATE", "DELETE")]
        return (
            [f"DROP TRIGGER IF EXISTS {table}_no_{event}" for table, event in pairs],
            [APPEND_ONLY.SQLITE.format(table=table, event=event) for table, event in pairs],
        )
    return ["SET session_replication_role = replica"], ["SET session_replication_role = DEFAULT"]

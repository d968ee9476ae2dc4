"""What every test has: its own folders and clock; tests with real transactions may empty the record's tables."""

import gc
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from pytest_django import Settings

from tests import migrated
from tests.tampering import triggers_aside
from tests.threads import shared_database

# What takes a minute and more begins first, so that no worker is left alone with it while the others stand idle.
LONGEST = (
    "tests/browser/test_pages.py", "tests/house/test_matrix.py", "tests/matters/funding/test_property.py",
    "tests/browser/test_main_line.py", "tests/stories/test_bad_input_after.py", "tests/browser/test_kept.py",
    "tests/controls/test_durability.py", "tests/controls/test_walk.py",
)  # fmt: skip
AUTHORITIES = importlib.import_module("makerspace.office.people.migrations.0002_authorities")


def pytest_configure() -> None:
    """Before any database is made."""
    migrated.install()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the rest as they stand."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for rubbish again and again would take a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Settings) -> None:
    """Files, previews and the training clock of one test are never another's."""
    settings.STORAGE_ROOT = tmp_path / "files"
    settings.PREVIEW_ROOT = tmp_path / "previews"
    settings.ANCHOR_FILE = str(tmp_path / "anchor.log")
    settings.CLOCK_FILE = tmp_path / "training-clock"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def many_at_once(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Threads may act at once."""
    with shared_database(tmp_path):
        yield


# What Django writes by itself after a migration, and no test changes.
WRITTEN_BY_DJANGO = {"django_content_type", "auth_permission"}


def deletions() -> list[str]:
    """Table by table: most are empty, and PostgreSQL takes a second to truncate a hundred of them."""
    tables = set(connection.introspection.django_table_names()) - WRITTEN_BY_DJANGO
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in sorted(tables)]


@pytest.fixture(scope="session", autouse=True)
def emptying_stands_outside_the_law() -> Iterator[None]:
    """After a test with real transactions Django empties all tables; only there do the record's triggers stand aside.

    What Django writes by itself is left as it stands, so that it need not be written anew each time.
    """
    original = BaseDatabaseOperations.execute_sql_flush

    def execute(self: BaseDatabaseOperations, _sql_list: list[str]) -> Any:
        with triggers_aside():
            answer = original(self, deletions())
        AUTHORITIES.load(apps, None)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_more: None)
        yield

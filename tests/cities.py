"""The demo city on a Wednesday in December, built once for each state of the code: who comes next begins with a copy."""

import hashlib
import logging
import shutil
from datetime import date, datetime, time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import override_settings

from makerspace.doors.training.city import City
from makerspace.office.record import clock
from tests.migrated import alone
from tests.threads import shared_database

WEDNESDAY = date(2026, 12, 2)  # weekends worked in exchange and the eve of a holiday lie on its way
NOW = datetime.combine(WEDNESDAY, time(10), clock.KUNMING)


def copy_city(folder: Path) -> Path:
    """The city's files under ``folder``, where the settings of the test look for them, and the path of its database."""
    with alone():
        kept: Path = settings.VAR / f"test-city-{_state_of_the_house()}"
        if not kept.exists():
            _build(kept)
        shutil.copytree(kept, folder, dirs_exist_ok=True)
    return folder / "test.sqlite3"


def _state_of_the_house() -> str:
    """Changes with anything that a built city could show: code, forms of documents, fonts, libraries."""
    root = Path(settings.BASE_DIR)
    state = hashlib.sha256(Path(__file__).read_bytes() + (root / "requirements.txt").read_bytes())
    for path in sorted(path for path in (root / "makerspace").rglob("*") if path.is_file() and path.suffix != ".pyc"):
        state.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return state.hexdigest()[:16]


def _build(kept: Path) -> None:
    """Built aside and renamed, so that a city is there whole or not at all; those of earlier states go."""
    for earlier in settings.VAR.glob("test-city-*"):
        shutil.rmtree(earlier)
    fresh = kept.with_suffix(".new")
    fresh.mkdir()
    own = {"STORAGE_ROOT": fresh / "files", "PREVIEW_ROOT": fresh / "previews", "CLOCK_FILE": fresh / "clock"}
    logging.disable(logging.CRITICAL)
    try:
        with override_settings(**own), shared_database(fresh), clock.pretending(NOW):
            connection.cursor().execute("PRAGMA synchronous=OFF")  # nobody needs a city that is half built
            City(clock.today()).build()
    finally:
        logging.disable(logging.NOTSET)
    fresh.rename(kept)

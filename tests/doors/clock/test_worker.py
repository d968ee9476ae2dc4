"""The worker as a process: it does what is due by itself and ends soon when told to, before it would look again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from makerspace.office.notify.models import Delivery
from makerspace.office.notify.operations import write_to
from tests.threads import shared_database


@pytest.fixture
def database(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The address of the test's database, shared with the worker; a letter waits in it."""
    write_to("citizen@example.cn", "回执", "已收到。")
    with shared_database(tmp_path):
        own = connection.settings_dict
        if connection.vendor == "sqlite":
            yield f"sqlite:///{own['NAME']}"
        else:
            yield f"postgres://{own['USER']}:{own['PASSWORD']}@{quote(own['HOST'], safe='')}:{own['PORT']}/{own['NAME']}"


def start(database: str, tmp_path: Path) -> "subprocess.Popen[str]":
    environment = {
        **os.environ, "DATABASE_URL": database, "EMAIL_URL": "filemail://" + str(tmp_path / "mail"),
        "CACHE_URL": "locmemcache://", "CLOCK_FILE": str(tmp_path / "clock"), "STORAGE_URL": f"file://{tmp_path}/files",
        "SECRET_KEY": "x" * 60,
    }  # fmt: skip
    environment.pop("PYTEST_CURRENT_TEST", None)
    return subprocess.Popen(
        [sys.executable, "manage.py", "clock"], cwd=settings.BASE_DIR, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def until(what: Callable[[], Any], seconds: float) -> Any:
    """Ask again and again until it is so."""
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def sent() -> bool:
    return Delivery.objects.filter(state="sent").exists()


@pytest.mark.both
@pytest.mark.parametrize("with_what", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_sends_what_waits_and_ends_when_told_to(database: str, tmp_path: Path, with_what: int) -> None:
    worker = start(database, tmp_path)
    try:
        done = until(sent, 90)
        worker.send_signal(with_what)
        out, err = worker.communicate(timeout=15)
    finally:
        worker.kill()

    assert done, err
    assert (worker.returncode, out.split()) == (0, ["时钟已启动。", "时钟已停止。"])
    assert "Traceback" not in err
    assert len(list((tmp_path / "mail").iterdir())) == 1, "the letter lies where the setting says"


def test_told_again_while_it_hears_the_first_it_ends_all_the_same(database: str, tmp_path: Path) -> None:
    """Ctrl+C tells every process of the terminal, and ``serve`` tells those that it began once more."""
    worker = start(database, tmp_path)
    try:
        until(sent, 90)
        for _ in range(200):
            worker.send_signal(signal.SIGINT)
            worker.send_signal(signal.SIGTERM)
        out, err = worker.communicate(timeout=15)
    finally:
        worker.kill()

    assert (worker.returncode, out.split()) == (0, ["时钟已启动。", "时钟已停止。"]), err

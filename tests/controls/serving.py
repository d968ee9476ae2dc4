"""The production server on a free port of the loopback, with its own database; ended by its own id."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from makerspace.doors.training.management.commands import serve
from tests import migrated

SECRET = "long-and-our-own-" + "x" * 40


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    """An installation of its own under ``folder``."""
    own = {
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "STORAGE_URL": f"file://{folder}/files",
        "SECRET_KEY": SECRET,
    }
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    return kept | own | {"PYTHONPATH": str(settings.BASE_DIR)} | more


def manage(folder: Path, *words: str) -> None:
    """Run a command of the house there."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    subprocess.run(command, env=environment(folder), check=True, capture_output=True, timeout=120)


def install(folder: Path) -> None:
    """The empty database of an installation there; migrating takes long, so that a migrated one is copied if any is kept."""
    if not migrated.copy_to(folder / "db.sqlite3"):
        manage(folder, "migrate", "--verbosity", "0")
        manage(folder, "createcachetable", "--verbosity", "0")


@contextlib.contextmanager
def serving(folder: Path, **more: str) -> Iterator[int]:
    """The web server exactly as ``manage.py serve`` starts it; the port."""
    port = free_port()
    web = serve.commands({"host": "127.0.0.1", "port": port, "workers": 2})[0]
    server = subprocess.Popen(
        web,
        env=environment(folder, **more),
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(timeout=10)


def wait_for(port: int, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until it answers, or has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            get(port, "/healthz", 2)
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def get(port: int, path: str, seconds: float) -> tuple[int, float]:
    """Status and time taken of a plain GET."""
    begun = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=seconds) as answer:
        answer.read()
        return answer.status, time.monotonic() - begun

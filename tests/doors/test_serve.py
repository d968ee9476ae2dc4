"""``serve`` shares its port with nobody, and serves the styles and scripts of the release that runs."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from makerspace.doors.training.management.commands.serve import PATIENCE, commands, end, is_taken, static_is_stale

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def listening() -> socket.socket:
    """A port of the loopback on which somebody listens who would let others in beside them."""
    somebody = socket.socket()
    somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    somebody.bind(("127.0.0.1", 0))
    somebody.listen()
    return somebody


def test_a_port_is_free_once_nobody_listens(listening: socket.socket) -> None:
    port = listening.getsockname()[1]

    assert is_taken("127.0.0.1", port)
    listening.close()
    assert not is_taken("127.0.0.1", port)


def test_a_taken_port_is_said_before_anything_is_prepared(listening: socket.socket) -> None:
    port = str(listening.getsockname()[1])
    done = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", port], cwd=ROOT, capture_output=True, text=True, check=False
    )
    listening.close()

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"端口 {port} 已被占用，请先停止占用它的程序，或用 PORT= 另选端口。\n"


def test_a_release_with_older_times_is_collected_anew(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    assert static_is_stale()
    call_command("collectstatic", verbosity=0, interactive=False)
    assert not static_is_stale()

    styles = tmp_path / "web" / "web.css"
    styles.write_text("of the release before")
    os.utime(styles, (2_000_000_000, 2_000_000_000))
    os.utime(tmp_path / "staticfiles.json", (2_000_000_000, 2_000_000_000))

    assert static_is_stale()


DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def test_what_does_not_end_when_asked_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, text=True) as deaf:
        assert deaf.stdout is not None
        deaf.stdout.readline()

        end(deaf, patience=0.2)

        assert deaf.returncode == -signal.SIGKILL


def test_the_web_server_ends_its_workers_before_it_is_ended_itself() -> None:
    words = commands({"host": "127.0.0.1", "port": 1, "workers": 2})[0]

    assert 0 < int(words[words.index("--workers-kill-timeout") + 1]) < PATIENCE

"""``serve`` shares its port with nobody."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from makerspace.doors.training.management.commands.serve import is_taken

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

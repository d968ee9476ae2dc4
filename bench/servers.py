"""The production server under test, started on a free port of the loopback and ended by its own id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(application: str, environment: Mapping[str, str], workers: int = 2) -> Iterator[int]:
    """Granian with ``workers`` workers; yields the port."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "64", "--log-level", "error", "--no-ws", application,
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int, server: subprocess.Popen[bytes], seconds: int = 30) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def manage(*words: str, environment: Mapping[str, str]) -> str:
    """Run one of our commands; returns what it printed."""
    return _run([str(ROOT / "manage.py"), *words], environment)


def module(name: str, *words: str, environment: Mapping[str, str]) -> str:
    """Run a module of the benchmark in a process of its own; returns what it printed."""
    return _run(["-m", name, *words], environment)


def _run(words: list[str], environment: Mapping[str, str]) -> str:
    command, env = [sys.executable, *words], {**os.environ, **environment}
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return done.stdout

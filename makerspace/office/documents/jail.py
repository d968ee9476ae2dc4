"""The way to the checker process: hands over one untrusted file, gets one answer, waits no longer than the limit.

Why a process that forks, and not a call in the web worker or a pool of warm ones: each file gets a fresh child that
has nothing to lose (no database, no settings, no other file), the kernel enforces its time and memory, and a child
that a file has taken over ends with that file. The libraries are loaded once, so a fork costs a few milliseconds and
plain small PDFs need no shortcut.
"""

import atexit
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import makerspace

log = logging.getLogger(__name__)
ROOT = Path(makerspace.__file__).resolve().parent.parent
SECONDS = 13
AT_ONCE = threading.BoundedSemaphore(2)
SURPRISE = {"code": "invalid", "text": "文件过于复杂，未能在限定时间内通过安全检查。请简化或拆分后再上传。"}
BUSY = {"code": "slow_down", "text": "正在检查的文件较多，请稍候片刻再上传。"}


class Checker:
    """One checker process, started when first needed, and again in each forked web worker or after it died."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.owner = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None

    def hand_over(self, connection: socket.socket, descriptor: int) -> None:
        """Send one file to the process; a process that is gone is replaced once."""
        with self.lock:
            try:
                socket.send_fds(self.running(), [b"f"], [connection.fileno(), descriptor])
            except OSError:
                self.stop()
                socket.send_fds(self.running(), [b"f"], [connection.fileno(), descriptor])

    def running(self) -> socket.socket:
        """The line to the process, which is started if this worker has none."""
        if self.control is None or self.owner != os.getpid() or self.process is None or self.process.poll() is not None:
            return self.start()
        return self.control

    def start(self) -> socket.socket:
        """Start the process with nothing of ours but one socket."""
        self.stop()
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-s", "-E", "-m", "makerspace.office.documents.checker", str(theirs.fileno())]
        self.process = subprocess.Popen(  # noqa: S603
            command,
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env={"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        self.control, self.owner = ours, os.getpid()
        return ours

    def stop(self) -> None:
        """Close the line, which ends the process."""
        if self.control is not None:
            self.control.close()
        if self.process is not None and self.owner == os.getpid():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
        self.control = self.process = None


checker = Checker()
atexit.register(checker.stop)


def ask(task: dict[str, Any], chunks: Iterable[bytes]) -> tuple[dict[str, Any], bytes]:
    """The checker's answer to one task about one file: a header, and the bytes of a drawn page."""
    if not AT_ONCE.acquire(timeout=2 * SECONDS):
        return {"refused": BUSY}, b""
    try:
        descriptor = in_memory(chunks)
        try:
            return conversation(task, descriptor)
        finally:
            os.close(descriptor)
    finally:
        AT_ONCE.release()


def in_memory(chunks: Iterable[bytes]) -> int:
    """A descriptor of an anonymous file with these bytes, so that the child needs no file system."""
    descriptor = os.memfd_create("upload")
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.writelines(chunks)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def conversation(task: dict[str, Any], descriptor: int) -> tuple[dict[str, Any], bytes]:
    """Ask, and read until the child closes the line; silence and nonsense are refusals."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            checker.hand_over(theirs, descriptor)
        ours.settimeout(SECONDS)
        try:
            ours.sendall(json.dumps(task).encode())
            answer = b"".join(iter(lambda: ours.recv(1 << 16), b""))
            head, _, payload = answer.partition(b"\n")
            header = json.loads(head)
        except (OSError, ValueError):
            log.warning("checker gave no answer", extra={"task": task["do"], "extension": task["extension"]})
            return {"refused": SURPRISE}, b""
    if "detail" in header:
        log.warning("checker was surprised: %s", header["detail"])
    return header, payload

"""The checker process: loads the libraries once, then forks one child under limits for each file it is handed.

Started by `documents.jail` with one end of a socket. Each message there carries two descriptors: a connection on
which the child reads its task and answers, and the file. The parent process here never reads a byte of either.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf

from makerspace.office.documents.checker import images, packages, pdf, sheets
from makerspace.office.documents.checker.refusal import Refuse

SECONDS = 10
MEMORY = 512 * 1024 * 1024
PICTURES = ("png", "jpg")
SURPRISE = {"code": "invalid", "text": "文件无法通过安全检查。请重新导出或另存后再上传。"}


def serve(control: socket.socket) -> None:
    """Fork for each message until the other end is gone; end children that outstay their time."""
    children: dict[int, float] = {}
    most = address_space() + MEMORY  # read once here: in each child it would cost as much as the check of a small file
    while True:
        ready, _, _ = select.select([control], [], [], 1.0 if children else None)
        reap(children)
        if not ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not message:
            return
        child = os.fork()
        if child == 0:
            control.close()
            answer_and_leave(most, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        children[child] = time.monotonic() + SECONDS + 2


def reap(children: dict[int, float]) -> None:
    """Collect the children that ended, and end those whose time is over."""
    for child, deadline in list(children.items()):
        if os.waitpid(child, os.WNOHANG)[0]:
            del children[child]
        elif time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)


def answer_and_leave(memory: int, connection: int, descriptor: int) -> None:
    """The life of one child: limits, one task, one answer, the end."""
    try:
        limit(memory)
        with socket.socket(fileno=connection) as line, os.fdopen(descriptor, "rb") as file:
            task = json.loads(line.recv(4096))
            header, payload = answered(task, file)
            line.sendall(json.dumps(header).encode() + b"\n" + payload)
    finally:
        os._exit(0)


def address_space() -> int:
    """What this process takes up already, in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def limit(memory: int) -> None:
    """Ten seconds, so much memory, no writing, no children; the kernel ends what goes beyond."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def warm() -> None:
    """Check one sheet of our own: what the libraries set up at first use, no child has to set up again."""
    blank, file = pikepdf.new(), BytesIO()
    blank.add_blank_page()
    blank.save(file)
    file.seek(0)
    check(file, "pdf")


def answered(task: dict[str, Any], file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The answer to one task; whatever goes wrong in an untrusted file is a refusal."""
    try:
        if task["do"] == "draw":
            return {}, draw(file, task["extension"], task["page"], task["width"])
        if task["do"] == "rows":
            return {}, rows(file, task["extension"])
        return {"pages": check(file, task["extension"])}, b""
    except Refuse as refused:
        return {"refused": {"code": refused.code, "text": refused.text}}, b""
    except (Exception, MemoryError, RecursionError) as error:
        return {"refused": SURPRISE, "detail": repr(error)[:500]}, b""


def check(file: BinaryIO, extension: str) -> int | None:
    """The number of pages of a harmless file, None where it has none."""
    if extension == "pdf":
        return pdf.check(file)
    if extension in PICTURES:
        return images.check(file, extension)
    packages.check(file, extension)
    return None


def rows(file: BinaryIO, extension: str) -> bytes:
    """The cells of a harmless workbook as JSON."""
    if extension != "xlsx":
        raise Refuse("wrong_type", "请上传 XLSX 工作簿。")
    packages.check(file, extension)
    file.seek(0)
    return json.dumps(sheets.read(file)).encode()


def draw(file: BinaryIO, extension: str, page: int, width: int) -> bytes:
    """A page as PNG."""
    if extension == "pdf":
        return pdf.draw(file, page, width)
    return images.draw(file, extension, width)


if __name__ == "__main__":
    warm()
    gc.collect()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))

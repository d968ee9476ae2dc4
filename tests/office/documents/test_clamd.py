"""The virus scanner, where one is configured: a small one answers here in its place."""

import socket
import struct
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from makerspace.office.documents import uploads
from tests.office.documents import good


def answer_once(server: socket.socket, answer: bytes, heard: list[bytes]) -> None:
    """Take one stream as clamd does, and answer."""
    line, _ = server.accept()
    with line, line.makefile("rb") as stream:
        assert stream.read(10) == b"zINSTREAM\0"
        while size := struct.unpack(">I", stream.read(4))[0]:
            heard.append(stream.read(size))
        line.sendall(answer)


def scanned(content: bytes, answer: bytes, tmp_path: Path, settings: Settings) -> tuple[str, bytes]:
    """How the upload of a PDF ends when the scanner gives this answer, and what the scanner was sent."""
    settings.CLAMD_SOCKET = str(tmp_path / "clamd")
    heard: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(settings.CLAMD_SOCKET)
        server.listen()
        thread = threading.Thread(target=answer_once, args=(server, answer, heard))
        thread.start()
        try:
            uploads.check(ContentFile(content), "a.pdf")
            end = "taken"
        except uploads.UploadRefused as error:
            end = error.code
        thread.join()
    return end, b"".join(heard)


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (b"stream: OK\0", "taken"),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", "invalid"),
        (b"INSTREAM size limit exceeded. ERROR\0", "slow_down"),
        (b"", "slow_down"),
    ],
)
def test_only_what_the_scanner_calls_clean_is_taken(
    answer: bytes, end: str, tmp_path: Path, settings: Settings
) -> None:
    content = good.pdf()  # made once: a PDF bears the second of its making

    assert scanned(content, answer, tmp_path, settings) == (end, content)


def test_without_the_configured_scanner_nothing_is_taken(tmp_path: Path, settings: Settings) -> None:
    settings.CLAMD_SOCKET = str(tmp_path / "nobody")

    with pytest.raises(uploads.UploadRefused, match="病毒扫描"):
        uploads.check(ContentFile(good.pdf()), "a.pdf")

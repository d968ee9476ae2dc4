"""A virus scanner on a local socket, spoken to in clamd's INSTREAM protocol."""

import socket
import struct
from collections.abc import Iterable

SECONDS = 30


class NoAnswer(Exception):
    """The scanner is not there, or did not say that the file is clean or infected."""


def found(path: str, chunks: Iterable[bytes]) -> str:
    """The name of what was found in the content; empty where it is clean."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(SECONDS)
            line.connect(path)
            line.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                line.sendall(struct.pack(">I", len(chunk)) + chunk)
            line.sendall(struct.pack(">I", 0))
            answer = b"".join(iter(lambda: line.recv(4096), b"")).rstrip(b"\0").decode(errors="replace")
    except OSError as error:
        raise NoAnswer(str(error)) from error
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer == "stream: OK":
        return ""
    raise NoAnswer(answer)

"""C35: a client that stops in the middle of its body is let go, and never had a working thread."""

import io
import threading
from typing import Any

import pytest

from makerspace.config.patience import AT_WORK, Patience

MOST = 1_000_000


class Stalled:
    """Half a body, and then nothing for as long as the test lasts."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks, self.over = list(chunks), threading.Event()

    def read(self, size: int) -> bytes:
        if self.chunks:
            return self.chunks.pop(0)
        self.over.wait(20)
        return b""


class Drip(Stalled):
    """One byte at a time, never silent for long."""

    def read(self, size: int) -> bytes:
        self.over.wait(0.02)
        return b"x"


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [threading.current_thread().name.encode(), b" ", environ["wsgi.input"].read()]


def asked(application: Patience, source: Any, length: object) -> tuple[str, bytes]:
    """Status line and body of the answer."""
    said: list[str] = []
    answer = application({"CONTENT_LENGTH": str(length), "wsgi.input": source}, lambda status, _: said.append(status))
    return said[0], b"".join(answer)


def test_a_body_arrives_whole_whatever_the_chunks() -> None:
    body = bytes(range(256)) * 2000

    status, answer = asked(Patience(echo, most=MOST), io.BytesIO(body), len(body))

    assert (status, answer.partition(b" ")[2]) == ("200 OK", body)


@pytest.mark.parametrize("source", [Stalled(), Stalled(b"half"), Drip()])
def test_who_stops_or_drips_is_answered_and_let_go(source: Stalled) -> None:
    patience = Patience(echo, most=MOST, silence=0.2, slowest=1_000_000)

    status, _ = asked(patience, source, 100_000)

    source.over.set()
    assert status == "408 Request Timeout"


def test_who_goes_away_leaves_a_short_body() -> None:
    assert asked(Patience(echo, most=MOST), io.BytesIO(b"half"), 100)[1].endswith(b" half")


@pytest.mark.parametrize("length", ["", "0", "x", str(MOST + 1)])
def test_what_is_refused_by_its_length_is_not_read(length: str) -> None:
    source = io.BytesIO(b"untouched")

    assert asked(Patience(echo, most=MOST), source, length)[1].endswith(b" untouched")


def test_work_is_done_by_few_threads_and_stalled_ones_have_none() -> None:
    patience, stalled = Patience(echo, most=MOST), [Stalled() for _ in range(AT_WORK * 8)]
    waiting = [threading.Thread(target=asked, args=(patience, source, 100)) for source in stalled]
    for thread in waiting:
        thread.start()

    names = {asked(patience, io.BytesIO(b"x"), 1)[1].split()[0] for _ in range(20)}

    for source in stalled:
        source.over.set()
    for thread in waiting:
        thread.join(10)
    assert names <= {f"work_{number}".encode() for number in range(AT_WORK)}


def test_a_fault_of_the_application_comes_through() -> None:
    def broken(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked(Patience(broken, most=MOST), io.BytesIO(), "")


def test_a_thread_that_read_one_body_reads_the_next_and_a_stalled_one_holds_up_nobody() -> None:
    patience = Patience(echo, most=MOST, silence=0.2)
    stalled, before = Stalled(b"half"), set(threading.enumerate())

    for number in range(5):
        body = f"body {number}".encode()
        assert asked(patience, io.BytesIO(body), len(body))[1].endswith(body)
        while patience.idle.empty():
            stalled.over.wait(0.001)
    begun = set(threading.enumerate()) - before

    assert len([thread for thread in begun if not thread.name.startswith("work")]) == 1
    assert asked(patience, stalled, 100)[0].startswith("408")
    assert asked(patience, io.BytesIO(b"next"), 4)[1].endswith(b"next")
    stalled.over.set()

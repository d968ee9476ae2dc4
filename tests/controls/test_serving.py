"""C31, C35, C36 on the production server itself: stalled clients block nobody, limits hold over all its workers."""

import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median

import pytest

from makerspace.config.patience import SILENCE
from tests.controls.serving import environment, get, install, serving

STALLED = 16
HEAD = b"POST /self-check/comprehensive/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UNFINISHED = {
    "headers": HEAD + b"X-Slow: ",
    "body": HEAD + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nfirst=",
    "api_body": b"POST /api/v1/self-check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n{",
    "upload": HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 20000000\r\n\r\n--x\r\n",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("server")
    install(folder)
    with serving(folder) as number:
        yield number


@pytest.mark.parametrize("unfinished", sorted(UNFINISHED))
def test_sixteen_stalled_clients_block_nobody(port: int, unfinished: str) -> None:
    usual = answered_in(port)
    with ExitStack() as stack:
        for _ in range(STALLED):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            client.sendall(UNFINISHED[unfinished])

        beside = answered_in(port)

    assert median(beside) < median(usual) + 1
    assert max(beside) < SILENCE / 2  # longer, and a worker had waited until the stalled were dropped


def answered_in(port: int) -> list[float]:
    """Seconds that each of seven answers takes; their median, where the machine is busy with something else too."""
    answers = [get(port, "/healthz", 30) for _ in range(7)]
    assert {status for status, _ in answers} == {200}
    return [seconds for _, seconds in answers]


def sign_in(port: int, address: str) -> str:
    """One attempt from a browser of its own; what the page says."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"http://127.0.0.1:{port}{address}", timeout=30).read().decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "login": "nobody", "password": "wrong"}).encode()
    return str(browser.open(f"http://127.0.0.1:{port}{address}", form, timeout=30).read().decode())


def test_attempts_are_counted_over_all_workers(port: int) -> None:
    pages = [sign_in(port, "/accounts/login/") for _ in range(8)]

    slowed = ["过多" in page or "too many" in page.lower() for page in pages]
    assert slowed == [False] * 5 + [True] * 3


def raw(port: int, head: bytes) -> bytes:
    """The first line of the answer to bytes as they stand."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(head)
        return client.recv(4096).split(b"\r\n", 1)[0]


def test_a_body_of_no_stated_length_or_of_too_much_is_refused_unread(port: int) -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    huge = HEAD + b"Content-Length: 99999999999\r\n\r\n"

    assert raw(port, chunked).startswith(b"HTTP/1.1 411")
    assert raw(port, huge).startswith(b"HTTP/1.1 413")


def test_an_endless_address_is_refused(port: int) -> None:
    assert raw(port, b"GET /?" + b"x" * 5000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").startswith(b"HTTP/1.1 414")


def test_another_host_is_refused(port: int) -> None:
    assert raw(port, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_no_server_starts_on_a_database_that_loses_what_it_acknowledged(tmp_path: Path) -> None:
    as_if_old = "import makerspace.office.record.durability as d; d.SAFE_SQLITE = (99,); import makerspace.config.wsgi"

    ended = subprocess.run(
        [sys.executable, "-c", as_if_old], env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip

    assert ended.returncode != 0
    assert "不能保证" in ended.stderr

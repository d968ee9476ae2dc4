"""Bounded load on the loopback: a few clients, a fixed number of requests, latencies in milliseconds."""

import http.client
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """What a series of requests took: milliseconds, requests a second, bytes of the last answer."""

    p50: float
    p95: float
    rps: float
    bytes: int
    requests: int


class Client:
    """One connection that is kept open; raises where the answer is not what was expected."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = dict(headers or {})

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        expect: int = 200,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request and its whole answer."""
        self.connection.request(method, path, body, {**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != expect:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:600].decode(errors='replace')}")
        return answer, content


def measure(calls: list[Callable[[], int]], each: int, warm: int = 5) -> Figures:
    """Run each call ``each`` times, all of them at once, one thread a call; a call returns the bytes it read."""

    def series(call: Callable[[], int]) -> tuple[list[float], int]:
        for _ in range(warm):
            size = call()
        taken = []
        for _ in range(each):
            began = time.perf_counter()
            size = call()
            taken.append((time.perf_counter() - began) * 1000)
        return taken, size

    began = time.perf_counter()
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(series, calls))
    seconds = time.perf_counter() - began
    taken = sorted(value for series_taken, _ in answers for value in series_taken)
    return Figures(
        p50=round(statistics.median(taken), 2),
        p95=round(taken[min(len(taken) - 1, int(len(taken) * 0.95))], 2),
        rps=round(len(calls) * (each + warm) / seconds, 1),
        bytes=answers[0][1],
        requests=len(taken),
    )

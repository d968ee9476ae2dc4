"""Receives each request whole before one of the few working threads is given to it (C35).

A client that sends half a body and waits would otherwise hold a thread, its database connection with it, for as long as
it likes. Here it holds one of many threads that do nothing else, and only for so long; the work is done by ``AT_WORK``.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
Body = tuple[Any, int, "queue.SimpleQueue[bytes]"]  # where it comes from, how long it is, where it goes
AT_WORK = 2
CHUNK, IN_MEMORY = 64 * 1024, 1024 * 1024
SILENCE = 10.0  # seconds without a chunk
SLOWEST = 16 * 1024  # bytes a second over the whole body
TOO_SLOW = "内容没有在规定时间内传完，请重试。\n".encode()


class Patience:
    """A WSGI application around another; bodies over ``most`` are left to it unread, for it refuses them by their size."""

    def __init__(
        self, application: Application, *, most: int, silence: float = SILENCE, slowest: int = SLOWEST
    ) -> None:
        self.application, self.most, self.silence, self.slowest = application, most, silence, slowest
        self.pool = ThreadPoolExecutor(AT_WORK, thread_name_prefix="work")
        self.idle: queue.SimpleQueue[queue.SimpleQueue[Body]] = queue.SimpleQueue()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Receive, then work, then answer."""
        length = str(environ.get("CONTENT_LENGTH") or "")
        if length.isdecimal() and 0 < int(length) <= self.most:
            body: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed below in either case
            if not self._received(environ["wsgi.input"], int(length), body):
                body.close()
                start_response(
                    "408 Request Timeout", [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
                )
                return [TOO_SLOW]
            with body:
                return self._worked({**environ, "wsgi.input": body}, start_response)
        return self._worked(environ, start_response)

    def _worked(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer, made in a working thread and begun in the server's own."""
        begun: list[tuple[Any, ...]] = []
        answer = self.pool.submit(self.application, environ, lambda *words: begun.append(words)).result()
        start_response(*begun[-1])
        return answer

    def _received(self, source: Any, length: int, body: IO[bytes]) -> bool:  # noqa: ANN401  as the server hands it over
        """Whether the body came; not where the client stopped sending, or sends too slowly."""
        chunks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader().put((source, length, chunks))
        left, until = length, time.monotonic() + self.silence + length / self.slowest
        while left > 0:
            try:
                chunk = chunks.get(timeout=min(self.silence, max(0.0, until - time.monotonic())))
            except queue.Empty:
                return False
            if not chunk:  # the client went away: the application sees the body end early
                break
            body.write(chunk)
            left -= len(chunk)
        body.seek(0)
        return True

    def _reader(self) -> "queue.SimpleQueue[Body]":
        """The line to a thread that waits for a body: one that has read one to its end before, else a new one."""
        try:
            return self.idle.get_nowait()
        except queue.Empty:
            line: queue.SimpleQueue[Body] = queue.SimpleQueue()
            threading.Thread(target=self._read_on, args=(line,), daemon=True).start()
            return line

    def _read_on(self, line: "queue.SimpleQueue[Body]") -> None:
        """The life of such a thread; one whose body never comes waits with it, and others are begun beside it."""
        while True:
            _read(*line.get())
            self.idle.put(line)


def _read(source: Any, length: int, chunks: "queue.SimpleQueue[bytes]") -> None:  # noqa: ANN401
    """Hand on what comes, then an empty chunk; ends with the connection at the latest."""
    try:
        while length > 0 and (chunk := source.read(min(CHUNK, length))):
            chunks.put(bytes(chunk))
            length -= len(chunk)
    except OSError:
        pass
    finally:
        chunks.put(b"")

"""SQLite for Django, with writers standing in a queue.

SQLite lets one writer in at a time and has the others sleep and try again, up to 100 ms at a time, so that under load the
database stands idle while everybody sleeps. Here a writer waits first for the other threads of its process, then for a
lock on a file beside the database, which the kernel hands on at once and in turn. The queue is a courtesy, not what keeps
the data right: whoever waited for the other threads as long as one waits for SQLite goes on and lets SQLite decide, and a
program that knows nothing of the queue is held off by SQLite as ever.
"""

import fcntl
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, ClassVar

from django.db.backends.sqlite3 import base


class Cursor(base.SQLiteCursorWrapper):
    """Django's own, but that it writes a statement in SQLite's spelling once and not at each execution."""

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        return _spelled(query) if param_names is None else str(super().convert_query(query, param_names=param_names))


@lru_cache(maxsize=1000)
def _spelled(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that queues before ``BEGIN IMMEDIATE`` and leaves the queue when the transaction ends."""

    _threads: ClassVar[defaultdict[str, threading.Lock]] = defaultdict(threading.Lock)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file: int | None = None
        self._place: threading.Lock | None = None

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._join()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        self._leaving(super()._commit)  # type: ignore[misc]  # not in the stubs

    def _rollback(self) -> None:
        self._leaving(super()._rollback)  # type: ignore[misc]  # not in the stubs

    def _close(self) -> None:
        self._leaving(super()._close)  # type: ignore[misc]  # not in the stubs
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _leaving(self, end: Callable[[], None]) -> None:
        try:
            end()
        finally:
            self._leave()

    def _join(self) -> None:
        """Wait for one's turn."""
        if self.is_in_memory_db() or self._place is not None:
            return
        path = str(self.settings_dict["NAME"])
        place = self._threads[path]
        if place.acquire(timeout=self.settings_dict["OPTIONS"]["timeout"]):
            self._place = place
            if self._file is None:
                self._file = os.open(f"{path}.queue", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def _leave(self) -> None:
        place, self._place = self._place, None
        if place is not None:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
            place.release()

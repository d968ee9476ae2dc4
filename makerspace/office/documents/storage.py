"""Where files lie: outside the database, by digest. A name on disk always stands for whole, checked content (C41).

Write: temp → fsync → rename → fsync folder; the row comes after. A crash in between leaves a file without a row,
which the sweeper removes a day later, never a row without a file. STORAGE_URL says whether it is a folder (file://) or
an object store (s3://, see ``bucket``).
"""

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

BLOCK = 1 << 20
A_DAY = 24 * 3600


class StorageUnavailable(Exception):
    """The disk is full, read-only or gone: nothing was stored, reading may go on."""

    code = "unavailable"
    text = "文件存储暂时不可用，文件没有保存。请稍后再试；如持续出现，请联系管理员。"


class Damaged(Exception):
    """A stored file is missing or no longer what its digest says."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"stored file {digest} is damaged or missing")
        self.digest = digest
        self.text = "该文件已损坏或缺失，无法打开。请联系管理员从备份恢复。"


@dataclass(frozen=True)
class Stored:
    """What was written."""

    digest: str
    size: int


class Storage(Protocol):
    """What keeps files by digest."""

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Keep these bytes for good, and say under which digest."""

    def open(self, digest: str) -> IO[bytes]:
        """The whole file, its digest checked, or Damaged."""

    def sweep(self, known: Callable[[str], bool]) -> int:
        """Forget old files of which ``known`` says that no row has them, and what was never named; the number removed."""

    def answers(self) -> bool:
        """Whether files can be written and read now."""


@contextmanager
def unavailable() -> Iterator[None]:
    """Any trouble of the disk is one error."""
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(errno.errorcode.get(error.errno or 0, "")) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_checked(digest: str) -> str:
    """The same, if it is a digest; nothing else may become a name in the storage."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise Damaged(digest)
    return digest


class Folder:
    """Files in a folder of the file system."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, digest: str) -> Path:
        """Where a digest lies; only a digest may become a path."""
        return self.root / digest_checked(digest)[:2] / digest

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Write, make it last, name it; content already there is written over, which also heals a damaged file."""
        with unavailable():
            arriving = self.root / "arriving"
            arriving.mkdir(parents=True, exist_ok=True)
            part = arriving / secrets.token_hex(16)
            try:
                stored = written(part, chunks)
                place = self.place(stored.digest)
                fresh = not place.parent.exists()
                place.parent.mkdir(exist_ok=True)
                part.replace(place)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            sync_folder(place.parent)
            if fresh:
                sync_folder(self.root)
        return stored

    def open(self, digest: str) -> IO[bytes]:
        """The file at its beginning, after one pass that checked it."""
        try:
            file = self.place(digest).open("rb")
        except FileNotFoundError as error:
            raise Damaged(digest) from error
        except OSError as error:
            raise StorageUnavailable(str(error)) from error
        try:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise Damaged(digest)
            file.seek(0)
        except OSError as error:
            file.close()
            raise Damaged(digest) from error
        except Damaged:
            file.close()
            raise
        return file

    def digests(self) -> Iterator[str]:
        """Every file under its two-letter folder."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if len(path.name) == 64:
                yield path.name

    def age(self, digest: str) -> float:
        """Seconds since a file was last put, by the disk's own clock: no legal date hangs on it."""
        return time.time() - self.place(digest).stat().st_mtime

    def remove(self, digest: str) -> None:
        """Forget a file that is still old; one that was put again meanwhile goes back to its place."""
        place = self.place(digest)
        aside = self.root / "arriving" / secrets.token_hex(16)
        aside.parent.mkdir(exist_ok=True)
        place.rename(aside)
        if time.time() - aside.stat().st_mtime < A_DAY:
            aside.rename(place)
        else:
            aside.unlink()

    def remove_leftovers(self) -> int:
        """Delete what was never named, a day after it was begun; the number deleted."""
        old = [path for path in (self.root / "arriving").glob("*") if time.time() - path.stat().st_mtime > A_DAY]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def sweep(self, known: Callable[[str], bool]) -> int:
        """Remove files that no row knows a day after they came, and unfinished ones; the number removed."""
        swept = self.remove_leftovers()
        for digest in self.digests():
            if self.age(digest) > A_DAY and not known(digest):
                self.remove(digest)
                swept += 1
        return swept

    def answers(self) -> bool:
        """Write, read and remove a file where files are kept."""
        self.root.mkdir(parents=True, exist_ok=True)
        probe = self.root / f".ready-{time.monotonic_ns()}"
        try:
            probe.write_bytes(b"ready")
            return probe.read_bytes() == b"ready"
        finally:
            probe.unlink(missing_ok=True)


def written(part: Path, chunks: Iterable[bytes]) -> Stored:
    """The digest and size of bytes that now lie in a new file for good."""
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as file:
        for chunk in chunks:
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Stored(digest.hexdigest(), size)


def folder() -> Folder | None:
    """The folder of this installation; none where its files lie in an object store."""
    return None if settings.STORAGE_ROOT is None else Folder(Path(settings.STORAGE_ROOT))

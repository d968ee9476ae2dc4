"""Files lie whole under their digest, or not at all."""

import errno
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from makerspace.office.documents import files, queries, storage
from makerspace.office.documents.models import Blob
from tests.office.documents import good

pytestmark = pytest.mark.django_db


def folder() -> storage.Folder:
    """Where this test's files lie."""
    found = files.store()
    assert isinstance(found, storage.Folder)
    return found


def kept(content: bytes = b"", name: str = "方案.pdf") -> Blob:
    """A kept file."""
    return files.keep(ContentFile(content or good.pdf()), name)


def place(blob: Blob) -> Path:
    """Where it lies on disk."""
    return folder().place(blob.digest)


def grow_old(path: Path) -> None:
    """Let a file be two days old."""
    past = time.time() - 2 * storage.A_DAY
    os.utime(path, (past, past))


def test_a_file_is_kept_under_its_digest_and_opens_again() -> None:
    content = good.pdf()

    blob = kept(content)

    assert blob.digest == hashlib.sha256(content).hexdigest()
    assert (blob.size, blob.extension, blob.pages) == (len(content), "pdf", 1)
    assert place(blob).read_bytes() == content
    with files.open_blob(blob) as file:
        assert file.read() == content
    assert queries.blob(blob.digest) == blob


def test_the_same_content_is_kept_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = kept()

    with django_assert_num_queries(1):
        second = kept(name="别名.pdf")

    assert first == second
    assert Blob.objects.count() == 1
    assert list(folder().digests()) == [first.digest]


def test_the_file_is_on_disk_before_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    replace, fsync, create = Path.replace, os.fsync, Blob.objects.get_or_create

    def noted(step: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any, **options: Any) -> Any:
            steps.append(step)
            return act(*args, **options)

        return noting

    monkeypatch.setattr(Path, "replace", noted("rename", replace))
    monkeypatch.setattr(os, "fsync", noted("fsync", fsync))
    monkeypatch.setattr(Blob.objects, "get_or_create", noted("row", create))

    kept()

    assert steps == ["fsync", "rename", "fsync", "fsync", "row"]


def test_a_rolled_back_act_leaves_no_row_and_the_sweeper_takes_the_file() -> None:
    try:
        with transaction.atomic():
            blob = kept()
            raise LookupError
    except LookupError:
        pass
    assert place(blob).exists()
    assert files.sweep() == 0

    grow_old(place(blob))

    assert files.sweep() == 1
    assert not place(blob).exists()


def test_the_sweeper_leaves_old_files_that_a_row_knows() -> None:
    blob = kept()
    grow_old(place(blob))

    assert files.sweep() == 0
    assert place(blob).exists()


def test_the_sweeper_takes_unfinished_files_a_day_old() -> None:
    arriving = folder().root / "arriving"
    arriving.mkdir(parents=True)
    (arriving / "old").write_bytes(b"x")
    (arriving / "fresh").write_bytes(b"x")
    grow_old(arriving / "old")

    assert files.sweep() == 1
    assert [path.name for path in arriving.iterdir()] == ["fresh"]


def test_a_file_put_again_while_it_is_being_swept_stays() -> None:
    blob = kept()

    folder().remove(blob.digest)

    assert place(blob).exists()


@pytest.mark.parametrize("spoil", ["changed", "cut", "gone"])
def test_a_damaged_file_is_never_handed_out_and_is_named(spoil: str) -> None:
    blob, sound = kept(), kept(good.png(), "a.png")
    content = place(blob).read_bytes()
    if spoil == "gone":
        place(blob).unlink()
    else:
        place(blob).write_bytes(content[:-1] if spoil == "cut" else content[:-1] + b"X")

    with pytest.raises(storage.Damaged) as caught:
        files.open_blob(blob)

    assert caught.value.digest == blob.digest
    assert files.damaged() == [blob.digest]
    assert sound.digest not in files.damaged()


def test_handing_in_the_same_content_heals_a_damaged_file() -> None:
    blob = kept()
    place(blob).write_bytes(b"spoilt")

    kept()

    assert files.damaged() == []


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
def test_trouble_of_the_disk_is_one_error_and_leaves_nothing(trouble: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(trouble, "no")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(storage.StorageUnavailable):
        kept()

    assert Blob.objects.count() == 0
    assert [path for path in folder().root.rglob("*") if path.is_file()] == []


def test_a_storage_that_is_a_file_is_unavailable() -> None:
    root = folder().root
    root.write_bytes(b"")

    with pytest.raises(storage.StorageUnavailable):
        kept()


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63])
def test_only_a_digest_becomes_a_path(digest: str) -> None:
    with pytest.raises(storage.Damaged):
        folder().open(digest)

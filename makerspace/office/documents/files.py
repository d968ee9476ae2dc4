"""Stored files: keep an upload, open one, sweep what no row knows."""

from collections.abc import Iterable
from typing import IO, Any

from django.conf import settings
from django.core.files import File

from makerspace.office.documents import storage, uploads
from makerspace.office.documents.bucket import Bucket
from makerspace.office.documents.models import Blob
from makerspace.office.prepared import Prepared
from makerspace.office.record.clock import now


def store() -> storage.Storage:
    """The storage of this installation."""
    return storage.folder() or Bucket(settings.STORAGE_URL)


def keep(file: "File[Any]", name: str) -> Blob:
    """Check an upload and keep it; the same content is kept once. Raises UploadRefused or StorageUnavailable."""
    checked = uploads.check(file, name)
    return keep_checked(uploads.blocks(file), checked)


def keep_checked(chunks: Iterable[bytes], checked: uploads.Checked) -> Blob:
    """Keep content that is known to be good: first the file, then the row (C41)."""
    stored = store().put(chunks)
    known = _blobs(digest=stored.digest)
    if known:
        return known[0]
    blob, _ = Blob.objects.get_or_create(
        digest=stored.digest,
        defaults={
            "size": stored.size,
            "content_type": checked.content_type,
            "extension": checked.extension,
            "pages": checked.pages,
            "stored_at": now(),
        },
    )
    return blob


_blobs = Prepared(lambda digest: Blob.objects.filter(digest=digest))


def open_blob(blob: Blob) -> IO[bytes]:
    """The content, checked against its digest. Raises Damaged or StorageUnavailable."""
    return store().open(blob.digest)


def damaged() -> list[str]:
    """The digests whose files are missing or changed: what a nightly check or a restore reports."""
    bad = []
    for digest in Blob.objects.order_by("digest").values_list("digest", flat=True).iterator():
        try:
            store().open(digest).close()
        except storage.Damaged:
            bad.append(digest)
    return bad


def sweep() -> int:
    """Remove files that no row knows a day after they came, and unfinished ones; the number removed."""
    return store().sweep(lambda digest: Blob.objects.filter(digest=digest).exists())

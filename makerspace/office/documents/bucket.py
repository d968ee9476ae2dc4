"""Files in an object store that speaks S3: ``STORAGE_URL=s3://bucket/prefix``.

Where it is and who asks comes from the usual variables of its clients (``AWS_ENDPOINT_URL_S3``, ``AWS_REGION``,
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``); the address holds no secret. An object is written whole or not at all,
so a digest always stands for whole content here too.
"""

import base64
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import IO, Any
from urllib.parse import urlsplit

from makerspace.office.documents.storage import A_DAY, Damaged, StorageUnavailable, Stored, digest_checked

ABSENT = {"404", "NoSuchKey", "NotFound"}
PROBE = ".ready"


class Bucket:
    """Objects under a prefix of one bucket."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.bucket, self.prefix = parts.netloc, parts.path.strip("/")

    @property
    def _client(self) -> Any:  # noqa: ANN401  botocore makes its clients at run time
        return _client()

    def key(self, digest: str) -> str:
        """Where a digest lies; only a digest may become a name."""
        name = f"{digest_checked(digest)[:2]}/{digest}"
        return f"{self.prefix}/{name}" if self.prefix else name

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Take everything in, then send it with its MD5, so that the store refuses what was mangled on the way."""
        with _trouble(), tempfile.TemporaryFile() as file:
            digest, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
            for chunk in chunks:
                digest.update(chunk)
                md5.update(chunk)
                size += file.write(chunk)
            file.seek(0)
            self._client.put_object(
                Bucket=self.bucket, Key=self.key(digest.hexdigest()), Body=file, ContentLength=size,
                ContentMD5=base64.b64encode(md5.digest()).decode(), ContentType="application/octet-stream",
            )  # fmt: skip
        return Stored(digest.hexdigest(), size)

    def open(self, digest: str) -> IO[bytes]:
        """The whole file on this machine, its digest checked while it came."""
        key, file = self.key(digest), tempfile.TemporaryFile()  # noqa: SIM115  handed to the caller
        try:
            with _trouble(absent=Damaged(digest)):
                shutil.copyfileobj(self._client.get_object(Bucket=self.bucket, Key=key)["Body"], file)
            file.seek(0)
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise Damaged(digest)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def digests(self) -> Iterator[str]:
        """Every object whose name is a digest."""
        with _trouble():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            for page in pages:
                names = (row["Key"].rpartition("/")[2] for row in page.get("Contents", ()))
                yield from (name for name in names if len(name) == 64)

    def age(self, digest: str) -> float:
        """Seconds since a file was last put, by the store's own clock."""
        with _trouble(absent=Damaged(digest)):
            put_at: datetime = self._client.head_object(Bucket=self.bucket, Key=self.key(digest))["LastModified"]
        return time.time() - put_at.timestamp()

    def remove(self, digest: str) -> None:
        """Forget a file that is still old."""
        if self.age(digest) > A_DAY:
            with _trouble():
                self._client.delete_object(Bucket=self.bucket, Key=self.key(digest))

    def remove_leftovers(self) -> int:
        """Nothing is ever half written: 0."""
        return 0

    def answers(self) -> bool:
        """Write, read and remove an object where files are kept."""
        key = f"{self.prefix}/{PROBE}" if self.prefix else PROBE
        with _trouble():
            self._client.put_object(Bucket=self.bucket, Key=key, Body=b"ready")
            read: bytes = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            self._client.delete_object(Bucket=self.bucket, Key=key)
        return read == b"ready"


@lru_cache(maxsize=1)
def _client() -> Any:  # noqa: ANN401  botocore makes its clients at run time
    """One client a process; it may be shared by threads. Imported only where it is used: it is large."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    patient = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"})
    return boto3.client("s3", config=patient)


@contextmanager
def _trouble(absent: Exception | None = None) -> Iterator[None]:
    """Any trouble of the store is one error; what is not there is ``absent``, where that is given."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if absent is not None and code in ABSENT:
            raise absent from error
        raise StorageUnavailable(code) from error
    except (BotoCoreError, OSError) as error:
        raise StorageUnavailable(type(error).__name__) from error

"""Files in an object store that speaks S3: ``STORAGE_URL=s3://bucket/prefix``.

Where it is and who asks comes from the usual variables of its clients (``AWS_ENDPOINT_URL_S3``, ``AWS_REGION``,
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``); the address holds no secret. An object is written whole or not at all,
so a digest always stands for whole content here too.
"""

import base64
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, Any
from urllib.parse import urlsplit

from makerspace.office.documents.storage import Damaged, StorageUnavailable, Stored, digest_checked

ABSENT = {"404", "NoSuchKey", "NotFound"}


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
        """The whole file on this machine, its digest checked once it is here."""
        key = self.key(digest)
        with _trouble(absent=Damaged(digest)):
            file = tempfile.TemporaryFile()  # noqa: SIM115  handed to the caller
            try:
                shutil.copyfileobj(self._client.get_object(Bucket=self.bucket, Key=key)["Body"], file)
                file.seek(0)
                if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                    raise Damaged(digest)
                file.seek(0)
            except BaseException:
                file.close()
                raise
        return file

    def sweep(self, known: Callable[[str], bool]) -> int:
        """Nothing is removed: no rename guards a deletion here against the same content coming again meanwhile. 0."""
        return 0

    def answers(self) -> bool:
        """Write, read and remove an object of one's own where files are kept."""
        name = f".ready-{secrets.token_hex(8)}"
        key = f"{self.prefix}/{name}" if self.prefix else name
        with _trouble():
            self._client.put_object(Bucket=self.bucket, Key=key, Body=b"ready")
            try:
                read: bytes = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            finally:
                self._client.delete_object(Bucket=self.bucket, Key=key)
        return read == b"ready"


@lru_cache(maxsize=1)
def _client() -> Any:  # noqa: ANN401  botocore makes its clients at run time
    """One client a process; it may be shared by threads. Imported only where it is used: it is large."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    patient = Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"max_attempts": 2, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )  # fmt: skip  the MD5 is sent by us; not every store knows the newer ways
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return boto3.client("s3", region_name=region, config=patient)


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

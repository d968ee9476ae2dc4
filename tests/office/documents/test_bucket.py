"""Files in an object store: the same promises as in a folder, against a store that runs within the test (moto)."""

import errno
import hashlib
import tempfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.base import ContentFile
from django.test import Client
from moto import mock_aws
from pytest_django import Settings

from makerspace.doors.clock import health
from makerspace.office.documents import bucket, files, storage
from makerspace.office.documents.bucket import Bucket
from makerspace.office.documents.models import Blob
from tests.office.documents import good

pytestmark = pytest.mark.django_db
NAME = "km-makerspaces"


@pytest.fixture(autouse=True)
def s3(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket of this installation."""
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("REGION", "cn-test")):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    settings.STORAGE_ROOT, settings.STORAGE_URL = None, f"s3://{NAME}/files"
    with mock_aws():
        bucket._client.cache_clear()
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=NAME)
        yield client
    bucket._client.cache_clear()


def kept(content: bytes = b"") -> Blob:
    """A kept file."""
    return files.keep(ContentFile(content or good.pdf()), "方案.pdf")


def keys(s3: Any) -> list[str]:
    """What lies in the bucket."""
    return [row["Key"] for row in s3.list_objects_v2(Bucket=NAME).get("Contents", ())]


def test_a_file_lies_under_its_digest_and_opens_again(s3: Any) -> None:
    content = good.pdf()

    blob = files.keep(ContentFile(content), "方案.pdf")

    assert blob.digest == hashlib.sha256(content).hexdigest()
    assert keys(s3) == [f"files/{blob.digest[:2]}/{blob.digest}"]
    with files.open_blob(blob) as file:
        assert file.read() == content
    assert files.damaged() == []


def test_what_was_changed_or_lost_in_the_store_does_not_open(s3: Any) -> None:
    content = good.pdf()
    changed = kept(content)
    s3.put_object(Bucket=NAME, Key=keys(s3)[0], Body=b"<html>")

    with pytest.raises(storage.Damaged):
        files.open_blob(changed)
    s3.delete_object(Bucket=NAME, Key=keys(s3)[0])
    with pytest.raises(storage.Damaged):
        files.open_blob(changed)
    assert files.damaged() == [changed.digest]
    assert kept(content) == changed  # sent again, it is whole again
    assert files.damaged() == []


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_a_digest_becomes_a_name(digest: str) -> None:
    with pytest.raises(storage.Damaged):
        files.store().open(digest)


def test_nothing_is_swept_where_no_rename_guards_it(s3: Any) -> None:
    files.store().put([b"no row"])

    assert files.sweep() == 0
    assert len(keys(s3)) == 1


def test_the_region_is_the_one_that_is_set(s3: Any) -> None:
    assert bucket._client().meta.region_name == "cn-test"


def test_a_full_disk_on_the_way_is_the_same_error(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = kept()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)

    with pytest.raises(storage.StorageUnavailable):
        files.open_blob(blob)
    with pytest.raises(storage.StorageUnavailable):
        files.store().put([b"x"])


def test_a_store_that_is_gone_is_one_error_and_leaves_no_row(s3: Any) -> None:
    s3.delete_bucket(Bucket=NAME)

    with pytest.raises(storage.StorageUnavailable):
        kept()
    assert Blob.objects.count() == 0


def test_a_store_out_of_reach_is_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def put_object(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="nowhere")

    monkeypatch.setattr(Bucket, "_client", Away())

    with pytest.raises(storage.StorageUnavailable):
        files.store().put([b"x"])


def test_readiness_asks_the_store(client: Client, s3: Any) -> None:
    assert health.readiness()["storage"] is True
    assert keys(s3) == []

    s3.delete_bucket(Bucket=NAME)

    assert health.readiness()["storage"] is False
    assert b"makerspace_storage_free_bytes" not in client.get("/metrics").content

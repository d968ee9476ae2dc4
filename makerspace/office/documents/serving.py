"""How a stored file leaves the house: as an attachment that no browser runs, or as pictures of its pages (C26)."""

import contextlib
import secrets
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from makerspace.office.documents import files, jail
from makerspace.office.documents.models import Blob
from makerspace.office.documents.storage import BLOCK
from makerspace.office.documents.uploads import clean_name

WIDTHS = (160, 480, 960, 1440)
DRAWABLE = ("pdf", "png", "jpg")


class NoPreview(Exception):
    """A page that cannot be drawn: the kind has no pages, the page does not exist, or drawing went beyond the limits."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def attachment(blob: Blob, name: str) -> HttpResponseBase:
    """The stored file under a clean name, its digest checked before the first byte leaves."""
    return harmless(
        FileResponse(files.open_blob(blob), content_type="application/octet-stream"),
        disposition=f"attachment; filename=\"file.{blob.extension}\"; filename*=UTF-8''{quote(clean_name(name), safe='')}",
        length=blob.size,
    )


def page(blob: Blob, number: int, width: int = 960) -> HttpResponseBase:
    """A page as a picture, to be shown inside our own pages."""
    content = preview_png(blob, number, width)
    return harmless(HttpResponse(content, content_type="image/png"), disposition="inline", length=len(content))


def harmless(response: HttpResponseBase, *, disposition: str, length: int) -> HttpResponseBase:
    """The headers that keep a file from being run, sniffed, framed or kept."""
    response["Content-Disposition"] = disposition
    response["Content-Length"] = str(length)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def preview_png(blob: Blob, number: int, width: int = 960) -> bytes:
    """Page `number` (from 1) as PNG, drawn once in the limited process and then kept."""
    if blob.extension not in DRAWABLE:
        raise NoPreview("该类型的文件不能在线预览，请下载后查看。")
    if not 1 <= number <= (blob.pages or 1):
        raise NoPreview("没有这一页。")
    place = preview_place(blob, number, nearest(width))
    if place.exists():
        return place.read_bytes()
    with files.open_blob(blob) as file:
        content = drawn(blob, file, number, nearest(width))
    with contextlib.suppress(OSError):
        put_aside(place, content)
    return content


def drawn(blob: Blob, file: IO[bytes], number: int, width: int) -> bytes:
    """The picture, made where an untrusted file can do no harm."""
    task = {"do": "draw", "extension": blob.extension, "page": number, "width": width}
    header, payload = jail.ask(task, iter(lambda: file.read(BLOCK), b""))
    if "refused" in header or not payload.startswith(b"\x89PNG"):
        raise NoPreview("这一页未能生成预览，请下载后查看。")
    return payload


def nearest(width: int) -> int:
    """One of a few widths, so that nobody can fill the disk with sizes."""
    return min(WIDTHS, key=lambda known: abs(known - width))


def preview_place(blob: Blob, number: int, width: int) -> Path:
    """Where a page picture is kept."""
    return Path(settings.PREVIEW_ROOT) / blob.digest[:2] / f"{blob.digest}-{number}-{width}.png"


def put_aside(place: Path, content: bytes) -> None:
    """Keep a picture whole or not at all; it can always be drawn again, so no fsync, and a full disk is no error."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(f".{secrets.token_hex(8)}")
    part.write_bytes(content)
    part.replace(place)

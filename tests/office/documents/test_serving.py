"""How files leave: attachments that nothing runs, and pictures of pages."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image

from makerspace.office.documents import files, serving, storage
from makerspace.office.documents.models import Blob
from tests.office.documents import good
from tests.office.documents.test_storage import folder

pytestmark = pytest.mark.django_db


def kept(content: bytes, name: str) -> Blob:
    """A kept file."""
    return files.keep(ContentFile(content), name)


def shown(content: bytes) -> Image.Image:
    """A picture as the browser sees it."""
    return Image.open(io.BytesIO(content))


def test_an_attachment_has_headers_that_keep_it_from_running() -> None:
    content = good.pdf()

    response = serving.attachment(kept(content, "a.pdf"), '运营"方案\r\nSet-Cookie: x.pdf')

    assert b"".join(response) == content
    assert dict(response.headers) == {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(content)),
        "Content-Disposition": "attachment; filename=\"file.pdf\"; filename*=UTF-8''"
        "%E8%BF%90%E8%90%A5%22%E6%96%B9%E6%A1%88Set-Cookie%3A%20x.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    response.close()


def test_a_damaged_file_is_not_served_at_all() -> None:
    blob = kept(good.pdf(), "a.pdf")
    folder().place(blob.digest).write_bytes(b"<html>")

    with pytest.raises(storage.Damaged):
        serving.attachment(blob, "a.pdf")


def test_a_page_of_a_pdf_is_a_picture_made_once() -> None:
    blob = kept(good.pdf(2), "a.pdf")

    response = serving.page(blob, 2, 500)

    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == "inline"
    assert shown(serving.preview_png(blob, 2, 500)).size == (480, 680)
    assert len(list(Path(settings.PREVIEW_ROOT).rglob("*.png"))) == 1


def test_a_kept_picture_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = kept(good.pdf(), "a.pdf")
    first = serving.preview_png(blob, 1)
    monkeypatch.setattr(serving, "drawn", lambda *_: pytest.fail("drawn twice"))

    assert serving.preview_png(blob, 1) == first


def test_a_full_disk_does_not_keep_a_page_from_being_shown() -> None:
    blob = kept(good.pdf(), "a.pdf")
    Path(settings.PREVIEW_ROOT).write_bytes(b"in the way")

    assert shown(serving.preview_png(blob, 1)).format == "PNG"


def test_a_photo_is_shown_upright_and_without_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "25.0389N 102.7183E"
    blob = kept(good.jpg(good.picture(400, 300), exif=exif, comment=b"secret place"), "现场.jpg")

    content = serving.preview_png(blob, 1, 160)

    assert shown(content).size == (160, 213)
    assert shown(content).info == {}
    assert b"102.7183E" not in content
    assert b"secret place" not in content


def test_a_picture_is_never_made_larger_than_it_is() -> None:
    assert shown(serving.preview_png(kept(good.png(), "a.png"), 1, 1440)).size == (40, 30)


@pytest.mark.parametrize("number", [0, -1, 2, 10**9])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(serving.NoPreview):
        serving.preview_png(kept(good.pdf(), "a.pdf"), number)


def test_office_files_have_no_preview() -> None:
    blob = kept(good.docx(), "a.docx")

    with pytest.raises(serving.NoPreview, match="下载"):
        serving.preview_png(blob, 1)
    assert blob.pages is None


def test_the_number_of_pages_is_known_from_the_check() -> None:
    assert kept(good.pdf(7), "a.pdf").pages == 7
    assert kept(good.png(), "a.png").pages == 1


def test_a_page_of_monstrous_shape_stays_small() -> None:
    pdf = good.new_pdf(0)
    pdf.add_blank_page(page_size=(10, 14_000))

    size = shown(serving.preview_png(kept(good.saved(pdf), "a.pdf"), 1, 1440)).size

    assert size[0] <= 1440
    assert size[1] <= 3 * 1440

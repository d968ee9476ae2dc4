"""The QR code drawn on every kind of paper is, module by module, the one that leads to its check page."""

from urllib.parse import urlsplit

import pypdfium2
import pypdfium2.raw
import pytest
import segno
from django.test import Client

from makerspace.office.documents.kinds import KINDS
from makerspace.office.documents.models import Paper
from makerspace.office.documents.rendering import verify_url
from tests.office.documents.test_papers import content, made

pytestmark = pytest.mark.django_db
SCALE = 6  # pixels to a point: a module is then some 9 pixels wide
SMALLEST, LARGEST = 25.0, 90.0  # points: a code is between 9 and 32 mm wide
Modules = list[list[bool]]


def drawn_on(pdf: bytes, count: int) -> list[Modules]:
    """The squares drawn in a PDF, each read as so many rows of so many modules, True where black."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            image = page.render(scale=SCALE, grayscale=True).to_pil()
            for drawn in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH], max_depth=5):
                left, bottom, right, top = drawn.get_bounds()
                if not (SMALLEST < right - left < LARGEST and SMALLEST < top - bottom < LARGEST):
                    continue
                # The bounds of a stroked path reach one module beyond either end of its lines.
                module = (right - left) / (count + 2) * SCALE
                across, down = (left + right) / 2 * SCALE, image.height - (bottom + top) / 2 * SCALE
                places = [(n - (count - 1) / 2) * module for n in range(count)]
                found.append(
                    [[bool(image.getpixel((int(across + x), int(down + y))) < 128) for x in places] for y in places]
                )
    return found


def code_for(paper: Paper) -> Modules:
    """The modules of the code that leads to a paper's check page."""
    return [[bool(module) for module in row] for row in segno.make_qr(verify_url(paper.code), error="m").matrix]


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_code_on_every_paper_leads_to_its_check_page(kind: str) -> None:
    paper = made(kind)
    expected = code_for(paper)

    assert expected in drawn_on(content(paper), len(expected))

    answer = Client().get(urlsplit(verify_url(paper.code)).path, follow=True)
    assert answer.status_code == 200
    assert answer.context["verdict"].genuine
    assert answer.context["verdict"].number == paper.number


def test_the_code_of_another_paper_is_told_apart() -> None:
    paper, other = made(), made()
    expected = code_for(other)

    assert expected not in drawn_on(content(paper), len(expected))

"""Papers into PDF/A-2u with typst: data goes in as inert JSON, the same data gives the same bytes.

One compiler in a process (each holds all fonts), one paper at a time; fonts are those of var/fonts and no others, so
every machine sets the same page. A character that no font has would vanish without a word: it is looked for first.
"""

import io
import json
import logging
import threading
from datetime import datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from django.conf import settings

from makerspace.office.documents import fonts
from makerspace.office.documents.kinds import KINDS, chinese_day
from makerspace.office.documents.models import Paper

log = logging.getLogger(__name__)
TEMPLATES = Path(__file__).parent / "papers"
STANDARD: Literal["a-2u"] = "a-2u"
ONE_AT_A_TIME = threading.Lock()
EIGHT_HOURS = timezone(timedelta(hours=8))
GETA = "〓"
UNPRINTABLE = {*range(0x20), *range(0x7F, 0xA0), 0xAD, *range(0x200B, 0x2010), *range(0x2028, 0x202F)}
UNPRINTABLE |= {*range(0x2060, 0x2070), 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE01F0)} - {0x0A}


class CannotPrint(Exception):
    """A decision would lose a character: somebody must add a font that has it to var/fonts and try again."""


def render(paper: Paper) -> bytes:
    """The paper as PDF."""
    content = printable(paper.data, strict=KINDS[paper.kind].strict)
    inputs = {"paper": json.dumps(framed(paper, content), ensure_ascii=False), "qr": qr_svg(verify_url(paper.code))}
    template = TEMPLATES / f"{paper.kind}.typ"
    noon = datetime.combine(paper.issued_on, time(12), tzinfo=EIGHT_HOURS)
    with ONE_AT_A_TIME:
        made = compiler().compile(
            input=template, format="pdf", sys_inputs=inputs, pdf_standards=[STANDARD], timestamp=noon
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made


def framed(paper: Paper, content: object) -> dict[str, Any]:
    """What a template is told: the content, and what every paper has."""
    day = paper.issued_on
    return {
        "kind": paper.kind,
        "title": printable(paper.title, strict=False),
        "number": printable(paper.number, strict=False),
        "code": paper.code,
        "verify_url": verify_url(paper.code),
        "issued_on": chinese_day(day),
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "data": content,
    }


def verify_url(code: str) -> str:
    """Where anyone can check a paper; built from the setting, never from a request."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}/verify/{code}"


def qr_svg(text: str) -> str:
    """A QR code as SVG, printed well at 20 mm."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


def printable(value: object, *, strict: bool) -> object:
    """The same data without invisible characters; what cannot be printed stops a decision, and shows as 〓 elsewhere."""
    if isinstance(value, dict):
        return {key: printable(item, strict=strict) for key, item in value.items()}
    if isinstance(value, list):
        return [printable(item, strict=strict) for item in value]
    return printable_text(value, strict=strict) if isinstance(value, str) else value


def printable_text(text: str, *, strict: bool) -> str:
    """One text of `printable`."""
    visible = "".join(c for c in text if ord(c) not in UNPRINTABLE)
    lost = fonts.missing_glyphs(visible, Path(settings.FONT_ROOT))
    if not lost:
        return visible
    names = " ".join(f"U+{ord(c):04X}" for c in sorted(lost))
    if strict:
        raise CannotPrint(names)
    log.warning("no font for %s", names)
    return visible.translate({ord(c): GETA for c in lost})


@cache
def compiler() -> typst.Compiler:
    """The one compiler of this process."""
    book = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[Path(settings.FONT_ROOT)])
    return typst.Compiler(root=TEMPLATES, font_paths=book, ignore_system_fonts=True)

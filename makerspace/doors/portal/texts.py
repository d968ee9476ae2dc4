"""Brings the official text of a regulation in, article by article."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from makerspace.doors.portal.models import OfficialText
from makerspace.office.casework.refusals import cited
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Regulation, Role

MOST_BYTES = 2_000_000
NUMERAL = "[一二三四五六七八九十百]+"
ARTICLE = re.compile(rf"第({NUMERAL})条(?:[\s\u3000]+|$)(.*)")
CHAPTER = re.compile(rf"第{NUMERAL}章(?:[\s\u3000]|$)")


class TextRefused(ValueError):
    """The file is not the text of that regulation; says in Chinese why."""


@dataclass(frozen=True)
class Imported:
    """What was imported: how many articles, from a file of which digest."""

    articles: int
    digest: str


def decoded(content: bytes) -> str:
    """The file's text: UTF-8, or the GB 18030 that older documents have."""
    if len(content) > MOST_BYTES:
        raise TextRefused(f"文件过大：至多{MOST_BYTES // 1_000_000}MB。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TextRefused("文件不是文本：应为UTF-8或GB18030编码的纯文本。")


def split(text: str, regulation: Regulation) -> dict[int, str]:
    """The articles by number, each with all its lines; TextRefused unless it is exactly the regulation's articles."""
    numbers = {cited((article.number,)): article.number for article in regulation.articles}
    found: dict[int, list[str]] = {}
    lines: list[str] = []
    for line in (raw.strip() for raw in text.splitlines()):
        match = ARTICLE.match(line)
        if match:
            number = numbers.get(f"第{match[1]}条")
            if number is None or number in found:
                raise TextRefused(
                    f"第{match[1]}条{'重复出现' if number else f'不在{regulation.document_number}之中'}。"
                )
            lines = found[number] = [match[2]]
        elif CHAPTER.match(line):
            lines = []
        else:
            lines.append(line)
    missing = [number for number in numbers.values() if not any(found.get(number, ()))]
    if missing:
        raise TextRefused(f"缺少{cited(tuple(missing))}。")
    return {number: "\n".join(filter(None, rows)) for number, rows in sorted(found.items())}


@transaction.atomic
def import_text(regulation: Regulation, content: bytes, *, by: str, on: date) -> Imported:
    """Put the official text in place of what was there; the record keeps who, when, and the file's digest."""
    articles, digest = split(decoded(content), regulation), hashlib.sha256(content).hexdigest()
    OfficialText.objects.filter(regulation=regulation.id).delete()
    OfficialText.objects.bulk_create(
        OfficialText(
            regulation=regulation.id, article=number, text=text, digest=digest, imported_at=clock.now(), imported_by=by
        )
        for number, text in articles.items()
    )
    data = {"digest": digest, "articles": len(articles), "account": by}
    append(f"TEXT-{regulation.id}", "import_text", by=None, role=Role.SYSTEM_ADMIN, on=on, data=data)
    return Imported(len(articles), digest)

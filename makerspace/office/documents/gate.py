"""发布闸口: what no public text or file may hold (C43): identity numbers, mobiles, bank cards, personal e-mails."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import pikepdf
from django.conf import settings
from stdnum.cn import uscc

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])(?:\d{16,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?)(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class PersonalData(ValueError):
    """Something for everybody to read holds what nobody may publish."""


class Hit(NamedTuple):
    """One thing that may not be published: what it is, and enough of it to be found."""

    what: str
    masked: str

    def __str__(self) -> str:
        return f"{self.what}（{self.masked}）"


def personal_data_in(text: str, allowed: Iterable[str] = ()) -> list[Hit]:
    """All that must not be published in ``text``; ``allowed`` are the office's own contacts, which are taken out first."""
    plain = unicodedata.normalize("NFKC", text)
    for own in allowed:
        if own:
            plain = plain.replace(unicodedata.normalize("NFKC", own), "□")
    identities = [match.group() for match in _IDENTITY.finditer(plain) if is_identity_number(match.group())]
    cards = [match.group() for match in _CARD.finditer(plain) if is_card_number(match.group())]
    return [
        *(Hit("身份证号码", _mask(found)) for found in identities),
        *(Hit("手机号码", _mask(match.group())) for match in _MOBILE.finditer(plain)),
        *(Hit("银行卡号", _mask(found)) for found in cards if found not in identities),
        *(Hit("电子邮箱", _mask(match.group())) for match in _EMAIL.finditer(plain)),
    ]


def own_contacts() -> list[str]:
    """The office's own contacts, which its public texts may print."""
    return [settings.SITE[key] for key in ("phone", "discipline_phone", "address") if settings.SITE[key]]


def ask_public(data: object) -> None:
    """Raise ``PersonalData`` where a public paper's content holds any; a matter has said so kindly before."""
    found = [str(hit) for text in texts_in(data) for hit in personal_data_in(text, own_contacts())]
    if found:
        raise PersonalData("、".join(found))


def ask_public_pdf(content: bytes) -> None:
    """Raise ``PersonalData`` where a PDF's own description does: author, title, subject, keywords, XMP."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        ask_public([str(value) for value in pdf.docinfo.values()])
        if "/Metadata" in pdf.Root:
            ask_public(pdf.Root.Metadata.read_bytes().decode("utf-8", "replace"))


def texts_in(data: object) -> Iterator[str]:
    """Every text in nested data, keys left out."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from texts_in(list(data.values()))
    elif isinstance(data, list):
        for item in data:
            yield from texts_in(item)


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a resident's number: the check character holds and the birth date exists."""
    if sum(int(digit) * weight for digit, weight in zip(text[:17], WEIGHTS, strict=True)) % 11 != CHECKS.index(
        text[17].upper()
    ):
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return born.year >= 1850


def is_card_number(text: str) -> bool:
    """Whether 16 to 19 digits pass Luhn's check and are no credit code; one in ten random numbers does pass."""
    numbers = [int(c) for c in reversed(text) if c.isdigit()]
    doubled = [digit if at % 2 == 0 else sum(divmod(digit * 2, 10)) for at, digit in enumerate(numbers)]
    return 16 <= len(numbers) <= 19 and sum(doubled) % 10 == 0 and not uscc.is_valid(text)


def _mask(text: str) -> str:
    """Enough to find it, not enough to use it."""
    return f"{text[:3]}***{text[-2:]}"

"""Workbooks written here: texts, numbers and days, and no cell that a spreadsheet would run (C27)."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import xlsxwriter

STARTERS = tuple("=+-@＝＋－＠|%")
BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"
CHOICES_DOWN_TO = 2000


@dataclass(frozen=True)
class Sheet:
    """One sheet: a head, rows below it, and for columns (by number, from 0) the words that may be chosen there.

    Numbers are int, float or Decimal; days are dates; True and False are written 是 and 否; all else is text.
    ``required`` columns have a marked head.
    """

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[object]] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    required: frozenset[int] = frozenset()


def workbook(*sheets: Sheet) -> bytes:
    """An XLSX file of these sheets."""
    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, plain) as book:
        styles = {
            "head": book.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1, "text_wrap": True}),
            "must": book.add_format({"bold": True, "bg_color": "#FBE9E7", "border": 1, "text_wrap": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.title), sheet, styles)
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, styles: Mapping[str, object]) -> None:
    widths = [_width(title) for title in sheet.head]
    for place, title in enumerate(sheet.head):
        page.write_string(0, place, cell(title), styles["must" if place in sheet.required else "head"])
    for line, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            _put(page, line, place, value, styles["day"])
            widths[place] = max(widths[place], _width(str(value if value is not None else "")))
    for place, width in enumerate(widths):
        page.set_column(place, place, min(width + 2, 48))
    for place, words in sheet.choices.items():
        page.data_validation(1, place, CHOICES_DOWN_TO, place, {"validate": "list", "source": list(words)})
    page.freeze_panes(1, 0)


def _put(page: xlsxwriter.worksheet.Worksheet, line: int, place: int, value: object, day: object) -> None:
    """One value in its own kind; nothing for None."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(line, place, "是" if value else "否")
    elif isinstance(value, int | float | Decimal):
        page.write_number(line, place, value)
    elif isinstance(value, date):
        page.write_datetime(line, place, value, day)
    else:
        page.write_string(line, place, cell(value))


def _width(text: str) -> int:
    """Columns of a fixed-width face: a Chinese character takes two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def cell(value: object) -> str:
    """A value as text; what a spreadsheet might take for a formula, also after blanks or in full width, is quoted."""
    text = "" if value is None else str(value)
    bare = text.lstrip(BLANKS)
    return f"'{text}" if bare.startswith(STARTERS) or text.startswith(("\t", "\r", "\n")) else text


def uncell(text: str) -> str:
    """What ``cell`` was given: the quote in front of a would-be formula is none of the value's own."""
    return text[1:] if text.startswith("'") and cell(text[1:]) == text else text

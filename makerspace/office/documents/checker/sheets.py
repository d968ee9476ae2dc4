"""The first sheet of a workbook as plain texts, read in the child that has nothing to lose."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import BinaryIO

from openpyxl import load_workbook

from makerspace.office.documents.checker.refusal import Refuse

MOST_ROWS, MOST_COLUMNS, LONGEST = 2001, 60, 5000


def read(file: BinaryIO) -> list[list[str]]:
    """Rows from the head on, each cell as it would be typed; formulas as the value they last had."""
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    if not book.worksheets:
        raise Refuse("invalid", "工作簿里没有可以读取的工作表。")
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    rows: list[list[str]] = []
    for values in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
        row = [text_of(value) for value in values]
        if any(row):
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise Refuse("too_large", f"工作表超过 {MOST_ROWS - 1} 行，请分成几个文件导入。")
    width = max((place + 1 for row in rows for place, text in enumerate(row) if text), default=0)
    return [row[:width] for row in rows]


def text_of(value: object) -> str:
    """One cell on one line: days as 2026-03-16, whole numbers without a fraction, 是 and 否."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{Decimal(str(value)):f}".removesuffix(".0")
    return " ".join(str(value).split())[:LONGEST]

"""Lists written out for spreadsheets: UTF-8 with BOM, and no cell that a spreadsheet would run (C27)."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import quote

from django.http import HttpResponse

from makerspace.office.documents.sheets import cell
from makerspace.office.documents.uploads import CONTENT_TYPES


class _Sink(Protocol):
    def write(self, text: str, /) -> object:
        """Take a line."""


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """An attachment called ``name`` (with its ending) that opens in any spreadsheet program."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename=\"list.csv\"; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    write_csv(response, head, rows)
    return response


def write_csv(sink: _Sink, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Head and rows, each cell made harmless."""
    writer = csv.writer(sink)
    writer.writerow([cell(title) for title in head])
    writer.writerows([value if _is_number(value) else cell(value) for value in row] for row in rows)


def _is_number(value: object) -> bool:
    """A number is no formula, whatever its sign."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def xlsx_response(name: str, content: bytes) -> HttpResponse:
    """A workbook as an attachment called ``name`` (with its ending)."""
    response = HttpResponse(content, content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response

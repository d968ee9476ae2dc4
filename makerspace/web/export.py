"""Lists written out for spreadsheets: UTF-8 with BOM, and no cell that a spreadsheet would run (C27)."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from urllib.parse import quote

from django.http import HttpResponse

STARTERS = tuple("=+-@＝＋－＠|%")
BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"


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
    writer.writerows([cell(value) for value in row] for row in rows)


def cell(value: object) -> str:
    """A value as text; what a spreadsheet might take for a formula, also after blanks or in full width, is quoted."""
    text = "" if value is None else str(value)
    bare = text.lstrip(BLANKS)
    return f"'{text}" if bare.startswith(STARTERS) or text.startswith(("\t", "\r", "\n")) else text

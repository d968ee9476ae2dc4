"""What goes back: JSON in UTF-8, and every refusal in the one shape of the contract."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from makerspace.office.casework.refusals import Refusal
from makerspace.office.record.clock import KUNMING
from makerspace.web.refusals import as_json

JSON = "application/json; charset=utf-8"
PER_PAGE = 50
AS_WE_WRITE = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS


class Answer(NamedTuple):
    """A successful answer before it becomes a response, so that it can be kept under a key."""

    status: int
    body: Any
    headers: Mapping[str, str] = {}


def respond(answer: Answer) -> HttpResponse:
    """The answer as a response."""
    return HttpResponse(dumps(answer.body), status=answer.status, content_type=JSON, headers=dict(answer.headers))


def ok(body: object, **headers: str) -> HttpResponse:
    """200 with a body."""
    return respond(Answer(200, body, headers))


def refuse(refusal: Refusal, *, status: int | None = None, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A refusal: ``code``, ``text``, ``article``, ``fields``."""
    return respond(Answer(status or refusal.status, as_json(refusal), headers or {}))


def listed(rows: QuerySet[Any], page: int, show: Callable[[Any], object]) -> dict[str, Any]:
    """One page of a list, 50 a page; a page beyond the last is empty."""
    pages = Paginator(rows, PER_PAGE)
    shown = pages.page(page).object_list if page <= pages.num_pages else []
    return {"items": [show(row) for row in shown], "count": pages.count, "page": page, "pages": pages.num_pages}


def dumps(body: object) -> bytes:
    """JSON; days as YYYY-MM-DD, instants with +08:00.

    What orjson does not write (half a character, a number of more than 64 bits) the slower module of Python's own does.
    """
    try:
        return orjson.dumps(body, default=_plain, option=AS_WE_WRITE)
    except orjson.JSONEncodeError:
        return json.dumps(body, default=_plain, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def instant(at: datetime) -> str:
    """An instant in Kunming's time, as the seals write it."""
    return at.astimezone(KUNMING).isoformat()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if not math.isfinite(number := float(value)):
            raise ValueError(f"JSON knows no {value}.")  # orjson would write null
        return number
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(type(value).__name__)


def accepts_csv(request: HttpRequest) -> bool:
    """Whether the caller would rather have CSV than JSON."""
    return request.get_preferred_type(["application/json", "text/csv"]) == "text/csv"

"""Schemes as published, for anyone: each formula as data and as a sentence."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from makerspace.doors.api import shapes
from makerspace.doors.api.answers import listed, ok
from makerspace.doors.api.description import refusals
from makerspace.doors.api.public import Paged
from makerspace.matters.assessment.models import Scheme
from makerspace.matters.assessment.queries import scheme as queries
from makerspace.office.casework.refusals import refused

router = Router(tags=["考核"])


@router.get(
    "/assessment/schemes", operation_id="schemes_list", summary="考核方案", response=shapes.Schemes,
    openapi_extra=refusals(422),
)  # fmt: skip
def schemes(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """已发布的年度考核方案，近年的在前；每年一份，发布后不变。"""
    return ok(listed(queries.published(), asked.page, _summary))


@router.get(
    "/assessment/schemes/{year}", operation_id="scheme", summary="一个年度的考核方案", response=shapes.SchemeDetail,
    openapi_extra=refusals(404, 422),
)  # fmt: skip
def scheme(request: HttpRequest, year: Path[str]) -> HttpResponse:
    """各项指标、加分项、否决项和等次；formula 是计分公式，words 是它的文字说明，body 按规范化 JSON 求摘要即 digest。"""
    found = queries.published_for(int(year)) if year.isascii() and year.isdecimal() and len(year) == 4 else None
    if found is None:
        raise refused("not_found", "这个年度没有已发布的考核方案。", 18)
    sketch = queries.sketch_of(found)
    reading = queries.read_aloud(sketch)
    said = [*(line for part in reading.parts for line in part.lines), *reading.bonuses]
    words = {line.code: line.words for line in said} | {veto.code: text for veto, text in reading.vetoes}
    return ok({**_summary(found), "body": sketch.model_dump(mode="json"), "words": words})


def _summary(row: Scheme) -> dict[str, Any]:
    return {
        "year": row.year, "title": row.title, "published_on": row.published_on, "digest": row.digest,
        "regulation": row.regulation, "system_default": row.body["origin"] == "system",
    }  # fmt: skip

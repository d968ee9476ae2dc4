"""Schemes as published, for anyone: each formula as data and as a sentence."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field, ValidationError

from makerspace.doors.api import shapes
from makerspace.doors.api.access import slowly
from makerspace.doors.api.answers import listed, ok
from makerspace.doors.api.description import body, refusals
from makerspace.doors.api.public import Paged
from makerspace.doors.api.reading import checked, fields_of, invalid, object_of
from makerspace.matters.assessment.models import Scheme
from makerspace.matters.assessment.queries import scheme as queries
from makerspace.office.casework.acts import Input
from makerspace.office.casework.refusals import refused
from makerspace.regulation.faults import faults_of
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS
from makerspace.regulation.scheme import MOST, Facts, Scored
from makerspace.regulation.scoring import score

router = Router(tags=["考核"])
Number = Annotated[Decimal, Field(ge=-MOST, le=MOST, decimal_places=4)]


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
    found = _published(year)
    sketch = queries.sketch_of(found)
    reading = queries.read_aloud(sketch)
    said = [*(line for part in reading.parts for line in part.lines), *reading.bonuses]
    words = {line.code: line.words for line in said} | {veto.code: text for veto, text in reading.vetoes}
    return ok({**_summary(found), "body": sketch.model_dump(mode="json"), "words": words})


class FactsInput(Input):
    """一年的数据，按填报项代码；金额以千元计。peers 是相对评分的指标所比较的各家数值，没有的该项不计分。"""

    values: dict[str, Number] = Field({}, title="数据", max_length=200)
    marks: dict[str, list[Number]] = Field({}, title="各评分项的打分", max_length=80)
    peers: dict[str, list[Number]] = Field({}, title="各家数值", max_length=80)


BODIES: dict[str, type[BaseModel]] = {"FactsInput": FactsInput}


@router.post(
    "/assessment/schemes/{year}/score", operation_id="score_try", summary="按一个年度的方案试算得分",
    response=Scored, openapi_extra={**body("FactsInput"), **refusals(400, 404, 413, 415, 422, 429)},
)  # fmt: skip
@slowly("score")
def score_try(request: HttpRequest, year: Path[str]) -> HttpResponse:
    """不登录即可试算，什么都不保存。同一份方案和同样的数据总是得出同样的结果，可用来复核考核得分。"""
    found = _published(year)
    given = checked(FactsInput, object_of(request))
    known = {row.code for row in FIELDS}
    unknown = {f"values.{code[:40]}": "没有这个填报项" for code in given.values if code not in known}
    if unknown:
        raise invalid(unknown, 18)
    marks = {code: [{"points": str(mark), "reason": "试算"} for mark in row] for code, row in given.marks.items()}
    try:
        facts = Facts.model_validate({"values": given.values, "marks": marks})
    except ValidationError as error:
        raise invalid(fields_of(faults_of(error)), 18) from None
    peers = {code: tuple(row) for code, row in given.peers.items()}
    return ok(score(queries.scheme_of(found), facts, peers).model_dump(mode="json"))


def _published(year: str) -> Scheme:
    """The scheme of a year as it stands in the address, or 404."""
    found = queries.published_for(int(year)) if year.isascii() and year.isdecimal() and len(year) == 4 else None
    if found is None:
        raise refused("not_found", "这个年度没有已发布的考核方案。", 18)
    return found


def _summary(row: Scheme) -> dict[str, Any]:
    return {
        "year": row.year, "title": row.title, "published_on": row.published_on, "digest": row.digest,
        "regulation": row.regulation, "system_default": row.body["origin"] == "system",
    }  # fmt: skip

"""Public notices, and what anybody may bring against a case on one (article 11)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja import Query, Router
from pydantic import BaseModel, Field

from makerspace.doors.api import shapes
from makerspace.doors.api.access import slowly
from makerspace.doors.api.answers import Answer, listed, ok
from makerspace.doors.api.description import KEY_PARAMETER, REF, form, refusals
from makerspace.doors.api.keys import answered_once_to_anyone, content_of
from makerspace.doors.api.offers import TICKS
from makerspace.doors.api.public import Id, Paged
from makerspace.doors.api.reading import body_of, checked, form_of, id_of, invalid, object_of
from makerspace.matters.review import forms
from makerspace.matters.review import operations as review
from makerspace.matters.review.models import NoticeItem, PublicNotice
from makerspace.matters.review.queries import notices as queries
from makerspace.matters.review.queries import objections
from makerspace.office.casework.refusals import refused
from makerspace.office.record import clock

router = Router(tags=["公示与异议"])


class Objection(forms.Object):
    """提出异议。"""

    case: str = Field("", max_length=24, title="所指办件的编号，公示只有一件时可省略")


BODIES: dict[str, type[BaseModel]] = {"ObjectionBody": Objection}
EVIDENCE = {
    "type": "array",
    "items": {"type": "string", "format": "binary"},
    "description": "证据文件，可重复，至多10个",
}


@router.get(
    "/notices", operation_id="notices_list", summary="公示", response=shapes.Notices, openapi_extra=refusals(422)
)
def notices(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """已发布的公示，近日在前；被代替的仍可查阅。"""
    rows = queries.published_notices(clock.today()).prefetch_related(_items())
    return ok(listed(rows, asked.page, notice_json))


@router.get(
    "/notices/{id}", operation_id="notice", summary="一份公示", response=shapes.Notice, openapi_extra=refusals(404)
)
def notice(request: HttpRequest, key: Id) -> HttpResponse:
    """名单、首日和末日及其计算、正文与摘要、发布时的案卷卷首。"""
    return ok(notice_json(_fetch(key)))


def _items() -> "Prefetch[str]":
    """The rows of notices with their cases, in one query."""
    return Prefetch("items", queryset=NoticeItem.objects.select_related("case").order_by("position"))


def _fetch(text: str) -> PublicNotice:
    """A notice that everybody may read."""
    key = id_of(text)
    found = queries.public_notice(key, clock.today()) if key else None
    if found is None:
        raise refused("not_found", "没有这份公示。", 11)
    return found


def notice_json(notice: PublicNotice) -> dict[str, Any]:
    """A notice with its rows; where they were read already, no query is added."""
    prefetch_related_objects([notice], _items())
    return {**queries.notice_json(notice), "items": [queries.item_json(row) for row in notice.items.all()]}


@router.post(
    "/notices/{id}/objections", operation_id="objection", summary="提出异议",
    response={201: shapes.Objection},
    openapi_extra={
        "parameters": [KEY_PARAMETER],
        "requestBody": {"required": True, "content": {
            "application/json": {"schema": {"$ref": REF.format(model="ObjectionBody")}},
            **form(
                {
                    "case": {"type": "string"}, "name": {"type": "string"}, "is_unit": {"type": "boolean"},
                    "contact": {"type": "string"}, "facts": {"type": "string"}, "evidence": EVIDENCE,
                },
                required=("name", "contact", "facts"),
            ),
        }},
        **refusals(400, 404, 409, 413, 415, 422, 429),
    },
)  # fmt: skip
@slowly("objections")
def object_to(request: HttpRequest, key: Id) -> HttpResponse:
    """公示期内以真实姓名或单位名义提出；身份单独加密保存，不告知申报单位。附证据的用 multipart/form-data。"""
    notice = _fetch(key)
    if request.content_type == "multipart/form-data":
        fields, files = form_of(request)
        given, evidence, content = _plain(fields, files), files.getlist("evidence"), content_of(request, fields, files)
    else:
        given, evidence, content = object_of(request), [], body_of(request)

    def bring() -> Answer:
        told = checked(Objection, given)
        item = _item_of(notice, told.case)
        made = review.object_to(
            notice, item.case, on=clock.today(), name=told.name, contact=told.contact, facts=told.facts,
            is_unit=told.is_unit, evidence=[(file, file.name) for file in evidence],
        )  # fmt: skip
        return Answer(201, _status(made.receipt), {"Location": f"/api/v1/objections/{made.receipt}"})

    return answered_once_to_anyone(request, content, bring)


def _plain(fields: QueryDict, files: "MultiValueDict[str, Any]") -> Mapping[str, Any]:
    """The form's fields, each given once; files come as ``evidence`` and nothing else."""
    twice = {name[:60]: "只能给一次" for name, values in fields.lists() if len(values) > 1}
    strange = {name[:60]: "没有这个字段，请删去或核对字段名" for name in files if name != "evidence"}
    if twice or strange:
        raise invalid({**twice, **strange}, 11)
    return {name: TICKS.get(str(text), text) if name == "is_unit" else text for name, text in fields.items()}


def _item_of(notice: PublicNotice, number: str) -> NoticeItem:
    """The row that is objected to; it need not be named where there is only one."""
    rows = list(notice.items.select_related("case")[:2]) if not number else []
    found = rows[0] if len(rows) == 1 else queries.item_of(notice, number)
    if found is None and not number:
        raise invalid({"case": "公示有多个办件，请写明所指办件的编号"}, 11)
    if found is None:
        raise refused("not_found", "这份公示中没有这个办件。", 11, fields={"case": "不在这份公示中"})
    return found


@router.get(
    "/objections/{receipt}", operation_id="objection_status", summary="异议进展",
    response=shapes.Objection, openapi_extra=refusals(404, 429),
)  # fmt: skip
@slowly("verify")
def objection_status(request: HttpRequest, receipt: str) -> HttpResponse:
    """凭回执编码查询，不需要登录；答复中没有提出人的信息。"""
    return ok(_status(receipt[:64]))


def _status(receipt: str) -> dict[str, Any]:
    found = objections.objection_status(receipt)
    if found is None:
        raise refused("not_found", "没有这个回执编码，请核对后再查。", 11)
    return objections.status_json(found)

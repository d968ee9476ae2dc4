"""Calls that anyone may make: self-check, registry, verification, notices, objections, heads, calls for applications."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field, ValidationInfo, model_validator

from makerspace.doors.api import shapes
from makerspace.doors.api.access import slowly
from makerspace.doors.api.answers import accepts_csv, listed, ok
from makerspace.doors.api.description import body, refusals
from makerspace.doors.api.reading import fields_of, id_of, invalid, parsed, raw_of
from makerspace.matters.application import queries as application
from makerspace.matters.application.models import Call
from makerspace.matters.recognition import queries as recognition
from makerspace.matters.recognition.models import Announcement, Category, Title, TitleState
from makerspace.office.casework.acts import Day
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Authority
from makerspace.office.record import clock
from makerspace.office.record.models import Head
from makerspace.regulation import VERSIONS, in_force
from makerspace.regulation.answers import findings_json
from makerspace.regulation.faults import Faults
from makerspace.regulation.terms import Regulation
from makerspace.web.export import csv_response

Id = Annotated[str, Path(alias="id")]
router = Router(tags=["公开"])
READ = refusals(404, 422)


class Closed(BaseModel):
    """Filters by allow-list: an unknown one is refused by name (C3)."""

    @model_validator(mode="after")
    def _ask_known(self, info: ValidationInfo) -> Self:
        """ninja hands over only what the model knows, so the address itself is asked."""
        request: HttpRequest = (info.context or {})["request"]
        unknown = {name[:60]: "没有这个参数" for name in request.GET if name not in type(self).model_fields}
        if unknown:
            raise invalid(unknown)
        return self


class Paged(Closed):
    """Any list."""

    page: Annotated[int, Field(ge=1, le=100_000, description="第几页，每页50条")] = 1


class On(Closed):
    """A day of reference."""

    on: Annotated[Day | None, Field(description="基准日，默认今日")] = None


class RegistryFilter(Paged):
    """Which titles."""

    on: Annotated[Day | None, Field(description="某日的名录，默认今日")] = None
    status: Annotated[str, Field(description=f"状态：{'、'.join(TitleState.values)}")] = ""
    authority: Annotated[str, Field(description="科技主管部门代码")] = ""
    category: Annotated[str, Field(description=f"类别：{'、'.join(Category.values)}")] = ""
    field: Annotated[
        str, Field(description="产业领域代码（国家重点支持的高新技术领域第一级，两位），按当日在驻企业")
    ] = ""
    q: Annotated[str, Field(max_length=200, description="编号、名称、运营单位，或其拼音")] = ""


@router.post(
    "/self-check", operation_id="self_check", summary="资格自测：对照条件，指出差距",
    response=shapes.Findings, openapi_extra={**body("Dossier"), **refusals(400, 413, 415, 422, 429)},
)  # fmt: skip
@slowly("self_check")
def self_check(request: HttpRequest, asked: Query[On]) -> HttpResponse:
    """不登录即可自测，什么都不保存。请求内容为申报事实；缺项如实列为 missing。"""
    raw = raw_of(request)
    given = parsed(raw) if raw else None
    on = asked.on or clock.today()
    try:
        version = _version(given, on)
        return ok(findings_json(version.check(version.parse(raw), on)))
    except Faults as faults:
        raise invalid(fields_of(faults.faults)) from None


def _version(given: object, on: date) -> Regulation:
    """The version that the dossier names, else the one in force on the day."""
    named = given.get("regulation") if isinstance(given, Mapping) else None
    for version in VERSIONS:
        if version.id == named:
            return version
    try:
        return in_force(on)
    except LookupError as fault:
        raise invalid({"on": str(fault)}) from None


@router.get(
    "/registry", operation_id="registry_list", summary="某日的名录",
    response=shapes.Registry, openapi_extra=refusals(422),
)  # fmt: skip
def registry(request: HttpRequest, asked: Query[RegistryFilter]) -> HttpResponse:
    """名录在某一日的样子：当日的名称、运营单位和状态。以 Accept: text/csv 取得同一结果的表格（全部行）。"""
    on = asked.on or clock.today()
    _ask_known(asked)
    titles = recognition.registry(on, asked.status, asked.authority, asked.category, asked.q, asked.field)
    if accepts_csv(request):
        answer = csv_response(
            "众创空间名录.csv", REGISTRY_HEAD, (_registry_row(title, on) for title in titles.iterator(chunk_size=500))
        )
    else:
        answer = ok({"on": on, **listed(titles, asked.page, lambda title: _title(title, on))})
    answer["Vary"] = "Accept"
    return answer


def _ask_known(asked: RegistryFilter) -> None:
    known = {"status": set(TitleState.values), "category": set(Category.values), "field": set(dict(recognition.FIELDS))}
    wrong = {
        name: f"应为下列之一：{'、'.join(sorted(codes))}"
        for name, codes in known.items()
        if getattr(asked, name) and getattr(asked, name) not in codes
    }
    if asked.authority and not Authority.objects.filter(code=asked.authority[:24]).exists():
        wrong["authority"] = "没有这个科技主管部门代码"
    if "\x00" in asked.q:
        wrong["q"] = "不得含有控制字符"
    if wrong:
        raise invalid(wrong)


REGISTRY_HEAD = ("名录编号", "众创空间名称", "运营单位", "类别", "科技主管部门", "认定日期", "状态")


def _registry_row(title: Title, on: date) -> tuple[str, ...]:
    shown: Any = title
    state = TitleState(shown.shown_state).label
    return (
        title.number, shown.shown_name, shown.shown_holder, title.get_category_display(), title.authority.name,
        title.since.isoformat(), state,
    )  # fmt: skip


def _title(title: Title, on: date) -> dict[str, Any]:
    """A title as it stood on the day: an end that lay ahead then is not told."""
    shown: Any = title
    return {
        "number": title.number, "name": shown.shown_name, "holder": shown.shown_holder, "category": title.category,
        "authority": title.authority.code, "since": title.since, "state": shown.shown_state,
        "ended_on": title.ended_on if title.ended_on and title.ended_on <= on else None,
    }  # fmt: skip


@router.get(
    "/registry/{number}", operation_id="registry_entry", summary="名录中的一个众创空间",
    response=shapes.RegistryEntry, openapi_extra=READ,
)  # fmt: skip
def registry_entry(request: HttpRequest, number: str, asked: Query[On]) -> HttpResponse:
    """名录编号形如 KMZC-2026-001；on 为某日，默认今日。"""
    on = asked.on or clock.today()
    title = recognition.title_by_number(number[:24], on) if "\x00" not in number else None
    if title is None:
        raise refused("not_found", "名录中没有这个编号，或者那一日尚未认定。")
    names = [
        {
            "name": row.name,
            "holder": row.holder,
            "since": row.since,
            "until": row.until if row.until and row.until < on else None,
        }
        for row in recognition.names_of(title, on)
    ]
    sites = [
        {"address": row.address, "since": row.since, "until": row.until if row.until and row.until < on else None}
        for row in recognition.sites_of(title, on)
    ]
    announced = {"announcement": title.announcement.document_number, "announced_on": title.announcement.on}
    told = _title(title, on)
    ended_by = title.ended_by.code if told["ended_on"] and title.ended_by else None
    return ok({**told, **announced, "ended_by": ended_by, "names": names, "sites": sites})


def announced(announcement: Announcement, on: date) -> dict[str, Any]:
    """An announcement with the titles it gave."""
    titles = recognition.registry(on).filter(announcement=announcement)
    return {
        "document_number": announcement.document_number, "on": announcement.on, "digest": announcement.digest,
        "titles": [_title(title, on) for title in titles.order_by("number")],
    }  # fmt: skip


@router.get(
    "/verify/{code}", operation_id="verify", summary="核验证书或公文",
    response=shapes.Verified, openapi_extra=refusals(429),
)  # fmt: skip
@slowly("verify")
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """校验码为16位，分四组；大小写、连字符和易混字母均可识别。不是本系统出具的，genuine 为 false。"""
    return ok(recognition.certificate_state(code[:64]))


@router.get(
    "/heads", operation_id="heads_list", summary="案卷的每日卷首", response=shapes.Heads, openapi_extra=refusals(422)
)
def heads(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """卷首是截至当日24时（北京时间）有记录的每个办件最后一个封印的摘要，当日没有记录的办件也在内。

    每个办件一行，写作“编号 空格 封印 换行”（UTF-8，封印为64位小写十六进制，换行为单个 LF，最后一行也有），
    各行按办件编号的字符次序排列后相连，按 algorithm（sm3 或 sha256）求摘要即 head。
    entries 为当日各办件新增记录的条数；申报通知、公示草稿等其他卷不计入。没有办件记录的日子没有卷首。
    """
    return ok(listed(Head.objects.order_by("-day"), asked.page, _head))


def _head(head: Head) -> dict[str, Any]:
    return {"day": head.day, "entries": head.entries, "algorithm": head.algorithm, "head": head.head}


@router.get("/calls", operation_id="calls_list", summary="申报通知", response=shapes.Calls, openapi_extra=refusals(422))
def calls(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """已发布的申报通知，受理中的在前。"""
    on = clock.today()
    return ok(listed(application.published_calls(on), asked.page, lambda call: _call(call, on)))


@router.get("/calls/{id}", operation_id="call", summary="一份申报通知", response=shapes.CallDetail, openapi_extra=READ)
def call(request: HttpRequest, key: Id) -> HttpResponse:
    """通知全文、另需提交的材料和咨询联系方式。"""
    on, number = clock.today(), id_of(key)
    found = application.published_calls(on).filter(pk=number).first() if number else None
    if found is None:
        raise refused("not_found", "没有这份申报通知。", 8)
    return ok({**_call(found, on), "text": found.text, "materials": found.materials, "contacts": found.contacts})


def _call(call: Call, on: date) -> dict[str, Any]:
    is_open = application.is_open(call, on)
    return {
        "id": call.pk, "title": call.title, "year": call.year, "categories": call.categories,
        "opens_on": call.opens_on, "closes_on": call.closes_on, "open": is_open,
        "days_left": (call.closes_on - on).days if is_open else None,
        "published_on": call.published_on, "regulation": call.regulation,
    }  # fmt: skip

"""Calls with a token about cases: list, read, draft, save, attach, act, record."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja import Query, Router
from pydantic import BaseModel, Field

from makerspace.doors.api import case_views, shapes
from makerspace.doors.api.access import Bearer, caller
from makerspace.doors.api.answers import PER_PAGE, Answer, ok, respond
from makerspace.doors.api.description import KEY_PARAMETER, MATCH_PARAMETER, body, file_of, form, refusals
from makerspace.doors.api.keys import answered_once, content_of
from makerspace.doors.api.public import Id, Paged
from makerspace.doors.api.reading import LARGEST_ID, ask_nothing, body_of, checked, form_of, invalid, object_of
from makerspace.matters.application import operations as application
from makerspace.matters.application import queries as applications
from makerspace.matters.application.models import Material
from makerspace.matters.recognition import operations as titles
from makerspace.matters.recognition import queries as recognition
from makerspace.office.casework import attachments, queries, taking, worklists
from makerspace.office.casework.acts import Input
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import serving
from makerspace.office.people.models import Organisation, Person
from makerspace.office.record import clock
from makerspace.web.reading import reads_once

router = Router(tags=["办件"], auth=Bearer())
READ = refusals(401, 404)
LONGEST_NUMBER = 24


class CaseFilter(Paged):
    """Which cases."""

    stage: Annotated[str, Field(max_length=40, description="环节代码，如 district_review")] = ""
    kind: Annotated[str, Field(max_length=40, description="事项代码，如 recognition")] = ""


class Draft(Input):
    """起草申报。"""

    call: int = Field(strict=True, ge=1, le=LARGEST_ID, title="申报通知的编号")
    dossier: dict[str, Any] = Field(default_factory=dict, title="申报事实，可以不完整")


BODIES: dict[str, type[BaseModel]] = {"Draft": Draft}


@router.get(
    "/cases", operation_id="cases_list", summary="可见的办件", response=shapes.Cases, openapi_extra=refusals(401, 422)
)
def cases(request: HttpRequest, asked: Query[CaseFilter]) -> HttpResponse:
    """新的在前。acts 为按身份、环节和职责分离可以办理的事项；是否还有前置条件以单个办件为准。"""
    person, on = caller(request).person, clock.today()
    rows = _filtered(asked, person, on)
    count = rows.count()
    first = (asked.page - 1) * PER_PAGE
    shown = list(
        rows.select_related("organisation", "authority", "application").order_by("-id")[first : first + PER_PAGE]
    )
    items = case_views.summaries(shown, person, on)
    return ok({"items": items, "count": count, "page": asked.page, "pages": max(1, -(-count // PER_PAGE))})


def _filtered(asked: CaseFilter, person: Person, on: date) -> QuerySet[Case]:
    """The cases one may see, narrowed; an unknown code is refused, for an empty list would mislead (C3)."""
    known = {"stage": worklists.stage_labels(), "kind": worklists.kind_labels()}
    wanted = {name: getattr(asked, name) for name in known if getattr(asked, name)}
    wrong = {
        name: f"应为下列之一：{'、'.join(known[name])}" for name, code in wanted.items() if code not in known[name]
    }
    if wrong:
        raise invalid(wrong)
    return queries.visible_to(person, on).filter(**wanted)


@router.get("/cases/{id}", operation_id="case", summary="一个办件", response=shapes.CaseDetail, openapi_extra=READ)
@reads_once
def case(request: HttpRequest, key: Id) -> HttpResponse:
    """事实、条件对照、材料、办理过程，以及本人此刻可以办理的事项。填报人另得草稿的 ETag。"""
    person, on = caller(request).person, clock.today()
    found = fetch(person, key, on)
    return ok(case_views.detail(found, person, on, offers=True), **case_views.etag(found, person, on))


def fetch(person: Person, number: str, on: date) -> Case:
    """The case of that number for this person, with its application."""
    if len(number) > LONGEST_NUMBER or not number.isascii() or not number.isprintable():
        raise refused(queries.NOT_THERE.code, queries.NOT_THERE.text)
    return queries.fetch(person, number, on)


@router.post(
    "/cases", operation_id="case_draft", summary="起草申报",
    response={201: shapes.CaseDetail},
    openapi_extra={
        "parameters": [KEY_PARAMETER], **body("Draft"), **refusals(400, 401, 403, 404, 409, 413, 415, 422),
    },
)  # fmt: skip
def draft(request: HttpRequest) -> HttpResponse:
    """为本人所在单位建立申报草稿，内容可以不完整。属于几个单位的，按 dossier.operator.uscc 认定是哪一个。"""
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def start() -> Answer:
        asked = checked(Draft, given)
        call = applications.published_calls(on).filter(pk=asked.call).first()
        if call is None:
            raise refused("not_found", "没有这份申报通知。", 8, fields={"call": "没有这份申报通知"})
        unit = _unit(person, asked.dossier, on)
        try:
            begun = application.start(call, unit, by=person, on=on, dossier=asked.dossier)
        except Refused as error:
            fields = {
                path if path == "dossier" else f"dossier.{path}": text for path, text in error.refusal.fields.items()
            }
            raise Refused(replace(error.refusal, fields=fields)) from None
        return _as_it_is(begun, person, on, status=201)

    return answered_once(request, person, body_of(request), start)


@router.post(
    "/titles/{number}/changes", operation_id="change_draft", summary="起草称号变更申请",
    response={201: shapes.CaseDetail},
    openapi_extra={"parameters": [KEY_PARAMETER], **refusals(400, 401, 403, 404, 409, 413, 415, 422)},
)  # fmt: skip
def draft_change(request: HttpRequest, number: str) -> HttpResponse:
    """为本单位持有的称号建立变更申请；内容随后以 file_change 提交，证明文件先以 materials 上传。一次只办理一件。"""
    person, on = caller(request).person, clock.today()
    ask_nothing(request)

    def start() -> Answer:
        title = recognition.own_title(person, number, on)
        return _as_it_is(titles.open_change(title, by=person, on=on), person, on, status=201)

    return answered_once(request, person, body_of(request), start)


def _unit(person: Person, dossier: Mapping[str, Any], on: date) -> Organisation:
    """For which of one's units one applies: the one named, else the only one."""
    units = {unit.uscc: unit for unit in Organisation.objects.filter(pk__in=person.capacity(on).organisations)}
    if not units:
        raise refused("not_yours", "您还没有加入任何单位，请先在“我的账号”中登记单位。", 8)
    operator = dossier.get("operator")
    named = units.get(str(operator.get("uscc"))) if isinstance(operator, Mapping) else None
    if named is None and len(units) > 1:
        raise invalid({"dossier.operator.uscc": f"应为您所在单位之一：{'、'.join(sorted(units))}"}, 8)
    return named or next(iter(units.values()))


def _as_it_is(case: Case, person: Person, on: date, *, status: int) -> Answer:
    """The case afterwards; an expert whose conflict freed the seat is told no more than that it is done."""
    return Answer(status, case_views.detail(case, person, on), case_views.etag(case, person, on))


@router.put(
    "/cases/{id}/dossier", operation_id="dossier_save", summary="保存申报内容",
    response=shapes.Findings,
    openapi_extra={
        "parameters": [MATCH_PARAMETER], **body("Dossier"),
        **refusals(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    },
)  # fmt: skip
def save_dossier(request: HttpRequest, key: Id) -> HttpResponse:
    """随时可存，不必完整；答复为按今日对照的结果和新的 ETag。补正期间只能改动通知列明的部分。"""
    person, on = caller(request).person, clock.today()
    given = object_of(request)
    found = fetch(person, key, on)
    saved = application.save_dossier(found, given, by=person, on=on, seen_version=_seen_version(request, found))
    findings = applications.check(found.regulation, saved.dossier, on)
    return respond(Answer(200, findings, {"ETag": f'"{saved.version}"'}))


def _seen_version(request: HttpRequest, found: Case) -> int:
    """The version that If-Match names; a tag that is none of ours matches nothing."""
    tag = request.headers.get("If-Match", "").strip()
    if not tag:
        raise refused("precondition_required", "请在 If-Match 中给出读取草稿时得到的 ETag，以免覆盖他人的修改。", 9)
    if tag == "*":
        return found.application.version
    number = tag.removeprefix('"').removesuffix('"')
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else -1


@router.post(
    "/cases/{id}/materials", operation_id="material_attach", summary="上传材料",
    response={201: shapes.Material},
    openapi_extra={
        "parameters": [KEY_PARAMETER],
        "requestBody": {"required": True, "content": form(
            {
                "file": {"type": "string", "format": "binary"},
                "kind": {"type": "string", "enum": [*(kind for kind in Material.Kind.values if kind != "site_photo"), case_views.ATTACHMENT], "description": "认定申报为材料种类；其他事项一律为 attachment，得到的摘要填入事项的文件字段"},
                "condition": {"type": "array", "items": {"type": "string"}, "description": "对应条件，可重复"},
                "pages": {"type": "string", "description": "页码，如 3-7"},
                "section": {"type": "array", "items": {"type": "string"}, "description": "建设运营方案所含部分，可重复"},
                "code": {"type": "string", "description": "申报通知另需材料的代码"},
            },
            required=("file", "kind"),
        )},
        **refusals(400, 401, 403, 404, 409, 413, 415, 422),
    },
)  # fmt: skip
def attach(request: HttpRequest, key: Id) -> HttpResponse:
    """一次一个文件（PDF、OFD、DOCX、XLSX、PNG、JPG，不超过20MB），按内容核对类型；答复含文件的 SHA-256。"""
    person, on = caller(request).person, clock.today()
    found = fetch(person, key, on)
    fields, files = form_of(request)
    _ask_form(fields, files)
    file = cast("UploadedFile[bytes]", files["file"])

    def keep() -> Answer:
        if found.kind != applications.KIND:
            return _attach_to_act(found, file, fields, person, on)
        material = application.attach(
            found, file, file.name or "", kind=fields.get("kind", ""), conditions=fields.getlist("condition"),
            pages=fields.get("pages", ""), sections=fields.getlist("section"), code=fields.get("code", ""),
            by=person, on=on,
        )  # fmt: skip
        return Answer(201, case_views.material(material))

    return answered_once(request, person, content_of(request, fields, files), keep)


def _attach_to_act(found: Case, file: "UploadedFile[bytes]", fields: QueryDict, person: Person, on: date) -> Answer:
    """Keep a file that one of the next acts hands in by its digest; nothing else is said of it."""
    wrong = {name: "认定以外的事项没有这个字段" for name in fields if name != "kind"}
    if fields["kind"] != case_views.ATTACHMENT:
        wrong["kind"] = f"应为{case_views.ATTACHMENT}"
    if wrong:
        raise invalid(wrong)
    return Answer(201, case_views.attached(attachments.attach(found, file, file.name or "", by=person, on=on)))


def _ask_form(fields: QueryDict, files: "MultiValueDict[str, Any]") -> None:
    """One file, known fields, each given once unless it may be repeated."""
    known, repeatable = {"kind", "condition", "pages", "section", "code"}, {"condition", "section"}
    wrong = {
        name[:60]: "没有这个字段，请删去或核对字段名" for name in [*fields, *files] if name not in known | {"file"}
    }
    wrong |= {name: "只能给一次" for name in known - repeatable if len(fields.getlist(name)) > 1}
    if len(files.getlist("file")) != 1:
        wrong["file"] = "应有一个文件"
    if "kind" not in fields:
        wrong["kind"] = "必须填写"
    if wrong:
        raise invalid(wrong, 9)


@router.get(
    "/cases/{id}/materials/{digest}", operation_id="material", summary="下载材料",
    openapi_extra=file_of(READ),
)  # fmt: skip
def material(request: HttpRequest, key: Id, digest: str) -> HttpResponse:
    """按摘要取回本办件的一份材料。"""
    person, on = caller(request).person, clock.today()
    found = fetch(person, key, on)
    kept = case_views.readable_material(found, person, on, digest[:64])
    if kept is None:
        raise refused("not_found", "本办件没有这份材料。", 9)
    return serving.attachment(kept.blob, kept.name)  # type: ignore[return-value]


@router.post(
    "/cases/{id}/acts/{act}", operation_id="act_take", summary="办理",
    response=shapes.CaseDetail,
    openapi_extra={"parameters": [KEY_PARAMETER], **refusals(400, 401, 403, 404, 409, 413, 415, 422)},
)  # fmt: skip
def act(request: HttpRequest, key: Id, act: str) -> HttpResponse:
    """办理一个事项，答复为办理后的办件。可办事项及内容的模式见办件的 acts。"""
    who, on = caller(request), clock.today()
    given = object_of(request)

    def take() -> Answer:
        found = fetch(who.person, key, on)
        move, _ = taking.find(found, act)
        who.ask_scope(move)
        taken = taking.take(found, act, by=who.person, on=on, payload=given)
        return _as_it_is(taken, who.person, on, status=200)

    return answered_once(request, who.person, body_of(request), take)


@router.get(
    "/cases/{id}/record", operation_id="case_record", summary="案卷",
    response=shapes.Record, openapi_extra=refusals(401, 404, 422),
)  # fmt: skip
@reads_once
def record(request: HttpRequest, key: Id, asked: Query[Paged]) -> HttpResponse:
    """每条记录及其封印，旧的在前。content 按键排序、无空格、不转义写成的 JSON，其 UTF-8 字节的摘要即 seal。"""
    person, on = caller(request).person, clock.today()
    entries = case_views.record(fetch(person, key, on), person, on)
    first = (asked.page - 1) * PER_PAGE
    return ok({
        "items": entries[first : first + PER_PAGE], "count": len(entries), "page": asked.page,
        "pages": max(1, -(-len(entries) // PER_PAGE)),
    })  # fmt: skip

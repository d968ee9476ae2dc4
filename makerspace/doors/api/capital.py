"""Article 14: a makerspace's financing and listings with a token; what all of them come to for anyone."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja import Path, Query, Router
from pydantic import BaseModel

from makerspace.doors.api import capital_shapes as shapes
from makerspace.doors.api.access import Bearer, caller
from makerspace.doors.api.answers import Answer, listed, ok
from makerspace.doors.api.description import KEY_PARAMETER, body, file_of, form, refusals
from makerspace.doors.api.keys import answered_once, content_of
from makerspace.doors.api.public import Id, Paged
from makerspace.doors.api.reading import body_of, checked, form_of, id_of, invalid, object_of
from makerspace.matters.registers import queries as registers
from makerspace.matters.registers.models import Makerspace, Tenant
from makerspace.matters.support import operations
from makerspace.matters.support.forms.capital import EnterFinancing, EnterListing, StrikeFact
from makerspace.matters.support.models import Financing, Listing
from makerspace.matters.support.queries import capital as queries
from makerspace.office.casework.acts import Input
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import serving
from makerspace.office.people.models import Person
from makerspace.office.record import clock

open_router = Router(tags=["挂牌融资"])
router = Router(tags=["挂牌融资"], auth=Bearer())
BODIES: dict[str, type[BaseModel]] = {"StrikeFact": StrikeFact}
READ = refusals(401, 404, 422)
FILE_READ = file_of(refusals(401, 404))
WRITE = refusals(400, 401, 403, 404, 409, 413, 415, 422)
WHOLE = frozenset({"tenant", "amount", "own_amount"})
FILE = "evidence"
Row = Financing | Listing
RowId = Annotated[str, Path(alias="row", description="登记编号")]
Enter = Callable[..., Row]
Show = Callable[[Any], dict[str, Any]]


def _body(schema: type[Input]) -> dict[str, Any]:
    """A form of the fields of that input and its evidence."""
    described = schema.model_json_schema(ref_template="#/components/schemas/{model}")
    named = {name: _inlined(shape, described) for name, shape in described["properties"].items()}
    evidence = {
        FILE: {
            "type": "string",
            "format": "binary",
            "description": "证明材料，PDF、OFD、DOCX、XLSX、PNG、JPG，不超过20MB",
        }
    }
    return {"requestBody": {"required": True, "content": form({**named, **evidence}, [*described["required"], FILE])}}


def _inlined(shape: Mapping[str, Any], described: Mapping[str, Any]) -> dict[str, Any]:
    """A field without references, for a form stands outside the shared schemas."""
    name = str(shape.get("$ref", "")).rpartition("/")[2]
    found = {
        **described.get("$defs", {}).get(name, {}),
        **{key: value for key, value in shape.items() if key != "$ref"},
    }
    return {key: value for key, value in found.items() if key not in {"widget", "unit", "rows", "title"}}


# -- for anyone --------------------------------------------------------------------------------------------------------
@open_router.get("/capital", operation_id="capital", summary="挂牌融资合计", response=shapes.Reached)
def capital(request: HttpRequest) -> HttpResponse:
    """全市各年度的融资和挂牌合计，金额以分计；不含任何一家的情况（第十四条）。"""
    found = queries.reached()
    return ok({"financed": found.financed, "listed": found.listed, "years": [_year(row) for row in found.years]})


def _year(row: queries.Year) -> dict[str, Any]:
    names = ("year", "rounds", "amount", "own_amount", "loans", "lent", "listed")
    return {name: getattr(row, name) for name in names}


# -- financing ---------------------------------------------------------------------------------------------------------
@router.get(
    "/makerspaces/{id}/financing", operation_id="financings_list", summary="融资", response=shapes.Financings,
    openapi_extra=READ,
)  # fmt: skip
def financings_list(request: HttpRequest, key: Id, asked: Query[Paged]) -> HttpResponse:
    """入驻和毕业的企业、团队获得的融资，日期近的在前，已作废的也在其中；金额以分计。"""
    return _list(request, key, asked, queries.financings, _financing)


@router.post(
    "/makerspaces/{id}/financing", operation_id="financing_enter", summary="登记融资", response={201: shapes.Financing},
    openapi_extra={"parameters": [KEY_PARAMETER], **_body(EnterFinancing), **WRITE},
)  # fmt: skip
def financing_enter(request: HttpRequest, key: Id) -> HttpResponse:
    """由运营单位成员登记一笔融资，金额以分计，附一份证明材料；tenant 为入驻登记册的条目编号。"""
    return _entered(request, key, EnterFinancing, operations.enter_financing, _financing)


@router.post(
    "/makerspaces/{id}/financing/{row}/strike", operation_id="financing_strike", summary="作废融资",
    response=shapes.Financing, openapi_extra={"parameters": [KEY_PARAMETER], **body("StrikeFact"), **WRITE},
)  # fmt: skip
def financing_strike(request: HttpRequest, key: Id, row: RowId) -> HttpResponse:
    """登记有误的写明原因作废；作废的保留备查，不再计入统计。"""
    return _struck(request, key, row, queries.financings, _financing)


@router.get(
    "/makerspaces/{id}/financing/{row}/evidence", operation_id="financing_evidence", summary="下载融资证明材料",
    openapi_extra=FILE_READ,
)  # fmt: skip
def financing_evidence(request: HttpRequest, key: Id, row: RowId) -> HttpResponse:
    """登记这笔融资时所附的证明材料。"""
    return _evidence(request, key, row, queries.financings)


# -- listings ----------------------------------------------------------------------------------------------------------
@router.get(
    "/makerspaces/{id}/listings", operation_id="listings_list", summary="挂牌", response=shapes.Listings,
    openapi_extra=READ,
)  # fmt: skip
def listings_list(request: HttpRequest, key: Id, asked: Query[Paged]) -> HttpResponse:
    """入驻和毕业企业的挂牌和上市，日期近的在前，已作废的也在其中。"""
    return _list(request, key, asked, queries.listings, _listing)


@router.post(
    "/makerspaces/{id}/listings", operation_id="listing_enter", summary="登记挂牌", response={201: shapes.Listing},
    openapi_extra={"parameters": [KEY_PARAMETER], **_body(EnterListing), **WRITE},
)  # fmt: skip
def listing_enter(request: HttpRequest, key: Id) -> HttpResponse:
    """由运营单位成员登记一次挂牌，附一份证明材料；每家企业在每个板块登记一次。"""
    return _entered(request, key, EnterListing, operations.enter_listing, _listing)


@router.post(
    "/makerspaces/{id}/listings/{row}/strike", operation_id="listing_strike", summary="作废挂牌",
    response=shapes.Listing, openapi_extra={"parameters": [KEY_PARAMETER], **body("StrikeFact"), **WRITE},
)  # fmt: skip
def listing_strike(request: HttpRequest, key: Id, row: RowId) -> HttpResponse:
    """登记有误的写明原因作废；作废的保留备查，不再计入统计。"""
    return _struck(request, key, row, queries.listings, _listing)


@router.get(
    "/makerspaces/{id}/listings/{row}/evidence", operation_id="listing_evidence", summary="下载挂牌证明材料",
    openapi_extra=FILE_READ,
)  # fmt: skip
def listing_evidence(request: HttpRequest, key: Id, row: RowId) -> HttpResponse:
    """登记这次挂牌时所附的证明材料。"""
    return _evidence(request, key, row, queries.listings)


# -- common ------------------------------------------------------------------------------------------------------------
def _list(request: HttpRequest, key: str, asked: Paged, rows: Callable[..., Any], show: Show) -> HttpResponse:
    person, on = caller(request).person, clock.today()
    place = registers.fetch(person, id_of(key) or 0, on)
    return ok(listed(rows(person, on).filter(makerspace=place).order_by("-day", "-pk"), asked.page, show))


def _entered(request: HttpRequest, key: str, schema: type[Input], enter: Enter, show: Show) -> HttpResponse:
    """Visible, yours, then the fields and the file."""
    person, on = caller(request).person, clock.today()
    place = _kept(person, key)
    operations.ask_entering(place, by=person, on=on)
    fields, files = form_of(request)
    facts = checked(schema, _plain(fields, files)).model_dump()
    tenant = _tenant(place, facts.pop("tenant"))
    file = cast("UploadedFile[bytes]", files[FILE])
    evidence = operations.keep_evidence(file, file.name or "", tenant=tenant, by=person, on=on)

    def act() -> Answer:
        return Answer(201, show(enter(tenant, by=person, on=on, evidence=evidence, **facts)))

    return answered_once(request, person, content_of(request, fields, files), act)


def _kept(person: Person, key: str) -> Makerspace:
    """A makerspace that the caller sees and keeps."""
    place = registers.fetch(person, id_of(key) or 0, clock.today())
    if not registers.keeps(person, place, clock.today()):
        raise Refused(queries.NOT_KEPT)
    return place


def _plain(fields: QueryDict, files: "MultiValueDict[str, Any]") -> dict[str, Any]:
    """The form's fields, each given once, numbers as numbers; one file and nothing else."""
    wrong = {name[:60]: "只能给一次" for name, values in fields.lists() if len(values) > 1}
    wrong |= {name[:60]: "没有这个字段，请删去或核对字段名" for name in files if name != FILE}
    if len(files.getlist(FILE)) != 1:
        wrong[FILE] = "应有一个文件"
    if wrong:
        raise invalid(wrong, 14)
    return {name: _number(str(text)) if name in WHOLE else text for name, text in fields.items()}


def _number(text: str) -> int | str:
    """A whole number; anything else stays a text, for the model to refuse."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else text


def _tenant(place: Makerspace, pk: int) -> Tenant:
    found: Tenant | None = Tenant.objects.select_related("makerspace").filter(makerspace=place, pk=pk).first()
    if found is None:
        text = "这个众创空间的入驻登记册里没有这一条。"
        raise refused("invalid", text, 14, fields={"tenant": text})
    return found


def _struck(request: HttpRequest, key: str, row: str, rows: Callable[..., Any], show: Show) -> HttpResponse:
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def act() -> Answer:
        found = _found(rows(person, on), key, row)
        refusal = queries.why_not_strike(found, person, on)
        if refusal:
            raise Refused(refusal)
        return Answer(
            200, show(operations.strike_fact(found, by=person, on=on, reason=checked(StrikeFact, given).reason))
        )

    return answered_once(request, person, body_of(request), act)


def _evidence(request: HttpRequest, key: str, row: str, rows: Callable[..., Any]) -> HttpResponse:
    found = _found(rows(caller(request).person, clock.today()), key, row)
    return serving.attachment(found.evidence, found.evidence_name)  # type: ignore[return-value]


def _found(rows: Any, key: str, row: str) -> Any:  # noqa: ANN401  rows of either kind
    """The row of that makerspace, of those that the caller may see."""
    found = rows.filter(makerspace=id_of(key) or 0, pk=id_of(row) or 0).first()
    if found is None:
        raise Refused(NOT_THERE)
    return found


def _financing(row: Financing) -> dict[str, Any]:
    return {
        **_common(row),
        "kind": row.kind,
        "amount": row.amount,
        "own_amount": row.own_amount,
        "investor": row.investor,
    }


def _listing(row: Listing) -> dict[str, Any]:
    return {**_common(row), "board": row.board, "venue": row.venue, "code": row.code, "short_name": row.short_name}


def _common(row: Row) -> dict[str, Any]:
    return {
        "id": row.pk, "tenant": row.tenant_id, "name": row.tenant.name, "day": row.day, "evidence": row.evidence_id,
        "struck_on": row.struck_on, "reason": row.reason,
    }  # fmt: skip

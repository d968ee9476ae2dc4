"""Calls with a token about registers: read what stands on a day, enter, change, end, strike out, bring a whole table."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field, ValidationError, model_validator

from makerspace.doors.api import shapes
from makerspace.doors.api.access import Bearer, caller
from makerspace.doors.api.answers import Answer, instant, listed, ok, respond
from makerspace.doors.api.description import KEY_PARAMETER, MATCH_PARAMETER, body, refusals
from makerspace.doors.api.keys import answered_once
from makerspace.doors.api.public import Closed, Id, Paged
from makerspace.doors.api.reading import body_of, checked, fields_of, id_of, invalid, object_of
from makerspace.matters.registers import forms, operations, queries, sheets, yearly
from makerspace.matters.registers.models import Line, Makerspace, Revision
from makerspace.matters.registers.queries import REGISTERS, Register
from makerspace.office.casework.acts import Day, Input
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.faults import faults_of

router = Router(tags=["登记册"], auth=Bearer())
READ = refusals(401, 404, 422)
WRITE = refusals(400, 401, 403, 404, 409, 412, 413, 415, 422)
PUT = refusals(400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
LINES = ("TenantLine", "StaffLine", "MentorLine", "EventLine", "PartnerLine", "PremisesLine", "ResultLine")
RegisterCode = Annotated[str, Path(alias="register", description=f"登记册：{'、'.join(REGISTERS)}")]
LineId = Annotated[str, Path(alias="line", description="条目编号")]
MOST_ROWS = 2000


class Standing(Paged):
    """Which lines."""

    on: Annotated[Day | None, Field(description="只要这一天仍有效的；活动为截至这一天的365天内")] = None


class Period(Closed):
    """A day, or a period."""

    on: Annotated[Day | None, Field(description="某一天的情况，默认今日")] = None
    first: Annotated[Day | None, Field(description="期间首日，与 last 同时给出")] = None
    last: Annotated[Day | None, Field(description="期间末日，含当日")] = None

    @model_validator(mode="after")
    def _whole(self) -> "Period":
        if (self.first is None) != (self.last is None) or (self.on and self.first):
            raise ValueError("请给出 on，或同时给出 first 和 last")
        if self.first and self.last and self.last < self.first:
            raise ValueError("last 不能早于 first")
        return self


class Year(Closed):
    """A calendar year."""

    year: Annotated[int | None, Field(ge=2010, le=2100, description="自然年，默认今年")] = None


class Ends(Input):
    """登记离开：迁出、离岗、解聘、协议终止、停用。"""

    day: Day = Field(title="日期")
    left_as: forms.LeftAsCode | None = Field(None, title="迁出原因，只用于入驻企业和团队，必须填写")
    note: str = Field("", title="说明", max_length=300)


class Table(Input):
    """一张表：全部写入或全部不写入。"""

    rows: list[dict[str, Any]] = Field(title="逐行内容，字段同单条登记", min_length=1, max_length=MOST_ROWS)


BODIES: dict[str, type[BaseModel]] = {
    **{schema.__name__: schema for schema in forms.SCHEMAS.values()},
    "Ends": Ends, "StrikeOut": forms.StrikeOut, "Table": Table,
}  # fmt: skip


# -- makerspaces -------------------------------------------------------------------------------------------------------
@router.get(
    "/makerspaces", operation_id="makerspaces", summary="可见的众创空间", response=shapes.Makerspaces,
    openapi_extra=refusals(401, 422),
)  # fmt: skip
def makerspaces(request: HttpRequest, asked: Query[Paged]) -> HttpResponse:
    """本单位的，或所辖、全市的众创空间，按名称排列；counts 为各登记册今日有效的条数。"""
    person, on = caller(request).person, clock.today()
    rows = queries.with_counts(queries.visible_to(person, on), on).order_by("name", "pk")
    return ok(listed(rows, asked.page, _makerspace))


@router.get(
    "/makerspaces/{id}",
    operation_id="makerspace",
    summary="一个众创空间",
    response=shapes.Makerspace,
    openapi_extra=READ,
)
def makerspace(request: HttpRequest, key: Id) -> HttpResponse:
    """名称、运营单位、主管部门和各登记册今日有效的条数。"""
    person, on = caller(request).person, clock.today()
    rows = queries.with_counts(queries.visible_to(person, on).filter(pk=id_of(key) or 0), on)
    found = rows.first()
    if found is None:
        raise Refused(queries.NOT_THERE)
    return ok(_makerspace(found))


@router.get(
    "/makerspaces/{id}/facts",
    operation_id="facts",
    summary="某一天或某一期间的事实",
    response=shapes.Facts,
    openapi_extra=READ,
)
def facts(request: HttpRequest, key: Id, asked: Query[Period]) -> HttpResponse:
    """按申报事实（dossier）的结构给出入驻、人员、导师、活动、资本合作机构和场地，可直接并入申报草稿。"""
    person, today = caller(request).person, clock.today()
    place = _place(person, key, today)
    if asked.first and asked.last:
        return ok(queries.facts_in(place, asked.first, asked.last))
    return ok(queries.facts_on(place, asked.on or today))


@router.get(
    "/makerspaces/{id}/figures", operation_id="figures", summary="年度汇总", response=shapes.Figures, openapi_extra=READ
)
def figures(request: HttpRequest, key: Id, asked: Query[Year]) -> HttpResponse:
    """一个自然年由登记册汇总的数据，按年度报告的填报项给出；当年截至今日。"""
    person, today = caller(request).person, clock.today()
    place = _place(person, key, today)
    year = asked.year or today.year
    until = min(date(year, 12, 31), today)
    found = yearly.figures(place, date(year, 1, 1), until)
    return ok({"year": year, "until": until, "values": {code: queries.plain(value) for code, value in found.items()}})


def _makerspace(row: Any) -> dict[str, Any]:  # noqa: ANN401  a makerspace with its counts
    return {
        "id": row.pk, "name": row.name, "organisation": row.organisation.name, "authority": row.authority.code,
        "created_on": row.created_on, "counts": {code: getattr(row, f"n_{code}") for code in REGISTERS},
    }  # fmt: skip


# -- lines -------------------------------------------------------------------------------------------------------------
@router.get(
    "/makerspaces/{id}/registers/{register}", operation_id="lines", summary="一本登记册", response=shapes.Lines,
    openapi_extra=READ,
)  # fmt: skip
def lines(request: HttpRequest, key: Id, code: RegisterCode, asked: Query[Standing]) -> HttpResponse:
    """新的在前，不含已作废的。迁出、离岗的也在其中；只要某一天有效的，用 on。"""
    person, today = caller(request).person, clock.today()
    place, register = _place(person, key, today), queries.register_of(code)
    rows = queries.lines(register, place)
    rows = rows.filter(queries.on_day(register, asked.on)) if asked.on else rows
    return ok(listed(rows, asked.page, lambda row: _line(register, row, asked.on or today)))


@router.post(
    "/makerspaces/{id}/registers/{register}", operation_id="line_add", summary="登记一条",
    response={201: shapes.LineDetail},
    openapi_extra={"parameters": [KEY_PARAMETER], **body(*LINES), **WRITE},
)  # fmt: skip
def add(request: HttpRequest, key: Id, code: RegisterCode) -> HttpResponse:
    """由运营单位成员登记。字段因登记册而异；同一条已经登记的答复422。"""

    def enter(person: Person, place: Makerspace, register: Register, on: date) -> Answer:
        values = checked(forms.schema_of(register), object_of(request)).model_dump()
        made = operations.add(place, register, values, by=person, on=on, source=Revision.Source.API)
        return _answer(register, made, on, status=201)

    return _written(request, key, code, enter)


@router.post(
    "/makerspaces/{id}/registers/{register}/rows", operation_id="lines_bring", summary="整表登记",
    response={201: shapes.Brought},
    openapi_extra={"parameters": [KEY_PARAMETER], **body("Table"), **WRITE},
)  # fmt: skip
def bring(request: HttpRequest, key: Id, code: RegisterCode) -> HttpResponse:
    """已有的条目（按名称和起始日期对应）改为给出的内容，没有的新增；有一行不对，全部不写入，一次列出所有错误。"""

    def take(person: Person, place: Makerspace, register: Register, on: date) -> Answer:
        plan = _planned(register, place, checked(Table, object_of(request)).rows, on)
        source = Revision.Source.API
        operations.take_in(place, register, plan.incoming, by=person, on=on, source=source)
        counts = {"added": len(plan.adds), "changed": len(plan.changes), "unchanged": len(plan.sames)}
        return Answer(201, counts)

    return _written(request, key, code, take)


def _planned(register: Register, place: Makerspace, rows: list[dict[str, Any]], on: date) -> sheets.Plan:
    """What would become of these rows; every fault of every row at once."""
    schema, faults, values = forms.schema_of(register), dict[str, str](), []
    for number, row in enumerate(rows):
        try:
            values.append(schema.of(row).model_dump())
        except ValidationError as error:
            faults |= {f"rows[{number}].{path}": text for path, text in fields_of(faults_of(error)).items()}
    if faults:
        raise invalid(faults, 7)
    plan = sheets.plan_of(register, place, values, on)
    faults = {f"rows[{row.number}].{name}": text for row in plan.faults for name, text in row.faults.items()}
    if faults:
        raise invalid(faults, 7)
    return plan


@router.get(
    "/makerspaces/{id}/registers/{register}/{line}", operation_id="line", summary="一条登记",
    response=shapes.LineDetail, openapi_extra=READ,
)  # fmt: skip
def line(request: HttpRequest, key: Id, code: RegisterCode, line: LineId) -> HttpResponse:
    """内容、是否有效和全部修改记录；ETag 用于修改。已作废的也能读到。"""
    person, today = caller(request).person, clock.today()
    place, register = _place(person, key, today), queries.register_of(code)
    return respond(_answer(register, queries.line_of(register, place, id_of(line) or 0), today))


@router.put(
    "/makerspaces/{id}/registers/{register}/{line}", operation_id="line_change", summary="修改一条",
    response=shapes.LineDetail, openapi_extra={"parameters": [MATCH_PARAMETER], **body(*LINES), **PUT},
)  # fmt: skip
def change(request: HttpRequest, key: Id, code: RegisterCode, line: LineId) -> HttpResponse:
    """给出全部字段，原来的内容留在修改记录里。须带读取时得到的 ETag。"""

    def put(person: Person, place: Makerspace, register: Register, on: date) -> Answer:
        values = checked(forms.schema_of(register), object_of(request)).model_dump()
        pk, version = _asked(request, register, place, line)
        made = operations.change(
            place, register, pk, values, by=person, on=on, seen_version=version, source=Revision.Source.API
        )
        return _answer(register, made, on)

    return _written(request, key, code, put, line)


@router.post(
    "/makerspaces/{id}/registers/{register}/{line}/leave", operation_id="line_leave", summary="登记离开",
    response=shapes.LineDetail, openapi_extra={"parameters": [KEY_PARAMETER, MATCH_PARAMETER], **body("Ends"), **PUT},
)  # fmt: skip
def leave(request: HttpRequest, key: Id, code: RegisterCode, line: LineId) -> HttpResponse:
    """迁出、离岗、解聘、协议终止、停用的日期；入驻企业和团队另须给出原因（graduated 毕业等）。活动没有离开。"""

    def end(person: Person, place: Makerspace, register: Register, on: date) -> Answer:
        given = checked(Ends, object_of(request))
        pk, version = _asked(request, register, place, line)
        made = operations.leave(
            place, register, pk, by=person, on=on, seen_version=version, day=given.day, left_as=given.left_as or "",
            note=given.note, source=Revision.Source.API,
        )  # fmt: skip
        return _answer(register, made, on)

    return _written(request, key, code, end, line)


@router.post(
    "/makerspaces/{id}/registers/{register}/{line}/strike", operation_id="line_strike", summary="作废一条",
    response=shapes.LineDetail,
    openapi_extra={"parameters": [KEY_PARAMETER, MATCH_PARAMETER], **body("StrikeOut"), **PUT},
)  # fmt: skip
def strike(request: HttpRequest, key: Id, code: RegisterCode, line: LineId) -> HttpResponse:
    """登记有误的条目作废，不再计入；内容和原因保留。"""

    def out(person: Person, place: Makerspace, register: Register, on: date) -> Answer:
        given = checked(forms.StrikeOut, object_of(request))
        pk, version = _asked(request, register, place, line)
        made = operations.strike(
            place, register, pk, by=person, on=on, seen_version=version, note=given.note, source=Revision.Source.API
        )
        return _answer(register, made, on)

    return _written(request, key, code, out, line)


# -- common ------------------------------------------------------------------------------------------------------------
def _place(person: Person, key: str, on: date) -> Makerspace:
    return queries.fetch(person, id_of(key) or 0, on)


def _written(
    request: HttpRequest,
    key: str,
    code: str,
    act: Callable[[Person, Makerspace, Register, date], Answer],
    line: str | None = None,
) -> HttpResponse:
    """Visible (404), yours (403), then what was sent; once for each key."""
    person, on = caller(request).person, clock.today()
    place, register = _place(person, key, on), queries.register_of(code)
    if line is not None:
        queries.line_of(register, place, id_of(line) or 0)
    if not queries.keeps(person, place, on):
        raise Refused(operations.NOT_KEPT)
    object_of(request)  # what can't be read is refused before anything is kept
    return answered_once(request, person, body_of(request), lambda: act(person, place, register, on))


def _asked(request: HttpRequest, register: Register, place: Makerspace, line: str) -> tuple[int, int]:
    """Which line, and the version that If-Match names; a tag that is none of ours matches nothing."""
    found = queries.line_of(register, place, id_of(line) or 0)
    tag = request.headers.get("If-Match", "").strip()
    if not tag:
        raise refused("precondition_required", "请在 If-Match 中给出读取这一条时得到的 ETag，以免覆盖他人的修改。", 7)
    number = tag.removeprefix('"').removesuffix('"')
    own = number.isascii() and number.isdecimal() and len(number) < 10
    return found.pk, found.version if tag == "*" else int(number) if own else -1


def _answer(register: Register, row: Line, on: date, *, status: int = 200) -> Answer:
    history = [
        {"at": instant(each.at), "by": each.by, "act": each.code, "note": each.note, "changes": [
            {"field": name, "before": before, "after": after} for name, before, after in each.changes
        ]}
        for each in queries.history(register, row)
    ]  # fmt: skip
    return Answer(status, {**_line(register, row, on), "history": history}, {"ETag": f'"{row.version}"'})


def _line(register: Register, row: Line, on: date) -> dict[str, Any]:
    return {
        "id": row.pk, "version": row.version, "stands": queries.stands(register, row, on), "struck_on": row.struck_on,
        "values": queries.values_of(row, queries.column_names(register)),
    }  # fmt: skip

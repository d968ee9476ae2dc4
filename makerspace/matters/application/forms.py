"""What pages of this room take in: the call, the start of an application, one section, a file."""

import copy
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, Field, ValidationError, create_model, model_validator

from makerspace.matters.application import shape
from makerspace.matters.application.models import Call
from makerspace.office.casework.acts import Day, Input
from makerspace.regulation import by_id
from makerspace.regulation.terms import Section
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.binding import Given, Typed, kept_rows, payload, typed_of
from makerspace.web.forms.shapes import Shape

UNREADABLE = "“{}”不能识别，已原样保留，请改正"
HINTS = {
    "operator.registered_division": "6位行政区划代码，如五华区530102、盘龙区530103、官渡区530111、西山区530112",
    "makerspace.opened_on": "众创空间自身开办运营之日，不是单位注册日期",
    "tenants": "入驻协议有效、符合产业领域的小微企业和创业团队计入；同一家只计一次",
    "events": "近一年内举办的路演、沙龙、训练营等",
    "mentors": "在聘导师2名及以上可认作团队",
}
WIDE = frozenset({"tenants.name", "tenants.hightech_field", "premises.address"})


# -- the call ----------------------------------------------------------------------------------------------------------
class AskedFor(Input):
    """A paper that the call asks for besides those of article 9."""

    title: str = Field(title="材料名称", min_length=1, max_length=100)
    required: bool = Field(True, title="必须提交")


class Contact(Input):
    """Whom applicants may ask; shown to the public."""

    name: str = Field(title="联系人", min_length=1, max_length=40)
    phone: str = Field(title="办公电话", min_length=5, max_length=40)


class CallInput(Input):
    """A call as the bureau writes it."""

    title: str = Field(title="标题", min_length=4, max_length=200)
    year: int = Field(title="年度", ge=2017, le=2100)
    categories: list[Literal["comprehensive", "technical"]] = Field(
        title="申报类别",
        min_length=1,
        json_schema_extra={"labels": {"comprehensive": "综合服务类", "technical": "技术支撑类"}},
    )
    opens_on: Day = Field(title="申报开始")
    closes_on: Day = Field(title="申报截止", description="截至当日24时；提交时间以系统收到的时间为准")
    text: str = Field(
        "", title="通知正文", max_length=20000, json_schema_extra={"widget": "textarea", "rows": 14},
        description="写明申报条件、方式和要求；第九条规定的材料由系统自动列出，不必重复",
    )  # fmt: skip
    contacts: list[Contact] = Field([], title="咨询联系人", description="向社会公开，请填写办公电话", max_length=10)
    materials: list[AskedFor] = Field(
        [], title="另需提交的材料", description="第九条第（五）项：其他应提交的材料", max_length=20
    )

    @model_validator(mode="after")
    def _in_order(self) -> "CallInput":
        if self.closes_on < self.opens_on:
            raise ValueError("申报截止不能早于申报开始")
        return self


def call_values(given: CallInput, regulation: str) -> dict[str, Any]:
    """The columns of a call; papers asked for are named by their place in the list."""
    values = given.model_dump()
    rows = enumerate(given.materials, start=1)
    values["materials"] = [{"code": f"m{place}", **row.model_dump()} for place, row in rows]
    return values | {"regulation": regulation}


def call_given(call: Call) -> dict[str, Any]:
    """A call as its form shows it."""
    return {name: getattr(call, name) for name in CallInput.model_fields}


# -- the start ---------------------------------------------------------------------------------------------------------
class StartInput(Input):
    """What one must know to open a draft."""

    organisation: int = Field(title="申报单位")
    category: str = Field(title="申报类别", description="建立后、提交前还可以更改")
    authority: str = Field(
        title="运营所在地科技主管部门", description="众创空间实际运营地的主管部门，负责初审和推荐（第十条）"
    )
    name: str = Field("", title="众创空间名称", max_length=200)
    prefill: bool = Field(
        False, title="沿用上次申报填写的内容", description="本单位以前填报过的，可带入后修改；没有则忽略"
    )
    registers: bool = Field(
        False, title="从登记册填入",
        description="服务人员、导师、场地、入驻、活动和合作机构，取登记册今天有效的内容；还没有登记册的忽略",
    )  # fmt: skip


class CounterStartInput(Input):
    """What the counter officer must know of a unit that came with paper only."""

    unit: str = Field(title="申报单位名称", min_length=2, max_length=200)
    uscc: str = Field(title="统一社会信用代码", min_length=18, max_length=18)
    kind: str = Field(title="单位性质")
    category: str = Field(title="申报类别")
    name: str = Field("", title="众创空间名称", max_length=200)


class CategoryInput(Input):
    """Another category, while the application is a draft."""

    category: str = Field(title="申报类别", description="更改后，条件和需要的证明材料随之改变；已填内容保留")


class FindInput(Input):
    """What stands on a paper copy."""

    code: str = Field(
        title="打印件校验码或申报编号", min_length=4, max_length=40, description="校验码印在打印件每页页脚"
    )


# -- materials ---------------------------------------------------------------------------------------------------------
class MaterialInput(Input):
    """What is said of a file."""

    kind: Literal["evidence", "operation_plan", "annual_work_plan", "other"] = Field("evidence", title="材料种类")
    conditions: list[str] = Field([], title="证明哪些条件", description="一份文件可以证明几项条件")
    pages: str = Field("", title="在文件的第几页", max_length=60, description="如 3-7 或 2,5-6；整份都是的可不填")
    sections: list[str] = Field([], title="方案已包含", description="第九条第（三）项要求的六部分")
    code: str = Field("", title="申报通知要求的材料", max_length=40)

    @model_validator(mode="after")
    def _whole(self) -> "MaterialInput":
        if self.kind == "operation_plan" and not self.sections:
            raise ValueError("请勾选建设运营方案已包含的部分")
        return self


class TieInput(Input):
    """For which conditions a file is, and where in it."""

    conditions: list[str] = Field([], title="证明哪些条件")
    pages: str = Field("", title="在文件的第几页", max_length=60, description="如 3-7 或 2,5-6；整份都是的可不填")


# -- one section of the dossier ----------------------------------------------------------------------------------------
class Readable(NamedTuple):
    """What a form holds that can be saved, and the texts in it that could not be read, by their paths."""

    values: dict[str, Any]
    unread: dict[str, str]


@lru_cache(maxsize=64)
def section_model(regulation: str, section: Section) -> type[BaseModel]:
    """The part of the typed dossier that one section fills in."""
    dossier = shape.dossier_model(regulation)
    fields: dict[str, Any] = {
        key: (dossier.model_fields[key].annotation, dossier.model_fields[key]) for key in section.keys
    }
    base = dossier.__base__
    return create_model(f"Section_{section.code}", __base__=base, **fields)


def section_of(regulation: str, category: str, code: str) -> Section | None:
    """The section of that code, if the category has it."""
    return next((row for row in by_id(regulation).sections_of(category) if row.code == code), None)


class SectionForm(SchemaForm[BaseModel]):
    """A section as a form that loses nothing: what can't be read is kept as it was typed and shown again."""

    def __init__(
        self,
        regulation: str,
        section: Section,
        data: Given | None = None,
        *,
        dossier: Mapping[str, Any] | None = None,
        unread: Mapping[str, str] | None = None,
    ) -> None:
        dossier = dossier or {}
        initial = {key: dossier.get(key) for key in section.keys}
        super().__init__(
            section_model(regulation, section), data, initial=initial, options=_options(regulation, section, initial)
        )
        if data is None:
            for path, text in (unread or {}).items():
                self._lay_over(path, text)

    def _offered(self, shape: Shape, path: str = "") -> Shape:
        where = f"{path}{shape.name}"
        extra = shape.extra | {"wide": True} if where in WIDE else shape.extra
        return super()._offered(replace(shape, hint=HINTS.get(where, shape.hint), extra=extra), path)

    def readable(self) -> Readable | None:
        """All that can be saved; None where even that makes no dossier (or a row was just added or dropped)."""
        if not self.is_bound or self.editing_rows:
            return None
        typed, texts = copy.deepcopy(self.typed), []
        for name in self.errors:
            place = _place(self.shapes, typed, name.split("-"))
            if place is None:
                return None
            holder, key, names = place
            texts.append((names, holder[key]))
            holder[key] = ""
        values = payload(self.shapes, typed)
        try:
            self.model.model_validate(values, strict=False)
        except ValidationError:
            return None
        return Readable(values, {_path(self.shapes, typed, names): text for names, text in texts})

    def _lay_over(self, path: str, text: str) -> None:
        """Put a text that could not be read back where it was typed."""
        names = re.findall(r"[^.\[\]]+", path)
        place = _place(self.shapes, self.typed, names)
        if place is not None:
            holder, key, _ = place
            holder[key] = text
            self.errors["-".join(names)] = UNREADABLE.format(text[:40])


def _place(shapes: tuple[Shape, ...], typed: Any, names: list[str]) -> tuple[Typed, str, list[str]] | None:  # noqa: ANN401 (texts, rows and groups within each other)
    """Where a text field lies: its holder, its key, and the names that lead there; a row that is missing is made."""
    rest = list(names)
    while rest:
        name = rest.pop(0)
        found = next((each for each in shapes if each.name == name), None)
        if found is None:
            return None
        if not rest:
            return (typed, name, names) if isinstance(typed.get(name), str) else None
        typed, shapes = typed[name], found.children
        if found.kind == "rows":
            index = rest.pop(0)
            if not index.isdecimal() or int(index) > 9999:
                return None
            typed = typed.setdefault(int(index), typed_of(found.children, None))
    return None


def _path(shapes: tuple[Shape, ...], typed: Any, names: list[str]) -> str:  # noqa: ANN401 (as above)
    """``tenants-5-employees`` as ``tenants[3].employees``: rows as the dossier counts them."""
    path, rest = "", list(names)
    while rest:
        name = rest.pop(0)
        found = next(each for each in shapes if each.name == name)
        path += f".{name}" if path else name
        if not rest:
            break
        typed, shapes = typed[name], found.children
        if found.kind == "rows":
            index = int(rest.pop(0))
            # A row that held nothing but what couldn't be read comes after those that are saved.
            kept = kept_rows(found, typed)
            order = kept + [each for each in typed if each not in kept]
            path += f"[{order.index(index)}]"
            typed = typed[index]
    return path


def _options(regulation: str, section: Section, values: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The choices of every coded field, by the field's path."""
    found: dict[str, list[tuple[str, str]]] = {}
    for field in shape.section_fields(regulation, section):
        _collect(field, field.key, values.get(field.key), found)
    return found


def _collect(field: shape.Field, path: str, value: Any, found: dict[str, list[tuple[str, str]]]) -> None:  # noqa: ANN401
    if field.kind in ("choice", "choices"):
        found[path] = list(field.options.items())
    elif field.key == "hightech_field":
        found[path] = _fields_of_technology(field, value)
    for child in field.fields:
        rows = value if isinstance(value, list) else [value or {}]
        inner = [row.get(child.key) for row in rows]
        _collect(child, f"{path}.{child.key}", inner if field.kind == "rows" else inner[0], found)


def _fields_of_technology(field: shape.Field, given: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """The listed fields, and those deeper codes that the dossier already holds."""
    held = {code for code in (given if isinstance(given, list) else [given]) if code}
    listed = [(code, f"{code} {label}") for code, label in field.options.items()]
    return listed + [(code, code) for code in sorted(held - set(field.options))]

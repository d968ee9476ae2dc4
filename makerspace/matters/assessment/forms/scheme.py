"""A scheme as forms: its head, and one form for each kind of formula, with the report's fields to choose from."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, create_model
from pydantic_core import PydanticCustomError

from makerspace.office.casework.acts import Input
from makerspace.regulation import scheme as law
from makerspace.regulation.faults import CONTROL_FREE
from makerspace.regulation.kunkefa_2017_55.default_scheme import OWN_NOTE
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, GROUPS, named
from makerspace.regulation.scheme import DIMENSIONS, KINDS, Sketch

Points = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=4)]
Worth = Annotated[Decimal, Field(gt=0, le=1000, decimal_places=4)]
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000_000, decimal_places=4)]
Step = Annotated[Decimal, Field(gt=0, le=1_000_000_000, decimal_places=4)]
Unit: dict[str, Any] = {"unit": "分"}
KNOWN = frozenset(row.code for row in FIELDS)
KIND_NOTES = {
    "threshold": "达到门槛得基础分，超过部分按档加分，如工位满50个5分，每多1个加0.1分",
    "unit": "每一个计固定分，如每名导师1分",
    "weighted": "按参与方式加权计次，如主办1分、承办0.5分、联合举办再乘0.5",
    "ratio": "两项相除按百分比计，达到门槛得基础分，每多一个百分点加分，如工位使用率",
    "mixed": "几类对象分别计分后相加，如新注册企业2分、个体工商户1分",
    "money": "按金额每满一档计分，如每融资30万元1分",
    "ladder": "由低到高分级，每个只按最高一级计，或只按达到的最高一级计",
    "bands": "按数值落在哪一档计分，可以是一项，也可以是两项之比",
    "expert": "由评分人打分并说明理由，多人评分的取平均",
    "relative": "与本年度参加考核的各家相比：占最高值的比例，或不高于本空间的家数比例",
}


def _known(code: str) -> str:
    """A field that the report has."""
    if code not in KNOWN:
        raise PydanticCustomError("field", "请在列出的填报项中选择")
    return code


class Picked(Input):
    """One field of the report."""

    field: Annotated[str, AfterValidator(_known)] = Field(title="填报项", min_length=1, max_length=40)


class Weighed(Picked):
    """One field with what each of it earns."""

    points: Points = Field(title="每个得分", json_schema_extra=Unit)
    factor: Points = Field(Decimal(1), title="再乘以")


class BandRow(Input):
    """One band."""

    at_least: Amount = Field(title="起点（含）")
    points: Points = Field(title="得分", json_schema_extra=Unit)


class GradeRow(Input):
    """One grade."""

    label: str = Field(title="等次", min_length=1, max_length=12, pattern=CONTROL_FREE)
    at_least: Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)] = Field(
        title="起点（含）", json_schema_extra=Unit
    )


# -- the formulas -------------------------------------------------------------------------------------------------------
Fields = Annotated[list[Picked], Field(title="填报项", description="选多项的相加", min_length=1, max_length=12)]
Per = Annotated[list[Picked], Field(title="除以", description="选多项的相加；不除的留空", max_length=12)]


class MeasureForm(Input):
    """A figure of the report."""

    fields: Fields
    per: Per = []
    percent: bool = Field(False, title="按百分比计", description="只用于有“除以”的")


class ThresholdForm(MeasureForm):
    """门槛加分."""

    at: Amount = Field(title="门槛（含）")
    base: Points = Field(title="达到门槛得", json_schema_extra=Unit)
    step: Step = Field(Decimal(1), title="每多多少为一档", description="不足一档的不计")
    per_step: Points = Field(Decimal(0), title="每档加", description="不再加分的填0", json_schema_extra=Unit)


class RatioForm(Input):
    """比率分段."""

    fields: Fields
    per: Annotated[list[Picked], Field(title="除以", description="选多项的相加", min_length=1, max_length=12)]
    at: Amount = Field(title="门槛（含）", json_schema_extra={"unit": "%"})
    base: Points = Field(title="达到门槛得", json_schema_extra=Unit)
    step: Step = Field(Decimal(1), title="每多几个百分点为一档", description="不足一档的不计")
    per_step: Points = Field(Decimal(0), title="每档加", description="不再加分的填0", json_schema_extra=Unit)


class UnitForm(MeasureForm):
    """按件计分."""

    points: Worth = Field(title="每个得分", json_schema_extra=Unit)


class TermsForm(Input):
    """加权计次, 混合计数."""

    terms: list[Weighed] = Field(title="各项", min_length=1, max_length=12)


class LadderForm(Input):
    """逐级取高."""

    levels: list[Weighed] = Field(title="各级（由低到高）", min_length=2, max_length=12)
    only_highest: bool = Field(False, title="只按达到的最高一级计", description="不勾选的，每个按各自的最高一级计")


class MoneyForm(Input):
    """金额分档."""

    fields: Fields
    step: Step = Field(title="每满多少为一档", json_schema_extra={"unit": "千元"})
    points: Worth = Field(title="每档得分", json_schema_extra=Unit)


class BandsForm(MeasureForm):
    """分档计分."""

    bands: list[BandRow] = Field(title="各档（由低到高）", min_length=1, max_length=20)


class ExpertForm(Input):
    """专家评分."""

    most: Worth = Field(title="满分", json_schema_extra=Unit)
    asks: str = Field("", title="评什么", max_length=400, pattern=CONTROL_FREE)


class RelativeForm(MeasureForm):
    """相对评分."""

    points: Worth = Field(title="最高得分", json_schema_extra=Unit)
    to: Literal["best", "rank"] = Field(
        "best",
        title="比较方式",
        json_schema_extra={"labels": {"best": "占本年度最高值的比例", "rank": "不高于本空间的家数比例"}},
    )


FORMULAS: dict[str, type[Input]] = {
    "threshold": ThresholdForm, "unit": UnitForm, "weighted": TermsForm, "ratio": RatioForm, "mixed": TermsForm,
    "money": MoneyForm, "ladder": LadderForm, "bands": BandsForm, "expert": ExpertForm, "relative": RelativeForm,
}  # fmt: skip


# -- the rows of a scheme ------------------------------------------------------------------------------------------------
class _Described(Input):
    label: str = Field(title="名称", min_length=1, max_length=60, pattern=CONTROL_FREE)
    source: str = Field("", title="依据材料", max_length=400, pattern=CONTROL_FREE)
    note: str = Field("", title="说明", max_length=400, pattern=CONTROL_FREE)


class IndicatorBase(_Described):
    """An indicator without its formula."""

    dimension: Literal["gathering", "service", "financing", "incubation"] = Field(
        title="考核方面", json_schema_extra={"labels": dict(DIMENSIONS)}
    )
    weight: Annotated[Worth, Field(le=100)] = Field(
        title="权重", description="满分时计入总分的分数；全部指标权重合计100", json_schema_extra=Unit
    )
    cap: Worth = Field(title="公式得分上限", description="与权重不同的，按比例折算", json_schema_extra=Unit)


class BonusBase(_Described):
    """A bonus without its formula."""

    cap: Annotated[Worth, Field(le=20)] = Field(title="最多加", json_schema_extra=Unit)


class VetoInput(_Described):
    """A veto."""

    measure: MeasureForm = Field(title="看什么")
    at_least: Amount | None = Field(None, title="低于此数否决", description="与下一项至少填一项")
    at_most: Amount | None = Field(None, title="高于此数否决", description="核实情况填0：核实为“是”即否决")


class HeadInput(Input):
    """What stands above the indicators."""

    title: str = Field(title="名称", min_length=4, max_length=120, pattern=CONTROL_FREE)
    pass_line: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)] = Field(title="合格线", json_schema_extra=Unit)
    grades: list[GradeRow] = Field(title="等次（由高到低）", description="最低一档从0分起", min_length=2, max_length=8)
    bonus_cap: Annotated[Decimal, Field(ge=0, le=20, decimal_places=2)] = Field(
        title="加分合计最多", json_schema_extra=Unit
    )
    note: str = Field("", title="说明", max_length=2000, json_schema_extra={"widget": "textarea", "rows": 5})


class StartInput(Input):
    """A new draft: its year, and what it begins from."""

    year: int = Field(title="考核年度", ge=2017, le=2100, description="被考核的年度，如2025年度的考核在2026年进行")
    base: str = Field(title="以哪份方案为底稿", max_length=12)


class ReturnInput(Input):
    """Why a scheme goes back."""

    reason: str = Field(title="退回理由", min_length=1, max_length=350, json_schema_extra={"widget": "textarea"})


@lru_cache(maxsize=32)
def row_form(part: str, kind: str) -> type[Input]:
    """The form of an indicator or a bonus with that kind of formula; KeyError for a kind that there is not."""
    bases: dict[str, type[Input]] = {"indicators": IndicatorBase, "bonuses": BonusBase}
    formula: Any = Field(title=f"公式：{KINDS[kind]}", description=KIND_NOTES[kind])
    return create_model(f"{kind}_{part}", __base__=bases[part], formula=(FORMULAS[kind], formula))


def field_options() -> Mapping[str, Sequence[tuple[str, str]]]:
    """The report's fields to choose from, wherever a form has one."""
    offered = [
        (row.code, f"{GROUPS[row.group]} · {row.label}{f'（{row.unit}）' if row.unit else ''}") for row in FIELDS
    ]
    places = ("formula.fields", "formula.per", "formula.terms", "formula.levels", "measure.fields", "measure.per")
    return {f"{place}.field": offered for place in places}


# -- from a form to a row and back ---------------------------------------------------------------------------------------
MEASURED = ("fields", "per", "percent")


def formula_of(kind: str, given: BaseModel) -> dict[str, Any]:
    """What was filled in, as the formula's JSON."""
    values = given.model_dump(mode="json")
    if "fields" in values:
        measure = _measure(values)
        values = {key: value for key, value in values.items() if key not in MEASURED}
        values["measure"] = measure | ({"percent": True} if kind == "ratio" else {})
    return {"kind": kind, **values}


def row_of(part: str, kind: str, code: str, given: BaseModel) -> dict[str, Any]:
    """An indicator, bonus or veto as JSON."""
    values = given.model_dump(mode="json", exclude={"formula", "measure"})
    if part == "vetoes":
        values.pop("source")
        return values | {"code": code, "measure": _measure(given.model_dump(mode="json")["measure"])}
    return values | {"code": code, "formula": formula_of(kind, getattr(given, "formula"))}  # noqa: B009 (made by row_form)


def shown_of(row: law.Indicator | law.Bonus | law.Veto) -> dict[str, Any]:
    """A row of a scheme as its form shows it."""
    values = row.model_dump()
    if isinstance(row, law.Veto):
        return values | {"measure": _unmeasured(values["measure"])}
    formula = values["formula"]
    return values | {"formula": formula | _unmeasured(formula.get("measure") or {})}


def _measure(values: Mapping[str, Any]) -> dict[str, Any]:
    fields, per = ([row["field"] for row in values.get(key, [])] for key in ("fields", "per"))
    return {"fields": fields, "per": per, "percent": bool(values.get("percent"))}


def _unmeasured(measure: Mapping[str, Any]) -> dict[str, Any]:
    picked = {key: [{"field": code} for code in measure.get(key, ())] for key in ("fields", "per")}
    return picked | {"percent": measure.get("percent", False)} if measure else {}


# -- a scheme with one row more, less or changed ---------------------------------------------------------------------------
PARTS = ("indicators", "bonuses", "vetoes")


def with_row(sketch: Sketch, part: str, row: Mapping[str, Any]) -> Sketch:
    """The scheme with that row put in its place, or at the end; a ``ValidationError`` where it makes no sense."""
    body = sketch.model_dump(mode="json")
    rows = body[part]
    places = [place for place, known in enumerate(rows) if known["code"] == row["code"]]
    if places:
        rows[places[0]] = dict(row)
    else:
        rows.append(dict(row))
    return _bureaus(body)


def without_row(sketch: Sketch, part: str, code: str) -> Sketch:
    """The scheme without that row."""
    body = sketch.model_dump(mode="json")
    body[part] = [row for row in body[part] if row["code"] != code]
    return _bureaus(body)


def with_head(sketch: Sketch, given: HeadInput) -> Sketch:
    """The scheme with another head."""
    return _bureaus(sketch.model_dump(mode="json") | given.model_dump(mode="json"))


def for_year(sketch: Sketch, year: int) -> Sketch:
    """A copy for another year, to begin from; its name bears the year."""
    plain = sketch.title.removeprefix(str(sketch.year)).removeprefix("年度").replace("（系统默认）", "")
    return Sketch.model_validate(
        sketch.model_dump(mode="json") | {"year": year, "title": f"{year}年度{plain.removeprefix('年度')}"}
    )


def new_code(sketch: Sketch, part: str) -> str:
    """A code that no row has yet."""
    taken = {row.code for row in (*sketch.rows, *sketch.vetoes)}
    return next(code for number in range(1, 200) if (code := f"{part[0]}{number}") not in taken)


def _bureaus(body: dict[str, Any]) -> Sketch:
    """Once changed it is the bureau's own, and it bears the names of the fields that it reads."""
    note = {"note": OWN_NOTE} if body["origin"] == "system" else {}
    return Sketch.model_validate(body | note | {"origin": "bureau", "fields": []}).named(named())

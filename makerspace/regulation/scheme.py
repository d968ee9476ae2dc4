"""The words in which a year's assessment is written: scheme, indicator, formula, fact, line, and the score of it all.

A scheme is a frozen value that carries everything needed to score: the same scheme and facts always give the same.
Numbers are exact decimals; what they mean is said by each class. Nothing here is the law: article 18 names four
dimensions and a failed assessment, all else is what the bureau writes into its scheme.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from makerspace.regulation.faults import CONTROL_FREE

# Article 18 names these four and no others.
DIMENSIONS = {"gathering": "集聚能力", "service": "服务能力", "financing": "融资能力", "incubation": "孵化成果"}
Dimension = Literal["gathering", "service", "financing", "incubation"]
FULL = Decimal(100)
MOST = Decimal(1_000_000_000_000)


def plain(number: Decimal) -> Decimal:
    """The one spelling of a number: 5.0 and 5 are the same scheme and have the same digest."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


Number = Annotated[Decimal, Field(ge=0, le=MOST, decimal_places=4), AfterValidator(plain)]
Positive = Annotated[Decimal, Field(gt=0, le=MOST, decimal_places=4), AfterValidator(plain)]
Figure = Annotated[Decimal, Field(ge=-MOST, le=MOST, decimal_places=4), AfterValidator(plain)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=1, max_length=60, pattern=CONTROL_FREE)]
Remark = Annotated[str, Field(max_length=400, pattern=CONTROL_FREE)]


class Frozen(BaseModel):
    """A value: never changed once made, strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# -- what is measured ---------------------------------------------------------------------------------------------


class Measure(Frozen):
    """A figure of the report, the sum of several, or a sum over a sum; ``percent`` says that it is read in %."""

    fields: tuple[Code, ...] = Field(title="填报项", min_length=1, max_length=12)
    per: tuple[Code, ...] = Field(title="除以", default=(), max_length=12)
    percent: bool = Field(title="按百分比", default=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every field that it reads."""
        return (*self.fields, *self.per)


class Term(Frozen):
    """So many points for each one of a field, times a factor: 联合举办 1 × 0.5."""

    field: Code
    points: Number
    factor: Number = Decimal(1)


class Band(Frozen):
    """From here on so many points, until the next band begins."""

    at_least: Number
    points: Number


# -- the formulas -------------------------------------------------------------------------------------------------


class Threshold(Frozen):
    """门槛加分: nothing below ``at``, there ``base``, then ``per_step`` for each full ``step`` above."""

    kind: Literal["threshold"] = "threshold"
    measure: Measure
    at: Number
    base: Number
    step: Positive = Decimal(1)
    per_step: Number = Decimal(0)


class UnitScore(Frozen):
    """按件计分: ``points`` for each one."""

    kind: Literal["unit"] = "unit"
    measure: Measure
    points: Positive


class WeightedEvents(Frozen):
    """加权计次: events weigh by the part played in them (主办 1, 承办 0.5, 联合 × 0.5)."""

    kind: Literal["weighted"] = "weighted"
    terms: tuple[Term, ...] = Field(min_length=1, max_length=12)


class RatioBand(Frozen):
    """比率分段: like a threshold, over a share in percent."""

    kind: Literal["ratio"] = "ratio"
    measure: Measure
    at: Number
    base: Number
    step: Positive = Decimal(1)
    per_step: Number = Decimal(0)

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if not (self.measure.per and self.measure.percent):
            raise PydanticCustomError("ratio", "比率须有分子和分母，并按百分比计")
        return self


class MixedUnits(Frozen):
    """混合计数: different things count differently towards one figure (企业 2, 个体工商户 1)."""

    kind: Literal["mixed"] = "mixed"
    terms: tuple[Term, ...] = Field(min_length=1, max_length=12)


class MoneySteps(Frozen):
    """金额分档: ``points`` for each full ``step`` (千元)."""

    kind: Literal["money"] = "money"
    measure: Measure
    step: Positive
    points: Positive


class Ladder(Frozen):
    """逐级取高: levels from low to high; each counts its own, or only the highest that is reached counts at all."""

    kind: Literal["ladder"] = "ladder"
    levels: tuple[Term, ...] = Field(min_length=2, max_length=12)
    only_highest: bool = False

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        points = [level.points * level.factor for level in self.levels]
        if points != sorted(points):
            raise PydanticCustomError("ladder", "各级须由低到高排列，分值不能倒挂")
        return self


class BandTable(Frozen):
    """分档计分: the points of the highest band reached; below the first band nothing."""

    kind: Literal["bands"] = "bands"
    measure: Measure
    bands: tuple[Band, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        starts = [band.at_least for band in self.bands]
        if any(low >= high for low, high in pairwise(starts)):
            raise PydanticCustomError("bands", "各档起点须由低到高排列，不能重复")
        return self


class ExpertScore(Frozen):
    """专家评分: the mean of the marks given, each with its reason, from 0 to ``most``."""

    kind: Literal["expert"] = "expert"
    most: Positive
    asks: Remark = ""


class RelativeBest(Frozen):
    """相对评分: up to ``points`` by comparison with everyone assessed in the year.

    ``best``: own figure over the best one; ``rank``: the share of all whose figure is not above one's own.
    """

    kind: Literal["relative"] = "relative"
    measure: Measure
    points: Positive
    to: Literal["best", "rank"] = "best"


Formula = Annotated[
    Threshold
    | UnitScore
    | WeightedEvents
    | RatioBand
    | MixedUnits
    | MoneySteps
    | Ladder
    | BandTable
    | ExpertScore
    | RelativeBest,
    Field(discriminator="kind"),
]
KINDS = {
    "threshold": "门槛加分", "unit": "按件计分", "weighted": "加权计次", "ratio": "比率分段", "mixed": "混合计数",
    "money": "金额分档", "ladder": "逐级取高", "bands": "分档计分", "expert": "专家评分", "relative": "相对评分",
}  # fmt: skip


def codes_of(formula: Formula) -> tuple[str, ...]:
    """Every field of the report that a formula reads."""
    if isinstance(formula, WeightedEvents | MixedUnits):
        return tuple(term.field for term in formula.terms)
    if isinstance(formula, Ladder):
        return tuple(level.field for level in formula.levels)
    return () if isinstance(formula, ExpertScore) else formula.measure.codes


# -- the scheme ---------------------------------------------------------------------------------------------------


class Named(Frozen):
    """A field of the report as it was called, and in what unit, when the scheme was written."""

    code: Code
    label: Words
    unit: Annotated[str, Field(max_length=12)] = ""
    flag: bool = False


class Indicator(Frozen):
    """指标: what is measured, by which formula; its raw points end at ``cap``, and a full cap earns the ``weight``."""

    code: Code
    label: Words
    dimension: Dimension
    formula: Formula
    weight: Positive
    cap: Positive
    source: Remark = ""
    note: Remark = ""


class Bonus(Frozen):
    """加分项: on top of the four dimensions; its points end at ``cap``."""

    code: Code
    label: Words
    formula: Formula
    cap: Positive
    source: Remark = ""
    note: Remark = ""


class Veto(Frozen):
    """一票否决: a figure below ``at_least``, or above ``at_most``, fails the assessment whatever the points."""

    code: Code
    label: Words
    measure: Measure
    at_least: Figure | None = None
    at_most: Figure | None = None
    note: Remark = ""

    @model_validator(mode="after")
    def _has_a_line(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("veto", "否决项须写明下限或上限")
        return self


class Grade(Frozen):
    """等次: its name and the total from which it is reached."""

    label: Annotated[str, Field(min_length=1, max_length=12, pattern=CONTROL_FREE)]
    at_least: Annotated[Number, Field(le=FULL)]


class Sketch(Frozen):
    """A scheme that is being written: it may still lack what a whole one needs, see `faults`."""

    title: Annotated[str, Field(min_length=1, max_length=120, pattern=CONTROL_FREE)]
    year: Annotated[int, Field(ge=2017, le=2100)]
    origin: Literal["system", "bureau"] = "bureau"
    fields: tuple[Named, ...] = Field(default=(), max_length=200)
    indicators: tuple[Indicator, ...] = Field(default=(), max_length=60)
    bonuses: tuple[Bonus, ...] = Field(default=(), max_length=20)
    bonus_cap: Annotated[Number, Field(le=20)] = Decimal(5)
    vetoes: tuple[Veto, ...] = Field(default=(), max_length=20)
    grades: tuple[Grade, ...] = Field(min_length=1, max_length=8)
    pass_line: Annotated[Number, Field(gt=0, le=FULL)] = Decimal(60)
    note: Annotated[str, Field(max_length=2000)] = ""

    def faults(self) -> tuple[str, ...]:
        """All that keeps it from being a whole scheme."""
        asked = (self._codes_clash(), self._dimensions_lack(), self._weights_off(), self._grades_off(), self._unnamed())
        return tuple(message for message in asked if message)

    def _codes_clash(self) -> str:
        codes = [*(row.code for row in self.rows), *(veto.code for veto in self.vetoes)]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        return f"代码重复：{'、'.join(twice)}" if twice else ""

    def _dimensions_lack(self) -> str:
        empty = [label for code, label in DIMENSIONS.items() if not self.weight_of(code)]
        return f"第十八条列明四个方面，还缺：{'、'.join(empty)}" if empty else ""

    def _weights_off(self) -> str:
        total = sum((row.weight for row in self.indicators), Decimal(0))
        return "" if total == FULL else f"各指标权重合计应为100，现为{plain(total)}"

    def _grades_off(self) -> str:
        lines = [grade.at_least for grade in self.grades]
        if lines != sorted(set(lines), reverse=True) or lines[-1]:
            return "等次须由高到低排列，起点不能重复，最低一档从0分起"
        return "" if self.pass_line in lines else "合格线须是其中一个等次的起点"

    def _unnamed(self) -> str:
        known = {field.code for field in self.fields}
        unknown = sorted(set(self.codes) - known) if known else []
        return f"方案引用了没有的填报项：{'、'.join(unknown)}" if unknown else ""

    @property
    def rows(self) -> "tuple[Indicator | Bonus, ...]":
        """Everything that earns points."""
        return self.indicators + self.bonuses

    @property
    def codes(self) -> Iterator[str]:
        """Every field of the report that the scheme reads."""
        for row in self.rows:
            yield from codes_of(row.formula)
        for veto in self.vetoes:
            yield from veto.measure.codes

    def weight_of(self, dimension: str) -> Decimal:
        """What a dimension weighs: the sum over its indicators."""
        return sum((row.weight for row in self.indicators if row.dimension == dimension), Decimal(0))

    def of(self, dimension: str) -> tuple[Indicator, ...]:
        """The indicators of a dimension."""
        return tuple(row for row in self.indicators if row.dimension == dimension)

    def to_judge(self) -> tuple[Indicator | Bonus, ...]:
        """What people must mark: the lines with an expert's score."""
        return tuple(row for row in self.rows if isinstance(row.formula, ExpertScore))

    def named(self, known: Iterable[Named]) -> Self:
        """The same with the names and units of the fields that it reads; an unknown field is left out."""
        used = set(self.codes)
        return self.model_copy(update={"fields": tuple(row for row in known if row.code in used)})

    @property
    def digest(self) -> str:
        """SHA-256 over its canonical JSON."""
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Scheme(Sketch):
    """考核方案 of one year, complete; ``origin`` is "system" for the default that ships, else "bureau"."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        faults = self.faults()
        if faults:
            raise PydanticCustomError("scheme", "{message}", {"message": "；".join(faults)})
        return self


# -- the facts ----------------------------------------------------------------------------------------------------


class Mark(Frozen):
    """One person's points for a line that is judged, and why."""

    points: Number
    reason: Annotated[str, Field(min_length=1, max_length=400)]


class Facts(Frozen):
    """A year's figures by field code (money in 千元, flags 0 or 1), and the marks by indicator code.

    A field that is absent was not reported: its line earns nothing and says so.
    """

    values: Mapping[Code, Figure] = {}
    marks: Mapping[Code, tuple[Mark, ...]] = {}


Peers = Mapping[str, tuple[Decimal, ...]]


# -- the score ----------------------------------------------------------------------------------------------------


class Line(Frozen):
    """One indicator or bonus scored; ``working`` says how in words. ``state``: scored, missing (no figure), pending
    (awaits people's marks or the others' figures)."""

    code: str
    label: str
    dimension: str
    kind: str
    value: Decimal | None
    unit: str
    working: str
    raw: Decimal
    cap: Decimal
    capped: bool
    points: Decimal
    weight: Decimal
    state: Literal["scored", "missing", "pending"]


class DimensionTotal(Frozen):
    """What a dimension earned of its weight."""

    code: str
    label: str
    points: Decimal
    weight: Decimal


class VetoLine(Frozen):
    """A veto asked: ``hit`` fails the assessment; ``unknown`` where the figure was not reported."""

    code: str
    label: str
    state: Literal["clear", "hit", "unknown"]
    working: str


class Scored(Frozen):
    """The score whole. ``open_points`` is what the pending lines may still bring; ``settled`` when there are none."""

    scheme: str
    lines: tuple[Line, ...]
    bonuses: tuple[Line, ...]
    dimensions: tuple[DimensionTotal, ...]
    vetoes: tuple[VetoLine, ...]
    bonus: Decimal
    total: Decimal
    pass_line: Decimal
    grade: str
    passed: bool
    settled: bool
    open_points: Decimal
    verdict: str

    def of(self, dimension: str) -> tuple[Line, ...]:
        """The lines of a dimension."""
        return tuple(line for line in self.lines if line.dimension == dimension)

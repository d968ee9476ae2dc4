"""Figures of a year that stand far from the others': a place to look, never a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import quantiles

from makerspace.matters.assessment.models import Assessment
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, ReportField
from makerspace.regulation.scheme import plain

LEAST = 5  # reports; fewer have no middle half worth the name
REACH = Decimal("1.5")
CENT = Decimal("0.01")
RULE = (
    f"同年已核实的报告不少于{LEAST}份时，把某项数据由小到大排列，取中间一半（四分位）的上下限；"
    "高于上限或低于下限超过该区间宽度1.5倍的列在这里；中间一半只有一个数值的数据项不比较。"
)


@dataclass(frozen=True)
class Outlier:
    """One figure and the middle half of everybody's: from a quarter (``low``) to three quarters (``high``)."""

    assessment: Assessment
    field: ReportField
    value: Decimal
    low: Decimal
    high: Decimal

    @property
    def side(self) -> str:
        """On which side it stands."""
        return "偏高" if self.value > self.high else "偏低"


def outliers(reports: Sequence[tuple[Assessment, Mapping[str, Decimal]]]) -> list[Outlier]:
    """Every figure beyond one and a half times the middle half (Tukey's fences), field by field; none of few reports."""
    if len(reports) < LEAST:
        return []
    return [found for row in FIELDS if row.kind != "flag" for found in _of_field(row, reports)]


def _of_field(row: ReportField, reports: Sequence[tuple[Assessment, Mapping[str, Decimal]]]) -> list[Outlier]:
    told = [(assessment, values[row.code]) for assessment, values in reports if row.code in values]
    if len(told) < LEAST:
        return []
    low, _, high = (Decimal(cut) for cut in quantiles((value for _, value in told), n=4, method="inclusive"))
    reach = (high - low) * REACH
    return [
        Outlier(assessment, row, plain(value), _round(low), _round(high))
        for assessment, value in told
        if reach and not low - reach <= value <= high + reach
    ]


def _round(value: Decimal) -> Decimal:
    return plain(value.quantize(CENT, ROUND_HALF_UP))

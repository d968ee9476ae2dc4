"""Logic checks of a year's report: what cannot be is refused, what is unusual has to be explained."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, ReportField, field

Values = Mapping[str, Decimal]
PLACES = {"count": 0, "money": 0, "area": 2, "percent": 1, "flag": 0}
MOST = Decimal(100_000_000_000)
# The whole, its parts, and by how much the sum may be off where each part was rounded to whole 千元.
SUMS = (
    ("mentors", ("mentors_full_time", "mentors_part_time"), 0),
    ("events", ("events_hosted", "events_undertaken", "events_joint"), 0),
    ("income", ("income_service", "income_investment", "income_rent", "income_subsidy", "income_other"), 1),
    ("cost", ("cost_site", "cost_admin", "cost_staff", "cost_other"), 1),
)
# The parts together lie within the wholes together.
WITHIN = (
    (("staff_college", "staff_bachelor", "staff_master", "staff_doctor"), ("staff",)),
    (("by_students",), ("teams_served", "firms_served")),
    (("by_returnees",), ("teams_served", "firms_served")),
    (("by_researchers",), ("teams_served", "firms_served")),
    (("by_executives",), ("teams_served", "firms_served")),
    (("by_foreigners",), ("teams_served", "firms_served")),
    (("teams_served",), ("team_members",)),
    (("financed_amount",), ("financed_ever_amount",)),
)
# One cannot be without the other.
TOGETHER = (("financed", "financed_amount"), ("financed_own", "financed_own_amount"))
# What may move from year to year only with an explanation, however little it is; of the other figures that the operator
# answers for, a leap is unusual only from a size on, in the field's own unit: one mentor who becomes two needs no word.
WATCHED = (
    "area_total", "seats", "staff", "mentors", "teams_served", "team_members", "firms_served", "jobs", "events",
    "event_people", "financed", "financed_amount", "new_firms", "ip", "income", "cost",
)  # fmt: skip
JUMP = Decimal("0.5")
LEAST = {"count": 5, "money": 100, "area": 50, "percent": 20}
PUBLIC_SHARE = Decimal("0.1")


class Doubt(NamedTuple):
    """Something that a check found. ``must``: it has to be put right; else an explanation will do.

    ``rule`` with ``fields`` names it, so that an explanation finds it again: see ``key``.
    """

    rule: str
    fields: tuple[str, ...]
    text: str
    must: bool

    @property
    def key(self) -> str:
        """Under which an explanation is kept: jump:seats."""
        return f"{self.rule}:{','.join(self.fields)}"


def misread(row: ReportField, value: Decimal) -> str | None:
    """Why a figure cannot stand in a field; none if it can."""
    if not value.is_finite() or abs(value) >= MOST:
        return "数字过大或不是数字"
    if value < 0 and not row.signed:
        return "不能为负数"
    if value != round(value, PLACES[row.kind]):
        return f"至多填{PLACES[row.kind]}位小数" if PLACES[row.kind] else "应填整数"
    if row.kind == "percent" and value > 100:
        return "不能超过100%"
    return "只能填0或1" if row.kind == "flag" and value > 1 else None


def gaps(values: Values) -> tuple[str, ...]:
    """The operator's fields that are still empty; a nought has to be written."""
    return tuple(row.code for row in FIELDS if not row.officers and row.code not in values)


def check_report(
    values: Values, *, previous: Values | None = None, lists: Values | None = None, comprehensive: bool = True
) -> tuple[Doubt, ...]:
    """All that is wrong or unusual. ``previous``: last year's figures; ``lists``: what the registers count;
    ``comprehensive``: whether article 7(1) asks for a public share. An empty field is no doubt: see `gaps`."""
    found = [
        *_misread(values), *_parts(values), *_sums(values), *_within(values), *_together(values),
        *_lists(values, lists or {}), *_jumps(values, previous or {}),
    ]  # fmt: skip
    return (*found, *(_public_share(values) if comprehensive else ()))


def _misread(values: Values) -> Iterator[Doubt]:
    for row in FIELDS:
        reason = misread(row, values[row.code]) if row.code in values else None
        if reason:
            yield Doubt("misread", (row.code,), f"{row.label}：{reason}。", must=True)


def _parts(values: Values) -> Iterator[Doubt]:
    for row in FIELDS:
        if row.part_of and _both(values, row.code, row.part_of) and values[row.code] > values[row.part_of]:
            yield Doubt(
                "part",
                (row.code, row.part_of),
                f"{_said(row.code, values)}，不能多于{_said(row.part_of, values)}。",
                must=True,
            )


def _sums(values: Values) -> Iterator[Doubt]:
    for whole, parts, off in SUMS:
        if _both(values, whole, *parts):
            total = sum((values[part] for part in parts), Decimal(0))
            if abs(total - values[whole]) > off:
                names = "、".join(field(part).label for part in parts)
                text = f"{_said(whole, values)}，应等于{names}之和{total:,}{field(whole).unit}。"
                yield Doubt("sum", (whole, *parts), text, must=True)


def _within(values: Values) -> Iterator[Doubt]:
    for parts, wholes in WITHIN:
        if _both(values, *parts, *wholes):
            inner, outer = (sum((values[code] for code in codes), Decimal(0)) for codes in (parts, wholes))
            if inner > outer:
                text = f"{_joined(parts)}{inner:,}，不能多于{_joined(wholes)}{outer:,}。"
                yield Doubt("within", (*parts, *wholes), text, must=True)


def _together(values: Values) -> Iterator[Doubt]:
    for count, amount in TOGETHER:
        if _both(values, count, amount) and (values[count] > 0) != (values[amount] > 0):
            text = f"{_said(count, values)}，{_said(amount, values)}：有一项为0，另一项也应为0。"
            yield Doubt("together", (count, amount), text, must=True)


def _lists(values: Values, lists: Values) -> Iterator[Doubt]:
    for code, listed in lists.items():
        if code in values and values[code] != listed:
            text = f"{_said(code, values)}，台账记有{listed:,}{field(code).unit}：请更正，或说明为何不同。"
            yield Doubt("list", (code,), text, must=False)


def _jumps(values: Values, previous: Values) -> Iterator[Doubt]:
    """Nothing last year and something now is a leap too."""
    for row in FIELDS:
        if row.officers or not (_both(values, row.code) and _both(previous, row.code)):
            continue
        before, now = previous[row.code], values[row.code]
        moved, least = abs(now - before), 0 if row.code in WATCHED else LEAST[row.kind]
        if moved > abs(before) * JUMP and moved >= least:
            much = "变动超过50%" if before else "从无到有"
            text = f"{_said(row.code, values)}，上年为{before:,}{row.unit}，{much}：请说明原因。"
            yield Doubt("jump", (row.code,), text, must=False)


def _public_share(values: Values) -> Iterator[Doubt]:
    """Article 7(1) asks for a tenth; whether the makerspace still has it is looked at again each year."""
    if _both(values, "area_public", "area_total") and values["area_public"] < values["area_total"] * PUBLIC_SHARE:
        text = f"{_said('area_public', values)}，不足总面积的10%（第七条第一项）：请说明情况。"
        yield Doubt("public_share", ("area_public", "area_total"), text, must=False)


def _both(values: Values, *codes: str) -> bool:
    """Whether all of them were filled in."""
    return all(code in values for code in codes)


def _said(code: str, values: Values) -> str:
    return f"{field(code).label}{values[code]:,}{field(code).unit}"


def _joined(codes: tuple[str, ...]) -> str:
    return "与".join(field(code).label for code in codes) + ("合计" if len(codes) > 1 else "")

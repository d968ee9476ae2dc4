"""A scheme read aloud: each formula and veto as one sentence, for the page, the public and the API."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from makerspace.regulation import scheme as s


def formula_words(formula: s.Formula, names: Mapping[str, s.Named]) -> str:
    """What is asked and what it earns, as one sentence without its full stop."""
    match formula:
        case s.WeightedEvents(terms=terms) | s.MixedUnits(terms=terms):
            return "，".join(_term(term, names) for term in terms)
        case s.Ladder(levels=levels, only_highest=only_highest):
            rule = "只按达到的最高一级计" if only_highest else "每个只按最高一级计"
            return "，".join(_term(level, names) for level in levels) + f"；{rule}"
        case s.ExpertScore(most=most, asks=asks):
            return f"由评分人评0至{number(most)}分并说明理由，多人评分的取平均" + (f"：{asks}" if asks else "")
        case s.RelativeBest(to="rank"):
            return f"{measure_words(formula.measure, names)}，按不高于本空间的家数占参加考核家数的比例乘以{number(formula.points)}分"
        case s.RelativeBest():
            return f"{measure_words(formula.measure, names)}，与本年度最高值之比乘以{number(formula.points)}分"
        case _:
            return f"{measure_words(formula.measure, names)}，{_figure_words(formula, unit_of(formula.measure, names))}"


def _figure_words(formula: s.Threshold | s.RatioBand | s.UnitScore | s.MoneySteps | s.BandTable, unit: str) -> str:
    match formula:
        case s.UnitScore(points=points):
            return f"每1{unit or '个'}{number(points)}分"
        case s.MoneySteps(step=step, points=points):
            return f"每满{number(step)}千元（{number(step / 10)}万元）{number(points)}分"
        case s.BandTable(bands=bands):
            return "，".join(f"{number(band.at_least)}{unit}及以上{number(band.points)}分" for band in bands)
        case _:
            return _threshold(formula, unit)


def _threshold(formula: s.Threshold | s.RatioBand, unit: str) -> str:
    said = f"不足{number(formula.at)}{unit}不计分，达到计{number(formula.base)}分"
    if not formula.per_step:
        return said
    step_unit = "个百分点" if unit == "%" else unit
    return f"{said}，每多{number(formula.step)}{step_unit}加{number(formula.per_step)}分"


def veto_words(veto: s.Veto, names: Mapping[str, s.Named]) -> str:
    """What fails the assessment whatever the points."""
    if veto.measure.fields[0] in names and names[veto.measure.fields[0]].flag:
        return "经核实为“是”的"
    unit = unit_of(veto.measure, names)
    lines = ((veto.at_least, "低于"), (veto.at_most, "高于"))
    limits = "或".join(f"{word}{number(line)}{unit}" for line, word in lines if line is not None)
    return f"{measure_words(veto.measure, names)}{limits}的"


def measure_words(measure: s.Measure, names: Mapping[str, s.Named]) -> str:
    """The figure that is looked at: 已使用工位数÷工位数."""
    top = _joined(measure.fields, names)
    return f"{top}÷{_joined(measure.per, names)}" if measure.per else top


def unit_of(measure: s.Measure, names: Mapping[str, s.Named]) -> str:
    """In what the figure is counted."""
    if measure.per:
        return "%" if measure.percent else ""
    return names[measure.fields[0]].unit if measure.fields[0] in names else ""


def _joined(codes: Sequence[str], names: Mapping[str, s.Named]) -> str:
    labels = [names[code].label if code in names else code for code in codes]
    return labels[0] if len(labels) == 1 else f"（{'＋'.join(labels)}）"


def _term(term: s.Term, names: Mapping[str, s.Named]) -> str:
    named = names.get(term.field)
    label, unit = (named.label, named.unit) if named else (term.field, "")
    return f"{label}每1{unit or '个'}{number(term.points)}分" + (f"×{number(term.factor)}" if term.factor != 1 else "")


def number(value: Decimal) -> str:
    """A number as it is read."""
    return f"{s.plain(value):,}"

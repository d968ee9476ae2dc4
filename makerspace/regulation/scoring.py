"""Scoring a year: from a frozen scheme and frozen facts to points, line by line, each line explaining itself.

Figures are computed exactly, as fractions; the points of a line are rounded once, half up, to two decimals, and the
totals are plain sums of what the lines show. Nothing is read from outside, so the same always comes out.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal, NamedTuple

from makerspace.regulation import scheme as s
from makerspace.regulation.scheme import DIMENSIONS, FULL, Facts, Line, Peers, Scored

NOTHING, CENT, PEER = Decimal(0), 100, 10_000
State = Literal["scored", "missing", "pending"]


class _Figure(NamedTuple):
    """A measured figure, exact; none where it cannot be had. ``words`` says where it comes from."""

    value: Fraction | None
    unit: str
    words: str


class _Worked(NamedTuple):
    """A formula applied: the raw points before the cap, and the working in words."""

    value: Fraction | None
    unit: str
    raw: Fraction
    words: str
    state: State = "scored"


class _Desk(NamedTuple):
    """What lies on the desk while one line is scored."""

    names: Mapping[str, s.Named]
    values: Mapping[str, Decimal]
    marks: Sequence[s.Mark]
    peers: Sequence[Decimal] | None


def score(scheme: s.Scheme, facts: Facts, peers: Peers | None = None) -> Scored:
    """The facts under the scheme. ``peers``: for each relative line everyone's figures of the year (`peer_figures`);
    without them, and without marks, such lines stay pending."""
    lines = tuple(_line(scheme, row, row.dimension, row.weight, facts, peers) for row in scheme.indicators)
    extra = tuple(_line(scheme, row, "bonus", row.cap, facts, peers) for row in scheme.bonuses)
    vetoes = tuple(_veto(scheme, row, facts) for row in scheme.vetoes)
    bonus = s.plain(min(sum((line.points for line in extra), NOTHING), scheme.bonus_cap))
    total = s.plain(min(sum((line.points for line in lines), NOTHING) + bonus, FULL))
    hit = [veto for veto in vetoes if veto.state == "hit"]
    failing = next(grade.label for grade in reversed(scheme.grades))
    grade = failing if hit else next(row.label for row in scheme.grades if total >= row.at_least)
    open_points = _open(scheme, lines, extra, total)
    return Scored(
        scheme=scheme.digest, lines=lines, bonuses=extra, dimensions=_dimensions(scheme, lines), vetoes=vetoes,
        bonus=bonus, total=total, pass_line=scheme.pass_line, grade=grade,
        passed=not hit and total >= scheme.pass_line, settled=not any(line.state == "pending" for line in (*lines, *extra)),
        open_points=open_points, verdict=_verdict(scheme, total, hit, grade),
    )  # fmt: skip


def peer_figures(scheme: s.Scheme, everyone: Iterable[Facts]) -> dict[str, tuple[Decimal, ...]]:
    """For each relative line everyone's figures, sorted and without names: freeze them beside the facts."""
    known, names = list(everyone), _names(scheme)
    found = {}
    for row in scheme.rows:
        if isinstance(row.formula, s.RelativeBest):
            figures = (_measure(row.formula.measure, names, facts.values).value for facts in known)
            found[row.code] = tuple(sorted(_at_peers(figure) for figure in figures if figure is not None))
    return found


# -- one line -------------------------------------------------------------------------------------------------------


def _line(
    scheme: s.Scheme, row: s.Indicator | s.Bonus, dimension: str, weight: Decimal, facts: Facts, peers: Peers | None
) -> Line:
    """One indicator or bonus: apply the formula, stop at the cap, convert to the weight."""
    figures = None if peers is None else peers.get(row.code, ())
    desk = _Desk(_names(scheme), facts.values, facts.marks.get(row.code, ()), figures)
    worked = _apply(row.formula, desk)
    raw, cap = max(worked.raw, Fraction(0)), Fraction(row.cap)
    counted = min(raw, cap)
    points = _rounded(counted * Fraction(weight) / cap)
    return Line(
        code=row.code, label=row.label, dimension=dimension, kind=row.formula.kind,
        value=None if worked.value is None else _rounded(worked.value), unit=worked.unit,
        working=_ending(worked, raw, row.cap, weight, points), raw=_rounded(raw), cap=row.cap, capped=raw > cap,
        points=points, weight=weight, state=worked.state,
    )  # fmt: skip


def _ending(worked: _Worked, raw: Fraction, cap: Decimal, weight: Decimal, points: Decimal) -> str:
    """The working with what cap and weight made of it."""
    if worked.state != "scored":
        return f"{worked.words}。"
    said = [worked.words + ("（低于0的按0计）" if worked.raw < 0 else ""), f"得{_show(raw)}分"]
    if raw > cap:
        said.append(f"超过上限，按上限{_show(cap)}分计")
    if weight != cap:
        said.append(f"按权重折算：{_show(min(raw, Fraction(cap)))}×{_show(weight)}÷{_show(cap)}＝{_show(points)}分")
    return "，".join(said) + "。"


def _apply(formula: s.Formula, desk: _Desk) -> _Worked:
    """The formula's raw points; each kind has its own function below."""
    match formula:
        case s.WeightedEvents(terms=terms) | s.MixedUnits(terms=terms):
            return _terms(terms, desk)
        case s.Ladder():
            return _ladder(formula, desk)
        case s.ExpertScore():
            return _expert(formula, desk)
        case s.RelativeBest():
            return _relative(formula, desk)
        case _:
            return _of_figure(formula, _measure(formula.measure, desk.names, desk.values))


def _of_figure(
    formula: s.Threshold | s.RatioBand | s.UnitScore | s.MoneySteps | s.BandTable, figure: _Figure
) -> _Worked:
    """The kinds that look at one figure."""
    value, unit, said = figure
    if value is None:
        return _Worked(None, unit, Fraction(0), f"{said}，得0分", "missing")
    match formula:
        case s.UnitScore(points=points):
            raw, words = value * Fraction(points), f"每1{unit or '个'}{_show(points)}分"
        case s.MoneySteps(step=step, points=points):
            steps = floor(value / Fraction(step))
            raw, words = steps * Fraction(points), f"每满{_money(step)}计{_show(points)}分，满{_show(steps)}档"
        case s.BandTable():
            raw, words = _bands(formula, value, unit)
        case _:
            raw, words = _threshold(formula, value, unit)
    return _Worked(value, unit, raw, f"{said}；{words}")


def _threshold(formula: s.Threshold | s.RatioBand, value: Fraction, unit: str) -> tuple[Fraction, str]:
    at, step = Fraction(formula.at), Fraction(formula.step)
    unit = "个百分点" if unit == "%" else unit
    line = f"{_show(formula.at)}{'%' if unit == '个百分点' else unit}"
    if value < at:
        return Fraction(0), f"不足{line}"
    if not formula.per_step:
        return Fraction(formula.base), f"达到{line}计{_show(formula.base)}分"
    steps = floor((value - at) / step)
    each = f"每多{_show(formula.step)}{unit}加{_show(formula.per_step)}分"
    return (
        Fraction(formula.base) + steps * Fraction(formula.per_step),
        f"达到{line}计{_show(formula.base)}分，{each}，加{_show(steps)}次",
    )


def _bands(formula: s.BandTable, value: Fraction, unit: str) -> tuple[Fraction, str]:
    reached = [band for band in formula.bands if value >= Fraction(band.at_least)]
    if not reached:
        return Fraction(0), f"不足最低一档{_show(formula.bands[0].at_least)}{unit}"
    return Fraction(reached[-1].points), f"在“{_show(reached[-1].at_least)}{unit}及以上”一档"


def _terms(terms: Sequence[s.Term], desk: _Desk) -> _Worked:
    """Sum over the terms; what was not reported counts as 0 and is named, unless nothing was reported at all."""
    known = [term for term in terms if term.field in desk.values]
    absent = [_label(term.field, desk.names) for term in terms if term.field not in desk.values]
    if not known:
        return _Worked(None, "", Fraction(0), f"未填报{'、'.join(absent)}，得0分", "missing")
    raw = sum((_worth(term, desk.values) for term in known), Fraction(0))
    words = "＋".join(_term_words(term, desk) for term in known)
    count = sum((Fraction(desk.values[term.field]) for term in known), Fraction(0))
    return _Worked(count, _unit((known[0].field,), desk.names), raw, words + _absent(absent))


def _ladder(formula: s.Ladder, desk: _Desk) -> _Worked:
    if not formula.only_highest:
        worked = _terms(formula.levels, desk)
        return worked if worked.state == "missing" else worked._replace(words=f"{worked.words}，每个只按最高一级计")
    reached = [level for level in formula.levels if desk.values.get(level.field, NOTHING) > 0]
    if all(level.field not in desk.values for level in formula.levels):
        names = "、".join(_label(level.field, desk.names) for level in formula.levels)
        return _Worked(None, "", Fraction(0), f"未填报{names}，得0分", "missing")
    if not reached:
        return _Worked(Fraction(0), "", Fraction(0), "各级都没有达到")
    top = reached[-1]
    value = Fraction(desk.values[top.field])
    words = f"最高一级为{_label(top.field, desk.names)}，只按这一级计"
    return _Worked(value, _unit((top.field,), desk.names), Fraction(top.points * top.factor), words)


def _expert(formula: s.ExpertScore, desk: _Desk) -> _Worked:
    if not desk.marks:
        return _Worked(None, "分", Fraction(0), f"待评分（满分{_show(formula.most)}分），现计0分", "pending")
    given = [min(Fraction(mark.points), Fraction(formula.most)) for mark in desk.marks]
    mean = sum(given, Fraction(0)) / len(given)
    each = "、".join(_show(mark) for mark in given)
    said = f"评分{each}分" + (f"，平均{_show(mean)}分" if len(given) > 1 else "")
    return _Worked(mean, "分", mean, f"{said}；理由：{'；'.join(mark.reason for mark in desk.marks)}")


def _relative(formula: s.RelativeBest, desk: _Desk) -> _Worked:
    figure = _measure(formula.measure, desk.names, desk.values)
    if figure.value is None:
        return _Worked(None, figure.unit, Fraction(0), f"{figure.words}，得0分", "missing")
    if not desk.peers:
        words = f"{figure.words}；须与本年度参加考核的各家比较，现计0分"
        return _Worked(figure.value, figure.unit, Fraction(0), words, "pending")
    mine = Fraction(_at_peers(figure.value))
    share, words = _beside(formula.to, mine, [Fraction(peer) for peer in desk.peers], figure.unit)
    return _Worked(figure.value, figure.unit, share * Fraction(formula.points), f"{figure.words}；{words}")


def _beside(to: str, mine: Fraction, peers: Sequence[Fraction], unit: str) -> tuple[Fraction, str]:
    """One's share of the best, or of all those not above; never more than the whole."""
    if to == "rank":
        share = Fraction(sum(peer <= mine for peer in peers), len(peers))
        return share, f"参加考核的{len(peers)}家中，{_show(share * 100)}%的数值不高于本空间"
    best = max(peers)
    share = min(mine / best, Fraction(1)) if best > 0 and mine > 0 else Fraction(0)
    return share, f"本年度最高为{_show(best)}{unit}，本空间为其{_show(share * 100)}%"


# -- totals and verdict ---------------------------------------------------------------------------------------------


def _dimensions(scheme: s.Scheme, lines: Sequence[Line]) -> tuple[s.DimensionTotal, ...]:
    return tuple(
        s.DimensionTotal(
            code=code, label=label, weight=s.plain(scheme.weight_of(code)),
            points=s.plain(sum((line.points for line in lines if line.dimension == code), NOTHING)),
        )
        for code, label in DIMENSIONS.items()
    )  # fmt: skip


def _open(scheme: s.Scheme, lines: Sequence[Line], extra: Sequence[Line], total: Decimal) -> Decimal:
    """What the pending lines may still add to the total."""
    full = sum((line.weight if line.state == "pending" else line.points for line in lines), NOTHING)
    more = sum((line.weight if line.state == "pending" else line.points for line in extra), NOTHING)
    return s.plain(min(full + min(more, scheme.bonus_cap), FULL) - total)


def _veto(scheme: s.Scheme, row: s.Veto, facts: Facts) -> s.VetoLine:
    names = _names(scheme)
    figure = _measure(row.measure, names, facts.values)
    asked = "须为“否”" if _is_flag(row.measure.fields[0], names) else "、".join(_limits(row, figure.unit))
    if figure.value is None:
        words = f"{figure.words}，现在不能判断（{asked}）。"
        return s.VetoLine(code=row.code, label=row.label, state="unknown", working=words)
    low = row.at_least is not None and figure.value < Fraction(row.at_least)
    high = row.at_most is not None and figure.value > Fraction(row.at_most)
    state: Literal["hit", "clear"] = "hit" if low or high else "clear"
    words = f"{figure.words}；{asked}，{'不符合，一票否决' if state == 'hit' else '符合'}。"
    return s.VetoLine(code=row.code, label=row.label, state=state, working=words)


def _limits(row: s.Veto, unit: str) -> list[str]:
    lines = ((row.at_least, "不低于"), (row.at_most, "不高于"))
    return [f"要求{word}{_show(line)}{unit}" for line, word in lines if line is not None]


def _verdict(scheme: s.Scheme, total: Decimal, hit: Sequence[s.VetoLine], grade: str) -> str:
    """The result in one sentence."""
    if hit:
        return f"{grade}：触及否决项“{'、'.join(veto.label for veto in hit)}”，总分{_show(total)}分不再比较。"
    line = f"合格线{_show(scheme.pass_line)}分"
    if total >= scheme.pass_line:
        return f"{grade}：总分{_show(total)}分，达到{line}。"
    return f"{grade}：总分{_show(total)}分，距{line}还差{_show(scheme.pass_line - total)}分。"


# -- figures and words ----------------------------------------------------------------------------------------------


def _names(scheme: s.Scheme) -> dict[str, s.Named]:
    return {row.code: row for row in scheme.fields}


def _measure(measure: s.Measure, names: Mapping[str, s.Named], values: Mapping[str, Decimal]) -> _Figure:
    """The figure that a measure asks for, and in words where it comes from."""
    unit = "%" if measure.percent else "" if measure.per else _unit(measure.fields, names)
    top, words = _summed(measure.fields, names, values)
    if top is None or not measure.per:
        return _Figure(top, unit, words)
    below, divisor = _summed(measure.per, names, values)
    if below is None:
        return _Figure(None, unit, divisor)
    if below <= 0:
        return _Figure(None, unit, f"{divisor}，不能作分母")
    value = top / below * (100 if measure.percent else 1)
    return _Figure(value, unit, f"{words} ÷ {divisor} ＝ {_show(value)}{unit}")


def _summed(
    codes: Sequence[str], names: Mapping[str, s.Named], values: Mapping[str, Decimal]
) -> tuple[Fraction | None, str]:
    known = [code for code in codes if code in values]
    absent = [_label(code, names) for code in codes if code not in values]
    if not known:
        unread = "尚未核实是否" if _is_flag(codes[0], names) else "未填报"
        return None, f"{unread}{'、'.join(absent)}"
    total = sum((Fraction(values[code]) for code in known), Fraction(0))
    words = "＋".join(_figure_words(code, names, values[code]) for code in known)
    words = f"（{words}＝{_show(total)}{_unit(codes, names)}）" if len(known) > 1 else words
    return total, words + _absent(absent)


def _figure_words(code: str, names: Mapping[str, s.Named], value: Decimal) -> str:
    if _is_flag(code, names):
        return f"{_label(code, names)}：{'是' if value else '否'}"
    return f"{_label(code, names)}{_show(value)}{_unit((code,), names)}"


def _is_flag(code: str, names: Mapping[str, s.Named]) -> bool:
    return code in names and names[code].flag


def _worth(term: s.Term, values: Mapping[str, Decimal]) -> Fraction:
    return Fraction(values[term.field]) * Fraction(term.points) * Fraction(term.factor)


def _term_words(term: s.Term, desk: _Desk) -> str:
    count = _figure_words(term.field, desk.names, desk.values[term.field])
    return f"{count}×{_show(term.points)}分" + (f"×{_show(term.factor)}" if term.factor != 1 else "")


def _absent(labels: Sequence[str]) -> str:
    return f"（未填报{'、'.join(labels)}，按0计）" if labels else ""


def _label(code: str, names: Mapping[str, s.Named]) -> str:
    return names[code].label if code in names else code


def _unit(codes: Sequence[str], names: Mapping[str, s.Named]) -> str:
    return names[codes[0]].unit if codes[0] in names else ""


def _at_peers(figure: Fraction) -> Decimal:
    """A figure as it is kept for comparison: four decimals, half up."""
    return Decimal(floor(figure * PEER + Fraction(1, 2))) / PEER


def _rounded(exact: Fraction) -> Decimal:
    """Two decimals, half up: the one place where points are rounded."""
    return s.plain(Decimal(floor(exact * CENT + Fraction(1, 2))) / CENT)


def _show(number: Decimal | Fraction | int) -> str:
    """A number as it is read: at most two decimals, no trailing noughts, thousands apart."""
    return f"{_rounded(Fraction(number)):,}"


def _money(thousands: Decimal) -> str:
    """千元, and in 万元 what is easier to read."""
    return f"{_show(thousands)}千元（{_show(Fraction(thousands) / 10)}万元）"

"""Scoring as a table: under this formula these figures earn these points, and the line says why in these words."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, named
from makerspace.regulation.scheme import DIMENSIONS, KINDS, Facts, Line, Mark, Scheme, Scored, codes_of, plain
from makerspace.regulation.scoring import peer_figures, score

D = Decimal
SEATS, SHARE = {"fields": ["seats"]}, {"fields": ["seats_used"], "per": ["seats"], "percent": True}
RESIDENTS = {"fields": ["teams_resident", "firms_resident"]}
PER_HEAD = {"fields": ["mentor_sessions"], "per": ["teams_resident", "firms_resident"]}
FINANCED, MENTORS = {"fields": ["financed_amount"]}, {"fields": ["mentors"]}


def threshold(**more: Any) -> dict[str, Any]:
    return {"kind": "threshold", "measure": SEATS, "at": 50, "base": 5, "step": 1, "per_step": "0.1", **more}


def ratio(**more: Any) -> dict[str, Any]:
    return {"kind": "ratio", "measure": SHARE, "at": 60, "base": 6, "step": 1, "per_step": "0.1", **more}


def terms(kind: str, **points: Any) -> dict[str, Any]:
    rows = [{"field": code, "points": worth} for code, worth in points.items()]
    return {"kind": kind, "levels" if kind == "ladder" else "terms": rows}


UNIT = {"kind": "unit", "measure": MENTORS, "points": 1}
EVENTS = {
    "kind": "weighted",
    "terms": [
        {"field": "events_hosted", "points": 1},
        {"field": "events_undertaken", "points": "0.5"},
        {"field": "events_joint", "points": 1, "factor": "0.5"},
    ],
}
FIRMS = terms("mixed", new_firms=2, new_businesses=1)
MONEY = {"kind": "money", "measure": FINANCED, "step": 300, "points": 1}
LADDER = terms("ladder", staff_college="0.5", staff_bachelor=1, staff_master=2, staff_doctor=3)
HIGHEST = {**LADDER, "only_highest": True}
BANDS = {"kind": "bands", "measure": RESIDENTS, "bands": [{"at_least": n, "points": p} for n, p in ((10, 5), (20, 8))]}
PER_BANDS = {
    "kind": "bands",
    "measure": PER_HEAD,
    "bands": [{"at_least": 1, "points": 4}, {"at_least": 2, "points": 6}],
}
EXPERT = {"kind": "expert", "most": 10}
BEST = {"kind": "relative", "measure": MENTORS, "points": 10}
RANK = {**BEST, "to": "rank"}
PROFIT = {"kind": "unit", "measure": {"fields": ["profit"]}, "points": 1}


def scheme_of(formula: dict[str, Any], cap: Any = 10, weight: Any = 10, **more: Any) -> Scheme:
    """A scheme whose first indicator has the formula; three plain ones fill the other dimensions up to 100."""
    others = [
        {"code": f"rest_{code}", "label": "其余", "dimension": code, "formula": UNIT, "weight": rest, "cap": 100}
        for code, rest in (("service", 30), ("financing", 30), ("incubation", 40 - D(str(weight))))
    ]
    first = {"code": "one", "label": "指标", "dimension": "gathering", "formula": formula, "weight": weight, "cap": cap}
    body = {
        "title": "试验方案", "year": 2025, "indicators": [first, *others],
        "grades": [{"label": "合格", "at_least": 60}, {"label": "不合格", "at_least": 0}], **more,
    }  # fmt: skip
    return Scheme.model_validate(body).named(named())


def facts_of(marks: dict[str, list[Any]] | None = None, /, **values: Any) -> Facts:
    given = {
        code: [Mark(points=D(str(points)), reason="有记录") for points in row] for code, row in (marks or {}).items()
    }
    return Facts.model_validate({"values": {code: D(str(value)) for code, value in values.items()}, "marks": given})


def line_of(formula: dict[str, Any], facts: Facts, cap: Any = 10, weight: Any = 10, peers: Any = None) -> Line:
    return score(scheme_of(formula, cap, weight), facts, peers).lines[0]


# fmt: off
TABLE = [
    # 1 门槛加分: below 50 seats nothing, at 50 five points, a tenth for each seat more, ten at most.
    ("threshold below", threshold(), {"seats": 49}, "0", "工位数49个；不足50个，得0分。"),
    ("threshold at", threshold(), {"seats": 50}, "5", "工位数50个；达到50个计5分，每多1个加0.1分，加0次，得5分。"),
    ("threshold above", threshold(), {"seats": 73}, "7.3", "工位数73个；达到50个计5分，每多1个加0.1分，加23次，得7.3分。"),
    ("threshold capped", threshold(), {"seats": 120}, "10",
     "工位数120个；达到50个计5分，每多1个加0.1分，加70次，得12分，超过上限，按上限10分计。"),
    ("threshold full steps only", threshold(step=10, per_step=1), {"seats": 69}, "6",
     "工位数69个；达到50个计5分，每多10个加1分，加1次，得6分。"),
    ("threshold without steps", threshold(per_step=0), {"seats": 69}, "5", "工位数69个；达到50个计5分，得5分。"),
    # 2 按件计分
    ("unit", UNIT, {"mentors": 4}, "4", "创业导师数4人；每1人1分，得4分。"),
    ("unit below nought", PROFIT, {"profit": -3}, "0", "净利润-3千元；每1千元1分（低于0的按0计），得0分。"),
    # 3 加权计次
    ("weighted", EVENTS, {"events_hosted": 3, "events_undertaken": 2, "events_joint": 1}, "4.5",
     "主办的活动3场×1分＋承办的活动2场×0.5分＋联合举办的活动1场×1分×0.5，得4.5分。"),
    ("weighted in part", EVENTS, {"events_hosted": 3}, "3", "主办的活动3场×1分（未填报承办的活动、联合举办的活动，按0计），得3分。"),
    ("weighted missing", EVENTS, {}, "0", "未填报主办的活动、承办的活动、联合举办的活动，得0分。"),
    # 4 比率分段: exact, so that two thirds are not 66.67 %
    ("ratio below", ratio(), {"seats_used": 59, "seats": 100}, "0", "已使用工位数59个 ÷ 工位数100个 ＝ 59%；不足60%，得0分。"),
    ("ratio at", ratio(), {"seats_used": 60, "seats": 100}, "6",
     "已使用工位数60个 ÷ 工位数100个 ＝ 60%；达到60%计6分，每多1个百分点加0.1分，加0次，得6分。"),
    ("ratio just under a step", ratio(), {"seats_used": 2, "seats": 3}, "6.6",
     "已使用工位数2个 ÷ 工位数3个 ＝ 66.67%；达到60%计6分，每多1个百分点加0.1分，加6次，得6.6分。"),
    ("ratio over nought", ratio(), {"seats_used": 0, "seats": 0}, "0", "工位数0个，不能作分母，得0分。"),
    ("ratio without whole", ratio(), {"seats_used": 9}, "0", "未填报工位数，得0分。"),
    ("ratio without part", ratio(), {"seats": 9}, "0", "未填报已使用工位数，得0分。"),
    # 5 混合计数
    ("mixed", FIRMS, {"new_firms": 3, "new_businesses": 2}, "8", "当年新注册企业3个×2分＋当年新注册个体工商户2个×1分，得8分。"),
    # 6 金额分档: 30万元 a point, full steps only
    ("money just under", MONEY, {"financed_amount": 299}, "0", "当年获得投资总额299千元；每满300千元（30万元）计1分，满0档，得0分。"),
    ("money", MONEY, {"financed_amount": 1234}, "4", "当年获得投资总额1,234千元；每满300千元（30万元）计1分，满4档，得4分。"),
    # 7 逐级取高
    ("ladder each", LADDER, {"staff_college": 1, "staff_bachelor": 1, "staff_master": 1, "staff_doctor": 0}, "3.5",
     "大专学历服务人员1人×0.5分＋本科学历服务人员1人×1分＋硕士学历服务人员1人×2分＋博士学历服务人员0人×3分，每个只按最高一级计，得3.5分。"),
    ("ladder each missing", LADDER, {}, "0", "未填报大专学历服务人员、本科学历服务人员、硕士学历服务人员、博士学历服务人员，得0分。"),
    ("ladder highest", HIGHEST, {"staff_bachelor": 9, "staff_master": 2}, "2", "最高一级为硕士学历服务人员，只按这一级计，得2分。"),
    ("ladder none", HIGHEST, {"staff_bachelor": 0}, "0", "各级都没有达到，得0分。"),
    ("ladder highest missing", HIGHEST, {}, "0", "未填报大专学历服务人员、本科学历服务人员、硕士学历服务人员、博士学历服务人员，得0分。"),
    # 8 分档计分
    ("bands below", BANDS, {"teams_resident": 9, "firms_resident": 0}, "0", "（常驻创业团队9个＋常驻初创企业0个＝9个）；不足最低一档10个，得0分。"),
    ("bands first", BANDS, {"teams_resident": 9, "firms_resident": 10}, "5", "（常驻创业团队9个＋常驻初创企业10个＝19个）；在“10个及以上”一档，得5分。"),
    ("bands last", BANDS, {"teams_resident": 30}, "8", "常驻创业团队30个（未填报常驻初创企业，按0计）；在“20个及以上”一档，得8分。"),
    ("bands per head", PER_BANDS, {"mentor_sessions": 4, "teams_resident": 1, "firms_resident": 2}, "4",
     "导师辅导4次 ÷ （常驻创业团队1个＋常驻初创企业2个＝3个） ＝ 1.33；在“1及以上”一档，得4分。"),
]
# fmt: on


@pytest.mark.parametrize(
    ("formula", "values", "points", "working"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_figures_earn_these_points_for_this_reason(
    formula: dict[str, Any], values: dict[str, Any], points: str, working: str
) -> None:
    line = line_of(formula, facts_of(**values))

    assert (line.points, line.working) == (D(points), working)


def test_a_line_shows_all_it_was_made_of() -> None:
    line = line_of(threshold(), facts_of(seats=120), cap=10, weight=4)

    assert line == Line(
        code="one", label="指标", dimension="gathering", kind="threshold", value=D(120), unit="个", raw=D(12), cap=D(10),
        capped=True, points=D(4), weight=D(4), state="scored",
        working="工位数120个；达到50个计5分，每多1个加0.1分，加70次，得12分，超过上限，按上限10分计，按权重折算：10×4÷10＝4分。",
    )  # fmt: skip


def test_points_are_rounded_once_half_up_to_two_decimals() -> None:
    thirds = line_of(UNIT, facts_of(mentors=1), cap=3, weight=10)
    half = line_of({**UNIT, "points": "0.005"}, facts_of(mentors=1))

    assert (thirds.points, half.points) == (D("3.33"), D("0.01"))
    assert thirds.working == "创业导师数1人；每1人1分，得1分，按权重折算：1×10÷3＝3.33分。"


def test_an_expert_line_is_pending_until_marked_then_the_mean_counts() -> None:
    open_line = line_of(EXPERT, facts_of())
    marked = line_of(EXPERT, facts_of({"one": [8, 9]}))
    one = line_of(EXPERT, facts_of({"one": [12]}))

    assert (open_line.state, open_line.points, open_line.working) == ("pending", 0, "待评分（满分10分），现计0分。")
    assert marked.points == D("8.5")
    assert marked.working == "评分8、9分，平均8.5分；理由：有记录；有记录，得8.5分。"
    assert (one.points, one.working) == (D(10), "评分10分；理由：有记录，得10分。")


def test_a_relative_line_compares_with_everyone_of_the_year() -> None:
    facts, peers = facts_of(mentors=6), {"one": (D(3), D(6), D(8))}

    best, rank = line_of(BEST, facts, peers=peers), line_of(RANK, facts, peers=peers)

    assert (best.points, best.working) == (D("7.5"), "创业导师数6人；本年度最高为8人，本空间为其75%，得7.5分。")
    assert rank.points == D("6.67")
    assert rank.working == "创业导师数6人；参加考核的3家中，66.67%的数值不高于本空间，得6.67分。"


@pytest.mark.parametrize("peers", [None, {}, {"one": ()}])
def test_a_relative_line_is_pending_without_the_others(peers: Any) -> None:
    line = line_of(BEST, facts_of(mentors=6), peers=peers)

    assert (line.state, line.points) == ("pending", 0)
    assert line.working == "创业导师数6人；须与本年度参加考核的各家比较，现计0分。"


def test_a_relative_line_without_a_figure_is_missing_and_noughts_earn_nothing() -> None:
    peers = {"one": (D(0), D(0))}

    assert line_of(BEST, facts_of(), peers=peers).state == "missing"
    assert line_of(BEST, facts_of(mentors=0), peers=peers).points == 0


def test_peer_figures_are_sorted_and_leave_out_who_did_not_report() -> None:
    everyone = [facts_of(mentors=7), facts_of(), facts_of(mentors=2)]

    assert peer_figures(scheme_of(BEST), everyone) == {"one": (D(2), D(7))}
    assert peer_figures(scheme_of(UNIT), everyone) == {}


# -- totals, bonus, vetoes, verdict -----------------------------------------------------------------------------------

BONUS = {
    "code": "extra",
    "label": "加分",
    "formula": {"kind": "unit", "measure": {"fields": ["listed"]}, "points": 2},
    "cap": 6,
}
JUDGED = {"code": "special", "label": "特色", "formula": {"kind": "expert", "most": 2}, "cap": 2}


def test_the_total_adds_dimensions_and_a_bonus_that_ends_at_its_cap() -> None:
    scored = score(scheme_of(UNIT, bonuses=[BONUS], bonus_cap=5), facts_of(mentors=50, listed=3))

    assert [(row.label, row.points, row.weight) for row in scored.dimensions] == [
        ("集聚能力", 10, 10), ("服务能力", 15, 30), ("融资能力", 15, 30), ("孵化成果", 15, 30),
    ]  # fmt: skip
    assert (scored.bonus, scored.total, scored.settled) == (D(5), D(60), True)
    assert [line.code for line in scored.of("gathering")] == ["one"]
    assert (scored.grade, scored.passed, scored.verdict) == ("合格", True, "合格：总分60分，达到合格线60分。")


def test_a_bonus_never_lifts_the_total_above_a_hundred() -> None:
    scored = score(scheme_of(UNIT, bonuses=[BONUS]), facts_of(mentors=100, listed=3))

    assert (scored.bonus, scored.total) == (D(5), D(100))


def test_just_under_the_pass_line_fails_and_says_by_how_much() -> None:
    scored = score(scheme_of(UNIT), facts_of(mentors=50))

    assert (scored.passed, scored.grade) == (False, "不合格")
    assert scored.verdict == "不合格：总分55分，距合格线60分还差5分。"


def test_open_points_say_what_pending_lines_may_still_bring() -> None:
    scored = score(scheme_of(EXPERT, bonuses=[BONUS, JUDGED], bonus_cap=5), facts_of(mentors=50, listed=2))

    assert (scored.total, scored.open_points, scored.settled) == (D(49), D(11), False)


VETO = {"code": "firms_share", "label": "企业占比", "measure": {**SHARE}, "at_least": 60, "at_most": 90}
FLAG = {"code": "false_data", "label": "虚报数据", "measure": {"fields": ["false_data"]}, "at_most": 0}


@pytest.mark.parametrize(
    ("values", "state", "working"),
    [
        ({"seats_used": 6, "seats": 10}, "clear", "已使用工位数6个 ÷ 工位数10个 ＝ 60%；要求不低于60%、要求不高于90%，符合。"),
        ({"seats_used": 5, "seats": 10}, "hit", "已使用工位数5个 ÷ 工位数10个 ＝ 50%；要求不低于60%、要求不高于90%，不符合，一票否决。"),
        ({"seats_used": 10, "seats": 10}, "hit", "已使用工位数10个 ÷ 工位数10个 ＝ 100%；要求不低于60%、要求不高于90%，不符合，一票否决。"),
        ({}, "unknown", "未填报已使用工位数，现在不能判断（要求不低于60%、要求不高于90%）。"),
    ],
)  # fmt: skip
def test_a_veto_fails_whatever_the_points(values: dict[str, Any], state: str, working: str) -> None:
    scored = score(scheme_of(UNIT, vetoes=[VETO]), facts_of(mentors=100, **values))

    assert [(row.state, row.working) for row in scored.vetoes] == [(state, working)]
    assert scored.passed is (state != "hit")
    assert (scored.grade == "不合格") is (state == "hit")


@pytest.mark.parametrize(
    ("values", "working"),
    [
        ({"false_data": 1}, "虚报、瞒报数据：是；须为“否”，不符合，一票否决。"),
        ({"false_data": 0}, "虚报、瞒报数据：否；须为“否”，符合。"),
        ({}, "尚未核实是否虚报、瞒报数据，现在不能判断（须为“否”）。"),
    ],
)
def test_a_flag_is_read_as_yes_or_no(values: dict[str, Any], working: str) -> None:
    scored = score(scheme_of(UNIT, vetoes=[FLAG]), facts_of(mentors=100, **values))

    assert scored.vetoes[0].working == working


def test_a_veto_names_itself_in_the_verdict() -> None:
    scored = score(scheme_of(UNIT, vetoes=[FLAG]), facts_of(mentors=100, false_data=1))

    assert scored.verdict == "不合格：触及否决项“虚报数据”，总分100分不再比较。"


def test_a_scheme_without_names_falls_back_to_codes() -> None:
    bare = scheme_of(UNIT, vetoes=[FLAG]).model_copy(update={"fields": ()})

    assert score(bare, facts_of(mentors=3)).lines[0].working == "mentors3；每1个1分，得3分。"


# -- what a scheme must be ----------------------------------------------------------------------------------------------


def broken(**change: Any) -> str:
    """What is said of a default scheme with something changed."""
    body = {**default_scheme(2025).model_dump(mode="json"), **change}
    with pytest.raises(ValidationError) as told:
        Scheme.model_validate(body)
    return str(told.value.errors()[0]["msg"])


def body_of() -> dict[str, Any]:
    return default_scheme(2025).model_dump(mode="json")


def test_weights_must_sum_to_a_hundred() -> None:
    rows = body_of()["indicators"]

    assert broken(indicators=[{**rows[0], "weight": "11"}, *rows[1:]]) == "各指标权重合计应为100，现为101"


def test_all_four_dimensions_must_be_there() -> None:
    rows = [row for row in body_of()["indicators"] if row["dimension"] != "financing"]

    assert broken(indicators=rows) == "第十八条列明四个方面，还缺：融资能力；各指标权重合计应为100，现为80"


def test_a_code_stands_once() -> None:
    rows = body_of()["indicators"]

    assert broken(indicators=[*rows, rows[0]]) == "代码重复：residents；各指标权重合计应为100，现为110"


@pytest.mark.parametrize(
    "grades",
    [
        [{"label": "合格", "at_least": 60}, {"label": "低", "at_least": 10}],
        [{"label": "不合格", "at_least": 0}, {"label": "合格", "at_least": 60}],
        [{"label": "良", "at_least": 60}, {"label": "合格", "at_least": 60}, {"label": "低", "at_least": 0}],
    ],
)
def test_grades_fall_to_nought(grades: list[dict[str, Any]]) -> None:
    assert broken(grades=grades) == "等次须由高到低排列，起点不能重复，最低一档从0分起"


def test_the_pass_line_begins_a_grade() -> None:
    assert broken(pass_line="61") == "合格线须是其中一个等次的起点"


def test_a_field_that_the_report_has_not_is_refused() -> None:
    without_seats = [row for row in body_of()["fields"] if row["code"] != "seats"]

    assert broken(fields=without_seats) == "方案引用了没有的填报项：seats"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ({**threshold(), "kind": "ratio"}, "比率须有分子和分母，并按百分比计"),
        (terms("ladder", staff_doctor=3, staff_college=1), "各级须由低到高排列，分值不能倒挂"),
        ({**BANDS, "bands": [{"at_least": 2, "points": 1}, {"at_least": 2, "points": 3}]}, "各档起点须由低到高排列，不能重复"),
    ],
)  # fmt: skip
def test_a_formula_must_make_sense(formula: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        scheme_of(formula)


def test_a_veto_needs_a_line() -> None:
    with pytest.raises(ValidationError, match="否决项须写明下限或上限"):
        scheme_of(UNIT, vetoes=[{"code": "v", "label": "否决", "measure": SEATS}])


def test_the_default_scheme_is_whole_marked_and_reads_only_known_fields() -> None:
    scheme, known = default_scheme(2025), {row.code for row in FIELDS}

    assert scheme.origin == "system"
    assert {code: scheme.weight_of(code) for code in DIMENSIONS} == {
        "gathering": 25, "service": 30, "financing": 20, "incubation": 25,
    }  # fmt: skip
    assert set(scheme.codes) == {row.code for row in scheme.fields} <= known
    assert {row.formula.kind for row in scheme.rows} == set(KINDS)
    assert [row.code for row in scheme.to_judge()] == ["special"]
    assert [row.code for row in scheme.of("financing")] == ["financed", "amount", "capital_partners", "fund"]
    assert codes_of(scheme.bonuses[0].formula) == ("listed",)


def test_equal_numbers_give_equal_digests_and_other_numbers_others() -> None:
    one, same = scheme_of(UNIT), scheme_of({**UNIT, "points": "1.00"}, cap="10.0")

    assert one.digest == same.digest
    assert one.digest != scheme_of({**UNIT, "points": 2}).digest
    assert str(plain(D("100"))) == "100"


# -- what must hold for every scheme and every report --------------------------------------------------------------------

MONOTONE = [threshold(), ratio(), UNIT, EVENTS, FIRMS, MONEY, LADDER, HIGHEST, BANDS, PER_BANDS, BEST, RANK]
COUNTS = st.integers(0, 400).map(Decimal)
VALUES = st.dictionaries(st.sampled_from([row.code for row in FIELDS]), COUNTS)


@settings(deadline=None)
@examples(VALUES, st.integers(1, 50), st.sampled_from(MONOTONE))
def test_more_of_what_counts_never_earns_less(values: dict[str, Decimal], more: int, formula: dict[str, Any]) -> None:
    tops = [row["field"] for row in formula.get("terms", formula.get("levels", []))] or formula["measure"]["fields"]
    peers = {"one": (D(3), D(60), D(200))}
    before = line_of(formula, Facts(values=values), peers=peers)
    grown = {**values, tops[0]: values.get(tops[0], D(0)) + more}

    assert line_of(formula, Facts(values=grown), peers=peers).points >= before.points


@settings(deadline=None)
@examples(VALUES, st.lists(st.integers(0, 30), max_size=3))
def test_no_line_passes_its_weight_and_totals_are_sums_of_what_is_shown(
    values: dict[str, Decimal], marks: list[int]
) -> None:
    scheme = default_scheme(2025)
    facts = Facts(values=values, marks={"special": tuple(Mark(points=D(mark), reason="有") for mark in marks)})
    scored = score(scheme, facts, peer_figures(scheme, [facts, facts_of(tenant_revenue=90)]))

    assert all(0 <= line.points <= line.weight for line in (*scored.lines, *scored.bonuses))
    assert scored.bonus <= scheme.bonus_cap
    assert sum(row.points for row in scored.dimensions) == sum(line.points for line in scored.lines)
    assert scored.total == min(sum(line.points for line in scored.lines) + scored.bonus, D(100))
    assert 0 <= scored.open_points <= 100 - scored.total
    assert scored.passed == (scored.total >= 60 and all(veto.state != "hit" for veto in scored.vetoes))


@settings(deadline=None)
@examples(VALUES)
def test_the_same_comes_out_of_what_was_frozen(values: dict[str, Decimal]) -> None:
    scheme, facts = default_scheme(2025), Facts(values=values)
    peers = peer_figures(scheme, [facts])
    scored = score(scheme, facts, peers)

    again = score(
        Scheme.model_validate_json(scheme.model_dump_json()), Facts.model_validate_json(facts.model_dump_json()), peers
    )

    assert again == scored == Scored.model_validate_json(scored.model_dump_json())
    assert again.scheme == scheme.digest

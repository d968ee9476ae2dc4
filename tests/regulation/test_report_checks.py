"""Logic checks of a report: each as one row of what is reported, what is said, and whether it must be put right."""

from decimal import Decimal
from typing import Any

import pytest

from makerspace.regulation.kunkefa_2017_55.report_checks import check_report, gaps, misread
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, GROUPS, SOURCES, field, form_fields

D = Decimal


def values(**given: Any) -> dict[str, Decimal]:
    return {code: D(str(value)) for code, value in given.items()}


# fmt: off
DOUBTS = [
    ("part", {"seats": 10, "seats_used": 11}, {}, "part:seats_used,seats", "已使用工位数11个，不能多于工位数10个。", True),
    ("sum", {"mentors": 5, "mentors_full_time": 2, "mentors_part_time": 2}, {}, "sum:mentors,mentors_full_time,mentors_part_time",
     "创业导师数5人，应等于专职创业导师、兼职创业导师之和4人。", True),
    ("rounded sum", {"cost": 12, "cost_site": 4, "cost_admin": 3, "cost_staff": 2, "cost_other": 1}, {},
     "sum:cost,cost_site,cost_admin,cost_staff,cost_other", "运营成本12千元，应等于场地成本、管理成本、人员成本、其他成本之和10千元。", True),
    ("within", {"teams_served": 5, "team_members": 4}, {}, "within:teams_served,team_members",
     "当年服务的创业团队数量5，不能多于创业团队人员数量4。", True),
    ("within together", {"by_students": 9, "teams_served": 5, "firms_served": 3}, {}, "within:by_students,teams_served,firms_served",
     "大学生创办的团队和企业9，不能多于当年服务的创业团队数量与当年服务的初创企业数量合计8。", True),
    ("together", {"financed": 0, "financed_amount": 8}, {}, "together:financed,financed_amount",
     "当年获得投资的团队及企业0个，当年获得投资总额8千元：有一项为0，另一项也应为0。", True),
    ("misread", {"seats": "1.5"}, {}, "misread:seats", "工位数：应填整数。", True),
    ("list", {"jobs": 30}, {"lists": {"jobs": 28}}, "list:jobs", "初创企业吸纳就业人数30人，台账记有28人：请更正，或说明为何不同。", False),
    ("jump", {"seats": 151}, {"previous": {"seats": 100}}, "jump:seats", "工位数151个，上年为100个，变动超过50%：请说明原因。", False),
    ("fall", {"seats": 49}, {"previous": {"seats": 100}}, "jump:seats", "工位数49个，上年为100个，变动超过50%：请说明原因。", False),
    ("from nothing", {"seats": 1}, {"previous": {"seats": 0}}, "jump:seats", "工位数1个，上年为0个，从无到有：请说明原因。", False),
    ("of the others", {"partners": 7}, {"previous": {"partners": 2}}, "jump:partners",
     "签约服务机构数7个，上年为2个，变动超过50%：请说明原因。", False),
    ("a loss", {"profit": -200}, {"previous": {"profit": -100}}, "jump:profit",
     "净利润-200千元，上年为-100千元，变动超过50%：请说明原因。", False),
    ("money from nothing", {"tax": 100}, {"previous": {"tax": 0}}, "jump:tax",
     "本单位纳税额100千元，上年为0千元，从无到有：请说明原因。", False),
    ("public share", {"area_total": 1000, "area_public": "99.99"}, {}, "public_share:area_public,area_total",
     "公共服务面积99.99㎡，不足总面积的10%（第七条第一项）：请说明情况。", False),
]
QUIET = [
    ({}, {}),
    ({"seats": 10, "seats_used": 10}, {}),
    ({"cost": 11, "cost_site": 4, "cost_admin": 3, "cost_staff": 2, "cost_other": 1}, {}),
    ({"teams_served": 5, "team_members": 5}, {}),
    ({"financed": 0, "financed_amount": 0}, {}),
    ({"jobs": 30}, {"lists": {"jobs": 30, "seats": 4}}),
    ({"seats": 150}, {"previous": {"seats": 100}}),
    ({"seats": 0}, {"previous": {"seats": 0}}),
    ({"partners": 6}, {"previous": {"partners": 2}}),
    ({"tax": 99}, {"previous": {"tax": 0}}),
    ({"seats": 9}, {"previous": {}}),
    ({"area_total": 1000, "area_public": 100}, {}),
    ({"area_total": 1000, "area_public": 1}, {"comprehensive": False}),
]
# fmt: on


def asked(given: dict[str, Any]) -> dict[str, Any]:
    return {key: values(**value) if isinstance(value, dict) else value for key, value in given.items()}


@pytest.mark.parametrize(
    ("reported", "beside", "key", "text", "must"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS]
)
def test_a_report_is_doubted(reported: dict[str, Any], beside: dict[str, Any], key: str, text: str, must: bool) -> None:
    found = check_report(values(**reported), **asked(beside))

    assert [(doubt.key, doubt.text, doubt.must) for doubt in found] == [(key, text, must)]


@pytest.mark.parametrize(("reported", "beside"), QUIET)
def test_a_report_is_not_doubted(reported: dict[str, Any], beside: dict[str, Any]) -> None:
    assert check_report(values(**reported), **asked(beside)) == ()


@pytest.mark.parametrize(
    ("code", "value", "reason"),
    [
        ("seats", "1.5", "应填整数"),
        ("seats", "-1", "不能为负数"),
        ("seats", "NaN", "数字过大或不是数字"),
        ("seats", "1e11", "数字过大或不是数字"),
        ("area_total", "1.234", "至多填2位小数"),
        ("satisfaction", "100.1", "不能超过100%"),
        ("false_data", "2", "只能填0或1"),
        ("false_data", "1", None),
        ("satisfaction", "99.5", None),
        ("profit", "-12", None),
        ("area_total", "1.23", None),
    ],
)
def test_a_figure_fits_its_field_or_says_why_not(code: str, value: str, reason: str | None) -> None:
    assert misread(field(code), D(value)) == reason


def test_a_nought_is_no_gap() -> None:
    everything = {row.code: D(0) for row in FIELDS if not row.officers and row.code != "seats"}

    assert gaps(everything) == ("seats",)


def test_the_fields_are_one_list_with_known_groups_sources_and_wholes() -> None:
    codes = [row.code for row in FIELDS]

    assert len(codes) == len(set(codes))
    assert {row.group for row in FIELDS} == set(GROUPS)
    assert {row.source for row in FIELDS} == set(SOURCES)
    assert {row.part_of for row in FIELDS if row.part_of} <= set(codes)
    assert [row.code for row in form_fields("verified")] == []
    assert [row.code for row in form_fields("premises")] == ["area_total", "area_public", "seats", "seats_used"]

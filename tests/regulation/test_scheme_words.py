"""Each formula as the sentence that the bureau publishes."""

from typing import Any

import pytest

from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.kunkefa_2017_55.report_fields import named
from makerspace.regulation.scheme import Veto
from makerspace.regulation.scheme_words import formula_words, veto_words
from tests.regulation.test_scoring import (
    BANDS,
    BEST,
    EVENTS,
    EXPERT,
    FIRMS,
    HIGHEST,
    LADDER,
    MONEY,
    PER_BANDS,
    RANK,
    SHARE,
    UNIT,
    ratio,
    scheme_of,
    threshold,
)

NAMES = {row.code: row for row in named()}

# fmt: off
SAID = [
    (threshold(), "工位数，不足50个不计分，达到计5分，每多1个加0.1分"),
    (threshold(per_step=0), "工位数，不足50个不计分，达到计5分"),
    (ratio(), "已使用工位数÷工位数，不足60%不计分，达到计6分，每多1个百分点加0.1分"),
    (UNIT, "创业导师数，每1人1分"),
    (EVENTS, "主办的活动每1场1分，承办的活动每1场0.5分，联合举办的活动每1场1分×0.5"),
    (FIRMS, "当年新注册企业每1个2分，当年新注册个体工商户每1个1分"),
    (MONEY, "当年获得投资总额，每满300千元（30万元）1分"),
    (LADDER, "大专学历服务人员每1人0.5分，本科学历服务人员每1人1分，硕士学历服务人员每1人2分，博士学历服务人员每1人3分；每个只按最高一级计"),
    (HIGHEST, "大专学历服务人员每1人0.5分，本科学历服务人员每1人1分，硕士学历服务人员每1人2分，博士学历服务人员每1人3分；只按达到的最高一级计"),
    (BANDS, "（常驻创业团队＋常驻初创企业），10个及以上5分，20个及以上8分"),
    (PER_BANDS, "导师辅导÷（常驻创业团队＋常驻初创企业），1及以上4分，2及以上6分"),
    (EXPERT, "由评分人评0至10分并说明理由，多人评分的取平均"),
    ({**EXPERT, "asks": "有无特色"}, "由评分人评0至10分并说明理由，多人评分的取平均：有无特色"),
    (BEST, "创业导师数，与本年度最高值之比乘以10分"),
    (RANK, "创业导师数，按不高于本空间的家数占参加考核家数的比例乘以10分"),
]
# fmt: on


def formula_of(formula: dict[str, Any]) -> Any:
    return scheme_of(formula).indicators[0].formula


@pytest.mark.parametrize(("formula", "said"), SAID)
def test_a_formula_reads_as_a_sentence(formula: dict[str, Any], said: str) -> None:
    assert formula_words(formula_of(formula), NAMES) == said


def test_without_names_the_codes_stand() -> None:
    assert formula_words(formula_of(UNIT), {}) == "mentors，每1个1分"
    assert formula_words(formula_of(FIRMS), {}) == "new_firms每1个2分，new_businesses每1个1分"


@pytest.mark.parametrize(
    ("measure", "limits", "said"),
    [
        (SHARE, {"at_least": 60}, "已使用工位数÷工位数低于60%的"),
        ({"fields": ["staff"]}, {"at_least": 2, "at_most": 90}, "服务人员数低于2人或高于90人的"),
        ({"fields": ["false_data"]}, {"at_most": 0}, "经核实为“是”的"),
    ],
)
def test_a_veto_reads_as_a_sentence(measure: dict[str, Any], limits: dict[str, Any], said: str) -> None:
    assert veto_words(Veto.model_validate({"code": "v", "label": "否决", "measure": measure, **limits}), NAMES) == said


def test_every_line_of_the_default_can_be_read() -> None:
    scheme = default_scheme(2025)

    assert all(formula_words(row.formula, {field.code: field for field in scheme.fields}) for row in scheme.rows)

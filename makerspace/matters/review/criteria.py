"""What experts score, by category: the system's default setting, not the law; each criterion cites its article.

The regulation asks experts to study on the spot and gives no points (article 11). The weights below are a proposal that
the bureau may change; the sum is 100 in each category. A sheet keeps the criteria by which it was filled in.
"""

from collections.abc import Mapping
from typing import NamedTuple

from makerspace.regulation.terms import Citation

SOURCE = "评分标准为系统默认设置，不是办法条文；各项后注明所依据的条款。"


class Criterion(NamedTuple):
    """One line of the score sheet."""

    id: str
    title: str
    hint: str
    citation: Citation
    points: int


_GENERAL = (
    Criterion("theme", "服务主题与规划", "主题是否明确，内容是否充实，规划是否合理", Citation(5, 2), 10),
    Criterion("team", "负责人与服务团队", "行业背景、创业经历、知识结构和服务能力", Citation(5, 4), 15),
    Criterion("mentors", "导师与创业辅导", "导师构成、辅导和孵化服务的实际开展", Citation(5, 5), 10),
    Criterion("finance", "财务管理", "制度是否规范，建设运营是否单独核算", Citation(5, 6), 5),
)
CRITERIA: Mapping[str, tuple[Criterion, ...]] = {
    "comprehensive": (
        *_GENERAL,
        Criterion(
            "premises",
            "场地与公共办公条件",
            "面积、公共场所占比、设备和会议洽谈场地，与申报是否一致",
            Citation(7, 1),
            20,
        ),
        Criterion("tenants", "入驻企业与团队", "数量、领域、在驻情况和成长性，抽查入驻主体", Citation(7, 2), 20),
        Criterion("services", "创业服务与交流活动", "四类服务的能力，路演、沙龙、训练营的记录", Citation(7, 3), 10),
        Criterion("capital", "资本合作", "与投资、担保等机构合作的期限和成效，创投基金", Citation(7, 4), 10),
    ),
    "technical": (
        *_GENERAL,
        Criterion("conditions", "研发与产业化条件", "专业化条件是否完善，开放办公空间是否低成本", Citation(6, 1), 20),
        Criterion(
            "facilities", "设备设施与厂房", "研发设计、检验检测、模型加工、中试生产的设备设施和服务", Citation(6, 2), 25
        ),
        Criterion("platform", "线上平台与资源共享", "平台能否当场打开，行业资源的整合与共享", Citation(6, 3), 15),
    ),
}


def criteria_of(category: str) -> tuple[Criterion, ...]:
    """The score sheet of a category; KeyError for an unknown one."""
    return CRITERIA[category]

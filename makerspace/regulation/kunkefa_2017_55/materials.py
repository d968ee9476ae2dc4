"""Article 9: what is handed in, and which part of the dossier answers to which condition."""

from collections.abc import Iterable

from makerspace.regulation.kunkefa_2017_55.ch2_conditions import BOTH, COMPREHENSIVE, CONDITIONS, TECHNICAL
from makerspace.regulation.terms import Citation, Material, Section, Strength

SECTIONS = (
    Section("operator", "运营单位", ("operator",), ("5.1.registered", "5.1.legal_person", "5.1.kind"), BOTH),
    Section("makerspace", "众创空间", ("makerspace",), ("5.2.theme", "5.3.half_year"), BOTH),
    Section("team", "团队与导师", ("lead", "staff", "mentors"), ("5.4.team", "5.5.mentors"), BOTH),
    Section("finance", "财务管理", ("finance",), ("5.6.finance",), BOTH),
    Section(
        "technical", "专业技术条件", ("technical",), ("6.1.conditions", "6.2.facilities", "6.3.platform"), TECHNICAL
    ),
    Section(
        "premises",
        "场地与设施",
        ("premises", "facilities"),
        ("7.1.area", "7.1.public_share", "7.1.facilities"),
        COMPREHENSIVE,
    ),
    Section(
        "tenants",
        "入驻企业与团队",
        ("tenants", "lawful_operation_declared"),
        ("7.2.count", "7.2.lawful"),
        COMPREHENSIVE,
    ),
    Section("services", "服务与活动", ("services", "events"), ("7.3.services", "7.3.events"), COMPREHENSIVE),
    Section("capital", "资本合作", ("capital_partners", "fund"), ("7.4.partners", "7.4.fund"), COMPREHENSIVE),
)

APPLICATION_FORM, EVIDENCE, OPERATION_PLAN = "application_form", "evidence", "operation_plan"
ANNUAL_WORK_PLAN, OTHER = "annual_work_plan", "other"
KINDS = {
    APPLICATION_FORM: "认定申请表",
    EVIDENCE: "条件证明材料",
    OPERATION_PLAN: "建设运营方案",
    ANNUAL_WORK_PLAN: "年度工作计划",
    OTHER: "其他材料",
}
PLAN_SECTIONS = ("建设的必要性", "具备的基础条件", "建设和运营目标", "运营机制", "可提供的服务", "保障措施")

# What usually proves a condition; any paper that proves it will do.
HINTS = {
    "5.1.registered": "营业执照或事业单位法人证书",
    "5.1.legal_person": "营业执照或事业单位法人证书，可与注册证明为同一文件",
    "5.1.kind": "营业执照或事业单位法人证书，可与注册证明为同一文件",
    "5.2.theme": "众创空间简介、服务内容和规划",
    "5.3.half_year": "能证明开办日期的材料，如启用通知、首份入驻协议、照片",
    "5.4.team": "负责人和团队成员名单、简历、社保或聘用证明",
    "5.5.mentors": "导师名单、聘书或聘用协议",
    "5.6.finance": "财务管理制度；依托运营单位的，附单独核算的账目",
    "6.1.conditions": "设备清单、开放式办公空间照片和收费标准",
    "6.2.facilities": "设备设施和厂房照片、权属证明、专业服务案例",
    "6.3.platform": "线上平台网址、页面截图、资源共享记录",
    "7.1.public_share": "标明公共办公面积的平面图、照片",
    "7.1.facilities": "办公设备、会议室、洽谈室的照片",
    "7.2.count": "入驻企业和团队清单、入驻协议、营业执照",
    "7.2.lawful": "守法经营声明、信用查询结果",
    "7.3.services": "服务制度、合作协议、服务记录",
    "7.3.events": "近一年活动的通知、签到表、照片",
    "7.4.partners": "与投资、担保等机构的合作协议",
}
EVIDENCED = tuple(condition for condition in CONDITIONS if condition.strength is Strength.REQUIRED)

MATERIALS = (
    Material(APPLICATION_FORM, KINDS[APPLICATION_FORM], Citation(9, 1), "由系统按填报内容生成，核对后签章。"),
    *(
        Material(EVIDENCE, f"{condition.title}的证明", Citation(9, 2), HINTS[condition.id], condition.id)
        for condition in EVIDENCED
    ),
    Material(OPERATION_PLAN, KINDS[OPERATION_PLAN], Citation(9, 3), f"须包括：{'、'.join(PLAN_SECTIONS)}。"),
    Material(ANNUAL_WORK_PLAN, KINDS[ANNUAL_WORK_PLAN], Citation(9, 4), "写明本年度的目标、任务和时间安排。"),
)


def missing(category: str, kinds: Iterable[str], evidenced: Iterable[str]) -> tuple[Material, ...]:
    """All that is still to be handed in: ``kinds`` handed in so far, ``evidenced`` the conditions with evidence.

    The application form is made by the system and so is never missing. What a call asks for besides is the call's.
    """
    have, proved = {APPLICATION_FORM, *kinds}, set(evidenced)
    wanted = {condition.id for condition in EVIDENCED if category in condition.categories}
    return tuple(
        material
        for material in MATERIALS
        if (material.condition in wanted - proved if material.condition else material.kind not in have)
    )

"""The short self-check: a few plain questions in place of the dossier's rows, and the dossier that they stand for.

Whatever the answers leave out is filled in so that it decides nothing by itself; ``ASSUMED`` says so to the reader.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from makerspace.regulation.counting import add_months, chinese
from makerspace.regulation.terms import Finding, Verdict

Answer = bool | None
Count = Annotated[int, Field(ge=0, le=2000)]
Area = Annotated[Decimal | None, Field(ge=0, le=1_000_000, decimal_places=2)]


class Facts(BaseModel):
    """What both categories are asked (article 5)."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    kind: Literal["enterprise", "public_institution", "social_organisation", "other"] | None = Field(
        None, title="申报单位是"
    )
    in_kunming: Answer = Field(None, title="单位在昆明市注册吗？")
    legal_person: Answer = Field(None, title="单位具有独立法人资格吗？", description="分公司、内设机构没有独立法人资格")
    theme: Answer = Field(None, title="众创空间有明确的服务主题和规划吗？")
    opened_on: date | None = Field(
        None, title="众创空间开办日期", description="众创空间自己开始运营的日期，不是公司注册日期"
    )
    lead: Answer = Field(None, title="有专门的主要负责人吗？")
    staff: Count = Field(title="服务团队人数", json_schema_extra={"unit": "人"})
    mentors: Count = Field(title="聘期内的创业导师人数", json_schema_extra={"unit": "名"})
    standardised: Answer = Field(None, title="财务管理规范吗？", description="有财务制度，账目清楚")
    hosted: Answer = Field(None, title="众创空间依托另外的单位运营吗？")
    separate: Answer = Field(None, title="如果依托运营单位，众创空间的财务单独核算吗？", description="不依托的不用选")


class ComprehensiveFacts(Facts):
    """What a comprehensive makerspace is asked besides (article 7)."""

    area_m2: Area = Field(
        None, title="能计入的场地面积", description="自有，或租期3年以上且租约有效；对外营业的商铺等商业经营性场所不算",
        json_schema_extra={"unit": "m²"},
    )  # fmt: skip
    public_m2: Area = Field(
        None, title="其中公共办公面积", description="会议室、洽谈室、公共工位等", json_schema_extra={"unit": "m²"}
    )
    facilities: list[Literal["office_equipment", "meeting_room", "negotiation_room"]] = Field(
        [], title="已经提供的公共设施"
    )
    tenants: Count = Field(
        title="能计入的入驻企业和团队家数", json_schema_extra={"unit": "家"},
        description="现在入驻的创业团队或小微企业，项目属于国家重点支持的高新技术领域，并且属于昆明188重点产业；同一家只算一次",
    )  # fmt: skip
    lawful: Answer = Field(None, title="能声明入驻企业和团队都守法经营吗？")
    services: list[Literal["business_registration", "legal", "finance", "policy"]] = Field(
        [], title="能为创业者提供的服务"
    )
    quarters: list[Literal["0", "1", "2", "3"]] = Field(
        [], title="哪几个季度办过活动？", description="路演、沙龙、训练营等都算，每季度至少一次就选上"
    )
    partners_long: Count = Field(
        title="有效的资本合作协议份数（期限1年以上）", json_schema_extra={"unit": "份"},
        description="与天使投资、风险投资、私募基金、投资、担保机构或银行签订",
    )  # fmt: skip
    partners_short: Count = Field(0, title="有效的资本合作协议份数（期限不足1年）", json_schema_extra={"unit": "份"})
    fund: Answer = Field(None, title="设立了面向创业项目的创投基金吗？", description="鼓励事项，没有也不影响")


class TechnicalFacts(Facts):
    """What a technical makerspace is asked besides (article 6)."""

    low_cost: Answer = Field(None, title="提供低成本的开放式办公空间吗？")
    equipment: Count = Field(title="研发和产业化设备台（套）数", json_schema_extra={"unit": "台（套）"})
    services: list[Literal["r_and_d", "testing", "model_making", "pilot_production"]] = Field(
        [], title="能提供的专业化服务"
    )
    workshop_m2: Area = Field(None, title="厂房面积", json_schema_extra={"unit": "m²"})
    platform: Literal["shared", "alone", "none"] = Field(title="互联网线上平台")


SCHEMAS: dict[str, type[Facts]] = {"comprehensive": ComprehensiveFacts, "technical": TechnicalFacts}
KINDS = [
    ("enterprise", "企业"),
    ("public_institution", "事业单位"),
    ("social_organisation", "社会组织"),
    ("other", "其他（机关、个体工商户等）"),
]
PLATFORMS = [("shared", "有，并整合资源提供共享服务"), ("alone", "有，但还没有共享服务"), ("none", "没有")]
FACILITIES = [("office_equipment", "办公设备"), ("meeting_room", "会议室"), ("negotiation_room", "洽谈室")]
SERVICES = {
    "comprehensive": [("business_registration", "工商注册"), ("legal", "法律法务"), ("finance", "金融服务"), ("policy", "政策咨询")],
    "technical": [("r_and_d", "研发设计"), ("testing", "检验检测"), ("model_making", "模型加工"), ("pilot_production", "中试生产")],
}  # fmt: skip
STAND_INS = frozenset({"registered_division", "url"})
PLAINLY = {
    ("5.1.registered", "单位注册地（行政区划代码000000）不在昆明市。"): "单位不在昆明市注册。",
    ("6.3.platform", "没有填写互联网线上平台的网址。"): "没有互联网线上平台。",
}
DIVISION = {True: "530100", False: "000000", None: None}
GROUPS = {
    "comprehensive": (
        ("单位与众创空间", "第五条第（一）至（三）项", ("kind", "in_kunming", "legal_person", "theme", "opened_on")),
        ("团队与财务", "第五条第（四）至（六）项", ("lead", "staff", "mentors", "standardised", "hosted", "separate")),
        ("场地", "第七条第（一）项", ("area_m2", "public_m2", "facilities")),
        ("入驻", "第七条第（二）项", ("tenants", "lawful")),
        ("服务与活动", "第七条第（三）项", ("services", "quarters")),
        ("资本合作", "第七条第（四）项", ("partners_long", "partners_short", "fund")),
    ),
    "technical": (
        ("单位与众创空间", "第五条第（一）至（三）项", ("kind", "in_kunming", "legal_person", "theme", "opened_on")),
        ("团队与财务", "第五条第（四）至（六）项", ("lead", "staff", "mentors", "standardised", "hosted", "separate")),
        ("专业技术条件", "第六条", ("low_cost", "equipment", "services", "workshop_m2", "platform")),
    ),
}
ASSUMED = {
    "comprehensive": (
        "所填面积都按可计入的场地计算：自有，或租约有效且租期满3年，并且不是商业经营性场所。",
        "所填入驻家数都按可计入计算：现在在驻、属于小微企业或创业团队、两类产业领域都符合、没有重复。",
        "导师都按当天在聘、合作协议都按当天有效计算；每个选上的季度按办过一次活动计算。",
        "只核对数字和有无；服务主题、团队能力等由评审人员判断的事项不在此下结论。",
    ),
    "technical": (
        "导师都按当天在聘计算；设备按有名称、有用途的台（套）数计算。",
        "只核对数字和有无；专业条件是否完善、服务是否符合行业特征、团队能力等由评审人员判断的事项不在此下结论。",
    ),
}


def quarters_back(on: date) -> list[tuple[str, str]]:
    """The four windows in which events are looked for, the latest first (R-09): open at the start, closed at the end."""
    bounds = [add_months(on, -3 * back) for back in range(5)]
    return [
        (str(back), f"{chinese(date.fromordinal(bounds[back + 1].toordinal() + 1))}至{chinese(bounds[back])}")
        for back in range(4)
    ]


def options(category: str, on: date) -> dict[str, list[tuple[str, str]]]:
    """The choices as the form shows them."""
    mine = {
        "kind": KINDS, "platform": PLATFORMS, "facilities": FACILITIES, "services": SERVICES[category],
        "quarters": quarters_back(on),
    }  # fmt: skip
    return {name: choices for name, choices in mine.items() if name in SCHEMAS[category].model_fields}


def dossier_of(facts: Facts, on: date) -> dict[str, Any]:
    """The dossier for which the answers stand on that day, in the contract's shape."""
    category = "comprehensive" if isinstance(facts, ComprehensiveFacts) else "technical"
    dossier: dict[str, Any] = {
        "regulation": "kunkefa-2017-55", "category": category,
        "operator": {
            "kind": facts.kind, "independent_legal_person": facts.legal_person,
            "registered_division": DIVISION[facts.in_kunming],
        },
        "makerspace": {
            "opened_on": facts.opened_on.isoformat() if facts.opened_on else None,
            "theme": "已有服务主题" if facts.theme else None,
        },
        "lead": {"name": "主要负责人" if facts.lead else None},
        "staff": [{"name": f"成员{n}"} for n in range(1, facts.staff + 1)],
        "mentors": [{"name": f"导师{n}", "engaged_from": on.isoformat()} for n in range(1, facts.mentors + 1)],
        "finance": {
            "standardised": facts.standardised, "run_by_host": facts.hosted,
            "separate_accounts": facts.separate,
        },
    }  # fmt: skip
    if isinstance(facts, ComprehensiveFacts):
        return dossier | _comprehensive(facts, on)
    assert isinstance(facts, TechnicalFacts)  # noqa: S101 (there are two categories)
    return dossier | {"technical": _technical(facts)}


def _comprehensive(facts: ComprehensiveFacts, on: date) -> dict[str, Any]:
    day = on.isoformat()
    fits = {"kind": "team", "moved_in_on": day, "hightech_field": "10", "kunming_188": "符合"}
    long, short = {"agreement_from": day}, {"agreement_from": day, "agreement_to": day}
    premises = {
        "tenure": "owned",
        "commercial": False,
        "area_m2": _float(facts.area_m2),
        "public_office_m2": _float(facts.public_m2),
    }
    # No tenant at all is a fact here and not a gap in the form: one row that cannot count says so.
    nobody = [{"name": "无"}]
    return {
        "premises": [] if facts.area_m2 is None else [premises],
        "facilities": facts.facilities,
        "tenants": [{"name": f"入驻{n}", **fits} for n in range(1, facts.tenants + 1)] or nobody,
        "lawful_operation_declared": facts.lawful,
        "services": facts.services,
        "events": [{"on": add_months(on, -3 * int(back)).isoformat()} for back in facts.quarters],
        "capital_partners": [long] * facts.partners_long + [short] * facts.partners_short,
        "fund": {"exists": facts.fund},
    }


def _technical(facts: TechnicalFacts) -> dict[str, Any]:
    return {
        "low_cost_open_office": facts.low_cost,
        "equipment": [{"name": f"设备{n}"} for n in range(1, facts.equipment + 1)],
        "professional_services": facts.services,
        "workshop_m2": _float(facts.workshop_m2),
        "platform": {
            "url": None if facts.platform == "none" else "https://platform.invalid/",
            "shared_resources": facts.platform == "shared",
        },
    }


def told(finding: Finding) -> Finding:
    """A finding on answers in place of rows: what was only filled in for them is not shown as if it had been declared."""
    facts = {name: value for name, value in finding.facts.items() if name not in STAND_INS}
    if finding.id == "5.1.registered" and finding.verdict is not Verdict.MISSING:
        facts = {"in_kunming": finding.verdict is Verdict.MET}
    if finding.id == "6.3.platform":
        facts |= {"platform": finding.facts["url"] is not None}
    return finding._replace(text=PLAINLY.get((finding.id, finding.text), finding.text), excluded=(), facts=facts)


def _float(area: Decimal | None) -> float | None:
    return None if area is None else float(area)

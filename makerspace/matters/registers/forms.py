"""What the registers take in: one model for each line, for page, sheet and API alike."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from makerspace.matters.registers.models import Founder, Grade, HostedAs, LeftAs
from makerspace.matters.registers.queries import SERVICE, Register
from makerspace.office.casework.acts import Day, Input
from makerspace.office.people.operations import normal_uscc
from makerspace.regulation.faults import CONTROL_FREE
from makerspace.regulation.kunkefa_2017_55 import codes
from makerspace.regulation.kunkefa_2017_55.dossier import Area, HightechField, Industry

LONGEST_USCC = 18
MOST_WAN = 1_000_000_000


def _uscc(value: str | None) -> str | None:
    """As it is kept; whether its check digit is right is a warning, never a dead end."""
    code = normal_uscc(value or "")
    if len(code) > LONGEST_USCC or not code.isascii() or not (code == "" or code.isalnum()):
        raise PydanticCustomError("uscc", "应为18位数字和大写字母")
    return code or None


def _wan(value: object) -> Decimal:
    """An amount in 万元, exact to one yuan."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_WAN:
        amount = Decimal(str(value))
        if amount == round(amount, 4):
            return amount
    raise PydanticCustomError("wan", "应为不小于0的万元数，至多四位小数")


Name = Annotated[str, Field(min_length=1, max_length=200, pattern=CONTROL_FREE)]
Text = Annotated[str, Field(max_length=200, pattern=CONTROL_FREE)]
Whole = Annotated[int, Field(ge=0, le=10_000_000)]
Uscc = Annotated[str | None, AfterValidator(_uscc)]
Wan = Annotated[Decimal, PlainValidator(_wan), WithJsonSchema({"type": "number", "minimum": 0, "multipleOf": 0.0001})]
FounderCode = Literal["student", "returnee", "scientist", "executive", "foreign", "other"]
LeftAsCode = Literal["graduated", "moved", "closed", "terminated"]
PartnerCode = Literal["angel", "venture", "private_equity", "investment", "guarantee", "bank", "service"]
PARTNERS = {**codes.PARTNER_KINDS, SERVICE: "签约服务机构"}
EDUCATION = ("博士", "硕士", "本科", "大专", "中专及以下")


def _labels(labels: Mapping[str, str], **extra: Any) -> dict[str, Any]:
    return {"labels": dict(labels), **extra}


class TenantLine(Input):
    """入驻企业和团队的一条。当年收入、研发投入、纳税和知识产权登记在经营数据，融资和挂牌另行登记。"""

    kind: Literal["team", "enterprise"] = Field(title="企业或团队", json_schema_extra=_labels(codes.TENANT_KINDS))
    name: Name = Field(title="名称")
    moved_in_on: Day = Field(title="入驻日期")
    uscc: Uscc = Field(None, title="统一社会信用代码", description="企业填写；团队不填")
    agreement_to: Day | None = Field(None, title="入驻协议截止日期", description="长期入驻可不填")
    industry: Industry = Field(None, title="行业", json_schema_extra=_labels(codes.INDUSTRIES))
    hightech_field: HightechField = Field(
        None, title="高新技术领域代码", description="《国家重点支持的高新技术领域》代码，如 101 软件"
    )
    kunming_188: Text | None = Field(None, title="昆明188重点产业")
    employees: Whole | None = Field(None, title="从业人员", json_schema_extra={"unit": "人"})
    revenue_wan: Wan | None = Field(
        None, title="营业收入", description="上一年度，用于判断企业规模", json_schema_extra={"unit": "万元"}
    )
    assets_wan: Wan | None = Field(
        None, title="资产总额", description="上一年末，用于判断企业规模", json_schema_extra={"unit": "万元"}
    )
    founder: FounderCode | None = Field(None, title="创业者类型", json_schema_extra=_labels(dict(Founder.choices)))
    grade: Literal["hightech", "tech_sme", "both", "neither"] | None = Field(
        None, title="企业资质", json_schema_extra=_labels(dict(Grade.choices), widget="select")
    )
    registered_on: Day | None = Field(None, title="企业注册日期", description="入驻后新注册的，计入当年新注册企业")
    seats: Whole | None = Field(None, title="使用工位", json_schema_extra={"unit": "个"})
    moved_out_on: Day | None = Field(None, title="迁出日期", description="自这一天起不再入驻")
    left_as: LeftAsCode | None = Field(
        None, title="迁出原因", json_schema_extra=_labels(dict(LeftAs.choices), widget="select")
    )


class StaffLine(Input):
    """服务人员的一条。"""

    name: Name = Field(title="姓名")
    joined_on: Day = Field(title="到岗日期")
    duty: Text | None = Field(None, title="职责")
    full_time: bool | None = Field(None, title="是否专职")
    education: Text | None = Field(None, title="学历", description=f"如{'、'.join(EDUCATION)}")
    left_on: Day | None = Field(None, title="离岗日期", description="自这一天起不再在岗")


class MentorLine(Input):
    """导师的一条。"""

    name: Name = Field(title="姓名")
    engaged_from: Day = Field(title="聘期起")
    employer: Text | None = Field(None, title="工作单位")
    speciality: Text | None = Field(None, title="专长")
    full_time: bool | None = Field(None, title="是否专职")
    engaged_to: Day | None = Field(None, title="聘期止", description="聘期的最后一天；长期聘任可不填")


class EventLine(Input):
    """活动的一条。"""

    kind: Literal["roadshow", "salon", "training", "competition", "other"] = Field(
        title="类型", json_schema_extra=_labels(codes.EVENT_KINDS, widget="select")
    )
    title: Name = Field(title="名称")
    on: Day = Field(title="日期")
    participants: Whole | None = Field(None, title="参加人数", json_schema_extra={"unit": "人"})
    hosted_as: Literal["host", "carry_out", "joint"] | None = Field(
        None, title="举办方式", json_schema_extra=_labels(dict(HostedAs.choices), widget="select")
    )
    international: bool | None = Field(None, title="是否国际合作交流")


class PartnerLine(Input):
    """合作机构的一条：资本合作机构，或签约服务机构。"""

    kind: PartnerCode = Field(title="机构类型", json_schema_extra=_labels(PARTNERS))
    name: Name = Field(title="名称")
    agreement_from: Day = Field(title="协议起")
    agreement_to: Day | None = Field(None, title="协议止", description="协议的最后一天；长期协议可不填")


class PremisesLine(Input):
    """场地的一条。"""

    address: Name = Field(title="地址")
    tenure: Literal["owned", "leased"] = Field(title="自有或租赁", json_schema_extra=_labels(codes.TENURES))
    area_m2: Area = Field(title="面积", json_schema_extra={"unit": "平方米"})
    used_from: Day = Field(title="启用日期")
    public_office_m2: Area | None = Field(None, title="其中公共办公面积", json_schema_extra={"unit": "平方米"})
    commercial: bool | None = Field(None, title="是否商业经营性场所")
    lease_from: Day | None = Field(None, title="租期起")
    lease_to: Day | None = Field(None, title="租期止")
    seats: Whole | None = Field(None, title="工位数", json_schema_extra={"unit": "个"})
    used_until: Day | None = Field(None, title="停用日期", description="自这一天起不再使用")


class ResultLine(Input):
    """经营数据的一条：一家企业或团队到某一天为止的当年数据，年度报告由此汇总。"""

    name: Name = Field(title="企业或团队", description="与入驻登记册的名称一致")
    as_of: Day = Field(title="数据截至", description="年度数据填当年12月31日")
    employees: Whole | None = Field(None, title="从业人员", json_schema_extra={"unit": "人"})
    graduates: Whole | None = Field(None, title="其中应届毕业生", json_schema_extra={"unit": "人"})
    revenue_wan: Wan | None = Field(None, title="当年营业收入", json_schema_extra={"unit": "万元"})
    rd_wan: Wan | None = Field(None, title="当年研发投入", json_schema_extra={"unit": "万元"})
    tax_wan: Wan | None = Field(None, title="当年纳税额", json_schema_extra={"unit": "万元"})
    ip: Whole | None = Field(None, title="有效知识产权", json_schema_extra={"unit": "件"})
    ip_patents: Whole | None = Field(None, title="其中发明专利", json_schema_extra={"unit": "件"})


SCHEMAS: dict[str, type[Input]] = {
    "tenants": TenantLine,
    "staff": StaffLine,
    "mentors": MentorLine,
    "events": EventLine,
    "partners": PartnerLine,
    "premises": PremisesLine,
    "results": ResultLine,
}
QUICK: dict[str, tuple[str, ...]] = {
    "tenants": ("kind", "name", "moved_in_on"),
    "staff": ("name", "duty", "joined_on"),
    "mentors": ("name", "employer", "engaged_from"),
    "events": ("kind", "title", "on", "participants"),
    "partners": ("kind", "name", "agreement_from"),
    "premises": ("address", "tenure", "area_m2", "used_from"),
    "results": ("name", "as_of", "employees", "revenue_wan"),
}
"""What must be known to enter a line, and little besides; the rest folds up below."""
LATER: dict[str, tuple[str, ...]] = {
    "tenants": ("moved_out_on", "left_as"),
    "staff": ("left_on",),
    "premises": ("used_until",),
}
"""What is not asked when a line is entered, because it comes with leaving."""


def schema_of(register: Register) -> type[Input]:
    """The input of one line."""
    return SCHEMAS[register.code]


# -- leaving, striking out, beginning ----------------------------------------------------------------------------------
class TenantLeaves(Input):
    """When and how a tenant leaves."""

    day: Day = Field(title="迁出日期", description="自这一天起不再入驻")
    left_as: LeftAsCode = Field(title="迁出原因", json_schema_extra=_labels(dict(LeftAs.choices)))
    note: str = Field("", title="说明", max_length=300, description="如迁往何处")


class Leaves(Input):
    """When a line ends."""

    day: Day = Field(title="日期")
    note: str = Field("", title="说明", max_length=300)


class StrikeOut(Input):
    """Why a line should never have been entered."""

    note: str = Field(
        title="作废原因", min_length=2, max_length=300, description="如重复登记、登记有误。条目和原因都会保留"
    )


class OpenRegisters(Input):
    """Whose registers are begun."""

    organisation: int = Field(title="运营单位")
    name: Name = Field(title="众创空间名称")
    authority: str = Field(title="运营所在地科技主管部门", description="可以查看登记册，负责初审和推荐（第十条）")


def leave_schema(register: Register) -> type[Input]:
    """What is asked when a line ends."""
    return TenantLeaves if register.code == "tenants" else Leaves

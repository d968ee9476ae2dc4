"""The facts of an application, typed; strict about shape, patient about gaps: whatever is unknown may stay empty.

One model serves the draft and the finished dossier: ``category`` and ``regulation`` must be given, all else may be
null or absent, and what is absent shows as ``missing`` in the findings. So a draft is parsed like anything else.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import inf, isfinite, nextafter
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from makerspace.regulation.counting import EARLIEST, LATEST, chinese
from makerspace.regulation.faults import CONTROL_FREE, Fault, Faults, faults_of
from makerspace.regulation.kunkefa_2017_55.codes import is_hightech_field
from makerspace.regulation.terms import Caution

ID = "kunkefa-2017-55"
MOST_BYTES = 5_000_000
MOST_ROWS = 2000
MOST_AREA = 1_000_000_000
LONG_FRACTION = r"\.[0-9]{16}"


class DossierFaults(Faults):
    """The given thing is no dossier; ``faults`` says all that is wrong with it."""


class Or:
    """Marks a block or list for which null stands for its empty form."""

    def __init__(self, empty: Callable[[], object]) -> None:
        self.empty = empty

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        empty, schema = self.empty, core_schema.nullable_schema(handler(source))
        return core_schema.no_info_after_validator_function(lambda value: empty() if value is None else value, schema)


def _blank(value: object) -> object:
    """An empty code is no code given."""
    return None if value == "" else value


def _day(value: object) -> date:
    """A day between 1900 and 2100, written YYYY-MM-DD and in no other way."""
    if isinstance(value, str) and len(value) == 10 and value[4] == "-" == value[7]:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day and EARLIEST <= day <= LATEST:
            return day
    raise PydanticCustomError("day", "应为1900年至2100年间的日期，格式如2024-05-01")


def _area(value: object) -> Decimal:
    """An exact area: a JSON number, not negative, with two decimal places at most."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST_AREA:
        # The shortest spelling of the number is what was written: 0.1 is a tenth, not its binary neighbour.
        area = Decimal(str(value or 0))
        if area == round(area, 2):
            return area
    raise PydanticCustomError("area", "应为不小于0、至多两位小数的数字（平方米）")


def _division(value: str) -> str:
    """An administrative division: 6, 9 or 12 digits, or nothing."""
    if value and not (value.isascii() and value.isdigit() and len(value) in (6, 9, 12)):
        raise PydanticCustomError("division", "应为6位行政区划代码，如530102")
    return value


def _hightech(value: str | None) -> str | None:
    """A code of the list of high-tech fields."""
    if value is not None and not is_hightech_field(value):
        raise PydanticCustomError("hightech_field", "应为《国家重点支持的高新技术领域》的2、3或5位代码，如101")
    return value


Text = Annotated[str, Field(max_length=200, pattern=CONTROL_FREE)]
LongText = Annotated[str, Field(max_length=5000, pattern=CONTROL_FREE)]
Day = Annotated[
    date,
    PlainValidator(_day),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Area = Annotated[
    Decimal,
    PlainValidator(_area),
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "multipleOf": 0.01}),
]
Wan = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=0, le=10_000_000)]
Division = Annotated[Text, AfterValidator(_division)]
HightechField = Annotated[Text | None, AfterValidator(_hightech), BeforeValidator(_blank)]
Category = Literal["comprehensive", "technical"]
Blank = BeforeValidator(_blank)
OperatorKind = Annotated[
    Literal["enterprise", "public_institution", "social_organisation", "government", "individual", "other"] | None,
    Blank,
]
Authority = Annotated[
    Literal[
        "wuhua", "panlong", "guandu", "xishan", "dongchuan", "chenggong", "jinning", "anning", "fumin", "yiliang",
        "songming", "shilin", "luquan", "xundian", "hightech_zone", "economic_zone", "dianchi_resort", "liangqu",
        "yangzonghai",
    ]
    | None,
    Blank,
]  # fmt: skip
Tenure = Annotated[Literal["owned", "leased"] | None, Blank]
TenantKind = Annotated[Literal["team", "enterprise"] | None, Blank]
Industry = Annotated[
    Literal[
        "agriculture", "industry", "construction", "wholesale", "retail", "transport", "warehousing", "post",
        "accommodation", "catering", "information_transmission", "software", "real_estate", "property_management",
        "leasing_business_services", "other",
    ]
    | None,
    Blank,
]  # fmt: skip
EventKind = Annotated[Literal["roadshow", "salon", "training", "competition", "other"] | None, Blank]
PartnerKind = Annotated[Literal["angel", "venture", "private_equity", "investment", "guarantee", "bank"] | None, Blank]
Facility = Literal["office_equipment", "meeting_room", "negotiation_room"]
Service = Literal["business_registration", "legal", "finance", "policy"]
ProfessionalService = Literal["r_and_d", "testing", "model_making", "pilot_production"]


class Block(BaseModel):
    """Common to all parts: strict, closed to unknown keys, never changed once made."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)


class Operator(Block):
    """The unit that applies (article 5(1))."""

    name: Text | None = Field(None, title="单位名称")
    uscc: Text | None = Field(None, title="统一社会信用代码")
    kind: OperatorKind = Field(None, title="单位性质")
    independent_legal_person: bool | None = Field(None, title="是否具有独立法人资格")
    registered_division: Division | None = Field(None, title="注册地行政区划代码")
    registered_address: Text | None = Field(None, title="注册地址")
    established_on: Day | None = Field(None, title="单位成立日期")
    legal_representative: Text | None = Field(None, title="法定代表人")
    contact_name: Text | None = Field(None, title="联系人")
    contact_phone: Text | None = Field(None, title="联系电话")
    contact_email: Text | None = Field(None, title="电子邮箱")


class Makerspace(Block):
    """The makerspace itself (articles 5(2), 5(3), 10)."""

    name: Text | None = Field(None, title="众创空间名称")
    authority: Authority = Field(None, title="运营所在地科技主管部门")
    address: Text | None = Field(None, title="运营地址")
    opened_on: Day | None = Field(None, title="众创空间开办日期")
    theme: LongText | None = Field(None, title="服务主题")
    website: Text | None = Field(None, title="网站")


class Lead(Block):
    """The person in charge (article 5(4))."""

    name: Text | None = Field(None, title="姓名")
    background: LongText | None = Field(None, title="行业背景与创业经历")


class Staff(Block):
    """A member of the service team (article 5(4))."""

    name: Text | None = Field(None, title="姓名")
    duty: Text | None = Field(None, title="职责")
    education: Text | None = Field(None, title="学历")
    full_time: bool | None = Field(None, title="是否专职")


class Mentor(Block):
    """A mentor (article 5(5))."""

    name: Text | None = Field(None, title="姓名")
    employer: Text | None = Field(None, title="工作单位")
    speciality: Text | None = Field(None, title="专长")
    engaged_from: Day | None = Field(None, title="聘期起")
    engaged_to: Day | None = Field(None, title="聘期止", description="长期聘任可不填")


class Finance(Block):
    """How the books are kept (article 5(6))."""

    standardised: bool | None = Field(None, title="财务管理是否规范")
    run_by_host: bool | None = Field(None, title="是否依托运营单位建设")
    separate_accounts: bool | None = Field(None, title="建设运营财务是否单独核算")


class Premises(Block):
    """One piece of premises (article 7(1))."""

    address: Text | None = Field(None, title="地址")
    tenure: Tenure = Field(None, title="自有或租赁")
    commercial: bool | None = Field(None, title="是否商业经营性场所")
    area_m2: Area | None = Field(None, title="面积（平方米）")
    public_office_m2: Area | None = Field(None, title="其中公共办公面积（平方米）")
    lease_from: Day | None = Field(None, title="租期起")
    lease_to: Day | None = Field(None, title="租期止")


class Tenant(Block):
    """A resident enterprise or team (article 7(2))."""

    kind: TenantKind = Field(None, title="企业或团队")
    name: Text | None = Field(None, title="名称")
    uscc: Text | None = Field(None, title="统一社会信用代码")
    industry: Industry = Field(None, title="行业")
    employees: Whole | None = Field(None, title="从业人员（人）")
    revenue_wan: Wan | None = Field(None, title="营业收入（万元）")
    assets_wan: Wan | None = Field(None, title="资产总额（万元）")
    moved_in_on: Day | None = Field(None, title="入驻日期")
    agreement_to: Day | None = Field(None, title="入驻协议截止日期", description="长期入驻可不填")
    hightech_field: HightechField = Field(None, title="高新技术领域代码")
    kunming_188: Text | None = Field(None, title="昆明188重点产业")


class Event(Block):
    """An event for founders (article 7(3))."""

    kind: EventKind = Field(None, title="类型")
    on: Day | None = Field(None, title="日期")
    title: Text | None = Field(None, title="名称")
    participants: Whole | None = Field(None, title="参加人数")


class Partner(Block):
    """A capital partner (article 7(4))."""

    kind: PartnerKind = Field(None, title="机构类型")
    name: Text | None = Field(None, title="名称")
    agreement_from: Day | None = Field(None, title="协议起")
    agreement_to: Day | None = Field(None, title="协议止", description="长期协议可不填")


class Fund(Block):
    """A fund for founders' projects (article 7(4), encouraged)."""

    exists: bool | None = Field(None, title="是否设立创投基金")
    size_wan: Wan | None = Field(None, title="基金规模（万元）")


class Equipment(Block):
    """A piece of equipment (article 6)."""

    name: Text | None = Field(None, title="名称")
    purpose: Text | None = Field(None, title="用途")
    value_wan: Wan | None = Field(None, title="价值（万元）")


class Platform(Block):
    """The online platform (article 6(3))."""

    url: Text | None = Field(None, title="网址")
    shared_resources: bool | None = Field(None, title="是否整合资源并提供共享服务")


class Technical(Block):
    """What a technical makerspace has besides (article 6)."""

    low_cost_open_office: bool | None = Field(None, title="是否提供低成本开放式办公空间")
    equipment: Annotated[tuple[Equipment, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="仪器设备")
    professional_services: Annotated[tuple[ProfessionalService, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field(
        (), title="专业化服务"
    )
    workshop_m2: Area | None = Field(None, title="厂房面积（平方米）")
    platform: Annotated[Platform, Or(Platform)] = Field(Platform(), title="互联网线上平台")


class Dossier(Block):
    """All facts of one application; the shape stands in the contract."""

    regulation: Literal["kunkefa-2017-55"] = Field(title="适用办法")
    category: Category = Field(title="申报类别")
    operator: Annotated[Operator, Or(Operator)] = Field(Operator(), title="运营单位")
    makerspace: Annotated[Makerspace, Or(Makerspace)] = Field(Makerspace(), title="众创空间")
    lead: Annotated[Lead, Or(Lead)] = Field(Lead(), title="主要负责人")
    staff: Annotated[tuple[Staff, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="服务团队")
    mentors: Annotated[tuple[Mentor, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="导师")
    finance: Annotated[Finance, Or(Finance)] = Field(Finance(), title="财务管理")
    premises: Annotated[tuple[Premises, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="场地")
    facilities: Annotated[tuple[Facility, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="公共设施")
    tenants: Annotated[tuple[Tenant, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="入驻企业和团队")
    lawful_operation_declared: bool | None = Field(None, title="是否声明入驻主体守法经营")
    services: Annotated[tuple[Service, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="创业服务")
    events: Annotated[tuple[Event, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field((), title="交流活动")
    capital_partners: Annotated[tuple[Partner, ...], Field(max_length=MOST_ROWS), Or(tuple)] = Field(
        (), title="资本合作机构"
    )
    fund: Annotated[Fund, Or(Fund)] = Field(Fund(), title="创投基金")
    technical: Annotated[Technical, Or(Technical)] = Field(Technical(), title="专业技术条件")


def parse(given: object) -> Dossier:
    """The dossier in ``given``: JSON as bytes or text, or the same already read into Python.

    Raises DossierFaults with all faults at once; never anything else, whatever is given.
    """
    raw = given if isinstance(given, bytes | str) else _dumped(given)
    if len(raw) > MOST_BYTES:
        raise DossierFaults([Fault("", "", f"文件过大：至多{MOST_BYTES // 1_000_000}MB")])
    try:
        return Dossier.model_validate_json(_exact(_without_mark(raw)))
    except ValidationError as error:
        raise DossierFaults(faults_of(error)) from None


def _without_mark(raw: bytes | str) -> bytes | str:
    """The text without the byte order mark that some editors put first."""
    return raw.removeprefix(b"\xef\xbb\xbf") if isinstance(raw, bytes) else raw.removeprefix("\ufeff")


def _exact(raw: bytes | str) -> bytes | str:
    """The text; where a fraction is longer than a float can tell, with numbers that still show that it is."""
    long = re.search(LONG_FRACTION, raw) if isinstance(raw, str) else re.search(LONG_FRACTION.encode(), raw)
    if not long:
        return raw
    try:
        return json.dumps(json.loads(raw, parse_float=_as_written))
    except (ValueError, ArithmeticError, RecursionError):
        # It is no JSON, or no exponent that anybody means; the strict reading will say so.
        return raw


def _as_written(text: str) -> float:
    """The number; its neighbour on the side of what was written if it says something else: 299.99…9 is never 300."""
    number = float(text)
    if not isfinite(number) or (exact := Decimal(text)) == (found := Decimal(str(number))):
        return number
    return nextafter(number, inf if exact > found else -inf)


def _dumped(given: object) -> str:
    """A Python object as JSON, so that one strict reading serves all; days and decimals may come as such."""
    try:
        return json.dumps(given, default=_plain)
    except (TypeError, ValueError, RecursionError):
        raise DossierFaults([Fault("", "", "应为有效的JSON（UTF-8编码）")]) from None


def _plain(value: object) -> object:
    """What JSON has no word for."""
    if isinstance(value, Decimal):
        return _as_written(str(value))
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def dossier_json(dossier: Dossier) -> dict[str, Any]:
    """The dossier as JSON values, every key present; ``parse`` reads it back to the same dossier."""
    return dossier.model_dump(mode="json")


def canonical(dossier: Dossier) -> str:
    """The one spelling of a dossier: keys sorted, no spaces; what seals and digests are taken over."""
    return json.dumps(dossier_json(dossier), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_VALUES = {sign: value for value, sign in enumerate(USCC_SIGNS)}


def uscc_is_sound(code: str) -> bool:
    """Whether a unified social credit code has 18 signs and the right check sign (GB 32100-2015)."""
    signs = code.upper()
    if len(signs) != 18 or any(sign not in USCC_VALUES for sign in signs):
        return False
    total = sum(USCC_VALUES[sign] * pow(3, place, 31) for place, sign in enumerate(signs[:17]))
    return USCC_VALUES[signs[17]] == -total % 31


def cautions(dossier: Dossier, on: date) -> list[Caution]:
    """What an applicant should look at again and an officer may accept: check signs, days to come, ends before
    beginnings, areas."""
    found = [
        _to_come("operator.established_on", dossier.operator.established_on, on),
        _to_come("makerspace.opened_on", dossier.makerspace.opened_on, on),
        *(_to_come(f"tenants[{row}].moved_in_on", t.moved_in_on, on) for row, t in enumerate(dossier.tenants)),
        _credit_code("operator.uscc", dossier.operator.uscc),
        *(_credit_code(f"tenants[{row}].uscc", tenant.uscc) for row, tenant in enumerate(dossier.tenants)),
        _address("makerspace.website", dossier.makerspace.website),
        _address("technical.platform.url", dossier.technical.platform.url),
        *(_term(f"mentors[{row}].engaged_to", m.engaged_from, m.engaged_to) for row, m in enumerate(dossier.mentors)),
        *(_term(f"premises[{row}].lease_to", p.lease_from, p.lease_to) for row, p in enumerate(dossier.premises)),
        *(_share(f"premises[{row}].public_office_m2", premises) for row, premises in enumerate(dossier.premises)),
        *(
            _term(f"tenants[{row}].agreement_to", t.moved_in_on, t.agreement_to)
            for row, t in enumerate(dossier.tenants)
        ),
        *(
            _term(f"capital_partners[{row}].agreement_to", p.agreement_from, p.agreement_to)
            for row, p in enumerate(dossier.capital_partners)
        ),
    ]
    return [caution for caution in found if caution]


def _credit_code(path: str, code: str | None) -> Caution | None:
    """A credit code whose check sign is wrong; really issued ones exist, so it is only pointed out."""
    if not code or uscc_is_sound(code):
        return None
    return Caution(path, f"“{code}”校验未通过，请核对；确认无误的可以继续，由科技主管部门核实。")


def _address(path: str, url: str | None) -> Caution | None:
    """A web address that cannot be opened as one."""
    if not url or url.lower().startswith(("http://", "https://")):
        return None
    return Caution(path, "网址应以 http:// 或 https:// 开头。")


def _to_come(path: str, day: date | None, on: date) -> Caution | None:
    """Something that has happened, on a day that has not come."""
    return Caution(path, f"所填日期晚于{chinese(on)}，请核对。") if day and day > on else None


def _term(path: str, first: date | None, last: date | None) -> Caution | None:
    """A term that ends before it begins."""
    return Caution(path, "截止日期早于起始日期，请核对。") if first and last and last < first else None


def _share(path: str, premises: Premises) -> Caution | None:
    """More public office area than there is area."""
    public, area = premises.public_office_m2, premises.area_m2
    return Caution(path, "公共办公面积大于场地面积，请核对。") if area is not None and (public or 0) > area else None

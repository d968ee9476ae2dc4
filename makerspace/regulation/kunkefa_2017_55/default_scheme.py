"""系统默认方案: the scheme that ships, for the bureau to start from. It is not the law: article 18 has no numbers.

The shape of the formulas and the shares (集聚25, 服务30, 融资20, 孵化25; 合格60) follow what other cities' published
scoring sheets do; every number is the bureau's to change before it publishes a scheme of its own.
"""

from decimal import Decimal

from makerspace.regulation.kunkefa_2017_55.report_fields import named
from makerspace.regulation.scheme import (
    Band,
    BandTable,
    Bonus,
    Dimension,
    ExpertScore,
    Formula,
    Grade,
    Indicator,
    Ladder,
    Measure,
    MixedUnits,
    MoneySteps,
    RatioBand,
    RelativeBest,
    Scheme,
    Term,
    Threshold,
    UnitScore,
    Veto,
    WeightedEvents,
)

TITLE = "年度考核方案（系统默认）"
NOTE = "系统默认方案，供市科技局拟定本年度方案时参考。《办法》第十八条只规定考核集聚能力、服务能力、融资能力、孵化成果四个方面，没有规定指标、分值和等次；发布前均可修改。"
OWN_NOTE = (
    "《办法》第十八条规定考核集聚能力、服务能力、融资能力、孵化成果四个方面；本方案的指标、分值和等次由市科技局拟定。"
)
PASS_LINE = Decimal(60)
RESIDENTS = ("teams_resident", "firms_resident")


def _m(*fields: str, per: tuple[str, ...] = (), percent: bool = False) -> Measure:
    return Measure(fields=fields, per=per, percent=percent)


def _t(field: str, points: str, factor: str = "1") -> Term:
    return Term(field=field, points=Decimal(points), factor=Decimal(factor))


def _bands(measure: Measure, **bands: int) -> BandTable:
    """Bands written at_3=2: from 3 on 2 points; an underscore within the number is the decimal point."""
    rows = ((key.removeprefix("from_").replace("_", "."), points) for key, points in bands.items())
    return BandTable(
        measure=measure,
        bands=tuple(Band(at_least=Decimal(start), points=Decimal(points)) for start, points in rows),
    )


def _threshold(measure: Measure, at: str, base: str, per_step: str) -> Threshold:
    return Threshold(measure=measure, at=Decimal(at), base=Decimal(base), per_step=Decimal(per_step))


def _unit(measure: Measure, points: str) -> UnitScore:
    return UnitScore(measure=measure, points=Decimal(points))


def _i(
    code: str,
    label: str,
    dimension: Dimension,
    formula: Formula,
    weight: int,
    source: str,
    cap: int = 0,
    note: str = "",
) -> Indicator:
    """An indicator; its cap is its weight unless another one is given."""
    return Indicator(
        code=code, label=label, dimension=dimension, formula=formula, weight=Decimal(weight),
        cap=Decimal(cap or weight), source=source, note=note,
    )  # fmt: skip


_STAFF_LEVELS = (
    _t("staff_college", "0.5"),
    _t("staff_bachelor", "1"),
    _t("staff_master", "2"),
    _t("staff_doctor", "3"),
)
_EVENTS = (_t("events_hosted", "1"), _t("events_undertaken", "0.5"), _t("events_joint", "1", "0.5"))

# fmt: off
INDICATORS = (
    _i("residents", "常驻团队和企业", "gathering", _threshold(_m(*RESIDENTS), "10", "5", "0.5"), 10, "入驻台账、入驻协议",
       note="起点10家参照第七条第二项的入驻家数。"),
    _i("new_residents", "新增团队和企业", "gathering", _unit(_m("teams_new", "firms_new"), "1"), 5, "入驻台账"),
    _i("occupancy", "工位使用率", "gathering",
       RatioBand(measure=_m("seats_used", per=("seats",), percent=True), at=Decimal(60), base=Decimal(3), per_step=Decimal("0.1")),
       5, "场地台账、入驻台账"),
    _i("staffing", "每户配备的专职人员和导师", "gathering",
       _bands(_m("staff_full_time", "mentors", per=RESIDENTS), from_0_1=1, from_0_3=3, from_0_5=5), 5, "运营人员、导师台账"),

    _i("partners", "签约服务机构", "service", _unit(_m("partners"), "1"), 5, "合作机构台账、协议"),
    _i("events", "创新创业活动", "service", WeightedEvents(terms=_EVENTS), 8, "活动台账、通知、签到和照片"),
    _i("mentoring", "户均导师辅导", "service",
       _bands(_m("mentor_sessions", per=RESIDENTS), from_0_5=2, from_1=4, from_2=6), 6, "导师服务记录"),
    _i("satisfaction", "入驻户满意度", "service", _bands(_m("satisfaction"), from_60=1, from_80=3, from_90=5), 5, "满意度调查"),
    _i("sharing", "使用市级平台", "service", _unit(_m("facility_uses"), "0.2"), 3, "平台开放使用记录"),
    _i("team", "服务人员学历", "service", Ladder(levels=_STAFF_LEVELS), 3, "运营人员台账、学历证明"),

    _i("financed", "获得投资的团队和企业", "financing", _unit(_m("financed"), "2"), 6, "挂牌融资登记、投资协议"),
    _i("amount", "获得投资总额", "financing",
       MoneySteps(measure=_m("financed_amount"), step=Decimal(300), points=Decimal(1)), 8, "挂牌融资登记、到账凭证"),
    _i("capital_partners", "签约投融资机构", "financing", _unit(_m("partners_capital"), "1"), 3, "合作机构台账、协议"),
    _i("fund", "自有或合作基金", "financing", _bands(_m("fund"), from_1000=1, from_5000=2, from_10000=3), 3, "基金设立文件",
       note="设立基金属鼓励事项（第七条第四项）。"),

    _i("new_firms", "新注册企业", "incubation", MixedUnits(terms=(_t("new_firms", "2"), _t("new_businesses", "1"))), 6,
       "营业执照", cap=15),
    _i("graduated", "毕业企业", "incubation", _unit(_m("graduated"), "1"), 4, "毕业或迁出证明"),
    _i("ip", "知识产权", "incubation", WeightedEvents(terms=(_t("ip", "0.1"), _t("ip_patents", "0.4"))), 4, "知识产权证书",
       note="发明专利同时计入有效知识产权。"),
    _i("hightech", "高新技术企业和科技型中小企业", "incubation",
       MixedUnits(terms=(_t("hightech", "2"), _t("tech_smes", "1"))), 4, "资格证书、入库编号"),
    _i("jobs", "吸纳就业", "incubation", _threshold(_m("jobs"), "20", "1", "0.05"), 4, "社保或劳动合同"),
    _i("revenue", "入驻企业营业收入", "incubation", RelativeBest(measure=_m("tenant_revenue"), points=Decimal(3)), 3, "入驻企业报表"),
)
BONUSES = (
    Bonus(code="listed", label="上市（挂牌）企业", formula=_unit(_m("listed"), "2"), cap=Decimal(4), source="挂牌融资登记"),
    Bonus(code="international", label="国际合作交流", formula=_unit(_m("international"), "0.5"), cap=Decimal(1), source="活动台账"),
    Bonus(code="special", label="特色做法", formula=ExpertScore(most=Decimal(2), asks="有无可推广的特色服务，由评分人说明理由"), cap=Decimal(2),
          source="年度报告"),
)
VETOES = (
    Veto(code="false_data", label="虚报、瞒报数据", measure=_m("false_data"), at_most=Decimal(0), note="经主管部门核实"),
    Veto(code="stopped", label="停止运营", measure=_m("stopped"), at_most=Decimal(0), note="经主管部门核实"),
)
GRADES = (
    Grade(label="优秀", at_least=Decimal(85)),
    Grade(label="良好", at_least=Decimal(70)),
    Grade(label="合格", at_least=PASS_LINE),
    Grade(label="不合格", at_least=Decimal(0)),
)
# fmt: on


def default_scheme(year: int) -> Scheme:
    """The default for a year, marked as the system's own."""
    scheme = Scheme(
        title=f"{year}{TITLE}", year=year, origin="system", indicators=INDICATORS, bonuses=BONUSES, vetoes=VETOES,
        grades=GRADES, pass_line=PASS_LINE, note=NOTE,
    )  # fmt: skip
    return scheme.named(named())

"""年度报告: its fields with units, groups and sources, as the yearly statistics ask for them (money in 千元)."""

from collections.abc import Iterable
from typing import NamedTuple

from makerspace.regulation.scheme import Named

GROUPS = {
    "premises": "场地",
    "staff": "人员",
    "services": "服务团队和企业",
    "events": "活动",
    "financing": "投融资",
    "results": "成果",
    "running": "运营",
    "verified": "核实情况",
}
EVIDENCE = {
    "premises": "产权证明或租赁合同、平面图",
    "staff": "劳动合同、社保名单、学历证明、导师聘书、合作协议",
    "services": "入驻协议、就业证明、满意度调查",
    "events": "活动通知、签到和照片",
    "financing": "投资协议、到账凭证、基金文件",
    "results": "营业执照、知识产权和资质证书、财务和纳税资料",
    "running": "财务报表或审计报告、纳税证明",
}
"""What proves the figures of a group; a list of the system's own, the regulation has none."""
EVIDENCE_OF = "evidence_"  # and the group: what an input calls the files of it
SOURCES = {
    "premises": "场地台账",
    "staff": "运营人员台账",
    "tenants": "入驻台账",
    "mentors": "导师台账和服务记录",
    "events": "活动台账",
    "partners": "合作机构台账",
    "facilities": "平台开放使用记录",
    "capital": "挂牌融资登记",
    "accounts": "财务报表",
    "report": "单位填报",
    "officers": "主管部门核实",
}


class ReportField(NamedTuple):
    """One figure of the report. ``kind``: count (whole), money (whole 千元, ``signed`` may be below 0), area
    (two decimals), percent (0–100, one decimal), flag (0 or 1). ``part_of`` names the whole that it lies within."""

    code: str
    label: str
    unit: str
    group: str
    kind: str
    source: str
    part_of: str | None = None
    hint: str = ""
    signed: bool = False

    @property
    def officers(self) -> bool:
        """Whether an officer establishes it: it is no part of the form that the operator fills in."""
        return self.source == "officers"


F = ReportField

# fmt: off
FIELDS = (
    F("area_total", "场地总面积", "㎡", "premises", "area", "premises"),
    F("area_public", "公共服务面积", "㎡", "premises", "area", "premises", "area_total"),
    F("seats", "工位数", "个", "premises", "count", "premises"),
    F("seats_used", "已使用工位数", "个", "premises", "count", "premises", "seats"),

    F("staff", "服务人员数", "人", "staff", "count", "staff"),
    F("staff_full_time", "专职服务人员数", "人", "staff", "count", "staff", "staff"),
    F("staff_college", "大专学历服务人员", "人", "staff", "count", "staff", "staff", "每人只按最高学历计入一项"),
    F("staff_bachelor", "本科学历服务人员", "人", "staff", "count", "staff", "staff", "每人只按最高学历计入一项"),
    F("staff_master", "硕士学历服务人员", "人", "staff", "count", "staff", "staff", "每人只按最高学历计入一项"),
    F("staff_doctor", "博士学历服务人员", "人", "staff", "count", "staff", "staff", "每人只按最高学历计入一项"),
    F("mentors", "创业导师数", "人", "staff", "count", "mentors"),
    F("mentors_full_time", "专职创业导师", "人", "staff", "count", "mentors", "mentors"),
    F("mentors_part_time", "兼职创业导师", "人", "staff", "count", "mentors", "mentors"),
    F("partners", "签约服务机构数", "个", "staff", "count", "partners"),
    F("partners_capital", "签约投融资机构数", "个", "staff", "count", "partners", "partners"),

    F("teams_served", "当年服务的创业团队数量", "个", "services", "count", "tenants"),
    F("teams_new", "当年新增创业团队", "个", "services", "count", "tenants", "teams_served"),
    F("teams_resident", "常驻创业团队", "个", "services", "count", "tenants", "teams_served"),
    F("team_members", "创业团队人员数量", "人", "services", "count", "tenants", None, "每个团队至少一人"),
    F("firms_served", "当年服务的初创企业数量", "个", "services", "count", "tenants"),
    F("firms_new", "当年新入驻初创企业", "个", "services", "count", "tenants", "firms_served"),
    F("firms_resident", "常驻初创企业", "个", "services", "count", "tenants", "firms_served"),
    F("jobs", "初创企业吸纳就业人数", "人", "services", "count", "tenants"),
    F("jobs_graduates", "应届大学毕业生就业人数", "人", "services", "count", "tenants", "jobs"),
    F("by_students", "大学生创办的团队和企业", "个", "services", "count", "tenants"),
    F("by_returnees", "留学归国人员创办的团队和企业", "个", "services", "count", "tenants"),
    F("by_researchers", "科技人员创办的团队和企业", "个", "services", "count", "tenants"),
    F("by_executives", "大企业高管创办的团队和企业", "个", "services", "count", "tenants"),
    F("by_foreigners", "外籍人士创办的团队和企业", "个", "services", "count", "tenants"),
    F("satisfaction", "入驻团队和企业满意度", "%", "services", "percent", "report", None, "以满意户数占受访户数的百分比填写"),
    F("facility_uses", "使用市级平台设备和服务", "次", "services", "count", "facilities"),

    F("events", "举办创新创业活动", "场", "events", "count", "events"),
    F("events_hosted", "主办的活动", "场", "events", "count", "events", "events"),
    F("events_undertaken", "承办的活动", "场", "events", "count", "events", "events"),
    F("events_joint", "联合举办的活动", "场", "events", "count", "events", "events"),
    F("event_people", "活动参与人次", "人次", "events", "count", "events"),
    F("trainings", "创业教育培训", "场", "events", "count", "events"),
    F("mentor_sessions", "导师辅导", "次", "events", "count", "mentors"),
    F("international", "国际合作交流活动", "场", "events", "count", "events"),

    F("financed", "当年获得投资的团队及企业", "个", "financing", "count", "capital"),
    F("financed_amount", "当年获得投资总额", "千元", "financing", "money", "capital"),
    F("financed_own", "本空间投资的团队及企业", "个", "financing", "count", "capital", "financed"),
    F("financed_own_amount", "本空间投资额", "千元", "financing", "money", "capital", "financed_amount"),
    F("financed_ever_amount", "服务的团队及企业累计获得投资额", "千元", "financing", "money", "capital"),
    F("fund", "自有或合作基金规模", "千元", "financing", "money", "report"),
    F("fiscal_support", "当年享受财政资金支持额", "千元", "financing", "money", "report"),

    F("new_firms", "当年新注册企业", "个", "results", "count", "tenants"),
    F("new_businesses", "当年新注册个体工商户", "个", "results", "count", "tenants"),
    F("graduated", "当年毕业或转入加速的企业", "个", "results", "count", "tenants"),
    F("listed", "当年上市（挂牌）企业", "个", "results", "count", "capital"),
    F("ip", "有效知识产权", "件", "results", "count", "tenants"),
    F("ip_patents", "有效发明专利", "件", "results", "count", "tenants", "ip"),
    F("hightech", "高新技术企业", "个", "results", "count", "tenants"),
    F("tech_smes", "科技型中小企业", "个", "results", "count", "tenants"),
    F("tenant_revenue", "入驻企业营业收入", "千元", "results", "money", "tenants"),
    F("tenant_tax", "入驻企业纳税额", "千元", "results", "money", "tenants"),
    F("success_cases", "成功案例", "个", "results", "count", "report"),

    F("income", "总收入", "千元", "running", "money", "accounts"),
    F("income_service", "服务收入", "千元", "running", "money", "accounts", "income"),
    F("income_investment", "投资收入", "千元", "running", "money", "accounts", "income"),
    F("income_rent", "房租及物业收入", "千元", "running", "money", "accounts", "income"),
    F("income_subsidy", "财政补贴", "千元", "running", "money", "accounts", "income"),
    F("income_other", "其他收入", "千元", "running", "money", "accounts", "income"),
    F("cost", "运营成本", "千元", "running", "money", "accounts"),
    F("cost_site", "场地成本", "千元", "running", "money", "accounts", "cost"),
    F("cost_admin", "管理成本", "千元", "running", "money", "accounts", "cost"),
    F("cost_staff", "人员成本", "千元", "running", "money", "accounts", "cost"),
    F("cost_other", "其他成本", "千元", "running", "money", "accounts", "cost"),
    F("profit", "净利润", "千元", "running", "money", "accounts", None, "亏损填负数", signed=True),
    F("tax", "本单位纳税额", "千元", "running", "money", "accounts"),

    F("false_data", "虚报、瞒报数据", "", "verified", "flag", "officers", None, "1为有，0为没有"),
    F("stopped", "停止运营", "", "verified", "flag", "officers", None, "1为是，0为否"),
)
# fmt: on

_BY_CODE = {row.code: row for row in FIELDS}


def field(code: str) -> ReportField:
    """The field of that code; KeyError if there is none."""
    return _BY_CODE[code]


def named() -> Iterable[Named]:
    """Codes, names and units as a scheme freezes them."""
    return (Named(code=row.code, label=row.label, unit=row.unit, flag=row.kind == "flag") for row in FIELDS)


OWN = tuple(row.code for row in FIELDS if not row.officers)
"""The figures that the operator answers for."""


def form_fields(group: str) -> tuple[ReportField, ...]:
    """The fields of a group that the operator fills in."""
    return tuple(row for row in FIELDS if row.group == group and not row.officers)

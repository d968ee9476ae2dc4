"""The numbers of the regulation, each with its article and first day; and the settings where the text has none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from makerspace.regulation.terms import Bounds, Citation, Dated, Parameter

BEGINNING = date(2017, 6, 6)
LAW, SETTING = "law", "setting"


def _parameter(
    code: str,
    citation: Citation,
    label: str,
    unit: str,
    value: int | str,
    source: str = LAW,
    words: tuple[str, ...] = (),
) -> Parameter:
    """A parameter that has held since the regulation came into force."""
    return Parameter(code, citation, label, unit, (Dated(BEGINNING, value),), source, words)


AGE_MONTHS = _parameter("AGE_MONTHS", Citation(5, 3), "众创空间开办满", "个月", 6)
MENTORS = _parameter("MENTORS", Citation(5, 5), "可认作团队的导师人数", "人", 2, SETTING)
AREA = _parameter("AREA", Citation(7, 1), "场地面积（原则上）", "平方米", 300)
PUBLIC_SHARE = _parameter("PUBLIC_SHARE", Citation(7, 1), "公共办公面积占比", "%", 10)
LEASE_YEARS = _parameter("LEASE_YEARS", Citation(7, 1), "租赁期限", "年", 3)
TENANTS = _parameter("TENANTS", Citation(7, 2), "入驻小微企业或创业团队", "家", 10)
TENANT_FIELDS = _parameter(
    "TENANT_FIELDS", Citation(7, 2), "两类产业领域须同时符合（both）或符合其一（either）", "", "both", SETTING
)
EVENT_QUARTERS = _parameter("EVENT_QUARTERS", Citation(7, 3), "往前推算、每季至少一次活动的季数", "季", 4, SETTING)
PARTNER_YEARS = _parameter("PARTNER_YEARS", Citation(7, 4), "可认作长期合作的协议期限", "年", 1, SETTING)
NOTICE_DAYS = _parameter("NOTICE_DAYS", Citation(11), "公示期", "天", 7)
NOTICE_UNIT = _parameter("NOTICE_UNIT", Citation(11), "公示期的计算单位", "", "calendar", SETTING)
NOTICE_FIRST_DAY = _parameter("NOTICE_FIRST_DAY", Citation(11), "公示发布当日是否计入", "", "excluded", SETTING)
GRANT = _parameter("GRANT", Citation(13), "引导资金（一次性）", "分", 10_000_000)
TERM_GRANT_ACCOUNT = _parameter("TERM_GRANT_ACCOUNT", Citation(13), "确认收款账户的时限", "个工作日", 30, SETTING)
TERM_ACCOUNT_CHECK = _parameter("TERM_ACCOUNT_CHECK", Citation(13), "账户核对时限", "个工作日", 5, SETTING)
TERM_PAYABLE = _parameter("TERM_PAYABLE", Citation(13), "批准拨付时限", "个工作日", 15, SETTING)
TERM_PAYMENT = _parameter("TERM_PAYMENT", Citation(13), "办理拨付时限", "个工作日", 10, SETTING)
TERM_USE_REPORT = _parameter("TERM_USE_REPORT", Citation(13), "报告资金使用情况的时限", "个工作日", 240, SETTING)
TERM_USE_CHECK = _parameter("TERM_USE_CHECK", Citation(13), "使用核查时限", "个工作日", 20, SETTING)
TERM_DISTRICT_REVIEW = _parameter("TERM_DISTRICT_REVIEW", Citation(10), "区县初审与查验时限", "个工作日", 20, SETTING)
TERM_CORRECTION = _parameter("TERM_CORRECTION", Citation(10), "补正时限", "个工作日", 10, SETTING)
CORRECTION_LONGEST = _parameter("CORRECTION_LONGEST", Citation(10), "补正时限最长可延至", "个工作日", 60, SETTING)
TERM_CITY_REVIEW = _parameter("TERM_CITY_REVIEW", Citation(11), "市局受理时限", "个工作日", 10, SETTING)
TERM_EXPERT_REVIEW = _parameter("TERM_EXPERT_REVIEW", Citation(11), "专家现场调研时限", "个工作日", 30, SETTING)
TERM_DECISION = _parameter("TERM_DECISION", Citation(11), "局长审定时限", "个工作日", 15, SETTING)
TERM_APPROVED = _parameter("TERM_APPROVED", Citation(11), "审定后发布公示的时限", "个工作日", 10, SETTING)
TERM_OBJECTION_REVIEW = _parameter("TERM_OBJECTION_REVIEW", Citation(11), "异议处理时限", "个工作日", 20, SETTING)
TERM_ANNOUNCEMENT = _parameter("TERM_ANNOUNCEMENT", Citation(12), "公布时限", "个工作日", 10, SETTING)
TERM_CHANGE_OPINION = _parameter(
    "TERM_CHANGE_OPINION", Citation(12), "区县对变更提出意见的时限", "个工作日", 15, SETTING
)
TERM_CHANGE_DECISION = _parameter("TERM_CHANGE_DECISION", Citation(12), "变更审定时限", "个工作日", 15, SETTING)
TERM_RELINQUISH = _parameter("TERM_RELINQUISH", Citation(12), "确认放弃称号的时限", "个工作日", 10, SETTING)
CHANGE_SITES = _parameter("CHANGE_SITES", Citation(12), "变更后的场地不超过", "处", 3, SETTING)
CHANGE_AREA = _parameter("CHANGE_AREA", Citation(12), "同址面积变化须申请变更的幅度，超过", "%", 20, SETTING)
PANEL_SIZE = _parameter("PANEL_SIZE", Citation(11), "专家组人数（单数）", "人", 3, SETTING)
EXPERT_DECLARE_TERM = _parameter("EXPERT_DECLARE_TERM", Citation(11), "专家申明利害关系的时限", "个工作日", 3, SETTING)
TERM_YEARLY_REPORT = _parameter("TERM_YEARLY_REPORT", Citation(18), "填报年度报告的时限", "个工作日", 30, SETTING)
TERM_REPORT_CHECK = _parameter("TERM_REPORT_CHECK", Citation(18), "区县核实年度报告的时限", "个工作日", 15, SETTING)
TERM_SCORING = _parameter("TERM_SCORING", Citation(18), "考核评分时限", "个工作日", 20, SETTING)
TERM_ASSESSMENT_DECISION = _parameter("TERM_ASSESSMENT_DECISION", Citation(18), "考核审定时限", "个工作日", 10, SETTING)
TERM_RECTIFICATION = _parameter("TERM_RECTIFICATION", Citation(18), "整改期限", "个工作日", 60, SETTING)
TERM_REINSPECTION = _parameter("TERM_REINSPECTION", Citation(18), "整改复查时限", "个工作日", 15, SETTING)
TERM_SERVE_INTENT = _parameter("TERM_SERVE_INTENT", Citation(18), "送达拟取消称号告知书的时限", "个工作日", 10, SETTING)
TERM_DEFENCE = _parameter("TERM_DEFENCE", Citation(18), "陈述申辩期限", "个工作日", 5, SETTING)
TERM_HEARING_REQUEST = _parameter("TERM_HEARING_REQUEST", Citation(18), "申请听证的期限", "个工作日", 5, SETTING)
FIRST_YEAR_SHOWN = _parameter(
    "FIRST_YEAR_SHOWN", Citation(18), "取得称号当年的考核，名录是否标注整改中", "", 0, SETTING, ("不标注", "标注")
)
HEARING_NOTICE = _parameter("HEARING_NOTICE", Citation(18), "听证前通知时间地点的期限", "个工作日", 7, SETTING)
TERM_REVOCATION_DECISION = _parameter("TERM_REVOCATION_DECISION", Citation(18), "取消审定时限", "个工作日", 20, SETTING)
TERM_SUPPORT_ANSWER = _parameter(
    "TERM_SUPPORT_ANSWER", Citation(15), "开放设施与梦想导师答复约请、登记结果的时限", "个工作日", 3, SETTING
)
TERM_LETTER = _parameter("TERM_LETTER", Citation(17), "答复优先支持凭证申请的时限", "个工作日", 10, SETTING)

PARAMETERS = (
    AGE_MONTHS,
    MENTORS,
    AREA,
    PUBLIC_SHARE,
    LEASE_YEARS,
    TENANTS,
    TENANT_FIELDS,
    EVENT_QUARTERS,
    PARTNER_YEARS,
    TERM_DISTRICT_REVIEW,
    TERM_CORRECTION,
    CORRECTION_LONGEST,
    TERM_CITY_REVIEW,
    NOTICE_DAYS,
    NOTICE_UNIT,
    NOTICE_FIRST_DAY,
    TERM_EXPERT_REVIEW,
    PANEL_SIZE,
    EXPERT_DECLARE_TERM,
    TERM_DECISION,
    TERM_APPROVED,
    TERM_OBJECTION_REVIEW,
    TERM_ANNOUNCEMENT,
    TERM_CHANGE_OPINION,
    TERM_CHANGE_DECISION,
    TERM_RELINQUISH,
    CHANGE_SITES,
    CHANGE_AREA,
    GRANT,
    TERM_GRANT_ACCOUNT,
    TERM_ACCOUNT_CHECK,
    TERM_PAYABLE,
    TERM_PAYMENT,
    TERM_USE_REPORT,
    TERM_USE_CHECK,
    TERM_YEARLY_REPORT,
    TERM_REPORT_CHECK,
    TERM_SCORING,
    TERM_ASSESSMENT_DECISION,
    TERM_RECTIFICATION,
    TERM_REINSPECTION,
    TERM_SERVE_INTENT,
    TERM_DEFENCE,
    TERM_HEARING_REQUEST,
    FIRST_YEAR_SHOWN,
    HEARING_NOTICE,
    TERM_REVOCATION_DECISION,
    TERM_SUPPORT_ANSWER,
    TERM_LETTER,
)


class Law(NamedTuple):
    """The values of chapter 2 in force on one day, looked up once and handed to every condition."""

    age_months: int
    mentors: int
    area: int
    public_share: int
    lease_years: int
    tenants: int
    tenant_fields: str
    event_quarters: int
    partner_years: int


CHAPTER_2 = (
    AGE_MONTHS,
    MENTORS,
    AREA,
    PUBLIC_SHARE,
    LEASE_YEARS,
    TENANTS,
    TENANT_FIELDS,
    EVENT_QUARTERS,
    PARTNER_YEARS,
)
DAYS = Bounds(1, 400)
# Whatever is no plain term has bounds of its own. What a holder needs to be heard is never made shorter than the law of
# administrative penalties gives (行政处罚法第六十四条: five days to ask for a hearing, seven days of notice of it).
BOUNDS = {
    PANEL_SIZE.id: Bounds(3, 9, step=2), CHANGE_SITES.id: Bounds(1, 20), CHANGE_AREA.id: Bounds(1, 100),
    FIRST_YEAR_SHOWN.id: Bounds(0, 1), TERM_HEARING_REQUEST.id: Bounds(5, 400), HEARING_NOTICE.id: Bounds(7, 400),
}  # fmt: skip
WITHIN = {TERM_CORRECTION.id: CORRECTION_LONGEST.id}


def _may_be_set(parameter: Parameter) -> bool:
    """Whole numbers on which the text is silent; a condition of chapter 2 and the notice's counting are readings."""
    return parameter.source == SETTING and parameter not in CHAPTER_2 and isinstance(parameter.lines[0].value, int)


SETTINGS = {parameter.id: BOUNDS.get(parameter.id, DAYS) for parameter in PARAMETERS if _may_be_set(parameter)}
NO_LINES: Mapping[str, Sequence[Dated]] = {}


@lru_cache(maxsize=1024)
def law_on(on: date) -> Law:
    """The values of chapter 2 on ``on``, as issued."""
    return Law(*(parameter.on(on) for parameter in CHAPTER_2))


def law_with(on: date, lines: Mapping[str, Sequence[Dated]]) -> Law:
    """The same with dated lines added: the bureau's later decisions, or a trial in the laboratory."""
    return Law(*(with_lines(parameter, lines.get(parameter.id, ())).on(on) for parameter in CHAPTER_2))


def with_lines(parameter: Parameter, lines: Sequence[Dated]) -> Parameter:
    """The parameter with more dated lines, in the order of their first days; the later addition wins a tie."""
    return replace(parameter, lines=tuple(sorted((*parameter.lines, *lines), key=lambda line: line.since)))

"""The shapes of the contract, for the description of the API; the tests hold every answer against them."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class Shape(Schema):
    """Closed: an answer has these keys and no other."""

    model_config = ConfigDict(extra="forbid")


class Refused(Shape):
    """为什么没有办成。"""

    code: str = Field(description="原因代码")
    text: str = Field(description="说明")
    article: str = Field(description="依据条款，无则为空")
    fields: dict[str, str] = Field(description="逐个字段的问题，键为字段路径，如 tenants[3].industry")


class Page(Shape):
    """列表的一页，每页50条。"""

    count: int = Field(description="总条数")
    page: int
    pages: int


class Gap(Shape):
    """差多少。"""

    need: float
    have: float
    short: float
    unit: str


class Excluded(Shape):
    """未计入的一项及理由。"""

    what: str
    why: str


class Finding(Shape):
    """一项条件的对照结果。"""

    id: str
    article: int
    item: int
    strength: Literal["required", "in_principle", "encouraged"]
    verdict: Literal["met", "not_met", "for_judgement", "missing"]
    text: str
    facts: dict[str, Any]
    excluded: list[Excluded]
    gap: Gap | None
    satisfied_on: date | None
    readings: list[str]


class Findings(Shape):
    """全部条件对照，按条款排列。"""

    regulation: str
    category: str
    on: date
    overall: Literal["met", "not_met", "for_judgement", "missing"]
    findings: list[Finding]


class RegistryTitle(Shape):
    """某日名录中的一个众创空间。"""

    number: str
    name: str
    holder: str
    category: str
    authority: str
    since: date
    state: str
    ended_on: date | None


class TitleName(Shape):
    """曾用或现用名称。"""

    name: str
    holder: str
    since: date
    until: date | None


class TitleSite(Shape):
    """曾用或现用场地。"""

    address: str
    since: date
    until: date | None


class RegistryEntry(RegistryTitle):
    """一个众创空间的名录详情。"""

    announcement: str = Field(description="公布文号")
    announced_on: date
    ended_by: str | None = Field(description="终止文书的校验码，可在 /verify/{code} 核验")
    names: list[TitleName]
    sites: list[TitleSite]


class Registry(Page):
    """名录。"""

    on: date
    items: list[RegistryTitle]


class Verified(Shape):
    """证书或公文是否真实，以及目前状态。"""

    genuine: bool
    kind: str | None
    number: str | None
    holder: str | None
    state: str | None
    since: date | None
    replaced_by: str | None
    year: int | None = Field(description="优先支持凭证适用的年度")


class Head(Shape):
    """每日卷首。"""

    day: date
    entries: int
    algorithm: str
    head: str


class Heads(Page):
    """每日卷首列表，近日在前。"""

    items: list[Head]


class CallSummary(Shape):
    """申报通知。"""

    id: int
    title: str
    year: int
    categories: list[str]
    opens_on: date
    closes_on: date
    open: bool
    days_left: int | None
    published_on: date
    regulation: str


class CallDetail(CallSummary):
    """申报通知全文。"""

    text: str
    materials: list[dict[str, Any]]
    contacts: list[dict[str, Any]]


class Calls(Page):
    """申报通知列表，受理中的在前。"""

    items: list[CallSummary]


class SchemeSummary(Shape):
    """一个年度的考核方案；system_default 为真的是系统默认方案，不是《办法》的规定。"""

    year: int
    title: str
    published_on: date
    digest: str
    regulation: str
    system_default: bool


class SchemeDetail(SchemeSummary):
    """考核方案全文。"""

    body: dict[str, Any]
    words: dict[str, str]


class Schemes(Page):
    """考核方案列表，近年的在前。"""

    items: list[SchemeSummary]


class Figure(Shape):
    """公示的一项数据：申报与核实。"""

    label: str
    declared: str
    verified: str


class NoticeItem(Shape):
    """公示的一个办件。"""

    id: str
    makerspace: str
    applicant: str
    category: str
    authority: str
    figures: list[Figure]
    stage: str


class PublishedHead(Shape):
    """发布时最近一个每日卷首。"""

    day: date
    head: str


class Notice(Shape):
    """公示。"""

    id: int
    title: str
    state: Literal["published", "replaced"]
    publish_on: date
    first_day: date
    last_day: date
    days: int
    steps: list[str] = Field(description="期限计算的每一步")
    provisional: bool = Field(description="相关年度放假安排尚未公布，末日可能调整")
    text: str
    digest: str = Field(description="公示正文的摘要（SHA-256）")
    head: PublishedHead | None
    contact_phone: str
    discipline_phone: str
    paper: str = Field(description="公示文件的校验码")
    replaced_by: int | None
    replaced_why: str
    items: list[NoticeItem]


class Notices(Page):
    """公示列表，近日在前。"""

    items: list[Notice]


class Objection(Shape):
    """异议办理到哪一步；不含提出人的任何信息。"""

    receipt: str = Field(description="回执编码，凭此查询进展")
    notice: int
    case: str
    makerspace: str
    state: Literal["received", "admitted", "not_admitted", "investigated", "dismissed", "upheld", "ended"]
    received_on: date
    closed_on: date | None
    contact_confirmed: bool
    next_step: str
    reply: str


class Material(Shape):
    """一份材料。"""

    kind: str
    conditions: list[str]
    pages: str
    name: str
    digest: str = Field(description="SHA-256")
    size: int
    content_type: str
    uploaded_at: datetime


class HistoryLine(Shape):
    """办理过程的一步。"""

    at: datetime
    act: str
    by: str
    article: str
    seal: str


class ActNow(Shape):
    """本人此刻可以办理的事项，及其内容的 JSON Schema。"""

    act: str
    article: str
    input: dict[str, Any] = Field(alias="schema")


class CaseSummary(Shape):
    """列表中的办件；acts 按身份和环节列出，内容模式以 $ref 指向本接口说明。"""

    id: str
    kind: str
    stage: str
    due_on: date | None
    regulation: str
    applicant: str
    makerspace: str
    category: str
    authority: str
    acts: list[ActNow]


class CaseDetail(CaseSummary):
    """办件。"""

    dossier: dict[str, Any] | None
    findings: Findings | None
    facts: dict[str, Any] | None
    materials: list[Material]
    history: list[HistoryLine]


class Cases(Page):
    """可见的办件。"""

    items: list[CaseSummary]


class Content(Shape):
    """一条记录中被封印的全部内容。"""

    algorithm: str
    stream: str
    seq: int
    act: str
    role: str
    person: int | None
    on: date
    at: datetime
    articles: str
    regulation: str
    before: str
    after: str
    data: str
    prev: str


class RecordEntry(Shape):
    """案卷的一条记录。content 按键排序、无空格、不转义写成 UTF-8 的 JSON，其摘要即 seal；无权查看的内容为 null。"""

    seq: int
    at: datetime
    act: str
    role: str
    by: str
    article: str
    content: Content | None
    algorithm: str
    prev: str
    seal: str


class Record(Page):
    """案卷。"""

    items: list[RecordEntry]


class AnnouncementOut(Shape):
    """公布。"""

    document_number: str
    on: date
    digest: str
    titles: list[RegistryTitle]


# -- the grants' money -------------------------------------------------------------------------------------------------
class Budget(Shape):
    """年度引导资金预算，单位为分。"""

    year: int
    ceiling: int
    available: int
    committed: int
    paid: int
    recovered: int


class PaymentBatchOut(Shape):
    """拨付批次，金额单位为分。"""

    number: str
    year: int
    basis: str
    approved_on: date
    cases: list[str]
    total: int


# -- registers ---------------------------------------------------------------------------------------------------------
class Counts(Shape):
    """各登记册今日有效的条数；活动和经营数据为近365天。"""

    tenants: int
    staff: int
    mentors: int
    events: int
    partners: int
    premises: int
    results: int


class Makerspace(Shape):
    """一个众创空间，更名、变更运营单位后仍是同一个。"""

    id: int
    name: str
    organisation: str
    authority: str
    created_on: date
    counts: Counts


class Makerspaces(Page):
    """众创空间。"""

    items: list[Makerspace]


class Facts(Shape):
    """申报事实中的六部分，结构同 Dossier。"""

    tenants: list[dict[str, Any]]
    staff: list[dict[str, Any]]
    mentors: list[dict[str, Any]]
    events: list[dict[str, Any]]
    capital_partners: list[dict[str, Any]]
    premises: list[dict[str, Any]]


class Figures(Shape):
    """由登记册汇总的年度数据；values 的键为年度报告的填报项代码，金额为千元，没有列出的项不由登记册汇总。"""

    year: int
    until: date = Field(description="汇总截至这一天")
    values: dict[str, float]


class Line(Shape):
    """登记册的一条。"""

    id: int
    version: int
    stands: bool = Field(description="今日（或所问的一天）是否有效；活动为当天或以前举办")
    struck_on: date | None = Field(description="作废日期")
    values: dict[str, Any] = Field(description="内容，字段同登记时，空的为 null")


class Lines(Page):
    """一本登记册。"""

    items: list[Line]


class FieldChange(Shape):
    """一处修改。"""

    field: str
    before: Any
    after: Any


class LineEvent(Shape):
    """一次登记、修改、离开或作废。"""

    at: datetime
    by: str
    act: Literal["add", "change", "leave", "strike"]
    note: str
    changes: list[FieldChange]


class LineDetail(Line):
    """一条登记及其全部修改记录，新的在前。"""

    history: list[LineEvent]


class Brought(Shape):
    """整表登记的结果。"""

    added: int
    changed: int
    unchanged: int

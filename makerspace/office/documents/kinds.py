"""The kinds of official paper, and what each must be told: checked when a paper is ordered, printed as it stands.

A paper decides nothing and looks nothing up: names, reasons, remedies and dates are the matter's own words.
Days may be given as `date` and are printed as 2026年3月16日; other values are plain text.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def chinese_day(value: object) -> object:
    """A day as papers print it; text is left as it is."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return value


Day = Annotated[str, BeforeValidator(chinese_day)]


class Content(BaseModel):
    """Base of all contents: unknown names are refused, so that a slip fails in the act and not in the night."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Letter(Content):
    """What every letter of an office has."""

    office: str = Field(min_length=1, description="发文机关，也是落款")
    contact: str = Field("", description="联系人")
    phone: str = Field("", description="联系电话")
    address: str = Field("", description="联系地址")


class Point(Content):
    """One item of a list that names a section or condition and says something about it."""

    about: str = Field(description="条件、部分或步骤")
    text: str
    article: str = Field("", description="依据，如 第七条第一项")


class File(Content):
    """A material handed in."""

    name: str
    about: str = Field("", description="对应的条件或材料类别")
    pages: int | None = None
    digest: str = ""


class Listed(Content):
    """A makerspace in an annex."""

    makerspace: str
    operator: str = ""
    category: str = ""
    authority: str = Field("", description="推荐的科技主管部门")
    number: str = Field("", description="申报编号或名录编号")
    note: str = ""


class Receipt(Letter):
    """申报受理回执: what was handed in, when, and what happens next."""

    applicant: str
    makerspace: str
    category: str
    call: str = Field("", description="申报通知的名称")
    authority: str = Field("", description="受理初审的科技主管部门")
    submitted_at: str
    submitted_by: str = ""
    channel: str = Field("网上申报", description="网上申报、纸件录入……")
    dossier_digest: str = ""
    materials: list[File] = []
    next_step: str
    next_by: Day = ""
    notes: list[str] = []


class CorrectionNotice(Letter):
    """补正通知书: all faults at once, each on a section or condition."""

    addressee: str
    makerspace: str
    faults: list[Point] = Field(min_length=1)
    due_on: Day
    basis: str = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十条"
    notes: list[str] = []


class RecommendationLetter(Letter):
    """推荐函: a district to the bureau."""

    addressee: str
    call: str = ""
    items: list[Listed] = Field(min_length=1)
    visit: str = Field("", description="实地查验情况，一句话")
    opinion: str
    rank: str = Field("", description="择优排序，如 第1位（共6家）")
    basis: str = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十条"


class DeclineNotice(Letter):
    """不予推荐告知书: reasons per condition, remedies."""

    addressee: str
    makerspace: str
    visit: str = ""
    reasons: list[Point] = Field(min_length=1)
    remedies: list[str] = Field(min_length=1)
    readings: list[str] = Field([], description="适用的口径")
    basis: str = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十条"


class RejectionNotice(Letter):
    """不予认定告知书: reasons per condition, the meeting, remedies."""

    addressee: str
    makerspace: str
    meeting: str = Field("", description="如 局长办公会")
    meeting_on: Day = ""
    reasons: list[Point] = Field(min_length=1)
    remedies: list[str] = Field(min_length=1)
    readings: list[str] = []
    basis: str = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十一条、第十二条"


class PublicNotice(Letter):
    """公示: the list, the days with every step of their counting, how to object."""

    basis: str = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）"
    process: str = Field("", description="经过的程序；空则用通行表述")
    items: list[Listed] = Field(min_length=1)
    first_day: Day
    last_day: Day
    counting: list[str] = Field([], description="期限计算的每一步")
    objection: list[str] = Field([], description="异议方式；空则用通行表述")
    discipline_phone: str = ""
    page_url: str = Field("", description="公示网页")
    head: str = Field("", description="案卷日首：日期、算法、摘要")
    digest: str = Field("", description="公示文本摘要")
    replaces: str = Field("", description="重新公示时：原公示及更正说明")


class Announcement(Letter):
    """公布通知: red header, document number, list annex."""

    addressee: str = "各县（市）区、开发（度假）区科技主管部门，各有关单位"
    basis: str = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）"
    process: str = Field("", description="经过的程序；空则用通行表述")
    items: list[Listed] = Field(min_length=1)
    requirements: list[str] = []
    copies_to: str = Field("", description="抄送")
    print_office: str = Field("", description="印发机关；空则用发文机关办公室")


class Certificate(Content):
    """证书: one quiet sheet."""

    office: str
    makerspace: str
    operator: str
    category: str
    recognised_on: Day
    announcement: str = Field("", description="公布文号")


class Row(Content):
    """A labelled value of the application form."""

    label: str
    value: str = ""


class Section(Content):
    """A section of the application form: labelled values, a table, or running text."""

    title: str
    rows: list[Row] = []
    columns: list[str] = []
    lines: list[list[str]] = []
    paragraphs: list[str] = []


class PrintSet(Content):
    """申报材料打印件: the application form, with page codes and the digest on every page."""

    applicant: str
    makerspace: str
    category: str
    authority: str = ""
    call: str = ""
    version: str = Field("", description="第几版、提交时间")
    sections: list[Section] = Field(min_length=1)
    materials: list[File] = []
    commitment: list[str] = []
    dossier_digest: str


class ObjectionReceipt(Letter):
    """异议回执: no word about who objected."""

    notice: str = Field(description="公示的名称")
    makerspace: str
    received_at: str
    late: bool = False
    next_step: str
    next_by: Day = ""
    query_url: str = ""
    notes: list[str] = []


class ObjectionReply(Letter):
    """异议答复书: what was asked, what was found, what follows."""

    addressee: str
    notice: str = ""
    makerspace: str
    objection: str = Field(description="异议要点")
    steps: list[str] = Field([], description="调查核实经过")
    findings: str
    result: str
    remedies: list[str] = Field(min_length=1)
    basis: str = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十一条、第十二条"


class Criterion(Content):
    """A criterion's result over the panel."""

    name: str
    weight: str = ""
    score: str = ""
    remark: str = ""


class ExpertOpinion(Content):
    """专家组意见: visit, scores, conclusion; names only where the matter hands them in."""

    office: str
    applicant: str
    makerspace: str
    category: str
    panel: list[str] = Field([], description="专家签名栏；按编号或姓名")
    visit: list[Row] = Field([], description="现场调研：日期、参加人员、查看内容、发现")
    criteria: list[Criterion] = []
    total: str = ""
    conclusion: str
    suggestions: list[str] = []


class RecoveryDecision(Letter):
    """追回引导资金决定书: how much, why, on which legal basis, until when, remedies."""

    addressee: str
    makerspace: str
    paid_on: Day
    voucher: str
    amount: str = Field(description="金额，含大写")
    reason: str
    basis: str
    pay_back_by: Day
    remedies: list[str] = Field(min_length=1)


class ReasonedLetter(Letter):
    """整改通知书, 拟取消称号告知书, decisions on titles and their changes: an opening, numbered points, what follows, remedies."""

    addressee: str
    opening: str
    points: list[Point] = Field(min_length=1)
    closing: str = ""
    remedies: list[str] = []
    basis: str


class SheetLine(Content):
    """One payment of a sheet."""

    makerspace: str
    payee: str
    bank: str
    account: str
    amount: str
    capitals: str


class PaymentSheet(Content):
    """引导资金拨付表: one batch, a line for each payment, the total in figures and in capital numerals."""

    office: str
    batch: str
    basis: str
    approved_by: str
    approved_on: Day
    lines: list[SheetLine] = Field(min_length=1)
    total: str
    total_capitals: str


@dataclass(frozen=True)
class Kind:
    """A kind of paper: its Chinese name, the content it needs; strict ones may not lose a single character."""

    label: str
    content: type[Content]
    strict: bool = True


KINDS: dict[str, Kind] = {
    "receipt": Kind("申报受理回执", Receipt, strict=False),
    "correction_notice": Kind("补正通知书", CorrectionNotice),
    "recommendation_letter": Kind("推荐函", RecommendationLetter),
    "decline_notice": Kind("不予推荐告知书", DeclineNotice),
    "rejection_notice": Kind("不予认定告知书", RejectionNotice),
    "public_notice": Kind("公示", PublicNotice),
    "announcement": Kind("公布通知", Announcement),
    "certificate": Kind("证书", Certificate),
    "print_set": Kind("申报材料打印件", PrintSet, strict=False),
    "objection_receipt": Kind("异议回执", ObjectionReceipt, strict=False),
    "objection_reply": Kind("异议答复书", ObjectionReply),
    "recovery_decision": Kind("追回引导资金决定书", RecoveryDecision),
    "rectification_notice": Kind("整改通知书", ReasonedLetter),
    "revocation_intent": Kind("拟取消称号告知书", ReasonedLetter),
    "revocation_decision": Kind("取消称号决定书", ReasonedLetter),
    "keeping_decision": Kind("保留称号决定书", ReasonedLetter),
    "change_decision": Kind("同意变更决定书", ReasonedLetter),
    "change_refusal": Kind("不予变更决定书", ReasonedLetter),
    "relinquishment": Kind("放弃称号确认书", ReasonedLetter),
    "priority_letter": Kind("优先支持凭证", ReasonedLetter),
    "priority_refusal": Kind("不予出具优先支持凭证告知书", ReasonedLetter),
    "payment_sheet": Kind("引导资金拨付表", PaymentSheet),
    "expert_opinion": Kind("专家组意见", ExpertOpinion, strict=False),
}

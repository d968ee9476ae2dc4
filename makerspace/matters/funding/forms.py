"""What each act is given: one model validates the API's JSON, gives its schema, and is the page's form. Money in fen."""

import unicodedata
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue, StringConstraints

from makerspace.matters.funding.models import Recovery, UseItem
from makerspace.office.casework.acts import Day, Input, files
from makerspace.regulation.faults import CONTROL_FREE

LONG: dict[str, JsonValue] = {"widget": "textarea"}
YUAN: dict[str, JsonValue] = {"widget": "yuan", "unit": "元"}
MOST_FEN = 100_000_000_000_00
Text = Annotated[str, StringConstraints(max_length=2000, pattern=CONTROL_FREE)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=CONTROL_FREE)]
Fen = Annotated[int, Field(gt=0, le=MOST_FEN)]
Number = Annotated[str, Field(min_length=1, max_length=24, pattern=CONTROL_FREE)]


def _digits(given: object) -> object:
    """As banks print numbers in groups: without blanks and hyphens, in narrow digits."""
    if not isinstance(given, str):
        return given
    return "".join(char for char in unicodedata.normalize("NFKC", given) if not char.isspace() and char != "-")


AccountNumber = Annotated[str, BeforeValidator(_digits), StringConstraints(pattern=r"^[0-9]{8,30}$")]
BankCode = Annotated[str, BeforeValidator(_digits), StringConstraints(pattern=r"^([0-9]{12})?$")]


class ConfirmAccount(Input):
    """确认收款账户."""

    payee: Line = Field(title="户名", min_length=1, description="应与运营单位名称一致")
    bank: Annotated[str, StringConstraints(max_length=100, pattern=CONTROL_FREE)] = Field(
        title="开户银行", min_length=1, description="写到支行，例如“中国工商银行昆明翠湖支行”"
    )
    bank_code: BankCode = Field("", title="联行号", description="12位数字，可在开户许可证或网上银行查到")
    account_number: AccountNumber = Field(
        title="银行账号",
        description="单位结算账户，8至30位数字；加密保存，页面只显示末四位",
        json_schema_extra={"autocomplete": "off"},
    )
    name_change: Text = Field(
        "", title="户名与运营单位名称不一致的说明", description="一致的不必填写", json_schema_extra=LONG
    )
    papers: list[str] = files(
        "账户资料", "加盖公章的账户确认函、收款收据；户名不一致的，须有登记机关的名称变更证明", at_least=0
    )


class WithReason(Input):
    """An act that needs nothing but a reason."""

    reason: Text = Field(title="理由", min_length=1, json_schema_extra=LONG)


UNPAID = "款项尚未付出"


class RecheckAccount(WithReason):
    """退回重新确认账户."""

    unpaid: bool = Field(
        False, title=f"已向拨付人员核实，{UNPAID}", description="已批准、待拨付的必须核实；待批准的不必勾选"
    )


class ConfirmUnpaid(Input):
    """确认未付款."""

    unpaid: bool = Field(False, title=f"已核对银行往来，本件{UNPAID}，以后也不按原账户付款")


class ApprovePayment(Input):
    """批准拨付."""

    basis: Line = Field(title="批准依据", min_length=1, description="例如“局长办公会2026年第8次会议”")


class ApproveBatch(ApprovePayment):
    """Many cases on one basis."""

    cases: list[Number] = Field(title="待批准拨付的办件", min_length=1, max_length=200)


class RecordPayment(Input):
    """登记拨付."""

    paid_on: Day = Field(title="拨付日期", description="不早于批准之日，不晚于今天")
    voucher: Annotated[str, StringConstraints(max_length=60, pattern=CONTROL_FREE)] = Field(
        title="凭证号", min_length=1, description="国库集中支付凭证或银行回单的编号，不能重复"
    )
    papers: list[str] = files("拨付凭证", "支付凭证或银行回单的扫描件")


class RecordBounce(Input):
    """登记退汇."""

    bounced_on: Day = Field(title="退汇日期", description="不晚于今天")
    reason: Text = Field(title="退汇原因", min_length=1, description="照银行退汇通知填写", json_schema_extra=LONG)


class UseRow(Input):
    """One expense with its invoice."""

    category: UseItem.Category = Field(title="类别")
    content: Line = Field(title="支出内容", min_length=1)
    invoice: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,30}$")] = Field(
        title="发票号码", description="8至30位数字或字母"
    )
    invoiced_on: Day = Field(title="开票日期")
    amount: Fen = Field(title="列支金额", json_schema_extra=YUAN)


class ReportUse(Input):
    """报告资金使用."""

    items: list[UseRow] = Field(
        title="使用明细",
        description="只列众创空间条件建设的支出；人员工资、房租、招待、还债等不在此列（第十三条）",
        min_length=1,
        max_length=200,
        json_schema_extra={"rows_as": "cards"},
    )
    summary: Text = Field(title="使用情况与成效", min_length=1, json_schema_extra=LONG)
    unspent_why: Text = Field("", title="尚有余额的说明", description="全部列支的不必填写", json_schema_extra=LONG)
    papers: list[str] = files("发票和使用凭证", "每张发票的扫描件；可另附合同、验收单和照片")


class AcceptUse(Input):
    """使用核查通过."""

    opinion: Text = Field(title="核查意见", min_length=1, json_schema_extra=LONG)


class Recover(Input):
    """决定追回."""

    basis: Recovery.Basis = Field(
        title="法律依据",
        description="昆科发〔2017〕55号没有规定追回，须引用其他依据",
        json_schema_extra={"widget": "select"},
    )
    basis_text: Line = Field("", title="依据的条款", description="选择其他依据的必须写明名称和条款")
    amount: Fen = Field(title="追回金额", json_schema_extra=YUAN)
    reason: Text = Field(title="事实和理由", min_length=1, json_schema_extra=LONG)
    pay_back_by: Day = Field(title="退缴期限")


class RecordRepayment(Input):
    """登记退缴."""

    amount: Fen = Field(title="退缴金额", description="本次到账的金额；分次退缴的，分次登记", json_schema_extra=YUAN)
    paid_back_on: Day = Field(title="退缴日期", description="不早于决定追回之日，不晚于今天")
    voucher: Annotated[str, StringConstraints(max_length=60, pattern=CONTROL_FREE)] = Field(
        title="缴款凭证号", min_length=1, description="缴款书或银行回单的编号，不能重复"
    )
    papers: list[str] = files("缴款凭证", "缴款书或银行回单的扫描件")


class StrikeRepayment(Input):
    """更正退缴登记."""

    voucher: Annotated[str, StringConstraints(max_length=60, pattern=CONTROL_FREE)] = Field(
        title="缴款凭证号", min_length=1, description="登记有误的那一次；更正后可以重新登记"
    )
    reason: Text = Field(title="更正原因", min_length=1, json_schema_extra=LONG)


class ProposeCeiling(Input):
    """提出年度预算额度."""

    year: Annotated[int, Field(ge=2017, le=2100)] = Field(title="年度", json_schema_extra={"unit": "年"})
    amount: Annotated[int, Field(ge=0, le=MOST_FEN)] = Field(title="额度", json_schema_extra=YUAN)
    basis: Line = Field(title="依据", min_length=1, description="预算批复的文号或会议")

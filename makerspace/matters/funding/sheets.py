"""引导资金拨付表: one batch as a workbook or as a paper, amounts in figures and in capital numerals."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from makerspace.matters.funding import sealing
from makerspace.matters.funding.capitals import capitals
from makerspace.matters.funding.models import Batch, Payment
from makerspace.office.documents.kinds import PaymentSheet
from makerspace.office.documents.models import Paper
from makerspace.office.documents.rendering import render
from makerspace.office.documents.sheets import Sheet, workbook

KIND, TITLE = "payment_sheet", "昆明市众创空间引导资金拨付表"
HEAD = (
    "序号", "办件编号", "众创空间", "户名", "开户银行", "联行号", "账号", "金额（元）", "金额大写", "状态", "凭证号", "拨付日期",
)  # fmt: skip


def as_workbook(batch: Batch, payments: Sequence[Payment], numbers: Mapping[int, str]) -> bytes:
    """The batch as XLSX; ``numbers`` are the full account numbers by payment, masked where there is none."""
    rows: list[Sequence[object]] = [
        (
            place, row.grant.case.number, row.grant.case.subject, row.account.payee, row.account.bank, row.account.bank_code,
            number_in(row, numbers), Decimal(row.amount) / 100, capitals(row.amount), row.get_state_display(), row.voucher,
            row.paid_on,
        )
        for place, row in enumerate(payments, start=1)
    ]  # fmt: skip
    total = sum(row.amount for row in payments)
    rows.append(("合计", "", "", "", "", "", "", Decimal(total) / 100, capitals(total), "", "", None))
    return workbook(Sheet(batch.number, HEAD, rows))


def as_paper(batch: Batch, payments: Sequence[Payment], numbers: Mapping[int, str]) -> bytes:
    """The batch as PDF under the code of its kept sheet; made at once and kept nowhere: it may hold full numbers."""
    kept = batch.paper
    code = kept.code if kept else ""
    data = PaymentSheet.model_validate(content_of(batch, payments, numbers)).model_dump(mode="json")
    return render(Paper(code=code, kind=KIND, number=batch.number, title=TITLE, data=data, issued_on=batch.on))


def content_of(batch: Batch, payments: Sequence[Payment], numbers: Mapping[int, str]) -> dict[str, Any]:
    """What the sheet says."""
    total = sum(row.amount for row in payments)
    return {
        "office": settings.SITE["sponsor"], "batch": batch.number, "basis": batch.basis, "approved_by": str(batch.by),
        "approved_on": batch.on, "total": in_yuan(total), "total_capitals": capitals(total),
        "lines": [
            {
                "makerspace": row.grant.case.subject, "payee": row.account.payee, "bank": row.account.bank,
                "account": number_in(row, numbers), "amount": in_yuan(row.amount), "capitals": capitals(row.amount),
            }
            for row in payments
        ],
    }  # fmt: skip


def number_in(payment: Payment, numbers: Mapping[int, str]) -> str:
    """The number in full where it was opened for this sheet, else masked."""
    return numbers.get(payment.pk) or sealing.masked(payment.account.tail)


def in_yuan(fen: int) -> str:
    """100,000.00."""
    return f"{Decimal(fen) / 100:,.2f}"

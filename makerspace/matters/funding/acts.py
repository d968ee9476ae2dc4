"""Hands in the acts of article 13, what its cases show, and the choices their pages offer."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from pydantic import BaseModel

from makerspace.matters.funding import forms, guards, operations
from makerspace.matters.funding.models import Payment
from makerspace.matters.funding.queries import grants, recoveries
from makerspace.matters.recognition.following import HANDED_ON, HANDED_ON_LABEL, follow
from makerspace.office.casework.acts import register
from makerspace.office.casework.kinds import Kind, TabOf, register_kind
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.record import clock

KIND = "grant"
Choices = Mapping[str, Any]
HANDLED, PAID = guards.neither_approves_nor_pays, guards.neither_handles_nor_approves


def _plain(operation: Callable[..., Case]) -> Callable[..., Case]:
    """The operation, with rows of the input's lists turned into plain mappings."""

    def taken(case: Case, **told: object) -> Case:
        return operation(case, **{name: _dumped(value) for name, value in told.items()})

    return taken


def _dumped(value: object) -> object:
    if isinstance(value, list):
        return [row.model_dump() if isinstance(row, BaseModel) else row for row in value]
    return value


# -- first values ------------------------------------------------------------------------------------------------------
def _holder(case: Case, person: Person) -> Choices:
    return {"payee": case.grant.title.holder}


def _paying(case: Case, person: Person) -> Choices:
    return {"paid_on": clock.today()}


def _bounced(case: Case, person: Person) -> Choices:
    return {"bounced_on": clock.today()}


def _again(case: Case, person: Person) -> Choices:
    """A report that was sent back is corrected, not written anew."""
    last = case.grant.uses.order_by("-id").first()
    if last is None:
        return {}
    rows = last.items.values("category", "content", "invoice", "invoiced_on", "amount")
    return {"items": list(rows), "summary": last.summary, "unspent_why": last.unspent_why}


def _recovering(case: Case, person: Person) -> Choices:
    paid = case.grant.payments.filter(state=Payment.State.PAID).first()
    return {"amount": paid.amount if paid else None, "pay_back_by": clock.today() + timedelta(days=30)}


def _repaid(case: Case, person: Person) -> Choices:
    return {"paid_back_on": clock.today()}


def _latest(case: Case, person: Person) -> Choices:
    came = recoveries.of_case(case).standing
    return {"voucher": max(came, key=lambda row: row.pk).voucher} if came else {}


def _tab(case: Case, person: Person, on: date) -> Choices:
    return {"standing": grants.standing(case, person, on)}


# -- the rows of the table ---------------------------------------------------------------------------------------------
register(KIND, "open_grant", operation=operations.open_grant)
register(
    KIND, "confirm_account", operation=operations.confirm_account, schema=forms.ConfirmAccount, initial=_holder,
    guards=(guards.title_stands,), note="账号加密保存；确认后由市科技局核对。",
)  # fmt: skip
register(
    KIND, "return_account", operation=operations.return_account, schema=forms.WithReason, guards=(HANDLED,)
)  # fmt: skip
register(
    KIND, "accept_account", operation=operations.accept_account,
    guards=(HANDLED, guards.title_stands, guards.nothing_holds, guards.payee_holds_the_title), note="核对户名、开户银行和附件后，报负责人批准拨付。",
)  # fmt: skip
register(
    KIND, "recheck_account", operation=operations.recheck_account, schema=forms.RecheckAccount,
    guards=(HANDLED, guards.nobody_may_have_paid), note="由运营单位重新确认收款账户。已批准的，资金回到年度可用预算，须重新批准；办理前请向承担拨付职责的人员核实款项没有付出。"
    "您办理后，不能再审批或者拨付本件。",
)  # fmt: skip
register(
    KIND, "release_hold", operation=operations.release_hold, schema=forms.WithReason, guards=(guards.something_holds,),
    note="核定后本件继续办理；在先的引导资金和核定理由都留在案卷中。",
)  # fmt: skip
register(
    KIND, "stop_payment", operation=operations.stop_payment, schema=forms.WithReason, guards=(guards.may_be_stopped, guards.nobody_may_have_paid),
    note="决定后本件办结，不再拨付；同一众创空间终身只有一次引导资金。",
)  # fmt: skip
register(
    KIND, "approve_payment", operation=operations.approve_payment, schema=forms.ApprovePayment,
    guards=(guards.title_stands, guards.nothing_holds, guards.payee_holds_the_title, guards.money_is_there),
    page="funding_approve", batch=True,
)  # fmt: skip
register(
    KIND, "record_payment", operation=operations.record_payment, schema=forms.RecordPayment, initial=_paying,
    guards=(PAID, guards.may_have_been_paid), note="登记后通知运营单位，并开始计算报告使用的期限（系统默认）。",
)  # fmt: skip
register(
    KIND, "confirm_unpaid", operation=operations.confirm_unpaid, schema=forms.ConfirmUnpaid, guards=(PAID, guards.may_say_unpaid),
    note="查看过完整账号、没有付款的，由您确认；此后经办处室才能退回账户、负责人才能决定不予拨付。已经付出的，请登记拨付，不要确认。",
)  # fmt: skip
register(
    KIND, "record_bounce", operation=operations.record_bounce, schema=forms.RecordBounce, initial=_bounced,
    guards=(PAID,), note="退回的资金回到年度可用预算，由运营单位重新确认账户。",
)  # fmt: skip
register(
    KIND, "report_use", operation=_plain(operations.report_use), schema=forms.ReportUse, initial=_again,
    note="引导资金只能用于众创空间条件建设（第十三条）。报告本众创空间这笔资金的使用，不论由哪个单位收到。",
)  # fmt: skip
register(KIND, "return_use", operation=operations.return_use, schema=forms.WithReason, guards=(HANDLED,))
register(KIND, "accept_use", operation=operations.accept_use, schema=forms.AcceptUse, guards=(HANDLED,))
register(
    KIND, "waive", operation=operations.waive, schema=forms.WithReason, guards=(guards.term_is_over,),
    note="办理后本件办结，不再拨付；同一众创空间终身只有一次引导资金。",
)  # fmt: skip
register(
    KIND, "recover", operation=operations.recover, schema=forms.Recover, initial=_recovering,
    note="办理后出具追回引导资金决定书，载明依据、金额、期限和救济途径。",
)  # fmt: skip
register(
    KIND, "record_repayment", operation=operations.record_repayment, schema=forms.RecordRepayment, initial=_repaid,
    guards=(PAID, guards.something_is_owed), note="登记后通知运营单位；全部退缴后不再登记。登记有误的可以更正，原登记留在案卷中。",
)  # fmt: skip
register(
    KIND, "strike_repayment", operation=operations.strike_repayment, schema=forms.StrikeRepayment, initial=_latest,
    guards=(PAID, guards.something_came), note="更正后这一次不再计入，原登记和原因留在案卷中；金额有误的，更正后重新登记。",
)  # fmt: skip

register_kind(
    Kind(
        KIND, facts=grants.facts, tabs=(TabOf("grant", "引导资金", "funding/_grant.html", _tab),),
        notes={grants.LOOK: "查看完整账号", HANDED_ON: HANDED_ON_LABEL}, reads_files=grants.sees_account,
        withholds=grants.withheld,
    )
)  # fmt: skip
follow(lambda title: Q(grant__title=title), then=operations.tell_of_change)

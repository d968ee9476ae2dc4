"""Article 13: a leader approves within the year's budget, another pays; what bounces or is sent back begins anew."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from makerspace.matters.funding import ledger, sheets
from makerspace.matters.funding.capitals import in_yuan
from makerspace.matters.funding.models import Account, Batch, Budget, Grant, Payment, Posting
from makerspace.matters.funding.operations.budget import stream_of
from makerspace.matters.funding.operations.opening import look_for_holds
from makerspace.matters.funding.queries import budgets, payees
from makerspace.matters.funding.queries.payees import now_of
from makerspace.office.casework.attachments import hand_in
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, next_number
from makerspace.office.casework.queries import as_it_is, people_of, procedure_of, why_not
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.documents.operations import order_paper
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.record.operations import append
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role

Place, State = Posting.Place, Payment.State
MOST_AT_ONCE = 200
ORDER = ("not_found", "not_yours", "wrong_stage", "invalid")  # what counts first when several are refused


@transaction.atomic
def approve_payments(cases: Iterable[Case], *, basis: str, by: Person, on: date) -> Batch:
    """Approve a batch within the year's budget: all or nothing, one move per case.

    Raises ``Refused`` naming every case that may not be approved and why; then nothing has changed.
    """
    chosen = in_order(cases)
    ask_all(chosen, by=by, on=on)
    number = next_number(f"ZF-{on.year}-", width=3)
    for case in chosen:
        advance(case, "approve_payment", by=by, on=on, data={"batch": number, "basis": basis})
    budget = Budget.objects.select_for_update(no_key=True).filter(year=on.year).first()
    grants = list(Grant.objects.filter(case__in=chosen).select_related("case").order_by("case__number"))
    total = sum(grant.amount for grant in grants)
    if budget is None or budget.available < total:
        raise refused("wrong_stage", over(on.year, total, budget.available if budget else 0), 13)
    batch = Batch.objects.create(number=number, budget=budget, basis=basis, by=by, on=on)
    payments = [_approve(grant, batch, by=by, on=on) for grant in grants]
    content = sheets.content_of(batch, payments, {})
    batch.paper = order_paper(sheets.KIND, number, number, content, on, title=sheets.TITLE)
    batch.save(update_fields=["paper"])
    data = {"batch": number, "basis": basis, "cases": [grant.case.number for grant in grants], "total": total}
    append(stream_of(budget), "approve_payments", by=by, role=Role.LEADER, on=on, articles=(13,), data=data)
    return batch


def _approve(grant: Grant, batch: Batch, *, by: Person, on: date) -> Payment:
    """The payment of one grant, once it was looked again for an earlier grant that now looks the same."""
    if look_for_holds(grant, on):
        told = f"{grant.case.number}与其他众创空间的引导资金信用代码或场地相同，须先核定是否重复资助。"
        raise refused("wrong_stage", told, 13)
    payment = Payment(batch=batch, grant=grant, account=now_of(grant.case).get(), amount=grant.amount)
    payment.save(force_insert=True)
    _shift(payment, Place.AVAILABLE, Place.COMMITTED, "approve_payment", by, on)
    return payment


def approve_payment(case: Case, *, by: Person, on: date, basis: str) -> Case:
    """Approve a single grant, as the generic act page and the API do."""
    approve_payments([case], basis=basis, by=by, on=on)
    return as_it_is(case)


def over(year: int, total: int, available: int) -> str:
    """Why a batch is beyond the budget, in words."""
    return f"本批合计{total // 100:,}元，超出{year}年度可用预算{in_yuan(available)}，整批未批准。"


def in_order(cases: Iterable[Case]) -> list[Case]:
    """Each case once, by number; so are they locked by whoever approves."""
    chosen = sorted({case.pk: case for case in cases}.values(), key=lambda case: case.number)
    if not 1 <= len(chosen) <= MOST_AT_ONCE:
        told = f"请选择1至{MOST_AT_ONCE}件"
        raise refused("invalid", f"{told}待批准拨付的办件。", 13, fields={"cases": told})
    return chosen


def ask_all(cases: Sequence[Case], *, by: Person, on: date) -> None:
    """Refuse if any of them may not be approved now, with the reason for each."""
    held = [(case, why_not(by, procedure_of(case).move("approve_payment"), case, on=on)) for case in cases]
    refusals = [(case, refusal) for case, refusal in held if refusal]
    if not refusals:
        return
    worst = min((refusal for _, refusal in refusals), key=lambda refusal: ORDER.index(refusal.code))
    if len(cases) == 1:
        raise Refused(worst)
    reasons = {case.number: refusal.text for case, refusal in refusals}
    listed = "；".join(f"{number}：{text}" for number, text in reasons.items())
    told = f"本批{len(cases)}件中有{len(reasons)}件不能批准，整批未办理。{listed}"
    raise Refused(Refusal(worst.code, told, (13,), reasons))


# -- paying ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def record_payment(
    case: Case, *, by: Person, on: date, paid_on: date, voucher: str, papers: Sequence[str] = ()
) -> Case:
    """Put a payment on record: the day and the number of the voucher, with the voucher itself."""
    data = {"paid_on": paid_on, "voucher": voucher, "papers": list(papers)}
    case = advance(case, "record_payment", by=by, on=on, data=data)
    payment = payment_of(case, State.APPROVED)
    if not payment.batch.on <= paid_on <= on:
        told = f"拨付日期应在批准之日（{chinese(payment.batch.on)}）至今天之间"
        raise refused("invalid", f"{told}。", 13, fields={"paid_on": told})
    _ask_was_right(case, paid_on, on)
    payment.state, payment.voucher, payment.paid_on, payment.paid_by = State.PAID, voucher, paid_on, by
    payment.papers = hand_in(case, "record_payment", papers, by=by)
    try:
        with transaction.atomic():
            payment.save(update_fields=["state", "voucher", "paid_on", "paid_by", "papers"])
    except IntegrityError as error:
        told = f"凭证号{voucher}已经登记过"
        raise refused("invalid", f"{told}。", 13, fields={"voucher": told}) from error
    _shift(payment, Place.COMMITTED, Place.PAID, "record_payment", by, on)
    _tell_paid(case, payment, on)
    return case


def _ask_was_right(case: Case, paid_on: date, on: date) -> None:
    """Money that left before the title ended or changed hands is on record as it happened; later it should not have left."""
    last = payees.barred_since(case, on)
    if last and paid_on > last:
        told = f"{payees.barred(case, on)}只有不晚于{chinese(last)}付出的，才能登记"
        raise refused("invalid", f"{told}。", 13, fields={"paid_on": told})


def _tell_paid(case: Case, payment: Payment, on: date) -> None:
    tell(
        people_of(case, Role.APPLICANT, on),
        f"引导资金{payment.amount // 100:,}元已拨付",
        f"“{case.subject}”的引导资金已于{chinese(payment.paid_on or on)}拨付，凭证号{payment.voucher}，"
        f"收款账户尾号{payment.account.tail}。资金只能用于众创空间条件建设；使用后请按类别报告使用情况并附发票。",
        link=f"/work/cases/{case.number}/",
        stream=case.number,
    )


@transaction.atomic
def record_bounce(case: Case, *, by: Person, on: date, bounced_on: date, reason: str) -> Case:
    """The bank sent the money back: it is available again, and the holder names the account anew."""
    case = advance(case, "record_bounce", by=by, on=on, data={"reason": reason, "bounced_on": bounced_on})
    payment = payment_of(case, State.PAID)
    if payment.paid_on is None or not payment.paid_on <= bounced_on <= on:
        told = "退汇日期应在拨付之日至今天之间"
        raise refused("invalid", f"{told}。", 13, fields={"bounced_on": told})
    payment.state, payment.bounced_on, payment.bounce_reason = State.BOUNCED, bounced_on, reason
    payment.save(update_fields=["state", "bounced_on", "bounce_reason"])
    Account.objects.filter(pk=payment.account_id).update(state=Account.State.BOUNCED, reason=reason)
    _shift(payment, Place.PAID, Place.AVAILABLE, "record_bounce", by, on)
    return case


@transaction.atomic
def recheck_account(case: Case, *, by: Person, on: date, reason: str, unpaid: bool = False) -> Case:
    """Have an accepted account named anew: it is wrong, or not the present holder's. What was committed is available again."""
    case = advance(case, "recheck_account", by=by, on=on, data={"reason": reason, "unpaid": unpaid})
    now_of(case).update(state=Account.State.RETURNED, reason=reason)
    approved = Payment.objects.select_related("batch__budget", "grant")
    for payment in approved.filter(grant__case=case, state=State.APPROVED):
        _ask_unpaid(unpaid, "本件已批准拨付，请先向拨付人员核实款项尚未付出，再勾选确认")
        payment.state, payment.returned_on = State.RETURNED, on
        payment.save(update_fields=["state", "returned_on"])
        _shift(payment, Place.COMMITTED, Place.AVAILABLE, "recheck_account", by, on)
        _tell_returned(case, payment, reason, on)
    return case


@transaction.atomic
def confirm_unpaid(case: Case, *, by: Person, on: date, unpaid: bool) -> Case:
    """Who opened the number says that nothing was paid; without it the approval is not taken back. The bureau is told."""
    case = advance(case, "confirm_unpaid", by=by, on=on, data={"unpaid": unpaid})
    _ask_unpaid(unpaid, "请核对银行往来，确认款项尚未付出；已经付出的，请登记拨付")
    tell(
        people_of(case, Role.BUREAU, on), f"已确认未付款：{case.subject}",
        f"{by}已于{chinese(on)}确认{case.number}的款项尚未付出；收款账户须重新确认的，可以办理“退回重新确认账户”。",
        link=f"/work/cases/{case.number}/", stream=case.number,
    )  # fmt: skip
    return case


def _ask_unpaid(unpaid: bool, told: str) -> None:
    if not unpaid:
        raise refused("invalid", f"{told}。", 13, fields={"unpaid": told})


def _tell_returned(case: Case, payment: Payment, reason: str, on: date) -> None:
    """Who approved and who pays learn of it: the sheet of the batch may be at the bank already."""
    tell(
        [*Person.objects.filter(pk=payment.batch.by_id), *budgets.payers_of(case, on)], f"已退回，不再拨付：{case.subject}",
        f"{case.number}（批次{payment.batch.number}）的收款账户已退回重新确认，{in_yuan(payment.amount)}回到年度可用预算，"
        f"请不要按原拨付表付款；账户重新核对后须重新批准。原因：{reason}",
        link=f"/work/cases/{case.number}/", stream=case.number,
    )  # fmt: skip


def payment_of(case: Case, state: Payment.State) -> Payment:
    """The case's payment in that state; there is one at most for those that stand."""
    rows = Payment.objects.select_related("batch__budget", "account", "grant")
    return rows.get(grant__case=case, state=state)


def _shift(payment: Payment, source: Posting.Place, target: Posting.Place, act: str, by: Person, on: date) -> None:
    ledger.move(payment.batch.budget, source, target, payment.amount, act=act, by=by, on=on, grant=payment.grant)

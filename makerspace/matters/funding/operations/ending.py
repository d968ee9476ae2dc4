"""Article 13: likely second grants, grants given up or stopped, and money that is to come back."""

from datetime import date

from django.conf import settings
from django.db import transaction

from makerspace.matters.funding import ledger
from makerspace.matters.funding.capitals import capitals, in_yuan
from makerspace.matters.funding.models import Ending, Grant, Hold, Payment, Posting, Recovery
from makerspace.matters.funding.operations.payment import payment_of
from makerspace.matters.funding.operations.repayment import tell_payers
from makerspace.matters.review.remedies import remedies
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.refusals import refused
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper
from makerspace.office.people.models import Person
from makerspace.regulation.counting import chinese

Place, Basis = Posting.Place, Recovery.Basis


@transaction.atomic
def release_hold(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Find that this is no second grant; the case goes on."""
    case = advance(case, "release_hold", by=by, on=on, data={"reason": reason, "earlier": _earlier(case)})
    _holds(case, Hold.State.RELEASED, reason, by, on)
    return case


@transaction.atomic
def stop_payment(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Pay no more: it is a second grant, or the title has ended. What was committed is available again."""
    case = advance(case, "stop_payment", by=by, on=on, data={"reason": reason, "earlier": _earlier(case)})
    _holds(case, Hold.State.UPHELD, reason, by, on)
    payments = Payment.objects.filter(grant__case=case, state=Payment.State.APPROVED)
    for payment in payments.select_related("batch__budget", "grant"):
        Payment.objects.filter(pk=payment.pk).update(state=Payment.State.STOPPED)
        ledger.move(
            payment.batch.budget, Place.COMMITTED, Place.AVAILABLE, payment.amount, act="stop_payment", by=by, on=on,
            grant=payment.grant,
        )  # fmt: skip
    return _ended(case, reason, by, on, given_up=False)


@transaction.atomic
def waive(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Give the grant up, or close it after the term: the makerspace has had its one chance."""
    case = advance(case, "waive", by=by, on=on, data={"reason": reason})
    given_up = case.organisation_id in by.capacity(on).organisations
    return _ended(case, reason, by, on, given_up=given_up)


@transaction.atomic
def recover(
    case: Case, *, by: Person, on: date, basis: str, amount: int, reason: str, pay_back_by: date, basis_text: str = ""
) -> Case:
    """Order money back, with its legal basis: the regulation has no clause of its own for it."""
    data = {"basis": basis, "basis_text": basis_text, "amount": amount, "reason": reason, "pay_back_by": pay_back_by}
    case = advance(case, "recover", by=by, on=on, data=data)
    payment = payment_of(case, Payment.State.PAID)
    _ask(payment, basis, basis_text, amount, pay_back_by, on)
    row = Recovery(
        grant=payment.grant, basis=basis, basis_text=basis_text, amount=amount, reason=reason, pay_back_by=pay_back_by,
        by=by, on=on,
    )  # fmt: skip
    row.paper = _decision(case, payment, row.named_basis, amount, reason, pay_back_by, on)
    row.save()
    ledger.move(
        payment.batch.budget, Place.PAID, Place.RECOVERED, amount, act="recover", by=by, on=on, grant=payment.grant
    )
    tell_payers(case, on)
    return case


def _ask(payment: Payment, basis: str, basis_text: str, amount: int, pay_back_by: date, on: date) -> None:
    fields = {}
    if basis == Basis.OTHER and not basis_text:
        fields["basis_text"] = "请写明法律、法规名称和条款，或书面约定的名称和条款"
    if amount > payment.amount:
        fields["amount"] = f"追回金额不能超过已拨付的{payment.amount // 100:,}元"
    if pay_back_by <= on:
        fields["pay_back_by"] = f"退缴期限应晚于{chinese(on)}"
    if fields:
        raise refused("invalid", f"追回决定有{len(fields)}处需要更正。", 13, fields=fields)


def _decision(case: Case, payment: Payment, basis: str, amount: int, reason: str, pay_back_by: date, on: date) -> Paper:
    site = settings.SITE
    content = {
        "office": site["sponsor"], "phone": site["phone"], "address": site["address"], "addressee": payment.account.payee,
        "makerspace": case.subject, "paid_on": payment.paid_on, "voucher": payment.voucher,
        "amount": f"{in_yuan(amount)}（{capitals(amount)}）", "reason": reason, "pay_back_by": pay_back_by,
        "basis": basis, "remedies": [text.replace("本告知书", "本决定书") for text in remedies()],
    }  # fmt: skip
    return order_paper("recovery_decision", case.number, case.number, content, on, title="追回引导资金决定书")


def _earlier(case: Case) -> list[str]:
    open_ones = Hold.objects.filter(grant__case=case, state=Hold.State.OPEN)
    return list(open_ones.order_by("id").values_list("earlier__case__number", flat=True))


def _holds(case: Case, state: Hold.State, reason: str, by: Person, on: date) -> None:
    open_ones = Hold.objects.filter(grant__case=case, state=Hold.State.OPEN)
    open_ones.update(state=state, reason=reason, decided_by=by, decided_on=on)


def _ended(case: Case, reason: str, by: Person, on: date, *, given_up: bool) -> Case:
    Ending.objects.create(grant=Grant.objects.get(case=case), reason=reason, given_up=given_up, by=by, on=on)
    return case

"""Money that comes back after a decision to recover, put on record part by part."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from makerspace.matters.funding.models import Repayment
from makerspace.matters.funding.queries import recoveries
from makerspace.matters.funding.queries.recoveries import Owed
from makerspace.office.casework.attachments import hand_in
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.queries import people_of
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role


@transaction.atomic
def record_repayment(
    case: Case, *, by: Person, on: date, amount: int, paid_back_on: date, voucher: str, papers: Sequence[str] = ()
) -> Case:
    """Put on record that money came back; together no more than was ordered. The ledger moved when it was ordered."""
    data = {"amount": amount, "paid_back_on": paid_back_on, "voucher": voucher, "papers": list(papers)}
    case = advance(case, "record_repayment", by=by, on=on, data=data)
    owed = recoveries.of_case(case)
    _ask(owed, amount, paid_back_on, on)
    kept = hand_in(case, "record_repayment", papers, by=by)
    try:
        with transaction.atomic():
            row = Repayment.objects.create(
                recovery=owed.recovery, amount=amount, paid_back_on=paid_back_on, voucher=voucher, papers=kept, by=by, on=on
            )  # fmt: skip
    except IntegrityError as error:
        told = f"凭证号{voucher}已经登记过"
        raise refused("invalid", f"{told}。", 13, fields={"voucher": told}) from error
    _tell(case, Owed(owed.recovery, [*owed.repayments, row]), row, on)
    return case


def _ask(owed: Owed, amount: int, paid_back_on: date, on: date) -> None:
    fields = {}
    if amount > owed.outstanding:
        fields["amount"] = f"尚未退缴的是{owed.outstanding / 100:,.2f}元，登记的金额不能超过"
    if not owed.recovery.on <= paid_back_on <= on:
        fields["paid_back_on"] = f"退缴日期应在决定追回之日（{chinese(owed.recovery.on)}）至今天之间"
    if fields:
        raise refused("invalid", f"退缴登记有{len(fields)}处需要更正。", 13, fields=fields)


def _tell(case: Case, owed: Owed, row: Repayment, on: date) -> None:
    tell(
        people_of(case, Role.APPLICANT, on),
        f"已登记退缴引导资金{row.amount / 100:,.2f}元",
        f"“{case.subject}”于{chinese(row.paid_back_on)}退缴的资金已登记，凭证号{row.voucher}。{owed.next_step(on)}",
        link=f"/work/cases/{case.number}/",
        stream=case.number,
    )

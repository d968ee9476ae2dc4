"""Money that comes back after a decision to recover: put on record part by part, and put right where it was wrong."""

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from makerspace.matters.funding.capitals import in_yuan
from makerspace.matters.funding.models import Recovery, Repayment
from makerspace.matters.funding.queries import budgets, recoveries
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

SOON = timedelta(days=7)


@transaction.atomic
def record_repayment(
    case: Case, *, by: Person, on: date, amount: int, paid_back_on: date, voucher: str, papers: Sequence[str] = ()
) -> Case:
    """Put on record that money came back; together no more than was ordered. The ledger moved when it was ordered."""
    number, scans = plain(voucher), list(dict.fromkeys(papers))
    data = {"amount": amount, "paid_back_on": paid_back_on, "voucher": number, "papers": scans}
    case = advance(case, "record_repayment", by=by, on=on, data=data)
    owed = recoveries.of_case(case)
    _ask(owed, amount, paid_back_on, scans, on)
    hand_in(case, "record_repayment", scans, by=by)
    try:
        with transaction.atomic():
            Repayment.objects.create(
                recovery=owed.recovery, amount=amount, paid_back_on=paid_back_on, voucher=number, papers=scans, by=by, on=on
            )  # fmt: skip
    except IntegrityError as error:
        told = f"凭证号{number}已经登记过"
        raise refused("invalid", f"{told}。", 13, fields={"voucher": told}) from error
    _tell(
        case, on, f"已登记退缴引导资金{in_yuan(amount)}",
        f"“{case.subject}”于{chinese(paid_back_on)}退缴的资金已登记，凭证号{number}。",
    )  # fmt: skip
    return case


@transaction.atomic
def strike_repayment(case: Case, *, by: Person, on: date, voucher: str, reason: str) -> Case:
    """A repayment that was put down wrongly counts no more; the row stays with the reason, and may be entered anew."""
    number = plain(voucher)
    case = advance(case, "strike_repayment", by=by, on=on, data={"voucher": number, "reason": reason})
    row = next((each for each in recoveries.of_case(case).standing if each.voucher == number), None)
    if row is None:
        told = "本件没有登记过这个凭证号，或者已经更正"
        raise refused("invalid", f"{told}。", 13, fields={"voucher": told})
    row.struck_on, row.struck_by, row.reason = on, by, reason
    row.save(update_fields=["struck_on", "struck_by", "reason"])
    _tell(
        case, on, f"退缴登记已更正：凭证号{number}",
        f"“{case.subject}”凭证号{number}、{in_yuan(row.amount)}的退缴登记已更正，不再计入。原因：{reason}",
    )  # fmt: skip
    return case


def plain(voucher: str) -> str:
    """A voucher's number without differences of width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", voucher).split()).upper()


def tell_payers(case: Case, on: date) -> None:
    """Who pays learns that money is to come back."""
    owed = recoveries.of_case(case)
    tell(
        budgets.payers_of(case, on), f"待退缴：{case.subject}", f"{case.number}已决定追回。{owed.next_step(on)}",
        link=f"/work/cases/{case.number}/", stream=case.number,
    )  # fmt: skip


def warn_owed(on: date) -> int:
    """Within the last week of a term, and once it has passed, the unit and the payers are told, each once; how many."""
    return sum(_warn(row, on) for row in recoveries.open_ones().filter(pay_back_by__lte=on + SOON))


@transaction.atomic
def _warn(row: Recovery, on: date) -> int:
    case = row.grant.case
    owed, rule = recoveries.of_case(case), "late" if on > row.pay_back_by else "soon"
    subject = f"{'退缴期限已过' if rule == 'late' else '退缴期限临近'}：{case.subject}"
    people = [*people_of(case, Role.APPLICANT, on), *budgets.payers_of(case, on)]
    told = tell(
        people, subject, f"{case.number}：{owed.next_step(on)}", link=f"/work/cases/{case.number}/", stream=case.number,
        key=f"recovery/{row.pk}/{rule}",
    )  # fmt: skip
    return len(told)


def _ask(owed: Owed, amount: int, paid_back_on: date, scans: Sequence[str], on: date) -> None:
    fields = {}
    if amount > owed.outstanding:
        fields["amount"] = f"尚未退缴的是{in_yuan(owed.outstanding)}，登记的金额不能超过"
    if not owed.recovery.on <= paid_back_on <= on:
        fields["paid_back_on"] = f"退缴日期应在决定追回之日（{chinese(owed.recovery.on)}）至今天之间"
    if any(scan in row.papers for row in owed.standing for scan in scans):
        fields["papers"] = "这份凭证已用于本件的另一次退缴登记"
    if fields:
        raise refused("invalid", f"退缴登记有{len(fields)}处需要更正。", 13, fields=fields)


def _tell(case: Case, on: date, subject: str, text: str) -> None:
    tell(
        people_of(case, Role.APPLICANT, on), subject, text + recoveries.of_case(case).next_step(on),
        link=f"/work/cases/{case.number}/", stream=case.number,
    )  # fmt: skip

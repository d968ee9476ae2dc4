"""The city's grant: approved and waiting for its payment, with a ceiling that waits for a second person."""

from typing import TYPE_CHECKING, Any

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import (
    Account,
    Budget,
    Ceiling,
    Grant,
    Hold,
    Payment,
    Posting,
    Recovery,
    Repayment,
)
from makerspace.matters.recognition.models import Title
from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework.models import Case
from makerspace.office.documents.codes import new_code
from makerspace.office.people.models import Post
from makerspace.office.record import clock
from makerspace.regulation.terms import Duty

if TYPE_CHECKING:
    from tests.house.world import World

ACCOUNT_NUMBER = "2502011009024567890"
FULL, MANY = 10_000_000, 30


def build(world: "World") -> None:
    """The payer is ``bureau``; the desk handled, the leader approved."""
    at, on = world.people, clock.today()
    Post.objects.filter(person=at["bureau"]).update(duties=[Duty.PAYER.value])
    first = funding.propose_ceiling(on.year, amount=10 * FULL, basis="昆财教〔2026〕8号", by=at["desk"], on=on)
    funding.confirm_ceiling(first, by=at["leader"], on=on)
    world.ceilings["pending"] = funding.propose_ceiling(
        on.year, amount=20 * FULL, basis="追加预算", by=at["bureau_other"], on=on
    )
    (case,) = funding.open_grants(on)
    account = {"payee": case.grant.title.holder, "bank": "中国工商银行昆明翠湖支行", "account_number": ACCOUNT_NUMBER}
    case = funding.confirm_account(case, by=at["applicant_own"], on=on, **account)
    case = funding.accept_account(case, by=at["desk"], on=on)
    world.batches["approved"] = funding.approve_payments([case], basis="局长办公会", by=at["leader"], on=on)
    world.grants["approved"] = Case.objects.get(pk=case.pk)


def grow(world: "World") -> None:
    """Thirty more grants: half to be paid in the same batch, half waiting for approval with a hold; batches, postings."""
    grant = Grant.objects.get(case=world.grants["approved"])
    for number in range(MANY):
        case = _again(grant.case, number=f"GR-2026-{1000 + number}", stage="payable" if number % 2 else "approved")
        lineage = Makerspace.objects.create(
            organisation=case.organisation,
            name=f"更多空间{number}",
            authority=case.authority,
            created_on=case.opened_on,
        )
        title = Title.objects.get(number=f"KMZC-2026-{500 + number}")
        Title.objects.filter(pk=title.pk).update(makerspace=lineage)
        one = _again(grant, case=case, makerspace=lineage, title=title)
        if number % 2:
            Hold.objects.create(grant=one, earlier=grant, same_unit=True, same_site=False, found_on=case.opened_on)
        account = _again(Account.objects.get(grant=grant), grant=one)
        if number % 2 == 0:
            _again(Payment.objects.get(grant=grant), grant=one, account=account)
        order = _again(world.papers["public"], code=new_code())
        told = {"basis": "misuse", "reason": "挪用", "by": world.people["leader_handled"], "on": case.opened_on}
        owed = Recovery.objects.create(grant=one, amount=FULL, pay_back_by=case.opened_on, paper=order, **told)
        Repayment.objects.create(
            recovery=owed, amount=1, paid_back_on=case.opened_on, voucher=f"JK-{number}", by=world.people["bureau"],
            on=case.opened_on,
        )  # fmt: skip
        _again(world.batches["approved"], number=f"ZF-2026-{100 + number}", paper=None)
        _again(Posting.objects.filter(grant=grant)[0])
        _again(Ceiling.objects.filter(state="in_force")[0])
        Budget.objects.create(year=2050 + number)


def _again(row: Any, **changes: object) -> Any:
    new = type(row)._default_manager.get(pk=row.pk)
    new.pk, new._state.adding = None, True
    for name, value in changes.items():
        setattr(new, name, value)
    new.save(force_insert=True)
    return new

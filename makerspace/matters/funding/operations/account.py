"""Article 13: the holder names the account, the bureau checks it; who opens the number in full is recorded."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from makerspace.matters.funding import sealing
from makerspace.matters.funding.models import Account, Grant
from makerspace.matters.funding.queries import budgets, grants, payees
from makerspace.matters.funding.queries.payees import now_of
from makerspace.office.casework.attachments import hand_in
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, lock
from makerspace.office.casework.queries import NOT_THERE, people_of, sees
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role

State = Account.State
OPEN_STAGES = ("approved", "paid")
BEFORE_PAYMENT = ("account_check", "payable", "approved")


@transaction.atomic
def confirm_account(
    case: Case, *, by: Person, on: date, payee: str, bank: str, account_number: str, bank_code: str = "", name_change: str = "",
    papers: Sequence[str] = (),
) -> Case:  # fmt: skip
    """Name the account (article 13); the payee is the operator, or the change of name is explained and proven."""
    tail = account_number[-sealing.SHOWN :]
    data = {"payee": payee, "bank": bank, "tail": tail, "papers": list(papers)}
    case = advance(case, "confirm_account", by=by, on=on, data=data)
    grant = Grant.objects.select_related("title").get(case=case)
    changed = not payees.same_name(payee, grant.title.holder)
    if changed:
        _ask_proof(grant.title.holder, name_change, papers)
    hand_in(case, "confirm_account", papers, by=by)
    Account.objects.create(
        grant=grant, payee=payee, bank=bank, bank_code=bank_code, sealed=sealing.seal(account_number, case.number), tail=tail,
        mark=sealing.mark(account_number), name_change=name_change if changed else "", papers=list(papers),
        unit=case.organisation, holder=grant.title.holder, by=by, on=on,
    )  # fmt: skip
    return case


def _ask_proof(holder: str, name_change: str, papers: Sequence[str]) -> None:
    told = f"户名与运营单位名称“{holder}”不一致"
    fields = {}
    if not name_change:
        fields["name_change"] = f"{told}，请说明名称何时、因何变更"
    if not papers:
        fields["papers"] = f"{told}，请上传登记机关的名称变更证明"
    if fields:
        raise refused("invalid", f"{told}，须说明变更情况并上传证明。", 13, fields=fields)


@transaction.atomic
def return_account(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Send the account back with the reason."""
    case = advance(case, "return_account", by=by, on=on, data={"reason": reason})
    now_of(case).update(state=State.RETURNED, reason=reason)
    return case


@transaction.atomic
def accept_account(case: Case, *, by: Person, on: date) -> Case:
    """The account is right: the grant may be approved."""
    case = advance(case, "accept_account", by=by, on=on)
    now_of(case).update(state=State.ACCEPTED)
    return case


def tell_of_change(case: Case, on: date) -> None:
    """The bureau learns that the account no longer suits whoever holds the title now; called within the change."""
    told = payees.of_case(case) if case.stage in BEFORE_PAYMENT else ""
    if told:
        tell(
            people_of(case, Role.BUREAU, on), f"收款账户须重新确认：{case.subject}", f"{case.number}：{told}",
            link=f"/work/cases/{case.number}/", stream=case.number,
        )  # fmt: skip


@transaction.atomic
def open_account(case: Case, *, by: Person, on: date) -> str:
    """The number in full, for whoever pays and for nobody else; the look is recorded."""
    case = lock(case)
    if not sees(by, case, on):
        raise Refused(NOT_THERE)
    if not budgets.pays(by, on):
        raise refused("not_yours", "完整账号只向承担拨付职责的人员显示。", 13)
    if case.stage not in OPEN_STAGES:
        raise refused("wrong_stage", "批准拨付以后才能查看完整账号。", 13)
    _ask_payable(case, on)
    account = now_of(case).get()
    append(case.number, grants.LOOK, by=by, role=Role.BUREAU, on=on, articles=(13,), regulation=case.regulation)
    return number_of(account, case.number)


def _ask_payable(case: Case, on: date) -> None:
    """A number that nothing may be paid to is shown to nobody."""
    told = payees.barred(case, on) if case.stage == "approved" else ""
    if told:
        raise refused("wrong_stage", told, 13)


def number_of(account: Account, case: str) -> str:
    """The number out of the table; the caller records the look."""
    return sealing.unseal(bytes(account.sealed), case)


@transaction.atomic
def reseal_accounts() -> int:
    """Seal every number anew under the first key, after a new one was put first; how many."""
    accounts = list(Account.objects.select_related("grant__case").order_by("id"))
    for account in accounts:
        case = account.grant.case.number
        number = number_of(account, case)
        account.sealed, account.mark = sealing.seal(number, case), sealing.mark(number)
    Account.objects.bulk_update(accounts, ["sealed", "mark"], batch_size=500)
    return len(accounts)

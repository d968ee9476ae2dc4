"""One grant: who opens next, what looks like a second one, and what each reader is shown of it."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet, Sum

from makerspace.matters.application.models import Submission
from makerspace.matters.funding import sealing
from makerspace.matters.funding.models import Account, Grant, Hold, Payment, UseItem, UseReport
from makerspace.matters.funding.queries import payees, recoveries
from makerspace.matters.recognition.models import Title, TitleSite, TitleState
from makerspace.office.casework.kinds import ALL_OPEN, Withheld
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role

LOOK = "open_account"
INSIDE = frozenset({Role.BUREAU, Role.LEADER, Role.AUDITOR})
OWN_PROVINCE = re.compile(r"^(中国)?(云南省)?(昆明市)?")


# -- opening -----------------------------------------------------------------------------------------------------------
def without_grant(on: date) -> QuerySet[Title]:
    """Titles in force whose makerspace never had a grant, the oldest first."""
    held = Title.objects.filter(state=TitleState.IN_FORCE, since__lte=on, makerspace__grant=None)
    return held.select_related("case", "organisation", "authority", "makerspace").order_by("since", "number")


def site_of(title: Title) -> str:
    """Where the makerspace was recognised: the address of the last submission of its case; empty where none is kept."""
    last = Submission.objects.filter(case=title.case_id).order_by("-id").values_list("dossier", flat=True).first()
    return str(((last or {}).get("makerspace") or {}).get("address") or "")[:300]


def site_key(address: str) -> str:
    """An address as it is compared: letters and digits alone, without province and city."""
    letters = "".join(char for char in unicodedata.normalize("NFKC", address).casefold() if char.isalnum())
    return OWN_PROVINCE.sub("", letters)


class Likeness(NamedTuple):
    """An earlier grant, and in what it looks the same."""

    earlier: Grant
    same_unit: bool
    same_site: bool


def alike(grant: Grant) -> list[Likeness]:
    """Earlier grants of other makerspaces with the same credit code or on the same site, unless nothing was paid out.

    A code is that of the unit it was opened for, or that holds the title now; a site is where either was recognised or has
    been since. Three queries.
    """
    rows = Grant.objects.select_related("case", "title__organisation")
    others, grant = list(rows.filter(pk__lt=grant.pk).exclude(case__stage="waived")), rows.get(pk=grant.pk)
    places = _places([grant, *others])
    found = [
        Likeness(row, bool(_codes(row) & _codes(grant)), bool(places[row.pk] & places[grant.pk])) for row in others
    ]
    return [row for row in found if row.same_unit or row.same_site]


def _codes(grant: Grant) -> set[str]:
    """The credit code of whom it was opened for, and of whom the title is now."""
    return {grant.uscc, grant.title.organisation.uscc}


def _places(grants: Iterable[Grant]) -> dict[int, set[str]]:
    """Every place a grant's makerspace has had, as it is compared."""
    found = {grant.pk: {grant.site_key} - {""} for grant in grants}
    by_title = {grant.title_id: grant.pk for grant in grants}
    for title, address in TitleSite.objects.filter(title__in=by_title).values_list("title", "address"):
        found[by_title[title]] |= {site_key(address)} - {""}
    return found


# -- what is shown -----------------------------------------------------------------------------------------------------
class Look(NamedTuple):
    """One opening of the full account number."""

    who: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Where a grant stands, for one reader."""

    grant: Grant
    holder: str
    next_step: str
    changed: str
    received: str
    account: Account | None
    accounts: list[Account]
    shown_number: str
    payments: list[Payment]
    uses: list[UseReport]
    owed: recoveries.Owed | None
    late: bool
    used: int
    holds: list[Hold]
    twins: list[str]
    looks: list[Look]
    inside: bool


def sees_account(case: Case, person: Person, on: date) -> bool:
    """Whether the reader is of the unit or of the bureau's offices: letters and vouchers bear account numbers."""
    capacity = person.capacity(on)
    return case.organisation_id in capacity.organisations or bool(capacity.roles & INSIDE)


def withheld(case: Case, person: Person, on: date) -> Withheld:
    """Where a unit banks is for itself and for the bureau's offices: not for who took the title over, nor for anybody else.

    That is what the record says of its accounts, its papers, and the vouchers of what was paid to it. Two queries at most.
    """
    capacity = person.capacity(on)
    own = case.organisation_id in capacity.organisations
    if not own and capacity.roles & INSIDE:
        return ALL_OPEN
    units = capacity.organisations if own else frozenset()
    rows = Account.objects.filter(grant__case=case).order_by("id").values_list("unit", "papers", "payment__papers")
    accounts = [(unit in units, {*papers, *(vouchers or ())}) for unit, papers, vouchers in rows]
    if all(theirs for theirs, _ in accounts):
        return ALL_OPEN
    named = (
        Entry.objects.filter(stream=case.number, act="confirm_account").order_by("seq").values_list("seq", flat=True)
    )
    entries = [seq for seq, (theirs, _) in zip(named, accounts, strict=False) if not theirs]  # an account by each act
    kept, files = (set().union(*(found for theirs, found in accounts if theirs is which)) for which in (True, False))
    return Withheld(frozenset(entries), frozenset(files - kept))


def standing(case: Case, person: Person, on: date) -> Standing:
    """What this reader is shown; the account and its looks are for the unit and the bureau's offices (C5)."""
    grant = Grant.objects.select_related("title", "case").get(case=case)
    capacity = person.capacity(on)
    own, inside = case.organisation_id in capacity.organisations, bool(capacity.roles & INSIDE)
    accounts = _accounts(grant, capacity.organisations if own else None) if own or inside else []
    changed = payees.of_case(case) if case.stage in CHANGED else ""
    held = grant.holds.filter(state=Hold.State.OPEN).exists() and case.closed_on is None
    uses = list(grant.uses.prefetch_related("items").order_by("-id"))
    owed = recoveries.of_case(case) if case.stage == RECOVERED else None
    return Standing(
        grant=grant, holder=grant.title.holder, next_step=owed.next_step(on) if owed else HELD if held else ANEW if changed else NEXT.get(case.stage, ""),
        changed=changed, received=payees.received(case),
        account=accounts[0] if accounts else None, accounts=accounts[1:],
        shown_number=sealing.masked(accounts[0].tail) if accounts else "",
        payments=list(grant.payments.select_related("batch").order_by("-id")), uses=uses, owed=owed,
        late=owed is not None and owed.late(on),
        used=spent(uses[0]) if uses else 0, holds=_holds(grant) if inside else [],
        twins=twins_of(grant, accounts, uses) if inside and not own else [],
        looks=looks_at(case) if own or inside else [], inside=inside and not own,
    )  # fmt: skip


def _accounts(grant: Grant, units: Collection[int] | None) -> list[Account]:
    """The accounts ever named, the latest first; who took the title over is not shown where the former unit banks."""
    rows = grant.accounts.order_by("-id")
    return list(rows if units is None else rows.filter(unit__in=units))


RECOVERED, CHANGED = "recovered", ("account_check", "payable", "approved")
HELD = "市科技局负责人正在核定是否与其他众创空间的引导资金重复；核定后继续办理。"
ANEW = "运营单位或者其名称在确认账户以后变更了；请市科技局经办处室退回，由现在的运营单位重新确认收款账户。"
NEXT = {
    "awaiting_account": "请运营单位确认收款账户；户名应与运营单位名称一致。",
    "account_check": "市科技局经办处室核对账户，核对无误后报负责人批准。",
    "payable": "账户已核对，等待市科技局负责人在年度预算内批准拨付。",
    "approved": "已批准，由承担拨付职责的人员办理拨付并登记凭证。",
    "paid": "资金已拨付。请按类别报告使用情况并附发票；资金只能用于众创空间条件建设。",
    "use_check": "市科技局经办处室核查使用报告和发票。",
    "closed": "使用情况已核查通过，本件办结。",
    "waived": "本件不再拨付。",
}


def spent(report: UseReport) -> int:
    """The sum of a report's items in fen."""
    return int(report.items.aggregate(total=Sum("amount"))["total"] or 0)


def _holds(grant: Grant) -> list[Hold]:
    return list(grant.holds.select_related("earlier__case", "decided_by"))


def twins_of(grant: Grant, accounts: Iterable[Account], uses: Iterable[UseReport]) -> list[str]:
    """For officers: other grants with the same account or the same invoices (C24)."""
    told = []
    marks = {account.mark for account in accounts}
    same = Account.objects.filter(mark__in=marks).exclude(grant=grant).values_list("grant__case__number", flat=True)
    told += [f"收款账号与{number}相同" for number in sorted(set(same))]
    invoices = {item.invoice for report in uses for item in report.items.all()}
    used = UseItem.objects.filter(invoice__in=invoices).exclude(report__grant=grant)
    rows = used.values_list("invoice", "report__grant__case__number").distinct()
    return told + [f"发票{invoice}也列在{number}的使用报告中" for invoice, number in rows]


def looks_at(case: Case) -> list[Look]:
    """Who saw the full account number, and when."""
    rows = Entry.objects.filter(stream=case.number, act=LOOK).select_related("person").order_by("seq")
    return [Look(str(row.person), row.at) for row in rows]


def facts(case: Case, person: Person, on: date) -> dict[str, Any]:
    """The same as the API gives it: money in fen, the account masked."""
    found = standing(case, person, on)
    paid = next((row for row in found.payments if row.state == Payment.State.PAID), None)
    return {
        "title": found.grant.title.number,
        "amount": found.grant.amount,
        "payee": found.account.payee if found.account else None,
        "account": found.shown_number or None,
        "holds": [
            {"earlier": row.earlier.case.number, "same_unit": row.same_unit, "same_site": row.same_site, "state": row.state}
            for row in found.holds
        ],
        "batch": found.payments[0].batch.number if found.payments else None,
        "paid_on": paid.paid_on.isoformat() if paid and paid.paid_on else None,
        "voucher": paid.voucher if paid else None,
        "used": found.used,
        "recovery": found.owed.told(on) if found.owed else None,
        "next_step": found.next_step,
    }  # fmt: skip

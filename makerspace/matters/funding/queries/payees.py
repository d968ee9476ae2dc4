"""Whether the account that stands suits whoever holds the title now (article 13), and what is told where it does not."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import takewhile

from django.db.models import QuerySet, prefetch_related_objects

from makerspace.matters.funding.capitals import in_yuan
from makerspace.matters.funding.models import Account, Payment
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.prepared import Prepared
from makerspace.regulation.counting import chinese

State = Account.State
NOW = (State.CONFIRMED, State.ACCEPTED)
TITLED = ("grant__title__names",)


# -- names -------------------------------------------------------------------------------------------------------------
def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for blanks and the width of brackets."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def held_since(title: Title) -> date:
    """Since when the title has had the holder's name that it has now; a new name of the makerspace begins nothing here."""
    names = sorted(title.names.all(), key=lambda row: row.since, reverse=True)
    same = list(takewhile(lambda row: same_name(row.holder, title.holder), names))
    return same[-1].since if same else title.since


# -- the account -------------------------------------------------------------------------------------------------------
def now_of(case: Case) -> QuerySet[Account]:
    """The account that stands now."""
    return Account.objects.filter(grant__case=case, state__in=NOW)


def suits(account: Account, title: Title) -> bool:
    """The payee is the holder, or this unit proved the change of name while it bore the name that it has now.

    Who held the title is kept with the account: the days alone could not tell a change from an account of the same day.
    """
    if same_name(account.payee, title.holder):
        return True
    return account.unit_id == title.organisation_id and same_name(account.holder, title.holder)


def unsuited(account: Account, title: Title) -> str:
    """What has changed since the account was named, and what to do about it; empty where it suits."""
    if suits(account, title):
        return ""
    act = "退回账户" if account.state == State.CONFIRMED else "退回重新确认账户"
    return (
        f"收款账户于{chinese(account.on)}确认时，运营单位是“{account.holder}”；自{chinese(held_since(title))}起，运营单位是"
        f"“{title.holder}”，账户户名与其不一致，不能继续办理拨付。"
        f"请市科技局经办处室办理“{act}”，由“{title.holder}”重新确认收款账户。"
    )


def of_case(case: Case) -> str:
    """Why the account that stands in that case does not suit; empty where it does, or where none stands."""
    return next((unsuited(account, account.grant.title) for account in _standing(case=case.pk)), "")


_standing = Prepared(lambda case: now_of(case).select_related("grant__title"))


def ended(title: Title, on: date) -> str:
    """Why nothing more is paid to a title; empty where it is held."""
    if title.ended_on is None or title.ended_on > on:
        return ""
    return f"称号已于{chinese(title.ended_on)}终止，不再拨付；由市科技局负责人决定。"


def barred(case: Case, on: date) -> str:
    """Why nothing more is paid in that case: its title has ended, or the account does not suit; empty where it may be."""
    return ended(case.grant.title, on) or of_case(case)


def barred_since(case: Case, on: date) -> date | None:
    """The first day from which that is so; None where it is not."""
    title, account = case.grant.title, now_of(case).first()
    days = [title.ended_on] if title.ended_on and ended(title, on) else []
    days += [outgrown_on(account, title)] if account and unsuited(account, title) else []
    return min(days, default=None)


def outgrown_on(account: Account, title: Title) -> date:
    """The first day on which the title had a holder other than this account was named by and for."""
    later = [row for row in title.names.all() if row.since >= account.on]
    other = [row.since for row in later if not {_bare(row.holder)} & {_bare(account.holder), _bare(account.payee)}]
    return min(other, default=held_since(title))


def received(case: Case) -> str:
    """Where the money was paid to another holder than the title has now: who received it, when, and what the report of its
    use speaks of; empty else."""
    paid = Payment.objects.filter(grant__case=case, state=Payment.State.PAID).select_related("account", "grant__title")
    payment = paid.first()
    if payment is None or payment.paid_on is None or suits(payment.account, payment.grant.title):
        return ""
    return RECEIVED.format(
        amount=in_yuan(payment.amount), day=chinese(payment.paid_on), former=payment.account.holder,
        since=chinese(held_since(payment.grant.title)), holder=payment.grant.title.holder,
    )  # fmt: skip


RECEIVED = (
    "{amount}于{day}拨付给当时的运营单位“{former}”；自{since}起，运营单位是“{holder}”。使用报告说明的是本众创空间这笔资金的使用，"
    "包括变更以前的支出，不论由哪个单位收到，由现在的运营单位报告（系统默认做法）。"
)


# -- lists -------------------------------------------------------------------------------------------------------------
def not_payable(rows: Iterable[Payment], on: date) -> dict[int, str]:
    """Which of these payments, read with ``TITLED``, may not be made, by key: the title has ended or the account does not suit."""
    approved = (row for row in rows if row.state == Payment.State.APPROVED)
    told = {row.pk: ended(row.grant.title, on) or unsuited(row.account, row.grant.title) for row in approved}
    return {pk: why for pk, why in told.items() if why}


def not_approvable() -> dict[int, str]:
    """The cases that wait for approval with an account that does not suit: why, by key. One query, two where one does not."""
    accounts = Account.objects.filter(grant__case__stage="payable", state__in=NOW).select_related("grant__title")
    found = [row for row in accounts if not suits(row, row.grant.title)]
    prefetch_related_objects(found, *TITLED)
    return {row.grant.case_id: unsuited(row, row.grant.title) for row in found}

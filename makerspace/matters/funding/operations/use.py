"""Article 13: the holder reports what the grant was spent on, the bureau accepts it or sends it back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from makerspace.matters.funding.capitals import in_yuan
from makerspace.matters.funding.models import Grant, UseItem, UseReport
from makerspace.office.casework.attachments import hand_in
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.regulation.counting import chinese

State = UseReport.State


@transaction.atomic
def report_use(
    case: Case, *, by: Person, on: date, items: Iterable[Mapping[str, Any]], summary: str, unspent_why: str = "",
    papers: Sequence[str] = (),
) -> Case:  # fmt: skip
    """Report the use by category with invoices; together no more than the grant, and less only with a reason."""
    rows = [dict(item) for item in items]
    total = sum(row["amount"] for row in rows)
    case = advance(case, "report_use", by=by, on=on, data={"total": total, "items": rows, "papers": list(papers)})
    grant = Grant.objects.get(case=case)
    _ask_rows(rows, on)
    _ask_total(grant, total, unspent_why)
    hand_in(case, "report_use", papers, by=by)
    why = unspent_why if total < grant.amount else ""
    report = UseReport.objects.create(
        grant=grant, summary=summary, unspent_why=why, papers=list(papers), by=by, on=on
    )  # fmt: skip
    UseItem.objects.bulk_create([UseItem(report=report, **row) for row in rows])
    return case


def _ask_rows(rows: Sequence[Mapping[str, Any]], on: date) -> None:
    """No invoice of a day to come, and none twice."""
    fields: dict[str, str] = {}
    times = Counter(row["invoice"] for row in rows)
    for place, row in enumerate(rows):
        if row["invoiced_on"] > on:
            fields[f"items[{place}].invoiced_on"] = f"开票日期不能晚于{chinese(on)}"
        if times[row["invoice"]] > 1:
            fields[f"items[{place}].invoice"] = "同一张发票请合并为一项"
    if fields:
        raise refused("invalid", f"使用明细有{len(fields)}处需要更正。", 13, fields=fields)


def _ask_total(grant: Grant, total: int, unspent_why: str) -> None:
    if total > grant.amount:
        told = f"合计{in_yuan(total)}，超出引导资金{in_yuan(grant.amount)}；超出部分属自筹，不在本报告列支"
        raise refused("invalid", f"{told}。", 13, fields={"items": told})
    if total < grant.amount and not unspent_why:
        told = f"尚有{in_yuan(grant.amount - total)}未列支，请说明原因和去向"
        raise refused("invalid", f"{told}。", 13, fields={"unspent_why": told})


@transaction.atomic
def return_use(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Send the report back with the reason."""
    case = advance(case, "return_use", by=by, on=on, data={"reason": reason})
    _close(case, State.RETURNED, reason, by, on)
    return case


@transaction.atomic
def accept_use(case: Case, *, by: Person, on: date, opinion: str) -> Case:
    """The grant was spent as article 13 asks: the case is closed."""
    case = advance(case, "accept_use", by=by, on=on, data={"reason": opinion})
    _close(case, State.ACCEPTED, opinion, by, on)
    return case


def _close(case: Case, state: UseReport.State, reason: str, by: Person, on: date) -> None:
    filed = UseReport.objects.filter(grant__case=case, state=State.FILED)
    filed.update(state=state, reason=reason, checked_by=by, checked_on=on)

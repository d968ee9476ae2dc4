"""Money that was ordered back: what of it has come, what is still owed, and until when."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from makerspace.matters.funding.models import Recovery, Repayment
from makerspace.office.casework.models import Case
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import chinese


@dataclass(frozen=True)
class Owed:
    """A decision to recover, and what came back. Money in fen."""

    recovery: Recovery
    repayments: list[Repayment]

    @property
    def returned(self) -> int:
        """What has come back."""
        return sum(row.amount for row in self.repayments)

    @property
    def outstanding(self) -> int:
        """What is still owed."""
        return self.recovery.amount - self.returned

    def late(self, on: date) -> bool:
        """Whether the term has passed and something is still owed."""
        return self.outstanding > 0 and on > self.recovery.pay_back_by

    def next_step(self, on: date) -> str:
        """What is to be done about it."""
        if not self.outstanding:
            return "追回的资金已全部退缴，本件没有待办事项。"
        last, money = self.recovery.pay_back_by, f"{self.outstanding / 100:,.2f}元"
        if self.late(on):
            return f"退缴期限（{chinese(last)}）已过，尚有{money}没有退缴，请运营单位尽快退缴。"
        return f"请运营单位在{chinese(last)}前退缴{'其余' if self.returned else ''}{money}；到账后由承担拨付职责的人员登记。"

    def told(self) -> dict[str, Any]:
        """The same as the API gives it."""
        row = self.recovery
        return {
            "amount": row.amount, "basis": row.basis_text or row.get_basis_display(), "decided_on": row.on.isoformat(),
            "pay_back_by": row.pay_back_by.isoformat(), "returned": self.returned, "outstanding": self.outstanding,
            "repayments": [
                {"amount": each.amount, "paid_back_on": each.paid_back_on.isoformat(), "voucher": each.voucher}
                for each in self.repayments
            ],
        }  # fmt: skip


def of_case(case: Case) -> Owed:
    """What was ordered back in that case; Recovery.DoesNotExist where nothing was. Two queries."""
    recovery = Recovery.objects.get(grant__case=case)
    return Owed(recovery, list(recovery.repayments.select_related("by")))


def open_ones() -> QuerySet[Recovery]:
    """Decisions of which something is still owed, the earliest term first; ``returned`` in fen. One query."""
    sums = Repayment.objects.filter(recovery=OuterRef("pk")).order_by().values("recovery")
    came = Coalesce(Subquery(sums.annotate(total=Sum("amount")).values("total")), 0)
    rows = Recovery.objects.annotate(returned=came, outstanding=F("amount") - came).filter(outstanding__gt=0)
    return rows.select_related("grant__case", "grant__title").order_by("pay_back_by", "id")


def replay_recoveries(case: Case | None = None) -> Iterator[str]:
    """Hold decisions to recover and what came back against what the record sealed; a sentence for each difference."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    told = Entry.objects.filter(act__in=("recover", "record_repayment"), **({"stream": case.number} if case else {}))
    for entry in told.order_by("seq"):
        entries[entry.stream].append(entry)
    rows = Recovery.objects.select_related("grant__case").prefetch_related("repayments")
    kept = {row.grant.case.number: row for row in (rows.filter(grant__case=case) if case else rows)}
    for number in sorted(entries.keys() | kept.keys()):
        if _as_kept(kept.get(number)) != [_as_sealed(entry) for entry in entries[number]]:
            yield f"{number} 追回或退缴与案卷所记不符"


def _as_kept(row: Recovery | None) -> list[tuple[object, ...]]:
    """A decision, then what came back, in the order in which it was written down."""
    if row is None:
        return []
    decided = (row.by_id, row.on, row.amount, row.basis, row.basis_text, row.reason, row.pay_back_by.isoformat())
    came = sorted(row.repayments.all(), key=lambda each: each.pk)
    return [
        decided,
        *((each.by_id, each.on, each.amount, each.paid_back_on.isoformat(), each.voucher) for each in came),
    ]


def _as_sealed(entry: Entry) -> tuple[object, ...]:
    told = json.loads(entry.data)
    words = ("basis", "basis_text", "reason", "pay_back_by") if entry.act == "recover" else ("paid_back_on", "voucher")
    return (entry.person_id, entry.on, told["amount"], *(told[word] for word in words))

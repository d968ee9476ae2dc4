"""Money that was ordered back: what of it has come, what is still owed, by whom and until when."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from makerspace.matters.funding.capitals import in_yuan
from makerspace.matters.funding.models import Payment, Recovery, Repayment
from makerspace.office.casework.models import Case
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import chinese

ACTS = ("recover", "record_repayment", "strike_repayment")


@dataclass(frozen=True)
class Owed:
    """A decision to recover, who was paid and so owes, and what came back; struck rows among them. Money in fen."""

    recovery: Recovery
    payee: str
    repayments: list[Repayment]

    @property
    def standing(self) -> list[Repayment]:
        """The repayments that were not struck."""
        return [row for row in self.repayments if row.struck_on is None]

    @property
    def returned(self) -> int:
        """What has come back."""
        return sum(row.amount for row in self.standing)

    @property
    def outstanding(self) -> int:
        """What is still owed."""
        return self.recovery.amount - self.returned

    def late(self, on: date) -> bool:
        """Whether the term has passed and something is still owed."""
        return self.outstanding > 0 and on > self.recovery.pay_back_by

    def next_step(self, on: date) -> str:
        """What is to be done about it."""
        last = self.recovery.pay_back_by
        if not self.outstanding:
            came_late = any(row.paid_back_on > last for row in self.standing)
            return f"追回的资金已全部退缴{'（晚于退缴期限）' if came_late else ''}，本件没有待办事项。"
        money = in_yuan(self.outstanding)
        if self.late(on):
            return f"退缴期限（{chinese(last)}）已过，{self.payee}尚有{money}没有退缴，请尽快退缴。"
        rest = "其余" if self.returned else ""
        return f"请{self.payee}不晚于{chinese(last)}退缴{rest}{money}；到账后由承担拨付职责的人员登记。"

    def told(self, on: date) -> dict[str, Any]:
        """The same as the API gives it."""
        row = self.recovery
        return {
            "amount": row.amount, "basis": row.named_basis, "decided_on": row.on.isoformat(), "payee": self.payee,
            "pay_back_by": row.pay_back_by.isoformat(), "returned": self.returned, "outstanding": self.outstanding,
            "late": self.late(on),
            "repayments": [
                {"amount": each.amount, "paid_back_on": each.paid_back_on.isoformat(), "voucher": each.voucher}
                for each in self.standing
            ],
        }  # fmt: skip


def of_case(case: Case) -> Owed:
    """What was ordered back in that case; Recovery.DoesNotExist where nothing was. Three queries."""
    recovery = Recovery.objects.get(grant__case=case)
    paid = Payment.objects.select_related("account").get(grant=recovery.grant_id, state=Payment.State.PAID)
    return Owed(recovery, paid.account.payee, list(recovery.repayments.select_related("by")))


def open_ones() -> QuerySet[Recovery]:
    """Decisions of which something is still owed, the earliest term first; ``returned`` in fen. One query."""
    sums = Repayment.objects.filter(recovery=OuterRef("pk"), struck_on=None).order_by().values("recovery")
    came = Coalesce(Subquery(sums.annotate(total=Sum("amount")).values("total")), 0)
    rows = Recovery.objects.annotate(returned=came, outstanding=F("amount") - came).filter(outstanding__gt=0)
    return rows.select_related("grant__case").order_by("pay_back_by", "id")


# -- replay ------------------------------------------------------------------------------------------------------------
def replay_recoveries(case: Case | None = None) -> Iterator[str]:
    """Hold decisions to recover and what came back against what the record sealed; a sentence for each difference."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    told = Entry.objects.filter(act__in=ACTS, **({"stream": case.number} if case else {}))
    for entry in told.order_by("seq"):
        entries[entry.stream].append(entry)
    rows = Recovery.objects.select_related("grant__case").prefetch_related("repayments")
    kept = {row.grant.case.number: row for row in (rows.filter(grant__case=case) if case else rows)}
    for number in sorted(entries.keys() | kept.keys()):
        if _as_kept(kept.get(number)) != sorted(_as_sealed(entry) for entry in entries[number]):
            yield f"{number} 追回或退缴与案卷所记不符"


def _as_kept(row: Recovery | None) -> list[tuple[str, ...]]:
    """The decision, what came back and what was struck, each as texts, sorted."""
    if row is None:
        return []
    words = (row.amount, row.basis, row.basis_text, row.reason, row.pay_back_by)
    found = [_texts("recover", row.by_id, row.on, *words)]
    for each in row.repayments.all():
        came = (each.amount, each.paid_back_on, each.voucher, *each.papers)
        found.append(_texts("record_repayment", each.by_id, each.on, *came))
        if each.struck_on:
            found.append(_texts("strike_repayment", each.struck_by_id, each.struck_on, each.voucher, each.reason))
    return sorted(found)


def _as_sealed(entry: Entry) -> tuple[str, ...]:
    told = json.loads(entry.data)
    words = {
        "recover": ("amount", "basis", "basis_text", "reason", "pay_back_by"),
        "record_repayment": ("amount", "paid_back_on", "voucher"),
        "strike_repayment": ("voucher", "reason"),
    }[entry.act]
    return _texts(entry.act, entry.person_id, entry.on, *(told[word] for word in words), *told.get("papers", ()))


def _texts(*parts: object) -> tuple[str, ...]:
    return tuple(str(part) for part in parts)

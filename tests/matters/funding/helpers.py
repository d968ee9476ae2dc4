"""Plain makers for this room: titles with their grants, officers who may not stand in for each other, a budget."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Budget
from makerspace.matters.recognition.models import Title
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Duty, Role
from tests.factories import make_pdf, make_person, member_of
from tests.matters.recognition.helpers import announced

ON = date(2026, 3, 17)
FULL = 10_000_000
NUMBER = "2502011009024567890"
USE: dict[str, Any] = {
    "items": [
        {"category": "equipment", "content": "三维打印机", "invoice": "24532000000012345678", "invoiced_on": ON, "amount": 6_000_000},
        {"category": "premises", "content": "会议室改造", "invoice": "24532000000012345679", "invoiced_on": ON, "amount": 4_000_000},
    ],
    "summary": "用于公共设备和会议室，已投入使用。",
}  # fmt: skip


@dataclass
class Office:
    """Who handles, who approves, who pays."""

    handler: Person = field(default_factory=lambda: make_person(Role.BUREAU))
    payer: Person = field(default_factory=lambda: make_person(Role.BUREAU, duties=[Duty.PAYER]))
    leader: Person = field(default_factory=lambda: make_person(Role.LEADER))
    second: Person = field(default_factory=lambda: make_person(Role.LEADER))

    def budget(self, amount: int = 10 * FULL, year: int = ON.year, on: date = ON) -> Budget:
        """A ceiling in force."""
        made = funding.propose_ceiling(year, amount=amount, basis="昆财教〔2026〕8号", by=self.handler, on=on)
        return funding.confirm_ceiling(made, by=self.second, on=on).budget


def opened(count: int = 1) -> list[Case]:
    """So many titles, and the grants that time opened for them."""
    announced(count)
    return funding.open_grants(ON)


def owner(case: Case) -> Person:
    """Somebody of the unit."""
    return member_of(case.organisation)


def file(case: Case, by: Person, on: date = ON) -> str:
    """The digest of a PDF kept for the case."""
    return attachments.attach(case, ContentFile(make_pdf()), "凭证.pdf", by=by, on=on).blob_id


def confirmed(case: Case, **given: Any) -> Case:
    """The account as its unit names it."""
    told = {"payee": case.grant.title.holder, "bank": "中国工商银行昆明翠湖支行", "account_number": NUMBER} | given
    return funding.confirm_account(case, by=owner(case), on=ON, **told)


def to_stage(case: Case, stage: str, office: Office) -> Case:
    """The case led on to that stage of the main way."""
    steps = {
        "account_check": lambda: confirmed(case),
        "payable": lambda: funding.accept_account(case, by=office.handler, on=ON),
        "approved": lambda: funding.approve_payment(case, by=office.leader, on=ON, basis="局长办公会"),
        "paid": lambda: funding.record_payment(
            case, by=office.payer, on=ON, paid_on=ON, voucher=f"PZ-{case.number}", papers=[file(case, office.payer)]
        ),
        "use_check": lambda: funding.report_use(case, by=owner(case), on=ON, papers=[file(case, owner(case))], **USE),
        "closed": lambda: funding.accept_use(case, by=office.handler, on=ON, opinion="票据齐全，用途相符。"),
    }  # fmt: skip
    if case.stage == stage:
        return case
    way = list(steps)
    begun = way.index(case.stage) + 1 if case.stage in way else 0
    for name in way[begun : way.index(stage) + 1]:
        steps[name]()
        case = Case.objects.get(pk=case.pk)
        assert case.stage == name
    return case


def ended(title: Title, on: date = ON) -> None:
    """As a revocation leaves the title."""
    Title.objects.filter(pk=title.pk).update(state="revoked", ended_on=on)

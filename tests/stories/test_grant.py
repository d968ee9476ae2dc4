"""A grant's whole life over HTTP: title → account → approved → paid → bounced → paid again → used → closed.

And one whose operator changes while its money is on the way.
"""

from datetime import date, timedelta

import pytest

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Account, Budget
from makerspace.matters.funding.queries import budgets
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Organisation
from makerspace.regulation.terms import Duty, Role
from tests.factories import make_pdf, make_person
from tests.stories.walk import Town, checked, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.both]
FULL, NUMBER = 10_000_000, "2502 0110 0902 4567 890"


def titled(town: Town) -> str:
    """A case with its title; the number of the grant that time opened for it."""
    number = town.approved()
    notice = town.publish(number)
    town.wait_until(date.fromisoformat(notice["last_day"]) + timedelta(days=1))
    town.tick()
    body = {"cases": [number], "document_number": f"昆科发〔{town.today.year}〕12号"}
    town["leader"].post("/announcements", body, 201)
    assert [town.tick()["grants"], town.tick()["grants"]] == [1, 0]
    (grant,) = town[town.owner(number)].get("/cases?kind=grant")["items"]
    town.owners[grant["id"]] = town.owner(number)
    return str(grant["id"])


def file(town: Town, who: str, number: str) -> str:
    """The digest of a file kept for the act that this person may take now."""
    fields = {"file": pdf(make_pdf(), "凭证.pdf"), "kind": "attachment"}
    return str(checked(town[who].form(f"/cases/{number}/materials", fields), 201)["digest"])


def test_a_grant_is_paid_bounced_paid_again_used_and_closed() -> None:
    town = Town()
    town.join("payer", make_person(Role.BUREAU, duties=[Duty.PAYER]))
    town.join("leader2", make_person(Role.LEADER))
    number = titled(town)
    owner, year = town.owner(number), town.today.year
    facts = town.case(number, owner)["facts"]
    assert (facts["amount"], facts["account"], town.stage(number)) == (FULL, None, "awaiting_account")
    account = {"payee": facts["payee"] or _holder(number), "bank": "中国工商银行昆明翠湖支行", "account_number": NUMBER}

    assert town.wrong(owner, number, "confirm_account", **account | {"payee": "别的公司"}) == {"name_change", "papers"}
    assert town.wrong(owner, number, "confirm_account", **account | {"account_number": "12AB"}) == {"account_number"}
    town.take(owner, number, "confirm_account", **account)
    town.take("bureau", number, "return_account", reason="请补联行号")
    town.take(owner, number, "confirm_account", **account, bank_code="102731000123")
    town.take("bureau", number, "accept_account")
    assert "尚未确认" in town.why("leader", number, "approve_payment", 409, basis="会议")
    town["leader"].get(f"/budgets/{year}", 404)
    with town.present():
        made = funding.propose_ceiling(year, amount=FULL, basis="批复", by=town.people["leader"], on=town.today)
        funding.confirm_ceiling(made, by=town.people["leader2"], on=town.today)
    town[owner].get(f"/budgets/{year}", 403)

    batch = town["leader"].post("/payment-batches", {"cases": [number], "basis": "局长办公会"}, 201)
    assert (batch["cases"], batch["total"]) == ([number], FULL)
    assert town["bureau"].get(f"/budgets/{year}")["committed"] == FULL
    paying = {"paid_on": town.today.isoformat(), "voucher": "PZ-0001"}
    town.take("bureau", number, "record_payment", 403, **paying, papers=["0" * 64])
    assert town.wrong("payer", number, "record_payment", **paying, papers=[]) == {"papers"}
    town.take("payer", number, "record_payment", **paying, papers=[file(town, "payer", number)])
    town.take("payer", number, "record_bounce", reason="户名不符", bounced_on=town.today.isoformat())
    assert town["bureau"].get(f"/budgets/{year}")["available"] == FULL
    town.take(owner, number, "confirm_account", **account)
    town.take("payer", number, "accept_account", 403)
    town.take("bureau", number, "accept_account")
    town.take("leader2", number, "approve_payment", basis="局长办公会")
    paying["voucher"] = "PZ-0002"
    town.take("payer", number, "record_payment", **paying, papers=[file(town, "payer", number)])

    town.wait(60)
    item = {
        "category": "equipment", "content": "激光切割机", "invoice": "24532000000012345678",
        "invoiced_on": town.today.isoformat(), "amount": FULL,
    }  # fmt: skip
    report = {"summary": "设备已开放共享。", "papers": [file(town, owner, number)]}
    assert town.wrong(owner, number, "report_use", items=[item | {"amount": FULL + 1}], **report) == {"items"}
    town.take(owner, number, "report_use", items=[item], **report)
    town.take("payer", number, "accept_use", 403, opinion="同意")
    done = town.take("bureau", number, "accept_use", opinion="发票齐全")

    assert (done["stage"], done["facts"]["used"], done["facts"]["account"]) == ("closed", FULL, "**** **** 7890")
    assert [row["act"] for row in town[owner].get(f"/cases/{number}/record")["items"]].count("record_payment") == 2
    budget = Budget.objects.get()
    assert budgets.figures(budget) == budgets.summed(budget) == (year, FULL, 0, 0, FULL, 0)
    assert "2502011009024567890" not in str(town.case(number, owner)) + str(town.case(number))
    assert Account.objects.count() == 3

    day = town.today.replace(year=year + 1).isoformat()
    order = {"basis": "misuse", "amount": 3_000_000, "reason": "抽查发现挪用", "pay_back_by": day}
    assert town.take("leader2", number, "recover", **order)["facts"]["recovery"]["outstanding"] == 3_000_000
    back = {"amount": 3_000_000, "paid_back_on": town.today.isoformat(), "voucher": "JK-0001"}
    town.take("bureau", number, "record_repayment", 403, **back, papers=["0" * 64])
    papers = [file(town, "payer", number)]
    assert town.wrong("payer", number, "record_repayment", **back | {"amount": 3_000_001}, papers=papers) == {"amount"}
    came = town.take("payer", number, "record_repayment", **back, papers=papers)["facts"]["recovery"]
    assert (came["returned"], came["outstanding"], came["repayments"][0]["voucher"]) == (3_000_000, 0, "JK-0001")
    town.take("bureau", number, "strike_repayment", 403, voucher="JK-0001", reason="登错")
    town.take("payer", number, "record_repayment", 409, **back | {"voucher": "JK-0002"}, papers=papers)
    town.prove()


def test_the_operator_changes_after_approval_and_the_new_one_is_paid() -> None:
    town = Town()
    town.join("payer", make_person(Role.BUREAU, duties=[Duty.PAYER]))
    town.join("leader2", make_person(Role.LEADER))
    number = titled(town)
    former, heir, year = town.owner(number), town.unit("heir"), town.today.year
    title = Title.objects.get()
    with town.present():
        made = funding.propose_ceiling(year, amount=FULL, basis="批复", by=town.people["leader"], on=town.today)
        funding.confirm_ceiling(made, by=town.people["leader2"], on=town.today)
    account = {"payee": title.holder, "bank": "中国工商银行昆明翠湖支行", "account_number": NUMBER}
    town.take(former, number, "confirm_account", **account)
    town.take("bureau", number, "accept_account")
    town["leader"].post("/payment-batches", {"cases": [number], "basis": "局长办公会"}, 201)

    unit = handed_over(town, title, to=heir)
    paying = {"paid_on": town.today.isoformat(), "voucher": "PZ-0001", "papers": ["0" * 64]}
    why = town.why("payer", number, "record_payment", 409, **paying)
    assert (title.holder in why, unit.name in why, "退回重新确认账户" in why) == (True, True, True)
    assert "record_payment" not in town.acts("payer", number)
    town[former].get(f"/cases/{number}", 404)
    facts = town.case(number, heir)["facts"]
    assert (facts["payee"], facts["account"], "重新确认收款账户" in facts["next_step"]) == (None, None, True)
    town.take("leader", number, "recheck_account", 403, reason="运营单位已变更")
    town.take(heir, number, "recheck_account", 403, reason="运营单位已变更")
    assert town.wrong("bureau", number, "recheck_account") == {"reason"}
    assert town.wrong("bureau", number, "recheck_account", reason="运营单位已变更") == {"unpaid"}
    town.take("bureau", number, "recheck_account", reason="运营单位已变更", unpaid=True)
    budget = town["bureau"].get(f"/budgets/{year}")
    assert (budget["available"], budget["committed"]) == (FULL, 0)

    town.take(former, number, "confirm_account", 404, **account)
    assert town.wrong(heir, number, "confirm_account", **account) == {"name_change", "papers"}
    town.take(heir, number, "confirm_account", **account | {"payee": unit.name})
    town.take("bureau", number, "accept_account")
    town.take("leader", number, "approve_payment", basis="局长办公会")
    paying["papers"] = [file(town, "payer", number)]
    done = town.take("payer", number, "record_payment", **paying)

    assert (done["stage"], done["facts"]["payee"], done["facts"]["voucher"]) == ("paid", unit.name, "PZ-0001")
    kept = Budget.objects.get()
    assert budgets.figures(kept) == budgets.summed(kept) == (year, FULL, 0, 0, FULL, 0)
    town.prove()


def handed_over(town: Town, title: Title, *, to: str) -> Organisation:
    """The title was handed to the unit of another, as its holder applied for."""
    former = next(key for number, key in town.owners.items() if number.startswith("GR-"))
    change = str(town[former].post(f"/titles/{title.number}/changes", {}, 201)["id"])
    unit = town.people[to].memberships.get().organisation
    sites = title.case.submissions.latest("round").dossier["premises"]
    told = {
        "happened_on": town.today.isoformat(), "name": title.name, "holder": unit.name, "uscc": unit.uscc, "reason": "更换运营单位",
        "sites": [site | {"authority": title.authority.code} for site in sites], "papers": [file(town, former, change)],
        "independent_legal_person": True, "registered_division": "530102", "standardised": True, "run_by_host": False,
        "confirm_not_met": True,
    }  # fmt: skip
    town.take(former, change, "file_change", **told)
    town.take("district", change, "give_opinion", supports=True, opinion="属实")
    town.take("leader2", change, "grant_change", opinion="同意")
    return unit


def _holder(number: str) -> str:
    return str(Case.objects.get(number=number).grant.title.holder)

"""The pages of the money: what they show, to whom, and what comes of what is typed."""

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from django.test import Client

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Account, Batch, Budget, Ceiling, Payment
from makerspace.matters.funding.sealing import Unreadable
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.asking import browser
from tests.factories import make_person
from tests.matters.funding.helpers import FULL, NUMBER, ON, Office, opened, to_stage

pytestmark = pytest.mark.django_db
TOKEN = {"form_token": "t" * 20}


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.pretending(clock.now().replace(year=ON.year, month=ON.month, day=ON.day, hour=11)):
        yield


def page(client: Client, path: str, status: int = 200, **posted: Any) -> str:
    answer = client.post(path, posted) if posted else client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def rows_of(content: bytes) -> list[list[str]]:
    """The cells of the first sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = ["".join(node.itertext()) for node in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = []
    for row in sheet.iter(f"{space}row"):
        cells = [(cell.get("t"), cell.findtext(f"{space}v") or "") for cell in row.iter(f"{space}c")]
        rows.append([strings[int(value)] if kind == "s" else value for kind, value in cells])
    return rows


def test_a_ceiling_is_proposed_by_one_and_confirmed_by_another() -> None:
    office = Office()
    given = {"year": "2026", "amount": "1,200,000.50", "basis": "昆财教〔2026〕8号"}

    assert 'name="form_token"' in page(browser(office.handler), "/work/funding/")
    wrong = page(browser(office.handler), "/work/funding/ceilings/", 422, **given | {"amount": "12.345"}, **TOKEN)
    assert "额度" in wrong
    page(browser(office.handler), "/work/funding/ceilings/", 302, **given, **TOKEN)
    page(browser(office.handler), "/work/funding/ceilings/", 302, **given, **TOKEN)
    made = Ceiling.objects.get()
    assert made.amount == 120_000_050
    path = f"/work/funding/ceilings/{made.pk}/"
    assert "确认额度" in page(browser(office.second, fresh=True), "/work/funding/")
    assert "确认额度</button>" not in page(browser(office.handler), "/work/funding/")
    page(browser(office.handler, fresh=True), path, 403, step="confirm")
    page(browser(office.second, fresh=True), path, 302, step="confirm")

    assert Budget.objects.get().ceiling == 120_000_050
    assert "1,200,000.50元" in page(browser(office.handler), "/work/funding/")


def test_the_same_amount_again_is_told_at_the_field() -> None:
    office = Office()
    office.budget(FULL)

    body = page(
        browser(office.handler), "/work/funding/ceilings/", 422, year="2026", amount="100000", basis="同额", **TOKEN
    )

    assert "与现行额度相同" in body


def test_a_leader_looks_at_the_sum_and_approves_a_batch_once() -> None:
    office = Office()
    office.budget(3 * FULL)
    cases = [to_stage(case, "payable", office) for case in opened(2)]
    leader = browser(office.leader, fresh=True)
    typed = {"basis": "局长办公会2026年第8次会议", "cases": [case.number for case in cases]}

    assert all(case.number in page(leader, "/work/funding/approve/") for case in cases)
    shown = page(leader, "/work/funding/approve/", step="preview", **typed)
    assert ("200,000.00元" in shown, "人民币贰拾万元整" in shown, Payment.objects.count()) == (True, True, 0)
    for _ in range(2):
        page(leader, "/work/funding/approve/", 302, step="approve", **typed, **TOKEN)

    assert Batch.objects.get().payments.count() == 2
    assert "ZF-2026-001" in page(leader, "/work/funding/batches/")


def test_an_approval_without_a_basis_or_beyond_the_budget_keeps_what_was_typed() -> None:
    office = Office()
    office.budget(FULL)
    cases = [to_stage(case, "payable", office) for case in opened(2)]
    leader = browser(office.leader, fresh=True)
    numbers = [case.number for case in cases]

    assert "有1处需要更正" in page(leader, "/work/funding/approve/", 422, step="preview", cases=numbers)
    beyond = page(leader, "/work/funding/approve/", 409, step="preview", basis="会议纪要7", cases=numbers)
    assert ("超出2026年度可用预算" in beyond, "会议纪要7" in beyond) == (True, True)
    page(leader, "/work/funding/approve/", 422, step="approve", basis="会议", cases=["GR-2026-9999\x00"], **TOKEN)
    page(leader, "/work/funding/approve/", 404, step="approve", basis="会议", cases=["GR-2026-9999"], **TOKEN)
    assert Payment.objects.count() == 0


def paying() -> tuple[Case, Office]:
    office = Office()
    office.budget()
    (case,) = opened()
    return to_stage(case, "approved", office), office


def test_the_sheet_bears_capital_numerals_and_masked_accounts() -> None:
    case, office = paying()
    client = browser(office.handler)

    content = client.get("/work/funding/batches/ZF-2026-001/xlsx/").content
    rows = rows_of(content)

    assert {"**** **** 7890", "100000", "人民币壹拾万元整", "待拨付"} <= set(rows[1])
    assert "人民币壹拾万元整" in rows[-1]
    assert NUMBER not in str(rows)
    pdf = client.get("/work/funding/batches/ZF-2026-001/pdf/").content
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
    assert Entry.objects.filter(stream=case.number, act="open_account").count() == 0


def test_the_full_sheet_is_the_payers_and_each_number_is_a_look() -> None:
    case, office = paying()
    path = "/work/funding/batches/ZF-2026-001/xlsx/full/"

    assert browser(office.handler, fresh=True).post(path).status_code == 403
    content = browser(office.payer, fresh=True).post(path).content

    assert NUMBER in str(rows_of(content))
    assert Entry.objects.filter(stream=case.number, act="open_account", person=office.payer).count() == 1
    to_stage(case, "paid", office)
    assert browser(office.payer, fresh=True).post(path).status_code == 409


def test_the_payer_opens_one_number_and_others_never_see_it() -> None:
    case, office = paying()
    payer = browser(office.payer, fresh=True)

    assert NUMBER not in page(payer, "/work/funding/payments/")
    opened_page = payer.post(f"/work/funding/payments/{case.number}/")

    assert NUMBER in opened_page.content.decode()
    assert opened_page["Cache-Control"] == "private, no-store"
    for person in (office.handler, office.leader):
        assert NUMBER not in page(browser(person), f"/work/cases/{case.number}/?tab=grant")
    looks = page(browser(office.leader), f"/work/cases/{case.number}/?tab=grant")
    assert str(office.payer) in looks


def test_the_applicant_sees_where_the_money_stands_and_what_comes_next() -> None:
    case, _ = paying()
    owner = case.organisation.memberships.get().person

    shown = page(browser(owner), f"/work/cases/{case.number}/")

    assert ("100,000.00元" in shown, "已批准，由承担拨付职责的人员办理" in shown, "**** **** 7890" in shown) == (
        True,
    ) * 3
    district = page(browser(make_person(Role.DISTRICT, "wuhua")), f"/work/cases/{case.number}/")
    assert "7890" not in district
    person = make_person(Role.DISTRICT, "wuhua")
    assert "不能查看本件的材料" in page(browser(person), f"/work/cases/{case.number}/?tab=materials")


def test_the_ledger_is_exported_as_it_stands() -> None:
    _, office = paying()

    body = browser(office.handler).get("/work/funding/years/2026/ledger.csv").content.decode("utf-8-sig")

    lines = body.splitlines()
    assert lines[0] == "日期,事项,转出,转入,金额（元）,办件,办理人"
    assert [line.split(",")[1:5] for line in lines[1:]] == [
        ["确认额度", "预算下达", "可用", "1000000.00"], ["批准拨付", "可用", "已批准待拨付", "100000.00"],
    ]  # fmt: skip


def test_a_tampered_account_opens_to_nobody() -> None:
    case, office = paying()
    Account.objects.update(sealed=b"x" * 40)

    with pytest.raises(Unreadable):
        funding.open_account(case, by=office.payer, on=ON)


def test_what_is_owed_stands_on_the_payers_desk_until_it_came() -> None:
    case, office = paying()
    case = to_stage(case, "paid", office)
    day = ON.replace(month=4, day=16)
    funding.recover(case, by=office.second, on=ON, basis="misuse", amount=3_000_000, reason="挪用", pay_back_by=day)
    client, path = browser(office.payer, fresh=True), f"/work/cases/{case.number}/"

    desk = page(client, "/work/funding/payments/")
    assert ("待退缴" in desk, f"{path}acts/record_repayment/" in desk, "30,000" in desk) == (True, True, True)
    form = page(client, f"{path}acts/record_repayment/")
    assert ('value="30000"' in form, 'value="2026-03-17"' in form) == (False, True)
    for amount, voucher, left in ((1_000_000, "JK-1", "20,000"), (2_000_000, "JK-2", "")):
        funding.record_repayment(case, by=office.payer, on=ON, amount=amount, paid_back_on=ON, voucher=voucher)
        desk = page(client, "/work/funding/payments/")
        assert ("待退缴" in desk, left in desk) == (bool(left), True)
    funding.strike_repayment(case, by=office.payer, on=ON, voucher="JK-2", reason="登错了凭证")
    district = make_person(Role.DISTRICT, "wuhua")
    for reader, inside in (
        (office.handler, True),
        (case.organisation.memberships.get().person, False),
        (district, False),
    ):
        tab = page(browser(reader), f"{path}?tab=grant").partition('id="repayments"')[2]
        assert [word in tab for word in ("待退缴", "JK-1", "JK-2", "登错了凭证", office.payer.name)] == [True] * 4 + [
            inside
        ]


def test_the_pages_of_the_acts_begin_with_what_is_known() -> None:
    case, office = paying()
    owner = case.organisation.memberships.get().person
    path = f"/work/cases/{case.number}/acts"

    assert 'value="2026-03-17"' in page(browser(office.payer, fresh=True), f"{path}/record_payment/")
    case = to_stage(case, "paid", office)
    assert 'value="2026-03-17"' in page(browser(office.payer, fresh=True), f"{path}/record_bounce/")
    recovering = page(browser(office.second, fresh=True), f"{path}/recover/")
    assert ('value="100000"' in recovering, "处罚处分条例" in recovering) == (True, True)
    assert 'value="60000"' not in page(browser(owner), f"{path}/report_use/")
    case = to_stage(case, "use_check", office)
    funding.return_use(case, by=office.handler, on=ON, reason="请补发票")
    again = page(browser(owner), f"{path}/report_use/")

    assert ('value="60000"' in again, 'value="24532000000012345678"' in again) == (True, True)


def test_the_account_page_names_the_operator_as_payee() -> None:
    (case,) = opened()
    owner = case.organisation.memberships.get().person

    shown = page(browser(owner), f"/work/cases/{case.number}/acts/confirm_account/")

    assert f'value="{case.grant.title.holder}"' in shown


def test_a_proposal_is_taken_back_and_pages_of_years_without_a_budget_say_so() -> None:
    office = Office()
    made = funding.propose_ceiling(2026, amount=FULL, basis="批复", by=office.handler, on=ON)

    page(browser(office.handler), f"/work/funding/ceilings/{made.pk}/", 302, step="withdraw")

    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert "还没有预算额度" in page(browser(office.handler), "/work/funding/years/2031/")
    assert "还没有批准过拨付" in page(browser(office.handler), "/work/funding/batches/")
    assert "没有待批准拨付" in page(browser(office.second, fresh=True), "/work/funding/approve/")
    assert "没有待拨付的款项" in page(browser(office.payer), "/work/funding/payments/")


def test_a_batch_shows_its_sheets_to_officers_and_the_full_ones_to_the_payer() -> None:
    _, office = paying()
    path = "/work/funding/batches/ZF-2026-001/"

    assert "含完整账号的拨付表" not in page(browser(office.handler), path)
    assert "含完整账号的拨付表" in page(browser(office.payer), path)
    assert browser(office.payer, fresh=True).post(f"{path}pdf/full/").content.startswith(b"%PDF")

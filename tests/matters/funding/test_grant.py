"""Article 13: the way of one grant, and everything that may not happen on it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.capitals import in_yuan
from makerspace.matters.funding.models import (
    Account,
    Budget,
    Ending,
    Grant,
    Hold,
    Payment,
    Posting,
    Recovery,
    Repayment,
    UseReport,
)
from makerspace.matters.funding.queries import budgets, grants, payees, recoveries
from makerspace.matters.recognition.models import Title, TitleSite
from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework.attachments import readable
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.queries import has_handled
from makerspace.office.casework.refusals import Refused
from makerspace.office.casework.taking import take
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person, Post
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Duty, Role
from tests.factories import make_organisation, make_person, set_due
from tests.matters.funding.helpers import FULL, NUMBER, ON, USE, Office, confirmed, ended, file, opened, owner, to_stage
from tests.matters.recognition.helpers import announced
from tests.tampering import triggers_aside

pytestmark = pytest.mark.django_db


def refused(code: str, says: str, act: Any, *args: Any, **given: Any) -> None:
    """The act is refused with that code and those words, and nothing has changed."""
    entries, postings = Entry.objects.count(), Posting.objects.count()
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act(*args, **given)
    told = refusal.value.refusal
    assert (told.code, says in told.text + str(dict(told.fields))) == (code, True), told
    assert (Entry.objects.count(), Posting.objects.count()) == (entries, postings)


# -- opening -----------------------------------------------------------------------------------------------------------
def test_time_opens_a_grant_for_each_title_once() -> None:
    announced(2)

    first, again = funding.open_grants(ON), funding.open_grants(ON + timedelta(days=1))

    assert [(case.number, case.stage, case.filed_on) for case in first] == [
        ("GR-2026-0001", "awaiting_account", ON), ("GR-2026-0002", "awaiting_account", ON),
    ]  # fmt: skip
    assert again == []
    assert list(Grant.objects.values_list("amount", flat=True)) == [FULL, FULL]
    entry = Entry.objects.get(stream="GR-2026-0001")
    assert (entry.act, entry.role, entry.articles) == ("open_grant", "clock", "13")


def test_a_title_that_has_ended_opens_none() -> None:
    announced()
    ended(Title.objects.get())

    assert funding.open_grants(ON) == []


@pytest.mark.both
def test_the_database_refuses_a_second_grant_in_a_makerspaces_life() -> None:
    announced(2)
    one, two = Title.objects.order_by("number")
    funding.open_for(one, on=ON)
    Title.objects.filter(pk=two.pk).update(makerspace=one.makerspace)  # renamed, under another operator, titled anew

    assert list(grants.without_grant(ON)) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        funding.open_for(Title.objects.get(pk=two.pk), on=ON)
    assert Case.objects.filter(kind="grant").count() == 1


@pytest.mark.both
def test_the_database_knows_the_amount() -> None:
    (case,) = opened()

    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(case=case).update(amount=FULL + 1)


# -- holds -------------------------------------------------------------------------------------------------------------
def held() -> tuple[Case, Case]:
    """Two makerspaces of one unit: the second grant is held."""
    announced(2)
    one, two = Title.objects.order_by("number")
    Makerspace.objects.filter(pk=two.makerspace_id).update(organisation=one.organisation)
    Title.objects.filter(pk=two.pk).update(organisation=one.organisation)
    first, second = funding.open_grants(ON)
    return first, second


def test_the_same_credit_code_is_a_hold_that_names_the_earlier_grant() -> None:
    office = Office()
    first, second = held()
    hold = Hold.objects.get()
    assert (hold.grant.case, hold.earlier.case, hold.same_unit, hold.same_site, hold.state) == (
        second, first, True, False, "open"
    )  # fmt: skip
    second = to_stage(second, "account_check", office)

    refused("wrong_stage", first.number, funding.accept_account, second, by=office.handler, on=ON)
    refused("not_yours", "市科技局负责人", funding.release_hold, second, by=office.handler, on=ON, reason="两个空间")
    funding.release_hold(second, by=office.leader, on=ON, reason="同一单位运营的两家众创空间，场地和团队各自独立。")

    hold.refresh_from_db()
    assert (hold.state, hold.decided_by, hold.decided_on) == ("released", office.leader, ON)
    assert first.number in Entry.objects.get(stream=second.number, act="release_hold").data
    assert to_stage(second, "payable", office).stage == "payable"
    refused("wrong_stage", "没有待核定", funding.release_hold, second, by=office.leader, on=ON, reason="再核定一次")


def test_a_second_grant_may_be_stopped_and_then_bars_nobody_else() -> None:
    office = Office()
    first, second = held()

    case = funding.stop_payment(second, by=office.leader, on=ON, reason="实为同一众创空间更名。")

    assert (case.stage, Hold.objects.get().state, Ending.objects.get().given_up) == ("waived", "upheld", False)
    assert list(grants.alike(first.grant)) == []


def test_the_same_site_is_a_hold_however_it_is_written() -> None:
    assert grants.site_key("云南省昆明市五华区学府路１号") == grants.site_key("五华区学府路1号 ")
    first, second = opened(2)
    for case, site in ((first, "昆明市五华区学府路1号"), (second, "五华区学府路１号")):
        Grant.objects.filter(case=case).update(site=site, site_key=grants.site_key(site))
    office = Office()
    office.budget()
    second = to_stage(second, "payable", office)

    refused(
        "wrong_stage", "场地相同", funding.approve_payment, second, by=office.leader, on=ON, basis="会议"
    )  # found when it is looked again; the leader then decides


def test_a_site_that_another_makerspace_moved_to_is_a_hold() -> None:
    first, second = opened(2)
    TitleSite.objects.create(title=first.grant.title, address="昆明市五华区学府路1号3楼", since=ON)
    TitleSite.objects.create(title=second.grant.title, address="云南省昆明市五华区学府路１号3楼", since=ON, until=ON)
    TitleSite.objects.create(title=second.grant.title, address="昆明市五华区学府路1号4楼", since=ON)

    found = grants.alike(Grant.objects.get(case=second))

    assert [(row.earlier.case, row.same_unit, row.same_site) for row in found] == [(first, False, True)]
    assert funding.look_for_holds(Grant.objects.get(case=second), ON) == [first.number]


def test_a_unit_that_took_the_title_over_and_had_a_grant_before_is_a_hold() -> None:
    first, second = opened(2)
    Title.objects.filter(grant__case=second).update(organisation=first.organisation)

    found = grants.alike(Grant.objects.get(case=second))

    assert [(row.earlier.case, row.same_unit, row.same_site) for row in found] == [(first, True, False)]


def test_money_is_written_exactly_however_much() -> None:
    assert [in_yuan(fen) for fen in (0, 5, 10_000_000, -1_250, 90_071_992_547_409_931)] == [
        "0.00元", "0.05元", "100,000.00元", "-12.50元", "900,719,925,474,099.31元",
    ]  # fmt: skip


def test_without_a_hold_and_with_a_title_nothing_may_be_stopped() -> None:
    (case,) = opened()

    refused("wrong_stage", "不能不予拨付", funding.stop_payment, case, by=Office().leader, on=ON, reason="不想付")


# -- the account -------------------------------------------------------------------------------------------------------
def test_the_account_is_kept_encrypted_and_recorded_by_its_last_digits() -> None:
    (case,) = opened()

    case = confirmed(case)

    account = Account.objects.get()
    assert (case.stage, account.payee, account.tail) == ("account_check", case.grant.title.holder, "7890")
    entry = Entry.objects.get(stream=case.number, act="confirm_account")
    assert NUMBER not in entry.data
    assert NUMBER.encode() not in bytes(account.sealed)


def test_another_payee_needs_the_reason_and_the_proof() -> None:
    (case,) = opened()
    given = {"payee": "昆明更名后的公司", "bank": "某银行", "account_number": NUMBER}

    refused("invalid", "papers", funding.confirm_account, case, by=owner(case), on=ON, name_change="已更名", **given)
    refused("invalid", "name_change", confirmed, case, payee="昆明更名后的公司", papers=["0" * 64])
    confirmed(case, payee="昆明更名后的公司", name_change="2026年2月更名", papers=[file(case, owner(case))])

    assert Account.objects.get().name_change == "2026年2月更名"


def test_full_and_half_width_brackets_are_one_name() -> None:
    assert payees.same_name("昆明（翠湖）科技 有限公司", "昆明(翠湖)科技有限公司")
    assert not payees.same_name("昆明翠湖科技有限公司", "昆明翠湖科技股份有限公司")


@pytest.mark.parametrize("number", ["1234567", "1" * 31, "62AB5678", "", "１２三"])
def test_a_number_of_the_wrong_form_is_refused(number: str) -> None:
    (case,) = opened()
    given = {"payee": "x", "bank": "某银行", "account_number": number}

    refused("invalid", "account_number", take, case, "confirm_account", by=owner(case), on=ON, payload=given)


def test_a_number_may_be_typed_in_groups() -> None:
    (case,) = opened()
    given = {"payee": case.grant.title.holder, "bank": "某银行", "account_number": "2502 0110-0902 4567 890"}

    take(case, "confirm_account", by=owner(case), on=ON, payload=given)

    assert funding.number_of(Account.objects.get(), case.number) == NUMBER


def test_an_account_sent_back_is_confirmed_anew() -> None:
    office = Office()
    (case,) = opened()
    case = to_stage(case, "account_check", office)

    case = funding.return_account(case, by=office.handler, on=ON, reason="开户银行写到支行")
    case = confirmed(case, bank="中国银行昆明滇池支行")

    assert [(row.state, row.reason) for row in Account.objects.order_by("id")] == [
        ("returned", "开户银行写到支行"), ("confirmed", ""),
    ]  # fmt: skip
    assert case.stage == "account_check"


def test_only_the_payer_opens_the_number_and_each_look_is_recorded() -> None:
    office = Office()
    office.budget()
    (case,) = opened()
    case = to_stage(case, "payable", office)
    refused("wrong_stage", "批准拨付以后", funding.open_account, case, by=office.payer, on=ON)
    case = to_stage(case, "approved", office)

    refused("not_yours", "承担拨付职责", funding.open_account, case, by=office.handler, on=ON)
    refused("not_yours", "承担拨付职责", funding.open_account, case, by=office.leader, on=ON)
    refused("not_found", "没有找到", funding.open_account, case, by=make_person(Role.DISTRICT, "panlong"), on=ON)
    assert funding.open_account(case, by=office.payer, on=ON) == NUMBER

    assert [look.who for look in grants.looks_at(case)] == [str(office.payer)]
    assert NUMBER not in Entry.objects.get(stream=case.number, act="open_account").data
    assert first_broken() is None


# -- separation --------------------------------------------------------------------------------------------------------
def test_who_handles_approves_and_pays_are_three_people() -> None:
    office = Office()
    office.budget()
    for person in (office.handler, office.leader, office.payer):  # everybody holds every office
        for role in (Role.BUREAU, Role.LEADER):
            Post.objects.update_or_create(
                person=person, role=role.value, defaults={"duties": [Duty.PAYER.value], "valid_from": date(2017, 6, 6)}
            )
    office = Office(*(Person.objects.get(pk=each.pk) for each in (office.handler, office.payer, office.leader)))
    (case,) = opened()

    case = to_stage(case, "payable", office)
    refused("not_yours", "经办与决定分离", funding.approve_payment, case, by=office.handler, on=ON, basis="会议")
    case = to_stage(case, "approved", office)
    paying = {"on": ON, "paid_on": ON, "voucher": "PZ-1", "papers": ["0" * 64]}
    refused("not_yours", "经办、审批、拨付相分离", funding.record_payment, case, by=office.handler, **paying)
    refused("not_yours", "经办、审批、拨付相分离", funding.record_payment, case, by=office.leader, **paying)
    case = to_stage(case, "paid", office)
    bounce = {"on": ON, "bounced_on": ON, "reason": "账号错误"}
    refused("not_yours", "经办、审批、拨付相分离", funding.record_bounce, case, by=office.handler, **bounce)
    case = confirmed(funding.record_bounce(case, by=office.payer, **bounce))
    refused("not_yours", "经办、审批、拨付相分离", funding.accept_account, case, by=office.payer, on=ON)
    refused("not_yours", "经办、审批、拨付相分离", funding.return_account, case, by=office.leader, on=ON, reason="x")
    assert has_handled(office.payer, case)


def test_only_files_uploaded_for_the_case_are_handed_in_and_a_district_reads_none() -> None:
    office = Office()
    office.budget()
    (case,) = opened()
    given = {"payee": case.grant.title.holder, "bank": "某银行", "account_number": NUMBER}
    refused(
        "invalid", "papers", funding.confirm_account, case, by=owner(case), on=ON, papers=["0" * 64], **given
    )  # fmt: skip

    letter = file(case, owner(case))
    case = funding.confirm_account(case, by=owner(case), on=ON, papers=[letter], **given)

    kept = Attachment.objects.get()
    assert (kept.act, kept.blob_id) == ("confirm_account", letter)
    assert [list(readable(case, person, ON)) for person in (owner(case), office.handler, office.leader)] == [[kept]] * 3
    for role in (Role.DISTRICT, Role.DISCIPLINE):
        assert list(readable(case, make_person(role), ON)) == []
    case = funding.accept_account(case, by=office.handler, on=ON)
    case = funding.approve_payment(case, by=office.leader, on=ON, basis="会议")
    voucher = {"by": office.payer, "on": ON, "paid_on": ON, "voucher": "PZ-1"}
    refused("invalid", "papers", funding.record_payment, case, papers=[letter], **voucher)  # another's file


# -- approving ---------------------------------------------------------------------------------------------------------
def test_a_batch_is_approved_within_the_years_budget() -> None:
    office = Office()
    budget = office.budget(2 * FULL)
    cases = [to_stage(case, "payable", office) for case in opened(3)]

    refused(
        "wrong_stage", "超出2026年度可用预算", funding.approve_payments, cases, basis="会议", by=office.leader, on=ON
    )
    batch = funding.approve_payments(cases[:2], basis="局长办公会2026年第8次会议", by=office.leader, on=ON)

    assert (batch.number, batch.payments.count()) == ("ZF-2026-001", 2)
    assert [case.stage for case in Case.objects.filter(kind="grant").order_by("number")] == [
        "approved", "approved", "payable"
    ]  # fmt: skip
    budget.refresh_from_db()
    assert budgets.figures(budget) == budgets.summed(budget) == (2026, 2 * FULL, 0, 2 * FULL, 0, 0)
    refused("wrong_stage", "可用预算不足", funding.approve_payment, cases[2], by=office.leader, on=ON, basis="会议")


def test_without_a_budget_nothing_is_approved() -> None:
    office = Office()
    (case,) = opened()
    case = to_stage(case, "payable", office)

    refused("wrong_stage", "尚未确认", funding.approve_payment, case, by=office.leader, on=ON, basis="会议")


def test_a_batch_with_one_that_may_not_be_approved_is_refused_whole_and_names_it() -> None:
    office = Office()
    office.budget()
    one, two = opened(2)
    one = to_stage(one, "payable", office)

    with pytest.raises(Refused) as refusal:
        funding.approve_payments([one, two], basis="会议", by=office.leader, on=ON)

    assert refusal.value.refusal.code == "wrong_stage"
    assert list(refusal.value.refusal.fields) == [two.number]
    assert Payment.objects.count() == 0


def test_an_empty_batch_is_refused() -> None:
    refused("invalid", "请选择", funding.approve_payments, [], basis="会议", by=Office().leader, on=ON)


# -- paying ------------------------------------------------------------------------------------------------------------
def test_a_payment_is_recorded_with_its_voucher_and_the_unit_is_told() -> None:
    office = Office()
    budget = office.budget(FULL)
    (case,) = opened()

    case = to_stage(case, "paid", office)

    payment = Payment.objects.get()
    assert (payment.state, payment.voucher, payment.paid_on, payment.paid_by) == (
        "paid", "PZ-GR-2026-0001", ON, office.payer
    )  # fmt: skip
    assert Message.objects.filter(person=owner(case), subject__contains="已拨付").exists()
    budget.refresh_from_db()
    assert budgets.figures(budget) == (2026, FULL, 0, 0, FULL, 0)


def test_a_voucher_is_never_used_twice_and_its_day_lies_between() -> None:
    office = Office()
    office.budget()
    one, two = [to_stage(case, "approved", office) for case in opened(2)]
    to_stage(one, "paid", office)
    given: dict[str, Any] = {"by": office.payer, "on": ON, "papers": [file(two, office.payer)]}

    voucher = Payment.objects.get(state="paid").voucher
    refused("invalid", "voucher", funding.record_payment, two, paid_on=ON, voucher=voucher, **given)
    early = ON - timedelta(days=1)
    refused("invalid", "paid_on", funding.record_payment, two, paid_on=early, voucher="PZ-9", **given)


def test_only_who_carries_the_duty_pays() -> None:
    office = Office()
    office.budget()
    (case,) = opened()
    case = to_stage(case, "approved", office)
    other = make_person(Role.BUREAU)

    refused("not_yours", "目前的身份", funding.record_payment, case, by=other, on=ON, paid_on=ON, voucher="PZ-1")


def test_a_bounced_payment_begins_anew_and_its_money_is_available_again() -> None:
    office = Office()
    budget = office.budget(FULL)
    (case,) = opened()
    case = to_stage(case, "paid", office)
    given = {"by": office.payer, "on": ON, "reason": "户名不符"}

    late = ON + timedelta(days=1)
    refused("invalid", "bounced_on", funding.record_bounce, case, bounced_on=late, **given)
    case = funding.record_bounce(case, bounced_on=ON, **given)

    budget.refresh_from_db()
    assert (case.stage, budget.available, Account.objects.get().state) == ("awaiting_account", FULL, "bounced")
    case = to_stage(case, "approved", office)
    assert [row.state for row in Payment.objects.order_by("id")] == ["bounced", "approved"]


# -- the use -----------------------------------------------------------------------------------------------------------
def paid() -> tuple[Case, Office]:
    office = Office()
    office.budget()
    (case,) = opened()
    return to_stage(case, "paid", office), office


def test_the_use_is_reported_and_accepted() -> None:
    case, office = paid()

    case = to_stage(case, "closed", office)

    report = UseReport.objects.get()
    assert (report.state, report.checked_by, grants.spent(report), case.closed_on) == (
        "accepted", office.handler, FULL, ON
    )  # fmt: skip


def test_a_report_sent_back_is_filed_anew() -> None:
    case, office = paid()
    case = to_stage(case, "use_check", office)

    case = funding.return_use(case, by=office.handler, on=ON, reason="房租不属条件建设")
    case = to_stage(case, "use_check", office)

    assert [(row.state, row.reason) for row in UseReport.objects.order_by("id")] == [
        ("returned", "房租不属条件建设"), ("filed", ""),
    ]  # fmt: skip


def test_more_than_the_grant_or_less_without_a_reason_is_refused() -> None:
    case, _ = paid()
    row = USE["items"][0]
    given: dict[str, Any] = {"by": owner(case), "on": ON, "summary": "购置设备"}

    too_much = [row | {"amount": FULL + 1}]
    refused("invalid", "超出引导资金", funding.report_use, case, items=too_much, **given)
    refused("invalid", "unspent_why", funding.report_use, case, items=[row], **given)
    twice = [row, row | {"content": "别的"}]
    refused("invalid", "items[1].invoice", funding.report_use, case, items=twice, **given)
    ahead = [row | {"invoiced_on": ON + timedelta(days=1)}]
    refused("invalid", "items[0].invoiced_on", funding.report_use, case, items=ahead, **given)
    case = funding.report_use(case, items=[row], unspent_why="余款用于下半年网络改造", **given)

    assert case.stage == "use_check"


def test_a_use_outside_the_categories_or_without_invoices_is_refused() -> None:
    case, _ = paid()
    row = USE["items"][0] | {"invoiced_on": ON.isoformat()}
    given = {"items": [row | {"category": "salaries"}], "summary": "发工资", "papers": []}

    with pytest.raises(Refused) as refusal:
        take(case, "report_use", by=owner(case), on=ON, payload=given)

    assert set(refusal.value.refusal.fields) == {"items[0].category", "papers"}


def test_officers_are_told_of_the_same_account_and_the_same_invoice_elsewhere() -> None:
    office = Office()
    office.budget()
    one, two = [to_stage(case, "use_check", office) for case in opened(2)]

    shown = grants.standing(two, office.handler, ON)

    assert shown.twins == [
        f"收款账号与{one.number}相同",
        *(f"发票{row['invoice']}也列在{one.number}的使用报告中" for row in USE["items"]),
    ]
    assert grants.standing(two, owner(two), ON).twins == []


# -- how it ends otherwise ---------------------------------------------------------------------------------------------
def test_the_holder_gives_up_at_any_time_and_a_leader_closes_only_after_the_term() -> None:
    office = Office()
    one, two = opened(2)
    set_due(two, ON)

    case = funding.waive(one, by=owner(one), on=ON, reason="自愿放弃")
    refused("wrong_stage", "届满", funding.waive, two, by=office.leader, on=ON, reason="未答复")
    funding.waive(two, by=office.leader, on=ON + timedelta(days=1), reason="逾期未确认")

    assert case.stage == "waived"
    assert [row.given_up for row in Ending.objects.order_by("id")] == [True, False]
    assert funding.open_grants(ON) == []


def test_money_is_ordered_back_with_its_legal_basis() -> None:
    case, office = paid()
    case = to_stage(case, "closed", office)
    until = ON + timedelta(days=30)
    given: dict[str, Any] = {"by": office.second, "on": ON, "reason": "部分资金用于发放工资", "pay_back_by": until}

    refused("invalid", "basis_text", funding.recover, case, basis="other", amount=FULL, **given)
    refused("invalid", "amount", funding.recover, case, basis="misuse", amount=FULL + 1, **given)
    refused("invalid", "pay_back_by", funding.recover, case, basis="misuse", amount=1, **given | {"pay_back_by": ON})
    case = funding.recover(case, basis="misuse", amount=3_000_000, **given)

    budget = Budget.objects.get()
    assert (case.stage, budget.paid, budget.recovered) == ("recovered", FULL - 3_000_000, 3_000_000)
    paper = Paper.objects.get(kind="recovery_decision")
    assert paper.data["amount"] == "30,000.00元（人民币叁万元整）"
    assert "第十四条" in paper.data["basis"]
    assert paper.data["remedies"]
    assert Recovery.objects.get().paper == paper


def ordered_back(amount: int = 3_000_000) -> tuple[Case, Office]:
    """A grant of which that much is to come back within thirty days."""
    case, office = paid()
    case = to_stage(case, "closed", office)
    given: dict[str, Any] = {"basis": "misuse", "reason": "挪用", "pay_back_by": ON + timedelta(days=30)}
    return funding.recover(case, by=office.second, on=ON, amount=amount, **given), office


def repaid(case: Case, office: Office, amount: int, voucher: str = "JK-1", on: date = ON, **given: Any) -> Case:
    """Money that came back on that day, as the payer puts it on record."""
    told = {"amount": amount, "paid_back_on": on, "voucher": voucher, "papers": [file(case, office.payer, on)]} | given
    return funding.record_repayment(case, by=office.payer, on=on, **told)


def test_what_was_ordered_back_comes_in_parts_until_nothing_is_owed() -> None:
    case, office = ordered_back()
    reader = owner(case)
    later = ON + timedelta(days=31)
    assert "不晚于2026年4月16日退缴30,000.00元" in grants.standing(case, reader, ON).next_step
    assert "尚有30,000.00元没有退缴" in grants.standing(case, reader, later).next_step

    case = repaid(case, office, 1_000_000)
    assert "其余20,000.00元" in grants.standing(case, reader, ON).next_step
    assert [(row.returned, row.outstanding) for row in recoveries.open_ones()] == [(1_000_000, 2_000_000)]
    case = repaid(case, office, 2_000_000, "JK-2", later)

    found = grants.standing(case, reader, later)
    assert "已全部退缴（晚于退缴期限）" in found.next_step
    assert (found.late, case.stage, case.closed_on) == (False, "recovered", ON)
    assert list(recoveries.open_ones()) == []
    more: dict[str, Any] = {"on": later, "amount": 1, "paid_back_on": later, "voucher": "JK-3"}
    refused("wrong_stage", "已全部退缴", funding.record_repayment, case, by=office.payer, **more)
    assert grants.facts(case, reader, later)["recovery"] == {
        "amount": 3_000_000, "basis": Recovery.Basis.MISUSE.label, "decided_on": "2026-03-17", "pay_back_by": "2026-04-16",
        "payee": case.grant.title.holder, "late": False,
        "returned": 3_000_000, "outstanding": 0, "repayments": [
            {"amount": 1_000_000, "paid_back_on": "2026-03-17", "voucher": "JK-1"},
            {"amount": 2_000_000, "paid_back_on": "2026-04-17", "voucher": "JK-2"},
        ],
    }  # fmt: skip
    assert Message.objects.filter(person=reader, subject="已登记退缴引导资金20,000.00元").exists()
    assert Budget.objects.get().recovered == 3_000_000
    assert list(recoveries.replay_recoveries()) == []


def test_no_more_comes_back_than_was_ordered_nor_before_it_was_ordered() -> None:
    case, office = ordered_back()
    repaid(case, office, 1_000_000)

    refused("invalid", "amount", repaid, case, office, 2_000_001, "JK-2")
    for day in (ON - timedelta(days=1), ON + timedelta(days=1)):
        refused("invalid", "paid_back_on", repaid, case, office, 1, "JK-2", paid_back_on=day)
    refused("invalid", "voucher", repaid, case, office, 1)
    refused("invalid", "papers", repaid, case, office, 1, "JK-2", papers=["0" * 64])
    with pytest.raises(IntegrityError), transaction.atomic():
        Repayment.objects.update(amount=0)
    assert [row.amount for row in Repayment.objects.all()] == [1_000_000]


def test_who_handled_or_approved_records_no_repayment() -> None:
    case, office = ordered_back()
    Post.objects.filter(person=office.handler).update(duties=[Duty.PAYER.value])
    handler = Person.objects.get(pk=office.handler.pk)
    told: dict[str, Any] = {"on": ON, "amount": 1, "paid_back_on": ON, "voucher": "JK-1"}

    refused("not_yours", "经办、审批、拨付相分离", funding.record_repayment, case, by=handler, **told)
    Post.objects.create(person=office.second, role="bureau", duties=[Duty.PAYER.value], valid_from=ON)
    decided = Person.objects.get(pk=office.second.pk)
    refused("not_yours", "经办、审批、拨付相分离", funding.record_repayment, case, by=decided, **told)


def test_a_repayment_that_was_put_down_wrongly_is_put_right() -> None:
    case, office = ordered_back()
    case = repaid(case, office, 3_000_000)
    told: dict[str, Any] = {"by": office.payer, "on": ON, "reason": "多写了一位，实际到账3,000元"}

    refused("invalid", "voucher", funding.strike_repayment, case, voucher="JK-2", **told)
    case = funding.strike_repayment(case, voucher=" ｊｋ-1", **told)
    refused("wrong_stage", "没有需要更正", funding.strike_repayment, case, voucher="JK-1", **told)
    case = repaid(case, office, 300_000)

    found = recoveries.of_case(case)
    assert (found.returned, found.outstanding) == (300_000, 2_700_000)
    assert [(row.amount, row.reason) for row in Repayment.objects.order_by("id")] == [
        (3_000_000, told["reason"]),
        (300_000, ""),
    ]
    assert Message.objects.filter(person=owner(case), subject="退缴登记已更正：凭证号JK-1").exists()
    assert list(recoveries.replay_recoveries()) == []
    Repayment.objects.filter(struck_on=ON).update(reason="改写")
    assert list(recoveries.replay_recoveries()) == [f"{case.number} 追回或退缴与案卷所记不符"]


def test_the_same_voucher_or_scan_is_not_recorded_twice() -> None:
    case, office = ordered_back()
    scan = file(case, office.payer)
    repaid(case, office, 1_000_000, papers=[scan])

    refused("invalid", "voucher", repaid, case, office, 1, "ＪＫ- 1", papers=[])
    refused("invalid", "papers", repaid, case, office, 1, "JK-2", papers=[scan])


def test_the_unit_and_the_payers_are_warned_before_and_after_the_term() -> None:
    case, office = ordered_back()
    people = {owner(case).pk, office.payer.pk}
    assert Message.objects.filter(person=office.payer, subject=f"待退缴：{case.subject}").count() == 1

    told = {days: funding.warn_owed(ON + timedelta(days=days)) for days in (22, 23, 24, 30, 31, 32)}

    assert told == {22: 0, 23: 2, 24: 0, 30: 0, 31: 2, 32: 0}
    rows = Message.objects.filter(key__startswith="recovery/")
    assert {row.person_id for row in rows} == people
    assert {row.subject.partition("：")[0] for row in rows} == {"退缴期限临近", "退缴期限已过"}
    repaid(case, office, 3_000_000, on=ON + timedelta(days=40))
    assert funding.warn_owed(ON + timedelta(days=50)) == 0


def test_who_was_paid_owes_though_another_unit_holds_the_title_now() -> None:
    case, _ = ordered_back()
    payee, heir = case.grant.title.holder, make_organisation()
    Title.objects.update(organisation=heir, holder=heir.name)

    found = grants.standing(Case.objects.get(pk=case.pk), owner(case), ON)

    assert (payee in found.next_step, heir.name in found.next_step) == (True, False)


def test_the_basis_that_is_told_is_that_of_the_decision() -> None:
    case, office = paid()
    given: dict[str, Any] = {"basis": "misuse", "basis_text": "见附件", "amount": 1, "reason": "挪用"}
    case = funding.recover(case, by=office.second, on=ON, pay_back_by=ON + timedelta(days=9), **given)

    told = recoveries.of_case(case).told(ON)["basis"]

    assert told == Recovery.Basis.MISUSE.label == Paper.objects.get(kind="recovery_decision").data["basis"]


@pytest.mark.parametrize(
    ("model", "written"),
    [(Repayment, {"amount": 999_999}), (Repayment, {"voucher": "JK-9"}), (Repayment, {"paid_back_on": ON - timedelta(days=1)}),
     (Repayment, {"papers": ["0" * 64]}), (Repayment, {"on": ON - timedelta(days=1)}), (Recovery, {"basis": "fraud"}),
     (Recovery, {"amount": 2_000_000}), (Recovery, {"pay_back_by": ON + timedelta(days=300)}), (Recovery, {"reason": "改写"})],
)  # fmt: skip
def test_what_was_ordered_and_came_back_is_held_against_the_record(model: Any, written: dict[str, Any]) -> None:
    case, office = ordered_back()
    repaid(case, office, 1_000_000)

    model.objects.update(**written)

    assert list(recoveries.replay_recoveries()) == [f"{case.number} 追回或退缴与案卷所记不符"]
    Repayment.objects.all().delete()
    assert list(recoveries.replay_recoveries(case)) == [f"{case.number} 追回或退缴与案卷所记不符"]


def test_when_the_title_ends_nothing_more_is_paid() -> None:
    office = Office()
    budget = office.budget(FULL)
    (case,) = opened()
    case = to_stage(case, "approved", office)
    ended(case.grant.title)
    case = Case.objects.get(pk=case.pk)

    refused("wrong_stage", "称号已于", funding.record_payment, case, by=office.payer, on=ON, paid_on=ON, voucher="P")
    case = funding.stop_payment(case, by=office.leader, on=ON, reason="称号已取消")

    budget.refresh_from_db()
    assert (case.stage, budget.available, budget.committed) == ("waived", FULL, 0)
    assert Payment.objects.get().state == "stopped"


# -- the budget --------------------------------------------------------------------------------------------------------
def test_a_ceiling_takes_two_people_and_one_of_them_leads() -> None:
    office = Office()
    given: dict[str, Any] = {"amount": FULL, "basis": "昆财教〔2026〕8号", "on": ON}

    refused("not_yours", "提出", funding.propose_ceiling, 2026, by=make_person(Role.DISTRICT), **given)
    made = funding.propose_ceiling(2026, by=office.leader, **given)
    refused("wrong_stage", "待确认", funding.propose_ceiling, 2026, by=office.handler, **given | {"amount": 1})
    refused("not_yours", "提出人以外", funding.confirm_ceiling, made, by=office.leader, on=ON)
    refused("not_yours", "负责人确认", funding.confirm_ceiling, made, by=office.handler, on=ON)
    funding.confirm_ceiling(made, by=office.second, on=ON)

    refused("wrong_stage", "已确认", funding.confirm_ceiling, made, by=office.second, on=ON)
    assert Budget.objects.get().ceiling == FULL
    refused("invalid", "相同", funding.propose_ceiling, 2026, by=office.leader, **given)


def test_a_proposal_is_withdrawn_by_its_author_or_a_leader() -> None:
    office = Office()
    made = funding.propose_ceiling(2026, amount=FULL, basis="批复", by=office.handler, on=ON)

    refused("not_yours", "撤回", funding.withdraw_ceiling, made, by=office.payer, on=ON)
    funding.withdraw_ceiling(made, by=office.handler, on=ON)

    made.refresh_from_db()
    assert (made.state, Budget.objects.get().ceiling) == ("withdrawn", 0)


def test_a_ceiling_never_falls_below_what_was_promised() -> None:
    office = Office()
    budget = office.budget(2 * FULL)
    (case,) = opened()
    to_stage(case, "approved", office)

    refused(
        "invalid", "不能低于", funding.propose_ceiling, 2026, amount=FULL - 1, basis="压减", by=office.handler, on=ON
    )
    office.budget(FULL)

    budget.refresh_from_db()
    assert budgets.figures(budget) == budgets.summed(budget) == (2026, FULL, 0, FULL, 0, 0)


@pytest.mark.parametrize("year", [2016, 2028])
def test_a_year_that_is_none_is_refused(year: int) -> None:
    refused("invalid", "预算年度", funding.propose_ceiling, year, amount=1, basis="x", by=Office().leader, on=ON)


@pytest.mark.both
def test_the_ledger_is_append_only() -> None:
    Office().budget(FULL)

    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.all().delete()
    assert Posting.objects.get().amount == FULL


@pytest.mark.both
def test_the_database_keeps_the_figures_in_balance() -> None:
    budget = Office().budget(FULL)

    with pytest.raises(IntegrityError), transaction.atomic():
        Budget.objects.filter(pk=budget.pk).update(available=FULL + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Budget.objects.filter(pk=budget.pk).update(available=-1, paid=FULL + 1)


def test_a_row_changed_behind_the_ledgers_back_shows_in_the_sum() -> None:
    budget = Office().budget(FULL)

    with triggers_aside():
        Posting.objects.update(amount=FULL - 1)

    assert budgets.summed(budget) != budgets.figures(budget)

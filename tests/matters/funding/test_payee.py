"""Article 13: the account suits whoever holds the title now, or no money goes to it; the way back for every stage."""

import importlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from makerspace.doors.api import case_views
from makerspace.matters.funding import operations as funding
from makerspace.matters.funding import sealing
from makerspace.matters.funding.models import Account, Batch, Budget, Payment, Posting
from makerspace.matters.funding.queries import budgets, grants, payees
from makerspace.matters.recognition.models import Title, TitleName
from makerspace.office.casework.attachments import readable
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.queries import NOT_THERE, fetch
from makerspace.office.casework.refusals import Refused
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Membership, Organisation, Person, Post
from makerspace.office.people.tokens import issue
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Duty, Role
from tests.asking import browser, refusal_of
from tests.factories import make_organisation, make_person, member_of
from tests.matters.funding.helpers import FULL, NUMBER, ON, Office, confirmed, ended, file, owner, to_stage
from tests.matters.funding.test_grant import refused
from tests.matters.recognition.test_changes import LATER, granted, titled

pytestmark = pytest.mark.django_db
FORMER, HEIR, BANK = "昆明翠湖1号科技有限公司", "昆明滇池孵化有限公司", "中国建设银行昆明东风支行"
TOKEN = {"form_token": "t" * 20}
ANSWERS = {
    "independent_legal_person": True, "registered_division": "530102", "standardised": True, "run_by_host": False,
}  # fmt: skip
PAYING: dict[str, Any] = {"on": LATER, "paid_on": LATER, "voucher": "PZ-1"}


def led_to(stage: str) -> tuple[Case, Office]:
    """The grant of a title out of a full application, led on to that stage."""
    office = Office()
    office.budget()
    titled()
    (case,) = funding.open_grants(ON)
    return to_stage(case, stage, office), office


def handed_over(case: Case, name: str = HEIR) -> Case:
    """Another unit was granted the title, and has somebody to act for it."""
    heir = make_organisation(name)
    member_of(heir)
    granted(case.grant.title, holder=heir.name, uscc=heir.uscc, **ANSWERS)
    return Case.objects.get(pk=case.pk)


def changed(case: Case, **given: Any) -> Case:
    """The holder was granted another name of its own, or of its makerspace."""
    granted(case.grant.title, **given)
    return Case.objects.get(pk=case.pk)


def rechecked(case: Case, office: Office) -> Case:
    return funding.recheck_account(case, by=office.handler, on=LATER, reason="运营单位已变更", unpaid=True)


def confirmed_later(case: Case, **given: Any) -> Case:
    told = {"payee": case.grant.title.holder, "bank": "富滇银行昆明翠湖支行", "account_number": "6217003860012345678"}
    return funding.confirm_account(case, by=owner(case), on=LATER, **told | given)


# -- refused -----------------------------------------------------------------------------------------------------------
def going_on(case: Case, office: Office) -> tuple[Any, dict[str, Any]]:
    """The act that would lead the case on, and what it is given."""
    acts: dict[str, tuple[Any, dict[str, Any]]] = {
        "account_check": (funding.accept_account, {"by": office.handler, "on": LATER}),
        "payable": (funding.approve_payment, {"by": office.leader, "on": LATER, "basis": "会议"}),
        "approved": (funding.record_payment, {"by": office.payer, **PAYING}),
    }
    return acts[case.stage]


@pytest.mark.parametrize(
    ("stage", "way_back"),
    [("account_check", "“退回账户”"), ("payable", "“退回重新确认账户”"), ("approved", "“退回重新确认账户”")],
)
def test_after_a_change_of_operator_the_account_leads_nowhere_and_it_is_told_why(stage: str, way_back: str) -> None:
    case, office = led_to(stage)
    case = handed_over(case)
    act, given = going_on(case, office)

    with pytest.raises(Refused) as caught, transaction.atomic():
        act(case, **given)

    told = caught.value.refusal
    assert (told.code, told.status, told.articles) == ("wrong_stage", 409, (13,))
    for words in (FORMER, HEIR, "2026年3月17日", "2026年4月15日", way_back):
        assert words in told.text
    assert Case.objects.get(pk=case.pk).stage == stage
    assert not Payment.objects.filter(state="paid").exists()


@pytest.mark.parametrize("stage", ["account_check", "payable", "approved"])
def test_another_name_of_the_same_unit_is_asked_for_too(stage: str) -> None:
    case, office = led_to(stage)
    case = changed(case, holder="昆明翠湖智创科技有限公司")
    act, given = going_on(case, office)

    refused("wrong_stage", "“昆明翠湖智创科技有限公司”", act, case, **given)


@pytest.mark.parametrize("stage", ["account_check", "payable", "approved"])
def test_another_name_of_the_makerspace_stands_in_nobodys_way(stage: str) -> None:
    case, office = led_to(stage)
    case = changed(case, name="翠湖智创众创空间")
    act, given = going_on(case, office)

    assert payees.of_case(case) == ""
    assert payees.held_since(Title.objects.get()) == Title.objects.get().since
    assert act(case, **given).stage != stage


def test_a_change_on_the_very_day_of_the_account_is_told_apart() -> None:
    case, office = led_to("awaiting_account")
    case = handed_over(confirmed_later(case))

    assert Account.objects.get().on == payees.held_since(Title.objects.get())
    refused("wrong_stage", HEIR, funding.accept_account, case, by=office.handler, on=LATER)


def test_the_account_already_named_in_the_new_name_stays() -> None:
    case, office = led_to("awaiting_account")
    new = "昆明翠湖智创科技有限公司"
    proof = {"name_change": "2026年3月更名，正在申请称号变更", "papers": [file(case, owner(case))]}
    case = to_stage(confirmed(case, payee=new, **proof), "payable", office)
    case = changed(case, holder=new)

    assert funding.approve_payment(case, by=office.leader, on=LATER, basis="会议").stage == "approved"


def test_a_name_proven_to_this_holder_stays_and_to_a_former_one_does_not() -> None:
    case, office = led_to("awaiting_account")
    proof = {"payee": "翠湖旧名有限公司", "name_change": "2025年更名", "papers": [file(case, owner(case))]}
    case = to_stage(confirmed(case, **proof), "payable", office)
    assert payees.of_case(case) == ""

    case = handed_over(case)

    refused("wrong_stage", HEIR, funding.approve_payment, case, by=office.leader, on=LATER, basis="会议")
    Title.objects.update(holder=FORMER)  # a unit of the former one's name proved nothing
    assert payees.of_case(case) != ""


def test_a_batch_with_one_such_case_is_refused_whole_and_names_it() -> None:
    case, office = led_to("payable")
    case = handed_over(case)

    refused(
        "wrong_stage", HEIR, funding.approve_payments, [case], by=office.leader, on=LATER, basis="会议"
    )  # asked for each case, so that the batch's page can name it
    assert payees.not_approvable() == {case.pk: payees.of_case(case)}
    assert Batch.objects.count() == 0


def test_the_number_in_full_is_not_opened_for_an_account_that_is_not_paid_to() -> None:
    case, office = led_to("approved")
    case = handed_over(case)

    refused("wrong_stage", HEIR, funding.open_account, case, by=office.payer, on=LATER)


# -- the way back ------------------------------------------------------------------------------------------------------
def test_an_approved_case_goes_back_and_its_money_is_available_again() -> None:
    case, office = led_to("approved")
    budget = Budget.objects.get()
    case = handed_over(case)

    case = rechecked(case, office)

    budget.refresh_from_db()
    assert budgets.figures(budget) == budgets.summed(budget) == (2026, 10 * FULL, 10 * FULL, 0, 0, 0)
    last = Posting.objects.order_by("id").last()
    assert last is not None
    assert (last.source, last.target, last.amount, last.act, last.by) == (
        "committed", "available", FULL, "recheck_account", office.handler,
    )  # fmt: skip
    payment = Payment.objects.get()
    assert (payment.state, payment.returned_on, payment.account.state, payment.account.reason) == (
        "returned", LATER, "returned", "运营单位已变更",
    )  # fmt: skip
    assert (case.stage, case.due_on is not None) == ("awaiting_account", True)
    entry = Entry.objects.filter(stream=case.number).latest("seq")
    assert (entry.act, entry.role, entry.articles) == ("recheck_account", "bureau", "13")
    assert budgets.batches().values_list("count", "returned", "total").get() == (1, 1, FULL)
    assert first_broken() is None


def test_a_case_that_waits_for_approval_goes_back_without_moving_money() -> None:
    case, office = led_to("payable")
    before = Posting.objects.count()

    case = rechecked(handed_over(case), office)

    assert (case.stage, Posting.objects.count(), Account.objects.get().state) == (
        "awaiting_account", before, "returned",
    )  # fmt: skip


@pytest.mark.parametrize("stage", ["payable", "approved"])
def test_the_bureau_may_also_send_back_an_account_that_it_finds_wrong(stage: str) -> None:
    case, office = led_to(stage)

    case = funding.recheck_account(case, by=office.handler, on=LATER, reason="开户许可证已注销", unpaid=True)

    assert case.stage == "awaiting_account"


def test_the_new_operator_names_the_account_and_is_paid() -> None:
    case, office = led_to("approved")
    former = owner(case)
    case = rechecked(handed_over(case), office)

    with pytest.raises(Refused) as caught:
        funding.confirm_account(case, by=former, on=LATER, payee=FORMER, bank="x", account_number=NUMBER)
    assert caught.value.refusal == NOT_THERE
    case = confirmed_later(case)
    case = funding.accept_account(case, by=office.handler, on=LATER)
    case = funding.approve_payment(case, by=office.leader, on=LATER, basis="会议")
    case = funding.record_payment(case, by=office.payer, papers=[file(case, office.payer, LATER)], **PAYING)

    assert [(row.state, row.account.payee) for row in Payment.objects.order_by("id")] == [
        ("returned", FORMER), ("paid", HEIR),
    ]  # fmt: skip
    assert Budget.objects.get().paid == FULL


def test_the_same_unit_may_prove_that_its_bank_still_has_the_former_name() -> None:
    case, office = led_to("payable")
    case = rechecked(changed(case, holder="昆明翠湖智创科技有限公司"), office)

    refused("invalid", "name_change", confirmed_later, case, payee=FORMER)
    case = confirmed_later(
        case, payee=FORMER, name_change="银行账户尚未更名", papers=[file(case, owner(case), LATER)]
    )  # fmt: skip
    case = funding.accept_account(case, by=office.handler, on=LATER)

    assert funding.approve_payment(case, by=office.leader, on=LATER, basis="会议").stage == "approved"


def test_who_sends_back_neither_approves_nor_pays_and_who_did_does_not_send_back() -> None:
    case, office = led_to("approved")
    for person in (office.handler, office.leader, office.second):
        for role in (Role.BUREAU, Role.LEADER):
            Post.objects.update_or_create(
                person=person, role=role.value, defaults={"duties": [Duty.PAYER.value], "valid_from": ON}
            )
    handler, leader, second = (
        Person.objects.get(pk=each.pk) for each in (office.handler, office.leader, office.second)
    )
    case = handed_over(case)

    refused(
        "not_yours",
        "经办、审批、拨付相分离",
        funding.recheck_account,
        case,
        by=leader,
        on=LATER,
        reason="x",
        unpaid=True,
    )
    case = funding.recheck_account(case, by=second, on=LATER, reason="运营单位已变更", unpaid=True)
    case = funding.accept_account(confirmed_later(case), by=handler, on=LATER)
    refused("not_yours", "经办与决定分离", funding.approve_payment, case, by=second, on=LATER, basis="会议")
    case = funding.approve_payment(case, by=leader, on=LATER, basis="会议")
    refused("not_yours", "经办、审批、拨付相分离", funding.record_payment, case, by=second, **PAYING)


def test_who_paid_once_does_not_send_back() -> None:
    case, office = led_to("paid")
    case = funding.record_bounce(case, by=office.payer, on=ON, bounced_on=ON, reason="已销户")
    case = to_stage(case, "approved", office)

    refused(
        "not_yours",
        "经办、审批、拨付相分离",
        funding.recheck_account,
        case,
        by=office.payer,
        on=ON,
        reason="x",
        unpaid=True,
    )


@pytest.mark.parametrize("stage", ["awaiting_account", "account_check", "paid", "use_check"])
def test_nothing_is_sent_back_from_another_stage(stage: str) -> None:
    case, office = led_to(stage)

    refused("wrong_stage", "不能办理", funding.recheck_account, case, by=office.handler, on=ON, reason="x", unpaid=True)


def test_only_the_bureau_sends_back() -> None:
    case, office = led_to("approved")

    for person in (owner(case), make_person(Role.DISTRICT, "wuhua"), office.second):
        refused(
            "not_yours", "市科技局经办处室", funding.recheck_account, case, by=person, on=ON, reason="x", unpaid=True
        )


@pytest.mark.both
def test_the_database_knows_that_a_returned_payment_was_never_paid() -> None:
    case, office = led_to("approved")
    rechecked(case, office)

    for wrong in ({"returned_on": None}, {"state": "stopped"}, {"paid_on": ON}, {"voucher": "PZ-1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.update(**wrong)


# -- money that may have left already ----------------------------------------------------------------------------------
def looked_at(case: Case, office: Office) -> str:
    return funding.open_account(case, by=office.payer, on=LATER)


def sent_back(case: Case, office: Office, **given: Any) -> Case:
    told = {"reason": "开户许可证已注销", "unpaid": True} | given
    return funding.recheck_account(case, by=office.handler, on=LATER, **told)


def test_an_approval_is_taken_back_only_with_the_word_that_nothing_was_paid() -> None:
    case, office = led_to("approved")

    refused("invalid", "unpaid", sent_back, case, office, unpaid=False)

    assert (Case.objects.get(pk=case.pk).stage, Payment.objects.get().state) == ("approved", "approved")
    sent_back(case, office)
    entry = Entry.objects.filter(stream=case.number, act="recheck_account").get()
    assert json.loads(entry.data) == {"reason": "开户许可证已注销", "unpaid": True}


def test_once_the_number_was_opened_the_payer_speaks_first() -> None:
    case, office = led_to("approved")
    looked_at(case, office)
    told = refusal_of(lambda: sent_back(case, office))
    assert (told.code, told.status, told.articles) == ("wrong_stage", 409, (13,))
    assert f"拨付人员{office.payer}已于2026年4月15日查看完整账号，须先由其确认未付款" in told.text
    refused("invalid", "unpaid", funding.confirm_unpaid, case, by=office.payer, on=LATER, unpaid=False)

    case = funding.confirm_unpaid(case, by=office.payer, on=LATER, unpaid=True)

    entry = Entry.objects.filter(stream=case.number).latest("seq")
    assert (entry.act, entry.person, json.loads(entry.data)) == ("confirm_unpaid", office.payer, {"unpaid": True})
    assert Message.objects.filter(person=office.handler, subject=f"已确认未付款：{case.subject}").exists()
    assert case.stage == "approved"
    refused("wrong_stage", "没有需要您确认的", funding.confirm_unpaid, case, by=office.payer, on=LATER, unpaid=True)
    looked_at(case, office)  # whoever looks again answers again
    refused("wrong_stage", "须先由其确认未付款", sent_back, case, office)
    case = funding.confirm_unpaid(case, by=office.payer, on=LATER, unpaid=True)
    assert sent_back(case, office).stage == "awaiting_account"


def test_nobody_answers_for_another_payer_while_that_one_still_pays() -> None:
    case, office = led_to("approved")
    other = make_person(Role.BUREAU, duties=[Duty.PAYER])
    looked_at(case, office)

    refused("wrong_stage", "没有需要您确认的", funding.confirm_unpaid, case, by=other, on=LATER, unpaid=True)
    for person in (office.handler, office.second, owner(case)):
        refused("not_yours", "", funding.confirm_unpaid, case, by=person, on=LATER, unpaid=True)

    Post.objects.filter(person=office.payer).update(duties=[])
    case = funding.confirm_unpaid(case, by=other, on=LATER, unpaid=True)
    assert sent_back(case, office).stage == "awaiting_account"


def test_a_look_of_a_former_approval_is_no_longer_asked_about() -> None:
    case, office = led_to("approved")
    looked_at(case, office)
    case = sent_back(funding.confirm_unpaid(case, by=office.payer, on=LATER, unpaid=True), office)
    case = funding.accept_account(confirmed_later(case), by=office.handler, on=LATER)
    case = funding.approve_payment(case, by=office.leader, on=LATER, basis="会议")

    assert sent_back(case, office).stage == "awaiting_account"


def paid_on(case: Case, office: Office, day: date) -> Case:
    return funding.record_payment(case, by=office.payer, on=LATER, paid_on=day, voucher="PZ-1")


def test_what_was_paid_before_the_change_is_put_on_record_and_nothing_is_sent_back() -> None:
    case, office = led_to("approved")
    funding.open_account(case, by=office.payer, on=ON)
    case = handed_over(case)
    refused("wrong_stage", "须先由其确认未付款", sent_back, case, office)

    case = paid_on(case, office, LATER - timedelta(days=1))

    payment, budget = Payment.objects.get(), Budget.objects.get()
    assert (case.stage, payment.state, payment.account.payee) == ("paid", "paid", FORMER)
    assert budgets.figures(budget) == budgets.summed(budget)
    assert (budget.committed, budget.paid) == (0, FULL)


def test_what_was_paid_after_the_change_is_not() -> None:
    case, office = led_to("approved")
    funding.open_account(case, by=office.payer, on=ON)
    case = handed_over(case)
    day = LATER + timedelta(days=1)

    told = refusal_of(
        lambda: funding.record_payment(case, by=office.payer, on=day, paid_on=day, voucher="PZ-1")
    )  # fmt: skip

    assert (told.code, set(told.fields), HEIR in told.text) == ("invalid", {"paid_on"}, True)
    assert (Payment.objects.get().state, Budget.objects.get().committed) == ("approved", FULL)


def test_what_was_paid_before_the_title_ended_is_put_on_record_instead_of_stopped() -> None:
    case, office = led_to("approved")
    funding.open_account(case, by=office.payer, on=ON)
    ended(case.grant.title, LATER)
    refused("wrong_stage", "须先由其确认未付款", funding.stop_payment, case, by=office.leader, on=LATER, reason="终止")
    refused("wrong_stage", "终止", funding.open_account, case, by=office.payer, on=LATER)

    assert paid_on(case, office, ON).stage == "paid"


def test_of_two_changes_the_first_counts() -> None:
    case, _ = led_to("approved")
    case = handed_over(case)
    title = Title.objects.get()
    TitleName.objects.filter(title=title, until=None).update(until=LATER + timedelta(days=4))
    third = LATER + timedelta(days=5)
    TitleName.objects.create(title=title, name=title.name, holder="第三家有限公司", since=third)
    Title.objects.update(holder="第三家有限公司")

    assert payees.barred_since(Case.objects.get(pk=case.pk), third) == LATER


# -- who is told, who sees ---------------------------------------------------------------------------------------------
def test_bureau_and_new_operator_are_told_of_the_change_and_those_who_paid_of_the_return() -> None:
    case, office = led_to("approved")
    case = handed_over(case)

    told = Message.objects.filter(subject=f"收款账户须重新确认：{case.subject}")
    assert {row.person for row in told} == {office.handler, office.payer}
    assert HEIR in told[0].text
    (welcome,) = Message.objects.filter(person=owner(case), subject__contains="已变更到贵单位")
    assert case.number in welcome.text
    rechecked(case, office)

    withdrawn = Message.objects.filter(subject=f"已退回，不再拨付：{case.subject}")
    assert {row.person for row in withdrawn} == {office.leader, office.payer}
    assert "ZF-2026-001" in withdrawn[0].text
    (to_do,) = Message.objects.filter(person=owner(case), subject=f"{case.number}：退回重新确认账户")
    assert "待确认账户" in to_do.text


def test_nobody_is_told_where_the_account_still_suits() -> None:
    case, _ = led_to("payable")

    changed(case, name="翠湖智创众创空间")

    assert not Message.objects.filter(subject__contains="收款账户须重新确认").exists()


def test_the_new_operator_sees_the_case_but_not_where_the_former_one_banks() -> None:
    case, office = led_to("approved")
    former = owner(case)
    case = handed_over(case)
    heir = owner(case)

    with pytest.raises(Refused) as caught:
        fetch(former, case.number, LATER)
    assert caught.value.refusal == NOT_THERE
    found = grants.standing(fetch(heir, case.number, LATER), heir, LATER)
    assert (found.account, found.accounts, found.shown_number) == (None, [], "")
    assert (FORMER in found.changed, "重新确认收款账户" in found.next_step) == (True, True)
    shown = grants.standing(case, office.handler, LATER).account
    assert shown is not None
    assert shown.payee == FORMER
    case = confirmed_later(rechecked(case, office))
    again = grants.standing(case, heir, LATER)
    assert (again.changed, again.accounts, again.account and again.account.payee) == ("", [], HEIR)
    assert grants.facts(case, heir, LATER)["payee"] == HEIR


def banked(office: Office) -> tuple[Case, dict[str, str]]:
    """A grant that was approved and paid, sent back by the bank and handed to another unit; its files by who uploaded them."""
    office.budget()
    titled()
    (case,) = funding.open_grants(ON)
    letter, draft = file(case, owner(case)), file(case, owner(case))
    case = to_stage(confirmed(case, bank=BANK, papers=[letter]), "paid", office)
    voucher = Payment.objects.get().papers[0]
    case = funding.record_bounce(case, by=office.payer, on=ON, bounced_on=ON, reason="已销户")
    return handed_over(case), {"letter": letter, "voucher": voucher, "draft": draft}


def record_of(case: Case, person: Person) -> list[dict[str, Any]]:
    """What the API's record says of the accounts that were named, in turn; None where it is not shown."""
    rows = [row for row in case_views.record(case, person, LATER) if row["act"] == "confirm_account"]
    return [json.loads(row["content"]["data"]) if row["content"] else None for row in rows]


def files_of(case: Case, person: Person) -> set[str]:
    return {row.blob_id for row in readable(case, person, LATER)}


def opened(case: Case, row: Attachment, person: Person) -> set[int]:
    """What the file's address on the page and that in the API answer."""
    addresses = (f"/work/cases/{case.number}/files/{row.pk}/", f"/api/v1/cases/{case.number}/materials/{row.blob_id}")
    bearer = {"authorization": f"Bearer {issue(person, '测试')[1]}"}
    answers = [browser(person).get(address, headers=bearer) for address in addresses]
    for answer in answers:
        answer.close()
    return {answer.status_code for answer in answers}


@pytest.mark.usefixtures("later")
def test_the_new_operator_reads_no_bank_papers_of_the_former_one_anywhere() -> None:
    office = Office()
    case, files = banked(office)
    heir, path = owner(case), f"/work/cases/{case.number}/"
    letter, voucher = (Attachment.objects.get(blob=files[name]) for name in ("letter", "voucher"))

    assert files_of(case, heir) == set()
    assert record_of(case, heir) == [None]
    for row in (letter, voucher):
        assert opened(case, row, heir) == {404}
    shown = page(heir, path) + page(heir, f"{path}?tab=history") + page(heir, f"{path}?tab=materials")
    whole = [case_views.detail(case, heir, LATER), case_views.record(case, heir, LATER)]
    told = json.dumps(whole, default=str, ensure_ascii=False)
    assert "随称号变更移交" in shown
    for words in (
        sealing.masked(NUMBER[-4:]),
        BANK,
        letter.blob_id,
        f"files/{letter.pk}/",
        f"files/{voucher.pk}/",
    ):
        assert (words in shown, words in told) == (False, False), words

    own = file(case, heir, LATER)
    case = confirmed_later(case, papers=[own])
    assert files_of(case, heir) == {own}
    (former, named) = record_of(case, heir)
    assert (former, named["payee"], named["papers"]) == (None, HEIR, [own])
    assert opened(case, Attachment.objects.get(blob=own), heir) == {200}


@pytest.mark.usefixtures("later")
def test_the_bureau_and_auditors_still_read_all_and_each_what_they_uploaded() -> None:
    office = Office()
    case, files = banked(office)
    both = {files["letter"], files["voucher"]}

    for person in (office.handler, office.payer, office.leader, make_person(Role.AUDITOR)):
        assert files_of(case, person) == both
        assert [row["tail"] for row in record_of(case, person)] == [NUMBER[-4:]]
        assert opened(case, Attachment.objects.get(blob=files["letter"]), person) == {200}
    former = Attachment.objects.get(blob=files["letter"]).by
    Membership.objects.create(person=former, organisation=case.organisation, role="editor", since=ON)
    Membership.objects.exclude(organisation=case.organisation).filter(person=former).delete()
    came_over = Person.objects.get(pk=former.pk)
    assert files_of(case, came_over) == {files["letter"], files["draft"]}
    assert [row["payee"] for row in record_of(case, came_over)] == [FORMER]


def test_where_a_unit_banks_is_in_nobody_elses_record() -> None:
    office = Office()
    case, _ = banked(office)

    for person in (make_person(Role.DISTRICT, "wuhua"), make_person(Role.DISCIPLINE)):
        assert record_of(case, person) == [None]
        assert files_of(case, person) == set()


def test_after_another_name_of_the_same_unit_it_still_reads_its_papers() -> None:
    case, _ = led_to("awaiting_account")
    letter = file(case, owner(case))
    case = changed(confirmed(case, papers=[letter]), holder="昆明翠湖智创科技有限公司")
    colleague = make_person()
    Membership.objects.create(person=colleague, organisation=case.organisation, role="editor", since=ON)

    assert files_of(case, colleague) == {letter}
    assert [row["payee"] for row in record_of(case, colleague)] == [FORMER]


# -- pages -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def later() -> Any:
    with clock.pretending(clock.now().replace(year=LATER.year, month=LATER.month, day=LATER.day, hour=11)):
        yield


def page(person: Person, path: str, status: int = 200, **posted: Any) -> str:
    client = browser(person, fresh=True)
    answer = client.post(path, posted) if posted else client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.mark.usefixtures("later")
def test_the_payers_desk_shows_why_instead_of_a_button() -> None:
    case, office = led_to("approved")
    path = f"/work/cases/{case.number}/acts/record_payment/"
    assert path in page(office.payer, "/work/funding/payments/")
    case = handed_over(case)

    desk = page(office.payer, "/work/funding/payments/")

    assert ("不能拨付" in desk, HEIR in desk, path in desk, "查看完整账号" in desk) == (True, True, False, False)
    assert HEIR in page(office.payer, f"/work/funding/payments/{case.number}/", 409, sent="1")
    assert HEIR in page(office.payer, path, 409)
    batch = page(office.payer, "/work/funding/batches/ZF-2026-001/")
    assert ("不能拨付：" in batch, "含完整账号的拨付表" in batch) == (True, False)
    page(office.payer, "/work/funding/batches/ZF-2026-001/xlsx/full/", 409, sent="1")
    assert not Entry.objects.filter(act="open_account").exists()


@pytest.mark.usefixtures("later")
def test_the_desk_of_a_payer_who_opened_the_number_offers_both_ways_out() -> None:
    case, office = led_to("approved")
    act = f"/work/cases/{case.number}/acts/confirm_unpaid/"
    assert act not in page(office.payer, "/work/funding/payments/")
    looked_at(case, office)
    case = handed_over(case)

    desk = page(office.payer, "/work/funding/payments/")

    assert (act in desk, "acts/record_payment/" in desk, "查看完整账号</button>" in desk) == (True, True, False)
    assert "须先由其确认未付款" in page(office.handler, f"/work/cases/{case.number}/acts/recheck_account/", 409)
    page(office.payer, act, 302, unpaid="on", seen=str(case.version), **TOKEN)
    assert act not in page(office.payer, "/work/funding/payments/")
    assert "核实款项没有付出" in page(office.handler, f"/work/cases/{case.number}/acts/recheck_account/")


@pytest.mark.usefixtures("later")
def test_the_approval_leaves_such_a_case_out_and_says_why() -> None:
    case, office = led_to("payable")
    case = handed_over(case)

    shown = page(office.leader, "/work/funding/approve/")

    row = shown.partition(f'value="{case.number}"')[2].partition("</tr>")[0]
    assert (" disabled" in row, HEIR in row, "可批准0件" in shown) == (True, True, True)
    body = page(office.leader, "/work/funding/approve/", 409, step="preview", basis="会议", cases=[case.number])
    assert HEIR in body


@pytest.mark.usefixtures("later")
def test_the_bureau_sends_it_back_on_the_page_and_batches_tell_it() -> None:
    case, office = led_to("approved")
    case = handed_over(case)
    path = f"/work/cases/{case.number}/"
    assert "收款账户须重新确认" in page(office.handler, f"{path}?tab=grant")
    assert HEIR in page(office.payer, path)

    form = page(office.handler, f"{path}acts/recheck_account/")
    assert "核实款项没有付出" in form
    page(office.handler, f"{path}acts/recheck_account/", 422, reason="")
    page(
        office.handler,
        f"{path}acts/recheck_account/",
        302,
        reason="运营单位已变更",
        unpaid="on",
        seen=str(case.version),
        **TOKEN,
    )

    assert "退回1笔" in page(office.leader, "/work/funding/batches/")
    batch = page(office.leader, "/work/funding/batches/ZF-2026-001/")
    assert ("其中1笔（100,000.00元）已退回" in batch, "运营单位已变更" in batch) == (True, True)
    assert "退回重新确认账户" in page(office.leader, "/work/funding/")
    assert "没有待拨付的款项" in page(office.payer, "/work/funding/payments/")
    assert "已退回，未拨付" in page(owner(case), f"{path}?tab=grant")


# -- accounts named before this was kept -------------------------------------------------------------------------------
def test_accounts_of_before_get_the_holder_of_their_day() -> None:
    migration = importlib.import_module("makerspace.matters.funding.migrations.0004_payee")
    case, _ = led_to("payable")
    former = case.organisation
    handed_over(case)
    Account.objects.update(holder="", unit=make_organisation())

    migration.keep_holders(apps, connection)

    assert Account.objects.values_list("holder", "unit").get() == (FORMER, former.pk)
    Account.objects.update(on=LATER.replace(day=LATER.day + 1))
    migration.keep_holders(apps, connection)
    heir = Organisation.objects.get(name=HEIR)
    assert Account.objects.values_list("holder", "unit").get() == (HEIR, heir.pk)


# -- after the payment -------------------------------------------------------------------------------------------------
def test_who_reports_for_another_is_told_who_received_the_money_and_when() -> None:
    case, office = led_to("paid")
    former = case.grant.title.holder
    pages = [f"/work/cases/{case.number}/", f"/work/cases/{case.number}/acts/report_use/"]
    before = [browser(owner(case)).get(path).content.decode() for path in pages]

    case = handed_over(case)

    told = f"100,000.00元于{chinese(ON)}拨付给当时的运营单位“{former}”；自{chinese(LATER)}起，运营单位是“{HEIR}”"
    heir, handler = browser(owner(case)), browser(office.handler)
    after = [heir.get(pages[0]), heir.get(pages[1]), handler.get(pages[0])]
    assert [told in answer.content.decode() for answer in after] == [True] * 3
    assert ["资金由原运营单位收到" in text for text in before] == [False] * 2
    assert "报告本众创空间这笔资金的使用，不论由哪个单位收到" in before[1]
    number = str(Account.objects.get().tail)
    assert number not in after[0].content.decode()  # where the former unit banks stays its own


def test_a_new_name_of_the_makerspace_says_nothing_of_who_received_the_money() -> None:
    case, _ = led_to("paid")

    case = changed(case, name="新名众创空间")

    assert payees.received(case) == ""


def test_whoever_lacks_the_duty_to_pay_is_told_who_carries_it() -> None:
    case, office = led_to("approved")

    page = browser(office.handler).get(f"/work/cases/{case.number}/").content.decode()

    assert "“登记拨付”由市科技局经办处室承担拨付职责的人员办理" in page

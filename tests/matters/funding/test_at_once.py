"""Two people at the same moment: exactly one wins, and the budget is never overdrawn. On both databases."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Account, Budget, Ceiling, Grant, Payment, Posting, Repayment
from makerspace.matters.funding.queries import budgets, payees
from makerspace.matters.recognition import operations as recognition
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Organisation, Person
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Duty, Role
from tests.factories import make_organisation, make_person
from tests.matters.funding.helpers import FULL, NUMBER, ON, Office, opened, owner, to_stage
from tests.matters.recognition.helpers import announced
from tests.matters.recognition.test_changes import LATER, titled, to_decision

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("many_at_once")]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answered or was refused with, each from a thread and a connection of its own."""
    gate, answers = threading.Barrier(len(calls)), dict.fromkeys(range(len(calls)))

    def run(place: int) -> None:
        with contextlib.closing(connection):
            gate.wait(10)
            try:
                answers[place] = calls[place]()
            except Refused as refusal:
                answers[place] = refusal.refusal

    threads = [threading.Thread(target=run, args=(place,)) for place in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[place] for place in range(len(calls))]


def approving(case: Case, leader: Person) -> Callable[[], Any]:
    return lambda: funding.approve_payment(case, by=leader, on=ON, basis="会议").stage


def test_of_two_approvals_beyond_the_budget_one_wins() -> None:
    office = Office()
    office.budget(FULL)
    one, two = [to_stage(case, "payable", office) for case in opened(2)]

    answers = at_once(approving(one, office.leader), approving(two, office.second))

    assert [answer for answer in answers if answer == "approved"] == ["approved"]
    (lost,) = [answer for answer in answers if answer != "approved"]
    assert (lost.code, "预算" in lost.text) == ("wrong_stage", True)
    budget = Budget.objects.get()
    assert budgets.figures(budget) == budgets.summed(budget) == (ON.year, FULL, 0, FULL, 0, 0)


def test_of_two_leaders_one_approves_the_same_grant() -> None:
    office = Office()
    office.budget()
    (case,) = [to_stage(case, "payable", office) for case in opened()]

    answers = at_once(approving(case, office.leader), approving(case, office.second))

    assert answers.count("approved") == 1
    assert Payment.objects.count() == 1
    assert Budget.objects.get().committed == FULL


def test_two_clocks_open_a_grant_once() -> None:
    announced()

    at_once(lambda: funding.open_grants(ON), lambda: funding.open_grants(ON))

    assert (Grant.objects.count(), Case.objects.filter(kind="grant").count()) == (1, 1)


def test_of_two_who_propose_a_ceiling_one_does() -> None:
    office = Office()

    def propose(by: Person) -> Callable[[], Any]:
        return lambda: funding.propose_ceiling(ON.year, amount=FULL, basis="批复", by=by, on=ON).state

    answers = at_once(propose(office.handler), propose(office.second))

    assert answers.count("proposed") == 1
    assert Ceiling.objects.count() == 1


def ordered_back(office: Office, count: int) -> list[Case]:
    """So many grants, each paid, of which all is to come back."""
    given: dict[str, Any] = {"basis": "misuse", "reason": "挪用", "pay_back_by": ON + timedelta(days=30)}
    cases = [to_stage(case, "paid", office) for case in opened(count)]
    return [funding.recover(case, by=office.second, on=ON, amount=FULL, **given) for case in cases]


def repaying(case: Case, payer: Person, amount: int, voucher: str) -> Callable[[], Any]:
    told: dict[str, Any] = {"amount": amount, "paid_back_on": ON, "voucher": voucher}
    return lambda: funding.record_repayment(case, by=payer, on=ON, **told).stage


def test_of_two_repayments_beyond_what_is_owed_one_wins() -> None:
    office, other = Office(), make_person(Role.BUREAU, duties=[Duty.PAYER])
    office.budget()
    (case,) = ordered_back(office, 1)

    answers = at_once(repaying(case, office.payer, FULL, "JK-1"), repaying(case, other, FULL - 1, "JK-2"))

    assert answers.count("recovered") == 1
    assert Repayment.objects.count() == 1


def test_one_voucher_repays_one_of_two_debts() -> None:
    office = Office()
    office.budget()
    one, two = ordered_back(office, 2)

    answers = at_once(repaying(one, office.payer, 1, "JK-1"), repaying(two, office.payer, 1, "JK-1"))

    assert answers.count("recovered") == 1
    (lost,) = [answer for answer in answers if answer != "recovered"]
    assert (lost.code, set(lost.fields)) == ("invalid", {"voucher"})
    assert Repayment.objects.count() == 1


def before_a_change(stage: str) -> tuple[Case, Organisation, Callable[[], Any], Office]:
    """A grant led on to that stage, and the leader's act that hands its title to another unit."""
    office, leader, heir = Office(), make_person(Role.LEADER), make_organisation("昆明滇池孵化有限公司")
    office.budget(FULL)
    title = titled()
    (case,) = [to_stage(case, stage, office) for case in funding.open_grants(ON)]
    answers = {
        "independent_legal_person": True,
        "registered_division": "530102",
        "standardised": True,
        "run_by_host": False,
    }
    change = to_decision(title, holder=heir.name, uscc=heir.uscc, **answers)
    return case, heir, lambda: recognition.grant_change(change, by=leader, on=LATER, opinion="同意").stage, office


def paying(case: Case, payer: Person) -> Callable[[], Any]:
    return lambda: funding.record_payment(case, by=payer, on=LATER, paid_on=LATER, voucher="PZ-1").stage


def sending_back(case: Case, by: Person) -> Callable[[], Any]:
    return lambda: funding.recheck_account(case, by=by, on=LATER, reason="运营单位已变更", unpaid=True).stage


def test_while_the_operator_changes_money_goes_to_the_former_one_before_or_to_nobody() -> None:
    case, heir, change, office = before_a_change("approved")

    paid, granted = at_once(paying(case, office.payer), change)

    acts = list(Entry.objects.filter(stream=case.number).order_by("seq").values_list("act", flat=True))[-2:]
    found, budget = Case.objects.get(pk=case.pk), Budget.objects.get()
    assert (granted, Title.objects.get().organisation, found.organisation) == ("granted", heir, heir)
    if paid == "paid":  # the payment came first: the record says so
        assert (acts, found.stage, budget.paid) == (["record_payment", "handed_on"], "paid", FULL)
    else:
        assert (paid.code, heir.name in paid.text) == ("wrong_stage", True)
        assert (acts[-1], found.stage, budget.committed) == ("handed_on", "approved", FULL)
    assert budgets.figures(budget) == budgets.summed(budget)


def test_while_the_operator_changes_nothing_is_approved_for_the_former_one_afterwards() -> None:
    case, heir, change, office = before_a_change("payable")

    answer, granted = at_once(
        lambda: funding.approve_payment(case, by=office.leader, on=LATER, basis="会议").stage, change
    )

    acts = list(Entry.objects.filter(stream=case.number).order_by("seq").values_list("act", flat=True))
    assert granted == "granted"
    assert ("approve_payment" in acts) == (answer == "approved")
    assert acts[-1] == "handed_on"
    late = at_once(paying(Case.objects.get(pk=case.pk), office.payer))[0]
    assert late.code == "wrong_stage"
    assert not Payment.objects.filter(state="paid").exists()
    if answer == "approved":
        assert heir.name in late.text


def naming(case: Case) -> Callable[[], Any]:
    member, account = owner(case), {"payee": case.grant.title.holder, "bank": "某银行", "account_number": NUMBER}
    return lambda: funding.confirm_account(case, by=member, on=LATER, **account).stage


def test_while_the_operator_changes_the_former_one_names_an_account_before_or_not_at_all() -> None:
    case, heir, change, _ = before_a_change("awaiting_account")
    former = case.organisation

    named, granted = at_once(naming(case), change)

    found = Case.objects.get(pk=case.pk)
    assert (granted, found.organisation) == ("granted", heir)
    if named == "account_check":  # it came first, and does not suit the new holder
        assert (found.stage, Account.objects.get().unit, payees.of_case(found) != "") == ("account_check", former, True)
    else:
        assert (named, found.stage, Account.objects.count()) == (NOT_THERE, "awaiting_account", 0)


@pytest.mark.parametrize("of", ["title", "former", "heir"])
def test_what_only_points_to_a_title_that_changes_does_not_wait_for_it(of: str) -> None:
    """As the check of a foreign key at COMMIT does: were it to wait for the change, the change waits for its case in turn."""
    case, heir, change, _ = before_a_change("awaiting_account")
    rows = {"title": Title.objects.get(), "former": case.organisation, "heir": heir}
    under_way, looked = threading.Event(), threading.Event()

    def changing() -> str:
        with transaction.atomic():
            answer = change()
            under_way.set()
            assert looked.wait(20)
        return str(answer)

    def pointing() -> str:
        assert under_way.wait(20)
        if connection.vendor == "postgresql":  # SQLite lets one write at a time, and checks as it writes
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
                cursor.execute(f"SELECT 1 FROM {rows[of]._meta.db_table} WHERE id = %s FOR KEY SHARE", [rows[of].pk])
        looked.set()
        return "pointed"

    assert at_once(changing, pointing) == ["granted", "pointed"]


def test_of_paying_and_sending_back_one_wins_and_the_money_is_in_one_place() -> None:
    office = Office()
    office.budget(FULL)
    (case,) = [to_stage(case, "approved", office) for case in opened()]

    answers = at_once(paying(case, office.payer), sending_back(case, office.handler))

    won = [answer for answer in answers if isinstance(answer, str)]
    budget, payment = Budget.objects.get(), Payment.objects.get()
    assert len(won) == 1
    where = {"paid": (0, FULL, "paid"), "awaiting_account": (FULL, 0, "returned")}[won[0]]
    assert (budget.available, budget.paid, payment.state) == where
    assert (budgets.figures(budget), budget.committed) == (budgets.summed(budget), 0)


def test_of_two_who_send_back_one_does_and_the_money_comes_back_once() -> None:
    office, other = Office(), make_person(Role.BUREAU)
    office.budget(FULL)
    (case,) = [to_stage(case, "approved", office) for case in opened()]

    answers = at_once(sending_back(case, office.handler), sending_back(case, other))

    assert answers.count("awaiting_account") == 1
    assert Posting.objects.filter(act="recheck_account").count() == 1
    assert Budget.objects.get().available == FULL


def test_of_opening_the_number_and_sending_back_one_comes_first_and_the_other_is_refused() -> None:
    office = Office()
    office.budget(FULL)
    (case,) = [to_stage(case, "approved", office) for case in opened()]

    shown, sent = at_once(
        lambda: funding.open_account(case, by=office.payer, on=LATER), sending_back(case, office.handler)
    )

    if sent == "awaiting_account":
        assert (shown.code, Budget.objects.get().available) == ("wrong_stage", FULL)
    else:
        assert (shown, sent.code, Budget.objects.get().committed) == (NUMBER, "wrong_stage", FULL)
        assert "须先由其确认未付款" in sent.text

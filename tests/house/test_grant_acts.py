"""The gate, asked as everybody about every act on grants in every stage: the whole cube, against design.md's table."""

from datetime import timedelta

import pytest

from makerspace.matters.funding import operations as funding
from makerspace.matters.recognition.models import Title
from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Membership, Person, Post
from makerspace.regulation import by_id
from makerspace.regulation.terms import Duty, Role
from tests.factories import LONG_AGO, make_expert, make_person, set_due
from tests.matters.funding.helpers import ON, Office, ended, opened, owner, to_stage

pytestmark = pytest.mark.django_db
NEVER_PAID = ("awaiting_account", "account_check", "payable")
# design.md, kind grant; release_hold and stop_payment are how "a hold that a leader decides" stands in the table,
# record_repayment and strike_repayment are what comes of an order to pay back (decision 0017), recheck_account is the
# way back where the account does not suit whoever holds the title now, and confirm_unpaid what the payer says before it
# (decisions 0018, 0022).
TABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "open_grant": (("awaiting_account",), ("clock",)),
    "confirm_account": (("awaiting_account",), ("applicant",)),
    "return_account": (("account_check",), ("bureau",)),
    "accept_account": (("account_check",), ("bureau",)),
    "recheck_account": (("payable", "approved"), ("bureau",)),
    "release_hold": (NEVER_PAID, ("leader",)),
    "stop_payment": ((*NEVER_PAID, "approved"), ("leader",)),
    "approve_payment": (("payable",), ("leader",)),
    "record_payment": (("approved",), ("bureau",)),
    "confirm_unpaid": (("approved",), ("bureau",)),
    "record_bounce": (("paid",), ("bureau",)),
    "report_use": (("paid",), ("applicant",)),
    "return_use": (("use_check",), ("bureau",)),
    "accept_use": (("use_check",), ("bureau",)),
    "waive": (("awaiting_account",), ("applicant", "leader")),
    "recover": (("paid", "use_check", "closed"), ("leader",)),
    "record_repayment": (("recovered",), ("bureau",)),
    "strike_repayment": (("recovered",), ("bureau",)),
}
TARGETS = {
    "confirm_account": "account_check", "return_account": "awaiting_account", "accept_account": "payable",
    "recheck_account": "awaiting_account",
    "stop_payment": "waived", "approve_payment": "approved", "record_payment": "paid", "record_bounce": "awaiting_account",
    "report_use": "use_check", "return_use": "paid", "accept_use": "closed", "waive": "waived", "recover": "recovered",
}  # fmt: skip
DECIDING = {
    "release_hold",
    "stop_payment",
    "approve_payment",
    "record_payment",
    "waive",
    "recover",
    "record_repayment",
    "strike_repayment",
}
HANDLING = {"return_account", "accept_account", "recheck_account", "return_use", "accept_use"}
PAYING = {"record_payment", "confirm_unpaid", "record_bounce", "record_repayment", "strike_repayment"}
HOLDS: dict[str, set[str]] = {
    "applicant_own": {"applicant"}, "applicant_other": {"applicant"}, "district_own": {"district"},
    "district_other": {"district"}, "handler": {"bureau"}, "payer": {"bureau"}, "bureau": {"bureau"},
    "approver": {"leader", "bureau"}, "leader": {"leader"}, "handled_leads": {"leader", "bureau"}, "expert": {"expert"},
    "discipline": {"discipline"}, "auditor": {"auditor"}, "agency": {"agency"}, "system_admin": {"system_admin"},
}  # fmt: skip
PAYERS = {"handler", "payer", "approver"}
SEES = {
    "applicant_own", "district_own", "handler", "payer", "bureau", "approver", "leader", "handled_leads", "discipline", "auditor",
}  # fmt: skip
STAGES = (
    "awaiting_account", "account_check", "payable", "approved", "paid", "use_check", "closed", "waived", "recovered",
)  # fmt: skip
CASES = {stage: stage for stage in STAGES} | {
    "held": "account_check", "overdue": "awaiting_account", "ended": "approved", "check_outgrown": "account_check",
    "payable_outgrown": "payable", "approved_outgrown": "approved",
    "opened": "approved", "opened_outgrown": "approved",
}  # fmt: skip
HANDLED = {
    "payable", "approved", "paid", "use_check", "closed", "recovered", "ended", "payable_outgrown", "approved_outgrown",
    "opened", "opened_outgrown",
}  # fmt: skip
APPROVED = HANDLED - {"payable", "payable_outgrown"}
PAID = APPROVED - {"approved", "ended", "approved_outgrown", "opened", "opened_outgrown"}


def build() -> tuple[dict[str, Person], dict[str, Case]]:
    """Fifteen people and seventeen grants; ``handled_leads`` took part where ``handler`` did not."""
    office = Office()
    people = {
        "applicant_other": make_person(Role.APPLICANT), "district_own": make_person(Role.DISTRICT, "wuhua"),
        "district_other": make_person(Role.DISTRICT, "panlong"), "handler": office.handler, "payer": office.payer,
        "bureau": make_person(Role.BUREAU), "approver": office.leader, "leader": make_person(Role.LEADER),
        "handled_leads": make_person(Role.BUREAU), "expert": make_expert(), "applicant_own": make_person(),
        **{role.value: make_person(role) for role in (Role.DISCIPLINE, Role.AUDITOR, Role.AGENCY, Role.SYSTEM_ADMIN)},
    }  # fmt: skip
    office.budget(100 * 10_000_000)
    Post.objects.filter(person=people["handler"]).update(duties=[Duty.PAYER.value])
    cases = dict(zip(CASES, opened(len(CASES)), strict=True))
    for case in cases.values():
        Membership.objects.create(
            person=people["applicant_own"], organisation=case.organisation, role="editor", since=LONG_AGO
        )
    for key, stage in CASES.items():
        cases[key] = _led(cases[key], key, stage, office, people)
    Post.objects.create(person=people["approver"], role="bureau", duties=[Duty.PAYER.value], valid_from=LONG_AGO)
    Post.objects.create(person=people["handled_leads"], role="leader", valid_from=LONG_AGO)
    return {name: Person.objects.get(pk=person.pk) for name, person in people.items()}, {
        key: queries.as_it_is(case) for key, case in cases.items()
    }


def _led(case: Case, key: str, stage: str, office: Office, people: dict[str, Person]) -> Case:
    if stage == "waived":
        return funding.waive(case, by=owner(case), on=ON, reason="放弃")
    if key == "overdue":
        set_due(case, ON - timedelta(days=1))
        return case
    if stage in HANDLED | {"recovered"}:
        case = to_stage(case, "account_check", office)
        case = funding.return_account(case, by=people["handled_leads"], on=ON, reason="补正")
    case = to_stage(case, "paid" if stage == "recovered" else stage, office)
    if stage == "recovered":
        given = {"basis": "misuse", "amount": 1, "reason": "挪用", "pay_back_by": ON + timedelta(days=9)}
        case = funding.recover(case, by=office.second, on=ON, **given | {"amount": 2})
        came = {"amount": 1, "paid_back_on": ON, "voucher": "JK-1"}
        case = funding.record_repayment(case, by=office.payer, on=ON, **came)
    if key == "held":
        earlier = Case.objects.filter(kind="grant").order_by("id")[0]
        unit = earlier.grant.title.organisation
        Title.objects.filter(grant__case=case).update(organisation=unit)
        Makerspace.objects.filter(grant__case=case).update(organisation=unit)
        type(case.grant).objects.filter(case=case).update(uscc=unit.uscc)
        funding.look_for_holds(type(case.grant).objects.get(case=case), ON)
    if key.startswith("opened"):
        funding.open_account(case, by=office.payer, on=ON)
    if key == "ended":
        ended(case.grant.title)
    if key.endswith("_outgrown"):
        Title.objects.filter(grant__case=case).update(holder="昆明接手创业服务有限公司")
    return case


def predict(role: str, key: str, act: str) -> str:
    """404 → 403 → 409, or nothing in the way."""
    if role not in SEES:
        return "not_found"
    sources, by = TABLE[act]
    held = HOLDS[role] & set(by)
    if not held or (act in PAYING and role not in PAYERS):
        return "not_yours"
    if CASES[key] not in sources:
        return "wrong_stage"
    if "leader" in held and _has_handled(role, key):
        return "not_yours"
    if act in HANDLING and ((role == "payer" and key in PAID) or (role == "approver" and key in APPROVED)):
        return "not_yours"
    if act in PAYING and role in {"handler", "approver"}:
        return "not_yours"
    return "wrong_stage" if _stands_in_the_way(role, key, act) else ""


def _has_handled(role: str, key: str) -> bool:
    return role == "handled_leads" and key in HANDLED


def _stands_in_the_way(role: str, key: str, act: str) -> bool:
    if act == "release_hold":
        return key != "held"
    if act == "stop_payment":
        return key not in {"held", "ended"}
    if act == "waive":
        return role != "applicant_own" and key != "overdue"
    if act == "confirm_unpaid":
        return not key.startswith("opened")
    if act == "recheck_account":
        return key.startswith("opened")
    return (act, key) in {
        ("accept_account", "held"), ("accept_account", "check_outgrown"), ("approve_payment", "payable_outgrown"),
        ("record_payment", "ended"), ("record_payment", "approved_outgrown"),
    }  # fmt: skip


def test_the_table_is_that_of_the_regulation() -> None:
    moves = {move.act: move for move in by_id("kunkefa-2017-55").procedure("grant").moves}

    assert {act: (move.sources, tuple(move.by)) for act, move in moves.items()} == TABLE
    assert {act: move.targets[0] for act, move in moves.items() if move.targets} == TARGETS
    assert {act for act, move in moves.items() if move.decides} == DECIDING
    assert {act for act, move in moves.items() if move.handles} == HANDLING | PAYING


def test_the_gate_answers_as_predicted() -> None:
    people, cases = build()
    assert {key: case.stage for key, case in cases.items()} == CASES

    cells = [(role, key, act) for role in HOLDS for key in CASES for act in TABLE]
    wrong = []
    for role, key, act in cells:
        case = cases[key]
        refusal = queries.why_not(people[role], queries.procedure_of(case).move(act), case, on=ON)
        said, want = refusal.code if refusal else "", predict(role, key, act)
        if said != want:
            wrong.append((role, key, act, said, want, refusal.text if refusal else ""))

    assert len(cells) == 15 * 17 * 18
    assert wrong == []
    opened_acts = {act for role, key, act in cells if not predict(role, key, act)}
    assert opened_acts == set(TABLE) - {"open_grant"}

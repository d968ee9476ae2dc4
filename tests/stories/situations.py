"""For each kind of case after the title: a case in every stage, and each act's row, with who takes it, where, and a good body."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from makerspace.matters.assessment.operations import checking, opening, outcome, revocation
from makerspace.matters.funding import operations as funding
from makerspace.matters.recognition import operations as recognition
from makerspace.matters.recognition.models import Title
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.support.operations import letters
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Membership
from makerspace.office.record import clock
from makerspace.regulation.terms import Duty, Role
from tests.factories import LONG_AGO, make_organisation, make_person, member_of, set_due
from tests.matters.assessment import years
from tests.matters.assessment.years import Staff
from tests.matters.funding.helpers import FULL, NUMBER, Office, ended, opened, to_stage
from tests.matters.funding.helpers import ON as GRANTS
from tests.matters.recognition.helpers import announced
from tests.matters.recognition.test_changes import LATER, SITE, proof, told
from tests.stories.test_grant import file
from tests.stories.walk import Town

ASSESSED, ASKED, USED = date(2026, 6, 15), date(2026, 12, 1), date(2027, 3, 1)
MEETING = {"meeting": "局长办公会", "meeting_on": ASSESSED.isoformat()}
FILE = "a file uploaded for it"
Good = Callable[[str], dict[str, Any]]


class Row(NamedTuple):
    """An act: the cases on which it may be taken, by whom, with what; what taking it again is answered with."""

    at: tuple[str, ...]
    who: str
    body: dict[str, Any] | Good = {}
    again: tuple[int, tuple[str, ...]] = (409, ())
    opens: bool = True


@dataclass
class Place:
    """A town of one kind of case; ``cases`` by what they are here for."""

    kind: str
    day: date
    town: Town = field(init=False)
    cases: dict[str, str] = field(default_factory=dict)
    offers: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.town = Town(experts=1, at=datetime.combine(self.day, time(11), clock.KUNMING))
        with self.town.present():
            for name, person in (
                ("payer", make_person(Role.BUREAU, duties=[Duty.PAYER])), ("leader2", make_person(Role.LEADER)),
                ("agency", make_person(Role.AGENCY)), ("owner", make_person()), ("system_admin", make_person(Role.SYSTEM_ADMIN)),
                ("another", make_person(organisation=make_organisation())),
            ):  # fmt: skip
                self.town.join(name, person)
            BUILD[self.kind](self)

    def keep(self, key: str, case: Case) -> None:
        """The owner is a member of every unit here."""
        Membership.objects.create(
            person=self.town.people["owner"], organisation=case.organisation, role="editor", since=LONG_AGO
        )
        self.cases[key] = case.number

    def stage(self, key: str) -> str:
        """Where that case stands."""
        return Case.objects.get(number=self.cases[key]).stage

    def offered(self, who: str, key: str) -> list[dict[str, Any]]:
        """The acts that the case offers to one of them; asked once, for a place stays as it was built."""
        if (who, key) not in self.offers:
            self.offers[who, key] = self.town[who].get(f"/cases/{self.cases[key]}")["acts"]
        return self.offers[who, key]

    def body(self, row: Row, key: str, *, upload: bool = False) -> dict[str, Any]:
        """A good body for that case, with files uploaded by whoever takes the act, or with digests of none."""
        number = self.cases[key]
        given = row.body(number) if callable(row.body) else dict(row.body)
        if given.get("papers") == FILE:
            given["papers"] = [file(self.town, row.who, number) if upload else "0" * 64]
        return given


def _titles(count: int) -> Iterable[Title]:
    announced(count)
    return Title.objects.select_related("organisation", "authority").order_by("number")


# -- grants (article 13) -----------------------------------------------------------------------------------------------
HELD = {"held_awaiting": "awaiting_account", "held_check": "account_check", "held_payable": "payable"}
GRANT_STAGES = ("awaiting_account", "account_check", "payable", "approved", "paid", "use_check", "closed", "waived")


def _grants(place: Place) -> None:
    at = place.town.people
    office = Office(at["bureau"], at["payer"], at["leader"], at["leader2"])
    office.budget(100 * FULL)
    stages = (
        {stage: stage for stage in GRANT_STAGES}
        | HELD
        | {"ended": "approved", "looked": "approved", "recovered": "paid"}
    )
    for (key, stage), case in zip(stages.items(), opened(len(stages)), strict=True):
        place.keep(key, _granted(case, key, stage, office))


def _granted(case: Case, key: str, stage: str, office: Office) -> Case:
    if stage == "waived":
        return funding.waive(case, by=member_of(case.organisation), on=GRANTS, reason="放弃")
    case = to_stage(case, stage, office)
    if key == "recovered":
        order = {"basis": "misuse", "amount": 3, "reason": "挪用", "pay_back_by": GRANTS + timedelta(days=9)}
        case = funding.recover(case, by=office.second, on=GRANTS, **order)
        funding.record_repayment(case, by=office.payer, on=GRANTS, amount=1, paid_back_on=GRANTS, voucher="JK-1")
    elif key == "looked":
        funding.open_account(case, by=office.payer, on=GRANTS)
    elif key == "ended":
        ended(case.grant.title)
    elif key in HELD:
        _hold(case)
    return case


def _hold(case: Case) -> None:
    """As if the unit had had a grant before."""
    earlier = Case.objects.filter(kind="grant").order_by("id")[0].grant.title.organisation
    Title.objects.filter(grant__case=case).update(organisation=earlier)
    Makerspace.objects.filter(grant__case=case).update(organisation=earlier)
    kept = type(case.grant).objects
    kept.filter(case=case).update(uscc=earlier.uscc)
    funding.look_for_holds(kept.get(case=case), GRANTS)


def _account(number: str) -> dict[str, Any]:
    title = Title.objects.get(grant__case__number=number)
    return {"payee": title.holder, "bank": "中国工商银行昆明翠湖支行", "account_number": NUMBER}


TODAY = GRANTS.isoformat()
EXPENSE = {
    "category": "equipment", "content": "激光切割机", "invoice": "24532000000012345678", "invoiced_on": TODAY, "amount": FULL,
}  # fmt: skip
WHY = {"reason": "另有情况"}
GRANT = {
    "confirm_account": Row(("awaiting_account",), "owner", _account),
    "return_account": Row(("account_check",), "bureau", WHY),
    "accept_account": Row(("account_check",), "bureau"),
    "recheck_account": Row(("payable", "approved"), "bureau", WHY | {"unpaid": True}),
    "release_hold": Row(tuple(HELD), "leader", WHY),
    "stop_payment": Row((*HELD, "ended"), "leader", WHY),
    "approve_payment": Row(("payable",), "leader", {"basis": "局长办公会"}),
    "record_payment": Row(("approved",), "payer", {"paid_on": TODAY, "voucher": "PZ-9", "papers": FILE}),
    "confirm_unpaid": Row(("looked",), "payer", {"unpaid": True}),
    "record_bounce": Row(("paid",), "payer", {"bounced_on": TODAY, "reason": "户名不符"}),
    "report_use": Row(("paid",), "owner", {"items": [EXPENSE], "summary": "已投入使用。", "papers": FILE}),
    "return_use": Row(("use_check",), "bureau", WHY),
    "accept_use": Row(("use_check",), "bureau", {"opinion": "发票齐全"}),
    "waive": Row(("awaiting_account",), "owner", WHY),
    "recover": Row(
        ("paid", "use_check", "closed"), "leader2",
        {"basis": "misuse", "amount": 100, "reason": "挪用", "pay_back_by": "2026-06-30"},
    ),
    "record_repayment": Row(
        ("recovered",), "payer", {"amount": 1, "paid_back_on": TODAY, "voucher": "JK-2", "papers": FILE}, (422, ("papers",))
    ),
    "strike_repayment": Row(("recovered",), "payer", {"voucher": "JK-1", "reason": "登错"}),
}  # fmt: skip


# -- assessments (article 18) ------------------------------------------------------------------------------------------
def _assessments(place: Place) -> None:
    """All on one day in March, but for what a term must not have run out on: the day of the siege is in June."""
    at = place.town.people
    staff = Staff(at["bureau"], at["handler"], at["district"], at["leader"], at["leader2"])
    keys = (
        "scoring", "decision", "poor", "rectification", "reinspection", "failed", "defence", "hearing", "heard",
        "revocation_decision", "passed", "deferred", "kept", "revoked", "reporting", "district_check",
    )  # fmt: skip
    cases = dict(zip(keys, years.opened(staff, len(keys)), strict=True))
    steps: dict[str, Callable[[Case], Any]] = {
        "scoring": lambda case: _verified(case, staff),
        "decision": lambda case: years.scored(case, staff),
        "poor": lambda case: years.scored(case, staff, years.POOR),
        "rectification": lambda case: years.failed(case, staff),
        "reinspection": lambda case: outcome.record_no_rectification(
            _overdue(years.failed(case, staff)), by=staff.bureau, on=years.ON, reason="没有报来"
        ),
        "failed": lambda case: years.inspected(years.failed(case, staff), staff, passes=False),
        "defence": lambda case: _served(case, staff, ASSESSED),
        "hearing": lambda case: _asked(case, staff),
        "heard": lambda case: _heard(case, staff),
        "revocation_decision": lambda case: years.to_revocation(case, staff),
        "passed": lambda case: outcome.pass_assessment(
            years.scored(case, staff), by=staff.second, on=years.ON, **years.SAID
        ),
        "deferred": lambda case: opening.defer(case, by=staff.second, on=years.ON, reason="x"),
        "kept": lambda case: _over(case, staff, revocation.keep),
        "revoked": lambda case: _over(case, staff, revocation.revoke),
        "district_check": years.filed,
    }
    for key, case in cases.items():
        steps.get(key, lambda case: None)(case)
        place.keep(key, Case.objects.get(pk=case.pk))


def _overdue(case: Case) -> Case:
    set_due(case, years.ON - timedelta(days=1))
    return case


def _verified(case: Case, staff: Staff) -> None:
    checking.verify_report(
        years.filed(case), by=staff.district, on=years.ON, false_data=False, stopped=False, opinion="x",
        lines=years.AGREED,
    )  # fmt: skip


def _served(case: Case, staff: Staff, on: date) -> Case:
    case = years.inspected(years.failed(case, staff), staff, passes=False)
    return revocation.serve_intent(case, by=staff.bureau, on=on, facts="x", reasons="x", served_on=on)


def _asked(case: Case, staff: Staff) -> Case:
    case = _served(case, staff, years.ON)
    return revocation.request_hearing(case, by=member_of(case.organisation), on=years.ON, reason="x")


def _heard(case: Case, staff: Staff) -> None:
    case, third = _asked(case, staff), make_person(Role.BUREAU)
    said = {"notified_on": years.ON, "held_on": ASSESSED, "place": "x", "present": ["甲", "乙"], "minutes": "x"}
    revocation.record_hearing(case, by=third, on=ASSESSED, papers=[years.file(case, third, ASSESSED)], **said)


def _over(case: Case, staff: Staff, act: Callable[..., Case]) -> None:
    case, day = years.to_revocation(case, staff)
    act(case, by=staff.second, on=day, **years.decision())


CHECKED = {"false_data": False, "stopped": False, "opinion": "与台账一致。", "lines": years.AGREED}
LOOKED = {"visited_on": ASSESSED.isoformat(), "inspectors": ["张一", "李二"], "findings": "逐项查看。"}
DECIDED = {**MEETING, "reason": "仍不合格。", "answer": "未提出。"}
FIGURES = [{"field": code, "value": float(value)} for code, value in years.STRONG.items()]
ASSESSMENT = {
    "open_assessment": Row(("reporting",), "bureau", opens=False),
    "defer": Row(("reporting",), "leader", WHY),
    "file_report": Row(("reporting",), "owner", {"commitment": True, "figures": FIGURES, "head": "李云"}),
    "record_no_report": Row(("reporting",), "bureau", WHY),
    "return_report": Row(("district_check",), "district", {"lines": [{"field": "seats", "text": "请核对"}], **WHY}),
    "return_overdue": Row(("district_check",), "bureau", {"lines": [{"field": "seats", "text": "请核对"}], **WHY}),
    "verify_report": Row(("district_check",), "district", CHECKED),
    "verify_overdue": Row(("district_check",), "bureau", CHECKED),
    "score_report": Row(("scoring",), "bureau", {"marks": [{"indicator": "special", "points": 0, "reason": "没有"}]}),
    "pass_assessment": Row(("decision",), "leader", MEETING),
    "fail_assessment": Row(("poor",), "leader", {**MEETING, **WHY, "tasks": ["引入团队"], "last_day": "2026-09-01"}),
    "file_rectification": Row(("rectification",), "owner", {"summary": "已整改。", "papers": FILE}),
    "record_no_rectification": Row(("rectification",), "bureau", WHY),
    "reinspect_pass": Row(("reinspection",), "bureau", LOOKED),
    "reinspect_fail": Row(("reinspection",), "bureau", {**LOOKED, "papers": FILE}),
    "serve_intent": Row(("failed",), "bureau", {"facts": "x", "reasons": "x", "served_on": ASSESSED.isoformat()}),
    "state_defence": Row(("defence",), "owner", {"statement": "正在签约。", "papers": FILE}, (200, ())),
    "request_hearing": Row(("defence",), "owner", WHY),
    "record_hearing": Row(("hearing",), "handler", {
        "notified_on": years.ON.isoformat(), "held_on": ASSESSED.isoformat(), "place": "二楼", "present": ["甲", "乙"],
        "minutes": "已记录。", "papers": FILE,
    }),
    "close_defence": Row(("heard",), "bureau", {"summary": "未提出。"}),
    "revoke": Row(("revocation_decision",), "leader2", DECIDED),
    "keep": Row(("revocation_decision",), "leader2", DECIDED),
}  # fmt: skip


# -- changes (article 12) ----------------------------------------------------------------------------------------------
CHANGE_STAGES = (
    "draft", "district_opinion", "decision", "confirmation", "granted", "refused", "relinquished", "withdrawn",
)  # fmt: skip


def _changes(place: Place) -> None:
    for stage, title in zip(CHANGE_STAGES, _titles(len(CHANGE_STAGES)), strict=True):
        place.keep(stage, _changed(title, stage, place))


def _changed(title: Title, stage: str, place: Place) -> Case:
    at, owner = place.town.people, member_of(title.organisation)
    case = recognition.open_change(title, by=owner, on=LATER)
    if stage == "withdrawn":
        return recognition.withdraw_change(case, by=owner, on=LATER, reason="不改了")
    if stage in {"confirmation", "relinquished"}:
        case = recognition.relinquish(case, by=owner, on=LATER, reason="停办", sure=True)
        return case if stage == "confirmation" else recognition.confirm_relinquish(case, by=at["bureau"], on=LATER)
    if stage != "draft":
        given = told(title, name=f"{title.name}新", confirm_not_met=True)
        case = recognition.file_change(case, by=owner, on=LATER, **given, papers=proof(case, owner))
    if stage in {"decision", "granted", "refused"}:
        case = recognition.give_opinion(case, by=at["district"], on=LATER, supports=True, opinion="属实")
    if stage == "granted":
        return recognition.grant_change(case, by=at["leader"], on=LATER, opinion="同意")
    return recognition.refuse_change(case, by=at["leader"], on=LATER, reason="不同意") if stage == "refused" else case


def _filing(number: str) -> dict[str, Any]:
    title = Title.objects.select_related("organisation").get(changes__case__number=number)
    return {
        "happened_on": LATER.isoformat(), "name": f"{title.name}二", "holder": title.holder, "uscc": title.organisation.uscc,
        "sites": [SITE], "reason": "业务发展", "papers": FILE, "confirm_not_met": True,
    }  # fmt: skip


CHANGE = {
    "file_change": Row(("draft",), "owner", _filing),
    "withdraw_change": Row(("draft", "district_opinion", "decision", "confirmation"), "owner", WHY),
    "give_opinion": Row(("district_opinion",), "district", {"supports": True, "opinion": "属实", "papers": FILE}),
    "return_change": Row(("district_opinion",), "district", WHY),
    "grant_change": Row(("decision",), "leader", {"opinion": "同意"}),
    "refuse_change": Row(("decision",), "leader", WHY),
    "relinquish": Row(("draft",), "owner", {**WHY, "sure": True, "papers": FILE}),
    "confirm_relinquish": Row(("confirmation",), "bureau", {"note": "另行处理"}),
}


# -- letters of priority (article 17) ----------------------------------------------------------------------------------
LETTER_STAGES = ("draft", "requested", "issued", "letter_refused", "withdrawn")


def _letters(place: Place) -> None:
    for stage, title in zip(LETTER_STAGES, _titles(len(LETTER_STAGES)), strict=True):
        place.keep(stage, _lettered(title, stage, place))


def _lettered(title: Title, stage: str, place: Place) -> Case:
    bureau, owner = place.town.people["bureau"], member_of(title.organisation)
    case = letters.open_letter(title, by=owner, on=ASKED)
    if stage == "withdrawn":
        return letters.withdraw_letter(case, by=owner, on=ASKED, reason="不申报了")
    if stage != "draft":
        case = letters.request_letter(case, by=owner, on=ASKED, programmes="市级重点实验室")
    if stage == "issued":
        return letters.issue_letter(case, by=bureau, on=ASKED)
    return letters.refuse_letter(case, by=bureau, on=ASKED, reason="不属市级") if stage == "letter_refused" else case


USE = {"programme": "2027年度市级重点实验室", "office": "社会发展处", "used_on": USED.isoformat(), "tie": "得分并列"}
PRIORITY = {
    "request_letter": Row(("draft",), "owner", {"programmes": "市级重点实验室"}),
    "withdraw_letter": Row(("draft", "requested"), "owner", WHY),
    "issue_letter": Row(("requested",), "bureau"),
    "refuse_letter": Row(("requested",), "bureau", WHY),
    "record_use": Row(("issued",), "agency", USE, (422, ("programme",))),
}

BUILD: dict[str, Callable[[Place], None]] = {
    "grant": _grants, "assessment": _assessments, "change": _changes, "priority": _letters,
}  # fmt: skip
DAYS = {"grant": GRANTS, "assessment": ASSESSED, "change": LATER, "priority": USED}
ROWS: dict[str, dict[str, Row]] = {"grant": GRANT, "assessment": ASSESSMENT, "change": CHANGE, "priority": PRIORITY}

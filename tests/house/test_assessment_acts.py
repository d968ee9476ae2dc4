"""The gate, asked as everybody about every act on assessments in every stage: the whole cube, against design.md's table."""

from datetime import timedelta

import pytest

from makerspace.matters.assessment.operations import checking, opening, outcome, revocation
from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Membership, Person
from makerspace.regulation import by_id
from makerspace.regulation.terms import Role
from tests.factories import LONG_AGO, make_expert, make_person, set_due
from tests.matters.assessment import years
from tests.matters.assessment.years import ON, SAID, Staff

pytestmark = pytest.mark.django_db
TABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "open_assessment": (("reporting",), ("bureau",)),
    "defer": (("reporting",), ("leader",)),
    "file_report": (("reporting",), ("applicant",)),
    "record_no_report": (("reporting",), ("bureau",)),
    "return_report": (("district_check",), ("district",)),
    "return_overdue": (("district_check",), ("bureau",)),
    "verify_report": (("district_check",), ("district",)),
    "verify_overdue": (("district_check",), ("bureau",)),
    "score_report": (("scoring",), ("bureau",)),
    "pass_assessment": (("decision",), ("leader",)),
    "fail_assessment": (("decision",), ("leader",)),
    "file_rectification": (("rectification",), ("applicant",)),
    "record_no_rectification": (("rectification",), ("bureau",)),
    "reinspect_pass": (("reinspection",), ("bureau",)),
    "reinspect_fail": (("reinspection",), ("bureau",)),
    "serve_intent": (("failed",), ("bureau",)),
    "state_defence": (("defence",), ("applicant",)),
    "request_hearing": (("defence",), ("applicant",)),
    "record_hearing": (("defence",), ("bureau",)),
    "close_defence": (("defence",), ("bureau",)),
    "revoke": (("revocation_decision",), ("leader",)),
    "keep": (("revocation_decision",), ("leader",)),
}
TARGETS = {
    "defer": "deferred", "file_report": "district_check", "record_no_report": "decision", "return_report": "reporting", "return_overdue": "reporting",
    "verify_report": "scoring", "verify_overdue": "scoring", "score_report": "decision", "pass_assessment": "passed",
    "fail_assessment": "rectification", "file_rectification": "reinspection",
    "record_no_rectification": "reinspection", "reinspect_pass": "passed", "reinspect_fail": "failed",
    "serve_intent": "defence", "close_defence": "revocation_decision", "revoke": "revoked", "keep": "kept",
}  # fmt: skip
DECIDING = {
    "defer", "pass_assessment", "fail_assessment", "reinspect_pass", "reinspect_fail", "serve_intent", "revoke", "keep",
}  # fmt: skip
HANDLING = {
    "open_assessment", "record_no_report", "return_report", "return_overdue", "verify_report", "verify_overdue", "score_report", "record_no_rectification",
    "reinspect_pass", "reinspect_fail", "serve_intent", "record_hearing", "close_defence",
}  # fmt: skip
HOLDS = {
    "applicant_own": "applicant", "applicant_other": "applicant", "district_own": "district",
    "district_other": "district", "handler": "bureau", "bureau": "bureau", "leader": "leader", "second": "leader",
    "expert": "expert", "discipline": "discipline", "auditor": "auditor", "agency": "agency",
    "system_admin": "system_admin",
}  # fmt: skip
SEES = {"applicant_own", "district_own", "handler", "bureau", "leader", "second", "discipline", "auditor"}
STAGES = (
    "reporting", "district_check", "scoring", "decision", "rectification", "reinspection", "failed", "defence",
    "revocation_decision", "passed", "deferred", "kept", "revoked",
)  # fmt: skip
CASES = {stage: stage for stage in STAGES} | {
    "overdue": "reporting", "unchecked": "district_check", "late": "rectification", "poor": "decision", "hearing": "defence", "heard": "defence",
}  # fmt: skip


def build() -> tuple[dict[str, Person], dict[str, Case]]:
    """Thirteen people and nineteen assessments; ``leader`` found every failed year failed."""
    staff = Staff()
    people = {
        "applicant_own": make_person(), "applicant_other": make_person(Role.APPLICANT), "district_own": staff.district,
        "district_other": make_person(Role.DISTRICT, "panlong"), "handler": staff.bureau, "bureau": staff.other,
        "leader": staff.leader, "second": staff.second, "expert": make_expert(),
        **{role.value: make_person(role) for role in (Role.DISCIPLINE, Role.AUDITOR, Role.AGENCY, Role.SYSTEM_ADMIN)},
    }  # fmt: skip
    cases = dict(zip(CASES, years.opened(staff, len(CASES)), strict=True))
    unverified_last = sorted(cases.items(), key=lambda pair: CASES[pair[0]] == "district_check")
    for key, case in unverified_last:  # scoring waits for reports that came and are not verified
        Membership.objects.create(
            person=people["applicant_own"], organisation=case.organisation, role="editor", since=LONG_AGO
        )
        _led(case, key, staff)
    return {name: Person.objects.get(pk=person.pk) for name, person in people.items()}, {
        key: queries.as_it_is(case) for key, case in cases.items()
    }


def _led(case: Case, key: str, staff: Staff) -> None:
    steps = {
        "district_check": lambda: years.filed(case),
        "unchecked": lambda: set_due(years.filed(case), ON - timedelta(days=1)),
        "scoring": lambda: _verified(case, staff),
        "decision": lambda: years.scored(case, staff),
        "poor": lambda: years.scored(case, staff, years.POOR),
        "rectification": lambda: years.failed(case, staff),
        "late": lambda: set_due(years.failed(case, staff), ON - timedelta(days=1)),
        "overdue": lambda: set_due(case, ON - timedelta(days=1)),
        "reinspection": lambda: _rectified(years.failed(case, staff)),
        "failed": lambda: years.inspected(years.failed(case, staff), staff, passes=False),
        "defence": lambda: years.defending(case, staff),
        "hearing": lambda: _asked(case, staff),
        "heard": lambda: _heard(case, staff),
        "revocation_decision": lambda: years.to_revocation(case, staff),
        "passed": lambda: outcome.pass_assessment(years.scored(case, staff), by=staff.second, on=ON, **SAID),
        "deferred": lambda: opening.defer(case, by=staff.second, on=ON, reason="x"),
        "kept": lambda: _ended(case, staff, "keep"),
        "revoked": lambda: _ended(case, staff, "revoke"),
    }
    steps.get(key, lambda: None)()


def _rectified(case: Case) -> None:
    papers = [years.file(case, years.owner(case))]
    outcome.file_rectification(case, by=years.owner(case), on=ON, summary="x", papers=papers)


def _verified(case: Case, staff: Staff) -> None:
    years.filed(case)
    checking.verify_report(
        case, by=staff.district, on=ON, false_data=False, stopped=False, opinion="x", lines=years.AGREED
    )


def _asked(case: Case, staff: Staff) -> None:
    case = years.defending(case, staff)
    revocation.request_hearing(case, by=years.owner(case), on=ON, reason="x")


def _heard(case: Case, staff: Staff) -> None:
    """A hearing was held, by somebody who is in no row of the cube, and the terms are over."""
    _asked(case, staff)
    case = Case.objects.get(pk=case.pk)
    third, day = make_person(Role.BUREAU), years.after_terms(case)
    told = {"notified_on": ON, "held_on": day, "place": "x", "present": ["甲", "乙"], "minutes": "x"}
    revocation.record_hearing(case, by=third, on=day, papers=[years.file(case, third, day)], **told)
    set_due(case, ON - timedelta(days=1))


def _ended(case: Case, staff: Staff, act: str) -> None:
    _, day = years.to_revocation(case, staff)
    getattr(revocation, act)(case, by=staff.second, on=day, **years.decision())


def predict(role: str, key: str, act: str) -> str:
    """404 → 403 → 409, or nothing in the way."""
    if role not in SEES:
        return "not_found"
    sources, by = TABLE[act]
    if HOLDS[role] not in by:
        return "not_yours"
    if CASES[key] not in sources:
        return "wrong_stage"
    if act in {"revoke", "keep"} and role == "leader":
        return "not_yours"
    if act == "record_hearing" and key == "hearing" and role == "handler":
        return "not_yours"
    return "" if _free(key, act) else "wrong_stage"


def _free(key: str, act: str) -> bool:
    only = {
        "open_assessment": set(), "record_no_report": {"overdue"}, "record_no_rectification": {"late"},
        "verify_overdue": {"unchecked"}, "return_overdue": {"unchecked"},
        "pass_assessment": {"decision"}, "fail_assessment": {"poor"}, "record_hearing": {"hearing"},
        "close_defence": {"heard"}, "request_hearing": {"defence"},
    }  # fmt: skip
    return act not in only or key in only[act]


def test_the_table_is_that_of_the_regulation() -> None:
    moves = {move.act: move for move in by_id("kunkefa-2017-55").procedure("assessment").moves}

    assert {act: (move.sources, tuple(move.by)) for act, move in moves.items()} == TABLE
    assert {act: move.targets[0] for act, move in moves.items() if move.targets} == TARGETS
    assert {act for act, move in moves.items() if move.decides} == DECIDING
    assert {act for act, move in moves.items() if move.handles} == HANDLING


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

    assert len(cells) == 13 * 19 * 22
    assert wrong == []
    assert {act for cell in cells if not predict(*cell) for act in cell[2:]} == set(TABLE) - {"open_assessment"}

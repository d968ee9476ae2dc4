"""The gate, asked as everybody about every act on letters of priority in every stage: the whole cube, against design.md's table."""

from datetime import date

import pytest

from makerspace.matters.recognition.models import Title
from makerspace.matters.support.operations import letters as operations
from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Membership, Person
from makerspace.regulation import by_id
from makerspace.regulation.terms import Role
from tests.factories import LONG_AGO, make_expert, make_person, member_of
from tests.matters.recognition.helpers import announced

pytestmark = pytest.mark.django_db
ASKED, DAY = date(2026, 12, 1), date(2027, 3, 1)  # titles of March 2026: the letters are for 2027
# design.md, kind priority; withdraw_letter is how a holder takes back what is not answered.
TABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "request_letter": (("draft",), ("applicant",)),
    "withdraw_letter": (("draft", "requested"), ("applicant",)),
    "issue_letter": (("requested",), ("bureau",)),
    "refuse_letter": (("requested",), ("bureau",)),
    "record_use": (("issued",), ("agency",)),
}
TARGETS = {
    "request_letter": ("requested",), "withdraw_letter": ("withdrawn",), "issue_letter": ("issued",),
    "refuse_letter": ("letter_refused",), "record_use": (),
}  # fmt: skip
HOLDS: dict[str, set[str]] = {
    "applicant_own": {"applicant"}, "applicant_other": {"applicant"}, "district_own": {"district"},
    "district_other": {"district"}, "bureau": {"bureau"}, "leader": {"leader"}, "expert": {"expert"},
    "discipline": {"discipline"}, "auditor": {"auditor"}, "agency": {"agency"}, "agency_own": {"applicant", "agency"},
    "system_admin": {"system_admin"},
}  # fmt: skip
SEES = {"applicant_own", "district_own", "bureau", "leader", "discipline", "auditor", "agency_own"}
CASES = {
    "draft": "draft", "requested": "requested", "issued": "issued", "letter_refused": "letter_refused",
    "withdrawn": "withdrawn", "ended_before": "requested", "ended_after": "issued",
}  # fmt: skip


def build() -> tuple[dict[str, Person], dict[str, Case]]:
    """Twelve people and seven letters; two titles have ended meanwhile."""
    announced(len(CASES))
    people = {
        "applicant_own": make_person(), "applicant_other": make_person(Role.APPLICANT),
        "district_own": make_person(Role.DISTRICT, "wuhua"), "district_other": make_person(Role.DISTRICT, "panlong"),
        "expert": make_expert(), "agency_own": make_person(Role.AGENCY),
        **{
            role.value: make_person(role)
            for role in (Role.BUREAU, Role.LEADER, Role.DISCIPLINE, Role.AUDITOR, Role.AGENCY, Role.SYSTEM_ADMIN)
        },
    }  # fmt: skip
    titles = Title.objects.select_related("organisation").order_by("number")
    cases = {key: led(title, CASES[key], people["bureau"]) for key, title in zip(CASES, titles, strict=True)}
    for case in cases.values():
        for name in ("applicant_own", "agency_own"):
            Membership.objects.create(
                person=people[name], organisation=case.organisation, role="editor", since=LONG_AGO
            )
    ended = [cases["ended_before"], cases["ended_after"]]
    Title.objects.filter(letters__case__in=ended).update(state="revoked", ended_on=DAY)
    return {name: Person.objects.get(pk=person.pk) for name, person in people.items()}, {
        key: queries.as_it_is(case) for key, case in cases.items()
    }


def led(title: Title, stage: str, bureau: Person) -> Case:
    owner = member_of(title.organisation)
    case = operations.open_letter(title, by=owner, on=ASKED)
    if stage == "draft":
        return case
    if stage == "withdrawn":
        return operations.withdraw_letter(case, by=owner, on=ASKED, reason="不申报了")
    case = operations.request_letter(case, by=owner, on=ASKED, programmes="市级重点实验室")
    if stage == "issued":
        return operations.issue_letter(case, by=bureau, on=ASKED)
    if stage == "letter_refused":
        return operations.refuse_letter(case, by=bureau, on=ASKED, reason="不属市级科技项目")
    return case


def predict(role: str, key: str, act: str) -> str:
    """404 → 403 → 409, or nothing in the way (a use of before the title ended may be written down after); an agency sees what is issued, and stands back from its own unit's."""
    if role not in SEES and not (role == "agency" and CASES[key] == "issued"):
        return "not_found"
    sources, by = TABLE[act]
    if not HOLDS[role] & set(by) or (role == "agency_own" and act == "record_use"):
        return "not_yours"
    if CASES[key] not in sources:
        return "wrong_stage"
    return "wrong_stage" if (act, key) == ("issue_letter", "ended_before") else ""


def test_the_table_is_that_of_the_regulation() -> None:
    moves = {move.act: move for move in by_id("kunkefa-2017-55").procedure("priority").moves}

    assert {act: (move.sources, tuple(move.by)) for act, move in moves.items()} == TABLE
    assert {act: move.targets for act, move in moves.items()} == TARGETS
    assert {act for act, move in moves.items() if move.decides} == {"issue_letter", "refuse_letter"}
    assert {move.articles for move in moves.values()} == {(17,)}


def test_the_gate_answers_as_predicted() -> None:
    people, cases = build()
    assert {key: case.stage for key, case in cases.items()} == CASES

    cells = [(role, key, act) for role in HOLDS for key in CASES for act in TABLE]
    wrong = []
    for role, key, act in cells:
        case = cases[key]
        refusal = queries.why_not(people[role], queries.procedure_of(case).move(act), case, on=DAY)
        said, want = refusal.code if refusal else "", predict(role, key, act)
        if said != want:
            wrong.append((role, key, act, said, want, refusal.text if refusal else ""))

    assert len(cells) == 12 * 7 * 5
    assert wrong == []
    assert {act for role, key, act in cells if not predict(role, key, act)} == set(TABLE)

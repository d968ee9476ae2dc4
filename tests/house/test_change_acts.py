"""The gate, asked as everybody about every act on changes in every stage: the whole cube, against design.md's table."""

import pytest

from makerspace.matters.recognition import operations
from makerspace.matters.recognition.models import Rectification, Title
from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Membership, Person, Post
from makerspace.regulation import by_id
from makerspace.regulation.terms import Role
from tests.factories import LONG_AGO, make_expert, make_person, member_of
from tests.matters.recognition.helpers import announced
from tests.matters.recognition.test_changes import LATER, proof, told

pytestmark = pytest.mark.django_db
# design.md, kind change; withdraw_change is how a holder takes back what is not decided; the two last rows are "the
# holder's relinquish (a title's own act, applicant, confirmed by bureau)".
TABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "file_change": (("draft",), ("applicant",)),
    "withdraw_change": (("draft", "district_opinion", "decision", "confirmation"), ("applicant",)),
    "give_opinion": (("district_opinion",), ("district",)),
    "return_change": (("district_opinion",), ("district",)),
    "grant_change": (("decision",), ("leader",)),
    "refuse_change": (("decision",), ("leader",)),
    "relinquish": (("draft",), ("applicant",)),
    "confirm_relinquish": (("confirmation",), ("bureau",)),
}
TARGETS = {
    "file_change": "district_opinion", "withdraw_change": "withdrawn", "give_opinion": "decision", "return_change": "draft",
    "grant_change": "granted", "refuse_change": "refused", "relinquish": "confirmation", "confirm_relinquish": "relinquished",
}  # fmt: skip
HOLDS: dict[str, set[str]] = {
    "applicant_own": {"applicant"}, "applicant_other": {"applicant"}, "district_own": {"district"},
    "district_other": {"district"}, "bureau": {"bureau"}, "leader": {"leader"}, "handled_leads": {"district", "leader"},
    "expert": {"expert"}, "discipline": {"discipline"}, "auditor": {"auditor"}, "agency": {"agency"},
    "system_admin": {"system_admin"},
}  # fmt: skip
SEES = {"applicant_own", "district_own", "bureau", "leader", "handled_leads", "discipline", "auditor"}
CASES = {
    "draft": "draft", "district_opinion": "district_opinion", "decision": "decision", "confirmation": "confirmation",
    "granted": "granted", "refused": "refused", "relinquished": "relinquished", "withdrawn": "withdrawn",
    "put_right": "confirmation", "ended": "decision",
}  # fmt: skip
HANDLED = {"decision", "granted", "refused", "ended"}


def build() -> tuple[dict[str, Person], dict[str, Case]]:
    """Twelve people and ten changes; ``handled_leads`` gave the district's opinion and is a leader too."""
    announced(len(CASES))
    people = {
        "applicant_own": make_person(), "applicant_other": make_person(Role.APPLICANT),
        "district_own": make_person(Role.DISTRICT, "wuhua"), "district_other": make_person(Role.DISTRICT, "panlong"),
        "handled_leads": make_person(Role.DISTRICT, "wuhua"), "expert": make_expert(),
        **{
            role.value: make_person(role)
            for role in (Role.BUREAU, Role.LEADER, Role.DISCIPLINE, Role.AUDITOR, Role.AGENCY, Role.SYSTEM_ADMIN)
        },
    }  # fmt: skip
    titles = Title.objects.select_related("organisation").order_by("number")
    cases = {key: led(title, key, people) for key, title in zip(CASES, titles, strict=True)}
    for case in cases.values():
        Membership.objects.create(
            person=people["applicant_own"], organisation=case.organisation, role="editor", since=LONG_AGO
        )
    Post.objects.create(person=people["handled_leads"], role="leader", valid_from=LONG_AGO)
    Rectification.objects.create(title=cases["put_right"].change.title, case=cases["put_right"], since=LATER)
    Title.objects.filter(changes__case=cases["ended"]).update(state="revoked", ended_on=LATER)
    return {name: Person.objects.get(pk=person.pk) for name, person in people.items()}, {
        key: queries.as_it_is(case) for key, case in cases.items()
    }


def led(title: Title, key: str, people: dict[str, Person]) -> Case:
    owner = member_of(title.organisation)
    case = operations.open_change(title, by=owner, on=LATER)
    if CASES[key] == "draft":
        return case
    if CASES[key] == "withdrawn":
        return operations.withdraw_change(case, by=owner, on=LATER, reason="不改了")
    if CASES[key] in {"confirmation", "relinquished"}:
        case = operations.relinquish(case, by=owner, on=LATER, reason="停办", sure=True)
        if CASES[key] == "relinquished":
            case = operations.confirm_relinquish(case, by=people["bureau"], on=LATER)
        return case
    given = told(title, name=f"{title.name}新", confirm_not_met=True)
    case = operations.file_change(case, by=owner, on=LATER, **given, papers=proof(case, owner))
    if CASES[key] == "district_opinion":
        return case
    case = operations.give_opinion(case, by=people["handled_leads"], on=LATER, supports=True, opinion="属实")
    if CASES[key] == "granted":
        return operations.grant_change(case, by=people["leader"], on=LATER, opinion="同意")
    if CASES[key] == "refused":
        return operations.refuse_change(case, by=people["leader"], on=LATER, reason="不同意")
    return case


def predict(role: str, key: str, act: str) -> str:
    """404 → 403 → 409, or nothing in the way."""
    if role not in SEES:
        return "not_found"
    sources, by = TABLE[act]
    held = HOLDS[role] & set(by)
    if not held:
        return "not_yours"
    if CASES[key] not in sources:
        return "wrong_stage"
    if "leader" in held and role == "handled_leads" and key in HANDLED:
        return "not_yours"
    stuck = (act, key) in {("grant_change", "ended"), ("confirm_relinquish", "put_right")}
    return "wrong_stage" if stuck else ""


def test_the_table_is_that_of_the_regulation() -> None:
    moves = {move.act: move for move in by_id("kunkefa-2017-55").procedure("change").moves}

    assert {act: (move.sources, tuple(move.by)) for act, move in moves.items()} == TABLE
    assert {act: move.targets[0] for act, move in moves.items()} == TARGETS
    assert {act for act, move in moves.items() if move.decides} == {
        "grant_change",
        "refuse_change",
        "confirm_relinquish",
    }
    assert {act for act, move in moves.items() if move.handles} == {"give_opinion", "return_change"}


def test_the_gate_answers_as_predicted() -> None:
    people, cases = build()
    assert {key: case.stage for key, case in cases.items()} == CASES

    cells = [(role, key, act) for role in HOLDS for key in CASES for act in TABLE]
    wrong = []
    for role, key, act in cells:
        case = cases[key]
        refusal = queries.why_not(people[role], queries.procedure_of(case).move(act), case, on=LATER)
        said, want = refusal.code if refusal else "", predict(role, key, act)
        if said != want:
            wrong.append((role, key, act, said, want, refusal.text if refusal else ""))

    assert len(cells) == 12 * 10 * 8
    assert wrong == []
    assert {act for role, key, act in cells if not predict(role, key, act)} == set(TABLE)

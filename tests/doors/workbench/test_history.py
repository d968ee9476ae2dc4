"""The record of a case as each role reads it: experts are named to few, objectors to nobody (C12, article 11)."""

from datetime import timedelta

import pytest

from makerspace.doors.api.case_views import record
from makerspace.doors.workbench.papers import papers_for
from makerspace.matters.review import operations
from makerspace.matters.review.models import Score
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from tests.doors.workbench.conftest import SignIn
from tests.factories import DAY, member_of
from tests.matters.review.walking import Staff, members, objection, to_decision, to_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
def case(staff: Staff) -> Case:
    return to_decision(staff, on=DAY)


def history_for(sign_in: SignIn, person: Person, case: Case) -> str:
    response = sign_in(person).get(f"/work/cases/{case.number}/?tab=history")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("role", "named"),
    [
        ("bureau", True),
        ("leader", True),
        ("auditor", True),
        ("second", False),
        ("district", False),
        ("discipline", False),
    ],
)
def test_experts_are_named_to_the_panels_handler_leaders_and_auditors(
    sign_in: SignIn, staff: Staff, case: Case, role: str, named: bool
) -> None:
    names = [str(person) for person in members(case)]

    text = history_for(sign_in, getattr(staff, role), case)

    assert [name in text for name in names] == [named] * 3
    assert ("专家组成员" in text) is not named


def test_why_a_case_was_sent_back_is_not_for_the_applicant_or_the_panel(
    sign_in: SignIn, staff: Staff, case: Case
) -> None:
    operations.remit(case, by=staff.leader, on=DAY, to="expert_review", reason="请再核实场地")
    readers = (staff.bureau, staff.district, member_of(case.organisation))

    told = ["请再核实场地" in history_for(sign_in, reader, case) for reader in readers]

    assert told == [True, True, False]


@pytest.mark.parametrize(
    ("role", "open_"), [("bureau", True), ("district", True), ("applicant", False), ("expert", False)]
)
def test_rank_and_inner_reasons_are_closed_in_the_record_to_applicant_and_experts(
    staff: Staff, case: Case, role: str, open_: bool
) -> None:
    case = operations.remit(case, by=staff.leader, on=DAY, to="expert_review", reason="请再核实场地")
    others = {"applicant": member_of(case.organisation), "expert": members(case)[0]}
    reader = others.get(role) or getattr(staff, role)

    entries = {row["act"]: row["content"] for row in record(case, Person.objects.get(pk=reader.pk), DAY)}

    assert [entries[act] is not None for act in ("recommend", "remit")] == [open_, open_]
    assert entries["record_visit"] is not None


def test_the_panels_opinion_is_a_paper_of_the_applicants_only_with_the_decision(staff: Staff, case: Case) -> None:
    def kinds_for(person: Person) -> set[str]:
        return {paper.kind for paper in papers_for(person, case, DAY)}

    before = [kinds_for(who) for who in (member_of(case.organisation), staff.leader)]
    operations.approve(case, by=staff.leader, on=DAY, meeting_on=DAY)

    assert ["expert_opinion" in kinds for kinds in before] == [False, True]
    assert "expert_opinion" in kinds_for(member_of(case.organisation))


def test_the_applicant_reads_what_was_done_but_no_expert(sign_in: SignIn, case: Case) -> None:
    text = history_for(sign_in, member_of(case.organisation), case)

    assert "提交评分" in text
    assert not any(str(person) in text for person in members(case))


def test_an_expert_knows_oneself_only(sign_in: SignIn, case: Case) -> None:
    own, *others = members(case)

    text = history_for(sign_in, own, case)

    assert str(own) in text
    assert not any(str(person) in text for person in others)


def test_an_end_that_was_not_hoped_for_stands_out_in_red(sign_in: SignIn, staff: Staff, case: Case) -> None:
    on = max(score.on for score in Score.objects.all()) + timedelta(days=5)
    reasons = [{"condition": "7.2.count", "text": "在驻企业不足。"}]
    operations.reject(case, by=staff.leader, on=on, meeting_on=on, reasons=reasons)

    text = history_for(sign_in, staff.leader, case)

    assert (text.count("k-event-grave"), text.count("k-event-ok")) == (1, 0)


@pytest.mark.parametrize("role", ["bureau", "leader", "auditor", "district", "discipline"])
def test_an_objector_is_named_to_nobody(sign_in: SignIn, staff: Staff, role: str) -> None:
    case = to_notice(staff, DAY)
    objection(case, DAY)

    text = history_for(sign_in, getattr(staff, role), case)

    assert "提出异议" in text
    assert "钱某某" not in text
    assert "13987654321" not in text
    assert "早已搬离" not in text


@pytest.mark.parametrize("tab", ["facts", "conditions", "materials", "visit", "panel", "history", "papers"])
@pytest.mark.parametrize("role", ["leader", "bureau", "auditor", "district"])
def test_no_case_page_asks_more_than_fifteen_times(
    sign_in: SignIn, staff: Staff, case: Case, django_assert_max_num_queries, role: str, tab: str
) -> None:
    client = sign_in(getattr(staff, role))
    client.get("/work/")

    with django_assert_max_num_queries(15):
        client.get(f"/work/cases/{case.number}/?tab={tab}")

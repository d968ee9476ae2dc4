"""Withdrawing: nothing that the review has set going is left standing."""

from datetime import timedelta

import pytest

from makerspace.matters.review import operations
from makerspace.matters.review.models import Objection, Recommendation, Withdrawal
from makerspace.matters.review.queries import district
from makerspace.matters.review.queries.objections import objection_status
from makerspace.office.casework.models import Assignment, Case
from makerspace.office.casework.queries import visible_to
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person
from tests.factories import draft_case, member_of, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db
LATER = VISIT_DAY + timedelta(days=20)


def withdrawn(case: Case) -> Case:
    """Taken back by its applicant."""
    return operations.withdraw(case, by=walking.applicant_of(case), on=LATER, reason="场地另有安排")


def told(person: Person, case: Case) -> list[str]:
    """How each message about the withdrawal begins."""
    rows = Message.objects.filter(person=person, stream=case.number, subject__contains="撤回")
    return [subject.split("：")[0] for subject in rows.values_list("subject", flat=True)]


def test_the_panel_parts_the_rank_is_free_and_all_are_told_once() -> None:
    staff = Staff()
    walking.pool()
    case = walking.convene(walking.recommend(submitted_case(), staff), staff)
    members = walking.members(case)

    case = withdrawn(case)

    row = Recommendation.objects.get(case=case)
    assert (row.returned_on, district.next_rank(row.authority, row.call)) == (LATER, 1)
    assert not Assignment.objects.filter(case=case, until=None).exists()
    assert not any(visible_to(member, LATER).filter(pk=case.pk).exists() for member in members)
    assert [len(told(person, case)) for person in (*members, staff.district, staff.bureau)] == [1] * 5
    assert Withdrawal.objects.get(case=case).reason == "场地另有安排"


def test_a_panel_whose_work_waits_for_the_leader_is_told_too() -> None:
    staff = Staff()
    case = walking.to_decision(staff)
    members = walking.members(case)

    case = withdrawn(case)

    assert [len(told(person, case)) for person in (*members, staff.leader)] == [1] * 4


def test_open_objections_are_closed_and_answered() -> None:
    staff = Staff()
    case, first = walking.to_objection_review(staff)
    case = operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=first.pk, reason="有明确事实")

    case = withdrawn(case)

    first.refresh_from_db()
    status = objection_status(first.receipt)
    assert status is not None
    assert (first.state, first.closed_on, status.next_step) == (Objection.State.ENDED, LATER, "")
    assert "已撤回申报" in status.reply
    assert Paper.objects.filter(subject=f"OBJ-{first.pk}", kind="objection_reply").count() == 1
    assert told(staff.handler, case) == ["申报已撤回"]


def test_what_was_answered_before_stays_as_it_was() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)
    for officer in (staff.handler, staff.discipline):
        operations.not_admit_objection(walking.fresh(case), by=officer, on=VISIT_DAY, objection=row.pk, reason="无事实")

    withdrawn(walking.fresh(case))

    row.refresh_from_db()
    assert (row.state, row.closed_on) == ("not_admitted", VISIT_DAY)


def test_a_draft_is_taken_back_without_a_word_to_the_offices() -> None:
    staff, case = Staff(), draft_case()

    case = operations.withdraw(case, by=member_of(case.organisation), on=VISIT_DAY, reason="改期申报")

    assert case.stage == "withdrawn"
    assert told(staff.district, case) == told(staff.bureau, case) == []

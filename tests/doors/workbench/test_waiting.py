"""待办 holds what waits besides the stages: for whoever may do it, with the days, straight to the place."""

from datetime import timedelta

import pytest

from makerspace.doors.workbench.desk import Waiting, desk_of
from makerspace.matters.review import operations
from makerspace.office.people.models import Person, Post
from makerspace.regulation.terms import Role
from tests.doors.workbench.conftest import SignIn
from tests.factories import DAY, LONG_AGO, member_of, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db


def lying_before(person: Person, on: object = VISIT_DAY) -> list[tuple[str, str]]:
    """What to do and where, as the person finds it after signing in anew."""
    desk = desk_of(Person.objects.get(pk=person.pk), on)  # type: ignore[arg-type]
    return [(row.what, row.url) for row in desk.waiting]


def test_a_received_objection_waits_for_whoever_may_handle_it() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)
    case = walking.fresh(case)

    [found] = desk_of(staff.discipline, VISIT_DAY).waiting

    assert found == Waiting(
        case.subject, f"{case.number}　第{row.pk}号异议", "审查是否受理异议", "第十一条", VISIT_DAY, case.due_on, "办理",
        f"/work/objections/{row.pk}/",
    )  # fmt: skip
    assert lying_before(staff.handler) == [("审查是否受理异议", f"/work/objections/{row.pk}/")]
    assert lying_before(staff.bureau) == []  # who convened the panel
    assert lying_before(staff.leader) == []


def test_a_proposal_not_to_admit_waits_for_another_than_proposed_it() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)
    operations.not_admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="没有事实")

    assert lying_before(staff.handler) == []
    assert lying_before(staff.second) == [("复核不予受理异议", f"/work/objections/{row.pk}/")]
    assert lying_before(staff.discipline) == [("复核不予受理异议", f"/work/objections/{row.pk}/")]


def test_an_admitted_objection_waits_for_its_handler_and_then_for_a_leader_who_may_decide() -> None:
    staff = Staff()
    Post.objects.create(person=staff.handler, role=Role.LEADER, valid_from=LONG_AGO)
    case, row = walking.to_objection_review(staff)
    on = VISIT_DAY + timedelta(days=9)
    operations.admit_objection(case, by=staff.handler, on=on, objection=row.pk, reason="有明确事实")

    admitted = [lying_before(who, on) for who in (staff.handler, staff.discipline, staff.leader)]
    operations.investigate_objection(
        case, by=staff.handler, on=on, objection=row.pk, steps="到现场核对。", findings="仍在驻。",
        reply_to_objector="仍在驻。", reply_to_applicant="经核查属实。",
    )  # fmt: skip
    investigated = [lying_before(who, on) for who in (staff.handler, staff.discipline, staff.leader)]

    assert admitted == [[("核查异议", f"/work/objections/{row.pk}/")], [], []]
    assert investigated == [[], [], [("异议处理", f"/work/cases/{case.number}/")]]


def test_a_draft_waits_for_its_second_reader_and_its_cases_for_nobody() -> None:
    staff = Staff()
    case, other = walking.to_approved(staff), walking.to_approved(staff, rank=2)
    draft = operations.prepare_notice([case], by=staff.bureau, on=VISIT_DAY)

    left = ("拟公示", f"/work/cases/{other.number}/")
    assert lying_before(staff.bureau) == [left]
    assert lying_before(staff.second) == [("复核并发布公示", f"/work/notices/{draft.pk}/"), left]


def test_a_proposal_to_publish_anew_waits_for_the_other_side() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    Post.objects.create(person=staff.bureau, role=Role.LEADER, valid_from=LONG_AGO)  # convened: may not decide
    operations.reissue_notice(case, by=staff.second, on=VISIT_DAY, wrong="名称有误")

    assert lying_before(staff.leader) == [("确认重新公示", f"/work/cases/{case.number}/acts/reissue_notice/")]
    assert [lying_before(who) for who in (staff.second, staff.bureau, staff.discipline)] == [[], [], []]
    assert lying_before(staff.leader, VISIT_DAY + timedelta(days=30)) == []


def test_a_visit_waits_for_its_countersignature_once() -> None:
    staff = Staff()
    case = walking.visit(submitted_case(on=DAY), staff)
    member = member_of(case.organisation)

    before = lying_before(member)
    operations.countersign_visit(case, by=member, on=VISIT_DAY, agrees=True)

    assert before == [("会签查验记录", f"/work/cases/{case.number}/acts/countersign_visit/")]
    assert lying_before(member) == []


def test_the_page_says_what_to_do_since_when_and_by_when(sign_in: SignIn) -> None:
    staff = Staff()
    case = walking.to_notice(staff, on=DAY)
    row = walking.objection(case, on=DAY)
    case = walking.fresh(case)

    text = sign_in(staff.discipline).get("/work/").content.decode()

    assert "目前没有等您办理的事项" not in text
    assert "审查是否受理异议" in text
    assert f'href="/work/objections/{row.pk}/"' in text
    assert f"{DAY:%Y-%m-%d}" in text
    assert f"{case.due_on:%Y-%m-%d}" in text

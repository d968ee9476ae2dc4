"""Acts that two people take, and acts that rest on a record: what is said after the first, what is shown to the second."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from makerspace.matters.review import operations
from makerspace.matters.review.models import PublicNotice
from makerspace.matters.review.operations.notice import count_notice
from makerspace.office.casework.models import Case
from makerspace.office.notify.models import Message
from tests.doors.workbench.conftest import SignIn
from tests.doors.workbench.forms import hidden_fields
from tests.factories import DAY, member_of, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import Staff

pytestmark = pytest.mark.django_db


def page_of(case: Case, act: str) -> str:
    return reverse("work_act", args=[case.number, act])


def taken(client: Client, case: Case, act: str, **given: str) -> str:
    """Open the act's page, send its form, and read the page that follows."""
    sent = hidden_fields(client.get(page_of(case, act))) | given
    response = client.post(page_of(case, act), sent, follow=True)
    assert [status for _, status in response.redirect_chain] == [302]
    return response.content.decode()


def test_a_countersignature_is_given_with_the_record_in_sight(sign_in: SignIn) -> None:
    staff = Staff()
    case = submitted_case(on=DAY)
    items = walking.visit_items(case)
    items[0] |= {"found": "一层西侧另有库房", "agrees": False, "remark": "库房不计入"}
    operations.record_visit(
        case, by=staff.district, on=DAY, visited_on=DAY, inspectors=["查验甲", "查验乙"], items=items
    )

    text = sign_in(member_of(case.organisation)).get(page_of(case, "countersign_visit")).content.decode()

    assert all(words in text for words in ("查验甲、查验乙", "一层西侧另有库房", "库房不计入"))


def test_a_proposal_to_publish_anew_is_announced_as_waiting_and_by_whom(sign_in: SignIn) -> None:
    staff = Staff()
    case = walking.to_notice(staff, on=DAY)

    text = taken(sign_in(staff.bureau, fresh=True), case, "reissue_notice", wrong="名称有误")

    assert f"还没有生效：须由市科技局负责人（{staff.leader}）确认" in text
    assert "已办理“重新公示”" not in text


def test_a_confirmed_one_is_announced_as_done(sign_in: SignIn) -> None:
    staff = Staff()
    case = walking.to_notice(staff, on=DAY)
    operations.reissue_notice(case, by=staff.bureau, on=DAY, wrong="名称有误")

    text = taken(sign_in(staff.leader, fresh=True), case, "reissue_notice", confirm="on")

    assert "已办理“重新公示”" in text
    assert "还没有生效" not in text


def test_a_proposal_not_to_admit_is_announced_as_waiting_and_by_whom(sign_in: SignIn) -> None:
    staff = Staff()
    case = walking.to_notice(staff, on=DAY)
    row = walking.objection(case, on=DAY)

    given = {"objection": str(row.pk), "reason": "没有写明事实"}
    text = taken(sign_in(staff.handler, fresh=True), case, "not_admit_objection", **given)
    confirmed = taken(sign_in(staff.second, fresh=True), case, "not_admit_objection", **given)

    assert "已提出不予受理，还没有生效" in text
    assert f"（{staff.second}、{staff.discipline}" in text
    assert f"{staff.bureau}、" not in text  # who convened the panel
    assert "还没有生效" not in confirmed


def test_the_second_sees_every_case_the_new_days_and_the_old_name_beside_the_new(sign_in: SignIn) -> None:
    staff = Staff()
    cases = [walking.to_approved(staff, on=DAY, rank=rank) for rank in (1, 2)]
    walking.published(staff, cases, on=DAY)
    case, other = map(walking.fresh, cases)
    correction = {"case": other.number, "field": "makerspace", "text": "翠湖众创空间"}
    operations.reissue_notice(case, by=staff.bureau, on=DAY, wrong="名称有误", corrections=[correction])
    old = PublicNotice.objects.get()
    count = count_notice(old.regulation, DAY, DAY)

    text = sign_in(staff.leader, fresh=True).get(page_of(case, "reissue_notice")).content.decode()

    assert all(each.organisation.name in text and each.number in text for each in (case, other))
    assert f"<del>{other.subject}</del> 改为 <ins>翠湖众创空间</ins>" in text
    assert all(step in text for step in count.steps)
    assert count.last_day == DAY + timedelta(days=7)


def test_a_hand_over_reads_well_whatever_the_act_is_called() -> None:
    staff = Staff()
    case, _ = walking.to_objection_review(staff)

    texts = Message.objects.filter(stream=case.number).values_list("text", flat=True)

    assert any("已办理“公示期满”" in text for text in texts)
    assert not any("已公示期满" in text for text in texts)

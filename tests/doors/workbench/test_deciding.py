"""Acts that decide ask again who one is (C32); what was typed is taken up afterwards."""

import pytest
from django.urls import reverse

from makerspace.office.casework.models import Case
from makerspace.office.record.models import Entry
from tests.doors.workbench.conftest import SignIn
from tests.doors.workbench.forms import hidden_fields
from tests.factories import DAY, submitted_case
from tests.matters.review.walking import Staff, to_approved, to_decision

PASSWORD = "Dianchi-lake-2026"
MEETING = {"meeting": "局长办公会", "meeting_on": DAY.isoformat()}


@pytest.fixture
def staff(db: None) -> Staff:
    staff = Staff()
    staff.leader.set_password(PASSWORD)
    staff.leader.save()
    return staff


@pytest.fixture
def page(staff: Staff) -> str:
    case = to_decision(staff, on=DAY)
    return reverse("work_act", args=[case.number, "approve"])


def approved() -> bool:
    return Entry.objects.filter(act="approve").exists()


def test_the_page_asks_for_the_password_first(sign_in: SignIn, staff: Staff, page: str) -> None:
    response = sign_in(staff.leader).get(page)

    assert response.status_code == 302
    assert response["Location"] == f"/accounts/reauthenticate/?next={page.replace('/', '%2F')}"


def test_after_the_password_the_page_opens_and_the_act_is_taken(sign_in: SignIn, staff: Staff, page: str) -> None:
    leader = sign_in(staff.leader)

    opened = leader.post(f"/accounts/reauthenticate/?next={page}", {"password": PASSWORD, "next": page}, follow=True)
    given = hidden_fields(opened) | MEETING
    taken = leader.post(page, given)

    assert opened.redirect_chain == [(page, 302)]
    assert taken.status_code == 302
    assert Case.objects.get().stage == "approved"


def test_a_proof_that_ran_out_while_writing_loses_nothing(sign_in: SignIn, staff: Staff, page: str) -> None:
    given = hidden_fields(sign_in(staff.leader, fresh=True).get(page)) | MEETING
    stale = sign_in(staff.leader)

    asked = stale.post(page, given)
    was_taken_before = approved()
    resumed = stale.post(asked["Location"], {"password": PASSWORD, "next": page})

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not was_taken_before
    assert resumed["Location"] == reverse("work_case", args=[Case.objects.get().number])
    assert approved()


def test_a_wrong_password_takes_nothing(sign_in: SignIn, staff: Staff, page: str) -> None:
    given = hidden_fields(sign_in(staff.leader, fresh=True).get(page)) | MEETING
    stale = sign_in(staff.leader)

    asked = stale.post(page, given)
    stale.post(asked["Location"], {"password": "not-the-password", "next": page})

    assert not approved()


def test_who_may_not_decide_is_refused_before_any_password(sign_in: SignIn, staff: Staff, page: str) -> None:
    assert sign_in(staff.bureau).get(page).status_code == 403


def test_a_fault_that_the_act_finds_stands_at_its_field(sign_in: SignIn, staff: Staff, page: str) -> None:
    leader = sign_in(staff.leader, fresh=True)
    given = hidden_fields(leader.get(page)) | {"meeting": "", "meeting_on": "2026年3月17日"}

    response = leader.post(page, given)

    assert response.status_code == 422
    assert {field for field, _ in response.context["form"].summary} == {"id_meeting_on"}
    assert not approved()


def test_a_fault_that_only_the_act_can_find_goes_back_into_the_form(sign_in: SignIn, staff: Staff, page: str) -> None:
    leader = sign_in(staff.leader, fresh=True)
    given = hidden_fields(leader.get(page)) | MEETING | {"meeting_on": "2026-03-17"}

    response = leader.post(page, given)

    assert response.status_code == 422
    assert [field for field, _ in response.context["form"].summary] == ["id_meeting_on"]
    assert "2026-03-17" in response.content.decode()
    assert not approved()


def test_an_act_with_a_page_of_its_own_leads_there(sign_in: SignIn, staff: Staff) -> None:
    case = submitted_case()

    response = sign_in(staff.district).get(reverse("work_act", args=[case.number, "record_visit"]))

    assert response["Location"] == reverse("review_visit", args=[case.number])


def test_a_batch_act_leads_to_its_page_with_the_case_named(sign_in: SignIn, staff: Staff) -> None:
    case = to_approved(staff, DAY)

    response = sign_in(staff.second, fresh=True).get(reverse("work_act", args=[case.number, "publish_notice"]))

    assert response["Location"] == f"{reverse('review_notice_new')}?case={case.number}"


def test_a_batch_act_is_taken_on_its_own_page_only_where_a_second_person_reads_it(
    sign_in: SignIn, staff: Staff
) -> None:
    case = to_approved(staff, DAY)
    given = {"form_token": "a" * 20, "seen": str(case.version), "publish_on": DAY.isoformat()}

    response = sign_in(staff.second, fresh=True).post(reverse("work_act", args=[case.number, "publish_notice"]), given)

    assert response["Location"] == f"{reverse('review_notice_new')}?case={case.number}"
    assert Case.objects.get(pk=case.pk).stage == "approved"

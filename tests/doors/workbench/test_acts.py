"""The generic act page: what will happen, one answer to one form, nothing lost on the way."""

import pytest
from django.test import Client
from django.urls import reverse

from makerspace.office.casework.models import Case
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.doors.workbench.conftest import SignIn
from tests.doors.workbench.forms import hidden_fields
from tests.factories import DAY, draft_case, make_organisation, make_person, member_of, submitted_case
from tests.matters.review import walking

REASON = "建设方案调整，改在下一批申报。"


@pytest.fixture
def case(db: None) -> Case:
    return draft_case()


@pytest.fixture
def applicant(case: Case, sign_in: SignIn) -> Client:
    return sign_in(member_of(case.organisation))


def page_of(case: Case, act: str = "withdraw") -> str:
    return reverse("work_act", args=[case.number, act])


def acts_of(case: Case) -> list[str]:
    return list(Entry.objects.filter(stream=case.number).order_by("seq").values_list("act", flat=True))


def test_the_page_says_what_will_happen_before_it_happens(applicant: Client, case: Case) -> None:
    text = applicant.get(page_of(case)).content.decode()

    assert "办理后会发生什么" in text
    assert "已撤回" in text
    assert case.organisation.name in text
    assert acts_of(case) == []


def test_an_act_is_taken_and_the_message_says_what_happens_next(applicant: Client, case: Case) -> None:
    given = hidden_fields(applicant.get(page_of(case))) | {"reason": REASON}

    response = applicant.post(page_of(case), given, follow=True)

    assert response.redirect_chain == [(reverse("work_case", args=[case.number]), 302)]
    assert "本件办结，结果为“已撤回”" in response.content.decode()
    assert acts_of(case) == ["withdraw"]


def test_the_same_form_sent_twice_is_answered_the_same_and_done_once(applicant: Client, case: Case) -> None:
    given = hidden_fields(applicant.get(page_of(case))) | {"reason": REASON}

    first, second = applicant.post(page_of(case), given), applicant.post(page_of(case), given)

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert acts_of(case) == ["withdraw"]


def test_a_form_without_its_token_is_not_taken(applicant: Client, case: Case) -> None:
    given = hidden_fields(applicant.get(page_of(case))) | {"reason": REASON}
    del given["form_token"]

    response = applicant.post(page_of(case), given)

    assert response.status_code == 422
    assert acts_of(case) == []


def test_a_form_that_is_wrong_keeps_what_was_typed(applicant: Client, case: Case) -> None:
    given = hidden_fields(applicant.get(page_of(case))) | {"reason": "太长" * 5000}

    response = applicant.post(page_of(case), given)

    assert response.status_code == 422
    assert "太长太长" in response.content.decode()
    assert acts_of(case) == []


def test_a_case_that_changed_meanwhile_is_shown_with_the_text_kept(applicant: Client, case: Case) -> None:
    given = hidden_fields(applicant.get(page_of(case))) | {"reason": REASON}
    Case.objects.filter(pk=case.pk).update(version=case.version + 1)

    stale = applicant.post(page_of(case), given)
    confirmed = applicant.post(page_of(case), hidden_fields(stale) | {"reason": REASON})

    assert stale.status_code == 412
    assert "您填写期间，本件有了新的办理记录" in stale.content.decode()
    assert REASON in stale.content.decode()
    assert confirmed.status_code == 302
    assert acts_of(case) == ["withdraw"]


def test_a_stage_that_has_passed_is_said_and_the_text_kept(applicant: Client, case: Case) -> None:
    given = hidden_fields(applicant.get(page_of(case))) | {"reason": REASON}
    other = hidden_fields(applicant.get(page_of(case))) | {"reason": "另一人先办理"}
    applicant.post(page_of(case), other)

    response = applicant.post(page_of(case), given)

    assert response.status_code == 409
    assert "最近一次办理" in response.content.decode()
    assert REASON in response.content.decode()
    assert acts_of(case) == ["withdraw"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_no_case(sign_in: SignIn, case: Case, method: str) -> None:
    stranger = sign_in(make_person(organisation=make_organisation()))

    response = getattr(stranger, method)(page_of(case))

    assert response.status_code == 404
    assert case.subject not in response.content.decode()


@pytest.mark.parametrize("role", [Role.BUREAU, Role.LEADER, Role.AUDITOR, Role.DISTRICT])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_applicants_act_is_refused_to_officers_with_who_may(
    sign_in: SignIn, case: Case, role: Role, method: str
) -> None:
    officer = sign_in(make_person(role))

    response = getattr(officer, method)(page_of(case), {"reason": REASON})

    assert response.status_code == 403
    assert "申报单位" in response.content.decode()
    assert acts_of(case) == []


@pytest.mark.parametrize("act", ["no_such_act", "x" * 300])
def test_an_unknown_act_is_not_there(applicant: Client, case: Case, act: str) -> None:
    assert applicant.get(page_of(case, act)).status_code == 404


def test_an_act_of_another_stage_is_refused_with_where_the_case_stands(applicant: Client, case: Case) -> None:
    response = applicant.get(page_of(case, "resubmit"))

    assert response.status_code == 409
    assert "填报中" in response.content.decode()


def test_the_clocks_act_is_nobodys(applicant: Client, case: Case) -> None:
    assert applicant.get(page_of(case, "lapse")).status_code == 403


def test_visitors_are_sent_to_sign_in(client: Client, case: Case) -> None:
    response = client.get(page_of(case))

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_who_declares_a_conflict_is_told_so_and_led_to_what_waits(db: None, sign_in: SignIn) -> None:
    staff = walking.Staff()
    walking.pool()
    case = walking.convene(walking.recommend(submitted_case(), staff, DAY), staff, DAY)
    expert = sign_in(walking.members(case)[0])
    form = hidden_fields(expert.get(page_of(case, "declare_interest")))

    told = expert.post(page_of(case, "declare_interest"), form | {"conflict": "true", "text": "合作过"}, follow=True)

    assert told.redirect_chain == [(reverse("work_home"), 302)]
    assert f"已登记“申明利害关系”。办件{case.number}今后不再由您办理" in told.content.decode()

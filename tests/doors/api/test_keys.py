"""Idempotency-Key: the same request counts once, also when it arrives twice at the same time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from makerspace.doors.clock.housekeeping import forget_answers
from makerspace.office.casework.models import Answer, Case
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from tests.doors.api.conftest import NOON, of, program
from tests.doors.api.life import City
from tests.factories import make_dossier, make_person


@pytest.mark.django_db
def test_the_same_key_and_content_get_the_same_answer() -> None:
    city = City()
    body = {"call": city.call.pk, "dossier": make_dossier()}

    first = city["applicant"].post("/cases", body, Idempotency_Key="k1")
    again = city["applicant"].post("/cases", body, Idempotency_Key="k1")

    assert of(first, 201) == of(again, 201)
    assert (first["ETag"], "Idempotent-Replayed" in first) == (again["ETag"], False)
    assert again["Idempotent-Replayed"] == "true"
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_refused() -> None:
    city = City()
    of(city["applicant"].post("/cases", {"call": city.call.pk, "dossier": make_dossier()}, Idempotency_Key="k1"), 201)

    answer = city["applicant"].post("/cases", {"call": city.call.pk, "dossier": make_dossier()}, Idempotency_Key="k1")

    assert of(answer, 422)["code"] == "invalid"
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_one_s_own_and_of_one_address() -> None:
    city = City()
    number, other = city.draft(), city.draft()
    colleague = program(make_person(organisation=city.unit))
    body = {"reason": "不再申报"}

    of(city["applicant"].post(f"/cases/{number}/acts/withdraw", body, Idempotency_Key="k1"))
    assert (
        of(colleague.post(f"/cases/{number}/acts/withdraw", body, Idempotency_Key="k1"), 409)["code"] == "wrong_stage"
    )
    of(city["applicant"].post(f"/cases/{other}/acts/withdraw", body, Idempotency_Key="k1"))


@pytest.mark.django_db
def test_a_refusal_is_not_kept_and_may_be_tried_again() -> None:
    city = City()
    number = city.draft()
    body = {"commitment": True}
    of(city["applicant"].post(f"/cases/{number}/acts/submit", body, Idempotency_Key="k1"), 422)
    city.with_files(number)

    case = of(city["applicant"].post(f"/cases/{number}/acts/submit", body, Idempotency_Key="k1"))

    assert case["stage"] == "district_review"


@pytest.mark.django_db
def test_a_key_is_forgotten_after_a_day() -> None:
    city = City()
    number = city.draft()
    of(city["applicant"].post(f"/cases/{number}/acts/withdraw", {"reason": "不再申报"}, Idempotency_Key="k1"))

    assert forget_answers(NOON + timedelta(hours=24)) == 0
    assert forget_answers(NOON + timedelta(hours=24, seconds=1)) == 1
    assert not Answer.objects.exists()


# -- at the same time --------------------------------------------------------------------------------------------------
def at_once(count: int, call: Callable[[], Any]) -> list[Any]:
    """The answers of as many threads, let go together, each with a connection of its own."""
    gate, answers = threading.Barrier(count), []

    def run() -> None:
        try:
            with clock.pretending(NOON):
                gate.wait(10)
                answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.both
@pytest.mark.usefixtures("many_at_once")
def test_many_requests_with_one_key_at_once_take_the_act_once() -> None:
    city = City()
    number = city.draft()

    answers = at_once(
        6,
        lambda: city["applicant"].post(f"/cases/{number}/acts/withdraw", {"reason": "不再申报"}, Idempotency_Key="k1"),
    )

    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert Entry.objects.filter(stream=number, act="withdraw").count() == 1


@pytest.mark.both
@pytest.mark.usefixtures("many_at_once")
def test_many_requests_without_a_key_at_once_let_one_win_and_tell_the_others() -> None:
    city = City()
    number = city.draft()

    answers = at_once(6, lambda: city["applicant"].post(f"/cases/{number}/acts/withdraw", {"reason": "不再申报"}))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert Entry.objects.filter(stream=number, act="withdraw").count() == 1


@pytest.mark.both
@pytest.mark.usefixtures("many_at_once")
def test_two_drafts_saved_over_the_same_tag_let_one_win() -> None:
    city = City()
    number = city.draft()
    dossier = make_dossier()

    answers = at_once(4, lambda: city["applicant"].put(f"/cases/{number}/dossier", dossier, If_Match='"1"'))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


@pytest.mark.both
@pytest.mark.usefixtures("many_at_once")
def test_many_objections_with_one_key_at_once_are_one(stranger: Any) -> None:
    city = City()
    _, notice = city.noticed()
    body = {"name": "郑观察", "contact": "13911112222", "facts": "入驻企业不实"}

    answers = at_once(4, lambda: stranger.post(f"/notices/{notice}/objections", body, Idempotency_Key="k1"))

    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in made}) == 1
    assert Entry.objects.filter(act="object").count() == 1

"""The pages for announcing: choose, look, announce."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from makerspace.matters.recognition.models import Announcement, Title
from makerspace.office.people.models import Person
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role
from tests.asking import browser
from tests.matters.recognition.helpers import NUMBER, ON, announced, leader, officer, waiting_case

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LIST, NEW = "/work/announcements/", "/work/announcements/new/"


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    """The day of these tests."""
    with time_machine.travel(f"{ON.isoformat()}T10:00:00+08:00", tick=False):
        yield


def text_of(response: Any) -> str:
    return str(response.content.decode())


def previewed(client: Client, numbers: list[str], document_number: str = NUMBER) -> HttpResponse:
    return client.post(NEW, {"step": "preview", "document_number": document_number, "cases": numbers})  # type: ignore[return-value]


def token_in(response: HttpResponse) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', text_of(response))
    assert found
    return found[1]


def test_the_page_offers_what_waits_and_keeps_back_what_the_leader_handled() -> None:
    person, free, handled = leader(), waiting_case(1), waiting_case(2)
    append(handled.number, "conclude", by=person, role=Role.EXPERT, on=ON)

    page = text_of(browser(person, fresh=True).get(NEW))

    assert f'value="{free.number}" aria-label="选择{free.subject}" checked' in page
    assert f'value="{handled.number}" aria-label="选择{handled.subject}" disabled' in page


def test_a_preview_restates_the_count_and_writes_nothing() -> None:
    person, cases = leader(), [waiting_case(1), waiting_case(2)]

    page = text_of(previewed(browser(person, fresh=True), [case.number for case in cases], "昆科发[2026]12号"))

    assert "将以昆科发〔2026〕12号公布2家" in page
    assert not Announcement.objects.exists()


def test_going_back_from_the_preview_keeps_number_and_choice() -> None:
    person, chosen, left = leader(), waiting_case(1), waiting_case(2)

    page = text_of(
        browser(person, fresh=True).post(NEW, {"step": "choose", "document_number": NUMBER, "cases": [chosen.number]})
    )

    assert f'value="{NUMBER}"' in page
    assert f'aria-label="选择{chosen.subject}" checked' in page
    assert f'aria-label="选择{left.subject}" checked' not in page


def test_sending_the_same_page_twice_announces_once() -> None:
    person, case = leader(), waiting_case()
    client = browser(person, fresh=True)
    token = token_in(previewed(client, [case.number]))
    sent = {"step": "publish", "document_number": NUMBER, "cases": [case.number], "form_token": token}

    answers = [client.post(NEW, sent), client.post(NEW, sent)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(302, LIST), (302, LIST)]
    assert Title.objects.count() == 1
    assert "1家获授" in text_of(client.get(LIST))


def test_what_was_typed_stays_when_something_is_wrong() -> None:
    person, case = leader(), waiting_case()

    answer = previewed(browser(person, fresh=True), [case.number], "第12号")

    assert answer.status_code == 422
    assert 'value="第12号"' in text_of(answer)
    assert f'value="{case.number}" aria-label="选择{case.subject}" checked' in text_of(answer)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ({"step": "publish"}, 422),
        ({"step": "publish", "form_token": "x" * 20, "document_number": "\x00", "cases": ["\x00"]}, 422),
        ({"step": "publish", "form_token": "\x00" * 20, "document_number": NUMBER, "cases": ["KM-2026-0001"]}, 200),
        ({"step": "preview", "document_number": NUMBER, "cases": ["x" * 500]}, 422),
        ({"step": "preview", "document_number": NUMBER, "cases": ["KM-2026-9999"]}, 404),
        ({"step": "preview", "document_number": "x" * 5000, "cases": ["KM-2026-0001"]}, 422),
        ({"step": "publish", "form_token": "x" * 20, "document_number": NUMBER, "cases": []}, 422),
    ],
)
def test_bad_input_is_answered_and_writes_nothing(sent: dict[str, Any], status: int) -> None:
    waiting_case()

    answer = browser(leader(), fresh=True).post(NEW, sent)

    assert answer.status_code == status
    assert not Announcement.objects.exists()


def test_a_case_that_moved_on_meanwhile_stops_the_batch_and_says_why() -> None:
    person, good, gone = leader(), waiting_case(1), waiting_case(2)
    client = browser(person, fresh=True)
    token = token_in(previewed(client, [good.number, gone.number]))
    type(gone).objects.filter(pk=gone.pk).update(stage="withdrawn")

    answer = client.post(
        NEW, {"step": "publish", "document_number": NUMBER, "cases": [good.number, gone.number], "form_token": token}
    )

    assert answer.status_code == 409
    assert f"{gone.number}：本件现处于“已撤回”环节" in text_of(answer)
    assert not Title.objects.exists()


@pytest.mark.parametrize("role", [Role.BUREAU, Role.AUDITOR, Role.DISCIPLINE])
def test_the_batch_page_is_the_leaders(role: Role) -> None:
    assert browser(officer("someone", role), fresh=True).get(NEW).status_code == 403


def test_announcing_asks_for_a_fresh_proof_of_identity() -> None:
    person = leader()
    person.set_password("滇池海鸥冬来春去")
    person.save()
    client = browser(person)

    answer = client.get(NEW)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_the_list_is_for_officers() -> None:
    assert Client().get(LIST).status_code == 302
    assert browser(Person.objects.create_user("nobody"), fresh=True).get(LIST).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_take_the_same_queries_for_one_and_for_thirty(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(leader(), fresh=True)
    announced(1)
    for n in range(100, 100 + count):
        waiting_case(n)
    client.get(LIST)  # the first visit of a session writes it down

    with django_assert_max_num_queries(10):
        assert client.get(NEW).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(LIST).status_code == 200

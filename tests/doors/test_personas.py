"""The demo's list of people: everybody whom a case needs can be chosen, and nobody else."""

import pytest
from django.test import Client
from pytest_django import Settings

from makerspace.doors.training.cast import EXPERTS
from makerspace.doors.training.people import People
from makerspace.office.people.models import Authority
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_every_expert_and_every_district_can_be_chosen(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    People().make()
    needed = {username for username, *_ in EXPERTS} | {f"district_{row.code}" for row in Authority.objects.all()}

    page = client.get("/accounts/login/").content.decode()
    answers = {name: client.post("/demo/become/", {"username": name}).status_code for name in needed}

    assert {name for name in needed if f'value="{name}"' not in page} == set()
    assert set(answers.values()) == {302}


def test_nobody_but_the_people_of_the_demo_can_be_chosen(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    People().make()
    make_person(username="zhangsan")

    assert client.post("/demo/become/", {"username": "zhangsan"}).status_code == 404
    assert client.post("/demo/become/", {"username": ""}).status_code == 404

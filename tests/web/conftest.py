"""The front is tried on pages of its own, so that no other room's pages are needed."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import Settings

from makerspace.office.people.models import Person, Post
from makerspace.regulation.terms import Role


@pytest.fixture(autouse=True)
def _own_pages(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def person(db: None) -> Person:
    """Somebody without any post."""
    return Person.objects.create_user("zhang", "zhang@example.cn", "x" * 12, name="张明")


@pytest.fixture
def leader(db: None) -> Person:
    """Somebody who leads the bureau."""
    leader = Person.objects.create_user("li", "li@example.cn", "x" * 12, name="李慧")
    Post.objects.create(person=leader, role=Role.LEADER, valid_from=date(2017, 1, 1))
    return leader


@pytest.fixture
def as_person(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client

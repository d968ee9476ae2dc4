"""What the workbench's tests share: the day of the factories, and people who have signed in."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from makerspace.office.people.models import Person
from makerspace.office.record.clock import KUNMING
from tests.factories import DAY

SignIn = Callable[..., Client]
METHODS = "account_authentication_methods"


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[time_machine.Traveller]:
    """The clock stands at ten in the morning of the factories' day, and goes on."""
    with time_machine.travel(datetime(DAY.year, DAY.month, DAY.day, 10, tzinfo=KUNMING)) as traveller:
        yield traveller


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A browser in which a person has signed in; ``fresh`` has just proven the identity again."""

    def enter(person: Person, *, fresh: bool = False) -> Client:
        client = Client()
        client.force_login(person)
        if fresh:
            session = client.session
            session[METHODS + "_user"] = str(person.pk)
            session[METHODS] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
            session.save()
        return client

    return enter

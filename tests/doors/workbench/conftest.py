"""What the workbench's tests share: the day of the factories, and people who have signed in."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from makerspace.office.record.clock import KUNMING
from tests.asking import browser
from tests.factories import DAY

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[time_machine.Traveller]:
    """The clock stands at ten in the morning of the factories' day, and goes on."""
    with time_machine.travel(datetime(DAY.year, DAY.month, DAY.day, 10, tzinfo=KUNMING)) as traveller:
        yield traveller


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A browser in which a person has signed in; ``fresh`` has just proven the identity again."""
    return browser

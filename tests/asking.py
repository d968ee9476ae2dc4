"""A browser in which somebody has signed in, and the refusal that an act meets."""

import re
import time
from collections.abc import Callable
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.people.models import Person

METHODS = "account_authentication_methods"


def browser(person: Person, *, fresh: bool = False) -> Client:
    """Signed in; ``fresh`` has just proven the identity again."""
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    if fresh:
        session = client.session
        session[METHODS + "_user"] = str(person.pk)
        session[METHODS] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session.save()
    return client


def refusal_of(act: Callable[[], object]) -> Refusal:
    """Why the act is refused; it is a failure if it is taken."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal


def base_of(page: str) -> str:
    """What a form says that it was made of."""
    return unescape(re.findall(r'name="base" value="([^"]*)"', page)[0])

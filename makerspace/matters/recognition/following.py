"""The cases that go with a title when its name or operator changes; handed in by the later rooms that open them."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import under_way

HANDED_ON, HANDED_ON_LABEL = "handed_on", "随称号变更移交"
Which = Callable[[Title], Q]
Then = Callable[[Case, date], None]


class Follower(NamedTuple):
    """Which cases of a kind go with a title, and what is done for each once it has been handed on."""

    which: Which
    then: Then | None


_FOLLOWING: list[Follower] = []


def follow(which: Which, then: Then | None = None) -> None:
    """Hand in which cases of a kind go with a title; called once when the matter's ``acts`` module is loaded.

    ``then(case, on)`` runs within the change, after the title has its new holder and the case its new unit.
    """
    _FOLLOWING.append(Follower(which, then))


def open_cases(title: Title) -> list[Case]:
    """The cases of the title that are under way, but for changes themselves."""
    return [case for case, _ in followers(title)]


def followers(title: Title) -> list[tuple[Case, Then | None]]:
    """The same, each with what is done for it once it has been handed on."""
    found = [(case, each.then) for each in _FOLLOWING for case in under_way(each.which(title))]
    return sorted(found, key=lambda row: row[0].number)

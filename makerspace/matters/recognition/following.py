"""The cases that go with a title when its name or operator changes; handed in by the later rooms that open them."""

from collections.abc import Callable

from django.db.models import Q

from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import under_way

HANDED_ON, HANDED_ON_LABEL = "handed_on", "随称号变更移交"
Which = Callable[[Title], Q]
_FOLLOWING: list[Which] = []


def follow(which: Which) -> None:
    """Hand in which cases of a kind go with a title; called once when the matter's ``acts`` module is loaded."""
    _FOLLOWING.append(which)


def open_cases(title: Title) -> list[Case]:
    """The cases of the title that are under way, but for changes themselves."""
    found = [case for which in _FOLLOWING for case in under_way(which(title))]
    return sorted(found, key=lambda case: case.number)

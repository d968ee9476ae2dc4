"""Where an empty register may be filled from: later rooms hand in what they know, for this room never looks ahead."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from makerspace.matters.registers.models import Makerspace
from makerspace.office.people.models import Person


class Offer(NamedTuple):
    """A way to fill the registers: what the link says, and its page."""

    label: str
    url: str


Source = Callable[[Makerspace, Person, date], Offer | None]
_SOURCES: list[Source] = []


def hand_in(source: Source) -> None:
    """Hand in a source; called once when the room's ``acts`` module is loaded."""
    _SOURCES.append(source)


def offers(makerspace: Makerspace, person: Person, on: date) -> list[Offer]:
    """All that can be offered to someone who keeps these registers."""
    return [offer for source in _SOURCES if (offer := source(makerspace, person, on))]

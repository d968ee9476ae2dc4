"""Who works on schemes in these tests."""

from typing import NamedTuple

from makerspace.office.people.models import Person


class Office(NamedTuple):
    """Two officers of the bureau, a leader, and one who is both."""

    bureau: Person
    second: Person
    leader: Person
    both: Person

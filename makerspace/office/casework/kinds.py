"""What each kind of case shows of itself beyond its acts; handed in by its matter, asked by the doors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person

Content = Callable[[Case, Person, date], Mapping[str, Any]]


def nothing(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """A kind that shows nothing of its own."""
    return {}


def everybody(case: Case, person: Person, on: date) -> bool:
    """A kind whose files are for whoever may read the case."""
    return True


@dataclass(frozen=True)
class Withheld:
    """What a reader of the case is not shown of it: the content of entries, by their number, and files, by their digest."""

    entries: frozenset[int] = frozenset()
    files: frozenset[str] = frozenset()


ALL_OPEN = Withheld()


def nothing_withheld(case: Case, person: Person, on: date) -> Withheld:
    """A kind of which whoever may read the case reads all."""
    return ALL_OPEN


@dataclass(frozen=True)
class TabOf:
    """One tab of the case page: its template, and what that template shows to this person."""

    code: str
    label: str
    template: str
    content: Content


@dataclass(frozen=True)
class Kind:
    """``facts(case, person, on)`` are the matter's own facts as JSON values, for whoever may read the case's content.

    ``notes`` names entries of the record that are no moves, such as a look at an account. ``reads_files(case, person, on)``
    narrows further who may open what was handed in, such as papers that bear an account; ``withholds(case, person, on)``
    leaves out single entries' content and single files, such as those of a unit that has handed the case on. What one
    did or uploaded oneself stays open.
    """

    code: str
    facts: Content = nothing
    tabs: tuple[TabOf, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    reads_files: Callable[[Case, Person, date], bool] = everybody
    withholds: Callable[[Case, Person, date], Withheld] = nothing_withheld


_KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Hand in a kind; called once when the matter's ``acts`` module is loaded."""
    _KINDS[kind.code] = kind


def kind_of(case: Case) -> Kind:
    """What was handed in for the kind of that case; a kind that shows nothing of its own where nothing was."""
    return _KINDS.get(case.kind) or Kind(case.kind)

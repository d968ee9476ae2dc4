"""What the registers of the same makerspace hold for a section of its application (articles 4, 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from makerspace.matters.application import shape
from makerspace.matters.registers import queries as registers
from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Section

NAMES = ("name", "title", "address")
BLOCKS = registers.BLOCKS


@dataclass(frozen=True)
class Block:
    """One list of the dossier: what is filled in now, and what the register says today."""

    key: str
    title: str
    before: list[Mapping[str, Any]]
    after: list[dict[str, Any]]

    @property
    def added(self) -> list[str]:
        """Who would come in."""
        return _beyond(self.after, self.before)

    @property
    def dropped(self) -> list[str]:
        """Who would no longer be listed."""
        return _beyond(self.before, self.after)

    @property
    def same(self) -> bool:
        """Whether nothing would change."""
        return self.before == self.after


def keys_in(section: Section) -> list[str]:
    """The lists of a section that a register keeps."""
    return [key for key in section.keys if key in BLOCKS]


def place_of(case: Case, person: Person, on: date) -> Makerspace | None:
    """The makerspace that the case is about, if it has registers that ``person`` may read."""
    return registers.named(person, case.organisation_id, case.subject, on)


def blocks(case: Case, section: Section, place: Makerspace, on: date) -> list[Block]:
    """The lists of a section beside what stands in the registers on ``on``; a query for each."""
    titles, held = shape.fields_of(case.regulation), case.application.dossier
    return [Block(key, titles[key].title, held.get(key) or [], _facts(key, place, on)) for key in keys_in(section)]


def _facts(key: str, place: Makerspace, on: date) -> list[dict[str, Any]]:
    return registers.facts_of(BLOCKS[key], place, registers.on_day(BLOCKS[key], on))


def _beyond(rows: list[Any], others: list[Any]) -> list[str]:
    """The names in one list that the other does not have."""
    known = {_name(row) for row in others}
    return [_name(row) for row in rows if _name(row) not in known]


def _name(row: Mapping[str, Any]) -> str:
    return next((str(row[name]) for name in NAMES if row.get(name)), "（未填名称）")

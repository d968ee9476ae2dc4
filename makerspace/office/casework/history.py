"""The record of a case as one person may read it: experts are named to few, objectors and the public to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from makerspace.office.casework import acts
from makerspace.office.casework.kinds import kind_of
from makerspace.office.casework.memory import remember
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import ROLE_NAMES, SEES_ALL, procedure_of
from makerspace.office.casework.refusals import cited
from makerspace.office.people.models import Person
from makerspace.office.prepared import Prepared
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import entries_of
from makerspace.regulation.terms import Procedure, Role, Stage

EXPERT = "专家组成员"
CONVENING = frozenset({"convene", "replace_expert"})  # the acts in which the office learns who the experts are


class Brief(NamedTuple):
    """An entry without what was sealed, which is long; the person by name."""

    act: str
    role: str
    at: datetime
    articles: str
    seal: str
    person_id: int | None
    person: str


Recorded = Sequence[Entry] | Sequence[Brief]


@dataclass(frozen=True)
class Words:
    """What was done, by whom as far as the reader may know, and on which articles."""

    label: str
    who: str
    article: str


@dataclass(frozen=True)
class Line(Words):
    """One entry in words."""

    entry: Entry


@dataclass(frozen=True)
class BriefLine(Words):
    """One entry in words, where nobody asks what was sealed."""

    entry: Brief


def history_of(case: Case, reader: Person, on: date) -> list[BriefLine]:
    """The whole record of a case in words, oldest first; one query, whatever its length."""
    entries = [
        Brief(act, role, at, articles, seal, person, name or username or "")
        for act, role, at, articles, seal, person, name, username in _briefs(stream=case.number)
    ]
    return [BriefLine(*said, entry) for said, entry in zip(_in_words(case, entries, reader, on), entries, strict=True)]


_briefs = Prepared(
    lambda stream: entries_of(stream).values_list(
        "act", "role", "at", "articles", "seal", "person_id", "person__name", "person__username"
    )
)


def told(case: Case, entries: Sequence[Entry], reader: Person, on: date) -> list[Line]:
    """Entries that were read already, in words for ``reader``."""
    return [Line(*said, entry) for said, entry in zip(_in_words(case, entries, reader, on), entries, strict=True)]


def _in_words(case: Case, entries: Recorded, reader: Person, on: date) -> list[tuple[str, str, str]]:
    """Label, who and article of each."""
    table, named, inside = procedure_of(case), names_experts(case, entries, reader, on), is_inside(case, reader, on)
    return [
        (
            table.move(entry.act).label if table.has(entry.act) else kind_of(case).notes.get(entry.act, entry.act),
            _who(entry, case, named=named or own, inside=inside or own),
            cited(tuple(int(number) for number in entry.articles.split(",") if number)),
        )
        for entry, own in ((entry, entry.person_id == reader.pk) for entry in entries)
    ]


def names_experts(case: Case, entries: Recorded | None, reader: Person, on: date) -> bool:
    """Whether the reader may know who the experts are (C12): who convened or replaced on this case, leaders, auditors.

    Nobody of the applying unit may, whatever else they are. ``entries`` are the case's where they were read already.
    """
    capacity = reader.capacity(on)
    if case.organisation_id in capacity.organisations:
        return False
    if capacity.roles & {Role.LEADER, Role.AUDITOR}:
        return True
    return Role.BUREAU in capacity.roles and _has_convened(case, entries, reader)


def _has_convened(case: Case, entries: Recorded | None, reader: Person) -> bool:
    if entries is None:
        own = Entry.objects.filter(stream=case.number, person=reader, role=Role.BUREAU, act__in=CONVENING)
        return remember(case, ("convened", reader.pk), own.exists)
    return any(
        entry.person_id == reader.pk and entry.role == Role.BUREAU and entry.act in CONVENING for entry in entries
    )


def is_inside(case: Case, reader: Person, on: date) -> bool:
    """Whether the reader is of the offices that see every case, and not of the applicant."""
    capacity = reader.capacity(on)
    return bool(capacity.roles & SEES_ALL) and case.organisation_id not in capacity.organisations


def _who(entry: Entry | Brief, case: Case, *, named: bool, inside: bool) -> str:
    if entry.role == Role.EXPERT and not named:
        return EXPERT
    act = acts.find(case.kind, entry.act)
    return _place(entry, case) if act and act.unnamed and not inside else _in_full(entry, case)


def _in_full(entry: Entry | Brief, case: Case) -> str:
    place = "专家" if entry.role == Role.EXPERT else _place(entry, case)
    return f"{entry.person}（{place}）" if entry.person else EXPERT if entry.role == Role.EXPERT else place


def _place(entry: Entry | Brief, case: Case) -> str:
    role = Role(entry.role)
    names = {Role.DISTRICT: case.authority.office, Role.APPLICANT: case.organisation.name}
    return names.get(role, ROLE_NAMES[role])


@lru_cache(maxsize=32)
def main_line(table: Procedure) -> tuple[Stage, ...]:
    """The straight way from the first stage to the end one hopes for: the first final stage of the table."""
    goal = next(stage.code for stage in table.stages if stage.final)
    ways: list[tuple[str, ...]] = [(table.first.code,)]
    reached = {table.first.code}
    for way in ways:
        if way[-1] == goal:
            return tuple(table.stage(code) for code in way)
        for move in table.moves:
            new = [code for code in move.targets if way[-1] in move.sources and code not in reached]
            reached.update(new)
            ways.extend((*way, code) for code in new)
    raise AssertionError(f"{table.kind}: no way leads to {goal}")


@lru_cache(maxsize=256)
def leads_to_the_goal(table: Procedure, code: str) -> bool:
    """Whether the end one hopes for can still be reached from that stage."""
    goal = main_line(table)[-1].code
    seen, ways = {code}, [code]
    for here in ways:
        for move in table.moves:
            new = [target for target in move.targets if here in move.sources and target not in seen]
            seen.update(new)
            ways.extend(new)
    return goal in seen


def reached_on(entries: Sequence[Entry]) -> dict[str, date]:
    """For each stage that was entered, the day on which it was entered last."""
    return {entry.after: entry.on for entry in entries if entry.after and entry.after != entry.before}

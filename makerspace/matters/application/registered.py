"""Between an application and the registers of the same makerspace, both ways (articles 4, 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from pydantic import ValidationError

from makerspace.matters.application import queries, shape
from makerspace.matters.application.models import Submission
from makerspace.matters.registers import queries as registers
from makerspace.matters.registers.forms import schema_of
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.offers import Offer
from makerspace.matters.registers.queries import Register
from makerspace.matters.registers.sheets import Plan, plan_of
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Section
from makerspace.web.forms.shapes import shapes_of

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


# -- from what was handed in to the registers --------------------------------------------------------------------------
@dataclass(frozen=True)
class Brought:
    """What one register would take from an application: its plan, and the rows that are not fit, each with why."""

    register: Register
    plan: Plan
    unfit: list[tuple[str, str]]


def handed_in(makerspace: Makerspace, person: Person, on: date) -> Submission | None:
    """The latest application for this makerspace as it was handed in, if ``person`` may read it."""
    seen = cases.visible_to(person, on).filter(
        kind=queries.KIND, organisation=makerspace.organisation_id, subject=makerspace.name
    )
    return Submission.objects.filter(case__in=seen).select_related("case").order_by("-at", "-pk").first()


def offer(makerspace: Makerspace, person: Person, on: date) -> Offer | None:
    """The way from the application into empty registers."""
    if handed_in(makerspace, person, on) is None:
        return None
    return Offer("从申报内容带入", reverse("application_into_registers", args=[makerspace.pk]))


def brought(makerspace: Makerspace, submission: Submission, on: date) -> list[Brought]:
    """What each register would take; what is there already stays as it is."""
    found = []
    for block, register in BLOCKS.items():
        rows, unfit = _lines(register, submission, submission.dossier.get(block) or [])
        plan = plan_of(register, makerspace, rows, on)
        labels = _labels(register)
        unfit += [
            (row.title, "；".join(f"{labels[name]}{text}" for name, text in row.faults.items())) for row in plan.faults
        ]
        kept = [row for row in plan.rows if row.act == "add"]
        found.append(Brought(register, Plan(kept, [], []), unfit))
    return found


def _lines(
    register: Register, submission: Submission, rows: list[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The rows of a dossier as lines of a register; what it does not ask begins with the makerspace itself."""
    opened = (submission.dossier.get("makerspace") or {}).get("opened_on") or submission.on.isoformat()
    schema, lines, unfit = schema_of(register), [], []
    for row in rows:
        given = {name: value for name, value in row.items() if value is not None}
        first = given.get("lease_from") or opened
        if register.begins not in register.facts:
            given[register.begins] = first if first <= submission.on.isoformat() else opened
        try:
            lines.append(schema.of(given).model_dump())
        except ValidationError as error:
            wrong = dict.fromkeys(
                _labels(register).get(str(each["loc"][0]), "") for each in error.errors() if each["loc"]
            )
            unfit.append((_name(row), f"{'、'.join(filter(None, wrong))}没有填写或不符合登记要求"))
    return lines, unfit


def _labels(register: Register) -> dict[str, str]:
    return {shape.name: shape.label for shape in shapes_of(schema_of(register))}

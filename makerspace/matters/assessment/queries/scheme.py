"""Schemes: which there are for whom, and what stands in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, QuerySet

from makerspace.matters.assessment.models import Scheme, SchemeChange
from makerspace.office.people.models import Person, Post
from makerspace.regulation import scheme as law
from makerspace.regulation.scheme import DIMENSIONS, KINDS, Sketch
from makerspace.regulation.scheme_words import formula_words, veto_words
from makerspace.regulation.terms import Role

PUBLISHED = Scheme.State.PUBLISHED


def schemes() -> QuerySet[Scheme]:
    """All but those thrown away; for those who work with them."""
    rows = Scheme.objects.exclude(state=Scheme.State.DISCARDED)
    return rows.select_related("changed_by", "published_by")


def published() -> QuerySet[Scheme]:
    """What anyone may read, the latest year first."""
    return Scheme.objects.filter(state=PUBLISHED).order_by("-year")


def published_for(year: int) -> Scheme | None:
    """The scheme by which the year is assessed; there is one at most."""
    return published().filter(year=year).first()


def changes_of(row: Scheme) -> QuerySet[SchemeChange]:
    """What happened to it, the latest first."""
    return row.changes.select_related("by").order_by("-pk")


def edited_by(person: Person, row: Scheme) -> bool:
    """Whether that person wrote any of it, and so may not publish it."""
    return row.changes.filter(by=person, edits=True).exists()


def sketch_of(row: Scheme) -> Sketch:
    """What stands in it, whole or not."""
    return Sketch.model_validate(row.body)


def scheme_of(row: Scheme) -> law.Scheme:
    """The whole scheme; a pydantic ``ValidationError`` where it is not whole."""
    return law.Scheme.model_validate(row.body)


def leaders(on: date) -> QuerySet[Person]:
    """Who may publish a scheme on the day."""
    held = Post.objects.filter(role=Role.LEADER.value, valid_from__lte=on)
    held = held.filter(Q(valid_until=None) | Q(valid_until__gte=on))
    return Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("pk")


# -- read aloud -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One indicator or bonus as a page shows it."""

    code: str
    label: str
    kind: str
    words: str
    weight: Decimal
    cap: Decimal
    source: str
    note: str


@dataclass(frozen=True)
class Part:
    """A dimension with its weight and its lines."""

    code: str
    label: str
    weight: Decimal
    lines: Sequence[Said]


@dataclass(frozen=True)
class Reading:
    """A scheme read aloud."""

    sketch: Sketch
    parts: Sequence[Part]
    bonuses: Sequence[Said]
    vetoes: Sequence[tuple[law.Veto, str]]

    @property
    def system(self) -> bool:
        """Whether it is the default that ships, unchanged: the system's, not the bureau's."""
        return self.sketch.origin == "system"

    @cached_property
    def weight(self) -> Decimal:
        """What the dimensions weigh together."""
        return law.plain(sum((part.weight for part in self.parts), Decimal(0)))


def read_aloud(sketch: Sketch) -> Reading:
    """Every formula as a sentence."""
    names = {row.code: row for row in sketch.fields}
    said = {row.code: _said(row, names) for row in sketch.rows}
    return Reading(
        sketch,
        [
            Part(code, label, law.plain(sketch.weight_of(code)), [said[row.code] for row in sketch.of(code)])
            for code, label in DIMENSIONS.items()
        ],
        [said[row.code] for row in sketch.bonuses],
        [(veto, veto_words(veto, names)) for veto in sketch.vetoes],
    )


def _said(row: law.Indicator | law.Bonus, names: dict[str, law.Named]) -> Said:
    weight = row.weight if isinstance(row, law.Indicator) else row.cap
    words = formula_words(row.formula, names)
    return Said(row.code, row.label, KINDS[row.formula.kind], words, weight, row.cap, row.source, row.note)

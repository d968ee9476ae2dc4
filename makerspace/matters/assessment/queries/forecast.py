"""The forecast: what this year's figures so far would score, line by line, for the unit itself and its district."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.assessment.queries.scheme import published, scheme_of
from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.queries import in_force
from makerspace.matters.registers.queries import visible_to
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Person
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.scheme import Facts, Line, Scored
from makerspace.regulation.scoring import peer_figures, score

MOST_HINTS = 5


@dataclass(frozen=True)
class Forecast:
    """This year as things stand. ``scheme`` names what it was scored by, ``year`` its own; ``system``: the default."""

    scored: Scored
    figures: YearFigures
    scheme: str
    year: int | None

    @property
    def parts(self) -> list[tuple[str, str, Sequence[Line]]]:
        """Label, points of weight, lines: by dimension, the bonuses last."""
        totals = self.scored.dimensions
        parts = [(row.label, f"{row.points}／{row.weight}分", self.scored.of(row.code)) for row in totals]
        return [*parts, ("加分项", f"{self.scored.bonus}分", self.scored.bonuses)]

    @property
    def hints(self) -> list[tuple[Line, Decimal]]:
        """Where most can still be gained, with how much."""
        lost = sorted((line for line in self.scored.lines if line.points < line.weight), key=_lost, reverse=True)
        return [(line, _lost(line)) for line in lost[:MOST_HINTS]]


def _lost(line: Line) -> Decimal:
    return line.weight - line.points


def titles_for(person: Person, on: date) -> QuerySet[Title]:
    """The titles in force whose registers ``person`` may read."""
    rows = in_force(on).filter(makerspace__in=visible_to(person, on))
    return rows.select_related("authority", "makerspace").order_by("number")


def title_for(person: Person, number: str, on: date) -> Title:
    """One of them, or 404."""
    found = titles_for(person, on).filter(number=number).first()
    if found is None:
        raise Refused(NOT_THERE)
    return found


def forecast(title: Title, year: int) -> Forecast | None:
    """The year so far under the latest published scheme, or the default; none before figures were taken. Two queries.

    Lines that compare are compared with what is there of the others.
    """
    rows = list(YearFigures.objects.filter(year=year).order_by("source"))  # registers, then report
    mine = next((row for row in reversed(rows) if row.title_id == title.pk), None)
    if mine is None:
        return None
    row = published().filter(year__lte=year).first()
    scheme = scheme_of(row) if row else default_scheme(year)
    latest = {each.title_id: _facts(each) for each in rows}
    peers = peer_figures(scheme, latest.values())
    return Forecast(score(scheme, _facts(mine), peers), mine, scheme.title, row.year if row else None)


def _facts(row: YearFigures) -> Facts:
    return Facts.model_validate({"values": row.values})

"""The forecast: what this year's figures so far would score, line by line, for the unit itself and its district."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.assessment.queries.figures import added_up
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
    """This year as things stand. ``scheme`` names what it was scored by, ``year`` its own, none where it is the system's
    default; ``verified``: by the report and no longer by the registers."""

    scored: Scored
    scheme: str
    year: int | None
    verified: bool

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


def forecast(title: Title, on: date) -> Forecast:
    """This year as it stands on that day, under the latest published scheme or the default: by the report once it is
    verified, until then by the registers as they are now. Lines that compare are compared with the others' latest
    figures, which the clock renews each day."""
    rows = list(_figures(on))
    report = next((row for row in rows if row.title_id == title.pk and row.source == YearFigures.Source.REPORT), None)
    mine = _facts(report) if report else Facts(values=added_up(title.makerspace, date(on.year, 1, 1), on))
    row = published().filter(year__lte=on.year).first()
    scheme = scheme_of(row) if row else default_scheme(on.year)
    latest = {each.title_id: _facts(each) for each in rows} | {title.pk: mine}
    scored = score(scheme, mine, peer_figures(scheme, latest.values()))
    return Forecast(scored, scheme.title, row.year if row else None, verified=report is not None)


def standing(titles: Iterable[Title], on: date) -> dict[int, Scored]:
    """By title what this year so far would score, of the figures taken last; those without figures are left out."""
    latest = {each.title_id: _facts(each) for each in _figures(on)}
    row = published().filter(year__lte=on.year).first()
    scheme = scheme_of(row) if row else default_scheme(on.year)
    peers = peer_figures(scheme, latest.values())
    return {title.pk: score(scheme, latest[title.pk], peers) for title in titles if title.pk in latest}


def _figures(on: date) -> QuerySet[YearFigures]:
    """This year's figures of the titles in force: of the registers first, then of reports, which count more."""
    return YearFigures.objects.filter(year=on.year, title__in=in_force(on)).order_by("source")


def _facts(row: YearFigures) -> Facts:
    return Facts.model_validate({"values": row.values})

"""What waits for a person of bookings and sessions: to answer, to answer instead of whoever is silent, to record."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from makerspace.matters.review.queries.waiting import Errand
from makerspace.matters.support.models import Booking, Session, State
from makerspace.matters.support.queries.engagements import answering, term
from makerspace.matters.support.queries.facilities import kept_by
from makerspace.matters.support.queries.mentors import serving_as
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Parameter, Role

Rows = QuerySet[Any, tuple[Any, ...]]
ANSWER = Q(state=State.ASKED)
COLUMNS = ("pk", "kind", "state", "about", "makerspace__name", "start", "end", "asked_at", "answer_by")


class Row(NamedTuple):
    """What an errand says, of a booking or of a session."""

    pk: int
    kind: str
    state: str
    about: str
    makerspace: str
    start: datetime
    end: datetime
    asked_at: datetime
    answer_by: date


def errands_of(person: Person, on: date) -> list[Errand]:
    """To answer or record as a provider or mentor; to answer instead, as the bureau. One query for each of the roles."""
    roles, now = person.roles_on(on), clock.now()
    found: list[Errand] = []
    if Role.PROVIDER in roles:
        found += _errands(_bookings(_due(now) & Q(offer__facility__in=kept_by(person, on))), on)
    if Role.MENTOR in roles:
        found += _errands(_sessions(_due(now) & Q(mentor__in=serving_as(person, on))), on)
    if Role.BUREAU in roles:
        silent = ANSWER & Q(answer_by__lt=on, start__gt=now)
        found += _errands(_bookings(silent).union(_sessions(silent), all=True), on, "代为答复")
    return found


def _bookings(which: Q) -> Rows:
    return Booking.objects.filter(which).order_by().values_list(*_columns("booking", "offer__name"))


def _sessions(which: Q) -> Rows:
    return Session.objects.filter(which).order_by().values_list(*_columns("session", "purpose"))


def _columns(kind: str, about: str) -> list[Combinable]:
    """The same columns of both; which of the two it is, and what it is about, stand among them."""
    named: dict[str, Combinable] = {"kind": Value(kind, CharField()), "about": F(about)}
    return [named.get(name, F(name)) for name in COLUMNS]


def _due(now: datetime) -> Q:
    """To be answered while there is time, or to be recorded once it is over."""
    return (ANSWER & Q(start__gt=now)) | Q(state=State.AGREED, end__lte=now)


def _errands(rows: Rows, on: date, instead: str = "") -> list[Errand]:
    found = [Row(*row) for row in rows]
    if not found:
        return []
    days = answering(on)
    return [_errand(row, days, instead) for row in found]


def _errand(row: Row, days: Parameter, instead: str) -> Errand:
    asked, start = row.state == State.ASKED, row.start.astimezone(clock.KUNMING)
    noun, article = ("预约", 15) if row.kind == "booking" else ("辅导约请", 16)
    return Errand(
        subject=row.makerspace,
        note=f"{row.about[:30]}　{chinese(start.date())}{start:%H:%M}",
        what=instead or (f"答复{noun}" if asked else "登记完成情况"),
        articles=(article,),
        since=clock.day_of(row.asked_at if asked else row.end),
        last_day=row.answer_by if asked else term(clock.day_of(row.end), days),
        label="办理",
        place=(f"support_{row.kind}", (row.pk,)),
    )

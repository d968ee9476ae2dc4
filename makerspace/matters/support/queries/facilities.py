"""The facilities and what they offer: public by construction; who keeps one is known to those concerned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet

from makerspace.matters.support.hours import Span, at, days, open_on, why_closed, without
from makerspace.matters.support.models import Booking, Facility, Keeper, Offer, OpenHours, State
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

READERS = frozenset({Role.BUREAU, Role.LEADER, Role.AUDITOR})
HOLDING = (State.ASKED, State.AGREED)


def current(on: date) -> Q:
    """Rows with ``since`` and ``until`` (the last day) that hold on a day."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))


def offers(on: date) -> QuerySet[Offer]:
    """What is open to booking, with its facility and the weekly hours of the day as ``week``; public."""
    week = Prefetch("hours", OpenHours.objects.filter(current(on)), to_attr="week")
    rows = Offer.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on))
    return rows.select_related("facility").prefetch_related(week).order_by("facility__name", "name")


def facilities(on: date) -> QuerySet[Facility]:
    """Every facility with what it opens now as ``open``; public."""
    opened = Prefetch("offers", offers(on), to_attr="open")
    return Facility.objects.prefetch_related(opened).annotate(
        count=Count("offers", filter=Q(offers__closed_on=None) | Q(offers__closed_on__gt=on))
    )


def offer_of(pk: int, on: date) -> Offer | None:
    """One offer, closed ones too, with its facility, this day's ``week`` and its closures."""
    week = Prefetch("hours", OpenHours.objects.filter(current(on)), to_attr="week")
    return Offer.objects.select_related("facility").prefetch_related(week, "hours", "closures").filter(pk=pk).first()


def keepers(facility: Facility, on: date) -> list[Keeper]:
    """Who answers for a facility now, those who have not accepted yet too."""
    rows = facility.keepers.filter(current(on)).select_related("person", "invitation__accepted_by")
    return list(rows.order_by("since", "pk"))


def people_keeping(facility: Facility, on: date) -> list[Person]:
    """The accounts that keep a facility."""
    return [keeper.account for keeper in keepers(facility, on) if keeper.account]


def kept_by(person: Person, on: date) -> QuerySet[Facility]:
    """The facilities that a person answers for; none once the post is over."""
    if Role.PROVIDER not in person.roles_on(on):
        return Facility.objects.none()
    own = Keeper.objects.filter(current(on)).filter(Q(person=person) | Q(invitation__accepted_by=person))
    return Facility.objects.filter(pk__in=own.values("facility"))


def measurable(person: Person, on: date) -> QuerySet[Offer]:
    """The offers whose openness a person may know: one's own facilities', or all for who oversees."""
    rows = Offer.objects.select_related("facility").order_by("facility__name", "name")
    return rows if person.roles_on(on) & READERS else rows.filter(facility__in=kept_by(person, on))


def may_change(person: Person, facility: Facility, on: date) -> bool:
    """Its keepers and the bureau change what a facility offers."""
    return Role.BUREAU in person.roles_on(on) or kept_by(person, on).filter(pk=facility.pk).exists()


# -- a week ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """A part of a day: free to be booked, taken, or over."""

    span: Span
    state: str  # free, taken, over
    booking: Booking | None = None


@dataclass(frozen=True)
class Day:
    """A day of an offer: its parts in order, or why there are none."""

    day: date
    parts: list[Part]
    closed: str = ""


def week_of(offer: Offer, monday: date, now: datetime) -> list[Day]:
    """Seven days of an offer; what is past is over, what is asked or agreed is taken. One query."""
    last = monday + timedelta(days=6)
    taken = list(bookings_within(offer, monday, last))
    hours, closures = list(offer.hours.all()), list(offer.closures.all())
    found = []
    for day in days(monday, last):
        spans = [] if _is_closed(offer, day) else open_on(day, hours, closures, on_holidays=offer.on_holidays)
        own = [row for row in taken if row.start.astimezone(clock.KUNMING).date() == day]
        closed = why_closed(day, closures, on_holidays=offer.on_holidays) or "不开放"
        found.append(Day(day, _parts(spans, own, now), "" if spans or own else closed))
    return found


def _is_closed(offer: Offer, day: date) -> bool:
    return offer.closed_on is not None and day >= offer.closed_on


def _parts(spans: list[Span], taken: list[Booking], now: datetime) -> list[Part]:
    used = [Part(Span(row.start, row.end), "taken", row) for row in taken]
    free = [Part(span, "over" if span.start <= now else "free") for span in _cut(without(spans, _spans(taken)), now)]
    return sorted([*used, *free], key=lambda part: part.span)


def _cut(spans: Iterable[Span], now: datetime) -> list[Span]:
    """Spans that lie across the present are cut at the next half hour."""
    edge = now.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30 if now.minute < 30 else 60)
    cut: list[Span] = []
    for span in spans:
        cut += [Span(span.start, edge), Span(edge, span.end)] if span.start < edge < span.end else [span]
    return cut


def _spans(taken: Iterable[Booking]) -> list[Span]:
    return [Span(row.start, row.end) for row in taken]


def bookings_within(offer: Offer, first: date, last: date) -> QuerySet[Booking]:
    """What holds or held time of an offer between two days."""
    kept = (*HOLDING, State.DONE, State.MISSED)
    begins, ends = at(first, time()), at(last + timedelta(days=1), time())
    rows = Booking.objects.filter(offer=offer, state__in=kept, start__gte=begins, start__lt=ends)
    return rows.select_related("makerspace").order_by("start")


def held_on(offer: Offer, first: date, last: date | None, now: datetime) -> QuerySet[Booking]:
    """Bookings yet to come that a closure of these days (for good, without a last day) would break."""
    rows = Booking.objects.filter(offer=offer, state__in=HOLDING, end__gt=max(now, at(first, time())))
    return rows if last is None else rows.filter(start__lt=at(last + timedelta(days=1), time()))

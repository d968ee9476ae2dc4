"""What help a makerspace made use of, for the report of the year; and how open a provider was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from makerspace.matters.registers.models import Makerspace
from makerspace.matters.support.hours import Span, at, days, open_on
from makerspace.matters.support.models import Booking, Engagement, Offer, Session, State
from makerspace.office.record import clock

BOOKED = frozenset({State.AGREED, State.DONE, State.MISSED})
FORMULAS = (
    ("开放时数", "期内每天按当时公布的每周开放时间相加；临时停开、停止开放的日子和放假的法定节假日不计。"),
    ("预约时数", "期内已确认、已完成和未到场的预约，按约定时间相加。"),
    ("使用时数", "期内已完成的预约，按登记的实际起止时间相加。"),
    ("使用率", "使用时数 ÷ 开放时数。"),
    ("收到预约", "约定时间在期内的全部预约，包括后来谢绝、撤回、取消和失效的。"),
    ("按期答复", "约定在期内的预约中，在答复期限内确认或谢绝的件数 ÷ 应答复的件数（撤回的和尚在期限内的不计）。"),
)


@dataclass(frozen=True)
class ServiceFacts:
    """What a makerspace asked for and got between two days: counts, and hours as recorded."""

    bookings: int
    bookings_agreed: int
    uses: int
    use_hours: float
    sessions_asked: int
    sessions_held: int
    session_hours: float
    attendance: int
    tenants: int
    facilities: int
    mentors: int


def service_facts(makerspace: Makerspace, from_day: date, to_day: date) -> ServiceFacts:
    """The facts of articles 15 and 16 from one day to another (both counted), by the agreed day; two queries."""
    return service_facts_of([makerspace], from_day, to_day)[makerspace.pk]


def service_facts_of(makerspaces: Iterable[Makerspace], from_day: date, to_day: date) -> dict[int, ServiceFacts]:
    """The same of several makerspaces by their keys; two queries, however many there are."""
    keys = [row.pk for row in makerspaces]
    booked = _within(Booking.objects.filter(makerspace__in=keys), from_day, to_day).select_related("offer")
    met = _within(Session.objects.filter(makerspace__in=keys), from_day, to_day)
    bookings, sessions = list(booked), list(met)
    return {
        key: _facts(
            [row for row in bookings if row.makerspace_id == key], [row for row in sessions if row.makerspace_id == key]
        )
        for key in keys
    }


def service_figures(makerspace: Makerspace, from_day: date, to_day: date) -> dict[str, Decimal]:
    """What the yearly report asks of articles 15 and 16, under its own codes; one query."""
    counts = {
        code: _done(model.objects.filter(makerspace=OuterRef("pk")), from_day, to_day)
        for code, model in (("facility_uses", Booking), ("mentor_sessions", Session))
    }
    found = Makerspace.objects.filter(pk=makerspace.pk).values(**counts).get()
    return {code: Decimal(str(value)) for code, value in found.items()}


def _done(rows: QuerySet, first: date, last: date) -> Coalesce:  # type: ignore[type-arg]
    done = _within(rows.filter(state=State.DONE), first, last).order_by().values("makerspace")
    return Coalesce(Subquery(done.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _facts(booked: Sequence[Booking], met: Sequence[Session]) -> ServiceFacts:
    used, held = [row for row in booked if row.state == State.DONE], [row for row in met if row.state == State.DONE]
    return ServiceFacts(
        bookings=len(booked),
        bookings_agreed=sum(row.state in BOOKED for row in booked),
        uses=len(used),
        use_hours=hours_done(used),
        sessions_asked=len(met),
        sessions_held=len(held),
        session_hours=hours_done(held),
        attendance=sum(row.attendance or 0 for row in (*used, *held)),
        tenants=len({row.tenant for row in (*used, *held) if row.tenant}),
        facilities=len({row.offer.facility_id for row in used}),
        mentors=len({row.mentor_id for row in held}),
    )


def _within(rows: QuerySet, first: date, last: date) -> QuerySet:  # type: ignore[type-arg]
    return rows.filter(start__gte=at(first, time()), start__lt=at(last + timedelta(days=1), time()))


def hours_done(rows: Iterable[Engagement]) -> float:
    """The recorded hours together."""
    return sum(Span(row.done_start, row.done_end).hours for row in rows if row.done_start and row.done_end)


# -- openness ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Openness:
    """How open an offer was in a period; hours, counts, and shares that are None where there is nothing to share."""

    offer: Offer
    open_hours: float
    booked_hours: float
    used_hours: float
    asked: int
    due: int
    in_time: int
    refused: int
    lapsed: int
    stars: float | None

    @property
    def usage(self) -> float | None:
        """Hours used over hours open."""
        return self.used_hours / self.open_hours if self.open_hours else None

    @property
    def punctuality(self) -> float | None:
        """Answered in time over those that were to be answered."""
        return self.in_time / self.due if self.due else None


def openness(offers: QuerySet[Offer], first: date, last: date, now: datetime) -> list[Openness]:
    """Each offer measured between two days (both counted, none to come); four queries, however many offers."""
    rows = list(offers.prefetch_related("hours", "closures"))
    asked = _within(Booking.objects.filter(offer__in=rows), first, last)
    by_offer: dict[int, list[Booking]] = {}
    for booking in asked:
        by_offer.setdefault(booking.offer_id, []).append(booking)
    return [_measured(offer, by_offer.get(offer.pk, []), first, min(last, clock.day_of(now)), now) for offer in rows]


def _measured(offer: Offer, rows: Sequence[Booking], first: date, last: date, now: datetime) -> Openness:
    today = clock.day_of(now)
    due = [row for row in rows if _is_due(row, today)]
    rated = [row.stars for row in rows if row.stars]
    return Openness(
        offer=offer,
        open_hours=open_hours(offer, first, last),
        booked_hours=sum(Span(row.start, row.end).hours for row in rows if row.state in BOOKED),
        used_hours=hours_done(rows),
        asked=len(rows),
        due=len(due),
        in_time=sum(_in_time(row) for row in due),
        refused=sum(row.state == State.REFUSED for row in rows),
        lapsed=sum(row.state == State.LAPSED for row in rows),
        stars=sum(rated) / len(rated) if rated else None,
    )


def open_hours(offer: Offer, first: date, last: date) -> float:
    """The hours that an offer was open between two days; its hours and closures are read already."""
    end = min(last, offer.closed_on - timedelta(days=1)) if offer.closed_on else last
    hours, closures = list(offer.hours.all()), list(offer.closures.all())
    spans = (open_on(day, hours, closures, on_holidays=offer.on_holidays) for day in days(first, end))
    return sum(span.hours for day in spans for span in day)


def _is_due(row: Booking, today: date) -> bool:
    """Whether it was to be answered by now: not taken back before, nor still within the term."""
    if row.state == State.WITHDRAWN:
        return False
    return row.answered_at is not None or row.state == State.LAPSED or row.answer_by < today


def _in_time(row: Booking) -> bool:
    return row.answered_at is not None and clock.day_of(row.answered_at) <= row.answer_by

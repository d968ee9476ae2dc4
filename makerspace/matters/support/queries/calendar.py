"""One's own week, and the secret address at which a calendar program reads it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q

from makerspace.matters.support.hours import at, days
from makerspace.matters.support.models import Booking, CalendarKey, Engagement, Session, State
from makerspace.matters.support.queries.facilities import kept_by
from makerspace.matters.support.queries.mentors import serving_as
from makerspace.office.people.models import Person
from makerspace.office.record import clock

SHOWN = (State.ASKED, State.AGREED, State.DONE, State.MISSED)
BACK, AHEAD = timedelta(days=31), timedelta(days=92)
STATUS = {
    State.ASKED: "TENTATIVE", State.AGREED: "CONFIRMED", State.DONE: "CONFIRMED", State.MISSED: "CONFIRMED",
}  # fmt: skip


@dataclass(frozen=True)
class Appointment:
    """One engagement in a calendar; whose it is and whom it serves, no person's name."""

    engagement: Engagement
    title: str
    where: str
    address: str

    @property
    def uid(self) -> str:
        """The same for as long as the engagement lasts."""
        return f"{type(self.engagement).__name__.lower()}-{self.engagement.pk}"


def appointments(person: Person, on: date, begins: datetime, ends: datetime) -> list[Appointment]:
    """One's own bookings and sessions in a time: of one's makerspaces, at one's facilities, as a mentor; the earlier first."""
    within = Q(start__gte=begins, start__lt=ends)
    own = Q(makerspace__organisation__in=person.capacity(on).organisations)
    booked = Booking.objects.filter(within).filter(own | Q(offer__facility__in=kept_by(person, on)))
    met = Session.objects.filter(within).filter(own | Q(mentor__in=serving_as(person, on)))
    rows = [_of_booking(row) for row in booked.select_related("offer__facility", "makerspace")]
    rows += [_of_session(row) for row in met.select_related("mentor", "makerspace")]
    return sorted(rows, key=lambda row: (row.engagement.start, row.uid))


def _of_booking(row: Booking) -> Appointment:
    title = f"{row.offer.name}（{row.makerspace.name}）"
    return Appointment(
        row, title, f"{row.offer.facility.name}，{row.offer.facility.address}", f"/work/facilities/bookings/{row.pk}/"
    )


def _of_session(row: Session) -> Appointment:
    title = f"导师辅导：{row.mentor.name}（{row.makerspace.name}）"
    return Appointment(row, title, row.place, f"/work/mentors/sessions/{row.pk}/")


def week(person: Person, on: date, monday: date) -> list[tuple[date, list[Appointment]]]:
    """Seven days, each with what stands in it; what fell through is left out."""
    rows = appointments(person, on, at(monday, time()), at(monday + timedelta(days=7), time()))
    kept = [row for row in rows if row.engagement.state in SHOWN]
    return [
        (day, [row for row in kept if clock.day_of(row.engagement.start) == day])
        for day in days(monday, monday + timedelta(days=6))
    ]


# -- the feed ----------------------------------------------------------------------------------------------------------
def digest_of(secret: str) -> str:
    """What is kept of the secret in an address."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def key_of(person: Person) -> CalendarKey | None:
    """The address in use."""
    return CalendarKey.objects.filter(person=person, revoked_at=None).first()


def person_behind(secret: str) -> Person | None:
    """Whose calendar the address shows; nobody's once it is revoked or the account locked."""
    key = CalendarKey.objects.select_related("person").filter(digest=digest_of(secret), revoked_at=None).first()
    return key.person if key and key.person.is_active else None


def feed(person: Person, now: datetime) -> str:
    """One's calendar as RFC 5545 has it: a month back, three ahead; what fell through says so, that programs drop it."""
    rows = appointments(person, clock.day_of(now), now - BACK, now + AHEAD)
    return icalendar(rows, settings.SITE["name"])


def icalendar(rows: Iterable[Appointment], name: str) -> str:
    """A VCALENDAR of the rows; lines end in CRLF and are folded at 75 bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kunming//makerspace//ZH", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_text(name)}", "X-WR-TIMEZONE:Asia/Shanghai"]
    for row in rows:
        lines += _event(row)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(row: Appointment) -> list[str]:
    engagement, base = row.engagement, settings.PUBLIC_BASE_URL
    host = base.partition("//")[2].partition("/")[0].partition(":")[0]
    state = State(engagement.state)
    changed = max(
        filter(None, (engagement.asked_at, engagement.answered_at, engagement.recorded_at, engagement.rated_at))
    )
    summary = f"{row.title}　{state.label}"
    return [
        "BEGIN:VEVENT", f"UID:{row.uid}@{host}", f"DTSTAMP:{_utc(changed)}", f"DTSTART:{_utc(engagement.start)}",
        f"DTEND:{_utc(engagement.end)}", f"SUMMARY:{_text(summary)}", f"LOCATION:{_text(row.where)}",
        f"DESCRIPTION:{_text(engagement.purpose)}", f"STATUS:{STATUS.get(state, 'CANCELLED')}", f"URL:{base}{row.address}",
        "END:VEVENT",
    ]  # fmt: skip


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Commas, semicolons, backslashes and line ends as the format wants them."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        value = value.replace(plain, escaped)
    return value


def _folded(line: str) -> str:
    """At most 75 bytes a line, never within a character; what follows begins with a space."""
    parts, current, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            parts.append(current)
            current, size = " ", 1
        current, size = current + char, size + width
    return "\r\n".join([*parts, current])

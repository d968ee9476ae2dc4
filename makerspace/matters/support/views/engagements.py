"""Bookings and sessions: the lists, one of them, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.support import acts
from makerspace.matters.support.models import Booking, Engagement, Session, State
from makerspace.matters.support.queries import engagements as queries
from makerspace.matters.support.views.common import Page, Said, Tab, form_page, there
from makerspace.matters.support.views.facilities import USERS, facility_tabs
from makerspace.matters.support.views.mentors import USERS as MENTOR_USERS
from makerspace.matters.support.views.mentors import mentor_tabs
from makerspace.office.casework.queries import ROLE_NAMES
from makerspace.office.casework.refusals import Refused, cited
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from makerspace.web import acting
from makerspace.web.lists import Filter, listing
from makerspace.web.parts import Action, Happening
from makerspace.web.policy import roles
from makerspace.web.visitor import me

WHOLE = frozenset({"record", "miss"})  # their labels say already what it is about
BY_LINK = "这次辅导由入驻单位自行约请，它用约导师链接查看您的记录。众创空间在系统中看不到；但链接由它交付，留有原地址的人也打得开。不宜让众创空间知道的，请当面说，不要写入记录。"
INSTEAD = "对方逾期未答复，由您代为答复；双方都会收到消息，案卷记明由市科技局办理。"
STATE = Filter("state", "状态", State.choices, "state")


@dataclass(frozen=True)
class Kind:
    """What differs between bookings and sessions on their pages."""

    noun: str
    rows: Callable[..., QuerySet[Any]]
    page: str
    act: str
    listed: str
    search: tuple[str, ...]
    tabs: Callable[[HttpRequest, str], list[Tab]]


BOOKINGS = Kind(
    "预约", queries.bookings, "support_booking", "support_booking_act", "support_bookings",
    ("offer__name", "offer__facility__name", "makerspace__name", "tenant"), facility_tabs,
)  # fmt: skip
SESSIONS = Kind(
    "辅导", queries.sessions, "support_session", "support_session_act", "support_sessions",
    ("mentor__name", "makerspace__name", "tenant"), mentor_tabs,
)  # fmt: skip


@roles(*USERS)
@require_safe
def bookings(request: HttpRequest) -> HttpResponse:
    """The bookings that concern me, the latest first."""
    return _list(request, BOOKINGS)


@roles(*MENTOR_USERS)
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions that concern me, the latest first."""
    return _list(request, SESSIONS)


@roles(*USERS)
@require_safe
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """One booking and what can be done with it."""
    return _one(request, BOOKINGS, pk)


@roles(*MENTOR_USERS)
@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """One session and what can be done with it."""
    return _one(request, SESSIONS, pk)


@roles(*USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def booking_act(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Do something with a booking."""
    return _act(request, BOOKINGS, pk, deed)


@roles(*MENTOR_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_act(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Do something with a session."""
    return _act(request, SESSIONS, pk, deed)


def _list(request: HttpRequest, kind: Kind) -> HttpResponse:
    rows = listing(
        request, kind.rows(me(request), clock.today()), sorts={"start": "start"}, default="-start", filters=[STATE],
        search=kind.search,
    )  # fmt: skip
    context = {"listing": rows, "kind": kind, "tabs": kind.tabs(request, kind.listed)}
    return render(request, "support/engagements.html", context)


def _one(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    person, now, found = me(request), clock.now(), _found(request, kind, pk)
    sides = queries.sides(person, found, clock.today())
    context = {
        "row": found, "kind": kind, "actions": _actions(kind, found, sides, now), "today": clock.today(),
        "reads_notes": queries.reads_notes(sides, found, person, clock.today()), "term": queries.answering(clock.today()).on(clock.day_of(found.asked_at)),
        "happenings": _happenings(found), "noun": queries.noun_of(found), "is_booking": isinstance(found, Booking),
        "by_tenant": queries.by_tenant(found), "reads_contact": queries.by_tenant(found) and queries.reads_contact(sides),
    }  # fmt: skip
    return render(request, "support/engagement.html", context)


def _actions(kind: Kind, found: Engagement, sides: frozenset[queries.Side], now: datetime) -> list[Action]:
    cite = cited((queries.article_of(found),))
    made = []
    for deed, refusal in queries.actions(sides, found, now):
        url = "" if refusal else reverse(kind.act, args=[found.pk, deed.code])
        made.append(
            Action(
                _label(deed, kind), url=url, article=cite,
                reason=refusal.text if refusal else "", tone="grave" if deed.grave else "primary",
            )
        )  # fmt: skip
    return made


def _happenings(found: Engagement) -> list[Happening]:
    """What was done, each with its seal; the clock has no name."""
    cite = cited((queries.article_of(found),))
    return [
        Happening(entry.at, _who(found, entry), label, cite, seal=entry.seal) for label, entry in queries.history(found)
    ]


def _who(found: Engagement, entry: Entry) -> str:
    """The person; a tenant acts through its link, as the public does, without one."""
    if entry.person:
        return str(entry.person)
    role = Role(entry.role)
    return f"{found.tenant}（通过约导师链接）" if role is Role.PUBLIC else ROLE_NAMES[role]


def _label(deed: queries.Deed, kind: Kind) -> str:
    return deed.label if deed.code in WHOLE else f"{deed.label}{kind.noun}"


def _act(request: HttpRequest, kind: Kind, pk: int, code: str) -> HttpResponse:
    person, now, found = me(request), clock.now(), _found(request, kind, pk)
    deed = there(queries.DEEDS.get(code))
    sides = queries.sides(person, found, clock.today())
    refusal = queries.why_not(sides, deed, found, now)
    if refusal and not (request.method == "POST" and _sent_before(request)):
        raise Refused(refusal)
    back = reverse(kind.page, args=[pk])

    def act(given: Any) -> Said:  # noqa: ANN401  the deed's own schema
        done = acts.take(found, code, given, by=person, on=clock.today())
        return acts.said(done, code), back

    label, tone = _label(deed, kind), "grave" if deed.grave else ""
    page = Page(label, label, back, _lead(found), tone, _hint(sides, code, found))
    return form_page(request, acts.ACTS[code].schema, act, page, initial=acts.initial(found, code))


def _hint(sides: frozenset[queries.Side], code: str, found: Engagement) -> str:
    """What whoever acts should know before: for whom it is done, or who will read it."""
    if not sides & (queries.ASKER | queries.GIVER):
        return INSTEAD
    return BY_LINK if code == "record" and sides & queries.GIVER and queries.by_tenant(found) else ""


def _sent_before(request: HttpRequest) -> bool:
    """A form that was sent twice is answered the same again, though the state has moved on (C19)."""
    return acting.answered(request) is not None


def _lead(found: Engagement) -> str:
    start, end = found.start.astimezone(clock.KUNMING), found.end.astimezone(clock.KUNMING)
    what = f"{found.offer.facility.name}　{found.offer.name}" if isinstance(found, Booking) else f"{_mentor(found)}导师"
    return f"{what}，{start:%Y-%m-%d %H:%M}—{end:%H:%M}，{found.makerspace.name}"


def _mentor(found: Engagement) -> str:
    assert isinstance(found, Session)  # noqa: S101  there are two kinds
    return found.mentor.name


def _found(request: HttpRequest, kind: Kind, pk: int) -> Any:  # noqa: ANN401  a booking or a session
    person: Person = me(request)
    return there(kind.rows(person, clock.today()).filter(pk=pk).first())

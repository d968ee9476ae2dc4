"""What a facility offers: its week, booking it, and changing when it is open."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.support import operations
from makerspace.matters.support.forms.engagements import AskBooking
from makerspace.matters.support.forms.facilities import ClosedDays, CloseOffer, OfferFacts
from makerspace.matters.support.hours import WEEK, at_text, monday_of, weekly
from makerspace.matters.support.models import Offer
from makerspace.matters.support.queries import facilities as queries
from makerspace.matters.support.queries.engagements import eligible
from makerspace.matters.support.views.common import TIMES, Page, Said, day_in, form_page, there
from makerspace.matters.support.views.facilities import USERS, managed
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role
from makerspace.web.policy import roles
from makerspace.web.visitor import me

HOURS = {"hours.opens": TIMES, "hours.closes": TIMES}


@roles(*USERS)
@require_safe
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One week of an offer: what is free, what is taken; who took it is for those who run it."""
    person, today, now = me(request), clock.today(), clock.now()
    found, monday = _found(pk), monday_of(day_in(request, "week", today))
    manages = queries.may_change(person, found.facility, today)
    context = {
        "offer": found, "week": queries.week_of(found, monday, now), "monday": monday, "sunday": monday + timedelta(days=6),
        "before": monday - WEEK, "after": monday + WEEK, "today": today, "hours": weekly(found.week),  # type: ignore[attr-defined]
        "manages": manages, "named": manages or bool(person.roles_on(today) & queries.READERS),
        "asks": not manages and _open(found, today) and eligible(person, today).exists(),
        "closed": not _open(found, today), "closures": [row for row in found.closures.all() if row.last_day >= today],
    }  # fmt: skip
    return render(request, "support/offer.html", context)


@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an offer at a time."""
    person, today, found = me(request), clock.today(), _found(pk)
    own = list(eligible(person, today))

    def act(given: AskBooking) -> Said:
        makerspace = there(next((row for row in own if row.pk == given.makerspace), None))
        made = operations.ask_booking(
            found, makerspace=makerspace, by=person, on=today, tenant=given.tenant, purpose=given.purpose,
            start=at_text(given.day, given.start), end=at_text(given.day, given.end),
        )  # fmt: skip
        said = f"预约已提出，这段时间已为您留出。平台单位应在{chinese(made.answer_by)}前答复，进展会发消息告知。"
        return said, reverse("support_booking", args=[made.pk])

    options = {"makerspace": [(row.pk, row.name) for row in own], **_times(found)}
    initial = {"makerspace": own[0].pk if len(own) == 1 else None, **_asked(request)}
    lead = f"{found.facility.name}：{found.name}。单次至多{found.longest_hours}小时，至少提前{found.notice_days}天。"
    page = Page("预约", "提出预约", reverse("support_offer", args=[pk]), lead)
    return form_page(request, AskBooking, act, page, initial=initial, options=options)


def _times(found: Offer) -> dict[str, list[tuple[str, str]]]:
    """The half hours at which it may begin and end."""
    week = found.week  # type: ignore[attr-defined]
    first = min((f"{row.opens:%H:%M}" for row in week), default="00:00")
    last = max((f"{row.closes:%H:%M}" for row in week), default="23:30")
    within = [pair for pair in TIMES if first <= pair[0] <= last]
    return {"start": within[:-1], "end": within[1:]}


def _asked(request: HttpRequest) -> dict[str, object]:
    """The day and hours that a link from the week carries; anything else is left empty."""
    times = {text for text, _ in TIMES}
    found: dict[str, object] = {name: request.GET[name] for name in ("start", "end") if request.GET.get(name) in times}
    day = day_in(request, "day", date.min)
    return found | ({"day": day} if day != date.min else {})


@roles(Role.PROVIDER, Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one more piece of equipment or service."""
    facility = managed(request, pk)

    def act(given: OfferFacts) -> Said:
        made = operations.publish_offer(facility, by=me(request), on=clock.today(), **_facts(given))
        return f"{made.name}已发布，持有称号的众创空间现在可以预约。", reverse("support_offer", args=[made.pk])

    page = Page("发布开放项目", "发布", reverse("support_facility", args=[pk]), facility.name)
    week = [{"weekday": day, "opens": "09:00", "closes": "17:00"} for day in range(1, 6)]
    return form_page(request, OfferFacts, act, page, initial={"hours": week}, options=HOURS)


@roles(Role.PROVIDER, Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an offer, or open it again."""
    found = _managed(request, pk)
    back = reverse("support_offer", args=[pk])

    def act(given: OfferFacts) -> Said:
        operations.change_offer(found, by=me(request), on=clock.today(), **_facts(given))
        return "开放项目已更新，新的开放时间自今天起适用；已确认的预约不变。", back

    hours = [{"weekday": row.weekday, "opens": row.opens, "closes": row.closes} for row in found.week]  # type: ignore[attr-defined]
    initial = {name: getattr(found, name) for name in OfferFacts.model_fields if name != "hours"} | {"hours": hours}
    heading, button = ("重新开放", "重新开放") if found.closed_on else ("修改开放项目", "保存")
    page = Page(heading, button, back, f"{found.facility.name}：{found.name}")
    return form_page(request, OfferFacts, act, page, initial=initial, options=HOURS)


@roles(Role.PROVIDER, Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer it no longer."""
    found = _managed(request, pk)

    def act(given: CloseOffer) -> Said:
        operations.close_offer(found, by=me(request), on=clock.today(), reason=given.reason)
        return f"{found.name}自今天起停止开放。", reverse("support_facility", args=[found.facility_id])

    page = Page(
        "停止开放", "停止开放", reverse("support_offer", args=[pk]), f"{found.facility.name}：{found.name}", "grave"
    )
    return form_page(request, CloseOffer, act, page)


@roles(Role.PROVIDER, Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def closed_days(request: HttpRequest, pk: int) -> HttpResponse:
    """Some days on which it is not open."""
    found = _managed(request, pk)
    back = reverse("support_offer", args=[pk])

    def act(given: ClosedDays) -> Said:
        made = operations.close_days(found, by=me(request), on=clock.today(), **given.model_dump())
        return f"{chinese(made.first_day)}至{chinese(made.last_day)}停开：{made.reason}。", back

    page = Page("临时停开", "登记停开", back, f"{found.facility.name}：{found.name}")
    return form_page(request, ClosedDays, act, page)


def _facts(given: OfferFacts) -> dict[str, Any]:
    """The fields, the rows of hours as they are."""
    return {name: getattr(given, name) for name in OfferFacts.model_fields}


def _found(pk: int) -> Offer:
    return there(queries.offer_of(pk, clock.today()))


def _managed(request: HttpRequest, pk: int) -> Offer:
    found = _found(pk)
    managed(request, found.facility_id)
    return found


def _open(found: Offer, today: date) -> bool:
    return found.closed_on is None or found.closed_on > today

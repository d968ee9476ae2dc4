"""One's own week, and the address that a calendar program subscribes to."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from makerspace.matters.registers.models import Makerspace
from makerspace.matters.support.hours import WEEK, monday_of
from makerspace.matters.support.operations import calendar as operations
from makerspace.matters.support.queries import calendar as queries
from makerspace.matters.support.queries.facts import service_facts_of
from makerspace.matters.support.views.common import day_in, there
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.policy import public, roles
from makerspace.web.visitor import me

USERS = (Role.APPLICANT, Role.PROVIDER, Role.MENTOR)


@roles(*USERS)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """My bookings and sessions of a week, and what our makerspaces made use of this year."""
    person, today = me(request), clock.today()
    monday = monday_of(day_in(request, "week", today))
    own = list(Makerspace.objects.filter(organisation__in=person.capacity(today).organisations).order_by("name"))
    counted = service_facts_of(own, today.replace(month=1, day=1), today.replace(month=12, day=31)) if own else {}
    context = {
        "facts": [(row, counted[row.pk]) for row in own], "week": queries.week(person, today, monday), "monday": monday, "sunday": monday + timedelta(days=6),
        "before": monday - WEEK, "after": monday + WEEK, "today": today, "key": queries.key_of(person),
    }  # fmt: skip
    return render(request, "support/calendar.html", context)


@roles(*USERS)
@never_cache
@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    """A new address, shown this once; the one before ends."""
    path = operations.make_key(me(request))
    return render(request, "support/calendar_key.html", {"url": f"{settings.PUBLIC_BASE_URL}{path}"})


@roles(*USERS)
@require_POST
def revoke_key(request: HttpRequest) -> HttpResponse:
    """End the address."""
    ended = operations.revoke_key(me(request))
    messages.success(request, "订阅地址已作废，日历程序不能再读取。" if ended else "目前没有订阅地址。")
    return redirect("support_calendar")


@public
@never_cache
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address."""
    person = there(queries.person_behind(secret))
    answer = HttpResponse(queries.feed(person, clock.now()), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return answer

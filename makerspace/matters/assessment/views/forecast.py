"""The forecast: what this year would score as things stand, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.matters.assessment.queries import forecast as queries
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.lists import listing
from makerspace.web.policy import roles
from makerspace.web.visitor import me

READERS = (Role.APPLICANT, Role.DISTRICT)


@roles(*READERS)
@require_safe
def forecasts(request: HttpRequest) -> HttpResponse:
    """The titles whose forecast one may read."""
    rows = queries.titles_for(me(request), clock.today())
    found = listing(request, rows, sorts={"number": "number"}, default="number", search=("name", "number"))
    scored = queries.standing(found.rows, clock.today())
    lines = [(row, scored.get(row.pk)) for row in found.rows]
    return render(request, "assessment/forecasts.html", {"listing": found, "lines": lines, "today": clock.today()})


@roles(*READERS, Role.BUREAU, Role.LEADER, Role.AUDITOR)
@require_safe
def forecast(request: HttpRequest, number: str) -> HttpResponse:
    """One forecast, line by line."""
    today = clock.today()
    title = queries.title_for(me(request), number, today)
    context = {"title": title, "forecast": queries.forecast(title, today), "today": today}
    return render(request, "assessment/forecast.html", context)

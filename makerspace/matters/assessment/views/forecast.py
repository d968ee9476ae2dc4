"""The forecast: what this year would score as things stand, and why."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.assessment.operations import figures as operations
from makerspace.matters.assessment.queries import forecast as queries
from makerspace.matters.registers.queries import keeps
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
    return render(request, "assessment/forecasts.html", {"listing": found, "today": clock.today()})


@roles(*READERS, Role.BUREAU, Role.LEADER, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def forecast(request: HttpRequest, number: str) -> HttpResponse:
    """One forecast, line by line; POST adds the registers up anew."""
    person, today = me(request), clock.today()
    title = queries.title_for(person, number, today)
    if request.method == "POST":
        operations.take_own_figures(title, by=person, on=today)
        messages.success(request, "已按登记册重新汇总。")
        return redirect("assessment_forecast", number)
    context = {
        "title": title, "forecast": queries.forecast(title, today.year), "today": today,
        "kept": keeps(person, title.makerspace, today),
    }  # fmt: skip
    return render(request, "assessment/forecast.html", context)

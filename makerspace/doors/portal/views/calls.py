"""The bureau's calls."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.doors.portal import procedure, queries
from makerspace.matters.application.queries import is_open, published_calls
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.web.lists import listing
from makerspace.web.policy import public


@public
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Every call that was published; open ones first."""
    today = clock.today()
    found = listing(request, published_calls(today), sorts={"closes": "closes_on"}, default="-closes")
    rows = [(call, *queries.status_of_call(call, today), is_open(call, today)) for call in found.rows]
    return render(request, "portal/calls.html", {"listing": found, "rows": rows, "today": today})


@public
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: days left, what to hand in, whom to ask, which way it goes."""
    today = clock.today()
    found = published_calls(today).filter(pk=pk).first()
    if found is None:
        raise Http404
    regulation = by_id(found.regulation)
    tone, status = queries.status_of_call(found, today)
    context = {
        "call": found, "today": today, "open": is_open(found, today), "tone": tone, "status": status,
        "regulation": regulation, "steps": procedure.steps(regulation, today),
        "categories": [regulation.categories[code] for code in found.categories],
        "materials": [material for material in regulation.materials if material.condition is None],
    }  # fmt: skip
    return render(request, "portal/call.html", context)

"""The front page, and the pages that explain."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.doors.portal import queries
from makerspace.office.record import clock
from makerspace.office.record.models import Head
from makerspace.regulation import in_force
from makerspace.regulation.kunkefa_2017_55.articles import CHAPTERS
from makerspace.web.lists import listing
from makerspace.web.policy import public


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who we are, four doors, what is going on now, figures, the rules."""
    today = clock.today()
    regulation = in_force(today)
    chapters = [
        (number, name, [article for article in regulation.articles if article.chapter == number])
        for number, name in CHAPTERS.items()
    ]
    context = {"home": queries.home(today), "today": today, "regulation": regulation, "chapters": chapters}
    return render(request, "portal/home.html", context)


@public
@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """The daily heads of the record, and how anyone checks them."""
    found = listing(request, Head.objects.all(), sorts={"day": "day"}, default="-day")
    return render(request, "portal/heads.html", {"listing": found})


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is asked of whom, and what for."""
    return render(request, "portal/privacy.html")

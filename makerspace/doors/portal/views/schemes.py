"""The schemes by which the years are assessed (article 18), as published."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.matters.assessment.queries import scheme as queries
from makerspace.web.lists import listing
from makerspace.web.policy import public


@public
@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """Every published scheme, the latest year first."""
    found = listing(request, queries.published(), sorts={"year": "year"}, default="-year")
    return render(request, "portal/schemes.html", {"listing": found})


@public
@require_safe
def scheme(request: HttpRequest, year: int) -> HttpResponse:
    """The scheme of one year, read aloud."""
    row = queries.published_for(year)
    if row is None:
        raise Http404
    context = {"scheme": row, "reading": queries.read_aloud(queries.sketch_of(row))}
    return render(request, "portal/scheme.html", context)

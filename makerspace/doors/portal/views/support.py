"""What is open to makerspaces, who advises them, and what their tenants reached: the public pages of articles 14 to 16."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.matters.support.hours import weekly
from makerspace.matters.support.models import Board, FacilityKind, Field
from makerspace.matters.support.queries import capital as capital_queries
from makerspace.matters.support.queries import facilities as queries
from makerspace.matters.support.queries import mentors as mentor_queries
from makerspace.office.record import clock
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import public

KIND = Filter("kind", "类别", FacilityKind.choices, "kind")
FIELD = Filter(
    "field", "领域", Field.choices, lambda rows, value: rows.filter(mentor_queries.fields_with(value))
)  # fmt: skip


@public
@require_safe
def facilities(request: HttpRequest) -> HttpResponse:
    """The facilities and what each offers."""
    found = listing(
        request, queries.facilities(clock.today()), sorts={"name": "name"}, default="name", filters=[KIND],
        search=("name", "host", "field", "offers__name"),
    )  # fmt: skip
    return render(request, "portal/facilities.html", {"listing": found})


@public
@require_safe
def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """One facility with its offers, their hours and terms."""
    found = queries.facilities(clock.today()).filter(pk=pk).first()
    if found is None:
        raise Http404
    offers = [(offer, weekly(offer.week)) for offer in found.open]  # type: ignore[attr-defined]
    return render(request, "portal/facility.html", {"facility": found, "offers": offers})


@public
@require_safe
def mentors(request: HttpRequest) -> HttpResponse:
    """The mentors in office: name, fields, employer."""
    found = listing(
        request, mentor_queries.directory(clock.today()), sorts={"name": "name"}, default="name", filters=[FIELD],
        search=("name", "employer"),
    )  # fmt: skip
    rows = [(row, mentor_queries.fields_of(row)) for row in found.rows]
    return render(request, "portal/mentors.html", {"listing": found, "rows": rows})


@public
@require_safe
def capital(request: HttpRequest) -> HttpResponse:
    """What tenants raised and where they were listed, year by year, and what each board is."""
    context = {"reached": capital_queries.reached(), "boards": Board.labels}
    return render(request, "portal/capital.html", context)

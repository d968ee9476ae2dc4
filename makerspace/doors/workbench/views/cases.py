"""The list of cases, one case on one page, and its papers."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.doors.workbench import listing, page, papers, tabs
from makerspace.office.casework import history, queries, worklists
from makerspace.office.casework.attachments import readable
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents import serving
from makerspace.office.record import clock
from makerspace.office.record.queries import entries_of
from makerspace.web.export import csv_response
from makerspace.web.lists import listing as listing_of
from makerspace.web.lists import selection
from makerspace.web.policy import signed_in
from makerspace.web.reading import reads_once
from makerspace.web.visitor import me


@signed_in
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases one may see, filtered and ordered by the address."""
    person, today = me(request), clock.today()
    shown = listing_of(
        request, listing.rows_for(request, person, today), sorts=listing.SORTS, default=listing.DEFAULT,
        filters=listing.filters_for(person, today), search=listing.SEARCH,
    )  # fmt: skip
    context = {"listing": shown, "rows": listing.labelled(shown.rows), "today": today}
    return render(request, "workbench/cases.html", context)


@signed_in
@require_safe
def cases_csv(request: HttpRequest) -> HttpResponse:
    """Exactly the list of that address, all its pages, as CSV."""
    person, today = me(request), clock.today()
    rows = selection(
        request, listing.rows_for(request, person, today), sorts=listing.SORTS, default=listing.DEFAULT,
        filters=listing.filters_for(person, today), search=listing.SEARCH,
    )  # fmt: skip
    return csv_response(f"办件-{today:%Y%m%d}.csv", listing.HEAD, listing.lines(rows.iterator(chunk_size=2000)))


@signed_in
@require_safe
@reads_once
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The case on one page."""
    person, today = me(request), clock.today()
    found = queries.fetch(person, number, today)
    entries = list(entries_of(found.number))
    context = {
        "case": found,
        "category": worklists.category_labels().get(found.category, ""),
        "kind": listing.kind_name(found),
        "stage": queries.stage_of(found),
        "last": history.main_line(queries.procedure_of(found))[-1],
        "steps": page.steps(found, entries),
        "panel": page.panel(person, found, today),
        **tabs.shown(request, found, history.told(found, entries, person, today), person, today),
    }
    return render(request, "workbench/case.html", context)


@signed_in
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponseBase:
    """A paper of a case one may see, as a file; one that is still being made says so."""
    return papers.deliver(request, papers.fetch(me(request), code, clock.today()))


@signed_in
@require_safe
def attachment(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A file that was handed in with an act of a case whose content one may read."""
    person, today = me(request), clock.today()
    found = queries.fetch(person, number, today)
    row = readable(found, person, today).filter(pk=pk).first() if queries.sees_content(person, found, today) else None
    if row is None:
        raise Refused(queries.NOT_THERE)
    return serving.attachment(row.blob, row.name)

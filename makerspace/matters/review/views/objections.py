"""Article 11: the desk for objections, apart from the cases; who objected is opened on purpose and recorded."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from makerspace.matters.review import operations
from makerspace.matters.review.identity import Identity
from makerspace.matters.review.models import Investigation, Objection
from makerspace.matters.review.queries import objections as queries
from makerspace.office.casework import queries as cases
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents import serving
from makerspace.office.documents.queries import blob as blob_of
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import roles
from makerspace.web.visitor import me

DESK = (Role.BUREAU, Role.LEADER, Role.DISCIPLINE, Role.AUDITOR)


@roles(*DESK)
@require_http_methods(["GET", "HEAD"])
def objections(request: HttpRequest) -> HttpResponse:
    """The objections whose content the visitor may read."""
    states = Filter("state", "状态", Objection.State.choices, "state")
    sorts = {"received": ("received_on", "id")}
    seen = queries.visible_objections(me(request), clock.today())
    rows = listing(
        request, seen, sorts=sorts, default="-received", filters=(states,), search=("case__number", "case__subject")
    )
    return render(request, "review/objections.html", {"listing": rows, "today": clock.today()})


@roles(*DESK)
@require_http_methods(["GET", "HEAD"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection: its facts, evidence, handling; who objected stays closed."""
    return _shown(request, _seen(me(request), pk))


@roles(*DESK)
@require_POST
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Open who objected, once, on this page; the look is recorded. Nothing of it is kept by the browser."""
    found = _seen(me(request), pk)
    response = _shown(request, found, operations.open_identity(found, by=me(request), on=clock.today()))
    response["Cache-Control"] = "private, no-store"
    return response


def _seen(person: Person, pk: int) -> Objection:
    found = queries.visible_objections(person, clock.today()).filter(pk=pk).first()
    if found is None:
        raise Refused(cases.NOT_THERE)
    return found


def _shown(request: HttpRequest, found: Objection, opened: Identity | None = None) -> HttpResponse:
    person, today = me(request), clock.today()
    context = {
        "objection": found, "opened": opened, "may_open": queries.may_open_identity(person, found, today),
        "looks": queries.looks_at(found), "pending": queries.pending_non_admission(found),
        "investigation": Investigation.objects.filter(objection=found).first(), "acts": _acts(person, found),
    }  # fmt: skip
    return render(request, "review/objection.html", context)


def _acts(person: Person, found: Objection) -> list[tuple[str, str, str]]:
    """(code, label, reason why not) of the acts on objections that are the visitor's by role."""
    now = cases.moves_now(person, found.case, on=clock.today())
    return [
        (move.act, move.label, refusal.text if refusal else "")
        for move, refusal in now
        if move.act in (*queries.HANDLING, *queries.DECIDING)
        and cases.acting_role(person, move, found.case, clock.today())
    ]


@roles(*DESK)
@require_http_methods(["GET", "HEAD"])
def evidence(request: HttpRequest, pk: int, at: int) -> HttpResponseBase:
    """One file of an objection, as an attachment; looked up with its objection."""
    rows = _seen(me(request), pk).evidence
    blob = blob_of(rows[at]["digest"]) if at < len(rows) else None
    if blob is None:
        raise Refused(cases.NOT_THERE)
    return serving.attachment(blob, rows[at]["name"])

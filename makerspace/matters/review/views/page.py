"""What the pages of this room share: one act on one case, and the rows and photos of its form."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from makerspace.matters.application.models import Material
from makerspace.office.casework import queries
from makerspace.office.casework.acts import Input
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.record import clock
from makerspace.web import acting
from makerspace.web.acting import ChangedMeanwhile, Step
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.controls import Row
from makerspace.web.visitor import me


def step_for(request: HttpRequest, number: str, code: str) -> Step:
    """The case (404 if not visible) and the act; refused where the visitor may not take it now."""
    step = acting.step_for(me(request), number, code, clock.today())
    if step.refusal:
        raise Refused(step.refusal)
    return step


def act_page(
    request: HttpRequest,
    step: Step,
    template: str,
    context: Callable[[SchemaForm[Input]], Mapping[str, Any]],
    *,
    then: str = "",
    tab: str = "",
    told: str = "",
) -> HttpResponse:
    """Show the form of an act, or take it once; what was typed is never lost.

    ``context`` gives what the page shows besides; ``then`` and ``tab`` are where the act leads, ``told`` what is said there.
    """
    sent = request.method == "POST"
    form, changed = step.form(me(request), request.POST if sent else None), False
    if form.is_valid():
        try:
            return _taken(request, step, form.cleaned, then, tab, told)
        except ChangedMeanwhile:
            step.case, changed = queries.fetch(me(request), step.case.number, clock.today()), True
        except Refused as refused:
            if refused.refusal.code != "invalid":
                raise
            form.add_errors(dict(refused.refusal.fields) or {"": refused.refusal.text})
    status = 412 if changed else 422 if sent and not form.editing_rows else 200
    return render(request, template, _context(request, step, form, changed) | dict(context(form)), status=status)


def _context(request: HttpRequest, step: Step, form: SchemaForm[Input], changed: bool) -> dict[str, Any]:
    """A form that was found outdated may be sent again as it is; any other goes by the version it was opened on."""
    seen = step.case.version if changed else request.POST.get(acting.SEEN, step.case.version)
    hidden = [(acting.FORM_KEY, acting.token_of(request)), (acting.SEEN, seen)]
    return {"step": step, "case": step.case, "form": form, "changed": changed, "hidden": hidden}


def _taken(request: HttpRequest, step: Step, values: Input, then: str, tab: str, told: str) -> HttpResponse:
    def say(case: Case) -> dict[str, str]:
        url = reverse(then or "work_case", args=[case.number])
        return {"url": f"{url}?tab={tab}" if tab else url}

    body = acting.take(request, step, values, clock.today(), say)
    messages.success(request, told or f"已登记“{step.move.label}”。")
    return redirect(body["url"])


def replayed(request: HttpRequest) -> HttpResponse | None:
    """The answer that this very form got before, if it was sent already."""
    body = acting.answered(request)
    return redirect(body["url"]) if body else None


def rows_of(form: SchemaForm[Input], name: str) -> list[tuple[str, Row]]:
    """The rows of a list in the form, each with the value of its first field: what the row is about."""
    rows = next((field.rows for field in form.fields if field.name == name), [])
    return [(str(row.fields[0].value), row) for row in rows]


def photo_rows(form: SchemaForm[Input], photos: Mapping[str, Material]) -> list[tuple[Material, bool]]:
    """The photos beside the form, each with whether it is ticked."""
    ticked = next((field.value for field in form.fields if field.name == "photos"), ())
    return [(photo, digest in ticked) for digest, photo in photos.items()]

"""What the pages of this room share: who is there, one act on one case with one answer to one form."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from makerspace.matters.application.models import Material
from makerspace.office.casework import operations, queries, taking
from makerspace.office.casework.acts import Act, Input
from makerspace.office.casework.models import Answer, Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Move
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.controls import Row

KEY, SEEN = "form_token", "seen"
MACHINERY = {"csrfmiddlewaretoken", KEY, SEEN}


def me(request: HttpRequest) -> Person:
    """The person who is signed in; only for pages whose policy asks for it."""
    assert isinstance(request.user, Person)  # noqa: S101  the policy let nobody else in
    return request.user


def ask_again(request: HttpRequest) -> None:
    """Before a decision: send the visitor to prove who they are, unless they just did."""
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired


@dataclass
class Step:
    """One act on one case, as somebody is about to take it on its page."""

    case: Case
    move: Move
    act: Act
    on: date

    def form(self, person: Person, data: QueryDict | None = None) -> SchemaForm[Input]:
        """The act's input with the choices and first values of ``acts``."""
        options = self.act.options(self.case, person) if self.act.options else None
        initial = self.act.initial(self.case, person) if self.act.initial and data is None else None
        return SchemaForm(self.act.schema, data, initial=initial, options=options)


def step_for(request: HttpRequest, number: str, code: str, on: date) -> Step:
    """The case (404 if not visible) and the act; refused where the visitor may not take it now."""
    person = me(request)
    case = queries.fetch(person, number, on)
    move, act = taking.find(case, code)
    refusal = queries.why_not_seen(person, move, case, on=on)
    if refusal:
        raise Refused(refusal)
    return Step(case, move, act, on)


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
    if sent and form.is_valid():
        changed = request.POST.get(SEEN, "") != str(step.case.version)
        if not changed:
            try:
                return _take(request, step, form.cleaned, then, tab, told)
            except Refused as refused:
                if refused.refusal.code != "invalid":
                    raise
                form.add_errors(dict(refused.refusal.fields) or {"": refused.refusal.text})
    status = 412 if changed else 422 if sent and not form.editing_rows else 200
    return render(request, template, _context(request, step, form, changed) | dict(context(form)), status=status)


def _context(request: HttpRequest, step: Step, form: SchemaForm[Input], changed: bool) -> dict[str, Any]:
    return {
        "step": step,
        "case": step.case,
        "form": form,
        "changed": changed,
        "hidden": [(KEY, request.POST.get(KEY) or secrets.token_urlsafe(24)), (SEEN, step.case.version)],
    }


def _take(request: HttpRequest, step: Step, values: Input, then: str, tab: str, told: str) -> HttpResponse:
    """One answer to one form, however often it is sent (C19)."""
    person, key = me(request), request.POST.get(KEY, "")[:200]

    def answer() -> tuple[int, dict[str, str]]:
        case = taking.take(step.case, step.act.code, by=person, on=step.on, payload=values)
        url = reverse(then or "work_case", args=[case.number])
        return 303, {"url": f"{url}?tab={tab}" if tab else url}

    _, body, _ = operations.once(person, request.path, key, _content(request), answer)
    messages.success(request, told or f"已登记“{step.move.label}”。")
    return redirect(body["url"])


def replayed(request: HttpRequest) -> HttpResponse | None:
    """The answer that this very form got before, if it was sent already."""
    key = request.POST.get(KEY, "")[:200]
    kept = Answer.objects.filter(person=me(request), path=request.path, key=key, status__gt=0).first() if key else None
    return redirect(json.loads(kept.body)["url"]) if kept else None


def _content(request: HttpRequest) -> bytes:
    fields = {key: request.POST.getlist(key) for key in request.POST if key not in MACHINERY}
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).digest()


def rows_of(form: SchemaForm[Input], name: str) -> list[tuple[str, Row]]:
    """The rows of a list in the form, each with the value of its first field: what the row is about."""
    rows = next((field.rows for field in form.fields if field.name == name), [])
    return [(str(row.fields[0].value), row) for row in rows]


def photo_rows(form: SchemaForm[Input], photos: Mapping[str, Material]) -> list[tuple[Material, bool]]:
    """The photos beside the form, each with whether it is ticked."""
    ticked = next((field.value for field in form.fields if field.name == "photos"), ())
    return [(photo, digest in ticked) for digest, photo in photos.items()]

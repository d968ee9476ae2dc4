"""The counter (article 8): find the case of a paper copy, type in what came on paper only."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from makerspace.matters.application import forms, operations, queries
from makerspace.matters.application.models import Application, Call
from makerspace.matters.application.views.common import new_token
from makerspace.office.casework import operations as casework
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Organisation
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.regulation.terms import Duty, Role
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import roles
from makerspace.web.visitor import me


@roles(Role.DISTRICT, Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """The counter's desk: find a case by what stands on the paper, and what is being typed in."""
    person, today = me(request), clock.today()
    if Duty.COUNTER not in person.capacity(today).duties:
        raise refused("not_yours", "纸件由承担窗口收件职责的人员登记。", 8)
    form = SchemaForm(forms.FindInput, request.POST or None)
    if form.is_valid():
        case = queries.case_of_paper(person, form.cleaned.code, today)
        if case is not None:
            return redirect("work_act", case.number, "register_paper")
        form.add_errors({"code": "没有找到对应的申报，请核对校验码或编号"})
    context = {
        "form": form,
        "drafts": queries.counter_drafts(person, today)[:50],
        "calls": queries.open_calls(today) if queries.counters_of(person, today) else [],
    }
    return render(request, "application/counter.html", context, status=422 if form.errors else 200)


@roles(Role.DISTRICT)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to type in the application of a unit that came with paper only."""
    person, today = me(request), clock.today()
    call = queries.call_for(person, pk, today)
    places = list(queries.counters_of(person, today))
    if not places:
        raise refused("not_yours", "纸件由承担窗口收件职责的人员录入。", 8)
    options = {
        "kind": list(Organisation.Kind.choices),
        "category": [(code, by_id(call.regulation).categories[code]) for code in call.categories],
    }
    form = SchemaForm(forms.CounterStartInput, request.POST or None, options=options)
    if form.is_valid():
        try:
            return _started(request, call, places[0].code, form.cleaned, today)
        except Refused as caught:
            if caught.refusal.code != "invalid":
                raise
            form.add_errors(dict(caught.refusal.fields))
    context = {
        "form": form,
        "call": call,
        "place": places[0],
        "closed_reason": operations.closed_reason(call, today),
        "token": request.POST.get("token") or new_token(),
    }
    return render(request, "application/counter_start.html", context, status=422 if form.errors else 200)


def _started(request: HttpRequest, call: Call, place: str, given: forms.CounterStartInput, on: date) -> HttpResponse:
    def answer() -> tuple[int, dict[str, Any]]:
        officer = me(request)
        unit = operations.unit_at_counter(name=given.unit, uscc=given.uscc, kind=given.kind, by=officer, on=on)
        dossier = {"category": given.category, "makerspace": {"authority": place, "name": given.name or None}}
        case = operations.start(call, unit, by=officer, on=on, dossier=dossier, channel=Application.Channel.COUNTER)
        return 303, {"number": case.number}

    token = request.POST.get("token", "")[:200] or new_token()
    _, body, _ = casework.once(me(request), request.path, token, token.encode(), answer)
    messages.success(
        request, f"已建立窗口录入的申报，编号{body['number']}。录完后请申报单位签字确认，再登记纸件并提交。"
    )
    return redirect("application_tasks", body["number"])

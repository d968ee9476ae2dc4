"""Calls: what is open, and for the bureau writing, previewing and publishing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.matters.application import forms, operations, queries
from makerspace.matters.application.models import Call
from makerspace.matters.application.views.common import seen_version
from makerspace.office.casework.refusals import Refused
from makerspace.office.record import clock
from makerspace.regulation import by_id, in_force
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role
from makerspace.web.acting import FORM_KEY, Body, once, token_of
from makerspace.web.forms import SchemaForm
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import roles, signed_in
from makerspace.web.visitor import me

STATES = Filter("state", "状态", Call.State.choices, "state")
SORTS = {"closes": "closes_on", "opens": "opens_on", "year": "year"}


@signed_in
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The calls one may read."""
    person, today = me(request), clock.today()
    officer = Role.BUREAU in person.capacity(today).roles
    shown = listing(
        request, queries.calls_for(person, today), sorts=SORTS, default="-closes", filters=[STATES] if officer else [],
        search=["title"],
    )  # fmt: skip
    rows = [(call, queries.is_open(call, today)) for call in shown.rows]
    return render(
        request, "application/calls.html", {"listing": shown, "rows": rows, "today": today, "officer": officer}
    )


@signed_in
@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call as applicants read it; for the bureau this is the preview of a draft."""
    person, today = me(request), clock.today()
    found = queries.call_for(person, pk, today)
    capacity = person.capacity(today)
    version = by_id(found.regulation)
    context = {
        "call": found,
        "today": today,
        "open": queries.is_open(found, today),
        "closed_reason": operations.closed_reason(found, today),
        "officer": Role.BUREAU in capacity.roles,
        "applies": Role.APPLICANT in capacity.roles,
        "counter": bool(queries.counters_of(person, today)),
        "categories": [version.categories[code] for code in found.categories],
        "papers": [row for row in version.materials if row.condition is None],
        "mine": queries.drafts_on(found, person, today),
    }
    return render(request, "application/call.html", context)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a call; the same form sent twice makes one draft."""
    today = clock.today()
    form = SchemaForm(forms.CallInput, request.POST or None, initial={"year": today.year})
    if form.is_valid():
        values = forms.call_values(form.cleaned, in_force(form.cleaned.opens_on).id)
        made = once(request, lambda: (303, _drafted(operations.draft_call(by=me(request), on=today, **values))))
        messages.success(request, "草稿已保存。请预览，确认无误后发布。")
        return redirect("application_call", int(made["call"]))
    context = {"form": form, "hidden": [(FORM_KEY, token_of(request))]}
    return render(request, "application/call_form.html", context, status=422 if form.errors else 200)


def _drafted(call: Call) -> Body:
    return {"call": str(call.pk)}


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a call that is still a draft."""
    today = clock.today()
    found = queries.call_for(me(request), pk, today)
    form = SchemaForm(forms.CallInput, request.POST or None, initial=forms.call_given(found))
    if form.is_valid():
        values = forms.call_values(form.cleaned, in_force(form.cleaned.opens_on).id)
        try:
            operations.edit_call(found, by=me(request), on=today, seen_version=seen_version(request), **values)
        except Refused as caught:
            if caught.refusal.code not in {"invalid", "changed_meanwhile"}:
                raise
            form.add_errors(dict(caught.refusal.fields) or {"": caught.refusal.text})
        else:
            messages.success(request, "草稿已保存。请预览，确认无误后发布。")
            return redirect("application_call", found.pk)
    context = {"form": form, "call": found, "hidden": [("version", found.version)]}
    return render(request, "application/call_form.html", context, status=422 if form.errors else 200)


@roles(Role.BUREAU)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the call as it was previewed: of another version nothing is published."""
    today = clock.today()
    found = queries.call_for(me(request), pk, today)
    found.version = seen_version(request)
    operations.publish_call(found, by=me(request), on=today)
    messages.success(
        request, f"已发布《{found.title}》，公众可在网站首页看到；申报单位自{chinese(found.opens_on)}起可以申报。"
    )
    return redirect("application_call", found.pk)

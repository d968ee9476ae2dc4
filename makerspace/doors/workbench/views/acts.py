"""The page on which an act of a case is taken."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from makerspace.doors.workbench import acting, page
from makerspace.doors.workbench.beside import beside
from makerspace.doors.workbench.signed import status_of
from makerspace.office.casework.acts import Input
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.record import clock
from makerspace.web.acting import FORM_KEY, SEEN, ChangedMeanwhile, Step, step_for, token_of
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import signed_in
from makerspace.web.visitor import ask_again, me


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """What will happen, the form, and taking the act."""
    today = clock.today()
    before = acting.answered(request) if request.method == "POST" else None
    if before:
        return before
    step = step_for(me(request), number, act, today)
    own = acting.own_page(step)
    if request.method == "POST" and not (own and step.act.batch):  # what a batch page asks is asked nowhere else
        return _taken(request, step, today)
    if step.refusal:
        raise Refused(step.refusal)
    if own:
        return redirect(own)
    if step.move.decides:
        ask_again(request)
    return _shown(request, step, step.form(me(request)), today)


def _taken(request: HttpRequest, step: Step, on: date) -> HttpResponse:
    """Take the act; whatever stands in the way, what was typed stays on the page."""
    sent, wrong = (request.POST, {}) if step.refusal else step.keep_files(request, on)
    form = step.form(me(request), sent)
    form.add_errors(wrong)
    if step.refusal and step.refusal.code != "wrong_stage":
        raise Refused(step.refusal)
    if step.refusal:
        return _shown(request, step, form, on, refusal=step.refusal, status=409)
    if step.move.decides:
        ask_again(request)
    if not form.is_valid():
        return _shown(request, step, form, on, status=status_of(form))
    try:
        return acting.attempt(request, step, form, on)
    except ChangedMeanwhile:
        step = step_for(me(request), step.case.number, step.act.code, on)
        return _shown(request, step, form, on, changed=True, status=412)
    except Refused as refused:
        return _refused(request, step, form, on, refused)


def _refused(request: HttpRequest, step: Step, form: SchemaForm[Input], on: date, refused: Refused) -> HttpResponse:
    """A field that the act found wrong goes back into the form; a stage that has passed is said above it."""
    before = acting.answered(request)
    if before:
        return before
    if refused.refusal.code == "invalid":
        return _shown(request, step, acting.field_errors(form, refused), on, status=422)
    if refused.refusal.code != "wrong_stage":
        raise refused
    step = Step(step.case, step.move, step.act, refused.refusal)
    return _shown(request, step, form, on, refusal=refused.refusal, status=409)


def _shown(
    request: HttpRequest,
    step: Step,
    form: SchemaForm[Input],
    on: date,
    *,
    refusal: Refusal | None = None,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    seen = request.POST.get(SEEN, "")
    context = {
        "step": step,
        "form": form,
        "outlook": acting.outlook(step),
        "refusal": refusal,
        "changed": changed,
        "happened": acting.since(step.case, seen, me(request), on) if changed or refusal else [],
        "hidden": [
            (FORM_KEY, token_of(request)),
            (SEEN, step.case.version if changed or request.method != "POST" else seen),
        ],
        "tone": "grave" if page.tone_of(step.case, step.move) == "grave" else "",
    }
    context |= beside(step, me(request), on)
    return render(request, "workbench/act.html", context, status=status)

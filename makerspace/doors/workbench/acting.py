"""Taking an act from its page: what will happen, the form, one answer to one form, nothing lost on the way."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from makerspace.doors.workbench import page
from makerspace.doors.workbench.signed import me
from makerspace.office.casework import history, operations, queries, taking
from makerspace.office.casework.acts import Act, Input
from makerspace.office.casework.models import Answer, Case
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.people.models import Person
from makerspace.office.record.queries import entries_of
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Move, Role, Stage
from makerspace.web.forms import SchemaForm

FORM_KEY, SEEN = "form_token", "seen"
OWN_FIELDS = {"csrfmiddlewaretoken", FORM_KEY, SEEN}


class ChangedMeanwhile(Exception):
    """Somebody acted on the case since the form was opened."""


@dataclass
class Step:
    """One act on one case, as somebody is about to take it."""

    case: Case
    move: Move
    act: Act
    refusal: Refusal | None

    @property
    def page(self) -> str:
        """The act's own page, where it has one; else nothing."""
        url = page.act_url(self.case, self.act)
        return "" if url == reverse("work_act", args=[self.case.number, self.act.code]) else url


def step_for(person: Person, number: str, code: str, on: date) -> Step:
    """The case (404 if not visible), its move (404 if unknown), and why it may not be taken now, if so."""
    case = queries.fetch(person, number, on)
    move, act = taking.find(case, code)
    return Step(case, move, act, queries.why_not_seen(person, move, case, on=on))


def form_for(step: Step, person: Person, data: QueryDict | None = None) -> SchemaForm[Input]:
    """The act's input as a form, with the choices and first values that the matter gives."""
    options = step.act.options(step.case, person) if step.act.options else None
    initial = step.act.initial(step.case, person) if step.act.initial and data is None else None
    return SchemaForm(step.act.schema, data, initial=initial, options=options)


def attempt(request: HttpRequest, step: Step, form: SchemaForm[Input], on: date) -> HttpResponse:
    """Take the act once for this form, and go back to the case; raises Refused or ChangedMeanwhile."""
    person, values = me(request), form.cleaned
    seen = request.POST.get(SEEN, "")

    def answer() -> tuple[int, dict[str, str]]:
        if str(operations.lock(step.case).version) != seen:
            raise ChangedMeanwhile
        case = taking.take(step.case, step.act.code, by=person, on=on, payload=values)
        return 303, {"url": reverse("work_case", args=[case.number]), "text": told(case, step.move)}

    _, body, _ = operations.once(person, request.path, _key(request), _content(request), answer)
    return _back(request, body)


def answered(request: HttpRequest) -> HttpResponse | None:
    """What this very form was answered before, if it was sent already (C19)."""
    key = _key(request)
    kept = Answer.objects.filter(person=me(request), path=request.path, key=key, status__gt=0).first() if key else None
    return _back(request, json.loads(kept.body)) if kept else None


def _back(request: HttpRequest, body: dict[str, str]) -> HttpResponse:
    messages.success(request, body["text"])
    return redirect(body["url"])


def _key(request: HttpRequest) -> str:
    return request.POST.get(FORM_KEY, "")[:200]


def new_key() -> str:
    """A token for one form that was not sent yet."""
    return secrets.token_urlsafe(24)


def _content(request: HttpRequest) -> bytes:
    """What the form says, without its own machinery, in one spelling."""
    fields = {key: request.POST.getlist(key) for key in request.POST if key not in OWN_FIELDS}
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).digest()


# -- in words ----------------------------------------------------------------------------------------------------------
def told(case: Case, move: Move) -> str:
    """What happened and what happens next."""
    stage, due = queries.stage_of(case), f"，办理期限{chinese(case.due_on)}" if case.due_on else ""
    if not move.targets:
        return f"已登记“{move.label}”，本件仍在“{stage.label}”环节{due}。"
    if stage.final:
        return f"已办理“{move.label}”。本件办结，结果为“{stage.label}”，已通知申报单位。"
    holder = queries.holder_name(case)
    waits = "期满后自动转入下一环节" if stage.holder is Role.CLOCK else f"由{holder}办理{due}，已通知对方"
    return f"已办理“{move.label}”。本件转入“{stage.label}”环节，{waits}。"


@dataclass(frozen=True)
class Outlook:
    """What the act will do: from where to where, and who is told."""

    before: Stage
    after: Sequence[Stage]
    told: Sequence[str]


def outlook(step: Step) -> Outlook:
    """What will happen when the act is taken."""
    table = queries.procedure_of(step.case)
    after = [table.stage(code) for code in step.move.targets]
    people = [f"申报单位（{step.case.organisation.name}）"] if after else []
    for stage in after:
        if stage.holder not in {None, Role.APPLICANT, Role.CLOCK}:
            name = step.case.authority.office if stage.holder is Role.DISTRICT else queries.ROLE_NAMES[stage.holder]
            people.append(name)
    return Outlook(table.stage(step.case.stage), after, list(dict.fromkeys(people)))


def since(case: Case, seen: str, person: Person, on: date) -> Sequence[history.Line]:
    """What was done since the version that the form was opened on, newest first."""
    behind = case.version - int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 1
    entries = list(entries_of(case.number).order_by("-seq")[: max(1, min(behind, 20))])
    return history.told(case, entries, person, on)


def field_errors(form: SchemaForm[Input], refused: Refused) -> SchemaForm[Input]:
    """The same form with what the act itself found wrong, field by field."""
    form.add_errors(dict(refused.refusal.fields) or {"": refused.refusal.text})
    return form

"""Taking an act from its page: what will happen, the form, one answer to one form, nothing lost on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from makerspace.doors.workbench import page
from makerspace.doors.workbench.proposals import proposed
from makerspace.office.casework import history, queries
from makerspace.office.casework.acts import Input
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Person
from makerspace.office.record.queries import entries_of
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Move, Role, Stage
from makerspace.web import acting
from makerspace.web.acting import Step
from makerspace.web.forms import SchemaForm
from makerspace.web.visitor import me


def own_page(step: Step) -> str:
    """The act's own page, where it has one; else nothing."""
    url = page.act_url(step.case, step.act)
    return "" if url == reverse("work_act", args=[step.case.number, step.act.code]) else url


def attempt(request: HttpRequest, step: Step, form: SchemaForm[Input], on: date) -> HttpResponse:
    """Take the act once for this form, and go back to the case; raises Refused or ChangedMeanwhile."""
    return _back(
        request, acting.take(request, step, form.cleaned, on, lambda case: _said(case, step.move, me(request), on))
    )


def _said(case: Case, move: Move, person: Person, on: date) -> dict[str, str]:
    if not queries.visible_to(person, on).filter(pk=case.pk).exists():  # such as after declaring a conflict
        text = f"已登记“{move.label}”。办件{case.number}今后不再由您办理，您也不能再打开它。"
        return {"url": reverse("work_home"), "text": text}
    return {
        "url": reverse("work_case", args=[case.number]),
        "text": proposed(case, move.act, person, on) or told(case, move),
    }


def answered(request: HttpRequest) -> HttpResponse | None:
    """What this very form was answered before, if it was sent already (C19)."""
    body = acting.answered(request)
    return _back(request, body) if body else None


def _back(request: HttpRequest, body: dict[str, str]) -> HttpResponse:
    messages.success(request, body["text"])
    return redirect(body["url"])


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

"""Check your answers, hand in, and the receipt."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.application import papers, queries, shape, showing
from makerspace.matters.application.acts import Submit
from makerspace.matters.application.twins import twins_of
from makerspace.matters.application.views.common import filled_in_by, open_to
from makerspace.office.casework import queries as cases
from makerspace.office.casework import taking
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.documents.queries import current_paper
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import signed_in
from makerspace.web.visitor import me

ACTS = {"draft": "submit", "correction": "resubmit"}
OWN = frozenset({"commitment", "confirm_not_met"})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Everything as it will be handed in, all that is missing, and the commitment."""
    person, today = me(request), clock.today()
    case = _to_be_handed_in(request, person, number, today)
    if case is None:
        return redirect("application_receipt", number)
    form = SchemaForm(Submit, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            taking.take(case, ACTS[case.stage], by=person, on=today, payload=form.cleaned)
        except Refused as caught:
            if caught.refusal.code != "invalid":
                raise
            form.add_errors({name: text for name, text in caught.refusal.fields.items() if name in OWN})
        else:
            return redirect("application_receipt", case.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "application/check.html", _context(case, form, person, today), status=status)


def _to_be_handed_in(request: HttpRequest, person: Person, number: str, on: date) -> Case | None:
    """The case; None where this very form was sent already and the case has just been handed in."""
    case = filled_in_by(person, number, on)
    if case.stage not in queries.EDITABLE and queries.latest_submission(case) is not None and request.method == "POST":
        return None
    return open_to(person, number, on)


def _context(case: Case, form: SchemaForm[Submit], person: Person, on: date) -> dict[str, Any]:
    findings = queries.findings_of(case, on)
    missing = queries.missing_for_submission(case)
    allowed = queries.opened(case).sections
    answers = [(row, row.section.code in allowed) for row in shape.in_words(case.regulation, case.application.dossier)]
    titles = {row.id: row.title for row in by_id(case.regulation).conditions_of(case.category)}
    return {
        "case": case,
        "call": case.application.call,
        "today": on,
        "form": form,
        "answers": answers,
        "category": by_id(case.regulation).categories[case.category],
        "findings": findings,
        "finding_rows": [{**row, "title": titles[row["id"]]} for row in findings["findings"]],
        "not_met": [titles[id_] for id_ in queries.not_met(findings)],
        "missing": showing.places(case, missing),
        "files": [showing.file_row(case, each, editable=False) for each in queries.papers_of_applicant(case)],
        "commitment": papers.COMMITMENT,
        "refusal": _refusal(case, person, on),
        "operator_warning": queries.operator_warning(case, case.application.dossier),
        "noticed": queries.noticed_in(case.regulation, case.application.dossier, on),
        "twins": twins_of(case, person, on),
        "resubmitting": case.stage == "correction",
    }


def _refusal(case: Case, person: Person, on: date) -> Refusal | None:
    """Why it can't be handed in at all now, such as a call that has closed."""
    return cases.why_not_seen(person, cases.procedure_of(case).move(ACTS[case.stage]), case, on=on)


@signed_in
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What was handed in, its number, and what happens next and by when."""
    today = clock.today()
    case = filled_in_by(me(request), number, today)
    latest = queries.latest_submission(case)
    if latest is None:
        return redirect("application_tasks", case.number)
    context = {
        "case": case,
        "submission": latest,
        "stage": cases.stage_of(case),
        "holder": cases.holder_name(case),
        "receipt": current_paper(case.number, "receipt"),
        "print_set": current_paper(case.number, "print_set"),
        "copies": queries.paper_copies_of(case),
    }
    return render(request, "application/receipt.html", context)

"""Handing out the papers of a case to those who may see its content."""

from collections.abc import Callable, Mapping
from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from makerspace.matters.application.queries import deals_with
from makerspace.matters.review.queries.facts import opinion_is_open, reads_internal
from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents import serving
from makerspace.office.documents.models import Paper
from makerspace.office.documents.queries import paper_by_code, papers_of
from makerspace.office.people.models import Person

# A recommendation's letter bears the rank, which applicants and experts are not told; a print set how to reach people;
# the panel's opinion is the applicant's to read with the decision.
READ_BY: Mapping[str, Callable[[Person, Case, date], bool]] = {
    "recommendation_letter": reads_internal,
    "print_set": deals_with,
    "expert_opinion": opinion_is_open,
}


def papers_for(person: Person, case: Case, on: date) -> list[Paper]:
    """The papers of a case whose content the person sees, the latest first; without those that are not theirs to read."""
    papers = papers_of(case.number).order_by("-created_at", "-pk")
    return [paper for paper in papers if _may_read(person, case, paper, on)]


def fetch(person: Person, code: str, on: date) -> Paper:
    """The paper of that check code, if it belongs to a case whose content the person sees; else as if there were none."""
    found = paper_by_code(code)
    case = queries.visible_to(person, on).filter(number=found.subject).first() if found else None
    if (
        found is None
        or case is None
        or not queries.sees_content(person, case, on)
        or not _may_read(person, case, found, on)
    ):
        raise Refused(queries.NOT_THERE)
    return found


def _may_read(person: Person, case: Case, paper: Paper, on: date) -> bool:
    ask = READ_BY.get(paper.kind)
    return ask is None or ask(person, case, on)


def deliver(request: HttpRequest, paper: Paper) -> HttpResponseBase:
    """The file as an attachment; a page that says how it stands while it is not made."""
    if paper.blob is None:
        return render(request, "workbench/paper_pending.html", {"paper": paper}, status=202)
    return serving.attachment(paper.blob, f"{paper.title}.pdf")

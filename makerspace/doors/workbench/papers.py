"""Handing out the papers of a case to those who may see its content."""

from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from makerspace.office.casework import queries
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents import serving
from makerspace.office.documents.models import Paper
from makerspace.office.documents.queries import paper_by_code
from makerspace.office.people.models import Person


def fetch(person: Person, code: str, on: date) -> Paper:
    """The paper of that check code, if it belongs to a case whose content the person sees; else as if there were none."""
    found = paper_by_code(code)
    case = queries.visible_to(person, on).filter(number=found.subject).first() if found else None
    if found is None or case is None or not queries.sees_content(person, case, on):
        raise Refused(queries.NOT_THERE)
    return found


def deliver(request: HttpRequest, paper: Paper) -> HttpResponseBase:
    """The file as an attachment; a page that says how it stands while it is not made."""
    if paper.blob is None:
        return render(request, "workbench/paper_pending.html", {"paper": paper}, status=202)
    return serving.attachment(paper.blob, f"{paper.title}.pdf")

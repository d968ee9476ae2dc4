"""The self-check: no account, nothing kept; a few questions, or a dossier file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.doors.portal import quick, showing
from makerspace.doors.portal.days import Asked, asked_day
from makerspace.matters.application.queries import open_calls
from makerspace.regulation import VERSIONS, in_force
from makerspace.regulation.faults import Fault, Faults
from makerspace.regulation.terms import Finding, Findings
from makerspace.web.forms import SchemaForm
from makerspace.web.limits import limited
from makerspace.web.policy import public

MOST_BYTES = 3 * 1024 * 1024
MOST_FAULTS = 100
BEGINNING = VERSIONS[0].in_force_from


@public
@require_safe
def self_check(request: HttpRequest) -> HttpResponse:
    """First the category; or a file that says it itself."""
    return _start(request)


@public
@csrf_exempt  # nothing is kept and nobody is signed in here: there is nothing to forge
@require_http_methods(["GET", "HEAD", "POST"])
@limited("self_check", 30)
def questions(request: HttpRequest, category: str) -> HttpResponse:
    """The questions of one category; answered, the table."""
    if category not in quick.SCHEMAS:
        raise Http404
    asked = asked_day(request, BEGINNING)
    form = SchemaForm(
        quick.SCHEMAS[category],
        request.POST if request.method == "POST" else None,
        options=quick.options(category, asked.day),
    )
    if form.is_valid():
        regulation = in_force(asked.day)
        findings = regulation.check(regulation.parse(quick.dossier_of(form.cleaned, asked.day)), asked.day)
        return _result(request, findings, asked, told=quick.told, assumed=quick.ASSUMED[category])
    fields = {field.name: replace(field, mark_optional=False) for field in form.fields}
    groups = [(title, article, [fields[name] for name in names]) for title, article, names in quick.GROUPS[category]]
    context = {
        "form": form,
        "groups": groups,
        "category": category,
        "label": _label(category, asked.day),
        "asked": asked,
    }
    return render(request, "portal/self_check_questions.html", context, status=422 if form.is_bound else 200)


@public
@csrf_exempt  # as above
@require_http_methods(["POST"])
@limited("self_check", 30)
def dossier_file(request: HttpRequest) -> HttpResponse:
    """A dossier as a file, all its faults at once, or the table."""
    asked = asked_day(request, BEGINNING)
    try:
        dossier = in_force(asked.day).parse(_content(request.FILES.get("dossier")))
    except Faults as error:
        return _start(request, faults=error.faults)
    return _result(request, in_force(asked.day).check(dossier, asked.day), asked)


def _content(file: "UploadedFile[bytes] | None") -> bytes:
    if file is None:
        raise Faults([Fault("", "", "请先选择一个文件")])
    if (file.size or 0) > MOST_BYTES:
        raise Faults([Fault("", "", f"文件过大：至多{MOST_BYTES // 1024 // 1024}MB")])
    content: bytes = file.read()
    return content


def _start(request: HttpRequest, faults: tuple[Fault, ...] = ()) -> HttpResponse:
    context = {
        "asked": asked_day(request, BEGINNING), "faults": faults[:MOST_FAULTS], "more": max(0, len(faults) - MOST_FAULTS),
        "most_mb": MOST_BYTES // 1024 // 1024,
    }  # fmt: skip
    return render(request, "portal/self_check.html", context, status=422 if faults else 200)


def _result(
    request: HttpRequest,
    findings: Findings,
    asked: Asked,
    *,
    told: Callable[[Finding], Finding] = lambda finding: finding,
    assumed: tuple[str, ...] = (),
) -> HttpResponse:
    regulation = in_force(asked.day)
    shown = findings._replace(findings=tuple(map(told, findings.findings)))
    context: dict[str, Any] = {
        "rows": showing.rows_of(shown, regulation), "overall": showing.overall_of(findings), "regulation": regulation,
        "papers": showing.papers_of(regulation, findings.category), "assumed": assumed, "asked": asked,
        "label": _label(findings.category, asked.day), "category": findings.category if assumed else "",
        "call": open_calls(asked.day).first(),
    }  # fmt: skip
    return render(request, "portal/self_check_result.html", context)


def _label(category: str, on: date) -> str:
    return in_force(on).categories[category]

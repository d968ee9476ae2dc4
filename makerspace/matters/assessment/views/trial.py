"""The trial of a scheme on a year's figures: everyone at a glance, and one makerspace line by line."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from makerspace.matters.assessment.models import Scheme
from makerspace.matters.assessment.operations import figures as operations
from makerspace.matters.assessment.queries import scheme as schemes
from makerspace.matters.assessment.queries import trial as queries
from makerspace.matters.assessment.views.scheme import READERS
from makerspace.office.casework.refusals import refused
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.policy import roles
from makerspace.web.visitor import me


@roles(*READERS)
@require_safe
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Who moves under this scheme, beside another one, on a year's figures."""
    row = get_object_or_404(schemes.schemes(), pk=pk)
    context = _chosen(request, row) | {"bureau": Role.BUREAU in me(request).capacity(clock.today()).roles}
    context["trial"] = _tried(row, context)
    return render(request, "assessment/trial.html", context)


@roles(*READERS)
@require_safe
def one(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """One makerspace under both schemes, line by line, each line with its working."""
    row = get_object_or_404(schemes.schemes(), pk=pk)
    context = _chosen(request, row)
    tried = _tried(row, context)
    move = next((each for each in (tried.moves if tried else ()) if each.filed.number == number), None)
    if move is None:
        raise Http404
    context |= {"move": move, "parts": queries.compared(move)}
    return render(request, "assessment/trial_one.html", context)


@roles(Role.BUREAU)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the figures of a year anew from the registers."""
    row = get_object_or_404(schemes.schemes(), pk=pk)
    given = request.POST.get("year", "")
    if not (given.isascii() and given.isdecimal() and len(given) == 4):
        raise refused("invalid", "请选择年度。", 18, fields={"year": "请选择年度"})
    count = operations.take_figures(int(given), by=me(request), on=clock.today())
    messages.success(request, f"已从登记册汇总{given}年{count}家的数据。")
    return redirect(f"{reverse('assessment_scheme_trial', args=[row.pk])}?year={given}")


def _chosen(request: HttpRequest, row: Scheme) -> dict[str, Any]:
    """The year and the scheme to compare with, as the address asks, else the latest of each."""
    taken = queries.years()
    options = queries.beside_options(row)
    asked, wanted = request.GET.get("year", ""), request.GET.get("beside", "")
    year = next((each for each in taken if str(each.year) == asked), taken[0] if taken else None)
    beside = wanted if wanted in dict(options) else options[0][0]
    this = clock.today().year
    return {
        "scheme": row, "years": taken, "year": year, "options": options, "beside": beside,
        "beside_label": dict(options)[beside], "takeable": [this, this - 1],
    }  # fmt: skip


def _tried(row: Scheme, chosen: dict[str, Any]) -> queries.Trial | None:
    """The trial; none without figures, or while the scheme is not whole."""
    if chosen["year"] is None:
        return None
    try:
        candidate = schemes.scheme_of(row)
    except ValidationError:
        chosen["faults"] = schemes.sketch_of(row).faults()
        return None
    year: int = chosen["year"].year
    return queries.try_on(candidate, queries.beside_of(chosen["beside"], year), queries.filed(year))

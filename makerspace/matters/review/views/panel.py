"""Article 11: the pool and the draw, the study on the spot, the score sheet, the experts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from makerspace.matters.review import draw as drawing
from makerspace.matters.review import forms
from makerspace.matters.review.criteria import SOURCE, criteria_of
from makerspace.matters.review.models import Panel
from makerspace.matters.review.operations.experts import keep_expert
from makerspace.matters.review.queries import experts as pool_queries
from makerspace.matters.review.queries import panel as queries
from makerspace.matters.review.queries.conditions import basis
from makerspace.matters.review.queries.photos import new_photos_of
from makerspace.matters.review.views.page import act_page, photo_rows, replayed, rows_of, step_for
from makerspace.office.casework import queries as cases
from makerspace.office.casework.acts import Input
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import roles, signed_in
from makerspace.web.reading import reads_once
from makerspace.web.visitor import me

METHODS = ["GET", "HEAD", "POST"]


@signed_in
@require_http_methods(METHODS)
@reads_once
def convene(request: HttpRequest, number: str) -> HttpResponse:
    """The pool with those who are left out and why; then the draw."""
    if before := replayed(request) if request.method == "POST" else None:
        return before
    step = step_for(request, number, "convene")
    told = "专家组已抽取，已请各位专家申明利害关系。"
    pool = queries.pool_for(step.case, on=clock.today())
    return act_page(request, step, "review/convene.html", lambda _: {"pool": pool}, then="review_draw", told=told)


@signed_in
@require_http_methods(["GET", "HEAD"])
def draw(request: HttpRequest, number: str) -> HttpResponse:
    """The draw of the panel, repeated before the visitor's eyes, and how to repeat it elsewhere."""
    person, today = me(request), clock.today()
    case = cases.fetch(person, number, today)
    panel = queries.panel_of(case) if cases.sees_content(person, case, today) else None
    if panel is None:
        raise Refused(cases.NOT_THERE)
    return render(request, "review/draw.html", _drawn(panel, person) | {"case": case, "panel": panel})


def _drawn(panel: Panel, person: Person) -> dict[str, Any]:
    """Each number of the pool with its digest and place; names only for those who may see them.

    Nor does anybody else see who leads or has left: a number is the same in every case, and by either mark it could be
    joined to a label of the panel (C12).
    """
    named = queries.sees_names(person, panel.case, clock.today())
    seats = {seat.expert_id: seat for seat in queries.seats_of(panel)}
    places = {id_: place for place, id_ in enumerate(queries.whole_order(panel), start=1)}
    names = pool_queries.names_of([*places, *(row["id"] for row in panel.excluded)]) if named else {}
    rows = [
        {
            "id": id_,
            "place": place,
            "digest": drawing.digest_for(panel.seed, id_),
            "seat": seats.get(id_),
            "left": seats[id_].get_ending_display() if named and id_ in seats else "",
            "head": named and id_ in seats and seats[id_].person_id == panel.head_id,
            "name": names.get(id_, ""),
        }
        for id_, place in places.items()
    ]
    excluded = [{**row, "name": names.get(row["id"], "")} for row in panel.excluded] if named else []
    ids = [row["id"] for row in panel.pool]
    return {"rows": rows, "excluded": excluded, "named": named, "verified": queries.verify_draw(panel), "ids": ids}


@signed_in
@require_http_methods(METHODS)
@reads_once
def study(request: HttpRequest, number: str) -> HttpResponse:
    """The head records the panel's study on the spot."""
    if before := replayed(request) if request.method == "POST" else None:
        return before
    step = step_for(request, number, "record_expert_visit")
    photos, panel = new_photos_of(step.case), queries.panel_of(step.case)

    def context(form: SchemaForm[Input]) -> dict[str, Any]:
        return {"photo_rows": photo_rows(form, photos), "panel": panel}

    return act_page(request, step, "review/study.html", context, then="review_case", tab="panel")


@signed_in
@require_http_methods(METHODS)
@reads_once
def score(request: HttpRequest, number: str) -> HttpResponse:
    """An expert's score sheet."""
    if before := replayed(request) if request.method == "POST" else None:
        return before
    step = step_for(request, number, "score")
    criteria = {row.id: (row, basis(row.citation)) for row in criteria_of(step.case.category)}
    told = "评分已提交并锁定。组内其他专家已提交的评分现在可以查看，均不显示姓名。"

    def context(form: SchemaForm[Input]) -> dict[str, Any]:
        cards = [(*criteria[id_], row) for id_, row in rows_of(form, "items") if id_ in criteria]
        return {"cards": cards, "source": SOURCE}

    return act_page(request, step, "review/score.html", context, then="review_case", tab="panel", told=told)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD"])
def experts(request: HttpRequest) -> HttpResponse:
    """The pool of experts, and those who hold the post but are not in it yet."""
    return render(
        request,
        "review/experts.html",
        {"experts": pool_queries.pool(), "waiting": pool_queries.not_in_pool(clock.today())},
    )


@roles(Role.BUREAU)
@require_http_methods(METHODS)
def expert(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person into the pool, or change what the pool says of them."""
    person = get_object_or_404(pool_queries.may_be_in_pool(clock.today()), pk=pk)
    card = pool_queries.card_of(person)
    form = SchemaForm(forms.ExpertCard, request.POST if request.method == "POST" else None, initial=card)
    if form.is_valid():
        keep_expert(person, by=me(request), on=clock.today(), **form.cleaned.model_dump())
        return redirect("review_experts")
    status = 422 if form.is_bound and not form.editing_rows else 200
    return render(request, "review/expert.html", {"person": person, "form": form}, status=status)

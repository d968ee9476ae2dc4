"""Article 10 on a phone: what was declared beside what is found, photos first."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from makerspace.matters.application import queries as applications
from makerspace.matters.review import operations
from makerspace.matters.review.queries.conditions import declared_of
from makerspace.matters.review.queries.facts import district_facts, outcome_facts, panel_facts
from makerspace.matters.review.queries.photos import new_photos_of, photos_of
from makerspace.matters.review.views.page import act_page, photo_rows, replayed, rows_of, step_for
from makerspace.office.casework import queries as cases
from makerspace.office.casework.acts import Input
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.web.forms import SchemaForm
from makerspace.web.parts import Tab
from makerspace.web.policy import signed_in
from makerspace.web.reading import reads_once
from makerspace.web.refusals import wants_json
from makerspace.web.visitor import me


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@reads_once
def visit(request: HttpRequest, number: str) -> HttpResponse:
    """Record a site visit, condition by condition."""
    if before := replayed(request) if request.method == "POST" else None:
        return before
    step = step_for(request, number, "record_visit")
    declared, photos = {row.id: row for row in declared_of(step.case)}, new_photos_of(step.case)

    def context(form: SchemaForm[Input]) -> dict[str, Any]:
        cards = [(declared[id_], row) for id_, row in rows_of(form, "items") if id_ in declared]
        return {"cards": cards, "photo_rows": photo_rows(form, photos)}

    told = "查验记录已登记，已请申报单位会签。会签与否不影响推荐。"
    return act_page(request, step, "review/visit.html", context, then="review_case", told=told)


@signed_in
@require_POST
def add_photo(request: HttpRequest, number: str, after: str) -> HttpResponse:
    """Keep photos for the visit that is about to be recorded: go back to its page, or hand a script the photo's row."""
    person, today = me(request), clock.today()
    case = cases.fetch(person, number, today)
    operations.ask_photographer(case, by=person, on=today)
    files = request.FILES.getlist("file")
    if not files:
        raise refused("invalid", "请先选择照片。", 10, fields={"photos": "请选择 JPG 或 PNG 照片"})
    kept = [operations.attach_photo(case, file, file.name or "photo.jpg", by=person, on=today) for file in files]
    if wants_json(request):
        return render(request, "review/_photo.html", {"case": case, "photo": kept[0], "ticked": True})
    return redirect({"visit": "review_visit", "study": "review_study"}[after], case.number)


@signed_in
@require_http_methods(["GET", "HEAD"])
@reads_once
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Visits, panel, scores, conclusion, decisions and notices of a case, as the visitor may see them."""
    person, today = me(request), clock.today()
    found = cases.fetch(person, number, today)
    if found.kind != applications.KIND:
        raise Refused(cases.NOT_THERE)
    if not cases.sees_content(person, found, today):
        raise refused("not_yours", "您目前的身份不能查看本件的查验与评审内容。", 10, 11)
    asked = request.GET.get("tab", "")
    code = asked if asked in TABS else next(iter(TABS))
    tabs = [Tab(label, f"?tab={key}", key == code) for key, (label, _) in TABS.items()]
    context = {"case": found, "tabs": tabs, "tab": code, "facts": TABS[code][1](found, person, today)}
    context |= {"photos": photos_of(found)} if code == "visit" else {}
    return render(request, "review/case.html", context)


TABS: Mapping[str, tuple[str, Callable[[Case, Person, date], object]]] = {
    "visit": ("初审与查验", district_facts),
    "panel": ("专家评审", panel_facts),
    "outcome": ("审定与公示", outcome_facts),
}

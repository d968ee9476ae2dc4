"""Schemes: the list, one read aloud, its forms row by row, its way to the leader, and the trial on a year."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import BaseModel, ValidationError

from makerspace.matters.assessment.forms import scheme as forms
from makerspace.matters.assessment.models import Scheme
from makerspace.matters.assessment.operations import scheme as operations
from makerspace.matters.assessment.queries import scheme as queries
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.record import clock
from makerspace.regulation.faults import faults_of
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.scheme import KINDS, Sketch
from makerspace.regulation.terms import Role
from makerspace.web.acting import FORM_KEY, once, token_of
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.binding import version_of
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import roles
from makerspace.web.visitor import ask_again, me

READERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)
STATES = Filter("state", "状态", [choice for choice in Scheme.State.choices if choice[0] != "discarded"], "state")
NOUNS = {"indicators": "指标", "bonuses": "加分项", "vetoes": "否决项"}


@roles(*READERS)
@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """All schemes, the latest year first."""
    shown = listing(request, queries.schemes(), sorts={"year": ("year", "id")}, default="-year", filters=[STATES])
    bureau = Role.BUREAU in me(request).capacity(clock.today()).roles
    return render(request, "assessment/schemes.html", {"listing": shown, "bureau": bureau})


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft from the default or another scheme; the same form sent twice makes one draft."""
    today = clock.today()
    rows = list(queries.schemes().order_by("-year", "-pk")[:50])
    options = {"base": [("default", "系统默认方案"), *((str(row.pk), str(row)) for row in rows)]}
    first = {"year": today.year - 1, "base": "default"}
    form = SchemaForm(forms.StartInput, request.POST or None, initial=first, options=options)
    if form.is_valid() and form.cleaned.base not in dict(options["base"]):
        form.add_errors({"base": "请在列出的方案中选择"})
    if form.is_valid():
        sketch = _base(form.cleaned.base, form.cleaned.year, rows)
        made = once(request, lambda: (303, _named(operations.draft_scheme(by=me(request), on=today, sketch=sketch))))
        messages.success(request, "草案已建立。请逐项修改，试算后送局领导发布。")
        return redirect("assessment_scheme", int(made["scheme"]))
    context = {"form": form, "hidden": [(FORM_KEY, token_of(request))]}
    return render(request, "assessment/scheme_new.html", context, status=422 if form.errors else 200)


def _base(base: str, year: int, rows: list[Scheme]) -> Sketch:
    if base == "default":
        return default_scheme(year)
    found = next(row for row in rows if str(row.pk) == base)
    return forms.for_year(queries.sketch_of(found), year)


def _named(row: Scheme) -> dict[str, str]:
    return {"scheme": str(row.pk)}


@roles(*READERS)
@require_safe
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """One scheme whole, and what may be done with it now."""
    return _shown(request, _found(pk))


def _shown(request: HttpRequest, row: Scheme, refusal: Refused | None = None) -> HttpResponse:
    person, today = me(request), clock.today()
    held, sketch = person.capacity(today).roles, queries.sketch_of(row)
    draft, submitted = row.state == Scheme.State.DRAFT, row.state == Scheme.State.SUBMITTED
    context = {
        "scheme": row, "reading": queries.read_aloud(sketch), "faults": sketch.faults() if draft else (),
        "changes": queries.changes_of(row), "edits": draft and Role.BUREAU in held, "bureau": Role.BUREAU in held,
        "decides": submitted and Role.LEADER in held, "returns": submitted and bool(held & {Role.LEADER, Role.BUREAU}),
        "wrote": queries.edited_by(person, row), "refusal": refusal.refusal if refusal else None,
        "form": SchemaForm(forms.ReturnInput),
    }  # fmt: skip
    return render(request, "assessment/scheme.html", context, status=refusal.refusal.status if refusal else 200)


# -- writing --------------------------------------------------------------------------------------------------------------


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def head(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, pass line, grades, note."""
    row = _draft(pk)
    sketch = queries.sketch_of(row)
    form = SchemaForm(forms.HeadInput, request.POST or None, initial=sketch)
    page = {"form": form, "scheme": row, "heading": "名称、等次和说明"}
    return _saved(request, row, form, page, lambda given: forms.with_head(sketch, given), "修改名称、等次和说明")


@roles(Role.BUREAU)
@require_safe
def kinds(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Which formula: each kind with an example."""
    row, code = _draft(pk), request.GET.get("code", "")
    if part not in {"indicators", "bonuses"}:
        raise Http404
    known = {each.code: each for each in queries.sketch_of(row).rows}
    offered = [(kind, label, forms.KIND_NOTES[kind]) for kind, label in KINDS.items()]
    context = {"scheme": row, "part": part, "noun": NOUNS[part], "kinds": offered, "row": known.get(code)}
    return render(request, "assessment/scheme_kinds.html", context)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def row_new(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """One indicator, bonus or veto more."""
    found = _draft(pk)
    sketch = queries.sketch_of(found)
    kind, form = _row_form(request, part, request.GET.get("kind", ""), _first_values(request))
    code = forms.new_code(sketch, part)
    page = {"form": form, "scheme": found, "heading": f"添加{NOUNS[part]}", "part": part, "kind": KINDS.get(kind, "")}
    return _saved(request, found, form, page, _put(sketch, part, kind, code), f"添加{NOUNS[part]}")


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, pk: int, part: str, code: str) -> HttpResponse:
    """One indicator, bonus or veto as a form; another kind of formula begins it anew."""
    found = _draft(pk)
    sketch = queries.sketch_of(found)
    known = _row_of(sketch, part, code)
    shown, now = forms.shown_of(known), getattr(getattr(known, "formula", None), "kind", "")
    asked = request.GET.get("kind", "") or now
    first = shown if asked == now else {key: value for key, value in shown.items() if key != "formula"}
    kind, form = _row_form(request, part, asked, first)
    page = {
        "form": form, "scheme": found, "heading": known.label, "part": part, "row": known, "kind": KINDS.get(kind, ""),
    }  # fmt: skip
    return _saved(request, found, form, page, _put(sketch, part, kind, code), f"修改{NOUNS[part]}“{known.label}”")


def _first_values(request: HttpRequest) -> dict[str, str]:
    return {"dimension": request.GET.get("dimension", "")}


def _row_form(request: HttpRequest, part: str, kind: str, initial: Mapping[str, Any]) -> tuple[str, SchemaForm[Any]]:
    if part not in NOUNS or (part != "vetoes" and kind not in KINDS):
        raise Http404
    model = forms.VetoInput if part == "vetoes" else forms.row_form(part, kind)
    return kind, SchemaForm(model, request.POST or None, initial=initial, options=forms.field_options())


def _row_of(sketch: Sketch, part: str, code: str) -> Any:  # noqa: ANN401 (an indicator, a bonus or a veto)
    for each in getattr(sketch, part) if part in NOUNS else ():
        if each.code == code:
            return each
    raise Http404


def _put(sketch: Sketch, part: str, kind: str, code: str) -> Callable[[BaseModel], Sketch]:
    return lambda given: forms.with_row(sketch, part, forms.row_of(part, kind, code, given))


def _saved(
    request: HttpRequest, row: Scheme, form: SchemaForm[Any], page: dict[str, Any],
    make: Callable[[Any], Sketch], what: str,
) -> HttpResponse:  # fmt: skip
    """Save what the form holds, or show what is wrong with it; of another revision nothing is written."""
    if form.is_valid():
        try:
            operations.revise_scheme(
                row,
                by=me(request),
                on=clock.today(),
                seen=version_of(request.POST.get("seen", "")),
                sketch=make(form.cleaned),
                what=what,
            )
        except ValidationError as error:
            form.add_errors({"": "；".join(dict.fromkeys(fault.expected for fault in faults_of(error)))})
        except Refused as caught:
            if caught.refusal.code != "changed_meanwhile":
                raise
            form.add_errors({"": caught.refusal.text})
        else:
            messages.success(request, f"已保存：{what}。")
            return redirect("assessment_scheme", row.pk)
    page["hidden"] = [("seen", request.POST.get("seen", row.revision))]
    return render(request, "assessment/scheme_form.html", page, status=422 if form.errors else 200)


@roles(Role.BUREAU)
@require_POST
def remove(request: HttpRequest, pk: int, part: str, code: str) -> HttpResponse:
    """Take an indicator, bonus or veto out."""
    found = _draft(pk)
    sketch = queries.sketch_of(found)
    what = f"删除{NOUNS.get(part, '')}“{_row_of(sketch, part, code).label}”"
    operations.revise_scheme(
        found,
        by=me(request),
        on=clock.today(),
        seen=version_of(request.POST.get("seen", "")),
        sketch=forms.without_row(sketch, part, code),
        what=what,
    )
    messages.success(request, f"已{what}。")
    return redirect("assessment_scheme", pk)


# -- its way ----------------------------------------------------------------------------------------------------------------


@roles(Role.BUREAU)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it to the leaders."""
    operations.submit_scheme(
        _found(pk), by=me(request), on=clock.today(), seen=version_of(request.POST.get("seen", ""))
    )
    messages.success(request, "已送局领导审定，发布前不能再修改；需要修改的，可以取回。")
    return redirect("assessment_scheme", pk)


@roles(Role.BUREAU, Role.LEADER)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the draft, with the reason."""
    form, found = SchemaForm(forms.ReturnInput, request.POST), _found(pk)
    if not form.is_valid():
        raise refused("invalid", "请填写退回理由，350字以内。", 18)
    operations.return_scheme(found, by=me(request), on=clock.today(), reason=form.cleaned.reason)
    messages.success(request, "已退回修改，拟定人已收到通知。")
    return redirect("assessment_scheme", pk)


@roles(Role.LEADER)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish what was read, after proving who one is; what changed meanwhile is shown anew."""
    ask_again(request)
    found = _found(pk)
    try:
        operations.publish_scheme(found, by=me(request), on=clock.today(), read=request.POST.get("digest", ""))
    except Refused as caught:
        if caught.refusal.code != "changed_meanwhile":
            raise
        return _shown(request, _found(pk), caught)
    messages.success(request, f"{found.year}年度考核方案已发布，内容固定；公众可在网站查看。")
    return redirect("assessment_scheme", pk)


@roles(Role.BUREAU)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    operations.discard_scheme(_found(pk), by=me(request), on=clock.today())
    messages.success(request, "草案已作废。")
    return redirect("assessment_schemes")


def _found(pk: int) -> Scheme:
    return get_object_or_404(queries.schemes(), pk=pk)


def _draft(pk: int) -> Scheme:
    """A scheme that may still be changed."""
    row = _found(pk)
    if row.state != Scheme.State.DRAFT:
        raise refused("wrong_stage", f"方案现为“{row.get_state_display()}”，不能修改；待发布的可以先退回。", 18)
    return row

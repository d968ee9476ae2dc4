"""Materials: the map condition ↔ file ↔ page; adding, tying anew, removing; reading a file or its pages."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.matters.application import forms, operations, queries, showing
from makerspace.matters.application.models import Material
from makerspace.matters.application.views.common import open_to
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import serving, uploads
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import signed_in
from makerspace.web.reading import reads_once
from makerspace.web.visitor import me

MOST_AT_ONCE = 10


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@reads_once
def materials(request: HttpRequest, number: str) -> HttpResponse:
    """Every condition with its evidence, the plans, and what the call asks for besides."""
    today = clock.today()
    case = open_to(me(request), number, today)
    form = SchemaForm(forms.MaterialInput, request.POST or None, options=_options(case))
    if request.method == "POST":
        answer = _added(request, case, form)
        if answer is not None:
            return answer
    held = queries.papers_of_applicant(case)
    context = {
        "case": case,
        "form": form,
        "proofs": showing.proofs(case, held, queries.findings_of(case, today)),
        "papers": showing.papers_asked(case, case.application.call, held),
        "missing": _missing(case),
        "plan_sections": by_id(case.regulation).plan_sections,
        "correction": queries.open_correction_of(case),
        "accept": uploads.ACCEPT,
        "limits": uploads.limits_text(),
        "stored": queries.stored(case),
        "most_files": settings.UPLOAD_CASE_FILES,
        "most_mb": settings.UPLOAD_CASE_BYTES // (1024 * 1024),
        "open_conditions": _open_conditions(case),
    }
    return render(request, "application/materials.html", context, status=422 if form.errors else 200)


def _missing(case: Case) -> list[showing.Place]:
    return showing.places(case, [item for item in queries.missing_for_submission(case) if not item.section])


@signed_in
@require_safe
def missing(request: HttpRequest, number: str) -> HttpResponse:
    """The papers that are still missing and what is held, asked for again after each upload."""
    case = open_to(me(request), number, clock.today())
    return render(request, "application/_missing.html", {"missing": _missing(case), "stored": queries.stored(case)})


def _open_conditions(case: Case) -> list[tuple[str, str]]:
    allowed = queries.opened(case).conditions
    rows = by_id(case.regulation).conditions_of(case.category)
    return [(row.id, row.title) for row in rows if row.id in allowed]


def _options(case: Case) -> dict[str, list[tuple[str, str]]]:
    return {
        "kind": [(kind, Material.Kind(kind).label) for kind in ("evidence", *queries.PAPERS)],
        "conditions": _open_conditions(case),
        "sections": [(name, name) for name in by_id(case.regulation).plan_sections],
        "code": [(row["code"], row["title"]) for row in case.application.call.materials],
    }


def _added(request: HttpRequest, case: Case, form: SchemaForm[forms.MaterialInput]) -> HttpResponse | None:
    """The answer to an upload: a row for our script, else back to the page; None where the form says what is wrong."""
    chosen = request.FILES.getlist("file")[:MOST_AT_ONCE]
    if form.is_valid() and not chosen:
        form.add_errors({"": "请选择要上传的文件"})
    if not form.is_valid():
        return _for_script(request, form)
    added = []
    try:
        for file in chosen:
            added.append(operations.attach(  # noqa: PERF401 (each stands on its own: those before a refusal stay)
                case, file, str(file.name), by=me(request), on=clock.today(), **form.cleaned.model_dump()
            ))  # fmt: skip
    except Refused as caught:
        if _by_script(request) or caught.refusal.code in {"not_found", "not_yours", "wrong_stage"}:
            raise
        form.add_errors(_known(caught.refusal.fields) or {"": caught.refusal.text})
        return None
    if _by_script(request):
        rows = [showing.file_row(case, material, editable=True) for material in added]
        return render(request, "application/_files.html", {"files": rows})
    messages.success(request, f"已上传{len(added)}个文件。")
    return redirect("application_materials", case.number)


def _known(fields: Any) -> dict[str, str]:  # noqa: ANN401 (a refusal's mapping)
    """What is wrong with a field of the form, by the form's own names."""
    names = {"condition": "conditions", "file": ""}
    return {names.get(name, name): text for name, text in fields.items()}


def _for_script(request: HttpRequest, form: SchemaForm[forms.MaterialInput]) -> HttpResponse | None:
    if not _by_script(request):
        return None
    raise refused("invalid", "；".join(form.errors.values()) or "请核对材料的种类和对应条件。", 9, fields=form.errors)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-By") == "script"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tie(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say anew what a file proves and where."""
    person, today = me(request), clock.today()
    case = open_to(person, number, today)
    material = queries.material_of(person, case, pk, today)
    initial = {"conditions": material.conditions, "pages": material.pages}
    options = {"conditions": _open_conditions(case)}
    form = SchemaForm(forms.TieInput, request.POST or None, initial=initial, options=options)
    if form.is_valid():
        try:
            operations.tie(case, material, by=person, on=today, **form.cleaned.model_dump())
        except Refused as caught:
            if caught.refusal.code != "invalid":
                raise
            form.add_errors(_known(caught.refusal.fields))
        else:
            messages.success(request, f"“{material.name}”对应的条件和页码已更新。")
            return redirect("application_materials", case.number)
    context = {"case": case, "material": material, "form": form}
    return render(request, "application/tie.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file out of the application."""
    person, today = me(request), clock.today()
    case = open_to(person, number, today)
    material = operations.detach(case, queries.material_of(person, case, pk, today), by=person, on=today)
    messages.success(request, f"已移除“{material.name}”。")
    return redirect("application_materials", case.number)


# -- reading -----------------------------------------------------------------------------------------------------------
@signed_in
@require_safe
def download(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The file itself, as an attachment that no browser runs."""
    person, today = me(request), clock.today()
    material = queries.material_of(person, cases.fetch(person, number, today), pk, today)
    return serving.attachment(material.blob, material.name)


@signed_in
@require_safe
def preview(request: HttpRequest, number: str, pk: int, page: int) -> HttpResponse:
    """A page of a file inside our own page, with what the file is for beside it."""
    person, today = me(request), clock.today()
    case = cases.fetch(person, number, today)
    material = queries.material_of(person, case, pk, today)
    last = material.blob.pages or 1
    if not 1 <= page <= last or material.blob.extension not in serving.DRAWABLE:
        raise refused("not_found", "这个文件没有这一页，或者不能在线预览。")
    context = {
        "case": case,
        "material": material,
        "file": showing.file_row(case, material, editable=False),
        "page": page,
        "last": last,
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if page < last else None,
    }
    return render(request, "application/preview.html", context)


@signed_in
@require_safe
def picture(request: HttpRequest, number: str, pk: int, page: int) -> HttpResponseBase:
    """A page of a file as a picture."""
    person, today = me(request), clock.today()
    material = queries.material_of(person, cases.fetch(person, number, today), pk, today)
    try:
        return serving.page(material.blob, page, _width(request))
    except serving.NoPreview as caught:
        raise refused("not_found", caught.text) from None


def _width(request: HttpRequest) -> int:
    given = request.GET.get("width", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 960

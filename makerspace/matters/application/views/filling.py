"""Filling in: start a draft, the task list, one section on one page, saved at any time."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.matters.application import forms, operations, queries, registered, shape, showing
from makerspace.matters.application.models import Application
from makerspace.matters.application.twins import twins_of
from makerspace.matters.application.views.common import filled_in_by, new_token, open_to, seen_version
from makerspace.matters.registers import queries as registers
from makerspace.office.casework import operations as casework
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.queries import competent_authorities, memberships_of
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.regulation.terms import Role, Section
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import roles, signed_in
from makerspace.web.visitor import me


# -- the start ---------------------------------------------------------------------------------------------------------
@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a draft for one of one's units; the same form sent twice opens one."""
    person, today = me(request), clock.today()
    call = queries.call_for(person, pk, today)
    units = [member.organisation for member in memberships_of(person, today)]
    options = {
        "organisation": [(unit.pk, unit.name) for unit in units],
        "category": [(code, by_id(call.regulation).categories[code]) for code in call.categories],
        "authority": [(row.code, row.name) for row in competent_authorities(today)],
    }
    first = {"organisation": units[0].pk} if len(units) == 1 else {}
    form = SchemaForm(forms.StartInput, request.POST or None, options=options, initial=first | _only(call.categories))
    if form.is_valid():
        try:
            return _started(request, call, units, form.cleaned, today)
        except Refused as caught:
            if caught.refusal.code != "invalid":
                raise
            form.add_errors(dict(caught.refusal.fields))
    context = {
        "form": form,
        "call": call,
        "units": units,
        "closed_reason": operations.closed_reason(call, today),
        "mine": queries.drafts_on(call, person, today),
        "token": request.POST.get("token") or new_token(),
    }
    return render(request, "application/start.html", context, status=422 if form.errors else 200)


def _only(categories: list[str]) -> dict[str, str]:
    return {"category": categories[0]} if len(categories) == 1 else {}


def _started(request: HttpRequest, call: Any, units: list[Any], given: forms.StartInput, on: date) -> HttpResponse:  # noqa: ANN401
    unit = next((unit for unit in units if unit.pk == given.organisation), None)
    if unit is None:
        raise refused("invalid", "请选择申报单位。", fields={"organisation": "请在您的单位中选择"})
    dossier = (queries.last_dossier(unit) or {}) if given.prefill else {}
    if given.registers and (kept := registers.named(me(request), unit.pk, given.name, on)):
        dossier |= registers.facts_on(kept, on)
        dossier["makerspace"] = {**(dossier.get("makerspace") or {}), "name": kept.name}
    place = {**(dossier.get("makerspace") or {}), "authority": given.authority}
    place["name"] = given.name or place.get("name")
    dossier |= {"regulation": call.regulation, "category": given.category, "makerspace": place}

    def answer() -> tuple[int, dict[str, str]]:
        case = operations.start(call, unit, by=me(request), on=on, dossier=dossier)
        return 303, {"number": case.number}

    token = request.POST.get("token", "")[:200] or new_token()
    _, body, _ = casework.once(me(request), request.path, token, token.encode(), answer)
    messages.success(request, f"已建立申报，编号{body['number']}。填写的内容随时保存，提交前都可以修改。")
    return redirect("application_tasks", body["number"])


# -- the task list -----------------------------------------------------------------------------------------------------
@signed_in
@require_safe
def tasks(request: HttpRequest, number: str) -> HttpResponse:
    """What is filled in and what is not; everything leads from here."""
    today = clock.today()
    case = filled_in_by(me(request), number, today)
    if case.stage not in queries.EDITABLE:
        return redirect("work_case", case.number)
    findings = queries.findings_of(case, today)
    missing = queries.missing_for_submission(case)
    context = {
        "case": case,
        "application": case.application,
        "call": case.application.call,
        "today": today,
        "category": by_id(case.regulation).categories[case.category],
        "tasks": showing.tasks(case, findings),
        "findings": findings,
        "missing": showing.places(case, missing),
        "unfilled": any(item.section for item in missing),
        "papers_missing": [item for item in missing if not item.section],
        "correction": queries.open_correction_of(case),
        "faults": _named_faults(case),
        "twins": twins_of(case, me(request), today),
    }
    return render(request, "application/tasks.html", context)


def _named_faults(case: Case) -> list[tuple[str, str]]:
    """What the correction notice asks for, by the names of what it is about."""
    correction = queries.open_correction_of(case)
    names = dict(queries.correction_targets(case))
    return (
        [(names.get(fault["target"], fault["target"]), fault["text"]) for fault in correction.faults]
        if correction
        else []
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, number: str) -> HttpResponse:
    """Another category, as long as nothing was handed in."""
    today = clock.today()
    case = open_to(me(request), number, today)
    application = case.application
    options = {"category": [(code, by_id(case.regulation).categories[code]) for code in application.call.categories]}
    form = SchemaForm(forms.CategoryInput, request.POST or None, initial={"category": case.category}, options=options)
    if case.filed_on is not None:
        raise refused("wrong_stage", "提交后不能更改申报类别。", 9)
    if form.is_valid():
        dossier = {**application.dossier, "category": form.cleaned.category}
        operations.save_dossier(
            case, dossier, by=me(request), on=today, seen_version=seen_version(request), unread=application.unread
        )
        return redirect("application_tasks", case.number)
    context = {"case": case, "form": form, "hidden": [("version", application.version)]}
    return render(request, "application/category.html", context, status=422 if form.errors else 200)


# -- one section -------------------------------------------------------------------------------------------------------
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """One section: filled in and saved whether complete or not."""
    today = clock.today()
    case = open_to(me(request), number, today)
    found = _section(case, section)
    if found.code not in queries.opened(case).sections:
        return _locked(request, case, found)
    application = case.application
    if request.method == "POST":
        return _saved(request, case, found, today)
    form = forms.SectionForm(case.regulation, found, dossier=application.dossier, unread=application.unread)
    return _shown(request, case, found, form, today)


def _section(case: Case, code: str) -> Section:
    found = forms.section_of(case.regulation, case.category, code)
    if found is None:
        raise refused("not_found", "没有这一部分申报内容。", 9)
    return found


def _saved(request: HttpRequest, case: Case, section: Section, on: date) -> HttpResponse:
    form = forms.SectionForm(case.regulation, section, request.POST)
    readable = form.readable()
    if readable is None:  # a row was added or dropped, or even what can be read makes no dossier
        return _shown(request, case, section, form, on, status=422 if form.errors else 200)
    try:
        _keep(request, case, section, readable, on)
    except Refused as caught:
        if caught.refusal.code != "changed_meanwhile":
            raise
        return _shown(request, case, section, form, on, status=412, changed=caught.refusal.text)
    if readable.unread:
        messages.warning(request, f"已保存。有{len(readable.unread)}处不能识别，已原样保留，请改正。")
        return redirect("application_section", case.number, section.code)
    messages.success(request, f"“{section.title}”已保存。")
    return redirect(
        _next(case, section) if "next" in request.POST else reverse("application_tasks", args=[case.number])
    )


def _keep(request: HttpRequest, case: Case, section: Section, readable: forms.Readable, on: date) -> Application:
    return operations.save_section(
        case, section.code, readable.values, by=me(request), on=on, seen_version=seen_version(request),
        unread=readable.unread, seen_digest=request.POST.get("digest", ""),
    )  # fmt: skip


def _next(case: Case, section: Section) -> str:
    """The page of the section that follows; after the last one, the materials."""
    rows = list(by_id(case.regulation).sections_of(case.category))
    place = rows.index(section) + 1
    if place == len(rows):
        return reverse("application_materials", args=[case.number])
    return reverse("application_section", args=[case.number, rows[place].code])


def _shown(
    request: HttpRequest,
    case: Case,
    section: Section,
    form: forms.SectionForm,
    on: date,
    *,
    status: int = 200,
    changed: str = "",
) -> HttpResponse:
    theirs = _in_words(case, section) if changed else []
    context = {
        "case": case,
        "section": section,
        "form": form,
        "saved_at": case.application.saved_at,
        **_seen(request, case.application, section, anew=bool(changed)),
        "changed": changed,
        "theirs": theirs,
        "faults": showing.faults_on(section, queries.open_correction_of(case)),
        "wide": any(field.kind == "rows" for field in form.fields),
        "place": registered.place_of(case, me(request), on) if registered.keys_in(section) else None,
        **_findings(case, section, on),
    }
    return render(request, "application/section.html", context, status=status)


def _seen(request: HttpRequest, application: Application, section: Section, *, anew: bool) -> dict[str, Any]:
    """What the form was opened on; what comes back without having been saved stays with what it was opened on."""
    if request.method == "POST" and not anew:
        return {"version": request.POST.get("version", ""), "digest": request.POST.get("digest", "")}
    return {"version": application.version, "digest": application.digest_of(section.keys)}


def _in_words(case: Case, section: Section) -> list[shape.Part]:
    answers = shape.in_words(case.regulation, case.application.dossier)
    return next(row.parts for row in answers if row.section.code == section.code)


def _locked(request: HttpRequest, case: Case, section: Section) -> HttpResponse:
    context = {"case": case, "section": section, "parts": _in_words(case, section)}
    return render(request, "application/section_locked.html", context)


def _findings(case: Case, section: Section, on: date) -> dict[str, Any]:
    """The findings that this section feeds, for the column beside it."""
    rows = [row for row in queries.findings_of(case, on)["findings"] if row["id"] in section.conditions]
    titles = {row.id: row.title for row in by_id(case.regulation).conditions_of(case.category)}
    unread = [
        text for path, text in case.application.unread.items() if path.split(".")[0].split("[")[0] in section.keys
    ]
    return {
        "section_findings": [(row, titles[row["id"]]) for row in rows],
        "unread": unread,
        "noticed": [
            row for row in queries.noticed_in(case.regulation, case.application.dossier, on) if row.key in section.keys
        ],
        "operator_warning": queries.operator_warning(case, case.application.dossier)
        if "operator" in section.keys
        else "",
    }


@signed_in
@require_safe
def findings(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """The column beside a section, asked for again after each save."""
    today = clock.today()
    case = open_to(me(request), number, today)
    return render(request, "application/_section_findings.html", _findings(case, _section(case, section), today))


@signed_in
@require_POST
def autosave(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """Save what is typed, as it is, in the background; a refusal comes back as JSON."""
    today = clock.today()
    case = open_to(me(request), number, today)
    found = _section(case, section)
    readable = forms.SectionForm(case.regulation, found, request.POST).readable()
    if readable is None:
        return JsonResponse(
            {"code": "invalid", "text": "有内容不符合要求，请按“保存”查看", "article": "", "fields": {}}, status=422
        )
    application = _keep(request, case, found, readable, today)
    seen = {"version": application.version, "digest": application.digest_of(found.keys)}
    return JsonResponse(seen | {"unread": len(readable.unread)})

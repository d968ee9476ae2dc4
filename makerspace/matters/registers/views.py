"""Pages of the registers: one list for each, a short form on top; import by paste or workbook; the history of a line."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.registers import forms, operations, queries, sheets, showing, yearly
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.offers import offers
from makerspace.matters.registers.queries import REGISTERS, Register
from makerspace.office.casework.acts import Input
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import uploads
from makerspace.office.people.models import Authority
from makerspace.office.people.operations import uscc_warning
from makerspace.office.people.queries import competent_authorities, memberships_of
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.codes import HIGHTECH_FIELDS
from makerspace.regulation.kunkefa_2017_55.report_checks import check_report
from makerspace.regulation.kunkefa_2017_55.report_fields import GROUPS, form_fields
from makerspace.regulation.terms import Role
from makerspace.web.export import xlsx_response
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.binding import version_of
from makerspace.web.lists import Filter, listing, selection
from makerspace.web.policy import roles
from makerspace.web.visitor import me

READERS = (Role.APPLICANT, Role.DISTRICT, Role.BUREAU, Role.LEADER, Role.AUDITOR)
FORM_METHODS = ["GET", "HEAD", "POST"]
SHOWN_ADDS = 100


# -- makerspaces -------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The makerspaces whose registers one may read."""
    today = clock.today()
    found = listing(
        request, queries.with_counts(queries.visible_to(me(request), today), today),
        sorts={"name": "name", "tenants": "n_tenants", "touched": "touched_at"}, default="name",
        search=("name", "organisation__name"),
    )  # fmt: skip
    mine = bool(me(request).capacity(today).organisations)
    return render(request, "registers/home.html", {"listing": found, "mine": mine, "registers": REGISTERS.values()})


@roles(Role.APPLICANT)
@require_http_methods(FORM_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """Begin the registers of a makerspace."""
    today = clock.today()
    units = {member.organisation.pk: member.organisation for member in memberships_of(me(request), today)}
    options: dict[str, list[tuple[Any, str]]] = {
        "organisation": [(pk, unit.name) for pk, unit in units.items()],
        "authority": [(row.code, row.name) for row in competent_authorities(today)],
    }
    first = {"organisation": next(iter(units))} if len(units) == 1 else {}
    form = SchemaForm(forms.OpenRegisters, _posted(request), options=options, initial=first)
    if form.is_valid():
        given = form.cleaned
        authority = Authority.objects.filter(code=given.authority).first()
        if given.organisation not in units or authority is None:
            form.add_errors({"organisation": "请在您的单位中选择"} if authority else {"authority": "请选择主管部门"})
        elif made := _tried(form, lambda: operations.open_registers(
            units[given.organisation], given.name, authority=authority, by=me(request), on=today
        )):  # fmt: skip
            messages.success(request, "登记册已建立。")
            return redirect("registers_register", made.pk, "tenants")
    return render(request, "registers/new.html", {"form": form, "units": units}, status=422 if form.errors else 200)


@roles(*READERS)
@require_safe
def makerspace(request: HttpRequest, pk: int) -> HttpResponse:
    """A makerspace's own address leads to the register that is used most."""
    return redirect("registers_register", queries.fetch(me(request), pk, clock.today()).pk, "tenants")


# -- one register ------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_http_methods(FORM_METHODS)
def register(request: HttpRequest, pk: int, register: str) -> HttpResponse:
    """The lines of a register, and for its keepers the short form that adds one."""
    today = clock.today()
    place, book = _counted(request, pk, today), queries.register_of(register)
    kept = queries.keeps(me(request), place, today)
    form = _form(place, book, _posted(request), {book.begins: today.isoformat()})
    if request.method == "POST":
        if not kept:
            raise Refused(operations.NOT_KEPT)
        if form.is_valid() and _tried(form, lambda: operations.add(
            place, book, form.cleaned.model_dump(), by=me(request), on=today
        )):  # fmt: skip
            messages.success(request, f"已登记：{getattr(form.cleaned, book.name)}。")
            _warn(request, form)
            return redirect("registers_register", place.pk, book.code)
    found = listing(request, queries.lines(book, place), **_sieve(book, today))
    context = _context(place, book, kept=kept) | {
        "listing": found,
        "rows": showing.rows(book, place, found.rows, today),
        "heads": showing.heads(book),
        "offers": offers(place, me(request), today) if kept and book.block and not found.count else [],
        **_folded(book, form),
    }
    return render(request, "registers/register.html", context, status=422 if form.errors else 200)


def _sieve(book: Register, day: date) -> dict[str, Any]:
    """How the list may be narrowed and ordered; its export too."""
    states = [("now", showing.NOW[book.code]), ("over", showing.OVER[book.code])] if book.ends else []
    return {
        "sorts": {"day": (book.begins, "pk"), "name": book.name}, "default": "-day", "search": (book.name,),
        "filters": [Filter("state", "状态", states, _of_state(book, day))] if states else [],
    }  # fmt: skip


def _of_state(book: Register, day: date) -> Any:  # noqa: ANN401  a filter's lookup
    stands = queries.on_day(book, day)
    return lambda rows, value: rows.filter(stands) if value == "now" else rows.exclude(stands)


def _folded(book: Register, form: SchemaForm[Input]) -> dict[str, Any]:
    """The short form: what must be known on top, the rest folded up; what comes with leaving is not asked."""
    later, quick = forms.LATER.get(book.code, ()), forms.QUICK[book.code]
    fields = [field for field in form.fields if field.name not in later]
    order = {name: place for place, name in enumerate(quick)}
    more = [field for field in fields if field.name not in order]
    shown = sorted((field for field in fields if field.name in order), key=lambda field: order[field.name])
    return {"form": form, "quick": shown, "more": more, "unfold": any(field.error for field in more)}


@roles(*READERS)
@require_safe
def export(request: HttpRequest, pk: int, register: str) -> HttpResponse:
    """The lines of the list, those that ended too, as a workbook that can be imported again."""
    today = clock.today()
    place, book = queries.fetch(me(request), pk, today), queries.register_of(register)
    rows = selection(request, queries.lines(book, place), **_sieve(book, today))
    return xlsx_response(f"{place.name}-{book.title}-{today:%Y%m%d}.xlsx", sheets.exported(book, rows))


@roles(*READERS)
@require_safe
def template(request: HttpRequest, pk: int, register: str) -> HttpResponse:
    """The empty table."""
    queries.fetch(me(request), pk, clock.today())
    book = queries.register_of(register)
    return xlsx_response(f"{book.title}导入模板.xlsx", sheets.template(book))


@roles(*READERS)
@require_safe
def year(request: HttpRequest, pk: int) -> HttpResponse:
    """What the registers add up to for a calendar year, as the yearly report will ask for it."""
    today = clock.today()
    place = _counted(request, pk, today)
    years = range(today.year, max(place.created_on.year, today.year - 9) - 1, -1)
    chosen = next((each for each in years if str(each) == request.GET.get("year")), today.year)
    found = yearly.figures(place, date(chosen, 1, 1), min(date(chosen, 12, 31), today))
    groups = [(title, [(row, found.get(row.code)) for row in form_fields(code)]) for code, title in GROUPS.items()]
    shown = [(title, [each for each in rows if each[1] is not None]) for title, rows in groups]
    context = {
        "makerspace": place, "tabs": showing.tabs(place, "year"), "years": years, "year": chosen,
        "groups": [each for each in shown if each[1]], "running": chosen == today.year, "today": today,
        "doubts": check_report(found, comprehensive=False),
        "asked": [(title, [row for row, value in rows if value is None]) for title, rows in groups],
    }  # fmt: skip
    return render(request, "registers/year.html", context)


# -- import ------------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_http_methods(FORM_METHODS)
def bring(request: HttpRequest, pk: int, register: str) -> HttpResponse:
    """Paste or upload, look at what would become of each row, then write all or nothing."""
    today = clock.today()
    place, book = _counted(request, pk, today), queries.register_of(register)
    if not queries.keeps(me(request), place, today):
        raise Refused(operations.NOT_KEPT)
    context = _context(place, book, kept=True) | {"columns": sheets.columns(book.code)}
    if request.method != "POST":
        return render(request, "registers/import.html", context)
    try:
        text = _table(request)
        plan = sheets.plan(book, place, sheets.cells_of(text), today)
    except (uploads.UploadRefused, Refused) as caught:
        said = caught.refusal.text if isinstance(caught, Refused) else caught.text
        return render(request, "registers/import.html", context | {"error": said}, status=422)
    changed = ""
    if request.POST.get("step") == "confirm" and plan.ready:
        if request.POST.get("digest") == plan.digest:
            return _taken_in(request, place, book, plan)
        changed = "您核对之后，登记册又有改动。下面是按现在的登记册重新核对的结果，请再看一遍。"
    shown = {"plan": plan, "text": text, "changed": changed, "most": SHOWN_ADDS}
    return render(request, "registers/preview.html", context | shown, status=200 if plan.ready else 422)


def _table(request: HttpRequest) -> str:
    """What was pasted, or the cells of what was uploaded, as text."""
    file = request.FILES.get("file")
    if file:
        return sheets.text_of(uploads.rows_of(file, file.name or ""))
    text = request.POST.get("text", "")
    if not text.strip():
        raise refused("invalid", "请粘贴表格内容，或选择一个 XLSX 文件。")
    return text


def _taken_in(request: HttpRequest, place: Makerspace, book: Register, plan: sheets.Plan) -> HttpResponse:
    operations.take_in(place, book, plan.incoming, by=me(request), on=clock.today())
    said = [f"新增{len(plan.adds)}条"] * bool(plan.adds) + [f"修改{len(plan.changes)}条"] * bool(plan.changes)
    messages.success(request, f"导入完成：{'，'.join(said)}。")
    return redirect("registers_register", place.pk, book.code)


# -- one line ----------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_http_methods(FORM_METHODS)
def line(request: HttpRequest, pk: int, register: str, line: int) -> HttpResponse:
    """One line with its history; its keepers put it right here."""
    today = clock.today()
    place, book = queries.fetch(me(request), pk, today), queries.register_of(register)
    found = queries.line_of(book, place, line)
    kept = queries.keeps(me(request), place, today)
    open_ = kept and not found.struck_on
    form = _form(place, book, _posted(request), queries.values_of(found, queries.column_names(book)))
    status = 200
    if request.method == "POST":
        if not kept:
            raise Refused(operations.NOT_KEPT)
        if form.is_valid() and _tried(form, lambda: operations.change(
            place, book, line, form.cleaned.model_dump(), by=me(request), on=today, seen_version=version_of(request.POST.get("version", ""))
        )):  # fmt: skip
            messages.success(request, "已保存。")
            _warn(request, form)
            return redirect("registers_line", place.pk, book.code, line)
        status = 422
    context = _context(place, book, kept=kept) | {
        "line": found, "open": open_, "form": form, "facts": showing.facts(book, found),
        "state": showing.state(book, found, today), "happenings": showing.happenings(book, found),
        "hidden": [("version", request.POST.get("version", found.version))],
        "leaves": bool(open_ and book.ends and queries.stands(book, found, today)),
    }  # fmt: skip
    return render(request, "registers/line.html", context, status=status)


@roles(*READERS)
@require_http_methods(FORM_METHODS)
def leave(request: HttpRequest, pk: int, register: str, line: int) -> HttpResponse:
    """When, and how, a line ends."""
    place, book = queries.fetch(me(request), pk, clock.today()), queries.register_of(register)
    if not book.ends:
        raise Refused(queries.NOT_THERE)
    schema = forms.leave_schema(book)
    return _acted(request, place, book, line, schema, operations.leave, title=book.leave, grave=False)


@roles(*READERS)
@require_http_methods(FORM_METHODS)
def strike(request: HttpRequest, pk: int, register: str, line: int) -> HttpResponse:
    """Why a line should never have been entered."""
    place, book = queries.fetch(me(request), pk, clock.today()), queries.register_of(register)
    return _acted(request, place, book, line, forms.StrikeOut, operations.strike, title="作废", grave=True)


def _acted(
    request: HttpRequest,
    place: Makerspace,
    book: Register,
    pk: int,
    schema: type[Input],
    operation: Any,  # noqa: ANN401  leave or strike
    *,
    title: str,
    grave: bool,
) -> HttpResponse:
    """A small form about one line, and back to the list."""
    today = clock.today()
    found = queries.line_of(book, place, pk)
    if not queries.keeps(me(request), place, today):
        raise Refused(operations.NOT_KEPT)
    form = SchemaForm(schema, _posted(request), initial={"day": today.isoformat()})
    if form.is_valid() and _tried(form, lambda: operation(
        place, book, pk, by=me(request), on=today, seen_version=version_of(request.POST.get("version", "")), **form.cleaned.model_dump()
    )):  # fmt: skip
        messages.success(request, f"{found}：已{title.removeprefix('登记') if grave else title}。")
        return redirect("registers_register", place.pk, book.code)
    context = _context(place, book, kept=True) | {
        "line": found, "form": form, "title": title, "tone": "grave" if grave else "",
        "hidden": [("version", request.POST.get("version", found.version))],
        "back": reverse("registers_line", args=[place.pk, book.code, pk]),
    }  # fmt: skip
    return render(request, "registers/ending.html", context, status=422 if form.errors else 200)


# -- common ------------------------------------------------------------------------------------------------------------
def _counted(request: HttpRequest, pk: int, on: date) -> Makerspace:
    """The makerspace with its counts, or 404."""
    found = queries.with_counts(queries.visible_to(me(request), on).filter(pk=pk), on).first()
    if found is None:
        raise Refused(queries.NOT_THERE)
    return found


def _context(place: Makerspace, book: Register, *, kept: bool) -> dict[str, Any]:
    tabs = showing.tabs(place, book.code) if hasattr(place, "n_tenants") else []
    return {"makerspace": place, "register": book, "kept": kept, "tabs": tabs}


def _form(place: Makerspace, book: Register, data: Any, initial: dict[str, Any]) -> SchemaForm[Input]:  # noqa: ANN401  a QueryDict or None
    """The line's form; a tenant's field and a result's tenant are chosen, what is held already among the choices."""
    options: dict[str, list[tuple[Any, str]]] = {}
    given = data or initial
    if book.code == "tenants":
        held = str(given.get("hightech_field") or "")
        more = {held: held} if held and held not in HIGHTECH_FIELDS else {}
        options["hightech_field"] = [(code, f"{code} {name}") for code, name in {**HIGHTECH_FIELDS, **more}.items()]
    if book.code == "results":
        names = dict.fromkeys([*queries.tenant_names(place), *filter(None, [str(given.get("name") or "")])])
        options["name"] = [(name, name) for name in names]
    return SchemaForm(forms.schema_of(book), data, initial=initial, options=options)


def _posted(request: HttpRequest) -> Any:  # noqa: ANN401  a QueryDict or None
    return request.POST if request.method == "POST" else None


def _tried(form: SchemaForm[Any], act: Any) -> Any:  # noqa: ANN401  whatever the act makes
    """What the act makes; None where it refuses, and then the form says why."""
    try:
        return act()
    except Refused as caught:
        if caught.refusal.code not in {"invalid", "changed_meanwhile"}:
            raise
        form.add_errors(dict(caught.refusal.fields) or {"": caught.refusal.text})
        return None


def _warn(request: HttpRequest, form: SchemaForm[Input]) -> None:
    """A credit code with a wrong check digit is kept, and pointed out."""
    code = getattr(form.cleaned, "uscc", None)
    if code and uscc_warning(code):
        messages.warning(request, f"统一社会信用代码{code}的长度或校验码不符，请核对。")

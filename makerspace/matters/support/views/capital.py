"""Financing and listings: the lists, one row with its evidence, entering and striking out."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.registers.models import Tenant
from makerspace.matters.registers.queries import keeps
from makerspace.matters.support import operations
from makerspace.matters.support.forms.capital import EnterFinancing, EnterListing, StrikeFact
from makerspace.matters.support.models import Board, Financing, Listing, Round
from makerspace.matters.support.operations.capital import NO_EVIDENCE, Evidence
from makerspace.matters.support.queries import capital as queries
from makerspace.matters.support.views.common import Page, Said, Tab, form_page, tabs, there
from makerspace.office.casework.refusals import Refused, cited
from makerspace.office.documents import serving, uploads
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web import acting
from makerspace.web.export import csv_response
from makerspace.web.lists import Filter, listing, selection
from makerspace.web.parts import Happening
from makerspace.web.policy import roles
from makerspace.web.visitor import me

READERS = (Role.APPLICANT, Role.DISTRICT, Role.BUREAU, Role.LEADER, Role.AUDITOR)
SORTS = {"day": ("day", "pk"), "tenant": "tenant__name"}
STATE = Filter(
    "state", "状态", (("valid", "有效"), ("struck", "已作废")),
    lambda rows, value: rows.filter(queries.VALID if value == "valid" else ~queries.VALID),
)  # fmt: skip
FINANCINGS = (
    "众创空间",
    "科技主管部门",
    "企业或团队",
    "日期",
    "融资类型",
    "融资额（元）",
    "其中本空间投资（元）",
    "投资方",
    "状态",
    "作废原因",
)
LISTINGS = (
    "众创空间", "科技主管部门", "企业", "挂牌日期", "板块", "交易场所或平台", "代码", "简称", "状态", "作废原因",
)  # fmt: skip
F = TypeVar("F", EnterFinancing, EnterListing)
R = TypeVar("R", Financing, Listing)


# -- the lists ---------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_safe
def financings(request: HttpRequest) -> HttpResponse:
    """What tenants raised, and what it comes to."""
    rows, sieve = (
        queries.financings(me(request), clock.today()),
        _sieve(request, Filter("kind", "类型", Round.choices, "kind")),
    )
    context = _list_context(request, "support_financings") | {
        "listing": listing(request, rows, **sieve), "sums": queries.sums(selection(request, rows, **sieve)),
    }  # fmt: skip
    return render(request, "support/financings.html", context)


@roles(*READERS)
@require_safe
def listings(request: HttpRequest) -> HttpResponse:
    """Where tenants came to be listed."""
    rows, sieve = (
        queries.listings(me(request), clock.today()),
        _sieve(request, Filter("board", "板块", Board.choices, "board")),
    )
    context = _list_context(request, "support_listings") | {
        "listing": listing(request, rows, **sieve),
        "valid": selection(request, rows, **sieve).filter(queries.VALID).count(),
    }
    return render(request, "support/listings.html", context)


@roles(*READERS)
@require_safe
def financings_csv(request: HttpRequest) -> HttpResponse:
    """Exactly this list."""
    sieve = _sieve(request, Filter("kind", "类型", Round.choices, "kind"))
    found = selection(request, queries.financings(me(request), clock.today()), **sieve)
    rows = (
        (
            row.makerspace.name, row.makerspace.authority.name, row.tenant.name, row.day, row.get_kind_display(),
            _yuan(row.amount), _yuan(row.own_amount), row.investor, _state(row), row.reason,
        )
        for row in found
    )  # fmt: skip
    return csv_response(f"融资-{clock.today():%Y%m%d}.csv", FINANCINGS, rows)


@roles(*READERS)
@require_safe
def listings_csv(request: HttpRequest) -> HttpResponse:
    """Exactly this list."""
    sieve = _sieve(request, Filter("board", "板块", Board.choices, "board"))
    found = selection(request, queries.listings(me(request), clock.today()), **sieve)
    rows = (
        (
            row.makerspace.name, row.makerspace.authority.name, row.tenant.name, row.day, row.get_board_display(),
            row.venue, row.code, row.short_name, _state(row), row.reason,
        )
        for row in found
    )  # fmt: skip
    return csv_response(f"挂牌-{clock.today():%Y%m%d}.csv", LISTINGS, rows)


def _sieve(request: HttpRequest, own: Filter) -> dict[str, Any]:
    """How the list may be narrowed and ordered, its export too; the authority where there is more than one."""
    today = clock.today()
    places = [(row.code, row.name) for row in queries.authorities(me(request), today)]
    years = [(str(year), f"{year}年") for year in range(today.year, queries.FIRST - 1, -1)]
    place = Filter("authority", "主管部门", places, "makerspace__authority__code")
    filters = [*([place] if len(places) > 1 else []), Filter("year", "年度", years, "day__year"), own, STATE]
    return {"sorts": SORTS, "default": "-day", "filters": filters, "search": ("tenant__name", "makerspace__name")}


def _list_context(request: HttpRequest, current: str) -> dict[str, Any]:
    enters = queries.tenants(me(request), clock.today()).exists()
    return {"tabs": _tabs(current), "enters": enters, "export_url": reverse(f"{current}_csv")}


def _tabs(current: str) -> list[Tab]:
    return tabs(current, [("融资", "support_financings"), ("挂牌", "support_listings")])


def _yuan(fen: int) -> Decimal:
    """An amount in yuan, exact."""
    return Decimal(fen) / 100


def _state(row: Financing | Listing) -> str:
    return f"{row.struck_on:%Y-%m-%d}作废" if row.struck_on else row.why_void or "有效"


# -- one row -----------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_safe
def financing(request: HttpRequest, pk: int) -> HttpResponse:
    """One round with its evidence and what was done."""
    return _row(request, _financing(request, pk), "support/financing.html")


@roles(*READERS)
@require_safe
def one_listing(request: HttpRequest, pk: int) -> HttpResponse:
    """One listing with its evidence and what was done."""
    return _row(request, _listing(request, pk), "support/listing.html")


def _row(request: HttpRequest, row: Financing | Listing, template: str) -> HttpResponse:
    happenings = [
        Happening(entry.at, str(entry.person), label, article=cited((14,)), seal=entry.seal)
        for label, entry in queries.history(row)
    ]
    strikes = row.struck_on is None and keeps(me(request), row.makerspace, clock.today())
    return render(request, template, {"row": row, "happenings": happenings, "strikes": strikes})


@roles(*READERS)
@require_safe
def financing_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file behind a round."""
    row = _financing(request, pk)
    return serving.attachment(row.evidence, row.evidence_name)


@roles(*READERS)
@require_safe
def listing_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file behind a listing."""
    row = _listing(request, pk)
    return serving.attachment(row.evidence, row.evidence_name)


# -- entering and striking out -----------------------------------------------------------------------------------------
@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_financing(request: HttpRequest) -> HttpResponse:
    """Enter a round."""
    page = Page(
        "登记融资", "登记", reverse("support_financings"),
        "鼓励在孵企业挂牌和融资（第十四条）。年度报告的投融资数据从这里带出；债权融资只作登记，不计入“获得投资”。",
    )  # fmt: skip

    def said(row: Financing) -> Said:
        return f"{row.tenant.name}的{row.get_kind_display()}已登记，计入{row.day.year}年。", reverse(
            "support_financing", args=[row.pk]
        )

    return _entering(request, EnterFinancing, operations.enter_financing, said, page)


@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_listing(request: HttpRequest) -> HttpResponse:
    """Enter a listing."""
    page = Page(
        "登记挂牌", "登记", reverse("support_listings"),
        "在股权众筹平台、区域股权交易市场、“新三板”等挂牌或上市的企业，已毕业的也登记（第十四条）。每个板块登记一次。",
    )  # fmt: skip

    def said(row: Listing) -> Said:
        return f"{row.tenant.name}的{row.get_board_display()}挂牌已登记，计入{row.day.year}年。", reverse(
            "support_listing", args=[row.pk]
        )

    return _entering(request, EnterListing, operations.enter_listing, said, page)


def _entering(
    request: HttpRequest, schema: type[F], enter: Callable[..., R], said: Callable[[R], Said], page: Page
) -> HttpResponse:
    """The form with its file; a tenant of somebody else's makerspace is not there."""
    person, today = me(request), clock.today()
    own = list(queries.tenants(person, today))
    file = request.FILES.get("evidence")
    kept: list[Evidence] = []

    def tenant_of(given: F) -> Tenant:
        return there(next((row for row in own if row.pk == given.tenant), None))

    def keep(given: F) -> None:
        if file is not None:
            tenant = tenant_of(given)
            kept.append(operations.keep_evidence(file, file.name or "", tenant=tenant, by=person, on=today))

    def act(given: F) -> Said:
        facts = given.model_dump(exclude={"tenant"})
        return said(enter(tenant_of(given), by=person, on=today, evidence=kept[0] if kept else None, **facts))

    more = {"accept": uploads.ACCEPT, "limits": uploads.limits_text()}
    options: dict[str, Sequence[tuple[Any, str]]] = {"tenant": [(row.pk, queries.label_of(row)) for row in own]}
    absent = {"evidence": NO_EVIDENCE} if file is None else {}
    return form_page(
        request, schema, act, page, options=options, template="support/evidence_form.html", more=more, absent=absent,
        before=keep,
    )  # fmt: skip


@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def strike_financing(request: HttpRequest, pk: int) -> HttpResponse:
    """Strike out a round."""
    row = _financing(request, pk)
    lead = f"{row.tenant.name}，{row.get_kind_display()}，{row.day:%Y-%m-%d}"
    return _striking(request, row, lead, reverse("support_financing", args=[pk]))


@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def strike_listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Strike out a listing."""
    row = _listing(request, pk)
    lead = f"{row.tenant.name}，{row.get_board_display()}，{row.day:%Y-%m-%d}"
    return _striking(request, row, lead, reverse("support_listing", args=[pk]))


def _striking(request: HttpRequest, row: R, lead: str, back: str) -> HttpResponse:
    person, today = me(request), clock.today()
    refusal = queries.why_not_strike(row, person, today)
    if refusal and not (request.method == "POST" and acting.answered(request)):
        raise Refused(refusal)

    def act(given: StrikeFact) -> Said:
        operations.strike_fact(row, by=person, on=today, reason=given.reason)
        return "已作废，不再计入统计；内容和原因保留备查。", back

    return form_page(request, StrikeFact, act, Page("作废登记", "作废", back, lead, "grave"))


def _financing(request: HttpRequest, pk: int) -> Financing:
    return there(queries.financings(me(request), clock.today()).filter(pk=pk).first())


def _listing(request: HttpRequest, pk: int) -> Listing:
    return there(queries.listings(me(request), clock.today()).filter(pk=pk).first())

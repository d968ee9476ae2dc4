"""Facilities: the list, one of them, and what its keepers and the bureau change."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.matters.support import operations
from makerspace.matters.support.forms.facilities import FacilityFacts, InvitePerson
from makerspace.matters.support.hours import weekly
from makerspace.matters.support.models import Facility, FacilityKind
from makerspace.matters.support.queries import facilities as queries
from makerspace.matters.support.queries import facts
from makerspace.matters.support.views.common import Page, Said, Tab, day_in, form_page, tabs, there
from makerspace.office.casework.refusals import refused
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.export import csv_response
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import roles
from makerspace.web.visitor import me

USERS = (Role.APPLICANT, Role.PROVIDER, Role.BUREAU, Role.LEADER, Role.AUDITOR)
MEASURED = (Role.PROVIDER, Role.BUREAU, Role.LEADER, Role.AUDITOR)
MEASURES = (
    "设施", "开放项目", "自", "至", "开放时数", "预约时数", "使用时数", "使用率", "收到预约", "谢绝", "逾期未答复", "按期答复", "平均评价",
)  # fmt: skip
KIND = Filter("kind", "类别", FacilityKind.choices, "kind")


def facility_tabs(request: HttpRequest, current: str) -> list[Tab]:
    """The pages around facilities; openness is for those who are measured and who oversee."""
    pages = [("设施", "support_facilities"), ("预约", "support_bookings")]
    if me(request).roles_on(clock.today()) & set(MEASURED):
        pages.append(("开放度", "support_openness"))
    return tabs(current, pages)


@roles(*USERS)
@require_safe
def facilities(request: HttpRequest) -> HttpResponse:
    """What is open to makerspaces; a keeper's own stand first."""
    person, today = me(request), clock.today()
    own = list(queries.kept_by(person, today).order_by("name"))
    rows = listing(
        request, queries.facilities(today), sorts={"name": "name"}, default="name", filters=[KIND],
        search=("name", "host", "field", "offers__name"),
    )  # fmt: skip
    context = {
        "listing": rows, "own": own, "tabs": facility_tabs(request, "support_facilities"),
        "bureau": Role.BUREAU in person.roles_on(today),
    }  # fmt: skip
    return render(request, "support/facilities.html", context)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The bureau enters a facility."""

    def act(given: FacilityFacts) -> Said:
        made = operations.enter_facility(by=me(request), on=clock.today(), **given.model_dump())
        return f"{made.name}已登记。请邀请设施管理员，由其发布开放项目；您也可以代为发布。", _url(made)

    page = Page(
        "登记开放设施",
        "登记",
        reverse("support_facilities"),
        "市级科技创新平台应向市众创空间开放，共享科技资源（第十五条）。",
    )
    return form_page(request, FacilityFacts, act, page)


@roles(*USERS)
@require_safe
def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """One facility: what it offers and when; for its keepers and the bureau also who keeps it."""
    person, today, found = me(request), clock.today(), _found(pk)
    manages = queries.may_change(person, found, today)
    offers = list(queries.offers(today).filter(facility=found))
    context = {
        "facility": found, "offers": [(offer, weekly(offer.week)) for offer in offers],  # type: ignore[attr-defined]
        "manages": manages, "bureau": Role.BUREAU in person.roles_on(today), "now": clock.now(),
        "closed": list(found.offers.filter(closed_on__lte=today)) if manages else [],
        "keepers": queries.keepers(found, today) if manages else [],
    }  # fmt: skip
    return render(request, "support/facility.html", context)


@roles(Role.PROVIDER, Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Set right what is publicly said of it."""
    found = managed(request, pk)

    def act(given: FacilityFacts) -> Said:
        operations.change_facility(found, by=me(request), on=clock.today(), **given.model_dump())
        return "设施信息已更新，公开目录随即更新。", _url(found)

    initial = {name: getattr(found, name) for name in FacilityFacts.model_fields}
    return form_page(
        request, FacilityFacts, act, Page("修改设施信息", "保存", _url(found), found.name), initial=initial
    )


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Name somebody who answers for a facility."""
    found = _found(pk)

    def act(given: InvitePerson) -> Said:
        _, path = operations.invite_keeper(found, by=me(request), on=clock.today(), **given.model_dump())
        return invited(given, path), _url(found)

    page = Page(
        "邀请设施管理员", "发出邀请", _url(found), f"{found.name}：管理员发布开放项目、答复预约、登记使用情况。"
    )
    return form_page(request, InvitePerson, act, page)


def invited(given: Any, path: str) -> str:  # noqa: ANN401  any input with a name and an address
    """What happens next; in the demonstration, where no letter leaves the house, the link itself."""
    if not path:
        return f"{given.name}已有账号，已直接关联并告知本人。"
    shown = f"演示环境不寄出邮件，邀请链接为：{settings.PUBLIC_BASE_URL}{path}" if settings.DEMO else ""
    return f"邀请将发到{given.email}，7天内有效。{shown}"


@roles(Role.BUREAU)
@require_POST
def end_keeper(request: HttpRequest, pk: int, keeper: int) -> HttpResponse:
    """Somebody answers for it no longer."""
    found = _found(pk)
    row = there(found.keepers.filter(pk=keeper).select_related("facility", "invitation__accepted_by", "person").first())
    operations.end_keeper(row, by=me(request), on=clock.today())
    messages.success(request, f"{row.name}自即日起不再是{found.name}的管理员。")
    return redirect("support_facility", found.pk)


@roles(*MEASURED)
@require_safe
def openness(request: HttpRequest) -> HttpResponse:
    """How open each offer was between two days, with the formula; a provider's own, or all for who oversees."""
    first, last, wrong = _period(request)
    context = {
        "rows": _measured(request, first, last), "first": first, "last": last, "wrong": wrong,
        "formulas": facts.FORMULAS, "tabs": facility_tabs(request, "support_openness"),
    }  # fmt: skip
    return render(request, "support/openness.html", context)


@roles(*MEASURED)
@require_safe
def openness_csv(request: HttpRequest) -> HttpResponse:
    """Exactly this table."""
    first, last, _ = _period(request)
    rows = (
        (
            row.offer.facility.name, row.offer.name, first, last, row.open_hours, row.booked_hours, round(row.used_hours, 2),
            row.usage, row.asked, row.refused, row.lapsed, row.punctuality, row.stars,
        )
        for row in _measured(request, first, last)
    )  # fmt: skip
    return csv_response(f"开放度-{first.isoformat()}-{last.isoformat()}.csv", MEASURES, rows)


def _period(request: HttpRequest) -> tuple[date, date, bool]:
    """The first and the last day asked for, this month where they make no sense, and whether they do not."""
    today = clock.today()
    month = today.replace(day=1)
    first, last = day_in(request, "from", month), min(day_in(request, "to", today), today)
    wrong = first > last or (last - first).days > 400
    return (month, today, True) if wrong else (first, last, False)


def _measured(request: HttpRequest, first: date, last: date) -> list[facts.Openness]:
    """A provider's own offers, or all for who oversees."""
    return facts.openness(queries.measurable(me(request), clock.today()), first, last, clock.now())


def managed(request: HttpRequest, pk: int) -> Facility:
    """The facility, for whoever may change what it offers."""
    found = _found(pk)
    if not queries.may_change(me(request), found, clock.today()):
        raise refused("not_yours", "开放项目由平台单位的设施管理员或市科技局办理。", 15)
    return found


def _found(pk: int) -> Facility:
    return there(Facility.objects.filter(pk=pk).first())


def _url(found: Facility) -> str:
    return reverse("support_facility", args=[found.pk])

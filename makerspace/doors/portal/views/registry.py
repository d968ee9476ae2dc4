"""The registry of titles and what was announced."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.doors.portal import queries
from makerspace.doors.portal.days import Asked, asked_day
from makerspace.doors.portal.tiles import Tile, tiles
from makerspace.matters.recognition import queries as titles
from makerspace.matters.recognition.models import Category, Title, TitleState
from makerspace.web.export import csv_response
from makerspace.web.lists import Filter, Listing, listing
from makerspace.web.policy import public

SORTS = {"number": "number", "name": "shown_name", "since": "since"}
HEAD = ("名录编号", "众创空间", "运营单位", "类别", "科技主管部门", "认定日期", "状态", "列出日期")


@public
@require_safe
def registry(request: HttpRequest) -> HttpResponse:
    """The titles as they stood on a day."""
    asked = asked_day(request)
    found = _listing(request, asked)
    context = {"listing": found, "asked": asked, "tiles": _tiles(found, asked)}
    return render(request, "portal/registry.html", context)


def _tiles(found: Listing[Title], asked: Asked) -> list[Tile]:
    """The map: counts under all the other filters, for the map is itself the filter by authority."""
    params = dict(found.params)
    chosen = params.pop("authority", "")
    rows = _titles(params, asked).order_by().values_list("authority__code").annotate(n=Count("pk"))
    names = next(dict(choice.options) for choice in found.choices if choice.name == "authority")
    return tiles(dict(rows), names, chosen, lambda code: found.url(authority=code))


@public
@require_safe
def registry_csv(request: HttpRequest) -> HttpResponse:
    """Exactly this list, all its pages."""
    asked = asked_day(request)
    found = _listing(request, asked)
    rows = found_rows(found, asked)
    return csv_response(
        f"众创空间名录-{asked.day.isoformat()}.csv",
        HEAD,
        (
            (
                row.number, row.shown_name, row.shown_holder, row.get_category_display(), row.authority.name, row.since,
                TitleState(row.shown_state).label, asked.day,
            )
            for row in rows.iterator()
        ),
    )  # fmt: skip


def _listing(request: HttpRequest, asked: Asked) -> Listing[Title]:
    q = " ".join(titles.words(request.GET.get("q", "")))
    found = listing(request, titles.registry(asked.day, q=q), sorts=SORTS, default="-number", filters=filters(asked))
    kept = {"q": q} | ({"on": asked.day.isoformat()} if asked.given else {})
    return replace(
        found, params={**found.params, **{name: value for name, value in kept.items() if value}}, searchable=True
    )


def filters(asked: Asked) -> list[Filter]:
    """What the list can be narrowed by."""
    return [
        Filter("authority", "科技主管部门", queries.authorities(), "authority__code"),
        Filter("category", "类别", Category.choices, "category"),
        Filter("field", "产业领域", titles.FIELDS, lambda rows, value: rows.filter(titles.in_field(value, asked.day))),
        Filter(
            "status", "状态", TitleState.choices, lambda rows, value: rows.filter(titles.status_on(value, asked.day))
        ),
    ]


def found_rows(found: Listing[Title], asked: Asked) -> QuerySet[Any]:
    """The list without its pages, in the same order."""
    down = "-" if found.sort.startswith("-") else ""
    return _titles(found.params, asked).order_by(f"{down}{SORTS[found.sort.removeprefix('-')]}", f"{down}pk")


def _titles(params: Mapping[str, str], asked: Asked) -> QuerySet[Any]:
    """The titles under those filters."""
    narrowed = {name: params.get(name, "") for name in ("status", "authority", "category", "field", "q")}
    return titles.registry(asked.day, **narrowed)


@public
@require_safe
def title(request: HttpRequest, number: str) -> HttpResponse:
    """One title: since when, by which document, under which names."""
    asked = asked_day(request)
    found = titles.title_by_number(number, asked.day)
    if found is None:
        raise Http404
    context = {
        "title": found, "names": list(titles.names_of(found, asked.day)), "sites": list(titles.sites_of(found, asked.day)), "asked": asked
    }  # fmt: skip
    return render(request, "portal/title.html", context)


@public
@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """Everything announced, the latest first."""
    found = listing(request, titles.announcements().defer("text"), sorts={"on": ("on", "id")}, default="-on")
    return render(request, "portal/announcements.html", {"listing": found})


@public
@require_safe
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """One announcement: the frozen text, its digest, its list."""
    found = titles.announcements().filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "portal/announcement.html", {"announcement": found, "titles": titles.titles_in(found)})

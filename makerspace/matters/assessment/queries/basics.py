"""Who reports: what the yearly statistics ask before any figure, as it stood at the end of the year."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Q, Value
from django.db.models.fields.json import KT

from makerspace.matters.application.models import Submission
from makerspace.matters.assessment.models import Assessment
from makerspace.matters.recognition.models import TitleSite

LEVEL = "市级"  # article 12: the title is the city's


class Basics(NamedTuple):
    """The first columns of the statistics; ``opened_on`` is when the makerspace began, as its application has it."""

    number: str
    name: str
    uscc: str
    holder: str
    category: str
    level: str
    opened_on: date | None
    since: date
    address: str


def basics(held: Iterable[Assessment], year: int) -> dict[int, Basics]:
    """By assessment, of one year; one query, however many. Their cases, units and titles are read already."""
    rows, last = list(held), date(year, 12, 31)
    titles, none = [row.title_id for row in rows], Value("")
    told = Submission.objects.filter(case__title__in=titles).order_by()
    there = TitleSite.objects.filter(Q(until=None) | Q(until__gte=last), title__in=titles, since__lte=last).order_by()
    began, sites = defaultdict[int, list[tuple[str, str]]](list), defaultdict[int, list[str]](list)
    both = told.values_list(
        "case__title", Value(0), "round", KT("dossier__makerspace__opened_on"), KT("dossier__makerspace__address")
    ).union(there.values_list("title", Value(1), "id", none, "address"), all=True)
    for title, is_site, _, opened_on, address in sorted(both, key=itemgetter(0, 1, 2)):
        if is_site:
            sites[title].append(address)
        else:
            began[title].append((opened_on or "", address or ""))
    return {row.pk: _of(row, *(began[row.title_id] or [("", "")])[-1], sites[row.title_id]) for row in rows}


def _of(row: Assessment, opened_on: str, address: str, sites: list[str]) -> Basics:
    title, case = row.title, row.case
    return Basics(
        title.number, case.subject, case.organisation.uscc, case.organisation.name, title.get_category_display(), LEVEL,
        date.fromisoformat(opened_on) if opened_on else None, title.since, "；".join(sites) or address,
    )  # fmt: skip

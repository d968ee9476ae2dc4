"""Who reports: what the yearly statistics ask before any figure, as it stood at the end of the year."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Q

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
    """By assessment, of one year; two queries, however many. Their cases, units and titles are read already."""
    rows, last = list(held), date(year, 12, 31)
    told = Submission.objects.filter(case__in=[row.title.case_id for row in rows]).order_by("round")
    began = {
        case: (opened, address)
        for case, opened, address in told.values_list(
            "case", "dossier__makerspace__opened_on", "dossier__makerspace__address"
        )
    }
    there = TitleSite.objects.filter(
        Q(until=None) | Q(until__gte=last), title__in=[row.title_id for row in rows], since__lte=last
    )
    sites: dict[int, list[str]] = {}
    for title, address in there.order_by("since", "id").values_list("title", "address"):
        sites.setdefault(title, []).append(address)
    return {row.pk: _of(row, *began.get(row.title.case_id, (None, None)), sites.get(row.title_id, [])) for row in rows}


def _of(row: Assessment, opened_on: str | None, address: str | None, sites: list[str]) -> Basics:
    title, case = row.title, row.case
    return Basics(
        title.number, case.subject, case.organisation.uscc, case.organisation.name, title.get_category_display(), LEVEL,
        date.fromisoformat(opened_on) if opened_on else None, title.since, "；".join(sites) or address or "",
    )  # fmt: skip

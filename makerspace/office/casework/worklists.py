"""Lists of cases as the workbench shows them: cheap to count and to order, narrowed by what one may see."""

from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Q, QuerySet

from makerspace.office.casework import queries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation import VERSIONS
from makerspace.regulation.terms import Procedure, Role

COLUMNS = (
    "id", "number", "kind", "regulation", "stage", "stage_since", "due_on", "subject", "category", "opened_on",
    "filed_on", "closed_on", "organisation__name", "authority__name",
)  # fmt: skip
DUE = (("overdue", "已逾期"), ("soon", "3天内到期"), ("week", "7天内到期"))
WEEK = timedelta(days=7)


def listed(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Only the columns that lists show, each row with its organisation and authority."""
    return rows.select_related("organisation", "authority").only(*COLUMNS)


def without_drafts_of_others(rows: QuerySet[Case], person: Person, on: date) -> QuerySet[Case]:
    """Leave out what others have begun and not handed in: officers see such cases only when they ask for the stage."""
    capacity = person.capacity(on)
    if not (capacity.roles & queries.SEES_ALL or capacity.authorities):
        return rows
    if not capacity.organisations:
        return rows.exclude(stage__in=unfiled_stages(), filed_on=None)
    return rows.exclude(~Q(organisation__in=capacity.organisations), stage__in=unfiled_stages(), filed_on=None)


def due_within(rows: QuerySet[Case], value: str, on: date) -> QuerySet[Case]:
    """The cases whose last day is over, or near: ``value`` is one of ``DUE``."""
    if value == "overdue":
        return rows.filter(due_on__lt=on)
    return rows.filter(due_on__range=(on, on + (queries.DUE_SOON if value == "soon" else WEEK)))


def tables() -> tuple[Procedure, ...]:
    """Every procedure of every version, the present version first."""
    return tuple(table for version in reversed(VERSIONS) for table in version.procedures.values())


@lru_cache(maxsize=1)
def stage_labels() -> dict[str, str]:
    """Every stage by its code, in the order of the procedures; where kinds name it differently, all of its names."""
    labels: dict[str, list[str]] = {}
    for table in tables():
        for stage in table.stages:
            names = labels.setdefault(stage.code, [])
            names += [] if stage.label in names else [stage.label]
    return {code: "／".join(names) for code, names in labels.items()}


@lru_cache(maxsize=1)
def kind_labels() -> dict[str, str]:
    """Every kind of case by its code."""
    labels: dict[str, str] = {}
    for table in tables():
        labels.setdefault(table.kind, table.label)
    return labels


@lru_cache(maxsize=1)
def category_labels() -> dict[str, str]:
    """Every category by its code."""
    return {code: label for version in VERSIONS for code, label in version.categories.items()}


@lru_cache(maxsize=1)
def unfiled_stages() -> tuple[str, ...]:
    """Where a case stands that was never handed in: the first stage, and where time alone takes it from there."""
    firsts = {table.first.code for table in tables()}
    by_time = {
        target
        for table in tables()
        for move in table.moves
        if move.by == (Role.CLOCK,) and move.sources == (table.first.code,)
        for target in move.targets
    }
    return tuple(sorted(firsts | by_time))

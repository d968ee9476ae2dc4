"""The list of cases: what may be filtered, sorted and exported, by allow-list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from makerspace.matters.application import queries as applications
from makerspace.office.casework import queries, worklists
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.people.queries import competent_authorities
from makerspace.web.lists import Filter

SEARCH = ("search__contains",)
DEFAULT = "-opened"
SORTS: Mapping[str, str | Sequence[str]] = {
    "opened": "id",
    "number": "number",
    "name": "subject",
    "stage": ("stage", "stage_since"),
    "since": "stage_since",
    "due": "last_day",
}
HEAD = (
    "编号",
    "名称",
    "申请单位",
    "类别",
    "科技主管部门",
    "事项",
    "环节",
    "进入本环节",
    "办理期限",
    "提交日期",
    "办结日期",
)


def rows_for(request: HttpRequest, person: Person, on: date) -> QuerySet[Case]:
    """What the list may hold: all that one may see, without others' drafts unless their stage is asked for."""
    rows = queries.visible_to(person, on)
    if request.GET.get("stage") not in worklists.unfiled_stages():
        rows = worklists.without_drafts_of_others(rows, person, on)
    if request.GET.get("sort", "").removeprefix("-") == "due":
        rows = _with_last_day(rows, descending=request.GET["sort"].startswith("-"))
    return worklists.listed(rows)


def _with_last_day(rows: QuerySet[Case], *, descending: bool) -> QuerySet[Case]:
    """Cases without a last day stand last in both directions, on both databases."""
    end = date.min if descending else date.max
    return rows.alias(last_day=Coalesce("due_on", Value(end, output_field=DateField())))


def filters_for(person: Person, on: date) -> list[Filter]:
    """The filter line; whoever sees one authority only need not choose among them."""
    capacity = person.capacity(on)
    found = [
        Filter("stage", "环节", tuple(worklists.stage_labels().items()), "stage"),
        Filter("category", "类别", tuple(worklists.category_labels().items()), "category"),
        Filter("due", "期限", worklists.DUE, partial(_due, on=on)),
        Filter("mine", "范围", (("1", "待我办理"),), partial(_mine, person=person, on=on)),
    ]
    if len(worklists.kind_labels()) > 1:
        found.insert(1, Filter("kind", "事项", tuple(worklists.kind_labels().items()), "kind"))
    if capacity.roles & queries.SEES_ALL:
        authorities = tuple((row.code, row.name) for row in competent_authorities(on).only("code", "name"))
        found.insert(2, Filter("authority", "主管部门", authorities, "authority__code"))
    return found


def _due(rows: QuerySet[Case], value: str, *, on: date) -> QuerySet[Case]:
    return worklists.due_within(rows, value, on)


def _mine(rows: QuerySet[Case], value: str, *, person: Person, on: date) -> QuerySet[Case]:
    return rows.filter(pk__in=queries.waiting_for(person, on).order_by().values("pk"))


def labelled(cases: Iterable[Case]) -> list[tuple[Case, str, str]]:
    """Each case with the words for its stage and for what it is: an application by its category, others by their kind."""
    categories = worklists.category_labels()
    return [
        (case, queries.stage_of(case).label, kind_name(case) or categories.get(case.category, "")) for case in cases
    ]


def kind_name(case: Case) -> str:
    """What a case is that is no application for the title; empty for those, which are most."""
    return "" if case.kind == applications.KIND else queries.procedure_of(case).label


def lines(cases: Iterable[Case]) -> Iterable[Sequence[Any]]:
    """The list as cells, one row a case, in the columns of ``HEAD``."""
    kinds, categories = worklists.kind_labels(), worklists.category_labels()
    for case, stage, _ in labelled(cases):
        yield (
            case.number, case.subject, case.organisation.name, categories.get(case.category, ""), case.authority.name,
            kinds.get(case.kind, case.kind), stage, case.stage_since, case.due_on, case.filed_on, case.closed_on,
        )  # fmt: skip

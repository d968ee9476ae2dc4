"""A list as a page shows it: filters, search, sort and paging from the address, by allow-list only (C3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
SIZES = (20, 50, 100)
SEARCH_MAX = 60
LOWERED = "__contains"


@dataclass(frozen=True)
class Filter:
    """One choice in the filter line. ``lookup`` is a field lookup, or a function from rows and value to rows."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    lookup: str | Callable[[Any, str], Any]


class Choice(NamedTuple):
    """A filter as it stands: what may be chosen and what is."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    value: str


class Pill(NamedTuple):
    """A filter that is applied, and the address without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class Listing(Generic[M]):
    """One page of a list, with all that its head, pills and foot need."""

    rows: Sequence[M]
    count: int
    page: int
    pages: int
    size: int
    sort: str
    params: Mapping[str, str]
    choices: Sequence[Choice]
    searchable: bool

    def url(self, **changes: str | int | None) -> str:
        """The same list with something changed; a change of anything but the page goes back to the first one."""
        merged: dict[str, str | int | None] = {**self.params, "page": None, **changes}
        return "?" + urlencode({key: value for key, value in merged.items() if value not in (None, "")})

    @property
    def search(self) -> str:
        """What is searched for."""
        return self.params.get("q", "")

    @property
    def pills(self) -> list[Pill]:
        """What is applied now, each with the address that removes it."""
        searched = [Pill("搜索", self.search, self.url(q=None))] if self.search else []
        return searched + [
            Pill(choice.label, dict(choice.options)[choice.value], self.url(**{choice.name: None}))
            for choice in self.choices
            if choice.value
        ]

    @property
    def first(self) -> int:
        """Number of the first row on this page; 0 where there is none."""
        return (self.page - 1) * self.size + 1 if self.count else 0

    @property
    def last(self) -> int:
        """Number of the last row on this page."""
        return min(self.page * self.size, self.count)

    @property
    def previous_url(self) -> str:
        """The page before; empty on the first."""
        return self.url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after; empty on the last."""
        return self.url(page=self.page + 1) if self.page < self.pages else ""

    @property
    def clear_url(self) -> str:
        """The list without any filter, in the same order."""
        return self.url(q=None, **{choice.name: None for choice in self.choices})

    @property
    def sizes(self) -> list[tuple[int, str]]:
        """Page sizes on offer, each with its address."""
        return [(size, self.url(size=size)) for size in SIZES]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the filter form carries along unseen: order and page size."""
        return [(key, self.params[key]) for key in ("sort", "size") if key in self.params]


def listing(
    request: HttpRequest,
    rows: QuerySet[M],
    *,
    sorts: Mapping[str, str | Sequence[str]],
    default: str,
    filters: Sequence[Filter] = (),
    search: Sequence[str] = (),
    size: int = 50,
) -> Listing[M]:
    """``rows`` narrowed, ordered and cut as the address asks; two queries whatever is asked.

    ``sorts`` maps the name in the address to order-by fields; ``default`` is such a name, with ``-`` for downwards;
    ``search`` names the fields in which the searched text may occur; one that is kept in lower case is named with
    ``__contains``, which spares PostgreSQL the raising of every row. Whatever is not listed is ignored.
    """
    chosen = {item.name: _chosen(item, request.GET.get(item.name, "")) for item in filters}
    term = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX] if search else ""
    found = _narrowed(rows, filters, chosen, search, term)
    asked = request.GET.get("sort", "")
    sort = asked if asked.removeprefix("-") in sorts else default
    per_page = _size(request.GET.get("size", ""), size)
    count = found.count()
    pages = max(1, -(-count // per_page))
    page = min(_number(request.GET.get("page", ""), 1), pages)
    shown = found.order_by(*_order(sorts, sort))[(page - 1) * per_page : page * per_page]
    params = {key: value for key, value in chosen.items() if value} | ({"q": term} if term else {})
    params |= ({"sort": sort} if sort != default else {}) | ({"size": str(per_page)} if per_page != size else {})
    choices = [Choice(item.name, item.label, item.options, chosen[item.name]) for item in filters]
    return Listing(list(shown), count, page, pages, per_page, sort, params, choices, bool(search))


def selection(
    request: HttpRequest,
    rows: QuerySet[M],
    *,
    sorts: Mapping[str, str | Sequence[str]],
    default: str,
    filters: Sequence[Filter] = (),
    search: Sequence[str] = (),
) -> QuerySet[M]:
    """The whole of the list that ``listing`` would cut into pages: what an export writes."""
    chosen = {item.name: _chosen(item, request.GET.get(item.name, "")) for item in filters}
    term = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX] if search else ""
    asked = request.GET.get("sort", "")
    sort = asked if asked.removeprefix("-") in sorts else default
    return _narrowed(rows, filters, chosen, search, term).order_by(*_order(sorts, sort))


def _chosen(item: Filter, value: str) -> str:
    return value if value in dict(item.options) else ""


def _narrowed(
    rows: QuerySet[M], filters: Sequence[Filter], chosen: Mapping[str, str], search: Sequence[str], term: str
) -> QuerySet[M]:
    for item in filters:
        value = chosen[item.name]
        if value:
            rows = rows.filter(**{item.lookup: value}) if isinstance(item.lookup, str) else item.lookup(rows, value)
    if term:
        anywhere = Q()
        for name in search:
            anywhere |= Q(**{name: term.lower()} if name.endswith(LOWERED) else {f"{name}__icontains": term})
        rows = rows.filter(anywhere)
    return rows


def _order(sorts: Mapping[str, str | Sequence[str]], sort: str) -> list[str]:
    """Order-by fields, the key last so that equal rows keep their place from page to page."""
    fields = sorts[sort.removeprefix("-")]
    names = [fields] if isinstance(fields, str) else list(fields)
    if sort.startswith("-"):
        names = [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in names]
    return [*names, "-pk" if sort.startswith("-") else "pk"]


def _size(asked: str, otherwise: int) -> int:
    return int(asked) if asked in {str(offered) for offered in SIZES} else otherwise


def _number(text: str, otherwise: int) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise

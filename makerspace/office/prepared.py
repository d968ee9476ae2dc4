"""Reads that are composed once and asked many times.

Composing a query takes Django several times as long as the database takes to answer it. A read that every act makes, such
as the one for the case, is composed here at its first use, with slots in place of its values, and later only filled in.
What comes back are the same instances or rows as from the queryset.
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Slot(Expression):
    """The place of a value that is known only when the read is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """A placeholder whose parameter is the slot itself."""
        return "%s", [self]


class Prepared(Generic[Row]):
    """``Prepared(lambda number: Case.objects.filter(number=number))(number="KM-2026-0001")``: a list of rows.

    Values stand where a plain comparison has them (``=``, ``<``, ``>=``): no None, no ``__in``, no pattern. A value is a
    number, a text, a day or a moment, not an instance.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, Row]]) -> None:
        self._compose = compose
        self._ready: dict[str, _Ready] = {}

    def __call__(self, **values: object) -> list[Row]:
        """The rows for these values, in the order of the queryset."""
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        if vendor not in self._ready:
            self._ready[vendor] = _Ready(self._compose(**{name: Slot(name) for name in values}))
        return self._ready[vendor].ask(values)


class _Ready:
    """A composed read for one kind of database."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.model = queryset.model
        self.rows = cast("Callable[[Any], Iterable[Any]]", queryset._iterable_class)  # noqa: SLF001
        self.compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.params = self.compiler.as_sql()
        columns = [column for column, *_ in (self.compiler.select or [])]
        self.converters = self.compiler.get_converters(columns[: self.compiler.col_count])

    def ask(self, values: Mapping[str, object]) -> list[Any]:
        """Fill in the values; the rest is Django's own way from the compiler's statement to instances or rows."""
        connection = connections[self.compiler.using]
        filled = tuple(
            _plain(values[slot.name], connection) if isinstance(slot, Slot) else slot for slot in self.params
        )
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.__dict__.update(as_sql=lambda: (self.sql, filled), get_converters=lambda columns: self.converters)
        asked = SimpleNamespace(
            db=connection.alias, model=self.model, _known_related_objects={},
            query=SimpleNamespace(get_compiler=lambda using: compiler),
        )  # fmt: skip
        return list(self.rows(asked))


def _plain(value: object, connection: BaseDatabaseWrapper) -> object:
    """A value as the database's driver wants it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value

"""Reads, inserts and updates that are composed once and made many times.

Composing a query takes Django several times as long as the database takes to answer it. A read that every act makes, such
as the one for the case, is composed here at its first use, with slots in place of its values, and later only filled in.
What comes back are the same instances or rows as from the queryset. The same goes for the rows that every act adds and
changes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Manager, Model, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
New = TypeVar("New", bound=Model)
ROWS = 50  # of one statement; a database takes so many values and no more
TO = "to "  # before the name of a column that is set, which may be asked for as well


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
        self.using = queryset.db
        self.compiler = queryset.query.get_compiler(using=self.using)
        self.sql, self.params = self.compiler.as_sql()
        columns = [column for column, *_ in (self.compiler.select or [])]
        self.converters = list(self.compiler.get_converters(columns[: self.compiler.col_count]).items())
        self.made = self._way_of(queryset._iterable_class)  # noqa: SLF001

    def ask(self, values: Mapping[str, object]) -> list[Any]:
        """Fill in the values, ask, and make of each row what the queryset would."""
        connection = connections[self.using]
        filled: list[Any] = [
            _plain(values[slot.name], connection) if isinstance(slot, Slot) else slot for slot in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, filled)
            rows: Iterable[Sequence[Any]] = cursor.fetchall()
        return [self.made(row) for row in (self._converted(rows, connection) if self.converters else rows)]

    def _converted(self, rows: Iterable[Sequence[Any]], connection: BaseDatabaseWrapper) -> Iterator[list[Any]]:
        """The rows as Django's fields want them: days, moments, JSON."""
        for row in map(list, rows):
            for at, (converters, column) in self.converters:
                for converter in converters:
                    row[at] = converter(row[at], column, connection)
            yield row

    def _way_of(self, rows: type) -> Callable[[Sequence[Any]], Any]:
        """From a row to a plain value, a tuple or an instance, by the kind of rows that the queryset gives."""
        if rows is FlatValuesListIterable:
            return itemgetter(0)
        if rows is ValuesListIterable:
            return tuple
        if rows is not ModelIterable or self.compiler.annotation_col_map:
            raise NotImplementedError(f"a prepared read gives no {rows.__name__}, nor instances with annotations")
        return self._instance()

    def _instance(self) -> Callable[[Sequence[Any]], Model]:
        """Django's own way from a row to an instance with its related ones, looked up once."""
        using, select, kind = self.using, self.compiler.select or [], self.compiler.klass_info or {}
        fields, made = kind["select_fields"], kind["model"].from_db
        first, last = fields[0], fields[-1] + 1
        names = [column.target.attname for column, *_ in select[first:last]]
        related = [populator.populate for populator in get_related_populators(kind, select, using)]  # type: ignore[call-arg]

        def instance(row: Sequence[Any]) -> Model:
            found: Model = made(using, names, row[first:last])
            for populate in related:
                populate(row, found)
            return found

        return instance


def _plain(value: object, connection: BaseDatabaseWrapper) -> object:
    """A value as the database's driver wants it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


class Insert(Generic[New]):
    """``Insert(Message)(messages)``: the rows in one statement, as ``bulk_create`` writes them; each gets its key."""

    def __init__(self, model: type[New]) -> None:
        self._model = model
        self._composed: dict[tuple[str, int, str], str] = {}

    def __call__(self, rows: Iterable[New]) -> list[New]:
        """Add the rows and return them. No row, no statement."""
        new = list(rows)
        for at in range(0, len(new), ROWS):
            some = new[at : at + ROWS]
            for row, (key,) in zip(some, self._keys(some), strict=True):
                _known_by(row, key)
        return new

    def unless_taken(self, row: New) -> New | None:
        """Add the row, or None where another stands already under one of its unique keys; the transaction goes on."""
        keys = self._keys([row], "ON CONFLICT DO NOTHING")
        return _known_by(row, keys[0][0]) if keys else None

    def _keys(self, rows: Sequence[New], otherwise: str = "") -> list[Any]:
        connection, meta = connections[DEFAULT_DB_ALIAS], self._model._meta  # noqa: SLF001
        fields = [field for field in meta.local_concrete_fields if not field.primary_key]
        values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(self._statement(connection, fields, len(rows), otherwise), values)
            return list(cursor.fetchall())

    def _statement(self, connection: BaseDatabaseWrapper, fields: Sequence[Any], count: int, otherwise: str) -> str:
        which = connection.vendor, count, otherwise
        if which not in self._composed:
            quoted, meta = connection.ops.quote_name, self._model._meta  # noqa: SLF001
            table, columns = quoted(meta.db_table), ", ".join(quoted(field.column) for field in fields)
            places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
            key = quoted(str(meta.pk.column))
            self._composed[which] = f"INSERT INTO {table} ({columns}) VALUES {places} {otherwise} RETURNING {key}"  # noqa: S608  no value
        return self._composed[which]


def _known_by(row: New, key: object) -> New:
    """The row as it is once it was added."""
    row.pk, row._state.adding, row._state.db = key, False, DEFAULT_DB_ALIAS  # noqa: SLF001
    return row


class Rows(Manager[New]):
    """The manager of a model whose rows acts add: ``create`` and ``add_row`` compose their statement once."""

    def create(self, **values: Any) -> New:
        """Add a row of these values."""
        return self.add_row(self.model(**values))

    def add_row(self, row: New) -> New:
        """Add a row that was made already; it is new."""
        return self._insert([row])[0]

    def add_rows(self, rows: Iterable[New]) -> list[New]:
        """Add rows that were made already, all in one statement."""
        return self._insert(rows)

    def add_unless_taken(self, row: New) -> New | None:
        """As ``Insert.unless_taken``."""
        return self._insert.unless_taken(row)

    @cached_property
    def _insert(self) -> Insert[New]:
        return Insert(self.model)


class Update:
    """``Update(lambda pk: Case.objects.filter(pk=pk))({"stage": "draft"}, pk=7)``: how many rows were changed.

    Which columns are set may differ from one time to the next; the statement is composed once for each choice.
    """

    def __init__(self, which: Callable[..., QuerySet[Any, Any]]) -> None:
        self._which = which
        self._composed: dict[tuple[str, ...], tuple[str, list[Any], dict[str, Any]]] = {}

    def __call__(self, changes: Mapping[str, object], **values: object) -> int:
        """Set ``changes`` (by the names of fields; an instance for a relation) where ``values`` say."""
        connection = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *changes)
        if key not in self._composed:
            self._composed[key] = self._compose(list(changes), list(values))
        sql, params, fields = self._composed[key]
        filled: list[Any] = [self._filled(slot, changes, values, fields, connection) for slot in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, filled)
            return int(cursor.rowcount)

    def _compose(self, changed: list[str], asked: list[str]) -> tuple[str, list[Any], dict[str, Any]]:
        queryset = self._which(**{name: Slot(name) for name in asked})
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values({name: Slot(f"{TO}{name}") for name in changed})
        sql, params = query.get_compiler(using=DEFAULT_DB_ALIAS).as_sql()
        return sql, list(params), {f"{TO}{name}": queryset.model._meta.get_field(name) for name in changed}  # noqa: SLF001

    def _filled(
        self,
        slot: object,
        changes: Mapping[str, object],
        values: Mapping[str, object],
        fields: Mapping[str, Any],
        connection: BaseDatabaseWrapper,
    ) -> object:
        if not isinstance(slot, Slot):
            return slot
        if slot.name not in fields:
            return _plain(values[slot.name], connection)
        value = changes[slot.name.removeprefix(TO)]
        return fields[slot.name].get_db_prep_save(value.pk if isinstance(value, Model) else value, connection)

"""Registers as tables: a pasted text or a workbook is read into a plan, and nothing is written before it is confirmed."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from makerspace.matters.registers import queries
from makerspace.matters.registers.forms import schema_of
from makerspace.matters.registers.models import Line, Makerspace
from makerspace.matters.registers.operations import Incoming
from makerspace.matters.registers.queries import REGISTERS, Register
from makerspace.office.casework.refusals import refused
from makerspace.office.documents.sheets import Sheet, uncell, workbook
from makerspace.office.people.operations import uscc_warning
from makerspace.regulation.kunkefa_2017_55.codes import HIGHTECH_FIELDS, hightech_name
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.binding import payload, typed_of
from makerspace.web.forms.shapes import Shape, shapes_of

MOST_ROWS, MOST_TEXT = 2000, 1_000_000
YES_NO = {"是": "true", "否": "false", "有": "true", "无": "false"}
DIGITS = "0123456789"
Cells = list[list[str]]


class Column(NamedTuple):
    """One column: the field, and what stands in the head."""

    name: str
    label: str
    shape: Shape


@lru_cache(maxsize=16)
def columns(code: str) -> tuple[Column, ...]:
    """The columns of a register, the same for template, import and export."""
    shapes = shapes_of(schema_of(REGISTERS[code]))
    return tuple(
        Column(each.name, f"{each.label}（{each.unit}）" if each.unit else each.label, each) for each in shapes
    )


# -- out ---------------------------------------------------------------------------------------------------------------
def said(column: Column, value: object) -> str:
    """A value as people read it: the label of a code, 是 or 否, blank for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.name == "hightech_field":
        return f"{value} {hightech_name(str(value))}"
    labels = {str(code): str(label) for code, label in column.shape.options}
    return labels.get(str(value), str(queries.plain(value)))


def _cell(column: Column, value: object) -> object:
    """A value as a workbook keeps it: days and numbers as such."""
    return said(column, value) if column.shape.options or value == "" else value


def exported(register: Register, rows: Iterable[Line]) -> bytes:
    """The lines as a workbook that can be imported again."""
    heads = columns(register.code)
    body = [[_cell(column, getattr(row, column.name)) for column in heads] for row in rows]
    return workbook(_sheet(register, body), _notes(register))


def template(register: Register) -> bytes:
    """An empty table with the same columns, and what may stand in them."""
    return workbook(_sheet(register, []), _notes(register))


def _sheet(register: Register, body: Sequence[Sequence[object]]) -> Sheet:
    heads = columns(register.code)
    choices = {place: _words(column.shape) for place, column in enumerate(heads) if _words(column.shape)}
    required = frozenset(place for place, column in enumerate(heads) if column.shape.required)
    return Sheet(register.title, [column.label for column in heads], body, choices, required)


def _words(shape: Shape) -> list[str]:
    return ["是", "否"] if shape.kind == "tri" else [str(label) for _, label in shape.options]


def _notes(register: Register) -> Sheet:
    """What each column takes, in a second sheet."""
    kinds = {"date": "日期，如2026-03-16", "int": "整数", "decimal": "数字", "tri": "是、否"}
    rows = [
        [
            column.label,
            "必填" if column.shape.required else "选填",
            "、".join(_words(column.shape)) or kinds.get(column.shape.kind, "文字"),
            column.shape.hint,
        ]
        for column in columns(register.code)
    ]
    return Sheet("填写说明", ["列", "是否必填", "填什么", "说明"], rows)


# -- in ----------------------------------------------------------------------------------------------------------------
def cells_of(text: str) -> Cells:
    """A table as a spreadsheet puts it on the clipboard: tabs between cells, quotes around cells with line breaks."""
    if len(text) > MOST_TEXT:
        raise refused("too_large", "粘贴的内容过长，请分几次导入。", fields={"text": "内容过长，请分几次导入"})
    clean = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    if '"' in clean and clean.count('"') % 2 == 0:
        rows: Iterable[list[str]] = csv.reader(io.StringIO(clean), delimiter="\t")
    else:
        rows = (line.split("\t") for line in clean.split("\n"))
    found = [[" ".join(cell.split()) for cell in row] for row in rows]
    return [row for row in found if any(row)]


def text_of(cells: Cells) -> str:
    """The same table as text, for the form that confirms it."""
    return "\n".join("\t".join(" ".join(cell.split()).replace('"', "”") for cell in row) for row in cells)


@dataclass
class Planned:
    """What would become of one row. ``act``: add, change, same or fault; ``changes``: (column, before, after)."""

    number: int
    title: str
    act: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    incoming: Incoming | None = None

    @property
    def told(self) -> list[str]:
        """The faults as sentences; many name their column already."""
        return [text if label.partition("（")[0] in text else f"{label}：{text}" for label, text in self.faults.items()]


@dataclass
class Plan:
    """What would become of a table."""

    rows: list[Planned]
    unknown: list[str]
    missing: list[str]

    def of(self, act: str) -> list[Planned]:
        """The rows of one fate."""
        return [row for row in self.rows if row.act == act]

    @property
    def adds(self) -> list[Planned]:
        """New lines."""
        return self.of("add")

    @property
    def changes(self) -> list[Planned]:
        """Lines that are there and would say something else."""
        return self.of("change")

    @property
    def sames(self) -> list[Planned]:
        """Lines that already say this."""
        return self.of("same")

    @property
    def faults(self) -> list[Planned]:
        """Rows that can't be taken."""
        return self.of("fault")

    @property
    def doubtful(self) -> list[str]:
        """Whose credit code has a wrong check digit: that is taken, and pointed out."""
        codes = (
            (row.title, row.incoming.values.get("uscc")) for row in self.rows if row.incoming and row.act != "same"
        )
        return [title for title, code in codes if code and uscc_warning(code)]

    @property
    def ready(self) -> bool:
        """Whether there is something to write, and nothing wrong."""
        return not self.missing and not self.faults and bool(self.adds or self.changes)

    @property
    def incoming(self) -> list[Incoming]:
        """What is to be written, in the order of the sheet: who moves out before coming back stands first there."""
        return [row.incoming for row in self.rows if row.incoming and row.act != "same"]

    @property
    def digest(self) -> str:
        """Tells whether what is confirmed is what was shown."""
        told = [[row.number, row.act, row.incoming.pk, row.incoming.version] for row in self.rows if row.incoming]
        said = [[row.number, row.changes] for row in self.rows]
        return hashlib.sha256(json.dumps([told, said], ensure_ascii=False).encode()).hexdigest()


def plan(register: Register, makerspace: Makerspace, cells: Cells, on: date) -> Plan:
    """Read a table row by row against what is there; every fault of every row is found, and nothing is written."""
    heads, body, unknown = _headed(register, cells)
    if len(body) > MOST_ROWS:
        raise refused("too_large", "一次至多导入2000行。", fields={"text": f"一次至多{MOST_ROWS}行，请分几次导入"})
    given = {column.name for column in heads if column}
    missing = [
        c.label for c in columns(register.code) if c.name in (*register.key, register.begins) and c.name not in given
    ]
    if missing:
        return Plan([], unknown, missing)
    reader = _Reader(register, makerspace, on)
    texts = ({c.name: text for c, text in zip(heads, row, strict=False) if c} for row in body)
    first = len(cells) - len(body) + 1
    return Plan([reader.read(number, row) for number, row in enumerate(texts, start=first)], unknown, [])


def plan_of(register: Register, makerspace: Makerspace, rows: Sequence[Mapping[str, Any]], on: date) -> Plan:
    """The same for rows that were typed already, whole lines each; numbered from 0, faults under the fields' names."""
    reader = _Reader(register, makerspace, on)
    return Plan([reader.judge(number, row) for number, row in enumerate(rows)], [], [])


def _headed(register: Register, cells: Cells) -> tuple[list[Column | None], Cells, list[str]]:
    """The columns by the head of the table; where it has none, those of the template in their order."""
    named = {_bare(column.label): column for column in columns(register.code)}
    named |= {_bare(column.shape.label): column for column in columns(register.code)}
    head = [_bare(cell) for cell in cells[0]] if cells else []
    if sum(cell in named for cell in head) * 2 <= len([cell for cell in head if cell]):
        return list(columns(register.code)), cells, []
    return [named.get(cell) for cell in head], cells[1:], [cell for cell in head if cell and cell not in named]


def _bare(label: str) -> str:
    """A head without marks and blanks, brackets in one width."""
    return "".join(label.replace("(", "（").replace(")", "）").replace("*", "").split())


class _Reader:
    """Reads the rows of one table, each against what is there and what came before."""

    def __init__(self, register: Register, makerspace: Makerspace, on: date) -> None:
        self.register, self.on = register, on
        self.columns = columns(register.code)
        self.schema = schema_of(register)
        rows = list(queries.lines(register, makerspace))
        self.known = queries.known_among(register, makerspace, rows)
        self.lines = {row.pk: row for row in rows}
        self.keys = {tuple(str(queries.plain(getattr(row, name))) for name in register.key): row for row in rows}
        self.seen: dict[tuple[str, ...], int] = {}

    def read(self, number: int, texts: Mapping[str, str]) -> Planned:
        """What would become of this row."""
        typed = {c.name: _typed(c, texts[c.name]) for c in self.columns if c.name in texts}
        line = self.keys.get(self._key(typed))
        shapes = shapes_of(self.schema)
        before = typed_of(shapes, queries.values_of(line, [c.name for c in self.columns])) if line else {}
        form = SchemaForm(self.schema, {**before, **typed})
        if form.is_valid():
            planned = self.judge(number, form.cleaned.model_dump())
        else:
            title = typed.get(self.register.name, "") or "未填名称"
            planned = Planned(number, title, "fault", faults=dict(form.errors))
        planned.faults = {self._label(name): text for name, text in planned.faults.items()}
        return planned

    def judge(self, number: int, values: Mapping[str, Any]) -> Planned:
        """What would become of a line that is well written in itself; faults under the fields' names."""
        key = tuple(str(queries.plain(values[name])) for name in self.register.key)
        line = self.keys.get(key)
        pk = line.pk if line else None
        planned = Planned(number, str(values[self.register.name]), "fault")
        if key in self.seen:
            planned.faults = {self.register.name: f"与第{self.seen[key]}行重复"}
            return planned
        self.seen[key] = number
        planned.faults = queries.unfit(self.register, values, self.on) | self.known.clash(values, pk)
        if planned.faults:
            return planned
        self.known.put(pk or f"row {planned.number}", values)
        planned.changes = self._changes(line, values) if line else []
        planned.act = "add" if line is None else "change" if planned.changes else "same"
        planned.incoming = Incoming(values, pk, line.version if line else None)
        return planned

    def _key(self, typed: Mapping[str, str]) -> tuple[str, ...]:
        found = payload(shapes_of(self.schema), {**typed_of(shapes_of(self.schema), None), **typed})
        return tuple(str(found.get(name, "")) for name in self.register.key)

    def _changes(self, line: Line, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        pairs = ((c.label, said(c, getattr(line, c.name)), said(c, values[c.name])) for c in self.columns)
        return [(label, before, after) for label, before, after in pairs if before != after]

    def _label(self, name: str) -> str:
        return next((c.label for c in self.columns if c.name == name), "整行")


def _typed(column: Column, text: str) -> str:
    """A cell as it would be typed into the form: codes for labels, 101 for 101 软件, and no quote before a formula."""
    text = uncell(text.strip())
    if column.name == "hightech_field":
        return _hightech(text)
    if column.shape.kind == "tri":
        return YES_NO.get(text, text)
    return next((str(code) for code, label in column.shape.options if text == label), text)


def _hightech(text: str) -> str:
    digits = text[: len(text) - len(text.lstrip(DIGITS))]
    named = {name: code for code, name in HIGHTECH_FIELDS.items()}
    return named.get(text, digits or text)

"""Between what a browser sends and what a model takes: reading, keeping as typed, handing on as JSON values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from django.http import QueryDict
from pydantic import BaseModel

from makerspace.office.record import clock
from makerspace.web.forms.shapes import Shape, Value

OMIT: Any = object()
MOST_ROWS = 2000
NARROW = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20, 0xA0: 0x20}
CONTROL = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
WHOLE = re.compile(r"[+-]?\d{1,18}")
YUAN = re.compile(r"[+-]?\d{1,15}(\.\d{1,2})?")
WAN = re.compile(r"[+-]?\d{1,11}(\.\d{1,6})?")
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
Typed = dict[str, Any]
Given = QueryDict | Mapping[str, Any]


# -- from the browser --------------------------------------------------------------------------------------------------
def read(shapes: Iterable[Shape], given: Given, prefix: str = "") -> Typed:
    """Everything as it was typed: texts, lists of ticks, rows as ``{index: row}``, groups within groups."""
    return {shape.name: _read(shape, given, prefix + shape.name) for shape in shapes}


def _read(shape: Shape, given: Given, name: str) -> Value:
    if shape.kind == "group":
        return read(shape.children, given, f"{name}-")
    if shape.kind == "rows":
        return {index: read(shape.children, given, f"{name}-{index}-") for index in _indexes(given, name)}
    if shape.kind in {"checks", "files"}:
        return _many(given, name)
    if shape.kind == "bool":
        return "on" if given.get(name) in {"on", "true", "1", True} else ""
    value = given.get(name, "")
    return "" if value is None else str(value)


def _many(given: Given, name: str) -> list[str]:
    if isinstance(given, QueryDict):
        return [str(value) for value in given.getlist(name)]
    value: Value = given.get(name, [])
    return [str(each) for each in (value if isinstance(value, list | tuple) else [value])]


def _indexes(given: Given, name: str) -> list[int]:
    """The numbers of the rows that were sent, in their order."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-")
    found = {int(match[1]) for match in map(pattern.match, given) if match}
    return sorted(found)[:MOST_ROWS]


# -- from values -------------------------------------------------------------------------------------------------------
def typed_of(shapes: Iterable[Shape], value: Value) -> Typed:
    """Values of a model, a mapping or nothing, as they would have been typed."""
    return {shape.name: _typed(shape, _part(value, shape)) for shape in shapes}


def _part(value: Value, shape: Shape) -> Value:
    if isinstance(value, BaseModel):
        return getattr(value, shape.name, None)
    return value.get(shape.name, shape.default) if isinstance(value, Mapping) else shape.default


def _typed(shape: Shape, value: Value) -> Value:
    if shape.kind == "group":
        return typed_of(shape.children, value)
    if shape.kind == "rows":
        return {index: typed_of(shape.children, row) for index, row in enumerate(value or ())}
    if shape.kind in {"checks", "files"}:
        return [_text(each) for each in value or ()]
    if shape.kind == "lines":
        return "\n".join(_text(each) for each in value or ())
    if shape.kind == "bool":
        return "on" if value else ""
    if shape.base == "fen" and isinstance(value, int):
        return _text(Decimal(value) / 100)
    if shape.base == "wan" and isinstance(value, int):
        return _text(Decimal(value) / 1_000_000)
    return _text(value)


def _text(value: object) -> str:
    """One value as a field shows it."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.KUNMING) if value.tzinfo else value:%Y-%m-%dT%H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        text = f"{Decimal(str(value)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def is_blank(shapes: Sequence[Shape], row: Typed) -> bool:
    """Whether nothing was entered in a row: all of it stands as in a new row."""
    return row == typed_of(shapes, None) or not any(row.values())


# -- to the model ------------------------------------------------------------------------------------------------------
def payload(shapes: Iterable[Shape], typed: Typed) -> dict[str, Any]:
    """JSON values for the model; what was left empty is left out, or null where null is allowed."""
    values = ((shape.name, _value(shape, typed[shape.name])) for shape in shapes)
    return {name: value for name, value in values if value is not OMIT}


def kept_rows(shape: Shape, typed: dict[int, Typed]) -> list[int]:
    """The indexes of the rows that hold something, as the model will count them."""
    return [index for index, row in typed.items() if not is_blank(shape.children, row)]


def _value(shape: Shape, typed: Value) -> Value:
    match shape.kind:
        case "group":
            return None if shape.nullable and is_blank(shape.children, typed) else payload(shape.children, typed)
        case "rows":
            return [payload(shape.children, typed[index]) for index in kept_rows(shape, typed)]
        case "checks" | "files":
            return [_one(shape, each) for each in typed if each]
        case "lines":
            return [cleaned(line) for line in typed.splitlines() if cleaned(line)]
        case "bool":
            return typed == "on"
    text = cleaned(typed)
    if text:
        return _one(shape, text)
    return None if shape.nullable else OMIT


def _one(shape: Shape, text: str) -> Value:
    """One text as the value that its base kind asks for; what cannot be read so stays a text, for the model to refuse."""
    for value, _ in shape.options:
        if str(value) == text and not isinstance(value, str):
            return value
    match shape.base:
        case "bool":
            return {"true": True, "false": False}.get(text, text)
        case "int":
            found = digits(text)
            return int(found) if WHOLE.fullmatch(found) else text
        case "fen":
            found = digits(text)
            return int(Decimal(found) * 100) if YUAN.fullmatch(found) else text
        case "wan":
            found = digits(text)
            return int(Decimal(found) * 1_000_000) if WAN.fullmatch(found) else text
        case "decimal":
            found = digits(text)
            return float(found) if NUMBER.fullmatch(found) else text
        case "date":
            return _iso_day(text)
        case "instant":
            return f"{text}:00+08:00" if len(text) == len("2026-03-16T10:32") else text
    return text


def cleaned(text: str) -> str:
    """Without control characters (a NUL would not get past PostgreSQL) and without spaces at the ends."""
    return text.translate(CONTROL).replace("\r\n", "\n").replace("\r", "\n").strip()


def digits(text: str) -> str:
    """Full-width digits and thousands separators are how people paste numbers; 10³ is none."""
    return text.translate(NARROW).replace(",", "").replace(" ", "")


def version_of(text: str) -> int:
    """The version that a page was made of; of anything else none that is ever kept."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def _iso_day(text: str) -> str:
    """2026年3月16日, 2026/3/16 and 2026.3.16 are dates too."""
    match = DAY.fullmatch(digits(text))
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else text

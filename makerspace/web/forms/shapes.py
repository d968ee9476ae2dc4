"""Reads a pydantic model once into what a form needs to know of each field."""

import types
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

SIMPLE: dict[type, str] = {
    bool: "bool",
    int: "int",
    float: "decimal",
    Decimal: "decimal",
    AwareDatetime: "instant",
    datetime: "instant",
    date: "date",
    time: "time",
    str: "text",
}
MONEY = {"yuan": "fen", "wan": "wan"}
LISTS = (list, tuple, set, frozenset)
Options = tuple[tuple[Any, str], ...]
Annotation = Any  # whatever may stand after a field's colon
Value = Any  # whatever a field may hold


@dataclass(frozen=True)
class Shape:
    """One field: what it is called, what it takes, what limits it.

    ``kind``: text, textarea, hidden, int, decimal, bool (a tick), tri (是, 否 or nothing), date, time, instant, choice,
    checks, files (ticks
    beside an upload), lines (a text for each line), group (a model within), rows (a list of models).
    ``base`` is the kind of the value itself, for a choice or a list of ticks; "fen" is an amount that is typed in yuan,
    "wan" one in fen too that is typed in 万元.
    """

    name: str
    kind: str
    base: str
    label: str
    hint: str = ""
    unit: str = ""
    required: bool = False
    nullable: bool = False
    default: Any = None
    options: Options = ()
    children: tuple["Shape", ...] = ()
    limits: dict[str, Any] = field(default_factory=dict, hash=False)
    extra: dict[str, Any] = field(default_factory=dict, hash=False)


@lru_cache(maxsize=256)
def shapes_of(model: type[BaseModel]) -> tuple[Shape, ...]:
    """The fields of ``model`` in their order."""
    return tuple(_shape(name, info) for name, info in model.model_fields.items())


def _shape(name: str, info: FieldInfo) -> Shape:
    inner, nullable, metadata = _bare(info.annotation)
    extra = dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}
    kind, base, options, children = _kind(inner, extra)
    if kind == "bool" and nullable:
        kind = "tri"
    if kind == "text" and extra.get("widget") in {"textarea", "hidden", "password"}:
        kind = str(extra["widget"])
    if extra.get("widget") == "files":
        kind = "files"
    if extra.get("widget") == "hidden":
        kind = "hidden"
    if base == "int" and extra.get("widget") in MONEY:
        base = MONEY[str(extra["widget"])]
    default = None if info.is_required() else info.get_default(call_default_factory=True, validated_data={})
    return Shape(
        name=name, kind=kind, base=base, label=info.title or name, hint=info.description or "",
        unit=str(extra.get("unit", "")), required=info.is_required(), nullable=nullable, default=default,
        options=options, children=children, limits=_limits([*metadata, *info.metadata]), extra=extra,
    )  # fmt: skip


def _bare(annotation: Annotation) -> tuple[Any, bool, list[Any]]:
    """The annotation without ``Annotated`` and without None, whether None is allowed, and what stood beside it."""
    metadata: list[Any] = []
    nullable = False
    while True:
        origin: object = get_origin(annotation)
        if origin is Annotated:
            annotation, *beside = get_args(annotation)
            metadata += beside
        elif origin in {Union, types.UnionType}:
            rest = [arm for arm in get_args(annotation) if arm is not type(None)]
            nullable = nullable or len(rest) < len(get_args(annotation))
            annotation = rest[0]
        else:
            return annotation, nullable, metadata


def _kind(inner: Annotation, extra: dict[str, Any]) -> tuple[str, str, Options, tuple[Shape, ...]]:
    """Kind, base kind, options and children of a bare annotation."""
    named = _labelled(inner, extra)
    if named:
        return "choice", _base(named[0][0]), named, ()
    origin: object = get_origin(inner)
    if origin in LISTS:
        return _list_kind(get_args(inner)[0], extra)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return "group", "group", (), shapes_of(inner)
    for plain, kind in SIMPLE.items():
        if isinstance(inner, type) and issubclass(inner, plain):
            return kind, kind, (), ()
    raise TypeError(f"no form field for {inner!r}")


def _list_kind(item: Annotation, extra: dict[str, Any]) -> tuple[str, str, Options, tuple[Shape, ...]]:
    inner, _, _ = _bare(item)
    kind, base, options, children = _kind(inner, extra)
    if children:
        return "rows", "rows", (), children
    return ("checks", base, options, ()) if options else ("lines", kind, (), ())


def _labelled(inner: Annotation, extra: dict[str, Any]) -> Options:
    """The values of a Literal or an Enum with their labels; empty for anything else."""
    origin: object = get_origin(inner)
    if origin is Literal:
        values = list(get_args(inner))
        names = {value: str(value) for value in values}
    elif isinstance(inner, type) and issubclass(inner, Enum):
        values = [member.value for member in inner]
        names = {member.value: str(getattr(member, "label", member.value)) for member in inner}
    else:
        return ()
    labels = extra.get("labels")
    names |= labels if isinstance(labels, dict) else {}
    return tuple((value, names[value]) for value in values)


def _base(value: Value) -> str:
    return next((kind for plain, kind in SIMPLE.items() if type(value) is plain), "text")


def _limits(metadata: list[Any]) -> dict[str, Any]:
    """The limits that a browser can show beforehand."""
    found: dict[str, Any] = {}
    for mark in metadata:
        parts = mark.metadata if isinstance(mark, FieldInfo) else [mark]
        for part in parts:
            for name in ("max_length", "min_length", "ge", "gt", "le", "lt"):
                value = getattr(part, name, None)
                if value is not None:
                    found[name] = value
    return found

"""The fields of a dossier as pages and papers need them: title, kind, unit, choices; and a dossier said in words."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from makerspace.regulation import by_id
from makerspace.regulation.kunkefa_2017_55 import codes
from makerspace.regulation.terms import Section

# Which names belong to a list of codes is found by the list itself; every version names its codes in one module.
CODES: tuple[Mapping[str, str], ...] = (
    codes.CATEGORIES, codes.OPERATOR_KINDS, codes.TENURES, codes.TENANT_KINDS, codes.INDUSTRIES, codes.PARTNER_KINDS,
    codes.EVENT_KINDS, codes.FACILITIES, codes.SERVICES, codes.PROFESSIONAL_SERVICES, codes.AUTHORITY_NAMES,
)  # fmt: skip
SUGGESTED: Mapping[str, Mapping[str, str]] = {
    "registered_division": codes.DIVISIONS,
    "hightech_field": codes.HIGHTECH_FIELDS,
}
LONG = 1000
UNIT = re.compile(r"（(平方米|万元|人)）$")


class Field(NamedTuple):
    """One field: ``kind`` is text, long, day, yes, number, whole, choice, choices, block or rows."""

    key: str
    title: str
    kind: str
    hint: str = ""
    unit: str = ""
    options: Mapping[str, str] = {}
    fields: tuple["Field", ...] = ()


@lru_cache(maxsize=8)
def dossier_model(regulation: str) -> type[BaseModel]:
    """The typed dossier of that version."""
    version = by_id(regulation)
    dossier: BaseModel = version.parse({"regulation": regulation, "category": next(iter(version.categories))})
    return type(dossier)


@lru_cache(maxsize=8)
def fields_of(regulation: str) -> Mapping[str, Field]:
    """The top-level fields of that version's dossier, by key."""
    schema = dossier_model(regulation).model_json_schema()
    return {key: _field(key, given, schema["$defs"]) for key, given in schema["properties"].items()}


def section_fields(regulation: str, section: Section) -> tuple[Field, ...]:
    """The fields of one section."""
    return tuple(fields_of(regulation)[key] for key in section.keys)


def _field(key: str, given: Mapping[str, Any], defs: Mapping[str, Any]) -> Field:
    plain = _without_null(given)
    inner = _without_null(plain.get("items", {})) if plain.get("type") == "array" else plain
    block = defs[inner["$ref"].rpartition("/")[2]] if "$ref" in inner else None
    title = given.get("title", key)
    unit = UNIT.search(title)
    return Field(
        key=key,
        title=UNIT.sub("", title),
        kind=_kind(plain, inner, is_block=block is not None),
        hint=given.get("description", ""),
        unit=unit[1] if unit else "",
        options=_options(key, inner.get("enum")),
        fields=tuple(_field(name, each, defs) for name, each in block["properties"].items()) if block else (),
    )


def _without_null(given: Mapping[str, Any]) -> Mapping[str, Any]:
    for each in given.get("anyOf", ()):
        if each.get("type") != "null":
            found: Mapping[str, Any] = each
            return found
    return given


def _kind(plain: Mapping[str, Any], inner: Mapping[str, Any], *, is_block: bool) -> str:
    if plain.get("type") == "array":
        return "rows" if is_block else "choices"
    if is_block or "enum" in plain:
        return "block" if is_block else "choice"
    if plain.get("type") == "string":
        return "day" if plain.get("format") == "date" else "long" if plain.get("maxLength", 0) > LONG else "text"
    return {"boolean": "yes", "integer": "whole", "number": "number"}.get(str(plain.get("type")), "text")


def _options(key: str, allowed: list[str] | None) -> Mapping[str, str]:
    if allowed is None:
        return SUGGESTED.get(key, {})
    return next((labels for labels in CODES if set(labels) == set(allowed)), {code: code for code in allowed})


# -- in words ----------------------------------------------------------------------------------------------------------
class Part(NamedTuple):
    """A piece of a section in words: labelled values, or a table."""

    title: str
    rows: list[tuple[str, str]]
    columns: list[str]
    lines: list[list[str]]


class Answers(NamedTuple):
    """A section in words."""

    section: Section
    parts: list[Part]


def in_words(regulation: str, dossier: Mapping[str, Any]) -> list[Answers]:
    """All sections of a dossier in words, for check pages and papers."""
    sections = by_id(regulation).sections_of(dossier["category"])
    return [
        Answers(section, _parts(section.title, section_fields(regulation, section), dossier)) for section in sections
    ]


def where(regulation: str, path: str) -> str:
    """A place in a dossier in words: ``tenants[2].uscc`` is 入驻企业和团队第3行·统一社会信用代码."""
    field, said_so_far = None, ""
    for step in path.split("."):
        key, _, row = step.removesuffix("]").partition("[")
        field = _among(field.fields if field else tuple(fields_of(regulation).values()), key)
        said_so_far += ("·" if said_so_far else "") + field.title + (f"第{int(row) + 1}行" if row else "")
    return said_so_far


def _among(fields: tuple[Field, ...], key: str) -> Field:
    return next(field for field in fields if field.key == key)


def _parts(title: str, fields: tuple[Field, ...], values: Mapping[str, Any]) -> list[Part]:
    plain = [field for field in fields if field.kind not in ("block", "rows")]
    parts = (
        [Part(title, [(_title(field), said(field, values.get(field.key))) for field in plain], [], [])] if plain else []
    )
    for field in fields:
        value = values.get(field.key)
        if field.kind == "block":
            parts += _parts(field.title, field.fields, value or {})
        elif field.kind == "rows":
            parts.append(_table(field, value or []))
    return parts


def _table(field: Field, rows: list[Mapping[str, Any]]) -> Part:
    lines = [[said(column, row.get(column.key)) for column in field.fields] for row in rows]
    return Part(f"{field.title}（{len(rows)}项）", [], [_title(column) for column in field.fields], lines)


def _title(field: Field) -> str:
    return f"{field.title}（{field.unit}）" if field.unit else field.title


def said(field: Field, value: Any) -> str:  # noqa: ANN401 (whatever a dossier holds)
    """A value as papers print it; empty for what is not given."""
    if value is None or value == [] or value == "":
        return ""
    if field.kind == "yes":
        return "是" if value else "否"
    if field.kind == "choices":
        return "、".join(field.options.get(each, each) for each in value)
    if field.kind == "day":
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if field.kind in ("number", "whole"):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if field.kind == "choice":
        return str(field.options.get(value, value))
    return f"{value} {field.options[value]}" if value in field.options else str(value)

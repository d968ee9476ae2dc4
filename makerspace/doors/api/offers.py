"""The choices that an act offers on this very case, written into its JSON schema: panel members, open objections, grounds."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

Choice = tuple[Any, str]
TICKS = {"true": True, "false": False}  # pages know texts only


def offered(schema: Mapping[str, Any], options: Mapping[str, Iterable[Choice]]) -> dict[str, Any]:
    """The schema with ``x-choices`` at each field that has choices; ``rows.field`` reaches into a list."""
    found = copy.deepcopy(dict(schema))
    for path, choices in options.items():
        place = _place(found, path.split("."))
        if place is not None:
            _write(place, list(choices))
    return found


def _place(schema: dict[str, Any], path: list[str]) -> dict[str, Any] | None:
    """The schema of a field, through lists and references; None where there is no such field."""
    place: dict[str, Any] = schema
    for name in path:
        place = _resolved(schema, place).get("properties", {}).get(name)
        if place is None:
            return None
        place = place.get("items", place)
    return place


def _resolved(schema: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    reference = place.get("$ref", "")
    found: dict[str, Any] = schema.get("$defs", {}).get(reference.rpartition("/")[2], place) if reference else place
    return found


def _write(place: dict[str, Any], choices: list[Choice]) -> None:
    plain = TICKS if place.get("type") == "boolean" else {}
    place["x-choices"] = [
        {"value": plain.get(value, value), "label": str(label)} for value, label in choices if value != ""
    ]

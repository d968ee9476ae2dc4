"""What every siege has in common: bodies and values that are wrong, the one shape of a refusal, and that nothing has changed."""

import json
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from tests.factories import DAY
from tests.stories.walk import SHAPE, Town

CODES = {
    400: "bad_request", 401: "unauthenticated", 403: "not_yours", 404: "not_found", 409: "wrong_stage",
    412: "changed_meanwhile", 413: "too_large", 415: "wrong_type", 422: "invalid", 428: "precondition_required",
}  # fmt: skip
KEPT_BY_ASKING = {
    "people.ApiToken",
    "documents.Blob",
}  # when a token was used last; content that no row makes reachable
BODIES: dict[str, tuple[bytes, int]] = {
    "cut off": (b'{"reason": "', 400),
    "not JSON": ("理由=撤回".encode(), 400),
    "NaN": (b'{"reason": NaN}', 400),
    "a number of 5000 digits": (b'{"reason": ' + b"9" * 5000 + b"}", 400),
    "nested 60000 deep": (b"[" * 60_000 + b"]" * 60_000, 400),
    "objects nested 100 deep": (b'{"a":' * 100 + b"1" + b"}" * 100, 400),
    "not UTF-8": ('{"reason": "撤回"}'.encode("gb18030"), 400),
    "UTF-16": ('{"reason": "撤回"}'.encode("utf-16"), 400),
    "a NUL byte": (b'{"reason": "a\x00b"}', 400),
    "an escaped NUL": (b'{"reason": "a\\u0000b"}', 422),
    "a NUL in a key": (b'{"rea\\u0000son": 1}', 422),
    "half a character": (b'{"reason": "\\ud800"}', 422),
    "half a character in a key": (b'{"\\udfff": 1}', 422),
    "a list": (b"[1, 2]", 422),
    "a text": (b'"reason"', 422),
    "a number": (b"7", 422),
    "null": (b"null", 422),
    "true": (b"true", 422),
    "a field of 10 MB": (b'{"reason": "' + b"x" * 10_000_000 + b'"}', 413),
    "10 MB of spaces": (b" " * 10_000_000, 413),
}
WRONG: dict[str, list[Any]] = {
    "text": [5, True, ["x"], {"a": 1}, None, "长" * 20_000, "退\x08格"],
    "date": ["2026-02-30", "yesterday", "0000-00-00", "99999-01-01", {"a": 1}, [DAY.isoformat()], True],
    "number": ["x", 1.5, 10**30, -(10**30), [], {"a": 1}, "１x"],
    "truth": ["maybe", 7, [], {"a": 1}, None, "", "2026-03-16"],
    "rows": ["x", {"a": 1}, 5, [5.5], [[]], [None], True],
    "choice": ["nonsense", 5, [], {"a": 1}, True, "x" * 5000, "approve; DROP TABLE"],
}


def everything() -> dict[str, Any]:
    """Every row of the house, so that a refusal can be shown to have changed nothing."""
    models = [model for model in apps.get_models() if model.__module__.startswith("makerspace.")]
    with connection.cursor() as cursor:
        return {model._meta.label: _rows(cursor, model) for model in models if model._meta.label not in KEPT_BY_ASKING}


def _rows(cursor: Any, model: type[Model]) -> list[Any]:
    """As the database gives them, which is several times as fast as through fields and their converters."""
    quoted = connection.ops.quote_name
    cursor.execute(f"SELECT * FROM {quoted(model._meta.db_table)} ORDER BY {quoted(model._meta.pk.column)}")
    return list(cursor.fetchall())


def refusal(answer: Any) -> tuple[int, list[str]]:
    """Status and refused fields, once the answer is a refusal in the one shape whose code belongs to the status."""
    body = json.loads(answer.content)
    assert set(body) == SHAPE, body
    assert body["code"] == CODES[answer.status_code], body
    assert body["text"], body
    assert len(answer.content) < 20_000
    return answer.status_code, sorted(body["fields"])


def sort_of(schema: dict[str, Any]) -> str:
    """Which wrong values a field is given."""
    kinds = [schema, *schema.get("anyOf", [])]
    if any("enum" in kind or "$ref" in kind for kind in kinds):
        return "choice"
    if any(kind.get("format") == "date" for kind in kinds):
        return "date"
    names = {kind.get("type") for kind in kinds}
    by_type = {"integer": "number", "boolean": "truth", "array": "rows", "string": "text"}
    return next(sort for name, sort in by_type.items() if name in names)


def nullable(schema: dict[str, Any]) -> bool:
    """Whether the field may be left empty by saying so."""
    return {"type": "null"} in schema.get("anyOf", [])


def attacked(town: Town, who: str, number: str, act: dict[str, Any]) -> list[Any]:
    """What went wrong in refusing every wrong value in every field of an act that may be taken now."""
    properties, path, faults = act["schema"].get("properties", {}), f"/cases/{number}/acts/{act['act']}", []
    for turn in range(7 if properties else 1):
        given = {name: WRONG[sort_of(schema)][turn] for name, schema in properties.items()} | {"stage": "recognised"}
        status, fields = refusal(town[who].send("POST", path, given))
        told = {field.partition("[")[0].partition(".")[0] for field in fields}
        may_be_empty = {name for name, schema in properties.items() if given[name] is None and nullable(schema)}
        if status != 422 or told != given.keys() - may_be_empty:
            faults.append((act["act"], given, status, fields))
    for name, schema in properties.items():
        if any("$ref" in kind.get("items", {}) for kind in (schema, *schema.get("anyOf", []))):
            status, fields = refusal(town[who].send("POST", path, {name: [{"strange": 1}]}))
            if status != 422 or f"{name}[0].strange" not in fields:
                faults.append((act["act"], name, status, fields))
    return faults

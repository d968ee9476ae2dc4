"""The description of the API as a page to be read: made here, without scripts, without any other server."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

METHODS = ("get", "post", "put", "delete")


class Readable(DocsBase):
    """Every call with its parameters, bodies and answers."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: object) -> HttpResponse:
        """The page."""
        document: dict[str, Any] = dict(api.get_openapi_schema())
        return render(request, "api/docs.html", {"info": document["info"], **contents(document)})


def contents(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the order of reading: groups of calls, then the shared schemas."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                groups.setdefault(operation["tags"][0], []).append(_call(document, path, method, operation))
    schemas = [(name, _pretty(schema)) for name, schema in sorted(document["components"]["schemas"].items())]
    return {"groups": list(groups.items()), "schemas": schemas}


def _call(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "path": path, "method": method.upper(), "id": operation["operationId"], "summary": operation["summary"],
        "description": operation.get("description", ""), "token": "security" in operation,
        "parameters": [_parameter(parameter) for parameter in operation.get("parameters", [])],
        "bodies": _bodies(operation.get("requestBody", {})),
        "answers": [_answer(document, status, answer) for status, answer in operation["responses"].items()],
    }  # fmt: skip


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter["schema"]
    kinds = [option.get("format") or option.get("type", "") for option in schema.get("anyOf", [schema])]
    places = {"path": "地址", "query": "查询", "header": "请求头"}
    return {
        "name": parameter["name"], "place": places[parameter["in"]], "required": parameter["required"],
        "kind": "、".join(kind for kind in kinds if kind and kind != "null"), "text": parameter.get("description", ""),
    }  # fmt: skip


def _bodies(request_body: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": content_type,
            "names": _names(content["schema"]),
            "schema": "" if _names(content["schema"]) else _pretty(content["schema"]),
        }
        for content_type, content in request_body.get("content", {}).items()
    ]


def _answer(document: dict[str, Any], status: int | str, answer: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "status": status,
        "text": "成功" if str(status).startswith("2") else answer["description"],
        "names": _names(schema),
    }


def _names(schema: dict[str, Any]) -> list[str]:
    """The shared schemas that a schema refers to."""
    options = schema.get("anyOf", [schema])
    return [option["$ref"].rpartition("/")[2] for option in options if "$ref" in option]


def _pretty(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)

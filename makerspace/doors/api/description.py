"""The API in words: refusals, bodies and shared schemas of the OpenAPI document, all in one place."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from makerspace.doors.api import shapes
from makerspace.office.casework import acts
from makerspace.office.casework.acts import Act
from makerspace.regulation.kunkefa_2017_55.dossier import Dossier

REF = "#/components/schemas/{model}"
REFUSALS = {
    400: ("BadRequest", "请求不完整：JSON无效、嵌套过深或无法读取（bad_request）"),
    401: ("Unauthenticated", "没有有效的令牌（unauthenticated）"),
    403: ("NotYours", "不由您办理，或令牌没有决定权限（not_yours）"),
    404: ("NotFound", "没有，或不在您的查看范围内（not_found）"),
    409: ("WrongStage", "不在这个环节，或须先办他事（wrong_stage）"),
    412: ("ChangedMeanwhile", "他人已保存新的内容（changed_meanwhile）"),
    413: ("TooLarge", "内容或文件超过上限（too_large）"),
    415: ("WrongType", "不接受的内容或文件类型（wrong_type）"),
    422: ("Invalid", "有字段不符合要求，一次列全（invalid）"),
    428: ("PreconditionRequired", "缺少 If-Match（precondition_required）"),
    429: ("SlowDown", "请求过于频繁，按 Retry-After 等待（slow_down）"),
}
KEY_PARAMETER = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "同一个键和同样的内容24小时内只办一次，重发得到同样的答复；同一个键配另一份内容答复422。",
}  # fmt: skip
MATCH_PARAMETER = {
    "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string"},
    "description": "草稿的 ETag；没有则答复428，他人已保存则答复412。",
}  # fmt: skip


def refusals(*codes: int) -> dict[str, Any]:
    """The refusals that a call can answer with, for ``openapi_extra``."""
    return {"responses": {str(code): {"$ref": f"#/components/responses/{REFUSALS[code][0]}"} for code in codes}}


def body(model: str, *others: str, required: bool = True) -> dict[str, Any]:
    """A JSON body of one of the shared schemas."""
    refs = [{"$ref": REF.format(model=name)} for name in (model, *others)]
    schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def form(properties: dict[str, Any], required: Iterable[str]) -> dict[str, Any]:
    """The schema of a multipart body."""
    return {"multipart/form-data": {"schema": {"type": "object", "properties": properties, "required": list(required)}}}


def file_of(more: dict[str, Any]) -> dict[str, Any]:
    """An answer that is a file, and the refusals that the call can answer with."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {**more, "responses": {200: {"description": "文件", "content": content}, **more["responses"]}}


def act_schema_name(act: Act) -> str:
    """Under which name the input of an act stands among the shared schemas."""
    return f"{act.kind}.{act.code}"


def act_schema_ref(act: Act) -> dict[str, Any]:
    """The input of an act, by reference into the OpenAPI document."""
    return {"$ref": f"/api/v1/openapi.json{REF.format(model=act_schema_name(act))}"}


def complete(document: dict[str, Any], bodies: dict[str, type[BaseModel]]) -> None:
    """Add to ninja's document what it does not know: bodies, the acts' inputs, and the one map of refusals."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    models: dict[str, type[BaseModel]] = {"Dossier": Dossier, "Refused": shapes.Refused, **bodies}
    models |= {act_schema_name(act): act.schema for act in acts.all_acts()}
    models |= {name: shape for name in schemas if (shape := _shape(name)) is not None}
    for name, model in models.items():
        _add(schemas, name, model)
    components["responses"] = {
        name: {"description": text, "content": {"application/json": {"schema": {"$ref": REF.format(model="Refused")}}}}
        for name, text in REFUSALS.values()
    }
    _describe_acts(document, [act for act in acts.all_acts() if not act.batch])
    for part in ("components", "paths"):
        document[part] = without_titles(document[part])


def _shape(name: str) -> type[BaseModel] | None:
    """The shape of that name: ninja describes it by our names for its fields, the answers have the contract's."""
    shape = getattr(shapes, name, None)
    return shape if isinstance(shape, type) and issubclass(shape, shapes.Shape) else None


def without_titles(node: Any) -> Any:  # noqa: ANN401  JSON
    """A schema without the titles that pydantic makes up from our English names; what is to be read is described."""
    if isinstance(node, list):
        return [without_titles(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: without_titles(part)
        for key, part in node.items()
        if not (key == "title" and isinstance(part, str) and part.isascii())
    }


def _add(schemas: dict[str, Any], name: str, model: type[BaseModel]) -> None:
    schema = model.model_json_schema(ref_template=REF, by_alias=True)
    schemas.update(schema.pop("$defs", {}))
    schemas[name] = schema


def _describe_acts(document: dict[str, Any], taken: list[Act]) -> None:
    """Say at the call that takes acts which bodies there are."""
    operation = document["paths"]["/api/v1/cases/{id}/acts/{act}"]["post"]
    names = sorted({act_schema_name(act) for act in taken})
    operation["requestBody"] = body(*names, required=False)["requestBody"] if names else {}

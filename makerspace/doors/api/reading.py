"""Reading what a program sends: JSON within limits, forms with files, numbers in an address."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from pydantic import ValidationError

from makerspace.office.casework.acts import Input, Nothing
from makerspace.office.casework.refusals import Refused, refused
from makerspace.regulation.faults import Fault, faults_of

M = TypeVar("M", bound=Input)
DEEPEST = 24
LARGEST_ID = 2**31 - 1
WHOLE = "body"
NOT_JSON = "请求内容不是有效的JSON（UTF-8编码）。"


def object_of(request: HttpRequest) -> dict[str, Any]:
    """The body as a JSON object: UTF-8, within the size and depth limits, no control characters; no body is an empty one."""
    raw = raw_of(request)
    given = parsed(raw) if raw else {}
    if not isinstance(given, dict):
        raise refused("invalid", "请求内容应为一个JSON对象。", fields={WHOLE: "应为一组字段"})
    return given


def raw_of(request: HttpRequest) -> bytes:
    """The bytes of a JSON body; refused where the body says that it is something else."""
    raw = body_of(request)
    if raw and not (request.content_type == "application/json" and _is_utf8(request)):
        raise refused("wrong_type", "请求内容应为 application/json（UTF-8编码）。")
    return raw


def _is_utf8(request: HttpRequest) -> bool:
    return (request.content_params or {}).get("charset", "utf-8").lower() in {"utf-8", "utf8"}


def body_of(request: HttpRequest) -> bytes:
    """The body, not larger than the setting allows."""
    try:
        return request.body
    except RequestDataTooBig:
        raise too_large() from None
    except UnreadablePostError:
        raise refused("bad_request", "请求内容未能完整收到，请重试。") from None


def too_large() -> Refused:
    """The body is larger than is taken."""
    return refused("too_large", f"请求内容超过{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024}MB的上限。")


def parsed(raw: bytes) -> object:
    """JSON out of bytes; refused as a bad request where it is none, as invalid where a text can't be kept."""
    try:
        given = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise refused("bad_request", NOT_JSON) from None
    faults = {path: "不得含有控制字符或残缺的字符" for path, text in _texts(given) if not _can_be_kept(text)}
    if faults:
        raise invalid(faults)
    return given


def _no_number(name: str) -> NoReturn:
    """NaN and Infinity are not JSON."""
    raise ValueError(name)


def _texts(given: object) -> Iterator[tuple[str, str]]:
    """Every text in the value with its path, keys too; refused where the value is too deep."""
    waiting: list[tuple[str, int, object]] = [("", 1, given)]
    while waiting:
        path, depth, value = waiting.pop()
        if depth > DEEPEST:
            raise refused("bad_request", f"请求内容嵌套超过{DEEPEST}层。")
        if isinstance(value, str):
            yield path or WHOLE, value
        elif isinstance(value, dict):
            yield from ((path or WHOLE, key) for key in value)
            waiting.extend((f"{path}.{key}" if path else key, depth + 1, item) for key, item in value.items())
        elif isinstance(value, list):
            waiting.extend((f"{path}[{row}]", depth + 1, item) for row, item in enumerate(value))


def _can_be_kept(text: str) -> bool:
    """Whether every database can keep the text: no NUL, no half of a character."""
    return text.isprintable() or not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)


def invalid(fields: dict[str, str], *articles: int) -> Refused:
    """All that is wrong, at once."""
    return refused("invalid", f"有{len(fields)}处内容需要更正。", *articles, fields=fields)


def fields_of(faults: Iterable[Fault]) -> dict[str, str]:
    """Faults as the contract's ``fields``: what was expected, and what was found instead."""
    return {fault.path or WHOLE: str(fault._replace(path="")) for fault in faults}


def ask_nothing(request: HttpRequest) -> None:
    """Refuse a body where there is nothing to say: whatever stood in it would be lost in silence."""
    checked(Nothing, object_of(request))


def checked(model: type[M], given: Mapping[str, Any]) -> M:
    """``given`` as the model, or refused with every field at once."""
    try:
        return model.of(given)
    except ValidationError as error:
        raise invalid(fields_of(faults_of(error))) from None


def form_of(request: HttpRequest) -> tuple[QueryDict, "MultiValueDict[str, Any]"]:
    """Fields and files of a multipart body."""
    if request.content_type != "multipart/form-data":
        raise refused("wrong_type", "请求内容应为 multipart/form-data。")
    try:
        fields, files = request.POST, request.FILES
    except RequestDataTooBig:
        raise too_large() from None
    except (TooManyFieldsSent, TooManyFilesSent):
        raise refused("bad_request", "字段或文件的个数超过上限。") from None
    except (MultiPartParserError, UnreadablePostError, UnicodeError):
        raise refused("bad_request", "表单内容未能完整读取，请重试。") from None
    wrong = {
        name[:60]: "不得含有控制字符" for name, values in fields.lists() if any("\x00" in value for value in values)
    }
    if wrong:
        raise invalid(wrong)
    return fields, files


def id_of(text: str) -> int | None:
    """A number in an address as a key; None where it can be none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= LARGEST_ID else None

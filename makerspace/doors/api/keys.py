"""Idempotency-Key: a request that bears one counts once, however often it arrives (C19)."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from makerspace.doors.api.answers import Answer, dumps, respond
from makerspace.doors.api.reading import invalid
from makerspace.office.casework.operations import once
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person

LONGEST, LONGEST_PATH = 200, 300
KEPT_SECONDS, UNDER_WAY_SECONDS = 24 * 3600, 120
HEADER = "Idempotency-Key"


def answered_once(request: HttpRequest, person: Person, content: bytes, act: Callable[[], Answer]) -> HttpResponse:
    """Act and answer; with a key, the same person, path, key and content get the same answer again for 24 hours."""
    key = key_of(request)
    if not key:
        return respond(act())
    status, kept, replayed = once(person, _path(request), key, content, lambda: _kept(act()))
    return respond(Answer(status, kept["body"], _headers(kept, replayed=replayed)))


def answered_once_to_anyone(request: HttpRequest, content: bytes, act: Callable[[], Answer]) -> HttpResponse:
    """The same for those without an account: whoever knows the key and sends the same content gets the same answer."""
    key = key_of(request)
    if not key:
        return respond(act())
    name, digest = f"api:once:{_digest(f'{_path(request)} {key}'.encode())}", _digest(content)
    if not cache.add(name, {"digest": digest}, UNDER_WAY_SECONDS):
        return _again(cache.get(name) or {"digest": digest}, digest)
    try:
        status, kept = _kept(act())
    except BaseException:
        cache.delete(name)
        raise
    cache.set(name, {"digest": digest, "status": status, "kept": kept}, KEPT_SECONDS)
    return respond(Answer(status, kept["body"], _headers(kept, replayed=False)))


def key_of(request: HttpRequest) -> str:
    """The key that the request bears; empty where it bears none."""
    key = request.headers.get(HEADER, "").strip()
    if len(key) > LONGEST or not key.isprintable():
        raise invalid({HEADER: f"应为不超过{LONGEST}个可见字符"})
    return key


def content_of(request: HttpRequest, fields: QueryDict, files: "MultiValueDict[str, Any]") -> bytes:
    """What a multipart body says, whatever boundary it was written with; the files stand at their beginning after.

    Nothing where no key asks for it: reading 20 MB only to compare them with nothing takes its time.
    """
    if not key_of(request):
        return b""
    said: list[Any] = [[name, values] for name, values in sorted(fields.lists())]
    for name, uploads in sorted(files.lists()):
        for upload in uploads:
            whole = hashlib.sha256()
            for chunk in upload.chunks():
                whole.update(chunk)
            upload.seek(0)
            said.append([name, upload.name, whole.hexdigest()])
    return json.dumps(said).encode()


def _kept(answer: Answer) -> tuple[int, dict[str, Any]]:
    """Body and headers as plain JSON values."""
    return answer.status, {"body": json.loads(dumps(answer.body)), "headers": dict(answer.headers)}


def _headers(kept: dict[str, Any], *, replayed: bool) -> dict[str, str]:
    return {**kept["headers"], **({"Idempotent-Replayed": "true"} if replayed else {})}


def _again(earlier: dict[str, Any], digest: str) -> HttpResponse:
    if earlier["digest"] != digest:
        raise refused("invalid", "同一个幂等键已用于另一份内容，请换一个键。", fields={HEADER: "已用于另一份内容"})
    if "kept" not in earlier:
        raise refused("wrong_stage", "同一个请求正在处理，请稍后用同一个幂等键再查。")
    return respond(Answer(earlier["status"], earlier["kept"]["body"], _headers(earlier["kept"], replayed=True)))


def _path(request: HttpRequest) -> str:
    """The path, or its digest where it is too long to be kept."""
    return request.path if len(request.path) <= LONGEST_PATH else _digest(request.path.encode("utf-8", "replace"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

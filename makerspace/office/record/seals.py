"""How an entry is sealed: a digest over its content and the seal before it. No secret, so anyone can check."""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes

from makerspace.office.record.clock import KUNMING

if TYPE_CHECKING:
    from makerspace.office.record.models import Entry

ALGORITHMS = ("sm3", "sha256")


class UnknownAlgorithm(ValueError):
    """The name is none of ``ALGORITHMS``."""


def digest(algorithm: str, content: bytes) -> str:
    """Lower-case hexadecimal digest, 64 characters, by GB/T 32905 (sm3) or FIPS 180-4 (sha256)."""
    if algorithm == "sm3":
        sm3 = hashes.Hash(hashes.SM3())
        sm3.update(content)
        return sm3.finalize().hex()
    if algorithm == "sha256":
        return hashlib.sha256(content).hexdigest()
    raise UnknownAlgorithm(algorithm)


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no spaces and no escapes: the same content is always the same text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def seal_of(entry: "Entry") -> str:
    """The seal that the content of ``entry`` must bear, by the algorithm it names."""
    return digest(entry.algorithm, canonical(content_of(entry)).encode())


def content_of(entry: "Entry") -> dict[str, Any]:
    """All that is sealed of an entry: whoever has it can work out the seal."""
    return {
        "algorithm": entry.algorithm, "stream": entry.stream, "seq": entry.seq, "act": entry.act, "role": entry.role,
        "person": entry.person_id, "on": entry.on.isoformat(), "at": entry.at.astimezone(KUNMING).isoformat(),
        "articles": entry.articles, "regulation": entry.regulation, "before": entry.before, "after": entry.after,
        "data": entry.data, "prev": entry.prev,
    }  # fmt: skip


def head_over(pairs: list[tuple[str, str]], algorithm: str) -> str:
    """The digest over the last seal of every stream, in the order of the streams."""
    return digest(algorithm, "".join(f"{stream} {seal}\n" for stream, seal in pairs).encode())

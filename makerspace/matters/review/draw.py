"""The draw of experts: a pure function that anyone can repeat with SHA-256 alone.

How to repeat it. The pool is a list of expert numbers. For each number ``n`` take the SHA-256 of the text made of the
seed and ``n`` written in decimal, with nothing in between, in UTF-8; sort the numbers by these digests in hexadecimal.
The first ``size`` are drawn, whoever has to be replaced is followed by the next in the same order. The pool's digest is
the SHA-256 of the JSON list of ``[number, [fields…]]`` in ascending order, keys of no object, no spaces, in UTF-8; it is
in the record before the draw, beside the seed, so neither can be exchanged afterwards.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

ALGORITHM = "sha256(seed+id)"


class InPool(NamedTuple):
    """One expert as the pool's digest covers it."""

    id: int
    fields: tuple[str, ...]


def digest_for(seed: str, id_: int) -> str:
    """The digest by which one expert's place is found."""
    return hashlib.sha256(f"{seed}{id_}".encode()).hexdigest()


def ranked(pool_ids: Iterable[int], seed: str) -> list[int]:
    """The whole pool in the order of the draw; substitutes follow one after the other."""
    return sorted(pool_ids, key=lambda id_: digest_for(seed, id_))


def draw(pool_ids: Iterable[int], seed: str, size: int) -> list[int]:
    """Those who are drawn."""
    return ranked(pool_ids, seed)[:size]


def pool_digest(pool: Sequence[InPool]) -> str:
    """What the record holds of the pool before the draw."""
    rows = [[row.id, sorted(row.fields)] for row in sorted(pool)]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def as_json(pool: Sequence[InPool]) -> list[dict[str, Any]]:
    """The pool as a panel keeps it."""
    return [{"id": row.id, "fields": sorted(row.fields)} for row in sorted(pool)]


def of_json(rows: Iterable[dict[str, Any]]) -> list[InPool]:
    """The pool out of what a panel keeps."""
    return [InPool(int(row["id"]), tuple(row["fields"])) for row in rows]

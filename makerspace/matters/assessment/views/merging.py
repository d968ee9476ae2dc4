"""Two people at one form: what each changed since it was opened stays, and where both changed the same, both are shown."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import QueryDict

BASE = "base"
Given = Mapping[str, Any]


class Merged(NamedTuple):
    """One's own changes upon what the other saved, and by name what the other made of that which both changed."""

    values: dict[str, Any]
    others: dict[str, Any]


def made_of(values: Given) -> str:
    """What a form was made of, to be sent back with it."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def base_of(sent: QueryDict) -> dict[str, Any]:
    """What the form that was sent was made of; nothing where that can't be read."""
    try:
        found = json.loads(sent.get(BASE, ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def merged(mine: Given, base: Given, theirs: Given, empty: object) -> Merged:
    """Whatever was left as it was becomes the other's; of what was changed, one's own stays. ``empty``: of what is not named."""
    values: dict[str, Any] = dict(theirs)
    others: dict[str, Any] = {}
    for name, own in mine.items():
        was, now = base.get(name, empty), theirs.get(name, empty)
        if own != was:
            values[name] = own
            if now not in (was, own):
                others[name] = now
    return Merged(values, others)

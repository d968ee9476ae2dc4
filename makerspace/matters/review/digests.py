"""Digests that stand in the record for what tables keep in words: the words can be erased, and can't be changed unseen."""

import hashlib
from collections.abc import Mapping
from typing import Any

from makerspace.office.record.seals import canonical


def of_text(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal; empty where there is no text."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def of_facts(facts: Mapping[str, Any]) -> str:
    """The SHA-256 of the facts' one spelling."""
    return of_text(canonical(facts))

"""What the check page says of papers that later rooms issue; handed in by those rooms, for recognition may not look ahead."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from makerspace.office.documents.models import Paper

if TYPE_CHECKING:
    from makerspace.matters.recognition.queries import Verdict

Tell = Callable[[Paper], "Verdict | None"]
_TELLING: dict[str, Tell] = {}


def tell_of(kind: str, tell: Tell) -> None:
    """Hand in how a kind of paper stands, or None where it is a paper like any other; called once when acts are loaded."""
    _TELLING[kind] = tell


def telling(paper: Paper) -> Tell | None:
    """What was handed in for the paper's kind, if anything."""
    return _TELLING.get(paper.kind)

"""Remembers what was asked of a case while its acts are looked through, so that ten guards ask the same thing once."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from makerspace.office.casework.models import Case

T = TypeVar("T")
_asked: ContextVar[dict[Hashable, Any] | None] = ContextVar("asked", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within the block the same question about the same case is asked once. Nothing may be changed within it.

    A block within a block shares what the outer one remembers.
    """
    outer = _asked.get()
    token = _asked.set({} if outer is None else outer)
    try:
        yield
    finally:
        _asked.reset(token)


def remember(case: Case, question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to ``question`` about ``case``: from memory within ``remembering()``, else asked now."""
    memory = _asked.get()
    if memory is None:
        return ask()
    key = (case.pk, question)
    if key not in memory:
        memory[key] = ask()
    answer: T = memory[key]
    return answer


def recall(case: Case, question: Hashable, kind: type[T]) -> T | None:
    """What was answered to ``question`` before in this block, where it is of that kind; None where it was not asked."""
    answer = (_asked.get() or {}).get((case.pk, question))
    return answer if isinstance(answer, kind) else None

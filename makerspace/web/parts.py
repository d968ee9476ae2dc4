"""The values that the components show. Templates take any object with the same names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class Task:
    """One line of a task list (``web/_tasks.html``)."""

    label: str
    url: str
    status: Literal["done", "partial", "todo", "fault", "locked"]
    hint: str = ""


@dataclass(frozen=True)
class Step:
    """One stage on the stage line (``web/_stages.html``); ``state`` "end" is an end that is not the hoped-for one."""

    label: str
    state: Literal["done", "now", "todo", "end"]
    article: str = ""
    on: date | None = None
    holder: str = ""
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Happening:
    """One entry of the timeline (``web/_timeline.html``); ``papers`` are ``(label, url)``."""

    at: datetime
    who: str
    act: str
    article: str = ""
    text: str = ""
    papers: Sequence[tuple[str, str]] = ()
    seal: str = ""
    tone: Literal["", "ok", "warn", "grave"] = ""


@dataclass(frozen=True)
class Action:
    """One act in the act panel (``web/_acts.html``): a link to its page, or greyed with the reason why not."""

    label: str
    url: str = ""
    article: str = ""
    reason: str = ""
    tone: Literal["primary", "plain", "grave"] = "plain"


@dataclass(frozen=True)
class Tab:
    """One tab (``web/_tabs.html``); a tab is a link, each with an address of its own."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class FileRow:
    """One file (``web/_file.html``)."""

    name: str
    url: str
    size: int
    digest: str = ""
    kind: str = ""
    at: datetime | None = None
    pages: str = ""
    conditions: Sequence[str] = field(default_factory=tuple)
    remove_url: str = ""
    preview_url: str = ""

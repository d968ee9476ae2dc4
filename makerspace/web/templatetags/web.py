"""Chips, icons, menus and the ways in which dates, money and numbers are written; ``{% load web %}``."""

import logging
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.context import Context, RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from makerspace.office.casework.refusals import cited
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.web import navigation
from makerspace.web.lists import Listing
from makerspace.web.parts import Step
from makerspace.web.policy import duties_of, roles_of

register = template.Library()
logger = logging.getLogger("makerspace.web")

VERDICTS = {
    "met": ("符合", "ok", "circle-check"),
    "not_met": ("不符合", "grave", "circle-x"),
    "for_judgement": ("待评审", "warn", "scale"),
    "missing": ("未填写", "muted", "circle-dashed"),
}
STRENGTHS = {"required": "应当", "in_principle": "原则上", "encouraged": "鼓励"}
TASKS = {
    "done": ("已填写", "ok", "circle-check"),
    "partial": ("未填完", "info", "progress"),
    "todo": ("未开始", "muted", "circle-dashed"),
    "fault": ("需更正", "grave", "alert-circle"),
    "locked": ("不可修改", "muted", "lock"),
}
# The first mark that an agent's text holds; most name what they are like before what they are.
BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge浏览器"), ("Firefox", "火狐浏览器"), ("Chrome", "Chrome浏览器"),
    ("Safari", "Safari浏览器"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("HarmonyOS", "鸿蒙"), ("Android", "安卓"), ("Windows", "Windows"),
    ("Mac OS X", "苹果电脑"), ("Linux", "Linux"),
)  # fmt: skip
DUE_SOON = 3


# -- icons and chips ---------------------------------------------------------------------------------------------------
@lru_cache(maxsize=256)
def _paths(name: str) -> str:
    """What an icon draws, without the frame; empty, and noted, where there is no such icon."""
    file = settings.BASE_DIR / "node_modules/@tabler/icons/icons/outline" / f"{name}.svg"
    if not file.is_file():
        logger.error("no icon %r", name)
        return ""
    inside = file.read_text(encoding="utf-8").partition("<svg")[2].partition(">")[2].rpartition("</svg>")[0]
    lines = (line.strip() for line in inside.splitlines())
    return "".join(line for line in lines if line and 'stroke="none"' not in line)


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """An inline SVG; without a label it is hidden from screen readers, for a word stands beside it."""
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="k-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
        ' stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        told,
        mark_safe(_paths(name)),  # noqa: S308  read from a package's file, never from a user
    )


@register.simple_tag
@lru_cache(maxsize=2048)
def chip(text: str, tone: str = "muted", icon_name: str = "") -> SafeString:
    """A word in a small frame. Tones: ok, warn, grave, info, muted."""
    return format_html('<span class="k-chip k-{}">{}{}</span>', tone, icon(icon_name) if icon_name else "", text)


@register.simple_tag
def verdict(value: str, strength: str = "required") -> SafeString:
    """What the facts say of a condition, as word, icon and colour; an encouraged one never alarms."""
    if strength == "encouraged" and value != "met":
        return chip("未具备", "muted", "minus")
    return chip(*VERDICTS[str(value)])


@register.simple_tag
def days_left(due_on: date | None, on: date | None = None) -> SafeString:
    """How many days remain until the last day; nothing where there is none."""
    if due_on is None:
        return SafeString("")
    left = (due_on - (on or clock.today())).days
    if left < 0:
        return chip(f"已逾期{-left}天", "grave", "alert-circle")
    if left == 0:
        return chip("今天到期", "warn", "clock")
    return chip(f"还剩{left}天", "warn" if left <= DUE_SOON else "muted", "clock")


@register.simple_tag
def task_status(value: str) -> SafeString:
    """The state of one line of a task list."""
    return chip(*TASKS[value])


# -- the stage line ----------------------------------------------------------------------------------------------------
class Here(NamedTuple):
    """Where a case stands on its stage line, for a screen without room for the whole of it."""

    step: Step
    place: int
    of: int
    then: str


@register.simple_tag
def here(steps: Sequence[Step]) -> Here | None:
    """The step that is being taken, or the last one that was."""
    reached = [place for place, step in enumerate(steps) if step.state != "todo"]
    if not reached:
        return None
    place = reached[-1]
    then = steps[place + 1].label if place + 1 < len(steps) else ""
    return Here(steps[place], place + 1, len(steps), then)


# -- lists -------------------------------------------------------------------------------------------------------------
@register.simple_tag
def sort_head(listing: Listing[Any], key: str, label: str, css: str = "") -> SafeString:
    """A column's head that sorts: ``aria-sort`` says how it is sorted, the link turns it round."""
    current = listing.sort.removeprefix("-") == key
    down = listing.sort.startswith("-")
    state = ("descending" if down else "ascending") if current else "none"
    mark = ("arrow-down" if down else "arrow-up") if current else "arrows-sort"
    url = listing.url(sort=f"-{key}" if current and not down else key)
    return format_html(
        '<th scope="col" aria-sort="{}" class="{}"><a class="k-sort" href="{}">{}{}</a></th>',
        state, css, url, label, icon(mark),
    )  # fmt: skip


@register.simple_tag
def page_url(listing: Listing[Any], page: int) -> str:
    """The same list at another page."""
    return listing.url(page=page)


# -- forms of Django's own -------------------------------------------------------------------------------------------
@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The input alone: without a placeholder, which would only say the label again, and tied to its hint and errors."""
    notes = [f"{field.auto_id}_helptext"] if field.help_text else []
    notes += [f"{field.auto_id}_error{place}" for place, _ in enumerate(field.errors)]
    return field.as_widget(attrs={"placeholder": False, "aria-describedby": " ".join(notes) or False})


# -- menus -------------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def portal_menu(context: Context) -> list[navigation.Item]:
    """The public menu; empty on a page that is rendered without a request."""
    request = context.get("request")
    return navigation.portal_menu(request) if request else []


@register.simple_tag(takes_context=True)
def work_menu(context: RequestContext) -> list[navigation.Item]:
    """The rail's menu for whoever is signed in."""
    request = context["request"]
    return navigation.work_menu(request, roles_of(request), duties_of(request))


register.filter("has_current", navigation.is_current)


@register.simple_tag(takes_context=True)
def identity(context: RequestContext) -> navigation.Identity | None:
    """Name, unit and roles of whoever is signed in."""
    user = context["request"].user
    return navigation.identity(user) if user.is_authenticated else None


@register.simple_tag
def params(**changes: object) -> str:
    """A query string of the given values; empty ones are left out."""
    query = QueryDict(mutable=True)
    query.update({key: str(value) for key, value in changes.items() if value not in (None, "")})
    return f"?{query.urlencode()}" if query else "?"


# -- dates -------------------------------------------------------------------------------------------------------------
def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return clock.day_of(value) if value.tzinfo else value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return value if isinstance(value, date) else None


@register.filter
def date_cn(value: object) -> str:
    """2026年3月16日; empty for nothing."""
    day = _day(value)
    return chinese(day) if day else ""


@register.filter
def date_iso(value: object) -> str:
    """2026-03-16, for tables; empty for nothing."""
    day = _day(value)
    return day.isoformat() if day else ""


@register.filter
def instant(value: datetime | str | None) -> str:
    """2026-03-16 10:32, for tables and timelines; empty for nothing."""
    local = _local(value)
    return f"{local:%Y-%m-%d %H:%M}" if local else ""


@register.filter
def instant_cn(value: datetime | str | None) -> str:
    """2026年3月16日10:32, within a sentence; empty for nothing."""
    local = _local(value)
    return f"{chinese(local.date())}{local:%H:%M}" if local else ""


def _local(value: datetime | str | None) -> datetime | None:
    """In Kunming's time."""
    if not value:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(clock.KUNMING) if moment.tzinfo else moment


# -- numbers, money, people --------------------------------------------------------------------------------------------
def _number(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None and value != "" else None
    except InvalidOperation:
        return None


def _plain(number: Decimal, places: int = 2) -> str:
    """With thousands separated and without idle zeros."""
    text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def number(value: object) -> str:
    """1,234.5; empty for nothing."""
    found = _number(value)
    return "" if found is None else _plain(found)


@register.filter
def yuan(fen: object) -> str:
    """Fen as yuan: 100,000.00元."""
    found = _number(fen)
    return "" if found is None else f"{found / 100:,.2f}元"


@register.filter
def wan(fen: object) -> str:
    """Fen as 万元: 10万元."""
    found = _number(fen)
    return "" if found is None else f"{_plain(found / 1_000_000, 4)}万元"


@register.filter
def wan_yuan(value: object) -> str:
    """A number that is given in 万元 already: 300万元."""
    found = _number(value)
    return "" if found is None else f"{_plain(found)}万元"


@register.filter
def m2(value: object) -> str:
    """An area: 420.5 m²."""
    found = _number(value)
    return "" if found is None else f"{_plain(found)} m²"


@register.filter
def percent(value: object) -> str:
    """A share as percent: 0.1 is 10%."""
    found = _number(value)
    return "" if found is None else f"{_plain(found * 100)}%"


@register.filter
def file_size(value: int | None) -> str:
    """1.2MB, 340KB."""
    if value is None:
        return ""
    return f"{value / 1024 / 1024:.1f}MB" if value >= 1024 * 1024 else f"{max(1, round(value / 1024))}KB"


@register.filter
def mask_phone(value: str | None) -> str:
    """138****1234; of another number the last four digits stay hidden."""
    text = (value or "").strip()
    if len(text) == 11 and text.isdecimal():
        return f"{text[:3]}****{text[-4:]}"
    return f"{text[:-4]}****" if len(text) > 4 else "*" * len(text)


@register.filter
def mask_mail(value: str | None) -> str:
    """zh****@example.cn: who it is stays hidden, where it goes does not."""
    name, at, place = (value or "").strip().partition("@")
    return f"{name[:2] if len(name) > 3 else ''}****@{place}" if at else mask_phone(value)


@register.filter
def browser(agent: str | None) -> str:
    """What somebody signs in with, in words: 微信，苹果手机."""
    found = [next((name for mark, name in table if mark in (agent or "")), "") for table in (BROWSERS, SYSTEMS)]
    return "，".join(filter(None, found)) or "无法识别"


@register.filter
def article(value: int | tuple[int, ...] | None) -> str:
    """第十条, or 第十条、第十一条."""
    if not value:
        return ""
    return cited((value,) if isinstance(value, int) else tuple(value))


@register.filter
def item(value: int | None) -> str:
    """第一项: an item of an article; empty for none."""
    return f"{cited((value,))[:-1]}项" if value else ""


@register.filter
def strength(value: str) -> str:
    """应当, 原则上 or 鼓励."""
    return STRENGTHS[str(value)]


@register.filter
def seal(value: str) -> str:
    """A seal or digest, shortened to be read and compared."""
    return " ".join(value[start : start + 4] for start in range(0, min(len(value), 16), 4)) + (
        "…" if len(value) > 16 else ""
    )

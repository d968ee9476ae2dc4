"""The two menus. Which pages they name is a setting: a front knows no door."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from makerspace.office.casework.queries import ROLE_NAMES
from makerspace.office.people.models import Authority, Organisation, Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

PORTAL = (
    ("首页", "portal:home"),
    ("申报通知", "portal:calls"),
    ("公示公告", "portal:notices"),
    ("众创空间名录", "portal:registry"),
    ("资格自测", "portal:self_check"),
    ("办法与口径", "portal:rules"),
)
WORK: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("待办", "workbench:home", "inbox", ()),
    ("办件", "workbench:cases", "folder", ()),
    ("消息", "workbench:messages", "bell", ()),
)


class Item(NamedTuple):
    """One entry of a menu."""

    label: str
    url: str
    current: bool
    icon: str = ""


class Identity(NamedTuple):
    """Who is at work here, and as what."""

    name: str
    unit: str
    roles: str


def portal_menu(request: HttpRequest) -> list[Item]:
    """The public menu, from ``settings.PORTAL_MENU``: ``(label, URL name)``."""
    entries = ((label, _address(name)) for label, name in getattr(settings, "PORTAL_MENU", PORTAL))
    return [Item(label, url, _is_here(request.path, url)) for label, url in entries if url]


def work_menu(request: HttpRequest, roles: frozenset[Role]) -> list[Item]:
    """The rail, from ``settings.WORK_MENU``: ``(label, URL name, icon, roles)``; no roles means everyone."""
    entries = (
        (label, _address(name), icon)
        for label, name, icon, allowed in getattr(settings, "WORK_MENU", WORK)
        if not allowed or roles & frozenset(allowed)
    )
    items = [(label, url, icon) for label, url, icon in entries if url]
    here = max((url for _, url, _ in items if _is_here(request.path, url)), key=len, default="")
    return [Item(label, url, url == here, icon) for label, url, icon in items]


def identity(person: Person) -> Identity:
    """Name, unit and roles of whoever is signed in; one query."""
    capacity = person.capacity(clock.today())
    units: list[str] = []
    if capacity.organisations:
        units = list(Organisation.objects.filter(pk__in=capacity.organisations).values_list("name", flat=True))
    elif capacity.authorities:
        units = [f"{name}科技主管部门" for name in _authorities(capacity.authorities)]
    return Identity(str(person), "、".join(units), "、".join(ROLE_NAMES[role] for role in sorted(capacity.roles)))


def _authorities(keys: frozenset[int]) -> list[str]:
    return list(Authority.objects.filter(pk__in=keys).values_list("name", flat=True))


def _address(name: str) -> str:
    """The page's address; empty where this installation has no such page, so that no entry leads nowhere."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_here(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))

"""The two menus. Which pages they name is a setting: a front knows no door."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, resolve, reverse

from makerspace.office.casework.queries import ROLE_NAMES
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Duty, Role
from makerspace.web.policy import Policy, policy_of

PORTAL = (
    ("首页", "portal_home"),
    ("申报通知", "portal_calls"),
    ("公示公告", "portal_notices"),
    ("众创空间名录", "portal_registry"),
    ("开放设施", "portal_facilities"),
    ("梦想导师", "portal_mentors"),
    ("挂牌融资", "portal_capital"),
    ("资格自测", "portal_self_check"),
    ("办法与口径", "portal_rules"),
)
WORK = (
    ("待办", "work_home", "inbox"),
    ("办件", "work_cases", "folder"),
    ("登记册", "registers_home", "notebook"),
    ("申报通知", "application_calls", "speakerphone"),
    ("窗口收件", "application_counter", "clipboard-text", Duty.COUNTER),
    ("公示", "review_notices", "file-text"),
    ("异议", "review_objections", "message-report"),
    ("公布", "recognition_announcements", "certificate"),
    ("我的称号", "recognition_titles", "certificate"),
    ("优先凭证", "support_letters", "rosette-discount-check"),
    ("引导资金", "funding_budget", "coin-yuan"),
    ("办理拨付", "funding_payments", "credit-card-pay", Duty.PAYER),
    ("专家库", "review_experts", "users"),
    ("开放设施", "support_facilities", "microscope"),
    ("梦想导师", "support_mentors", "bulb"),
    ("挂牌融资", "support_financings", "trending-up"),
    ("日程", "support_calendar", "calendar"),
    ("年度考核", "assessment_year", "chart-bar"),
    ("考核方案", "assessment_schemes", "list-check"),
    ("考核预测", "assessment_forecasts", "gauge"),
    ("本单位", "work_organisations", "building"),
    ("优先支持", "support_priority", "rosette-discount-check"),
    ("系统设定", "work_settings", "adjustments"),
    ("人员", "work_people", "user-check"),
    ("消息", "work_messages", "bell"),
    ("账号", "work_account", "settings"),
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
    pages = ((label, _page(name, get_urlconf())) for label, name in getattr(settings, "PORTAL_MENU", PORTAL))
    items = [(label, page.url, "") for label, page in pages if page]
    return _marked(items, request.path)


def work_menu(request: HttpRequest, roles: frozenset[Role], duties: frozenset[Duty]) -> list[Item]:
    """The rail, from ``settings.WORK_MENU``: ``(label, URL name, icon)`` and the duty that the work there takes, if any.

    Who sees an entry is the view's own policy, and whoever has that duty.
    """
    menu = getattr(settings, "WORK_MENU", WORK)
    mine = (entry for entry in menu if set(entry[3:]) <= duties)
    pages = ((label, icon, _page(name, get_urlconf())) for label, name, icon, *_ in mine)
    items = [(label, page.url, icon) for label, icon, page in pages if page and _open_to(page, roles)]
    return _marked(items, request.path)


def is_current(items: Sequence[Item]) -> bool:
    """Whether the present page is among these entries."""
    return any(item.current for item in items)


def identity(person: Person) -> Identity:
    """Name, unit and roles of whoever is signed in; no query of its own."""
    capacity = person.capacity(clock.today())
    units = capacity.names if capacity.organisations else [f"{name}科技主管部门" for name in capacity.names]
    return Identity(str(person), "、".join(units), "、".join(ROLE_NAMES[role] for role in sorted(capacity.roles)))


class _Page(NamedTuple):
    url: str
    policy: Policy | None


@lru_cache(maxsize=64)
def _page(name: str, urlconf: str | None) -> _Page | None:
    """The page of that name; None where this installation has no such page, so that no entry leads nowhere."""
    try:
        url = reverse(name, urlconf)
    except NoReverseMatch:
        return None
    return _Page(url, policy_of(resolve(url, urlconf).func, name))


def _open_to(page: _Page, roles: frozenset[Role]) -> bool:
    return page.policy is not None and (page.policy.kind != "roles" or bool(page.policy.roles & roles))


def _marked(items: list[tuple[str, str, str]], path: str) -> list[Item]:
    """The entries, the one whose address fits the present page best marked as current."""
    fitting = [url for _, url, _ in items if path == url or (url != "/" and path.startswith(url))]
    here = max(fitting, key=len, default="")
    return [Item(label, url, url == here, icon) for label, url, icon in items]

"""Who may open a page, declared at the view; a view that declares nothing opens to nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from makerspace.office.record import clock
from makerspace.regulation.terms import Duty, Role

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Policy:
    """``public``: anyone; ``signed_in``: whoever has an account; ``roles``: whoever holds one of them today."""

    kind: Literal["public", "signed_in", "roles"]
    roles: frozenset[Role] = frozenset()


PUBLIC = Policy("public")
SIGNED_IN = Policy("signed_in")


def public(view: V) -> V:
    """Anyone may open this page."""
    return _declare(view, PUBLIC)


def signed_in(view: V) -> V:
    """Whoever has signed in may open this page; what it shows is a query's matter."""
    return _declare(view, SIGNED_IN)


def roles(*allowed: Role) -> Callable[[V], V]:
    """Whoever holds one of these roles today may open this page."""
    policy = Policy("roles", frozenset(allowed))
    return lambda view: _declare(view, policy)


def policy_of(view: Callable[..., Any], name: str) -> Policy | None:
    """What the view declares, else what the settings say of a third party's view of that name, else nothing."""
    declared: Policy | None = getattr(view, "policy", None)
    return declared or _third_party(name)


def roles_of(request: HttpRequest) -> frozenset[Role]:
    """The roles that the visitor holds today; none for an anonymous one."""
    user = request.user
    return user.roles_on(clock.today()) if user.is_authenticated else frozenset()


def duties_of(request: HttpRequest) -> frozenset[Duty]:
    """The duties that the visitor's offices carry today; none for an anonymous one."""
    user = request.user
    return user.capacity(clock.today()).duties if user.is_authenticated else frozenset()


def _declare(view: V, policy: Policy) -> V:
    view.policy = policy  # type: ignore[attr-defined]
    return view


def _third_party(name: str) -> Policy | None:
    """An exact name first, then the longest prefix; a key that ends in ``_`` or ``:`` is a prefix."""
    listed: dict[str, str] = settings.THIRD_PARTY_POLICIES
    prefixes = sorted((key for key in listed if key.endswith(("_", ":")) and name.startswith(key)), key=len)
    kind = listed.get(name) or (listed[prefixes[-1]] if prefixes else None)
    return {"public": PUBLIC, "signed_in": SIGNED_IN}[kind] if kind else None

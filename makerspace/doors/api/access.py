"""Who calls: a person by a token, never more than that person; and how often a stranger may ask."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from makerspace.doors.api.answers import refuse
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.people.address import address_of
from makerspace.office.people.models import Person
from makerspace.office.people.tokens import DECIDE, person_of
from makerspace.office.record import clock
from makerspace.regulation.terms import Move

V = TypeVar("V", bound=Callable[..., Any])
UNKNOWN = Refusal("unauthenticated", "请在 Authorization 头中提供有效的令牌（Bearer）。令牌在“我的账号”中生成。")
RATES = {"self_check": (60, 60), "verify": (60, 60), "score": (60, 60), "objections": (20, 3600)}


class Caller(NamedTuple):
    """The person a token stands for, and what the token may do."""

    person: Person
    scopes: frozenset[str]

    def ask_scope(self, move: Move) -> None:
        """A deciding act needs a token that may decide; it is made by a person who has just proved who they are."""
        if move.decides and DECIDE not in self.scopes:
            text = f"“{move.label}”属于决定事项，此令牌没有决定权限。请重新验证身份后生成带决定权限的短期令牌。"
            raise Refused(Refusal("not_yours", text, move.articles))


class Bearer(HttpBearer):
    """令牌：在“我的账号”中生成，以本人身份办理，权限不超过本人。"""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Whom the token stands for now."""
        found = person_of(token, clock.now())
        return Caller(*found) if found else None


def caller(request: HttpRequest) -> Caller:
    """The caller, once the token was accepted."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found


def slowly(name: str) -> Callable[[V], V]:
    """A call that anyone may make, so often from one address and no oftener (RATES: how many, in how many seconds)."""

    def decorate(view: V) -> V:
        @wraps(view)
        def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            wait = _wait(name, request)
            if wait:
                slow = Refusal("slow_down", f"这个地址的请求过于频繁，请在{wait}秒后再试。")
                return refuse(slow, headers={"Retry-After": str(wait)})
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        return limited  # type: ignore[return-value]

    return decorate


def _wait(name: str, request: HttpRequest) -> int:
    """Seconds to wait, 0 where the call is within its rate; each window counts for itself."""
    most, seconds = {**RATES, **getattr(settings, "API_RATES", {})}[name]
    now = time.time()
    key = f"api:{name}:{address_of(request)}:{int(now // seconds)}"
    cache.add(key, 0, timeout=seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # culled between the two
        return 0
    return int(seconds - now % seconds) + 1 if count > most else 0

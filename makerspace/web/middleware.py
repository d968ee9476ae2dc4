"""What every request passes: limits before anything is read, then the page's declared policy."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from makerspace.office.casework.queries import ROLE_NAMES
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.web.policy import Policy, policy_of, roles_of
from makerspace.web.refusals import refuse, wants_json

Next = Callable[[HttpRequest], HttpResponse]
URL_MAX = 4096
PAGES_TAKE = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
METHODS = PAGES_TAKE | {"PUT", "PATCH", "DELETE"}
BODIES = frozenset({"POST", "PUT", "PATCH"})
logger = logging.getLogger("makerspace.refused")


class Limits:
    """Refuses by its outside what would be too long, too large, or of no stated size (C36)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _over_limit(request)
        return refuse(request, found[1], status=found[0]) if found else self.get_response(request)


def _over_limit(request: HttpRequest) -> tuple[int, Refusal] | None:
    if request.method not in (METHODS if request.path.startswith("/api") else PAGES_TAKE):
        return 405, Refusal("bad_request", "这个地址不接受这种请求方式。")
    if len(request.get_full_path()) > URL_MAX:
        return 414, Refusal("bad_request", f"网址超过{URL_MAX}个字符。")
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return 400, Refusal("bad_request", "网址含有不可用的字符。")
    return _body_over_limit(request) if request.method in BODIES else None


def _body_over_limit(request: HttpRequest) -> tuple[int, Refusal] | None:
    length = request.META.get("CONTENT_LENGTH", "")
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        return 411, Refusal("bad_request", "请求没有说明内容的长度。")
    if length and not length.isdecimal():
        return 400, Refusal("bad_request", "请求的内容长度无法识别。")
    if length and int(length) > settings.BODY_MAX_BYTES:
        return 413, Refusal("too_large", f"一次提交不能超过{settings.BODY_MAX_BYTES // 1024 // 1024}MB。")
    return None


class DefaultDeny:
    """Opens a view only as its policy says; turns every ``Refused`` into the refusal page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.roles = SimpleLazyObject(lambda: roles_of(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"  # what one has signed in for stays in no cache (C7)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: object) -> HttpResponseBase | None:
        """None lets the view run."""
        match = request.resolver_match
        policy = policy_of(view, match.view_name if match else "")
        if policy is None:
            logger.error("no policy declared: view=%r path=%r", match and match.view_name, request.path)
            return refuse(request, Refusal("not_yours", "这一页没有开放。"))
        return _gate(request, policy)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal raised anywhere below becomes one page; other errors go their way."""
        if not isinstance(error, Refused):
            return None
        logger.info("refused: code=%s path=%r", error.refusal.code, request.path)
        return refuse(request, error.refusal)


def _gate(request: HttpRequest, policy: Policy) -> HttpResponseBase | None:
    if policy.kind == "public":
        return None
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    if policy.kind == "roles" and not policy.roles & roles_of(request):
        who = "、".join(ROLE_NAMES[role] for role in sorted(policy.roles))
        logger.warning("role refused: user=%s path=%r needs=%s", request.user.pk, request.path, sorted(policy.roles))
        return refuse(request, Refusal("not_yours", f"这一页由{who}使用，您目前的身份不能打开。"), who=who)
    return None


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in first and come back here; only a path of this site is ever handed on."""
    if wants_json(request):
        return refuse(request, Refusal("unauthenticated", "登录已过期，请重新登录。"))
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else settings.LOGIN_REDIRECT_URL
    response = redirect_to_login(back, settings.LOGIN_URL)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": response["Location"]})
    return response

"""What every request passes: limits before anything is read, then the page's declared policy."""

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject
from django.utils.http import escape_leading_slashes

from makerspace.office.casework.queries import ROLE_NAMES
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.documents.storage import Damaged, StorageUnavailable
from makerspace.web.context import ELDER_COOKIE
from makerspace.web.policy import Policy, policy_of, roles_of
from makerspace.web.refusals import page_of_form, refuse, wants_json, was_refused

Next = Callable[[HttpRequest], HttpResponse]
URL_MAX = 4096
YEAR = 365 * 24 * 3600
LOOKS = frozenset({"GET", "HEAD"})
PAGES_TAKE = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
METHODS = PAGES_TAKE | {"PUT", "PATCH", "DELETE"}
BODIES = frozenset({"POST", "PUT", "PATCH"})
KEPT, SENDER = "_kept", "_person"  # what our script adds to a form: a name for what it keeps, and whose page it was
NONCE = re.compile(r"[0-9a-f]{24}")
ASKS_WHO = (settings.LOGIN_URL, "/accounts/reauthenticate/")
NOT_TAKEN = Refusal("bad_request", "这个地址不接受这种请求方式。")
NOT_OPENED = Refusal("bad_request", "这个地址只接受页面上的按钮提交，不能直接打开。")
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
        return 405, NOT_TAKEN
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


class Display:
    """Remembers the larger or the ordinary display, chosen on any page by its own address and a word more.

    No address is handed to another one that way: those that are secret stand in no log but under their own path.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get(ELDER_COOKIE)
        if request.method not in LOOKS or chosen not in {"0", "1"} or wants_json(request):
            return self.get_response(request)
        left = request.GET.copy()
        del left[ELDER_COOKIE]
        path = escape_leading_slashes(escape_uri_path(request.path))
        response = HttpResponseRedirect(f"{path}?{left.urlencode()}" if left else path)
        response.set_cookie(ELDER_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        add_never_cache_headers(response)
        return response


class DefaultDeny:
    """Opens a view only as its policy says; turns every ``Refused`` into the refusal page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.roles = SimpleLazyObject(lambda: roles_of(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and not wants_json(request):
            allowed = response["Allow"]
            response = refuse(request, NOT_OPENED if request.method == "GET" else NOT_TAKEN, status=405)
            response["Allow"] = allowed
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"  # what one has signed in for stays in no cache (C7)
        if request.method == "POST" and _was_taken_up(response):
            _acknowledge(request, response)
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
        """A refusal raised anywhere below becomes one page, and so does trouble with the files; other errors go their way."""
        if isinstance(error, StorageUnavailable | Damaged):
            logger.error("storage: path=%r error=%r", request.path, error)
            title = "文件已损坏" if isinstance(error, Damaged) else "文件暂时不可用"
            return refuse(request, Refusal("bad_request", error.text), status=503, title=title)
        if not isinstance(error, Refused):
            return None
        logger.info("refused: code=%s path=%r", error.refusal.code, request.path)
        return refuse(request, error.refusal)


def _was_taken_up(response: HttpResponse) -> bool:
    """Whether a page answered what was sent: took it, or shows it again with what is wrong."""
    asks = response.get("Location", "").startswith(ASKS_WHO)
    return response.status_code < 500 and not asks and not was_refused(response)


def _acknowledge(request: HttpRequest, response: HttpResponse) -> None:
    """Tells our script by a cookie that it need not keep what was typed any longer."""
    nonce = request.POST.get(KEPT, "")
    if NONCE.fullmatch(nonce):
        secure = settings.CSRF_COOKIE_SECURE
        response.set_cookie("kept", nonce, max_age=3600, samesite="Lax", secure=secure)


def _gate(request: HttpRequest, policy: Policy) -> HttpResponseBase | None:
    if policy.kind == "public":
        return None
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    if _opened_by_another(request):
        text = "这一页由另一个账号打开，本浏览器现已换用其他账号登录。这次内容没有提交。"
        return refuse(request, Refusal("not_yours", text), title="登录的账号已经更换")
    if policy.kind == "roles" and not policy.roles & roles_of(request):
        who = "、".join(ROLE_NAMES[role] for role in sorted(policy.roles))
        logger.warning("role refused: user=%s path=%r needs=%s", request.user.pk, request.path, sorted(policy.roles))
        return refuse(request, Refusal("not_yours", f"这一页由{who}使用，您目前的身份不能打开。"), who=who)
    return None


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in first and come back here; only a path of this site is ever handed on."""
    if wants_json(request):
        return refuse(request, Refusal("unauthenticated", "登录已过期，请重新登录。"))
    location = f"{settings.LOGIN_URL}?{urlencode(_way_back(request), safe='/')}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": location})
    return redirect(location)


def _way_back(request: HttpRequest) -> dict[str, str]:
    """To the page itself; of what was sent nothing was taken, so it says so and leads to the page of the form."""
    if request.method in {"GET", "HEAD"}:
        return {"next": request.get_full_path()}
    return {"next": page_of_form(request, settings.LOGIN_REDIRECT_URL), "unsent": "1"}


def _opened_by_another(request: HttpRequest) -> bool:
    """Whether the page that sends this was opened by somebody else than who is signed in now."""
    if request.method != "POST":
        return False
    sender = request.headers.get("X-Person") or request.POST.get(SENDER, "")
    return bool(sender) and sender != str(request.user.pk)

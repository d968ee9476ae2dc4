"""How often one address, or one secret, may ask the pages that work or write; a stranger's haste never locks others out."""

from collections.abc import Callable
from functools import wraps

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.address import address_of
from makerspace.office.record import clock
from makerspace.web.refusals import refuse

View = Callable[..., HttpResponseBase]
Whose = Callable[..., str]


def limited(
    name: str, most: int, seconds: int = 60, *, methods: tuple[str, ...] = ("POST",), whose: Whose | None = None
) -> Callable[[View], View]:
    """Answer 429 beyond ``most`` requests of these methods from one address within so many seconds.

    ``whose`` is told what the address of the page names, and may count by that instead; empty is by who asks.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method in methods:
                counted = (whose(**kwargs) if whose else "") or address_of(request)
                if not _may(name, counted, most, seconds):
                    return slow_down(request, seconds)
            return view(request, *args, **kwargs)

        return inner

    return decorate


def slow_down(request: HttpRequest, seconds: int) -> HttpResponse:
    """The kind answer, with when to come back."""
    wait = "1分钟" if seconds <= 60 else f"{seconds // 60}分钟"
    response = refuse(request, Refusal("slow_down", f"这里的查询或提交次数较多，请{wait}后再试。其他人不受影响。"))
    response["Retry-After"] = str(seconds)
    return response


def _may(name: str, counted: str, most: int, seconds: int) -> bool:
    window = int(clock.now().timestamp()) // seconds
    key = f"limit:{name}:{counted}:{window}"
    cache.add(key, 0, seconds + 5)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the window ended between the two lines
        return True

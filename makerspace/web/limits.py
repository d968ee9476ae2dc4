"""How often one address may ask the pages that work or write; a stranger's haste never locks others out."""

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


def limited(name: str, most: int, seconds: int = 60, *, methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Answer 429 beyond ``most`` requests of these methods from one address within so many seconds."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method in methods and not _may(request, name, most, seconds):
                return slow_down(request, seconds)
            return view(request, *args, **kwargs)

        return inner

    return decorate


def slow_down(request: HttpRequest, seconds: int) -> HttpResponse:
    """The kind answer, with when to come back."""
    wait = "1分钟" if seconds <= 60 else f"{seconds // 60}分钟"
    response = refuse(request, Refusal("slow_down", f"这个网络地址的查询次数较多，请{wait}后再试。其他人不受影响。"))
    response["Retry-After"] = str(seconds)
    return response


def _may(request: HttpRequest, name: str, most: int, seconds: int) -> bool:
    window = int(clock.now().timestamp()) // seconds
    key = f"limit:{name}:{address_of(request)}:{window}"
    cache.add(key, 0, seconds + 5)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the window ended between the two lines
        return True

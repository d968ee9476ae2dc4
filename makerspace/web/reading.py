"""A page that is only read asks the same thing of a case once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from makerspace.office.casework.memory import remembering

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def reads_once(view: V) -> V:
    """Remember what was asked while a GET is answered; a POST changes things and remembers nothing."""

    @wraps(view)
    def reading(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        with remembering():
            return view(request, *args, **kwargs)

    return cast(V, reading)

"""Pages behind a secret address: found by nobody, kept by nothing, named to nobody."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

from makerspace.office.casework.refusals import Refused
from makerspace.web.refusals import refuse

View = Callable[..., HttpResponseBase]
# Where nothing but a form of our own is sent, the origin goes along without the path: told nothing at all, a browser
# sends "Origin: null" with the form, which no defence against forged forms can tell from a stranger's.
NOTHING, ORIGIN = "no-referrer", "strict-origin"


def discreet(*, form: bool = False) -> Callable[[View], View]:
    """Tell caches, robots and other pages nothing of the address, refused or not. ``form``: the page holds one to send."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            try:
                response = view(request, *args, **kwargs)
            except Refused as error:
                response = refuse(request, error.refusal)
            add_never_cache_headers(response)
            response["Referrer-Policy"] = ORIGIN if form else NOTHING
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return inner

    return decorate

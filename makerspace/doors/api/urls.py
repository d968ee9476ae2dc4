"""Addresses of the API; what lies beside them is refused in the API's own words."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from makerspace.doors.api.answers import refuse
from makerspace.doors.api.api import NOT_THERE, api
from makerspace.office.casework.refusals import Refusal
from makerspace.web.policy import public

View = Callable[..., HttpResponseBase]
OPEN_PAGES = {"openapi-json", "openapi-view"}


def in_our_words(view: View) -> View:
    """A view that answers HEAD like GET, a wrong method in our shape, and that nothing keeps a copy of."""

    @wraps(view)
    def answering(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        answer = view(request, *args, **kwargs)
        if answer.status_code == 405:
            wrong = Refusal("bad_request", f"这个地址不接受 {request.method} 请求。")
            answer = refuse(wrong, status=405, headers={"Allow": answer["Allow"]})
        answer.setdefault("Cache-Control", "no-store")
        if head and isinstance(answer, HttpResponse):
            answer["Content-Length"], answer.content = str(len(answer.content)), b""
        return answer

    return answering


@public
@csrf_exempt
def missing(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Any other address under /api/."""
    return refuse(NOT_THERE)


@public
def home(request: HttpRequest) -> HttpResponseBase:
    """The API's own address leads to its description."""
    return redirect("api-1:openapi-view")


def _wrapped(patterns: list[URLPattern]) -> list[URLPattern]:
    for pattern in patterns:
        view = csrf_exempt(require_safe(pattern.callback)) if pattern.name in OPEN_PAGES else pattern.callback
        pattern.callback = in_our_words(view)
    return patterns


_patterns, _app, _namespace = api.urls
urlpatterns = [
    path("v1/", home, name="api_home"),
    path("v1/", (_wrapped(_patterns), _app, _namespace)),  # type: ignore[arg-type]
    path("<path:rest>", missing, name="api_missing"),
    path("", missing, name="api_none"),
]

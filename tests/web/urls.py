"""Pages that exist only to try the gate."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from makerspace.office.casework.refusals import refused
from makerspace.regulation.terms import Role
from makerspace.web.policy import public, roles, signed_in


@public
def anyone(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@signed_in
def members(request: HttpRequest) -> HttpResponse:
    return HttpResponse("signed in as " + "、".join(sorted(request.roles)))  # type: ignore[attr-defined]


@roles(Role.LEADER, Role.BUREAU)
def officers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("officers")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("must never be seen")


@public
@require_POST
def buttons(request: HttpRequest) -> HttpResponse:
    return HttpResponse("pressed")


@public
def refuses(request: HttpRequest) -> HttpResponse:
    raise refused("wrong_stage", "本件现处于“专家评审”环节。", 10, 11)


@public
def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


urlpatterns = [
    path("", include("makerspace.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("anyone/", anyone, name="portal_home"),
    path("members/", members, name="work_home"),
    path("officers/", officers, name="work_people"),
    path("undeclared/", undeclared),
    path("buttons/", buttons),
    path("refuses/", refuses),
    path("breaks/", breaks),
    path("api/refuses/", refuses),
    path("listed/", undeclared, name="mfa_listed"),
]
handler400 = "makerspace.web.views.bad_request"
handler403 = "makerspace.web.views.permission_denied"
handler404 = "makerspace.web.views.page_not_found"
handler500 = "makerspace.web.views.server_error"

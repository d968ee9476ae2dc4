"""Switching between the people of the demo city."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from makerspace.doors.training.personas import everyone
from makerspace.web.policy import public


@public
@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Sign in as a demo person; there is no such page outside demo mode."""
    username = request.POST.get("username", "")
    person = everyone().filter(username=username, is_active=True).first() if settings.DEMO else None
    if person is None:
        raise Http404
    logout(request)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe and target else settings.LOGIN_REDIRECT_URL)

"""Ends sessions that have been idle or open for too long (C32)."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

SEEN, STARTED, FRESHNESS = "seen", "started", 60


class SessionAge:
    """Idle and absolute limits in seconds, from settings; the moment last seen is written at most once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _age(request, time.time())
        return self.get_response(request)


def _age(request: HttpRequest, now: float) -> None:
    session = request.session
    if STARTED not in session:
        UserSession.objects.create_from_request(request)  # however it began, it can be listed and ended
    started, seen = session.setdefault(STARTED, now), session.setdefault(SEEN, now)
    if now - seen > settings.SESSION_IDLE_SECONDS or now - started > settings.SESSION_COOKIE_AGE:
        logout(request)
    elif now - seen > FRESHNESS:
        session[SEEN] = now

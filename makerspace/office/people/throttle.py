"""How often somebody may try to sign in, asked before any password is hashed (C31).

By address, by name and address together, and over all. None of these can be used against another person: a browser in
which somebody has signed in before bears a signed cookie for that account, and is counted by itself alone.
"""

import secrets
import unicodedata
from dataclasses import dataclass

from allauth.core.internal import ratelimit
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from makerspace.office.people.address import address_of
from makerspace.office.people.models import Person

APP, ACTION = "people", "sign_in"
COOKIE, SALT, KEPT = "known_device", "people.known-device", 180 * 24 * 3600
STRANGER = {"sign_in": "10/m/ip,5/5m/key"}
NAMED = {"sign_in": "5/5m/key"}
EVERYBODY = {"sign_in": "300/5m/key"}
KNOWN = {"sign_in": "10/5m/key"}


@dataclass(frozen=True)
class Try:
    """An attempt that was let through; given back where it succeeds."""

    counted: tuple[ratelimit.RateLimitUsage, ...]

    def rollback(self) -> None:
        """A right password counts for nothing."""
        for usage in self.counted:
            usage.rollback()


def attempt(request: HttpRequest, login: str) -> Try | None:
    """Count an attempt to sign in as ``login``; None where it is one too many."""
    device = known_device(request, login)
    if device:
        return _counted(_count(request, KNOWN, device))
    own = _count(request, STRANGER, _named(request, login))
    return _counted(own, _count(request, EVERYBODY, "everybody")) if own else None


def forgive(request: HttpRequest, person: Person) -> None:
    """Whoever set a new password by letter need not wait for what the old one cost; the address's own count stays."""
    for login in (person.username, person.email):
        ratelimit.clear(request, app=APP, action=ACTION, config=NAMED, key=_named(request, login))


def remember(response: HttpResponse, person: Person, *, secure: bool) -> None:
    """Let this browser be known again for this account."""
    value = signing.dumps([person.pk, secrets.token_urlsafe(12)], salt=SALT)
    response.set_cookie(COOKIE, value, max_age=KEPT, httponly=True, secure=secure, samesite="Lax")


def known_device(request: HttpRequest, login: str) -> str:
    """The device's own mark, where somebody signed in as ``login`` on it before; else nothing."""
    try:
        pk, mark = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    own = Person.objects.filter(Q(username=login) | Q(email__iexact=login), pk=pk).exists()
    return f"{pk} {mark}" if own else ""


def _named(request: HttpRequest, login: str) -> str:
    return f"{address_of(request)} {unicodedata.normalize('NFKC', login).casefold()}"


def _count(request: HttpRequest, rates: dict[str, str], key: str) -> ratelimit.RateLimitUsage | None:
    usage: ratelimit.RateLimitUsage | None = ratelimit.consume(request, app=APP, action=ACTION, config=rates, key=key)
    return usage


def _counted(*usages: ratelimit.RateLimitUsage | None) -> Try | None:
    found = tuple(usage for usage in usages if usage)
    return Try(found) if len(found) == len(usages) else None

"""What watches the system from outside asks here: alive, ready, figures."""

import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from makerspace.doors.clock import health
from makerspace.office.record import clock
from makerspace.web.policy import public

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@public
@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 where requests can be served, else 503; which check failed is named, why stands in the log."""
    checks = health.readiness()
    good = all(checks.values())
    words = {name: "ok" if holds else "failed" for name, holds in checks.items()}
    return JsonResponse({"status": "ok" if good else "unavailable", "checks": words}, status=200 if good else 503)


@public
@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for the loopback and the addresses of METRICS_ALLOW; to others there is no such page."""
    if not _may_watch(request):
        raise Http404
    return HttpResponse(health.metrics(clock.now()), content_type=PROMETHEUS)


def _may_watch(request: HttpRequest) -> bool:
    """Whether the caller itself is near or named: one who came through a proxy is neither, whoever the proxy is."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    named = getattr(settings, "METRICS_ALLOW", ())
    return address.is_loopback or any(address in ipaddress.ip_network(net, strict=False) for net in named)

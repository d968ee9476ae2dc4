"""入驻单位约导师: the operator gives each of its tenants the link at which it asks mentors itself."""

from base64 import b64encode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makerspace.matters.registers.models import Tenant
from makerspace.matters.support import operations
from makerspace.matters.support.queries import tenants as queries
from makerspace.matters.support.views.common import there
from makerspace.matters.support.views.mentors import mentor_tabs
from makerspace.office.documents.rendering import qr_svg
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.discreet import discreet
from makerspace.web.lists import listing
from makerspace.web.policy import roles
from makerspace.web.visitor import me


@roles(Role.APPLICANT)
@require_safe
def tenants(request: HttpRequest) -> HttpResponse:
    """The tenants of my makerspaces, and how the link of each stands."""
    today = clock.today()
    found = listing(
        request, queries.with_links(queries.tenants(me(request), today)), sorts={"name": "name", "asked": "asked"},
        default="name", search=("name", "makerspace__name"),
    )  # fmt: skip
    context = {
        "listing": found, "rows": queries.standings(found.rows, today), "tabs": mentor_tabs(request, "support_tenants"),
    }  # fmt: skip
    return render(request, "support/tenants.html", context)


@roles(Role.APPLICANT)
@discreet()
@require_POST
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link, shown this once with its QR code; the one before ends."""
    tenant = _tenant(request, pk)
    seen = request.POST.get("seen", "")
    known = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else None
    path = operations.make_link(tenant, by=me(request), on=clock.today(), seen=known)
    url = f"{settings.PUBLIC_BASE_URL}{path}"
    picture = f"data:image/svg+xml;base64,{b64encode(qr_svg(url).encode()).decode()}"
    return render(request, "support/tenant_link.html", {"tenant": tenant, "url": url, "picture": picture})


@roles(Role.APPLICANT)
@require_POST
def revoke_link(request: HttpRequest, pk: int) -> HttpResponse:
    """End the link."""
    tenant = _tenant(request, pk)
    ended = operations.revoke_link(tenant, by=me(request), on=clock.today())
    messages.success(request, f"{tenant}的约导师链接已作废，不能再打开。" if ended else f"{tenant}目前没有约导师链接。")
    return redirect("support_tenants")


def _tenant(request: HttpRequest, pk: int) -> Tenant:
    return there(queries.tenants(me(request), clock.today()).filter(pk=pk).first())

"""Article 16: the link that a makerspace gives to one of its tenants: made, made anew, taken away."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from makerspace.matters.registers.models import Tenant
from makerspace.matters.registers.queries import keeps
from makerspace.matters.support.models import TenantLink
from makerspace.matters.support.operations.common import REGULATION
from makerspace.matters.support.queries.calendar import digest_of
from makerspace.matters.support.queries.tenants import link_of, why_shut
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role


@transaction.atomic
def make_link(tenant: Tenant, *, by: Person, on: date, seen: int | None) -> str:
    """A new address for a tenant; ``seen`` is the link that it takes the place of. The path, which is shown this once."""
    found = _lock(tenant, by, on)
    shut = why_shut(found, on)
    if shut:
        raise refused("wrong_stage", f"不能生成约导师链接：{shut}。", 16)
    before = link_of(found)
    if before and before.pk != seen:
        when = before.made_at.astimezone(clock.KUNMING)
        text = f"{before.made_by}已于{when:%H:%M}为{found}生成了新链接，请先向其索取；仍要更换的，请返回名单重新生成。"
        raise refused("changed_meanwhile", text, 16)
    if before:
        _end(before, by)
    secret = secrets.token_urlsafe(32)
    link = TenantLink.objects.create(tenant=found, digest=digest_of(secret), made_by=by, made_at=clock.now())
    _record(link, "make", by=by, on=on, data={"instead_of": before.pk} if before else {})
    return reverse("support_mentoring", args=[secret])


@transaction.atomic
def revoke_link(tenant: Tenant, *, by: Person, on: date) -> bool:
    """End the link; whether there was one."""
    link = link_of(_lock(tenant, by, on))
    if link is None:
        return False
    _end(link, by)
    _record(link, "revoke", by=by, on=on)
    return True


def _lock(tenant: Tenant, by: Person, on: date) -> Tenant:
    """One writer to a tenant's link at a time: a member of the unit that runs its makerspace."""
    found: Tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    if not keeps(by, found.makerspace, on):
        raise refused("not_yours", "约导师链接由众创空间运营单位的负责人和经办人管理。", 16)
    return found


def _end(link: TenantLink, by: Person) -> None:
    link.revoked_by, link.revoked_at = by, clock.now()
    link.save(update_fields=["revoked_by", "revoked_at"])


def _record(link: TenantLink, act: str, *, by: Person, on: date, data: Mapping[str, Any] | None = None) -> None:
    """One sealed entry on the tenant's own stream; never the address."""
    facts = {"link": link.pk, "tenant": link.tenant_id, "makerspace": link.tenant.makerspace_id, **(data or {})}
    append(
        f"TENANT-{link.tenant_id}", f"{act}_link", by=by, role=Role.APPLICANT, on=on, articles=(16,), regulation=REGULATION,
        data=facts,
    )  # fmt: skip

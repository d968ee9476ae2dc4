"""The links of tenants (article 16): for whom each opens today, and who keeps it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from makerspace.matters.recognition.queries import in_force
from makerspace.matters.registers.models import Tenant
from makerspace.matters.registers.queries import REGISTERS, on_day, stands
from makerspace.matters.support.models import Mentor, Session, TenantLink
from makerspace.matters.support.queries.calendar import digest_of
from makerspace.matters.support.queries.facilities import HOLDING
from makerspace.matters.support.queries.mentors import directory
from makerspace.office.people.models import Person

REGISTER = REGISTERS["tenants"]
LEFT = "已迁出或者登记已作废"
UNTITLED = "众创空间目前没有有效的称号"


@dataclass(frozen=True)
class Standing:
    """A tenant with the latest link that was made for it, and why that link, or a new one, would not open today."""

    tenant: Tenant
    link: TenantLink | None
    shut: str

    @property
    def live(self) -> bool:
        """Whether the link opens."""
        return self.link is not None and self.link.revoked_at is None and not self.shut

    @property
    def lasting(self) -> bool:
        """Whether there is a link to revoke, open today or not."""
        return self.link is not None and self.link.revoked_at is None


# -- who keeps them ----------------------------------------------------------------------------------------------------
def tenants(person: Person, on: date) -> QuerySet[Tenant]:
    """The tenants whose links a person keeps: of the own units, those here today, and those gone that had a link."""
    here = Q(struck_on=None) & on_day(REGISTER, on)
    own = Tenant.objects.filter(makerspace__organisation__in=person.capacity(on).organisations)
    kept: QuerySet[Tenant] = own.filter(here | Q(pk__in=TenantLink.objects.values("tenant")))
    return kept.select_related("makerspace").annotate(asked=Count("mentor_links__sessions"))


def with_links(rows: QuerySet[Tenant]) -> QuerySet[Tenant]:
    """The same, each with its links, the latest first."""
    links = TenantLink.objects.select_related("made_by", "revoked_by").order_by("-pk")
    return rows.prefetch_related(Prefetch("mentor_links", links, to_attr="links"))


def standings(rows: Iterable[Tenant], on: date) -> list[Standing]:
    """How the link of each stands; their links are read already. One query."""
    found = list(rows)
    titled = set(
        in_force(on).filter(makerspace__in=[row.makerspace_id for row in found]).values_list("makerspace", flat=True)
    )
    return [
        Standing(row, next(iter(row.links), None), _why_shut(row, row.makerspace_id in titled, on))  # type: ignore[attr-defined]
        for row in found
    ]


def why_shut(tenant: Tenant, on: date) -> str:
    """Why a link of this tenant opens nothing on a day: it has left, or its makerspace holds no title; else empty."""
    return _why_shut(tenant, in_force(on).filter(makerspace=tenant.makerspace_id).exists(), on)


def _why_shut(tenant: Tenant, titled: bool, on: date) -> str:
    if not stands(REGISTER, tenant, on):
        return LEFT
    return "" if titled else UNTITLED


def link_of(tenant: Tenant) -> TenantLink | None:
    """The link that was not revoked."""
    return TenantLink.objects.select_related("made_by").filter(tenant=tenant, revoked_at=None).first()


# -- for the tenant itself ---------------------------------------------------------------------------------------------
def link_behind(secret: str, on: date) -> TenantLink | None:
    """The link of that address, while it opens."""
    rows = TenantLink.objects.select_related("tenant__makerspace__organisation")
    link = rows.filter(digest=digest_of(secret), revoked_at=None).first()
    return link if link and not why_shut(link.tenant, on) else None


def opens(link: TenantLink, on: date) -> bool:
    """Whether the link opens on a day, as the database has it now."""
    fresh = TenantLink.objects.select_related("tenant").filter(pk=link.pk, revoked_at=None).first()
    return fresh is not None and not why_shut(fresh.tenant, on)


def sessions(link: TenantLink) -> QuerySet[Session]:
    """The sessions that this tenant asked for itself, through this link or an earlier one."""
    rows = Session.objects.filter(asked_link__tenant=link.tenant_id)
    return rows.select_related("mentor", "makerspace", "asked_link").order_by("-start", "-pk")


def askable(on: date) -> QuerySet[Mentor]:
    """The mentors in office who can be asked: who has an account."""
    reached = Q(person__isnull=False) | Q(invitation__accepted_by__isnull=False)
    return directory(on).filter(reached).select_related("person", "invitation__accepted_by")


def taken(mentor: Mentor, now: datetime) -> list[Session]:
    """The sessions that hold a mentor's time from now on, the earlier first; to others only the time is to be shown."""
    return list(Session.objects.filter(mentor=mentor, state__in=HOLDING, end__gt=now).order_by("start")[:20])

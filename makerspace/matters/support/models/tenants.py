"""Article 16: the way of a tenant to the dream mentors, without an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.matters.registers.models import Tenant

PERSON = settings.AUTH_USER_MODEL


class TenantLink(models.Model):
    """约导师链接: the secret address at which a tenant asks mentors for sessions; only its digest is kept.

    Whether it opens on a day hangs on the register and on the title as well.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="mentor_links", verbose_name="入驻企业或团队")
    digest = models.CharField("摘要", max_length=64, unique=True)
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="生成人")
    made_at = models.DateTimeField("生成时间")
    revoked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="作废人")
    revoked_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = "约导师链接"
        constraints = [
            models.UniqueConstraint("tenant", condition=Q(revoked_at=None), name="tenant_link_once"),
            models.CheckConstraint(
                name="tenant_link_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant}的约导师链接"

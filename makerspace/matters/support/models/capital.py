"""Article 14: what the tenants of a makerspace raised, and where they came to be listed; also after they graduated."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.matters.registers.models import LeftAs, Makerspace, Tenant
from makerspace.office.documents.models import Blob

PERSON = settings.AUTH_USER_MODEL


class Round(models.TextChoices):
    """What kind of financing it was; a loan is no investment."""

    SEED = "seed", "种子轮"
    ANGEL = "angel", "天使轮"
    A = "a", "A轮"
    B = "b", "B轮"
    LATER = "later", "C轮及以后"
    CROWDFUNDING = "crowdfunding", "股权众筹"
    DEBT = "debt", "债权融资"
    OTHER = "other", "其他股权融资"


class Board(models.TextChoices):
    """Where an enterprise is listed: the three that article 14 names, and those beyond."""

    CROWDFUNDING = "crowdfunding", "股权众筹平台"
    REGIONAL = "regional", "区域股权交易市场"
    NEEQ = "neeq", "新三板"
    BSE = "bse", "北京证券交易所"
    OTHER = "other", "沪深交易所等其他"


def too_early(tenant: Tenant, day: date) -> bool:
    """Whether the tenant had not moved in yet."""
    return day < tenant.moved_in_on


def too_late(tenant: Tenant, day: date) -> bool:
    """Whether the tenant had gone, and not as a graduate: what graduates reach later counts."""
    return tenant.moved_out_on is not None and tenant.left_as != LeftAs.GRADUATED and day >= tenant.moved_out_on


class CapitalFact(models.Model):
    """Something that a tenant reached on a day, with its evidence. What is wrong is struck out, never deleted."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="%(class)ss", verbose_name="众创空间")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="%(class)ss", verbose_name="企业或团队")
    day = models.DateField("日期")
    evidence = models.ForeignKey(Blob, models.PROTECT, related_name="+", verbose_name="证明材料")
    evidence_name = models.CharField("文件名", max_length=120)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时刻")
    struck_on = models.DateField("作废日期", null=True)
    struck_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="作废人")
    reason = models.CharField("作废原因", max_length=500, blank=True)

    class Meta:
        abstract = True
        ordering = ("-day", "-pk")
        constraints = [
            models.CheckConstraint(
                name="%(class)s_struck_with_a_reason",
                condition=Q(struck_on=None, struck_by=None, reason="")
                | Q(struck_on__isnull=False, struck_by__isnull=False) & ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["makerspace", "-day"], name="%(class)s_of_makerspace"),
            models.Index(fields=["-day"], name="%(class)s_latest"),
        ]

    @property
    def why_void(self) -> str:
        """Why it counts nowhere, in a few words; empty where it counts (``VALID`` of the queries)."""
        if self.struck_on:
            return "已作废"
        if self.tenant.struck_on:
            return "入驻登记已作废"
        return "不在入驻期间" if too_early(self.tenant, self.day) or too_late(self.tenant, self.day) else ""


class Financing(CapitalFact):
    """Money that a tenant raised, in fen. The investor is told to those who may see the row, never to the public."""

    kind = models.CharField("融资类型", max_length=12, choices=Round.choices)
    amount = models.BigIntegerField("融资额（分）")
    own_amount = models.BigIntegerField("其中本空间自有或合作基金投资（分）", default=0)
    investor = models.CharField("投资方", max_length=200)

    class Meta(CapitalFact.Meta):
        abstract = False
        verbose_name = "融资"
        constraints = [
            *CapitalFact.Meta.constraints,
            models.CheckConstraint(name="financing_of_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="financing_own_part_within", condition=Q(own_amount__gte=0, own_amount__lte=F("amount"))
            ),
            models.UniqueConstraint(
                "tenant", "day", "kind", "amount", "investor", condition=Q(struck_on=None), name="financing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"融资{self.pk}"


class Listing(CapitalFact):
    """An enterprise admitted to a board; on each board once."""

    board = models.CharField("板块", max_length=12, choices=Board.choices)
    venue = models.CharField("交易场所或平台", max_length=100, blank=True)
    code = models.CharField("证券或挂牌代码", max_length=20, blank=True)
    short_name = models.CharField("证券或挂牌简称", max_length=40, blank=True)

    class Meta(CapitalFact.Meta):
        abstract = False
        verbose_name = "挂牌"
        constraints = [
            *CapitalFact.Meta.constraints,
            models.UniqueConstraint("tenant", "board", condition=Q(struck_on=None), name="listing_once"),
            models.UniqueConstraint(
                "makerspace", "board", "code", condition=Q(struck_on=None) & ~Q(code=""), name="listing_code_once"
            ),
        ]

    def __str__(self) -> str:
        return f"挂牌{self.pk}"

"""What is true of an assessment scheme: one living draft or more a year, one published, then frozen by the database."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Scheme(models.Model):
    """考核方案 of one year (article 18): how reports are scored. ``body`` is a `regulation.scheme.Scheme` as JSON."""

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        SUBMITTED = "submitted", "待发布"
        PUBLISHED = "published", "已发布"
        DISCARDED = "discarded", "已作废"

    year = models.PositiveSmallIntegerField("考核年度")
    title = models.CharField("名称", max_length=120)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    regulation = models.CharField("规则版本", max_length=40)
    body = models.JSONField("方案内容")
    digest = models.CharField("内容摘要（SHA-256）", max_length=64)
    revision = models.PositiveIntegerField("修改次数", default=1)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")
    published_on = models.DateField("发布日期", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核方案"
        ordering = ("-year", "-pk")
        constraints = [
            models.UniqueConstraint("year", condition=Q(state="published"), name="scheme_published_once_a_year"),
            models.CheckConstraint(
                name="scheme_published_has_day_and_person",
                condition=Q(state="published", published_on__isnull=False, published_by__isnull=False)
                | (~Q(state="published") & Q(published_on=None, published_by=None)),
            ),
            models.CheckConstraint(
                name="scheme_publisher_did_not_edit_last",
                condition=Q(published_by=None) | ~Q(published_by=F("changed_by")),
            ),
            models.CheckConstraint(name="scheme_year_is_sane", condition=Q(year__gte=2017, year__lte=2100)),
        ]
        indexes = [models.Index(fields=["-year", "-id"], name="scheme_list")]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """Its stream in the record."""
        return f"SCHEME-{self.pk}"


class SchemeChange(models.Model):
    """One step of a scheme's life: who did what when, and the digest that it had after; added, never edited."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="changes", verbose_name="考核方案")
    revision = models.PositiveIntegerField("修改次数")
    what = models.CharField("做了什么", max_length=400)
    digest = models.CharField("内容摘要（SHA-256）", max_length=64)
    edits = models.BooleanField("改动了内容", default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "考核方案变动"
        ordering = ("scheme", "-pk")

    def __str__(self) -> str:
        return self.what

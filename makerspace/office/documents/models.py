"""What is true of a stored file and of an official paper."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from makerspace.office.prepared import Rows


class Blob(models.Model):
    """A stored file: its content lies outside the database under its digest and never changes."""

    digest = models.CharField("摘要（SHA-256）", max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField("字节数")
    content_type = models.CharField("类型", max_length=100)
    extension = models.CharField("扩展名", max_length=10)
    pages = models.PositiveIntegerField("页数", null=True)
    stored_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="blob_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]}.{self.extension}"


class PaperState(models.TextChoices):
    """How far a paper is."""

    QUEUED = "queued", "待生成"
    MADE = "made", "已生成"
    FAILED = "failed", "生成失败"


class Visibility(models.TextChoices):
    """Who may open a paper: everybody, or those who may see its case."""

    PUBLIC = "public", "公开"
    CASE = "case", "仅限案卷"


class Paper(models.Model):
    """An official paper: ordered in the act's transaction, made once in the background, and kept."""

    code = models.CharField("校验码", max_length=19, unique=True)
    kind = models.CharField("文种", max_length=30)
    number = models.CharField("编号", max_length=60, blank=True)
    subject = models.CharField("所属", max_length=40)
    title = models.CharField("标题", max_length=200)
    data = models.JSONField("内容")
    visibility = models.CharField("可见范围", max_length=10, choices=Visibility.choices)
    issued_on = models.DateField("成文日期")
    created_at = models.DateTimeField("登记时间")
    state = models.CharField("状态", max_length=10, choices=PaperState.choices, default=PaperState.QUEUED)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    due_at = models.DateTimeField("下次生成时间")
    blob = models.ForeignKey(Blob, models.PROTECT, null=True, related_name="papers", verbose_name="文件")
    made_at = models.DateTimeField("生成时间", null=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces", verbose_name="被其代替")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = verbose_name_plural = "公文"
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="made", blob__isnull=False, made_at__isnull=False)
                | (~Q(state="made") & Q(blob__isnull=True, made_at__isnull=True)),
                name="paper_made_has_file",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "kind"], name="paper_of_a_case"),
            models.Index(fields=["due_at"], condition=Q(state="queued"), name="paper_to_be_made"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.code}）"

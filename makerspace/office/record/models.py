"""案卷: the append-only record. Triggers on both databases refuse UPDATE and DELETE."""

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """One act, sealed over its content and the seal before it in the same stream (a case number, or another book)."""

    stream = models.CharField("卷号", max_length=64)
    seq = models.PositiveIntegerField("序号")
    act = models.CharField("办理事项", max_length=40)
    role = models.CharField("身份", max_length=16)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="entries", verbose_name="办理人"
    )
    on = models.DateField("办理日期")
    at = models.DateTimeField("记录时刻")
    articles = models.CharField("依据条款", max_length=40, blank=True)
    regulation = models.CharField("规则版本", max_length=40, blank=True)
    before = models.CharField("原环节", max_length=32, blank=True)
    after = models.CharField("现环节", max_length=32, blank=True)
    data = models.TextField("内容")
    algorithm = models.CharField("算法", max_length=16)
    prev = models.CharField("前一封印", max_length=64, blank=True)
    seal = models.CharField("封印", max_length=64)

    class Meta:
        verbose_name = "案卷记录"
        constraints = [models.UniqueConstraint("stream", "seq", name="entry_once")]
        indexes = [
            models.Index(fields=["at"], name="entry_by_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq} {self.act}"


class Head(models.Model):
    """The digest over the last seal of every stream at the end of a day; published, so that a cut tail is seen."""

    day = models.DateField("日期", unique=True)
    entries = models.PositiveIntegerField("当日记录数")
    algorithm = models.CharField("算法", max_length=16)
    head = models.CharField("卷首摘要", max_length=64)
    published_at = models.DateTimeField("发布时刻")

    class Meta:
        verbose_name = "每日卷首"
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day} {self.head[:12]}"

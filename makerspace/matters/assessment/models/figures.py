"""What is true of a makerspace's figures of a year, as they stood when they were taken: what schemes are tried on."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.matters.recognition.models import Title


class YearFigures(models.Model):
    """One title's figures of one year: added up from the registers, or taken over from the report that was filed.

    ``values`` by the field codes of the yearly report, numbers as text (money in 千元).
    """

    class Source(models.TextChoices):
        REGISTERS = "registers", "登记册汇总"
        REPORT = "report", "年度报告"

    title = models.ForeignKey(Title, models.PROTECT, related_name="year_figures", verbose_name="称号")
    year = models.PositiveSmallIntegerField("年度")
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    values = models.JSONField("数据")
    taken_at = models.DateTimeField("汇总时间")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="汇总人",
        help_text="空的为系统每日汇总",
    )  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = "年度数据"
        ordering = ("-year", "title")
        constraints = [
            models.UniqueConstraint("title", "year", "source", name="year_figures_once_a_source"),
            models.CheckConstraint(name="year_figures_year_is_sane", condition=Q(year__gte=2017, year__lte=2100)),
        ]
        indexes = [models.Index(fields=["year", "source"], name="year_figures_of_a_year")]

    def __str__(self) -> str:
        return f"{self.year}年 {self.title}"

"""Article 11: the panel and its draw, its study on the spot, its scores and conclusion."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.office.casework.models import Case
from makerspace.office.people.models import Expert
from makerspace.office.prepared import Rows


class Panel(models.Model):
    """专家组: the pool it was drawn from and the seed, so that anyone can repeat the draw (``draw.py`` says how).

    ``number`` counts the panels of a case; ``round`` counts how often this one was asked for scores.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="panels", verbose_name="办件")
    number = models.PositiveSmallIntegerField("次序", default=1)
    round = models.PositiveSmallIntegerField("评审轮次", default=1)
    size = models.PositiveSmallIntegerField("人数")
    fields = models.JSONField("专业领域", default=list)
    pool = models.JSONField("备选专家")
    excluded = models.JSONField("回避专家及理由", default=list)
    pool_digest = models.CharField("备选名单摘要", max_length=64)
    seed = models.CharField("抽取种子", max_length=64)
    order = models.JSONField("抽取次序")
    supplements = models.JSONField("增补名单", default=list)
    head = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="组长")
    visit_on = models.DateField("现场调研日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="组织人")
    on = models.DateField("组织日期")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "专家组"
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint("case", "number", name="panel_number_once"),
            models.CheckConstraint(name="panel_of_three_or_more", condition=Q(size__gte=3)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 第{self.number}组"


class Seat(models.Model):
    """One drawn expert: the declaration of interest, and how the seat ended if it did."""

    class Ending(models.TextChoices):
        CONFLICT = "conflict", "存在利害关系"
        HINDERED = "hindered", "因故不能参加"
        SILENT = "silent", "逾期未申明"

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats", verbose_name="专家组")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="seats", verbose_name="专家")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats", verbose_name="人员")
    position = models.PositiveSmallIntegerField("抽取位次")
    since = models.DateField("入组日期")
    declared_on = models.DateField("申明日期", null=True, blank=True)
    declaration = models.TextField("申明内容", blank=True)
    ended_on = models.DateField("离组日期", null=True, blank=True)
    ending = models.CharField("离组原因", max_length=12, choices=Ending.choices, blank=True)
    ending_text = models.TextField("离组说明", blank=True)

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "专家席位"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint("panel", "person", name="seat_once"),
            models.CheckConstraint(
                name="seat_ends_with_a_reason",
                condition=Q(ended_on=None, ending="") | (Q(ended_on__isnull=False) & ~Q(ending="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} 第{self.position}位"


class ExpertVisit(models.Model):
    """现场调研: the panel's study on the spot, recorded by its head."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="visits", verbose_name="专家组")
    on = models.DateField("调研日期")
    present = models.JSONField("到场专家")
    findings = models.TextField("调研情况")
    photos = models.JSONField("现场照片摘要", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_on = models.DateField("登记日期")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "现场调研"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(name="expert_visit_not_before_it_was", condition=Q(recorded_on__gte=models.F("on"))),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.on}"


class Score(models.Model):
    """One expert's score sheet of a round; locked once it is in, void when the expert had to leave."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="scores", verbose_name="专家组")
    round = models.PositiveSmallIntegerField("评审轮次")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="scores", verbose_name="专家")
    items = models.JSONField("逐项评分")
    total = models.PositiveSmallIntegerField("总分")
    comment = models.TextField("总体意见", blank=True)
    on = models.DateField("评分日期")
    void = models.BooleanField("作废", default=False)

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "专家评分"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("panel", "round", "person", condition=Q(void=False), name="score_once_a_round"),
            models.CheckConstraint(name="score_within_a_hundred", condition=Q(total__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} 第{self.round}轮"


class Conclusion(models.Model):
    """专家组意见: what the panel makes of the case, written by its head."""

    class Result(models.TextChoices):
        PASS = "pass", "同意认定"
        CONDITIONAL = "conditional", "整改落实后同意认定"
        FAIL = "fail", "不同意认定"

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="conclusions", verbose_name="专家组")
    round = models.PositiveSmallIntegerField("评审轮次")
    result = models.CharField("结论", max_length=12, choices=Result.choices)
    text = models.TextField("意见")
    average = models.DecimalField("平均分", max_digits=5, decimal_places=2)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="组长")
    on = models.DateField("日期")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "专家组意见"
        ordering = ("id",)
        constraints = [models.UniqueConstraint("panel", "round", name="conclusion_once_a_round")]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.get_result_display()}"

"""Article 10: the site visit and what the authority makes of it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.matters.application.models import Call
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Authority
from makerspace.office.prepared import Rows


class Visit(models.Model):
    """实地查验: what at least two inspectors found on the spot, condition by condition, beside what was declared."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits", verbose_name="办件")
    on = models.DateField("查验日期")
    inspectors = models.JSONField("查验人员")
    items = models.JSONField("逐项查验")
    photos = models.JSONField("现场照片摘要", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_on = models.DateField("登记日期")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "实地查验"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(name="visit_not_before_it_was", condition=Q(recorded_on__gte=models.F("on"))),
        ]
        indexes = [models.Index(fields=["case", "-id"], name="visit_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.on}"


class Countersignature(models.Model):
    """会签: the applicant agrees with the visit's record, or objects; without one the visit stands all the same."""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="countersignature", verbose_name="查验记录")
    agrees = models.BooleanField("无异议")
    remark = models.TextField("意见", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="会签人")
    on = models.DateField("会签日期")

    class Meta:
        verbose_name = "查验会签"
        constraints = [
            models.CheckConstraint(
                name="countersignature_objects_with_words", condition=Q(agrees=True) | ~Q(remark="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {'无异议' if self.agrees else '有异议'}"


class Recommendation(models.Model):
    """推荐: one authority's opinion and the rank it gives within a call (择优)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="recommendations", verbose_name="办件")
    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="recommendations", verbose_name="科技主管部门"
    )
    call = models.ForeignKey(Call, models.PROTECT, related_name="recommendations", verbose_name="申报通知")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="recommendations", verbose_name="所据查验")
    opinion = models.TextField("推荐意见")
    rank = models.PositiveSmallIntegerField("推荐次序")
    visit_stands_why = models.TextField("查验后补正、未重新查验的理由", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    on = models.DateField("推荐日期")
    returned_on = models.DateField("退回日期", null=True, blank=True)
    returned_why = models.TextField("退回原因", blank=True)

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "推荐"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                "authority", "call", "rank", condition=Q(returned_on=None), name="recommendation_rank_once"
            ),
            models.UniqueConstraint("case", condition=Q(returned_on=None), name="recommendation_of_case_once"),
            models.CheckConstraint(name="recommendation_ranks_from_one", condition=Q(rank__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 第{self.rank}位"


class Declining(models.Model):
    """不予推荐: the reasons by condition, after a visit or with the reason why none was needed."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="declining", verbose_name="办件")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+", verbose_name="所据查验")
    no_visit_why = models.TextField("未予查验的理由", blank=True)
    reasons = models.JSONField("逐项理由")
    remedies = models.TextField("救济途径")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    on = models.DateField("日期")

    class Meta:
        verbose_name = "不予推荐"
        constraints = [
            models.CheckConstraint(
                name="declining_visited_or_says_why", condition=Q(visit__isnull=False) | ~Q(no_visit_why="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 不予推荐"

"""How a case ends: what a leader decided (articles 11 and 12), or that its applicant took it back."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.office.casework.models import Case
from makerspace.office.prepared import Rows


class Withdrawal(models.Model):
    """撤回: the applicant's own end of a case, and why."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="withdrawal", verbose_name="办件")
    reason = models.TextField("撤回原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    on = models.DateField("撤回日期")

    class Meta:
        verbose_name = "撤回"

    def __str__(self) -> str:
        return f"{self.case_id} 撤回"


class Decision(models.Model):
    """审定: sent back, approved or rejected; and after objections, dismissed or upheld."""

    class Outcome(models.TextChoices):
        REMITTED = "remitted", "退回重审"
        APPROVED = "approved", "审定通过"
        REJECTED = "rejected", "不予认定"
        DISMISSED = "dismissed", "异议不成立"
        UPHELD = "upheld", "异议成立，不予认定"

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions", verbose_name="办件")
    outcome = models.CharField("决定", max_length=12, choices=Outcome.choices)
    meeting = models.CharField("会议", max_length=100, blank=True)
    meeting_on = models.DateField("会议日期", null=True, blank=True)
    reason = models.TextField("说明", blank=True)
    reasons = models.JSONField("逐项理由", default=list)
    remedies = models.TextField("救济途径", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人")
    on = models.DateField("决定日期")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "审定"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("case", condition=Q(outcome__in=["approved", "rejected"]), name="decision_once"),
            models.UniqueConstraint(
                "case", condition=Q(outcome__in=["dismissed", "upheld"]), name="decision_on_objections_once"
            ),
            models.CheckConstraint(
                name="decision_approves_at_a_meeting",
                condition=~Q(outcome__in=["approved", "rejected"]) | (Q(meeting_on__isnull=False) & ~Q(meeting="")),
            ),
            models.CheckConstraint(
                name="decision_refuses_with_remedies",
                condition=~Q(outcome__in=["rejected", "upheld"]) | ~Q(remedies=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_outcome_display()}"

"""What a booking of a facility and a session with a mentor have in common: asked for, answered, held, rated."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.matters.registers.models import Makerspace
from makerspace.office.people.models import Invitation, Person

PERSON = settings.AUTH_USER_MODEL


class State(models.TextChoices):
    """Where an engagement stands; only asked and agreed ones hold their time."""

    ASKED = "asked", "待答复"
    AGREED = "agreed", "已确认"
    REFUSED = "refused", "已谢绝"
    WITHDRAWN = "withdrawn", "已撤回"
    CANCELLED = "cancelled", "已取消"
    LAPSED = "lapsed", "逾期未答复"
    DONE = "done", "已完成"
    MISSED = "missed", "未到场"


class Stars(models.IntegerChoices):
    """How help was found."""

    FIVE = 5, "很满意"
    FOUR = 4, "满意"
    THREE = 3, "一般"
    TWO = 2, "不满意"
    ONE = 1, "很不满意"


class Invited(models.Model):
    """Somebody asked to take part under their own account: at once where they hold the role, else by an invitation."""

    name = models.CharField("姓名", max_length=64)
    person = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="账号")
    invitation = models.OneToOneField(
        Invitation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="邀请"
    )

    class Meta:
        abstract = True

    @property
    def account(self) -> Person | None:
        """Who acts: the account that was named, else the one that accepted the invitation."""
        return self.person or (self.invitation.accepted_by if self.invitation else None)


class Engagement(models.Model):
    """Help at a time, for a makerspace or one of its tenants: what was asked, answered, held and how it was found.

    Who asked stands with each kind: a booking is a person's, a session may be a tenant's own.
    """

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="%(class)ss", verbose_name="众创空间")
    tenant = models.CharField("服务的团队或企业", max_length=200, blank=True)
    purpose = models.CharField("用途", max_length=500)
    start = models.DateTimeField("开始")
    end = models.DateTimeField("结束")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField("提出时刻")
    answer_by = models.DateField("答复期限")
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时刻", null=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    freed_at = models.DateTimeField("时间空出时刻", null=True)
    done_start = models.DateTimeField("实际开始", null=True)
    done_end = models.DateTimeField("实际结束", null=True)
    attendance = models.PositiveSmallIntegerField("到场人数", null=True)
    notes = models.TextField("记录", blank=True)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时刻", null=True)
    stars = models.PositiveSmallIntegerField("评价（1至5）", null=True)
    comment = models.CharField("评语", max_length=300, blank=True)
    rated_at = models.DateTimeField("评价时刻", null=True)

    class Meta:
        abstract = True
        ordering = ("-start", "-pk")
        constraints = [
            models.CheckConstraint(name="%(class)s_ends_after_it_begins", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="%(class)s_done_has_its_hours",
                condition=Q(state="done", done_end__gt=F("done_start"))
                | (~Q(state="done") & Q(done_start=None, done_end=None)),
            ),
            models.CheckConstraint(
                name="%(class)s_rated_once_done", condition=Q(stars=None) | Q(state="done", stars__gte=1, stars__lte=5)
            ),
        ]
        indexes = [
            models.Index(fields=["makerspace", "-start"], name="%(class)s_of_makerspace"),
            models.Index(fields=["start"], condition=Q(state="asked"), name="%(class)s_unanswered"),
        ]


class CalendarKey(models.Model):
    """The secret address of a person's calendar, for their own calendar program; only its digest is kept."""

    person = models.ForeignKey(PERSON, models.PROTECT, related_name="calendar_keys", verbose_name="人员")
    digest = models.CharField("摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("创建时间")
    revoked_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = "日历订阅地址"
        constraints = [
            models.UniqueConstraint("person", condition=Q(revoked_at=None), name="calendar_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}的日历订阅地址"

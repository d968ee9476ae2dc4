"""A case, who sits on it, and what was answered once."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.office.documents.models import Blob
from makerspace.office.people.models import Authority, Organisation
from makerspace.office.prepared import Rows


class Case(models.Model):
    """One matter on its way. ``stage`` and ``due_on`` are written by ``advance()`` alone."""

    number = models.CharField("编号", max_length=24, unique=True)
    kind = models.CharField("事项", max_length=24)
    regulation = models.CharField("规则版本", max_length=40)
    stage = models.CharField("环节", max_length=32)
    stage_since = models.DateField("进入本环节日期")
    due_on = models.DateField("办理期限", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=0)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cases", verbose_name="申请单位")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="cases", verbose_name="科技主管部门")
    subject = models.CharField("名称", max_length=200, blank=True)
    category = models.CharField("类别", max_length=24, blank=True)
    search = models.TextField("检索文本", blank=True)
    opened_on = models.DateField("建立日期")
    filed_on = models.DateField("提交日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "办件"
        indexes = [
            models.Index(fields=["stage", "due_on", "id"], name="case_worklist"),
            models.Index(fields=["authority", "stage", "due_on", "id"], name="case_district_worklist"),
            models.Index(fields=["organisation", "-id"], name="case_of_organisation"),
            models.Index(fields=["kind", "-id"], name="case_by_kind"),
            # the count of a list reads this alone
            models.Index(fields=["stage", "filed_on", "search"], name="case_counted"),
        ]

    def __str__(self) -> str:
        return self.number


class Assignment(models.Model):
    """Who sits on a case: panel members, an objection's handler. The matter names the seat."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments", verbose_name="办件")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", verbose_name="人员"
    )
    role = models.CharField("席位", max_length=24)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    cleared = models.BooleanField("可阅卷", default=True)

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "席位"
        constraints = [
            models.UniqueConstraint("case", "person", "role", condition=Q(until=None), name="assignment_once"),
        ]
        indexes = [models.Index(fields=["person", "role"], name="assignment_of_person")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class Attachment(models.Model):
    """A file handed in with an act. Until the act is taken it is its uploader's own; ``act`` is empty."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", verbose_name="办件")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="attachments", verbose_name="文件")
    name = models.CharField("文件名", max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")
    act = models.CharField("随何事项提交", max_length=40, blank=True)

    class Meta:
        verbose_name = "随件材料"
        ordering = ("case", "id")
        constraints = [models.UniqueConstraint("case", "blob", "by", name="attachment_once")]

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given in a series, such as the cases of a year."""

    name = models.CharField("序列", max_length=40, unique=True)
    value = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = "编号序列"

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Answer(models.Model):
    """What was answered to a request that bore a key; the same key is answered the same again (C19)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="人员")
    path = models.CharField("地址", max_length=300)
    key = models.CharField("键", max_length=200)
    request_digest = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态", default=0)
    body = models.TextField("答复", blank=True)
    at = models.DateTimeField("时刻")

    class Meta:
        verbose_name = "已答复请求"
        constraints = [models.UniqueConstraint("person", "path", "key", name="answer_once")]
        indexes = [models.Index(fields=["at"], name="answer_by_instant")]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"


class SettingLine(models.Model):
    """The bureau's value for a setting from a day on: one proposes it, a leader who is another adopts it; never edited."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        ADOPTED = "adopted", "已采用"
        REFUSED = "refused", "未采用"
        WITHDRAWN = "withdrawn", "已撤回"

    regulation = models.CharField("规则版本", max_length=40)
    code = models.CharField("参数", max_length=40)
    value = models.PositiveSmallIntegerField("数值")
    since = models.DateField("生效日期")
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="决定人"
    )
    decided_on = models.DateField("决定日期", null=True)
    answer = models.CharField("不采用的理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "设定"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint("regulation", "code", condition=Q(state="proposed"), name="setting_proposed_once"),
            models.CheckConstraint(
                name="setting_is_decided",
                condition=Q(state="proposed", decided_by=None, decided_on=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="setting_takes_two",
                condition=Q(state__in=("proposed", "withdrawn")) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="setting_is_never_retroactive",
                condition=Q(since__gt=F("proposed_on")) & (~Q(state="adopted") | Q(since__gt=F("decided_on"))),
            ),
        ]
        indexes = [
            models.Index(fields=["regulation", "code", "since"], condition=Q(state="adopted"), name="setting_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.since}"

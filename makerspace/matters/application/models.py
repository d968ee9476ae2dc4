"""What is true of a call, an application, its materials, and what was handed in."""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Blob
from makerspace.office.prepared import Rows


class Call(models.Model):
    """The bureau's call (article 8): who may apply, from when to when, with what papers."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"

    title = models.CharField("标题", max_length=200)
    year = models.PositiveSmallIntegerField("年度")
    categories = models.JSONField("申报类别", default=list)
    opens_on = models.DateField("申报开始")
    closes_on = models.DateField("申报截止")
    text = models.TextField("通知正文", blank=True)
    materials = models.JSONField("另需提交的材料", default=list, blank=True)
    contacts = models.JSONField("咨询联系人", default=list, blank=True)
    regulation = models.CharField("适用规则版本", max_length=40)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    published_on = models.DateField("发布日期", null=True, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="拟稿人")
    version = models.PositiveIntegerField("版本", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "申报通知"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="call_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_on=None) | Q(state="published", published_on__isnull=False),
                name="call_published_has_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "-closes_on", "-id"], name="call_list")]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """Its stream in the record."""
        return f"CALL-{self.pk}"


class Application(models.Model):
    """The living draft of a case: its dossier as it stands, whole or not."""

    class Channel(models.TextChoices):
        ONLINE = "online", "网上申报"
        COUNTER = "counter", "窗口录入"

    case = models.OneToOneField(Case, models.PROTECT, related_name="application", verbose_name="办件")
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications", verbose_name="申报通知")
    dossier = models.JSONField("申报内容", default=dict)
    version = models.PositiveIntegerField("版本", default=1)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices, default=Channel.ONLINE)
    confirmed_by_signature = models.BooleanField("申报单位已签字确认录入内容", default=False)
    unread = models.JSONField("尚不能识别的填写", default=dict, blank=True)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保存人")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = verbose_name_plural = "申报"

    def __str__(self) -> str:
        return f"{self.case_id}"

    def digest_of(self, keys: Iterable[str]) -> str:
        """Tells whether these blocks of the dossier, and what could not be read in them, are still as they were."""
        held = {key: self.dossier.get(key) for key in keys}
        unread = {path: text for path, text in self.unread.items() if re.split(r"[.\[]", path)[0] in held}
        return hashlib.sha256(json.dumps([held, unread], sort_keys=True).encode()).hexdigest()


class Submission(models.Model):
    """What was handed in, frozen: the dossier, the findings of that day, the materials with their digests."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="submissions", verbose_name="办件")
    round = models.PositiveSmallIntegerField("次数")
    regulation = models.CharField("规则版本", max_length=40)
    dossier = models.JSONField("申报内容")
    digest = models.CharField("摘要（SHA-256）", max_length=64)
    findings = models.JSONField("条件对照")
    readings = models.JSONField("适用口径", default=list)
    confirmed = models.JSONField("已确认仍提交的条件", default=list)
    materials = models.JSONField("材料清单")
    on = models.DateField("提交日期")
    at = models.DateTimeField("提交时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提交人")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = verbose_name_plural = "提交稿"
        ordering = ["case", "round"]
        constraints = [models.UniqueConstraint("case", "round", name="submission_once_a_round")]

    def __str__(self) -> str:
        return f"{self.case_id} 第{self.round}次"


class Material(models.Model):
    """A paper of article 9 that was handed in as a file, and the conditions that it is for. Removed ones stay stored."""

    class Kind(models.TextChoices):
        APPLICATION_FORM = "application_form", "认定申请表"
        EVIDENCE = "evidence", "条件证明材料"
        OPERATION_PLAN = "operation_plan", "建设运营方案"
        ANNUAL_WORK_PLAN = "annual_work_plan", "年度工作计划"
        OTHER = "other", "其他材料"
        SITE_PHOTO = "site_photo", "查验照片"

    case = models.ForeignKey(Case, models.PROTECT, related_name="materials", verbose_name="办件")
    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    code = models.CharField("申报通知所列材料代码", max_length=40, blank=True)
    conditions = models.JSONField("对应条件", default=list, blank=True)
    sections = models.JSONField("方案已含的部分", default=list, blank=True)
    pages = models.CharField("页码", max_length=60, blank=True)
    name = models.CharField("文件名", max_length=120)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+", verbose_name="文件")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = verbose_name_plural = "材料"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("uploaded_at")),
                name="material_removed_after_upload",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], condition=Q(removed_at=None), name="material_of_a_case")]

    def __str__(self) -> str:
        return self.name


class Correction(models.Model):
    """A correction that the district asked for (article 10): all faults at once; only what they name may change."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="corrections", verbose_name="办件")
    round = models.PositiveSmallIntegerField("次数")
    faults = models.JSONField("需完善之处")
    due_on = models.DateField("补正期限")
    opened_on = models.DateField("通知日期")
    closed_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补正"
        ordering = ["case", "round"]
        constraints = [
            models.UniqueConstraint("case", "round", name="correction_once_a_round"),
            models.UniqueConstraint("case", condition=Q(closed_on=None), name="correction_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} 第{self.round}次补正"


class PaperCopy(models.Model):
    """A paper copy that reached a counter (article 8), and whether its codes agree with the print set."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="paper_copies", verbose_name="办件")
    received_on = models.DateField("收到日期")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经收人")
    copies = models.PositiveSmallIntegerField("份数")
    code = models.CharField("纸件上的校验码", max_length=19, blank=True)
    agrees = models.BooleanField("与电子件一致")
    differences = models.TextField("不一致之处", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "纸件登记"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(copies__gte=1), name="paper_copy_is_at_least_one"),
            models.CheckConstraint(condition=Q(agrees=True) | ~Q(differences=""), name="paper_copy_difference_is_told"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.received_on}"

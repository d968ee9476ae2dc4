"""What is true of a title: the number, who holds it, since when, by which announcement, with which certificate."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper
from makerspace.office.people.models import Authority, Organisation
from makerspace.office.prepared import Rows


class Category(models.TextChoices):
    """The two kinds of article 2."""

    COMPREHENSIVE = "comprehensive", "综合服务类"
    TECHNICAL = "technical", "技术支撑类"


class TitleState(models.TextChoices):
    """Whether a title is held, and if not, how it ended."""

    IN_FORCE = "in_force", "有效"
    UNDER_RECTIFICATION = "under_rectification", "整改中"  # still held: shown on a day, never stored with the title
    REVOKED = "revoked", "已取消"
    RELINQUISHED = "relinquished", "已放弃"


class Announcement(models.Model):
    """The bureau's document that names those recognised (article 12); frozen once it is out."""

    document_number = models.CharField("文号", max_length=40, unique=True)
    on = models.DateField("公布日期")
    at = models.DateTimeField("公布时刻")
    regulation = models.CharField("规则版本", max_length=40)
    text = models.TextField("正文")
    digest = models.CharField("正文摘要（SHA-256）", max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="公布人")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+", verbose_name="公文")

    class Meta:
        verbose_name = "公布"
        ordering = ("-on", "-pk")
        indexes = [models.Index(fields=["-on", "-id"], name="announcement_by_day")]

    def __str__(self) -> str:
        return self.document_number


class Title(models.Model):
    """称号“昆明市众创空间”, one for each recognised case. ``name`` and ``holder`` are those of today."""

    number = models.CharField("名录编号", max_length=24, unique=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="title", verbose_name="办件")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="titles", verbose_name="运营单位账户")
    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="titles", verbose_name="众创空间")
    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="titles", verbose_name="公布文件")
    name = models.CharField("众创空间名称", max_length=200)
    holder = models.CharField("运营单位", max_length=200)
    category = models.CharField("类别", max_length=24, choices=Category.choices)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="titles", verbose_name="科技主管部门")
    since = models.DateField("认定日期")
    state = models.CharField("状态", max_length=24, choices=TitleState.choices, default=TitleState.IN_FORCE)
    ended_on = models.DateField("终止日期", null=True, blank=True, help_text="自这一天起不再持有称号")
    ended_by = models.OneToOneField(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="终止文书"
    )
    search = models.TextField("检索文本", help_text="编号、现名、曾用名、运营单位及其拼音全拼和首字母")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "称号"
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(
                name="title_ended_or_in_force",
                condition=Q(state="in_force", ended_on=None) | (~Q(state="in_force") & Q(ended_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="title_ends_after_it_begins", condition=Q(ended_on=None) | Q(ended_on__gte=F("since"))
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "-number"], name="title_registry_by_authority"),
            models.Index(fields=["category", "-number"], name="title_registry_by_category"),
            models.Index(fields=["category", "since", "ended_on"], name="title_figures"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class TitleName(models.Model):
    """Which name and holder a title had when; the row in force has no ``until``."""

    title = models.ForeignKey(Title, models.PROTECT, related_name="names", verbose_name="称号")
    name = models.CharField("众创空间名称", max_length=200)
    holder = models.CharField("运营单位", max_length=200)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True, help_text="使用该名称的最后一天")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "称号名称"
        ordering = ("title", "since")
        constraints = [
            models.UniqueConstraint("title", condition=Q(until=None), name="title_name_now_once"),
            models.UniqueConstraint("title", "since", name="title_name_begins_once"),
            models.CheckConstraint(
                name="title_name_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.since}起）"


class TitleSite(models.Model):
    """Which premises a title had when (article 7(1)); those in use have no ``until``."""

    title = models.ForeignKey(Title, models.PROTECT, related_name="sites", verbose_name="称号")
    address = models.CharField("地址", max_length=200)
    area_m2 = models.DecimalField("面积（平方米）", max_digits=11, decimal_places=2, null=True, blank=True)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True, help_text="使用该场地的最后一天")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "称号场地"
        ordering = ("title", "since", "id")
        constraints = [
            models.CheckConstraint(
                name="title_site_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}（{self.since}起）"


class ChangeKind(models.TextChoices):
    """What may change in what a title rests on."""

    NAME = "name", "众创空间更名"
    HOLDER = "holder", "运营单位更名"
    OPERATOR = "operator", "更换运营单位"
    SITE = "site", "场地变更"
    AREA = "area", "面积变化"
    CLOSING = "closing", "停止运营"
    RELINQUISH = "relinquish", "放弃称号"


class Change(models.Model):
    """An application to change what a title rests on: as it stood, as it is to stand, and what the conditions say of both.

    ``before`` and ``after`` are ``{"name", "holder", "uscc", "sites": [premises of a dossier], "operator", "closing_on"}``;
    ``dossier`` is what the conditions were asked of, ``findings`` their answer, both frozen when it was filed.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="change", verbose_name="办件")
    title = models.ForeignKey(Title, models.PROTECT, related_name="changes", verbose_name="称号")
    live = models.BooleanField("未办结", default=True)
    before = models.JSONField("变更前", default=dict)
    after = models.JSONField("变更后", default=dict)
    kinds = models.JSONField("变更事项", default=list)
    happened_on = models.DateField("变更日期", null=True, blank=True)
    reason = models.TextField("变更原因", blank=True)
    dossier = models.JSONField("对照所据的内容", default=dict)
    findings = models.JSONField("变更后的条件对照", default=dict)
    former_findings = models.JSONField("变更前的条件对照", default=dict)
    filed_on = models.DateField("提交日期", null=True, blank=True)
    supports = models.BooleanField("区县是否同意", null=True, blank=True)
    opinion = models.TextField("区县意见", blank=True)
    granted = models.BooleanField("是否同意变更", null=True, blank=True)
    decision = models.TextField("审定意见", blank=True)
    decided_on = models.DateField("审定日期", null=True, blank=True)
    paper = models.OneToOneField(Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定书")

    class Meta:
        verbose_name = "称号变更"
        ordering = ("title", "id")
        constraints = [
            models.UniqueConstraint("title", condition=Q(live=True), name="change_now_once"),
            models.CheckConstraint(
                name="change_decided_with_its_day",
                condition=Q(granted=None, decided_on=None) | Q(granted__isnull=False, decided_on__isnull=False, live=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title_id} {'、'.join(self.kinds)}"


class Rectification(models.Model):
    """From when to when a title was under rectification (article 18); it is held meanwhile."""

    title = models.ForeignKey(Title, models.PROTECT, related_name="rectifications", verbose_name="称号")
    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="考核办件")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True, help_text="自这一天起不再处于整改中")
    shown = models.BooleanField("对外标注", default=True, help_text="名录和核验页是否标注整改中")

    class Meta:
        verbose_name = "整改"
        ordering = ("title", "since")
        constraints = [
            models.UniqueConstraint("title", condition=Q(until=None), name="rectification_now_once"),
            models.CheckConstraint(
                name="rectification_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_id} {self.since}"


class Certificate(models.Model):
    """The sheet that shows a title; its code is that of its paper, so that one code serves print and check page."""

    title = models.ForeignKey(Title, models.PROTECT, related_name="certificates", verbose_name="称号")
    code = models.CharField("校验码", max_length=19, unique=True)
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="certificate", verbose_name="证书文件")
    issued_on = models.DateField("颁发日期")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="所代替的证书"
    )

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "证书"
        constraints = [
            # A chain: one first sheet, and each replaced once at most; so one sheet is in use.
            models.UniqueConstraint("title", condition=Q(replaces=None), name="certificate_first_once"),
        ]

    def __str__(self) -> str:
        return self.code

"""Article 11: the public notice of seven days, frozen when it is published."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.office.casework.models import Case


class PublicNotice(models.Model):
    """公示: its days with every counting step, its text with a digest, and the record's head at that time."""

    class State(models.TextChoices):
        DRAFT = "draft", "待复核"
        PUBLISHED = "published", "已发布"
        REPLACED = "replaced", "已重新公示"

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField("标题", max_length=200)
    regulation = models.CharField("规则版本", max_length=40)
    publish_on = models.DateField("发布日期")
    days = models.PositiveSmallIntegerField("公示天数")
    first_day = models.DateField("公示首日")
    last_day = models.DateField("公示末日")
    steps = models.JSONField("期限计算")
    provisional = models.BooleanField("放假安排未公布", default=False)
    text = models.TextField("正文")
    digest = models.CharField("正文摘要（SHA-256）", max_length=64)
    head = models.CharField("案卷卷首", max_length=64, blank=True)
    head_day = models.DateField("卷首日期", null=True, blank=True)
    contact_phone = models.CharField("联系电话", max_length=64, blank=True)
    discipline_phone = models.CharField("纪检监督电话", max_length=64, blank=True)
    paper_code = models.CharField("公文校验码", max_length=19, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="拟稿人")
    prepared_on = models.DateField("拟稿日期")
    second_reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="复核人"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发布人"
    )
    published_on = models.DateField("办理发布日期", null=True)
    closed_on = models.DateField("期满办结日期", null=True)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaces", verbose_name="被其代替"
    )
    replaced_why = models.TextField("重新公示的原因", blank=True)

    class Meta:
        verbose_name = "公示"
        ordering = ("-publish_on", "-id")
        constraints = [
            models.CheckConstraint(name="notice_runs_forward", condition=Q(last_day__gte=models.F("first_day"))),
            models.CheckConstraint(
                name="notice_published_by_somebody",
                condition=Q(state="draft") | Q(published_by__isnull=False, published_on__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_replaced_names_the_new",
                condition=~Q(state="replaced") | (Q(replaced_by__isnull=False) & ~Q(replaced_why="")),
            ),
        ]
        indexes = [
            models.Index(fields=["-publish_on", "-id"], name="notice_newest"),
            models.Index(fields=["last_day"], condition=Q(state="published", closed_on=None), name="notice_to_close"),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeItem(models.Model):
    """One case on a notice, with the facts as they were published. ``live`` until the notice is replaced."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="items", verbose_name="公示")
    case = models.ForeignKey(Case, models.PROTECT, related_name="notice_items", verbose_name="办件")
    position = models.PositiveSmallIntegerField("序号")
    facts = models.JSONField("公示内容")
    live = models.BooleanField("有效", default=False)

    class Meta:
        verbose_name = "公示项"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint("notice", "case", name="notice_item_once"),
            models.UniqueConstraint("case", condition=Q(live=True), name="notice_item_live_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.position}"


class ReissueProposal(models.Model):
    """重新公示: what one side of bureau and leader found wrong; it takes effect when the other confirms."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="proposals", verbose_name="公示")
    wrong = models.TextField("原公示的问题")
    corrections = models.JSONField("更正", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    role = models.CharField("提出身份", max_length=16)
    on = models.DateField("提出日期")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_on = models.DateField("确认日期", null=True)

    class Meta:
        verbose_name = "重新公示提议"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("notice", condition=Q(confirmed_on=None), name="reissue_proposed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.on}"

"""Article 11: objections. Who objected lies in a table of its own, encrypted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.matters.review.models.notice import PublicNotice
from makerspace.office.casework.models import Case


class Objection(models.Model):
    """异议: what somebody brings against one case on a notice. ``receipt`` is the objector's own key to it."""

    class State(models.TextChoices):
        RECEIVED = "received", "已收到"
        ADMITTED = "admitted", "已受理"
        NOT_ADMITTED = "not_admitted", "不予受理"
        INVESTIGATED = "investigated", "已核查"
        DISMISSED = "dismissed", "异议不成立"
        UPHELD = "upheld", "异议成立"
        ENDED = "ended", "随撤回终止"

    OPEN = ("received", "admitted", "investigated")

    receipt = models.CharField("回执编码", max_length=19, unique=True)
    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections", verbose_name="公示")
    case = models.ForeignKey(Case, models.PROTECT, related_name="objections", verbose_name="办件")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.RECEIVED)
    is_unit = models.BooleanField("以单位名义提出", default=False)
    facts = models.TextField("事实与理由")
    evidence = models.JSONField("证据", default=list)
    received_on = models.DateField("收到日期")
    received_at = models.DateTimeField("收到时刻")
    contact_mark = models.CharField("联系方式标记", max_length=64)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates", verbose_name="并入")
    confirm_digest = models.CharField("联系方式验证摘要", max_length=64, blank=True)
    confirmed_at = models.DateTimeField("联系方式验证时刻", null=True)
    paper_code = models.CharField("公文校验码", max_length=19, blank=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="承办人"
    )
    admitted_on = models.DateField("受理日期", null=True)
    admitted_why = models.TextField("受理理由", blank=True)
    closed_on = models.DateField("办结日期", null=True)

    class Meta:
        verbose_name = "异议"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="objection_closed_when_disposed",
                condition=Q(state__in=["received", "admitted", "investigated"], closed_on=None)
                | Q(state__in=["not_admitted", "dismissed", "upheld", "ended"], closed_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "state"], name="objection_of_case"),
            models.Index(fields=["id"], condition=Q(closed_on=None), name="objection_open"),
            models.Index(fields=["confirm_digest"], condition=~Q(confirm_digest=""), name="objection_to_confirm"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.pk}"


class ObjectorIdentity(models.Model):
    """Name and contact of the objector, encrypted; erasable without touching the objection or the record."""

    objection = models.OneToOneField(Objection, models.CASCADE, related_name="identity", verbose_name="异议")
    sealed = models.BinaryField("密文")

    class Meta:
        verbose_name = "异议人身份"

    def __str__(self) -> str:
        return f"异议人 {self.objection_id}"


class NonAdmission(models.Model):
    """不予受理: proposed by one handler with a reason, in force once a second one has confirmed it."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="non_admissions", verbose_name="异议")
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    on = models.DateField("提出日期")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="复核人"
    )
    confirmed_on = models.DateField("复核日期", null=True)

    class Meta:
        verbose_name = "不予受理"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("objection", condition=Q(confirmed_on=None), name="non_admission_proposed_once"),
            models.CheckConstraint(
                name="non_admission_by_two", condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.on}"


class Investigation(models.Model):
    """异议核查: what was done, what was found, and what each side is told."""

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="investigation", verbose_name="异议")
    steps = models.TextField("核查经过")
    findings = models.TextField("核查结论")
    reply_to_objector = models.TextField("答复异议人")
    reply_to_applicant = models.TextField("告知申报单位")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核查人")
    on = models.DateField("核查日期")

    class Meta:
        verbose_name = "异议核查"

    def __str__(self) -> str:
        return f"{self.objection_id} {self.on}"

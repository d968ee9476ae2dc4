"""Article 17: the letter that says who goes first among equals in a year, and each tie that it broke."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper


class LetterState(models.TextChoices):
    """How an issued letter stands on a day; found from year and title, never stored."""

    NOT_YET = "not_yet", "未到适用年度"
    USABLE = "usable", "有效"
    EXPIRED = "expired", "已过适用年度"
    VOID = "void", "已失效"


class Letter(models.Model):
    """A letter for the programmes of one year, from the request on. Name, holder and credit code are those printed.

    ``live`` ends with a refusal or withdrawal, and where the title has gone to another unit that asks anew.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="letter", verbose_name="办件")
    title = models.ForeignKey(Title, models.PROTECT, related_name="letters", verbose_name="称号")
    year = models.PositiveSmallIntegerField("适用年度")
    live = models.BooleanField("未办结或者已出具", default=True)
    programmes = models.TextField("拟申报的科技项目", blank=True)
    requested_on = models.DateField("申请日期", null=True, blank=True)
    name = models.CharField("众创空间名称", max_length=200, blank=True)
    holder = models.CharField("运营单位", max_length=200, blank=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    issued_on = models.DateField("出具日期", null=True, blank=True)
    refused_on = models.DateField("不予出具日期", null=True, blank=True)
    reason = models.TextField("不予出具的理由", blank=True)
    paper = models.OneToOneField(
        Paper, models.PROTECT, null=True, blank=True, related_name="letter", verbose_name="公文"
    )

    class Meta:
        verbose_name = "优先支持凭证"
        ordering = ("title", "year", "id")
        constraints = [
            models.UniqueConstraint("title", "year", condition=Q(live=True), name="letter_once_a_year"),
            models.CheckConstraint(
                name="letter_issued_or_refused_with_its_paper",
                condition=Q(issued_on=None, refused_on=None, paper=None)
                | (Q(issued_on__isnull=False, refused_on=None, paper__isnull=False) & ~Q(uscc=""))
                | (Q(issued_on=None, refused_on__isnull=False, paper__isnull=False, live=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_id} {self.year}"


class Use(models.Model):
    """One tie that a letter broke; ``key`` is the programme's name without width, case and spaces."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="uses", verbose_name="凭证")
    programme = models.CharField("科技项目名称", max_length=200)
    key = models.CharField("项目名称（归一）", max_length=400)
    office = models.CharField("项目主管单位", max_length=200)
    tie = models.TextField("并列情况")
    on = models.DateField("使用日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时刻")

    class Meta:
        verbose_name = "凭证使用"
        ordering = ("letter", "on", "id")
        constraints = [models.UniqueConstraint("letter", "key", name="letter_used_once_in_a_programme")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.programme}"

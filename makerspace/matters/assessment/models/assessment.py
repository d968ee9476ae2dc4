"""What is true of one title's assessment of one year: the report, the score, and what was said on the way to its end."""

from typing import Any

from django.conf import settings
from django.db import models

from makerspace.matters.assessment.models.scheme import Scheme
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case

PERSON = settings.AUTH_USER_MODEL


class Assessment(models.Model):
    """A title's assessment of one year, under the scheme that was published for it."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="assessment", verbose_name="办件")
    title = models.ForeignKey(Title, models.PROTECT, related_name="assessments", verbose_name="称号")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="assessments", verbose_name="考核方案")
    year = models.PositiveSmallIntegerField("考核年度")

    class Meta:
        verbose_name = "年度考核"
        ordering = ("-year", "case")
        constraints = [models.UniqueConstraint("title", "year", name="assessment_once_a_year")]

    def __str__(self) -> str:
        return f"{self.year}年度 {self.title_id}"


class Report(models.Model):
    """The living report: figures by field code as written (money in 千元), explanations by the key of a doubt, evidence by
    the group of figures that it proves (digests of files uploaded for the case), and who heads the makerspace."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="report", verbose_name="年度考核")
    values = models.JSONField("填报数据", default=dict)
    explanations = models.JSONField("说明", default=dict)
    papers = models.JSONField("证明材料", default=dict)
    head = models.CharField("负责人", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="保存人")

    class Meta:
        verbose_name = "年度报告"

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.version}"


class Filed(models.Model):
    """A report as it was handed in, frozen; what the district said of it afterwards."""

    class State(models.TextChoices):
        FILED = "filed", "待核实"
        RETURNED = "returned", "已退回"
        VERIFIED = "verified", "已核实"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="filed", verbose_name="年度考核")
    round = models.PositiveSmallIntegerField("次数")
    values = models.JSONField("填报数据")
    explanations = models.JSONField("说明")
    papers = models.JSONField("证明材料", default=dict)
    head = models.CharField("负责人", max_length=100, blank=True)
    registered = models.JSONField("台账数据", default=dict)
    digest = models.CharField("摘要（SHA-256）", max_length=64)
    on = models.DateField("提交日期")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="提交人")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.FILED)
    lines = models.JSONField("需更正的数据", default=list)
    opinion = models.TextField("核实意见", blank=True)
    verified = models.JSONField("主管部门核实", default=dict)
    checked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="核实人")
    checked_on = models.DateField("核实日期", null=True)

    class Meta:
        verbose_name = "已提交的年度报告"
        ordering = ("assessment", "round")
        constraints = [models.UniqueConstraint("assessment", "round", name="filed_once_a_round")]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.round}"


class Found(models.TextChoices):
    """What a figure was held against, and with what result."""

    REGISTERS = "registers", "与登记册一致"
    PAPERS = "papers", "与证明材料一致"
    ACCOUNTS = "accounts", "与财务资料一致"
    SITE = "site", "与现场情况一致"
    DIFFERS = "differs", "不符"


class Checking(models.Model):
    """How a report is held against its evidence, line by line: ``{field: {"found", "text"}}``, and what is to be said of the
    whole: ``{"opinion", "false_data", "stopped"}``; fixed once it is answered."""

    filed = models.OneToOneField(Filed, models.PROTECT, related_name="checking", verbose_name="已提交的年度报告")
    lines = models.JSONField("逐项核对", default=dict)
    said = models.JSONField("总的意见", default=dict)
    version = models.PositiveIntegerField("版本", default=0)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="保存人")

    class Meta:
        verbose_name = "年度报告核对"

    def __str__(self) -> str:
        return f"{self.filed_id} {self.version}"


class Score(models.Model):
    """How a report was scored: facts, others' figures and result frozen, so that it can be scored again."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="score", verbose_name="年度考核")
    facts = models.JSONField("计分事实")
    peers = models.JSONField("同年数据")
    scored = models.JSONField("得分")
    digest = models.CharField("得分摘要（SHA-256）", max_length=64)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2)
    passed = models.BooleanField("达到合格线")
    grade = models.CharField("等次", max_length=60)
    on = models.DateField("评分日期")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="评分人")

    class Meta:
        verbose_name = "考核得分"

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.total}"


class Proceeding(models.Model):
    """What was said or established in an act after the score, as its input had it; added, never edited."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="proceedings", verbose_name="年度考核")
    act = models.CharField("事项", max_length=40)
    told: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField("内容")
    papers = models.JSONField("文件摘要", default=list)
    paper_code = models.CharField("文书校验码", max_length=19, blank=True)
    on = models.DateField("日期")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        verbose_name = "考核后续办理"
        ordering = ("assessment", "id")

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.act}"

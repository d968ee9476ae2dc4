"""What is true of the one grant: budget, ledger, account, approval, payment, use, and how it may end otherwise."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.matters.recognition.models import Title
from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper
from makerspace.office.people.models import Organisation


def _person(label: str) -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=label)


# -- the year's money --------------------------------------------------------------------------------------------------
class Budget(models.Model):
    """年度预算: the money of one year and where it stands, in fen; every change is a row of the ledger."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    ceiling = models.BigIntegerField("预算额度", default=0)
    available = models.BigIntegerField("可用", default=0)
    committed = models.BigIntegerField("已批准待拨付", default=0)
    paid = models.BigIntegerField("已拨付", default=0)
    recovered = models.BigIntegerField("已决定追回", default=0)

    class Meta:
        verbose_name = "年度预算"
        ordering = ("-year",)
        constraints = [
            models.CheckConstraint(
                name="budget_balances",
                condition=Q(ceiling=F("available") + F("committed") + F("paid") + F("recovered")),
            ),
            models.CheckConstraint(
                name="budget_is_never_overdrawn",
                condition=Q(available__gte=0, committed__gte=0, paid__gte=0, recovered__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度"


class Ceiling(models.Model):
    """额度: what one person proposes and another, a leader, sets in force; dated, never edited."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待确认"
        IN_FORCE = "in_force", "已确认"
        WITHDRAWN = "withdrawn", "已撤回"

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="ceilings", verbose_name="年度预算")
    amount = models.BigIntegerField("额度（分）")
    basis = models.CharField("依据", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = _person("提出人")
    proposed_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    decided_on = models.DateField("确认日期", null=True)

    class Meta:
        verbose_name = "预算额度"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(name="ceiling_is_no_debt", condition=Q(amount__gte=0)),
            models.UniqueConstraint("budget", condition=Q(state="proposed"), name="ceiling_proposed_once"),
            models.CheckConstraint(
                name="ceiling_takes_two",
                condition=~Q(state="in_force") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.amount}"


# -- the grant ---------------------------------------------------------------------------------------------------------
class Grant(models.Model):
    """引导资金: the only one that this makerspace ever gets, whatever it is called and whoever runs it (article 13)."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="grant", verbose_name="办件")
    makerspace = models.OneToOneField(Makerspace, models.PROTECT, related_name="grant", verbose_name="众创空间")
    title = models.OneToOneField(Title, models.PROTECT, related_name="grant", verbose_name="称号")
    amount = models.BigIntegerField("金额（分）")
    uscc = models.CharField("统一社会信用代码", max_length=18)
    site = models.CharField("场地地址", max_length=300, blank=True)
    site_key = models.CharField("场地比对文本", max_length=300, blank=True)
    opened_on = models.DateField("启动日期")

    class Meta:
        verbose_name = "引导资金"
        constraints = [
            # The regulation's own figure: a later line of GRANT comes with a migration of its own.
            models.CheckConstraint(name="grant_is_100_000_yuan", condition=Q(amount=10_000_000)),
        ]
        indexes = [
            models.Index(fields=["uscc"], name="grant_by_uscc"),
            models.Index(fields=["site_key"], name="grant_by_site"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.amount}"


class Hold(models.Model):
    """疑似重复资助: an earlier grant of the same unit or on the same site, for a leader to look at."""

    class State(models.TextChoices):
        OPEN = "open", "待核定"
        RELEASED = "released", "不属重复资助"
        UPHELD = "upheld", "不予拨付"

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="holds", verbose_name="引导资金")
    earlier = models.ForeignKey(Grant, models.PROTECT, related_name="+", verbose_name="在先的引导资金")
    same_unit = models.BooleanField("信用代码相同")
    same_site = models.BooleanField("场地相同")
    found_on = models.DateField("发现日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.TextField("核定理由", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核定人"
    )
    decided_on = models.DateField("核定日期", null=True)

    class Meta:
        verbose_name = "疑似重复资助"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("grant", "earlier", name="hold_found_once"),
            models.CheckConstraint(name="hold_has_a_ground", condition=Q(same_unit=True) | Q(same_site=True)),
            models.CheckConstraint(
                name="hold_is_decided_with_a_reason",
                condition=Q(state="open") | (Q(decided_by__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.state}"


class Account(models.Model):
    """收款账户: as the unit confirmed it; the number lies encrypted, its last four digits are shown."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", "待核对"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "核对无误"
        BOUNCED = "bounced", "已退汇"

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="accounts", verbose_name="引导资金")
    payee = models.CharField("户名", max_length=200)
    bank = models.CharField("开户银行", max_length=100)
    bank_code = models.CharField("联行号", max_length=12, blank=True)
    sealed = models.BinaryField("账号（加密）")
    tail = models.CharField("账号末四位", max_length=4)
    mark = models.CharField("账号标记", max_length=64, db_index=True)
    name_change = models.TextField("户名不同的说明", blank=True)
    papers = models.JSONField("附件摘要", default=list)
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="确认单位")
    holder = models.CharField("确认时的运营单位名称", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CONFIRMED)
    reason = models.TextField("退回原因", blank=True)
    by = _person("确认人")
    on = models.DateField("确认日期")

    class Meta:
        verbose_name = "收款账户"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("grant", condition=Q(state__in=["confirmed", "accepted"]), name="account_now_once"),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.tail}"


class Batch(models.Model):
    """拨付批次: the payments that a leader approved in one go, within one year's budget."""

    number = models.CharField("批次号", max_length=24, unique=True)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="batches", verbose_name="年度预算")
    basis = models.CharField("批准依据", max_length=200)
    by = _person("批准人")
    on = models.DateField("批准日期")
    paper = models.OneToOneField(Paper, models.PROTECT, null=True, related_name="+", verbose_name="拨付表")

    class Meta:
        verbose_name = "拨付批次"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """拨付: approved, then paid or stopped; one that bounced, or was returned unpaid, stays and a new one follows."""

    class State(models.TextChoices):
        APPROVED = "approved", "待拨付"
        PAID = "paid", "已拨付"
        BOUNCED = "bounced", "已退汇"
        STOPPED = "stopped", "不予拨付"
        RETURNED = "returned", "已退回，未拨付"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="payments", verbose_name="批次")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="payments", verbose_name="引导资金")
    account = models.OneToOneField(Account, models.PROTECT, related_name="payment", verbose_name="收款账户")
    amount = models.BigIntegerField("金额（分）")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.APPROVED)
    voucher = models.CharField("凭证号", max_length=60, blank=True)
    paid_on = models.DateField("拨付日期", null=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="拨付人"
    )
    papers = models.JSONField("凭证附件摘要", default=list)
    bounced_on = models.DateField("退汇日期", null=True)
    bounce_reason = models.TextField("退汇原因", blank=True)
    returned_on = models.DateField("退回日期", null=True, help_text="没有拨付而退回的，原因在收款账户中")

    class Meta:
        verbose_name = "拨付"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("grant", condition=Q(state__in=["approved", "paid"]), name="payment_now_once"),
            models.UniqueConstraint("voucher", condition=~Q(voucher=""), name="payment_voucher_once"),
            models.CheckConstraint(
                name="payment_paid_has_a_voucher",
                condition=~Q(state__in=["paid", "bounced"])
                | (~Q(voucher="") & Q(paid_on__isnull=False, paid_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="payment_bounced_with_a_reason",
                condition=~Q(state="bounced") | (~Q(bounce_reason="") & Q(bounced_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="payment_returned_was_never_paid",
                condition=(Q(returned_on=None) & ~Q(state="returned"))
                | Q(state="returned", returned_on__isnull=False, paid_on=None, voucher=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.grant_id}"


class Posting(models.Model):
    """台账: one movement of money between two places of a year's budget; append only (database triggers)."""

    class Place(models.TextChoices):
        OUTSIDE = "outside", "预算下达"
        AVAILABLE = "available", "可用"
        COMMITTED = "committed", "已批准待拨付"
        PAID = "paid", "已拨付"
        RECOVERED = "recovered", "已决定追回"

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="postings", verbose_name="年度预算")
    source = models.CharField("转出", max_length=10, choices=Place.choices)
    target = models.CharField("转入", max_length=10, choices=Place.choices)
    amount = models.BigIntegerField("金额（分）")
    act = models.CharField("事项", max_length=24)
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="postings", verbose_name="引导资金")
    by = _person("办理人")
    on = models.DateField("日期")
    at = models.DateTimeField("时刻")

    class Meta:
        verbose_name = "台账"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(name="posting_moves_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="posting_goes_elsewhere", condition=~Q(source=F("target"))),
        ]
        indexes = [models.Index(fields=["budget", "-id"], name="posting_of_a_year")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target} {self.amount}"


# -- what becomes of it ------------------------------------------------------------------------------------------------
class UseReport(models.Model):
    """使用报告: what the grant was spent on, for the conditions of the makerspace and nothing else."""

    class State(models.TextChoices):
        FILED = "filed", "核查中"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "核查通过"

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="uses", verbose_name="引导资金")
    summary = models.TextField("使用情况与成效")
    unspent_why = models.TextField("尚有余额的说明", blank=True)
    papers = models.JSONField("附件摘要", default=list)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.FILED)
    reason = models.TextField("核查意见", blank=True)
    by = _person("报告人")
    on = models.DateField("报告日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="核查人"
    )
    checked_on = models.DateField("核查日期", null=True)

    class Meta:
        verbose_name = "资金使用报告"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("grant", condition=Q(state__in=["filed", "accepted"]), name="use_report_now_once"),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.state}"


class UseItem(models.Model):
    """One expense with its invoice."""

    class Category(models.TextChoices):
        PREMISES = "premises", "场地改造"
        EQUIPMENT = "equipment", "仪器设备"
        NETWORK = "network", "网络与信息化"
        PLATFORM = "platform", "公共服务平台"
        FURNISHING = "furnishing", "办公与会议设施"
        OTHER = "other", "其他条件建设"

    report = models.ForeignKey(UseReport, models.PROTECT, related_name="items", verbose_name="使用报告")
    category = models.CharField("类别", max_length=12, choices=Category.choices)
    content = models.CharField("支出内容", max_length=200)
    invoice = models.CharField("发票号码", max_length=30)
    invoiced_on = models.DateField("开票日期")
    amount = models.BigIntegerField("金额（分）")

    class Meta:
        verbose_name = "资金使用明细"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("report", "invoice", "category", "content", name="use_item_once"),
            models.CheckConstraint(name="use_item_costs_something", condition=Q(amount__gt=0)),
        ]
        indexes = [models.Index(fields=["invoice"], name="use_item_by_invoice")]

    def __str__(self) -> str:
        return f"{self.content} {self.amount}"


class Ending(models.Model):
    """不再拨付: given up by the holder, or decided by a leader, with the reason."""

    grant = models.OneToOneField(Grant, models.PROTECT, related_name="ending", verbose_name="引导资金")
    reason = models.TextField("原因")
    given_up = models.BooleanField("由运营单位放弃")
    by = _person("办理人")
    on = models.DateField("日期")

    class Meta:
        verbose_name = "不再拨付"

    def __str__(self) -> str:
        return f"{self.grant_id} 不再拨付"


class Recovery(models.Model):
    """追回: how much, on which legal basis (the regulation itself has none), why, and until when to pay back."""

    class Basis(models.TextChoices):
        MISUSE = "misuse", "《财政违法行为处罚处分条例》第十四条（挪用财政资金）"
        FRAUD = "fraud", "《财政违法行为处罚处分条例》第十四条（以虚报、冒领等手段骗取财政资金）"
        BUDGET_LAW = "budget_law", "《中华人民共和国预算法》第九十三条（擅自改变预算支出用途）"
        OTHER = "other", "其他法律、法规或书面约定（须写明）"

    grant = models.OneToOneField(Grant, models.PROTECT, related_name="recovery", verbose_name="引导资金")
    basis = models.CharField("法律依据", max_length=12, choices=Basis.choices)
    basis_text = models.CharField("依据的条款", max_length=300, blank=True)
    amount = models.BigIntegerField("追回金额（分）")
    reason = models.TextField("事实和理由")
    pay_back_by = models.DateField("退缴期限")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+", verbose_name="公文")
    by = _person("决定人")
    on = models.DateField("决定日期")

    class Meta:
        verbose_name = "追回"
        constraints = [
            models.CheckConstraint(name="recovery_takes_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="recovery_names_its_basis", condition=~Q(basis="other") | ~Q(basis_text="")),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.amount}"

    @property
    def named_basis(self) -> str:
        """The legal basis in words, as the decision has it."""
        return self.basis_text if self.basis == self.Basis.OTHER else self.Basis(self.basis).label


class Repayment(models.Model):
    """退缴: money that came back after a decision to recover, in parts where it comes so. A wrong row is struck, never deleted."""

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="repayments", verbose_name="追回")
    amount = models.BigIntegerField("退缴金额（分）")
    paid_back_on = models.DateField("退缴日期")
    voucher = models.CharField("缴款凭证号", max_length=60)
    papers = models.JSONField("缴款凭证", default=list)
    by = _person("登记人")
    on = models.DateField("登记日期")
    struck_on = models.DateField("更正日期", null=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="更正人"
    )
    reason = models.TextField("更正原因", blank=True)

    class Meta:
        verbose_name = "退缴"
        ordering = ("paid_back_on", "id")
        constraints = [
            models.CheckConstraint(name="repayment_is_of_something", condition=Q(amount__gt=0)),
            models.UniqueConstraint(name="voucher_repays_once", fields=["voucher"], condition=Q(struck_on=None)),
            models.CheckConstraint(
                name="repayment_is_struck_with_a_reason",
                condition=Q(struck_on=None, struck_by=None, reason="")
                | (Q(struck_on__isnull=False, struck_by__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recovery_id} {self.amount}"

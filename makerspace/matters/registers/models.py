"""What lasts of a makerspace while its name, operator and titles come and go: its lineage and its living registers."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.office.people.models import Authority, Organisation
from makerspace.office.prepared import Rows


class Makerspace(models.Model):
    """A makerspace as such: the lineage that its registers, titles and its one grant belong to (articles 7, 13).

    ``name`` and ``organisation`` are those of today; a change that the bureau has granted moves them.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="makerspaces", verbose_name="运营单位账户"
    )
    name = models.CharField("众创空间名称", max_length=200)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="makerspaces", verbose_name="科技主管部门")
    created_on = models.DateField("建立日期")

    objects: ClassVar[Rows[Self]] = Rows()

    class Meta:
        verbose_name = "众创空间"
        constraints = [models.UniqueConstraint("organisation", "name", name="makerspace_named_once")]

    def __str__(self) -> str:
        return self.name


# -- the registers (articles 4, 7, 18); fields that a dossier has too bear its names ------------------------------------
class Line(models.Model):
    """One line of a register. A line entered by mistake is struck out, never deleted; every change leaves a Revision."""

    version = models.PositiveIntegerField("版本", default=1)
    struck_on = models.DateField("作废日期", null=True, blank=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True


class Founder(models.TextChoices):
    """Whose enterprise or team it is, as the yearly statistics ask."""

    STUDENT = "student", "大学生创业"
    RETURNEE = "returnee", "留学归国人员创业"
    SCIENTIST = "scientist", "科技人员创业"
    EXECUTIVE = "executive", "大企业高管离职创业"
    FOREIGN = "foreign", "外籍人士创业"
    OTHER = "other", "其他"


class Grade(models.TextChoices):
    """What the state calls the enterprise; the yearly statistics count both."""

    HIGHTECH = "hightech", "高新技术企业"
    TECH_SME = "tech_sme", "科技型中小企业"
    BOTH = "both", "两者都是"
    NEITHER = "neither", "都不是"


class LeftAs(models.TextChoices):
    """How a tenant left."""

    GRADUATED = "graduated", "毕业"
    MOVED = "moved", "协议到期或迁往他处"
    CLOSED = "closed", "停业或注销"
    TERMINATED = "terminated", "提前终止协议"


class Tenant(Line):
    """One stay of an enterprise or team (article 7(2)); who comes back begins another one."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="tenants", verbose_name="众创空间")
    kind = models.CharField("企业或团队", max_length=12)
    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    moved_in_on = models.DateField("入驻日期")
    agreement_to = models.DateField("入驻协议截止日期", null=True, blank=True)
    industry = models.CharField("行业", max_length=32, blank=True)
    employees = models.PositiveIntegerField("从业人员", null=True, blank=True)
    revenue_wan = models.DecimalField("营业收入（万元）", max_digits=14, decimal_places=4, null=True, blank=True)
    assets_wan = models.DecimalField("资产总额（万元）", max_digits=14, decimal_places=4, null=True, blank=True)
    hightech_field = models.CharField("高新技术领域代码", max_length=5, blank=True)
    kunming_188 = models.CharField("昆明188重点产业", max_length=200, blank=True)
    founder = models.CharField("创业者类型", max_length=12, choices=Founder.choices, blank=True)
    grade = models.CharField("企业资质", max_length=12, choices=Grade.choices, blank=True)
    registered_on = models.DateField("企业注册日期", null=True, blank=True)
    seats = models.PositiveIntegerField("使用工位", null=True, blank=True)
    moved_out_on = models.DateField("迁出日期", null=True, blank=True, help_text="自这一天起不再入驻")
    left_as = models.CharField("迁出原因", max_length=12, choices=LeftAs.choices, blank=True)

    class Meta:
        verbose_name = "入驻企业或团队"
        constraints = [
            models.UniqueConstraint(
                "makerspace", "name", "moved_in_on", condition=Q(struck_on=None), name="tenant_stay_once"
            ),
            models.UniqueConstraint(
                "makerspace", "name", condition=Q(struck_on=None, moved_out_on=None), name="tenant_here_once"
            ),
            models.UniqueConstraint(
                "makerspace", "uscc", condition=Q(struck_on=None, moved_out_on=None) & ~Q(uscc=""),
                name="tenant_uscc_here_once",
            ),
            models.CheckConstraint(
                name="tenant_leaves_after_it_comes",
                condition=Q(moved_out_on=None, left_as="") | Q(moved_out_on__gte=F("moved_in_on")) & ~Q(left_as=""),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["makerspace", "-moved_in_on"], name="tenant_register")]

    def __str__(self) -> str:
        return self.name


class StaffMember(Line):
    """A member of the service team (article 5(4))."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="staff", verbose_name="众创空间")
    name = models.CharField("姓名", max_length=200)
    duty = models.CharField("职责", max_length=200, blank=True)
    education = models.CharField("学历", max_length=200, blank=True)
    full_time = models.BooleanField("是否专职", null=True, blank=True)
    joined_on = models.DateField("到岗日期")
    left_on = models.DateField("离岗日期", null=True, blank=True, help_text="自这一天起不再在岗")

    class Meta:
        verbose_name = "服务人员"
        constraints = [
            models.UniqueConstraint(
                "makerspace", "name", "joined_on", condition=Q(struck_on=None), name="staff_member_once"
            ),
            models.CheckConstraint(
                name="staff_member_leaves_after_joining", condition=Q(left_on=None) | Q(left_on__gte=F("joined_on"))
            ),
        ]
        indexes = [models.Index(fields=["makerspace", "-joined_on"], name="staff_register")]

    def __str__(self) -> str:
        return self.name


class Mentor(Line):
    """A mentor of the makerspace's own (article 5(5)); the city's dream mentors are another register (article 16)."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="mentors", verbose_name="众创空间")
    name = models.CharField("姓名", max_length=200)
    employer = models.CharField("工作单位", max_length=200, blank=True)
    speciality = models.CharField("专长", max_length=200, blank=True)
    full_time = models.BooleanField("是否专职", null=True, blank=True)
    engaged_from = models.DateField("聘期起")
    engaged_to = models.DateField("聘期止", null=True, blank=True, help_text="聘期的最后一天")

    class Meta:
        verbose_name = "导师"
        constraints = [
            models.UniqueConstraint(
                "makerspace", "name", "engaged_from", condition=Q(struck_on=None), name="own_mentor_once"
            ),
            models.CheckConstraint(
                name="own_mentor_ends_after_beginning",
                condition=Q(engaged_to=None) | Q(engaged_to__gte=F("engaged_from")),
            ),
        ]
        indexes = [models.Index(fields=["makerspace", "-engaged_from"], name="own_mentor_register")]

    def __str__(self) -> str:
        return self.name


class HostedAs(models.TextChoices):
    """The makerspace's part in an event; the yearly score may weigh it."""

    HOST = "host", "主办"
    CARRY_OUT = "carry_out", "承办"
    JOINT = "joint", "联合举办或协办"


class Event(Line):
    """An event for founders (article 7(3))."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="events", verbose_name="众创空间")
    kind = models.CharField("类型", max_length=16)
    title = models.CharField("名称", max_length=200)
    on = models.DateField("日期")
    participants = models.PositiveIntegerField("参加人数", null=True, blank=True)
    hosted_as = models.CharField("举办方式", max_length=12, choices=HostedAs.choices, blank=True)
    international = models.BooleanField("是否国际合作交流", null=True, blank=True)

    class Meta:
        verbose_name = "活动"
        constraints = [
            models.UniqueConstraint("makerspace", "title", "on", condition=Q(struck_on=None), name="event_once"),
        ]
        indexes = [models.Index(fields=["makerspace", "-on"], name="event_register")]

    def __str__(self) -> str:
        return self.title


class Partner(Line):
    """A capital partner (article 7(4)), or a service agency under contract."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="partners", verbose_name="众创空间")
    kind = models.CharField("机构类型", max_length=16)
    name = models.CharField("名称", max_length=200)
    agreement_from = models.DateField("协议起")
    agreement_to = models.DateField("协议止", null=True, blank=True, help_text="协议的最后一天")

    class Meta:
        verbose_name = "合作机构"
        constraints = [
            models.UniqueConstraint(
                "makerspace", "name", "kind", "agreement_from", condition=Q(struck_on=None), name="partner_once"
            ),
            models.CheckConstraint(
                name="partner_ends_after_beginning",
                condition=Q(agreement_to=None) | Q(agreement_to__gte=F("agreement_from")),
            ),
        ]
        indexes = [models.Index(fields=["makerspace", "-agreement_from"], name="partner_register")]

    def __str__(self) -> str:
        return self.name


class Premises(Line):
    """One piece of premises (article 7(1)) and since when it is used."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="premises", verbose_name="众创空间")
    address = models.CharField("地址", max_length=200)
    tenure = models.CharField("自有或租赁", max_length=8)
    commercial = models.BooleanField("是否商业经营性场所", null=True, blank=True)
    area_m2 = models.DecimalField("面积（平方米）", max_digits=11, decimal_places=2)
    public_office_m2 = models.DecimalField(
        "其中公共办公面积（平方米）", max_digits=11, decimal_places=2, null=True, blank=True
    )
    lease_from = models.DateField("租期起", null=True, blank=True)
    lease_to = models.DateField("租期止", null=True, blank=True)
    seats = models.PositiveIntegerField("工位数", null=True, blank=True)
    used_from = models.DateField("启用日期")
    used_until = models.DateField("停用日期", null=True, blank=True, help_text="自这一天起不再使用")

    class Meta:
        verbose_name = "场地"
        constraints = [
            models.UniqueConstraint(
                "makerspace", "address", "used_from", condition=Q(struck_on=None), name="premises_once"
            ),
            models.CheckConstraint(
                name="premises_end_after_beginning", condition=Q(used_until=None) | Q(used_until__gte=F("used_from"))
            ),
            models.CheckConstraint(
                name="premises_public_part_within",
                condition=Q(public_office_m2=None) | Q(public_office_m2__lte=F("area_m2")),
            ),
        ]
        indexes = [models.Index(fields=["makerspace", "-used_from"], name="premises_register")]

    def __str__(self) -> str:
        return self.address


class Result(Line):
    """What a tenant had reached by a day: the figures of the year up to it, from which the yearly report adds up."""

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="results", verbose_name="众创空间")
    name = models.CharField("企业或团队", max_length=200)
    as_of = models.DateField("数据截至", help_text="年度数据填当年12月31日")
    employees = models.PositiveIntegerField("从业人员", null=True, blank=True)
    graduates = models.PositiveIntegerField("其中应届毕业生", null=True, blank=True)
    revenue_wan = models.DecimalField("当年营业收入（万元）", max_digits=14, decimal_places=4, null=True, blank=True)
    rd_wan = models.DecimalField("当年研发投入（万元）", max_digits=14, decimal_places=4, null=True, blank=True)
    tax_wan = models.DecimalField("当年纳税额（万元）", max_digits=14, decimal_places=4, null=True, blank=True)
    ip = models.PositiveIntegerField("有效知识产权", null=True, blank=True)
    ip_patents = models.PositiveIntegerField("其中发明专利", null=True, blank=True)

    class Meta:
        verbose_name = "经营数据"
        constraints = [
            models.UniqueConstraint("makerspace", "name", "as_of", condition=Q(struck_on=None), name="result_once"),
            models.CheckConstraint(
                name="result_parts_within",
                condition=(Q(graduates=None) | Q(employees=None) | Q(graduates__lte=F("employees")))
                & (Q(ip_patents=None) | Q(ip=None) | Q(ip_patents__lte=F("ip"))),
            ),
        ]
        indexes = [models.Index(fields=["makerspace", "-as_of"], name="result_register")]

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """What a line said from then on, who wrote it and how; rows are added and never changed."""

    class Act(models.TextChoices):
        ADD = "add", "登记"
        CHANGE = "change", "修改"
        LEAVE = "leave", "登记离开"
        STRIKE = "strike", "作废"

    class Source(models.TextChoices):
        PAGE = "page", "页面"
        SHEET = "sheet", "表格导入"
        API = "api", "接口"

    makerspace = models.ForeignKey(Makerspace, models.PROTECT, related_name="revisions", verbose_name="众创空间")
    register = models.CharField("登记册", max_length=12)
    line = models.PositiveBigIntegerField("条目")
    number = models.PositiveIntegerField("版本")
    act = models.CharField("动作", max_length=8, choices=Act.choices)
    source = models.CharField("途径", max_length=8, choices=Source.choices)
    values = models.JSONField("内容")
    note = models.CharField("说明", max_length=300, blank=True)
    on = models.DateField("日期")
    at = models.DateTimeField("时刻")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "登记册修改"
        constraints = [models.UniqueConstraint("register", "line", "number", name="revision_once")]
        indexes = [models.Index(fields=["makerspace", "register", "-id"], name="revision_latest")]

    def __str__(self) -> str:
        return f"{self.register} {self.line} 第{self.number}版"

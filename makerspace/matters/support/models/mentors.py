"""Article 16: the dream mentors, and the sessions asked of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.matters.support.models.engagements import Engagement, Invited
from makerspace.matters.support.models.tenants import TenantLink

PERSON = settings.AUTH_USER_MODEL


class Field(models.TextChoices):
    """What a mentor advises on; a list of the system's own, the regulation has none."""

    SOFTWARE = "software", "电子信息与软件"
    BIOMEDICINE = "biomedicine", "生物与新医药"
    MATERIALS = "materials", "新材料与新能源"
    MANUFACTURING = "manufacturing", "先进制造"
    AGRICULTURE = "agriculture", "现代农业"
    CULTURE = "culture", "文化创意"
    STRATEGY = "strategy", "创业与经营管理"
    FINANCE = "finance", "投资与融资"
    LAW = "law", "财税、法务与知识产权"
    MARKET = "market", "市场与品牌"


class Mentor(Invited):
    """A 梦想导师 for the time of the appointment. Public are the name, the fields and the employer, nothing else."""

    employer = models.CharField("工作单位", max_length=200)
    post = models.CharField("职务职称", max_length=100, blank=True)
    fields = models.JSONField("指导领域", default=list)
    intro = models.CharField("专长简介", max_length=500, blank=True)
    document_number = models.CharField("聘任文号", max_length=40, blank=True)
    since = models.DateField("聘任之日")
    until = models.DateField("解聘之日", null=True, blank=True, help_text="自这一天起不再是导师")
    end_reason = models.CharField("解聘原因", max_length=300, blank=True)
    appointed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="聘任经办人")

    class Meta:
        verbose_name = "梦想导师"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint("name", "employer", condition=Q(until=None), name="mentor_appointed_once"),
            models.CheckConstraint(
                name="mentor_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Session(Engagement):
    """An hour with a mentor, asked for by a member of the operator, or by a tenant itself through its link."""

    class Way(models.TextChoices):
        ONSITE = "onsite", "现场"
        ONLINE = "online", "线上"

    mentor = models.ForeignKey(Mentor, models.PROTECT, related_name="sessions", verbose_name="导师")
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    place = models.CharField("地点或会议号", max_length=200)
    asked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="提出人")
    asked_link = models.ForeignKey(
        TenantLink, models.PROTECT, null=True, related_name="sessions", verbose_name="提出所用的链接"
    )
    contact = models.CharField("联系人", max_length=64, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)

    class Meta(Engagement.Meta):
        abstract = False
        verbose_name = "辅导"
        constraints = [
            *Engagement.Meta.constraints,
            models.CheckConstraint(
                name="session_asked_by_a_person_or_a_tenant",
                condition=Q(asked_by__isnull=False, asked_link=None, contact="", phone="")
                | Q(asked_by=None, asked_link__isnull=False),
            ),
        ]
        indexes = [*Engagement.Meta.indexes, models.Index(fields=["mentor", "start"], name="session_of_mentor")]

    def __str__(self) -> str:
        return f"辅导{self.pk}"


class SessionSlot(models.Model):
    """Half an hour of a mentor that a session holds: the database itself refuses a second one."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="slots", verbose_name="辅导")
    mentor = models.ForeignKey(Mentor, models.PROTECT, related_name="+", verbose_name="导师")
    at = models.DateTimeField("起于")

    class Meta:
        verbose_name = "辅导时段"
        constraints = [models.UniqueConstraint("mentor", "at", name="session_slot_once")]

    def __str__(self) -> str:
        return f"{self.at}"

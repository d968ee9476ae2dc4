"""Article 15: platforms that open to makerspaces, what they offer and when, and who booked it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from makerspace.matters.support.models.engagements import Engagement, Invited


class FacilityKind(models.TextChoices):
    """The platforms that article 15 names."""

    ENGINEERING_CENTRE = "engineering_centre", "工程（技术）研究中心"
    KEY_LABORATORY = "key_laboratory", "重点实验室"
    ACADEMICIAN_WORKSTATION = "academician_workstation", "院士工作站"
    OTHER = "other", "其他科技创新平台"


class Weekday(models.IntegerChoices):
    """The days of the week as ISO counts them."""

    MONDAY = 1, "周一"
    TUESDAY = 2, "周二"
    WEDNESDAY = 3, "周三"
    THURSDAY = 4, "周四"
    FRIDAY = 5, "周五"
    SATURDAY = 6, "周六"
    SUNDAY = 7, "周日"


class Facility(models.Model):
    """A platform that shares what it has. Everything here is public; it holds nothing of a person."""

    name = models.CharField("名称", max_length=200, unique=True)
    kind = models.CharField("类别", max_length=32, choices=FacilityKind.choices)
    host = models.CharField("依托单位", max_length=200)
    address = models.CharField("地址", max_length=300)
    field = models.CharField("研究领域", max_length=200)
    intro = models.TextField("简介", blank=True)
    entered_on = models.DateField("登记日期")

    class Meta:
        verbose_name = "开放设施"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Keeper(Invited):
    """Somebody who answers for a facility."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="keepers", verbose_name="开放设施")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True, help_text="最后一天")

    class Meta:
        verbose_name = "设施管理员"

    def __str__(self) -> str:
        return f"{self.name}（{self.facility}）"


class Offer(models.Model):
    """One piece of equipment or one service that can be booked; one at a time uses it."""

    class Kind(models.TextChoices):
        EQUIPMENT = "equipment", "仪器设备"
        SERVICE = "service", "技术服务"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="offers", verbose_name="开放设施")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    name = models.CharField("名称", max_length=100)
    purpose = models.CharField("用途与能力", max_length=500)
    terms = models.CharField("开放条件与收费", max_length=500)
    longest_hours = models.PositiveSmallIntegerField("单次最长（小时）")
    notice_days = models.PositiveSmallIntegerField("至少提前（天）")
    on_holidays = models.BooleanField("法定节假日也开放", default=False)
    since = models.DateField("开放之日")
    closed_on = models.DateField("停止开放之日", null=True, blank=True)

    class Meta:
        verbose_name = "开放项目"
        ordering = ("facility", "name")
        constraints = [models.UniqueConstraint("facility", "name", name="offer_named_once")]

    def __str__(self) -> str:
        return self.name


class OpenHours(models.Model):
    """The hours of one weekday, for as long as they held: past openness is measured by the hours of its time."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="hours", verbose_name="开放项目")
    weekday = models.PositiveSmallIntegerField("星期（1至7）")
    opens = models.TimeField("开门")
    closes = models.TimeField("关门")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True, help_text="最后一天")

    class Meta:
        verbose_name = "开放时间"
        ordering = ("offer", "weekday", "opens")
        constraints = [
            models.CheckConstraint(name="open_hours_weekday", condition=Q(weekday__gte=1, weekday__lte=7)),
            models.CheckConstraint(name="open_hours_closes_after_it_opens", condition=Q(closes__gt=F("opens"))),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}—{self.closes:%H:%M}"


class Closure(models.Model):
    """Days on which an offer is not open: maintenance, holidays of the house."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="closures", verbose_name="开放项目")
    first_day = models.DateField("首日")
    last_day = models.DateField("末日")
    reason = models.CharField("原因", max_length=100)

    class Meta:
        verbose_name = "临时停开"
        ordering = ("first_day",)
        constraints = [
            models.CheckConstraint(name="closure_ends_after_it_begins", condition=Q(last_day__gte=F("first_day"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}—{self.last_day}"


class Booking(Engagement):
    """An offer booked for a time."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="bookings", verbose_name="开放项目")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")

    class Meta(Engagement.Meta):
        abstract = False
        verbose_name = "预约"
        indexes = [*Engagement.Meta.indexes, models.Index(fields=["offer", "start"], name="booking_of_offer")]

    def __str__(self) -> str:
        return f"预约{self.pk}"


class BookedSlot(models.Model):
    """Half an hour that a booking holds: the database itself refuses a second one."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="slots", verbose_name="预约")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", verbose_name="开放项目")
    at = models.DateTimeField("起于")

    class Meta:
        verbose_name = "预约时段"
        constraints = [models.UniqueConstraint("offer", "at", name="slot_booked_once")]

    def __str__(self) -> str:
        return f"{self.at}"

"""Articles 15 and 16 in the demo city: what is open, who advises, what was booked, held and rated, and what waits now."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from makerspace.doors.training.people import People
from makerspace.doors.training.timeline import Timeline
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.queries import standing
from makerspace.matters.support import operations as support
from makerspace.matters.support.forms.facilities import HoursRow
from makerspace.matters.support.models import Booking, Mentor, Offer, Session, TenantLink, Weekday
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.counting import OFFICIAL

CAFE, WORKS, RIVER, PHARMA = "滇云创客咖啡众创空间", "翠湖智造众创空间", "盘龙江畔众创空间", "高新生物医药众创空间"
OPERATORS = {
    CAFE: "昆明滇云创业服务有限公司", WORKS: "云南翠湖智造科技有限公司", RIVER: "昆明盘江创业孵化有限公司",
    PHARMA: "云南本草源生物科技有限公司",
}  # fmt: skip
E = TypeVar("E", Booking, Session)
Ask = Callable[[], Any]
DAY, FRIDAY = timedelta(days=1), 5
WORKDAYS = (("09:00", "12:00"), ("13:30", "17:30"))


class Platform(NamedTuple):
    """A facility of the city: its facts, who keeps it, and what it offers as (kind, name, purpose, terms, hours)."""

    name: str
    kind: str
    host: str
    address: str
    field: str
    keeper: str
    offers: tuple[tuple[str, str, str, str, int], ...]


PLATFORMS = (
    Platform(
        "昆明市红外光电器件重点实验室", "key_laboratory", "云南晶明光电研究所", "昆明市五华区教场东路31号", "红外与光电器件", "provider1",
        (
            ("equipment", "红外热像仪标定平台", "红外探测器响应、噪声等效温差测试，黑体范围−20至500℃", "众创空间免费使用，自带样品", 4),
            ("equipment", "三维光学轮廓仪", "微结构表面形貌测量，垂直分辨率0.1纳米", "每小时80元，众创空间减半", 3),
        ),
    ),
    Platform(
        "昆明市天然药物工程技术研究中心", "engineering_centre", "云南生物医药研究院", "昆明高新区科医路158号", "中药与天然药物提取、分离、制剂", "provider2",
        (
            ("equipment", "高效液相色谱仪", "中药成分定性定量分析，自动进样120位", "每小时100元，众创空间减半；溶剂自备", 4),
            ("service", "提取工艺中试", "10至100升多功能提取、浓缩、喷雾干燥中试", "按批次收取水电和人工成本，须提前提交工艺方案", 7),
        ),
    ),
    Platform(
        "昆明先进装备院士工作站", "academician_workstation", "云南精密机械有限公司", "昆明经开区信息产业基地", "精密加工与机器人", "provider1",
        (("service", "样机精密加工与测量", "五轴加工、三坐标测量，单件和小批量", "免收工时费，材料自备", 4),),
    ),
    Platform(
        "昆明市花卉种质创新重点实验室", "key_laboratory", "云南高原花卉研究所", "昆明市呈贡区斗南街道", "花卉种质资源与育种", "",
        (("service", "花卉组培快繁指导", "组培体系建立、病毒检测、种苗质量检验", "首次免费", 3),),
    ),
)  # fmt: skip
ADVISERS = (
    (
        "mentor1",
        "苏明远",
        "滇中创业投资管理有限公司",
        "合伙人",
        ("finance", "strategy"),
        "早期项目投资、融资准备和股权设计",
    ),
    ("mentor2", "杞丽华", "云南理工大学", "教授", ("software",), "工业软件与数据服务"),
    ("mentor3", "方泽宇", "昆明知识产权服务中心", "专利代理师", ("law",), "专利布局、技术合同与财税合规"),
    ("mentor4", "施慧", "云南生物医药研究院", "研究员", ("biomedicine",), "天然药物研发与注册"),
)
INVITED_ONLY = ("尹若兰", "昆明品牌研究会", ("market", "culture"))


class Helping:
    """Lives through what facilities and mentors did for the makerspaces; plans everything on the city's timeline."""

    def __init__(self, people: People, timeline: Timeline) -> None:
        self.people, self.timeline = people, timeline

    def build(self) -> None:
        """Entered and appointed after the titles; used since; asked for this week."""
        self.timeline.plan(180, 9, self.enter)
        self.timeline.plan(178, 9, self.appoint)
        self.past()
        self.this_week()
        self.by_a_tenant()

    def enter(self, on: date) -> None:
        """The bureau enters the platforms; keepers publish, or the bureau where there is none yet."""
        bureau = self.people.named("bureau1")
        week = [HoursRow(weekday=Weekday(day), opens=one, closes=two) for day in range(1, 6) for one, two in WORKDAYS]
        for row in PLATFORMS:
            facility = support.enter_facility(
                by=bureau, on=on, name=row.name, kind=row.kind, host=row.host, address=row.address, field=row.field,
                intro="",
            )  # fmt: skip
            keeper = self.people.named(row.keeper) if row.keeper else bureau
            if row.keeper:
                support.invite_keeper(facility, by=bureau, on=on, name=keeper.name, email=keeper.email)
            for kind, name, purpose, terms, longest in row.offers:
                support.publish_offer(
                    facility, by=keeper, on=on, hours=week, kind=kind, name=name, purpose=purpose, terms=terms,
                    longest_hours=longest, notice_days=1, on_holidays=False,
                )  # fmt: skip

    def appoint(self, on: date) -> None:
        """Four mentors with accounts, one who has not accepted yet."""
        bureau, document = self.people.named("bureau1"), f"昆科通〔{on.year}〕21号"
        for username, name, employer, post, fields, intro in ADVISERS:
            support.appoint_mentor(
                by=bureau, on=on, name=name, email=self.people.named(username).email, employer=employer, post=post,
                fields=list(fields), intro=intro, document_number=document,
            )  # fmt: skip
        name, employer, fields = INVITED_ONLY
        support.appoint_mentor(
            by=bureau, on=on, name=name, email="mentor5@demo.invalid", employer=employer, post="", fields=list(fields),
            intro="", document_number=document,
        )  # fmt: skip

    # -- what took place -----------------------------------------------------------------------------------------------
    def past(self) -> None:
        """Eleven uses and nine sessions over the past months, most of them rated; the latest of each on the last day that was open."""
        latest = last_open(self.timeline.today - DAY)
        uses = (
            (150, CAFE, "红外热像仪标定平台", "测温模组出厂标定", "昆明热像科技", 5), (131, WORKS, "三维光学轮廓仪", "微流控芯片形貌测量", "", 4),
            (110, WORKS, "样机精密加工与测量", "夹具五轴加工与三坐标检测", "云南微控智能", 5), (92, PHARMA, "高效液相色谱仪", "三七提取物含量测定", "", 5),
            (75, PHARMA, "提取工艺中试", "滇黄精提取放大试验", "昆明本草新药", 4), (52, RIVER, "三维光学轮廓仪", "文创金属件表面检测", "", 3),
            (38, CAFE, "红外热像仪标定平台", "第二批模组标定", "昆明热像科技", 5), (24, WORKS, "红外热像仪标定平台", "无人机吊舱标定", "", 5),
            (13, PHARMA, "高效液相色谱仪", "中间体纯度检测", "昆明本草新药", 4), (6, WORKS, "样机精密加工与测量", "关节样机加工", "云南微控智能", 0),
        )  # fmt: skip
        for days_ago, space, offer, purpose, tenant, stars in uses:
            self._used(last_open(self.timeline.today - days_ago * DAY), space, offer, purpose, tenant, stars)
        self._used(latest, RIVER, "三维光学轮廓仪", "文创金属件批量检测", "", 0)
        talks = (
            (140, CAFE, "苏明远", "天使轮融资材料准备", 5), (120, WORKS, "方泽宇", "两项发明专利布局", 5), (98, RIVER, "苏明远", "股权结构梳理", 4),
            (80, PHARMA, "施慧", "注册路径论证", 5), (61, CAFE, "杞丽华", "数据产品架构", 4), (33, WORKS, "苏明远", "与产业基金对接", 5),
            (19, PHARMA, "方泽宇", "技术合同审查", 5), (5, CAFE, "杞丽华", "模型部署与安全", 0),
        )  # fmt: skip
        for days_ago, space, mentor, purpose, stars in talks:
            self._held(last_open(self.timeline.today - days_ago * DAY), space, mentor, purpose, stars)
        self._held(latest, PHARMA, "施慧", "临床前研究安排", 0)

    def _used(self, day: date, space: str, offer: str, purpose: str, tenant: str, stars: int) -> None:
        """Asked four days before, confirmed the day after, used on the day, rated the next."""
        self._lived(
            day,
            lambda: self._book(space, offer, purpose, tenant, day, "09:00", "11:30"),
            lambda: Booking.objects.get(offer__name=offer, makerspace__name=space, start__date=day),
            ("09:10", "11:20"),
            stars,
        )

    def _held(self, day: date, space: str, mentor: str, purpose: str, stars: int) -> None:
        self._lived(
            day,
            lambda: self._ask(space, mentor, purpose, day, "14:30", "16:00"),
            lambda: Session.objects.get(mentor__name=mentor, makerspace__name=space, start__date=day),
            ("14:30", "15:50"),
            stars,
        )

    def _lived(self, day: date, ask: Ask, found: Callable[[], E], hours: tuple[str, str], stars: int) -> None:
        plan = self.timeline.plan_on
        plan(day - timedelta(days=4), 10, lambda on: ask())
        plan(day - timedelta(days=3), 11, lambda on: self._confirm(found(), on))
        plan(day, 17, lambda on: self._complete(found(), on, hours))
        if stars:
            plan(day + timedelta(days=1), 10, lambda on: self._rate(found(), on, stars))

    # -- what waits ----------------------------------------------------------------------------------------------------
    def this_week(self) -> None:
        """Asked for these days: on the next one a booking and a session that stand; some to be answered, one refused."""
        days, plan = next_open(self.timeline.today, 5), self.timeline.plan
        plan(
            1,
            9,
            lambda on: self._confirmed(
                self._book(CAFE, "红外热像仪标定平台", "第三批模组标定", "昆明热像科技", days[0], "09:00", "11:00"), on
            ),
        )
        plan(
            1, 10, lambda on: self._confirmed(self._ask(CAFE, "苏明远", "路演材料修改", days[0], "14:00", "15:30"), on)
        )
        plan(1, 11, lambda on: self._book(WORKS, "红外热像仪标定平台", "无人机吊舱复测", "", days[1], "13:30", "16:30"))
        plan(
            1,
            14,
            lambda on: self._book(
                CAFE, "三维光学轮廓仪", "光学窗口片形貌测量", "昆明热像科技", days[2], "10:00", "12:00"
            ),
        )
        plan(1, 15, lambda on: self._ask(WORKS, "苏明远", "A轮融资节奏", days[3], "10:00", "11:00"))
        plan(
            1,
            16,
            lambda on: self._refused(
                self._book(PHARMA, "提取工艺中试", "新批次放大", "", days[2], "09:00", "12:00"), on
            ),
        )
        plan(
            8,
            10,
            lambda on: self._book(CAFE, "花卉组培快繁指导", "盆花组培方案", "昆明云卉科技", days[4], "09:00", "10:30"),
        )

    # -- what a tenant asked for itself --------------------------------------------------------------------------------
    def by_a_tenant(self) -> None:
        """The tenant that has stayed longest is given a link; it asks twice: held and rated, and to be answered."""
        past, ahead = last_open(self.timeline.today - 26 * DAY), next_open(self.timeline.today, 4)[3]
        self.timeline.plan(40, 9, self._give_link)
        self._lived(
            past,
            lambda: self._ask_as_tenant("苏明远", "种子轮估值和股权预留", past),
            lambda: Session.objects.get(asked_link__isnull=False, start__date=past),
            ("10:00", "11:20"),
            5,
        )
        self.timeline.plan(1, 17, lambda on: self._ask_as_tenant("方泽宇", "软件著作权与专利的取舍", ahead))

    def _give_link(self, on: date) -> None:
        makerspace, by = self._asker(CAFE)
        tenant = standing("tenants", makerspace, on).order_by("moved_in_on", "pk")[0]
        support.make_link(tenant, by=by, on=on, seen=None)

    def _ask_as_tenant(self, mentor: str, purpose: str, day: date) -> Session:
        return support.ask_as_tenant(
            Mentor.objects.get(name=mentor), by=TenantLink.objects.get(revoked_at=None), on=clock.today(), purpose=purpose,
            start=_at(day, "10:00"), end=_at(day, "11:30"), way="online", place="会议号100-200-300", contact="杨帆",
            phone="13800000000",
        )  # fmt: skip

    # -- single acts ---------------------------------------------------------------------------------------------------
    def _asker(self, space: str) -> tuple[Makerspace, Person]:
        operator = OPERATORS[space]
        return Makerspace.objects.get(name=space, organisation__name=operator), self.people.applicants[operator]

    def _book(self, space: str, offer: str, purpose: str, tenant: str, day: date, start: str, end: str) -> Booking:
        makerspace, by = self._asker(space)
        return support.ask_booking(
            Offer.objects.get(name=offer), makerspace=makerspace, by=by, on=clock.today(), purpose=purpose, tenant=tenant,
            start=_at(day, start), end=_at(day, end),
        )  # fmt: skip

    def _ask(self, space: str, mentor: str, purpose: str, day: date, start: str, end: str) -> Session:
        makerspace, by = self._asker(space)
        return support.ask_session(
            Mentor.objects.get(name=mentor), makerspace=makerspace, by=by, on=clock.today(), purpose=purpose, way="onsite",
            place=f"{space}会议室", start=_at(day, start), end=_at(day, end),
        )  # fmt: skip

    def _giver(self, row: Booking | Session) -> Person:
        if isinstance(row, Session):
            return next(self.people.named(username) for username, name, *_ in ADVISERS if name == row.mentor.name)
        return next(self.people.named(each.keeper) for each in PLATFORMS if each.name == row.offer.facility.name)

    def _confirm(self, row: E, on: date) -> E:
        said = "请按时到场，自带样品。" if isinstance(row, Booking) else "请提前一天发来材料。"
        return support.confirm(row, by=self._giver(row), on=on, reason=said)

    def _confirmed(self, row: Booking | Session, on: date) -> None:
        with clock.pretending(clock.now() + timedelta(minutes=20)):
            self._confirm(row, on)  # type: ignore[type-var]

    def _refused(self, row: Booking, on: date) -> None:
        with clock.pretending(clock.now() + timedelta(minutes=20)):
            support.refuse(row, by=self._giver(row), on=on, reason="喷雾干燥塔正在检修，下周恢复，请另约时间。")

    def _complete(self, row: Booking | Session, on: date, hours: tuple[str, str]) -> None:
        day = clock.day_of(row.start)
        notes = "按计划完成，数据已交付。" if isinstance(row, Booking) else "已就重点问题逐项给出建议。"
        support.complete(
            row, by=self._giver(row), on=on, start=_at(day, hours[0]), end=_at(day, hours[1]), attendance=3, notes=notes,
        )  # type: ignore[type-var]  # fmt: skip

    def _rate(self, row: Booking | Session, on: date, stars: int) -> None:
        link = row.asked_link if isinstance(row, Session) else None
        by = link or self._asker(row.makerspace.name)[1]
        support.rate(row, by=by, on=on, stars=stars, comment="很有帮助。" if stars == 5 else "")  # type: ignore[type-var]


def is_open(day: date) -> bool:
    """Whether the platforms are open: a working day from Monday to Friday, for a weekend worked in exchange has no hours."""
    return day.isoweekday() <= FRIDAY and OFFICIAL.is_working(day)


def last_open(day: date) -> date:
    """The day itself if it is open, else the last one before."""
    while not is_open(day):
        day -= DAY
    return day


def next_open(day: date, count: int) -> list[date]:
    """So many open days after that day, the next one first."""
    found: list[date] = []
    while len(found) < count:
        day += DAY
        if is_open(day):
            found.append(day)
    return found


def _at(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), clock.KUNMING)

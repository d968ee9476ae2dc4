"""Article 14 in the demo city: what tenants and graduates raised over two years, where they were listed, one row struck out."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.db.models import QuerySet

from makerspace.doors.training.lives import small_pdf
from makerspace.doors.training.people import People
from makerspace.doors.training.timeline import Timeline
from makerspace.matters.registers.models import Tenant
from makerspace.matters.support import operations as support
from makerspace.matters.support.models import Financing

CAFE, WORKS, RIVER = "昆明滇云创业服务有限公司", "云南翠湖智造科技有限公司", "昆明盘江创业孵化有限公司"
CLOUD = "云南云谷信息技术有限公司"
GRADUATE = -1
SETTLED = timedelta(days=20)  # so long after it moved in a tenant raises money at the earliest
WAN = 1_000_000


class Round(NamedTuple):
    """One round: who entered it when, whose it is (the place in the register), and what it was; days are days ago."""

    entered: int
    operator: str
    place: int
    day: int
    kind: str
    wan: int
    own_wan: int
    investor: str


class Listed(NamedTuple):
    """One listing, in the same way."""

    entered: int
    operator: str
    place: int
    day: int
    board: str
    venue: str
    code: str
    short_name: str


ROUNDS = (
    Round(184, CAFE, 1, 560, "seed", 80, 20, "滇云天使基金"),
    Round(184, CAFE, 2, 470, "angel", 300, 0, "滇中创业投资管理有限公司"),
    Round(183, WORKS, 1, 540, "angel", 260, 60, "翠湖智造产业基金"),
    Round(183, WORKS, 2, 410, "debt", 150, 0, "昆明市商业银行五华支行"),
    Round(182, RIVER, 1, 520, "seed", 50, 0, "盘江创投"),
    Round(181, CLOUD, 1, 500, "angel", 200, 0, "西南信息产业投资"),
    Round(160, CAFE, 1, 165, "a", 1200, 0, "滇中创业投资管理有限公司、西南成长基金"),
    Round(128, WORKS, 3, 131, "seed", 60, 30, "翠湖智造产业基金"),
    Round(104, CLOUD, 2, 109, "angel", 350, 0, "云岭科技投资"),
    Round(86, RIVER, 2, 90, "crowdfunding", 45, 0, "众筹投资人共38名"),
    Round(50, WORKS, GRADUATE, 55, "b", 3000, 0, "国科西部基金"),
    Round(41, CAFE, 3, 44, "debt", 200, 0, "富滇小微金融服务中心"),
    Round(27, CAFE, GRADUATE, 31, "a", 800, 100, "滇云天使基金、滇中创业投资管理有限公司"),
    Round(12, CLOUD, 3, 15, "seed", 70, 0, "云岭科技投资"),
)
LISTINGS = (
    Listed(184, WORKS, 1, 430, "regional", "云南省股权交易中心", "", ""),
    Listed(140, CAFE, 2, 146, "regional", "云南省股权交易中心", "", ""),
    Listed(84, RIVER, 2, 89, "crowdfunding", "西部众创股权众筹平台", "", ""),
    Listed(36, WORKS, GRADUATE, 40, "neeq", "", "879901", "智造精工"),
    Listed(10, CLOUD, 1, 13, "regional", "云南省股权交易中心", "", ""),
)
STRUCK = Round(58, RIVER, 3, 60, "angel", 5000, 0, "盘江创投")


class Raising:
    """Plans what operators entered on the city's timeline."""

    def __init__(self, people: People, timeline: Timeline) -> None:
        self.people, self.timeline = people, timeline

    def plan(self) -> None:
        """Once the registers are filled: what had been raised before, then each round and listing soon after its day."""
        for row in (*ROUNDS, STRUCK):
            self.timeline.plan(row.entered, 11, self._raised(row))
        for listed in LISTINGS:
            self.timeline.plan(listed.entered, 14, self._listed(listed))
        self.timeline.plan(STRUCK.entered - 1, 10, self._strike)

    def _raised(self, row: Round) -> Callable[[date], Any]:
        def enter(on: date) -> Any:  # noqa: ANN401
            tenant = self._tenant(row.operator, row.place)
            return support.enter_financing(
                tenant, by=self.people.applicants[row.operator], on=on, day=self._day(tenant, row.day, on), kind=row.kind,
                amount=row.wan * WAN, own_amount=row.own_wan * WAN, investor=row.investor, evidence=_paper("投资协议", tenant),
            )  # fmt: skip

        return enter

    def _listed(self, row: Listed) -> Callable[[date], Any]:
        def enter(on: date) -> Any:  # noqa: ANN401
            tenant = self._tenant(row.operator, row.place)
            return support.enter_listing(
                tenant, by=self.people.applicants[row.operator], on=on, day=self._day(tenant, row.day, on), board=row.board,
                venue=row.venue, code=row.code, short_name=row.short_name, evidence=_paper("挂牌公告", tenant),
            )  # fmt: skip

        return enter

    def _strike(self, on: date) -> None:
        """A nought too many, seen the day after."""
        row = Financing.objects.get(makerspace__organisation__name=STRUCK.operator, amount=STRUCK.wan * WAN)
        support.strike_fact(
            row, by=self.people.applicants[STRUCK.operator], on=on, reason="金额多写了一个零，核对协议后重新登记。"
        )

    def _tenant(self, operator: str, place: int) -> Tenant:
        """The enterprise that came so long ago, or the one that graduated."""
        rows: QuerySet[Tenant] = Tenant.objects.select_related("makerspace").filter(
            makerspace__organisation__name=operator, kind="enterprise", struck_on=None
        )
        if place == GRADUATE:
            return rows.get(left_as="graduated")
        return rows.exclude(left_as="graduated").order_by("moved_in_on", "pk")[place]

    def _day(self, tenant: Tenant, days_ago: int, on: date) -> date:
        """So many days ago, not before the tenant had settled in, and not after it is entered: that moves back before a holiday."""
        return min(max(self.timeline.today - timedelta(days=days_ago), tenant.moved_in_on + SETTLED), on)


def _paper(title: str, tenant: Tenant) -> tuple["ContentFile[bytes]", str]:
    return ContentFile(small_pdf(title, tenant.name)), f"{title}.pdf"

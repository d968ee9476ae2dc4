"""A facility with an offer, a mentor, and a makerspace that holds the title: what the tests of this room begin with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from makerspace.matters.registers.models import Makerspace, Tenant
from makerspace.matters.support import operations
from makerspace.matters.support.forms.facilities import HoursRow
from makerspace.matters.support.models import Booking, Facility, Mentor, Offer, Session, TenantLink, Weekday
from makerspace.office.people import operations as people
from makerspace.office.people.models import Invitation, Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from tests import factories
from tests.matters.recognition.helpers import announced
from tests.matters.registers.keeping import TENANTS, enter

MONDAY = date(2026, 3, 16)
THURSDAY = MONDAY + timedelta(days=3)
NOW = datetime(2026, 3, 16, 9, tzinfo=clock.KUNMING)
WORKWEEK = [
    HoursRow(weekday=Weekday(day), opens=opens, closes=closes)
    for day in range(1, 6)
    for opens, closes in (("09:00", "12:00"), ("13:30", "17:30"))
]
FACILITY = {
    "name": "昆明市红外光电重点实验室", "kind": "key_laboratory", "host": "云南光电研究院", "address": "昆明市五华区教场东路31号",
    "field": "红外与光电器件", "intro": "",
}  # fmt: skip
OFFER = {
    "kind": "equipment", "name": "红外热像仪标定平台", "purpose": "红外探测器响应与噪声测试", "terms": "免费，自带样品",
    "longest_hours": 4, "notice_days": 1, "on_holidays": False,
}  # fmt: skip
MENTOR = {
    "employer": "昆明创业投资协会", "post": "高级经济师", "fields": ["finance"], "intro": "早期投资", "document_number": "",
}  # fmt: skip


@dataclass
class Scene:
    """Who there is."""

    bureau: Person
    keeper: Person
    asker: Person
    adviser: Person
    makerspace: Makerspace
    facility: Facility
    offer: Offer
    mentor: Mentor


def scene() -> Scene:
    """Everybody in place on Monday at nine; the rest of a test pretends to be then."""
    with clock.pretending(NOW):
        bureau, title = factories.make_person(Role.BUREAU), announced().titles.get()
        makerspace, asker = title.makerspace, factories.member_of(title.organisation)
        facility = operations.enter_facility(by=bureau, on=MONDAY, **FACILITY)
        keeper, adviser = factories.make_person(), factories.make_person()
        row, _ = operations.invite_keeper(facility, by=bureau, on=MONDAY, name=keeper.name, email="keeper@example.cn")
        accept(row.invitation, keeper)
        offer = operations.publish_offer(facility, by=keeper, on=MONDAY, hours=WORKWEEK, **OFFER)
        mentor, _ = operations.appoint_mentor(
            by=bureau, on=MONDAY, name=adviser.name, email="mentor@example.cn", **MENTOR
        )
        accept(mentor.invitation, adviser)
        return Scene(bureau, keeper, asker, adviser, makerspace, facility, offer, Mentor.objects.get(pk=mentor.pk))


def accept(invitation: Invitation | None, person: Person) -> None:
    """As the page of the invitation does."""
    assert invitation is not None
    people.accept(invitation, person, now=clock.now())


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of that day in Kunming."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.KUNMING)


def book(scene: Scene, day: date = THURSDAY, start: int = 9, end: int = 11, by: Person | None = None) -> Booking:
    """A booking asked for now."""
    return operations.ask_booking(
        scene.offer, makerspace=scene.makerspace, by=by or scene.asker, on=clock.today(), purpose="标定样机", tenant="昆明热像科技",
        start=at(day, start), end=at(day, end),
    )  # fmt: skip


def ask(scene: Scene, day: date = THURSDAY, start: int = 14, end: int = 15) -> Session:
    """A session asked for now."""
    return operations.ask_session(
        scene.mentor, makerspace=scene.makerspace, by=scene.asker, on=clock.today(), purpose="准备天使轮融资", way="onsite",
        place="众创空间路演厅", start=at(day, start), end=at(day, end),
    )  # fmt: skip


def tenant_of(scene: Scene, **changes: object) -> Tenant:
    """A tenant of the makerspace in its register."""
    found: Tenant = enter(scene.makerspace, TENANTS, by=scene.asker, **changes)
    return found


def give(scene: Scene, tenant: Tenant, *, seen: int | None = None) -> tuple[TenantLink, str]:
    """A link for a tenant, and its secret."""
    path = operations.make_link(tenant, by=scene.asker, on=clock.today(), seen=seen)
    return TenantLink.objects.get(tenant=tenant, revoked_at=None), path.rstrip("/").rpartition("/")[2]


def ask_alone(scene: Scene, link: TenantLink, start: int = 9, end: int = 10, **changes: str) -> Session:
    """A session that a tenant asked for now."""
    said = {
        "purpose": "股权分配怎么写进章程", "way": "online", "place": "会议号300", "contact": "杨帆", "phone": "13987654321",
        **changes,
    }  # fmt: skip
    return operations.ask_as_tenant(
        scene.mentor, by=link, on=clock.today(), start=at(THURSDAY, start), end=at(THURSDAY, end), **said
    )

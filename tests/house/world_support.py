"""Facilities, mentors, bookings, sessions, financing and listings of the matrix's city, through the room's own operations."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from makerspace.matters.registers.models import Makerspace
from makerspace.matters.support import operations
from makerspace.matters.support.models import Booking, Session, TenantLink
from makerspace.matters.support.operations.calendar import make_key
from makerspace.office.people.models import Person, Post
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from tests import factories
from tests.factories import make_pdf
from tests.matters.registers.keeping import TENANTS, enter
from tests.matters.support.helping import FACILITY, MENTOR, OFFER, WORKWEEK, at

NOTES, INVESTOR = "先把股权讲清楚", "滇中某投资人"
TENANT_PHONE, TENANT_NOTES = "13812345678", "先写清退出条款"
TENANT_STATES = {"asked": 14, "coming": 15, "done": 14}  # and the hour of each
STATES = {"asked": "asked", "silent": "asked", "begun": "agreed", "coming": "agreed", "done": "done"}


def build(world: Any, now: datetime) -> None:
    """Begun five days before ``now``, a Monday: one of each state of bookings and of sessions, all of our own unit."""
    start = now - timedelta(days=6)
    with clock.pretending(start):
        _places(world)
        for key in ("silent", "begun", "done"):
            _ask(world, key)
        for row in _both(world, "begun", "done"):
            operations.confirm(row, by=_giver(world, row), on=clock.today())
    with clock.pretending(start + timedelta(days=3)):
        for row in _both(world, "done"):
            day = clock.day_of(row.start)
            operations.complete(
                row,
                by=_giver(world, row),
                on=clock.today(),
                start=row.start,
                end=at(day, 10),
                attendance=2,
                notes=NOTES,
            )
        for key in ("asked", "coming"):
            _ask(world, key)
        for row in _both(world, "coming"):
            operations.confirm(row, by=_giver(world, row), on=clock.today())
    with clock.pretending(now):
        world.support["feed"] = make_key(world.people["applicant_own"]).rpartition("/")[2].removesuffix(".ics")


def _places(world: Any) -> None:
    bureau, today, at_ = world.people["bureau"], clock.today(), world.support
    keeper, adviser = world.people["provider"], world.people["mentor"]
    at_["facility"] = operations.enter_facility(by=bureau, on=today, **FACILITY)
    at_["other"] = operations.enter_facility(by=bureau, on=today, **{**FACILITY, "name": "昆明市另一家重点实验室"})
    at_["keeper"], _ = operations.invite_keeper(
        at_["facility"], by=bureau, on=today, name="设施管理员", email=keeper.email
    )
    at_["offer"] = operations.publish_offer(at_["facility"], by=keeper, on=today, hours=WORKWEEK, **OFFER)
    at_["other_offer"] = operations.publish_offer(at_["other"], by=bureau, on=today, hours=WORKWEEK, **OFFER)
    for key, name, email in (
        ("mentor", "导师在任", adviser.email), ("invited", "导师受邀", "daoshi@example.cn"), ("former", "导师已离任", "liren@example.cn"),
    ):  # fmt: skip
        at_[key], _ = operations.appoint_mentor(by=bureau, on=today, name=name, email=email, **MENTOR)
    operations.end_mentor(at_["former"], by=bureau, on=today, reason="聘期届满")


WHEN = {"done": 2, "begun": 3, "asked": 9, "silent": 10, "coming": 8}


def _ask(world: Any, key: str) -> None:
    """Both a booking and a session, so many days after the Tuesday on which all began."""
    makerspace = Makerspace.objects.get(titles=world.titles["recognised"])
    day = clock.day_of(clock.now().replace(day=10)) + timedelta(days=WHEN[key])
    asked: dict[str, Any] = {
        "makerspace": makerspace, "by": world.people["applicant_own"], "on": clock.today(), "purpose": f"用途{key}",
        "start": at(day, 9), "end": at(day, 11),
    }  # fmt: skip
    world.support[f"booking {key}"] = operations.ask_booking(world.support["offer"], **asked)
    world.support[f"session {key}"] = operations.ask_session(
        world.support["mentor"], way="online", place="会议号100200", **asked
    )


def _both(world: Any, *keys: str) -> list[Any]:
    return [world.support[f"{kind} {key}"] for key in keys for kind in ("booking", "session")]


def _giver(world: Any, row: Booking | Session) -> Person:
    person: Person = world.people["provider" if isinstance(row, Booking) else "mentor"]
    return person


def raised(world: Any, on: date) -> None:
    """A round and a listing of the tenant in our own register, each with its evidence."""
    tenant, by = world.lines["own", "tenants"], world.people["applicant_own"]
    told: dict[str, Any] = {"by": by, "on": on, "day": on, "evidence": (ContentFile(make_pdf()), "证明.pdf")}
    world.support["financing"] = operations.enter_financing(
        tenant, kind="angel", amount=100_000_000, own_amount=0, investor=INVESTOR, **told
    )
    world.support["listing"] = operations.enter_listing(tenant, board="neeq", code="873001", **told)


def mentored(world: Any, now: datetime) -> None:
    """A tenant in our own register has a link, its second one, through which it asked."""
    by, at_ = world.people["applicant_own"], world.support
    tenant = enter(world.makerspaces["own"], TENANTS, by=by, name="约导师的企业")
    with clock.pretending(now - timedelta(days=6)):
        at_["revoked"] = _secret(operations.make_link(tenant, by=by, on=clock.today(), seen=None))
        first = TenantLink.objects.get()
        at_["secret"] = _secret(operations.make_link(tenant, by=by, on=clock.today(), seen=first.pk))
        at_["link"] = TenantLink.objects.get(revoked_at=None)
        _ask_alone(world, "done")
        operations.confirm(at_["tenant done"], by=world.people["mentor"], on=clock.today())
    row = at_["tenant done"]
    with clock.pretending(row.end + timedelta(hours=1)):
        operations.complete(
            row, by=world.people["mentor"], on=clock.today(), start=row.start, end=row.end, attendance=2, notes=TENANT_NOTES,
        )  # fmt: skip
    _ask_alone(world, "asked")
    _ask_alone(world, "coming")
    operations.confirm(at_["tenant coming"], by=world.people["mentor"], on=clock.today())
    at_["tenant"] = tenant


def _secret(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _ask_alone(world: Any, key: str) -> None:
    hour, today = TENANT_STATES[key], clock.today()
    day = today + timedelta(days=2)
    world.support[f"tenant {key}"] = operations.ask_as_tenant(
        world.support["mentor"], by=world.support["link"], on=today, purpose=f"问题{key}", start=at(day, hour),
        end=at(day, hour + 1), way="online", place="会议号300400", contact="杨帆", phone=TENANT_PHONE,
    )  # fmt: skip


def helpers(world: Any, make: Any) -> None:
    """A keeper, a mentor, and somebody who holds both posts and keeps nothing here."""
    world.people["provider"] = make("provider", Role.PROVIDER)
    world.people["mentor"] = make("mentor", Role.MENTOR)
    world.people["helper_other"] = make("helper_other", Role.PROVIDER)
    Post.objects.create(person=world.people["helper_other"], role="mentor", valid_from=factories.LONG_AGO)


def grow(world: Any, number: int, again: Any) -> None:
    """One more of everything: facilities with an offer, mentors, bookings and sessions in each state."""
    at_ = world.support
    facility = again(at_["facility"], name=f"更多实验室{number}")
    again(at_["keeper"], person=world.people["provider"], invitation=None, facility=facility)
    again(at_["keeper"], person=None, invitation=None)
    again(at_["offer"], facility=facility)
    again(at_["offer"], name=f"更多平台{number}")
    again(at_["mentor"], name=f"更多导师{number}")
    for key in STATES:
        for kind in ("booking", "session"):
            again(at_[f"{kind} {key}"])
    again(at_["financing"], investor=f"更多投资方{number}")
    tenant = again(world.lines["own", "tenants"], name=f"更多挂牌企业{number}")
    again(at_["listing"], tenant=tenant, code=f"{830000 + number}")
    again(at_["link"], tenant=tenant, digest=f"更多链接{number}")
    for key in TENANT_STATES:
        again(at_[f"tenant {key}"])

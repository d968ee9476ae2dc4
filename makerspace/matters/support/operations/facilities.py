"""Article 15: the bureau enters a facility and names its keepers; they publish what is open and when."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from makerspace.matters.support.models import Closure, Facility, Keeper, Offer, OpenHours
from makerspace.matters.support.operations.common import ask_role, invite, leave, lock, record
from makerspace.matters.support.queries.facilities import current, held_on, kept_by, may_change
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

YESTERDAY = timedelta(days=1)
TAKEN = "已有同名的设施，请核对。"
OFFERED = "这个设施已有同名的开放项目，请换一个名称。"


@transaction.atomic
def enter_facility(*, by: Person, on: date, **facts: str) -> Facility:
    """The bureau enters a platform that opens to makerspaces."""
    ask_role(by, Role.BUREAU, "登记开放设施", 15)
    try:
        with transaction.atomic():
            facility = Facility.objects.create(**facts, entered_on=on)
    except IntegrityError:
        raise refused("invalid", TAKEN, 15, fields={"name": TAKEN}) from None
    record(facility, "enter_facility", by=by, role=Role.BUREAU, data=facts)
    return facility


@transaction.atomic
def change_facility(facility: Facility, *, by: Person, on: date, **facts: str) -> Facility:
    """Set right what is publicly said of it."""
    role = _ask(facility, by, on)
    if Facility.objects.filter(name=facts["name"]).exclude(pk=facility.pk).exists():
        raise refused("invalid", TAKEN, 15, fields={"name": TAKEN})
    for name, value in facts.items():
        setattr(facility, name, value)
    facility.save(update_fields=list(facts))
    record(facility, "change_facility", by=by, role=role, data=facts)
    return facility


@transaction.atomic
def invite_keeper(facility: Facility, *, by: Person, on: date, name: str, email: str) -> tuple[Keeper, str]:
    """Name somebody who answers for a facility; the path of the letter's link, empty where the account is tied at once."""
    ask_role(by, Role.BUREAU, "邀请设施管理员", 15)
    lock(facility)
    keeper = Keeper.objects.create(facility=facility, name=name, since=on)
    path = invite(keeper, Role.PROVIDER, f"{facility.name}的设施管理员", email=email, by=by)
    twice = keeper.person and kept_by(keeper.person, on).filter(keepers__pk__lt=keeper.pk, pk=facility.pk).exists()
    if twice:
        raise refused("invalid", "此人已是这个设施的管理员。", 15, fields={"email": "此人已是这个设施的管理员"})
    record(facility, "invite_keeper", by=by, role=Role.BUREAU, data={"keeper": keeper.pk})
    return keeper, path


@transaction.atomic
def end_keeper(keeper: Keeper, *, by: Person, on: date) -> None:
    """Somebody answers for a facility no longer, from today."""
    ask_role(by, Role.BUREAU, "解除设施管理员", 15)
    lock(keeper.facility)
    keeper.refresh_from_db()
    if keeper.until is not None and keeper.until < on:
        raise refused("wrong_stage", "此人已不是这个设施的管理员。", 15)
    Keeper.objects.filter(pk=keeper.pk).update(until=on - YESTERDAY)
    still = keeper.account is not None and kept_by(keeper.account, on).exists()
    leave(keeper, Role.PROVIDER, still=still)
    record(keeper.facility, "end_keeper", by=by, role=Role.BUREAU, data={"keeper": keeper.pk})


# -- what is offered ---------------------------------------------------------------------------------------------------
@transaction.atomic
def publish_offer(facility: Facility, *, by: Person, on: date, hours: Iterable[Any], **facts: Any) -> Offer:
    """Open a piece of equipment or a service; ``hours``: rows with weekday, opens, closes ("09:00")."""
    role = _ask(facility, by, on)
    try:
        with transaction.atomic():
            offer = Offer.objects.create(facility=facility, since=on, **facts)
    except IntegrityError:
        raise refused("invalid", OFFERED, 15, fields={"name": OFFERED}) from None
    kept = _set_hours(offer, hours, on)
    record(facility, "publish_offer", by=by, role=role, data={"offer": offer.pk, "hours": kept, **facts})
    return offer


@transaction.atomic
def change_offer(offer: Offer, *, by: Person, on: date, hours: Iterable[Any], **facts: Any) -> Offer:
    """Change an offer, or open it again; hours that held until yesterday stay for measuring, bookings stay as agreed."""
    role = _ask(offer.facility, by, on)
    if Offer.objects.filter(facility=offer.facility, name=facts["name"]).exclude(pk=offer.pk).exists():
        raise refused("invalid", OFFERED, 15, fields={"name": OFFERED})
    for name, value in {**facts, "closed_on": None}.items():
        setattr(offer, name, value)
    offer.save(update_fields=[*facts, "closed_on"])
    kept = _set_hours(offer, hours, on)
    record(offer.facility, "change_offer", by=by, role=role, data={"offer": offer.pk, "hours": kept, **facts})
    return offer


@transaction.atomic
def close_offer(offer: Offer, *, by: Person, on: date, reason: str) -> None:
    """Stop offering it from today; bookings yet to come are settled first."""
    role = _ask(offer.facility, by, on)
    offer.refresh_from_db(fields=["closed_on"])
    if offer.closed_on is not None and offer.closed_on <= on:
        raise refused("wrong_stage", "这个项目已经停止开放。", 15)
    _refuse_held(offer, on, None)
    _end_hours(offer, on)
    Offer.objects.filter(pk=offer.pk).update(closed_on=on)
    record(offer.facility, "close_offer", by=by, role=role, data={"offer": offer.pk, "reason": reason})


@transaction.atomic
def close_days(offer: Offer, *, by: Person, on: date, first_day: date, last_day: date, reason: str) -> Closure:
    """Do not open on some days to come; bookings on them are settled first."""
    role = _ask(offer.facility, by, on)
    if first_day < on:
        raise refused("invalid", "首日不能早于今天。", 15, fields={"first_day": "不能早于今天"})
    if last_day < first_day:
        raise refused("invalid", "末日不能早于首日。", 15, fields={"last_day": "不能早于首日"})
    if last_day - first_day > timedelta(days=366):
        raise refused("invalid", "一次至多停开一年。", 15, fields={"last_day": "距首日不超过一年"})
    _refuse_held(offer, first_day, last_day)
    closure = Closure.objects.create(offer=offer, first_day=first_day, last_day=last_day, reason=reason)
    data = {"offer": offer.pk, "first_day": first_day, "last_day": last_day, "reason": reason}
    record(offer.facility, "close_days", by=by, role=role, data=data)
    return closure


def _ask(facility: Facility, by: Person, on: date) -> Role:
    """In which capacity the person changes what a facility offers; the facility is locked."""
    lock(facility)
    if not may_change(by, facility, on):
        raise refused("not_yours", "开放项目由平台单位的设施管理员或市科技局办理。", 15)
    return Role.BUREAU if Role.BUREAU in by.roles_on(on) else Role.PROVIDER


def _set_hours(offer: Offer, hours: Iterable[Any], on: date) -> list[str]:
    """These hours hold from today; those before held until yesterday. The new ones as texts, for the record."""
    _end_hours(offer, on)
    rows = [
        OpenHours(
            offer=offer, weekday=row.weekday, opens=time.fromisoformat(row.opens),
            closes=time.fromisoformat(row.closes), since=on,
        )
        for row in hours
    ]  # fmt: skip
    OpenHours.objects.bulk_create(rows)
    return [str(row) for row in rows]


def _end_hours(offer: Offer, on: date) -> None:
    running = OpenHours.objects.filter(current(on), offer=offer)
    running.filter(since=on).delete()
    running.update(until=on - YESTERDAY)


def _refuse_held(offer: Offer, first: date, last: date | None) -> None:
    count = held_on(offer, first, last, clock.now()).count()
    if count:
        raise refused("wrong_stage", f"这段时间还有{count}件预约，请先谢绝或取消并说明理由。", 15)

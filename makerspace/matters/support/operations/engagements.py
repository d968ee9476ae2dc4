"""Articles 15 and 16: asking for an offer or a mentor, answering, calling off, recording and rating. One writer a time."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from makerspace.matters.registers.models import Makerspace, Tenant
from makerspace.matters.support.hours import Span, is_on_slots, open_on, slots
from makerspace.matters.support.models import (
    BookedSlot,
    Booking,
    Engagement,
    Facility,
    Mentor,
    Offer,
    Session,
    SessionSlot,
    State,
    TenantLink,
)
from makerspace.matters.support.operations.common import lock, record
from makerspace.matters.support.queries.engagements import (
    DEEDS,
    Side,
    answering,
    article_of,
    by_tenant,
    eligible,
    noun_of,
    sides,
    sides_of_link,
    term,
    why_not,
)
from makerspace.matters.support.queries.facilities import HOLDING, kept_by, people_keeping
from makerspace.matters.support.queries.mentors import is_serving
from makerspace.matters.support.queries.tenants import opens
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.people.queries import members_of
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role

E = TypeVar("E", Booking, Session)
Either = Booking | Session
Actor = Person | TenantLink  # through its link a tenant acts without a person
FURTHEST = timedelta(days=90)
LONGEST_SESSION = timedelta(hours=8)
CONTACTS_KEPT = timedelta(days=90)
MOST_OPEN = (
    5  # requests and agreed sessions of one tenant at a time, so that a link in wrong hands takes no mentor's month
)
MOST_A_DAY = 10  # requests of one tenant, taken back or not: each is a message to the mentor and to the makerspace
HELD_BY_OTHERS = "这段时间刚刚已被他人约定，请另选时间。"
HELD_BY_ONESELF = "贵单位已经约了这位导师的这段时间，请先查看原来的约请。"
TOO_MANY = f"待答复和已确认的约请至多{MOST_OPEN}件，请等导师答复，或者先撤回不需要的。"
TOO_OFTEN = f"今天已经提出{MOST_A_DAY}次约请（包括已撤回的），请明天再提，或者请众创空间代为约请。"
SAID = ("start", "end", "purpose", "way", "place", "contact", "phone")


# -- asking ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_booking(
    offer: Offer, *, makerspace: Makerspace, by: Person, on: date, purpose: str, start: datetime, end: datetime,
    tenant: str = "",
) -> Booking:  # fmt: skip
    """Ask for an offer at a time: it holds the time at once, so that of two who ask at once one is refused."""
    lock(offer.facility)
    _ask_asker(makerspace, by, on, 15)
    if kept_by(by, on).filter(pk=offer.facility_id).exists():
        raise refused("not_yours", "您是这个设施的管理员，不能自行预约本设施。", 15)
    span = Span(start, end)
    _ask_open(offer, span, on)
    booking = Booking(
        offer=offer, makerspace=makerspace, tenant=tenant, purpose=purpose, start=start, end=end, asked_by=by
    )
    _keep(booking, on, [BookedSlot(booking=booking, offer=offer, at=at) for at in slots(span)])
    _record(booking, "ask", by, Role.APPLICANT, before="")
    _tell_giver(booking, f"新的预约：{offer.name}", f"答复期限{chinese(booking.answer_by)}。")
    return booking


@transaction.atomic
def ask_session(
    mentor: Mentor, *, makerspace: Makerspace, by: Person, on: date, purpose: str, start: datetime, end: datetime,
    way: str, place: str, tenant: str = "",
) -> Session:  # fmt: skip
    """Ask a mentor for a session; it holds the mentor's time at once."""
    lock(mentor)
    _ask_asker(makerspace, by, on, 16)
    _ask_mentor(mentor, on)
    if mentor.account == by:
        raise refused("not_yours", "不能约请本人。", 16)
    session = Session(mentor=mentor, makerspace=makerspace, tenant=tenant, purpose=purpose, start=start, end=end,
                      way=way, place=place, asked_by=by)  # fmt: skip
    return _asked(session, by, on)


@transaction.atomic
def ask_as_tenant(
    mentor: Mentor, *, by: TenantLink, on: date, purpose: str, start: datetime, end: datetime, way: str, place: str,
    contact: str, phone: str,
) -> Session:  # fmt: skip
    """A tenant asks through its link. The very same again, while it waits for the answer, is the same request."""
    lock(mentor)
    tenant = Tenant.objects.select_for_update().get(pk=by.tenant_id)
    if not opens(by, on):
        raise Refused(NOT_THERE)
    _ask_mentor(mentor, on)
    session = Session(
        mentor=mentor, makerspace=by.tenant.makerspace, tenant=tenant.name, purpose=purpose, start=start, end=end,
        way=way, place=place, asked_link=by, contact=contact, phone=phone,
    )  # fmt: skip
    own = Session.objects.filter(asked_link__tenant=tenant, state__in=HOLDING, end__gt=clock.now())
    with_mentor = own.filter(mentor=mentor, start__lt=end, end__gt=start).first()
    if with_mentor:
        return _ask_same(with_mentor, session)
    if own.count() >= MOST_OPEN:
        raise refused("wrong_stage", TOO_MANY, 16, fields={"": TOO_MANY})
    midnight = datetime.combine(on, time(), clock.KUNMING)
    if Session.objects.filter(asked_link__tenant=tenant, asked_at__gte=midnight).count() >= MOST_A_DAY:
        raise refused("wrong_stage", TOO_OFTEN, 16, fields={"": TOO_OFTEN})
    return _asked(session, by, on)


def _ask_mentor(mentor: Mentor, on: date) -> None:
    mentor.refresh_from_db(fields=["until"])
    if not is_serving(mentor, on):
        raise refused("wrong_stage", "这位导师已经解聘，请另选导师。", 16)
    if mentor.account is None:
        raise refused("wrong_stage", "这位导师尚未开通账号，暂时不能约请。", 16)


def _ask_same(there: Session, session: Session) -> Session:
    """The one that is there, where this one says the same; else the tenant holds the time already."""
    if there.state == State.ASKED and all(getattr(there, name) == getattr(session, name) for name in SAID):
        return there
    raise refused("wrong_stage", HELD_BY_ONESELF, 16, fields={"start": HELD_BY_ONESELF})


def _asked(session: Session, by: Actor, on: date) -> Session:
    """Hold the mentor's time and tell who is concerned."""
    span = Span(session.start, session.end)
    _ask_time(span, 16)
    if span.end - span.start > LONGEST_SESSION:
        raise _wrong("end", "单次辅导至多8小时。", 16)
    _keep(session, on, [SessionSlot(session=session, mentor=session.mentor, at=at) for at in slots(span)])
    role = _asking(by)
    _record(session, "ask", by, role, before="")
    subject = f"新的辅导约请：{session.tenant if role is Role.PUBLIC else session.makerspace.name}"
    _tell_others(session, role, subject, f"答复期限{chinese(session.answer_by)}。")
    return session


def _ask_asker(makerspace: Makerspace, by: Person, on: date, article: int) -> None:
    if makerspace.organisation_id not in by.capacity(on).organisations:
        raise refused("not_yours", "只能为本单位运营的众创空间提出。", article)
    if not eligible(by, on).filter(pk=makerspace.pk).exists():
        text = "只有持有效“昆明市众创空间”称号的众创空间可以提出。"
        raise refused("wrong_stage", text, article, fields={"makerspace": text})


def _ask_time(span: Span, article: int) -> None:
    """It begins and ends on a half hour of one day, lies ahead, and not too far."""
    now = clock.now()
    if span.end <= span.start:
        raise _wrong("end", "结束时间应晚于开始时间。", article)
    if not is_on_slots(span):
        raise _wrong("start", "起止时间应为同一天的整点或半点。", article)
    if span.start <= now:
        raise _wrong("day", "这个时间已过，请另选时间。", article)
    if span.start > now + FURTHEST:
        raise _wrong("day", f"至多提前{FURTHEST.days}天提出。", article)


def _ask_open(offer: Offer, span: Span, on: date) -> None:
    """It lies within the open hours and keeps the offer's terms."""
    offer.refresh_from_db(fields=["closed_on"])
    if offer.closed_on is not None and offer.closed_on <= on:
        raise refused("wrong_stage", "这个项目已经停止开放。", 15)
    _ask_time(span, 15)
    day = clock.day_of(span.start)
    if (day - on).days < offer.notice_days:
        raise _wrong("day", f"这个项目须至少提前{offer.notice_days}天预约。", 15)
    if span.hours > offer.longest_hours:
        raise _wrong("end", f"单次至多{offer.longest_hours}小时。", 15)
    opened = open_on(day, offer.hours.all(), offer.closures.all(), on_holidays=offer.on_holidays)
    if not any(each.holds(span) for each in opened):
        raise _wrong("start", "这段时间不在开放时间内，请对照每周开放时间另选。", 15)


def _wrong(field: str, text: str, article: int) -> Refused:
    return refused("invalid", text, article, fields={field: text})


def _keep(engagement: Either, on: date, held: list[Any]) -> None:
    """Write it with the half hours that it holds; the unique index refuses what another holds already."""
    engagement.asked_at, engagement.answer_by = clock.now(), term(on, answering(on))
    try:
        with transaction.atomic():
            engagement.save(force_insert=True)
            type(held[0]).objects.bulk_create(held)
    except IntegrityError:
        article = article_of(engagement)
        raise refused("wrong_stage", HELD_BY_OTHERS, article, fields={"start": HELD_BY_OTHERS}) from None


# -- what follows ------------------------------------------------------------------------------------------------------
def confirm(engagement: E, *, by: Person, on: date, reason: str = "") -> E:
    """It is agreed; ``reason`` is a word to the other side."""
    return _answer(engagement, "confirm", by, on, reason)


def refuse(engagement: E, *, by: Person, on: date, reason: str) -> E:
    """It can't be, and why; the time is free again."""
    return _answer(engagement, "refuse", by, on, reason)


@transaction.atomic
def _answer(engagement: E, code: str, by: Person, on: date, reason: str) -> E:
    found, before = _begin(engagement, code, by, on)
    engagement.answered_by, engagement.answered_at, engagement.reason = by, clock.now(), reason
    role = _giver(engagement) if Side.GIVER in found else Role.BUREAU
    _end(engagement, code, ["answered_by", "answered_at", "reason"])
    _record(engagement, code, by, role, before=before)
    label = State(engagement.state).label
    stood_in = "（逾期未答复，由市科技局代为答复）" if role is Role.BUREAU else ""
    said = f"{'说明' if code == 'confirm' else '理由'}：{reason}" if reason else ""
    _tell_asker(engagement, f"{noun_of(engagement)}{label}：{_subject(engagement)}", f"{stood_in}{said}")
    if role is Role.BUREAU:
        _tell_giver(engagement, f"{noun_of(engagement)}{label}：{_subject(engagement)}", f"{stood_in}{said}")
    return engagement


@transaction.atomic
def withdraw(engagement: E, *, by: Actor, on: date) -> E:
    """Who asked takes it back before it is answered."""
    _, before = _begin(engagement, "withdraw", by, on)
    _end(engagement, "withdraw", [])
    role = _asking(by)
    _record(engagement, "withdraw", by, role, before=before)
    subject = f"{noun_of(engagement)}已撤回：{_subject(engagement)}"
    _tell_others(engagement, role, subject, "时间已空出，不需要再答复。")
    return engagement


@transaction.atomic
def cancel(engagement: E, *, by: Actor, on: date, reason: str) -> E:
    """Either side calls off what was agreed, and says why."""
    found, before = _begin(engagement, "cancel", by, on)
    engagement.reason = reason
    role = _asking(by) if found & {Side.ASKER, Side.TENANT, Side.LATER} else _giver(engagement)
    _end(engagement, "cancel", ["reason"])
    _record(engagement, "cancel", by, role, before=before)
    _tell_others(engagement, role, f"{noun_of(engagement)}已取消：{_subject(engagement)}", f"理由：{reason}")
    return engagement


@transaction.atomic
def call_off(session: Session, reason: str, *, by: Person) -> None:
    """Without its mentor a session can't be; the bureau ended the appointment, the mentor's lock is held."""
    before = session.state
    session.state = State.REFUSED if before == State.ASKED else State.CANCELLED
    session.reason = reason
    session.save(update_fields=["state", "reason"])
    _free(session)
    _record(session, "call_off", by, Role.BUREAU, before=before)
    _tell_asker(session, f"辅导约请已取消：{_subject(session)}", f"理由：{reason}")


@transaction.atomic
def complete(
    engagement: E, *, by: Person, on: date, start: datetime, end: datetime, attendance: int, notes: str = ""
) -> E:
    """How it really was: from when to when on the agreed day, how many came, what was done."""
    found, before = _begin(engagement, "record", by, on)
    _ask_hours(engagement, start, end)
    engagement.done_start, engagement.done_end, engagement.attendance = start, end, attendance
    engagement.notes, engagement.recorded_by, engagement.recorded_at = notes, by, clock.now()
    role = _giver(engagement) if Side.GIVER in found else Role.APPLICANT
    columns = ["done_start", "done_end", "attendance", "notes", "recorded_by", "recorded_at"]
    _end(engagement, "record", columns)
    _record(engagement, "record", by, role, before=before, start=start, end=end, attendance=attendance)
    ask = "" if role is Role.APPLICANT else "请提醒入驻单位作出评价。" if by_tenant(engagement) else "请作出评价。"
    hours = f"{start.astimezone(clock.KUNMING):%H:%M}至{end.astimezone(clock.KUNMING):%H:%M}，{attendance}人"
    _tell_others(engagement, role, f"已登记完成：{_subject(engagement)}", f"实际{hours}。{ask}")
    return engagement


def _ask_hours(engagement: Engagement, start: datetime, end: datetime) -> None:
    article, agreed = article_of(engagement), clock.day_of(engagement.start)
    if end <= start:
        raise _wrong("end", "实际结束应晚于实际开始。", article)
    if not clock.day_of(start) == clock.day_of(end) == agreed:
        raise _wrong("start", "实际起止应在约定的当天。", article)
    if end > clock.now():
        raise _wrong("end", "实际结束时间还没有到。", article)


@transaction.atomic
def miss(engagement: E, *, by: Person, on: date, reason: str) -> E:
    """Nobody came."""
    _, before = _begin(engagement, "miss", by, on)
    engagement.reason, engagement.recorded_by, engagement.recorded_at = reason, by, clock.now()
    _end(engagement, "miss", ["reason", "recorded_by", "recorded_at"])
    _record(engagement, "miss", by, _giver(engagement), before=before)
    _tell_asker(engagement, f"已登记未到场：{_subject(engagement)}", f"说明：{reason}")
    return engagement


@transaction.atomic
def rate(engagement: E, *, by: Actor, on: date, stars: int, comment: str = "") -> E:
    """Who asked says once how it was."""
    _, before = _begin(engagement, "rate", by, on)
    engagement.stars, engagement.comment, engagement.rated_at = stars, comment, clock.now()
    _end(engagement, "rate", ["stars", "comment", "rated_at"])
    _record(engagement, "rate", by, _asking(by), before=before, stars=stars)
    _tell_giver(engagement, f"收到评价：{_subject(engagement)}", f"{stars}分（5分为很满意）。{comment}")
    return engagement


OPERATIONS: dict[str, Callable[..., Any]] = {
    "confirm": confirm, "refuse": refuse, "withdraw": withdraw, "cancel": cancel, "record": complete, "miss": miss,
    "rate": rate,
}  # fmt: skip


# -- what time does ----------------------------------------------------------------------------------------------------
def lapse_due(now: datetime) -> int:
    """What nobody answered before its time came lapses, and both sides are told; safe to run twice."""
    rows: list[Either] = [*Booking.objects.filter(state=State.ASKED, start__lte=now)]
    rows += Session.objects.filter(state=State.ASKED, start__lte=now)
    return sum(_lapse(row) for row in rows)


@transaction.atomic
def _lapse(engagement: Either) -> bool:
    lock(_owner(engagement))
    engagement.refresh_from_db()
    if engagement.state != State.ASKED:
        return False
    engagement.state = State.LAPSED
    engagement.save(update_fields=["state"])
    _free(engagement)
    _record(engagement, "lapse", None, Role.CLOCK, before=State.ASKED)
    text = "约定的开始时间已到而没有答复，此件自动失效，并计入按期答复的统计。"
    _tell_asker(engagement, f"逾期未答复：{_subject(engagement)}", f"{text}您可以另选时间重新提出。")
    _tell_giver(engagement, f"逾期未答复：{_subject(engagement)}", text)
    return True


def warn_silent(day: date) -> int:
    """Whoever has not answered in time is reminded once, and who asked learns that the bureau may answer instead."""
    rows: list[Engagement] = [*Booking.objects.filter(state=State.ASKED, answer_by__lt=day)]
    rows += Session.objects.filter(state=State.ASKED, answer_by__lt=day)
    return sum(_warn(row) for row in rows)


@transaction.atomic
def _warn(row: Engagement) -> int:
    subject, key = f"答复期限已过：{_subject(row)}", f"support/{type(row).__name__}/{row.pk}/silent"
    told = _tell_giver(row, subject, "请尽快确认或谢绝；市科技局可以代为答复。", key=key)
    return told + _tell_asker(row, subject, "您可以撤回后另约，也可以请市科技局代为答复。", key=f"{key}/asker")


def forget_contacts(now: datetime) -> int:
    """Whom to call at a tenant is forgotten 90 days after the session was over, or after nothing came of it any more."""
    over = Q(end__lt=now - CONTACTS_KEPT) | Q(freed_at__lt=now - CONTACTS_KEPT)
    return Session.objects.filter(over).exclude(contact="", phone="").update(contact="", phone="")


# -- common ------------------------------------------------------------------------------------------------------------
def _owner(engagement: Engagement) -> Facility | Mentor:
    if isinstance(engagement, Booking):
        return engagement.offer.facility
    assert isinstance(engagement, Session)  # noqa: S101  there are two kinds
    return engagement.mentor


def _giver(engagement: Engagement) -> Role:
    return Role.PROVIDER if isinstance(engagement, Booking) else Role.MENTOR


def _asking(by: Actor) -> Role:
    """As what who asked acts: a member of the operator, or a tenant through its link."""
    return Role.PUBLIC if isinstance(by, TenantLink) else Role.APPLICANT


def _begin(engagement: Either, code: str, by: Actor, on: date) -> tuple[frozenset[Side], str]:
    """Lock, read anew, and refuse what may not be: the sides of whoever acts, and the state before."""
    lock(_owner(engagement))
    engagement.refresh_from_db()
    found = sides_of_link(by, engagement, on) if isinstance(by, TenantLink) else sides(by, engagement, on)
    refusal = why_not(found, DEEDS[code], engagement, clock.now())
    if refusal:
        raise Refused(refusal)
    return found, engagement.state


def _end(engagement: Either, code: str, columns: list[str]) -> None:
    """The state that comes of it; what no longer holds its time lets it go."""
    engagement.state = DEEDS[code].after
    engagement.save(update_fields=["state", *columns])
    if engagement.state in {State.REFUSED, State.WITHDRAWN, State.CANCELLED}:
        _free(engagement)


def _free(engagement: Either) -> None:
    """Nothing comes of it: its time is free for others."""
    engagement.freed_at = clock.now()
    engagement.save(update_fields=["freed_at"])
    engagement.slots.all().delete()


def _record(engagement: Engagement, act: str, by: Actor | None, role: Role, *, before: str, **data: Any) -> None:
    noun = type(engagement).__name__.lower()
    facts = {noun: engagement.pk, "makerspace": engagement.makerspace_id, **data}
    if act == "ask":
        facts |= {"start": engagement.start, "end": engagement.end}
    if isinstance(by, TenantLink):
        facts |= {"tenant": by.tenant_id, "link": by.pk}
    person, owner, after = None if isinstance(by, TenantLink) else by, _owner(engagement), str(engagement.state)
    record(owner, f"{act}_{noun}", by=person, role=role, data=facts, before=str(before), after=after)


def _subject(engagement: Engagement) -> str:
    """What it is about, and when."""
    what = engagement.offer.name if isinstance(engagement, Booking) else f"{_owner(engagement)}导师"
    start, end = engagement.start.astimezone(clock.KUNMING), engagement.end.astimezone(clock.KUNMING)
    return f"{what}（{chinese(start.date())}{start:%H:%M}至{end:%H:%M}）"


def link_of(engagement: Engagement) -> str:
    """Its page."""
    name = "support_booking" if isinstance(engagement, Booking) else "support_session"
    return reverse(name, args=[engagement.pk])


def _tell_others(engagement: Engagement, role: Role, subject: str, text: str) -> None:
    """Whoever did not act: the giver of what those did who asked, and they of the rest; the makerspace of its tenant's acts."""
    if role in {Role.APPLICANT, Role.PUBLIC}:
        _tell_giver(engagement, subject, text)
    if role is not Role.APPLICANT:
        _tell_asker(engagement, subject, text, own_act=role is Role.PUBLIC)


def _tell_asker(engagement: Engagement, subject: str, text: str, *, key: str = "", own_act: bool = False) -> int:
    """The members of the makerspace's operator; a tenant has no account, and sees on its own page what others did."""
    unit, today = engagement.makerspace.organisation, clock.today()
    people = [member.person for member in members_of(unit, today)]
    told = "入驻单位在约导师页面看得到，紧急的请转告。" if by_tenant(engagement) and not own_act else ""
    return _tell(engagement, people, subject, f"{text}{told}", key)


def _tell_giver(engagement: Engagement, subject: str, text: str, *, key: str = "") -> int:
    owner, today = _owner(engagement), clock.today()
    if isinstance(owner, Facility):
        return _tell(engagement, people_keeping(owner, today), subject, text, key)
    return _tell(engagement, [owner.account] if owner.account else [], subject, text, key)


def _tell(engagement: Engagement, people: list[Person], subject: str, text: str, key: str) -> int:
    about = f"{engagement.makerspace.name}{f'（{engagement.tenant}）' if engagement.tenant else ''}，{_subject(engagement)}。"
    return len(tell(people, subject, f"{about}{text}", link=link_of(engagement), key=key))

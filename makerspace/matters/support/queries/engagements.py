"""Bookings and sessions: whose they are, who may do what with them, and why not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from django.db.models import Q, QuerySet

from makerspace.matters.recognition.queries import in_force
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.support.models import Booking, Engagement, Session, State, TenantLink
from makerspace.matters.support.queries.facilities import READERS, kept_by
from makerspace.matters.support.queries.mentors import serving_as
from makerspace.matters.support.queries.tenants import opens
from makerspace.office.casework.parameters import parameter
from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation import in_force as version_on
from makerspace.regulation.counting import chinese, count_days
from makerspace.regulation.terms import Parameter, Role

E = TypeVar("E", Booking, Session)


class Side(StrEnum):
    """How somebody stands to an engagement: a person, or the tenant that holds a link."""

    ASKER = "asker"
    GIVER = "giver"
    BUREAU = "bureau"
    TENANT = "tenant"
    LATER = "later"  # the same tenant, by a link that was made after the one through which it asked


@dataclass(frozen=True)
class Deed:
    """One thing that can be done with an engagement: from which state to which, and by whom."""

    code: str
    before: State
    after: State
    sides: frozenset[Side]
    label: str
    grave: bool = False


ASKER, GIVER, BUREAU, TENANT, LATER = (frozenset({side}) for side in Side)
DEEDS: Mapping[str, Deed] = {
    deed.code: deed
    for deed in (
        Deed("confirm", State.ASKED, State.AGREED, GIVER | BUREAU, "确认"),
        Deed("refuse", State.ASKED, State.REFUSED, GIVER | BUREAU, "谢绝", grave=True),
        Deed("withdraw", State.ASKED, State.WITHDRAWN, ASKER | TENANT | LATER, "撤回", grave=True),
        Deed("record", State.AGREED, State.DONE, GIVER | ASKER, "登记完成情况"),
        Deed("miss", State.AGREED, State.MISSED, GIVER, "登记未到场", grave=True),
        Deed("cancel", State.AGREED, State.CANCELLED, GIVER | ASKER | TENANT | LATER, "取消", grave=True),
        Deed("rate", State.DONE, State.DONE, ASKER | TENANT, "评价"),
    )
}


# -- for whom ----------------------------------------------------------------------------------------------------------
def bookings(person: Person, on: date) -> QuerySet[Booking]:
    """The bookings that a person may see: of the own makerspaces, at the own facilities, or all for who oversees."""
    rows = Booking.objects.select_related("offer__facility", "makerspace").order_by("-start", "-pk")
    if person.roles_on(on) & READERS:
        return rows
    return rows.filter(_own(person, on) | Q(offer__facility__in=kept_by(person, on)))


def sessions(person: Person, on: date) -> QuerySet[Session]:
    """The sessions that a person may see: of the own makerspaces, one's own, or all for who oversees."""
    rows = Session.objects.select_related("mentor", "makerspace").order_by("-start", "-pk")
    if person.roles_on(on) & READERS:
        return rows
    return rows.filter(_own(person, on) | Q(mentor__in=serving_as(person, on)))


def _own(person: Person, on: date) -> Q:
    return Q(makerspace__organisation__in=person.capacity(on).organisations)


def eligible(person: Person, on: date) -> QuerySet[Makerspace]:
    """The makerspaces for which a person may ask: of the own units, and holding the title (articles 15, 16)."""
    held = Makerspace.objects.filter(pk__in=in_force(on).values("makerspace"))
    return held.filter(organisation__in=person.capacity(on).organisations).order_by("name")


def sides(person: Person, engagement: Engagement, on: date) -> frozenset[Side]:
    """Every way in which a person stands to an engagement."""
    found = set()
    if engagement.makerspace.organisation_id in person.capacity(on).organisations:
        found.add(Side.ASKER)
    if _gives(person, engagement, on):
        found.add(Side.GIVER)
    if Role.BUREAU in person.roles_on(on):
        found.add(Side.BUREAU)
    return frozenset(found)


def sides_of_link(link: TenantLink, engagement: Engagement, on: date) -> frozenset[Side]:
    """How the holder of a link stands to an engagement: the tenant asked for it, through this link or an earlier one.

    A makerspace that makes a new link has seen it: with that one nobody reads or rates what was asked before.
    """
    asked = engagement.asked_link if isinstance(engagement, Session) else None
    if asked is None or asked.tenant_id != link.tenant_id or not opens(link, on):
        return frozenset()
    return TENANT if asked.pk == link.pk else LATER


def _gives(person: Person, engagement: Engagement, on: date) -> bool:
    if isinstance(engagement, Booking):
        return kept_by(person, on).filter(pk=engagement.offer.facility_id).exists()
    assert isinstance(engagement, Session)  # noqa: S101  there are two kinds
    return serving_as(person, on).filter(pk=engagement.mentor_id).exists()


def by_tenant(engagement: Engagement) -> bool:
    """Whether a tenant asked for it itself."""
    return isinstance(engagement, Session) and engagement.asked_link_id is not None


def reads_notes(found: frozenset[Side], engagement: Engagement, person: Person, on: date) -> bool:
    """What was said stays between the two, and the auditor; of what a tenant asked for, the makerspace is neither."""
    two = GIVER if by_tenant(engagement) and engagement.recorded_by_id != person.pk else ASKER | GIVER
    return bool(found & two) or Role.AUDITOR in person.roles_on(on)


def reads_notes_as_tenant(found: frozenset[Side]) -> bool:
    """The tenant reads them through the very link by which it asked, and through no other."""
    return bool(found & TENANT)


def reads_contact(found: frozenset[Side]) -> bool:
    """Whom to call at the tenant is for those who have to do with it: the mentor, the makerspace, the bureau."""
    return bool(found)


# -- what was done ---------------------------------------------------------------------------------------------------
DONE = {
    "ask": "提出", "call_off": "导师解聘，随之取消", "lapse": "逾期未答复，自动失效", **{code: deed.label for code, deed in DEEDS.items()},
}  # fmt: skip


def history(engagement: Engagement) -> list[tuple[str, Entry]]:
    """What the record holds of it, the latest first, each with its label; one query."""
    noun = type(engagement).__name__.lower()
    owner = (
        f"FACILITY-{engagement.offer.facility_id}" if isinstance(engagement, Booking) else _mentor_stream(engagement)
    )
    rows = Entry.objects.filter(stream=owner, act__endswith=f"_{noun}", data__contains=f'"{noun}":{engagement.pk}')
    own = [row for row in rows.select_related("person").order_by("-seq") if json.loads(row.data)[noun] == engagement.pk]
    return [(DONE[row.act.removesuffix(f"_{noun}")], row) for row in own]


def _mentor_stream(engagement: Engagement) -> str:
    assert isinstance(engagement, Session)  # noqa: S101  there are two kinds
    return f"MENTOR-{engagement.mentor_id}"


# -- may it be done ----------------------------------------------------------------------------------------------------
def article_of(engagement: Engagement) -> int:
    """The article that it rests on."""
    return 15 if isinstance(engagement, Booking) else 16


def noun_of(engagement: Engagement) -> str:
    """What it is called."""
    return "预约" if isinstance(engagement, Booking) else "辅导约请"


def answering(on: date) -> Parameter:
    """The term to answer, or to record, in working days: for each day on which one begins; one query."""
    return parameter(version_on(on).id, "TERM_SUPPORT_ANSWER")


def term(start: date, days: Parameter) -> date:
    """The last day of the term that begins with that day."""
    return count_days(start, days.on(start), unit="working").last_day


def takers(deed: Deed, engagement: Engagement) -> frozenset[Side]:
    """The sides that do it: what a tenant asked for its makerspace may call off too, but the tenant itself rates it."""
    if not by_tenant(engagement):
        return deed.sides - TENANT - LATER
    return deed.sides - ASKER if deed.code == "rate" else deed.sides


def why_not(found: frozenset[Side], deed: Deed, engagement: Engagement, now: datetime) -> Refusal | None:
    """Why whoever stands on these sides may not do it now: not theirs (403) before not the time (409)."""
    article = article_of(engagement)
    if not found & takers(deed, engagement):
        return Refusal("not_yours", f"“{deed.label}”由{_who(deed, engagement)}办理。", (article,))
    if engagement.state != deed.before:
        return Refusal(
            "wrong_stage", f"此件现为“{State(engagement.state).label}”，不能办理“{deed.label}”。", (article,)
        )
    late = _too_early_or_late(found, deed, engagement, now)
    return Refusal("wrong_stage", late, (article,)) if late else None


def _who(deed: Deed, engagement: Engagement) -> str:
    giver = "平台单位" if isinstance(engagement, Booking) else "导师本人"
    asker = "所在的众创空间" if by_tenant(engagement) else "提出约请的众创空间"
    tenant = "提出约请的入驻单位" + ("（通过提出时的链接）" if Side.LATER not in takers(deed, engagement) else "")
    names = {
        Side.ASKER: asker, Side.GIVER: giver, Side.BUREAU: "市科技局（逾期未答复时）", Side.TENANT: tenant,
    }  # fmt: skip
    return "或".join(names[side] for side in names if side in takers(deed, engagement))


def _too_early_or_late(found: frozenset[Side], deed: Deed, engagement: Engagement, now: datetime) -> str:
    today, began = clock.day_of(now), engagement.start <= now
    if deed.code in {"confirm", "refuse"}:
        if began:
            return "约定的开始时间已过，不能再答复。"
        if not found & GIVER and today <= engagement.answer_by:
            return f"答复期限为{chinese(engagement.answer_by)}；逾期未答复的，市科技局可以代为答复。"
    if deed.code == "cancel" and began:
        return "约定的开始时间已过，不能取消；请登记完成情况或未到场。"
    if deed.code in {"record", "miss"}:
        return _too_early_to_record(found, engagement, now)
    if deed.code == "rate" and engagement.stars is not None:
        return "已经评价过，评价只作一次。"
    return ""


def _too_early_to_record(found: frozenset[Side], engagement: Engagement, now: datetime) -> str:
    if engagement.start > now:
        return "尚未开始，开始以后才能登记。"
    if found & GIVER:
        return ""
    last = term(clock.day_of(engagement.end), answering(clock.day_of(now)))
    if clock.day_of(now) <= last:
        return f"先由对方在{chinese(last)}前登记；逾期未登记的，您可以登记。"
    return ""


def actions(found: frozenset[Side], engagement: Engagement, now: datetime) -> list[tuple[Deed, Refusal | None]]:
    """What is left to be done from this state, for those on whom it may fall; what is not one's own is left out."""
    rows = [deed for deed in DEEDS.values() if deed.before == engagement.state and found & takers(deed, engagement)]
    if engagement.stars is not None:
        rows = [deed for deed in rows if deed.code != "rate"]
    return [(deed, why_not(found, deed, engagement, now)) for deed in rows]

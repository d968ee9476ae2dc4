"""The deeds of bookings and sessions as the doors need them: each with its input, its operation and what is said after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from makerspace.matters.support.forms import engagements as forms
from makerspace.matters.support.hours import at_text
from makerspace.matters.support.models import Booking, Engagement, Session
from makerspace.matters.support.operations import engagements as operations
from makerspace.matters.support.queries.engagements import DEEDS, noun_of
from makerspace.office.casework.acts import Input
from makerspace.office.people.models import Person
from makerspace.office.record import clock

E = TypeVar("E", Booking, Session)


@dataclass(frozen=True)
class Act:
    """One deed: what it is given, what does it, and what happens next in words."""

    schema: type[Input]
    operation: Callable[..., Any]
    next: str


ACTS: Mapping[str, Act] = {
    "confirm": Act(forms.Confirm, operations.confirm, "对方已收到消息；结束后请登记完成情况。"),
    "refuse": Act(forms.WithReason, operations.refuse, "理由已告知对方，时间已空出。"),
    "withdraw": Act(forms.Withdraw, operations.withdraw, "时间已空出，对方已收到消息。"),
    "cancel": Act(forms.WithReason, operations.cancel, "理由已告知对方，时间已空出。"),
    "record": Act(forms.Record, operations.complete, "已计入年度服务统计，对方已收到消息。"),
    "miss": Act(forms.WithReason, operations.miss, "对方已收到消息。"),
    "rate": Act(forms.Rate, operations.rate, "谢谢，评价已告知对方。"),
}


def take(engagement: E, code: str, given: Input, *, by: Person, on: date) -> E:
    """Do it with what was given; times are of the agreed day."""
    fields = given.model_dump()
    if isinstance(given, forms.Record):
        day = clock.day_of(engagement.start)
        fields |= {name: at_text(day, fields[name]) for name in ("start", "end")}
    done: E = ACTS[code].operation(engagement, by=by, on=on, **fields)
    return done


def said(engagement: Engagement, code: str) -> str:
    """What happened, and what happens next."""
    what = "评价已提交。" if code == "rate" else f"{noun_of(engagement)}现为“{engagement.get_state_display()}”。"
    return f"{what}{ACTS[code].next}"


def initial(engagement: Engagement, code: str) -> dict[str, Any] | None:
    """First values: for the record, the hours that were agreed."""
    if DEEDS[code].code != "record":
        return None
    start, end = engagement.start.astimezone(clock.KUNMING), engagement.end.astimezone(clock.KUNMING)
    return {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}

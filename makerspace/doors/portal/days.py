"""The day for which the public asks: today, or the one in the address."""

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest

from makerspace.office.record import clock
from makerspace.regulation.counting import CountingError, chinese, day_of


class Asked(NamedTuple):
    """The day to answer for, whether it was asked for, and what to say where the asking made no sense."""

    day: date
    given: bool = False
    note: str = ""


def asked_day(request: HttpRequest, since: date | None = None) -> Asked:
    """``?on=YYYY-MM-DD``, from ``since`` on; anything else is answered for today, and the page says so."""
    typed = request.GET.get("on", "").strip()
    if not typed:
        return Asked(clock.today())
    try:
        day = day_of(typed)
    except CountingError:
        return Asked(clock.today(), note="没有认出所填的日期，以下按今天的情况列出。日期格式如2026-03-16。")
    if since and day < since:
        return Asked(clock.today(), note=f"办法自{chinese(since)}起施行，以下按今天的情况列出。")
    return Asked(day, given=True)

"""What the public pages read: only what is public by construction, no person among it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery

from makerspace.doors.portal.models import OfficialText
from makerspace.matters.application.models import Call
from makerspace.matters.application.queries import open_calls
from makerspace.matters.recognition.models import Announcement
from makerspace.matters.recognition.queries import announcements, in_force
from makerspace.matters.review.models import NoticeItem, PublicNotice
from makerspace.matters.review.queries.notices import published_notices, running_notices
from makerspace.office.people.models import Authority

MOST = 5


@dataclass(frozen=True)
class Home:
    """What the front page shows."""

    calls: Sequence[Call]
    notices: Sequence[PublicNotice]
    announcements: Sequence[Announcement]
    held: int
    comprehensive: int
    technical: int


def home(on: date) -> Home:
    """Four queries, whatever there is."""
    by_category = in_force(on).order_by().values_list("category").annotate(n=Count("pk"))
    counts = dict(by_category)
    return Home(
        list(open_calls(on)[:MOST]),
        list(_counted(running_notices(on))[:MOST]),
        list(announcements().defer("text")[:MOST]),
        sum(counts.values()),
        counts.get("comprehensive", 0),
        counts.get("technical", 0),
    )


def notices(on: date) -> QuerySet[PublicNotice]:
    """Every notice that is out on the day, the latest first, each with ``cases``; replaced ones stay readable."""
    return _counted(published_notices(on))


def _counted(rows: QuerySet[PublicNotice]) -> QuerySet[PublicNotice]:
    listed = NoticeItem.objects.filter(notice=OuterRef("pk")).order_by().values("notice")
    return rows.annotate(cases=Subquery(listed.annotate(n=Count("pk")).values("n"))).defer("text", "steps")


def official_texts(regulation: str) -> dict[int, OfficialText]:
    """The imported text of a regulation by article; empty where none was imported."""
    return {text.article: text for text in OfficialText.objects.filter(regulation=regulation)}


def authorities() -> list[tuple[str, str]]:
    """The authorities as a filter offers them."""
    return list(Authority.objects.values_list("code", "name"))


def status_of_call(call: Call, on: date) -> tuple[str, str]:
    """Where a call stands on the day, as tone and word."""
    if on < call.opens_on:
        return "info", "未开始"
    return ("muted", "已截止") if on > call.closes_on else ("ok", "申报中")


def status_of_notice(notice: PublicNotice, on: date) -> tuple[str, str]:
    """Where a notice stands on the day, as tone and word."""
    if notice.state == PublicNotice.State.REPLACED:
        return "warn", "已重新公示"
    return ("info", "公示中") if on <= notice.last_day else ("muted", "已期满")

"""Reading public notices; what the public gets holds no phone and no person but the office's own contacts."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from makerspace.matters.review.models import NoticeItem, PublicNotice, ReissueProposal
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import stage_of

PUBLISHED = (PublicNotice.State.PUBLISHED, PublicNotice.State.REPLACED)
FIGURES = {
    "7.1.area": "场地面积", "7.1.public_share": "公共办公面积", "7.2.count": "入驻企业和团队", "5.5.mentors": "在聘导师",
    "5.3.half_year": "开办时间", "6.2.facilities": "设备设施与厂房",
}  # fmt: skip


def published_notices(on: date) -> QuerySet[PublicNotice]:
    """The notices that everybody may read on ``on``, replaced ones too; newest first."""
    return PublicNotice.objects.filter(state__in=PUBLISHED, publish_on__lte=on).order_by("-publish_on", "-id")


def running_notices(on: date) -> QuerySet[PublicNotice]:
    """The notices in whose days ``on`` lies; the one that ends first stands first."""
    rows = published_notices(on).filter(state=PublicNotice.State.PUBLISHED, last_day__gte=on)
    return rows.order_by("last_day", "id")


def public_notice(notice_id: int, on: date) -> PublicNotice | None:
    """One notice that everybody may read."""
    return published_notices(on).select_related("replaced_by").filter(pk=notice_id).first()


class ItemView(NamedTuple):
    """One row of a notice as it was published, and how it stands now."""

    position: int
    number: str
    makerspace: str
    operator: str
    category: str
    authority: str
    figures: list[dict[str, str]]
    stage: str
    standing: str


def notice_items(notice: PublicNotice) -> list[ItemView]:
    """The rows of a notice; one query."""
    rows = NoticeItem.objects.filter(notice=notice).select_related("case").order_by("position")
    return [_item(row) for row in rows]


def _item(row: NoticeItem) -> ItemView:
    facts = row.facts
    return ItemView(
        row.position, facts["number"], facts["makerspace"], facts["operator"], facts["category"], facts["authority"],
        facts.get("figures", []), row.case.stage, stage_of(row.case).label,
    )  # fmt: skip


def item_of(notice: PublicNotice, number: str) -> NoticeItem | None:
    """The row of one case on a notice: child and parent looked up together."""
    return NoticeItem.objects.filter(notice=notice, case__number=number).select_related("case", "notice").first()


def live_item(case: Case) -> NoticeItem | None:
    """The row under which a case stands on a notice in force."""
    return NoticeItem.objects.filter(case=case, live=True).select_related("notice").first()


def notice_json(notice: PublicNotice) -> dict[str, Any]:
    """A notice as the public API gives it; every field is named here (C5)."""
    return {
        "id": notice.pk,
        "title": notice.title,
        "state": notice.state,
        "publish_on": notice.publish_on.isoformat(),
        "first_day": notice.first_day.isoformat(),
        "last_day": notice.last_day.isoformat(),
        "days": notice.days,
        "steps": list(notice.steps),
        "provisional": notice.provisional,
        "text": notice.text,
        "digest": notice.digest,
        "head": {"day": notice.head_day.isoformat(), "head": notice.head} if notice.head_day else None,
        "contact_phone": notice.contact_phone,
        "discipline_phone": notice.discipline_phone,
        "paper": notice.paper_code,
        "replaced_by": notice.replaced_by_id,
        "replaced_why": notice.replaced_why,
    }


def items_json(notice: PublicNotice) -> list[dict[str, Any]]:
    """The rows of a notice as the public API gives them."""
    return [
        {
            "id": item.number,
            "makerspace": item.makerspace,
            "applicant": item.operator,
            "category": item.category,
            "authority": item.authority,
            "figures": item.figures,
            "stage": item.stage,
        }
        for item in notice_items(notice)
    ]


def drafts() -> QuerySet[PublicNotice]:
    """Notices that wait for their second reader; for the bureau."""
    return PublicNotice.objects.filter(state=PublicNotice.State.DRAFT).select_related("prepared_by").order_by("id")


def recent() -> QuerySet[PublicNotice]:
    """Notices that were published, also those whose day has not come; for the bureau and leaders."""
    rows = PublicNotice.objects.exclude(state=PublicNotice.State.DRAFT)
    return rows.select_related("published_by", "second_reader").order_by("-publish_on", "-id")


def open_proposal(notice: PublicNotice) -> ReissueProposal | None:
    """What is proposed to be published anew and waits for the other side."""
    return ReissueProposal.objects.filter(notice=notice, confirmed_on=None).select_related("by").first()

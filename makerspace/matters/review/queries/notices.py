"""Reading public notices; what the public gets holds no phone and no person but the office's own contacts."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from makerspace.matters.review import digests
from makerspace.matters.review.models import NoticeItem, PublicNotice, ReissueProposal
from makerspace.office.casework.memory import remember
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import stage_of
from makerspace.office.prepared import Prepared
from makerspace.office.record.models import Entry

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
    return remember(case, "notice", lambda: next(iter(_live(case=case.pk)), None))


_live = Prepared(lambda case: NoticeItem.objects.filter(case=case, live=True).select_related("notice"))


def rows_beside(case: Case) -> list[NoticeItem]:
    """Every row in force of the notice that a case stands on, its own among them; one query."""
    rows = NoticeItem.objects.filter(notice__items__case=case, notice__items__live=True, live=True)
    return list(rows.select_related("notice", "case").order_by("position"))


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


def item_json(row: NoticeItem) -> dict[str, Any]:
    """A row of a notice, read with its case, as the public API gives it; every field is named here (C5)."""
    facts = row.facts
    return {
        "id": facts["number"], "makerspace": facts["makerspace"], "applicant": facts["operator"],
        "category": facts["category"], "authority": facts["authority"],
        "figures": [{key: figure[key] for key in ("label", "declared", "verified")} for figure in facts.get("figures", [])],
        "stage": row.case.stage,
    }  # fmt: skip


# -- what the record sealed --------------------------------------------------------------------------------------------
class Sealed(NamedTuple):
    """What the record keeps of the notice that a case stands on: which one, its last day, the digests."""

    notice: int
    last_day: str
    text: str
    facts: str


def sealed_of(cases: Iterable[Case]) -> dict[str, Sealed]:
    """By number of the case: what was sealed when its notice was published last, anew or first; one query."""
    rows = _publishing().filter(stream__in=[case.number for case in cases])
    return {stream: sealed for stream, data in rows if (sealed := _sealed(data))}


def sealed_for(case: Case) -> Sealed | None:
    """The same for one case."""
    found = [sealed for _, data in _published(stream=case.number) if (sealed := _sealed(data))]
    return found[-1] if found else None


def _publishing() -> QuerySet[Entry, tuple[str, str]]:
    entries = Entry.objects.filter(act__in=("publish_notice", "reissue_notice"))
    return entries.order_by("stream", "seq").values_list("stream", "data")


_published = Prepared(lambda stream: _publishing().filter(stream=stream))


def _sealed(text: str) -> Sealed | None:
    """What one entry sealed; a proposal to publish anew seals nothing of the kind."""
    data = json.loads(text)
    return Sealed(data["notice"], data["last_day"], data["digest"], data["facts"]) if "facts" in data else None


def reads_as_sealed(item: NoticeItem, sealed: Sealed | None) -> bool:
    """Whether a row, its notice's text and its last day still are what the record sealed (C16)."""
    notice = item.notice
    text, facts = digests.of_text(notice.text), digests.of_facts(item.facts)
    return notice.digest == text and sealed == Sealed(notice.pk, notice.last_day.isoformat(), text, facts)


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


def open_proposal_for(case: Case) -> ReissueProposal | None:
    """The same for the notice that a case stands on; one query."""
    rows = ReissueProposal.objects.filter(notice__items__case=case, notice__items__live=True, confirmed_on=None)
    return remember(case, "proposal", rows.select_related("by").first)

"""What must hold before a title is given: asked at the gate, so that a greyed button says it too."""

import hashlib
from datetime import date

from makerspace.matters.review.queries.notices import live_item
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal
from makerspace.regulation.counting import chinese


def notice_ran_unchanged(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The notice ran to its last minute, and reads today as it did when its digest was taken (C16)."""
    item = live_item(case)
    if item is None:
        return None
    notice = item.notice
    if on <= notice.last_day:
        return Refusal("wrong_stage", f"公示期到{chinese(notice.last_day)}24时届满，其后方可公布。", (11, 12))
    if hashlib.sha256(notice.text.encode()).hexdigest() != notice.digest:
        return Refusal("wrong_stage", "公示正文与发布时的摘要不符，不能公布；请核验案卷后重新公示。", (11, 12))
    return None

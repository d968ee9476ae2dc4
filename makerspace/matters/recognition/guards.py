"""What must hold before a title is given: asked at the gate, so that a greyed button says it too."""

from datetime import date

from makerspace.matters.recognition.models import Rectification
from makerspace.matters.review.queries.notices import live_item, reads_as_sealed, sealed_for
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal
from makerspace.regulation.counting import chinese

NO_NOTICE = "本件没有有效的公示，不能公布；请告知系统管理员核验案卷。"
NOT_AS_SEALED = "公示内容与案卷中封存的摘要不符，不能公布；请告知系统管理员核验案卷，按备份恢复公示内容后再公布。"


def notice_ran_unchanged(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The notice ran to its last minute, and reads today as the record sealed it when it was published (C16)."""
    item = live_item(case)
    if item is None:
        return Refusal("wrong_stage", NO_NOTICE, (11, 12))
    if on <= item.notice.last_day:
        return Refusal("wrong_stage", f"公示期到{chinese(item.notice.last_day)}24时届满，其后方可公布。", (11, 12))
    if not reads_as_sealed(item, sealed_for(case)):
        return Refusal("wrong_stage", NOT_AS_SEALED, (11, 12))
    return None


def title_stands(case: Case, actor: Actor, on: date) -> Refusal | None:
    """What has ended changes no more."""
    ended = case.change.title.ended_on
    return Refusal("wrong_stage", f"称号已于{chinese(ended)}终止，不能再变更。", (12,)) if ended else None


def not_put_right(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Nobody leaves by the back door: what an assessment has begun, it ends."""
    if not Rectification.objects.filter(title=case.change.title_id, until=None).exists():
        return None
    return Refusal("wrong_stage", "称号正在整改，由年度考核作出结论，其间不能放弃称号（系统默认做法）。", (12, 18))

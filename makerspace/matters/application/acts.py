"""The acts of articles 8 and 9 as the doors offer them: input, guards, operation.

Withdrawing is handed in by the review, since it ends what a review has set going.
"""

from datetime import date

from pydantic import Field

from makerspace.matters.application import operations, queries, registered
from makerspace.matters.application.models import Call
from makerspace.matters.registers.offers import hand_in
from makerspace.office.casework import acts
from makerspace.office.casework.acts import Actor, Day, Input
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal
from makerspace.regulation.faults import CONTROL_FREE


class Submit(Input):
    """What the applicant states when handing in."""

    commitment: bool = Field(
        title="真实性承诺", description="本单位承诺所填内容和所附材料真实、完整，纸质材料与电子材料一致。"
    )
    confirm_not_met: bool = Field(
        False, title="确认仍要提交", description="有条件目前不符合时须勾选：我已了解，仍要提交，由审核人员判断。"
    )


class Withdraw(Input):
    """Why an application is taken back."""

    reason: str = Field(
        title="撤回原因",
        min_length=2,
        max_length=500,
        pattern=CONTROL_FREE,
        description="撤回后本件办结，不能恢复；可另行申报。",
    )


class RegisterPaper(Input):
    """What came to the counter."""

    received_on: Day = Field(title="收到日期")
    copies: int = Field(title="份数", ge=1, le=99)
    code: str = Field(
        "",
        title="纸件校验码",
        max_length=40,
        pattern=CONTROL_FREE,
        description="印在打印件每页页脚，16位；没有打印件的可不填。",
    )
    agrees: bool = Field(title="纸件与电子件一致", description="逐页核对页脚校验码和盖章页后勾选。")
    differences: str = Field(
        "", title="不一致之处", max_length=2000, pattern=CONTROL_FREE, description="不一致时必须写明。"
    )
    signed: bool = Field(
        False, title="申报单位已签字确认", description="窗口录入的申报，须由申报单位在录入内容上签字盖章。"
    )


def call_is_open(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Article 8: nothing is taken in before a call opens or after its last day."""
    reason = operations.closed_reason(_call_of(case), on)
    return Refusal("wrong_stage", reason, (8,)) if reason else None


def call_is_closed(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A draft lapses only after the last day of its call."""
    if on > _call_of(case).closes_on:
        return None
    return Refusal("wrong_stage", "申报通知尚未截止，草稿继续有效。", (8,))


def _call_of(case: Case) -> Call:
    return queries.application_of(case).call


def register() -> None:
    """Hand in this room's rows of the procedure."""
    kind = queries.KIND
    acts.register(
        kind, "submit", operation=operations.submit, schema=Submit, guards=(call_is_open,),
        stand_in=queries.counter_role, page="application_check",
        note="提交后申报内容即固定；材料不全的，会一次列明全部缺项。",
    )  # fmt: skip
    acts.register(
        kind, "resubmit", operation=operations.resubmit, schema=Submit, stand_in=queries.counter_role,
        page="application_check",
    )  # fmt: skip
    acts.register(
        kind, "register_paper", operation=operations.register_paper, schema=RegisterPaper,
        initial=lambda case, person: {"copies": 1},
    )  # fmt: skip
    acts.register(kind, "lapse", operation=operations.lapse, guards=(call_is_closed,))
    hand_in(registered.offer)


register()

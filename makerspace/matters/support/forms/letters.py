"""What the acts on letters of priority are given."""

from typing import Annotated

from pydantic import Field, StringConstraints

from makerspace.matters.support.forms.engagements import TEXTAREA
from makerspace.office.casework.acts import Day, Input
from makerspace.regulation.faults import CONTROL_FREE

Name = Annotated[str, StringConstraints(min_length=2, max_length=200, pattern=CONTROL_FREE)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=CONTROL_FREE)]


class RequestLetter(Input):
    """申请优先支持凭证."""

    programmes: Text = Field(
        title="拟申报的科技项目", description="如市级科技企业孵化器、重点实验室等科技创新服务平台，每行一项",
        json_schema_extra=TEXTAREA,
    )  # fmt: skip


class WithdrawLetter(Input):
    """撤回凭证申请."""

    reason: Text = Field(title="撤回的理由", json_schema_extra=TEXTAREA)


class RefuseLetter(Input):
    """不予出具凭证."""

    reason: Text = Field(title="不予出具的理由", json_schema_extra=TEXTAREA)


class RecordUse(Input):
    """登记凭证使用."""

    programme: Name = Field(title="科技项目名称", description="含年度和批次，与申报通知一致；同一项目只能使用一次")
    office: Name = Field(title="项目主管单位", description="组织评审的处室或者部门")
    used_on: Day = Field(title="使用日期", description="按优先作出取舍的日期，不晚于今天")
    tie: Text = Field(
        title="并列情况", description="得分或者名次、几家并列、余几个名额；其他单位写编号，不写名称。运营单位可以看到",
        json_schema_extra=TEXTAREA,
    )  # fmt: skip

"""What is asked, answered and recorded of bookings and sessions."""

import re
from typing import Annotated

from pydantic import Field, JsonValue, field_validator
from pydantic_core import PydanticCustomError

from makerspace.matters.support.models import Session, Stars
from makerspace.office.casework.acts import Day, Input
from makerspace.regulation.faults import CONTROL_FREE
from makerspace.web.forms.binding import digits

HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]
LATEST = "23:30"
HalfHour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):(00|30)$")]
Minute = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Purpose = Annotated[str, Field(min_length=4, max_length=500, pattern=CONTROL_FREE)]
Place = Annotated[str, Field(min_length=2, max_length=200, pattern=CONTROL_FREE)]
PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?")
Reason = Annotated[str, Field(min_length=2, max_length=500, pattern=CONTROL_FREE)]
TEXTAREA: dict[str, JsonValue] = {"widget": "textarea", "rows": 3}


class _Asked(Input):
    """For whom, when, and what for."""

    makerspace: Annotated[int, Field(ge=1, lt=2**31)] = Field(title="众创空间", json_schema_extra={"widget": "select"})
    tenant: str = Field(
        "",
        title="服务的团队或企业",
        description="为入驻团队或企业提出的，写明名称。",
        max_length=200,
        pattern=CONTROL_FREE,
    )
    purpose: Purpose = Field(
        title="用途", description="要做什么、解决什么问题，便于对方判断和准备。", json_schema_extra=TEXTAREA
    )
    day: Day = Field(title="日期")
    start: HalfHour = Field(title="开始时间", description="整点或半点。", json_schema_extra={"widget": "select"})
    end: HalfHour = Field(title="结束时间", json_schema_extra={"widget": "select"})


class AskBooking(_Asked):
    """An offer is asked for."""


class AskSession(_Asked):
    """A mentor is asked for an hour."""

    way: Session.Way = Field(title="方式")
    place: Place = Field(title="地点或会议号", description="现场辅导写地点，线上辅导写会议平台和会议号。")


class AskAsTenant(Input):
    """A tenant asks a mentor for an hour through its link, and says whom to call."""

    day: Day = Field(title="日期")
    start: HalfHour = Field(title="开始时间", description="整点或半点。", json_schema_extra={"widget": "select"})
    end: HalfHour = Field(title="结束时间", json_schema_extra={"widget": "select"})
    way: Session.Way = Field(title="方式")
    place: Place = Field(title="地点或会议号", description="现场辅导写地点，线上辅导写会议平台和会议号。")
    purpose: Purpose = Field(
        title="想解决的问题",
        description="写明现在的情况和想得到的建议，便于导师判断和准备。",
        json_schema_extra=TEXTAREA,
    )
    contact: Annotated[str, Field(min_length=2, max_length=64, pattern=CONTROL_FREE)] = Field(title="联系人")
    phone: str = Field(
        title="联系电话", description="手机，或者带区号的座机；只有导师、众创空间和市科技局看得到。", max_length=20
    )

    @field_validator("phone")
    @classmethod
    def _reachable(cls, value: str) -> str:
        number = digits(value)
        if not PHONE.fullmatch(number):
            raise PydanticCustomError("phone", "应为11位手机号码，或者带区号的座机号码，如0871-65330000")
        return number


class Confirm(Input):
    """It is agreed."""

    reason: str = Field(
        "", title="给对方的话", description="如入场须知、要带的样品或材料。", max_length=500, pattern=CONTROL_FREE,
        json_schema_extra=TEXTAREA,
    )  # fmt: skip


class WithReason(Input):
    """It is refused, taken back, called off or not kept, and why."""

    reason: Reason = Field(title="理由", description="对方会看到。", json_schema_extra=TEXTAREA)


class Withdraw(Input):
    """It is taken back before it was answered."""


class Record(Input):
    """How it really was."""

    start: Minute = Field(title="实际开始", description="24小时制，例如09:10。")
    end: Minute = Field(title="实际结束", description="当天之内。")
    attendance: Annotated[int, Field(ge=1, le=500)] = Field(title="到场人数", json_schema_extra={"unit": "人"})
    notes: Annotated[str, Field(max_length=2000, pattern=CONTROL_FREE)] = Field(
        "", title="记录", description="做了什么、有何结论或建议；只有双方和审计人员看得到。",
        json_schema_extra={"widget": "textarea"},
    )  # fmt: skip


class Rate(Input):
    """How it was found."""

    stars: Stars = Field(title="评价")
    comment: str = Field("", title="评语", max_length=300, pattern=CONTROL_FREE, json_schema_extra=TEXTAREA)

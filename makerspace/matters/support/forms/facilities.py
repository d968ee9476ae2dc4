"""How a facility, what it offers and who keeps it are described."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from makerspace.matters.support.forms.engagements import TEXTAREA, HalfHour, Reason
from makerspace.matters.support.models import FacilityKind, Offer, Weekday
from makerspace.office.casework.acts import Day, Input
from makerspace.regulation.faults import CONTROL_FREE

MAIL = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"


class FacilityFacts(Input):
    """What is publicly said of a facility."""

    name: Annotated[str, Field(min_length=4, max_length=200, pattern=CONTROL_FREE)] = Field(
        title="名称", description="批准建设文件上的全称。"
    )
    kind: FacilityKind = Field(title="类别", json_schema_extra={"widget": "select"})
    host: Annotated[str, Field(min_length=2, max_length=200, pattern=CONTROL_FREE)] = Field(title="依托单位")
    address: Annotated[str, Field(min_length=4, max_length=300, pattern=CONTROL_FREE)] = Field(title="地址")
    field: Annotated[str, Field(min_length=2, max_length=200, pattern=CONTROL_FREE)] = Field(title="研究领域")
    intro: Annotated[str, Field(max_length=1000, pattern=CONTROL_FREE)] = Field(
        "", title="简介", description="公开展示，请勿写入个人姓名和电话。", json_schema_extra=TEXTAREA
    )


class InvitePerson(Input):
    """Somebody is to act under an own account."""

    name: Annotated[str, Field(min_length=2, max_length=64, pattern=CONTROL_FREE)] = Field(title="姓名")
    email: Annotated[str, Field(max_length=254, pattern=MAIL)] = Field(
        title="电子邮箱", description="已有同一身份账号的直接关联；没有的，邀请链接发到这个邮箱，7天内有效。"
    )


class HoursRow(Input):
    """Hours of one weekday."""

    weekday: Weekday = Field(title="星期")
    opens: HalfHour = Field(title="开始", json_schema_extra={"widget": "select"})
    closes: HalfHour = Field(title="结束", json_schema_extra={"widget": "select"})

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise PydanticCustomError("hours", "结束时间应晚于开始时间")
        return self


class OfferFacts(Input):
    """What can be booked, when, and on which terms."""

    kind: Offer.Kind = Field(title="种类")
    name: Annotated[str, Field(min_length=2, max_length=100, pattern=CONTROL_FREE)] = Field(title="名称")
    purpose: Annotated[str, Field(min_length=4, max_length=500, pattern=CONTROL_FREE)] = Field(
        title="用途与能力", description="能测什么、做什么，主要参数。", json_schema_extra=TEXTAREA
    )
    terms: Annotated[str, Field(min_length=2, max_length=500, pattern=CONTROL_FREE)] = Field(
        title="开放条件与收费", description="收费标准、对使用人的要求；不收费的写“免费”。", json_schema_extra=TEXTAREA
    )
    longest_hours: Annotated[int, Field(ge=1, le=24)] = Field(4, title="单次最长", json_schema_extra={"unit": "小时"})
    notice_days: Annotated[int, Field(ge=0, le=60)] = Field(
        1, title="至少提前", description="提前几天预约；当天可约的填0。", json_schema_extra={"unit": "天"}
    )
    on_holidays: bool = Field(False, title="周一至周五逢法定节假日也开放")
    hours: list[HoursRow] = Field(title="每周开放时间", min_length=1, max_length=28)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        rows = sorted(self.hours, key=lambda row: (row.weekday, row.opens))
        for one, two in pairwise(rows):
            if one.weekday == two.weekday and two.opens < one.closes:
                raise PydanticCustomError(
                    "hours", "每周开放时间有重叠：{day}", {"day": str(Weekday(one.weekday).label)}
                )
        return self


class CloseOffer(Input):
    """An offer is no longer open."""

    reason: Reason = Field(title="停止开放的原因", json_schema_extra=TEXTAREA)


class ClosedDays(Input):
    """Days on which it is not open."""

    first_day: Day = Field(title="首日")
    last_day: Day = Field(title="末日")
    reason: Annotated[str, Field(min_length=2, max_length=100, pattern=CONTROL_FREE)] = Field(
        title="原因", description="公开展示，例如“设备检修”。"
    )

"""The shapes of facilities, mentors, bookings and sessions."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from makerspace.doors.api.shapes import Page, Shape

StateCode = Literal["asked", "agreed", "refused", "withdrawn", "cancelled", "lapsed", "done", "missed"]


class OpenHoursOut(Shape):
    """每周开放时间的一段。"""

    weekday: int = Field(description="1为周一，7为周日")
    opens: str = Field(description="如 09:00")
    closes: str


class Offer(Shape):
    """一个开放项目。"""

    id: int
    kind: Literal["equipment", "service"]
    name: str
    purpose: str
    terms: str = Field(description="开放条件与收费")
    longest_hours: int = Field(description="单次最长（小时）")
    notice_days: int = Field(description="至少提前（天）")
    on_holidays: bool = Field(description="周一至周五逢法定节假日是否开放")
    hours: list[OpenHoursOut]


class Facility(Shape):
    """一个开放设施，没有个人信息。"""

    id: int
    name: str
    kind: str = Field(description="engineering_centre、key_laboratory、academician_workstation 或 other")
    host: str = Field(description="依托单位")
    address: str
    field: str = Field(description="研究领域")
    intro: str
    offers: list[Offer]


class Facilities(Page):
    """开放设施目录。"""

    items: list[Facility]


class OfferPart(Shape):
    """某日的一段时间。"""

    start: datetime
    end: datetime
    state: Literal["free", "taken", "over"]


class OfferDay(Shape):
    """某日各段时间；没有开放的写明原因。"""

    day: date
    closed: str
    parts: list[OfferPart]


class OfferWeek(Shape):
    """一周的开放和占用，不含预约人。"""

    id: int
    days: list[OfferDay]


class Mentor(Shape):
    """一位在任导师的公开信息。"""

    id: int
    name: str
    employer: str
    fields: list[str] = Field(description="指导领域代码")


class Mentors(Page):
    """导师目录。"""

    items: list[Mentor]


class Deed(Shape):
    """本人此刻可以办理的事项及其内容的模式。"""

    act: str
    label: str
    schema_: dict[str, Any] = Field(alias="schema")


class Engagement(Shape):
    """预约和辅导共有的内容。notes 只有双方和审计人员可见，其他人为 null。"""

    id: int
    makerspace: str
    tenant: str
    purpose: str
    start: datetime
    end: datetime
    state: StateCode
    asked_at: datetime
    answer_by: date
    reason: str
    done_start: datetime | None
    done_end: datetime | None
    attendance: int | None
    notes: str | None
    stars: int | None
    comment: str
    acts: list[Deed]


class Booking(Engagement):
    """一件预约。"""

    facility: str
    offer: int
    offer_name: str


class Bookings(Page):
    """与本人有关的预约。"""

    items: list[Booking]


class Session(Engagement):
    """一次辅导。"""

    mentor: int
    mentor_name: str
    way: Literal["onsite", "online"]
    place: str
    asked_by_tenant: bool = Field(description="由 tenant 所指的入驻单位通过约导师链接自行提出")


class Sessions(Page):
    """与本人有关的辅导。"""

    items: list[Session]


class OpennessOut(Shape):
    """一个开放项目的开放度；无从计算的为 null。"""

    offer: int
    name: str
    facility: str
    open_hours: float = Field(description="开放时数")
    booked_hours: float = Field(description="预约时数")
    used_hours: float = Field(description="使用时数")
    usage: float | None = Field(description="使用率：使用时数除以开放时数")
    asked: int = Field(description="收到预约")
    refused: int
    lapsed: int = Field(description="逾期未答复")
    punctuality: float | None = Field(description="按期答复的比例")
    stars: float | None = Field(description="平均评价，1至5")


class OpennessList(Shape):
    """开放度。"""

    since: date
    until: date
    items: list[OpennessOut]

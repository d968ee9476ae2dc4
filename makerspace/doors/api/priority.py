"""The call of article 17: other offices ask whether a unit goes first among equals in a year."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from makerspace.doors.api.access import Bearer, caller
from makerspace.doors.api.answers import ok
from makerspace.doors.api.description import refusals
from makerspace.doors.api.public import Closed
from makerspace.doors.api.reading import checked
from makerspace.doors.api.shapes import Shape
from makerspace.matters.support.forms.priority import AskPriority
from makerspace.matters.support.queries import priority as queries
from makerspace.office.casework.refusals import refused
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

ASKS = frozenset({Role.AGENCY, Role.BUREAU, Role.LEADER, Role.AUDITOR})
router = Router(auth=Bearer(), tags=["优先支持"])


class Asked(Closed):
    """Whom, and for which year."""

    uscc: Annotated[str, Field(max_length=40, description="统一社会信用代码")]
    year: Annotated[int, Field(description="申报年度")]


class PriorityTitle(Shape):
    """前一年度公布认定的一个称号。"""

    number: str
    name: str
    since: date
    ended_on: date | None


class PriorityOut(Shape):
    """某单位在某年度是否同等条件下优先。"""

    uscc: str
    year: int
    holds: bool
    as_of: date = Field(description="按这一天的状态答复")
    text: str
    article: int
    readings: list[str]
    titles: list[PriorityTitle]


@router.get(
    "/priority", operation_id="priority", summary="某单位某年度是否优先（第十七条）", response=PriorityOut,
    openapi_extra=refusals(401, 403, 422),
)  # fmt: skip
def priority(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """公布认定的下一年度申报市级科技项目，同等条件下优先；称号终止之日起失效。供项目主管部门查询。"""
    today = clock.today()
    if not caller(request).person.capacity(today).roles & ASKS:
        raise refused("not_yours", "优先支持由项目主管部门和市科技局查询。", 17)
    told = checked(AskPriority, asked.model_dump())
    return ok(queries.priority(told.uscc, told.year, today).contract())

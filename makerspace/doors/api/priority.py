"""The calls of article 17: other offices ask who goes first among equals in a year; a holder begins to ask for the letter."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from makerspace.doors.api import case_views, shapes
from makerspace.doors.api.access import Bearer, caller
from makerspace.doors.api.answers import Answer, ok
from makerspace.doors.api.description import KEY_PARAMETER, refusals
from makerspace.doors.api.keys import answered_once
from makerspace.doors.api.public import Closed
from makerspace.doors.api.reading import ask_nothing, body_of, checked
from makerspace.doors.api.shapes import Shape
from makerspace.matters.recognition.queries import own_title
from makerspace.matters.support.forms.priority import AskPriority
from makerspace.matters.support.operations.letters import open_letter
from makerspace.matters.support.queries import letters
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


class PriorityLetter(Shape):
    """出具给该单位的该年度凭证。"""

    case: str
    code: str = Field(description="校验码")
    issued_on: date
    state: str = Field(description="not_yet 未到年度、usable 有效、expired 已过年度、void 已失效")
    uses: int = Field(description="已登记使用几次")


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
    letter: PriorityLetter | None = Field(description="没有出具过的为 null；登记使用见办件的 record_use")


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
    letter = letters.issued_to(told.uscc, told.year, today)
    found = queries.priority(told.uscc, told.year, today).contract()
    return ok(found | {"letter": letters.told(letter, today) if letter else None})


@router.post(
    "/titles/{number}/letters", operation_id="letter_draft", summary="起草优先支持凭证申请（第十七条）",
    response={201: shapes.CaseDetail},
    openapi_extra={"parameters": [KEY_PARAMETER], **refusals(400, 401, 403, 404, 409, 413, 415, 422)},
)  # fmt: skip
def draft_letter(request: HttpRequest, number: str) -> HttpResponse:
    """为本单位持有的称号建立凭证申请，用于公布认定的下一年度；随后以 request_letter 提交。一个年度只有一份。"""
    person, on = caller(request).person, clock.today()
    ask_nothing(request)

    def start() -> Answer:
        case = open_letter(own_title(person, number, on), by=person, on=on)
        return Answer(201, case_views.detail(case, person, on), case_views.etag(case, person, on))

    return answered_once(request, person, body_of(request), start)

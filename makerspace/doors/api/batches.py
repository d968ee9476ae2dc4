"""Calls with a token for many cases at once: all or nothing, one move per case.

They join the router of the notices, since one address answers to one router only.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, Field, StringConstraints

from makerspace.doors.api import shapes
from makerspace.doors.api.access import Bearer, Caller, caller
from makerspace.doors.api.answers import Answer
from makerspace.doors.api.description import KEY_PARAMETER, body, refusals
from makerspace.doors.api.keys import answered_once
from makerspace.doors.api.notices import notice_json, router
from makerspace.doors.api.public import announced
from makerspace.doors.api.reading import body_of, checked, object_of
from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.queries.budgets import batch_json
from makerspace.matters.recognition import operations as recognition
from makerspace.matters.review import operations as review
from makerspace.office.casework import queries
from makerspace.office.casework.acts import Day, Input
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.record import clock
from makerspace.regulation.faults import CONTROL_FREE

MOST = 500
Number = Annotated[str, StringConstraints(min_length=1, max_length=24, pattern=r"^[A-Z]{2}-[0-9]{4}-[0-9]{4,}$")]
Numbers = Annotated[list[Number], Field(min_length=1, max_length=MOST, title="办件编号")]


class NoticeBatch(Input):
    """发布公示。"""

    cases: Numbers
    publish_on: Day = Field(title="发布日期，不早于今日；公示自次日起算")


class AnnouncementBatch(Input):
    """公布。"""

    cases: Numbers
    document_number: str = Field(min_length=1, max_length=40, title="公布文号，如 昆科发〔2026〕12号")


class PaymentBatch(Input):
    """批准拨付引导资金。"""

    cases: Numbers
    basis: str = Field(
        min_length=1, max_length=200, pattern=CONTROL_FREE, title="批准依据，如 局长办公会2026年第8次会议"
    )


BODIES: dict[str, type[BaseModel]] = {
    "NoticeBatch": NoticeBatch,
    "AnnouncementBatch": AnnouncementBatch,
    "PaymentBatch": PaymentBatch,
}
ALL = refusals(400, 401, 403, 404, 409, 413, 415, 422)


@router.post(
    "/notices", auth=Bearer(), tags=["办件"], operation_id="notice_publish", summary="发布公示（批量）",
    response={201: shapes.Notice}, openapi_extra={"parameters": [KEY_PARAMETER], **body("NoticeBatch"), **ALL},
)  # fmt: skip
def publish_notice(request: HttpRequest) -> HttpResponse:
    """全部办成或全部不办；不能公示的逐件说明原因。首日、末日由系统计算，正文即时冻结。"""

    def publish(who: Caller, on: date) -> Answer:
        asked = checked(NoticeBatch, object_of(request))
        chosen = _chosen(who, asked.cases, "publish_notice", on)
        notice = review.publish_notice(chosen, publish_on=asked.publish_on, by=who.person, on=on)
        return Answer(201, notice_json(notice))

    return _taken(request, publish)


@router.post(
    "/announcements", auth=Bearer(), tags=["办件"], operation_id="announcement_publish", summary="公布并授予称号（批量）",
    response={201: shapes.AnnouncementOut},
    openapi_extra={"parameters": [KEY_PARAMETER], **body("AnnouncementBatch"), **ALL},
)  # fmt: skip
def publish_announcement(request: HttpRequest) -> HttpResponse:
    """全部办成或全部不办；公布后即授予称号、列入名录、生成证书。"""

    def publish(who: Caller, on: date) -> Answer:
        asked = checked(AnnouncementBatch, object_of(request))
        chosen = _chosen(who, asked.cases, "announce", on)
        made = recognition.announce(chosen, document_number=asked.document_number, by=who.person, on=on)
        return Answer(201, announced(made, on))

    return _taken(request, publish)


@router.post(
    "/payment-batches", auth=Bearer(), tags=["引导资金"], operation_id="payment_batch_approve", summary="批准拨付（批量）",
    response={201: shapes.PaymentBatchOut}, openapi_extra={"parameters": [KEY_PARAMETER], **body("PaymentBatch"), **ALL},
)  # fmt: skip
def approve_payments(request: HttpRequest) -> HttpResponse:
    """全部批准或全部不批；超出年度可用预算、有待核定的疑似重复资助的，整批不办并逐件说明。"""

    def approve(who: Caller, on: date) -> Answer:
        asked = checked(PaymentBatch, object_of(request))
        chosen = _chosen(who, asked.cases, "approve_payment", on)
        made = funding.approve_payments(chosen, basis=asked.basis, by=who.person, on=on)
        return Answer(201, batch_json(made))

    return _taken(request, approve)


def _taken(request: HttpRequest, publish: Callable[[Caller, date], Answer]) -> HttpResponse:
    who, on = caller(request), clock.today()
    object_of(request)  # what can't be read is refused before anything is kept
    return answered_once(request, who.person, body_of(request), lambda: publish(who, on))


def _chosen(who: Caller, numbers: list[str], act: str, on: date) -> list[Case]:
    """The cases, in the order given; refused as not there if one is none that this person may see."""
    rows: Any = (
        queries.visible_to(who.person, on).filter(number__in=numbers).select_related("organisation", "authority")
    )
    found = {case.number: case for case in rows}
    missing = {number: queries.NOT_THERE.text for number in numbers if number not in found}
    if missing:
        raise refused("not_found", queries.NOT_THERE.text, fields=missing)
    _ask_procedure(who, found.values(), act)
    return [found[number] for number in dict.fromkeys(numbers)]


def _ask_procedure(who: Caller, cases: Iterable[Case], act: str) -> None:
    """Every case must know the act, and the token must be allowed to decide."""
    for case in cases:
        table = queries.procedure_of(case)
        if not table.has(act):
            raise Refused(queries.NOT_THERE)
        who.ask_scope(table.move(act))

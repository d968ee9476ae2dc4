"""Articles 15 and 16: the directories for anyone; bookings and sessions for those whose they are."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from makerspace.doors.api import support_shapes as shapes
from makerspace.doors.api.access import Bearer, caller
from makerspace.doors.api.answers import Answer, listed, ok
from makerspace.doors.api.description import KEY_PARAMETER, body, refusals
from makerspace.doors.api.keys import answered_once
from makerspace.doors.api.public import Closed, Id, Paged
from makerspace.doors.api.reading import body_of, checked, id_of, invalid, object_of
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.support import acts, operations
from makerspace.matters.support.forms.engagements import AskBooking, AskSession
from makerspace.matters.support.forms.facilities import FacilityFacts, OfferFacts
from makerspace.matters.support.forms.mentors import AppointMentor
from makerspace.matters.support.hours import at_text, monday_of
from makerspace.matters.support.models import Booking, Facility, Mentor, Offer, Session
from makerspace.matters.support.models import Field as Topic
from makerspace.matters.support.operations.common import ask_role
from makerspace.matters.support.queries import engagements as queries
from makerspace.matters.support.queries import facilities, mentors
from makerspace.matters.support.queries.facts import Openness
from makerspace.matters.support.queries.facts import openness as measured
from makerspace.office.casework.acts import Day
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

open_router = Router(tags=["开放设施与导师"])
router = Router(tags=["开放设施与导师"], auth=Bearer())
BODIES: dict[str, type[BaseModel]] = {
    "FacilityFacts": FacilityFacts,
    "OfferFacts": OfferFacts,
    "AppointMentor": AppointMentor,
    "AskBooking": AskBooking,
    "AskSession": AskSession,
    **{f"engagement.{code}": act.schema for code, act in acts.ACTS.items()},
}
ACT_BODIES = [f"engagement.{code}" for code in sorted(acts.ACTS)]
LONGEST_PERIOD = 400
WRITE = refusals(400, 401, 403, 404, 409, 413, 415, 422)


class FacilityFilter(Paged):
    """Which facilities."""

    kind: Annotated[
        Literal["", "engineering_centre", "key_laboratory", "academician_workstation", "other"],
        Field(description="类别"),
    ] = ""


class MentorFilter(Paged):
    """Which mentors."""

    field: Annotated[Topic | Literal[""], Field(description="指导领域代码")] = ""


class Period(Closed):
    """From when to when openness is asked for."""

    since: Annotated[Day | None, Field(description="首日，默认本月1日")] = None
    until: Annotated[Day | None, Field(description="末日，默认今日")] = None


class WeekOf(Closed):
    """A day of the week that is asked for."""

    day: Annotated[Day | None, Field(description="所在的一周，默认本周")] = None


class EngagementFilter(Paged):
    """Which bookings or sessions."""

    state: Annotated[shapes.StateCode | Literal[""], Field(description="状态")] = ""


# -- for anyone --------------------------------------------------------------------------------------------------------
@open_router.get(
    "/facilities", operation_id="facilities_list", summary="开放设施", response=shapes.Facilities,
    openapi_extra=refusals(422),
)  # fmt: skip
def facilities_list(request: HttpRequest, asked: Query[FacilityFilter]) -> HttpResponse:
    """市级科技创新平台及其开放项目，按名称排列（第十五条）。"""
    rows = facilities.facilities(clock.today()).order_by("name")
    return ok(listed(rows.filter(kind=asked.kind) if asked.kind else rows, asked.page, _facility))


@open_router.get(
    "/facilities/{id}", operation_id="facility", summary="一个开放设施", response=shapes.Facility,
    openapi_extra=refusals(404),
)  # fmt: skip
def facility(request: HttpRequest, key: Id) -> HttpResponse:
    """设施信息和各开放项目的条件、每周开放时间。"""
    return ok(_facility(_there(facilities.facilities(clock.today()).filter(pk=id_of(key) or 0).first())))


@open_router.get(
    "/offers/{id}/week", operation_id="offer_week", summary="开放项目的一周", response=shapes.OfferWeek,
    openapi_extra=refusals(404, 422),
)  # fmt: skip
def offer_week(request: HttpRequest, key: Id, asked: Query[WeekOf]) -> HttpResponse:
    """周一至周日，哪些时间空闲、已被预约；不含预约人。"""
    found = _there(facilities.offer_of(id_of(key) or 0, clock.today()))
    week = facilities.week_of(found, monday_of(asked.day or clock.today()), clock.now())
    days = [
        {
            "day": day.day,
            "closed": day.closed,
            "parts": [{"start": part.span.start, "end": part.span.end, "state": part.state} for part in day.parts],
        }
        for day in week
    ]
    return ok({"id": found.pk, "days": days})


@open_router.get(
    "/mentors", operation_id="mentors_list", summary="梦想导师", response=shapes.Mentors, openapi_extra=refusals(422)
)
def mentors_list(request: HttpRequest, asked: Query[MentorFilter]) -> HttpResponse:
    """在任导师的姓名、工作单位和指导领域（第十六条）。"""
    rows = mentors.directory(clock.today(), asked.field).order_by("name", "pk")
    return ok(listed(rows, asked.page, _mentor))


def _facility(row: Any) -> dict[str, Any]:  # noqa: ANN401  a facility with what it opens
    names = ("name", "kind", "host", "address", "field", "intro")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}, "offers": [_offer(each) for each in row.open]}


def _offer(row: Any) -> dict[str, Any]:  # noqa: ANN401  an offer with its week
    names = ("kind", "name", "purpose", "terms", "longest_hours", "notice_days", "on_holidays")
    hours = [
        {"weekday": each.weekday, "opens": f"{each.opens:%H:%M}", "closes": f"{each.closes:%H:%M}"} for each in row.week
    ]
    return {"id": row.pk, **{name: getattr(row, name) for name in names}, "hours": hours}


def _mentor(row: Mentor) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "employer": row.employer, "fields": row.fields}


# -- what the bureau and the keepers write ------------------------------------------------------------------------------
@open_router.post(
    "/facilities", auth=Bearer(), operation_id="facility_enter", summary="登记开放设施", response={201: shapes.Facility},
    openapi_extra={"parameters": [KEY_PARAMETER], **body("FacilityFacts"), **WRITE},
)  # fmt: skip
def facility_enter(request: HttpRequest) -> HttpResponse:
    """市科技局登记一个向众创空间开放的科技创新平台。"""
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def enter() -> Answer:
        ask_role(person, Role.BUREAU, "登记开放设施", 15)
        made = operations.enter_facility(by=person, on=on, **checked(FacilityFacts, given).model_dump())
        shown = facilities.facilities(on).get(pk=made.pk)
        return Answer(201, _facility(shown), {"Location": f"/api/v1/facilities/{made.pk}"})

    return answered_once(request, person, body_of(request), enter)


@router.post(
    "/facilities/{id}/offers", operation_id="offer_publish", summary="发布开放项目", response={201: shapes.Offer},
    openapi_extra={"parameters": [KEY_PARAMETER], **body("OfferFacts"), **WRITE},
)  # fmt: skip
def offer_publish(request: HttpRequest, key: Id) -> HttpResponse:
    """设施管理员或市科技局发布仪器设备或技术服务，写明每周开放时间和条件。"""
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def publish() -> Answer:
        found: Facility = _there(Facility.objects.filter(pk=id_of(key) or 0).first())
        if not facilities.may_change(person, found, on):
            raise refused("not_yours", "开放项目由平台单位的设施管理员或市科技局办理。", 15)
        told = checked(OfferFacts, given)
        facts = {name: getattr(told, name) for name in OfferFacts.model_fields}
        made = operations.publish_offer(found, by=person, on=on, **facts)
        return Answer(201, _offer(facilities.offer_of(made.pk, on)), {"Location": f"/api/v1/offers/{made.pk}/week"})

    return answered_once(request, person, body_of(request), publish)


@router.get(
    "/openness", operation_id="openness", summary="开放度", response=shapes.OpennessList,
    openapi_extra=refusals(401, 403, 422),
)  # fmt: skip
def openness(request: HttpRequest, asked: Query[Period]) -> HttpResponse:
    """各开放项目在一段时间内的开放、预约、使用时数和答复情况；管理员看本设施，市科技局看全部。"""
    person, on = caller(request).person, clock.today()
    if not person.roles_on(on) & (facilities.READERS | {Role.PROVIDER}):
        raise refused("not_yours", "开放度由平台单位和市科技局查看。", 15)
    first, last = asked.since or on.replace(day=1), min(asked.until or on, on)
    if first > last or (last - first).days > LONGEST_PERIOD:
        raise invalid({"since": f"应不晚于 until，期间不超过{LONGEST_PERIOD}天"}, 15)
    rows = measured(facilities.measurable(person, on), first, last, clock.now())
    return ok({"since": first, "until": last, "items": [_openness(row) for row in rows]})


def _openness(row: Openness) -> dict[str, Any]:
    names = ("open_hours", "booked_hours", "used_hours", "usage", "asked", "refused", "lapsed", "punctuality", "stars")
    values = {name: getattr(row, name) for name in names}
    return {"offer": row.offer.pk, "name": row.offer.name, "facility": row.offer.facility.name, **values}


@open_router.post(
    "/mentors", auth=Bearer(), operation_id="mentor_appoint", summary="聘任导师", response={201: shapes.Mentor},
    openapi_extra={"parameters": [KEY_PARAMETER], **body("AppointMentor"), **WRITE},
)  # fmt: skip
def mentor_appoint(request: HttpRequest) -> HttpResponse:
    """市科技局聘任一位导师，自今日起；邀请随即发到所给邮箱。"""
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def appoint() -> Answer:
        ask_role(person, Role.BUREAU, "聘任导师", 16)
        made, _ = operations.appoint_mentor(by=person, on=on, **checked(AppointMentor, given).model_dump())
        return Answer(201, _mentor(made))

    return answered_once(request, person, body_of(request), appoint)


# -- asking ------------------------------------------------------------------------------------------------------------
@router.post(
    "/offers/{id}/bookings", operation_id="booking_ask", summary="预约", response={201: shapes.Booking},
    openapi_extra={"parameters": [KEY_PARAMETER], **body("AskBooking"), **WRITE},
)  # fmt: skip
def booking_ask(request: HttpRequest, key: Id) -> HttpResponse:
    """为本单位持有称号的众创空间预约一个开放项目；时间当即留出，已被他人约定的答复409。"""
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def ask() -> Answer:
        found: Offer = _there(facilities.offer_of(id_of(key) or 0, on))
        told = checked(AskBooking, given)
        made = operations.ask_booking(
            found, makerspace=_makerspace(person, told.makerspace), by=person, on=on, purpose=told.purpose,
            tenant=told.tenant, start=at_text(told.day, told.start), end=at_text(told.day, told.end),
        )  # fmt: skip
        return Answer(201, _booking(person, made), {"Location": f"/api/v1/bookings/{made.pk}"})

    return answered_once(request, person, body_of(request), ask)


@router.post(
    "/mentors/{id}/sessions", operation_id="session_ask", summary="约请辅导", response={201: shapes.Session},
    openapi_extra={"parameters": [KEY_PARAMETER], **body("AskSession"), **WRITE},
)  # fmt: skip
def session_ask(request: HttpRequest, key: Id) -> HttpResponse:
    """为本单位持有称号的众创空间约请一位在任导师；导师的这段时间当即留出。"""
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def ask() -> Answer:
        found = mentors.mentor_of(id_of(key) or 0)
        mentor = _there(found if found and mentors.is_serving(found, on) else None)
        told = checked(AskSession, given)
        made = operations.ask_session(
            mentor, makerspace=_makerspace(person, told.makerspace), by=person, on=on, purpose=told.purpose,
            tenant=told.tenant, start=at_text(told.day, told.start), end=at_text(told.day, told.end), way=told.way,
            place=told.place,
        )  # fmt: skip
        return Answer(201, _session(person, made), {"Location": f"/api/v1/sessions/{made.pk}"})

    return answered_once(request, person, body_of(request), ask)


def _makerspace(person: Person, pk: int) -> Makerspace:
    """One of the caller's own makerspaces; whether it may ask is for the operation to say."""
    own = Makerspace.objects.filter(organisation__in=person.capacity(clock.today()).organisations)
    found = own.filter(pk=pk).first()
    if found is None:
        text = "没有这个众创空间，或不由您所在的单位运营。"
        raise refused("not_yours", text, fields={"makerspace": text})
    return found


# -- bookings and sessions ---------------------------------------------------------------------------------------------
@router.get(
    "/bookings", operation_id="bookings_list", summary="预约", response=shapes.Bookings,
    openapi_extra=refusals(401, 422),
)  # fmt: skip
def bookings_list(request: HttpRequest, asked: Query[EngagementFilter]) -> HttpResponse:
    """与本人有关的预约，时间近的在前；列表中不列可办事项。"""
    person = caller(request).person
    rows = queries.bookings(person, clock.today())
    return ok(listed(rows.filter(state=asked.state) if asked.state else rows, asked.page, _plain_booking))


@router.get(
    "/bookings/{id}", operation_id="booking", summary="一件预约", response=shapes.Booking,
    openapi_extra=refusals(401, 404),
)  # fmt: skip
def booking(request: HttpRequest, key: Id) -> HttpResponse:
    """预约的时间、答复、完成情况和评价，以及本人此刻可以办理的事项。"""
    person = caller(request).person
    return ok(_booking(person, _found(queries.bookings, person, key)))


@router.post(
    "/bookings/{id}/acts/{act}", operation_id="booking_act", summary="办理预约", response=shapes.Booking,
    openapi_extra={"parameters": [KEY_PARAMETER], **body(*ACT_BODIES, required=False), **WRITE},
)  # fmt: skip
def booking_act(request: HttpRequest, key: Id, act: str) -> HttpResponse:
    """确认、谢绝、撤回、取消、登记完成情况、登记未到场、评价；答复为办理后的预约。"""
    return _act(request, queries.bookings, key, act, _booking)


@router.get(
    "/sessions", operation_id="sessions_list", summary="辅导", response=shapes.Sessions,
    openapi_extra=refusals(401, 422),
)  # fmt: skip
def sessions_list(request: HttpRequest, asked: Query[EngagementFilter]) -> HttpResponse:
    """与本人有关的辅导，时间近的在前；列表中不列可办事项。"""
    person = caller(request).person
    rows = queries.sessions(person, clock.today())
    return ok(listed(rows.filter(state=asked.state) if asked.state else rows, asked.page, _plain_session))


@router.get(
    "/sessions/{id}", operation_id="session", summary="一次辅导", response=shapes.Session,
    openapi_extra=refusals(401, 404),
)  # fmt: skip
def session(request: HttpRequest, key: Id) -> HttpResponse:
    """辅导的时间、答复、完成情况和评价，以及本人此刻可以办理的事项。"""
    person = caller(request).person
    return ok(_session(person, _found(queries.sessions, person, key)))


@router.post(
    "/sessions/{id}/acts/{act}", operation_id="session_act", summary="办理辅导", response=shapes.Session,
    openapi_extra={"parameters": [KEY_PARAMETER], **body(*ACT_BODIES, required=False), **WRITE},
)  # fmt: skip
def session_act(request: HttpRequest, key: Id, act: str) -> HttpResponse:
    """确认、谢绝、撤回、取消、登记完成情况、登记未到场、评价；答复为办理后的辅导。"""
    return _act(request, queries.sessions, key, act, _session)


def _act(
    request: HttpRequest, rows: Callable[..., Any], key: str, code: str, show: Callable[[Person, Any], dict[str, Any]]
) -> HttpResponse:
    """Fetch, ask, read the fields, do it; refusals in the house's order: 404, 403, 409, 422."""
    person, on = caller(request).person, clock.today()
    given = object_of(request)

    def take() -> Answer:
        found = _found(rows, person, key)
        deed = _there(queries.DEEDS.get(code))
        refusal = queries.why_not(queries.sides(person, found, on), deed, found, clock.now())
        if refusal:
            raise Refused(refusal)
        return Answer(
            200, show(person, acts.take(found, code, checked(acts.ACTS[code].schema, given), by=person, on=on))
        )

    return answered_once(request, person, body_of(request), take)


def _found(rows: Callable[..., Any], person: Person, key: str) -> Any:  # noqa: ANN401  a booking or a session
    return _there(rows(person, clock.today()).filter(pk=id_of(key) or 0).first())


def _there(found: Any) -> Any:  # noqa: ANN401  whatever was looked for
    if found is None:
        raise Refused(NOT_THERE)
    return found


def _booking(person: Person, row: Booking) -> dict[str, Any]:
    return {**_plain_booking(row), **_for(person, row)}


def _session(person: Person, row: Session) -> dict[str, Any]:
    return {**_plain_session(row), **_for(person, row)}


def _plain_booking(row: Booking) -> dict[str, Any]:
    offer = row.offer
    return {**_common(row), "facility": offer.facility.name, "offer": offer.pk, "offer_name": offer.name}


def _plain_session(row: Session) -> dict[str, Any]:
    return {
        **_common(row), "mentor": row.mentor_id, "mentor_name": row.mentor.name, "way": row.way, "place": row.place,
        "asked_by_tenant": queries.by_tenant(row),
    }  # fmt: skip


def _common(row: Booking | Session) -> dict[str, Any]:
    """What a list shows: what was said stays with the two, and what can be done is asked of the one."""
    names = (
        "tenant", "purpose", "start", "end", "state", "asked_at", "answer_by", "reason", "done_start", "done_end",
        "attendance", "stars", "comment",
    )  # fmt: skip
    values = {name: getattr(row, name) for name in names}
    return {"id": row.pk, "makerspace": row.makerspace.name, **values, "notes": None, "acts": []}


def _for(person: Person, row: Booking | Session) -> dict[str, Any]:
    on, now = clock.today(), clock.now()
    sides = queries.sides(person, row, on)
    open_now = [deed for deed, refusal in queries.actions(sides, row, now) if refusal is None]
    deeds = [
        {"act": deed.code, "label": deed.label, "schema": acts.ACTS[deed.code].schema.model_json_schema()}
        for deed in open_now
    ]
    return {"notes": row.notes if queries.reads_notes(sides, row, person, on) else None, "acts": deeds}

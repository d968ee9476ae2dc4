"""Hands in the acts of articles 10 and 11 with their inputs, guards and the choices their pages offer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from makerspace.matters.application.acts import Withdraw
from makerspace.matters.application.queries import correction_targets, counter_role
from makerspace.matters.review import forms, guards, operations
from makerspace.matters.review.criteria import criteria_of
from makerspace.matters.review.models import Conclusion, Objection, Seat
from makerspace.matters.review.notice_text import CORRECTABLE
from makerspace.matters.review.queries import district, notices, objections
from makerspace.matters.review.queries import panel as panels
from makerspace.matters.review.queries.conditions import MERIT, ON_SITE, Row, conditions_of, grounds_of
from makerspace.matters.review.queries.photos import new_photos_of
from makerspace.office.casework.acts import Actor, Options, hand_on, register
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role

KIND = "recognition"
Choices = Mapping[str, Any]


# -- operations take plain rows; the gate hands over models ------------------------------------------------------------
def _plain(operation: Callable[..., Case]) -> Callable[..., Case]:
    """The operation, with rows of the input's lists turned into plain mappings."""

    def taken(case: Case, **told: object) -> Case:
        return operation(case, **{name: _dumped(value) for name, value in told.items()})

    return taken


def _dumped(value: object) -> object:
    if isinstance(value, list):
        return [row.model_dump() if isinstance(row, BaseModel) else row for row in value]
    return value


def _publish(case: Case, *, by: Person, on: date, publish_on: date) -> Case:
    operations.publish_notice([case], publish_on=publish_on, by=by, on=on)
    case.refresh_from_db()
    return case


def _object(case: Case, *, by: Actor, on: date, name: str, is_unit: bool, contact: str, facts: str) -> Case:
    item = notices.live_item(case)
    if item is None:
        raise refused("wrong_stage", "本件不在公示中。", 11)
    operations.object_to(item.notice, case, on=on, name=name, is_unit=is_unit, contact=contact, facts=facts)
    return case


# -- choices and first values ------------------------------------------------------------------------------------------
def _named(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(row.id, f"{row.article} {row.title}") for row in rows]


def _targets(case: Case, person: Person) -> Choices:
    return {"faults.target": correction_targets(case)}


def _photos(case: Case) -> list[tuple[str, str]]:
    return [(digest, photo.name) for digest, photo in new_photos_of(case).items()]


def _visit(case: Case, person: Person) -> Choices:
    agrees = [("true", "一致"), ("false", "不一致")]
    return {"items.condition": _named(conditions_of(case)), "items.agrees": agrees, "photos": _photos(case)}


def _visit_initial(case: Case, person: Person) -> Choices:
    return {
        "visited_on": clock.today(),
        "inspectors": [str(person)],
        "items": [{"condition": row.id, "found": "", "agrees": None, "remark": ""} for row in conditions_of(case)],
        "photos": [digest for digest, _ in _photos(case)],
    }


def _agreeing(case: Case, person: Person) -> Choices:
    return {"agrees": [("true", "无异议"), ("false", "有不同意见")]}


def _conflict(case: Case, person: Person) -> Choices:
    return {"conflict": [("false", "没有利害关系，可以参加评审"), ("true", "存在利害关系，申请回避")]}


def _district_grounds(case: Case, person: Person) -> Choices:
    return {"reasons.condition": _named(grounds_of(case, MERIT))}


def _bureau_grounds(case: Case, person: Person) -> Choices:
    return {"reasons.condition": _named(grounds_of(case, ON_SITE))}


def _rank(case: Case, person: Person) -> Choices:
    return {"rank": district.next_rank(case.authority, case.application.call)}


def _convene(case: Case, person: Person) -> Choices:
    pool = panels.pool_for(case, on=clock.today()).eligible
    fields = panels.fields_known()
    return {
        "fields": [(field, field) for field in fields],
        "head": [(expert.pk, f"{expert.person}（{expert.employer}）") for expert in pool],
    }


def _seats(case: Case, person: Person) -> list[Seat]:
    sheets = panels.sheets_of(case)
    return [seat for seat in sheets.seats if seat.ended_on is None] if sheets else []


def _replace(case: Case, person: Person) -> Choices:
    reasons = [(value, label) for value, label in Seat.Ending.choices]
    return {"person": _named_seats(case, person), "reason": reasons}


def _named_seats(case: Case, person: Person) -> list[tuple[int, str]]:
    """The seats to choose from: by name for those who may know it, else by the panel's labels (C12)."""
    seats = _seats(case, person)
    labels = {} if not seats or panels.sees_names(person, case, clock.today()) else panels.labels_of(seats[0].panel)
    return [(seat.person_id, labels.get(seat.person_id, str(seat.person))) for seat in seats]


def _expert_visit(case: Case, person: Person) -> Choices:
    return {"photos": _photos(case)}


def _expert_visit_initial(case: Case, person: Person) -> Choices:
    """The head alone: who the others are, the system tells no member of the panel (C12)."""
    return {"visited_on": clock.today(), "present": [str(person)], "photos": [digest for digest, _ in _photos(case)]}


def _sheet(case: Case, person: Person) -> Choices:
    return {"items.criterion": [(row.id, f"{row.title}（{row.points}分）") for row in criteria_of(case.category)]}


def _sheet_initial(case: Case, person: Person) -> Choices:
    return {"items": [{"criterion": row.id, "points": "", "reason": ""} for row in criteria_of(case.category)]}


def _results(case: Case, person: Person) -> Choices:
    return {"result": list(Conclusion.Result.choices)}


def _remit(case: Case, person: Person) -> Choices:
    return {"to": [("expert_review", "原专家组重新评审"), ("city_review", "经办处室重新组织")]}


def _meeting_initial(case: Case, person: Person) -> Choices:
    return {"meeting": "局长办公会", "meeting_on": clock.today()}


def _today(case: Case, person: Person) -> Choices:
    return {"publish_on": clock.today()}


def _reissue_options(case: Case, person: Person) -> Choices:
    rows = [row.facts for row in notices.rows_beside(case)]
    numbers = [(row["number"], f"{row['number']} {row['makerspace']}") for row in rows]
    return {"corrections.case": numbers, "corrections.field": list(CORRECTABLE.items())}


def _reissue_initial(case: Case, person: Person) -> Choices:
    proposal = notices.open_proposal_for(case)
    if proposal is None or proposal.by_id == person.pk:
        return {}
    return {"confirm": True, "wrong": proposal.wrong, "corrections": proposal.corrections}


def _reissue_order(case: Case, person: Person, on: date) -> tuple[Role, ...]:
    """Whoever is both of the bureau and a leader confirms as the side that did not propose."""
    proposal = notices.open_proposal_for(case)
    if proposal and proposal.by_id != person.pk and proposal.role == Role.BUREAU:
        return (Role.LEADER, Role.BUREAU)
    return (Role.BUREAU, Role.LEADER)


def _objections(*states: str, field: str = "objection") -> Options:
    def options(case: Case, person: Person) -> Choices:
        seen = objections.visible_objections(person, clock.today()).filter(case=case, state__in=states)
        rows = [(row.pk, _gist(row)) for row in seen.order_by("id")]
        return {field: rows, **_bureau_grounds(case, person)}

    return options


def _first(*states: str) -> Options:
    def initial(case: Case, person: Person) -> Choices:
        rows = Objection.objects.filter(case=case, state__in=states).order_by("id").values_list("pk", flat=True)[:1]
        return {"objection": rows[0]} if rows else {}

    return initial


def _gist(row: Objection) -> str:
    return f"第{row.pk}号（{chinese(row.received_on)}收到，{row.get_state_display()}）{row.facts[:40]}"


# -- the rows of the table ---------------------------------------------------------------------------------------------
RECEIVED, ADMITTED, INVESTIGATED = Objection.State.RECEIVED, Objection.State.ADMITTED, Objection.State.INVESTIGATED

register(
    KIND,
    "request_correction",
    operation=_plain(operations.request_correction),
    schema=forms.RequestCorrection,
    options=_targets,
)
register(
    KIND, "withdraw", operation=operations.withdraw, schema=Withdraw, stand_in=counter_role, note="撤回后本件办结。"
)
register(KIND, "close_correction", operation=operations.close_correction, guards=(guards.correction_is_overdue,))
register(
    KIND, "record_visit", operation=_plain(operations.record_visit), schema=forms.RecordVisit, options=_visit, initial=_visit_initial,
    page="review_visit",
)  # fmt: skip
register(
    KIND, "countersign_visit", operation=operations.countersign_visit, schema=forms.CountersignVisit,
    guards=(guards.visit_to_countersign,), options=_agreeing,
)  # fmt: skip
register(KIND, "decline", operation=_plain(operations.decline), schema=forms.Decline, options=_district_grounds)
register(
    KIND, "recommend", operation=operations.recommend, schema=forms.Recommend, guards=(guards.visited,), initial=_rank
)
register(KIND, "return_to_district", operation=operations.return_to_district, schema=forms.WithReason)
register(KIND, "convene", operation=operations.convene, schema=forms.Convene, options=_convene, page="review_convene")
register(
    KIND, "declare_interest", operation=operations.declare_interest, schema=forms.DeclareInterest,
    guards=(guards.has_not_declared,), options=_conflict,
)  # fmt: skip
register(KIND, "replace_expert", operation=operations.replace_expert, schema=forms.ReplaceExpert, options=_replace)
register(
    KIND, "record_expert_visit", operation=operations.record_expert_visit, schema=forms.RecordExpertVisit,
    guards=(guards.has_declared, guards.is_head), options=_expert_visit, initial=_expert_visit_initial,
    page="review_study",
)  # fmt: skip
register(
    KIND, "score", operation=_plain(operations.score), schema=forms.ScoreSheet, guards=(guards.has_declared, guards.has_not_scored),
    options=_sheet, initial=_sheet_initial, page="review_score",
)  # fmt: skip
register(
    KIND, "conclude", operation=operations.conclude, schema=forms.Conclude,
    guards=(guards.has_declared, guards.is_head, guards.panel_is_ready), options=_results,
)  # fmt: skip
register(KIND, "remit", operation=operations.remit, schema=forms.Remit, options=_remit)
register(KIND, "approve", operation=operations.approve, schema=forms.Approve, initial=_meeting_initial)
register(
    KIND,
    "reject",
    operation=_plain(operations.reject),
    schema=forms.Reject,
    options=_bureau_grounds,
    initial=_meeting_initial,
)
register(
    KIND, "publish_notice", operation=_publish, schema=forms.PublishNotice, initial=_today, batch=True,
    page="review_notice_new",
)  # fmt: skip
register(
    KIND, "reissue_notice", operation=_plain(operations.reissue_notice), schema=forms.ReissueNotice, options=_reissue_options,
    initial=_reissue_initial, guards=(guards.may_reissue,), order=_reissue_order,
)  # fmt: skip
register(KIND, "object", operation=_object, schema=forms.Object, guards=(guards.notice_is_running,))
register(
    KIND, "admit_objection", operation=operations.admit_objection, schema=forms.AdmitObjection,
    guards=(guards.took_no_act, guards.has_received), options=_objections(RECEIVED), initial=_first(RECEIVED),
    unnamed=True,
)  # fmt: skip
register(
    KIND, "not_admit_objection", operation=operations.not_admit_objection, schema=forms.NotAdmitObjection,
    guards=(guards.took_no_act, guards.has_received), options=_objections(RECEIVED), initial=_first(RECEIVED),
    unnamed=True,
)  # fmt: skip
register(
    KIND, "investigate_objection", operation=operations.investigate_objection, schema=forms.InvestigateObjection,
    guards=(guards.took_no_act, guards.has_admitted), options=_objections(ADMITTED), initial=_first(ADMITTED),
    unnamed=True,
)  # fmt: skip
hand_on(KIND, "objection_review", Role.LEADER, objections.waits_for_leader)
register(KIND, "close_notice", operation=operations.close_notice, guards=(guards.notice_is_over,))
register(
    KIND, "dismiss_objections", operation=operations.dismiss_objections, schema=forms.WithReason,
    guards=(guards.all_investigated,),
)  # fmt: skip
register(
    KIND, "uphold_objection", operation=_plain(operations.uphold_objection), schema=forms.UpholdObjection,
    guards=(guards.all_investigated, guards.one_investigated), options=_objections(INVESTIGATED, field="objections"),
)  # fmt: skip

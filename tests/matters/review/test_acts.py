"""The acts as pages and the API take them: every row has an act, and every form opens with choices that the act takes."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from makerspace.matters.review import forms, operations
from makerspace.matters.review.models import Objection, Recommendation
from makerspace.matters.review.operations.experts import keep_expert
from makerspace.office.casework import acts, taking
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import procedure_of
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Expert, Person
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from makerspace.web.forms import SchemaForm
from tests.factories import make_call, make_expert, make_person, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db


def opened(case: Case, code: str, person: Person) -> SchemaForm[Any]:
    """The form of an act as its page opens it; every choice and first value is asked for."""
    _, act = taking.find(case, code)
    form = SchemaForm(
        act.schema,
        initial=act.initial(case, person) if act.initial else None,
        options=act.options(case, person) if act.options else None,
    )
    for field in form.fields:
        if field.kind not in {"rows", "group"}:
            assert str(field.control)
    return form


def take(case: Case, code: str, person: Person, payload: dict[str, Any], on: date = VISIT_DAY) -> Case:
    """As the API takes it, after the page was opened."""
    opened(case, code, person)
    return taking.take(walking.fresh(case), code, by=Person.objects.get(pk=person.pk), on=on, payload=payload)


def labels(form: SchemaForm[Any], name: str) -> list[str]:
    field = next(field for field in form.fields if field.name == name)
    return [choice.label for choice in field.choices]


def test_every_row_from_correction_to_objection_has_an_act_with_a_schema() -> None:
    table = procedure_of(submitted_case()).moves
    codes = [move.act for move in table]
    mine = codes[codes.index("request_correction") : codes.index("uphold_objection") + 1]
    mine.remove("resubmit")

    missing = [
        code for code in mine if (act := acts.find("recognition", code)) is None or not act.schema.model_json_schema()
    ]

    assert missing == []


def test_a_whole_life_through_the_gate_up_to_a_dismissed_objection() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    day = VISIT_DAY.isoformat()
    faults = {"faults": [{"target": "premises", "text": "缺页"}]}

    case = take(case, "request_correction", staff.district, faults)
    assert case.due_on is not None
    overdue = case.due_on + timedelta(days=1)
    case = take(case, "close_correction", staff.district, {}, overdue)
    visit = {"visited_on": day, "inspectors": ["甲某", "乙某"], "items": walking.visit_items(case)}
    case = take(case, "record_visit", staff.district, visit, overdue)
    case = take(case, "countersign_visit", walking.applicant_of(case), {"agrees": True}, overdue)
    case = take(case, "recommend", staff.district, {"opinion": "推荐", "rank": 1}, overdue)
    case = take(case, "return_to_district", staff.bureau, {"reason": "补一句"}, overdue)
    case = take(case, "recommend", staff.district, {"opinion": "推荐", "rank": 1}, overdue)
    case = take(case, "convene", staff.bureau, {"visit_on": overdue.isoformat(), "fields": ["10"]}, overdue)
    hindered = walking.members(case)[1]
    replaced = {"person": hindered.pk, "reason": "hindered", "text": "出差"}
    case = take(case, "replace_expert", staff.bureau, replaced, overdue)
    for person in walking.members(case):
        case = take(case, "declare_interest", person, {"conflict": False}, overdue)
    study = {"visited_on": overdue.isoformat(), "present": ["甲"], "findings": "属实"}
    case = take(case, "record_expert_visit", walking.head_of(case), study, overdue)
    for person in walking.members(case):
        case = take(case, "score", person, {"items": walking.sheet(case)}, overdue)
    opinion = {"result": "pass", "text": "同意"}
    case = take(case, "conclude", walking.head_of(case), opinion, overdue)
    case = take(case, "remit", staff.leader, {"to": "expert_review", "reason": "再议"}, overdue)
    for person in walking.members(case):
        case = take(case, "score", person, {"items": walking.sheet(case)}, overdue)
    case = take(case, "conclude", walking.head_of(case), opinion, overdue)
    opened(case, "reject", staff.leader)
    case = take(case, "approve", staff.leader, {"meeting_on": overdue.isoformat()}, overdue)
    case = take(case, "publish_notice", staff.bureau, {"publish_on": overdue.isoformat()}, overdue)
    wrong = {"wrong": "名称有误", "corrections": [{"case": case.number, "field": "makerspace", "text": "更正后的名称"}]}
    case = take(case, "reissue_notice", staff.bureau, wrong, overdue)
    case = take(case, "reissue_notice", staff.leader, {"confirm": True}, overdue)
    told = {"name": "钱某某", "contact": "13987654321", "facts": "不实"}
    act = acts.find("recognition", "object")
    assert act is not None
    act.operation(case, by=Role.PUBLIC, on=overdue, is_unit=False, **told)
    row = Objection.objects.get()
    case = take(case, "admit_objection", staff.handler, {"objection": row.pk, "reason": "有事实"}, overdue)
    words = dict.fromkeys(("steps", "findings", "reply_to_objector", "reply_to_applicant"), "已核查")
    case = take(case, "investigate_objection", staff.handler, {"objection": row.pk, **words}, overdue)
    assert case.due_on is not None
    operations.close_notices(walking.midnight_after(case.due_on))
    opened(walking.fresh(case), "uphold_objection", staff.leader)
    case = take(case, "dismiss_objections", staff.leader, {"reason": "不属实"}, overdue)

    assert case.stage == "announcement"


def test_a_taken_act_with_wrong_fields_names_all_of_them() -> None:
    staff, case = Staff(), submitted_case()

    with pytest.raises(Refused) as refused:
        take(case, "record_visit", staff.district, {"inspectors": "甲", "items": [{"condition": 1}], "extra": 1})

    assert {"visited_on", "inspectors", "extra"} <= set(refused.value.refusal.fields)


def test_an_objection_outside_a_notice_is_refused() -> None:
    case, act = submitted_case(), acts.find("recognition", "object")
    assert act is not None

    with pytest.raises(Refused) as refused:
        act.operation(case, by=Role.PUBLIC, on=VISIT_DAY, is_unit=False, name="钱某", contact="13987654321", facts="x")

    assert refused.value.refusal.code == "wrong_stage"


def test_the_choices_of_an_objection_hold_no_objection_that_one_may_not_read() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)

    assert any(row.facts[:10] in label for label in labels(opened(case, "admit_objection", staff.handler), "objection"))
    assert row.facts not in repr(acts.find("recognition", "admit_objection").options(case, staff.bureau))  # type: ignore[misc, union-attr]


def test_replacement_offers_labels_to_whoever_may_not_know_names() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    case = walking.convene(walking.recommend(case, staff), staff)

    named = labels(opened(case, "replace_expert", staff.bureau), "person")
    labelled = labels(opened(case, "replace_expert", staff.second), "person")

    assert {person.name for person in walking.members(case)} <= set(named)
    assert all(label.startswith(("专家", "请选择")) for label in labelled)


def test_first_values_come_from_the_case() -> None:
    staff, case = Staff(), submitted_case(call=make_call())
    walking.recommend(case, staff, rank=4)
    other = submitted_case(call=Recommendation.objects.get().call)

    form = opened(other, "recommend", staff.district)

    assert next(field.value for field in form.fields if field.name == "rank") == "5"


def test_the_pool_is_kept_by_the_bureau_and_for_experts_only() -> None:
    staff, person = Staff(), make_expert()

    with pytest.raises(Refused) as not_yours:
        keep_expert(person, by=staff.leader, on=VISIT_DAY, employer="某院")
    with pytest.raises(Refused) as no_expert:
        keep_expert(make_person(), by=staff.bureau, on=VISIT_DAY, employer="某院")

    assert (not_yours.value.refusal.code, no_expert.value.refusal.code) == ("not_yours", "invalid")


def test_the_record_shows_that_an_expert_s_employer_was_changed_and_not_which_it_is() -> None:
    staff, person = Staff(), make_expert()

    for employer, code in (("云南大学", ""), ("云南某研究院", ""), ("云南某研究院", "91530100ma6k-0000x1")):
        keep_expert(person, by=staff.bureau, on=VISIT_DAY, employer=employer, employer_uscc=code, fields=["10"])

    kept = Entry.objects.filter(stream="EXPERTS").order_by("seq").values_list("data", flat=True)
    assert len({json.loads(data)["employer"] for data in kept}) == 3
    assert not any("云南" in data for data in kept)
    assert Expert.objects.get(person=person).employer_uscc == "91530100MA6K0000X1"


def test_no_form_asks_for_the_seed() -> None:
    assert "seed" not in forms.Convene.model_fields

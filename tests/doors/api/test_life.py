"""A whole life through the API: from the draft to the title, and what each answer must look like."""

import json
from datetime import timedelta
from typing import Any

import pytest

from makerspace.doors.api import shapes
from makerspace.matters.review.criteria import CRITERIA
from makerspace.matters.review.models import Objection as Row
from makerspace.matters.review.operations import close_notices
from makerspace.office.record import clock, seals
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests.doors.api.conftest import NOON, Program, of, pdf, program
from tests.doors.api.life import City
from tests.factories import DAY, make_person

pytestmark = pytest.mark.django_db


def test_a_case_goes_from_draft_to_title_through_the_api(stranger: Program) -> None:
    city = City()
    number, notice_id = city.noticed()

    notice = of(stranger.get(f"/notices/{notice_id}"))
    listed = of(stranger.get("/notices"))
    shapes.Notice.model_validate(notice)
    assert listed["items"] == [notice]
    assert (notice["first_day"], notice["last_day"]) == ("2026-03-17", "2026-03-23")
    assert [item["id"] for item in notice["items"]] == [number]

    later = NOON + timedelta(days=8)
    with clock.pretending(later):
        close_notices(later)
        body = {"cases": [number], "document_number": "昆科发〔2026〕12号"}
        announced = of(city["leader"].post("/announcements", body), 201)
        shapes.AnnouncementOut.model_validate(announced)
        title = announced["titles"][0]["number"]
        entry = of(stranger.get(f"/registry/{title}"))
        registry = of(stranger.get("/registry"))
        sheet = stranger.get("/registry", Accept="text/csv")
        case = of(city["applicant"].get(f"/cases/{number}"))

    shapes.RegistryEntry.model_validate(entry)
    shapes.Registry.model_validate(registry)
    assert (title, entry["announcement"]) == ("KMZC-2026-001", "昆科发〔2026〕12号")
    assert [row["number"] for row in registry["items"]] == [title]
    assert sheet["Content-Type"] == "text/csv; charset=utf-8"
    assert sheet.content.decode("utf-8-sig").splitlines()[1].startswith(f"{title},")
    assert (case["stage"], case["acts"]) == ("recognised", [])
    assert first_broken() is None


def test_the_title_was_not_yet_in_the_registry_the_day_before(stranger: Program) -> None:
    city = City()
    number, _ = city.noticed()
    later = NOON + timedelta(days=8)
    with clock.pretending(later):
        close_notices(later)
        of(city["leader"].post("/announcements", {"cases": [number], "document_number": "昆科发〔2026〕12号"}), 201)
        before = of(stranger.get(f"/registry?on={DAY}"))
        gone = stranger.get(f"/registry/KMZC-2026-001?on={DAY}")

    assert before["items"] == []
    assert of(gone, 404)["code"] == "not_found"


def test_every_answer_about_a_case_has_the_shape_of_the_contract() -> None:
    city = City()
    number = city.under_review()

    for who in ("applicant", "district", "bureau", "leader", "auditor", "discipline"):
        shapes.CaseDetail.model_validate(of(city[who].get(f"/cases/{number}")))
        shapes.Cases.model_validate(of(city[who].get("/cases")))
        shapes.Record.model_validate(of(city[who].get(f"/cases/{number}/record")))


def test_anyone_who_sees_an_entry_can_work_out_its_seal() -> None:
    city = City()
    number = city.concluded()

    entries = of(city["auditor"].get(f"/cases/{number}/record"))["items"]

    assert len(entries) >= 12
    before = ""
    for entry in entries:
        text = json.dumps(entry["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert seals.digest(entry["algorithm"], text.encode()) == entry["seal"]
        assert entry["prev"] == before
        before = entry["seal"]


# -- who sees what -----------------------------------------------------------------------------------------------------
def names_of_experts(city: City) -> list[str]:
    return [person.name for name, person in city.people.items() if name.startswith("expert")]


@pytest.mark.parametrize(
    ("who", "told"),
    [("applicant", 0), ("district", 0), ("discipline", 0), ("leader", 1), ("auditor", 1), ("bureau", 1)],
)
def test_experts_are_named_to_the_handler_the_leader_and_the_auditor_only(who: str, told: int) -> None:
    city = City()
    number = city.concluded()

    answers = city[who].get(f"/cases/{number}"), city[who].get(f"/cases/{number}/record")

    text = "".join(answer.content.decode() for answer in answers)
    assert any(name in text for name in names_of_experts(city)) == bool(told)
    shown = [row["content"] for row in of(answers[1])["items"] if row["role"] == "expert" or row["act"] == "convene"]
    assert len(shown) == 9
    assert all((content is not None) == bool(told) for content in shown)


def test_another_member_of_the_bureau_is_not_told_who_the_experts_are() -> None:
    city = City()
    number = city.concluded()

    text = program(make_person(Role.BUREAU)).get(f"/cases/{number}/record").content.decode()

    assert not any(name in text for name in names_of_experts(city))


def test_an_expert_sees_a_stub_before_declaring_and_the_file_without_contacts_after() -> None:
    city = City()
    number = city.under_review()
    seated = next(
        name
        for name in city.people
        if name.startswith("expert") and city[name].get(f"/cases/{number}").status_code == 200
    )

    stub = of(city[seated].get(f"/cases/{number}"))
    record = of(city[seated].get(f"/cases/{number}/record"))
    city.take(seated, number, "declare_interest", conflict=False)
    opened = of(city[seated].get(f"/cases/{number}"))

    assert (stub["dossier"], stub["findings"], stub["materials"], stub["history"]) == (None, None, [], [])
    assert stub["applicant"] == city.unit.name
    assert record["items"] == []
    assert [row["act"] for row in stub["acts"]] == ["declare_interest"]
    assert opened["dossier"]["operator"]["contact_phone"] is None
    assert opened["dossier"]["tenants"]
    assert "13800000000" not in json.dumps(opened)


def test_an_expert_without_a_seat_sees_nothing() -> None:
    city = City()
    number = city.under_review()
    outside = [
        name
        for name in city.people
        if name.startswith("expert") and city[name].get(f"/cases/{number}").status_code == 404
    ]

    assert len(outside) == 2
    assert of(city[outside[0]].get("/cases"))["count"] == 0


def test_other_experts_scores_stay_hidden_from_an_expert() -> None:
    city = City()
    number = city.under_review()
    panel = city.panel(number)
    city.take(panel[0], number, "record_expert_visit", visited_on=DAY.isoformat(), present=["组长"], findings="好")
    items = [{"criterion": row.id, "points": row.points, "reason": "独特的理由"} for row in CRITERIA["comprehensive"]]
    city.take(panel[0], number, "score", items=items)

    seen = (
        city[panel[1]].get(f"/cases/{number}").content.decode()
        + city[panel[1]].get(f"/cases/{number}/record").content.decode()
    )

    assert "独特的理由" not in seen
    assert city.people[panel[0]].name not in seen


def test_a_draft_s_content_is_its_applicant_s_alone() -> None:
    city = City()
    number = city.draft(makerspace={"theme": "只给自己看的主题"})

    for who in ("district", "bureau", "leader", "auditor", "discipline"):
        shown = of(city[who].get(f"/cases/{number}"))
        assert (shown["dossier"], shown["findings"], shown["materials"], shown["history"]) == (None, None, [], [])
        assert "ETag" not in city[who].get(f"/cases/{number}").headers
    assert of(city["applicant"].get(f"/cases/{number}"))["dossier"]["makerspace"]["theme"] == "只给自己看的主题"


def test_during_a_correction_officers_read_what_was_handed_in() -> None:
    city = City()
    number = city.submitted()
    city.take("district", number, "request_correction", faults=[{"target": "makerspace", "text": "请补充主题"}])
    draft = city["applicant"].get(f"/cases/{number}")
    dossier = of(draft)["dossier"]
    changed = {**dossier, "makerspace": {**dossier["makerspace"], "theme": "尚未提交的修改"}}
    of(city["applicant"].put(f"/cases/{number}/dossier", changed, If_Match=draft["ETag"]))

    assert (
        of(city["district"].get(f"/cases/{number}"))["dossier"]["makerspace"]["theme"] == dossier["makerspace"]["theme"]
    )
    assert of(city["applicant"].get(f"/cases/{number}"))["dossier"]["makerspace"]["theme"] == "尚未提交的修改"


# -- objections --------------------------------------------------------------------------------------------------------
def objection(**fields: Any) -> dict[str, Any]:
    return {"name": "郑观察", "contact": "13911112222", "facts": "入驻企业不实", **fields}


def test_anybody_may_object_and_follow_the_objection_by_its_receipt(stranger: Program) -> None:
    city = City()
    number, notice = city.noticed()

    answer = stranger.post(f"/notices/{notice}/objections", objection(case=number))
    made = of(answer, 201)
    shown = of(stranger.get(f"/objections/{made['receipt']}"))

    shapes.Objection.model_validate(made)
    assert shown == made
    assert answer["Location"] == f"/api/v1/objections/{made['receipt']}"
    assert (made["state"], made["case"], made["notice"]) == ("received", number, notice)
    assert "郑观察" not in json.dumps(shown)
    assert "13911112222" not in json.dumps(shown)


def test_an_objection_comes_with_evidence_as_a_form(stranger: Program) -> None:
    city = City()
    _, notice = city.noticed()

    made = of(
        stranger.form(
            f"/notices/{notice}/objections", {**objection(is_unit="true"), "evidence": [pdf("甲.pdf"), pdf("乙.pdf")]}
        ),
        201,
    )

    row = Row.objects.get(receipt=made["receipt"])
    assert (row.is_unit, [item["name"] for item in row.evidence]) == (True, ["甲.pdf", "乙.pdf"])


def test_an_objection_names_all_that_is_wrong_with_it(stranger: Program) -> None:
    city = City()
    _, notice = city.noticed()

    refusal = of(stranger.post(f"/notices/{notice}/objections", {"unknown": 1, "name": 5}), 422)
    empty = of(stranger.post(f"/notices/{notice}/objections", objection(name="", contact="", facts="")), 422)

    assert set(refusal["fields"]) == {"unknown", "name", "contact", "facts"}
    assert set(empty["fields"]) == {"name", "contact", "facts"}
    assert empty["article"] == "第十一条"


def test_an_objector_stays_unknown_to_those_who_handle_the_case(stranger: Program) -> None:
    city = City()
    number, notice = city.noticed()
    of(stranger.post(f"/notices/{notice}/objections", objection(case=number)), 201)

    for who in ("applicant", "district", "bureau", "leader", "auditor", "discipline"):
        seen = (
            city[who].get(f"/cases/{number}").content.decode()
            + city[who].get(f"/cases/{number}/record").content.decode()
        )
        assert "郑观察" not in seen
        assert "13911112222" not in seen
    entry = of(city["applicant"].get(f"/cases/{number}/record"))["items"][-1]
    assert (entry["act"], entry["by"], entry["content"]) == ("object", "社会公众", None)


def test_a_late_objection_is_answered_with_the_rule(stranger: Program) -> None:
    city = City()
    _, notice = city.noticed()

    with clock.pretending(NOON + timedelta(days=8)):
        refusal = of(stranger.post(f"/notices/{notice}/objections", objection()), 409)

    assert refusal["article"] == "第十一条"
    assert "2026年3月23日" in refusal["text"]


@pytest.mark.parametrize("receipt", ["0000-0000-0000-0000", "x", "%E4%BD%A0"])
def test_an_unknown_receipt_is_not_found(stranger: Program, receipt: str) -> None:
    assert of(stranger.get(f"/objections/{receipt}"), 404)["code"] == "not_found"


def test_a_second_objection_with_the_same_key_is_the_first(stranger: Program) -> None:
    city = City()
    _, notice = city.noticed()

    first = stranger.post(f"/notices/{notice}/objections", objection(), Idempotency_Key="k1")
    again = stranger.post(f"/notices/{notice}/objections", objection(), Idempotency_Key="k1")
    other = stranger.post(f"/notices/{notice}/objections", objection(facts="另一件事"), Idempotency_Key="k1")

    assert of(first, 201) == of(again, 201)
    assert again["Idempotent-Replayed"] == "true"
    assert list(of(other, 422)["fields"]) == ["Idempotency-Key"]

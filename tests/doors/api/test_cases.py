"""Cases through the API: who may, what is refused and how, one draft against another."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from makerspace.doors.api import shapes
from makerspace.matters.application.models import Material
from makerspace.matters.review.operations import close_notices
from makerspace.office.casework.models import Case
from makerspace.office.people.models import ApiToken, Membership, Person
from makerspace.office.people.tokens import issue, revoke
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from tests.doors.api.conftest import NOON, Program, of, pdf, program
from tests.doors.api.life import City
from tests.factories import (
    DAY,
    LONG_AGO,
    draft_case,
    make_dossier,
    make_organisation,
    make_pdf,
    make_person,
    submitted_case,
)

pytestmark = pytest.mark.django_db
CALLS = [
    ("GET", "/cases"), ("GET", "/cases/{id}"), ("GET", "/cases/{id}/record"), ("POST", "/cases"),
    ("PUT", "/cases/{id}/dossier"), ("POST", "/cases/{id}/materials"), ("POST", "/cases/{id}/acts/submit"),
    ("GET", "/cases/{id}/materials/" + "0" * 64), ("POST", "/notices"), ("POST", "/announcements"),
    ("POST", "/payment-batches"), ("GET", "/budgets/2026"),
]  # fmt: skip
ABOUT_ONE = [(method, path) for method, path in CALLS if "{id}" in path]


# -- who calls ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("token", ["", "kmzc_" + "x" * 43, "nonsense", "y" * 5000])
def test_without_a_valid_token_nothing_is_answered(method: str, path: str, token: str) -> None:
    answer = Program(token).send(method, path.format(id="KM-2026-0001"))

    assert of(answer, 401)["code"] == "unauthenticated"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token() -> None:
    client = Client()
    client.force_login(make_person(Role.BUREAU))

    assert client.get("/api/v1/cases").status_code == 401


def test_a_token_that_ended_or_whose_person_left_is_none() -> None:
    person = make_person(Role.BUREAU)
    revoked, secret = issue(person, "a")
    revoke(revoked, at=NOON)
    _, expired = issue(person, "b", expires=NOON - timedelta(seconds=1))
    _, good = issue(person, "c")

    assert [Program(each).get("/cases").status_code for each in (secret, expired, good)] == [401, 401, 200]
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert Program(good).get("/cases").status_code == 401
    assert ApiToken.objects.count() == 3


def test_a_token_is_never_more_than_its_person_is_today() -> None:
    unit = make_organisation()
    case, member = draft_case(organisation=unit), make_person(organisation=unit)
    calling = program(member)
    assert calling.get(f"/cases/{case.number}").status_code == 200

    Membership.objects.filter(person=member).update(until=DAY - timedelta(days=1))

    assert calling.get(f"/cases/{case.number}").status_code == 404


def test_deciding_needs_a_token_that_may_decide() -> None:
    city = City()
    number = city.concluded()
    weak = program(city.people["leader"], decide=False)

    refusal = of(weak.post(f"/cases/{number}/acts/approve", {"meeting_on": DAY.isoformat()}), 403)

    assert (refusal["code"], refusal["article"]) == ("not_yours", "第十一条、第十二条")
    assert "令牌" in refusal["text"]
    assert Case.objects.get(number=number).stage == "decision"


def test_publishing_a_notice_needs_a_token_that_may_decide() -> None:
    city = City()
    number = city.approved()
    weak = program(city.people["bureau"], decide=False)

    assert of(weak.post("/notices", {"cases": [number], "publish_on": DAY.isoformat()}), 403)["code"] == "not_yours"


# -- not yours is not there --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "path"), ABOUT_ONE)
def test_a_case_of_others_is_answered_exactly_like_none(method: str, path: str) -> None:
    case, rival = submitted_case(), make_person(organisation=make_organisation())
    calling = program(rival)

    others = calling.send(method, path.format(id=case.number), {}, If_Match='"1"')
    none = calling.send(method, path.format(id="KM-2026-9999"), {}, If_Match='"1"')

    assert of(others, 404)["code"] == "not_found"
    assert (others.content, others.headers) == (none.content, none.headers)


@pytest.mark.parametrize("number", ["%00", "x" * 500, "%F0%9F%98%80", "KM-2026-0001%0a", "..", "KM 2026"])
def test_a_number_that_is_none_is_not_found(number: str) -> None:
    answer = program(make_person(Role.BUREAU)).get(f"/cases/{number}")

    assert answer.status_code in {400, 404}
    of(answer, answer.status_code)


def test_another_district_sees_nothing_of_a_case() -> None:
    case = submitted_case(place="wuhua")
    other = program(make_person(Role.DISTRICT, "panlong"))

    assert of(other.get("/cases"))["count"] == 0
    assert of(other.get(f"/cases/{case.number}"), 404)["code"] == "not_found"
    assert (
        of(other.post(f"/cases/{case.number}/acts/recommend", {"opinion": "x", "rank": 1}), 404)["code"] == "not_found"
    )


# -- acts --------------------------------------------------------------------------------------------------------------
def test_an_act_is_refused_in_the_order_of_the_contract() -> None:
    case = submitted_case()
    number, wrong = case.number, {"unknown": True}
    rival = program(make_person(organisation=make_organisation()))
    bureau = program(make_person(Role.BUREAU))
    district = program(make_person(Role.DISTRICT))

    unseen = of(rival.post(f"/cases/{number}/acts/recommend", wrong), 404)
    role = of(bureau.post(f"/cases/{number}/acts/recommend", wrong), 403)
    stage = of(district.post(f"/cases/{number}/acts/close_correction", wrong), 409)
    first = of(district.post(f"/cases/{number}/acts/recommend", wrong), 409)
    fields = of(district.post(f"/cases/{number}/acts/record_visit", wrong), 422)

    assert [unseen["code"], role["code"], stage["code"], first["code"], fields["code"]] == [
        "not_found", "not_yours", "wrong_stage", "wrong_stage", "invalid",
    ]  # fmt: skip
    assert [role["article"], stage["article"], fields["article"]] == ["第十条"] * 3
    assert set(fields["fields"]) == {"unknown", "visited_on", "inspectors", "items"}


def test_an_unknown_act_is_not_found() -> None:
    calling = program(make_person(Role.DISTRICT))

    assert of(calling.post(f"/cases/{submitted_case().number}/acts/explode"), 404)["code"] == "not_found"


def test_clock_and_public_acts_are_nobody_s() -> None:
    city = City()
    number, _ = city.noticed()

    for who in ("applicant", "bureau", "leader"):
        for act in ("close_notice", "object"):
            assert of(city[who].post(f"/cases/{number}/acts/{act}", {}), 403)["code"] == "not_yours"
            assert act not in city.acts(who, number)


def test_the_acts_of_a_case_are_those_that_can_be_taken_with_their_schema() -> None:
    city = City()
    number = city.submitted()

    acts = {row["act"]: row for row in of(city["district"].get(f"/cases/{number}"))["acts"]}

    assert {"request_correction", "record_visit", "decline", "register_paper"} <= set(acts)
    assert "recommend" not in acts, "a visit comes first"
    assert acts["request_correction"]["article"] == "第十条"
    schema = acts["record_visit"]["schema"]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"visited_on", "inspectors", "items"}
    assert schema["properties"]["inspectors"]["title"] == "查验人员"


def test_a_list_s_acts_hold_those_of_the_case_and_name_schemas_that_exist() -> None:
    city = City()
    numbers = [city.draft(), city.under_review()]
    components = of(Program().get("/openapi.json"))["components"]["schemas"]

    for who in city.people:
        for row in of(city[who].get("/cases"))["items"]:
            listed = {act["act"] for act in row["acts"]}
            assert set(city.acts(who, row["id"])) <= listed
            for act in row["acts"]:
                where, _, name = act["schema"]["$ref"].rpartition("/")
                assert where == "/api/v1/openapi.json#/components/schemas"
                assert name in components
    assert {row["id"] for row in of(city["leader"].get("/cases"))["items"]} == set(numbers)


def test_a_leader_who_handled_a_case_is_not_offered_its_decision() -> None:
    city = City()
    number = city.concluded()
    both = city.people["bureau"]
    both.posts.create(role=Role.LEADER, valid_from=LONG_AGO)

    assert "approve" not in city.acts("bureau", number)
    [row] = of(city["bureau"].get("/cases"))["items"]
    assert "approve" not in [act["act"] for act in row["acts"]]
    assert (
        of(city["bureau"].post(f"/cases/{number}/acts/approve", {"meeting_on": str(DAY)}), 403)["code"] == "not_yours"
    )
    assert "approve" in city.acts("leader", number)


def test_the_same_act_twice_tells_the_second_what_happened() -> None:
    city = City()
    number = city.draft()
    city.with_files(number)
    city.take("applicant", number, "submit", commitment=True)

    refusal = city.take("applicant", number, "submit", 409, commitment=True)

    assert refusal["code"] == "wrong_stage"
    assert "提交申报" in refusal["text"]


def test_submitting_lists_all_that_is_missing_at_once() -> None:
    city = City()
    number = city.draft(lawful_operation_declared=False)

    refusal = city.take("applicant", number, "submit", 422, commitment=False)

    assert {"operation_plan", "annual_work_plan", "commitment", "confirm_not_met", "evidence.7.2.lawful"} <= set(
        refusal["fields"]
    )
    assert refusal["article"] == "第九条"


def test_after_the_call_has_closed_nothing_is_handed_in() -> None:
    city = City()
    number = city.draft()
    city.with_files(number)

    with clock.pretending(NOON + timedelta(days=31)):
        refusal = city.take("applicant", number, "submit", 409, commitment=True)

    assert refusal["article"] == "第八条"


# -- drafts ------------------------------------------------------------------------------------------------------------
def test_a_draft_is_made_and_answered_with_its_tag() -> None:
    city = City()

    answer = city["applicant"].post(
        "/cases", {"call": city.call.pk, "dossier": make_dossier(makerspace={"name": "滇池众创"})}
    )
    case = of(answer, 201)

    shapes.CaseDetail.model_validate(case)
    assert (case["stage"], case["makerspace"], case["authority"], case["category"]) == (
        "draft",
        "滇池众创",
        "wuhua",
        "comprehensive",
    )
    assert answer["ETag"] == city["applicant"].get(f"/cases/{case['id']}")["ETag"] == '"1"'
    assert case["id"].startswith("KM-2026-")


def test_a_draft_needs_a_call_and_a_unit() -> None:
    city = City()
    alone, bureau = program(make_person()), program(make_person(Role.BUREAU))
    body = {"call": city.call.pk, "dossier": make_dossier()}

    assert of(alone.post("/cases", body), 403)["code"] == "not_yours"
    assert of(bureau.post("/cases", body), 403)["code"] == "not_yours"
    assert of(city["applicant"].post("/cases", {**body, "call": 999}), 404)["fields"] == {"call": "没有这份申报通知"}
    assert set(of(city["applicant"].post("/cases", {"calls": 1}), 422)["fields"]) == {"call", "calls"}
    unreadable = {"call": city.call.pk, "dossier": {"category": "park", "tenants": [{"industry": 5}]}}
    assert {"dossier.category", "dossier.tenants[0].industry"} <= set(
        of(city["applicant"].post("/cases", unreadable), 422)["fields"]
    )


def test_whoever_acts_for_several_units_names_one() -> None:
    city = City()
    second = make_organisation("昆明第二公司")
    Membership.objects.create(person=city.people["applicant"], organisation=second, role="editor", since=LONG_AGO)

    unnamed = of(city["applicant"].post("/cases", {"call": city.call.pk, "dossier": make_dossier()}), 422)
    dossier = make_dossier(operator={"uscc": second.uscc})
    named = of(city["applicant"].post("/cases", {"call": city.call.pk, "dossier": dossier}), 201)

    assert set(unnamed["fields"]) == {"dossier.operator.uscc"}
    assert named["applicant"] == "昆明第二公司"


def test_a_draft_is_saved_incomplete_and_answered_with_findings_and_a_new_tag() -> None:
    city = City()
    number = city.draft()
    less = {"regulation": "kunkefa-2017-55", "category": "comprehensive", "makerspace": {"authority": "wuhua"}}

    answer = city["applicant"].put(f"/cases/{number}/dossier", less, If_Match='"1"')

    findings = of(answer)
    shapes.Findings.model_validate(findings)
    assert (answer["ETag"], findings["overall"]) == ('"2"', "not_met")
    assert of(city["applicant"].get(f"/cases/{number}"))["dossier"]["tenants"] == []


def test_saving_without_a_tag_or_with_an_old_one_is_refused() -> None:
    city = City()
    number = city.draft()
    path, dossier = f"/cases/{number}/dossier", make_dossier()
    of(city["applicant"].put(path, dossier, If_Match='"1"'))

    assert of(city["applicant"].put(path, dossier), 428)["code"] == "precondition_required"
    for stale in ('"1"', "1", 'W/"2"', '"x"', '"99999999999999999999"'):
        assert of(city["applicant"].put(path, dossier, If_Match=stale), 412)["code"] == "changed_meanwhile"
    of(city["applicant"].put(path, dossier, If_Match="*"))


def test_a_wrong_dossier_is_refused_with_every_path_and_changes_nothing() -> None:
    city = City()
    number = city.draft()
    wrong = make_dossier()
    wrong["tenants"][3]["industry"], wrong["unknown"], wrong["premises"][0]["area_m2"] = "mining", 1, "viel"

    refusal = of(city["applicant"].put(f"/cases/{number}/dossier", wrong, If_Match='"1"'), 422)

    assert set(refusal["fields"]) == {"tenants[3].industry", "unknown", "premises[0].area_m2"}
    assert city["applicant"].get(f"/cases/{number}")["ETag"] == '"1"'


def test_what_was_handed_in_is_saved_no_more() -> None:
    city = City()
    number = city.submitted()

    refusal = of(city["applicant"].put(f"/cases/{number}/dossier", make_dossier(), If_Match='"1"'), 409)

    assert refusal["code"] == "wrong_stage"


def test_officers_save_no_draft() -> None:
    city = City()
    number = city.draft()

    for who in ("district", "bureau", "leader", "auditor"):
        assert of(city[who].put(f"/cases/{number}/dossier", make_dossier(), If_Match='"1"'), 403)["code"] == "not_yours"


# -- materials ---------------------------------------------------------------------------------------------------------
def test_a_file_is_kept_under_its_digest_and_can_be_fetched_again() -> None:
    city = City()
    number = city.draft()
    fields = {
        "file": pdf("租赁合同.pdf"),
        "kind": "evidence",
        "condition": ["7.1.area", "7.1.public_share"],
        "pages": "1-2",
    }

    made = of(city["applicant"].form(f"/cases/{number}/materials", fields), 201)
    fetched = city["applicant"].get(f"/cases/{number}/materials/{made['digest']}")

    shapes.Material.model_validate(made)
    assert (made["name"], made["conditions"], made["pages"]) == (
        "租赁合同.pdf",
        ["7.1.area", "7.1.public_share"],
        "1-2",
    )
    assert len(b"".join(fetched.streaming_content)) == made["size"]  # type: ignore[attr-defined]
    assert fetched["Content-Disposition"].startswith("attachment")
    assert of(city["applicant"].get(f"/cases/{number}"))["materials"] == [made]


def test_a_file_of_a_draft_or_of_another_case_is_not_there_for_others() -> None:
    city = City()
    number, other = city.draft(), city.draft()
    made = of(city["applicant"].form(f"/cases/{number}/materials", {"file": pdf(), "kind": "operation_plan"}), 201)

    for who, where in (("district", number), ("bureau", number), ("applicant", other)):
        assert of(city[who].get(f"/cases/{where}/materials/{made['digest']}"), 404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("fields", "status", "wrong"),
    [
        ({"kind": "evidence"}, 422, {"file"}),
        ({"file": "text", "kind": "evidence"}, 422, {"file"}),
        ({"file": pdf(), "kind": "secret"}, 422, {"kind"}),
        ({"file": pdf(), "kind": "site_photo"}, 422, {"kind"}),
        ({"file": pdf()}, 422, {"kind"}),
        ({"file": pdf(), "kind": ["evidence", "other"]}, 422, {"kind"}),
        ({"file": pdf(), "kind": "evidence"}, 422, {"condition"}),
        ({"file": pdf(), "kind": "evidence", "condition": "6.1.conditions"}, 422, {"condition"}),
        ({"file": pdf(), "kind": "evidence", "condition": "7.1.area", "pages": "x"}, 422, {"pages"}),
        ({"file": pdf(), "kind": "evidence", "condition": "7.1.area", "pages": "9"}, 422, {"pages"}),
        ({"file": pdf(), "kind": "evidence", "condition": "7.1.area", "extra": "1"}, 422, {"extra"}),
        ({"file": pdf(), "kind": "evidence", "condition": "7.1.area", "pages": "\x00"}, 422, {"pages"}),
        ({"file": [pdf(), pdf()], "kind": "operation_plan"}, 422, {"file"}),
        ({"file": pdf("virus.exe"), "kind": "operation_plan"}, 415, {"file"}),
        ({"file": pdf("photo.png"), "kind": "operation_plan"}, 415, {"file"}),
    ],
)  # fmt: skip
def test_a_wrong_upload_is_refused_by_field(fields: dict[str, Any], status: int, wrong: set[str]) -> None:
    city = City()
    number = city.draft()
    for file in fields.get("file", []) if isinstance(fields.get("file"), list) else [fields.get("file")]:
        if hasattr(file, "seek"):
            file.seek(0)

    refusal = of(city["applicant"].form(f"/cases/{number}/materials", fields), status)

    assert set(refusal["fields"]) == wrong
    assert not Material.objects.exists()


def test_an_upload_that_is_no_form_is_of_the_wrong_type() -> None:
    city = City()
    number = city.draft()

    assert of(city["applicant"].post(f"/cases/{number}/materials", {"kind": "other"}), 415)["code"] == "wrong_type"
    broken = city["applicant"].send("POST", f"/cases/{number}/materials", b"x", content_type="multipart/form-data")
    assert of(broken, 400)["code"] == "bad_request"


def test_an_upload_is_counted_once_under_its_key_whatever_its_boundary() -> None:
    city = City()
    number, content = city.draft(), make_pdf()

    def upload(content: bytes) -> Any:
        file = pdf()
        file.file.seek(0)  # type: ignore[union-attr]
        file.file.truncate()  # type: ignore[union-attr]
        file.write(content)
        file.seek(0)
        file.size = len(content)
        return city["applicant"].form(
            f"/cases/{number}/materials", {"file": file, "kind": "operation_plan"}, Idempotency_Key="u1"
        )

    first, again, other = upload(content), upload(content), upload(make_pdf())

    assert of(first, 201) == of(again, 201)
    assert of(other, 422)["code"] == "invalid"
    assert Material.objects.count() == 1


# -- lists -------------------------------------------------------------------------------------------------------------
def test_a_list_is_narrowed_by_known_codes_only() -> None:
    draft, filed = draft_case(), submitted_case()
    calling = program(make_person(Role.BUREAU))

    assert [row["id"] for row in of(calling.get("/cases?stage=district_review"))["items"]] == [filed.number]
    assert of(calling.get("/cases?kind=recognition"))["count"] == 2
    assert [row["id"] for row in of(calling.get("/cases"))["items"]] == [filed.number, draft.number]
    assert set(of(calling.get("/cases?stage=x&kind=y"), 422)["fields"]) == {"stage", "kind"}
    assert of(calling.get("/cases?stage=%00"), 400)["code"] == "bad_request"
    assert set(of(calling.get("/cases?order=id"), 422)["fields"]) == {"order"}


def test_a_list_holds_fifty_a_page() -> None:
    unit = make_organisation()
    person = make_person(organisation=unit)
    call = City().call
    for _ in range(51):
        draft_case(call=call, organisation=unit)
    calling = program(person)

    first, second = of(calling.get("/cases")), of(calling.get("/cases?page=2"))

    assert [first["count"], first["pages"], len(first["items"]), len(second["items"])] == [51, 2, 50, 1]


# -- batches -----------------------------------------------------------------------------------------------------------
def test_a_batch_is_all_or_nothing_and_names_each_case_that_holds_it_up() -> None:
    city = City()
    good, early = city.approved(), city.draft()

    refusal = of(city["bureau"].post("/notices", {"cases": [good, early], "publish_on": DAY.isoformat()}), 409)

    assert set(refusal["fields"]) == {early}
    assert Case.objects.get(number=good).stage == "approved"


def test_a_batch_with_a_case_that_is_not_there_is_not_found() -> None:
    city = City()
    good = city.approved()

    refusal = of(city["bureau"].post("/notices", {"cases": [good, "KM-2026-9999"], "publish_on": DAY.isoformat()}), 404)
    applicant = of(city["applicant"].post("/notices", {"cases": [good], "publish_on": DAY.isoformat()}), 403)

    assert set(refusal["fields"]) == {"KM-2026-9999"}
    assert applicant["code"] == "not_yours"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"cases", "publish_on"}),
        ({"cases": [], "publish_on": "2026-03-16"}, {"cases"}),
        ({"cases": ["x", 5], "publish_on": "16.3."}, {"cases[0]", "cases[1]", "publish_on"}),
        ({"cases": "KM-2026-0001", "publish_on": "2026-03-16", "extra": 1}, {"cases", "extra"}),
    ],
)
def test_a_wrong_batch_is_refused_by_field(body: dict[str, Any], fields: set[str]) -> None:
    refusal = of(program(make_person(Role.BUREAU)).post("/notices", body), 422)

    assert set(refusal["fields"]) == fields


def test_an_announcement_comes_after_the_notice_and_needs_a_document_number() -> None:
    city = City()
    number, _ = city.noticed()
    body, wrong = (
        {"cases": [number], "document_number": "昆科发〔2026〕1号"},
        {"cases": [number], "document_number": "乱写"},
    )
    later = NOON + timedelta(days=8)

    early = of(city["leader"].post("/announcements", body), 409)
    with clock.pretending(later):
        close_notices(later)
        unnumbered = of(city["leader"].post("/announcements", wrong), 422)
        of(city["leader"].post("/announcements", body), 201)

    assert early["code"] == "wrong_stage"
    assert set(unnumbered["fields"]) == {"document_number"}


def test_instants_bear_the_offset_of_kunming() -> None:
    city = City()
    number = city.submitted()

    line = of(city["applicant"].get(f"/cases/{number}"))["history"][0]

    assert line["at"] == "2026-03-16T12:00:00+08:00"
    assert json.loads(json.dumps(line)) == line
    assert date.fromisoformat(line["at"][:10]) == DAY

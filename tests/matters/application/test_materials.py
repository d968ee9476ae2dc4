"""Article 9: files, the conditions they are for, and their limits."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from makerspace.matters.application import operations, queries
from makerspace.matters.application.models import Material
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.regulation.terms import Role
from tests.factories import DAY, draft_case, make_call, make_pdf, make_person, member_of, submitted_case

pytestmark = pytest.mark.django_db


def test_a_file_is_tied_to_conditions_with_its_pages_and_digest() -> None:
    case = draft_case()

    material = _attach(case, make_pdf(9), conditions=["7.2.count", "7.2.lawful", "7.2.count"], pages="3—7，9")

    assert material.conditions == ["7.2.count", "7.2.lawful"]
    assert (material.pages, material.blob.pages, len(material.blob_id)) == ("3-7,9", 9, 64)
    assert queries.materials_of(case) == [material]


def test_the_same_file_may_be_tied_twice() -> None:
    case, content = draft_case(), make_pdf(2)

    first = _attach(case, content, conditions=["7.2.count"], pages="1")
    second = _attach(case, content, conditions=["7.2.lawful"], pages="2")

    assert first.blob_id == second.blob_id
    assert queries.stored(case) == (2, first.blob.size)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "secret"}, "kind"),
        ({"kind": "site_photo"}, "kind"),
        ({"conditions": ["6.3.platform"]}, "condition"),
        ({"conditions": []}, "condition"),
        ({"kind": "operation_plan", "conditions": [], "sections": ["诗歌"]}, "sections"),
        ({"kind": "other", "conditions": [], "code": "passport"}, "code"),
        ({"pages": "三到七"}, "pages"),
        ({"pages": "2-40"}, "pages"),
        ({"pages": "0"}, "pages"),
    ],
)
def test_what_is_said_of_a_file_must_make_sense(told: dict[str, Any], field: str) -> None:
    case = draft_case()

    refusal = _refusal(lambda: _attach(case, make_pdf(3), **({"conditions": ["7.2.count"]} | told)))

    assert (refusal.code, set(refusal.fields)) == ("invalid", {field})
    assert not Material.objects.exists()


def test_a_file_that_is_not_what_its_name_says_is_refused() -> None:
    case = draft_case()

    wrong = _refusal(lambda: _attach(case, b"MZ\x90\x00 no pdf", conditions=["7.2.count"]))
    unknown = _refusal(lambda: _attach(case, b"x", name="a.exe", conditions=["7.2.count"]))

    assert wrong.code == unknown.code == "wrong_type"
    assert not Material.objects.exists()


def test_the_quota_of_a_case_is_kept(settings: Settings) -> None:
    case = draft_case()
    _attach(case, make_pdf(), conditions=["7.2.count"])

    settings.UPLOAD_CASE_FILES = 1
    files = _refusal(lambda: _attach(case, make_pdf(), conditions=["7.2.count"]))
    settings.UPLOAD_CASE_FILES, settings.UPLOAD_CASE_BYTES = 9, 1000
    size = _refusal(lambda: _attach(case, make_pdf(), conditions=["7.2.count"]))

    assert files.code == size.code == "too_large"
    assert "最多1个" in files.text


def test_a_removed_file_stays_stored_and_counts_no_more() -> None:
    case = draft_case()
    material = _attach(case, make_pdf(), conditions=["7.2.count"])

    operations.detach(case, material, by=member_of(case.organisation), on=DAY)
    again = _refusal(lambda: operations.detach(case, material, by=member_of(case.organisation), on=DAY))

    assert queries.materials_of(case) == []
    assert Material.objects.get().removed_at is not None
    assert again.code == "not_found"


def test_a_file_of_another_case_cannot_be_removed_through_ones_own() -> None:
    mine, other = draft_case(), draft_case()
    material = _attach(other, make_pdf(), conditions=["7.2.count"])

    refusal = _refusal(lambda: operations.detach(mine, material, by=member_of(mine.organisation), on=DAY))

    assert refusal.code == "not_found"
    assert queries.materials_of(other) == [material]


def test_conditions_and_pages_can_be_said_anew() -> None:
    case = draft_case()
    material = _attach(case, make_pdf(4), conditions=["7.2.count"])

    operations.tie(case, material, conditions=["7.3.events"], pages="2-4", by=member_of(case.organisation), on=DAY)

    material.refresh_from_db()
    assert (material.conditions, material.pages) == (["7.3.events"], "2-4")


@pytest.mark.parametrize(
    ("role", "code"), [(Role.DISTRICT, "not_yours"), (Role.LEADER, "not_yours"), (None, "not_found")]
)
def test_others_cannot_add_files(role: Role | None, code: str) -> None:
    case = draft_case()
    person = make_person(role)

    refusal = _refusal(lambda: _attach(case, make_pdf(), conditions=["7.2.count"], by=person))

    assert refusal.code == code


def test_after_submission_nothing_is_added_or_removed() -> None:
    case = submitted_case()
    material = queries.materials_of(case)[0]

    added = _refusal(lambda: _attach(case, make_pdf(), conditions=["7.2.count"]))
    removed = _refusal(lambda: operations.detach(case, material, by=member_of(case.organisation), on=DAY))

    assert (added.code, removed.code) == ("wrong_stage", "wrong_stage")


def test_a_correction_opens_only_the_evidence_of_what_was_named() -> None:
    case = submitted_case()
    (whole,) = [row for row in queries.materials_of(case) if row.kind == "evidence"]
    case = advance(case, "request_correction", by=make_person(Role.DISTRICT), on=DAY)
    faults = [{"target": "7.2.count", "text": "缺协议"}, {"target": "annual_work_plan", "text": "缺日程"}]
    operations.open_correction(case, faults, DAY, on=DAY)

    _attach(case, make_pdf(), conditions=["7.2.count"])
    _attach(case, make_pdf(), kind="annual_work_plan")
    other = _refusal(lambda: _attach(case, make_pdf(), conditions=["7.2.count", "7.3.events"]))
    plan = _refusal(lambda: _attach(case, make_pdf(), kind="operation_plan"))
    removed = _refusal(lambda: operations.detach(case, whole, by=member_of(case.organisation), on=DAY))

    assert {(refusal.code, refusal.articles) for refusal in (other, plan, removed)} == {("invalid", (10,))}
    assert plan.text.endswith("的材料：入驻企业和团队、年度工作计划。")


@pytest.mark.parametrize("kind", ["operation_plan", "annual_work_plan", "other"])
def test_a_condition_that_is_open_opens_no_paper_of_another_kind(kind: str) -> None:
    case = submitted_case()
    case = advance(case, "request_correction", by=make_person(Role.DISTRICT), on=DAY)
    operations.open_correction(case, [{"target": "7.1.area", "text": "缺合同"}], DAY, on=DAY)

    refusal = _refusal(lambda: _attach(case, make_pdf(), kind=kind, conditions=["7.1.area"]))

    assert (refusal.code, refusal.articles) == ("invalid", (10,))
    assert "7.1.area" not in refusal.text


def test_all_that_is_missing_is_told_at_once() -> None:
    call = make_call(
        materials=[
            {"code": "audit", "title": "审计报告", "required": True},
            {"code": "x", "title": "荣誉", "required": False},
        ]
    )
    case = draft_case(call=call)

    codes = {item.code for item in queries.missing_for_submission(case)}

    required = {"5.1.registered", "5.1.legal_person", "5.1.kind", "5.2.theme", "5.3.half_year", "5.4.team", "5.5.mentors",
                "5.6.finance", "7.1.public_share", "7.1.facilities", "7.2.count", "7.2.lawful", "7.3.services", "7.3.events",
                "7.4.partners"}  # fmt: skip
    assert codes == {f"evidence.{id_}" for id_ in required} | {"operation_plan", "annual_work_plan", "other.audit"}


def test_a_plan_that_lacks_sections_is_told() -> None:
    case = draft_case()
    _attach(case, make_pdf(), kind="operation_plan", sections=["建设的必要性", "运营机制"])

    missing = {item.code: item.text for item in queries.missing_for_submission(case)}

    assert (
        missing["operation_plan.sections"] == "建设运营方案缺少：具备的基础条件、建设和运营目标、可提供的服务、保障措施"
    )


def _attach(case: Case, content: bytes, *, name: str = "材料.pdf", by: Any = None, **told: Any) -> Material:
    told = {"kind": "evidence"} | told
    return operations.attach(case, ContentFile(content), name, by=by or member_of(case.organisation), on=DAY, **told)


def _refusal(act: Any) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal

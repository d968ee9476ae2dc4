"""Article 10: correction, visit, countersignature, declining, recommending, return."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from PIL import Image

from makerspace.matters.application.operations import resubmit, save_dossier
from makerspace.matters.review import operations
from makerspace.matters.review.models import Declining, Recommendation, Visit
from makerspace.matters.review.queries import district as queries
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.factories import DAY, adopt_setting, make_call, make_person, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db


def last_entry(case: Case) -> Entry:
    return Entry.objects.filter(stream=case.number).order_by("-seq")[0]


def png() -> "ContentFile[bytes]":
    target = ContentFile(b"")
    Image.new("RGB", (8, 8), "navy").save(target, "PNG")
    return target


# -- correction --------------------------------------------------------------------------------------------------------
def test_correction_is_requested_recorded_and_told() -> None:
    staff, case = Staff(), submitted_case()

    case = operations.request_correction(
        case,
        by=staff.district,
        on=DAY,
        faults=[{"target": "premises", "text": "租赁合同缺页"}],
        due_on=date(2026, 3, 30),
    )

    assert (case.stage, case.due_on) == ("correction", date(2026, 3, 30))
    assert json.loads(last_entry(case).data)["faults"] == [{"target": "premises", "text": "租赁合同缺页"}]
    paper = Paper.objects.get(subject=case.number, kind="correction_notice")
    assert paper.data["faults"][0]["text"] == "租赁合同缺页"
    assert Message.objects.filter(person=walking.applicant_of(case), stream=case.number).exists()


def test_correction_without_a_day_gets_the_usual_term() -> None:
    staff, case = Staff(), submitted_case()

    case = operations.request_correction(
        case, by=staff.district, on=DAY, faults=[{"target": "7.1.area", "text": "面积不清"}]
    )

    assert case.due_on == date(2026, 3, 30)
    assert case.corrections.get().due_on == case.due_on
    assert json.loads(last_entry(case).data)["due_on"] == "2026-03-30"


def test_the_longest_term_of_a_correction_is_told_as_it_was_set() -> None:
    staff, case = Staff(), submitted_case()
    latest = date(2026, 6, 11)

    case = operations.request_correction(
        case, by=staff.district, on=DAY, faults=[{"target": "premises", "text": "缺页"}], due_on=latest
    )

    told = Message.objects.get(person=walking.applicant_of(case), subject__contains="出具补正通知")
    assert case.due_on == latest
    assert "2026年6月11日" in told.text


def test_a_correction_has_the_term_that_the_bureau_set_and_not_more_than_the_longest() -> None:
    staff, case = Staff(), submitted_case()
    adopt_setting("TERM_CORRECTION", 5, DAY)
    adopt_setting("CORRECTION_LONGEST", 6, DAY)
    faults = [{"target": "7.1.area", "text": "面积不清"}]

    with pytest.raises(Refused) as caught:
        operations.request_correction(case, by=staff.district, on=DAY, faults=faults, due_on=date(2026, 3, 25))
    case = operations.request_correction(case, by=staff.district, on=DAY, faults=faults)

    assert caught.value.refusal.fields == {"due_on": "最长6个工作日，不晚于2026年3月24日"}
    assert case.due_on == date(2026, 3, 23)


def test_a_correction_cites_the_article_of_each_condition() -> None:
    staff, case = Staff(), submitted_case()
    targets = ("7.1.area", "premises", "operation_plan")

    operations.request_correction(
        case, by=staff.district, on=DAY, faults=[{"target": target, "text": "请补充"} for target in targets]
    )

    faults = Paper.objects.get(subject=case.number, kind="correction_notice").data["faults"]
    assert [fault["article"] for fault in faults] == ["第七条第一项", "第九条", "第九条"]


@pytest.mark.parametrize(
    ("faults", "due_on", "field"),
    [
        ([], None, "faults"),
        ([{"target": "nowhere", "text": "x"}], None, "faults[0].target"),
        ([{"target": "premises", "text": " "}], None, "faults[0].text"),
        ([{"target": "premises", "text": "缺页"}], DAY, "due_on"),
        ([{"target": "premises", "text": "缺页"}], date(2026, 6, 12), "due_on"),
    ],
)
def test_correction_that_says_too_little_is_refused(
    faults: list[dict[str, str]], due_on: date | None, field: str
) -> None:
    staff, case = Staff(), submitted_case()

    with pytest.raises(Refused) as refused:
        operations.request_correction(case, by=staff.district, on=DAY, faults=faults, due_on=due_on)

    assert (refused.value.refusal.code, refused.value.refusal.articles) == ("invalid", (10,))
    assert field in refused.value.refusal.fields
    assert walking.fresh(case).stage == "district_review"


def test_correction_is_closed_only_after_its_last_day() -> None:
    staff, case = Staff(), submitted_case()
    case = operations.request_correction(
        case, by=staff.district, on=DAY, faults=[{"target": "premises", "text": "缺页"}]
    )
    assert case.due_on is not None

    with pytest.raises(Refused) as refused:
        operations.close_correction(case, by=staff.district, on=case.due_on)
    closed = operations.close_correction(case, by=staff.district, on=case.due_on + timedelta(days=1))

    assert refused.value.refusal.code == "wrong_stage"
    assert "2026年3月30日" in refused.value.refusal.text
    assert closed.stage == "district_review"
    assert closed.corrections.get().closed_on == date(2026, 3, 31)


def test_a_corrected_application_comes_back_with_only_the_named_section_changed() -> None:
    staff, case = Staff(), submitted_case()
    applicant = walking.applicant_of(case)
    case = operations.request_correction(
        case, by=staff.district, on=DAY, faults=[{"target": "makerspace", "text": "主题不清"}]
    )
    application = case.application
    dossier = {**application.dossier, "makerspace": {**application.dossier["makerspace"], "theme": "软件创业孵化"}}

    save_dossier(case, dossier, by=applicant, on=DAY, seen_version=application.version)
    case = resubmit(case, by=applicant, on=DAY, commitment=True)

    assert case.stage == "district_review"
    assert case.submissions.order_by("-round")[0].dossier["makerspace"]["theme"] == "软件创业孵化"


# -- visit -------------------------------------------------------------------------------------------------------------
def test_visit_is_recorded_with_what_was_declared_beside_what_was_found() -> None:
    staff, case = Staff(), submitted_case()

    case = walking.visit(case, staff)

    recorded = Visit.objects.get(case=case)
    area = next(item for item in recorded.items if item["condition"] == "7.1.area")
    assert "420" in area["declared"]
    assert area["found"] == "现场核对无误"
    assert case.stage == "district_review"
    assert last_entry(case).act == "record_visit"
    assert "查验甲" not in last_entry(case).data
    assert Message.objects.filter(person=walking.applicant_of(case), subject__contains="会签").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"inspectors": ["查验甲", " 查验甲 "]}, "inspectors"),
        ({"visited_on": VISIT_DAY + timedelta(days=1)}, "visited_on"),
        ({"visited_on": DAY - timedelta(days=1)}, "visited_on"),
        ({"items": []}, "items"),
        ({"photos": ["0" * 64]}, "photos"),
    ],
)
def test_visit_that_lacks_something_is_refused(changes: dict[str, object], field: str) -> None:
    staff, case = Staff(), submitted_case()
    given: dict[str, Any] = {
        "visited_on": VISIT_DAY,
        "inspectors": ["查验甲", "查验乙"],
        "items": walking.visit_items(case),
    }
    given |= changes

    with pytest.raises(Refused) as refused:
        operations.record_visit(case, by=staff.district, on=VISIT_DAY, **given)

    assert refused.value.refusal.code == "invalid"
    assert field in refused.value.refusal.fields
    assert not Visit.objects.exists()


def test_visit_that_differs_from_the_declaration_says_how() -> None:
    staff, case = Staff(), submitted_case()
    items = walking.visit_items(case)
    items[0]["agrees"] = False

    with pytest.raises(Refused) as refused:
        operations.record_visit(
            case, by=staff.district, on=VISIT_DAY, visited_on=VISIT_DAY, inspectors=["甲某", "乙某"], items=items
        )

    assert "items[0].remark" in refused.value.refusal.fields


def test_visit_lines_that_are_unknown_doubled_or_empty_are_all_named() -> None:
    staff, case = Staff(), submitted_case()
    items = walking.visit_items(case)
    items[1] = {**items[1], "found": " "}
    items += [items[0], {"condition": "9.9", "found": "x", "agrees": True, "remark": ""}]
    last = len(items) - 1

    with pytest.raises(Refused) as refused:
        operations.record_visit(
            case, by=staff.district, on=VISIT_DAY, visited_on=VISIT_DAY, inspectors=["甲某", "乙某"], items=items
        )

    fields = ["items[1].found", f"items[{last - 1}].condition", f"items[{last}].condition"]
    assert list(refused.value.refusal.fields) == fields


def test_visit_photos_are_those_of_the_case() -> None:
    staff, case, other = Staff(), submitted_case(), submitted_case()
    photo = operations.attach_photo(case, png(), "现场.png", by=staff.district, on=DAY)

    visited = operations.record_visit(
        case, by=staff.district, on=VISIT_DAY, visited_on=VISIT_DAY, inspectors=["甲某", "乙某"],
        items=walking.visit_items(case), photos=[photo.blob_id],
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        operations.record_visit(
            other, by=staff.district, on=VISIT_DAY, visited_on=VISIT_DAY, inspectors=["甲某", "乙某"],
            items=walking.visit_items(other), photos=[photo.blob_id],
        )  # fmt: skip

    assert Visit.objects.get(case=visited).photos == [photo.blob_id]
    assert "photos" in refused.value.refusal.fields


def test_photos_are_images_and_come_from_whoever_may_record_the_visit() -> None:
    staff, case = Staff(), submitted_case()

    with pytest.raises(Refused) as paper:
        operations.attach_photo(case, ContentFile(b"no file of that kind"), "现场.pdf", by=staff.district, on=DAY)
    with pytest.raises(Refused) as false_name:
        operations.attach_photo(case, ContentFile(b"<svg/>"), "现场.png", by=staff.district, on=DAY)
    with pytest.raises(Refused) as applicant:
        operations.attach_photo(case, png(), "现场.png", by=walking.applicant_of(case), on=DAY)

    assert (paper.value.refusal.code, paper.value.refusal.text) == ("wrong_type", "现场照片应为 JPG 或 PNG。")
    assert "photos" in false_name.value.refusal.fields
    assert (applicant.value.refusal.code, applicant.value.refusal.articles) == ("not_yours", (10,))


# -- countersignature --------------------------------------------------------------------------------------------------
def test_countersigning_agrees_once() -> None:
    staff, case = Staff(), submitted_case()
    applicant = walking.applicant_of(case)
    with pytest.raises(Refused) as too_early:
        operations.countersign_visit(case, by=applicant, on=VISIT_DAY, agrees=True)
    walking.visit(case, staff)

    case = operations.countersign_visit(case, by=applicant, on=VISIT_DAY, agrees=True)
    with pytest.raises(Refused) as twice:
        operations.countersign_visit(case, by=applicant, on=VISIT_DAY, agrees=True)

    assert too_early.value.refusal.code == twice.value.refusal.code == "wrong_stage"
    assert Visit.objects.get(case=case).countersignature.agrees is True


def test_objecting_to_a_visit_needs_words_and_is_kept() -> None:
    staff, case = Staff(), submitted_case()
    applicant = walking.applicant_of(case)
    walking.visit(case, staff)

    with pytest.raises(Refused) as silent:
        operations.countersign_visit(case, by=applicant, on=VISIT_DAY, agrees=False)
    operations.countersign_visit(case, by=applicant, on=VISIT_DAY, agrees=False, remark="面积少算了二楼")

    assert "remark" in silent.value.refusal.fields
    assert Visit.objects.get(case=case).countersignature.remark == "面积少算了二楼"


def test_a_silent_applicant_does_not_hold_up_the_recommendation() -> None:
    staff, case = Staff(), submitted_case()

    case = walking.recommend(case, staff)

    assert json.loads(last_entry(case).data)["countersigned"] == "silent"


# -- decline -----------------------------------------------------------------------------------------------------------
def test_declining_gives_reasons_by_condition_and_prints_the_remedies() -> None:
    staff, case = Staff(), submitted_case()

    case = operations.decline(
        walking.visit(case, staff),
        by=staff.district,
        on=VISIT_DAY,
        reasons=[{"condition": "7.1.area", "text": "实测仅260平方米"}],
    )

    assert case.stage == "not_recommended"
    row = Declining.objects.get(case=case)
    assert row.reasons == [
        {"condition": "7.1.area", "about": "场地面积", "article": "第七条第一项", "text": "实测仅260平方米"}
    ]
    paper = Paper.objects.get(subject=case.number, kind="decline_notice")
    assert any("60日" in line and "五华区人民政府" in line for line in paper.data["remedies"])
    assert any("6个月" in line for line in paper.data["remedies"])
    assert paper.data["reasons"][0]["article"] == "第七条第一项"


def test_declining_without_a_visit_says_why_none_was_needed() -> None:
    staff, case = Staff(), submitted_case()
    reasons = [{"condition": "5.1.registered", "text": "注册地不在昆明"}]

    with pytest.raises(Refused) as refused:
        operations.decline(case, by=staff.district, on=DAY, reasons=reasons)
    case = operations.decline(case, by=staff.district, on=DAY, reasons=reasons, no_visit_why="注册地一查即知")

    assert "no_visit_why" in refused.value.refusal.fields
    assert Declining.objects.get(case=case).no_visit_why == "注册地一查即知"


@pytest.mark.parametrize(
    ("reasons", "field"),
    [
        ([], "reasons"),
        ([{"condition": "9.9", "text": "不行"}], "reasons[0].condition"),
        ([{"condition": "7.1.area", "text": ""}], "reasons[0].text"),
    ],
)
def test_declining_without_reasons_is_refused(reasons: list[dict[str, str]], field: str) -> None:
    staff, case = Staff(), submitted_case()
    walking.visit(case, staff)

    with pytest.raises(Refused) as refused:
        operations.decline(case, by=staff.district, on=VISIT_DAY, reasons=reasons)

    assert field in refused.value.refusal.fields


# -- recommend ---------------------------------------------------------------------------------------------------------
def test_recommendation_is_recorded_with_its_letter() -> None:
    staff, case = Staff(), submitted_case()

    case = walking.recommend(case, staff)

    assert case.stage == "city_review"
    row = Recommendation.objects.get(case=case)
    assert (row.rank, row.authority, row.call) == (1, case.authority, case.application.call)
    paper = Paper.objects.get(subject=case.number, kind="recommendation_letter")
    assert (paper.data["rank"], paper.data["items"][0]["number"]) == ("第1位", case.number)


def corrected(case: Case, staff: Staff) -> Case:
    """Sent back for a correction and handed in again, all on the day of the visit."""
    case = operations.request_correction(
        case, by=staff.district, on=VISIT_DAY, faults=[{"target": "premises", "text": "缺页"}]
    )
    return resubmit(case, by=walking.applicant_of(case), on=VISIT_DAY, commitment=True)


def test_a_visit_before_a_correction_is_repeated_or_kept_with_a_reason() -> None:
    staff, why = Staff(), "只补交了租赁合同缺页，场地没有变化。"
    kept = corrected(walking.visit(submitted_case(), staff), staff)
    anew = walking.visit(corrected(walking.visit(submitted_case(), staff), staff), staff)

    with pytest.raises(Refused) as refused:
        operations.recommend(kept, by=staff.district, on=VISIT_DAY, opinion="具备条件", rank=1)
    operations.recommend(kept, by=staff.district, on=VISIT_DAY, opinion="具备条件", rank=1, visit_stands_why=why)
    operations.recommend(anew, by=staff.district, on=VISIT_DAY, opinion="具备条件", rank=2)

    assert set(refused.value.refusal.fields) == {"visit_stands_why"}
    assert Recommendation.objects.get(case=kept).visit_stands_why == why
    assert why in Paper.objects.get(subject=kept.number, kind="recommendation_letter").data["visit"]
    assert Recommendation.objects.get(case=anew).visit_stands_why == ""


def test_recommendation_needs_a_visit() -> None:
    staff, case = Staff(), submitted_case()

    with pytest.raises(Refused) as refused:
        operations.recommend(case, by=staff.district, on=DAY, opinion="推荐", rank=1)

    assert (refused.value.refusal.code, refused.value.refusal.articles) == ("wrong_stage", (10,))


def test_rank_is_given_once_in_a_district_and_call() -> None:
    staff, call = Staff(), make_call()
    first, second = submitted_case(call=call), submitted_case(call=call)
    walking.recommend(first, staff, rank=1)

    with pytest.raises(Refused) as refused:
        walking.recommend(second, staff, rank=1)
    again = operations.recommend(walking.visit(second, staff), by=staff.district, on=VISIT_DAY, opinion="推荐", rank=2)

    assert refused.value.refusal.fields["rank"] == f"第1位已排给{first.number}“{first.subject}”；下一个空位是第2位"
    assert again.stage == "city_review"


def test_the_database_keeps_the_rank_where_two_ask_at_once() -> None:
    staff, call = Staff(), make_call()
    first, second = submitted_case(call=call), submitted_case(call=call)
    walking.recommend(first, staff, rank=1)
    taken = Recommendation.objects.get(case=first)

    with pytest.raises(IntegrityError), transaction.atomic():
        Recommendation.objects.create(
            case=second,
            authority=taken.authority,
            call=call,
            visit=taken.visit,
            opinion="x",
            rank=1,
            by=staff.district,
            on=DAY,
        )


def test_of_two_who_give_the_same_rank_at_once_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    staff, call = Staff(), make_call()
    first, second = submitted_case(call=call), submitted_case(call=call)
    walking.visit(second, staff)
    walking.recommend(first, staff, rank=1)
    nobody = Recommendation.objects.none()
    monkeypatch.setattr(queries, "recommendations_standing", lambda authority, call: nobody)

    with pytest.raises(Refused) as refused:
        operations.recommend(second, by=staff.district, on=VISIT_DAY, opinion="推荐", rank=1)

    assert "刚刚已被占用" in refused.value.refusal.fields["rank"]
    assert walking.fresh(second).stage == "district_review"


def test_a_returned_recommendation_frees_its_rank() -> None:
    staff, case = Staff(), submitted_case()
    case = walking.recommend(case, staff)

    case = operations.return_to_district(case, by=staff.bureau, on=VISIT_DAY, reason="查验记录缺照片")
    case = operations.recommend(case, by=staff.district, on=VISIT_DAY, opinion="已补充", rank=1)

    assert case.stage == "city_review"
    assert list(Recommendation.objects.filter(case=case).values_list("rank", "returned_why")) == [
        (1, "查验记录缺照片"),
        (1, ""),
    ]


# -- who and when ------------------------------------------------------------------------------------------------------
ACTS: dict[str, dict[str, Any]] = {
    "request_correction": {"faults": [{"target": "premises", "text": "缺页"}]},
    "record_visit": {"visited_on": DAY, "inspectors": ["甲某", "乙某"], "items": []},
    "decline": {"reasons": [], "no_visit_why": ""},
    "recommend": {"opinion": "推荐", "rank": 1},
}


@pytest.mark.parametrize("act", ACTS)
def test_district_acts_are_refused_to_the_bureau_and_to_another_district(act: str) -> None:
    case = submitted_case()
    bureau, stranger = make_person(Role.BUREAU), make_person(Role.DISTRICT, "panlong")

    with pytest.raises(Refused) as not_yours:
        getattr(operations, act)(case, by=bureau, on=DAY, **ACTS[act])
    with pytest.raises(Refused) as not_there:
        getattr(operations, act)(case, by=stranger, on=DAY, **ACTS[act])

    assert (not_yours.value.refusal.code, not_yours.value.refusal.articles) == ("not_yours", (10,))
    assert not_there.value.refusal.code == "not_found"


@pytest.mark.parametrize("act", ACTS)
def test_district_acts_are_refused_in_another_stage(act: str) -> None:
    staff, case = Staff(), submitted_case()
    case = walking.recommend(case, staff)

    with pytest.raises(Refused) as refused:
        getattr(operations, act)(case, by=staff.district, on=VISIT_DAY, **ACTS[act])

    assert (refused.value.refusal.code, refused.value.refusal.articles) == ("wrong_stage", (10,))


def test_return_is_refused_to_the_district_and_out_of_stage() -> None:
    staff, case = Staff(), submitted_case()

    with pytest.raises(Refused) as too_early:
        operations.return_to_district(case, by=staff.bureau, on=DAY, reason="x")
    with pytest.raises(Refused) as not_yours:
        operations.return_to_district(case, by=staff.district, on=DAY, reason="x")

    assert (too_early.value.refusal.code, not_yours.value.refusal.code) == ("wrong_stage", "not_yours")

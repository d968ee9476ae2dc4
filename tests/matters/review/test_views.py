"""The pages of the room: each works without scripts, keeps what was typed, and opens only to whom it may."""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from makerspace.matters.review import operations
from makerspace.matters.review.models import Objection, Panel, PublicNotice, Score, Visit
from makerspace.matters.review.queries import panel as panels
from makerspace.matters.review.queries.conditions import conditions_of
from makerspace.matters.review.queries.facts import outcome_facts
from makerspace.office.casework import operations as gate
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Expert, Organisation, Person
from makerspace.office.record.clock import KUNMING
from makerspace.office.record.models import Entry
from tests.factories import make_expert, make_pdf, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """Ten in the morning of the visit's day."""
    with time_machine.travel(datetime(VISIT_DAY.year, VISIT_DAY.month, VISIT_DAY.day, 10, tzinfo=KUNMING)):
        yield


def browser(person: Person, *, fresh: bool = False) -> Client:
    """Signed in; ``fresh`` has just proven the identity again."""
    client = Client()
    client.force_login(person)
    if fresh:
        session = client.session
        session["account_authentication_methods_user"] = str(person.pk)
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session.save()
    return client


def machinery(page: bytes) -> dict[str, str]:
    """The hidden fields of a form."""
    found = re.findall(r'name="(form_token|seen)" value="([^"]*)"', page.decode())
    return dict(found)


def hidden(page: str, name: str) -> str:
    """What a form carries without showing it."""
    [value] = set(re.findall(rf'name="{name}" value="([^"]*)"', page))
    return value


def png() -> bytes:
    target = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(target, "PNG")
    return target.getvalue()


def visit_form(case: Case) -> dict[str, Any]:
    rows: dict[str, Any] = {"visited_on": VISIT_DAY.isoformat(), "inspectors": "查验甲\n查验乙"}
    for at, item in enumerate(walking.visit_items(case)):
        rows |= {f"items-{at}-{key}": value for key, value in item.items()}
        rows[f"items-{at}-agrees"] = "true"
    return rows


# -- the visit ---------------------------------------------------------------------------------------------------------
def test_a_visit_is_recorded_on_its_page_with_a_photo_taken_before() -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit", args=[case.number])

    photo = SimpleUploadedFile("门头.png", png(), "image/png")
    sent = client.post(reverse("review_visit_photo", args=[case.number]), {"file": photo})
    page = client.get(url)
    digest = case.materials.get(kind="site_photo").blob_id
    taken = client.post(url, visit_form(case) | machinery(page.content) | {"photos": [digest]})
    again = client.post(url, visit_form(case) | machinery(page.content) | {"photos": [digest]})

    assert sent.status_code == 302
    assert "420" in page.content.decode()
    assert "门头.png" in page.content.decode()
    assert (taken.status_code, taken["Location"]) == (302, reverse("review_case", args=[case.number]))
    assert (again.status_code, again["Location"]) == (302, taken["Location"])
    assert Visit.objects.get(case=case).photos == [digest]


def test_a_script_gets_the_row_of_a_photo_or_the_reason_why_not() -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit_photo", args=[case.number])

    row = client.post(url, {"file": SimpleUploadedFile("门头.png", png())}, headers={"X-Requested-By": "script"})
    refused = client.post(url, {"file": SimpleUploadedFile("图.png", b"x")}, headers={"X-Requested-By": "script"})

    digest = case.materials.get(kind="site_photo").blob_id
    assert f'value="{digest}" form="act-form" checked' in row.content.decode()
    assert refused.json()["code"] in {"wrong_type", "invalid"}


def test_a_wrong_visit_form_keeps_everything_and_says_what_is_wrong() -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit", args=[case.number])
    data = visit_form(case) | {"inspectors": "只有一人", "items-1-agrees": "false", "items-2-found": "量得二百平方米"}

    answer = client.post(url, data | machinery(client.get(url).content))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写至少两名查验人员" in text
    assert "只有一人" in text
    assert "量得二百平方米" in text
    assert not Visit.objects.exists()


def test_a_wrong_line_of_a_visit_is_named_by_its_condition_and_told_what_to_choose() -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit", args=[case.number])
    rows = conditions_of(case)
    differs = {"items-4-agrees": "false", "items-4-remark": ""}

    unchosen, unsaid = (
        client.post(url, visit_form(case) | wrong | machinery(client.get(url).content)).content.decode()
        for wrong in ({"items-2-agrees": ""}, differs)
    )

    assert f"第3项（{rows[2].article} {rows[2].title}）：请选择“一致”或“不一致”" in unchosen
    assert f"第5项（{rows[4].article} {rows[4].title}）：与申报不一致的，请写明差异" in unsaid


def test_a_form_opened_before_somebody_acted_is_kept_and_not_sent() -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit", args=[case.number])
    opened = machinery(client.get(url).content)
    walking.visit(case, staff)

    answer = client.post(url, visit_form(case) | opened | {"items-2-found": "我刚量的"})

    assert answer.status_code == 412
    assert "我刚量的" in answer.content.decode()
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("token", [{}, {"form_token": ""}, {"form_token": "x\x00y"}])
def test_a_form_without_its_token_is_kept_and_not_taken(token: dict[str, str]) -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit", args=[case.number])
    opened = machinery(client.get(url).content)
    del opened["form_token"]

    answer = client.post(url, visit_form(case) | opened | token)
    resent = client.post(url, visit_form(case) | machinery(answer.content))

    assert answer.status_code == 422
    assert "页面已经过期" in answer.content.decode()
    assert "查验甲" in answer.content.decode()
    assert resent.status_code == 302
    assert Visit.objects.count() == 1


def test_the_version_is_compared_after_the_case_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit", args=[case.number])
    opened, lock = machinery(client.get(url).content), gate.lock

    def overtaken(asked: Case) -> Case:
        Case.objects.filter(pk=asked.pk).update(version=asked.version + 1)
        return lock(asked)

    monkeypatch.setattr(gate, "lock", overtaken)
    answer = client.post(url, visit_form(case) | opened)

    assert answer.status_code == 412
    assert not Visit.objects.exists()


def test_a_photo_that_is_none_and_a_missing_one_are_refused() -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district), reverse("review_visit_photo", args=[case.number])

    paper = client.post(url, {"file": SimpleUploadedFile("图.pdf", make_pdf())})
    nothing = client.post(url)

    assert (paper.status_code, nothing.status_code) == (415, 422)


@pytest.mark.parametrize(
    "name", ["review_visit", "review_convene", "review_study", "review_score", "review_case", "review_draw"]
)
def test_a_case_page_is_not_there_for_strangers(name: str) -> None:
    case = submitted_case()

    answer = browser(make_expert()).get(reverse(name, args=[case.number]))

    assert answer.status_code == 404


def test_a_page_whose_act_is_not_ones_own_is_refused_with_its_article() -> None:
    staff, case = Staff(), submitted_case()

    answer = browser(staff.bureau).get(reverse("review_visit", args=[case.number]))

    assert answer.status_code == 403
    assert "第十条" in answer.content.decode()


# -- the panel ---------------------------------------------------------------------------------------------------------
def test_the_bureau_draws_a_panel_and_everybody_with_the_file_can_repeat_it() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    conflicted = make_expert(case.organisation.name)
    walking.recommend(case, staff)
    client, url = browser(staff.bureau), reverse("review_convene", args=[case.number])

    page = client.get(url)
    taken = client.post(url, {"visit_on": VISIT_DAY.isoformat(), **machinery(page.content)})
    shown = client.get(taken["Location"])
    applicant = browser(walking.applicant_of(case)).get(taken["Location"])

    assert f"{conflicted}" in page.content.decode()
    assert "任职于申报单位" in page.content.decode()
    panel = Panel.objects.get(case=case)
    names = walking.pool_names()
    for text in (shown.content.decode(), applicant.content.decode()):
        assert panel.seed in text
        assert "重算一致" in text
    assert any(name in shown.content.decode() for name in names)
    assert not any(name in applicant.content.decode() for name in names)


def test_a_number_of_the_pool_says_neither_who_leads_nor_who_left() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    case = walking.convene(walking.recommend(case, staff), staff)
    operations.declare_interest(case, by=walking.members(case)[1], on=VISIT_DAY, conflict=True, text="曾任其顾问")
    url = reverse("review_draw", args=[case.number])

    open_, closed = (browser(who).get(url).content.decode() for who in (staff.bureau, walking.applicant_of(case)))

    assert ("组长" in open_, "存在利害关系" in open_) == (True, True)
    assert ("组长" in closed, "存在利害关系" in closed) == (False, False)
    assert closed.count("入组") == open_.count("入组") + 1


def test_the_head_is_not_told_who_the_others_are() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    case = walking.declare_all(walking.convene(walking.recommend(case, staff), staff))
    head = walking.head_of(case)

    page = browser(head).get(reverse("review_study", args=[case.number])).content.decode()

    assert [person.name for person in walking.members(case) if person.name in page] == [head.name]


def test_a_tampered_draw_is_shown_as_such() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    case = walking.convene(walking.recommend(case, staff), staff)
    Panel.objects.update(seed="0" * 64)

    answer = browser(staff.bureau).get(reverse("review_draw", args=[case.number]))

    assert "重算不一致" in answer.content.decode()


def test_an_expert_scores_on_the_page_and_then_sees_the_others_without_names() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    case = walking.declare_all(walking.convene(walking.recommend(case, staff), staff))
    first, second = walking.members(case)[:2]
    operations.score(case, by=first, on=VISIT_DAY, items=walking.sheet(case, 4, "这是别人的理由"))
    client, url = browser(second), reverse("review_score", args=[case.number])
    data = {
        f"items-{at}-{key}": value for at, row in enumerate(walking.sheet(case, 5)) for key, value in row.items()
    } | {"comment": "总体良好"}  # fmt: skip

    others = reverse("review_case", args=[case.number]) + "?tab=panel"
    before = client.get(others).content.decode()
    page = client.get(url)
    too_much = client.post(url, data | machinery(page.content) | {"items-0-points": "999"})
    taken = client.post(url, data | machinery(page.content))
    after = client.get(taken["Location"]).content.decode()

    assert "这是别人的理由" not in before + page.content.decode()
    assert too_much.status_code == 422
    assert "应为0至10分" in too_much.content.decode()
    assert Score.objects.get(person=second).total == 40
    assert "这是别人的理由" in after
    assert not any(name in after for name in walking.pool_names() if name != second.name)


def test_the_head_records_the_study_on_the_page() -> None:
    staff, case = Staff(), submitted_case()
    walking.pool()
    case = walking.declare_all(walking.convene(walking.recommend(case, staff), staff))
    client, url = browser(walking.head_of(case)), reverse("review_study", args=[case.number])

    page = client.get(url)
    taken = client.post(
        url,
        {"visited_on": VISIT_DAY.isoformat(), "present": "甲\n乙", "findings": "场地属实", **machinery(page.content)},
    )

    assert taken.status_code == 302
    assert panels.visits_of(walking.panel_of(case))[0].present == ["甲", "乙"]


@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("visit", ("实地查验", "第1位", "查验甲")),
        ("panel", ("专家甲", "同意认定", "查看抽取并重算")),
        ("outcome", ("审定通过", "公示", "2026年3月24日")),
    ],
)
def test_a_whole_review_is_shown_within_its_budget(
    tab: str, shown: tuple[str, ...], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    staff = Staff()
    case, _ = walking.to_objection_review(staff)
    client, url = browser(staff.leader), reverse("review_case", args=[case.number])
    client.get(url)

    with django_assert_max_num_queries(12):
        page = client.get(url, {"tab": tab}).content.decode()

    assert [text for text in shown if text not in page] == []


def test_why_a_case_is_reviewed_again_is_said_among_the_offices_only() -> None:
    staff = Staff()
    reason = "专家王某与申报单位有往来，需重新组织"
    case = operations.remit(walking.to_decision(staff), by=staff.leader, on=VISIT_DAY, to="city_review", reason=reason)

    def reads(person: Person) -> bool:
        decisions = outcome_facts(case, Person.objects.get(pk=person.pk), VISIT_DAY).decisions
        return reason in [row.reason for row in decisions]

    assert all(reads(person) for person in (staff.bureau, staff.leader, staff.district, staff.auditor))
    assert not any(reads(person) for person in (walking.applicant_of(case), make_expert()))
    page = browser(walking.applicant_of(case)).get(reverse("review_case", args=[case.number]), {"tab": "outcome"})
    assert (page.status_code, reason in page.content.decode()) == (200, False)


# -- the pool of experts -----------------------------------------------------------------------------------------------
def test_the_bureau_takes_an_expert_into_the_pool_and_the_change_is_recorded() -> None:
    staff, person = Staff(), make_expert()
    Expert.objects.all().delete()
    client, url = browser(staff.bureau), reverse("review_expert", args=[person.pk])

    waiting = client.get(reverse("review_experts")).content.decode()
    wrong = client.post(url, {"employer": ""})
    taken = client.post(
        url, {"employer": "云南大学", "employer_uscc": "12530000431204158k", "fields": "软件\n投资", "active": "on"}
    )

    assert f"{person}：登记入库" in waiting
    assert (wrong.status_code, taken.status_code) == (422, 302)
    expert = Expert.objects.get(person=person)
    assert (expert.employer, expert.employer_uscc, expert.fields) == (
        "云南大学",
        "12530000431204158K",
        ["软件", "投资"],
    )
    assert Entry.objects.filter(stream="EXPERTS", act="keep_expert", person=staff.bureau).count() == 1


def test_only_the_bureau_sees_the_pool() -> None:
    staff, person = Staff(), make_expert()

    for other in (staff.district, staff.leader, person):
        assert browser(other).get(reverse("review_experts")).status_code == 403
        assert browser(other).post(reverse("review_expert", args=[person.pk]), {"employer": "我"}).status_code == 403
    assert browser(staff.bureau).get(reverse("review_expert", args=[staff.leader.pk])).status_code == 404


# -- the notice --------------------------------------------------------------------------------------------------------
def test_a_notice_is_previewed_kept_and_published_by_a_second_reader() -> None:
    staff = Staff()
    cases = [walking.to_approved(staff) for _ in range(2)]
    numbers = [case.number for case in cases]
    first, second = browser(staff.bureau), browser(staff.second, fresh=True)

    preview = first.get(
        reverse("review_notice_new"), {"cases": numbers, "publish_on": VISIT_DAY.isoformat()}
    ).content.decode()
    sent = {"cases": numbers, "publish_on": VISIT_DAY.isoformat(), "form_token": hidden(preview, "form_token")}
    kept, again = (first.post(reverse("review_notice_new"), sent) for _ in range(2))
    draft = PublicNotice.objects.get()
    own = browser(staff.bureau, fresh=True).post(reverse("review_notice_publish", args=[draft.pk]))
    shown = second.get(kept["Location"]).content.decode()
    read = {"digest": hidden(shown, "digest")}
    published = second.post(reverse("review_notice_publish", args=[draft.pk]), read)

    assert "第7日为2026年3月24日（周二）" in preview
    assert "保存为待复核稿（2家）" in preview
    assert (own.status_code, again["Location"]) == (403, kept["Location"])
    assert "复核无误，发布（2家）" in shown
    assert published.status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.second_reader) == ("published", staff.second)
    assert [walking.fresh(case).stage for case in cases] == ["public_notice", "public_notice"]


def test_a_draft_that_changed_since_it_was_read_is_shown_anew_before_it_is_published() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    draft = operations.prepare_notice([case], by=staff.bureau, on=VISIT_DAY)
    client, url = browser(staff.second, fresh=True), reverse("review_notice_publish", args=[draft.pk])
    shown = client.get(reverse("review_notice", args=[draft.pk])).content.decode()
    Organisation.objects.filter(pk=case.organisation_id).update(name="改名后的公司")

    refused = client.post(url, {"digest": hidden(shown, "digest")})
    page, stage = refused.content.decode(), walking.fresh(case).stage
    published = client.post(url, {"digest": hidden(page, "digest")})

    assert (refused.status_code, stage) == (412, "approved")
    assert "拟稿以后名单内容或公示期有变化" in page
    assert "改名后的公司" in page
    assert "复核无误，发布（1家）" in page
    assert published.status_code == 302
    assert "改名后的公司" in PublicNotice.objects.get().text


def test_publishing_asks_who_one_is_anew() -> None:
    staff = Staff()
    draft = operations.prepare_notice([walking.to_approved(staff)], by=staff.bureau, on=VISIT_DAY)

    answer = browser(staff.second).post(reverse("review_notice_publish", args=[draft.pk]))

    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert PublicNotice.objects.get().state == "draft"


def test_a_preview_says_what_stands_in_the_way_and_a_wrong_day_is_refused() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    Organisation.objects.filter(pk=case.organisation_id).update(name="昆明某公司13987654321")
    client = browser(staff.bureau)

    blocked = client.get(reverse("review_notice_new"), {"cases": [case.number]})
    wrong = client.get(reverse("review_notice_new"), {"cases": [case.number], "publish_on": "明天"})

    assert "手机号码（139***21）" in blocked.content.decode()
    assert "保存为待复核稿（1家）" not in blocked.content.decode()
    assert wrong.status_code == 422


def test_a_draft_is_thrown_away_and_a_published_one_is_not() -> None:
    staff = Staff()
    draft = operations.prepare_notice([walking.to_approved(staff)], by=staff.bureau, on=VISIT_DAY)
    notice = walking.published(staff, [walking.to_approved(staff)])
    client = browser(staff.bureau)

    gone = client.post(reverse("review_notice_discard", args=[draft.pk]))
    stays = client.post(reverse("review_notice_discard", args=[notice.pk]))

    assert (gone.status_code, stays.status_code) == (302, 409)
    assert list(PublicNotice.objects.all()) == [notice]


@pytest.mark.parametrize("many", [1, 4])
def test_the_list_of_notices_costs_the_same_for_one_and_for_many(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    staff = Staff()
    for _ in range(many):
        walking.published(staff, [walking.to_approved(staff)])
    client = browser(staff.leader)
    client.get(reverse("review_notices"))

    with django_assert_num_queries(6):
        client.get(reverse("review_notices"))


def test_notices_in_the_workbench_are_not_for_districts_or_applicants() -> None:
    staff = Staff()
    notice = walking.published(staff, [walking.to_approved(staff)])

    for person in (staff.district, staff.discipline, make_expert()):
        assert browser(person).get(reverse("review_notice", args=[notice.pk])).status_code == 403
    assert browser(staff.leader).get(reverse("review_notice_new")).status_code == 403


# -- objections --------------------------------------------------------------------------------------------------------
def test_the_desk_shows_facts_and_keeps_the_identity_closed_until_opened() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case, evidence=[(ContentFile(make_pdf()), "照片.pdf")])
    client, url = browser(staff.discipline), reverse("review_objection", args=[row.pk])

    listed = client.get(reverse("review_objections")).content.decode()
    page = client.get(url).content.decode()
    opened = client.post(reverse("review_identity", args=[row.pk]))
    evidence = client.get(reverse("review_evidence", args=[row.pk, 0]))
    evidence.close()
    beyond = client.get(reverse("review_evidence", args=[row.pk, 1]))

    assert f"第{row.pk}号" in listed
    assert row.facts in page
    assert "举报人钱某某" not in listed + page
    assert "举报人钱某某" in opened.content.decode()
    assert opened["Cache-Control"] == "private, no-store"
    assert str(staff.discipline) in client.get(url).content.decode()
    assert evidence["Content-Disposition"].startswith("attachment")
    assert beyond.status_code == 404


def test_the_desk_is_closed_to_whoever_acted_on_the_case_and_to_outsiders() -> None:
    staff = Staff()
    row = walking.objection(walking.to_notice(staff))

    assert browser(staff.bureau).get(reverse("review_objection", args=[row.pk])).status_code == 404
    assert browser(staff.bureau).get(reverse("review_evidence", args=[row.pk, 0])).status_code == 404
    assert browser(staff.bureau).post(reverse("review_identity", args=[row.pk])).status_code == 404
    assert browser(staff.auditor).post(reverse("review_identity", args=[row.pk])).status_code == 403
    for person in (staff.district, walking.applicant_of(row.case), make_expert()):
        assert browser(person).get(reverse("review_objections")).status_code == 403


@pytest.mark.parametrize("many", [1, 5])
def test_the_desk_costs_the_same_for_one_and_for_many(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    for number in range(many):
        walking.objection(case, contact=f"1391111000{number}")
    client = browser(staff.discipline)
    client.get(reverse("review_objections"))

    with django_assert_num_queries(6):
        client.get(reverse("review_objections"))
    assert Objection.objects.count() == many


# -- the usual page of an act ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("act", "data", "stage"),
    [
        ("request_correction", {"faults-0-target": "premises", "faults-0-text": "合同缺页"}, "correction"),
        (
            "decline",
            {"reasons-0-condition": "7.1.area", "reasons-0-text": "不足", "no_visit_why": "一看便知"},
            "not_recommended",
        ),
    ],
)
def test_the_usual_page_takes_the_districts_other_acts(act: str, data: dict[str, str], stage: str) -> None:
    staff, case = Staff(), submitted_case()
    client, url = browser(staff.district, fresh=True), reverse("work_act", args=[case.number, act])

    page = client.get(url)
    taken = client.post(url, data | machinery(page.content))

    assert page.status_code == 200
    assert taken.status_code == 302, taken.content.decode()
    assert walking.fresh(case).stage == stage

"""The pages: what they show, to whom, with how many queries; nothing typed is lost."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from makerspace.matters.application import operations, queries
from makerspace.matters.application.models import Application, Call, Correction, Material
from makerspace.matters.review.operations import withdraw
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.documents.queries import current_paper
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.regulation.terms import Duty, Role
from tests.factories import (
    draft_case,
    make_call,
    make_dossier,
    make_organisation,
    make_pdf,
    make_person,
    member_of,
    submitted_case,
    with_materials,
)

pytestmark = pytest.mark.django_db
SCRIPT = {"HTTP_X_REQUESTED_BY": "script"}
SECTIONS = ("operator", "makerspace", "team", "finance", "premises", "tenants", "services", "capital")


@pytest.fixture
def today() -> Any:
    """Pages act today, so their calls are open today."""
    return clock.today()


@pytest.fixture
def call(today: Any) -> Call:
    return make_call(opens_on=today - timedelta(days=3), closes_on=today + timedelta(days=9))


@pytest.fixture
def case(call: Call, today: Any) -> Case:
    return draft_case(call=call, on=today)


# -- calls -------------------------------------------------------------------------------------------------------------
def test_the_bureau_drafts_previews_edits_and_publishes(today: Any) -> None:
    client = _client(make_person(Role.BUREAU))
    given = _call_form(today)

    drafted = client.post(reverse("application_call_new"), given)
    preview = client.get(drafted.url)
    call = Call.objects.get()
    edited = client.post(
        reverse("application_call_edit", args=[call.pk]), {**given, "title": "改过的通知", "version": 0}
    )
    stale = client.post(reverse("application_call_edit", args=[call.pk]), {**given, "version": 0})
    published = client.post(reverse("application_call_publish", args=[call.pk]), {"version": 1})

    assert "这是预览" in preview.content.decode()
    assert edited.status_code == published.status_code == 302
    assert stale.status_code == 422
    assert "刚刚保存了这份通知" in stale.content.decode()
    call.refresh_from_db()
    assert (call.state, call.title, call.contacts[0]["phone"]) == ("published", "改过的通知", "0871-63100001")
    assert call.materials == [{"code": "m1", "title": "审计报告", "required": True}]
    assert client.post(reverse("application_call_publish", args=[call.pk]), {"version": 1}).status_code == 409


def test_a_call_is_drafted_once_however_often_its_form_is_sent(today: Any) -> None:
    client, given = _client(make_person(Role.BUREAU)), _call_form(today)
    shown = dict(client.get(reverse("application_call_new")).context["hidden"])
    given |= shown

    first = client.post(reverse("application_call_new"), given)
    second = client.post(reverse("application_call_new"), given)

    assert first.url == second.url == reverse("application_call", args=[Call.objects.get().pk])


def test_an_operator_that_is_not_the_unit_is_pointed_out_wherever_it_is_read(call: Call, today: Any) -> None:
    unit = make_organisation("昆明甲创业服务有限公司")
    same = make_dossier(operator={"name": "昆明甲创业服务有限公司", "uscc": unit.uscc.lower()})
    case = draft_case(call=call, organisation=unit, dossier=same, on=today)
    client, warned = _client(member_of(unit)), "填写的运营单位名称与申报单位（昆明甲创业服务有限公司"
    pages = [reverse("application_section", args=[case.number, "operator"]),
             reverse("application_findings", args=[case.number, "operator"]),
             reverse("application_check", args=[case.number])]  # fmt: skip

    before = [warned in client.get(page).content.decode() for page in pages]
    other = {**case.application.dossier, "operator": {**case.application.dossier["operator"], "name": "乙公司"}}
    operations.save_dossier(case, other, by=member_of(unit), on=today, seen_version=1)
    after = [warned in client.get(page).content.decode() for page in pages]
    elsewhere = client.get(reverse("application_section", args=[case.number, "makerspace"])).content.decode()
    case = operations.submit(with_materials(case, on=today), by=member_of(unit), on=today, commitment=True)
    district = _client(make_person(Role.DISTRICT)).get(reverse("work_case", args=[case.number])).content.decode()

    assert (before, after) == ([False] * 3, [True] * 3)
    assert warned not in elsewhere
    assert warned in district


def test_what_looks_wrong_is_pointed_out_to_applicant_and_district_and_stops_nobody(call: Call, today: Any) -> None:
    dossier = make_dossier(on=today, makerspace={"opened_on": "2099-01-01"})
    dossier["tenants"][1]["uscc"] = "91530102MA6K4WQX0D"
    case = draft_case(call=call, dossier=dossier, on=today)
    client = _client(member_of(case.organisation))

    opened, code = (
        "众创空间·众创空间开办日期：所填日期晚于",
        "入驻企业和团队第2行·统一社会信用代码：“91530102MA6K4WQX0D”校验未通过",
    )
    check = client.get(reverse("application_check", args=[case.number])).content.decode()
    beside = client.get(reverse("application_section", args=[case.number, "makerspace"])).content.decode()
    tenants = client.get(reverse("application_findings", args=[case.number, "tenants"])).content.decode()
    case = operations.submit(
        with_materials(case, on=today), by=member_of(case.organisation), on=today, commitment=True, confirm_not_met=True
    )
    district = _client(make_person(Role.DISTRICT)).get(reverse("work_case", args=[case.number])).content.decode()

    assert [(opened in page, code in page) for page in (check, beside, tenants, district)] == [
        (True, True), (True, False), (False, True), (True, True),
    ]  # fmt: skip


def test_the_same_makerspace_twice_under_one_call_is_pointed_out_to_applicant_and_district(
    call: Call, today: Any
) -> None:
    unit = make_organisation()
    district = _client(make_person(Role.DISTRICT))

    def draft(**makerspace: str) -> Case:
        named = make_dossier(on=today, makerspace={"name": "滇池众创空间", **makerspace})
        return draft_case(call=call, organisation=unit, on=today, dossier=named)

    handed = operations.submit(with_materials(draft(), on=today), by=member_of(unit), on=today, commitment=True)
    again, elsewhere = draft(), draft(address="昆明市盘龙区白塔路1号")
    client, warned = _client(member_of(unit)), "本次通知下另有同一众创空间的在办申报"

    def told(reader: Client, name: str, case: Case) -> bool:
        return warned in reader.get(reverse(name, args=[case.number])).content.decode()

    at_first = [
        told(client, page, case) for case in (again, elsewhere) for page in ("application_tasks", "application_check")
    ]
    of_a_draft = told(district, "work_case", handed)
    operations.submit(with_materials(again, on=today), by=member_of(unit), on=today, commitment=True)
    of_a_submission = told(district, "work_case", handed)
    withdraw(again, by=member_of(unit), on=today, reason="重复申报")

    assert at_first == [True, True, False, False]
    assert (of_a_draft, of_a_submission, told(district, "work_case", handed)) == (False, True, False)


def test_the_check_page_names_the_condition_of_every_finding(case: Case) -> None:
    page = _client(member_of(case.organisation)).get(reverse("application_check", args=[case.number])).content.decode()

    titles = [row.title for row in by_id(case.regulation).conditions_of(case.category)]
    assert [title for title in titles if f"<b>{title}</b>" not in page.partition('id="conditions"')[2]] == []


def test_a_draft_that_is_not_filled_in_is_not_said_to_fall_short(call: Call, today: Any) -> None:
    begun, whole = (
        draft_case(call=call, dossier={"category": "comprehensive"}, on=today),
        draft_case(call=call, on=today),
    )
    short = draft_case(call=call, dossier=make_dossier(on=today, mentors=[]), on=today)

    said = [
        _client(member_of(case.organisation)).get(reverse("application_tasks", args=[case.number])).content.decode()
        for case in (begun, whole, short)
    ]

    assert ["还没有填写完整" in page for page in said] == [True, False, False]
    assert ["有条件不符合" in page for page in said] == [False, False, True]


def test_what_was_previewed_is_what_is_published(today: Any) -> None:
    officer = make_person(Role.BUREAU)
    client = _client(officer)
    client.post(reverse("application_call_new"), _call_form(today))
    pk = Call.objects.get().pk
    client.post(reverse("application_call_edit", args=[pk]), {**_call_form(today), "title": "另一人改了", "version": 0})

    answer = client.post(reverse("application_call_publish", args=[pk]), {"version": 0})

    assert answer.status_code == 409
    assert Call.objects.get().state == "draft"


def test_a_draft_call_is_not_there_for_others_and_its_editing_not_theirs(today: Any) -> None:
    draft = make_call(published=False)
    client = _client(make_person(Role.DISTRICT))

    assert client.get(reverse("application_call", args=[draft.pk])).status_code == 404
    assert client.get(reverse("application_call_edit", args=[draft.pk])).status_code == 403
    assert client.get(reverse("application_call_new")).status_code == 403
    assert draft.title not in client.get(reverse("application_calls")).content.decode()


def test_a_wrong_call_form_says_what_is_wrong_and_keeps_what_was_typed(today: Any) -> None:
    given = _call_form(today) | {"closes_on": (today - timedelta(days=60)).isoformat(), "title": "我写的标题"}

    answer = _client(make_person(Role.BUREAU)).post(reverse("application_call_new"), given)

    assert answer.status_code == 422
    assert "申报截止不能早于申报开始" in answer.content.decode()
    assert "我写的标题" in answer.content.decode()


# -- the start ---------------------------------------------------------------------------------------------------------
def test_starting_opens_one_draft_however_often_the_form_is_sent(call: Call) -> None:
    unit = make_organisation()
    client = _client(member_of(unit))
    given = {
        "organisation": unit.pk,
        "category": "technical",
        "authority": "anning",
        "name": "温泉众创空间",
        "token": "t1",
    }

    first = client.post(reverse("application_start", args=[call.pk]), given)
    second = client.post(reverse("application_start", args=[call.pk]), given)

    case = Case.objects.get()
    assert first.url == second.url == reverse("application_tasks", args=[case.number])
    assert (case.subject, case.authority.code, case.category) == ("温泉众创空间", "anning", "technical")


def test_the_last_dossier_can_be_taken_over(case: Case, call: Call) -> None:
    client = _client(member_of(case.organisation))
    given = {"organisation": case.organisation_id, "category": "comprehensive", "authority": "anning", "prefill": "on"}

    client.post(reverse("application_start", args=[call.pk]), given)

    new = Application.objects.exclude(case=case).get()
    assert new.dossier["tenants"] == case.application.dossier["tenants"]
    assert new.dossier["makerspace"]["authority"] == "anning"


def test_nobody_starts_for_another_unit(call: Call) -> None:
    unit, other = make_organisation(), make_organisation()
    given = {"organisation": other.pk, "category": "technical", "authority": "anning"}

    answer = _client(member_of(unit)).post(reverse("application_start", args=[call.pk]), given)

    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_a_closed_call_offers_no_form(today: Any) -> None:
    closed = make_call(opens_on=today - timedelta(days=20), closes_on=today - timedelta(days=2))
    client = _client(member_of(make_organisation()))

    page = client.get(reverse("application_start", args=[closed.pk])).content.decode()

    assert "现在不能申报" in page
    assert "开始填报" not in page


# -- filling in --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_shows_what_is_saved_and_saving_it_unchanged_changes_nothing(case: Case, section: str) -> None:
    client = _client(member_of(case.organisation))
    url = reverse("application_section", args=[case.number, section])
    before = Application.objects.get().dossier

    page = client.get(url)
    answer = client.post(url, _typed(page.context["form"]) | {"version": "1"})

    assert answer.url == reverse("application_tasks", args=[case.number])
    assert Application.objects.get().dossier == before


def test_what_cannot_be_read_is_kept_and_shown_again(case: Case) -> None:
    client = _client(member_of(case.organisation))
    url = reverse("application_section", args=[case.number, "tenants"])
    typed = {
        "version": "1",
        "tenants-0-name": "甲公司",
        "tenants-0-employees": "十二人",
        "tenants-3-assets_wan": "不详",
    }

    answer = client.post(url, typed, follow=True)

    page = answer.content.decode()
    kept = Application.objects.get()
    assert kept.unread == {"tenants[0].employees": "十二人", "tenants[1].assets_wan": "不详"}
    assert kept.dossier["tenants"][0]["name"] == "甲公司"
    assert "“十二人”不能识别" in page
    assert 'value="不详"' in page
    assert "有填写不能识别" in client.get(reverse("application_tasks", args=[case.number])).content.decode()


def test_autosave_answers_with_the_next_version_and_refuses_a_stale_one(case: Case) -> None:
    client = _client(member_of(case.organisation))
    url = reverse("application_autosave", args=[case.number, "finance"])

    saved = client.post(url, {"version": "1", "finance-standardised": "true"}, **SCRIPT)
    stale = client.post(url, {"version": "1", "finance-standardised": "false"}, **SCRIPT)

    told = saved.json()
    assert (saved.status_code, told["version"], told["unread"]) == (200, 2, 0)
    assert told["digest"] == Application.objects.get().digest_of(["finance"])
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    assert Application.objects.get().dossier["finance"]["standardised"] is True


def test_a_conflict_shows_both_and_a_second_save_is_knowing(case: Case) -> None:
    person = member_of(case.organisation)
    client = _client(person)
    url = reverse("application_section", args=[case.number, "makerspace"])
    theirs = {
        **case.application.dossier,
        "makerspace": {**case.application.dossier["makerspace"], "theme": "对方写的主题"},
    }
    operations.save_dossier(case, theirs, by=person, on=clock.today(), seen_version=1)

    conflict = client.post(url, {"version": "1", "makerspace-theme": "我写的主题"})
    again = client.post(url, {"version": conflict.context["version"], "makerspace-theme": "我写的主题"})

    page = conflict.content.decode()
    assert conflict.status_code == 412
    assert "对方写的主题" in page
    assert "我写的主题" in page
    assert again.status_code == 302
    assert Application.objects.get().dossier["makerspace"]["theme"] == "我写的主题"


def test_rows_are_added_without_scripts_and_nothing_typed_goes(case: Case) -> None:
    client = _client(member_of(case.organisation))
    url = reverse("application_section", args=[case.number, "team"])

    answer = client.post(url, {"version": "1", "mentors-0-name": "新导师", "_add": "mentors"})

    assert answer.status_code == 200
    assert 'name="mentors-1-name"' in answer.content.decode()
    assert "新导师" in answer.content.decode()
    assert Application.objects.get().version == 1


def test_a_section_with_more_than_a_dossier_holds_is_refused_and_kept_on_the_page(case: Case) -> None:
    client = _client(member_of(case.organisation))
    typed = {"version": "1", "services": ["legal", "magic"], "events-0-title": "第一期"}

    page = client.post(reverse("application_section", args=[case.number, "services"]), typed)
    answer = client.post(reverse("application_autosave", args=[case.number, "services"]), typed, **SCRIPT)

    assert (page.status_code, answer.status_code) == (422, 422)
    assert "第一期" in page.content.decode()
    assert Application.objects.get().version == 1


def test_saving_leads_on_to_the_next_section_and_from_the_last_to_the_materials(case: Case) -> None:
    client = _client(member_of(case.organisation))

    first = client.post(reverse("application_section", args=[case.number, "operator"]), {"version": "1", "next": "1"})
    last = client.post(reverse("application_section", args=[case.number, "capital"]), {"version": "2", "next": "1"})

    assert first.url == reverse("application_section", args=[case.number, "makerspace"])
    assert last.url == reverse("application_materials", args=[case.number])


def test_the_category_stays_once_something_was_handed_in(call: Call, today: Any) -> None:
    case = _in_correction(submitted_case(call=call, on=today), "finance")

    answer = _client(member_of(case.organisation)).get(reverse("application_category", args=[case.number]))

    assert answer.status_code == 409


def test_several_files_without_one_chosen_are_asked_for(case: Case) -> None:
    client = _client(member_of(case.organisation))

    answer = client.post(
        reverse("application_materials", args=[case.number]), {"kind": "evidence", "conditions": "7.2.count"}
    )

    assert answer.status_code == 422
    assert "请选择要上传的文件" in answer.content.decode()


def test_a_draft_that_was_kept_open_is_not_handed_in_after_the_last_day(today: Any) -> None:
    closed = make_call(opens_on=today - timedelta(days=9), closes_on=today - timedelta(days=1))
    case = with_materials(draft_case(call=closed, on=today - timedelta(days=2)), on=today - timedelta(days=2))
    client, url = _client(member_of(case.organisation)), reverse("application_check", args=[case.number])

    page, answer = client.get(url), client.post(url, {"commitment": "on"})

    assert "现在不能提交" in page.content.decode()
    assert "提交申报</button>" not in page.content.decode()
    assert (answer.status_code, case.submissions.count()) == (409, 0)


def test_the_findings_beside_a_section_follow_its_facts(case: Case) -> None:
    client = _client(member_of(case.organisation))
    client.post(
        reverse("application_autosave", args=[case.number, "tenants"]),
        {"version": "1", "tenants-0-name": "甲"},
        **SCRIPT,
    )

    page = client.get(reverse("application_findings", args=[case.number, "tenants"])).content.decode()

    assert "不符合" in page
    assert "<html" not in page


def test_the_category_can_be_changed_while_nothing_was_handed_in(case: Case) -> None:
    client = _client(member_of(case.organisation))

    client.post(reverse("application_category", args=[case.number]), {"category": "technical", "version": "1"})

    case.refresh_from_db()
    assert case.category == "technical"
    assert client.get(reverse("application_section", args=[case.number, "technical"])).status_code == 200
    assert client.get(reverse("application_section", args=[case.number, "tenants"])).status_code == 404


def test_in_a_correction_the_other_sections_can_only_be_read(call: Call, today: Any) -> None:
    case = _in_correction(submitted_case(call=call, on=today), "finance")
    client = _client(member_of(case.organisation))

    tasks = client.get(reverse("application_tasks", args=[case.number])).content.decode()
    locked = client.get(reverse("application_section", args=[case.number, "tenants"])).content.decode()
    posted = client.post(reverse("application_section", args=[case.number, "tenants"]), {"version": "1"})
    autosaved = client.post(reverse("application_autosave", args=[case.number, "tenants"]), {"version": "1"}, **SCRIPT)
    open_ = client.get(reverse("application_section", args=[case.number, "finance"])).content.decode()

    assert "请写明" in tasks
    assert "不在补正范围内" in locked
    assert "<textarea" not in locked
    assert "昆明软件第1公司" in posted.content.decode()
    assert (autosaved.status_code, autosaved.json()["article"]) == (422, "第十条")
    assert "补正通知指出" in open_


# -- materials ---------------------------------------------------------------------------------------------------------
def test_a_file_goes_up_by_itself_and_answers_with_its_row(case: Case) -> None:
    client = _client(member_of(case.organisation))
    url = reverse("application_materials", args=[case.number])

    row = client.post(url, {"kind": "evidence", "conditions": "7.2.count", "file": _file("协议.pdf")}, **SCRIPT)
    page = client.get(url).content.decode()
    lacking = client.get(reverse("application_missing", args=[case.number])).content.decode()

    assert row.status_code == 200
    assert "c-7.2.count" not in lacking
    assert "#c-7.2.lawful" in lacking
    assert row.content.decode().strip().startswith("<li")
    assert "协议.pdf" in page
    assert "单个不超过 20 MB" in page
    assert Material.objects.get().conditions == ["7.2.count"]


def test_a_file_for_many_conditions_with_pages_without_scripts(case: Case) -> None:
    client = _client(member_of(case.organisation))
    given = {
        "kind": "evidence",
        "conditions": ["7.2.count", "7.2.lawful"],
        "pages": "1-2",
        "file": _file("全部.pdf", 3),
    }

    answer = client.post(reverse("application_materials", args=[case.number]), given)

    assert answer.status_code == 302
    assert (Material.objects.get().conditions, Material.objects.get().pages) == (["7.2.count", "7.2.lawful"], "1-2")


def test_pages_that_a_file_does_not_have_are_one_fault(case: Case) -> None:
    client = _client(member_of(case.organisation))
    given = {"kind": "evidence", "conditions": "7.2.count", "pages": "9", "file": _file("三页.pdf", 3)}

    page = client.post(reverse("application_materials", args=[case.number]), given).content.decode()

    assert "有1处需要更正" in page
    assert "这个文件共3页" in page


def test_what_is_held_is_counted_anew_after_an_upload(case: Case) -> None:
    client = _client(member_of(case.organisation))
    url = reverse("application_materials", args=[case.number])
    before = client.get(url).content.decode()
    client.post(url, {"kind": "evidence", "conditions": "7.2.count", "file": _file("a.pdf")}, **SCRIPT)

    after = client.get(reverse("application_missing", args=[case.number])).content.decode()

    assert before.count('id="stored"') == 1
    assert "hx-swap-oob" not in before
    assert '<span id="stored" hx-swap-oob="true">已有1个文件' in after


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"kind": "evidence", "conditions": "6.3.platform"}, "不是本类别的条件"),
        ({"kind": "evidence", "conditions": "7.2.count", "pages": "九"}, "写成 3-7"),
        ({"kind": "operation_plan"}, "请勾选建设运营方案已包含的部分"),
    ],
)
def test_a_wrong_upload_is_told_in_both_ways(case: Case, given: dict[str, str], text: str) -> None:
    client = _client(member_of(case.organisation))
    url = reverse("application_materials", args=[case.number])

    page = client.post(url, {**given, "file": _file("a.pdf")})
    answer = client.post(url, {**given, "file": _file("a.pdf")}, **SCRIPT)

    assert (page.status_code, answer.status_code) == (422, 422)
    assert text in page.content.decode()
    assert answer.json()["text"]
    assert not Material.objects.exists()


def test_a_disguised_file_is_refused_to_the_script_as_json(case: Case) -> None:
    client = _client(member_of(case.organisation))
    given = {"kind": "evidence", "conditions": "7.2.count", "file": SimpleUploadedFile("a.pdf", b"GIF89a....")}

    answer = client.post(reverse("application_materials", args=[case.number]), given, **SCRIPT)

    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")


def test_tying_anew_and_removing(case: Case) -> None:
    client = _client(member_of(case.organisation))
    with_materials(case, on=clock.today())
    pk = Material.objects.get(kind="evidence").pk

    tied = client.post(reverse("application_tie", args=[case.number, pk]), {"conditions": "7.3.events", "pages": "2"})
    beyond = client.post(reverse("application_tie", args=[case.number, pk]), {"conditions": "7.3.events", "pages": "7"})
    shown = client.get(reverse("application_tie", args=[case.number, pk]))
    removed = client.post(reverse("application_remove", args=[case.number, pk]))

    assert (tied.status_code, beyond.status_code, shown.status_code, removed.status_code) == (302, 422, 200, 302)
    assert "这个文件共3页" in beyond.content.decode()
    assert Material.objects.get(pk=pk).removed_at is not None


def test_a_file_is_downloaded_as_an_attachment_and_read_page_by_page(case: Case) -> None:
    client = _client(member_of(case.organisation))
    with_materials(case, on=clock.today())
    pk = Material.objects.get(kind="evidence").pk

    file = client.get(reverse("application_material", args=[case.number, pk]))
    page = client.get(reverse("application_preview", args=[case.number, pk, 2]))
    picture = client.get(reverse("application_picture", args=[case.number, pk, 2]))
    beyond = client.get(reverse("application_preview", args=[case.number, pk, 4]))
    no_picture = client.get(reverse("application_picture", args=[case.number, pk, 4]))

    assert b"".join(file.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert file["Content-Disposition"].startswith("attachment")
    assert "第2页，共3页" in page.content.decode()
    assert picture.content.startswith(b"\x89PNG")
    assert (beyond.status_code, no_picture.status_code) == (404, 404)


def test_a_file_of_another_case_is_not_there_under_ones_own(case: Case, call: Call, today: Any) -> None:
    other = with_materials(draft_case(call=call, on=today), on=today)
    pk = queries.materials_of(other)[0].pk
    client = _client(member_of(case.organisation))

    for name, extra in (("application_material", []), ("application_preview", [1]), ("application_picture", [1])):
        assert client.get(reverse(name, args=[case.number, pk, *extra])).status_code == 404
        assert client.get(reverse(name, args=[other.number, pk, *extra])).status_code == 404
    assert client.post(reverse("application_remove", args=[case.number, pk])).status_code == 404
    assert len(queries.materials_of(other)) == 3


def test_the_district_reads_files_once_they_are_handed_in(call: Call, today: Any) -> None:
    client = _client(make_person(Role.DISTRICT))
    draft = with_materials(draft_case(call=call, on=today), on=today)
    handed_in = submitted_case(call=call, on=today)

    before = client.get(reverse("application_material", args=[draft.number, draft.materials.first().pk]))
    after = client.get(reverse("application_material", args=[handed_in.number, handed_in.materials.first().pk]))

    assert (before.status_code, after.status_code) == (404, 200)
    after.close()


# -- check and receipt -------------------------------------------------------------------------------------------------
def test_the_check_page_lists_all_that_is_missing_with_links(case: Case) -> None:
    page = _client(member_of(case.organisation)).get(reverse("application_check", args=[case.number])).content.decode()

    assert "还缺17项" in page
    assert f"{reverse('application_materials', args=[case.number])}#c-7.2.count" in page
    assert f"{reverse('application_materials', args=[case.number])}#p-operation_plan" in page
    assert "昆明软件第1公司" in page


def test_submitting_without_commitment_or_papers_stays_on_the_page(case: Case) -> None:
    answer = _client(member_of(case.organisation)).post(reverse("application_check", args=[case.number]), {})

    assert answer.status_code == 422
    assert "请承诺申报材料真实、完整" in answer.content.decode()
    assert "缺少年度工作计划" in answer.content.decode()


def test_submitting_leads_to_the_receipt_and_a_second_press_too(case: Case) -> None:
    with_materials(case, on=clock.today())
    client = _client(member_of(case.organisation))
    url = reverse("application_check", args=[case.number])

    first = client.post(url, {"commitment": "on"})
    second = client.post(url, {"commitment": "on"})
    page = client.get(first.url).content.decode()

    assert first.url == second.url == reverse("application_receipt", args=[case.number])
    assert f"已提交，编号 {case.number}" in page
    assert "由五华区科技主管部门办理" in page
    assert case.submissions.count() == 1
    assert client.get(reverse("application_tasks", args=[case.number])).url == reverse("work_case", args=[case.number])
    assert client.get(url).status_code == 409


def test_a_condition_that_is_not_met_asks_to_be_confirmed(call: Call, today: Any) -> None:
    case = draft_case(call=call, on=today, dossier=make_dossier(on=today, tenants=[]))
    person = member_of(case.organisation)
    client, url = _client(person), reverse("application_check", args=[case.number])
    operations.save_section(case, "finance", {"finance": {"standardised": False}}, by=person, on=today, seen_version=1)
    with_materials(case, on=today)

    refused = client.post(url, {"commitment": "on"})
    taken = client.post(url, {"commitment": "on", "confirm_not_met": "on"})

    assert refused.status_code == 422
    assert "如仍要提交请确认" in refused.content.decode()
    assert taken.status_code == 302


def test_a_draft_has_no_receipt(case: Case) -> None:
    answer = _client(member_of(case.organisation)).get(reverse("application_receipt", args=[case.number]))

    assert answer.url == reverse("application_tasks", args=[case.number])


# -- the counter -------------------------------------------------------------------------------------------------------
def test_the_counter_finds_a_case_by_its_print_set_and_begins_one_from_paper(call: Call, today: Any) -> None:
    handed_in = submitted_case(call=call, on=today)
    client = _client(make_person(Role.DISTRICT, duties=[Duty.COUNTER]))
    code = current_paper(handed_in.number, "print_set").code
    given = {
        "unit": "翠湖公司",
        "uscc": "91530102MA6K4WQX0C",
        "kind": "enterprise",
        "category": "technical",
        "token": "x",
    }

    found = client.post(reverse("application_counter"), {"code": code})
    wrong = client.post(reverse("application_counter_start", args=[call.pk]), {**given, "kind": "club", "token": "y"})
    lost = client.post(reverse("application_counter"), {"code": "KM-1999-0001"})
    begun = client.post(reverse("application_counter_start", args=[call.pk]), given)
    again = client.post(reverse("application_counter_start", args=[call.pk]), given)

    case = Case.objects.exclude(pk=handed_in.pk).get()
    assert found.url == reverse("work_act", args=[handed_in.number, "register_paper"])
    assert (lost.status_code, wrong.status_code) == (422, 422)
    assert begun.url == again.url == reverse("application_tasks", args=[case.number])
    assert case.application.channel == "counter"
    assert case.organisation.name in client.get(f"/work/cases/{case.number}/?tab=facts").content.decode()
    assert "申报内容和材料在提交后才能查看" not in client.get(f"/work/cases/{case.number}/").content.decode()
    assert client.get(begun.url).status_code == 200
    assert case.number in client.get(reverse("application_counter")).content.decode()


def test_the_counter_is_for_those_with_the_duty(call: Call) -> None:
    client = _client(make_person(Role.DISTRICT))

    assert client.get(reverse("application_counter")).status_code == 403
    assert client.get(reverse("application_counter_start", args=[call.pk])).status_code == 403
    assert _client(make_person(Role.LEADER)).get(reverse("application_counter")).status_code == 403


# -- who, and how many queries -----------------------------------------------------------------------------------------
def _editing_pages(case: Case) -> list[str]:
    plain = ["application_tasks", "application_materials", "application_check", "application_receipt"]
    return [reverse(name, args=[case.number]) for name in plain] + [
        reverse("application_section", args=[case.number, "tenants"]),
        reverse("application_findings", args=[case.number, "tenants"]),
        reverse("application_category", args=[case.number]),
        reverse("application_missing", args=[case.number]),
    ]


def test_a_stranger_finds_nothing_and_officers_may_not_fill_in(case: Case) -> None:
    stranger, officer = _client(member_of(make_organisation())), _client(make_person(Role.DISTRICT))
    elsewhere = _client(make_person(Role.DISTRICT, "panlong"))

    for url in _editing_pages(case):
        assert (stranger.get(url).status_code, elsewhere.get(url).status_code) == (404, 404), url
        assert officer.get(url).status_code == 403, url
        assert Client().get(url).status_code == 302, url


def test_no_page_asks_more_than_fifteen_queries(case: Case, call: Call, today: Any) -> None:
    with_materials(case, on=today)
    client = _client(member_of(case.organisation))
    pages = [*_editing_pages(case), reverse("application_calls"), reverse("application_call", args=[call.pk])]

    counts = {url: _queries(client, url) for url in [*pages, reverse("application_start", args=[call.pk])]}

    assert {url: count for url, count in counts.items() if count > 15} == {}


def test_lists_ask_as_much_for_one_row_as_for_many(case: Case, today: Any) -> None:
    officer = make_person(Role.BUREAU)
    client, counter = _client(officer), _client(make_person(Role.DISTRICT, duties=[Duty.COUNTER]))
    applicant, materials = _client(member_of(case.organisation)), reverse("application_materials", args=[case.number])
    urls = [(client, reverse("application_calls")), (counter, reverse("application_counter")), (applicant, materials)]
    few = [_queries(each, url) for each, url in urls]

    for _ in range(4):
        make_call(by=officer, opens_on=today, closes_on=today)
        with_materials(case, on=today)
    many = [_queries(each, url) for each, url in urls]

    assert few == many


def _queries(client: Client, url: str) -> int:
    client.get(url)  # what is read once for each session has been read
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    return len(seen)


# -- small helpers -----------------------------------------------------------------------------------------------------
def _client(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _file(name: str, pages: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_pdf(pages))


def _call_form(today: Any) -> dict[str, Any]:
    return {
        "title": "关于组织申报的通知", "year": "2026", "categories": ["comprehensive", "technical"],
        "opens_on": today.isoformat(), "closes_on": (today + timedelta(days=30)).isoformat(), "text": "正文",
        "contacts-0-name": "王敏", "contacts-0-phone": "0871-63100001", "materials-0-title": "审计报告",
        "materials-0-required": "on", "form_token": secrets.token_urlsafe(24),
    }  # fmt: skip


def _typed(form: Any) -> dict[str, Any]:
    """What a browser would send of an unchanged form."""
    sent: dict[str, Any] = {}

    def gather(fields: Any) -> None:
        for field in fields:
            gather(field.fields)
            for row in field.rows:
                gather(row.fields)
            if field.kind == "checks":
                sent[field.name] = [choice.value for choice in field.choices if choice.chosen]
            elif not field.fields and field.kind != "rows" and field.value:
                sent[field.name] = field.value

    gather(form.fields)
    return sent


def _in_correction(case: Case, target: str) -> Case:
    case = advance(case, "request_correction", by=make_person(Role.DISTRICT), on=clock.today())
    operations.open_correction(case, [{"target": target, "text": "请写明"}], clock.today(), on=clock.today())
    assert Correction.objects.filter(case=case, closed_on=None).exists()
    return case

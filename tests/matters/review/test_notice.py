"""Article 11: the notice as a batch, its days, its freezing, its replacement, its close by the clock."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from makerspace.matters.review import digests, operations
from makerspace.matters.review.models import NoticeItem, PublicNotice, ReissueProposal, Visit
from makerspace.matters.review.queries import notices as queries
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Organisation, Person
from makerspace.office.record.clock import KUNMING
from makerspace.office.record.models import Entry
from makerspace.office.record.operations import publish_heads
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests.factories import make_person, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db
LAST = date(2026, 3, 24)


def three(staff: Staff) -> list[Case]:
    return [walking.to_approved(staff) for _ in range(3)]


# -- publish -----------------------------------------------------------------------------------------------------------
def test_a_batch_is_published_with_its_days_steps_digest_and_head() -> None:
    staff = Staff()
    cases = three(staff)
    publish_heads(datetime(2030, 1, 1, tzinfo=KUNMING))

    notice = walking.published(staff, cases)

    assert (notice.first_day, notice.last_day, notice.days) == (date(2026, 3, 18), LAST, 7)
    assert "第7日为2026年3月24日（周二）" in " ".join(notice.steps)
    assert notice.digest == hashlib.sha256(notice.text.encode()).hexdigest()
    assert notice.head in notice.text
    assert notice.head
    assert [item.number for item in queries.notice_items(notice)] == sorted(case.number for case in cases)
    for case in cases:
        moved, entry = walking.fresh(case), Entry.objects.get(stream=case.number, act="publish_notice")
        assert (moved.stage, moved.due_on) == ("public_notice", LAST)
        assert json.loads(entry.data)["digest"] == notice.digest
    paper = Paper.objects.get(kind="public_notice")
    assert (paper.visibility, paper.data["digest"], len(paper.data["items"])) == ("public", notice.digest, 3)
    assert paper.data["discipline_phone"] == "0871-00000001"


def test_a_notice_that_would_end_on_a_holiday_rolls_over() -> None:
    staff = Staff()
    notice = operations.publish_notice(
        [walking.to_approved(staff)], publish_on=date(2026, 9, 25), by=staff.bureau, on=VISIT_DAY
    )

    assert notice.last_day == date(2026, 10, 8)
    assert "顺延" in " ".join(notice.steps)


def test_a_notice_shows_declared_and_verified_figures_and_no_person() -> None:
    staff = Staff()
    case = walking.to_approved(staff)

    notice = walking.published(staff, [case])

    [item] = queries.notice_items(notice)
    area = next(row for row in item.figures if row["label"] == "场地面积")
    assert (area["article"], area["verified"]) == ("第七条第一项", "一致")
    assert "420" in area["declared"]
    rows = [queries.item_json(row) for row in notice.items.select_related("case")]
    shown = json.dumps([queries.notice_json(notice), rows], ensure_ascii=False)
    for secret in ("13800000000", "kj@example.cn", "赵敏", "李华", staff.bureau.name, *walking.pool_names()):
        assert secret not in shown


def test_what_the_inspectors_wrote_is_not_published_only_whether_it_agreed() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    visit = Visit.objects.get(case=case)
    mentors = next(item for item in visit.items if item["condition"] == "5.5.mentors")
    mentors.update(found="见到导师周平、吴丽，住翠湖路3号201室", agrees=False, remark="少一名")
    visit.save()

    notice = walking.published(staff, [case])

    [item] = queries.notice_items(notice)
    verified = {row["label"]: row["verified"] for row in item.figures}
    assert (verified["在聘导师"], verified["场地面积"]) == ("不一致", "一致")
    assert "翠湖路" not in notice.text
    assert "翠湖路" not in json.dumps(Paper.objects.get(kind="public_notice").data, ensure_ascii=False)


def test_the_record_seals_the_digest_of_each_row() -> None:
    staff = Staff()
    cases = [walking.to_approved(staff) for _ in range(2)]
    notice = walking.published(staff, cases)

    for case in cases:
        item = NoticeItem.objects.get(case=case)
        data = json.loads(Entry.objects.get(stream=case.number, act="publish_notice").data)
        assert data["facts"] == digests.of_facts(item.facts)
        assert queries.reads_as_sealed(item, queries.sealed_of(cases)[case.number])
    assert len({sealed.facts for sealed in queries.sealed_of(cases).values()}) == 2
    assert {sealed.notice for sealed in queries.sealed_of(cases).values()} == {notice.pk}


def test_one_case_that_can_not_move_holds_up_the_whole_batch_and_each_reason_is_said() -> None:
    staff = Staff()
    good, early, gone = walking.to_approved(staff), submitted_case(), walking.to_approved(staff)
    operations.withdraw(gone, by=walking.applicant_of(gone), on=VISIT_DAY, reason="搬迁")

    with pytest.raises(Refused) as refused:
        walking.published(staff, [good, early, gone])

    refusal = refused.value.refusal
    assert (refusal.code, refusal.articles, set(refusal.fields)) == ("wrong_stage", (11,), {early.number, gone.number})
    assert early.number in refusal.text
    assert gone.number in refusal.text
    assert walking.fresh(good).stage == "approved"
    assert not PublicNotice.objects.exists()


def test_a_case_that_one_may_not_see_or_move_is_refused_before_its_stage_is() -> None:
    staff, case = Staff(), submitted_case()

    with pytest.raises(Refused) as not_yours:
        operations.publish_notice([case], publish_on=VISIT_DAY, by=staff.leader, on=VISIT_DAY)
    with pytest.raises(Refused) as not_there:
        operations.publish_notice([case], publish_on=VISIT_DAY, by=make_person(), on=VISIT_DAY)

    assert not_yours.value.refusal.code == "not_yours"
    assert not_there.value.refusal.code == "not_found"


def test_an_empty_batch_and_a_past_day_are_refused() -> None:
    staff = Staff()
    case = walking.to_approved(staff)

    with pytest.raises(Refused) as empty:
        walking.published(staff, [])
    with pytest.raises(Refused) as past:
        operations.publish_notice([case], publish_on=VISIT_DAY - timedelta(days=1), by=staff.bureau, on=VISIT_DAY)

    assert "cases" in empty.value.refusal.fields
    assert "publish_on" in past.value.refusal.fields


def test_a_notice_with_personal_data_is_not_published() -> None:
    staff = Staff()
    good, bad = walking.to_approved(staff), walking.to_approved(staff)
    Organisation.objects.filter(pk=bad.organisation_id).update(name="昆明某公司13987654321")
    bad = walking.fresh(bad)

    with pytest.raises(Refused) as refused:
        walking.published(staff, [good, bad])

    assert refused.value.refusal.fields == {bad.number: "手机号码（139***21）"}
    assert walking.fresh(good).stage == "approved"


def test_the_offices_own_mobile_may_be_printed(settings: Settings) -> None:
    settings.SITE = {**settings.SITE, "phone": "13900001111"}
    staff = Staff()

    notice = walking.published(staff, [walking.to_approved(staff)])

    assert "受理电话：13900001111" in notice.text


def test_a_notice_for_a_later_day_is_hidden_until_then() -> None:
    staff = Staff()
    later = VISIT_DAY + timedelta(days=3)
    notice = operations.publish_notice([walking.to_approved(staff)], publish_on=later, by=staff.bureau, on=VISIT_DAY)

    assert list(queries.published_notices(later - timedelta(days=1))) == []
    assert queries.public_notice(notice.pk, later - timedelta(days=1)) is None
    assert list(queries.published_notices(later)) == list(queries.running_notices(later)) == [notice]
    assert notice.first_day == later + timedelta(days=1)


# -- two people --------------------------------------------------------------------------------------------------------
def test_a_draft_moves_nothing_and_is_published_by_another() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    draft = operations.prepare_notice([case], by=staff.bureau, on=VISIT_DAY)

    with pytest.raises(Refused) as own:
        operations.publish_draft(draft, by=staff.bureau, on=VISIT_DAY, read=draft.digest)
    stage_before = walking.fresh(case).stage
    notice = operations.publish_draft(draft, by=staff.second, on=VISIT_DAY, read=draft.digest)
    with pytest.raises(Refused) as twice:
        operations.publish_draft(draft, by=staff.second, on=VISIT_DAY, read=draft.digest)

    assert (own.value.refusal.code, stage_before, twice.value.refusal.code) == ("not_yours", "approved", "wrong_stage")
    assert (notice.pk, notice.prepared_by, notice.second_reader) == (draft.pk, staff.bureau, staff.second)
    assert walking.fresh(case).stage == "public_notice"


def test_a_draft_that_reads_otherwise_by_now_is_not_published_unread() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    draft = operations.prepare_notice([case], by=staff.bureau, on=VISIT_DAY)
    Organisation.objects.filter(pk=case.organisation_id).update(name="改名后的公司")
    later = VISIT_DAY + timedelta(days=3)

    for day in (VISIT_DAY, later):
        with pytest.raises(Refused) as refused:
            operations.publish_draft(draft, by=staff.second, on=day, read=draft.digest)
        assert (refused.value.refusal.code, refused.value.refusal.status) == ("changed_meanwhile", 412)
    stage_before = walking.fresh(case).stage
    anew, _ = operations.draft_anew(draft, later)
    notice = operations.publish_draft(draft, by=staff.second, on=later, read=anew.digest)

    assert stage_before == "approved"
    assert "改名后的公司" in notice.text
    assert (notice.publish_on, anew.last_day) == (later, notice.last_day)


def test_the_records_head_alone_does_not_make_a_draft_another() -> None:
    staff = Staff()
    draft = operations.prepare_notice([walking.to_approved(staff)], by=staff.bureau, on=VISIT_DAY)
    publish_heads(datetime(2030, 1, 1, tzinfo=KUNMING))

    notice = operations.publish_draft(draft, by=staff.second, on=VISIT_DAY, read=draft.digest)

    assert notice.head
    assert notice.head in notice.text


def test_a_draft_that_is_thrown_away_leaves_a_trace() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    draft = operations.prepare_notice([case], by=staff.bureau, on=VISIT_DAY)
    pk = draft.pk

    operations.discard_notice(draft, by=staff.second, on=VISIT_DAY)

    entry = Entry.objects.get(stream=f"NOTICE-{pk}")
    data = json.loads(entry.data)
    assert (entry.act, entry.person, entry.role) == ("discard_notice", staff.second, "bureau")
    assert (data["prepared_by"], data["cases"], data["digest"]) == (staff.bureau.pk, [case.number], draft.digest)
    assert first_broken() is None


def test_a_draft_is_not_public_and_may_be_thrown_away() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    draft = operations.prepare_notice([case], by=staff.bureau, on=VISIT_DAY)

    public = list(queries.published_notices(VISIT_DAY))
    with pytest.raises(Refused) as refused:
        operations.discard_notice(draft, by=staff.leader, on=VISIT_DAY)
    operations.discard_notice(draft, by=staff.second, on=VISIT_DAY)

    assert public == []
    assert refused.value.refusal.code == "not_yours"
    assert not PublicNotice.objects.exists()


def test_a_published_notice_is_not_thrown_away() -> None:
    staff = Staff()
    notice = walking.published(staff, [walking.to_approved(staff)])

    with pytest.raises(Refused) as refused:
        operations.discard_notice(notice, by=staff.bureau, on=VISIT_DAY)

    assert refused.value.refusal.code == "wrong_stage"


def test_a_second_reader_is_somebody_else() -> None:
    staff = Staff()

    with pytest.raises(Refused) as refused:
        operations.publish_notice(
            [walking.to_approved(staff)],
            publish_on=VISIT_DAY,
            by=staff.bureau,
            on=VISIT_DAY,
            second_reader=staff.bureau,
        )

    assert refused.value.refusal.code == "not_yours"


# -- anew --------------------------------------------------------------------------------------------------------------
def test_a_notice_is_replaced_by_two_people_and_runs_seven_new_days() -> None:
    staff = Staff()
    cases = [walking.to_approved(staff) for _ in range(2)]
    old = walking.published(staff, cases)
    case, other = map(walking.fresh, cases)
    later = VISIT_DAY + timedelta(days=2)
    correction = {"case": case.number, "field": "makerspace", "text": "滇池众创空间（更正）"}

    case = operations.reissue_notice(case, by=staff.bureau, on=later, wrong="名称有误", corrections=[correction])
    after_proposal = (PublicNotice.objects.get(pk=old.pk).state, case.stage, case.due_on)
    case = operations.reissue_notice(case, by=staff.leader, on=later, confirm=True)

    old.refresh_from_db()
    item = queries.live_item(case)
    assert item is not None
    new = item.notice
    assert after_proposal == ("published", "public_notice", LAST)
    assert (old.state, old.replaced_by, old.replaced_why) == ("replaced", new, "名称有误")
    assert (new.publish_on, new.last_day) == (later, date(2026, 3, 26))
    assert "滇池众创空间（更正）" in new.text
    assert "原公示的问题：名称有误" in new.text
    assert [walking.fresh(each).due_on for each in (case, other)] == [new.last_day, new.last_day]
    assert set(queries.published_notices(later)) == {old, new}
    assert Paper.objects.get(code=old.paper_code, replaced_by__code=new.paper_code).kind == "public_notice"
    assert operations.close_notices(walking.midnight_after(LAST)) == 0
    assert operations.close_notices(walking.midnight_after(new.last_day)) == 2


@pytest.mark.parametrize("proposer", ["bureau", "leader"])
def test_neither_the_same_person_nor_the_same_side_confirms(proposer: str) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    first = getattr(staff, proposer)
    colleague = make_person(Role.BUREAU if proposer == "bureau" else Role.LEADER)
    operations.reissue_notice(case, by=first, on=VISIT_DAY, wrong="名称有误")

    with pytest.raises(Refused) as same:
        operations.reissue_notice(case, by=first, on=VISIT_DAY, confirm=True)
    with pytest.raises(Refused) as side:
        operations.reissue_notice(case, by=colleague, on=VISIT_DAY, confirm=True)

    assert same.value.refusal.code == side.value.refusal.code == "not_yours"
    assert ReissueProposal.objects.get().confirmed_on is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"confirm": True}, "confirm"),
        ({"wrong": " "}, "wrong"),
        ({"wrong": "x", "corrections": [{"case": "KM-1", "field": "makerspace", "text": "x"}]}, "corrections[0].case"),
        ({"wrong": "x", "corrections": [{"case": "", "field": "phone", "text": ""}]}, "corrections[0].field"),
    ],
)
def test_a_proposal_that_says_too_little_is_refused(given: dict[str, Any], field: str) -> None:
    staff = Staff()
    case = walking.to_notice(staff)

    with pytest.raises(Refused) as refused:
        operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, **given)

    assert field in refused.value.refusal.fields


def test_a_correction_with_a_phone_is_refused_and_a_second_proposal_takes_the_firsts_place() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    phone = {"case": case.number, "field": "makerspace", "text": "找13987654321"}

    with pytest.raises(Refused) as refused:
        operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="x", corrections=[phone])
    operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="名称有误")
    operations.reissue_notice(case, by=staff.leader, on=VISIT_DAY, wrong="类别有误")

    assert refused.value.refusal.fields == {"corrections[0].text": "含有不能公开的个人信息"}
    assert ReissueProposal.objects.get().wrong == "类别有误"


@pytest.mark.parametrize(
    ("field", "text", "known"),
    [("category", "教育类", "综合服务类、技术支撑类"), ("authority", "盘龙区科技局", "盘龙区科技主管部门")],
)
def test_a_category_or_authority_is_set_right_by_a_known_one_only(field: str, text: str, known: str) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    correction = {"case": case.number, "field": field, "text": text}

    with pytest.raises(Refused) as refused:
        operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="有误", corrections=[correction])

    [fault] = refused.value.refusal.fields.values()
    assert known in fault
    assert not ReissueProposal.objects.exists()


def test_applicants_are_told_of_the_new_days() -> None:
    staff = Staff()
    cases = [walking.to_approved(staff) for _ in range(2)]
    walking.published(staff, cases)
    later = VISIT_DAY + timedelta(days=2)

    operations.reissue_notice(walking.fresh(cases[0]), by=staff.bureau, on=later, wrong="名称有误")
    operations.reissue_notice(walking.fresh(cases[0]), by=staff.leader, on=later, confirm=True)

    for case in cases:
        told = Message.objects.get(person=walking.applicant_of(case), subject=f"{case.number}：重新公示")
        assert "2026年3月20日至2026年3月26日24时" in told.text


def test_the_row_of_a_new_notice_is_sealed_and_the_former_one_no_longer_counts() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    former = NoticeItem.objects.get(case=case)
    operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="名称有误")
    before = queries.sealed_of([case])[case.number]
    operations.reissue_notice(case, by=staff.leader, on=VISIT_DAY, confirm=True)

    item, sealed = queries.live_item(case), queries.sealed_of([case])[case.number]

    assert item is not None
    assert queries.reads_as_sealed(former, before)
    assert queries.reads_as_sealed(item, sealed)
    assert not queries.reads_as_sealed(former, sealed)


@pytest.mark.parametrize("confirm", [False, True])
def test_a_notice_whose_days_are_over_is_not_published_anew(confirm: bool) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    if confirm:
        operations.reissue_notice(case, by=staff.bureau, on=LAST, wrong="名称有误")
    by = staff.leader if confirm else staff.bureau

    with pytest.raises(Refused) as refused:
        operations.reissue_notice(case, by=by, on=LAST + timedelta(days=1), wrong="名称有误", confirm=confirm)

    assert (refused.value.refusal.code, PublicNotice.objects.count()) == ("wrong_stage", 1)
    assert "2026年3月24日24时届满" in refused.value.refusal.text


@pytest.mark.parametrize("proposer", ["bureau", "leader"])
def test_whoever_holds_both_posts_confirms_as_the_other_side(proposer: str) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    both = make_person(Role.BUREAU)
    both.posts.create(role=Role.LEADER.value, valid_from=VISIT_DAY)
    operations.reissue_notice(case, by=getattr(staff, proposer), on=VISIT_DAY, wrong="名称有误")

    operations.reissue_notice(case, by=Person.objects.get(pk=both.pk), on=VISIT_DAY, confirm=True)

    entries = Entry.objects.filter(stream=case.number, act="reissue_notice", person=both)
    other = "leader" if proposer == "bureau" else "bureau"
    assert list(entries.values_list("role", flat=True)) == [other, other]


# -- the clock ---------------------------------------------------------------------------------------------------------
def test_the_notice_closes_after_its_last_minute_and_not_in_it() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    last_minute = datetime(2026, 3, 24, 23, 59, 59, tzinfo=KUNMING)

    moved = operations.close_notices(last_minute)
    stage = walking.fresh(case).stage
    moved_after = operations.close_notices(last_minute + timedelta(seconds=1))
    moved_again = operations.close_notices(last_minute + timedelta(days=3))

    assert (moved, stage, moved_after, moved_again) == (0, "public_notice", 1, 0)
    assert walking.fresh(case).stage == "announcement"
    assert PublicNotice.objects.get().closed_on == date(2026, 3, 25)
    assert first_broken() is None


def test_people_can_not_close_a_notice_and_the_clock_not_before_its_time() -> None:
    staff = Staff()
    case = walking.to_notice(staff)

    with pytest.raises(Refused) as person:
        operations.close_notice(case, by=staff.bureau, on=LAST + timedelta(days=1))
    with pytest.raises(Refused) as early:
        operations.close_notice(case, by=Role.CLOCK, on=LAST)

    assert (person.value.refusal.code, person.value.refusal.articles) == ("not_yours", (11,))
    assert early.value.refusal.code == "wrong_stage"


def test_an_objection_holds_one_case_and_not_the_batch() -> None:
    staff = Staff()
    first, second = walking.to_approved(staff), walking.to_approved(staff)
    walking.published(staff, [first, second])
    walking.objection(walking.fresh(second))

    moved = operations.close_notices(walking.midnight_after(LAST))

    assert moved == 2
    assert (walking.fresh(first).stage, walking.fresh(second).stage) == ("announcement", "objection_review")


def test_a_withdrawn_case_leaves_the_notice_to_the_others() -> None:
    staff = Staff()
    stays, leaves = walking.to_approved(staff), walking.to_approved(staff)
    notice = walking.published(staff, [stays, leaves])
    operations.withdraw(walking.fresh(leaves), by=walking.applicant_of(leaves), on=VISIT_DAY, reason="搬迁")

    operations.close_notices(walking.midnight_after(LAST))

    assert {item.number: item.standing for item in queries.notice_items(notice)} == {
        stays.number: "待公布",
        leaves.number: "已撤回",
    }


# -- who ---------------------------------------------------------------------------------------------------------------
def test_the_record_of_a_notice_names_the_second_reader_by_number_only() -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    draft = operations.prepare_notice([case], by=staff.bureau, on=VISIT_DAY)
    operations.publish_draft(draft, by=staff.second, on=VISIT_DAY, read=draft.digest)

    entry = Entry.objects.get(stream=case.number, act="publish_notice")

    assert json.loads(entry.data)["second_reader"] == staff.second.pk
    assert entry.person == staff.second
    assert NoticeItem.objects.get(case=case).live is True


@pytest.mark.parametrize("role", [Role.DISTRICT, Role.EXPERT, Role.DISCIPLINE])
def test_a_reissue_by_another_role_is_refused(role: Role) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    person: Person = staff.district if role is Role.DISTRICT else make_person(role)

    with pytest.raises(Refused) as refused:
        operations.reissue_notice(case, by=person, on=VISIT_DAY, wrong="x")

    assert refused.value.refusal.code == ("not_found" if role is Role.EXPERT else "not_yours")


@pytest.mark.parametrize("mark", ["", " ", "（更正）"])
def test_a_correction_to_the_name_of_another_one_on_the_notice_is_refused(mark: str) -> None:
    staff = Staff()
    cases = [walking.to_approved(staff, rank=rank) for rank in (1, 2)]
    walking.published(staff, cases)
    case, other = map(walking.fresh, cases)
    taken = {"case": case.number, "field": "makerspace", "text": f"{other.subject}{mark}"}

    with pytest.raises(Refused) as refused:
        operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="名称有误", corrections=[taken])

    assert refused.value.refusal.fields == {
        "corrections[0].text": f"与本公示中{other.number}的名称相同，请核对办件编号和名称"
    }
    assert not ReissueProposal.objects.exists()


def test_two_names_that_were_exchanged_are_set_right_together() -> None:
    staff = Staff()
    cases = [walking.to_approved(staff, rank=rank) for rank in (1, 2)]
    walking.published(staff, cases)
    case, other = map(walking.fresh, cases)
    exchanged = [
        {"case": case.number, "field": "makerspace", "text": other.subject},
        {"case": other.number, "field": "makerspace", "text": case.subject},
    ]

    operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="名称互换", corrections=exchanged)

    assert ReissueProposal.objects.get().corrections == exchanged

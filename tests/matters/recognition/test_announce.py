"""Article 12: announcing a batch."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from makerspace.matters.recognition.models import Announcement, Certificate, Title, TitleName
from makerspace.matters.recognition.operations import announce, announce_one, checked_number, preview
from makerspace.matters.recognition.queries import published_facts
from makerspace.matters.review import digests
from makerspace.matters.review.models import NoticeItem, PublicNotice
from makerspace.matters.review.operations import close_notices, reissue_notice
from makerspace.office.casework.models import Counter
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.record.clock import KUNMING
from makerspace.office.record.models import Entry
from makerspace.office.record.operations import append
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests.matters.recognition.helpers import NUMBER, ON, announced, leader, officer, waiting_case
from tests.matters.review.walking import VISIT_DAY, Staff, fresh, published, to_approved, to_notice

pytestmark = pytest.mark.django_db


def test_announcing_gives_titles_in_the_order_of_the_authorities() -> None:
    later, first = waiting_case(1, "panlong"), waiting_case(2, "wuhua")

    made = announce([later, first], document_number=NUMBER, by=leader(), on=ON)

    assert list(Title.objects.order_by("number").values_list("number", "case__number", "state", "since")) == [
        ("KMZC-2026-001", "KM-2026-0002", "in_force", ON),
        ("KMZC-2026-002", "KM-2026-0001", "in_force", ON),
    ]
    assert made.document_number == NUMBER
    assert {title.case.stage for title in Title.objects.select_related("case")} == {"recognised"}


def test_announcing_is_recorded_with_the_number_and_the_digest_of_the_text() -> None:
    case = waiting_case()

    made = announce([case], document_number=NUMBER, by=leader(), on=ON)

    entry = Entry.objects.get(stream=case.number, act="announce")
    assert (entry.role, entry.articles, entry.before, entry.after) == ("leader", "12", "announcement", "recognised")
    assert NUMBER in entry.data
    assert made.digest in entry.data
    assert "KMZC-2026-001" in entry.data
    assert made.digest == hashlib.sha256(made.text.encode()).hexdigest()
    assert first_broken() is None


def test_the_text_names_everyone_and_the_paper_is_public() -> None:
    made = announced(2)

    assert "KMZC-2026-001 翠湖1号众创空间（昆明翠湖1号科技有限公司，综合服务类）" in made.text
    assert "五华区科技主管部门推荐：" in made.text
    assert (made.paper.kind, made.paper.visibility, made.paper.number) == ("announcement", "public", NUMBER)
    assert [item["number"] for item in made.paper.data["items"]] == ["KMZC-2026-001", "KMZC-2026-002"]


def test_each_title_has_a_first_name_and_a_certificate_that_bears_its_papers_code() -> None:
    announced()

    title = Title.objects.get()
    assert list(TitleName.objects.values_list("title", "name", "holder", "since", "until")) == [
        (title.pk, title.name, title.holder, ON, None)
    ]
    certificate = Certificate.objects.get(title=title)
    assert (certificate.code, certificate.paper.kind, certificate.paper.subject, certificate.paper.visibility) == (
        certificate.paper.code,
        "certificate",
        "KM-2026-0001",
        "case",
    )


def test_the_applicant_is_told_the_number_and_the_code() -> None:
    announced()

    told = Message.objects.filter(person__username="owner1").latest("id")
    assert "KMZC-2026-001" in told.text
    assert Certificate.objects.get().code in told.text
    assert told.link == "/registry/KMZC-2026-001/"


@pytest.mark.parametrize("role", [Role.BUREAU, Role.AUDITOR, Role.DISCIPLINE])
def test_announcing_is_refused_to_anyone_but_a_leader(role: Role) -> None:
    case, person = waiting_case(), officer("someone", role)

    with pytest.raises(Refused) as refused:
        announce([case], document_number=NUMBER, by=person, on=ON)

    assert (refused.value.refusal.code, refused.value.refusal.articles) == ("not_yours", (12,))
    assert not Title.objects.exists()


def test_announcing_is_refused_to_the_leader_who_handled_the_case() -> None:
    case, person = waiting_case(), leader()
    append(case.number, "record_visit", by=person, role=Role.DISTRICT, on=ON)

    with pytest.raises(Refused) as refused:
        announce([case], document_number=NUMBER, by=person, on=ON)

    assert refused.value.refusal.code == "not_yours"


def test_a_batch_with_one_that_may_not_move_moves_none_and_says_why_of_each() -> None:
    good, late, gone = waiting_case(1), waiting_case(2, stage="decision"), waiting_case(3, stage="recognised")

    with pytest.raises(Refused) as refused:
        announce([good, late, gone], document_number=NUMBER, by=leader(), on=ON)

    refusal = refused.value.refusal
    assert (refusal.code, set(refusal.fields)) == ("wrong_stage", {late.number, gone.number})
    assert "本批3件中有2件不能公布" in refusal.text
    good.refresh_from_db()
    assert good.stage == "announcement"
    assert not Announcement.objects.exists()
    assert not Paper.objects.exists()
    assert not Entry.objects.filter(act="announce").exists()


def test_no_registry_number_is_lost_when_a_batch_is_refused() -> None:
    by = leader()
    with pytest.raises(Refused):
        announce([waiting_case(1), waiting_case(2, stage="decision")], document_number=NUMBER, by=by, on=ON)

    announce([waiting_case(3)], document_number=NUMBER, by=by, on=ON)

    assert Title.objects.get().number == "KMZC-2026-001"
    assert Counter.objects.get(name="KMZC-2026-").value == 1


def test_announcing_the_same_case_again_is_refused() -> None:
    case, by = waiting_case(), leader()
    announce_one(case, document_number=NUMBER, by=by, on=ON)

    with pytest.raises(Refused) as refused:
        announce_one(case, document_number="昆科发〔2026〕13号", by=by, on=ON)

    assert refused.value.refusal.code == "wrong_stage"


def test_a_case_chosen_twice_gets_one_title() -> None:
    case = waiting_case()

    announce([case, case], document_number=NUMBER, by=leader(), on=ON)

    assert Title.objects.count() == 1


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        announce([], document_number=NUMBER, by=leader(), on=ON)

    assert refused.value.refusal.fields == {"cases": "请至少选择一个办件"}


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        "昆科发[2026]12号",
        "昆科发（2026）12号",
        "昆科发(2026)12号",
        " 昆科发 ［2026］ 12 号 ",
        "昆科发﹝2026﹞12号",
    ],
)
def test_document_numbers_are_taken_with_any_brackets(typed: str) -> None:
    assert checked_number(typed, ON) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "昆科发2026-12",
        "昆科发〔2026〕012号",
        "昆科发〔2026〕0号",
        "昆科规〔2026〕12号",
        "昆科发〔26〕1号",
        "昆科发〔2026〕1号\x00",
        "昆科发〔２０２６〕1号",
    ],
)
def test_what_is_no_document_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_number(typed, ON)

    assert list(refused.value.refusal.fields) == ["document_number"]


@pytest.mark.parametrize(("year", "taken"), [(2024, False), (2025, True), (2026, True), (2027, False)])
def test_the_year_is_this_one_or_the_last(year: int, taken: bool) -> None:
    typed = f"昆科发〔{year}〕3号"

    if taken:
        assert checked_number(typed, ON) == typed
    else:
        with pytest.raises(Refused):
            checked_number(typed, ON)


def test_a_document_number_is_used_once() -> None:
    announced()

    with pytest.raises(Refused) as refused:
        announce([waiting_case(9)], document_number="昆科发[2026]12号", by=leader("another"), on=ON)

    assert "已经用于另一次公布" in refused.value.refusal.text


def test_the_next_year_begins_again_at_one() -> None:
    announced()

    announce([waiting_case(2)], document_number="昆科发〔2027〕1号", by=leader("l2"), on=date(2027, 1, 8))

    assert Title.objects.latest("number").number == "KMZC-2027-001"


def test_a_title_bears_what_the_notice_in_force_published() -> None:
    staff = Staff()
    case = to_notice(staff)
    said = {"makerspace": "更正后的众创空间", "category": "技术支撑类", "authority": "盘龙区科技主管部门"}
    corrections = [{"case": case.number, "field": field, "text": text} for field, text in said.items()]
    reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="有误", corrections=corrections)
    reissue_notice(case, by=staff.leader, on=VISIT_DAY, confirm=True)
    close_notices(datetime(2026, 5, 1, tzinfo=KUNMING))

    made = announce([fresh(case)], document_number=NUMBER, by=leader(), on=date(2026, 5, 6))

    title, [item] = Title.objects.get(), made.paper.data["items"]
    assert (title.name, title.category, title.authority.code) == ("更正后的众创空间", "technical", "panlong")
    assert "盘龙区科技主管部门推荐：\nKMZC-2026-001 更正后的众创空间" in made.text
    assert (item["makerspace"], item["authority"]) == ("更正后的众创空间", "盘龙区科技主管部门")
    assert Certificate.objects.get().paper.data["category"] == "技术支撑类"


def test_the_list_stands_in_the_order_of_the_authorities_that_the_notice_names() -> None:
    staff = Staff()
    first, second = to_approved(staff), to_approved(staff, rank=2)
    published(staff, [first, second])
    correction = {"case": first.number, "field": "authority", "text": "盘龙区科技主管部门"}
    reissue_notice(fresh(second), by=staff.bureau, on=VISIT_DAY, wrong="推荐单位有误", corrections=[correction])
    reissue_notice(fresh(second), by=staff.leader, on=VISIT_DAY, confirm=True)
    close_notices(datetime(2026, 5, 1, tzinfo=KUNMING))

    announce([fresh(first), fresh(second)], document_number=NUMBER, by=leader(), on=date(2026, 5, 6))

    numbers = Title.objects.order_by("number").values_list("case__number", "authority__code")
    assert list(numbers) == [(second.number, "wuhua"), (first.number, "panlong")]


def renamed_in_its_row(item: NoticeItem) -> None:
    NoticeItem.objects.filter(pk=item.pk).update(facts=item.facts | {"operator": "冒名有限公司"})


def rewritten_with_its_digest(item: NoticeItem) -> None:
    PublicNotice.objects.filter(pk=item.notice_id).update(text="改过", digest=digests.of_text("改过"))


def cut_short(item: NoticeItem) -> None:
    PublicNotice.objects.filter(pk=item.notice_id).update(last_day=item.notice.last_day - timedelta(days=1))


def taken_off(item: NoticeItem) -> None:
    NoticeItem.objects.filter(pk=item.pk).update(live=False)


@pytest.mark.parametrize("change", [renamed_in_its_row, rewritten_with_its_digest, cut_short, taken_off])
def test_no_title_is_given_on_a_notice_that_is_not_as_the_record_sealed_it(
    change: Callable[[NoticeItem], None],
) -> None:
    case, good = waiting_case(1), waiting_case(2)
    change(NoticeItem.objects.select_related("notice").get(case=case))
    refusals = []

    for take in (announce, preview):
        with pytest.raises(Refused) as refused:
            take([case, good], document_number=NUMBER, by=leader(take.__name__), on=ON)
        refusals.append(refused.value.refusal)

    assert [(refusal.code, set(refusal.fields)) for refusal in refusals] == [("wrong_stage", {case.number})] * 2
    assert "请告知系统管理员核验案卷" in refusals[0].text
    assert "重新公示" not in refusals[0].text
    assert not Title.objects.exists()


def test_what_was_published_is_not_read_where_it_was_changed() -> None:
    case = waiting_case()
    renamed_in_its_row(NoticeItem.objects.get(case=case))

    with pytest.raises(Refused):
        published_facts([case])


def test_a_wrong_number_is_told_only_to_who_may_announce() -> None:
    case = waiting_case()

    with pytest.raises(Refused) as refused:
        announce([case], document_number="胡乱", by=officer("someone", Role.BUREAU), on=ON)

    assert refused.value.refusal.code == "not_yours"


def test_a_preview_uses_up_nothing() -> None:
    case = waiting_case()

    shown = preview([case], document_number="昆科发[2026]12号", by=leader(), on=ON)

    assert (shown.document_number, shown.count) == (NUMBER, 1)
    assert "KMZC-2026-… 翠湖1号众创空间" in shown.text
    assert not Counter.objects.exists()
    assert not Announcement.objects.exists()

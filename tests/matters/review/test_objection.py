"""Articles 11 and 12: objections, whose identity nobody learns, and what becomes of them."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import Settings

from makerspace.matters.application import operations as case_acts
from makerspace.matters.review import digests, identity, operations
from makerspace.matters.review.identity import Identity, Unreadable
from makerspace.matters.review.models import Decision, NonAdmission, Objection, ObjectorIdentity
from makerspace.matters.review.queries import notices
from makerspace.matters.review.queries import objections as queries
from makerspace.matters.review.queries.facts import case_facts
from makerspace.office.casework import queries as casework
from makerspace.office.casework.history import history_of
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Delivery, Message
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests.factories import make_pdf, make_person
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db
NAME, PHONE, EMAIL = "举报人钱某某", "13987654321", "qian@example.org"


def token_of(message: Message) -> str:
    return message.text.split("/objections/confirm/")[1].split("/")[0]


def reply_to(row: Objection) -> str:
    status = queries.objection_status(row.receipt)
    assert status is not None
    return status.reply


# -- taking in ---------------------------------------------------------------------------------------------------------
def test_an_objection_is_received_with_a_receipt_and_holds_the_case_where_it_is() -> None:
    staff = Staff()
    case = walking.to_notice(staff)

    row = walking.objection(case, evidence=[(ContentFile(make_pdf()), "照片.pdf")])

    assert (row.state, row.case, walking.fresh(case).stage) == ("received", case, "public_notice")
    status = queries.objection_status(row.receipt.lower().replace("-", " "))
    assert status is not None
    assert (status.state_label, status.number, status.confirmed) == ("已收到", case.number, False)
    assert [title for title, _ in status.papers] == ["异议回执"]
    assert row.evidence[0]["name"] == "照片.pdf"
    entry = Entry.objects.get(stream=case.number, act="object")
    assert (entry.person, entry.role, json.loads(entry.data)["objection"]) == (None, "public", row.pk)
    assert Message.objects.filter(person=staff.discipline, subject__contains="异议").exists()
    assert not Message.objects.filter(person=staff.bureau, subject__contains="异议").exists()


def test_who_objected_lies_in_no_record_table_paper_message_or_log(caplog: pytest.LogCaptureFixture) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    with caplog.at_level(logging.DEBUG):
        row = walking.objection(case, name=NAME, contact=PHONE)
        walking.investigated(case, staff, row, VISIT_DAY)
        operations.open_identity(row, by=staff.discipline, on=VISIT_DAY)

    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            held = repr(cursor.fetchall())
        assert NAME not in held, table
        assert PHONE not in held, table
    assert NAME not in caplog.text
    assert PHONE not in caplog.text
    assert operations.open_identity(row, by=staff.discipline, on=VISIT_DAY) == Identity(NAME, PHONE)


def test_the_receipt_is_in_no_entry_of_the_record() -> None:
    case = walking.to_notice(Staff())
    row = walking.objection(case)

    assert not Entry.objects.filter(data__contains=row.receipt).exists()


def test_late_objections_are_answered_with_the_rule() -> None:
    case = walking.to_notice(Staff())
    item = notices.live_item(case)
    assert item is not None
    last = item.notice.last_day

    on_the_last_day = walking.objection(case, on=last)
    with pytest.raises(Refused) as before_the_clock:
        walking.objection(case, on=last + timedelta(days=1))
    operations.close_notices(walking.midnight_after(last))
    with pytest.raises(Refused) as after_the_clock:
        walking.objection(case, on=last + timedelta(days=1))

    assert on_the_last_day.state == "received"
    for refused in (before_the_clock, after_the_clock):
        refusal = refused.value.refusal
        assert (refusal.code, refusal.articles) == ("wrong_stage", (11,))
        assert "2026年3月18日至2026年3月24日24时" in refusal.text


def test_an_objection_needs_a_notice_that_is_out_and_a_case_that_is_on_it() -> None:
    staff = Staff()
    first, second = walking.to_approved(staff), walking.to_approved(staff)
    later = VISIT_DAY + timedelta(days=2)
    hidden = operations.publish_notice([first], publish_on=later, by=staff.bureau, on=VISIT_DAY)
    shown = walking.published(staff, [second])
    given: dict[str, Any] = {"on": VISIT_DAY, "name": NAME, "contact": PHONE, "facts": "不实"}

    with pytest.raises(Refused) as unseen:
        operations.object_to(hidden, first, **given)
    with pytest.raises(Refused) as elsewhere:
        operations.object_to(shown, first, **given)

    assert unseen.value.refusal.code == elsewhere.value.refusal.code == "not_found"


def test_an_objection_to_a_replaced_notice_is_sent_to_the_new_one() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    item = notices.live_item(case)
    assert item is not None
    operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="名称有误")
    operations.reissue_notice(case, by=staff.leader, on=VISIT_DAY, confirm=True)
    item.notice.refresh_from_db()

    with pytest.raises(Refused) as refused:
        operations.object_to(item.notice, case, on=VISIT_DAY, name=NAME, contact=PHONE, facts="不实")

    assert "新的公示" in refused.value.refusal.text


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"contact": "没有"}, "contact"),
        ({"contact": ""}, "contact"),
        ({"facts": " "}, "facts"),
        ({"facts": "长" * 5001}, "facts"),
        ({"evidence": [(ContentFile(b""), "空.pdf")]}, "evidence"),
        ({"evidence": [(ContentFile(b"MZ"), "病毒.exe")]}, "evidence"),
        ({"evidence": [(ContentFile(b"x"), f"{number}.pdf") for number in range(11)]}, "evidence"),
    ],
)
def test_an_objection_that_lacks_something_is_refused(told: dict[str, Any], field: str) -> None:
    case = walking.to_notice(Staff())

    with pytest.raises(Refused) as refused:
        walking.objection(case, **told)

    assert field in refused.value.refusal.fields
    assert not Objection.objects.exists()


def test_objections_of_one_contact_are_grouped_and_none_is_turned_away() -> None:
    case = walking.to_notice(Staff())

    first = walking.objection(case, contact="139 8765 4321")
    again = walking.objection(case, contact="13987654321")
    other = walking.objection(case, contact="13911112222")

    assert (first.duplicate_of, again.duplicate_of, other.duplicate_of) == (None, first, None)


# -- the contact -------------------------------------------------------------------------------------------------------
def test_an_email_is_proven_once_and_only_then_written_to() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case, contact=EMAIL)
    [mail] = Message.objects.filter(person=None)

    confirmed = operations.confirm_contact(token_of(mail))
    with pytest.raises(Refused) as twice:
        operations.confirm_contact(token_of(mail))
    walking.investigated(case, staff, row, VISIT_DAY)

    assert (confirmed, twice.value.refusal.code) == (row, "not_found")
    assert Delivery.objects.filter(address=EMAIL).count() == 2
    assert all(
        NAME not in text and case.subject not in text
        for text in Message.objects.filter(person=None).values_list("text", flat=True)
    )


def test_an_unproven_email_is_not_written_to_again_and_the_objection_still_holds() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case, contact=EMAIL)
    walking.investigated(case, staff, row, VISIT_DAY)

    operations.close_notices(walking.midnight_after(VISIT_DAY + timedelta(days=7)))

    assert Delivery.objects.filter(address=EMAIL).count() == 1
    assert walking.fresh(case).stage == "objection_review"


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_wrong_link_proves_nothing(token: str) -> None:
    walking.objection(walking.to_notice(Staff()), contact=EMAIL)

    with pytest.raises(Refused):
        operations.confirm_contact(token)


# -- identity ----------------------------------------------------------------------------------------------------------
def test_the_identity_is_bound_to_its_objection_and_its_key(settings: Settings) -> None:
    sealed = identity.seal(Identity(NAME, PHONE), 7)

    assert identity.unseal(sealed, 7) == Identity(NAME, PHONE)
    with pytest.raises(Unreadable):
        identity.unseal(sealed, 8)
    settings.IDENTITY_KEY = "another key"
    with pytest.raises(Unreadable):
        identity.unseal(sealed, 7)


def test_each_look_at_an_identity_is_recorded_and_only_for_those_who_may() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)
    operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="有事实")
    row.refresh_from_db()

    told = operations.open_identity(row, by=staff.handler, on=VISIT_DAY)
    operations.open_identity(row, by=staff.discipline, on=VISIT_DAY)
    for person in (staff.second, staff.auditor, staff.leader):
        with pytest.raises(Refused) as refused:
            operations.open_identity(row, by=person, on=VISIT_DAY)
        assert (refused.value.refusal.code, refused.value.refusal.articles) == ("not_yours", (11,))
    for person in (staff.bureau, staff.district, walking.applicant_of(case)):
        with pytest.raises(Refused) as hidden:
            operations.open_identity(row, by=person, on=VISIT_DAY)
        assert hidden.value.refusal.code == "not_found"

    assert told == Identity(NAME, PHONE)
    assert [look.who for look in queries.looks_at(row)] == [str(staff.handler), str(staff.discipline)]
    assert first_broken() is None


def test_the_deciding_leader_may_look_and_an_erased_identity_is_gone() -> None:
    staff = Staff()
    _, row = walking.to_objection_review(staff)

    told = operations.open_identity(row, by=staff.leader, on=VISIT_DAY)
    ObjectorIdentity.objects.all().delete()
    with pytest.raises(Refused) as gone:
        operations.open_identity(row, by=staff.leader, on=VISIT_DAY)

    assert told.name == NAME
    assert gone.value.refusal.code == "wrong_stage"


def test_the_content_of_objections_is_for_those_who_may_handle_them() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)

    def sees(person: Person) -> bool:
        return queries.visible_objections(person, VISIT_DAY).filter(pk=row.pk).exists()

    assert all(sees(person) for person in (staff.handler, staff.discipline, staff.leader, staff.auditor))
    assert not any(
        sees(person) for person in (staff.bureau, staff.district, walking.applicant_of(case), make_person(Role.EXPERT))
    )
    for person in (walking.applicant_of(case), staff.district, staff.bureau):
        assert row.facts not in repr(case_facts(case, person, VISIT_DAY))


# -- handling ----------------------------------------------------------------------------------------------------------
def test_whoever_acted_on_the_case_does_not_handle_its_objections() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)

    for act in ("admit_objection", "not_admit_objection"):
        with pytest.raises(Refused) as refused:
            getattr(operations, act)(case, by=staff.bureau, on=VISIT_DAY, objection=row.pk, reason="x")
        assert (refused.value.refusal.code, refused.value.refusal.articles) == ("not_yours", (11,))
        assert "没有办理过本件" in refused.value.refusal.text


def test_an_objection_is_admitted_and_investigated_and_both_sides_are_told() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)

    walking.investigated(case, staff, row, VISIT_DAY)

    row.refresh_from_db()
    assert (row.state, row.handler) == ("investigated", staff.handler)
    assert reply_to(row) == "经核查，两家企业仍在驻。"
    assert Message.objects.filter(person=walking.applicant_of(case), text="有人反映入驻情况，经核查属实在驻。").exists()
    [told] = case_facts(case, walking.applicant_of(case), VISIT_DAY).outcome.objections
    assert (told.state_label, told.reply) == ("已核查", "有人反映入驻情况，经核查属实在驻。")


@pytest.mark.parametrize("told", [NAME, PHONE])
def test_the_applicant_is_not_told_who_objected(told: str) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case, name=NAME, contact=PHONE)
    operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="有事实")

    with pytest.raises(Refused) as refused:
        operations.investigate_objection(
            case, by=staff.handler, on=VISIT_DAY, objection=row.pk, steps="核对", findings="属实",
            reply_to_objector="已核查", reply_to_applicant=f"{told}反映的情况已核查",
        )  # fmt: skip

    assert "reply_to_applicant" in refused.value.refusal.fields


@pytest.mark.parametrize(
    ("contact", "spelt"),
    [
        (PHONE, "举报人 钱某某所述"),
        (PHONE, "电话139-8765-4321所述"),
        ("+86 139 8765 4321", "电话１３９８７６５４３２１所述"),
        (EMAIL, "QIAN @ example.org所述"),
    ],
)
def test_no_spelling_tells_who_objected(contact: str, spelt: str) -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    ObjectorIdentity.objects.update(sealed=identity.seal(Identity(NAME, contact), row.pk))
    operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="有事实")

    with pytest.raises(Refused) as refused:
        operations.investigate_objection(
            case, by=staff.handler, on=VISIT_DAY, objection=row.pk, steps="核对", findings="属实",
            reply_to_objector="已核查", reply_to_applicant=f"{spelt}已核查",
        )  # fmt: skip

    assert set(refused.value.refusal.fields) == {"reply_to_applicant"}


def test_a_leaders_reasons_tell_neither_who_brought_this_objection_nor_another() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    first, second = walking.objection(case), walking.objection(case, name="孙某某", contact="13911112222")
    for row in (first, second):
        case = walking.investigated(case, staff, row, VISIT_DAY)
    operations.close_notices(walking.midnight_after(VISIT_DAY + timedelta(days=7)))
    case = walking.fresh(case)
    refusals = []

    for named in (f"{NAME}（{PHONE}）所述不实", "孙某某所述不实"):
        with pytest.raises(Refused) as dismissed:
            operations.dismiss_objections(case, by=staff.leader, on=VISIT_DAY, reason=named)
        with pytest.raises(Refused) as upheld:
            operations.uphold_objection(
                case, by=staff.leader, on=VISIT_DAY, objections=[first.pk],
                reasons=[{"condition": "7.2.count", "text": "仅8家在驻"}, {"condition": "11", "text": named}],
            )  # fmt: skip
        refusals += [set(dismissed.value.refusal.fields), set(upheld.value.refusal.fields)]

    assert refusals == [{"reason"}, {"reasons[1].text"}] * 2
    assert not Decision.objects.filter(outcome__in=("dismissed", "upheld")).exists()


def test_the_record_keeps_digests_of_a_leaders_reasons() -> None:
    staff = Staff()
    dismissed, row = walking.to_objection_review(staff)
    dismissed = walking.investigated(dismissed, staff, row, VISIT_DAY)
    operations.dismiss_objections(dismissed, by=staff.leader, on=VISIT_DAY, reason="核查不属实")
    upheld, row = walking.to_objection_review(staff)
    upheld = walking.investigated(upheld, staff, row, VISIT_DAY)
    reasons = [{"condition": "7.2.count", "text": "仅8家在驻"}]
    operations.uphold_objection(upheld, by=staff.leader, on=VISIT_DAY, objections=[row.pk], reasons=reasons)

    acts = ((dismissed, "dismiss_objections"), (upheld, "uphold_objection"))
    kept = [Entry.objects.get(stream=case.number, act=act).data for case, act in acts]

    assert json.loads(kept[0])["reason"] == digests.of_text("核查不属实")
    assert json.loads(kept[1])["reasons"] == [{"condition": "7.2.count", "text": digests.of_text("仅8家在驻")}]


def test_the_applicant_does_not_learn_who_handled_an_objection() -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    on = VISIT_DAY + timedelta(days=9)
    operations.not_admit_objection(case, by=staff.handler, on=on, objection=row.pk, reason="没有事实")
    operations.not_admit_objection(case, by=staff.discipline, on=on, objection=row.pk)
    applicant = Person.objects.get(pk=walking.applicant_of(case).pk)

    def names(reader: Person) -> list[str]:
        return [line.who for line in history_of(case, reader, on) if line.entry.act == "not_admit_objection"]

    with pytest.raises(Refused) as refused:
        case_acts.submit(case, by=applicant, on=on, commitment=True)

    assert names(applicant) == names(staff.district) == ["市科技局经办处室", "异议受理人员"]
    assert names(staff.leader) == [f"{staff.handler}（市科技局经办处室）", f"{staff.discipline}（异议受理人员）"]
    assert "异议受理人员于" in refused.value.refusal.text
    assert staff.discipline.name not in refused.value.refusal.text
    assert case_facts(case, applicant, on).outcome.objections == []


def test_an_objection_whose_identity_was_erased_can_still_be_settled() -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    ObjectorIdentity.objects.all().delete()

    case = walking.investigated(case, staff, row, VISIT_DAY)
    case = operations.dismiss_objections(case, by=staff.leader, on=VISIT_DAY, reason="不属实")

    assert case.stage == "announcement"


def test_the_same_handler_investigates_and_another_only_after_the_term() -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="有事实")
    words = dict.fromkeys(("steps", "findings", "reply_to_objector", "reply_to_applicant"), "已核查")
    assert case.due_on is not None

    with pytest.raises(Refused) as refused:
        operations.investigate_objection(case, by=staff.second, on=case.due_on, objection=row.pk, **words)
    operations.investigate_objection(
        case, by=staff.second, on=case.due_on + timedelta(days=1), objection=row.pk, **words
    )

    assert refused.value.refusal.code == "not_yours"
    assert Objection.objects.get(pk=row.pk).handler == staff.second


@pytest.mark.parametrize("field", ["steps", "findings", "reply_to_objector", "reply_to_applicant"])
def test_an_investigation_that_lacks_a_part_is_refused(field: str) -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)
    operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="有事实")
    words = dict.fromkeys(("steps", "findings", "reply_to_objector", "reply_to_applicant"), "已核查") | {field: " "}

    with pytest.raises(Refused) as refused:
        operations.investigate_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, **words)

    assert field in refused.value.refusal.fields


def test_not_admitting_takes_two_people() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)

    with pytest.raises(Refused) as without_reason:
        operations.not_admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk)
    operations.not_admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="没有事实")
    state = Objection.objects.get(pk=row.pk).state
    with pytest.raises(Refused) as same:
        operations.not_admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk)
    operations.not_admit_objection(case, by=staff.discipline, on=VISIT_DAY, objection=row.pk)
    operations.close_notices(walking.midnight_after(VISIT_DAY + timedelta(days=7)))

    row.refresh_from_db()
    assert "reason" in without_reason.value.refusal.fields
    assert (state, same.value.refusal.code, row.state) == ("received", "not_yours", "not_admitted")
    assert NonAdmission.objects.get().confirmed_by == staff.discipline
    assert reply_to(row) == "没有事实"
    assert walking.fresh(case).stage == "announcement"


def test_an_objection_of_another_case_can_not_be_handled_here() -> None:
    staff = Staff()
    case, other = walking.to_notice(staff), walking.to_notice(staff)
    walking.objection(case)
    row = walking.objection(other)

    with pytest.raises(Refused) as refused:
        operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="x")

    assert "objection" in refused.value.refusal.fields


def test_an_objection_is_admitted_once() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case)
    walking.objection(case, contact="13911112222")
    operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="x")

    with pytest.raises(Refused) as refused:
        operations.admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="x")

    assert refused.value.refusal.code == "wrong_stage"


# -- deciding ----------------------------------------------------------------------------------------------------------
def test_dismissed_objections_count_as_none() -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    with pytest.raises(Refused) as early:
        operations.dismiss_objections(case, by=staff.leader, on=VISIT_DAY, reason="不属实")
    case = walking.investigated(case, staff, row, VISIT_DAY)

    case = operations.dismiss_objections(case, by=staff.leader, on=VISIT_DAY, reason="核查不属实")

    row.refresh_from_db()
    assert early.value.refusal.code == "wrong_stage"
    assert (case.stage, row.state, Decision.objects.filter(case=case, outcome="dismissed").count()) == (
        "announcement",
        "dismissed",
        1,
    )
    entry = Entry.objects.get(stream=case.number, act="dismiss_objections")
    assert json.loads(entry.data)["readings"] == ["R-11"]
    reply = Paper.objects.get(kind="objection_reply")
    assert (reply.subject, reply.data["result"]) == (f"OBJ-{row.pk}", "异议不成立。理由：核查不属实")


def test_an_upheld_objection_ends_the_case_with_reasons_and_remedies() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    true, false = walking.objection(case), walking.objection(case, contact="13911112222")
    case = walking.investigated(case, staff, true, VISIT_DAY)
    case = walking.investigated(case, staff, false, VISIT_DAY)
    operations.close_notices(walking.midnight_after(VISIT_DAY + timedelta(days=7)))
    case = walking.fresh(case)

    case = operations.uphold_objection(
        case,
        by=staff.leader,
        on=VISIT_DAY,
        objections=[true.pk],
        reasons=[{"condition": "7.2.count", "text": "仅8家在驻"}],
    )

    assert case.stage == "not_recognised"
    assert {row.pk: row.state for row in Objection.objects.all()} == {true.pk: "upheld", false.pk: "dismissed"}
    paper = Paper.objects.get(kind="rejection_notice", subject=case.number)
    assert "R-11" in paper.data["readings"][0]
    assert len(paper.data["remedies"]) == 4
    assert Paper.objects.filter(kind="objection_reply").count() == 2


@pytest.mark.parametrize(
    ("chosen", "reasons", "field"), [([], [{"condition": "11", "text": "x"}], "objections"), (None, [], "reasons")]
)
def test_upholding_names_objections_and_reasons(
    chosen: list[int] | None, reasons: list[dict[str, str]], field: str
) -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    case = walking.investigated(case, staff, row, VISIT_DAY)

    with pytest.raises(Refused) as refused:
        operations.uphold_objection(
            case, by=staff.leader, on=VISIT_DAY, objections=[row.pk] if chosen is None else chosen, reasons=reasons
        )

    assert field in refused.value.refusal.fields


def test_nothing_is_upheld_where_nothing_was_investigated() -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    operations.not_admit_objection(case, by=staff.handler, on=VISIT_DAY, objection=row.pk, reason="没有事实")
    operations.not_admit_objection(case, by=staff.second, on=VISIT_DAY, objection=row.pk)

    with pytest.raises(Refused) as refused:
        operations.uphold_objection(case, by=staff.leader, on=VISIT_DAY, objections=[row.pk], reasons=[])
    case = operations.dismiss_objections(case, by=staff.leader, on=VISIT_DAY, reason="均不予受理")

    assert refused.value.refusal.code == "wrong_stage"
    assert case.stage == "announcement"


def test_a_case_with_nothing_left_to_look_into_waits_for_a_leader() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    first, second = walking.objection(case), walking.objection(case, contact="13911112222")
    operations.close_notices(walking.midnight_after(VISIT_DAY + timedelta(days=7)))
    case = walking.fresh(case)
    on = VISIT_DAY + timedelta(days=9)

    def waiting() -> tuple[list[bool], str, int]:
        people = [Person.objects.get(pk=person.pk) for person in (staff.discipline, staff.leader)]
        told = Message.objects.filter(person=staff.leader, subject=f"待办：{case.subject}（异议处理）").count()
        lists = [casework.waiting_for(person, on).filter(pk=case.pk).exists() for person in people]
        return lists, casework.holder_name(case), told

    none_done = waiting()
    walking.investigated(case, staff, first, on)
    one_done = waiting()
    operations.not_admit_objection(case, by=staff.handler, on=on, objection=second.pk, reason="没有事实")
    operations.not_admit_objection(case, by=staff.discipline, on=on, objection=second.pk)
    all_done = waiting()

    assert none_done == one_done == ([True, False], "异议受理人员", 0)
    assert all_done == ([False, True], "市科技局负责人", 1)


def test_a_case_whose_objections_were_looked_into_in_time_comes_to_a_leader_at_once() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    walking.investigated(case, staff, walking.objection(case), VISIT_DAY)

    operations.close_notices(walking.midnight_after(VISIT_DAY + timedelta(days=7)))

    told = Message.objects.filter(subject=f"待办：{case.subject}（异议处理）").values_list("person", flat=True)
    assert list(told) == [staff.leader.pk]


def test_the_objector_reads_the_leaders_reasons() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    true, false = walking.objection(case), walking.objection(case, contact="13911112222")
    for row in (true, false):
        case = walking.investigated(case, staff, row, VISIT_DAY)
    operations.close_notices(walking.midnight_after(VISIT_DAY + timedelta(days=7)))
    reasons = [{"condition": "7.2.count", "text": "仅8家在驻"}]

    operations.uphold_objection(
        walking.fresh(case), by=staff.leader, on=VISIT_DAY, objections=[true.pk], reasons=reasons
    )

    replies = {paper.subject: paper.data["result"] for paper in Paper.objects.filter(kind="objection_reply")}
    assert replies[f"OBJ-{true.pk}"].startswith("异议成立。理由：")
    assert replies[f"OBJ-{true.pk}"].endswith("（第七条第二项）：仅8家在驻")
    assert replies[f"OBJ-{false.pk}"] == "异议不成立。"


def test_objectors_are_told_that_a_notice_was_published_anew() -> None:
    staff = Staff()
    case = walking.to_notice(staff)
    row = walking.objection(case, contact=EMAIL)
    walking.objection(case, contact="unproven@example.org")
    operations.confirm_contact(token_of(Message.objects.filter(person=None).order_by("id")[0]))

    operations.reissue_notice(case, by=staff.bureau, on=VISIT_DAY, wrong="名称有误")
    operations.reissue_notice(case, by=staff.leader, on=VISIT_DAY, confirm=True)

    [mail] = Message.objects.filter(person=None, subject="公示已重新发布")
    assert list(mail.deliveries.values_list("address", flat=True)) == [EMAIL]
    assert row.receipt in mail.text
    assert "2026年3月18日至2026年3月24日24时" in mail.text
    assert NAME not in mail.text
    assert case.subject not in mail.text


def test_a_leader_who_handled_the_objection_does_not_decide_it() -> None:
    staff = Staff()
    case, row = walking.to_objection_review(staff)
    staff.handler.posts.create(role=Role.LEADER.value, valid_from=VISIT_DAY)
    both = Person.objects.get(pk=staff.handler.pk)
    case = walking.investigated(case, staff, row, VISIT_DAY)

    with pytest.raises(Refused) as refused:
        operations.dismiss_objections(case, by=both, on=VISIT_DAY, reason="x")

    assert refused.value.refusal.code == "not_yours"


# -- who and when ------------------------------------------------------------------------------------------------------
HANDLING: dict[str, dict[str, Any]] = {
    "admit_objection": {"reason": "x"},
    "not_admit_objection": {"reason": "x"},
    "investigate_objection": dict.fromkeys(("steps", "findings", "reply_to_objector", "reply_to_applicant"), "x"),
}
DECIDING: dict[str, dict[str, Any]] = {
    "dismiss_objections": {"reason": "x"},
    "uphold_objection": {"objections": [], "reasons": []},
}


@pytest.mark.parametrize("act", [*HANDLING, *DECIDING])
def test_acts_on_objections_by_the_wrong_role_or_in_the_wrong_stage_are_refused(act: str) -> None:
    staff = Staff()
    case = walking.to_approved(staff)
    given = {"objection": 1, **HANDLING[act]} if act in HANDLING else DECIDING[act]
    right = staff.discipline if act in HANDLING else staff.leader

    refusals = []
    for person in (staff.district, right):
        with pytest.raises(Refused) as refused:
            getattr(operations, act)(case, by=person, on=VISIT_DAY, **given)
        refusals.append((refused.value.refusal.code, 11 in refused.value.refusal.articles))

    assert refusals == [("not_yours", True), ("wrong_stage", True)]


def test_a_case_without_objections_has_nothing_to_handle() -> None:
    staff = Staff()
    case: Case = walking.to_notice(staff)

    for act, given in HANDLING.items():
        with pytest.raises(Refused) as refused:
            getattr(operations, act)(case, by=staff.handler, on=VISIT_DAY, objection=1, **given)
        assert refused.value.refusal.code == "wrong_stage"

"""Article 11: the draw, declarations, replacement, the study on the spot, blind scores, the conclusion, the decision."""

import hashlib
import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from makerspace.matters.review import draw, operations
from makerspace.matters.review.criteria import CRITERIA
from makerspace.matters.review.models import Conclusion, Decision, ExpertVisit, Panel, Score, Seat
from makerspace.matters.review.queries import panel as queries
from makerspace.matters.review.queries.facts import case_facts
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import sees_content, visible_to
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Expert, Person, Post
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.factories import DAY, adopt_setting, make_dossier, make_expert, make_person, submitted_case
from tests.matters.review import walking
from tests.matters.review.walking import VISIT_DAY, Staff

pytestmark = pytest.mark.django_db
SEED = "5eed" * 16


def city_case(staff: Staff, **dossier: Any) -> Case:
    """A case that the bureau may convene a panel for."""
    return walking.recommend(submitted_case(dossier=make_dossier(**dossier)), staff)


def drawn(staff: Staff, **more: Any) -> Case:
    """A case with a panel of three out of five."""
    case = city_case(staff)
    walking.pool()
    return walking.convene(case, staff, **more)


# -- the draw ----------------------------------------------------------------------------------------------------------
def test_the_draw_can_be_repeated_with_sha256_alone() -> None:
    by_hand = sorted([7, 11, 3, 20, 5], key=lambda number: hashlib.sha256(f"{SEED}{number}".encode()).hexdigest())

    assert draw.draw([3, 5, 7, 11, 20], SEED, 3) == by_hand[:3]
    assert draw.ranked([20, 11, 7, 5, 3], SEED) == by_hand
    assert draw.draw([3, 5, 7, 11, 20], "another" + SEED, 5) != by_hand


def test_a_panel_has_the_size_that_the_bureau_set_from_its_first_day_on() -> None:
    staff = Staff()
    adopt_setting("PANEL_SIZE", 5, VISIT_DAY + timedelta(days=1))
    before, after = city_case(staff), city_case(staff)
    walking.pool()

    walking.convene(before, staff)
    walking.convene(after, staff, VISIT_DAY + timedelta(days=1))

    assert [len(walking.members(case)) for case in (before, after)] == [3, 5]


def test_the_pool_digest_covers_numbers_and_fields_in_whatever_order_they_come() -> None:
    one = [draw.InPool(2, ("20", "10")), draw.InPool(1, ())]
    two = [draw.InPool(1, ()), draw.InPool(2, ("10", "20"))]

    assert draw.pool_digest(one) == draw.pool_digest(two) == hashlib.sha256(b'[[1,[]],[2,["10","20"]]]').hexdigest()
    assert draw.pool_digest(one) != draw.pool_digest([draw.InPool(1, ()), draw.InPool(2, ("10",))])


def test_convening_records_pool_and_seed_and_seats_the_drawn_as_strangers_to_the_file() -> None:
    staff = Staff()

    case = drawn(staff)

    panel, data = walking.panel_of(case), json.loads(Entry.objects.get(stream=case.number, act="convene").data)
    assert (case.stage, panel.size, data["seed"], data["pool"]) == ("expert_review", 3, panel.seed, panel.pool_digest)
    assert len(panel.seed) == 64
    assert [seat.expert_id for seat in queries.seats_of(panel)] == draw.draw(
        [row["id"] for row in panel.pool], panel.seed, 3
    )
    assert panel.head_id == queries.seats_of(panel)[0].person_id
    for person in walking.members(case):
        assert visible_to(person, VISIT_DAY).filter(pk=case.pk).exists()
        assert not sees_content(person, case, VISIT_DAY)
        assert Message.objects.filter(person=person, subject__contains="利害关系").count() == 1
    assert queries.verify_draw(panel) == queries.Verified(True, [], panel.order)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"seed": "f" * 64}, "抽取次序与按种子重算的结果不符"),
        ({"pool_digest": "f" * 64}, "备选名单与其摘要不符"),
        ({"pool": [{"id": 1, "fields": []}]}, "备选名单与其摘要不符"),
        ({"order": [1, 2, 3]}, "抽取次序与按种子重算的结果不符"),
    ],
)
def test_a_draw_that_was_tampered_with_is_found_out(changes: dict[str, Any], fault: str) -> None:
    case = drawn(Staff(), seed=SEED)
    Panel.objects.filter(case=case).update(**changes)

    found = queries.verify_draw(walking.panel_of(case))

    assert not found.holds
    assert fault in found.faults


def test_a_seat_that_was_slipped_in_is_found_out() -> None:
    case = drawn(Staff())
    panel = walking.panel_of(case)
    outsider = Expert.objects.get(pk=panel.order[4])
    Seat.objects.filter(panel=panel, position=2).update(expert=outsider)

    assert queries.verify_draw(panel).faults == ["入组专家与抽取结果不符"]


def test_the_wished_for_head_leads_only_if_drawn() -> None:
    staff, case = Staff(), city_case(Staff())
    walking.pool()
    order = draw.ranked([expert.pk for expert in queries.pool_for(case, on=VISIT_DAY).eligible], SEED)
    other = city_case(Staff())

    led = walking.convene(case, staff, seed=SEED, head=order[2])
    not_led = walking.convene(other, staff, seed=SEED, head=order[4])

    assert walking.panel_of(led).head == Expert.objects.get(pk=order[2]).person
    assert walking.panel_of(not_led).head == Expert.objects.get(pk=order[0]).person


@pytest.mark.parametrize(
    ("more", "field"),
    [({"size": 4}, "size"), ({"size": 1}, "size"), ({"size": 7}, "size"), ({"fields": ["99"]}, "size")],
)
def test_a_panel_that_is_even_too_small_or_too_large_for_the_pool_is_refused(more: dict[str, Any], field: str) -> None:
    staff = Staff()

    with pytest.raises(Refused) as refused:
        drawn(staff, **more)

    assert (refused.value.refusal.code, refused.value.refusal.articles) == ("invalid", (11,))
    assert field in refused.value.refusal.fields
    assert not Panel.objects.exists()


def test_a_visit_day_in_the_past_is_refused() -> None:
    staff, case = Staff(), city_case(Staff())
    walking.pool()

    with pytest.raises(Refused) as refused:
        operations.convene(case, by=staff.bureau, on=VISIT_DAY, visit_on=DAY)

    assert "visit_on" in refused.value.refusal.fields


def test_only_experts_of_the_wanted_fields_are_in_the_pool() -> None:
    staff, case = Staff(), city_case(Staff())
    walking.pool(3)
    wanted = {make_expert(f"软件研究所{number}", fields=["20"]).expert.pk for number in range(3)}

    case = walking.convene(case, staff, fields=["20"])

    assert set(walking.panel_of(case).order) == wanted


# -- conflicts ---------------------------------------------------------------------------------------------------------
def expert(employer: str = "无关研究院", *, name: str = "", phone: str = "", code: str = "") -> Expert:
    person = make_expert(employer, employer_uscc=code)
    Person.objects.filter(pk=person.pk).update(name=name or person.name, phone=phone)
    return Expert.objects.get(person=person)


def test_conflicts_are_found_from_data_and_each_is_said() -> None:
    staff = Staff()
    case = city_case(staff)
    operator, tenants = case.application.dossier["operator"], case.application.dossier["tenants"]
    fine = expert()
    conflicted = {
        expert(operator["name"].replace("昆明", "昆 明")): ["任职于申报单位"],
        expert("另名", code=operator["uscc"].lower()): ["任职于申报单位"],
        expert(case.organisation.name): ["任职于申报单位"],
        expert(name="周　平"): ["与申报的导师同名"],
        expert("昆明创投", name="吴丽"): ["与申报的导师同名且单位相同"],
        expert(name="陈静"): ["与申报的服务团队成员同名"],
        expert(name="李华"): ["与申报的主要负责人同名", "与申报单位法定代表人同名"],
        expert(tenants[0]["name"]): [f"任职于入驻单位“{tenants[0]['name']}”"],
        expert("某公司", code=tenants[1]["uscc"]): [f"任职于入驻单位“{tenants[1]['name']}”"],
        expert("云南天使基金"): ["任职于合作机构“云南天使基金”"],
        expert(phone="+86 138-0000-0000"): ["与申报单位联系人电话相同"],
    }
    former = expert()
    walking.applicant_of(case)
    former.person.memberships.create(organisation=case.organisation, since=date(2020, 1, 1), until=date(2021, 1, 1))

    pool = queries.pool_for(case, on=VISIT_DAY)

    assert [row.pk for row in pool.eligible] == [fine.pk]
    expected = conflicted | {former: ["是或曾是申报单位在本系统的成员"]}
    assert {row.expert: row.reasons for row in pool.excluded} == expected


def test_whoever_handled_the_case_and_whoever_is_out_of_the_pool_is_not_drawn() -> None:
    staff = Staff()
    case = city_case(staff)
    handler = Expert.objects.create(person=staff.district, employer="某院")
    Post.objects.create(person=staff.district, role=Role.EXPERT, valid_from=DAY)
    retired, dismissed, not_yet = expert(), expert(), expert()
    Expert.objects.filter(pk=retired.pk).update(active=False)
    Post.objects.filter(person=dismissed.person).update(valid_until=VISIT_DAY - timedelta(days=1))
    Post.objects.filter(person=not_yet.person).update(valid_from=VISIT_DAY + timedelta(days=1))

    pool = queries.pool_for(case, on=VISIT_DAY)

    assert pool.eligible == []
    assert [(row.expert, row.reasons) for row in pool.excluded] == [(handler, ["办理过本件"])]


# -- declaring ---------------------------------------------------------------------------------------------------------
def test_declaring_no_conflict_opens_the_file() -> None:
    case = drawn(Staff())
    person = walking.members(case)[0]

    operations.declare_interest(case, by=person, on=VISIT_DAY, conflict=False)

    assert sees_content(person, case, VISIT_DAY)
    with pytest.raises(Refused) as twice:
        operations.declare_interest(case, by=person, on=VISIT_DAY, conflict=False)
    assert twice.value.refusal.code == "wrong_stage"


def test_a_conflict_frees_the_expert_and_draws_the_next_of_the_order() -> None:
    case = drawn(Staff())
    panel, head = walking.panel_of(case), walking.head_of(case)

    operations.declare_interest(case, by=head, on=VISIT_DAY, conflict=True, text="其负责人是我的学生")

    panel.refresh_from_db()
    assert [seat.expert_id for seat in queries.sitting(panel)] == panel.order[1:4]
    assert panel.head_id == Expert.objects.get(pk=panel.order[1]).person_id
    assert not visible_to(head, VISIT_DAY).filter(pk=case.pk).exists()
    assert "我的学生" not in "".join(Entry.objects.filter(stream=case.number).values_list("data", flat=True))
    assert queries.verify_draw(panel).holds


def test_a_conflict_is_declared_with_words() -> None:
    case = drawn(Staff())

    with pytest.raises(Refused) as refused:
        operations.declare_interest(case, by=walking.members(case)[0], on=VISIT_DAY, conflict=True)

    assert "text" in refused.value.refusal.fields


def test_an_expert_does_nothing_before_declaring() -> None:
    case = drawn(Staff())

    with pytest.raises(Refused) as refused:
        operations.score(case, by=walking.members(case)[0], on=VISIT_DAY, items=walking.sheet(case))

    assert (refused.value.refusal.code, refused.value.refusal.text) == ("not_yours", "请先申明有无利害关系。")


# -- replacing ---------------------------------------------------------------------------------------------------------
def test_a_hindered_expert_is_replaced_and_the_score_is_void() -> None:
    staff = Staff()
    case = walking.declare_all(drawn(staff))
    person = walking.members(case)[1]
    operations.score(case, by=person, on=VISIT_DAY, items=walking.sheet(case))

    operations.replace_expert(case, by=staff.bureau, on=VISIT_DAY, person=person.pk, reason="hindered", text="住院")

    panel = walking.panel_of(case)
    assert Score.objects.get(person=person).void is True
    assert [seat.position for seat in queries.sitting(panel)] == [1, 3, 4]
    assert list(queries.scores_in(panel)) == []
    assert not visible_to(person, VISIT_DAY).filter(pk=case.pk).exists()


def told(person: Person, subject: str) -> int:
    """How many such messages the person has."""
    return Message.objects.filter(person=person, subject__startswith=subject).count()


def test_whoever_leads_is_told_at_the_draw_and_when_the_lead_passes_on() -> None:
    staff = Staff()
    case = walking.declare_all(drawn(staff))
    first = walking.head_of(case)

    operations.replace_expert(case, by=staff.bureau, on=VISIT_DAY, person=first.pk, reason="hindered", text="住院")

    second, members = walking.head_of(case), walking.members(case)
    assert second != first
    assert told(first, "您任专家组组长") == told(second, "您任专家组组长") == 1
    assert sum(told(person, "您任专家组组长") for person in members) == 1


def test_an_expert_who_was_replaced_is_told_and_not_with_the_words_about_them() -> None:
    staff = Staff()
    case = drawn(staff)
    person, other = walking.members(case)[:2]

    operations.replace_expert(case, by=staff.bureau, on=VISIT_DAY, person=person.pk, reason="hindered", text="据称住院")
    operations.declare_interest(case, by=other, on=VISIT_DAY, conflict=True, text="曾任其顾问")

    assert told(person, "您不再担任评审专家") == 1
    assert not Message.objects.filter(text__contains="据称住院").exists()
    assert told(other, "您不再担任评审专家") == 0


def test_the_next_of_the_order_whose_post_has_ended_is_passed_over() -> None:
    staff = Staff()
    case = drawn(staff)
    panel = walking.panel_of(case)
    fourth, fifth = (Expert.objects.get(pk=panel.order[at]) for at in (3, 4))
    Post.objects.filter(person=fourth.person).update(valid_until=DAY)

    operations.declare_interest(case, by=walking.members(case)[0], on=VISIT_DAY, conflict=True, text="曾任其顾问")

    assert fifth.person in walking.members(case)
    assert fourth.person not in walking.members(case)


def test_silence_counts_only_after_the_term() -> None:
    staff, case = Staff(), drawn(Staff())
    person = walking.members(case)[2]
    last = queries.declare_by(queries.sitting(walking.panel_of(case)).get(person=person), case.regulation)

    with pytest.raises(Refused) as refused:
        operations.replace_expert(case, by=staff.bureau, on=last, person=person.pk, reason="silent", text="未回应")
    operations.replace_expert(
        case, by=staff.bureau, on=last + timedelta(days=1), person=person.pk, reason="silent", text="未回应"
    )

    assert last == date(2026, 3, 20)
    assert "2026年3月20日" in refused.value.refusal.fields["reason"]
    assert Seat.objects.get(person=person).ending == "silent"


def test_once_the_order_is_used_up_newcomers_are_drawn_by_the_same_seed() -> None:
    staff, case = Staff(), city_case(Staff())
    walking.pool(3)
    case = walking.convene(case, staff)
    first = walking.members(case)[0]

    operations.declare_interest(case, by=first, on=VISIT_DAY, conflict=True, text="合作过")
    short = queries.sitting(walking.panel_of(case)).count()
    with pytest.raises(Refused) as nobody:
        operations.replace_expert(case, by=staff.bureau, on=VISIT_DAY, person=None)
    newcomer = make_expert("新单位")
    operations.replace_expert(case, by=staff.bureau, on=VISIT_DAY, person=None)
    with pytest.raises(Refused) as full:
        operations.replace_expert(case, by=staff.bureau, on=VISIT_DAY, person=None)

    panel = walking.panel_of(case)
    assert short == 2
    assert Message.objects.filter(person=staff.bureau, subject__contains="缺员").count() == 1
    assert newcomer in walking.members(case)
    assert [more["order"] for more in panel.supplements] == [[newcomer.expert.pk]]
    assert queries.verify_draw(panel).holds
    assert nobody.value.refusal.fields == {"person": "请先补充专家库"}
    assert full.value.refusal.fields == {"person": "请选择要更换的专家"}


def test_a_supplement_that_was_tampered_with_is_found_out() -> None:
    staff, case = Staff(), city_case(Staff())
    walking.pool(3)
    case = walking.convene(case, staff)
    make_expert("新单位甲")
    operations.replace_expert(
        case, by=staff.bureau, on=VISIT_DAY, person=walking.members(case)[0].pk, reason="hindered", text="出差"
    )
    panel = walking.panel_of(case)
    panel.supplements[0]["digest"] = "0" * 64
    panel.save(update_fields=["supplements"])

    assert queries.verify_draw(panel).faults == ["2026-03-17增补名单的次序与重算结果不符"]


@pytest.mark.parametrize(("reason", "text", "field"), [("", "x", "reason"), ("hindered", "", "text")])
def test_a_replacement_says_why(reason: str, text: str, field: str) -> None:
    staff, case = Staff(), drawn(Staff())

    with pytest.raises(Refused) as refused:
        operations.replace_expert(
            case, by=staff.bureau, on=VISIT_DAY, person=walking.members(case)[0].pk, reason=reason, text=text
        )
    with pytest.raises(Refused) as stranger:
        operations.replace_expert(
            case, by=staff.bureau, on=VISIT_DAY, person=staff.leader.pk, reason="hindered", text="x"
        )

    assert field in refused.value.refusal.fields
    assert "person" in stranger.value.refusal.fields


# -- the study on the spot ---------------------------------------------------------------------------------------------
def test_the_head_records_the_study() -> None:
    case = walking.declare_all(drawn(Staff()))
    other = next(person for person in walking.members(case) if person != walking.head_of(case))

    with pytest.raises(Refused) as refused:
        operations.record_expert_visit(
            case, by=other, on=VISIT_DAY, visited_on=VISIT_DAY, present=["甲"], findings="属实"
        )
    walking.study(case)

    assert refused.value.refusal.text == "由专家组组长办理。"
    assert ExpertVisit.objects.get(panel__case=case).findings == "场地属实。"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"visited_on": VISIT_DAY + timedelta(days=1)}, "visited_on"),
        ({"visited_on": VISIT_DAY - timedelta(days=1)}, "visited_on"),
        ({"present": [" "]}, "present"),
        ({"findings": " "}, "findings"),
    ],
)
def test_a_study_that_lacks_something_is_refused(changes: dict[str, Any], field: str) -> None:
    case = walking.declare_all(drawn(Staff()))
    given: dict[str, Any] = {"visited_on": VISIT_DAY, "present": ["甲"], "findings": "属实"} | changes

    with pytest.raises(Refused) as refused:
        operations.record_expert_visit(case, by=walking.head_of(case), on=VISIT_DAY, **given)

    assert field in refused.value.refusal.fields


# -- scores ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("category", CRITERIA)
def test_a_sheet_sums_to_a_hundred_and_cites_an_article_in_each_line(category: str) -> None:
    rows = CRITERIA[category]

    assert sum(row.points for row in rows) == 100
    assert {row.citation.article for row in rows} <= {5, 6, 7}
    assert len({row.id for row in rows}) == len(rows)


def test_a_score_is_kept_with_its_criteria_and_locked() -> None:
    case = walking.declare_all(drawn(Staff()))
    person = walking.members(case)[0]

    operations.score(case, by=person, on=VISIT_DAY, items=walking.sheet(case, 5))
    with pytest.raises(Refused) as again:
        operations.score(case, by=person, on=VISIT_DAY, items=walking.sheet(case, 4))

    kept = Score.objects.get(person=person)
    assert kept.total == 40
    assert kept.items[0] == {
        "criterion": "theme",
        "title": "服务主题与规划",
        "max": 10,
        "points": 5,
        "reason": "现场所见与材料一致",
    }
    assert again.value.refusal.code == "wrong_stage"


def test_a_sheet_with_gaps_is_refused_with_all_of_them() -> None:
    case = walking.declare_all(drawn(Staff()))
    items = walking.sheet(case)[1:]
    items[0] |= {"points": 99}
    items[1] |= {"reason": ""}
    items.append({"criterion": "charm", "points": 1, "reason": "x"})

    with pytest.raises(Refused) as refused:
        operations.score(case, by=walking.members(case)[0], on=VISIT_DAY, items=items)

    assert list(refused.value.refusal.fields) == ["items", "items[0].points", "items[1].reason", "items[7].criterion"]


def test_scores_stay_blind_until_ones_own_is_in() -> None:
    staff = Staff()
    case = walking.declare_all(drawn(staff))
    early, late, third = walking.members(case)
    operations.score(case, by=early, on=VISIT_DAY, items=walking.sheet(case, 5, "泄露就会看到这句话"))

    seen = {
        person: queries.scores_visible_to(person, case, VISIT_DAY)
        for person in (early, late, staff.bureau, staff.leader)
    }
    operations.score(case, by=late, on=VISIT_DAY, items=walking.sheet(case, 3))

    assert [row.own for row in seen[early]] == [True]
    assert seen[late] == seen[staff.bureau] == seen[staff.leader] == []
    assert len(queries.scores_visible_to(late, case, VISIT_DAY)) == 2
    assert queries.scores_visible_to(third, case, VISIT_DAY) == []
    assert "泄露就会看到这句话" not in "".join(Entry.objects.filter(stream=case.number).values_list("data", flat=True))
    assert "泄露就会看到这句话" not in repr(case_facts(case, third, VISIT_DAY))


def test_names_are_for_the_panels_handler_leaders_and_auditors_only() -> None:
    staff = Staff()
    case = walking.score_all(walking.declare_all(drawn(staff)))
    names = {person.name for person in walking.members(case)}
    colleague = make_person(Role.BUREAU)

    def seen_by(person: Person) -> set[str]:
        return {row.name for row in queries.scores_visible_to(person, case, VISIT_DAY)}

    assert seen_by(staff.bureau) == seen_by(staff.leader) == seen_by(staff.auditor) == names
    assert seen_by(colleague) == seen_by(walking.members(case)[0]) == {""}
    assert queries.scores_visible_to(walking.applicant_of(case), case, VISIT_DAY) == []
    assert queries.scores_visible_to(staff.district, case, VISIT_DAY) == []
    for person in (colleague, walking.members(case)[0], walking.applicant_of(case), staff.district):
        assert not any(name in repr(case_facts(case, person, VISIT_DAY).panel.panel) for name in names)


def test_labels_are_stable_for_a_case_and_say_nothing_about_another() -> None:
    staff, people = Staff(), walking.pool(3)
    cases = [walking.convene(city_case(staff), staff) for _ in range(8)]
    orders = {tuple(queries.shuffled(walking.panel_of(case), [person.pk for person in people])) for case in cases}

    assert len(orders) > 1
    assert queries.labels_of(walking.panel_of(cases[0])) == queries.labels_of(walking.panel_of(cases[0]))
    assert sorted(queries.labels_of(walking.panel_of(cases[0])).values()) == ["专家丙", "专家乙", "专家甲"]


def test_a_label_stays_with_its_expert_when_others_are_replaced() -> None:
    staff = Staff()
    walking.pool(8)
    case = walking.convene(city_case(staff), staff)
    panel = walking.panel_of(case)
    labels = [queries.labels_of(panel)]

    for _ in range(4):
        person = walking.members(case)[0]
        operations.replace_expert(case, by=staff.bureau, on=VISIT_DAY, person=person.pk, reason="hindered", text="住院")
        labels.append(queries.labels_of(panel))

    assert all(before.items() <= after.items() for before, after in pairwise(labels))
    assert list(labels[-1].values()) == [f"专家{letter}" for letter in "甲乙丙丁戊己庚"]


# -- the conclusion ----------------------------------------------------------------------------------------------------
def test_the_applicant_reads_the_conclusion_only_with_the_decision() -> None:
    staff = Staff()
    case = walking.to_decision(staff)
    applicant = walking.applicant_of(case)

    def read_by(person: Person) -> Conclusion | None:
        return case_facts(walking.fresh(case), person, VISIT_DAY).panel.conclusion

    before, by_district = read_by(applicant), read_by(staff.district)
    operations.remit(case, by=staff.leader, on=VISIT_DAY, to="expert_review", reason="请再核实场地")
    sent_back = read_by(applicant)
    walking.score_all(case)
    case = operations.conclude(case, by=walking.head_of(case), on=VISIT_DAY, result="pass", text="同意。")
    operations.approve(case, by=staff.leader, on=VISIT_DAY, meeting_on=VISIT_DAY)

    assert before is sent_back is None
    assert by_district is not None
    assert read_by(applicant) == queries.conclusion_of(case)


def test_why_a_case_was_sent_back_is_for_the_offices_and_for_the_panel_it_went_to() -> None:
    staff = Staff()
    case = walking.to_decision(staff)
    operations.remit(case, by=staff.leader, on=VISIT_DAY, to="city_review", reason="请换专家")
    walking.conclude(walking.convene(walking.fresh(case), staff))
    operations.remit(walking.fresh(case), by=staff.leader, on=VISIT_DAY, to="expert_review", reason="请再核实场地")

    def read_by(person: Person) -> list[str]:
        return [row.reason for row in case_facts(walking.fresh(case), person, VISIT_DAY).outcome.decisions]

    assert read_by(staff.bureau) == read_by(staff.district) == ["请换专家", "请再核实场地"]
    assert read_by(walking.members(case)[0]) == ["请再核实场地"]
    assert read_by(walking.applicant_of(case)) == []


def test_the_head_concludes_once_everything_is_in_and_the_paper_names_nobody() -> None:
    staff = Staff()
    case = drawn(staff)
    names = [person.name for person in walking.members(case)]
    walking.declare_all(case)
    with pytest.raises(Refused) as early:
        operations.conclude(case, by=walking.head_of(case), on=VISIT_DAY, result="pass", text="同意")

    walking.score_all(walking.study(case))
    case = operations.conclude(case, by=walking.head_of(case), on=VISIT_DAY, result="pass", text="同意。")

    assert early.value.refusal.text == "还不能形成专家组意见：尚未登记现场调研；3名专家尚未评分。"
    assert case.stage == "decision"
    assert Conclusion.objects.get(panel__case=case).average == 40
    paper = Paper.objects.get(subject=case.number, kind="expert_opinion")
    assert paper.data["total"] == "40.00"
    assert not any(name in json.dumps(paper.data, ensure_ascii=False) for name in names)


def test_a_panel_that_is_short_can_not_conclude() -> None:
    staff, case = Staff(), city_case(Staff())
    walking.pool(3)
    case = walking.convene(case, staff)
    operations.declare_interest(case, by=walking.members(case)[2], on=VISIT_DAY, conflict=True, text="合作过")
    for person in walking.members(case):
        operations.declare_interest(case, by=person, on=VISIT_DAY, conflict=False)
    walking.score_all(walking.study(case))

    with pytest.raises(Refused) as refused:
        operations.conclude(case, by=walking.head_of(case), on=VISIT_DAY, result="pass", text="同意")

    assert "专家组缺1人" in refused.value.refusal.text


def test_only_the_head_concludes() -> None:
    case = walking.score_all(walking.study(walking.declare_all(drawn(Staff()))))
    other = next(person for person in walking.members(case) if person != walking.head_of(case))

    with pytest.raises(Refused) as refused:
        operations.conclude(case, by=other, on=VISIT_DAY, result="pass", text="同意")

    assert refused.value.refusal.code == "not_yours"


# -- the decision ------------------------------------------------------------------------------------------------------
def test_a_case_sent_back_to_the_panel_is_scored_anew() -> None:
    staff = Staff()
    case = walking.to_decision(staff)

    case = operations.remit(case, by=staff.leader, on=VISIT_DAY, to="expert_review", reason="未看财务")
    with pytest.raises(Refused) as unscored:
        operations.conclude(case, by=walking.head_of(case), on=VISIT_DAY, result="pass", text="同意")
    walking.score_all(case)
    case = operations.conclude(case, by=walking.head_of(case), on=VISIT_DAY, result="conditional", text="补看后同意。")

    assert "3名专家尚未评分" in unscored.value.refusal.text
    assert case.stage == "decision"
    assert list(Conclusion.objects.filter(panel__case=case).values_list("round", "result")) == [
        (1, "pass"),
        (2, "conditional"),
    ]


def test_a_case_sent_back_to_the_bureau_gets_another_panel() -> None:
    staff = Staff()
    case = walking.to_decision(staff)
    former = walking.members(case)

    case = operations.remit(case, by=staff.leader, on=VISIT_DAY, to="city_review", reason="专业不符")
    seen = [visible_to(person, VISIT_DAY).filter(pk=case.pk).exists() for person in former]
    case = walking.convene(case, staff)

    assert seen == [False, False, False]
    assert walking.panel_of(case).number == 2
    assert queries.verify_draw(walking.panel_of(case)).holds


def test_an_approval_is_recorded_with_its_meeting_and_ends_the_panel() -> None:
    staff = Staff()
    case = walking.to_decision(staff)
    expert_person = walking.members(case)[0]

    case = operations.approve(case, by=staff.leader, on=VISIT_DAY, meeting_on=VISIT_DAY)

    assert case.stage == "approved"
    decision = Decision.objects.get(case=case)
    assert (decision.outcome, decision.meeting, decision.meeting_on) == ("approved", "局长办公会", VISIT_DAY)
    assert not visible_to(expert_person, VISIT_DAY).filter(pk=case.pk).exists()


def test_approving_against_the_panel_needs_a_reason() -> None:
    staff = Staff()
    case = submitted_case()
    walking.pool()
    case = walking.conclude(walking.convene(walking.recommend(case, staff), staff), result="fail")

    with pytest.raises(Refused) as refused:
        operations.approve(case, by=staff.leader, on=VISIT_DAY, meeting_on=VISIT_DAY)
    case = operations.approve(case, by=staff.leader, on=VISIT_DAY, meeting_on=VISIT_DAY, reason="复核后条件已具备")

    assert "reason" in refused.value.refusal.fields
    assert case.stage == "approved"


@pytest.mark.parametrize("meeting_on", [VISIT_DAY + timedelta(days=1), DAY])
def test_a_meeting_lies_between_the_panels_conclusion_and_today(meeting_on: date) -> None:
    staff = Staff()
    case = walking.to_decision(staff)

    with pytest.raises(Refused) as refused:
        operations.approve(case, by=staff.leader, on=VISIT_DAY, meeting_on=meeting_on)

    assert "meeting_on" in refused.value.refusal.fields


def test_a_rejection_gives_reasons_and_the_citys_remedies() -> None:
    staff = Staff()
    case = walking.to_decision(staff)

    with pytest.raises(Refused) as bare:
        operations.reject(case, by=staff.leader, on=VISIT_DAY, meeting_on=VISIT_DAY, reasons=[])
    case = operations.reject(
        case,
        by=staff.leader,
        on=VISIT_DAY,
        meeting_on=VISIT_DAY,
        reasons=[{"condition": "11", "text": "现场与申报不符"}],
    )

    assert "reasons" in bare.value.refusal.fields
    assert case.stage == "not_recognised"
    paper = Paper.objects.get(subject=case.number, kind="rejection_notice")
    assert any("昆明市人民政府" in line for line in paper.data["remedies"])
    assert paper.data["reasons"] == [
        {"about": "专家现场调研与实地审核", "text": "现场与申报不符", "article": "第十一条"}
    ]


# -- separation, roles, stages -----------------------------------------------------------------------------------------
def test_whoever_handled_the_case_does_not_decide_it() -> None:
    staff = Staff()
    staff.bureau.posts.create(role=Role.LEADER.value, valid_from=date(2017, 6, 6))
    case = walking.to_decision(staff)
    both = Person.objects.get(pk=staff.bureau.pk)

    with pytest.raises(Refused) as refused:
        operations.approve(case, by=both, on=VISIT_DAY, meeting_on=VISIT_DAY)

    assert refused.value.refusal.code == "not_yours"
    assert "经办与决定分离" in refused.value.refusal.text


BY_BUREAU: dict[str, dict[str, Any]] = {
    "convene": {"visit_on": VISIT_DAY},
    "replace_expert": {"person": None},
}
BY_LEADER: dict[str, dict[str, Any]] = {
    "remit": {"to": "city_review", "reason": "x"},
    "approve": {"meeting_on": DAY},
    "reject": {"meeting_on": DAY, "reasons": []},
}
BY_EXPERT: dict[str, dict[str, Any]] = {
    "declare_interest": {"conflict": False},
    "record_expert_visit": {"visited_on": DAY, "present": ["甲"], "findings": "x"},
    "score": {"items": []},
    "conclude": {"result": "pass", "text": "x"},
}


@pytest.mark.parametrize("act", [*BY_BUREAU, *BY_LEADER, *BY_EXPERT])
def test_an_act_by_the_wrong_role_is_refused_with_its_article(act: str) -> None:
    staff, given = Staff(), {**BY_BUREAU, **BY_LEADER, **BY_EXPERT}[act]
    case = submitted_case()

    with pytest.raises(Refused) as refused:
        getattr(operations, act)(case, by=staff.district, on=DAY, **given)

    assert refused.value.refusal.code == "not_yours"
    assert 11 in refused.value.refusal.articles


@pytest.mark.parametrize("act", [*BY_BUREAU, *BY_LEADER])
def test_an_act_in_the_wrong_stage_is_refused_with_its_article(act: str) -> None:
    staff, case = Staff(), submitted_case()
    by = staff.bureau if act in BY_BUREAU else staff.leader

    with pytest.raises(Refused) as refused:
        getattr(operations, act)(case, by=by, on=DAY, **{**BY_BUREAU, **BY_LEADER}[act])

    assert refused.value.refusal.code == "wrong_stage"
    assert 11 in refused.value.refusal.articles


@pytest.mark.parametrize("act", BY_EXPERT)
def test_an_experts_act_after_the_conclusion_is_refused(act: str) -> None:
    staff = Staff()
    case = walking.to_decision(staff)

    with pytest.raises(Refused) as refused:
        getattr(operations, act)(case, by=walking.head_of(case), on=VISIT_DAY, **BY_EXPERT[act])

    assert (refused.value.refusal.code, refused.value.refusal.articles) == ("wrong_stage", (11,))


def test_an_expert_who_does_not_sit_sees_no_case() -> None:
    case = drawn(Staff())
    outsider = make_expert("别处")

    with pytest.raises(Refused) as refused:
        operations.score(case, by=outsider, on=VISIT_DAY, items=[])

    assert refused.value.refusal.code == "not_found"

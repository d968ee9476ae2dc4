"""The one gate: who sees a case, who may move it, and that a move is whole or nothing."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from makerspace.office.casework import acts, history, queries
from makerspace.office.casework.models import Answer, Assignment, Case, Counter
from makerspace.office.casework.operations import advance, assign, clear, next_number, once, open_case, release
from makerspace.office.casework.refusals import STATUS, Refusal, Refused, cited, refused
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Authority, Organisation, Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.office.record.operations import append
from makerspace.regulation.counting import count_days
from makerspace.regulation.terms import Duty, Move, Role
from tests.factories import DAY, LONG_AGO, authority, make_expert, make_organisation, make_person, set_due

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NOON = datetime.combine(DAY, time(12), clock.KUNMING)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.pretending(NOON):
        yield


@pytest.fixture(autouse=True)
def acts_without_guards(monkeypatch: Any) -> None:
    """Only the gate is tried here; what each matter asks besides is its own tests'."""
    monkeypatch.setattr(acts, "_ACTS", {})


@dataclass
class Office:
    """A case and everybody around it."""

    unit: Organisation = field(default_factory=make_organisation)
    people: dict[str, Person] = field(default_factory=dict)
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self.people = {
            "applicant": make_person(organisation=self.unit),
            "rival": make_person(organisation=make_organisation()),
            "nobody": make_person(),
            "district": make_person(Role.DISTRICT, "wuhua"),
            "other_district": make_person(Role.DISTRICT, "panlong"),
            "counter": make_person(Role.DISTRICT, "wuhua", duties=[Duty.COUNTER]),
            "bureau": make_person(Role.BUREAU),
            "leader": make_person(Role.LEADER),
            "auditor": make_person(Role.AUDITOR),
            "discipline": make_person(Role.DISCIPLINE),
            "seated": make_expert(),
            "unseated": make_expert(),
            "agency": make_person(Role.AGENCY),
            "system_admin": make_person(Role.SYSTEM_ADMIN),
            "security_admin": make_person(Role.SECURITY_ADMIN),
            "audit_admin": make_person(Role.AUDIT_ADMIN),
        }
        self.case = opened(self.unit)
        assign(self.case, [self.people["seated"]], queries.PANEL, on=DAY, cleared=False)

    def at(self, stage: str) -> Case:
        """The case as if it had come to that stage."""
        Case.objects.filter(pk=self.case.pk).update(stage=stage, filed_on=DAY)
        return Case.objects.select_related("organisation", "authority").get(pk=self.case.pk)

    def __getitem__(self, name: str) -> Person:
        return Person.objects.get(pk=self.people[name].pk)


def opened(unit: Organisation, place: str = "wuhua", subject: str = "滇池众创") -> Case:
    return open_case(
        "recognition", regulation="kunkefa-2017-55", organisation=unit, authority=authority(place), on=DAY,
        by=Role.APPLICANT, subject=subject, category="comprehensive",
    )  # fmt: skip


def move(act: str) -> Move:
    return queries.by_id("kunkefa-2017-55").procedures["recognition"].move(act)


def code(refusal: Refusal | None) -> str | None:
    return refusal.code if refusal else None


# -- who sees a case ---------------------------------------------------------------------------------------------------
SEES = {
    "applicant": True, "rival": False, "nobody": False, "district": True, "other_district": False, "counter": True,
    "bureau": True, "leader": True, "auditor": True, "discipline": True, "seated": True, "unseated": False,
    "agency": False, "system_admin": False, "security_admin": False, "audit_admin": False,
}  # fmt: skip


@pytest.mark.parametrize(("who", "sees"), SEES.items())
def test_a_case_is_seen_by_its_people_and_nobody_else(who: str, sees: bool) -> None:
    office = Office()
    opened(make_organisation(), "guandu")

    assert (office.case in queries.visible_to(office[who])) is sees
    if sees:
        assert queries.fetch(office[who], office.case.number) == office.case
    else:
        with pytest.raises(Refused) as refusal:
            queries.fetch(office[who], office.case.number)
        assert refusal.value.refusal == queries.NOT_THERE


@pytest.mark.parametrize("number", ["KM-1999-0001", "", "x"])
def test_a_case_that_is_none_is_refused_like_one_of_others(number: str) -> None:
    with pytest.raises(Refused) as refusal:
        queries.fetch(Office()["rival"], number)

    assert refusal.value.refusal == queries.NOT_THERE


def test_what_one_sees_ends_with_the_post_the_membership_the_seat_and_the_account() -> None:
    office = Office()
    yesterday = DAY - timedelta(days=1)
    office.people["district"].posts.update(valid_until=yesterday)
    office.people["bureau"].posts.update(valid_from=DAY + timedelta(days=1))
    office.people["applicant"].memberships.update(until=yesterday)
    release(office.case, office.people["seated"], queries.PANEL, on=DAY)
    Person.objects.filter(pk=office.people["leader"].pk).update(is_active=False)

    for who in ("district", "bureau", "applicant", "seated", "leader"):
        assert not queries.visible_to(office[who]).exists(), who
    assert queries.visible_to(office["auditor"]).exists()


def test_somebody_with_two_capacities_sees_what_either_sees() -> None:
    office = Office()
    both = office["other_district"]
    both.memberships.create(organisation=office.unit, role="owner", since=LONG_AGO)
    far = opened(make_organisation(), "panlong")

    assert set(queries.visible_to(office["other_district"])) == {office.case, far}


def test_a_draft_is_read_by_its_unit_only_and_afterwards_by_all_who_see_it() -> None:
    office = Office()
    readers = {who for who, sees in SEES.items() if sees and queries.sees_content(office[who], office.case)}
    filed = office.at("district_review")
    after = {who for who, sees in SEES.items() if sees and queries.sees_content(office[who], filed)}
    clear(filed, office.people["seated"], queries.PANEL)

    assert readers == {"applicant"}
    assert after == {"applicant", "district", "counter", "bureau", "leader", "auditor", "discipline"}
    assert queries.sees_content(office["seated"], filed)


# -- why not -----------------------------------------------------------------------------------------------------------
def test_refusals_come_in_the_order_seen_role_stage_guard() -> None:
    office = Office()
    early, late = office.case, office.at("district_review")
    acts.register("recognition", "recommend", operation=advance, guards=(_needs_a_visit,))

    assert code(queries.why_not(office["other_district"], move("recommend"), early, on=DAY)) == "not_found"
    assert code(queries.why_not(office["bureau"], move("recommend"), early, on=DAY)) == "not_yours"
    assert code(queries.why_not(office["district"], move("recommend"), early, on=DAY)) == "wrong_stage"
    guarded = queries.why_not(office["district"], move("recommend"), late, on=DAY)
    assert guarded == Refusal("wrong_stage", "尚未登记实地查验。", (10,))


def _needs_a_visit(case: Case, actor: acts.Actor, on: date) -> Refusal | None:
    return Refusal("wrong_stage", "尚未登记实地查验。", (10,))


OFFICERS = {"district": "recommend", "bureau": "convene", "leader": "approve", "discipline": "admit_objection"}


@pytest.mark.parametrize(("officer", "act"), OFFICERS.items())
def test_an_officer_of_the_applying_unit_stands_back(officer: str, act: str) -> None:
    office = Office()
    case = office.at(move(act).sources[-1])
    waited = case in queries.waiting_for(office[officer])  # all but the objection's: with none, leaders are next
    assert queries.why_not(office[officer], move(act), case, on=DAY) is None

    office.people[officer].memberships.create(organisation=office.unit, role="editor", since=LONG_AGO)

    refusal = queries.why_not(office[officer], move(act), case, on=DAY)
    assert refusal == Refusal(
        "not_yours", f"您是申报单位成员，应当回避，“{move(act).label}”由其他人员办理。", move(act).articles
    )
    assert (waited, case in queries.waiting_for(office[officer])) == (officer != "discipline", False)


def test_an_expert_of_the_applying_unit_stands_back_and_a_member_still_acts_for_it() -> None:
    office = Office()
    office.people["seated"].memberships.create(organisation=office.unit, role="editor", since=LONG_AGO)
    case = office.at("expert_review")

    refusal = queries.why_not(office["seated"], move("score"), case, on=DAY)

    assert refusal is not None
    assert "应当回避" in refusal.text
    assert queries.why_not(office["seated"], move("withdraw"), case, on=DAY) is None
    assert office.at("correction") in queries.waiting_for(office["seated"])


@pytest.mark.parametrize(("act", "role"), [("declare_interest", Role.EXPERT), ("submit", Role.APPLICANT)])
def test_a_leader_who_was_expert_or_applicant_decides_nothing_on_the_case(act: str, role: Role) -> None:
    office = Office()
    append(office.case.number, act, by=office.people["leader"], role=role, on=DAY)

    refusal = queries.why_not(office["leader"], move("approve"), office.at("decision"), on=DAY)

    assert refusal is not None
    assert (refusal.code, "经办与决定分离" in refusal.text) == ("not_yours", True)


def test_a_duty_counts_where_its_own_post_is_held() -> None:
    office = Office()
    away = office.people["other_district"]
    away.posts.update(duties=[Duty.COUNTER])
    away.posts.create(role=Role.DISTRICT, authority=authority("wuhua"), valid_from=LONG_AGO)
    case = office.at("district_review")

    assert code(queries.why_not(office["other_district"], move("register_paper"), case, on=DAY)) == "not_yours"
    assert queries.why_not(office["other_district"], move("record_visit"), case, on=DAY) is None
    assert office["other_district"].capacity(DAY).districts_with(Duty.COUNTER) == {authority("panlong").pk}
    assert queries.why_not(office["counter"], move("register_paper"), case, on=DAY) is None


def test_a_duty_of_one_role_gives_none_to_another() -> None:
    office = Office()
    office.people["bureau"].posts.create(role=Role.DISCIPLINE, duties=[Duty.COUNTER], valid_from=LONG_AGO)
    case = office.at("district_review")

    assert code(queries.why_not(office["bureau"], move("register_paper"), case, on=DAY)) == "not_yours"


def test_a_refusal_names_the_act_who_takes_it_and_the_article() -> None:
    office = Office()

    refusal = queries.why_not(office["bureau"], move("recommend"), office.at("district_review"), on=DAY)

    assert refusal is not None
    assert (refusal.article, refusal.status) == ("第十条", 403)
    assert "推荐上报" in refusal.text
    assert "五华区科技主管部门" in refusal.text


def test_a_refusal_by_stage_tells_what_happened_and_who_did_it() -> None:
    office = Office()
    case = office.at("district_review")
    advance(case, "recommend", by=office["district"], on=DAY)

    refusal = queries.why_not(office["district"], move("recommend"), office.at("city_review"), on=DAY)

    assert refusal is not None
    assert "市局受理" in refusal.text
    assert f"{office['district']}于2026-03-16 12:00办理“推荐上报”" in refusal.text


def test_an_expert_is_not_named_by_a_refusal() -> None:
    office = Office()
    case = office.at("expert_review")
    advance(case, "conclude", by=office["seated"], on=DAY)

    refusal = queries.why_not(office["bureau"], move("convene"), office.at("decision"), on=DAY)

    assert refusal is not None
    assert str(office["seated"]) not in refusal.text


EVERY_ACT = [each.act for each in queries.by_id("kunkefa-2017-55").procedures["recognition"].moves]


@pytest.mark.parametrize("act", EVERY_ACT)
def test_each_act_is_taken_by_its_roles_alone(act: str) -> None:
    office = Office()
    row = move(act)
    case = office.at(row.sources[0])
    mine = {
        Role.APPLICANT: {"applicant"}, Role.DISTRICT: {"district", "counter"}, Role.BUREAU: {"bureau"},
        Role.LEADER: {"leader"}, Role.EXPERT: {"seated"}, Role.DISCIPLINE: {"discipline"},
    }  # fmt: skip
    allowed = set().union(*(mine.get(role, set()) for role in row.by))
    if row.duty:
        allowed &= {"counter"}

    found = {who for who in office.people if queries.why_not(office[who], row, case, on=DAY) is None}

    assert found == allowed
    for role in (Role.CLOCK, Role.PUBLIC):
        assert (queries.why_not(role, row, case, on=DAY) is None) == (role in row.by)


@pytest.mark.parametrize("act", EVERY_ACT)
def test_each_act_is_refused_out_of_its_stage(act: str) -> None:
    office = Office()
    row = move(act)
    table = queries.procedure_of(office.case)
    takers: list[acts.Actor] = [office[who] for who in office.people]
    takers += [role for role in (Role.CLOCK, Role.PUBLIC) if role in row.by]

    for stage in table.stages:
        if stage.code not in row.sources:
            case = office.at(stage.code)
            assert {code(queries.why_not(taker, row, case, on=DAY)) for taker in takers} <= {
                "not_found",
                "not_yours",
                "wrong_stage",
            }


@pytest.mark.parametrize(
    "handled", [each.act for each in queries.by_id("kunkefa-2017-55").procedures["recognition"].moves if each.handles]
)
def test_whoever_handled_a_case_decides_nothing_on_it(handled: str) -> None:
    office = Office()
    both = office.people["bureau"]
    both.posts.create(role=Role.LEADER, valid_from=LONG_AGO)
    append(office.case.number, handled, by=both, role=Role.BUREAU, on=DAY)

    refusal = queries.why_not(office["bureau"], move("approve"), office.at("decision"), on=DAY)

    assert refusal is not None
    assert (refusal.code, refusal.article) == ("not_yours", "第十一条、第十二条")
    assert queries.why_not(office["leader"], move("approve"), office.at("decision"), on=DAY) is None


# -- the gate ----------------------------------------------------------------------------------------------------------
def test_a_move_writes_stage_due_day_entry_and_messages_together() -> None:
    office = Office()
    case = advance(office.case, "submit", by=office["applicant"], on=DAY, data={"digest": "0" * 64})

    entry = Entry.objects.get(stream=case.number)
    term = queries.by_id(case.regulation).parameter("TERM_DISTRICT_REVIEW").on(DAY)
    assert (case.stage, case.stage_since, case.filed_on, case.version) == ("district_review", DAY, DAY, 1)
    assert case.due_on == count_days(DAY, term, unit="working").last_day
    assert (entry.act, entry.role, entry.before, entry.after, entry.articles) == (
        "submit",
        "applicant",
        "draft",
        "district_review",
        "8,9,10",
    )
    assert (entry.person, entry.data) == (office["applicant"], '{"digest":"' + "0" * 64 + '"}')
    told = {message.person for message in Message.objects.filter(stream=case.number)}
    assert told == {office["applicant"], office["district"], office["counter"]}


def test_a_refused_move_leaves_nothing() -> None:
    office = Office()

    with pytest.raises(Refused):
        advance(office.case, "recommend", by=office["district"], on=DAY)

    assert not Entry.objects.exists()
    assert not Message.objects.exists()
    assert Case.objects.get(pk=office.case.pk).version == 0


def test_a_move_that_stays_keeps_stage_and_due_day() -> None:
    office = Office()
    case = office.at("district_review")
    set_due(case, DAY + timedelta(days=9))

    case = advance(case, "record_visit", by=office["district"], on=DAY)

    assert (case.stage, case.due_on, case.version) == ("district_review", DAY + timedelta(days=9), 1)


def test_a_day_that_a_notice_sets_is_the_day_that_is_told() -> None:
    office = Office()
    own, usual = date(2026, 5, 15), queries.usual_due(office.case, "correction", DAY)

    case = advance(office.at("district_review"), "request_correction", by=office["district"], on=DAY, due_on=own)

    told = Message.objects.filter(stream=case.number, person=office["applicant"]).values_list("text", flat=True)
    assert (case.due_on, Case.objects.get(pk=case.pk).due_on) == (own, own)
    assert usual not in {None, own}
    assert [("2026年5月15日" in text, "2026年3月30日" in text) for text in told] == [(True, False)]


def test_a_day_can_be_set_by_a_move_that_stays_and_never_by_one_that_ends() -> None:
    office = Office()
    later = DAY + timedelta(days=20)

    case = advance(office.at("district_review"), "record_visit", by=office["district"], on=DAY, due_on=later)
    assert (case.stage, case.due_on) == ("district_review", later)

    case = advance(case, "decline", by=office["district"], on=DAY, due_on=later)
    assert (case.closed_on, case.due_on) == (DAY, None)


def test_a_final_stage_closes_the_case() -> None:
    office = Office()

    case = advance(office.at("district_review"), "decline", by=office["district"], on=DAY)

    assert (case.stage, case.closed_on, case.due_on) == ("not_recommended", DAY, None)


def test_with_the_end_every_seat_ends_and_whoever_held_the_case_is_told() -> None:
    office = Office()
    case = office.at("expert_review")
    clear(case, office.people["seated"], queries.PANEL)

    case = advance(case, "withdraw", by=office["applicant"], on=DAY)

    told = Message.objects.filter(stream=case.number).values_list("person__username", "subject")
    assert sorted(told) == sorted(
        (office.people[who].username, f"{case.number}：撤回申报") for who in ("applicant", "seated")
    )
    assert not Assignment.objects.filter(case=case, until=None).exists()
    assert not queries.visible_to(office["seated"]).filter(pk=case.pk).exists()


def test_who_ends_a_case_is_not_told_so_as_its_holder() -> None:
    office = Office()

    case = advance(office.at("district_review"), "decline", by=office["district"], on=DAY)

    assert [message.person for message in Message.objects.filter(stream=case.number)] == [office["applicant"]]


def test_a_seat_stays_while_the_case_goes_on() -> None:
    office = Office()

    case = advance(office.at("expert_review"), "conclude", by=office["seated"], on=DAY)

    assert Assignment.objects.filter(case=case, until=None).count() == 1


def test_a_move_with_several_targets_needs_one_of_them() -> None:
    office = Office()
    case = office.at("decision")

    with pytest.raises(Refused) as wrong:
        advance(case, "remit", by=office["leader"], on=DAY, to="draft")

    assert wrong.value.refusal.code == "invalid"
    assert advance(case, "remit", by=office["leader"], on=DAY, to="city_review").stage == "city_review"


def test_an_act_that_the_procedure_does_not_know_is_not_found() -> None:
    with pytest.raises(Refused) as wrong:
        advance(Office().case, "explode", by=Role.CLOCK, on=DAY)

    assert wrong.value.refusal.code == "not_found"


def test_of_two_who_read_the_same_case_the_second_is_told(monkeypatch: Any) -> None:
    """Where a lock is no lock, the version that was read still guards the row."""
    office = Office()
    stale = office.at("district_review")
    monkeypatch.setattr("makerspace.office.casework.operations.lock", lambda case: stale)
    Case.objects.filter(pk=stale.pk).update(version=7)

    with pytest.raises(Refused) as loser:
        advance(stale, "recommend", by=office["district"], on=DAY)

    assert loser.value.refusal.code == "wrong_stage"
    assert Case.objects.get(pk=stale.pk).stage == "district_review"


def test_numbers_of_a_series_follow_each_other() -> None:
    assert [next_number("KM-2026-"), next_number("KM-2026-"), next_number("GR-2026-"), next_number("T-", 3)] == [
        "KM-2026-0001", "KM-2026-0002", "GR-2026-0001", "T-001",
    ]  # fmt: skip
    assert Counter.objects.get(name="KM-2026-").value == 2


def test_a_person_sits_once_in_a_seat_and_again_after_leaving_it() -> None:
    office = Office()
    release(office.case, office.people["seated"], queries.PANEL, on=DAY)
    assign(office.case, [office.people["seated"]], queries.PANEL, on=DAY)

    assert Assignment.objects.filter(person=office.people["seated"]).count() == 2


# -- once --------------------------------------------------------------------------------------------------------------
def test_a_key_is_answered_once_and_remembered() -> None:
    person, calls = make_person(), []

    def answer() -> tuple[int, dict[str, int]]:
        calls.append(1)
        return 201, {"n": len(calls)}

    first = once(person, "/path", "k", b"body", answer)
    again = once(person, "/path", "k", b"body", answer)

    assert (first, again, len(calls)) == ((201, {"n": 1}, False), (201, {"n": 1}, True), 1)


def test_a_key_with_other_content_is_refused() -> None:
    person = make_person()
    once(person, "/path", "k", b"body", lambda: (200, None))

    with pytest.raises(Refused) as refusal:
        once(person, "/path", "k", b"other", lambda: (200, None))

    assert refusal.value.refusal.code == "invalid"


@pytest.mark.parametrize("key", ["k" * 201, "k\0"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(Refused) as refusal:
        once(make_person(), "/path", key, b"body", lambda: (200, None))

    assert refusal.value.refusal.code == "invalid"


def test_a_key_belongs_to_a_person_and_an_address() -> None:
    one, two = make_person(), make_person()

    for person, path in ((one, "/a"), (one, "/b"), (two, "/a")):
        assert once(person, path, "k", b"body", lambda: (200, None))[2] is False


def test_an_answer_that_fails_is_not_kept() -> None:
    person = make_person()

    def fails() -> tuple[int, None]:
        raise refused("wrong_stage", "还不行")

    with pytest.raises(Refused):
        once(person, "/path", "k", b"body", fails)

    assert not Answer.objects.exists()
    assert once(person, "/path", "k", b"body", lambda: (200, "好")) == (200, "好", False)


# -- worklists ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stage", "holders"),
    [
        ("draft", {"applicant"}), ("district_review", {"district", "counter"}), ("correction", {"applicant"}),
        ("city_review", {"bureau"}), ("expert_review", {"seated"}), ("decision", {"leader"}), ("approved", {"bureau"}),
        ("public_notice", set()), ("objection_review", {"leader"}), ("announcement", {"leader"}), ("recognised", set()),
    ],
)  # fmt: skip
def test_a_case_waits_for_whoever_holds_its_stage(stage: str, holders: set[str]) -> None:
    """Of objection_review: with nothing left to look into, as here, it has been handed on to the leaders."""
    office = Office()
    case = office.at(stage)

    assert {who for who in office.people if case in queries.waiting_for(office[who])} == holders


def test_the_most_urgent_case_waits_first_and_those_without_a_day_last() -> None:
    office = Office()
    late, soon, never = (opened(office.unit) for _ in range(3))
    Case.objects.exclude(pk=office.case.pk).update(stage="district_review")
    set_due(late, DAY + timedelta(days=9))
    set_due(soon, DAY)

    assert list(queries.waiting_for(office["district"])) == [soon, late, never]


# -- the record in words -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "named"),
    [
        ("applicant", False),
        ("district", False),
        ("bureau", False),
        ("leader", True),
        ("auditor", True),
        ("seated", True),
    ],
)
def test_experts_are_named_to_few(who: str, named: bool) -> None:
    office = Office()
    case = advance(office.at("expert_review"), "declare_interest", by=office["seated"], on=DAY)

    [line] = history.history_of(case, office[who], DAY)

    assert (str(office["seated"]) in line.who) is named


@pytest.mark.parametrize(
    ("act", "named"),
    [("convene", True), ("replace_expert", True), ("admit_objection", False), ("return_to_district", False)],
)
def test_of_the_bureau_only_who_convened_or_replaced_learns_the_names(act: str, named: bool) -> None:
    office = Office()
    append(office.case.number, act, by=office.people["bureau"], role=Role.BUREAU, on=DAY)
    append(office.case.number, "score", by=office.people["seated"], role=Role.EXPERT, on=DAY)
    case, reader = office.at("decision"), office["bureau"]

    *_, line = history.history_of(case, reader, DAY)

    assert (str(office["seated"]) in line.who, history.names_experts(case, None, reader, DAY)) == (named, named)


@pytest.mark.parametrize("officer", ["leader", "auditor", "bureau"])
def test_nobody_of_the_applying_unit_learns_the_names(officer: str) -> None:
    office = Office()
    append(office.case.number, "convene", by=office.people["bureau"], role=Role.BUREAU, on=DAY)
    assert history.names_experts(office.case, None, office[officer], DAY)

    office.people[officer].memberships.create(organisation=office.unit, role="editor", since=LONG_AGO)

    assert not history.names_experts(office.case, None, office[officer], DAY)
    assert not history.names_experts(office.case, list(Entry.objects.all()), office[officer], DAY)


def test_articles_are_cited_in_chinese() -> None:
    assert cited((8, 10, 11, 20, 21)) == "第八条、第十条、第十一条、第二十条、第二十一条"
    assert STATUS["slow_down"] == 429


def test_an_authority_s_case_stays_its_own_when_another_is_renamed() -> None:
    office = Office()
    Authority.objects.filter(code="panlong").update(name="盘龙新区")

    assert queries.holder_name(office.at("district_review")) == "五华区科技主管部门"


# -- at the same time --------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("many_at_once")
def test_of_six_officers_who_recommend_at_once_one_wins() -> None:
    office = Office()
    case = office.at("district_review")
    gate, outcomes = threading.Barrier(6), []

    def run() -> None:
        try:
            with clock.pretending(NOON):
                person = office["district"]
                gate.wait(10)
                with transaction.atomic():
                    advance(case, "recommend", by=person, on=DAY)
                outcomes.append("won")
        except Refused as loser:
            outcomes.append(loser.refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(outcomes) == ["won", *["wrong_stage"] * 5]
    assert Entry.objects.filter(stream=case.number, act="recommend").count() == 1

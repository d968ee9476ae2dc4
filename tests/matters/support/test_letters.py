"""The letter of article 17: asked for, issued or refused, used; for its year only, and void on the day the title ends."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.queries import certificate_state, verify
from makerspace.matters.support.models import Letter, LetterState, Use
from makerspace.matters.support.operations import letters as operations
from makerspace.matters.support.queries.letters import (
    issued_to,
    key_of,
    letter_of,
    own_letters,
    replay_letters,
    standing,
)
from makerspace.matters.support.showing import facts
from makerspace.office.casework.history import history_of
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import visible_to, waiting_for
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents import rendering
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.asking import browser, refusal_of
from tests.doors.workbench.forms import hidden_fields
from tests.factories import make_organisation, make_person, member_of
from tests.matters.recognition.helpers import announced
from tests.matters.recognition.test_changes import LATER, granted, titled
from tests.stories.test_at_once import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ASKED = date(2026, 12, 1)  # the title is of 16 March 2026, so the letter is for 2027
USED = date(2027, 5, 10)
USE = {
    "programme": "2027年度市级重点实验室",
    "office": "社会发展处",
    "used_on": USED,
    "tie": "评审得分并列第三，两家，余一个名额",
}


UNIT = {"independent_legal_person": True, "registered_division": "530102", "standardised": True, "run_by_host": False}


def title() -> Title:
    announced(1)
    return Title.objects.select_related("organisation").get()


def begun(held: Title, on: date = ASKED) -> tuple[Case, Person]:
    owner = member_of(held.organisation)
    return operations.open_letter(held, by=owner, on=on), owner


def requested(held: Title, on: date = ASKED) -> tuple[Case, Person]:
    case, owner = begun(held, on)
    return operations.request_letter(case, by=owner, on=on, programmes="2027年度市级重点实验室"), owner


def issued(held: Title, on: date = ASKED) -> Case:
    case, _ = requested(held, on)
    return operations.issue_letter(case, by=make_person(Role.BUREAU), on=on)


def used(case: Case, *, by: Person | None = None, on: date = USED, **given: Any) -> Case:
    return operations.record_use(case, by=by or make_person(Role.AGENCY), on=on, **USE | given)


def refused(act: Callable[[], object]) -> tuple[str, tuple[int, ...], dict[str, str]]:
    refusal = refusal_of(act)
    return refusal.code, refusal.articles, dict(refusal.fields)


def at(day: date) -> Any:
    return clock.pretending(datetime(day.year, day.month, day.day, 10, tzinfo=clock.KUNMING))


# -- asking ------------------------------------------------------------------------------------------------------------
def test_a_holder_asks_for_the_year_after_the_announcement_and_the_bureau_is_told() -> None:
    held, bureau = title(), make_person(Role.BUREAU)

    case, _ = requested(held)

    letter = Letter.objects.get()
    assert (case.number, case.kind, case.stage) == ("PR-2026-0001", "priority", "requested")
    assert (letter.year, letter.requested_on, letter.live, letter.issued_on) == (2027, ASKED, True, None)
    entry = Entry.objects.get(stream=case.number)
    assert (entry.act, entry.articles, entry.after) == ("request_letter", "17", "requested")
    assert json.loads(entry.data) == {"title": held.number, "year": 2027, "programmes": "2027年度市级重点实验室"}
    assert list(waiting_for(bureau, ASKED)) == [case]


def test_it_is_asked_for_within_the_year_too() -> None:
    case, _ = requested(title(), date(2027, 12, 31))

    assert case.stage == "requested"


def test_once_the_year_is_over_nothing_is_asked_for_or_issued() -> None:
    held = title()
    after = date(2028, 1, 1)
    assert refused(lambda: begun(held, after))[:2] == ("wrong_stage", (17,))

    case, owner = begun(held)
    late = refused(lambda: operations.request_letter(case, by=owner, on=after, programmes="重点实验室"))
    assert late[:2] == ("wrong_stage", (17,))
    case = operations.request_letter(case, by=owner, on=ASKED, programmes="重点实验室")
    assert refused(lambda: operations.issue_letter(case, by=make_person(Role.BUREAU), on=after))[:2] == (
        "wrong_stage",
        (17,),
    )


def test_a_title_that_has_ended_gives_no_letter() -> None:
    held = title()
    case, owner = begun(held)
    Title.objects.update(state="revoked", ended_on=ASKED)

    refusal = refusal_of(lambda: operations.request_letter(case, by=owner, on=ASKED, programmes="重点实验室"))

    assert (refusal.code, refusal.articles) == ("wrong_stage", (17,))
    assert "2026年12月1日终止" in refusal.text
    assert refused(lambda: operations.open_letter(held, by=owner, on=ASKED))[:2] == ("wrong_stage", (17,))


def test_only_the_holder_asks() -> None:
    held = title()
    stranger = member_of(make_organisation())
    case, _ = begun(held)

    assert refused(lambda: operations.open_letter(held, by=stranger, on=ASKED))[:2] == ("not_yours", (17,))
    asked = refused(
        lambda: operations.request_letter(case, by=make_person(Role.BUREAU), on=ASKED, programmes="重点实验室")
    )
    assert asked[:2] == ("not_yours", (17,))
    assert Letter.objects.get().requested_on is None


def test_a_title_has_one_letter_for_its_year() -> None:
    held = title()
    case, owner = begun(held)
    assert "尚未办结" in refusal_of(lambda: operations.open_letter(held, by=owner, on=ASKED)).text

    case = operations.request_letter(case, by=owner, on=ASKED, programmes="重点实验室")
    operations.issue_letter(case, by=make_person(Role.BUREAU), on=ASKED)

    assert "出具" in refusal_of(lambda: operations.open_letter(held, by=owner, on=ASKED)).text
    again = Letter.objects.get()
    again.pk, again.issued_on, again.paper, again.uscc = None, None, None, ""
    again.case = issued_elsewhere(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def issued_elsewhere(case: Case) -> Case:
    """Another case, written past every rule but the database's."""
    other = Case.objects.get(pk=case.pk)
    other.pk, other.number = None, "PR-2026-0099"
    other._state.adding = True
    other.save(force_insert=True)
    return other


def test_a_request_is_taken_back_and_made_again() -> None:
    held = title()
    case, owner = requested(held)

    case = operations.withdraw_letter(case, by=owner, on=ASKED, reason="先不申报")

    assert (case.stage, case.closed_on) == ("withdrawn", ASKED)
    again = operations.open_letter(held, by=owner, on=ASKED)
    assert again.stage == "draft"
    assert refused(lambda: operations.withdraw_letter(case, by=owner, on=ASKED, reason="再撤"))[:2] == (
        "wrong_stage",
        (17,),
    )
    stranger = make_person(Role.BUREAU)
    assert refused(lambda: operations.withdraw_letter(again, by=stranger, on=ASKED, reason="代撤"))[:2] == (
        "not_yours",
        (17,),
    )


# -- issuing and refusing ----------------------------------------------------------------------------------------------
def test_a_letter_is_issued_under_the_names_of_today_with_a_code() -> None:
    held = title()

    case = issued(held)

    letter = Letter.objects.select_related("paper").get()
    assert (case.stage, case.closed_on, letter.issued_on) == ("issued", ASKED, ASKED)
    assert (letter.name, letter.holder, letter.uscc) == (held.name, held.holder, held.organisation.uscc)
    assert letter.paper is not None
    assert (letter.paper.kind, letter.paper.number) == ("priority_letter", case.number)
    assert f"统一社会信用代码{letter.uscc}" in letter.paper.data["opening"]
    assert "2027年度" in letter.paper.data["opening"]
    assert Message.objects.filter(person=member_of(held.organisation), subject__contains="出具优先支持凭证").exists()
    assert list(replay_letters()) == []


@pytest.mark.parametrize("kind", ["priority_letter", "priority_refusal"])
def test_its_papers_are_set(kind: str) -> None:
    held = title()
    case, _ = requested(held)
    bureau = make_person(Role.BUREAU)
    if kind == "priority_letter":
        operations.issue_letter(case, by=bureau, on=ASKED)
    else:
        operations.refuse_letter(case, by=bureau, on=ASKED, reason="所列项目不属市级科技项目。")

    made = rendering.render(Paper.objects.get(kind=kind))

    assert made.startswith(b"%PDF")


@pytest.mark.parametrize("act", ["issue_letter", "refuse_letter"])
@pytest.mark.parametrize("role", [Role.LEADER, Role.AGENCY, Role.AUDITOR])
def test_only_the_bureau_answers_and_only_once(act: str, role: Role) -> None:
    case, owner = requested(title())
    given = {"reason": "不属市级科技项目"} if act == "refuse_letter" else {}
    take, bureau = getattr(operations, act), make_person(Role.BUREAU)
    hidden = "not_found" if role is Role.AGENCY else "not_yours"

    assert refused(lambda: take(case, by=make_person(role), on=ASKED, **given))[0] == hidden
    assert refused(lambda: take(case, by=owner, on=ASKED, **given))[:2] == ("not_yours", (17,))
    case = take(case, by=bureau, on=ASKED, **given)

    assert refused(lambda: take(case, by=bureau, on=ASKED, **given))[:2] == ("wrong_stage", (17,))


def test_a_refusal_says_why_and_what_can_be_done_and_bars_no_second_request() -> None:
    held = title()
    case, owner = requested(held)

    case = operations.refuse_letter(case, by=make_person(Role.BUREAU), on=ASKED, reason="所列项目不属市级科技项目。")

    letter = Letter.objects.select_related("paper").get()
    assert (case.stage, letter.live, letter.refused_on, letter.issued_on) == ("letter_refused", False, ASKED, None)
    assert letter.paper is not None
    assert letter.paper.data["points"][0]["text"] == "所列项目不属市级科技项目。"
    assert "行政复议" in letter.paper.data["remedies"][0]
    assert verify(letter.paper.code).state == "valid"
    assert operations.open_letter(held, by=owner, on=ASKED).stage == "draft"


# -- how it stands -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("today", "ended", "state"),
    [(ASKED, None, "not_yet"), (date(2026, 12, 31), None, "not_yet"), (date(2027, 1, 1), None, "usable"),
     (date(2027, 12, 31), None, "usable"), (date(2028, 1, 1), None, "expired"), (date(2027, 4, 1), date(2027, 4, 1), "void"),
     (date(2027, 3, 31), date(2027, 4, 1), "usable"), (date(2026, 12, 20), date(2026, 12, 20), "void"),
     (date(2028, 6, 1), date(2028, 2, 1), "expired"), (date(2028, 6, 1), date(2027, 2, 1), "void")],
)  # fmt: skip
def test_it_holds_in_its_year_until_the_title_ends(today: date, ended: date | None, state: str) -> None:
    issued(title())
    if ended:
        Title.objects.update(state="revoked", ended_on=ended)
    letter = Letter.objects.select_related("title__organisation", "paper").get()
    assert letter.paper is not None

    found = standing(letter, today)
    with at(today):
        told = certificate_state(letter.paper.code)
        html = Client().get(f"/verify/{letter.paper.code}/").content.decode()

    assert found is not None
    assert found.state is LetterState(state)
    assert told == {
        "genuine": True, "kind": "priority_letter", "number": letter.case.number, "holder": letter.holder, "state": state,
        "since": letter.title.since, "replaced_by": None, "year": 2027,
    }  # fmt: skip
    assert "凭证真实，用于2027年度" in html
    assert ("现在有效" in html) is (state == "usable")


def test_the_check_page_names_no_person_and_no_tie() -> None:
    held = title()
    case = issued(held)
    agency = make_person(Role.AGENCY, name="郑机关")
    with at(USED):
        used(case, by=agency)

        html = Client().get(f"/verify/{Letter.objects.get().paper.code}/").content.decode()  # type: ignore[union-attr]

    assert held.name in html
    assert [secret for secret in ("郑机关", USE["tie"], USE["programme"]) if str(secret) in html] == []


def test_a_letter_ends_where_another_unit_holds_the_title_and_that_unit_may_ask_anew() -> None:
    held, heir = title(), make_organisation()
    case = issued(held)
    code = held.organisation.uscc
    Title.objects.update(organisation=heir)
    held = Title.objects.select_related("organisation").get()

    former = issued_to(code, 2027, USED)

    assert former is not None
    stands = standing(former, USED)
    assert stands is not None
    assert (stands.state, "转由其他单位持有" in stands.why) == (LetterState.VOID, True)
    assert refused(lambda: used(case))[:2] == ("wrong_stage", (17,))
    own = own_letters(member_of(heir), ASKED)
    assert [(row.year, row.letter, row.why_not) for row in own] == [(2027, None, "")]
    again = issued(held)
    found = issued_to(heir.uscc, 2027, USED)
    assert found is not None
    assert found.case == again
    assert list(replay_letters()) == []


# -- uses --------------------------------------------------------------------------------------------------------------
def test_an_agency_records_a_use_and_the_holder_is_told() -> None:
    held = title()
    case, owner = requested(held)
    case = operations.issue_letter(case, by=make_person(Role.BUREAU), on=ASKED)
    agency = make_person(Role.AGENCY)

    case = used(case, by=agency)

    use = Use.objects.get()
    assert (use.programme, use.office, use.on, use.tie, use.by) == (
        USE["programme"], USE["office"], USED, USE["tie"], agency,
    )  # fmt: skip
    entry = Entry.objects.filter(stream=case.number).latest("seq")
    assert (entry.act, entry.role, entry.articles, entry.before, entry.after) == (
        "record_use",
        "agency",
        "17",
        "issued",
        "issued",
    )
    assert json.loads(entry.data) == {
        "programme": USE["programme"], "office": USE["office"], "tie": USE["tie"], "on": "2027-05-10",
    }  # fmt: skip
    assert (case.stage, case.closed_on) == ("issued", ASKED)
    assert Message.objects.filter(person=owner, subject__contains="凭证已使用").count() == 1
    assert list(replay_letters()) == []


@pytest.mark.parametrize("again", ["2027年度市级重点实验室", " ２０２７年度市级 重点实验室 "])
def test_the_same_programme_does_not_use_it_twice(again: str) -> None:
    case = used(issued(title()))

    code, articles, fields = refused(lambda: used(case, programme=again))

    assert (code, articles, set(fields)) == ("invalid", (17,), {"programme"})
    assert Use.objects.count() == 1
    assert used(case, programme="2027年度市级工程技术研究中心").stage == "issued"
    assert list(replay_letters()) == []


def test_the_database_itself_refuses_the_same_programme() -> None:
    used(issued(title()))
    twice = Use.objects.get()
    twice.pk = None
    twice._state.adding = True

    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save(force_insert=True)


@pytest.mark.parametrize(("on", "code"), [(date(2026, 12, 31), "wrong_stage"), (date(2028, 1, 1), "invalid")])
def test_in_no_other_year_is_it_used(on: date, code: str) -> None:
    case = issued(title())

    assert refused(lambda: used(case, on=on, used_on=on))[:2] == (code, (17,))
    assert not Use.objects.exists()


def test_a_use_of_its_last_day_may_be_written_down_afterwards() -> None:
    case = issued(title())

    used(case, on=date(2028, 1, 3), used_on=date(2027, 12, 31))

    assert Use.objects.get().on == date(2027, 12, 31)
    assert list(replay_letters()) == []


def test_on_the_day_the_title_ends_no_use_is_recorded() -> None:
    case = issued(title())
    Title.objects.update(state="revoked", ended_on=USED)

    assert refused(lambda: used(case))[:2] == ("invalid", (17,))
    assert used(case, on=date(2027, 5, 9), used_on=date(2027, 5, 9)).stage == "issued"


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 5, 11)])
def test_a_use_is_of_the_year_and_of_no_day_to_come(day: date) -> None:
    case = issued(title())

    assert refused(lambda: used(case, used_on=day))[0::2] == (
        "invalid",
        {"used_on": "应在2027年1月1日以后，不晚于今天"},
    )


@pytest.mark.parametrize("role", [Role.BUREAU, Role.LEADER, Role.AUDITOR, Role.APPLICANT])
def test_nobody_but_an_agency_records_a_use(role: Role) -> None:
    held = title()
    case = issued(held)
    by = member_of(held.organisation) if role is Role.APPLICANT else make_person(role)

    assert refused(lambda: used(case, by=by))[:2] == ("not_yours", (17,))


def test_an_agency_sees_issued_letters_and_nothing_else() -> None:
    agency, held = make_person(Role.AGENCY), title()
    case, _ = requested(held)
    assert list(visible_to(agency, ASKED)) == []
    assert refused(lambda: used(case, by=agency))[0] == "not_found"

    operations.issue_letter(case, by=make_person(Role.BUREAU), on=ASKED)

    assert list(visible_to(agency, ASKED)) == [case]


def test_a_member_of_the_unit_who_works_for_an_agency_stands_back() -> None:
    held = title()
    case = issued(held)
    both = make_person(Role.AGENCY, organisation=held.organisation)

    assert refused(lambda: used(case, by=both))[:2] == ("not_yours", (17,))


def test_what_was_written_past_the_record_is_named_by_replay() -> None:
    used(issued(title()))
    Use.objects.update(tie="改写")
    Letter.objects.update(holder="改写")

    assert list(replay_letters()) == ["PR-2026-0001 凭证内容与案卷所记不符", "PR-2026-0001 凭证使用登记与案卷所记不符"]


def test_a_letter_that_is_gone_from_its_rows_is_named_by_replay() -> None:
    issued(title())
    Letter.objects.update(issued_on=None, paper=None, uscc="")

    assert list(replay_letters()) == ["PR-2026-0001 案卷记有出具的凭证，现已不存"]


def test_a_letter_stays_void_where_its_title_comes_back() -> None:
    held, heir = title(), make_organisation()
    first, owner = issued(held), held.organisation
    Title.objects.update(organisation=heir)
    issued(Title.objects.select_related("organisation").get())
    Title.objects.update(organisation=owner)
    again = issued(Title.objects.select_related("organisation").get())

    states = [standing(row, USED) for row in Letter.objects.select_related("title__organisation").order_by("pk")]

    assert [row.state for row in states if row] == [LetterState.VOID, LetterState.VOID, LetterState.USABLE]
    assert refused(lambda: used(first))[0] == "wrong_stage"
    found = issued_to(owner.uscc, 2027, USED)
    assert found is not None
    assert found.case == again


def test_a_letter_is_void_for_good_once_a_change_gave_its_title_away() -> None:
    """There and back by two granted changes, though the unit of the letter holds the title again."""
    held = titled()
    owner, heir = held.organisation, make_organisation()
    case = issued(held, LATER)
    for unit in (heir, owner):
        held = Title.objects.select_related("organisation", "authority").get()
        granted(held, holder=unit.name, uscc=unit.uscc, **UNIT)

    letter = letter_of(case)

    assert Title.objects.get().organisation == owner
    stands = standing(letter, USED)
    assert stands is not None
    assert (letter.uscc, stands.state) == (owner.uscc, LetterState.VOID)
    assert refused(lambda: used(case))[:2] == ("wrong_stage", (17,))
    assert [(row.letter, row.why_not) for row in own_letters(member_of(owner), LATER)] == [(None, "")]
    assert list(replay_letters()) == []


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ({"live": False}, "凭证是否有效与案卷所记不符"),
        ({"issued_on": date(2026, 12, 2)}, "凭证内容与案卷所记不符"),
        ({"programmes": "改写"}, "凭证的申请或不予出具与案卷所记不符"),
        ({"requested_on": date(2026, 11, 30)}, "凭证的申请或不予出具与案卷所记不符"),
    ],
)
def test_every_fact_of_a_letter_is_held_against_the_record(written: dict[str, Any], named: str) -> None:
    issued(title())
    Letter.objects.update(**written)

    assert list(replay_letters()) == [f"PR-2026-0001 {named}"]


def test_a_request_sent_twice_from_one_page_is_one_letter() -> None:
    held = title()
    owner = browser(member_of(held.organisation))
    form = {"form_token": "t" * 24}

    with at(ASKED):
        answers = [owner.post(f"/work/priority/letters/{held.number}/", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Letter.objects.count() == 1


def test_who_issues_what_was_just_issued_is_told_and_nothing_of_a_text_is_said() -> None:
    case, _ = requested(title())
    first, second = (browser(make_person(Role.BUREAU), fresh=True) for _ in range(2))
    address = f"/work/cases/{case.number}/acts/issue_letter/"

    with at(ASKED):
        late = hidden_fields(second.get(address))
        issuing = first.post(address, hidden_fields(first.get(address)))
        told = second.post(address, late)

    assert (issuing.status_code, told.status_code) == (302, 409)
    page = told.content.decode()
    assert "这一步现在不能办理</p>" in page
    assert "您填写的内容" not in page


def test_a_second_request_is_shown_the_way_to_the_first() -> None:
    held = title()
    case, owner = requested(held)

    with at(ASKED):
        answer = browser(owner).post(f"/work/priority/letters/{held.number}/", {"form_token": "n" * 24})

    assert answer.status_code == 409
    assert f'href="/work/cases/{case.number}/">打开已有的凭证办件' in answer.content.decode()


def test_another_agency_reads_that_a_letter_was_used_and_not_between_whom() -> None:
    held, own, other = title(), make_person(Role.AGENCY), make_person(Role.AGENCY)
    case = used(issued(held), by=own)
    tie = USE["tie"]

    with at(USED):
        pages = {
            name: browser(person).get(f"/work/cases/{case.number}/?tab=letter").content.decode()
            for name, person in {"own": own, "other": other, "holder": member_of(held.organisation)}.items()
        }
        told = {person: facts(case, person, USED)["uses"][0]["tie"] for person in (own, other)}

    assert {name: (str(tie) in html, str(USE["programme"]) in html) for name, html in pages.items()} == {
        "own": (True, True), "other": (False, True), "holder": (True, True),
    }  # fmt: skip
    assert told == {own: tie, other: None}


def test_of_two_letters_the_one_that_holds_is_told() -> None:
    announced(2)
    one, two = Title.objects.select_related("organisation").order_by("number")
    Title.objects.filter(pk=two.pk).update(organisation=one.organisation)
    cases = [issued(row) for row in Title.objects.select_related("organisation").order_by("number")]
    Title.objects.filter(pk=two.pk).update(state="revoked", ended_on=ASKED)

    found = issued_to(one.organisation.uscc, 2027, USED)

    assert found is not None
    assert found.case == cases[0]


def test_an_agency_reads_which_office_acted_and_no_name() -> None:
    held = title()
    case, agency = used(issued(held)), make_person(Role.AGENCY)
    names = set(Person.objects.values_list("name", flat=True))

    said = [line.who for line in history_of(case, agency, USED)]

    assert [name for name in names for text in said if name and name in text] == []
    assert held.organisation.name in said


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("A计划 2027", "ａ计划2027", True), ("重点实验室", "重点实验室（二）", False), ("（一）", "(一)", True)],
)
def test_names_of_programmes_are_compared_without_width_case_and_spaces(one: str, other: str, same: bool) -> None:
    assert (key_of(one) == key_of(other)) is same


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_at_once")
def test_of_two_uses_in_the_same_programme_at_once_one_wins() -> None:
    case = issued(title())
    people = [make_person(Role.AGENCY), make_person(Role.AGENCY)]

    def use(by: Person) -> str:
        return _told(lambda: used(case, by=by))

    assert sorted(at_once(lambda: use(people[0]), lambda: use(people[1])), key=str) == ["", "invalid"]
    assert Use.objects.count() == 1


def _told(act: Callable[[], object]) -> str:
    """The code of the refusal; empty where it was taken."""
    try:
        act()
    except Refused as caught:
        return caught.refusal.code
    return ""

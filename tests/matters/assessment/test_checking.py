"""A report held against its evidence, line by line: saved, answered, carried over, sealed, and nobody else's."""

import json
import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from makerspace.matters.assessment.models import Checking, Filed, Found, Report
from makerspace.matters.assessment.operations import checking, reporting
from makerspace.matters.assessment.queries.assessments import replay_reports
from makerspace.matters.assessment.queries.checking import alike, carried
from makerspace.matters.assessment.showing import facts
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.kunkefa_2017_55.report_fields import form_fields
from makerspace.regulation.terms import Role
from tests.asking import base_of, browser, refusal_of
from tests.factories import make_person
from tests.matters.assessment import years
from tests.matters.assessment.years import AGREED, ON, STRONG, Staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SAID = {"false_data": False, "stopped": False, "opinion": "与台账、票据和现场一致。"}
SITE = {"found": "site", "text": ""}


@pytest.fixture
def staff() -> Staff:
    """Five people who stand apart."""
    return Staff()


@pytest.fixture
def case(staff: Staff) -> Case:
    """A report that was handed in."""
    return years.filed(years.opened(staff)[0])


def address(case: Case, more: str = "") -> str:
    return f"/work/cases/{case.number}/report/check/{more}"


def sent(case: Case, step: str = "save", **found: str) -> dict[str, object]:
    """A form of the check: by field what was found, a note after a bar."""
    row = Checking.objects.filter(filed__assessment__case=case).last()
    chosen = {code: said.partition("|") for code, said in found.items()}
    return {
        "round": Filed.objects.filter(assessment__case=case).count(), "version": row.version if row else 0, "step": step, "opinion": SAID["opinion"],
        **{f"found-{code}": parts[0] for code, parts in chosen.items()},
        **{f"text-{code}": parts[2] for code, parts in chosen.items()},
    }  # fmt: skip


def chosen(page: str) -> dict[str, str]:
    """Of a page of the check, the lines that stand chosen, and as what."""
    rows = re.findall(r'name="found-(\w+)".*?</select>', page, re.DOTALL)
    selects = re.findall(r'(<select id="f-.*?</select>)', page, re.DOTALL)
    picked = [re.findall(r'value="(\w+)" selected', text) for text in selects]
    return {code: found[0] for code, found in zip(rows, picked, strict=True) if found}


# -- verifying ---------------------------------------------------------------------------------------------------------
def test_a_report_is_verified_once_every_line_agrees(staff: Staff, case: Case) -> None:
    case = checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=AGREED)

    row = Checking.objects.get()
    entry = json.loads(Entry.objects.get(act="verify_report").data)
    assert (case.stage, Filed.objects.get().state) == ("scoring", "verified")
    assert row.lines == dict.fromkeys(STRONG, SITE)
    assert (entry["round"], len(entry["checked"])) == (1, 64)


def test_what_was_not_looked_at_or_differs_is_named_all_at_once(staff: Staff, case: Case) -> None:
    lines = [line for line in AGREED if line["field"] not in {"jobs", "seats"}]
    differs = {"field": "jobs", "found": "differs", "text": "社保名单只有100人"}

    refused = refusal_of(
        lambda: checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=[*lines, differs])
    )

    assert refused.fields == {"seats": "还没有核对", "jobs": "核对为不符，应退回更正；属于虚报、瞒报的，勾选后写明"}
    assert not Checking.objects.exists()
    assert Case.objects.get(pk=case.pk).stage == "district_check"


def test_what_cannot_be_kept_is_named(staff: Staff, case: Case) -> None:
    given = {"nothing": SITE, "jobs": {"found": "maybe", "text": ""}, "seats": {"found": "site", "text": "长" * 201}}

    refused = refusal_of(lambda: checking.save_checking(case, given, by=staff.district, on=ON, round_=1, seen=0))

    assert set(refused.fields) == set(given)
    assert not Checking.objects.exists()


def test_of_two_officers_who_save_one_is_told(staff: Staff, case: Case) -> None:
    second = make_person(Role.DISTRICT, "wuhua")
    checking.save_checking(case, {"jobs": SITE}, by=staff.district, on=ON, round_=1, seen=0)

    refused = refusal_of(lambda: checking.save_checking(case, {"seats": SITE}, by=second, on=ON, round_=1, seen=0))

    assert refused.code == "changed_meanwhile"
    assert Checking.objects.get().lines == {"jobs": SITE}


def test_a_note_without_a_result_is_kept_and_counts_for_nothing(staff: Staff, case: Case) -> None:
    noted = {"jobs": {"found": "", "text": "待电话核实"}}

    checking.save_checking(case, noted, by=staff.district, on=ON, round_=1, seen=0)

    assert Checking.objects.get().lines == noted
    rest = [line for line in AGREED if line["field"] != "jobs"]
    refused = refusal_of(lambda: checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=rest))
    assert refused.fields == {"jobs": "还没有核对"}


@pytest.mark.parametrize(("field", "found"), [("income", "registers"), ("jobs", "registers"), ("jobs", "papers")])
def test_nothing_agrees_with_what_is_not_there(staff: Staff, case: Case, field: str, found: str) -> None:
    Filed.objects.update(registered={"jobs": "119", "seats": "100"}, papers={"running": ["0" * 64]})
    found_right = {"seats": {"found": "registers", "text": ""}, "income": {"found": "papers", "text": ""}}

    refused = refusal_of(
        lambda: checking.save_checking(
            case, {field: {"found": found, "text": ""}}, by=staff.district, on=ON, round_=1, seen=0
        )
    )
    kept = checking.save_checking(case, found_right, by=staff.district, on=ON, round_=1, seen=0)

    assert list(refused.fields) == [field]
    assert kept.lines == found_right


@pytest.mark.parametrize("veto", ["false_data", "stopped"])
def test_what_is_false_or_over_is_verified_as_such_with_the_lines_that_differ(
    staff: Staff, case: Case, veto: str
) -> None:
    lines = [line for line in AGREED if line["field"] != "jobs"]
    differs = {"field": "jobs", "found": "differs", "text": "社保名单只有20人"}
    said = SAID | {veto: True}

    unsaid = refusal_of(
        lambda: checking.verify_report(case, by=staff.district, on=ON, **said, lines=[*lines, differs | {"text": ""}])
    )
    case = checking.verify_report(case, by=staff.district, on=ON, **said, lines=[*lines, differs])

    assert unsaid.fields == {"jobs": "核对为不符，请写明哪里不符"}
    assert (case.stage, Checking.objects.get().lines["jobs"]["found"]) == ("scoring", "differs")


# -- sending back ------------------------------------------------------------------------------------------------------
def test_the_next_round_begins_with_what_agreed_and_is_as_it_was(staff: Staff, case: Case) -> None:
    found = dict.fromkeys(STRONG, SITE) | {"jobs": {"found": "differs", "text": "社保名单只有100人"}}
    checking.save_checking(case, found, by=staff.district, on=ON, round_=1, seen=0)
    lines = [{"field": "jobs", "text": "社保名单只有100人"}]
    checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。")
    years.filed(case, STRONG | {"jobs": Decimal(100), "seats": Decimal(101)})

    page = browser(staff.district).get(address(case))

    open_ = [line.cell.field.code for shown in page.context["groups"] for line in shown.lines if not line.found]
    assert (page.status_code, open_) == (200, ["seats", "jobs"])
    checking.verify_report(
        case, by=staff.district, on=ON, **SAID, lines=[line for line in AGREED if line["field"] in open_]
    )
    assert Filed.objects.filter(state="verified").count() == 1


def test_what_was_sent_back_is_never_carried_as_agreed(staff: Staff, case: Case) -> None:
    checking.save_checking(case, dict.fromkeys(STRONG, SITE), by=staff.district, on=ON, round_=1, seen=0)
    lines = [{"field": "jobs", "text": "与社保名单不符"}]
    checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。")
    years.filed(case)  # with the very same figures

    assert set(STRONG) - set(carried(Filed.objects.get(round=2))) == {"jobs"}


def test_a_line_is_looked_at_again_when_its_evidence_is_another(staff: Staff, case: Case) -> None:
    checking.save_checking(case, dict.fromkeys(STRONG, SITE), by=staff.district, on=ON, round_=1, seen=0)
    lines = [{"field": "jobs", "text": "与社保名单不符"}]
    case = checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。")
    mine, report = years.owner(case), Report.objects.get()
    papers = {"running": [years.file(case, mine)]}
    reporting.save_report(case, {}, {}, by=mine, on=ON, seen=report.version, papers=papers)
    reporting.file_report(case, by=mine, on=ON, commitment=True)

    again = set(STRONG) - set(carried(Filed.objects.get(round=2)))

    assert again == {"jobs", *(row.code for row in form_fields("running"))}


def test_a_page_of_the_round_before_verifies_nothing(staff: Staff, case: Case) -> None:
    page, second = browser(staff.district), make_person(Role.DISTRICT, "wuhua")
    stale = sent(case, "verify", **dict.fromkeys(STRONG, "site"))
    lines = [{"field": "jobs", "text": "与社保名单不符"}]
    checking.return_report(case, by=second, on=ON, lines=lines, reason="请更正。")
    years.filed(case, STRONG | {"jobs": Decimal(110)})

    answer = page.post(address(case), stale)

    assert (answer.status_code, Case.objects.get(pk=case.pk).stage) == (412, "district_check")
    assert "现在待核对的是第2次提交的报告" in answer.content.decode()


def test_the_bureau_sends_back_in_place_of_a_silent_district(staff: Staff, case: Case) -> None:
    due = Case.objects.get(pk=case.pk).due_on
    assert due is not None
    told = {"lines": [{"field": "jobs", "text": "与社保名单不符"}], "reason": "请更正。"}
    early = refusal_of(lambda: checking.return_overdue(case, by=staff.bureau, on=due, **told))

    back = checking.return_overdue(case, by=staff.bureau, on=due + timedelta(1), **told)

    assert (early.code, back.stage, Filed.objects.get().checked_by) == ("wrong_stage", "reporting", staff.bureau)


def test_every_line_may_go_back_at_once(staff: Staff, case: Case) -> None:
    page = browser(staff.district)

    answer = page.post(address(case), sent(case, "return", **dict.fromkeys(STRONG, "differs|没有任何证明")))

    assert (answer.status_code, len(Filed.objects.get().lines)) == (302, len(STRONG))


# -- the record --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tampered", ["line", "figure", "evidence"])
def test_whatever_is_changed_afterwards_does_not_replay(staff: Staff, case: Case, tampered: str) -> None:
    checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=AGREED)
    call_command("replay", stdout=StringIO())
    row, filed = Checking.objects.get(), Filed.objects.get()

    if tampered == "line":
        Checking.objects.update(lines=row.lines | {"jobs": {"found": "accounts", "text": ""}})
    elif tampered == "figure":
        Filed.objects.update(values=filed.values | {"jobs": "500"})
    else:
        Filed.objects.update(papers={"running": ["0" * 64]})

    with pytest.raises((SystemExit, CommandError)):
        call_command("replay", stdout=StringIO(), stderr=StringIO())


def test_the_marks_of_a_report_that_went_back_are_sealed_too(staff: Staff, case: Case) -> None:
    checking.save_checking(case, {"seats": SITE}, by=staff.district, on=ON, round_=1, seen=0)
    lines = [{"field": "jobs", "text": "与社保名单不符"}]
    checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。")
    assert list(replay_reports()) == []

    Checking.objects.update(lines={})

    assert list(replay_reports(case)) == [f"{case.number} 第1次年度报告的逐项核对与案卷所记摘要不符"]


# -- the page ----------------------------------------------------------------------------------------------------------
def test_an_officer_saves_marks_what_the_registers_say_and_verifies(staff: Staff, case: Case) -> None:
    Filed.objects.update(registered={"jobs": "120", "seats": "90"})
    page, all_open = browser(staff.district), dict.fromkeys(STRONG, "")

    shown = page.get(address(case)).content.decode()
    saved = page.post(address(case), sent(case, staff="site|现场点名"))
    marked = page.post(address(case), sent(case, "alike", **all_open | {"staff": "site|现场点名"}))
    lines = Checking.objects.get().lines
    early = page.post(address(case), sent(case, "verify", jobs="registers"))
    whole = dict.fromkeys(STRONG, "accounts")
    done = page.post(address(case), sent(case, "verify", **whole))

    assert "把与登记册相同的1项标为" in shown
    assert (saved.status_code, marked.status_code) == (302, 302)
    assert lines == {"jobs": {"found": "registers", "text": ""}, "staff": {"found": "site", "text": "现场点名"}}
    assert early.status_code == 422
    assert "项没有核对" in early.content.decode()
    assert (done.status_code, Case.objects.get(pk=case.pk).stage) == (302, "scoring")
    told = page.get(f"/work/cases/{case.number}/?tab=report").content.decode()
    assert told.count("与财务资料一致") == len(STRONG)
    assert "现场点名" not in told  # the last choice replaced it


def test_sending_back_takes_the_lines_that_differ_with_their_words(staff: Staff, case: Case) -> None:
    page = browser(staff.district)

    none = page.post(address(case), sent(case, "return", jobs="site"))
    unsaid = page.post(address(case), sent(case, "return", jobs="differs"))
    done = page.post(address(case), sent(case, "return", jobs="differs|社保名单只有100人", seats="site"))

    assert "请先把需要更正的数据标为“不符”" in none.content.decode()
    assert '<a href="#f-jobs">初创企业吸纳就业人数：请写明哪里不符' in unsaid.content.decode()
    assert (none.status_code, unsaid.status_code, done.status_code) == (422, 422, 302)
    assert Filed.objects.get().lines == [{"field": "jobs", "text": "社保名单只有100人"}]
    own = browser(years.owner(case)).get(f"/work/cases/{case.number}/?tab=report").content.decode()
    assert "社保名单只有100人" in own


def test_all_that_keeps_it_from_being_verified_or_sent_back_is_named_at_once(staff: Staff, case: Case) -> None:
    page, mute = browser(staff.district), {"opinion": ""}

    verified = page.post(address(case), sent(case, "verify", seats="site") | mute).content.decode()
    returned = page.post(address(case), sent(case, "return", jobs="differs", seats="site") | mute).content.decode()

    errors = [re.findall(r'class="k-errors".*?</div>', text, re.DOTALL)[0] for text in (verified, returned)]
    assert '<a href="#opinion">请填写总的意见</a>' in errors[0]
    assert "人员：还有11项没有核对" in errors[0]
    assert errors[1].count("<li>") == 2
    assert '<a href="#opinion">请填写总的意见</a>' in errors[1]
    assert '<a href="#f-jobs">初创企业吸纳就业人数：请写明哪里不符' in errors[1]
    assert " data-amiss" not in verified  # everything chosen was saved


def test_of_two_who_check_one_report_neither_undoes_the_other(staff: Staff, case: Case) -> None:
    page = browser(staff.district)
    page.post(address(case), sent(case, seats="site", jobs="site", staff="site"))
    base = base_of(page.get(address(case)).content.decode())
    stale = sent(case, seats="site", jobs="differs|名单只有20人", staff="accounts") | {
        "base": base,
        "opinion": "我的意见",
    }
    page.post(
        address(case), sent(case, seats="accounts|见合同", jobs="accounts", mentors="site") | {"opinion": "对方的意见"}
    )

    told = page.post(address(case), stale).content.decode()

    assert re.findall("对方保存为：([^<]*)<", told) == ["与财务资料一致", "对方的意见"]
    assert "有2处两人都改过" in told
    assert "我的意见</textarea>" in told
    assert chosen(told) == {"seats": "accounts", "jobs": "differs", "staff": "accounts", "mentors": "site"}
    assert " data-amiss" in told
    assert Checking.objects.get().lines["jobs"] == {"found": "accounts", "text": ""}


def test_marks_upon_an_earlier_report_do_not_lie_over_the_next(staff: Staff, case: Case) -> None:
    page = browser(staff.district)
    stale = sent(case, jobs="site", seats="site") | {"opinion": "现场已看"}
    lines = [{"field": "jobs", "text": "与社保名单不符"}]
    checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。")
    reporting.file_report(Case.objects.get(pk=case.pk), by=years.owner(case), on=ON, commitment=True)

    told = page.post(address(case), stale).content.decode()

    assert "您在上一份报告上选的没有带过来" in told
    assert "现场已看</textarea>" in told
    assert chosen(told) == {}


def test_it_is_saved_by_itself_and_a_stale_window_is_told(staff: Staff, case: Case) -> None:
    page, form = browser(staff.district), sent(case, jobs="site")

    first = page.post(address(case, "autosave/"), form, headers={"X-Requested-By": "script"})
    again = page.post(address(case, "autosave/"), form, headers={"X-Requested-By": "script"})

    assert (first.status_code, first.json()) == (200, {"version": 1})
    assert (again.status_code, again.json()["code"]) == (412, "changed_meanwhile")


def test_while_it_is_checked_only_the_officers_read_what_was_found(staff: Staff, case: Case) -> None:
    checking.save_checking(
        case, {"jobs": {"found": "site", "text": "疑似虚报"}}, by=staff.district, on=ON, round_=1, seen=0
    )

    own = browser(years.owner(case)).get(f"/work/cases/{case.number}/?tab=report").content.decode()

    assert "疑似虚报" in browser(staff.district).get(address(case)).content.decode()
    assert "疑似虚报" not in own
    assert browser(years.owner(case)).get(address(case)).status_code == 403


def test_others_are_refused_in_the_usual_order(staff: Staff, case: Case) -> None:
    other = make_person(Role.DISTRICT, "panlong")

    with clock.pretending(datetime.combine(ON, time(12), clock.KUNMING)):
        found = [browser(person).get(address(case)).status_code for person in (other, staff.leader, staff.bureau)]

    assert found == [404, 403, 409]  # the bureau's turn comes once the district's term is over
    assert browser(staff.other).get(address(case)).status_code == 200  # much later
    assert browser(staff.district).post(address(case), sent(case, jobs="site")).status_code == 302
    checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=AGREED)
    assert browser(staff.district).get(address(case)).status_code == 409


def test_what_is_said_of_the_whole_is_kept_until_it_is_answered(staff: Staff, case: Case) -> None:
    page = browser(staff.district)

    page.post(address(case), sent(case) | {"opinion": "尚缺社保名单", "stopped": "on"})
    again = page.get(address(case)).content.decode()

    assert "尚缺社保名单</textarea>" in again
    assert re.findall(r'name="(false_data|stopped)" value="on" checked', again) == ["stopped"]


def test_on_a_clash_a_colleagues_marks_stay_beside_ones_own(staff: Staff, case: Case) -> None:
    page = browser(staff.district)
    mine = sent(case, **dict.fromkeys(STRONG, "") | {"seats": "accounts"})
    checking.save_checking(case, {"jobs": SITE}, by=make_person(Role.DISTRICT, "wuhua"), on=ON, round_=1, seen=0)

    answer = page.post(address(case), mine)

    found = {line.cell.field.code: line.found for shown in answer.context["groups"] for line in shown.lines}
    assert (answer.status_code, found["jobs"], found["seats"]) == (412, "site", "accounts")


def test_a_sign_that_cannot_be_kept_does_no_harm(staff: Staff, case: Case) -> None:
    answer = browser(staff.district).post(address(case), sent(case, jobs="site|现场\x00点名"))

    assert (answer.status_code, Checking.objects.get().lines["jobs"]["text"]) == (302, "现场点名")


def test_a_note_on_an_open_line_reaches_nobody_else(staff: Staff, case: Case) -> None:
    noted = {"seats": {"found": "", "text": "疑似虚报，待核"}, "staff": SITE}
    checking.save_checking(case, noted, by=staff.district, on=ON, round_=1, seen=0)
    lines = [{"field": "jobs", "text": "与社保名单不符"}]
    checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。")

    told = facts(Case.objects.get(pk=case.pk), years.owner(case), ON)

    assert told["checked"] == {"staff": SITE, "jobs": {"found": "differs", "text": "与社保名单不符"}}


def test_alike_is_what_the_registers_count_just_so() -> None:
    assert alike({"jobs": "120", "seats": "9", "ip": "0"}, {"jobs": "120", "seats": "10"}) == ["jobs"]
    assert {value for value, _ in Found.choices} >= {"registers", "papers", "accounts", "site", "differs"}

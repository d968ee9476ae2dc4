"""A report held against its evidence, line by line: saved, answered, carried over, sealed, and nobody else's."""

import json
from datetime import datetime, time
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from makerspace.matters.assessment.models import Checking, Filed, Found
from makerspace.matters.assessment.operations import checking
from makerspace.matters.assessment.queries.checking import alike
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.asking import browser, refusal_of
from tests.factories import make_person
from tests.matters.assessment import years
from tests.matters.assessment.years import AGREED, ON, STRONG, Staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SAID = {"false_data": False, "stopped": False, "opinion": "与台账、票据和现场一致。"}
PAPERS = {"found": "papers", "text": ""}


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
        "version": row.version if row else 0, "step": step, "opinion": SAID["opinion"],
        **{f"found-{code}": parts[0] for code, parts in chosen.items()},
        **{f"text-{code}": parts[2] for code, parts in chosen.items()},
    }  # fmt: skip


# -- verifying ---------------------------------------------------------------------------------------------------------
def test_a_report_is_verified_once_every_line_agrees(staff: Staff, case: Case) -> None:
    case = checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=AGREED)

    row = Checking.objects.get()
    entry = json.loads(Entry.objects.get(act="verify_report").data)
    assert (case.stage, Filed.objects.get().state) == ("scoring", "verified")
    assert row.lines == dict.fromkeys(STRONG, PAPERS)
    assert (entry["round"], len(entry["checked"])) == (1, 64)


def test_what_was_not_looked_at_or_differs_is_named_all_at_once(staff: Staff, case: Case) -> None:
    lines = [line for line in AGREED if line["field"] not in {"jobs", "seats"}]
    differs = {"field": "jobs", "found": "differs", "text": "社保名单只有100人"}

    refused = refusal_of(
        lambda: checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=[*lines, differs])
    )

    assert refused.fields == {"seats": "还没有核对", "jobs": "核对为不符，应退回更正"}
    assert not Checking.objects.exists()
    assert Case.objects.get(pk=case.pk).stage == "district_check"


def test_what_cannot_be_kept_is_named(staff: Staff, case: Case) -> None:
    given = {"nothing": PAPERS, "jobs": {"found": "maybe", "text": ""}, "seats": {"found": "site", "text": "长" * 201}}

    refused = refusal_of(lambda: checking.save_checking(case, given, by=staff.district, on=ON, seen=0))

    assert set(refused.fields) == set(given)
    assert not Checking.objects.exists()


def test_of_two_officers_who_save_one_is_told(staff: Staff, case: Case) -> None:
    second = make_person(Role.DISTRICT, "wuhua")
    checking.save_checking(case, {"jobs": PAPERS}, by=staff.district, on=ON, seen=0)

    refused = refusal_of(lambda: checking.save_checking(case, {"seats": PAPERS}, by=second, on=ON, seen=0))

    assert refused.code == "changed_meanwhile"
    assert Checking.objects.get().lines == {"jobs": PAPERS}


def test_a_note_without_a_result_is_kept_and_counts_for_nothing(staff: Staff, case: Case) -> None:
    noted = {"jobs": {"found": "", "text": "待电话核实"}}

    checking.save_checking(case, noted, by=staff.district, on=ON, seen=0)

    assert Checking.objects.get().lines == noted
    rest = [line for line in AGREED if line["field"] != "jobs"]
    refused = refusal_of(lambda: checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=rest))
    assert refused.fields == {"jobs": "还没有核对"}


# -- sending back ------------------------------------------------------------------------------------------------------
def test_the_next_round_begins_with_what_agreed_and_is_as_it_was(staff: Staff, case: Case) -> None:
    found = dict.fromkeys(STRONG, PAPERS) | {"jobs": {"found": "differs", "text": "社保名单只有100人"}}
    checking.save_checking(case, found, by=staff.district, on=ON, seen=0)
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


# -- the record --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tampered", ["line", "figure", "evidence"])
def test_whatever_is_changed_afterwards_does_not_replay(staff: Staff, case: Case, tampered: str) -> None:
    checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=AGREED)
    call_command("replay", stdout=StringIO())
    row, filed = Checking.objects.get(), Filed.objects.get()

    if tampered == "line":
        Checking.objects.update(lines=row.lines | {"jobs": {"found": "site", "text": ""}})
    elif tampered == "figure":
        Filed.objects.update(values=filed.values | {"jobs": "500"})
    else:
        Filed.objects.update(papers={"running": ["0" * 64]})

    with pytest.raises((SystemExit, CommandError)):
        call_command("replay", stdout=StringIO(), stderr=StringIO())


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

    none = page.post(address(case), sent(case, "return", jobs="papers"))
    unsaid = page.post(address(case), sent(case, "return", jobs="differs"))
    done = page.post(address(case), sent(case, "return", jobs="differs|社保名单只有100人", seats="site"))

    assert "请先把需要更正的数据标为“不符”" in none.content.decode()
    assert '<a href="#f-jobs">初创企业吸纳就业人数：请写明哪里不符' in unsaid.content.decode()
    assert (none.status_code, unsaid.status_code, done.status_code) == (422, 422, 302)
    assert Filed.objects.get().lines == [{"field": "jobs", "text": "社保名单只有100人"}]
    own = browser(years.owner(case)).get(f"/work/cases/{case.number}/?tab=report").content.decode()
    assert "社保名单只有100人" in own


def test_it_is_saved_by_itself_and_a_stale_window_is_told(staff: Staff, case: Case) -> None:
    page, form = browser(staff.district), sent(case, jobs="papers")

    first = page.post(address(case, "autosave/"), form, headers={"X-Requested-By": "script"})
    again = page.post(address(case, "autosave/"), form, headers={"X-Requested-By": "script"})

    assert (first.status_code, first.json()) == (200, {"version": 1})
    assert (again.status_code, again.json()["code"]) == (412, "changed_meanwhile")


def test_while_it_is_checked_only_the_officers_read_what_was_found(staff: Staff, case: Case) -> None:
    checking.save_checking(case, {"jobs": {"found": "site", "text": "疑似虚报"}}, by=staff.district, on=ON, seen=0)

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
    assert browser(staff.district).post(address(case), sent(case, jobs="papers")).status_code == 302
    checking.verify_report(case, by=staff.district, on=ON, **SAID, lines=AGREED)
    assert browser(staff.district).get(address(case)).status_code == 409


def test_alike_is_what_the_registers_count_just_so() -> None:
    assert alike({"jobs": "120", "seats": "9", "ip": "0"}, {"jobs": "120", "seats": "10"}) == ["jobs"]
    assert {value for value, _ in Found.choices} >= {"registers", "papers", "accounts", "site", "differs"}

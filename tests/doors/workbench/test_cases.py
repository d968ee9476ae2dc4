"""The list of cases and the case on one page: who sees what, at what cost."""

import csv
import io
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from makerspace.doors.workbench.papers import papers_for
from makerspace.matters.application import operations
from makerspace.matters.application.models import Application, Material, Submission
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, assign, describe, open_case
from makerspace.office.documents.queries import current_paper
from makerspace.office.people.models import Authority, Organisation, Person
from makerspace.regulation.terms import Role
from tests.doors.workbench.conftest import SignIn
from tests.factories import (
    DAY,
    REGULATION,
    draft_case,
    make_expert,
    make_organisation,
    make_pdf,
    make_person,
    member_of,
    submitted_case,
)

LIST = "/work/cases/"
EXPORT = "/work/cases/export.csv"


def bare_case(
    subject: str = "滇池众创空间", *, stage: str = "district_review", place: str = "wuhua", **fields: object
) -> Case:
    """A row of the list, without anything behind it."""
    organisation = fields.pop("organisation", None) or make_organisation()
    assert isinstance(organisation, Organisation)
    where = Authority.objects.get(code=place)
    case = open_case(
        "recognition", regulation=REGULATION, organisation=organisation, authority=where, on=DAY,
        by=Role.APPLICANT, subject=subject, category="comprehensive",
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(stage=stage, filed_on=None if stage == "draft" else DAY, **fields)
    case.refresh_from_db()
    return case


def numbers_on(client: Client, address: str) -> set[str]:
    text = client.get(address).content.decode()
    return {number for number in Case.objects.values_list("number", flat=True) if f"/work/cases/{number}/" in text}


# -- the list ----------------------------------------------------------------------------------------------------------
def test_each_role_is_listed_its_own_cases_only(sign_in: SignIn) -> None:
    own, other = make_organisation(), make_organisation()
    wuhua, panlong = bare_case(organisation=own), bare_case(place="panlong", organisation=other)
    seated = make_expert()
    assign(panlong, [seated], "panel", on=DAY)

    seen = {
        name: numbers_on(sign_in(person), LIST)
        for name, person in {
            "applicant": make_person(organisation=own),
            "district": make_person(Role.DISTRICT, "wuhua"),
            "bureau": make_person(Role.BUREAU),
            "expert": seated,
            "other expert": make_expert(),
            "system admin": make_person(Role.SYSTEM_ADMIN),
        }.items()
    }

    assert seen == {
        "applicant": {wuhua.number},
        "district": {wuhua.number},
        "bureau": {wuhua.number, panlong.number},
        "expert": {panlong.number},
        "other expert": set(),
        "system admin": set(),
    }


def test_drafts_of_others_are_listed_only_when_asked_for(sign_in: SignIn) -> None:
    draft = bare_case(stage="draft")
    bureau = sign_in(make_person(Role.BUREAU))

    assert numbers_on(bureau, LIST) == set()
    assert numbers_on(bureau, LIST + "?stage=draft") == {draft.number}
    assert numbers_on(sign_in(member_of(draft.organisation)), LIST) == {draft.number}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"甲空间", "乙空间", "丙空间"}),
        ("?stage=city_review", {"乙空间"}),
        ("?authority=panlong", {"丙空间"}),
        ("?due=overdue", {"甲空间"}),
        ("?due=soon", {"乙空间"}),
        ("?due=week", {"乙空间", "丙空间"}),
        ("?mine=1", {"乙空间"}),
        ("?q=丙", {"丙空间"}),
        ("?category=technical", set()),
        ("?stage=city_review&authority=panlong", set()),
        ("?stage=nonsense&authority=%27&due=x&sort=password&page=999999&size=3", {"甲空间", "乙空间", "丙空间"}),
    ],
)
def test_the_address_filters_the_list(sign_in: SignIn, query: str, expected: set[str]) -> None:
    bare_case("甲空间", due_on=DAY - timedelta(days=1))
    bare_case("乙空间", stage="city_review", due_on=DAY + timedelta(days=2))
    bare_case("丙空间", place="panlong", due_on=DAY + timedelta(days=6))
    bureau = sign_in(make_person(Role.BUREAU))

    listing = bureau.get(LIST + query).context["listing"]

    assert {case.subject for case in listing.rows} == expected
    assert listing.count == len(expected)


@pytest.mark.both
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ax-Lab", "Ax-Lab空间"),
        ("AX-LAB", "Ax-Lab空间"),
        ("Ｂ", "ｂ空间"),
        ("100%", "100%A_空间"),
        ("a_", "100%A_空间"),
    ],
)
def test_what_is_searched_is_found_in_either_case_and_stands_for_itself(sign_in: SignIn, typed: str, name: str) -> None:
    found = {each: bare_case(each).number for each in ("Ax-Lab空间", "ｂ空间", "100%A_空间", "1000空间")}

    assert numbers_on(sign_in(make_person(Role.BUREAU)), f"{LIST}?{urlencode({'q': typed})}") == {found[name]}


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("due", ["早", "晚", "无"]),
        ("-due", ["晚", "早", "无"]),
        ("opened", ["晚", "无", "早"]),
        ("-opened", ["早", "无", "晚"]),
    ],
)
def test_cases_without_a_last_day_stand_last(sign_in: SignIn, sort: str, expected: list[str]) -> None:
    bare_case("晚", due_on=DAY + timedelta(days=9))
    bare_case("无")
    bare_case("早", due_on=DAY)
    bureau = sign_in(make_person(Role.BUREAU))

    response = bureau.get(f"{LIST}?sort={sort}")

    assert [case.subject for case in response.context["listing"].rows] == expected
    if sort.endswith("due"):
        assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in response.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_for_one_row_and_for_thirty(
    sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        bare_case()
    bureau = sign_in(make_person(Role.BUREAU))
    bureau.get(LIST)  # the first page of a session also writes when it began

    with django_assert_num_queries(7):
        bureau.get(LIST)


# -- the export --------------------------------------------------------------------------------------------------------
def test_the_export_is_exactly_the_list(sign_in: SignIn) -> None:
    for number in range(60):
        bare_case(f"空间{number:02d}", place="wuhua" if number % 2 else "panlong")
    bureau = sign_in(make_person(Role.BUREAU))

    content = bureau.get(EXPORT + "?authority=wuhua&sort=name").content.decode("utf-8")

    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert content.startswith("\ufeff")
    assert [row[1] for row in rows[1:]] == [f"空间{number:02d}" for number in range(1, 60, 2)]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "　=1+1", " \t=1+1", "\t1", "＠x"])
def test_no_cell_of_the_export_is_a_formula(sign_in: SignIn, evil: str) -> None:
    case = bare_case()
    Case.objects.filter(pk=case.pk).update(subject=evil)
    bureau = sign_in(make_person(Role.BUREAU))

    rows = list(csv.reader(io.StringIO(bureau.get(EXPORT).content.decode("utf-8-sig"))))

    assert rows[1][1] == f"'{evil}"


def test_the_export_holds_only_what_one_may_see(sign_in: SignIn) -> None:
    bare_case("五华的"), bare_case("盘龙的", place="panlong")
    district = sign_in(make_person(Role.DISTRICT, "panlong"))

    content = district.get(EXPORT).content.decode()

    assert "盘龙的" in content
    assert "五华的" not in content


# -- the case ----------------------------------------------------------------------------------------------------------
TABS = ("facts", "conditions", "materials", "visit", "panel", "history", "papers")


@pytest.mark.parametrize("tab", [*TABS, "nonsense"])
def test_every_tab_opens_within_its_budget(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries, tab: str
) -> None:
    case = submitted_case()
    district = sign_in(make_person(Role.DISTRICT, "wuhua"))
    district.get("/work/")  # the first page of a session also writes when it began

    with django_assert_max_num_queries(15):
        response = district.get(f"{LIST}{case.number}/?tab={tab}")

    assert response.status_code == 200
    assert case.subject in response.content.decode()


def test_the_page_tells_stage_holder_acts_and_reasons(sign_in: SignIn) -> None:
    case = submitted_case()
    district = sign_in(make_person(Role.DISTRICT, "wuhua"))

    response = district.get(f"{LIST}{case.number}/")

    panel, steps = response.context["panel"], response.context["steps"]
    assert [step.label for step in steps if step.state == "now"] == ["区县初审与查验"]
    assert [step.state for step in steps][:3] == ["done", "now", "todo"]
    assert "出具补正通知" in [action.label for action in panel.mine]
    assert [action.label for action in panel.later if "查验" in action.reason] == ["推荐上报"]
    assert {action.label for action in panel.others} >= {"撤回申报"}
    assert "五华区科技主管部门" in response.content.decode()


def test_a_case_that_ended_early_shows_its_end_and_no_way_on(sign_in: SignIn) -> None:
    draft = draft_case()
    case = operations.withdraw(draft, by=member_of(draft.organisation), on=DAY, reason="改期申报")

    response = sign_in(member_of(case.organisation)).get(f"{LIST}{case.number}/")

    steps = response.context["steps"]
    assert [(step.label, step.state) for step in steps] == [("填报中", "done"), ("已撤回", "end")]
    assert response.context["panel"].mine == []


def test_an_officer_sees_that_a_draft_exists_but_not_what_is_in_it(sign_in: SignIn) -> None:
    case = draft_case()
    leak = case.application.dossier["operator"]["legal_representative"]

    officer = sign_in(make_person(Role.BUREAU)).get(f"{LIST}{case.number}/?tab=facts").content.decode()
    owner = sign_in(member_of(case.organisation)).get(f"{LIST}{case.number}/?tab=facts").content.decode()

    assert leak not in officer
    assert "申报单位尚未提交" in officer
    assert leak in owner


def test_an_expert_reads_a_stub_before_declaring_and_the_file_after(sign_in: SignIn) -> None:
    case = submitted_case()
    expert = make_expert()
    (seat,) = assign(case, [expert], "panel", on=DAY, cleared=False)
    leak = case.application.dossier["tenants"][0]["name"]

    before = sign_in(expert).get(f"{LIST}{case.number}/?tab=facts").content.decode()
    seat.cleared = True
    seat.save()
    after = sign_in(expert).get(f"{LIST}{case.number}/?tab=facts").content.decode()

    assert leak not in before
    assert "没有利害关系" in before
    assert leak in after


def test_a_contact_is_masked_for_experts_and_auditors(sign_in: SignIn) -> None:
    case = submitted_case()
    expert = make_expert()
    assign(case, [expert], "panel", on=DAY)
    phone = case.application.dossier["operator"]["contact_phone"]

    pages = {
        name: sign_in(person).get(f"{LIST}{case.number}/?tab=facts").content.decode()
        for name, person in {
            "expert": expert,
            "auditor": make_person(Role.AUDITOR),
            "district": make_person(Role.DISTRICT, "wuhua"),
        }.items()
    }

    assert {name: phone in text for name, text in pages.items()} == {
        "expert": False,
        "auditor": False,
        "district": True,
    }


def test_a_print_set_is_kept_from_those_who_do_not_deal_with_the_applicant(sign_in: SignIn) -> None:
    case = submitted_case()
    expert = make_expert()
    assign(case, [expert], "panel", on=DAY)
    printed = current_paper(case.number, "print_set")
    assert printed is not None
    assert case.application.dossier["operator"]["contact_phone"] in json.dumps(printed.data)
    people = {
        "expert": expert,
        "auditor": make_person(Role.AUDITOR),
        "other": make_person(Role.DISTRICT, "panlong"),
        "district": make_person(Role.DISTRICT, "wuhua"),
        "bureau": make_person(Role.BUREAU),
        "owner": member_of(case.organisation),
    }

    fetched = {
        name: sign_in(person).get(f"/work/papers/{printed.code}/").status_code for name, person in people.items()
    }
    listed = {name: printed in papers_for(person, case, DAY) for name, person in people.items() if name != "other"}

    assert fetched == {"expert": 404, "auditor": 404, "other": 404, "district": 202, "bureau": 202, "owner": 202}
    assert listed == {"expert": False, "auditor": False, "district": True, "bureau": True, "owner": True}


# -- a correction that is being made -----------------------------------------------------------------------------------
def test_what_is_being_corrected_is_read_by_the_applicant_alone(sign_in: SignIn) -> None:
    case = submitted_case()
    owner, district = member_of(case.organisation), make_person(Role.DISTRICT, "wuhua")
    evidence = case.materials.get(kind="evidence")
    page = f"{LIST}{case.number}/"
    before = sign_in(district).get(f"{page}?tab=materials").context["files"][0]
    case = advance(case, "request_correction", by=district, on=DAY)
    targets = ("premises", "makerspace", "7.1.area")
    operations.open_correction(case, [{"target": target, "text": "补"} for target in targets], DAY, on=DAY)
    _correct(case, owner)
    added = operations.attach(
        case, ContentFile(make_pdf()), "新证明.pdf", kind="evidence", conditions=["7.1.area"], by=owner, on=DAY
    )

    for person in (district, make_person(Role.BUREAU), make_person(Role.AUDITOR)):
        client = sign_in(person)
        facts = client.get(page).content.decode()
        materials = client.get(f"{page}?tab=materials").context["files"]
        conditions = client.get(f"{page}?tab=conditions").context
        assert "尚未提交的名称" not in facts
        assert "尚未提交的名称" not in client.get(LIST).content.decode()
        assert conditions["findings"] == Submission.objects.get().findings
        assert before in materials
        assert added.name not in {row.name for row in materials}
        assert _fetched(client, case, added) == 404
        assert _fetched(client, case, evidence) == 200
    client = sign_in(owner)
    assert "尚未提交的名称" in client.get(page).content.decode()
    assert added.name in {row.name for row in client.get(f"{page}?tab=materials").context["files"]}
    assert _fetched(client, case, added) == 200


def test_what_was_corrected_is_read_by_all_once_it_is_handed_in(sign_in: SignIn) -> None:
    case = submitted_case()
    owner, district = member_of(case.organisation), make_person(Role.DISTRICT, "wuhua")
    case = advance(case, "request_correction", by=district, on=DAY)
    operations.open_correction(
        case, [{"target": each, "text": "补"} for each in ("premises", "makerspace")], DAY, on=DAY
    )
    _correct(case, owner)
    case = operations.resubmit(case, by=owner, on=DAY, commitment=True, confirm_not_met=True)

    client = sign_in(district)
    facts = client.get(f"{LIST}{case.number}/").content.decode()

    assert case.subject == "尚未提交的名称"
    assert facts.count("尚未提交的名称") >= 2
    assert "尚未提交的名称" in client.get(LIST).content.decode()


def _correct(case: Case, owner: Person) -> None:
    """Another name, and a room that is too small."""
    application = Application.objects.get(case=case)
    dossier = application.dossier
    dossier["makerspace"]["name"] = "尚未提交的名称"
    dossier["premises"][0]["area_m2"] = 12.0
    operations.save_dossier(case, dossier, by=owner, on=DAY, seen_version=application.version)


def _fetched(client: Client, case: Case, material: Material) -> int:
    answer = client.get(reverse("application_material", args=[case.number, material.pk]))
    answer.close()
    return answer.status_code


@pytest.mark.parametrize("role", [Role.DISTRICT, Role.EXPERT, Role.SYSTEM_ADMIN, Role.AGENCY, Role.APPLICANT])
def test_who_may_not_see_a_case_gets_the_same_answer_as_for_none(sign_in: SignIn, role: Role) -> None:
    case = bare_case()
    person = make_person(role, "panlong") if role is Role.DISTRICT else make_person(role)
    client = sign_in(person)

    there, nowhere = client.get(f"{LIST}{case.number}/"), client.get(f"{LIST}{'KM-2026-9999'}/")

    assert there.status_code == nowhere.status_code == 404
    assert len(there.content) == len(nowhere.content)


def test_an_unfiled_case_of_many_acts_costs_no_more(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = bare_case(stage="decision")
    describe(case, subject=case.subject, category=case.category, authority=case.authority)
    leader = sign_in(make_person(Role.LEADER))
    leader.get("/work/")

    with django_assert_max_num_queries(15):
        leader.get(f"{LIST}{case.number}/?tab=history")

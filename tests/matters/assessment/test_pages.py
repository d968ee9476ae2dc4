"""The pages of an assessment: the report, its tabs, the year; and the same through the API."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from makerspace.matters.assessment.models import Assessment, Filed, Report
from makerspace.matters.assessment.operations import checking, reporting
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.attachments import NOT_UPLOADED, attach
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.people.models import Person
from makerspace.office.people.tokens import issue
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS
from makerspace.regulation.terms import Role
from tests.asking import base_of, browser, refusal_of
from tests.factories import make_pdf, make_person
from tests.matters.assessment import years
from tests.matters.assessment.years import STRONG, YEAR, Staff
from tests.matters.recognition.test_changes import filed as filed_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Staff:
    """Five people who stand apart."""
    return Staff()


def sent(**values: object) -> dict[str, object]:
    """A form of the report."""
    version = Report.objects.get().version
    return {"version": version, "head": "李云", **{f"figure-{code}": str(value) for code, value in values.items()}}


def status(person: Person, address: str) -> int:
    """How a file is answered, once it is closed again."""
    answer = browser(person).get(address)
    answer.close()
    return answer.status_code


def test_the_report_is_saved_as_far_as_it_is(staff: Staff) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"

    assert "工位数" in page.get(address).content.decode()
    assert page.post(address, sent(seats="1,200", jobs="")).status_code == 302
    assert Report.objects.get().values["seats"] == "1200"


def test_what_is_no_number_stays_on_the_page(staff: Staff) -> None:
    case = years.opened(staff)[0]

    answer = browser(years.owner(case)).post(f"/work/cases/{case.number}/report/", sent(seats="约20", jobs="3"))

    assert answer.status_code == 422
    assert "约20" in answer.content.decode()
    assert "应填数字" in answer.content.decode()
    assert "需要更正的没有保存，其余已保存" in answer.content.decode()
    assert Report.objects.get().values == {"jobs": "3"}


def test_what_cannot_stand_keeps_nothing_else_from_being_saved(staff: Staff) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"
    page.post(address, sent(seats="120", jobs="3"))
    unfit = sent(seats="-1", jobs="4", staff="1.5") | {"why-list:jobs": "长" * 501, "head": "名" * 101}

    by_itself = page.post(f"{address}autosave/", unfit, headers={"X-Requested-By": "script"})
    answer = page.post(address, sent(seats="-1", jobs="5") | {"step": "file", "commitment": "on"})

    told, report = by_itself.json(), Report.objects.get()
    assert (by_itself.status_code, answer.status_code) == (422, 422)
    assert (told["version"], set(told["fields"])) == (3, {"seats", "staff", "list:jobs", "head"})
    assert told["text"].startswith("其余已保存。“工位数”不能为负数")
    assert report.values == {"seats": "120", "jobs": "5"}
    assert (report.explanations, Filed.objects.count()) == ({}, 0)
    assert " data-amiss" in answer.content.decode()


def test_of_two_who_fill_in_one_report_neither_undoes_the_other(staff: Staff) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"
    page.post(address, sent(seats="100", jobs="10", staff="5"))
    stale = sent(seats="100", jobs="11", staff="6") | {"base": base_of(page.get(address).content.decode())}
    page.post(address, sent(seats="120", jobs="12") | {"head": "李云"})

    told = page.post(address, stale).content.decode()
    inputs = {
        code: re.findall(rf'name="figure-{code}"[^>]* value="([^"]*)"', told) for code in ("seats", "jobs", "staff")
    }
    shown = {code: values[0] for code, values in inputs.items()}
    again = sent(**shown) | {"base": base_of(told), "head": "李云"}

    assert shown == {"seats": "120", "jobs": "11", "staff": "6"}
    assert re.findall("对方保存为：([^<]*)<", told) == ["12"]
    assert 'value="李云"' in told
    assert "有1处两人都改过" in told
    assert page.post(address, again).status_code == 302
    assert Report.objects.get().values == {"seats": "120", "jobs": "11", "staff": "6"}


@pytest.mark.parametrize("odd", ["", "{", "[]", "null", "[" * 5000])
def test_a_form_that_says_nothing_of_its_base_lies_over_what_was_saved(staff: Staff, odd: str) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"
    stale = sent(seats="100") | {"base": odd}
    page.post(address, sent(seats="120"))

    told = page.post(address, stale)

    assert (told.status_code, "对方保存为：120" in told.content.decode()) == (412, True)


@pytest.mark.parametrize("typed", ["1e9", "9" * 13, "1.2.3", "0x10", "NaN"])
def test_what_only_a_program_would_call_a_number_is_none(staff: Staff, typed: str) -> None:
    case = years.opened(staff)[0]

    answer = browser(years.owner(case)).post(f"/work/cases/{case.number}/report/", sent(seats=typed))

    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert Report.objects.get().values == {}


def test_figures_may_be_typed_in_full_width(staff: Staff) -> None:
    case = years.opened(staff)[0]

    answer = browser(years.owner(case)).post(
        f"/work/cases/{case.number}/report/", sent(seats="１，２００", jobs=" 30 ")
    )

    assert answer.status_code == 302
    assert Report.objects.get().values == {"seats": "1200", "jobs": "30"}


def test_a_group_that_is_empty_is_named_in_one_line(staff: Staff) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"
    page.post(address, sent(area_total="1000", area_public="300", seats="50"))

    lacking = page.post(address, sent() | {"step": "file", "commitment": "on"}).content.decode()

    links = re.findall(r'class="k-errors".*?</div>', lacking, re.DOTALL)[0]
    assert '<a href="#f-seats_used">请填写已使用工位数；没有的填0</a>' in links
    assert '<a href="#f-staff">人员：还有11项没有填写；没有的填0</a>' in links
    unfit = sent(**dict.fromkeys(("staff", "staff_full_time", "mentors", "partners", "staff_college"), "12.5"))
    said = re.findall(r'class="k-errors".*?</div>', page.post(address, unfit).content.decode(), re.DOTALL)[0]
    assert (said.count("应填整数"), "没有填写" in said) == (5, False)
    assert links.count("<li>") == len({row.group for row in FIELDS if not row.officers})


def test_everything_wrong_is_named_at_the_top_with_a_way_to_it(staff: Staff) -> None:
    case = years.opened(staff)[0]
    years.filled(case, STRONG | {"seats": Decimal(0), "seats_used": Decimal(95)})
    Report.objects.update(values={k: v for k, v in Report.objects.get().values.items() if k != "jobs"})
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"

    unread = page.post(address, sent(staff="约20")).content.decode()
    unsigned = page.post(address, sent() | {"step": "file"}).content.decode()
    lacking = page.post(address, sent() | {"step": "file", "commitment": "on"}).content.decode()

    assert '<a href="#f-staff">服务人员数：应填数字' in unread
    assert '<a href="#commitment">请先承诺所报数据真实、完整</a>' in unsigned
    assert 'id="commitment"' in unsigned
    assert '<a href="#f-jobs">请填写' in lacking
    links = re.findall(r'class="k-errors".*?</div>', lacking, re.DOTALL)[0]
    assert [target for target in re.findall(r'href="#([^"]+)"', links) if f'id="{target}"' not in lacking] == []


def test_what_is_typed_is_saved_by_itself_and_a_stale_window_is_told(staff: Staff) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/autosave/"
    assert address in page.get(f"/work/cases/{case.number}/report/").content.decode()
    first = sent(seats="120")

    saved = page.post(address, first, headers={"X-Requested-By": "script"})
    assert (saved.status_code, saved.json()) == (200, {"version": Report.objects.get().version})
    assert Report.objects.get().values["seats"] == "120"

    stale = page.post(address, first | {"figure-seats": "90"}, headers={"X-Requested-By": "script"})
    assert stale.status_code == 412
    assert "另一位成员" in stale.json()["text"]
    for given, says in (("约20", "“工位数”应填数字"), ("-1", "“工位数”不能为负数"), ("1.5", "“工位数”应填整数")):
        wrong = page.post(address, sent(seats=given), headers={"X-Requested-By": "script"})
        assert (wrong.status_code, says in wrong.json()["text"]) == (422, True), wrong.json()
    assert page.post(address, sent(nonsense="x")).status_code == 422
    assert Report.objects.get().values["seats"] == "120"


def test_the_report_is_handed_in_from_its_page(staff: Staff) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"

    refused = page.post(address, {**sent(**STRONG | {"staff": ""}), "step": "file", "commitment": "on"})
    assert refused.status_code == 422
    assert "请填写服务人员数" in refused.content.decode()
    assert page.post(address, {**sent(**STRONG), "step": "file", "commitment": "on"}).status_code == 302

    assert Case.objects.get(pk=case.pk).stage == "district_check"
    assert Filed.objects.count() == 1
    assert page.get(address).status_code == 409


def test_evidence_goes_with_the_form_and_is_there_again_whatever_else_is_wrong(staff: Staff) -> None:
    case = years.opened(staff)[0]
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"
    proof, wrong = (SimpleUploadedFile("财务报表.pdf", content) for content in (make_pdf(), b"MZ\x90\x00"))

    unfit = page.post(address, sent(seats="约20") | {"evidence_running-new": [proof, wrong]}).content.decode()
    digest = re.findall(r'name="evidence_running" value="([0-9a-f]{64})" checked', unfit)[0]
    saved = page.post(address, sent(seats="20") | {"evidence_running": [digest]})
    kept = Report.objects.get().papers
    emptied = page.post(address, sent(seats="20"))

    assert '<a href="#p-running">“财务报表.pdf”：' in unfit
    assert (saved.status_code, kept) == (302, {"running": [digest]})
    assert (emptied.status_code, Report.objects.get().papers) == (302, {})


def test_a_file_that_another_unit_uploaded_proves_nothing(staff: Staff) -> None:
    first, second = years.opened(staff, 2)
    strange = years.file(second, years.owner(second))
    report = Report.objects.get(assessment__case=first)

    refused = refusal_of(
        lambda: reporting.save_report(
            first, {}, {}, by=years.owner(first), on=years.ON, seen=report.version,
            papers={"running": [strange], "nothing": []},
        )
    )  # fmt: skip

    assert refused.fields == {"evidence_running": NOT_UPLOADED, "evidence_nothing": "没有这一类证明材料"}


def test_evidence_is_gathered_while_a_change_is_undecided_and_the_report_waits(staff: Staff) -> None:
    case = years.opened(staff)[0]
    change, _ = filed_change(Title.objects.select_related("organisation", "authority").get(), name="新名众创空间")
    page, address = browser(years.owner(case)), f"/work/cases/{case.number}/report/"
    proof = SimpleUploadedFile("财务报表.pdf", make_pdf())

    saved = page.post(address, sent() | {"evidence_running-new": [proof]})
    kept = Report.objects.get().papers["running"]
    refused = page.post(address, {**sent(**STRONG), "step": "file", "commitment": "on", "evidence_running": kept})

    assert (saved.status_code, len(kept)) == (302, 1)
    assert (refused.status_code, Filed.objects.count()) == (409, 0)
    assert f"称号变更申请{change.number}尚未办结" in refused.content.decode()
    strange = refusal_of(
        lambda: attach(case, SimpleUploadedFile("证明.pdf", make_pdf()), "证明.pdf", by=staff.bureau, on=years.ON)
    )
    assert strange.code == "wrong_stage"


def test_a_name_with_a_sign_that_cannot_be_kept_does_no_harm(staff: Staff) -> None:
    case = years.opened(staff)[0]
    odd = {"head": "李\x00云", "evidence_running": ["\x00", "x" * 64], "why-list:jobs": "说\x00明"}

    answer = browser(years.owner(case)).post(f"/work/cases/{case.number}/report/", sent() | odd)

    report = Report.objects.get()
    assert (answer.status_code, report.head, report.papers) == (302, "李云", {})
    assert report.explanations == {"list:jobs": "说明"}


def test_a_former_units_files_fall_away_and_a_program_may_empty_a_group(staff: Staff) -> None:
    case = years.opened(staff)[0]
    mine, report = years.owner(case), years.filled(case)
    papers = {"running": [years.file(case, mine)], "events": ["0" * 64]}
    Report.objects.update(papers=papers)
    lacking = {code: value for code, value in report.values.items() if code != "jobs"}
    Report.objects.update(values=lacking)

    saved = reporting.save_report(case, {"jobs": STRONG["jobs"]}, {}, by=mine, on=years.ON, seen=report.version)
    kept = dict(saved.papers)
    reporting.file_report(case, by=mine, on=years.ON, commitment=True, evidence_running=[], evidence_events=None)

    assert kept == {"running": papers["running"]}
    assert Filed.objects.get().papers == {}


def test_a_colleagues_file_is_handed_in_too_and_read_by_the_district_only_then(staff: Staff) -> None:
    case = years.opened(staff)[0]
    mine, colleague = years.owner(case), make_person(organisation=case.organisation)
    digest, report = years.file(case, colleague), years.filled(case)
    reporting.save_report(case, {}, {}, by=mine, on=years.ON, seen=report.version, papers={"running": [digest]})
    address = f"/work/cases/{case.number}/files/{Attachment.objects.get().pk}/"
    before = [status(person, address) for person in (mine, staff.district)]

    reporting.file_report(case, by=mine, on=years.ON, commitment=True)

    after = [status(person, address) for person in (mine, staff.district)]
    assert (before, after) == ([404, 404], [200, 200])
    assert "证明.pdf" in browser(staff.district).get(f"/work/cases/{case.number}/?tab=report").content.decode()


def test_nobody_else_fills_it_in(staff: Staff) -> None:
    case = years.opened(staff)[0]

    assert browser(staff.bureau).get(f"/work/cases/{case.number}/report/").status_code == 403
    assert browser(make_person()).get(f"/work/cases/{case.number}/report/").status_code == 404
    recognised = Title.objects.get().case.number
    assert browser(years.owner(case)).get(f"/work/cases/{recognised}/report/").status_code == 404


def test_every_tab_shows_what_there_is(staff: Staff) -> None:
    case, _ = years.to_revocation(years.opened(staff)[0], staff)
    page = browser(staff.second)

    texts = {
        tab: page.get(f"/work/cases/{case.number}/?tab={tab}").content.decode()
        for tab in ("report", "score", "proceedings")
    }

    assert "工位数" in texts["report"]
    assert "集聚能力" in texts["score"]
    assert "送达拟取消称号告知书" in texts["proceedings"]
    assert "陈述申辩截止" in texts["proceedings"]


def test_an_unfiled_report_is_its_units_own(staff: Staff) -> None:
    case = years.opened(staff)[0]
    years.filled(case)

    assert (
        "还没有提交年度报告" in browser(staff.district).get(f"/work/cases/{case.number}/?tab=report").content.decode()
    )
    assert (
        "按目前数据的得分" in browser(years.owner(case)).get(f"/work/cases/{case.number}/?tab=score").content.decode()
    )


def test_the_year_is_opened_from_its_page_once(staff: Staff) -> None:
    years.announced(2)
    years.scheme(staff)
    page = browser(staff.bureau)
    form = page.get(f"/work/assessment/{YEAR}/")
    given = {"form_token": form.context["token"], "titles": list(Title.objects.values_list("number", flat=True))}

    assert [page.post(f"/work/assessment/{YEAR}/open/", given).status_code for _ in range(2)] == [302, 302]

    assert Assessment.objects.count() == 2
    again = page.post(f"/work/assessment/{YEAR}/open/", {**given, "form_token": "x" * 32})
    assert (again.status_code, Assessment.objects.count()) == (409, 2)


def test_the_year_on_one_page_and_as_a_table(staff: Staff) -> None:
    first, second = years.opened(staff, 2)
    years.scored(first, staff)
    years.failed(second, staff)
    page = browser(staff.leader)

    html = page.get(f"/work/assessment/{YEAR}/").content.decode()
    lines = page.get(f"/work/assessment/{YEAR}/export.csv").content.decode("utf-8-sig").splitlines()

    assert "已评分2家，未达合格要求1家" in html
    assert "考核审定" in html
    assert len(lines) == 3
    assert browser(years.owner(first)).get(f"/work/assessment/{YEAR}/").status_code == 403


def test_a_program_files_and_scores(staff: Staff) -> None:
    case = years.opened(staff)[0]
    mine = years.owner(case)
    address = f"/api/v1/cases/{case.number}"

    def send(person: object, act: str, **given: object) -> tuple[int, dict[str, object]]:
        _, secret = issue(person, "t", decide=True)  # type: ignore[arg-type]
        answer = browser(person).post(  # type: ignore[arg-type]
            f"{address}/acts/{act}",
            given,
            content_type="application/json",
            headers={"authorization": f"Bearer {secret}"},
        )
        return answer.status_code, answer.json()

    figures = [{"field": code, "value": float(value)} for code, value in STRONG.items()]
    proof = years.file(case, mine)
    whole = {"commitment": True, "figures": figures, "head": "李云", "evidence_running": [proof]}
    assert send(mine, "file_report", **whole | {"figures": figures[1:]})[0] == 422
    assert send(mine, "file_report", **whole | {"evidence_running": ["0" * 64]})[1]["fields"] == {
        "evidence_running": NOT_UPLOADED
    }
    assert send(mine, "file_report", **whole)[0] == 200
    said = {"false_data": False, "stopped": False, "opinion": "一致。"}
    assert send(staff.district, "verify_report", **said)[0] == 422
    assert send(staff.district, "verify_report", **said, lines=years.AGREED)[0] == 200
    status, told = send(staff.bureau, "score_report", marks=[{"indicator": "special", "points": 1, "reason": "有"}])
    assert status == 200
    facts = told["facts"]
    assert isinstance(facts, dict)
    assert facts["score"]["passed"]
    assert Decimal(facts["report"]["values"]["jobs"]) == 120
    assert (facts["report"]["papers"], facts["report"]["head"]) == ({"running": [proof]}, "李云")
    assert facts["checked"]["jobs"] == {"found": "site", "text": ""}
    assert send(make_person(Role.DISTRICT, "panlong"), "pass_assessment")[0] == 404


def test_whoever_may_lose_the_title_is_not_promised_a_pass(staff: Staff) -> None:
    case = years.defending(years.opened(staff)[0], staff)

    steps = browser(years.owner(case)).get(f"/work/cases/{case.number}/").context["steps"]

    assert steps[-1].label == "陈述申辩"


def test_who_scores_is_told_the_most_of_each_line(staff: Staff) -> None:
    case = years.filed(years.opened(staff)[0])
    said = {"false_data": False, "stopped": False, "opinion": "一致。", "lines": years.AGREED}
    checking.verify_report(case, by=staff.district, on=years.ON, **said)

    page = browser(staff.bureau).get(f"/work/cases/{case.number}/acts/score_report/").content.decode()

    assert "特色做法（最高2分）" in page

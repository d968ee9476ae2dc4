"""Nothing typed is lost: a session that ends, a sign-in elsewhere, a tab that is left, two tabs on one draft."""

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from makerspace.matters.application.models import Application
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from tests.browser.conftest import PHONE, Desk, Town, pdf_file
from tests.factories import draft_case, make_person, member_of
from tests.matters.assessment import years

pytestmark = pytest.mark.browser
SECRET = "Cuihu-lake-2026"
MB = 1024 * 1024
THEME = '[name="makerspace-theme"]'
SAVED = re.compile(r"^已保存 \d\d:\d\d")
KEPT = "Object.keys(sessionStorage).filter(key => key.startsWith('kept:')).length"
LEAVE = """() => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => true});
    document.dispatchEvent(new Event('visibilitychange'));
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => false});
}"""


@pytest.fixture
def case(town: Town) -> Case:
    """A draft, and somebody who fills it in."""
    return draft_case()


@pytest.fixture
def applicant(case: Case) -> Person:
    return with_password(member_of(case.organisation))


def with_password(person: Person) -> Person:
    person.set_password(SECRET)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def at_section(town: Town, case: Case, person: Person, section: str = "makerspace") -> Desk:
    desk = town.desk(PHONE)
    desk.sign_in(person.username, SECRET)
    desk.open(f"/work/cases/{case.number}/dossier/{section}/")
    return desk


def session_ends(desk: Desk) -> None:
    desk.page.context.clear_cookies(name="sessionid")


def signs_in(page: Page, person: Person) -> None:
    page.locator("#id_login").fill(person.username)
    page.locator("#id_password").fill(SECRET)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def said(desk: Desk) -> list[str]:
    """What the browser complained of, but for the answer that a session is over."""
    desk.wrong = [text for text in desk.wrong if "401" not in text]
    return desk.wrong


def test_what_was_sent_after_the_session_ended_is_offered_back(town: Town, case: Case, applicant: Person) -> None:
    desk = at_section(town, case, applicant)
    session_ends(desk)
    desk.page.locator(THEME).fill("写了很久的主题")
    desk.click("保存，返回目录")
    desk.sees("登录已过期，刚才的内容没有提交")
    signs_in(desk.page, applicant)

    desk.at(f"/work/cases/{case.number}/dossier/makerspace/")
    desk.sees("填写的内容没有提交")
    desk.no_overflow()
    assert desk.page.locator(THEME).input_value() != "写了很久的主题"
    desk.click("恢复未提交的内容")
    expect(desk.page.locator(THEME)).to_have_value("写了很久的主题")
    desk.click("保存，返回目录")
    desk.sees("已保存")

    assert Application.objects.get().dossier["makerspace"]["theme"] == "写了很久的主题"
    assert desk.page.evaluate(KEPT) == 0
    assert said(desk) == []


def test_rows_come_back_as_they_were(town: Town, case: Case, applicant: Person) -> None:
    desk = at_section(town, case, applicant, "tenants")
    rows = desk.page.locator('[data-rows="tenants"] [data-row]').count()
    session_ends(desk)
    desk.page.locator('[data-rows="tenants"] [data-row-drop]').first.click()
    desk.page.locator('[data-rows="tenants"] [data-row-add]').click()
    desk.page.locator(f'[name="tenants-{rows}-name"]').fill("新来的公司")
    desk.click("保存，返回目录")
    signs_in(desk.page, applicant)
    desk.click("恢复未提交的内容")
    desk.click("保存，返回目录")
    desk.sees("已保存")

    names = [row["name"] for row in Application.objects.get().dossier["tenants"]]
    before = [row["name"] for row in case.application.dossier["tenants"]]
    assert names == [*before[1:], "新来的公司"]
    assert said(desk) == []


def test_what_was_typed_is_not_kept_for_another(town: Town, case: Case, applicant: Person) -> None:
    desk = at_section(town, case, applicant)
    colleague = with_password(make_person(organisation=case.organisation))
    session_ends(desk)
    desk.page.locator(THEME).fill("只给本人看的主题")
    desk.click("保存，返回目录")
    desk.sees("没有提交")
    kept = desk.page.evaluate(KEPT)
    signs_in(desk.page, colleague)

    assert (kept, desk.page.evaluate(KEPT)) == (1, 0)
    assert desk.page.get_by_role("button", name="恢复未提交的内容").count() == 0
    assert said(desk) == []


def test_signing_out_leaves_nothing_in_any_window(town: Town, case: Case, applicant: Person) -> None:
    desk = at_section(town, case, applicant)
    other = desk.page.context.new_page()
    other.goto(desk.page.url)
    desk.page.evaluate("""sessionStorage.setItem('kept:a', '{"person": "x"}')""")
    other.locator(".k-who summary").click()
    other.get_by_role("button", name="退出登录").click()
    other.wait_for_url(f"{town.url}/")

    assert desk.page.evaluate(KEPT) == 0


@pytest.mark.parametrize("press", [False, True])
def test_saving_goes_on_after_signing_in_in_another_window(
    town: Town, case: Case, applicant: Person, press: bool
) -> None:
    desk = at_section(town, case, applicant)
    session_ends(desk)
    desk.page.locator(THEME).fill("中断之后")
    expect(desk.page.locator("[data-save-state]")).to_contain_text("登录已过期")
    with desk.page.context.expect_page() as opened:
        desk.page.get_by_role("link", name="请在新窗口登录后继续").click()
    signs_in(opened.value, applicant)
    desk.page.bring_to_front()
    if press:
        desk.click("保存，返回目录")
        desk.sees("已保存")
    else:
        desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(desk.page.locator("[data-save-state]")).to_have_text(SAVED)

    assert Application.objects.get().dossier["makerspace"]["theme"] == "中断之后"
    assert said(desk) == []


def test_page_of_one_is_not_sent_as_another(town: Town, case: Case, applicant: Person) -> None:
    desk = at_section(town, case, applicant)
    colleague = with_password(make_person(organisation=case.organisation))
    session_ends(desk)
    other = desk.page.context.new_page()
    other.goto(f"{town.url}/accounts/login/")
    signs_in(other, colleague)
    desk.page.locator(THEME).fill("以谁的名义")
    expect(desk.page.locator("[data-save-state]")).to_contain_text("换用其他账号")
    desk.click("保存，返回目录")
    desk.sees("登录的账号已经更换", "没有提交")

    assert Application.objects.get().version == 1
    desk.wrong = [text for text in desk.wrong if "403" not in text]


def test_leaving_the_tab_while_typing_is_no_conflict_with_oneself(town: Town, case: Case, applicant: Person) -> None:
    desk = at_section(town, case, applicant)
    desk.page.locator(THEME).fill("离开之前")
    with desk.page.expect_response(re.compile("autosave")):
        desk.page.evaluate(LEAVE)
    desk.page.locator(THEME).fill("回来之后")
    with desk.page.expect_response(re.compile("autosave")) as answer:
        pass

    assert answer.value.status == 200
    expect(desk.page.locator("[data-save-state]")).to_have_text(SAVED)
    assert Application.objects.get().dossier["makerspace"]["theme"] == "回来之后"


def test_two_tabs_on_two_sections_both_save(town: Town, case: Case, applicant: Person) -> None:
    first = at_section(town, case, applicant)
    second = first.page.context.new_page()
    second.goto(f"{town.url}/work/cases/{case.number}/dossier/operator/")
    second.locator('[name="operator-contact_name"]').fill("段晓")
    second.get_by_role("button", name="保存，返回目录").click()
    second.wait_for_url(re.compile(r"/dossier/$"))
    first.page.locator(THEME).fill("另一页")
    expect(first.page.locator("[data-save-state]")).to_have_text(SAVED)

    dossier = Application.objects.get().dossier
    assert dossier["makerspace"]["theme"] == "另一页"


def test_a_page_with_what_could_not_be_saved_is_not_left_without_a_question(
    town: Town, case: Case, applicant: Person
) -> None:
    first, second = (at_section(town, case, applicant) for _ in range(2))
    second.page.locator(THEME).fill("后来保存的")
    second.click("保存，返回目录")
    asked: list[str] = []
    first.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    first.page.locator(THEME).fill("只在这一页的")
    expect(first.page.locator("[data-save-state]")).to_have_attribute("data-state", "conflict")
    first.click("待办", within="nav")
    first.click("保存，返回目录")
    first.sees("您的修改还没有保存")
    first.page.locator("h1").click()
    first.click("待办", within="nav")

    assert asked == ["beforeunload"] * 2
    assert first.page.locator(THEME).input_value() == "只在这一页的"
    first.wrong = [text for text in first.wrong if "412" not in text]


def on_disk(path: Path, size: int) -> Path:
    """A file of that size, which Chromium opens by itself: handed over in pieces it would take a minute."""
    with path.open("wb") as file:
        file.write(b"%PDF-")
        file.truncate(size)
    return path


def test_a_file_that_would_be_refused_is_not_taken_in(town: Town, tmp_path: Path) -> None:
    case = years.opened(years.Staff())[0]
    desk = town.desk(PHONE)
    desk.sign_in(with_password(years.owner(case)).username, SECRET)
    desk.open(f"/work/cases/{case.number}/report/")
    chosen, note = desk.page.locator("#p-premises"), desk.page.locator("#p-premises + .k-error")
    given = {"租约.pdf": 12 * MB, "太大.pdf": 20 * MB + 5, "空的.pdf": 0, "再一份.pdf": 12 * MB}

    chosen.set_input_files([on_disk(tmp_path / name, size) for name, size in given.items()])

    expect(note).to_contain_text(
        "没有选入：“太大.pdf”超过20MB；“空的.pdf”是空的；“再一份.pdf”放不下：一次提交的文件合计不超过23MB"
    )
    assert chosen.evaluate("input => [...input.files].map(file => file.name)") == ["租约.pdf"]
    desk.no_overflow()
    chosen.set_input_files([pdf_file("租约.pdf", b"%PDF-")])
    expect(note).to_be_hidden()

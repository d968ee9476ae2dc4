"""From a published call to a title, as six people walk it in Chromium: articles 8 to 12 through the real pages."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from makerspace.doors.clock.tick import tick
from makerspace.doors.training.people import People
from makerspace.doors.training.personas import PASSWORD
from makerspace.matters.recognition.models import Certificate
from makerspace.matters.review.criteria import CRITERIA
from makerspace.matters.review.models import Panel, PublicNotice, Seat
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.regulation.kunkefa_2017_55 import codes
from makerspace.regulation.terms import Section
from tests.browser.conftest import DESKTOP, PHONE, Desk, Town, pdf_file
from tests.factories import COMPREHENSIVE, REGULATION, make_call, make_dossier, make_pdf, uscc

pytestmark = pytest.mark.browser
UNIT, SPACE = "昆明翠湖北路创业服务有限公司", "翠湖北路众创空间"
MAIL, SECRET = "shizhen@example.cn", "Cuihu-lake-2026"
SAVED_BY_ITSELF = ("operator", "tenants")  # here the story waits to see it; every page does it
PASTED = (
    "kind", "name", "uscc", "industry", "employees", "revenue_wan", "assets_wan", "moved_in_on", "agreement_to",
    "hightech_field", "kunming_188",
)  # fmt: skip
PASTE = """text => {
    const field = document.querySelector('[data-rows="tenants"] [data-row] select, [data-rows="tenants"] [data-row] input');
    const data = new DataTransfer();
    data.setData('text/plain', text);
    field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


# -- what is typed -----------------------------------------------------------------------------------------------------
def filled_in(dossier: dict[str, Any], section: Section) -> Iterator[tuple[str, object]]:
    """The fields of a section by their names in the form, with what to type into each."""
    for key in section.keys:
        yield from _named(key, dossier[key])


def _named(name: str, value: Any) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _named(f"{name}-{key}", inner)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for place, row in enumerate(value):
            yield from _named(f"{name}-{place}", row)
    elif isinstance(value, list):
        yield from ((name, each) for each in value)
    elif value is not None:
        yield name, value


def spreadsheet(tenants: list[dict[str, Any]]) -> str:
    """Tenants as one copies them from a spreadsheet: words for codes, days with slashes."""
    words = {"kind": codes.TENANT_KINDS, "industry": codes.INDUSTRIES}
    rows = [{**row, **{key: said[row[key]] for key, said in words.items()}} for row in tenants]
    for row in rows:
        row["moved_in_on"] = row["moved_in_on"].replace("-", "/")
    return "\n".join("\t".join("" if row[key] is None else str(row[key]) for key in PASTED) for row in rows)


# -- the applicant -----------------------------------------------------------------------------------------------------
def signs_up(desk: Desk) -> None:
    """An account, proven by the letter that comes to its address; then the unit."""
    desk.open("/accounts/signup/")
    desk.fill("姓名", "施真")
    desk.page.locator("[name=email]").fill(MAIL)
    desk.page.locator('[name="password1"]').fill(SECRET)
    desk.page.locator('[name="password2"]').fill(SECRET)
    desk.page.locator('[name="consent"]').check()
    desk.click("^注册$")
    desk.sees("请验证邮箱")
    link = re.search(r"/accounts/confirm-email/[^/\s]+/", str(mail.outbox[-1].body))
    assert link is not None
    desk.open(link[0])
    desk.click("^确认$")
    desk.sign_in(MAIL, SECRET)
    desk.click("登记单位")
    desk.fill("单位名称", UNIT)
    desk.fill("统一社会信用代码", uscc())
    desk.click("^登记单位$")
    desk.sees(f"{UNIT}已登记")


def starts(desk: Desk) -> str:
    """From the open call on the front page to a draft; its number."""
    desk.open("/")
    desk.click("关于组织申报2026年昆明市众创空间的通知")
    desk.click("我要申报")
    desk.page.locator('[name="category"][value="comprehensive"]').check()
    desk.put("authority", "wuhua")
    desk.fill("众创空间名称", SPACE)
    desk.click("^开始填报$")
    desk.at(r"/work/cases/[^/]+/dossier/")
    desk.sees("已建立申报")
    found = re.search(r"/cases/([^/]+)/", desk.page.url)
    assert found is not None
    return found[1]


def fills_in(desk: Desk, number: str, dossier: dict[str, Any]) -> None:
    """Section by section, each leading to the next; the last one leads to the materials."""
    sections = by_id(REGULATION).sections_of(COMPREHENSIVE)
    desk.click(sections[0].title)
    for section in sections:
        desk.at(f"/work/cases/{number}/dossier/{section.code}/")
        if section.code == "tenants":
            pastes_tenants(desk, dossier["tenants"])
        for name, value in filled_in(dossier, section):
            if not name.startswith("tenants-"):
                makes_room(desk, name)
                desk.put(name, value)
        if section.code in SAVED_BY_ITSELF:
            expect(desk.page.locator("[data-save-state]")).to_have_text(re.compile(r"^已保存 \d\d:\d\d"))
        desk.click("保存，填写下一部分")
    desk.at(f"/work/cases/{number}/materials/")


def makes_room(desk: Desk, name: str) -> None:
    """Press 添加一行 where the row of that field is not there yet."""
    if re.search(r"-\d+-", name) and not desk.page.locator(f'main [name="{name}"]').count():
        desk.page.locator(f'[data-rows="{name.split("-")[0]}"] [data-row-add]').click()


def pastes_tenants(desk: Desk, tenants: list[dict[str, Any]]) -> None:
    """Twelve rows from a spreadsheet into the first cell; the findings beside the form count them once saved."""
    desk.page.evaluate(PASTE, spreadsheet(tenants))
    last = len(tenants) - 1
    expect(desk.page.locator(f'[name="tenants-{last}-kunming_188"]')).to_have_value(tenants[last]["kunming_188"])
    expect(desk.page.locator("#section-findings")).to_contain_text("12")


def uploads(desk: Desk) -> None:
    """One file for all conditions, the plan with its six parts, the year's plan."""
    page = desk.page
    page.get_by_text("一份文件证明几项条件").click()
    for box in desk.each(page.locator('[name="conditions"][type="checkbox"]')):
        box.check()
    page.locator('[name="pages"]').fill("1-3")
    page.locator("#upload-many").set_input_files(pdf_file("证明材料汇编.pdf", make_pdf(3)))
    desk.click("上传这份文件")
    desk.sees("已上传1个文件")  # the page is the new one: what is ticked now stays ticked
    plan = page.locator("form[data-upload]", has=page.locator('[name="kind"][value="operation_plan"]'))
    for box in desk.each(plan.locator('[name="sections"]')):
        box.check()
    plan.locator("input[type=file]").set_input_files(pdf_file("建设运营方案.pdf", make_pdf(3)))
    expect(page.locator("#p-operation_plan .k-files")).to_contain_text("建设运营方案.pdf")
    year = page.locator("form[data-upload]", has=page.locator('[name="kind"][value="annual_work_plan"]'))
    year.locator("input[type=file]").set_input_files(pdf_file("年度工作计划.pdf", make_pdf(2)))
    expect(page.locator("#p-annual_work_plan .k-files")).to_contain_text("年度工作计划.pdf")
    desk.sees("已齐全")


def hands_in(desk: Desk, number: str) -> None:
    """The answers, the commitment, the receipt."""
    desk.click("^核对并提交$")
    desk.sees(UNIT, "昆明软件第12公司", "证明材料汇编.pdf", "建设运营方案.pdf")
    for name in ("commitment", "confirm_not_met"):
        if desk.page.locator(f'[name="{name}"]').count():
            desk.page.locator(f'[name="{name}"]').check()
    desk.click("^提交申报$")
    desk.at(f"/work/cases/{number}/receipt/")
    desk.sees(f"已提交，编号 {number}", "五华区")


# -- the district ------------------------------------------------------------------------------------------------------
def reviews(desk: Desk, number: str) -> None:
    """Each condition with its evidence; the file itself in the page."""
    desk.click(SPACE)
    desk.click("条件与证据")
    desk.click("证明材料汇编.pdf")
    picture = desk.page.locator("img.a-page")
    expect(picture).to_be_visible()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") > 100
    desk.open(f"/work/cases/{number}/")


def visits(desk: Desk, number: str) -> None:
    """At the site, on a phone: declared beside found."""
    desk.resize(PHONE)
    desk.click("登记实地查验")
    desk.at(f"/work/cases/{number}/visit/")
    desk.no_overflow()
    desk.put("inspectors", "张晓岚\n马超")
    found = desk.each(desk.page.locator('textarea[name$="-found"]'))
    assert len(found) == len(by_id(REGULATION).conditions_of(COMPREHENSIVE))
    for place, field in enumerate(found):
        field.fill("现场核对，与申报材料一致")
        desk.put(f"items-{place}-agrees", True)
    desk.click("登记查验记录")
    desk.sees("查验记录已登记")
    desk.no_overflow()


def recommends(desk: Desk, number: str) -> None:
    """Back at the office."""
    desk.resize(DESKTOP)
    desk.open(f"/work/cases/{number}/")
    desk.click("推荐上报")
    desk.fill("推荐意见", "主题明确，运行规范，择优推荐。")
    desk.click("^推荐上报$")
    desk.at(f"/work/cases/{number}/")


# -- the bureau and its experts ----------------------------------------------------------------------------------------
def convenes(desk: Desk, number: str) -> None:
    """A draw that anyone can repeat."""
    desk.click(SPACE)
    desk.click("组织专家")
    desk.fill("现场调研日期", (clock.today() + timedelta(days=1)).isoformat())
    desk.click("抽取专家组")
    desk.confirm()
    desk.at(f"/work/cases/{number}/draw/")
    desk.sees("专家组已抽取")


def declares(desk: Desk) -> None:
    """Before the declaration the file is closed; after it, it opens."""
    desk.click(SPACE)
    desk.sees("现在还不能查看案卷内容")
    desk.click("申明利害关系")
    desk.page.locator('[name="conflict"][value="false"]').check()
    desk.click("^申明利害关系$")
    expect(desk.page.locator("body")).not_to_contain_text("现在还不能查看案卷内容")
    desk.no_overflow()


def scores(desk: Desk, number: str) -> None:
    """On the phone, a reason for each criterion."""
    desk.open(f"/work/cases/{number}/")
    desk.click("提交评分")
    expect(desk.page.locator('main [name="items-0-points"]')).to_be_visible()
    desk.no_overflow()
    for place, criterion in enumerate(CRITERIA[COMPREHENSIVE]):
        desk.put(f"items-{place}-points", criterion.points - 1)
        desk.put(f"items-{place}-reason", "现场所见与材料一致")
    desk.click("^提交评分$")
    desk.confirm()
    desk.sees("评分已提交并锁定")


def studies(desk: Desk, number: str) -> None:
    """The head, on the spot."""
    desk.open(f"/work/cases/{number}/")
    desk.click("登记现场调研")
    desk.put("findings", "运营正常，服务记录完整。")
    desk.click("^登记现场调研$")
    desk.at(f"/work/cases/{number}/review/")


def concludes(desk: Desk, number: str) -> None:
    """The panel's opinion."""
    desk.open(f"/work/cases/{number}/")
    desk.click("形成专家组意见")
    desk.put("result", "pass")
    desk.put("text", "条件符合，建议予以认定。")
    desk.click("^形成专家组意见$")
    desk.at(f"/work/cases/{number}/")


# -- the decision, the notice, the title -------------------------------------------------------------------------------
def approves(desk: Desk, number: str) -> None:
    """Not before proving anew who decides."""
    desk.click(SPACE)
    desk.click("审定通过")
    desk.prove_identity(PASSWORD)
    desk.at(f"/work/cases/{number}/acts/approve/")
    desk.click("^审定通过$")
    desk.at(f"/work/cases/{number}/")


def prepares_notice(desk: Desk) -> None:
    """The whole text and every counting step before anything is kept."""
    desk.open("/work/notices/new/")
    desk.page.get_by_label(re.compile(SPACE)).check()
    desk.click("预览公示")
    desk.sees(SPACE, UNIT)
    desk.click("保存为待复核稿")
    desk.sees("公示稿已保存", "须由另一位经办人员复核发布")
    assert desk.page.get_by_role("button", name=re.compile("复核无误")).count() == 0


def publishes_notice(desk: Desk) -> None:
    """Another officer."""
    desk.open("/work/notices/")
    desk.page.locator("main table a").first.click()
    desk.click("复核无误，发布")
    desk.confirm()
    desk.prove_identity(PASSWORD)
    desk.sees("公示已发布，共1家")


def reads_notice(desk: Desk) -> None:
    """A visitor, on the portal."""
    desk.open("/")
    desk.click("公示")
    desk.click("关于2026年拟认定昆明市众创空间名单的公示")
    desk.sees(SPACE, UNIT, r"还剩\s*7\s*天", "公示期是这样算的")


def announces(desk: Desk) -> None:
    """One document over the batch."""
    desk.open("/work/announcements/")
    desk.click("公布新一批")
    desk.page.locator('[name="cases"]').check()
    desk.put("document_number", f"昆科发〔{clock.today().year}〕12号")
    desk.click("预览公布文件")
    desk.sees("将以昆科发〔2026〕12号公布1家")
    desk.click("公布1家并授予称号")
    desk.sees("KMZC-2026-001|已公布")


def finds_title(desk: Desk) -> None:
    """In the registry, and by the code on the certificate."""
    desk.open("/")
    desk.click("众创空间名录", within="body")
    desk.click(SPACE)
    desk.sees("KMZC-2026-001", UNIT)
    certificate = Certificate.objects.get()
    desk.open("/verify/")
    desk.fill("校验码", certificate.code.lower())
    desk.click("^核验$")
    desk.sees("KMZC-2026-001", SPACE, UNIT)
    expect(desk.page.locator(".p-verdict")).to_have_class(re.compile("k-ok"))


def wait_until(day: date) -> None:
    """The first second of a day; the clock does what is due."""
    clock.set_forward(datetime.combine(day, time(0, 0, 1), clock.KUNMING))
    counts = tick(clock.now())
    assert None not in counts.values(), counts


def test_six_people_take_a_makerspace_from_the_call_to_its_title(town: Town) -> None:
    people = People().make()
    make_call(by=people.named("bureau1"))
    dossier = make_dossier(makerspace={"name": SPACE}, operator={"name": UNIT})
    dossier["operator"]["uscc"] = uscc()
    applicant = town.desk()
    signs_up(applicant)
    number = starts(applicant)
    fills_in(applicant, number, dossier)
    uploads(applicant)
    hands_in(applicant, number)

    district = town.desk()
    district.sign_in("district_wuhua", PASSWORD)
    reviews(district, number)
    visits(district, number)
    recommends(district, number)

    bureau = town.desk()
    bureau.sign_in("bureau1", PASSWORD)
    convenes(bureau, number)
    panel = [seat.person.username for seat in Seat.objects.select_related("person").order_by("id")]
    assert len(panel) == 3
    experts = [town.desk(PHONE) for _ in panel]
    for desk, username in zip(experts, panel, strict=True):
        desk.sign_in(username, PASSWORD)
        declares(desk)
    wait_until(clock.today() + timedelta(days=1))
    head = experts[panel.index(Panel.objects.get().head.username)]
    studies(head, number)
    for desk in experts:
        scores(desk, number)
    concludes(head, number)

    leader = town.desk()
    leader.become("leader1")
    approves(leader, number)
    prepares_notice(bureau)
    second = town.desk()
    second.sign_in("bureau2", PASSWORD)
    publishes_notice(second)
    visitor = town.desk()
    reads_notice(visitor)

    wait_until(PublicNotice.objects.get().last_day + timedelta(days=1))
    announces(leader)
    wait_until(clock.today() + timedelta(days=1))
    finds_title(visitor)
    applicant.open(f"/work/cases/{number}/")
    applicant.sees("已认定|认定")

"""What scripts add, tried in Chromium on the style guide; and that every component is accessible."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as configured
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer

CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PASTE = """() => {
    const field = document.querySelector('form.k-form [name="mentors-0-name"]');
    const data = new DataTransfer();
    data.setData('text/plain', '甲\\t云大\\t法务\\t2026/3/1\\n乙\\t理工\\t投融资\\t2025-12-31\\n');
    field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed; apt-get install chromium"),
]


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The pages of this front alone; nothing is ever written."""
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()


@pytest.fixture(scope="module")
def browser(server: str) -> Iterator[Browser]:
    """One Chromium for all tests here; each has a window of its own."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def guide(server: str, browser: Browser, settings: Settings) -> Iterator[Page]:
    """The style guide, open in Chromium; any script error or refused resource fails the test."""
    settings.DEMO = True
    window = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    page = window.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{server}/styleguide/")
    yield page
    window.close()
    assert wrong == []


def value(page: Page, name: str) -> str:
    return page.locator(f'form.k-form [name="{name}"]').first.input_value()


def test_rows_are_pasted_from_a_spreadsheet(guide: Page) -> None:
    guide.evaluate(PASTE)

    names = ("mentors-0-name", "mentors-0-field", "mentors-0-since", "mentors-1-employer", "mentors-1-since")
    assert [value(guide, name) for name in names] == ["甲", "law", "2026-03-01", "理工", "2025-12-31"]


def test_rows_are_added_and_removed_in_place(guide: Page) -> None:
    form = guide.locator("form.k-form").first

    form.locator("[data-row-add]").click()
    added = form.locator("[data-row]").count()
    form.locator("[data-row-drop]").first.click()

    assert (added, form.locator("[data-row]").count()) == (2, 1)
    assert guide.url.endswith("/styleguide/")


def test_what_cannot_be_taken_back_asks_first(guide: Page) -> None:
    guide.locator("button[data-confirm]").first.click()
    asked = guide.locator("dialog[open]").inner_text()
    guide.locator("dialog button", has_text="取消").click()

    assert "移除后需要重新上传" in asked
    assert guide.locator("dialog").count() == 0


def test_question_says_what_it_asks_to_those_who_hear_it(guide: Page) -> None:
    guide.locator("button[data-confirm]").first.click()

    told = guide.evaluate("d => document.getElementById(d).innerText", "dialog-question")
    assert guide.get_by_role("dialog", name="请确认").count() == 1
    assert "移除后需要重新上传" in told


def test_form_that_lacks_something_is_sent_before_anything_is_asked(guide: Page) -> None:
    guide.evaluate("""() => {
        const form = document.querySelector('form.k-form');
        form.dataset.confirm = '确认？';
        document.addEventListener('submit', event => event.preventDefault());
    }""")
    form = guide.locator("form.k-form").first
    required = form.locator(":not([data-row] *):not(.k-group *)[aria-required=true]:visible")
    required.first.evaluate("field => { field.value = ''; }")
    form.locator(".k-buttons button[type=submit]").first.click()
    lacking = guide.locator("dialog[open]").count()
    guide.evaluate("""() => {
        const form = document.querySelector('form.k-form');
        form.querySelectorAll('[aria-required=true], [required]').forEach(field => {
            if (field.tagName === 'SELECT') field.selectedIndex = 1;
            else field.value = field.type === 'date' ? '2026-03-16' : '1';
            field.checked = true;
        });
        form.querySelectorAll('[data-required] input:first-child').forEach(field => { field.checked = true; });
        delete form.dataset.sent;
    }""")
    form.locator(".k-buttons button[type=submit]").first.click()

    assert (lacking, guide.locator("dialog[open]").count()) == (0, 1)


def test_file_that_cannot_be_taken_can_be_removed_and_is_not_tried_again(guide: Page) -> None:
    guide.locator("form[data-upload] input[type=file]").first.set_input_files(
        {"name": "空.pdf", "mimeType": "application/pdf", "buffer": b""}
    )
    row = guide.locator(".k-upload-row.k-failed", has_text="空.pdf")
    told = row.inner_text()
    row.get_by_role("button", name="移除").click()

    assert "文件是空的" in told
    assert "重试" not in told
    assert row.count() == 0


def test_chosen_tab_is_in_view_on_a_phone(guide: Page) -> None:
    guide.set_viewport_size({"width": 390, "height": 844})
    guide.reload()
    chosen = guide.locator(".k-tabs [aria-current]").bounding_box()

    assert chosen is not None
    assert chosen["x"] >= 0
    assert chosen["x"] + chosen["width"] <= 390


def test_stage_line_of_a_phone_says_only_where_the_case_stands(guide: Page) -> None:
    wide = guide.locator(".k-stage-here:visible").count()
    guide.set_viewport_size({"width": 390, "height": 844})
    line = guide.locator(".k-course").first

    assert wide == 0
    assert (line.bounding_box() or {})["height"] < 150
    assert "下一步" in line.locator(".k-stage-here").inner_text()


def test_errors_take_the_focus(guide: Page) -> None:
    assert guide.evaluate("document.activeElement.className") == "k-errors"


@pytest.mark.parametrize(("width", "elder"), [(1280, False), (390, False), (390, True)])
def test_nothing_overflows_and_axe_finds_nothing(guide: Page, width: int, elder: bool) -> None:
    guide.set_viewport_size({"width": width, "height": 900})
    if elder:
        guide.locator("[data-elder-switch]").click()
    guide.reload()

    guide.evaluate((Path(configured.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text())
    found = guide.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})")["violations"]

    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    assert guide.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert guide.evaluate("'elder' in document.documentElement.dataset") is elder

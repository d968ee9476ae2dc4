"""A server over a database that threads share, Chromium, and the people who sit before it."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connections
from django.test import override_settings
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from makerspace.office.record import clock
from tests.factories import DAY
from tests.threads import shared_database

CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
# A page that is left while its styles are still on their way says so; nothing is wrong with either page.
LEFT = re.compile(r"net::ERR_ABORTED")


class Town:
    """The system at an address, and a browser for whoever comes."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.desks: list[Desk] = []

    def desk(self, size: ViewportSize = DESKTOP) -> "Desk":
        """One more person before a window of their own."""
        self.desks.append(Desk(self.browser, self.url, size))
        return self.desks[-1]

    @property
    def wrong(self) -> list[str]:
        """Whatever the browser complained of, at any desk."""
        return [said for desk in self.desks for said in desk.wrong]


@contextmanager
def open_town(folder: Path, now: datetime, database: Path | None = None) -> Iterator[Town]:
    """Within the block the system answers in demo mode, with database, files and clock of its own.

    The database is a copy of the test's own, unless another file is given. The browser starts last: while it runs,
    Django takes this thread for an asynchronous one and gives it another connection, which must already find the
    database that threads share.
    """
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed; apt-get install chromium")
    own = {
        "STORAGE_ROOT": folder / "files",
        "PREVIEW_ROOT": folder / "previews",
        "CLOCK_FILE": folder / "training-clock",
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(folder)}},
        "DEMO": True,
        "ALLOWED_HOSTS": ["127.0.0.1"],
    }
    with override_settings(**own), shared_database(folder, database), _server() as url, _browser() as browser:
        configured.CLOCK_FILE.write_text(f"{(now - datetime.now(UTC)).total_seconds():.3f}")
        yield Town(browser, url)


@contextmanager
def _server() -> Iterator[str]:
    server = LiveServer("127.0.0.1")
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def _browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        try:
            yield browser
        finally:
            browser.close()
            connections.close_all()


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> Iterator[Town]:
    """An empty city on the morning of the day of the factories; nothing may go wrong in any browser."""
    with open_town(tmp_path, datetime.combine(DAY, time(9), clock.KUNMING)) as town:
        yield town
        wrong = town.wrong
    assert wrong == []


class Desk:
    """One person before a browser window of their own."""

    def __init__(self, browser: Browser, url: str, size: ViewportSize = DESKTOP) -> None:
        self.url = url
        self.page: Page = browser.new_context(locale="zh-CN", viewport=size).new_page()
        self.page.set_default_timeout(PATIENCE)
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not LEFT.search(message.text):
            self.wrong.append(f"{self.page.url}: {message.text}")

    def resize(self, size: ViewportSize) -> None:
        """The same person, at another screen."""
        self.page.set_viewport_size(size)

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(f"{self.url}{path}")

    def click(self, name: str, *, within: str = "main", nth: int = 0) -> None:
        """Press the button, or follow the link, of that name."""
        words = re.compile(name)
        place = self.page.locator(within)
        place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words)).nth(nth).click()

    def confirm(self) -> None:
        """Say yes to the question that a grave button asks."""
        self.page.locator("dialog[open]").get_by_role("button", name="确定").click()

    def fill(self, label: str, value: str) -> None:
        """Type into the field of that label."""
        self.page.get_by_label(re.compile(f"^{label}")).first.fill(value)

    def put(self, name: str, value: object) -> None:
        """Fill in one field, whatever it is made of, by its name in the form."""
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        field = self.page.locator(f'main [name="{name}"]').first
        kind = field.evaluate("field => field.type")
        if kind in ("radio", "checkbox"):
            self.page.locator(f'main [name="{name}"][value="{text}"]').first.check()
        elif kind == "select-one":
            field.select_option(text)
        else:
            field.fill(text)

    def sees(self, *texts: str) -> None:
        """The page shows these words."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(re.compile(text), timeout=PATIENCE)

    def at(self, path: str) -> None:
        """The page that a press leads to has come."""
        self.page.wait_for_url(re.compile(rf"^{re.escape(self.url)}{path}(\?.*)?(#.*)?$"))

    def each(self, where: Locator) -> list[Locator]:
        """All of them. A list does not wait, so the page must have come whole."""
        self.page.wait_for_load_state("load")
        found = where.all()
        assert found, where
        return found

    def no_overflow(self) -> None:
        """Nothing sticks out to the right of the page that is there, once it has come whole."""
        self.page.wait_for_load_state("load")
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def sign_in(self, username: str, password: str) -> None:
        """With a password."""
        self.open("/accounts/login/")
        self.fill("用户名或电子邮箱", username)
        self.fill("密码", password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.at("/work/")

    def prove_identity(self, password: str) -> None:
        """The password once more; what was begun goes on afterwards."""
        self.at("/accounts/reauthenticate/")
        self.fill("密码", password)
        self.click("^确认$")
        self.page.wait_for_url(lambda url: "/reauthenticate/" not in url)

    def become(self, username: str) -> None:
        """Through the demo's list of people."""
        self.open("/accounts/login/")
        self.page.locator(f'button[name=username][value="{username}"]').click()
        self.at("/work/")


def pdf_file(name: str, content: bytes) -> FilePayload:
    """A file as the file chooser hands it over."""
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


# Beyond the sixth the rows of a table are as those before.
REPEATED = "tbody > tr:nth-child(n+7)"
GRAVE = ["serious", "critical"]
# What a rule finds is as grave as the rule, so those that are not need not look.
LOOK = """([where, asked, grave]) => {
    for (const {id, impact} of axe._audit.rules) if (!grave.includes(impact)) asked.rules[id] = {enabled: false};
    return axe.run(where.include ? {include: where.include.map(name => window.tints.get(name))} : where, asked);
}"""
ASKED = {"resultTypes": ["violations"], "selectors": False, "preload": False, "iframes": False}


def axe(page: Page, rules: Iterable[str] = (), *, without: Iterable[str] = ()) -> list[str]:
    """What axe finds to be serious or critical; by these rules only, where any is named, and never by those left out."""
    return _looked(page, {"exclude": [[REPEATED]]}, rules, without)


def axe_at(page: Page, tints: Iterable[str], rule: str) -> list[str]:
    """What that rule finds at the elements that the page keeps under these names in ``window.tints``."""
    return _looked(page, {"include": list(tints)}, [rule], ())


def _looked(page: Page, where: dict[str, object], rules: Iterable[str], without: Iterable[str]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate((Path(configured.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text())
    asked: dict[str, object] = {**ASKED, "rules": {rule: {"enabled": False} for rule in without}}
    if rules:
        asked["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate(LOOK, [where, asked, GRAVE])["violations"]
    grave = [row for row in found if row["impact"] in GRAVE]
    return [f"{row['id']}: {json.dumps(row['nodes'][0]['html'], ensure_ascii=False)[:200]}" for row in grave]

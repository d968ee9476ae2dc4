"""How dates, money and numbers are written, what chips say, and what lists allow."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings as configured
from django.contrib.auth import password_validation
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import gettext
from django_stubs_ext import QuerySetAny
from pytest_django import DjangoAssertNumQueries, Settings

from makerspace.office.people.models import Person
from makerspace.web.lists import Filter, Listing, listing
from makerspace.web.middleware import Display
from makerspace.web.parts import Step
from makerspace.web.templatetags import web


class SignIn(forms.Form):
    """As a package declares it."""

    login = forms.CharField(help_text="用户名", widget=forms.TextInput(attrs={"placeholder": "用户名"}))


TEMPLATES = Path(configured.BASE_DIR) / "makerspace"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{{ day|date_cn }}", "2026年3月6日"),
        ("{{ day|date_iso }}", "2026-03-06"),
        ("{{ at|date_cn }}", "2026年3月7日"),
        ("{{ at|instant }}", "2026-03-07 00:30"),
        ("{{ at|instant_cn }}", "2026年3月7日00:30"),
        (
            "{{ none|date_cn }}{{ none|date_iso }}{{ none|instant }}{{ none|instant_cn }}{{ none|wan }}{{ none|percent }}",
            "",
        ),
        ("{{ 10000000|wan }}", "10万元"),
        ("{{ 12345600|wan }}", "12.3456万元"),
        ("{{ 10000000|yuan }}", "100,000.00元"),
        ("{{ 300|wan_yuan }}", "300万元"),
        ("{{ 0.125|percent }}", "12.5%"),
        ("{{ 1420.50|m2 }}", "1,420.5 m²"),
        ("{{ 1284|number }}", "1,284"),
        ("{{ '13888881234'|mask_phone }}", "138****1234"),
        ("{{ '0871-63101234'|mask_phone }}", "0871-6310****"),
        ("{{ 'contact@example.cn'|mask_mail }} {{ 'abc@example.cn'|mask_mail }}", "co****@example.cn ****@example.cn"),
        ("{{ 1048576|file_size }} {{ 348000|file_size }} {{ 3|file_size }}", "1.0MB 340KB 1KB"),
        ("{{ 11|article }}{{ 1|item }}", "第十一条第一项"),
        ("{{ 'in_principle'|strength }}", "原则上"),
        ("{{ '9f2c41d07be85a36c0d3'|seal }}", "9f2c 41d0 7be8 5a36…"),
        ("{% params a=1 b='' c='甲' %}", "?a=1&amp;c=%E7%94%B2"),
    ],
)
def test_filters_write_as_the_office_writes(written: str, expected: str) -> None:
    context = Context({"day": date(2026, 3, 6), "at": datetime(2026, 3, 6, 16, 30, tzinfo=UTC), "none": None})

    assert Template("{% load web %}" + written).render(context) == expected


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [(12, "还剩12天", "k-muted"), (3, "还剩3天", "k-warn"), (0, "今天到期", "k-warn"), (-2, "已逾期2天", "k-grave")],
)
def test_days_left_says_how_urgent(left: int, words: str, tone: str) -> None:
    chip = web.days_left(date(2026, 3, 16 + left), date(2026, 3, 16))

    assert words in chip
    assert tone in chip


def test_verdict_is_word_icon_and_colour() -> None:
    chip = web.verdict("not_met")

    assert ("不符合" in chip, "<svg" in chip, "k-grave" in chip) == (True, True, True)


def test_encouraged_condition_never_alarms() -> None:
    assert "k-grave" not in web.verdict("not_met", "encouraged")
    assert "符合" in web.verdict("met", "encouraged")


def test_chip_escapes_what_it_is_given() -> None:
    assert "<b>" not in web.chip("<b>")


def test_every_icon_that_a_template_names_exists() -> None:
    named = {
        name
        for file in TEMPLATES.rglob("*.html")
        for name in re.findall(
            r'{% icon "([a-z0-9-]+)"|{% chip "[^"]*" "[a-z]+" "([a-z0-9-]+)"|symbol="([a-z0-9-]+)"', file.read_text()
        )
        for name in name
        if name
    }

    assert len(named) > 20
    assert [name for name in sorted(named) if "<path" not in web.icon(name)] == []


def test_no_template_carries_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*application/json)")
    files = list((TEMPLATES / "web").rglob("*.html"))

    assert len(files) > 30
    assert [file.name for file in files if inline.search(file.read_text())] == []


def test_no_colour_stands_outside_the_tokens() -> None:
    css = (TEMPLATES / "web/static/web/web.css").read_text()

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", css) == []


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge浏览器，Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile MicroMessenger/8.0", "微信，苹果手机"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome浏览器，安卓"),
        ("curl/8.5", "无法识别"),
        (None, "无法识别"),
    ],
)  # fmt: skip
def test_device_is_named_as_people_call_it(agent: str | None, words: str) -> None:
    assert web.browser(agent) == words


def test_stage_line_says_in_words_where_the_case_stands() -> None:
    done, now, todo, end = Step("填报", "done"), Step("初审", "now"), Step("公示", "todo"), Step("不予推荐", "end")

    assert web.here([done, now, todo]) == web.Here(now, 2, 3, "公示")
    assert web.here([done, end]) == web.Here(end, 2, 2, "")
    assert web.here([todo]) is None


def test_input_of_a_sign_in_page_is_tied_to_what_is_wrong_and_repeats_no_label() -> None:
    field = SignIn({"login": ""}, auto_id="id_%s")["login"]

    assert web.control(field) == (
        '<input type="text" name="login" aria-describedby="id_login_helptext id_login_error0"'
        ' required aria-invalid="true" id="id_login">'
    )


# -- lists -------------------------------------------------------------------------------------------------------------
FILTERS = (
    Filter("active", "状态", (("1", "启用"), ("0", "停用")), lambda rows, value: rows.filter(is_active=value == "1")),
)


def listed(address: str) -> Listing[Person]:
    rows: QuerySetAny[Person, Person] = Person.objects.all()
    sorts = {"name": "name", "joined": ("joined_at", "name")}
    return listing(
        RequestFactory().get(address), rows, sorts=sorts, default="name", filters=FILTERS, search=("name",), size=20
    )


@pytest.fixture
def people(db: None) -> None:
    Person.objects.bulk_create(Person(username=f"p{n}", name=f"甲{n:02}", is_active=n % 2 == 0) for n in range(45))


def test_list_is_cut_counted_and_ordered(people: None) -> None:
    page = listed("/?page=3")

    assert (page.count, page.pages, page.first, page.last) == (45, 3, 41, 45)
    assert [row.name for row in page.rows] == ["甲40", "甲41", "甲42", "甲43", "甲44"]
    assert (page.previous_url, page.next_url) == ("?page=2", "")


def test_list_takes_nothing_that_is_not_on_offer(people: None) -> None:
    page = listed("/?sort=password&active=2&size=100000&page=999&page=x&is_active=1")

    assert (page.sort, page.size, page.page, page.pills, page.params) == ("name", 20, 1, [], {})


def test_filters_search_and_order_go_together(people: None) -> None:
    page = listed("/?active=1&q=甲4&sort=-name&size=50")

    assert [row.name for row in page.rows] == ["甲44", "甲42", "甲40"]
    assert [(pill.label, pill.value) for pill in page.pills] == [("搜索", "甲4"), ("状态", "启用")]
    assert page.pills[1].url == "?q=%E7%94%B24&sort=-name&size=50"
    assert page.kept == [("sort", "-name"), ("size", "50")]


def test_list_asks_twice_whatever_its_size(people: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        listed("/?q=甲&active=1")


def test_sorted_head_says_so_and_turns_round(people: None) -> None:
    down, other = listed("/?sort=-name"), listed("/?sort=joined")

    assert 'aria-sort="descending"' in web.sort_head(down, "name", "姓名")
    assert 'href="?sort=name"' in web.sort_head(down, "name", "姓名")
    assert 'aria-sort="none"' in web.sort_head(other, "name", "姓名")


# -- pages of the front ------------------------------------------------------------------------------------------------
def test_styleguide_is_shown_in_the_demonstration_only(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    hidden = client.get("/styleguide/").status_code
    settings.DEMO = True
    shown = client.get("/styleguide/")

    assert (hidden, shown.status_code) == (404, 200)
    assert "可办事项" in shown.content.decode()


def test_styleguide_shows_every_component(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    shown = {template.name for template in client.get("/styleguide/").templates}
    components = {f"web/{file.name}" for file in (TEMPLATES / "web/templates/web").glob("_*.html")}

    assert components - shown == set()


def switch(page: str) -> str:
    """Where the switch of the display leads."""
    found = re.search(r'class="k-elder" href="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_larger_display_is_remembered_and_leads_back_until_it_is_put_off(client: Client) -> None:
    page = client.get("/accessibility/?a=1&a=2").content.decode()

    on = client.get(f"/accessibility/{switch(page)}")
    larger = client.get(on["Location"]).content.decode()
    off = client.get(f"/accessibility/{switch(larger)}")

    assert on["Location"] == "/accessibility/?a=1&a=2"
    assert "no-store" in on["Cache-Control"]
    assert (" data-elder>" in page, " data-elder>" in larger) == (False, True)
    assert off["Location"] == "/accessibility/?a=1&a=2"
    assert " data-elder>" not in client.get("/accessibility/").content.decode()


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("//elsewhere.example/x", "/%2Felsewhere.example/x"),
        ("/%2F/elsewhere.example/", "/%2F/elsewhere.example/"),
        ("/%5Celsewhere.example", "/%5Celsewhere.example"),
        ("/a%3Fb%23c/%0d%0ad/", "/a%3Fb%23c/%0D%0Ad/"),
    ],
)
def test_the_switch_of_the_display_leads_nowhere_else(rf: RequestFactory, path: str, leads: str) -> None:
    request = rf.get("/", {"elder": "1"})
    request.path = unquote(path)

    assert Display(unreached)(request)["Location"] == leads


@pytest.mark.parametrize(
    ("method", "path"), [("post", "/?elder=1"), ("get", "/?elder=2"), ("get", "/api/v1/x?elder=1")]
)
def test_nothing_else_is_taken_for_the_switch(rf: RequestFactory, method: str, path: str) -> None:
    answer = HttpResponse("the page itself")

    assert Display(lambda request: answer)(getattr(rf, method)(path)) is answer


def unreached(request: HttpRequest) -> HttpResponse:
    raise AssertionError


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_sign_in_pages_speak_chinese(client: Client, db: None, page: str) -> None:
    text = client.get(f"/accounts/{page}/", headers={"Accept-Language": "zh-CN"}).content.decode()
    shown = re.sub(r"<[^>]*>", " ", text[text.index("<main") : text.index("</main>")])

    assert "主办单位" in text
    assert re.findall(r"[A-Za-z]{3,}", shown) == []


def test_packages_speak_as_this_house_does() -> None:
    told = [
        gettext("Email"),
        gettext("Enter a valid email address."),
        *password_validation.password_validators_help_texts(),
        *(str(text) for text in DefaultAccountAdapter.error_messages.values()),
    ]

    assert [text for text in told if re.search("你|电子邮件|[Ee]mail", text)] == []


def test_consent_is_asked_for_last(client: Client, db: None) -> None:
    text = client.get("/accounts/signup/").content.decode()
    names = re.findall(r'name="(name|email|phone|password1|password2|consent)"', text)

    assert names == ["name", "email", "phone", "password1", "password2", "consent"]
    assert "placeholder" not in text


@pytest.mark.parametrize(("entries", "twice"), [(6, []), (7, ["项5", "项6"]), (9, ["项5", "项6", "项7", "项8"])])
def test_foot_of_a_phone_holds_six_and_the_rest_lies_under_more(
    as_person: Client, settings: Settings, entries: int, twice: list[str]
) -> None:
    settings.WORK_MENU = [(f"项{number}", "work_home", "inbox") for number in range(entries)]
    text = as_person.get("/accounts/email/").content.decode()
    labels = re.findall(r"<span>(项\d)</span>", text)

    assert ("更多" in text) is bool(twice)
    assert [label for label in dict.fromkeys(labels) if labels.count(label) == 2] == twice


def test_empty_setting_leaves_no_empty_place(client: Client, settings: Settings) -> None:
    settings.SITE = {**settings.SITE, "icp": "", "phone": ""}
    text = client.get("/accessibility/").content.decode()

    assert "咨询电话：" not in text
    assert "主办单位：昆明市科学技术局" in text

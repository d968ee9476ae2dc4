"""The front page, calls, heads; and what holds for every public page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from makerspace.doors.portal.urls import urlpatterns
from makerspace.office.record.models import Head
from makerspace.web.policy import PUBLIC
from tests.doors.portal.helpers import ON, notice, noticed_case, page, words
from tests.factories import make_call, make_person
from tests.matters.recognition.helpers import announced

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
PLAIN = [
    "portal_home", "portal_self_check", "portal_calls", "portal_notices", "portal_objections", "portal_announcements",
    "portal_registry", "portal_registry_csv", "portal_verify", "portal_rules", "portal_heads", "portal_privacy",
]  # fmt: skip


def test_every_public_page_says_so() -> None:
    undeclared = [pattern.name for pattern in urlpatterns if getattr(pattern.callback, "policy", None) != PUBLIC]

    assert undeclared == []
    assert all(str(pattern.name).startswith("portal_") for pattern in urlpatterns)


@pytest.mark.parametrize("name", PLAIN)
def test_an_empty_house_has_every_page(name: str) -> None:
    assert Client().get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize(
    "query",
    [
        "on=nonsense",
        "on=0000-00-00",
        "on=9999-12-31",
        "page=999999",
        "page=-1",
        "sort=password",
        "q=%EF%BF%BD",
        "code=x",
    ],
)
def test_nonsense_in_an_address_is_never_a_fault(name: str, query: str) -> None:
    announced(1)

    assert Client().get(f"{reverse(name)}?{query}").status_code in {200, 422}


@pytest.mark.parametrize("name", PLAIN)
def test_a_nul_byte_in_an_address_is_refused(name: str) -> None:
    assert Client().get(f"{reverse(name)}?q=%00&on=%00").status_code == 400


@pytest.mark.parametrize("name", PLAIN)
def test_public_pages_take_only_reading(name: str) -> None:
    assert Client().post(reverse(name)).status_code in {403, 405}


@pytest.mark.parametrize("name", PLAIN)
def test_a_visitor_gets_no_cookie_from_reading(name: str) -> None:
    assert not Client().get(reverse(name)).cookies


def test_the_front_page_says_what_is_going_on() -> None:
    make_call(title="关于组织申报的通知")
    found = notice([noticed_case(50)])
    made = announced(2)

    html = page("/")

    assert "关于组织申报的通知" in html
    assert "还剩30天" in html
    assert f'href="/notices/{found.pk}/"' in html
    assert "1家，2026年3月23日截止" in words(html)
    assert f'href="/announcements/{made.pk}/"' in html
    assert "2在册众创空间2综合服务类0技术支撑类1正在公示的批次" in words(html)
    assert 'href="/rules/#article-11"' in html


def test_figures_count_what_their_lists_show() -> None:
    announced(3)

    assert "3在册众创空间" in words(page("/"))
    assert "共3家" in words(page("/registry/", status="in_force"))
    assert "共3家" in words(page("/registry/", status="in_force", category="comprehensive"))


def test_the_front_page_shows_no_draft_no_future_call_and_no_ended_notice() -> None:
    make_call(title="草稿通知", published=False)
    make_call(title="往年通知", opens_on=date(2025, 3, 1), closes_on=date(2025, 4, 1))
    notice([noticed_case(1)], title="未到发布日的公示", publish_on=ON + A_DAY)
    notice(
        [noticed_case(2)],
        title="已期满的公示",
        publish_on=date(2026, 3, 1),
        first_day=date(2026, 3, 2),
        last_day=ON - A_DAY,
    )

    html = page("/")

    assert [text for text in ("草稿通知", "往年通知", "未到发布日的公示", "已期满的公示") if text in html] == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_front_page_takes_four_queries(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for n in range(count):
        make_call(title=f"第{n}号通知")
        notice([noticed_case(1000 + n)])
        announced(1, f"昆科发〔2026〕{n + 1}号", first=n + 1)

    with django_assert_num_queries(4):
        assert Client().get("/").status_code == 200


def test_a_call_shows_days_materials_contacts_and_the_way() -> None:
    call = make_call(materials=[{"code": "audit", "title": "近一年审计报告", "required": True}])

    text = words(page(f"/calls/{call.pk}/"))

    for said in (
        "还剩30天",
        "近一年审计报告",
        "建设运营方案",
        "0871-63100001",
        "区县初审与查验第十条",
        "20个工作日",
        "登录并申报",
    ):
        assert said in text


def test_a_closed_call_takes_nobody_and_says_why() -> None:
    call = make_call(opens_on=ON - 40 * A_DAY, closes_on=ON - A_DAY)

    text = words(page(f"/calls/{call.pk}/"))

    assert "已于2026年3月15日截止，不再接收申报（第八条）" in text
    assert "登录并申报" not in text


def test_whoever_is_signed_in_is_not_asked_to_sign_in(client: Client) -> None:
    client.force_login(make_person())
    text = words(client.get(f"/calls/{make_call().pk}/").content.decode())

    assert "我要申报" in text
    assert "登录并申报" not in text
    assert "没有账号" not in text


def test_a_draft_call_is_as_if_it_were_not_there() -> None:
    call = make_call(published=False)

    page(f"/calls/{call.pk}/", 404)
    assert "还没有发布过申报通知" in page("/calls/")


@pytest.mark.parametrize(
    ("path", "queries"), [("/calls/", 2), ("/notices/", 2), ("/announcements/", 2), ("/registry/", 4), ("/heads/", 2)]
)
@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_the_same_queries_for_one_and_for_thirty(path: str, queries: int, count: int) -> None:
    for n in range(count):
        make_call(title=f"第{n}号通知")
        notice([noticed_case(1000 + n)])
        announced(1, f"昆科发〔2026〕{n + 1}号", first=n + 1)
        Head.objects.create(
            day=ON - (n + 1) * A_DAY, entries=1, algorithm="sm3", head="a" * 64, published_at="2026-03-16T00:00:00Z"
        )

    with CaptureQueriesContext(connection) as asked:
        assert Client().get(path).status_code == 200

    assert len(asked) == queries


def test_no_public_page_shows_a_person(django_user_model: Any) -> None:
    case = noticed_case(1)
    found = notice([case])
    made = announced(1, first=2)
    django_user_model.objects.update(name="不该出现的人", phone="13812345678")
    django_user_model.objects.filter(username="owner1").update(email="nobody@example.cn")
    paths = ["/", "/notices/", f"/notices/{found.pk}/", "/announcements/", f"/announcements/{made.pk}/", "/registry/",
             "/registry/KMZC-2026-001/", "/registry.csv", f"/notices/{found.pk}/cases/{case.number}/object/"]  # fmt: skip

    for path in paths:
        html = Client().get(path).content.decode()
        assert [told for told in ("不该出现的人", "13812345678", "nobody@example.cn") if told in html] == [], path


def test_the_heads_are_listed_as_published() -> None:
    Head.objects.create(day=ON - A_DAY, entries=7, algorithm="sm3", head="ab" * 32, published_at="2026-03-15T16:00:01Z")

    text = words(page("/heads/"))

    assert "2026-03-157SM3" + "ab" * 32 + "2026-03-1600:00" in text

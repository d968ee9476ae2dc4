"""The pages of the operator and of the tenant around its link (article 16): what they show, to whom, and what they refuse."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from makerspace.matters.recognition.models import Title
from makerspace.matters.registers.models import Tenant
from makerspace.matters.support import operations
from makerspace.matters.support.models import Mentor, Session, State, TenantLink
from makerspace.matters.support.operations.engagements import CONTACTS_KEPT
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from tests import factories
from tests.asking import browser
from tests.matters.support.helping import MONDAY, NOW, THURSDAY, Scene, ask, ask_alone, at, give, scene, tenant_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]
PHONE, PURPOSE, NOTES = "13987654321", "股权分配怎么写进章程", "先写清退出条款"
ASKED = {
    "day": "2026-03-19", "start": "09:00", "end": "10:00", "way": "online", "place": "会议号300", "purpose": PURPOSE,
    "contact": "杨帆", "phone": PHONE,
}  # fmt: skip


@pytest.fixture
def here() -> Iterator[Scene]:
    made = scene()
    cache.clear()
    with clock.pretending(NOW):
        yield made


@pytest.fixture
def tenant(here: Scene) -> Tenant:
    return tenant_of(here)


@pytest.fixture
def secret(here: Scene, tenant: Tenant) -> str:
    return give(here, tenant)[1]


def path(name: str, secret: str, *parts: object) -> str:
    """The address of a page behind a link."""
    return reverse(f"support_mentoring{name}", args=[secret, *parts])


def look(secret: str, name: str = "", *parts: object, query: str = "") -> str:
    """A page behind a link, as whoever holds it sees it."""
    answer = Client().get(path(name, secret, *parts) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(secret: str, name: str, *parts: object, **fields: object) -> Any:
    """A form behind a link, sent by whoever holds it."""
    return Client().post(path(name, secret, *parts), fields)


def held(here: Scene, link: TenantLink, **changes: str) -> Session:
    """A session that a tenant asked for and that took place."""
    session = ask_alone(here, link, **changes)
    operations.confirm(session, by=here.adviser, on=MONDAY, reason="请带章程草案")
    with clock.pretending(at(THURSDAY, 11)):
        return operations.complete(
            session,
            by=here.adviser,
            on=THURSDAY,
            start=at(THURSDAY, 9),
            end=at(THURSDAY, 10),
            attendance=2,
            notes=NOTES,
        )


def handed_on(page: str, secret: str) -> list[str]:
    """Where a page would carry the secret to any address but its own, which a log outside of this house would keep."""
    links = re.findall(r'(?:href|src|action|content|hx-[a-z]+|data-[a-z-]+)="([^"]*)"', page)
    return [link for link in links if secret in unquote(link) and not link.startswith(path("", secret))]


# -- the operator's pages ----------------------------------------------------------------------------------------------
def test_the_operator_gives_a_link_that_is_shown_once(here: Scene, tenant: Tenant) -> None:
    client = browser(here.asker)
    assert reverse("support_tenants") in client.get(reverse("support_mentors")).content.decode()

    shown = client.post(reverse("support_tenant_link", args=[tenant.pk]))

    url = re.search(r'<code class="s-address">([^<]+)</code>', shown.content.decode())
    assert url is not None
    assert "data:image/svg+xml;base64," in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert Client().get(url[1].removeprefix(settings.PUBLIC_BASE_URL)).status_code == 200
    listed = client.get(reverse("support_tenants")).content.decode()
    assert "可以使用" in listed
    assert url[1].rstrip("/").rpartition("/")[2] not in listed


@pytest.mark.parametrize("seen", ["9" * 5000, "9" * 4301, "-1", "１", "x", ""])
def test_a_link_seen_that_is_none_is_refused_and_breaks_nothing(here: Scene, tenant: Tenant, seen: str) -> None:
    give(here, tenant)

    answer = browser(here.asker).post(reverse("support_tenant_link", args=[tenant.pk]), {"seen": seen})

    assert answer.status_code == 412


def test_the_operator_renews_and_revokes_on_the_list(here: Scene, tenant: Tenant) -> None:
    link, first = give(here, tenant)
    client = browser(here.asker)

    stale = client.post(reverse("support_tenant_link", args=[tenant.pk]))
    renewed = client.post(reverse("support_tenant_link", args=[tenant.pk]), {"seen": link.pk})
    assert (stale.status_code, renewed.status_code) == (412, 200)
    assert "生成了新链接" in stale.content.decode()
    assert Client().get(path("", first)).status_code == 404
    ended = client.post(reverse("support_tenant_link_revoke", args=[tenant.pk]), follow=True).content.decode()
    again = client.post(reverse("support_tenant_link_revoke", args=[tenant.pk]), follow=True).content.decode()

    assert "约导师链接已作废，不能再打开" in ended
    assert "目前没有约导师链接" in again
    assert not TenantLink.objects.filter(revoked_at=None).exists()


def test_another_operator_sees_and_touches_no_tenant_of_ours(here: Scene, tenant: Tenant, secret: str) -> None:
    client = browser(factories.make_person(organisation=factories.make_organisation()))

    assert tenant.name not in client.get(reverse("support_tenants")).content.decode()
    for name in ("support_tenant_link", "support_tenant_link_revoke"):
        assert client.post(reverse(name, args=[tenant.pk])).status_code == 404
    assert browser(here.bureau).get(reverse("support_tenants")).status_code == 403
    assert "入驻单位约导师" not in browser(here.bureau).get(reverse("support_mentors")).content.decode()
    assert Client().get(path("", secret)).status_code == 200


def test_a_dead_link_is_named_on_the_list(here: Scene, tenant: Tenant, secret: str) -> None:
    Title.objects.update(state="revoked", ended_on=MONDAY)

    page = browser(here.asker).get(reverse("support_tenants")).content.decode()

    assert "众创空间目前没有有效的称号" in page
    assert reverse("support_tenant_link", args=[tenant.pk]) + '"' not in page
    assert reverse("support_tenant_link_revoke", args=[tenant.pk]) in page


# -- what the tenant sees ----------------------------------------------------------------------------------------------
def test_the_page_shows_the_mentors_public_facts_and_its_own_sessions(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    neighbour, _ = give(here, tenant_of(here, name="隔壁的企业", uscc=factories.uscc()))
    mine = ask_alone(here, link)
    theirs = ask_alone(here, neighbour, 11, 12, purpose="隔壁的秘密", contact="钱邻居", phone="13711112222")
    operators = ask(here)

    page = look(secret)

    assert (tenant.name in page, here.makerspace.name in page) == (True, True)
    assert (here.mentor.name in page, here.mentor.employer in page, "投资与融资" in page) == (True, True, True)
    assert (here.mentor.intro in page, here.mentor.post in page) == (False, False)
    assert path("_session", secret, mine.pk) in page
    asking = look(secret, "_ask", here.mentor.pk)
    assert "2026年3月19日 11:00至12:00" in asking
    for text in (page, asking):
        assert not [leak for leak in ("隔壁", "钱邻居", "13711112222", operators.purpose) if leak in text]
    for other in (theirs, operators):
        for name, parts in (("_session", ()), ("_act", ("withdraw",))):
            assert Client().get(path(name, secret, other.pk, *parts)).status_code == 404
        assert send(secret, "_act", other.pk, "withdraw").status_code == 404


def test_a_session_of_another_makerspace_is_not_there(here: Scene, tenant: Tenant, secret: str) -> None:
    from_elsewhere = Tenant.objects.get(pk=tenant.pk)
    from_elsewhere.pk, from_elsewhere.name = None, "别处的企业"
    from_elsewhere.save(force_insert=True)
    link, _ = give(here, from_elsewhere)
    foreign = ask_alone(here, link)

    assert Client().get(path("_session", secret, foreign.pk)).status_code == 404
    assert "别处的企业" not in look(secret)


def test_mentors_are_found_by_field(here: Scene, secret: str) -> None:
    found, none = look(secret, query="?field=finance"), look(secret, query="?field=law")

    assert (here.mentor.name in found, here.mentor.name in none) == (True, False)
    assert "没有符合条件的导师" in none


def test_every_page_keeps_its_address_to_itself(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    session = ask_alone(here, link)
    pages = {
        path("", secret): "no-referrer",
        path("_session", secret, session.pk): "no-referrer",
        path("_ask", secret, here.mentor.pk): "strict-origin",
        path("_act", secret, session.pk, "withdraw"): "strict-origin",
        path("", "x" * 43): "no-referrer",
        path("_act", "x" * 43, session.pk, "withdraw"): "strict-origin",
    }

    for address, policy in pages.items():
        answer = Client().get(address)
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (policy, "noindex, nofollow"), address
        assert "no-store" in answer["Cache-Control"]
        assert not handed_on(answer.content.decode(), secret)


def test_a_refused_form_keeps_the_address_to_itself(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    session = ask_alone(here, link)
    strict = Client(enforce_csrf_checks=True)

    refused = [
        strict.post(path("_ask", secret, here.mentor.pk), ASKED),
        send(secret, "_act", session.pk, "rate", stars="5"),
        send(secret, "_ask", here.mentor.pk, **{**ASKED, "day": ""}),
        Client().post(path("", secret)),
        Client().get(path("", secret) + "nowhere/"),
    ]

    assert [answer.status_code for answer in refused] == [403, 409, 422, 405, 404]
    for answer in refused:
        page = answer.content.decode()
        assert "data-elder-switch" in page
        assert not handed_on(page, secret)


def test_the_larger_display_is_chosen_on_the_very_page(here: Scene, secret: str) -> None:
    client = Client()

    answer = client.get(path("_ask", secret, here.mentor.pk) + "?elder=1")

    assert answer["Location"] == path("_ask", secret, here.mentor.pk)
    assert " data-elder>" in client.get(answer["Location"]).content.decode()


def test_a_wrong_address_is_answered_the_same_whatever_is_wrong(here: Scene, tenant: Tenant) -> None:
    link, revoked = give(here, tenant)
    session = ask_alone(here, link)
    operations.revoke_link(tenant, by=here.asker, on=MONDAY)
    gone = tenant_of(here, name="先行离开的企业", uscc=factories.uscc())
    _, left = give(here, gone)
    Tenant.objects.filter(pk=gone.pk).update(moved_out_on=MONDAY, left_as="closed")

    def shape(address: str, wrong: str) -> tuple[int, str, dict[str, str]]:
        answer = Client().get(address)
        headers = {name: value for name, value in answer.items() if name not in {"Expires", "Set-Cookie"}}
        return answer.status_code, answer.content.decode().replace(wrong, "…"), headers

    shapes = [shape(path("", wrong), wrong) for wrong in ("x" * 43, revoked, left)]
    assert shapes[0] == shapes[1] == shapes[2]
    assert shapes[0][0] == 404
    assert "约导师链接不能使用" in shapes[0][1]
    for odd in ("a", "%00", "..%2f", "中文", revoked + "x", revoked.swapcase()):
        assert Client().get(f"/work/mentoring/{odd}/").status_code in {400, 404}
    for name, parts in (("_ask", (here.mentor.pk,)), ("_session", (session.pk,)), ("_act", (session.pk, "withdraw"))):
        assert Client().get(path(name, revoked, *parts)).status_code == 404
        assert Client().post(path(name, revoked, *parts)).status_code in {404, 405}


# -- what the tenant does ----------------------------------------------------------------------------------------------
def test_a_tenant_asks_on_its_page_and_a_second_press_leads_to_the_same(here: Scene, secret: str) -> None:
    first, second = (send(secret, "_ask", here.mentor.pk, **ASKED) for _ in range(2))

    session = Session.objects.get()
    assert first["Location"] == second["Location"] == path("_session", secret, session.pk)
    assert (session.start, session.contact, session.phone, session.purpose) == (at(THURSDAY, 9), "杨帆", PHONE, PURPOSE)
    page = look(secret, "_session", session.pk)
    assert (PHONE in page, "待答复" in page, path("_act", secret, session.pk, "withdraw") in page) == (True, True, True)


@pytest.mark.parametrize("typed", ["１３９８７６５４３２１", "139 8765 4321", " 13987654321 "])
def test_a_phone_may_be_typed_in_full_width_or_with_blanks(here: Scene, secret: str, typed: str) -> None:
    answer = send(secret, "_ask", here.mentor.pk, **{**ASKED, "phone": typed})

    assert (answer.status_code, Session.objects.get().phone) == (302, "13987654321")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2026-13-40"}, "日期"),
        ({"day": ""}, "请填写日期"),
        ({"day": "2026-03-15"}, "这个时间已过"),
        ({"day": "2027-03-15"}, "至多提前90天"),
        ({"start": "09:10"}, "开始时间"),
        ({"end": "09:00"}, "结束时间应晚于开始时间"),
        ({"end": "18:00"}, "单次辅导至多8小时"),
        ({"way": "fax"}, "方式"),
        ({"place": ""}, "地点或会议号"),
        ({"purpose": "x" * 501}, "500"),
        ({"purpose": "问"}, "想解决的问题"),
        ({"contact": "x" * 65}, "64"),
        ({"phone": "123"}, "应为11位手机号码"),
        ({"phone": "１３９８７６５４３２"}, "应为11位手机号码"),
        ({"phone": "139 8765 4321<b>"}, "应为11位手机号码"),
    ],
)
def test_wrong_input_is_said_at_its_field_and_kept(here: Scene, secret: str, wrong: dict[str, str], said: str) -> None:
    answer = send(secret, "_ask", here.mentor.pk, **{**ASKED, **wrong})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'value="杨帆"' in page or "contact" in wrong
    assert not Session.objects.exists()


def test_a_time_that_was_taken_meanwhile_is_said_and_the_form_kept(here: Scene, secret: str) -> None:
    ask(here, start=9, end=10)

    answer = send(secret, "_ask", here.mentor.pk, **ASKED)

    assert answer.status_code == 409
    assert "刚刚已被他人约定" in answer.content.decode()
    assert PURPOSE in answer.content.decode()


def test_a_mentor_who_is_not_to_be_asked_is_not_there(here: Scene, secret: str) -> None:
    waiting = Mentor.objects.create(
        name="未开通", employer="云南大学", fields=["law"], since=MONDAY, appointed_by=here.bureau
    )
    operations.end_mentor(here.mentor, by=here.bureau, on=MONDAY, reason="聘期届满")

    for pk in (waiting.pk, here.mentor.pk, 987_654):
        assert Client().get(path("_ask", secret, pk)).status_code == 404
        assert send(secret, "_ask", pk, **ASKED).status_code == 404


def test_a_tenant_calls_off_on_its_page_and_a_second_press_does_no_harm(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    waiting, agreed = ask_alone(here, link, 9, 10), ask_alone(here, link, 11, 12)
    operations.confirm(agreed, by=here.adviser, on=MONDAY)

    answers = [send(secret, "_act", waiting.pk, "withdraw") for _ in range(2)]
    answers += [send(secret, "_act", agreed.pk, "cancel", reason="样机没有到") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert set(Session.objects.values_list("state", flat=True)) == {"withdrawn", "cancelled"}
    assert send(secret, "_act", agreed.pk, "cancel", reason="另一个理由").status_code == 409
    assert "样机没有到" in look(secret, "_session", agreed.pk)


def test_a_tenant_rates_once_what_was_held_and_reads_the_notes(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    session = held(here, link)
    assert "请作出评价" in look(secret)

    with clock.pretending(at(THURSDAY, 12)):
        wrong = send(secret, "_act", session.pk, "rate", stars="6")
        answers = [send(secret, "_act", session.pk, "rate", stars="5", comment="很有帮助") for _ in range(2)]
        other = send(secret, "_act", session.pk, "rate", stars="1", comment="")
        page = look(secret, "_session", session.pk)

    session.refresh_from_db()
    assert (wrong.status_code, [answer.status_code for answer in answers], other.status_code) == (422, [302, 302], 409)
    assert (session.stars, session.comment) == (5, "很有帮助")
    assert (NOTES in page, "很有帮助" in page, path("_act", secret, session.pk, "rate") in page) == (True, True, False)


def test_an_operator_that_renews_the_link_neither_reads_nor_rates_with_it(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    session = held(here, link)
    renewed = browser(here.asker).post(reverse("support_tenant_link", args=[tenant.pk]), {"seen": link.pk})
    url = re.search(r'<code class="s-address">([^<]+)</code>', renewed.content.decode())
    assert url is not None
    secret = url[1].rstrip("/").rpartition("/")[2]

    with clock.pretending(at(THURSDAY, 12)):
        page, home = look(secret, "_session", session.pk), look(secret)
        asked = Client().get(path("_act", secret, session.pk, "rate"))
        sent = send(secret, "_act", session.pk, "rate", stars="5")

    assert (NOTES in page, "链接更换以后，导师的记录和评价不再开放" in page) == (False, True)
    assert path("_act", secret, session.pk, "rate") not in page
    assert ("请作出评价" in home, "未评价" in home) == (False, True)
    assert (asked.status_code, sent.status_code) == (403, 403)
    session.refresh_from_db()
    assert session.stars is None


def test_the_mentor_is_told_who_may_read_before_writing(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    tenants, operators = ask_alone(here, link), ask(here)
    for row in (tenants, operators):
        operations.confirm(row, by=here.adviser, on=MONDAY)

    with clock.pretending(at(THURSDAY, 16)):
        pages = [
            browser(here.adviser).get(reverse("support_session_act", args=[row.pk, "record"])).content.decode()
            for row in (tenants, operators)
        ]

    assert ["不宜让众创空间知道的，请当面说" in page for page in pages] == [True, False]


def test_the_privacy_page_says_when_a_contact_is_forgotten(here: Scene) -> None:
    page = Client().get(reverse("portal_privacy")).content.decode()

    assert f"在辅导结束或者约请终止满{CONTACTS_KEPT.days}日后自动删除" in page


def test_a_contact_that_was_forgotten_is_said_to_be(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    session = ask_alone(here, link)
    Session.objects.update(contact="", phone="")

    pages = (
        look(secret, "_session", session.pk),
        browser(here.adviser).get(reverse("support_session", args=[session.pk])).content.decode(),
    )

    assert ["已按期删除" in page for page in pages] == [True, True]
    assert 'href="tel:"' not in pages[1]


def test_a_link_does_what_is_the_tenants_and_nothing_else(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    session = ask_alone(here, link)

    for deed in ("confirm", "refuse", "record", "miss", "nothing"):
        assert Client().get(path("_act", secret, session.pk, deed)).status_code == 404
        assert send(secret, "_act", session.pk, deed, reason="不应当").status_code == 404
    assert send(secret, "_act", session.pk, "rate", stars="5").status_code == 409
    session.refresh_from_db()
    assert session.state == State.ASKED


def test_a_forged_form_is_refused(here: Scene, secret: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(path("_ask", secret, here.mentor.pk), ASKED).status_code == 403
    assert not Session.objects.exists()


def test_haste_is_slowed_down(here: Scene, secret: str) -> None:
    answers = [send(secret, "_ask", here.mentor.pk).status_code for _ in range(31)]

    assert answers == [422] * 30 + [429]
    cache.clear()
    looks = [Client().get(path("", "x" * 43)).status_code for _ in range(121)]
    assert looks == [404] * 120 + [429]


def test_tenants_behind_one_address_do_not_slow_each_other_and_a_moving_one_is_held(
    here: Scene, tenant: Tenant, secret: str
) -> None:
    _, neighbour = give(here, tenant_of(here, name="隔壁的企业", uscc=factories.uscc()))

    def sends(secret: str, address: str) -> int:
        return Client(REMOTE_ADDR=address).post(path("_ask", secret, here.mentor.pk)).status_code

    moving = [sends(secret, f"203.0.113.{place}") for place in range(31)]
    assert moving == [422] * 30 + [429]
    assert sends(neighbour, "203.0.113.1") == 422
    cache.clear()
    strangers = [sends("x" * 42 + "abc"[place % 3], "203.0.113.1") for place in range(31)]
    assert strangers == [404] * 30 + [429]
    assert sends(neighbour, "203.0.113.1") == 422


# -- what the others see -----------------------------------------------------------------------------------------------
def test_the_page_of_a_session_says_who_asked_and_whom_to_call_to_those_concerned(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    session = held(here, link)
    page = reverse("support_session", args=[session.pk])
    leader, auditor = factories.make_person(Role.LEADER), factories.make_person(Role.AUDITOR)

    def shown(person: Person) -> tuple[bool, bool]:
        answer: HttpResponse = browser(person).get(page)  # type: ignore[assignment]
        text = answer.content.decode()
        assert f"入驻单位{tenant.name}，通过约导师链接" in text
        assert f"{tenant.name}（通过约导师链接）" in text
        return PHONE in text, NOTES in text

    told = {name: shown(who) for name, who in (
        ("mentor", here.adviser), ("operator", here.asker), ("bureau", here.bureau), ("leader", leader), ("auditor", auditor),
    )}  # fmt: skip
    assert told == {
        "mentor": (True, True), "operator": (True, False), "bureau": (True, False), "leader": (False, False),
        "auditor": (False, True),
    }  # fmt: skip
    stranger = browser(factories.make_person(organisation=factories.make_organisation()))
    assert stranger.get(page).status_code == 404


def test_the_operator_is_offered_what_is_its_own(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    waiting, done = ask_alone(here, link, 11, 12), held(here, link)
    client = browser(here.asker)

    with clock.pretending(at(THURSDAY, 11) - timedelta(hours=1)):
        page = client.get(reverse("support_session", args=[waiting.pk])).content.decode()
        rating = client.get(reverse("support_session_act", args=[done.pk, "rate"]))

    assert reverse("support_session_act", args=[waiting.pk, "withdraw"]) in page
    assert rating.status_code == 403
    assert "由提出约请的入驻单位（通过提出时的链接）办理" in rating.content.decode()

"""A view opens only as its policy says, and every refusal looks the same."""

import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import resolve
from pytest_django import Settings

from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Person
from makerspace.web.refusals import refuse


def test_public_view_opens_to_anyone(client: Client) -> None:
    assert client.get("/anyone/").content == b"open"


def test_view_without_policy_is_refused_and_noted(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "makerspace.refused"):
        response = client.get("/undeclared/")

    assert response.status_code == 403
    assert b"must never be seen" not in response.content
    assert "no policy declared" in caplog.text


def test_third_party_view_opens_only_as_listed(as_person: Client, settings: Settings) -> None:
    listed = as_person.get("/listed/").status_code
    settings.THIRD_PARTY_POLICIES = {}
    unlisted = as_person.get("/listed/").status_code

    assert (listed, unlisted) == (200, 403)


def test_anonymous_visitor_is_sent_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/members/?page=2")

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/members/%3Fpage%3D2"


def test_anonymous_post_is_not_sent_back_to_a_post(client: Client) -> None:
    assert client.post("/members/")["Location"] == "/accounts/login/?next=/work/&unsent=1"


@pytest.mark.parametrize(
    ("came", "back"),
    [("http://testserver/officers/?tab=2", "/officers/%3Ftab%3D2"), ("https://elsewhere.example/officers/", "/work/")],
)
def test_anonymous_post_leads_back_to_the_page_of_its_form_and_says_nothing_was_sent(
    client: Client, came: str, back: str
) -> None:
    response = client.post("/members/", headers={"Referer": came}, follow=True)

    assert response.redirect_chain == [(f"/accounts/login/?next={back}&unsent=1", 302)]
    assert "登录已过期，刚才的内容没有提交" in response.content.decode()


def test_stale_token_says_that_nothing_was_sent_and_leads_back(person: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)

    response = strict.post("/members/", headers={"Referer": "http://testserver/officers/"})
    text = response.content.decode()

    assert response.status_code == 403
    assert "这次内容没有提交" in text
    assert 'href="/officers/"' in text
    assert "这一步不由您办理" not in text


def test_page_opened_by_one_is_not_sent_by_another(as_person: Client, person: Person) -> None:
    own = as_person.post("/members/", {"_person": str(person.pk)})
    others = as_person.post("/members/", {"_person": str(person.pk + 1)})
    script = as_person.post("/members/", headers={"X-Person": str(person.pk + 1), "X-Requested-By": "script"})

    assert (own.status_code, others.status_code, script.status_code) == (200, 403, 403)
    assert "登录的账号已经更换" in others.content.decode()


@pytest.mark.parametrize(
    ("path", "told"), [("/members/", "a" * 24), ("/officers/", ""), ("/refuses/", ""), ("/nowhere/", "")]
)
def test_what_was_taken_up_need_not_be_kept(as_person: Client, path: str, told: str) -> None:
    response = as_person.post(path, {"_kept": "a" * 24})

    assert getattr(response.cookies.get("kept"), "value", "") == told


def test_what_nobody_took_up_is_kept(client: Client, as_person: Client) -> None:
    odd = as_person.post("/members/", {"_kept": "<script>"})
    client.logout()
    ended = client.post("/members/", {"_kept": "a" * 24})

    assert ("kept" in odd.cookies, "kept" in ended.cookies) == (False, False)


def test_refusal_of_a_case_has_a_true_title_and_leads_to_the_case(rf: RequestFactory, settings: Settings) -> None:
    settings.ROOT_URLCONF = "makerspace.config.urls"
    request = rf.get("/work/cases/KM-2026-0001/score/")
    request.resolver_match, request.user = resolve(request.path), AnonymousUser()
    text = refuse(request, Refusal("wrong_stage", "您已申明。", (11,))).content.decode()
    hidden = refuse(request, Refusal("not_found", "没有找到。")).content.decode()

    assert "这一步现在不能办理" in text
    assert "办件已不在这个环节" not in text
    assert 'href="/work/cases/KM-2026-0001/"' in text
    assert 'href="/work/cases/KM-2026-0001/"' not in hidden


def test_htmx_and_scripts_learn_that_the_session_is_over(client: Client) -> None:
    htmx = client.get("/members/", headers={"HX-Request": "true"})
    script = client.get("/members/", headers={"X-Requested-By": "script"})

    assert htmx["HX-Redirect"] == "/accounts/login/?next=/members/"
    assert (script.status_code, script.json()["code"]) == (401, "unauthenticated")


def test_signed_in_view_opens_to_whoever_has_an_account(as_person: Client) -> None:
    assert as_person.get("/members/").content == b"signed in as applicant"


def test_role_of_the_day_is_on_the_request(client: Client, leader: Person) -> None:
    client.force_login(leader)

    assert client.get("/members/").content == b"signed in as leader"


def test_role_view_names_who_may(as_person: Client) -> None:
    response = as_person.get("/officers/")

    assert response.status_code == 403
    assert "市科技局经办处室、市科技局负责人" in response.content.decode()


def test_role_view_opens_to_the_role(client: Client, leader: Person) -> None:
    client.force_login(leader)

    assert client.get("/officers/").content == b"officers"


def test_refusal_below_becomes_one_page_that_cites(client: Client) -> None:
    response = client.get("/refuses/")

    assert response.status_code == 409
    text = response.content.decode()
    assert "本件现处于“专家评审”环节。" in text
    assert "第十条、第十一条" in text


def test_refusal_to_a_program_is_the_shape_of_the_contract(client: Client) -> None:
    expected = {
        "code": "wrong_stage",
        "text": "本件现处于“专家评审”环节。",
        "article": "第十条、第十一条",
        "fields": {},
    }

    assert client.get("/api/refuses/").json() == expected
    assert client.get("/refuses/", headers={"X-Requested-By": "script"}).json() == expected


def test_refusal_to_htmx_takes_the_place_of_the_page(client: Client) -> None:
    response = client.get("/refuses/", headers={"HX-Request": "true"})

    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#main", "innerHTML")
    assert b"<html" not in response.content


def test_server_error_tells_nothing_of_its_cause(client: Client) -> None:
    client.raise_request_exception = False

    response = client.get("/breaks/")

    assert response.status_code == 500
    assert "系统出错了" in response.content.decode()
    assert b"secret detail" not in response.content


def test_unknown_address_has_the_refusal_page(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "没有找到这一页" in response.content.decode()


def test_menu_shows_an_entry_only_to_those_for_whom_the_page_opens(
    client: Client, person: Person, leader: Person
) -> None:
    client.force_login(person)
    plain = client.get("/accounts/password/change/").content.decode()
    client.force_login(leader)
    leading = client.get("/accounts/password/change/").content.decode()

    assert ('href="/officers/"' in plain, 'href="/officers/"' in leading) == (False, True)
    assert 'href="/members/"' in plain


# -- limits (C36) ------------------------------------------------------------------------------------------------------
def test_too_long_address_is_refused(client: Client) -> None:
    assert client.get("/anyone/?q=" + "x" * 5000).status_code == 414


def test_too_large_body_is_refused_by_its_stated_length(client: Client, settings: Settings) -> None:
    settings.BODY_MAX_BYTES = 1024

    assert client.post("/anyone/", {"text": "x" * 2000}).status_code == 413


def test_body_without_length_is_refused(client: Client) -> None:
    response = client.generic("POST", "/anyone/", b"", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")

    assert response.status_code == 411


def test_unreadable_length_and_nul_are_refused(client: Client) -> None:
    wrong = client.generic("POST", "/anyone/", b"", CONTENT_LENGTH="-1")
    nul = client.get("/anyone/?q=%00")

    assert (wrong.status_code, nul.status_code) == (400, 400)


def test_an_address_for_buttons_says_so_when_it_is_opened(client: Client) -> None:
    opened, put = client.get("/buttons/"), client.put("/anyone/")

    assert (opened.status_code, put.status_code, opened["Allow"]) == (405, 405, "POST")
    assert "不能直接打开" in opened.content.decode()
    assert "不接受这种请求方式" in put.content.decode()


def test_unknown_method_is_refused(client: Client) -> None:
    assert client.generic("TRACE", "/anyone/").status_code == 405

"""C34, C36: forged forms, foreign addresses, framed pages, endless requests."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from makerspace.config import settings as written
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Role
from tests.controls.serving import environment
from tests.factories import draft_case, make_call, make_person, member_of

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "object-src 'none'",
    "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'",
}  # fmt: skip
WRITES_NOTHING = {"self-check/file/": 422}  # nobody is signed in there and nothing is kept: nothing to forge


def every_path() -> list[str]:
    """An address for every page that is no part of the API."""
    return sorted(
        re.sub(r"<(\w+:)?\w+>", "1", path)
        for path in _paths(get_resolver())
        if not path.startswith(("api/", "accounts/"))
    )


def _paths(resolver: URLResolver, prefix: str = "") -> list[str]:
    found = []
    for each in resolver.url_patterns:
        whole = prefix + str(each.pattern)
        found += [whole] if isinstance(each, URLPattern) else _paths(each, whole)
    return found


def strict(person: Person | None = None) -> Client:
    """A browser whose forms are checked."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if person:
        client.force_login(person)
    return client


# -- C34 ---------------------------------------------------------------------------------------------------------------
def test_every_page_refuses_a_form_without_its_token() -> None:
    client = strict(make_person(Role.BUREAU))

    answers = {path: client.post(f"/{path}").status_code for path in every_path()}

    assert len(answers) > 60
    assert {path: status for path, status in answers.items() if status not in {403, 404, 405}} == WRITES_NOTHING
    assert list(answers.values()).count(403) > 40


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/accounts/logout/"]
)
def test_so_do_the_pages_of_accounts(path: str) -> None:
    assert strict().post(path, {"login": "x", "password": "x"}).status_code == 403


def test_a_form_from_another_site_is_refused_even_with_a_token() -> None:
    client = strict()
    client.get("/accounts/login/", secure=True)
    token = client.cookies["csrftoken"].value

    foreign = client.post(
        "/accounts/login/", {"csrfmiddlewaretoken": token}, secure=True, headers={"Origin": "https://evil.example"}
    )

    assert foreign.status_code == 403


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_no_next_leads_away(away: str) -> None:
    person = make_person(Role.LEADER, username="chief")
    person.set_password("滇池西岸-2026-kunming")
    person.save()

    signed_in = Client()
    signed_in.force_login(person)
    login = signed_in.post(f"/accounts/login/?next={away}", {"next": away}).headers.get("Location", "/work/")

    assert login == "/work/"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example", ""])
def test_a_foreign_host_is_refused(host: str, settings: object) -> None:
    settings.ALLOWED_HOSTS = written.ALLOWED_HOSTS  # type: ignore[attr-defined]

    assert Client().get("/", headers={"Host": host}).status_code == 400


def test_hosts_are_named_one_by_one() -> None:
    assert not [host for host in written.ALLOWED_HOSTS if "*" in host or host.startswith(".")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/accounts/login/", 200),
        ("/nowhere/", 404),
        ("/work/", 302),
        ("/?" + "x" * 5000, 414),
        ("/%00", 400),
        ("/api/v1/cases", 401),
        ("/verify/0000-0000-0000-0000/", 200),
        ("/healthz", 200),
    ],
)
def test_every_answer_bears_the_policy(path: str, status: int) -> None:
    answer = Client(raise_request_exception=False).get(path)

    assert answer.status_code == status
    assert {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")} == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_so_does_the_page_for_a_fault_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("makerspace.doors.portal.queries.figures", fail, raising=False)
    monkeypatch.setattr("makerspace.doors.portal.views.front.render", fail)

    answer = Client(raise_request_exception=False).get("/")

    assert answer.status_code == 500
    assert "secret detail" not in answer.content.decode()
    assert {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")} == POLICY


def test_what_one_has_signed_in_for_is_kept_by_no_cache() -> None:
    client = Client()
    client.force_login(make_person(Role.BUREAU))

    pages = ["/work/", "/work/cases/", "/work/messages/", "/work/account/", "/work/cases/export.csv"]
    kept = {page: client.get(page).headers.get("Cache-Control", "") for page in pages}

    assert {page: value for page, value in kept.items() if "no-store" not in value} == {}


def test_under_https_cookies_are_secure_and_the_browser_is_told_to_stay(tmp_path: Path) -> None:
    asked = (
        "import django; django.setup(); from django.conf import settings as s; from django.test import Client;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        "s.CSRF_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS, s.CSRF_TRUSTED_ORIGINS, s.SECURE_PROXY_SSL_HEADER)"
    )
    own = environment(
        tmp_path, PUBLIC_BASE_URL="https://kjj.example", DJANGO_SETTINGS_MODULE="makerspace.config.settings"
    )

    said = subprocess.run(
        [sys.executable, "-c", asked], env=own, capture_output=True, text=True, timeout=120, check=True
    )

    assert said.stdout.strip() == "True True True Lax Lax 31536000 ['https://kjj.example'] None"


# -- C36 ---------------------------------------------------------------------------------------------------------------
def test_a_form_field_of_megabytes_is_refused_with_words() -> None:
    answer = Client(raise_request_exception=False).post("/self-check/comprehensive/", {"area": "x" * 4_000_000})

    assert answer.status_code == 413
    assert "太大" in answer.content.decode()


def test_a_form_of_too_many_fields_is_refused_with_words() -> None:
    many = "&".join(f"f{number}=1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))

    answer = Client(raise_request_exception=False).generic(
        "POST", "/self-check/comprehensive/", many.encode(), "application/x-www-form-urlencoded"
    )

    assert answer.status_code == 413
    assert "<h1" in answer.content.decode()


def test_a_body_beyond_the_limit_is_refused_unread() -> None:
    answer = Client(raise_request_exception=False).generic(
        "POST", "/self-check/comprehensive/", b"x", CONTENT_LENGTH=str(settings.BODY_MAX_BYTES + 1)
    )

    assert answer.status_code == 413
    assert "24MB" in answer.content.decode()


def test_a_body_without_its_length_is_refused() -> None:
    answer = Client(raise_request_exception=False).generic(
        "POST", "/self-check/comprehensive/", b"", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""
    )

    assert answer.status_code == 411
    assert "长度" in answer.content.decode()


def test_a_file_beyond_twenty_megabytes_is_refused_with_words() -> None:
    case = draft_case(call=make_call())
    client = Client(raise_request_exception=False)
    client.force_login(member_of(case.organisation))
    big = SimpleUploadedFile("证明.pdf", b"%PDF-1.7\n" + b"0" * (settings.UPLOAD_MAX_BYTES + 1))

    answer = client.post(f"/work/cases/{case.number}/materials/", {"file": big, "kind": "evidence"})

    assert answer.status_code in {413, 422}
    assert "20" in answer.content.decode()


def test_an_endless_address_is_refused_with_words() -> None:
    answer = Client().get("/registry/?q=" + "滇" * 2000)

    assert answer.status_code == 414
    assert "网址" in answer.content.decode()

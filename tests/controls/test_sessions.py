"""C8, C9, C32: what is not there in production; rights end at once; sessions are new, bounded, and proven anew."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from makerspace.config import settings as written
from makerspace.doors.training.personas import PASSWORD as EVERYBODYS
from makerspace.office.people import operations, sessions, tokens
from makerspace.office.people.models import ApiToken, Membership, Person, Post
from makerspace.regulation.terms import Role
from tests.asking import browser
from tests.factories import DAY, make_organisation, make_person, submitted_case

pytestmark = pytest.mark.django_db
PASSWORD = "滇池西岸-2026-kunming"


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def by_token(secret: str, path: str = "/api/v1/cases") -> int:
    return Client(headers={"Authorization": f"Bearer {secret}"}).get(path).status_code


# -- C8 ----------------------------------------------------------------------------------------------------------------
def test_there_is_no_django_admin_and_no_debugging() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not [pattern for pattern in get_resolver().reverse_dict if str(pattern).startswith("admin")]
    assert written.DEBUG is False
    assert Client().get("/admin/").status_code == 404


def test_an_installation_has_no_account_of_its_own() -> None:
    assert not Person.objects.exists()


def test_switching_to_a_demo_person_is_not_there_outside_the_demo() -> None:
    make_person(Role.LEADER, username="leader1")

    assert settings.DEMO is False
    assert Client().post("/demo/become/", {"username": "leader1"}).status_code == 404
    assert not any(check_password(EVERYBODYS, person.password) for person in Person.objects.all())


def started(**environment: str) -> subprocess.CompletedProcess[str]:
    """Load the server's entry as a server would."""
    command = [sys.executable, "-c", "import makerspace.config.wsgi"]
    clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(settings.BASE_DIR), **environment}
    return subprocess.run(command, env=clean, capture_output=True, text=True, timeout=120, check=False)


def test_no_server_starts_with_a_secret_that_everybody_knows(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/x.sqlite3"

    refused = started(DATABASE_URL=database, SECRET_KEY=written.NO_SECRET)

    assert refused.returncode != 0
    assert "SECRET_KEY" in refused.stderr
    assert started(DATABASE_URL=database, SECRET_KEY="long-and-our-own-" + "x" * 40).returncode == 0


# -- C9 ----------------------------------------------------------------------------------------------------------------
def test_disabling_ends_sessions_and_tokens_and_enabling_brings_none_back() -> None:
    person = make_person(Role.BUREAU)
    client, secret = browser(person), tokens.issue(person, "x")[1]
    assert (client.get("/work/").status_code, by_token(secret)) == (200, 200)

    operations.disable(person)
    at_once = client.get("/work/").status_code, by_token(secret)
    operations.enable(person)

    assert at_once == (302, 401)
    assert (client.get("/work/").status_code, by_token(secret)) == (302, 401)


def test_a_locked_account_is_out_even_where_its_session_was_overlooked() -> None:
    person = make_person(Role.BUREAU)
    client = browser(person)
    client.get("/work/")

    Person.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get("/work/").status_code == 302


def test_ending_a_post_ends_sessions_and_tokens() -> None:
    person = make_person(Role.BUREAU)
    client, secret = browser(person), tokens.issue(person, "x")[1]
    client.get("/work/")

    operations.end_post(person.posts.get(), on=DAY)

    assert (client.get("/work/").status_code, by_token(secret)) == (302, 401)
    assert not ApiToken.objects.filter(person=person, revoked_at=None).exists()
    assert not Session.objects.exists()


def test_rights_are_read_at_each_request() -> None:
    case = submitted_case()
    person = make_person(Role.DISTRICT, "wuhua")
    client, secret = browser(person), tokens.issue(person, "x")[1]
    page, call = f"/work/cases/{case.number}/", f"/api/v1/cases/{case.number}"
    assert (client.get(page).status_code, by_token(secret, call)) == (200, 200)

    Post.objects.filter(person=person).update(valid_until=DAY - timedelta(days=4000), valid_from=DAY - timedelta(4001))

    assert (client.get(page).status_code, by_token(secret, call)) == (404, 404)


def test_a_member_who_left_sees_nothing_at_the_next_request() -> None:
    organisation = make_organisation()
    case, person = submitted_case(organisation=organisation), make_person(organisation=organisation)
    client = browser(person)
    assert client.get(f"/work/cases/{case.number}/").status_code == 200

    Membership.objects.filter(person=person).delete()

    assert client.get(f"/work/cases/{case.number}/").status_code == 404


# -- C32 ---------------------------------------------------------------------------------------------------------------
def test_signing_in_gives_a_new_session() -> None:
    person = with_password(make_person(Role.LEADER))
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted

    client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})

    assert client.get("/work/").status_code == 200
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_session_ends_when_signing_out() -> None:
    client = browser(make_person(Role.LEADER))
    client.get("/work/")
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value

    client.post("/accounts/logout/")
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = kept

    assert again.get("/work/").status_code == 302


def test_a_session_ends_after_half_an_hour_of_nothing() -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        client = browser(make_person(Role.LEADER))
        client.get("/work/")
        traveller.shift(timedelta(minutes=29))
        kept = client.get("/work/").status_code
        traveller.shift(timedelta(minutes=31))

        assert (kept, client.get("/work/").status_code) == (200, 302)


def test_a_session_ends_after_twelve_hours_whatever_was_done() -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        client = browser(make_person(Role.LEADER))
        answers = []
        for _ in range(38):
            answers.append(client.get("/work/messages/").status_code)
            traveller.shift(timedelta(minutes=20))

    assert answers == [200] * 37 + [302]
    assert (written.SESSION_COOKIE_AGE, written.ACCOUNT_REAUTHENTICATION_TIMEOUT) == (12 * 3600, 15 * 60)


def test_a_session_past_its_last_moment_is_nobodys() -> None:
    client = browser(make_person(Role.LEADER))
    assert client.get("/work/").status_code == 200

    Session.objects.update(expire_date=timezone.now())

    assert client.get("/work/").status_code == 302


def test_whoever_signed_in_before_the_backend_was_ours_stays_so_until_the_password_changes() -> None:
    person = with_password(make_person(Role.LEADER))
    client = Client()
    client.force_login(person, backend=sessions.FORMER)
    assert client.get("/work/").status_code == 200

    person.set_password(PASSWORD[::-1])
    person.save()

    assert client.get("/work/").status_code == 302


def test_deciding_asks_for_the_password_again_after_a_quarter_of_an_hour() -> None:
    person = with_password(make_person(Role.LEADER))
    page, proof = "/work/announcements/new/", "/accounts/reauthenticate/"
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        client = Client()
        client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
        client.post(proof, {"password": "wrong"})
        unproven = client.get(page).headers.get("Location", "")
        client.post(proof, {"password": PASSWORD})
        fresh = client.get(page).status_code
        traveller.shift(timedelta(minutes=15, seconds=1))

        stale = client.post(page, {"step": "announce", "document_number": "昆科发〔2026〕12号"})

    assert unproven.startswith(proof)
    assert (fresh, stale.status_code) == (200, 302)
    assert stale.headers["Location"].startswith(proof)

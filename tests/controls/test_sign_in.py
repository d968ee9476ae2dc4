"""C31, C33: guessing is slowed down before any hash is made, nobody can lock another out, and nothing tells who exists."""

import re
import threading
from datetime import UTC, datetime, timedelta

import argon2
import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.core import mail
from django.core.cache import cache, caches
from django.core.management import call_command
from django.test import Client

from makerspace.config import settings as written
from makerspace.office.people import hashing, throttle
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "滇池西岸-2026-kunming"
LOGIN, RESET, SIGN_UP = "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"


@pytest.fixture
def chief(db: None) -> Person:
    person = make_person(Role.LEADER, username="chief")
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def hashes(chief: Person, monkeypatch: pytest.MonkeyPatch, settings: object) -> list[str]:
    """Every run of Argon2, in place of which nothing is computed."""
    settings.PASSWORD_HASHERS = written.PASSWORD_HASHERS[1:]  # type: ignore[attr-defined]
    made: list[str] = []

    def encode(self: object, password: str, salt: str) -> str:
        made.append("encode")
        return "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA"

    def verify(self: object, password: str, encoded: str) -> bool:
        made.append("verify")
        return password == PASSWORD

    Person.objects.update(password=encode(None, PASSWORD, ""))
    made.clear()
    chief.refresh_from_db()
    monkeypatch.setattr(Argon2PasswordHasher, "encode", encode)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    monkeypatch.setattr(Argon2PasswordHasher, "must_update", lambda self, encoded: False)
    return made


def attempt(login: str, password: str = "wrong", *, address: str = "192.0.2.1", client: Client | None = None) -> bool:
    """Whether the sign-in went through."""
    answer = (client or Client()).post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR=address)
    return answer.status_code == 302


# -- C31 ---------------------------------------------------------------------------------------------------------------
def test_the_limits_are_kept_where_every_process_sees_them() -> None:
    assert written.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_the_limits_hold_in_the_shared_cache(settings: object, hashes: list[str], chief: Person) -> None:
    settings.CACHES = written.CACHES  # type: ignore[attr-defined]
    call_command("createcachetable", verbosity=0)
    cache.clear()

    for _ in range(8):
        attempt("chief")
        caches.close_all()

    assert len(hashes) == 5


def test_one_name_from_one_address_is_tried_five_times(hashes: list[str], chief: Person) -> None:
    answers = [attempt("chief") for _ in range(5)]
    hashes.clear()

    refused = Client().post(LOGIN, {"login": "chief", "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")

    assert (answers, refused.status_code, hashes) == ([False] * 5, 200, [])
    assert "登录" in refused.context["form"].non_field_errors()[0]


@pytest.mark.parametrize("dressed", ["CHIEF", "ｃｈｉｅｆ", " chief "])
def test_a_name_in_another_dress_is_the_same_name(hashes: list[str], chief: Person, dressed: str) -> None:
    for _ in range(5):
        attempt("chief")
    hashes.clear()

    attempt(dressed)

    assert hashes == []


def test_one_address_is_heard_ten_times_a_minute_whatever_the_names(hashes: list[str], chief: Person) -> None:
    for number in range(10):
        attempt(f"guess{number}")
    hashes.clear()

    assert not attempt("chief", PASSWORD)
    assert hashes == []
    assert attempt("chief", PASSWORD, address="192.0.2.2")


def test_all_strangers_together_are_slowed_down(
    hashes: list[str], chief: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "EVERYBODY", {"sign_in": "12/5m/key"})
    for number in range(12):
        attempt(f"guess{number}", address=f"192.0.2.{number}")
    hashes.clear()

    attempt("chief", address="192.0.2.99")

    assert hashes == []


def test_a_stranger_can_not_lock_the_leader_out(hashes: list[str], chief: Person) -> None:
    for number in range(40):
        attempt("chief", address=f"198.51.100.{number // 4}")

    assert attempt("chief", PASSWORD, address="192.0.2.7")


def test_not_even_from_the_leaders_own_network_or_in_a_flood(
    hashes: list[str], chief: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Client()
    assert attempt("chief", PASSWORD, client=own)
    own.post("/accounts/logout/")
    monkeypatch.setattr(throttle, "EVERYBODY", {"sign_in": "12/5m/key"})
    for number in range(30):
        attempt("chief", address="192.0.2.1" if number % 2 else f"198.51.100.{number}")

    assert not attempt("chief", PASSWORD)
    assert attempt("chief", PASSWORD, client=own)


def test_a_known_device_is_known_for_its_own_account_only(hashes: list[str], chief: Person) -> None:
    insider = make_person()
    insider.password = chief.password
    insider.save()
    EmailAddress.objects.create(user=insider, email=insider.email, verified=True, primary=True)
    own = Client()
    assert attempt(insider.username, PASSWORD, client=own)
    own.post("/accounts/logout/")
    hashes.clear()

    for _ in range(9):
        attempt("chief", client=own)

    assert len(hashes) == 5


def test_a_forged_device_is_none(hashes: list[str], chief: Person) -> None:
    client = Client()
    client.cookies[throttle.COOKIE] = f"[{chief.pk},'x']:aaaa:bbbb"
    for _ in range(9):
        attempt("chief", client=client)

    assert len(hashes) == 5


def test_a_known_device_is_slowed_down_too(hashes: list[str], chief: Person) -> None:
    own = Client()
    attempt("chief", PASSWORD, client=own)
    own.post("/accounts/logout/")
    hashes.clear()

    for _ in range(15):
        attempt("chief", client=own)

    assert len(hashes) == 10


def test_a_right_password_costs_no_attempt(hashes: list[str], chief: Person) -> None:
    assert [attempt("chief", PASSWORD) for _ in range(12)] == [True] * 12


def test_the_attempts_come_back_with_time(hashes: list[str], chief: Person) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        for _ in range(9):
            attempt("chief")
        traveller.shift(timedelta(minutes=5, seconds=1))

        assert attempt("chief", PASSWORD)


def test_a_client_can_not_choose_the_address_it_is_counted_by(hashes: list[str], chief: Person) -> None:
    for number in range(9):
        Client(headers={"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": "203.0.113.9"}).post(
            LOGIN, {"login": "chief", "password": "wrong"}, REMOTE_ADDR="192.0.2.1"
        )

    assert len(hashes) == 5


def test_no_more_hashes_at_once_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock, hold = 0, 0, threading.Lock(), threading.Event()

    def slow(*args: object, **kwargs: object) -> bytes:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        hold.wait(0.05)
        with lock:
            at_work -= 1
        return b"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"

    monkeypatch.setattr(argon2.low_level, "hash_secret", slow)
    monkeypatch.setattr(argon2.PasswordHasher, "verify", slow)
    hasher = hashing.BoundedArgon2()
    jobs = [threading.Thread(target=hasher.encode, args=("x", "saltsalt")) for _ in range(4)]
    jobs += [threading.Thread(target=hasher.verify, args=("x", "argon2$argon2id$v=19$x")) for _ in range(4)]

    for job in jobs:
        job.start()
    for job in jobs:
        job.join(10)

    assert most == hashing.AT_ONCE


def test_passwords_are_hashed_with_argon2id() -> None:
    assert written.PASSWORD_HASHERS[1] == "makerspace.office.people.hashing.BoundedArgon2"
    assert make_password(PASSWORD, hasher="argon2").startswith("argon2$argon2id$v=19$m=102400,")


# -- C33 ---------------------------------------------------------------------------------------------------------------
def shown(client: Client, path: str, data: dict[str, str]) -> tuple[int, str, str]:
    """What a visitor is told, with the one thing that differs from page to page taken out."""
    answer = client.post(path, data)
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    for value in data.values():
        text = text.replace(value, "…")
    return answer.status_code, answer.headers.get("Location", ""), text


def test_sign_in_says_the_same_and_works_as_hard_for_unknown_accounts(hashes: list[str], chief: Person) -> None:
    locked = make_person(username="gone")
    Person.objects.filter(pk=locked.pk).update(is_active=False, password=chief.password)
    told, cost = [], []
    for login in ("chief", "nobody", "gone", chief.email, "nobody@example.cn"):
        hashes.clear()
        told.append(shown(Client(), LOGIN, {"login": login, "password": "wrong"}))
        cost.append(len(hashes))

    assert told[:3] == [told[0]] * 3
    assert told[3] == told[4]
    assert cost == [1] * 5


def test_reset_says_the_same_and_writes_one_letter_either_way(chief: Person) -> None:
    known = shown(Client(), RESET, {"email": chief.email})
    unknown = shown(Client(), RESET, {"email": "nobody@example.cn"})

    assert known == unknown
    assert [letter.to for letter in mail.outbox] == [[chief.email], ["nobody@example.cn"]]


def sign_up(email: str) -> dict[str, str]:
    return {"email": email, "password1": PASSWORD, "password2": PASSWORD, "name": "赵敏", "consent": "on"}


def test_signing_up_says_the_same_for_an_address_that_has_an_account(chief: Person) -> None:
    known, unknown = (shown(Client(), SIGN_UP, sign_up(email)) for email in (chief.email, "new@example.cn"))

    assert known == unknown
    assert known[:2] == (302, "/accounts/confirm-email/")
    assert len(mail.outbox) == 2
    assert Person.objects.filter(email=chief.email).count() == 1


@pytest.mark.parametrize(("typed", "kept"), [("１３８ ００００ １２３４", "13800001234"), ("", "")])
def test_a_new_accounts_telephone_is_kept_as_eleven_digits(typed: str, kept: str) -> None:
    Client().post(SIGN_UP, {**sign_up("new@example.cn"), "phone": typed})

    assert Person.objects.get(email="new@example.cn").phone == kept


def test_a_telephone_that_is_none_opens_no_account() -> None:
    answer = Client().post(SIGN_UP, {**sign_up("new@example.cn"), "phone": "1380000123"})

    assert "应为11位数字" in answer.content.decode()
    assert not Person.objects.filter(email="new@example.cn").exists()


def test_signing_up_works_as_hard_for_an_address_that_has_an_account(hashes: list[str], chief: Person) -> None:
    cost = []
    for email in (chief.email, "new@example.cn"):
        hashes.clear()
        Client().post(SIGN_UP, sign_up(email))
        cost.append(len(hashes))

    assert cost == [1, 1]


def test_a_new_account_opens_with_the_letters_link_and_not_before() -> None:
    client = Client()
    client.post(SIGN_UP, sign_up("new@example.cn"))
    attempt("new@example.cn", PASSWORD, client=client)
    assert client.get("/work/").status_code == 302
    path = re.search(r"(/accounts/confirm-email/\S+/)", str(mail.outbox[0].body))
    assert path is not None
    client.post(path[1])

    client.post(LOGIN, {"login": "new@example.cn", "password": PASSWORD})

    assert client.get("/work/").status_code == 200


def reset_link(person: Person, **extra: str) -> str:
    """The address in the letter."""
    mail.outbox.clear()
    Client().post(RESET, {"email": person.email}, **extra)  # type: ignore[arg-type]
    found = re.search(r"\S+/accounts/password/reset/key/\S+", str(mail.outbox[0].body))
    assert found is not None
    return found[0]


def set_password(link: str, password: str = "新的密码-2026-kunming") -> Client:
    """Follow the link and set a password."""
    client = Client()
    form = client.get(link.partition("8000")[2], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})
    return client


@pytest.mark.parametrize("extra", [{"HTTP_HOST": "localhost"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}])
def test_the_reset_link_never_comes_from_the_request(settings: object, chief: Person, extra: dict[str, str]) -> None:
    settings.PUBLIC_BASE_URL = "https://kjj.example:8000"  # type: ignore[attr-defined]

    assert reset_link(chief, **extra).startswith("https://kjj.example:8000/accounts/password/reset/key/")


def test_a_reset_link_works_once(chief: Person) -> None:
    link = reset_link(chief)
    set_password(link)
    first = Person.objects.get(pk=chief.pk).password

    set_password(link, "另一个密码-2026-kunming")

    assert first not in {"", chief.password}
    assert Person.objects.get(pk=chief.pk).password == first


def test_a_reset_link_works_for_half_an_hour(chief: Person) -> None:
    with time_machine.travel(datetime.now(UTC)) as traveller:
        link = reset_link(chief)
        traveller.shift(timedelta(minutes=30, seconds=2))

        set_password(link)

    assert Person.objects.get(pk=chief.pk).password == chief.password


def test_a_reset_ends_every_session(chief: Person) -> None:
    elsewhere = Client()
    elsewhere.force_login(chief)
    assert elsewhere.get("/work/").status_code == 200

    set_password(reset_link(chief))

    assert elsewhere.get("/work/").status_code == 302


def test_after_a_reset_the_old_failures_count_no_more(chief: Person) -> None:
    for login in (["chief"] * 5 + [chief.email] * 5)[:9]:
        attempt(login, address="127.0.0.1")
    set_password(reset_link(chief))

    assert attempt("chief", "新的密码-2026-kunming", address="127.0.0.1")


@pytest.mark.parametrize("path", [LOGIN, RESET, SIGN_UP, "/accounts/password/reset/key/1-set-password/"])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method_gets_in(path: str, method: str) -> None:
    assert getattr(Client(), method)(path).status_code == 405


def test_whoever_asks_too_often_is_answered_in_chinese() -> None:
    for number in range(20):
        Client().post(RESET, {"email": f"nobody{number}@example.cn"})

    answer = Client().post(RESET, {"email": "nobody@example.cn"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "操作过于频繁" in answer.content.decode()

"""A read composed once answers as its queryset does, for other values, in other threads and within a transaction."""

import threading
from datetime import date

import pytest
from django.contrib.sessions.backends import db
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import lock
from makerspace.office.people.models import Authority, Person, Post
from makerspace.office.people.sessions import Backend, SessionStore
from makerspace.office.prepared import Prepared
from makerspace.regulation.terms import Role
from tests.asking import browser
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_it_answers_as_the_queryset_does() -> None:
    by_code = Prepared(lambda code: Authority.objects.filter(code=code))
    for authority in Authority.objects.all():
        (found,) = by_code(code=authority.code)
        assert found == authority
        assert vars(found) | {"_state": None} == vars(authority) | {"_state": None}
    assert by_code(code="nowhere") == []


def test_rows_days_and_conditions_beside_each_other() -> None:
    posts = Prepared(
        lambda on, least: (
            Authority.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)
            .filter(pk__gte=least)
            .order_by("-pk")
            .values_list("pk", "code", "valid_from")
        )
    )
    for on in (date(2017, 1, 1), date(2026, 4, 1)):
        plain = Authority.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on, pk__gte=3)
        assert posts(on=on, least=3) == list(plain.order_by("-pk").values_list("pk", "code", "valid_from"))


def test_related_ones_come_with_it_as_the_queryset_brings_them() -> None:
    make_person(Role.DISTRICT, "wuhua"), make_person(Role.LEADER)
    posts = Prepared(
        lambda least: Post.objects.filter(pk__gte=least).select_related("person", "authority").order_by("pk")
    )
    plain = list(Post.objects.select_related("person", "authority").order_by("pk"))

    with CaptureQueriesContext(connection) as asked:
        found = [(post, post.person, post.person.name, post.authority) for post in posts(least=0)]

    assert found == [(post, post.person, post.person.name, post.authority) for post in plain]
    assert [authority is None for *_, authority in found] == [False, True]
    assert len(asked) == 1


@pytest.mark.parametrize("kind", ["named", "annotated"])
def test_what_it_cannot_give_it_refuses_at_its_first_use(kind: str) -> None:
    rows = (
        Post.objects.values_list("pk", named=True)
        if kind == "named"
        else Post.objects.alias(n=F("pk")).annotate(m=F("n"))
    )

    with pytest.raises(NotImplementedError):
        Prepared(lambda role: rows.filter(role=role))(role="leader")


def test_one_query_with_values_bound_and_not_written_in() -> None:
    held = Prepared(lambda role: Post.objects.filter(role=role).select_related("person"))
    held(role="leader")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert held(role="x' OR '1'='1") == []
    assert len(asked) == 1


def test_a_session_and_its_person_are_those_that_django_finds() -> None:
    person = make_person()
    key = browser(person).session.session_key
    plain, ours = db.SessionStore(key), SessionStore(key)
    found = Backend().get_user(person.pk)

    assert ours.load() == plain.load() != {}
    assert (ours.session_key, SessionStore("n" * 32).load()) == (key, {})
    assert found == person
    assert vars(found) | {"_state": None} == vars(Person.objects.get(pk=person.pk)) | {"_state": None}
    assert Backend().get_user(0) is None


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_over_its_own_connection() -> None:
    by_code = Prepared(lambda code: Authority.objects.filter(code=code).values_list("code", flat=True))
    Authority.objects.get_or_create(code="wuhua")
    here, there = by_code(code="wuhua"), []

    def ask() -> None:
        there.append(by_code(code="wuhua"))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert there == [here]


@pytest.mark.django_db(transaction=True)
def test_a_case_is_not_locked_outside_a_transaction() -> None:
    with pytest.raises(Exception, match="transaction"):
        lock(Case(pk=1))

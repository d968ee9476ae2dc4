"""A read, an insert or an update composed once does as Django does, for other values, in other threads and within a transaction."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.contrib.sessions.backends import db
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from makerspace.office.casework.models import Case, Counter
from makerspace.office.casework.operations import lock
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Authority, Person, Post
from makerspace.office.people.sessions import Backend, SessionStore
from makerspace.office.prepared import Insert, Prepared, Update
from makerspace.regulation.terms import Role
from tests.asking import browser
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)
COLUMNS = ("subject", "text", "link", "stream", "key", "created_at", "read_at")


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


def messages(count: int) -> list[Message]:
    person = make_person(Role.LEADER)
    return [
        Message(
            person=person, subject=f"第{n}件", text="100% 已办", link="/work/", stream="KM-2026-0001", created_at=NOW
        )
        for n in range(count)
    ]


def test_rows_are_added_as_django_adds_them() -> None:
    by_django, composed = messages(3), messages(3)

    Message.objects.bulk_create(by_django)
    Insert(Message)(composed)

    kept = [
        list(Message.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list(*COLUMNS))
        for rows in (by_django, composed)
    ]
    assert len(kept[0]) == 3
    assert kept[0] == kept[1]
    assert {row._state.adding for row in composed} == {False}


def test_each_row_gets_its_own_key_however_many_there_are() -> None:
    insert = Insert(Message)

    rows = [*insert(messages(120)), *insert(messages(1)), *insert([])]

    assert len({row.pk for row in rows}) == 121
    assert [Message.objects.get(pk=row.pk).subject for row in rows] == [row.subject for row in rows]


def test_what_the_database_refuses_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Insert(Message)([Message(person_id=None, subject=None, created_at=NOW)])  # type: ignore[misc]


def test_a_row_whose_key_is_taken_is_not_added_and_the_transaction_goes_on() -> None:
    insert = Insert(Counter)

    with transaction.atomic():
        first, second = insert.unless_taken(Counter(name="KM-2026-")), insert.unless_taken(Counter(name="KM-2026-"))
        third = insert.unless_taken(Counter(name="KM-2027-"))

    assert first is not None
    assert second is None
    assert third is not None
    assert list(Counter.objects.order_by("pk").values_list("pk", "name")) == [
        (first.pk, "KM-2026-"),
        (third.pk, "KM-2027-"),
    ]


def test_only_a_taken_key_is_passed_over() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Insert(Message).unless_taken(Message(person_id=None, subject=None, created_at=NOW))  # type: ignore[misc]


# -- updates -----------------------------------------------------------------------------------------------------------
def test_what_is_changed_is_kept_as_django_keeps_it() -> None:
    officer, other = make_person(Role.DISTRICT, "wuhua"), make_person(Role.DISTRICT, "panlong")
    change = Update(lambda pk: Post.objects.filter(pk=pk))
    post, untouched = officer.posts.get(), other.posts.get()
    changes = {
        "authority": Authority.objects.get(code="guandu"), "duties": ["counter", "窗口"], "valid_until": date(2026, 5, 1),
    }  # fmt: skip

    changed = change(changes, pk=post.pk)

    post.refresh_from_db()
    assert changed == 1
    assert {name: getattr(post, name) for name in changes} == changes
    assert Post.objects.get(pk=untouched.pk).authority == untouched.authority


def test_a_value_may_be_asked_for_and_set_at_once() -> None:
    Counter.objects.create(name="KM-", value=3)
    move_on = Update(lambda name, value: Counter.objects.filter(name=name, value=value))

    told = [move_on({"value": 4}, name="KM-", value=3), move_on({"value": 9}, name="KM-", value=3)]

    assert told == [1, 0]
    assert Counter.objects.get(name="KM-").value == 4


def test_columns_may_differ_from_time_to_time_and_be_emptied() -> None:
    post = make_person(Role.DISTRICT, "wuhua").posts.get()
    change = Update(lambda pk: Post.objects.filter(pk=pk))

    change({"valid_until": date(2026, 5, 1)}, pk=post.pk)
    change({"valid_until": None, "valid_from": date(2020, 1, 1)}, pk=post.pk)

    post.refresh_from_db()
    assert (post.valid_from, post.valid_until) == (date(2020, 1, 1), None)


def test_a_column_that_is_none_is_refused() -> None:
    with pytest.raises(FieldDoesNotExist):
        Update(lambda pk: Counter.objects.filter(pk=pk))({"values": 1}, pk=1)

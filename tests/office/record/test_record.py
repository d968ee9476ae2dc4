"""案卷: sealed entry by entry, append-only, and any change of any row is found and named."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from makerspace.office.people.models import Person
from makerspace.office.record import clock, seals
from makerspace.office.record.models import Entry, Head
from makerspace.office.record.operations import append, publish_heads
from makerspace.office.record.queries import entries_of, first_broken, last_seals, latest_head
from makerspace.regulation.terms import Role
from tests.tampering import tamper

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DAY = date(2026, 3, 16)
NOON = datetime(2026, 3, 16, 12, 0, tzinfo=clock.KUNMING)
SM3_OF_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def write(stream: str = "KM-2026-0001", act: str = "submit", *, at: datetime = NOON, **fields: Any) -> Entry:
    with clock.pretending(at):
        return append(stream, act, by=fields.pop("by", None), role=Role.CLOCK, on=clock.day_of(at), **fields)


def three_entries() -> list[Entry]:
    return [
        write(act=act, data={"note": f"第{n}条"}) for n, act in enumerate(("submit", "record_visit", "recommend"), 1)
    ]


# -- seals -------------------------------------------------------------------------------------------------------------
def test_sm3_gives_the_digest_of_the_standard_s_own_example() -> None:
    assert seals.digest("sm3", b"abc") == SM3_OF_ABC


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(seals.UnknownAlgorithm):
        seals.digest("md5", b"abc")


def test_canonical_json_is_the_same_whatever_the_order_of_keys() -> None:
    assert (
        seals.canonical({"乙": 1, "a": [2, None]})
        == seals.canonical({"a": [2, None], "乙": 1})
        == '{"a":[2,null],"乙":1}'
    )


def test_each_entry_bears_its_number_and_the_seal_before_it() -> None:
    first, second, third = three_entries()

    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert (first.prev, second.prev, third.prev) == ("", first.seal, second.seal)


def test_anyone_can_work_a_seal_out_from_what_an_entry_says() -> None:
    entry = write(data={"opinion": "同意推荐", "rank": 1}, articles=(10, 11), before="a", after="b")
    read = Entry.objects.get(pk=entry.pk)

    content = json.dumps(seals.content_of(read), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert seals.digest("sm3", content.encode()) == read.seal
    assert json.loads(content)["data"] == '{"opinion":"同意推荐","rank":1}'


def test_the_algorithm_is_a_setting_and_stands_in_each_entry(settings: Any) -> None:
    old = write()
    settings.SEAL_ALGORITHM = "sha256"
    new = write()

    assert (old.algorithm, new.algorithm) == ("sm3", "sha256")
    assert first_broken() is None


def test_streams_are_chained_apart() -> None:
    write("KM-2026-0001")
    other = write("KM-2026-0002")

    assert (other.seq, other.prev) == (1, "")
    assert [entry.seq for entry in entries_of("KM-2026-0002")] == [1]


# -- append only -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", ["record_entry", "record_head"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET algorithm = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove_what_was_recorded(table: str, statement: str) -> None:
    write(at=NOON - timedelta(days=1))
    publish_heads(NOON)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

    assert Entry.objects.count() == Head.objects.count() == 1


OVER_IT = {
    "sqlite": "REPLACE INTO record_entry SELECT * FROM record_entry WHERE id = %s",
    "postgresql": "INSERT INTO record_entry SELECT * FROM record_entry WHERE id = %s"
    " ON CONFLICT (id) DO UPDATE SET act = 'approve'",
}


def test_replacing_a_row_is_refused_like_removing_it() -> None:
    entry = write()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OVER_IT[connection.vendor], [entry.pk])

    assert Entry.objects.get(pk=entry.pk).seal == entry.seal


EMPTIED = {"sqlite": "DELETE FROM {}", "postgresql": "TRUNCATE {}"}


@pytest.mark.parametrize("table", ["record_entry", "record_head"])
def test_emptying_a_table_is_refused(table: str) -> None:
    write(at=NOON - timedelta(days=1))
    publish_heads(NOON)

    connection.check_constraints()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTIED[connection.vendor].format(table))

    assert Entry.objects.count() == Head.objects.count() == 1


def test_two_entries_under_one_number_are_refused() -> None:
    entry = write()
    entry.pk = None

    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save(force_insert=True)


# -- tampering ---------------------------------------------------------------------------------------------------------
COLUMNS = {
    "act": "approve", "role": "leader", "on": "2026-03-01", "at": "2026-03-01 00:00:00+00:00", "articles": "12",
    "regulation": "x", "before": "x", "after": "x", "data": "{}", "algorithm": "sha256", "prev": "0" * 64, "seal": "0" * 64,
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_of_any_entry_is_found_and_named(column: str) -> None:
    three_entries()

    tamper(f'UPDATE record_entry SET "{column}" = %s WHERE seq = 2', COLUMNS[column])

    broken = first_broken("KM-2026-0001")
    assert broken is not None
    assert broken.where == "KM-2026-0001 #2"


def test_another_person_in_an_entry_is_found() -> None:
    person = Person.objects.create(username="officer")
    write(by=person)
    other = Person.objects.create(username="other")

    tamper("UPDATE record_entry SET person_id = %s", other.pk)

    assert first_broken() is not None


@pytest.mark.parametrize(("seq", "named"), [(1, "#2"), (2, "#3")])
def test_a_removed_entry_is_found_at_the_one_after_it(seq: int, named: str) -> None:
    three_entries()

    tamper("DELETE FROM record_entry WHERE seq = %s", seq)

    broken = first_broken()
    assert broken is not None
    assert broken.where == f"KM-2026-0001 {named}"


def test_an_inserted_entry_is_found() -> None:
    three_entries()
    columns = 'stream, act, role, person_id, "on", at, articles, regulation, before, after, data, algorithm, prev, seal'

    tamper(f"INSERT INTO record_entry (seq, {columns}) SELECT 4, {columns} FROM record_entry WHERE seq = 3")

    broken = first_broken()
    assert broken is not None
    assert broken.where == "KM-2026-0001 #4"


def test_a_tail_that_was_cut_off_is_found_by_the_published_head() -> None:
    three_entries()
    publish_heads(NOON + timedelta(days=1))

    tamper("DELETE FROM record_entry WHERE seq = 3")

    broken = first_broken()
    assert broken is not None
    assert broken.where == "每日卷首 2026-03-16"


def test_a_whole_stream_that_vanished_is_found_by_the_published_head() -> None:
    write("KM-2026-0001")
    write("KM-2026-0002")
    publish_heads(NOON + timedelta(days=1))

    tamper("DELETE FROM record_entry WHERE stream = 'KM-2026-0002'")

    assert first_broken() is not None


def test_a_chain_rewritten_from_one_entry_on_is_found_by_the_published_head() -> None:
    first, *_ = three_entries()
    publish_heads(NOON + timedelta(days=1))
    first.data = '{"note":"改过"}'
    forged = seals.seal_of(first)

    tamper("UPDATE record_entry SET data = %s, seal = %s WHERE seq = 1", first.data, forged)
    rest = list(Entry.objects.filter(seq__gt=1).order_by("seq"))
    prev = forged
    for entry in rest:
        entry.prev = prev
        prev = seals.seal_of(entry)
        tamper("UPDATE record_entry SET prev = %s, seal = %s WHERE id = %s", entry.prev, prev, entry.pk)

    assert first_broken("KM-2026-0001") is None
    broken = first_broken()
    assert broken is not None
    assert broken.where == "每日卷首 2026-03-16"


def test_a_changed_head_is_found() -> None:
    write()
    publish_heads(NOON + timedelta(days=1))

    tamper("UPDATE record_head SET head = %s", "0" * 64)

    broken = first_broken()
    assert broken is not None
    assert broken.where == "每日卷首 2026-03-16"


# -- heads -------------------------------------------------------------------------------------------------------------
def test_a_day_s_head_is_the_digest_over_the_last_seal_of_every_stream_in_their_order() -> None:
    second = write("KM-2026-0002")
    write("KM-2026-0001")
    last = write("KM-2026-0001", "record_visit")

    [head] = publish_heads(NOON + timedelta(days=1))

    lines = f"KM-2026-0001 {last.seal}\nKM-2026-0002 {second.seal}\n"
    assert (head.day, head.entries, head.head) == (DAY, 3, seals.digest("sm3", lines.encode()))


def test_a_head_covers_streams_that_were_quiet_that_day() -> None:
    write("KM-2026-0001", at=NOON - timedelta(days=5))
    write("KM-2026-0002")

    heads = publish_heads(NOON + timedelta(days=1))

    assert [head.day for head in heads] == [DAY - timedelta(days=5), DAY]
    assert [stream for stream, _ in last_seals(NOON + timedelta(days=1))] == ["KM-2026-0001", "KM-2026-0002"]
    assert first_broken() is None


def test_the_present_day_has_no_head_yet_and_a_second_run_publishes_none_twice() -> None:
    write()

    assert publish_heads(NOON) == []
    assert len(publish_heads(NOON + timedelta(days=1))) == 1
    assert publish_heads(NOON + timedelta(days=1, hours=1)) == []
    assert latest_head() == Head.objects.get()


def test_a_day_ends_at_midnight_in_kunming() -> None:
    late = datetime(2026, 3, 16, 23, 59, 59, tzinfo=clock.KUNMING)
    write(at=late)
    write("KM-2026-0002", at=late + timedelta(seconds=1))

    [head] = publish_heads(late + timedelta(minutes=2))

    assert (head.day, head.entries) == (DAY, 1)


def test_an_act_under_way_at_midnight_breaks_no_head() -> None:
    midnight = datetime(2026, 3, 17, tzinfo=clock.KUNMING)
    write()

    early = publish_heads(midnight + timedelta(seconds=1))
    write(at=midnight - timedelta(milliseconds=50))
    [head] = publish_heads(midnight + timedelta(minutes=2))

    assert early == []
    assert (head.day, head.entries, first_broken()) == (DAY, 2, None)


def test_a_head_is_the_digest_over_the_last_seal_of_every_case_and_of_nothing_else() -> None:
    entries = [write(stream) for stream in ("KM-2026-0002", "CALL-1", "KM-2026-0001", "KM-2026-0002")]

    [head] = publish_heads(NOON + timedelta(days=1))

    lines = f"KM-2026-0001 {entries[2].seal}\nKM-2026-0002 {entries[3].seal}\n"
    assert (head.entries, head.head) == (3, seals.digest(head.algorithm, lines.encode()))
    assert first_broken() is None


def test_a_day_on_which_no_case_moved_has_no_head() -> None:
    write("CALL-1")

    assert publish_heads(NOON + timedelta(days=1)) == []

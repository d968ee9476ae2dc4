"""Wrong input to every act on what comes after a title: the expected refusal, in the one shape, and nothing changed. On both databases."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.record.models import Entry
from makerspace.regulation import by_id
from makerspace.regulation.terms import Move, Procedure, Role
from tests.factories import REGULATION, make_pdf
from tests.house.world import undone
from tests.office.documents import good
from tests.stories.siege import BODIES, attacked, everything, refusal
from tests.stories.situations import BUILD, DAYS, ROWS, Place, Row
from tests.stories.test_grant import file
from tests.stories.walk import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.both]
AROUND = (
    "owner", "another", "district", "panlong", "bureau", "payer", "leader", "discipline", "auditor", "expert1", "agency",
    "system_admin",
)  # fmt: skip
SEES_ALL = {Role.BUREAU, Role.LEADER, Role.AUDITOR, Role.DISCIPLINE}
DAY = r"\d{4}-\d\d-\d\d"
BY_NOBODY = {Role.CLOCK, Role.PUBLIC}


@pytest.fixture(scope="module", params=list(BUILD))
def place(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    """One town for each kind of case; no test leaves a trace in it."""
    own = {"STORAGE_ROOT": tmp_path_factory.mktemp("files"), "API_RATES": {}}
    logging.disable(logging.CRITICAL)  # thousands of refusals are no news here
    try:
        with override_settings(**own), django_db_blocker.unblock(), transaction.atomic():
            yield Place(request.param, DAYS[request.param])
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def standing(place: Place) -> dict[str, Any]:
    """Every row of the town as it was built."""
    return everything()


@pytest.fixture(autouse=True)
def untouched(standing: dict[str, Any]) -> Iterator[None]:
    """Whatever is refused has changed nothing."""
    yield
    assert everything() == standing


def table(place: Place) -> Procedure:
    return by_id(REGULATION).procedure(place.kind)


def rows(place: Place) -> Iterator[tuple[Move, Row, str]]:
    """Every act that somebody may take, on each case where it opens."""
    for move in table(place).moves:
        row = ROWS[place.kind].get(move.act)
        if row and row.opens:
            yield from ((move, row, key) for key in row.at)


def firsts(place: Place) -> Iterator[tuple[Move, Row, str]]:
    """Every such act once."""
    return ((move, row, key) for move, row, key in rows(place) if key == row.at[0])


def send(place: Place, who: str, key: str, act: str, body: object, **more: Any) -> Any:
    return place.town[who].send("POST", f"/cases/{place.cases[key]}/acts/{act}", body, **more)


def schema(place: Place, row: Row, key: str, act: str) -> dict[str, Any]:
    """What the act is given, as the case offers it to whoever takes it."""
    return next(each for each in place.offered(row.who, key) if each["act"] == act)


def papers_of(act: dict[str, Any]) -> list[str]:
    return [name for name, each in act["schema"].get("properties", {}).items() if each.get("widget") == "files"]


# -- the table ---------------------------------------------------------------------------------------------------------
def test_every_act_has_a_row_and_every_stage_a_case(place: Place) -> None:
    known = ROWS[place.kind]
    moves = {move.act: move for move in table(place).moves if not set(move.by) <= BY_NOBODY}

    assert known.keys() == moves.keys()
    assert {place.stage(key) for key in place.cases} == {stage.code for stage in table(place).stages}
    assert {act: {place.stage(key) for key in row.at} for act, row in known.items()} == {
        act: set(move.sources) for act, move in moves.items()
    }


# -- what is sent ------------------------------------------------------------------------------------------------------
def test_a_body_that_is_none_is_refused_by_every_act(place: Place) -> None:
    got = {
        (move.act, name): refusal(send(place, row.who, key, move.act, body))[0]
        for move, row, key in firsts(place)
        for name, (body, _) in BODIES.items()
    }

    assert got == {(move.act, name): status for move, _, _ in firsts(place) for name, (_, status) in BODIES.items()}
    for move, row, key in firsts(place):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gb18030"):
            assert refusal(send(place, row.who, key, move.act, b"a=1", kind=kind))[0] == 415, (move.act, kind)


def test_every_wrong_value_in_every_field_is_refused_by_name(place: Place) -> None:
    faults = []
    for move, row, key in rows(place):
        faults += attacked(place.town, row.who, place.cases[key], schema(place, row, key, move.act))

    assert not faults, "\n".join(map(str, faults))


def test_a_good_body_with_a_strange_key_or_without_what_is_required_is_refused(place: Place) -> None:
    wrong = []
    for move, row, key in rows(place):
        required = schema(place, row, key, move.act)["schema"].get("required", [])
        with undone():
            whole = place.body(row, key, upload=True)
            tries = [({**whole, "strange": 1}, ["strange"])]
            tries += [({name: whole[name] for name in whole if name != lacking}, [lacking]) for lacking in required]
            tries += [({}, sorted(required))] if required else []
            for body, fields in tries:
                got = refusal(send(place, row.who, key, move.act, body))
                wrong += [] if got == (422, fields) else [(move.act, key, fields, got)]

    assert wrong == []


# -- files -------------------------------------------------------------------------------------------------------------
def test_a_digest_that_is_not_one_of_ones_own_for_this_case_is_refused(place: Place) -> None:
    wrong = []
    for move, row, key in firsts(place):
        for name in papers_of(schema(place, row, key, move.act)):
            with undone():
                whole = place.body(row, key, upload=True)
                sound = whole.get(name) or [file(place.town, row.who, place.cases[key])]
                for digests in (
                    ["0" * 64],
                    ["不是摘要"],
                    [*sound, "0" * 64],
                    [sound[0].upper()],
                    elsewhere(place, row, key),
                    sound * 21,
                ):
                    if digests is None:
                        continue
                    status, fields = refusal(send(place, row.who, key, move.act, whole | {name: digests}))
                    wrong += [] if (status, fields) == (422, [name]) else [(move.act, digests, status, fields)]

    assert wrong == []


def elsewhere(place: Place, row: Row, key: str) -> list[str] | None:
    """A file that the same person uploaded for another case of the kind, if there is one that takes files of theirs."""
    for _, other, where in rows(place):
        if other.who == row.who and where != key and place.body(other, where).get("papers"):
            return [file(place.town, row.who, place.cases[where])]
    return None


def test_a_wrong_file_is_refused_and_not_kept(place: Place) -> None:
    sound = make_pdf()
    sent: tuple[tuple[str, bytes, dict[str, Any], int, list[str]], ...] = (
        ("证明.pdf", good.png(), {}, 415, ["file"]),
        ("证明.pdf", b"<html><script>alert(1)</script>", {}, 415, ["file"]),
        ("方案.docx", b"MZ" + b"\x00" * 400, {}, 422, ["file"]),
        ("照片.png", sound, {}, 415, ["file"]),
        ("证明.exe", b"MZ", {}, 415, ["file"]),
        ("证明.pdf", sound[: len(sound) // 2], {}, 422, ["file"]),
        ("证明.pdf", b"", {}, 422, ["file"]),
        ("证明.pdf", sound + b"\x00" * (21 * 1024 * 1024), {}, 413, ["file"]),
        ("证明.pdf", sound, {"kind": "evidence"}, 422, ["kind"]),
        ("证明.pdf", sound, {"condition": ["5.2.theme"]}, 422, ["condition"]),
        ("证明.pdf", sound, {"pages": "1\x00"}, 422, ["pages"]),
        ("证明.pdf", sound, {"strange": "1"}, 422, ["strange"]),
    )
    takers = {(row.who, key) for _, row, key in firsts(place) if place.body(row, key).get("papers")}

    for who, key in sorted(takers):
        path, town = f"/cases/{place.cases[key]}/materials", place.town
        got = [
            refusal(town[who].form(path, {"kind": "attachment", **fields, "file": SimpleUploadedFile(name, content)}))
            for name, content, fields, _, _ in sent
        ]
        assert got == [(status, fields) for _, _, _, status, fields in sent], (who, key)
        for other, status in (("another", 404), ("panlong", 404), ("auditor", 409), ("", 401)):
            assert refusal(town[other].form(path, {"kind": "attachment", "file": pdf()})) == (status, []), (other, key)
    assert bool(takers) == (place.kind != "priority")


# -- where, and by whom ------------------------------------------------------------------------------------------------
def far_off(body: dict[str, Any]) -> dict[str, Any]:
    """The same with every day in a time to come: well formed, and wrong to the operation."""
    return {name: "2099-12-31" if re.fullmatch(DAY, str(value)) else value for name, value in body.items()}


def test_an_act_out_of_its_stage_is_refused_to_whoever_may_take_it(place: Place) -> None:
    wrong, asked = [], 0
    stages = {key: place.stage(key) for key in place.cases}
    for move, row, _ in firsts(place):
        for turn, key in enumerate(key for key in place.cases if stages[key] not in move.sources):
            hidden = row.who == "agency"  # who sees what was issued, and nothing else
            body = {} if turn % 2 else far_off(place.body(row, key))
            got, asked = refusal(send(place, row.who, key, move.act, body)), asked + 1
            wrong += [] if got == (404 if hidden else 409, []) else [(move.act, key, got)]

    assert wrong == []
    assert asked > len(ROWS[place.kind])


def held(place: Place, who: str) -> set[Role]:
    """The roles that one holds."""
    with place.town.present():
        return set(place.town.people[who].capacity(place.day).roles)


def sees(place: Place, who: str, key: str) -> bool:
    """Whether one may know of the case: who sees all, its unit, its district, another office what is open to it."""
    return (
        bool(held(place, who) & SEES_ALL)
        or who in {"owner", "district"}
        or (who == "agency" and place.stage(key) == "issued")
    )


def test_an_act_is_refused_to_every_other_role_and_to_another_unit_and_district(place: Place) -> None:
    wrong, asked = [], 0
    for move in table(place).moves:
        row = ROWS[place.kind].get(move.act)
        for key in row.at if row else place.cases:
            body = far_off(place.body(row, key)) if row else {}
            for turn, who in enumerate(AROUND):
                may = (
                    held(place, who) & set(move.by)
                    and not (move.duty and who != "payer")
                    and who not in {"another", "panlong"}
                )
                if may:
                    continue
                status = 403 if sees(place, who, key) else 404
                got = refusal(send(place, who, key, move.act, {} if turn % 2 else body))
                asked += 1
                wrong += [] if got == (status, []) else [(move.act, key, who, got, status)]
            assert refusal(send(place, "", key, move.act, {})) == (401, [])

    assert wrong == []
    assert asked > 4 * len(ROWS[place.kind])


def test_an_act_that_is_none_and_a_case_that_is_none_are_not_found(place: Place) -> None:
    number = next(iter(place.cases.values()))
    for act in ("nothing", "..", "x" * 200, "公示", "submit", "open"):
        assert refusal(place.town["bureau"].send("POST", f"/cases/{number}/acts/{act}", {}))[0] == 404, act
    for move, row, _ in firsts(place):
        for other in (number[:-4] + "9999", number + "'", "x" * 300):
            assert refusal(place.town[row.who].send("POST", f"/cases/{other}/acts/{move.act}", {}))[0] == 404, move.act


def test_what_opens_once_does_not_open_again(place: Place) -> None:
    shut = {act: row for act, row in ROWS[place.kind].items() if not row.opens}

    for act, row in shut.items():
        for key in row.at:
            assert refusal(send(place, row.who, key, act, place.body(row, key))) == (409, []), act
    assert set(shut) == ({"open_assessment"} if place.kind == "assessment" else set())


# -- twice -------------------------------------------------------------------------------------------------------------
def written() -> tuple[Any, ...]:
    """How far the record and the cases have come."""
    return (
        Entry.objects.count(),
        list(Case.objects.order_by("pk").values_list("stage", "version")),
        Attachment.objects.count(),
    )


def test_the_same_act_twice_is_refused_unless_there_is_more_to_say(place: Place) -> None:
    wrong = []
    for move, row, key in rows(place):
        with undone():
            body, before = place.body(row, key, upload=True), written()
            first = send(place, row.who, key, move.act, body, Idempotency_Key="one")
            once = written()
            replayed = send(place, row.who, key, move.act, body, Idempotency_Key="one")
            assert (replayed.status_code, replayed.content, written()) == (200, first.content, once), move.act
            second = send(place, row.who, key, move.act, body)
            told = (200, ()) if second.status_code == 200 else refusal(second)
            told = (told[0], tuple(told[1]))
            if (first.status_code, once != before, told) != (200, True, row.again):
                wrong.append((move.act, key, first.content.decode()[:300], told))
            if row.again[0] != 200 and written() != once:
                wrong.append((move.act, key, "changed by a refusal", told))

    assert wrong == []


# -- what begins a case ------------------------------------------------------------------------------------------------
def test_beginning_a_change_or_a_letter_is_refused_to_all_but_the_holder_and_with_a_body(place: Place) -> None:
    if place.kind not in {"change", "priority"}:
        pytest.skip("time or the bureau opens the others")
    path = {"change": "changes", "priority": "letters"}[place.kind]
    key = "withdrawn"  # nothing of its kind is under way
    case = Case.objects.select_related(place.kind if place.kind == "change" else "letter").get(number=place.cases[key])
    title = (case.change if place.kind == "change" else case.letter).title
    busy = Title.objects.exclude(pk=title.pk).filter(ended_on=None).order_by("number")[0]
    address, town = f"/titles/{title.number}/{path}", place.town

    assert refusal(town[""].send("POST", address, {})) == (401, [])
    for who in AROUND[1:]:
        assert refusal(town[who].send("POST", address, {}))[0] == 404, who
    for number in ("KMZC-2026-999", "x" * 300, "KMZC-2026-001'"):
        assert refusal(town["owner"].send("POST", f"/titles/{number}/{path}", {}))[0] == 404, number
    for name, (body, status) in BODIES.items():
        assert refusal(town["owner"].send("POST", address, body))[0] == status, name
    assert refusal(town["owner"].send("POST", address, {"strange": 1})) == (422, ["strange"])
    assert refusal(town["owner"].send("POST", address, b"a=1", kind="text/plain"))[0] == 415
    assert refusal(town["owner"].send("POST", f"/titles/{busy.number}/{path}", {})) == (409, [])

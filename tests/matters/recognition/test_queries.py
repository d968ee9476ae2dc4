"""The registry as it stood on a day, and the check of certificates and papers."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from makerspace.matters.recognition import queries
from makerspace.matters.recognition.models import Certificate, Title, TitleName
from makerspace.matters.recognition.operations import announce, search_text
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper, replace
from tests.matters.recognition.helpers import NUMBER, ON, announced, leader, waiting_case

pytestmark = [pytest.mark.django_db, pytest.mark.both]
A_DAY = timedelta(days=1)


def numbers(**asked: object) -> list[str]:
    return [title.number for title in queries.registry(**asked)]  # type: ignore[arg-type]


def test_a_title_stands_from_its_first_day() -> None:
    announced()

    assert numbers(on=ON - A_DAY) == []
    assert numbers(on=ON) == ["KMZC-2026-001"]


def test_a_title_that_ended_stands_with_its_state_from_that_day() -> None:
    announced()
    ended = date(2027, 5, 1)
    Title.objects.update(state="revoked", ended_on=ended)

    def states(on: date) -> list[str]:
        return [title.shown_state for title in queries.registry(on)]  # type: ignore[attr-defined]

    assert (states(ended - A_DAY), states(ended)) == (["in_force"], ["revoked"])
    assert numbers(on=ended - A_DAY, status="in_force") == ["KMZC-2026-001"]
    assert numbers(on=ended, status="in_force") == []
    assert numbers(on=ended, status="revoked") == ["KMZC-2026-001"]
    assert queries.in_force(ended).count() == 0


def test_a_title_shows_the_name_it_had_on_the_day() -> None:
    announced()
    title, renamed = Title.objects.get(), date(2026, 9, 1)
    TitleName.objects.update(until=renamed - A_DAY)
    TitleName.objects.create(title=title, name="滇池众创空间", holder="昆明滇池有限公司", since=renamed)

    before = queries.title_by_number(title.number, renamed - A_DAY)
    after = queries.title_by_number(title.number, renamed)

    assert before is not None
    assert after is not None
    assert (before.shown_name, after.shown_name) == ("翠湖1号众创空间", "滇池众创空间")  # type: ignore[attr-defined]
    assert (before.shown_holder, after.shown_holder) == ("昆明翠湖1号科技有限公司", "昆明滇池有限公司")  # type: ignore[attr-defined]


def test_an_announcement_lists_the_names_it_printed() -> None:
    made = announced()
    title = Title.objects.get()
    TitleName.objects.update(until=ON)
    TitleName.objects.create(title=title, name="改名众创空间", holder="改名公司", since=ON + A_DAY)

    assert [row.shown_name for row in queries.titles_in(made)] == ["翠湖1号众创空间"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("q", ["云端", "yunduan", "YUNDUAN", "ydzckj", "kmzc-2026-001", "云端 五华科技", "云 端"])
def test_a_title_is_found_by_name_holder_number_and_pinyin(q: str) -> None:
    case = waiting_case(name="云端众创空间")
    announce([case], document_number=NUMBER, by=leader(), on=ON)
    Title.objects.update(search=search_text("KMZC-2026-001", "云端众创空间", "五华科技有限公司"))

    assert numbers(on=ON, q=q) == ["KMZC-2026-001"]


@pytest.mark.parametrize("q", ["滇池", "\x00", "%", "_", "\\", "'; --", "x" * 5000])
def test_searching_for_what_is_not_there_finds_nothing_or_all_and_never_fails(q: str) -> None:
    announced()

    assert numbers(on=ON, q=q) in ([], ["KMZC-2026-001"])


def test_filters_narrow_by_authority_and_category() -> None:
    announce([waiting_case(1, "wuhua"), waiting_case(2, "panlong")], document_number=NUMBER, by=leader(), on=ON)

    assert numbers(on=ON, authority="panlong") == ["KMZC-2026-002"]
    assert numbers(on=ON, authority="nowhere") == []
    assert numbers(on=ON, category="technical") == []
    assert numbers(on=ON, category="comprehensive") == ["KMZC-2026-002", "KMZC-2026-001"]


@pytest.mark.parametrize("count", [1, 30])
def test_the_registry_takes_one_query(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    announced(count)

    with django_assert_num_queries(1):
        rows = [(title.number, title.authority.name, title.shown_name) for title in queries.registry(ON)]  # type: ignore[attr-defined]

    assert len(rows) == count


def test_a_certificate_is_genuine_however_its_code_is_typed() -> None:
    announced()
    code = Certificate.objects.get().code

    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        assert queries.certificate_state(typed) == {
            "genuine": True, "kind": "certificate", "number": "KMZC-2026-001", "holder": "昆明翠湖1号科技有限公司",
            "state": "in_force", "since": ON, "replaced_by": None, "year": None,
        }  # fmt: skip


def test_a_certificate_says_that_its_title_was_revoked() -> None:
    announced()
    Title.objects.update(state="revoked", ended_on=ON)

    assert queries.certificate_state(Certificate.objects.get().code)["state"] == "revoked"


@pytest.mark.parametrize("code", ["", "0000-0000-0000-0000", "not a code", "\x00" * 16, "é" * 16, "A" * 9999])
def test_any_other_code_is_not_genuine(code: str) -> None:
    announced()

    assert queries.certificate_state(code) == {
        "genuine": False, "kind": None, "number": None, "holder": None, "state": None, "since": None, "replaced_by": None, "year": None,
    }  # fmt: skip


def test_a_paper_says_whether_it_was_replaced_and_never_to_whom_it_was_addressed() -> None:
    content = {
        "office": "昆明市科学技术局", "addressee": "举报人张三", "makerspace": "云端", "objection": "x", "findings": "x",
        "result": "x", "remedies": ["x"],
    }  # fmt: skip
    old, new = (order_paper("objection_reply", "KM-2026-0001", f"答{n}", content, ON) for n in (1, 2))
    replace(old, new)

    verdict = queries.verify(old.code)

    assert (verdict.state, verdict.replaced_by, verdict.holder) == ("replaced", new.code, "")
    assert "张三" not in repr(verdict)
    assert queries.verify(new.code).state == "valid"


def test_the_announcements_own_paper_is_verified_too() -> None:
    announced()
    paper = Paper.objects.get(kind="announcement")

    assert queries.certificate_state(paper.code)["number"] == NUMBER

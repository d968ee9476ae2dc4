"""Public notices, and objecting to what stands on them (article 11)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from makerspace.matters.review.models import NoticeItem, Objection, PublicNotice
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import make_due
from makerspace.office.notify.models import Message
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from tests.doors.portal.helpers import ON, notice, noticed_case, page, words
from tests.factories import make_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.both]
A_DAY = timedelta(days=1)
SAID = {
    "who": "person",
    "name": "钱某某",
    "contact": "qian@example.cn",
    "facts": "入驻企业中有两家早已搬离。",
    "read": "on",
}


def address(found: PublicNotice) -> str:
    return f"/notices/{found.pk}/cases/{found.items.get().facts['number']}/object/"


def object_to(found: PublicNotice, client: Client | None = None, **changes: Any) -> Any:
    return (client or Client()).post(address(found), SAID | changes)


def received(found: PublicNotice, **changes: Any) -> Objection:
    answer = object_to(found, **changes)
    assert answer.status_code == 302, answer.content.decode()
    return Objection.objects.latest("id")


# -- notices -----------------------------------------------------------------------------------------------------------
def test_a_notice_shows_list_days_steps_digest_and_head() -> None:
    found = notice([noticed_case(1), noticed_case(2)], head="e" * 64, head_day=ON - A_DAY)

    text = words(page(f"/notices/{found.pk}/"))

    for said in (
        "2026年3月17日至2026年3月23日24时", "公示中还剩7天", "拟认定名单（2家）", "2翠湖2号众创空间KM-2026-0002", "自2026年3月16日起算。",
        "第7日为2026年3月23日。", "d" * 64, "e" * 64, "0871-63100002", "提出异议",
    ):  # fmt: skip
        assert said in text


def test_a_notice_that_is_not_out_yet_is_as_if_it_were_not_there() -> None:
    later, draft = (
        notice([noticed_case(1)], publish_on=ON + A_DAY),
        notice([noticed_case(2)], state="draft", published_by=None, published_on=None),
    )

    for hidden in (later, draft):
        page(f"/notices/{hidden.pk}/", 404)
        page(address(hidden), 404)
    assert "还没有公示" in page("/notices/")


def test_a_replaced_notice_stays_readable_and_points_to_the_new_one() -> None:
    case = noticed_case(1)
    old = notice([case])
    NoticeItem.objects.update(live=False)
    new = notice([case])
    PublicNotice.objects.filter(pk=old.pk).update(state="replaced", replaced_by=new, replaced_why="名称有误")

    html = page(f"/notices/{old.pk}/")

    assert "这份公示已被重新公示代替" in html
    assert "名称有误" in html
    assert f'href="/notices/{new.pk}/"' in html
    assert "已重新公示" in words(page("/notices/"))
    assert object_to(old).status_code == 409


def test_after_the_last_day_the_notice_offers_no_objection() -> None:
    found = notice([noticed_case(1)])

    with time_machine.travel("2026-03-23T23:59:59+08:00"):
        assert "提出异议" in page(f"/notices/{found.pk}/")
    with time_machine.travel("2026-03-24T00:00:00+08:00"):
        assert "提出异议" not in words(page(f"/notices/{found.pk}/"))
        assert "公示期已满" in page(f"/notices/{found.pk}/")
        assert "现在不能提出异议" in page(address(found))


@pytest.mark.parametrize("count", [1, 30])
def test_a_notice_takes_four_queries_however_long_it_is(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    found = notice([noticed_case(n) for n in range(1, count + 1)])

    with django_assert_max_num_queries(4):
        page(f"/notices/{found.pk}/")


# -- objecting ---------------------------------------------------------------------------------------------------------
def test_an_objection_is_taken_in_and_answered_with_a_receipt() -> None:
    found = notice([noticed_case(1)])

    answer = object_to(found, evidence=[SimpleUploadedFile("证据.pdf", make_pdf())])

    objection = Objection.objects.get()
    assert answer.headers["Location"] == f"/objections/{objection.receipt}/"
    assert [row["name"] for row in objection.evidence] == ["证据.pdf"]
    text = words(page(f"/objections/{objection.receipt}/"))
    assert objection.receipt in text
    assert "已收到下一步由未经办过该申报的人员审查是否受理" in text
    assert Entry.objects.get(stream="KM-2026-0001").act == "object"
    assert first_broken() is None


def test_nobody_reads_who_objected_and_the_record_does_not_know() -> None:
    objection = received(notice([noticed_case(1)]))

    seen = page(f"/objections/{objection.receipt}/") + page(f"/notices/{objection.notice_id}/")
    kept = "".join(Entry.objects.values_list("data", flat=True)) + repr(list(Objection.objects.values()))

    assert [told for told in ("钱某某", "qian@example.cn") if told in seen + kept] == []


def test_the_same_form_sent_twice_is_one_objection() -> None:
    found, client = notice([noticed_case(1)]), Client()
    token = re.search(r'name="token" value="([^"]+)"', client.get(address(found)).content.decode())
    assert token

    first, second = object_to(found, client, token=token[1]), object_to(found, client, token=token[1])

    assert first.headers["Location"] == second.headers["Location"]
    assert Objection.objects.count() == 1


def test_forms_without_a_token_are_each_their_own() -> None:
    found = notice([noticed_case(1)])

    first, second = received(found), received(found, contact="zhao@example.cn", token="short")

    assert first.receipt != second.receipt


def test_a_refused_form_may_be_sent_again_with_the_same_token() -> None:
    found = notice([noticed_case(1)])

    wrong = object_to(found, token="t" * 20, evidence=[SimpleUploadedFile("x.exe", b"MZ")])
    right = object_to(found, token="t" * 20)

    assert (wrong.status_code, right.status_code) == (422, 302)


def test_a_late_objection_is_answered_with_the_rule() -> None:
    found = notice([noticed_case(1)])

    with time_machine.travel("2026-03-24T00:00:01+08:00"):
        answer = object_to(found)

    assert answer.status_code == 409
    assert "第十一条" in answer.content.decode()
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "请填写真实姓名或单位全称"), ({"name": "x" * 101}, "真实姓名或单位全称"), ({"contact": "没有"}, "联系方式"),
        ({"contact": "x" * 500}, "联系方式"), ({"contact": "不是邮箱也不是电话"}, "请填写可以联系到您的电话或电子邮箱"), ({"facts": " "}, "请填写事实和理由"),
        ({"facts": "x" * 5001}, "事实和理由"), ({"read": ""}, "请先阅读说明并勾选"), ({"who": "ghost"}, "以谁的名义"), ({"name": "\x00"}, "真实姓名"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_what_was_typed_stays(wrong: dict[str, str], said: str) -> None:
    answer = object_to(notice([noticed_case(1)]), **wrong)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert ("facts" in wrong) or "入驻企业中有两家早已搬离。" in html
    assert not Objection.objects.exists()


def test_control_characters_in_the_facts_do_no_harm() -> None:
    objection = received(notice([noticed_case(1)]), facts="前\x00后\x07")

    assert objection.facts == "前后"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("证据.exe", b"MZ", "不接收"), ("证据.pdf", b"not a pdf", "证据"), ("证据.pdf", b"", "空"), ("证据.png", b"%PDF-1.7", "证据"),
        ("../../etc/passwd", b"x", "扩展名"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused(name: str, content: bytes, said: str) -> None:
    answer = object_to(notice([noticed_case(1)]), evidence=[SimpleUploadedFile(name, content)])

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Objection.objects.exists()


def test_more_files_than_ten_are_refused() -> None:
    many = [SimpleUploadedFile(f"{n}.pdf", make_pdf()) for n in range(11)]

    answer = object_to(notice([noticed_case(1)]), evidence=many)

    assert answer.status_code == 413
    assert not Objection.objects.exists()


def test_a_case_that_is_not_on_the_notice_is_not_there() -> None:
    found, other = notice([noticed_case(1)]), noticed_case(2)

    page(f"/notices/{found.pk}/cases/{other.number}/object/", 404)
    page(f"/notices/{found.pk}/cases/nonsense/object/", 404)


def test_haste_from_one_address_keeps_nobody_else_from_objecting() -> None:
    found = notice([noticed_case(1)])
    hasty = Client(REMOTE_ADDR="192.0.2.1")
    answers = [object_to(found, hasty, name="").status_code for _ in range(11)]

    honest = object_to(found, Client(REMOTE_ADDR="192.0.2.2"))

    assert answers == [422] * 10 + [429]
    assert honest.status_code == 302


def test_the_form_needs_its_own_page() -> None:
    assert Client(enforce_csrf_checks=True).post(address(notice([noticed_case(1)])), SAID).status_code == 403


# -- afterwards --------------------------------------------------------------------------------------------------------
def test_a_receipt_may_be_typed_in_many_ways() -> None:
    objection = received(notice([noticed_case(1)]))

    answer = Client().get("/objections/", {"receipt": objection.receipt.lower().replace("-", " ")})

    assert answer.headers["Location"] == f"/objections/{objection.receipt}/"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/objections/0000-0000-0000-0000/", 404), ("/objections/%00/", 400), ("/objections/x/", 404)],
)
def test_an_unknown_receipt_is_not_there(path: str, expected: int) -> None:
    assert Client().get(path).status_code == expected


def test_what_is_no_receipt_is_told_so() -> None:
    assert "回执编码应为16位" in page("/objections/", 422, receipt="胡乱")


def test_an_objections_papers_open_only_with_its_receipt() -> None:
    found = notice([noticed_case(1)])
    mine, other = received(found), received(found, contact="zhao@example.cn")
    make_due(10)
    code = Paper.objects.get(subject=f"OBJ-{mine.pk}").code

    given = Client().get(f"/objections/{mine.receipt}/papers/{code}/")

    assert given.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(given).startswith(b"%PDF-")  # type: ignore[arg-type]
    assert Client().get(f"/objections/{other.receipt}/papers/{code}/").status_code == 404
    assert Client().get(f"/papers/{code}/").status_code == 404


def test_an_address_is_proven_by_a_button_and_once() -> None:
    objection = received(notice([noticed_case(1)]))
    link = re.search(r"/objections/confirm/\S+/", Message.objects.get(stream="", person=None).text)
    assert link

    looked = Client().get(link[0])
    objection.refresh_from_db()
    unproven = objection.confirmed_at
    pressed, again = Client().post(link[0]), Client().post(link[0])

    objection.refresh_from_db()
    assert (looked.status_code, unproven) == (200, None)
    assert (pressed.status_code, pressed.headers["Location"]) == (302, f"/objections/{objection.receipt}/")
    assert objection.confirmed_at is not None
    assert again.status_code == 404


def test_an_objectors_page_is_kept_by_no_cache() -> None:
    objection = received(notice([noticed_case(1)]))

    assert "no-store" in Client().get(f"/objections/{objection.receipt}/").headers["Cache-Control"]

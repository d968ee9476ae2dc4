"""The registry, its export, titles and announcements."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from makerspace.doors.portal.tiles import SHORT
from makerspace.matters.recognition.models import Title, TitleName
from makerspace.matters.recognition.operations import announce
from makerspace.matters.registers.models import Tenant
from makerspace.office.people.models import Authority
from tests.doors.portal.helpers import ON, page, words
from tests.matters.recognition.helpers import NUMBER, announced, leader, waiting_case

CSS = Path(__file__).parents[3] / "makerspace/doors/portal/static/portal/portal.css"
pytestmark = [pytest.mark.django_db, pytest.mark.both]


def exported(query: str = "") -> list[list[str]]:
    """The export as a spreadsheet reads it."""
    answer = Client().get(f"/registry.csv{query}")
    content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_registry_can_be_asked_for_any_day() -> None:
    announced(1)

    assert "没有符合条件的众创空间" in page("/registry/", on="2026-03-15")
    assert "KMZC-2026-001" in page("/registry/", on="2026-03-16")


def test_a_day_that_is_none_is_answered_for_today_and_said() -> None:
    announced(1)

    text = words(page("/registry/", on="next tuesday"))

    assert "没有认出所填的日期" in text
    assert "KMZC-2026-001" in text


def test_filters_stay_in_the_address_of_every_link() -> None:
    announced(51)

    html = page("/registry/", q="翠湖", category="comprehensive", on="2026-03-16")

    assert 'href="?category=comprehensive&amp;q=%E7%BF%A0%E6%B9%96&amp;on=2026-03-16&amp;page=2"' in html
    assert "第1–50条，共51条" in words(html)


def test_a_page_beyond_the_last_is_the_last() -> None:
    announced(51)

    assert "第51–51条，共51条" in words(page("/registry/", page="999999"))


def test_the_export_is_exactly_this_list() -> None:
    announce(
        [waiting_case(1, "wuhua"), waiting_case(2, "panlong"), waiting_case(3, "panlong")],
        document_number=NUMBER, by=leader(), on=ON,
    )  # fmt: skip

    rows = exported("?authority=panlong&sort=number")

    assert rows[0] == ["名录编号", "众创空间", "运营单位", "类别", "科技主管部门", "认定日期", "状态", "列出日期"]
    assert [row[0] for row in rows[1:]] == ["KMZC-2026-002", "KMZC-2026-003"]
    assert rows[1][1:] == [
        "翠湖2号众创空间",
        "昆明翠湖2号科技有限公司",
        "综合服务类",
        "盘龙区",
        "2026-03-16",
        "有效",
        "2026-03-16",
    ]


def test_the_export_has_every_page() -> None:
    announced(60)

    assert len(exported()) == 61


def test_a_name_like_a_formula_is_not_one_in_a_spreadsheet() -> None:
    announce([waiting_case(1, name="=cmd|' /C calc'!A0")], document_number=NUMBER, by=leader(), on=ON)

    assert exported()[1][1] == "'=cmd|' /C calc'!A0"


def test_a_hostile_name_is_text_on_the_page() -> None:
    announce([waiting_case(1, name="<script>alert(1)</script>")], document_number=NUMBER, by=leader(), on=ON)

    assert "<script>alert" not in page("/registry/")
    assert "&lt;script&gt;alert(1)" in page("/registry/")


def test_a_title_shows_its_names_and_its_document() -> None:
    made = announced(1)
    title = Title.objects.get()
    renamed = ON + timedelta(days=10)
    TitleName.objects.update(until=renamed - timedelta(days=1))
    TitleName.objects.create(title=title, name="新名众创空间", holder="新运营单位", since=renamed)

    then, now = words(page(f"/registry/{title.number}/")), words(page(f"/registry/{title.number}/", on="2026-04-01"))

    assert "翠湖1号众创空间昆明市众创空间，2026年3月16日认定" in then
    assert "新名众创空间昆明市众创空间" in now
    assert "名称变化" in now
    assert made.document_number in then


def test_a_revoked_title_says_so() -> None:
    announced(1)
    Title.objects.update(state="revoked", ended_on=date(2026, 3, 16))

    assert "称号已于2026年3月16日取消" in words(page("/registry/KMZC-2026-001/"))


@pytest.mark.parametrize("number", ["KMZC-2026-999", "x" * 300, "%3Cscript%3E"])
def test_a_number_that_is_none_is_not_there(number: str) -> None:
    page(f"/registry/{number}/", 404)


def test_an_announcement_shows_list_text_and_digest() -> None:
    made = announced(2)

    text = words(page(f"/announcements/{made.pk}/"))

    assert made.digest in text
    assert "KMZC-2026-002翠湖2号众创空间" in text
    assert made.text.splitlines()[2] in text
    page("/announcements/999999/", 404)


def test_the_map_counts_under_the_other_filters_and_is_itself_one() -> None:
    announce(
        [waiting_case(1, "wuhua"), waiting_case(2, "panlong"), waiting_case(3, "panlong")],
        document_number=NUMBER, by=leader(), on=ON,
    )  # fmt: skip

    html = page("/registry/", authority="panlong", on="2026-03-16")
    assert 'aria-current="true" title="盘龙区"><span>盘龙区</span><b>2<' in html
    assert 'title="五华区"><span>五华区</span><b>1<' in html  # where one would go next
    assert 'title="东川区"><span>东川区</span><b>0<' in html
    assert 'href="?authority=wuhua&amp;on=2026-03-16"' in html
    assert 'class="p-tile p-shade-4 p-chosen" href="?on=2026-03-16"' in html
    assert "<span>盘龙区</span><b>0<" in page("/registry/", category="technical", on="2026-03-16")
    assert set(SHORT) == set(Authority.objects.values_list("code", flat=True))
    assert all(f".p-tile-{code} {{" in CSS.read_text(encoding="utf-8") for code in SHORT)


def test_titles_are_found_by_the_field_of_their_tenants_on_the_day() -> None:
    announced(2)
    mine = Title.objects.order_by("number")[0]
    Tenant.objects.create(
        makerspace=mine.makerspace, kind="enterprise", name="昆明软件公司", moved_in_on=ON, hightech_field="101",
        moved_out_on=ON + timedelta(days=10), left_as="moved",
    )  # fmt: skip

    def found(**asked: str) -> list[str]:
        text = words(page("/registry/", **asked))
        return [number for number in ("KMZC-2026-001", "KMZC-2026-002") if number in text]

    assert found(field="10", on="2026-03-16") == ["KMZC-2026-001"]
    assert found(field="20", on="2026-03-16") == []
    assert found(field="10", on="2026-03-26") == []  # gone by then
    assert len(found(field="99", on="2026-03-16")) == 2  # no such field: not a filter
    assert [row[0] for row in exported("?field=10&on=2026-03-16")[1:]] == ["KMZC-2026-001"]
    said = Client().get("/api/v1/registry?field=10&on=2026-03-16").json()
    assert [row["number"] for row in said["items"]] == ["KMZC-2026-001"]
    assert Client().get("/api/v1/registry?field=zz").status_code == 422

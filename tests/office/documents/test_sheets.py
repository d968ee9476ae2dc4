"""Workbooks written and read back: values in their kinds, nothing that runs, nothing hostile."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from makerspace.office.documents import uploads
from makerspace.office.documents.sheets import Sheet, cell, uncell, workbook
from tests.office.documents import good, hostile


def rows_of(content: bytes, name: str = "表.xlsx") -> list[list[str]]:
    return uploads.rows_of(ContentFile(content), name)


def test_what_is_written_reads_back_in_its_kinds() -> None:
    book = workbook(
        Sheet(
            "入驻",
            ["名称", "人数", "营收", "日期", "在岗"],
            [["甲", 12, Decimal("3.5"), date(2026, 3, 16), True], ["乙", None, 0, None, False]],
        ),
        Sheet("说明", ["列"]),
    )

    assert rows_of(book) == [
        ["名称", "人数", "营收", "日期", "在岗"],
        ["甲", "12", "3.5", "2026-03-16", "是"],
        ["乙", "", "0", "", "否"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "|calc", "%0A"])
def test_a_would_be_formula_is_written_as_quoted_text_and_read_back_whole(text: str) -> None:
    found = rows_of(workbook(Sheet("表", ["列"], [[text]])))[1][0]

    assert found.startswith("'")
    assert uncell(found) == text.strip() or uncell(found) == text


def test_an_apostrophe_of_ones_own_stays() -> None:
    assert uncell("'90后创客") == "'90后创客"
    assert uncell(cell("=1")) == "=1"


@pytest.mark.parametrize(("name", "content", "code"), [
    ("表.pdf", b"%PDF-1.4", "wrong_type"),
    ("表.xlsx", b"", "invalid"),
    ("表.xlsx", b"PK\x03\x04nonsense", "invalid"),
])  # fmt: skip
def test_what_is_no_workbook_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(uploads.UploadRefused) as caught:
        rows_of(content, name)

    assert caught.value.code == code


def test_a_sheet_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(uploads.UploadRefused, match="超过 2000 行"):
        rows_of(workbook(Sheet("表", ["列"], [[str(number)] for number in range(2001)])))


def test_hostile_workbooks_are_refused_before_a_cell_is_read() -> None:
    tried = [content for maker in hostile.MAKERS for name, content, _ in maker() if name.endswith(".xlsx")]

    assert tried
    for content in tried:
        with pytest.raises(uploads.UploadRefused):
            rows_of(content)


def test_a_workbook_without_a_sheet_is_refused() -> None:
    with pytest.raises(uploads.UploadRefused, match="没有可以读取的工作表"):
        rows_of(good.xlsx())

"""Papers are ordered with the act, made once, look the same everywhere, and lose no character."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]
from pydantic import ValidationError
from pytest_django import Settings

from makerspace.office.documents import codes, files, fonts, operations, queries, rendering, serving, uploads
from makerspace.office.documents.kinds import KINDS
from makerspace.office.documents.models import Paper, PaperState
from makerspace.office.record.clock import now
from tests.office.documents import samples

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 6)


def ordered(kind: str = "receipt", subject: str = "KM-2026-0042", **changes: Any) -> Paper:
    """An ordered paper."""
    data = {**samples.SAMPLES[kind], **changes}
    number = samples.NUMBERS.get(kind, "KM-2026-0042")
    return operations.order_paper(kind, subject, number, data, DAY, title=samples.TITLES.get(kind, ""))


def made(kind: str = "receipt", **changes: Any) -> Paper:
    """A paper made by the clock."""
    paper = ordered(kind, **changes)
    operations.make_due()
    paper.refresh_from_db()
    assert paper.state == PaperState.MADE
    return paper


def content(paper: Paper) -> bytes:
    """The paper's PDF."""
    assert paper.blob is not None
    with files.open_blob(paper.blob) as file:
        return file.read()


def text_of(pdf: bytes) -> str:
    """What a reader can select, without the line breaks."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    return "".join("".join(pages).split()).replace("\u200b", "").replace("\ufffe", "-").replace("\ufeff", "")


def words(value: Any) -> list[str]:
    """Every text in a content."""
    if isinstance(value, dict):
        return [word for item in value.values() for word in words(item)]
    if isinstance(value, list):
        return [word for item in value for word in words(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_word_of_the_data_stands_in_the_paper(kind: str) -> None:
    paper = made(kind)

    text = text_of(content(paper))

    shortened = [file["digest"] for file in paper.data.get("materials", [])]
    lost = [word for word in words(paper.data) if word not in shortened and "".join(word.split()) not in text]
    assert lost == []
    assert samples.RARE[0] in text
    assert paper.code in text


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_paper_is_archival_complete_and_taken_back_as_an_upload(kind: str) -> None:
    pdf = content(made(kind))

    with pikepdf.open(BytesIO(pdf)) as document:
        metadata = document.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "U")
        assert all("/FontFile" in "".join(font.keys()) for font in descriptors(document))
    assert uploads.check(ContentFile(pdf), "a.pdf").extension == "pdf"


def descriptors(document: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """The font descriptors of a PDF."""
    found = [
        thing
        for thing in document.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
    ]
    assert found
    return found


@pytest.mark.parametrize("char", samples.RARE)
def test_a_rare_name_is_printed_on_a_certificate(char: str) -> None:
    text = text_of(content(made("certificate", makerspace=f"{char}创空间", operator=f"{char}公司")))

    assert f"{char}创空间" in text
    assert f"{char}公司" in text


def test_a_paper_says_where_it_can_be_checked(settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://zc.example.cn/"
    paper = ordered("certificate")

    assert rendering.verify_url(paper.code) == f"https://zc.example.cn/verify/{paper.code}"
    assert "<svg" in rendering.qr_svg(rendering.verify_url(paper.code))
    with pikepdf.open(BytesIO(rendering.render(paper))) as document:
        assert rendering.verify_url(paper.code) in pikepdf_text(document)


def pikepdf_text(document: pikepdf.Pdf) -> str:
    """All strings in the structure of a PDF (the alternative text of the QR code among them)."""
    strings = []
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary):
            strings += [str(value) for _, value in thing.items() if isinstance(value, pikepdf.String)]
    return "\n".join(strings)


def test_the_same_paper_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    paper = ordered("public_notice")
    here = rendering.render(paper)
    script = (
        "import sys, json, django; django.setup()\n"
        "from datetime import date\n"
        "from makerspace.office.documents import rendering\n"
        "from makerspace.office.documents.models import Paper\n"
        "fields = json.load(sys.stdin)\n"
        "paper = Paper(**fields, issued_on=date(2026, 5, 6))\n"
        "sys.stdout.buffer.write(rendering.render(paper))"
    )
    fields = {key: getattr(paper, key) for key in ("kind", "title", "number", "code", "data")}

    there = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(fields).encode(),
        capture_output=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"], "PYTHONPATH": ":".join(sys.path)},
    ).stdout

    assert there == here


def test_data_is_only_text() -> None:
    nasty = '#read("/etc/passwd") $x$ *a* \\ #panic() <b> @c `d` ] } "'

    text = text_of(content(made("receipt", applicant=nasty)))

    assert "".join(nasty.split()) in text
    assert "root:" not in text


def test_invisible_characters_do_not_reach_paper() -> None:
    paper = made("certificate", makerspace="\u202e众\0创\u200b空间\ufeff")

    assert "众创空间" in text_of(content(paper))


def test_a_decision_that_would_lose_a_character_is_not_made() -> None:
    paper = ordered("certificate", makerspace="\ue123创空间")

    operations.make_due()

    paper.refresh_from_db()
    assert (paper.state, paper.attempts) == (PaperState.QUEUED, 1)
    with pytest.raises(rendering.CannotPrint, match=r"U\+E123"):
        rendering.render(paper)


def test_a_receipt_reads_as_one_sentence_and_leaves_out_what_nobody_counted() -> None:
    files = [{"name": "租赁合同.pdf", "about": "场地面积", "digest": "ab12" * 16}]
    step = {"next_step": "由五华区科技主管部门初审（第十条）。", "next_by": date(2026, 4, 10)}

    text = text_of(content(made("receipt", materials=files, **step)))
    counted = text_of(content(made("receipt", subject="KM-2026-0043")))

    assert "下一步：由五华区科技主管部门初审（第十条），办理期限：2026年4月10日。需要补正时" in text
    assert ("页数" in text, "页数" in counted) == (False, True)


def test_a_receipt_shows_what_cannot_be_printed() -> None:
    assert "云上〓空间" in text_of(content(made("receipt", makerspace="云上🎉空间")))


def test_a_paper_is_ordered_with_the_act_or_not_at_all() -> None:
    try:
        with transaction.atomic():
            ordered()
            raise LookupError
    except LookupError:
        pass

    assert Paper.objects.count() == 0
    assert operations.make_due() == 0


@pytest.mark.parametrize("change", [{"unknown": 1}, {"applicant": None}, {"submitted_at": 5}])
def test_an_order_with_wrong_data_fails_in_the_act(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ordered("receipt", **change)


@pytest.mark.parametrize("kind", ["decline_notice", "rejection_notice", "objection_reply"])
def test_a_decision_without_remedies_cannot_be_ordered(kind: str) -> None:
    with pytest.raises(ValidationError):
        ordered(kind, remedies=[])


def test_each_paper_is_made_once() -> None:
    first = made()
    before = content(first)

    assert operations.make_due() == 0

    first.refresh_from_db()
    assert content(first) == before
    assert (first.attempts, first.state) == (1, PaperState.MADE)


def test_no_more_than_the_limit_is_made_at_once() -> None:
    for _ in range(3):
        ordered()

    assert [operations.make_due(2), operations.make_due(2), operations.make_due(2)] == [2, 1, 0]


def test_of_two_workers_one_gets_a_paper() -> None:
    paper = ordered()
    same = Paper.objects.get(pk=paper.pk)

    assert [operations.claimed(paper), operations.claimed(same)] == [True, False]
    assert operations.make_due() == 0


def test_a_paper_of_a_worker_that_died_is_made_by_another() -> None:
    paper = ordered()
    operations.claimed(paper)
    Paper.objects.update(due_at=now() - timedelta(seconds=1))

    assert operations.make_due() == 1


def test_a_slow_worker_does_not_overwrite_what_another_made() -> None:
    paper = made()
    later = paper.made_at
    assert paper.blob is not None

    assert operations.finish(paper, paper.blob) == 0

    paper.refresh_from_db()
    assert paper.made_at == later


def test_failures_are_put_off_longer_each_time_and_end_with_people(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(paper: Paper) -> bytes:
        raise OSError("disk")

    monkeypatch.setattr(rendering, "render", broken)
    paper = ordered()
    waits = []
    while paper.state == PaperState.QUEUED:
        assert operations.make_due() == 0
        paper.refresh_from_db()
        waits.append(round((paper.due_at - now()).total_seconds() / 60))
        Paper.objects.update(due_at=now())
        paper.refresh_from_db()

    assert waits[:7] == [1, 2, 4, 8, 16, 32, 64]
    assert paper.state == PaperState.FAILED


def test_a_failed_paper_can_be_tried_again() -> None:
    paper = ordered()
    Paper.objects.update(state=PaperState.FAILED, attempts=8)

    assert operations.retry(paper) == 1
    assert operations.make_due() == 1
    assert operations.retry(paper) == 0


def test_a_replaced_paper_stays_and_points_to_the_new_one() -> None:
    old, new = made(), made()

    operations.replace(old, new)

    found = queries.paper_by_code(old.code)
    assert found is not None
    assert found.replaced_by == new
    assert queries.current_paper("KM-2026-0042", "receipt") == new
    assert list(queries.papers_of("KM-2026-0042")) == [old, new]
    for wrong in (new, old):
        with pytest.raises(ValueError, match="already replaced"):
            operations.replace(old, wrong)


def test_a_taken_code_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = ordered()
    draws = iter([taken.code, taken.code, "0000-0000-0000-0001"])
    monkeypatch.setattr(operations, "new_code", lambda: next(draws))

    assert ordered().code == "0000-0000-0000-0001"


def test_the_database_refuses_a_made_paper_without_a_file() -> None:
    paper = ordered()

    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(state=PaperState.MADE)


@pytest.mark.both
def test_a_title_longer_than_its_column_is_cut() -> None:
    data = samples.SAMPLES["receipt"]

    paper = operations.order_paper("receipt", "KM-2026-0042", "KM-2026-0042", data, DAY, title="长" * 230)

    assert Paper.objects.get(pk=paper.pk).title == "长" * 200


def test_a_paper_can_be_shown_page_by_page() -> None:
    paper = made("print_set")

    assert paper.blob is not None
    assert (paper.blob.pages or 0) >= 3
    assert serving.preview_png(paper.blob, 2, 480).startswith(b"\x89PNG")


def test_each_page_of_the_print_set_says_its_number_and_the_digest() -> None:
    paper = made("print_set")

    document = pypdfium2.PdfDocument(content(paper))

    for number in range(1, len(document) + 1):
        text = "".join(document[number - 1].get_textpage().get_text_range().split())
        assert f"{paper.code}/{number}第{number}页，共{len(document)}页" in text
        assert paper.data["dossier_digest"] in text


def test_codes_are_unlike_and_well_formed() -> None:
    many = {codes.new_code() for _ in range(2000)}

    assert len(many) == 2000
    assert all(codes.normalise(code) == code for code in many)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7k3m-9qxd-04tz-bwhe", "7K3M-9QXD-04TZ-BWHE"),
        (" 7K3M 9QXD O4TZ BWHE ", "7K3M-9QXD-04TZ-BWHE"),
        ("7K3M—9QXD—04TZ—BWHE", "7K3M-9QXD-04TZ-BWHE"),
        ("IL00000000000000", "1100-0000-0000-0000"),
        ("7K3M-9QXD-04TZ-BWHU", None),
        ("7K3M-9QXD-04TZ-BWH", None),
        ("", None),
        ("0" * 10_000, None),
        ("７K3M-9QXD-04TZ-BWHE", None),
    ],
)
def test_a_typed_code_is_understood(typed: str, meant: str | None) -> None:
    assert codes.normalise(typed) == meant


def test_coverage_is_what_fonttools_reads() -> None:
    known: set[int] = set()
    for path in fonts.DEFAULT.glob("*.*t[fc]"):
        face = TTCollection(path).fonts[2] if path.suffix == ".ttc" else TTFont(path)
        known |= set(face.getBestCmap())

    assert fonts.coverage(fonts.DEFAULT) == known


def test_missing_glyphs_are_named() -> None:
    assert fonts.missing_glyphs(f"{samples.RARE}〔〕﹝﹞“” ，。\n", fonts.DEFAULT) == set()
    assert fonts.missing_glyphs("众🎉\ue000", fonts.DEFAULT) == {"🎉", "\ue000"}


def test_fonts_that_are_there_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "unpack", lambda *_: pytest.fail("fetched"))

    assert fonts.collect(fonts.DEFAULT) == []


def test_without_apt_the_one_line_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(fonts, "is_good", lambda *_: False)

    assert fonts.main([str(tmp_path / "fonts")]) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "sudo apt-get install fonts-noto-cjk texlive-lang-chinese fonts-babelstone-han" in line


def test_a_font_with_another_content_is_not_accepted(tmp_path: Path) -> None:
    (tmp_path / fonts.FONTS[0].name).write_bytes(b"x")

    assert not fonts.is_good(tmp_path / fonts.FONTS[0].name, fonts.FONTS[0])

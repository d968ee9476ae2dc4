"""C20, C27, C28: a certificate proves itself, a cell runs nothing, and what data say is only ever printed."""

import csv
import hashlib
import io
import re
import socket

import pypdfium2
import pytest
from django.test import Client

from makerspace.matters.recognition.models import Certificate, Title, TitleName
from makerspace.office.casework.models import Case
from makerspace.office.documents import codes, rendering
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import make_due, order_paper
from makerspace.office.documents.sheets import cell
from makerspace.regulation.terms import Role
from tests.factories import make_person
from tests.matters.recognition.helpers import ON, announced, waiting_case

pytestmark = pytest.mark.django_db
CROCKFORD = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


# -- C20 ---------------------------------------------------------------------------------------------------------------
def test_codes_are_sixteen_signs_that_nobody_can_guess() -> None:
    made = [codes.new_code() for _ in range(2000)]
    signs = "".join(made).replace("-", "")

    assert len(set(made)) == 2000
    assert {len(code.replace("-", "")) for code in made} == {16}
    assert set(signs) == CROCKFORD
    assert all(700 < signs.count(sign) < 1300 for sign in CROCKFORD)  # 1000 each, by chance ± 5 σ


def certificate() -> tuple[Certificate, bytes]:
    announced(1)
    make_due(10)
    found = Certificate.objects.get()
    paper = Paper.objects.get(code=found.code)
    case_file = Client()
    case_file.force_login(make_person(Role.BUREAU))
    answer = case_file.get(f"/work/papers/{paper.code}/")
    return found, b"".join(answer)  # type: ignore[arg-type]


def verified(code: str) -> str:
    return Client().get(f"/verify/{code}/").content.decode()


def test_the_check_page_confirms_the_very_bytes_of_the_file() -> None:
    found, content = certificate()
    page = verified(found.code)

    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() in page
    assert hashlib.sha256(content.replace(b"%%EOF", b"%%EOF ", 1)).hexdigest() not in page


def test_a_revoked_title_is_shown_at_once() -> None:
    found, _ = certificate()
    before = verified(found.code)

    Title.objects.update(state="revoked", ended_on=ON)

    assert ("称号有效" in before, "已取消" in before) == (True, False)
    assert ("称号有效" in verified(found.code), "已取消" in verified(found.code)) == (False, True)


# -- C27 ---------------------------------------------------------------------------------------------------------------
FORMULAS = [
    '=HYPERLINK("http://evil.example")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1",
    "＠SUM(A1)", "  =1+1", "\u3000＝1+1", "\u00a0@x", "\ufeff=1", "|calc", "%0A=1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["滇池众创空间", "KM-2026-0001", "420", "3-5人", "a=b", ""])
def test_any_other_cell_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("path", ["/work/cases/export.csv", "/registry.csv"])
def test_every_export_passes_through_it(path: str) -> None:
    announced(1)
    waiting_case(7)
    Case.objects.update(subject='=HYPERLINK("http://evil.example")')
    TitleName.objects.update(name="＝cmd|' /C calc'!A0")
    client = Client()
    client.force_login(make_person(Role.BUREAU))

    answer = client.get(path)

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert len(rows) > 1
    assert any(text.startswith("'") for row in rows for text in row)
    assert not [text for row in rows for text in row if re.match(r"\s*[=+\-@＝＋－＠\t\r]", text)]


# -- C28 ---------------------------------------------------------------------------------------------------------------
HOSTILE = [
    '#read("/etc/passwd")',
    '#image("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    "#panic()",
    "= 标题 $x^2$ *粗* _斜_ `raw` <label> @ref",
    "\\#{1+1}",
    '"); #read("fonts.py'
]  # fmt: skip


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


def test_what_data_say_is_printed_and_never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise AssertionError("a paper asked for the network")

    monkeypatch.setattr(socket.socket, "connect", away)
    for hostile in HOSTILE:
        content = {"office": "昆明市科学技术局", "items": [{"makerspace": hostile, "operator": hostile}]}
        paper = order_paper("announcement", "昆科发〔2026〕12号", hostile[:60], content, ON, title=hostile)

        printed = text_of(rendering.render(paper))

        assert "".join(hostile.split()) in printed.replace("“", '"').replace("”", '"'), hostile
        assert "root:" not in printed


def test_no_template_of_a_paper_fetches_anything() -> None:
    for template in rendering.TEMPLATES.glob("*.typ"):
        source = template.read_text(encoding="utf-8")
        imports = re.findall(r'(?:import|include|read|image|json|csv|plugin)\s*\(?\s*"([^"]+)"', source)
        assert set(imports) <= {"_house.typ"}, (template.name, imports)
        assert "eval(" not in source


def test_nothing_outside_the_papers_folder_can_be_read() -> None:
    outside = rendering.TEMPLATES.parent / "papers" / ".." / "gate.py"

    with pytest.raises(Exception, match=r"(?i)root|access|not found|outside"):
        rendering.compiler().compile(input=outside.resolve(), format="pdf")

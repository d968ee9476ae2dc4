"""Good files of each kind, made here and as small as they can be; the same bytes whenever they are made."""

import io
import zipfile
from collections.abc import Mapping

import pikepdf
from PIL import Image

DOC = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELS = "application/vnd.openxmlformats-package.relationships+xml"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PR = "http://schemas.openxmlformats.org/package/2006/relationships"
CT = "http://schemas.openxmlformats.org/package/2006/content-types"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def zipped(members: Mapping[str, bytes | str], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, packing)
    return out.getvalue()


def content_types(main: str, part: str, extra: str = "") -> str:
    """The list of types of an Office file."""
    return (
        f'{HEAD}<Types xmlns="{CT}"><Default Extension="rels" ContentType="{RELS}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="{main}"/>{extra}</Types>'
    )


def relations(*inner: str) -> str:
    """A part of relationships."""
    return f'{HEAD}<Relationships xmlns="{PR}">{"".join(inner)}</Relationships>'


def relation(kind: str, target: str, *, outside: bool = False) -> str:
    """One relationship."""
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="r1" Type="{R}/{kind}" Target="{target}"{mode}/>'


def docx_parts(
    body: str = "<w:p><w:r><w:t>运营方案</w:t></w:r></w:p>", extra_types: str = ""
) -> dict[str, bytes | str]:
    """The parts of a small Word file."""
    return {
        "[Content_Types].xml": content_types(DOC, "/word/document.xml", extra_types),
        "_rels/.rels": relations(relation("officeDocument", "word/document.xml")),
        "word/document.xml": f'{HEAD}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(relation("hyperlink", "https://www.km.gov.cn/", outside=True)),
    }


def xlsx_parts() -> dict[str, bytes | str]:
    """The parts of a small Excel file."""
    return {
        "[Content_Types].xml": content_types(SHEET, "/xl/workbook.xml"),
        "_rels/.rels": relations(relation("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{S}"><sheets/></workbook>',
        "xl/worksheets/sheet1.xml": f'{HEAD}<worksheet xmlns="{S}"><sheetData/></worksheet>',
        "xl/printerSettings/printerSettings1.bin": b"\x00P\x00r\x00i",
    }


def ofd_parts() -> dict[str, bytes | str]:
    """The parts of a small OFD file."""
    name = "http://www.ofdspec.org/2016"
    return {
        "OFD.xml": f'{HEAD}<ofd:OFD xmlns:ofd="{name}" Version="1.0" DocType="OFD"/>',
        "Doc_0/Document.xml": f'{HEAD}<ofd:Document xmlns:ofd="{name}"/>',
        "Doc_0/Signs/Sign_0/Seal.esl": b"0\x82\x01\x02",
    }


def docx() -> bytes:
    """A small Word file."""
    return zipped(docx_parts())


def xlsx() -> bytes:
    """A small Excel file."""
    return zipped(xlsx_parts())


def ofd() -> bytes:
    """A small OFD file."""
    return zipped(ofd_parts())


def new_pdf(pages: int = 1) -> pikepdf.Pdf:
    """A PDF of empty A4 pages, still open."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    return pdf


def saved(pdf: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    """The bytes of an open PDF."""
    out = io.BytesIO()
    pdf.save(out, encryption=encryption or False, deterministic_id=encryption is None)
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A PDF of empty pages."""
    return saved(new_pdf(pages))


def picture(width: int = 40, height: int = 30) -> Image.Image:
    """A picture in which corners differ."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((29, 79, 145), (0, 0, width // 2, height // 2))
    return image


def png(image: Image.Image | None = None) -> bytes:
    """A PNG file."""
    out = io.BytesIO()
    (image or picture()).save(out, "PNG")
    return out.getvalue()


def jpg(image: Image.Image | None = None, **options: object) -> bytes:
    """A JPEG file."""
    out = io.BytesIO()
    (image or picture()).save(out, "JPEG", **options)
    return out.getvalue()

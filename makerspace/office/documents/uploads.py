"""What may be handed in: a name, a size, and a content that is what the name says and does nothing.

`check` looks at name and size here and at the content in a limited child process (`jail`); `clean_name` makes a name
that can be shown and sent. Six kinds are taken: pdf ofd docx xlsx png jpg.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files import File

from makerspace.office.documents import clamd, jail

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
    "jpg": "image/jpeg",
}
ACCEPT = ".pdf,.ofd,.docx,.xlsx,.png,.jpg,.jpeg"
LONGEST_NAME = 120
MB = 1024 * 1024


class UploadRefused(Exception):
    """A file that is not taken; `code` is one of the API's codes, `text` says why and what to do."""

    def __init__(self, code: str, text: str, field: str = "file") -> None:
        super().__init__(text)
        self.code, self.text, self.field = code, text, field


@dataclass(frozen=True)
class Checked:
    """What a file proved to be."""

    content_type: str
    extension: str
    size: int
    pages: int | None


def max_bytes() -> int:
    """The largest file taken, in bytes (setting UPLOAD_MAX_BYTES, 20 MB)."""
    return int(settings.UPLOAD_MAX_BYTES)


def most_mb() -> tuple[int, int]:
    """How many MB a file may have, and how many all files of one form together, which leaves room for its other fields."""
    return max_bytes() // MB, settings.BODY_MAX_BYTES // MB - 1


def limits_text() -> str:
    """The limits in one sentence, to be shown before a file is chosen."""
    return f"可上传 PDF、OFD、DOCX、XLSX、PNG、JPG 文件，单个不超过 {max_bytes() // MB} MB；不接收带宏、脚本、附件或密码的文件。"


def check(file: "File[Any]", name: str) -> Checked:
    """What the file is, or UploadRefused; the file stands at its beginning afterwards."""
    extension = extension_of(name)
    size = measured(file)
    header, _ = jail.ask({"do": "check", "extension": extension}, blocks(file))
    file.seek(0)
    if "refused" in header:
        raise UploadRefused(**header["refused"])
    scan(file)
    return Checked(CONTENT_TYPES[extension], extension, size, header["pages"])


def rows_of(file: "File[Any]", name: str) -> list[list[str]]:
    """The cells of a workbook's first sheet as texts, empty rows left out, or UploadRefused; at most 2,000 rows."""
    if extension_of(name) != "xlsx":
        raise UploadRefused("wrong_type", "请上传 XLSX 工作簿；其他格式请先另存为 XLSX，或直接复制表格粘贴。")
    measured(file)
    scan(file)
    header, content = jail.ask({"do": "rows", "extension": "xlsx"}, blocks(file))
    if "refused" in header:
        raise UploadRefused(**header["refused"])
    found: list[list[str]] = json.loads(content)
    return found


def scan(file: "File[Any]") -> None:
    """Ask the virus scanner too, where this installation has one (setting CLAMD_SOCKET); its silence is a refusal."""
    socket_path = getattr(settings, "CLAMD_SOCKET", "")
    if not socket_path:
        return
    try:
        found = clamd.found(socket_path, blocks(file))
    except clamd.NoAnswer as error:
        raise UploadRefused("slow_down", "病毒扫描暂时不可用，文件没有保存。请稍后再试。") from error
    file.seek(0)
    if found:
        raise UploadRefused("invalid", "文件未通过病毒扫描，不能接收。请在本机查杀后重新上传。")


def extension_of(name: str) -> str:
    """The extension, by which a file claims to be of one of the six kinds."""
    suffix = PurePosixPath(clean_name(name)).suffix.lower().lstrip(".")
    extension = {"jpeg": "jpg"}.get(suffix, suffix)
    if extension not in CONTENT_TYPES:
        shown = f"“.{suffix[:10]}”文件" if suffix else "没有扩展名的文件"
        raise UploadRefused("wrong_type", f"不接收{shown}。请上传 PDF、OFD、DOCX、XLSX、PNG 或 JPG。")
    return extension


def measured(file: "File[Any]") -> int:
    """The size as counted, not as claimed."""
    size: int = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise UploadRefused("invalid", "文件是空的（0 字节）。请检查后重新选择。")
    if size > max_bytes():
        megabytes, most = size / 1024 / 1024, max_bytes() // (1024 * 1024)
        raise UploadRefused("too_large", f"文件 {megabytes:.1f} MB，超过 {most} MB 的上限。请压缩或拆分后再上传。")
    return size


def blocks(file: "File[Any]") -> Iterator[bytes]:
    """The file from its beginning, a mebibyte at a time."""
    file.seek(0)
    while block := file.read(1 << 20):
        yield block


def clean_name(name: str) -> str:
    """A file name that can be shown: composed, without path, control or direction characters, at most 120 long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        return kept[:LONGEST_NAME] or "未命名"
    return f"{stem[: LONGEST_NAME - len(suffix) - 1] or '未命名'}.{suffix}"[:LONGEST_NAME]

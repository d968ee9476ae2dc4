"""docx, xlsx, ofd: zip archives of XML. No macro, no embedded object, no DTD, no bomb, no path that leads out."""

import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.parsers import expat

from makerspace.office.documents.checker.refusal import Refuse

MOST_MEMBERS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
BLOCK = 1 << 18

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN_TYPES = {
    "docx": OFFICE + "wordprocessingml.document.main+xml",
    "xlsx": OFFICE + "spreadsheetml.sheet.main+xml",
}
PICTURES = {"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp", "svg"}
INNER = {
    "docx": PICTURES | {"xml", "rels", "odttf", "vml"},
    "xlsx": PICTURES | {"xml", "rels", "vml"},
    "ofd": PICTURES | {"xml", "jb2", "ttf", "otf", "ttc", "cff", "esl", "dat"},
}
MARKUP = {"xml", "rels", "vml", "svg"}
FORBIDDEN_TYPES = re.compile(
    r"macroenabled|vbaproject|vbadata|activex|oleobject|macrosheet|\.package$|template\.main", re.IGNORECASE
)
FORBIDDEN_PARTS = re.compile(r"(^|/)(vbaproject|embeddings/|activex/|macrosheets/|dialogsheets/)", re.IGNORECASE)
FORBIDDEN_ELEMENTS = {"ddeLink", "oleLink", "oleObject", "OLEObject", "altChunk", "control", "script"}
DDE = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)
EXECUTABLE = re.compile(
    rb"\A(MZ|\x7fELF|#!|\xca\xfe\xba\xbe|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xd0\xcf\x11\xe0|PK\x03\x04|PK\x05\x06|Rar!|7z\xbc\xaf|%PDF-|L\0\0\0\x01\x14\x02\0|dex\n)"
)
LABELS = {"docx": "Word 文档", "xlsx": "Excel 工作簿", "ofd": "OFD 版式文件"}


@dataclass
class Part:
    """What the XML of one member says, gathered while it streams by."""

    root: str = ""
    types: list[tuple[str, str]] = field(default_factory=list)
    instructions: list[str] = field(default_factory=list)
    in_instruction: bool = False


def check(file: BinaryIO, extension: str) -> None:
    """Every member is read to its last byte; anything unexpected is refused."""
    try:
        with zipfile.ZipFile(file) as archive:
            refuse_odd_frame(file, archive)
            members = checked_members(archive, extension)
            parts = {member.filename: read_member(archive, member, extension) for member in members}
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, UnicodeError) as error:
        raise Refuse("invalid", f"文件不是完整的{LABELS[extension]}。请用原软件重新保存后再上传。") from error
    if extension == "ofd":
        refuse_unless_ofd(parts)
    else:
        refuse_unless_office(parts, extension)


def refuse_odd_frame(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    """The archive begins at the first byte, ends at the last, and says nothing besides."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 22))
    end = file.read(22)
    file.seek(0)
    begins = file.read(4) == b"PK\x03\x04"
    if not begins or not end.startswith(b"PK\x05\x06") or archive.comment:
        raise Refuse("invalid", "文件首尾附有其他数据。请用原软件重新保存后再上传。")


def checked_members(archive: zipfile.ZipFile, extension: str) -> list[zipfile.ZipInfo]:
    """The members to be read, once names, number, sizes and ways of packing are known to be harmless."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refuse("invalid", f"文件内部的部件超过 {MOST_MEMBERS} 个，不能接收。")
    names = [member.filename.casefold() for member in members]
    if len(set(names)) < len(names):
        raise Refuse("invalid", "文件内部有重名的部件，不能接收。")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * packed:
        raise Refuse("invalid", "文件解压后过大，疑似压缩炸弹，不能接收。")
    for member in members:
        refuse_odd_member(member, extension)
    return [member for member in members if not member.is_dir()]


def refuse_odd_member(member: zipfile.ZipInfo, extension: str) -> None:
    """A member's name stays inside, is of a known kind, and is neither locked nor a link."""
    name = member.orig_filename
    path = PurePosixPath(name)
    if (
        not name
        or len(name) > 240
        or "\\" in name
        or ":" in name
        or path.is_absolute()
        or ".." in path.parts
        or not name.isprintable()
    ):
        raise Refuse("invalid", "文件内部有不安全的路径，不能接收。")
    if member.flag_bits & 0x1:
        raise Refuse("invalid", "文件设有密码。请解除密码后再上传。")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refuse("invalid", "文件内部有链接，不能接收。")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refuse("invalid", "文件使用了少见的压缩方式。请用原软件重新保存后再上传。")
    if FORBIDDEN_PARTS.search(name):
        raise Refuse("invalid", "文件含有宏或嵌入对象，出于安全不能接收。请去除（图表可粘贴为图片）后再上传。")
    if not member.is_dir() and not known_part(path, extension):
        raise Refuse("invalid", f"文件内部含有不允许的部件“{path.name[:60]}”，不能接收。")


def suffix_of(path: PurePosixPath) -> str:
    """What stands behind the last dot, also where nothing stands before it (_rels/.rels)."""
    return path.name.rpartition(".")[2].lower()


def known_part(path: PurePosixPath, extension: str) -> bool:
    """Whether a member is of a kind that such a file has; printer settings are the one binary that Excel writes."""
    suffix = suffix_of(path)
    return suffix in INNER[extension] or (suffix == "bin" and path.parent.name == "printerSettings")


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, extension: str) -> Part:
    """One member, read to its end (which also proves its checksum); XML goes through a parser that knows no DTD."""
    part = Part()
    suffix = suffix_of(PurePosixPath(member.filename))
    reader = parser_for(part, PurePosixPath(member.filename), extension) if suffix in MARKUP else None
    with archive.open(member) as stream:
        block = stream.read(BLOCK)
        if EXECUTABLE.match(block):
            raise Refuse("invalid", "文件内部嵌有程序、压缩包或其他文件，出于安全不能接收。")
        if reader is None and suffix not in {"ttf", "otf", "ttc", "odttf"} and b"<!DOCTYPE" in block[:4096].upper():
            raise Refuse("invalid", "文件内部的部件名不副实，不能接收。")
        while block:
            if reader:
                feed(reader, block, last=False)
            block = stream.read(BLOCK)
    if reader:
        feed(reader, b"", last=True)
    if DDE.search("".join(part.instructions)):
        raise Refuse("invalid", "文件含有会启动其他程序的域（DDE），出于安全不能接收。")
    return part


def feed(reader: expat.XMLParserType, block: bytes, *, last: bool) -> None:
    """Parse on; what is no well-formed XML is refused."""
    try:
        reader.Parse(block, last)
    except expat.ExpatError as error:
        raise Refuse("invalid", "文件内部的 XML 已损坏。请用原软件重新保存后再上传。") from error


def parser_for(part: Part, path: PurePosixPath, extension: str) -> expat.XMLParserType:
    """A parser that refuses document types in any encoding, outside links, and elements that start something."""
    reader = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise Refuse("invalid", "文件内部的 XML 带有文档类型声明（DOCTYPE），出于安全不能接收。")

    def begin(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        part.root = part.root or name
        if name in FORBIDDEN_ELEMENTS and (name != "control" or extension != "ofd"):
            raise Refuse("invalid", "文件含有嵌入对象或控件，出于安全不能接收。请去除后再上传。")
        if name == "Relationship" and suffix_of(path) == "rels":
            refuse_outside_link(attributes)
        if path.name == "[Content_Types].xml" and name in ("Override", "Default"):
            part.types.append((attributes.get("PartName", ""), attributes.get("ContentType", "")))
        if name == "fldSimple":
            part.instructions.append(next((v for k, v in attributes.items() if k.rpartition(":")[2] == "instr"), ""))
        part.in_instruction = name == "instrText"

    def text(data: str) -> None:
        if part.in_instruction:
            part.instructions.append(data)

    reader.StartDoctypeDeclHandler = doctype
    reader.StartElementHandler = begin
    reader.CharacterDataHandler = text
    return reader


def refuse_outside_link(attributes: dict[str, str]) -> None:
    """Only a hyperlink, which waits for a click, may lead out of the file."""
    outside = attributes.get("TargetMode", "").lower() == "external"
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    if outside and kind != "hyperlink":
        raise Refuse("invalid", "文件引用了外部文件或模板，出于安全不能接收。请断开链接（改为粘贴内容）后再上传。")
    if outside and re.match(
        r"\s*(javascript|vbscript|data|file)\s*:|\s*\\\\", attributes.get("Target", ""), re.IGNORECASE
    ):
        raise Refuse("invalid", "文件含有不安全的超链接，不能接收。请删除后再上传。")


def refuse_unless_office(parts: dict[str, Part], extension: str) -> None:
    """The main part is the one that the extension promises, and no declared type is one that runs."""
    types = parts.get("[Content_Types].xml", Part()).types
    if any(FORBIDDEN_TYPES.search(content) for _, content in types):
        raise Refuse("invalid", "文件含有宏或嵌入对象，出于安全不能接收。请另存为不含宏的格式后再上传。")
    mains = [name.lstrip("/") for name, content in types if content == MAIN_TYPES[extension]]
    if len(mains) != 1 or mains[0] not in parts:
        raise Refuse("wrong_type", f"文件内容不是{LABELS[extension]}。请按真实格式上传。")


def refuse_unless_ofd(parts: dict[str, Part]) -> None:
    """An OFD has its entry at the root and is not an Office file besides."""
    if parts.get("OFD.xml", Part()).root != "OFD" or "[Content_Types].xml" in parts:
        raise Refuse("wrong_type", "文件内容不是 OFD 版式文件。请按真实格式上传。")

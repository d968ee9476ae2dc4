"""PNG and JPEG: decoded to the last pixel, nothing after the picture's end, previews without metadata."""

import re
import warnings
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

from makerspace.office.documents.checker.refusal import Refuse

Image.MAX_IMAGE_PIXELS = 40_000_000
warnings.simplefilter("error", Image.DecompressionBombWarning)

HEADS = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
FORMATS = {"png": ["PNG"], "jpg": ["JPEG", "MPO"]}
MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
BARE_MARKERS = {0x01, *range(0xD0, 0xD9)}
TRAILING = "图片末尾附有其他数据（例如动态照片）。请截图或另存为普通图片后再上传。"


def check(file: BinaryIO, extension: str) -> int:
    """One: a picture is one page."""
    data = file.read()
    if not data.startswith(HEADS[extension]):
        raise Refuse("wrong_type", f"文件内容不是 {extension.upper()} 图片。请上传真正的图片文件。")
    end = png_end(data) if extension == "png" else jpeg_end(data)
    if data[end:].strip(b"\0"):
        raise Refuse("invalid", TRAILING)
    decode(data, extension)
    return 1


def decode(data: bytes, extension: str) -> Image.Image:
    """The picture, wholly decoded; a bomb, a cut or a broken one is refused."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS[extension]) as probe:
            probe.verify()
        image = Image.open(BytesIO(data), formats=FORMATS[extension])
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refuse("invalid", "图片像素过多（上限 4000 万像素）。请缩小后再上传。") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refuse("invalid", "图片已损坏或不完整，无法打开。请重新导出后再上传。") from error
    return image


def png_end(data: bytes) -> int:
    """Where the IEND chunk ends."""
    at = 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND" and at <= len(data):
            return at
    raise Refuse("invalid", "图片已损坏或不完整，无法打开。请重新导出后再上传。")


def jpeg_end(data: bytes) -> int:
    """Where the last of the pictures ends: phones write several, one after the other (MPO)."""
    at = 0
    while data[at : at + 3] == HEADS["jpg"]:
        at = one_jpeg_end(data, at)
        padded = len(data) - len(data[at:].lstrip(b"\0"))
        if data[padded : padded + 3] == HEADS["jpg"]:
            at = padded
    return at


def one_jpeg_end(data: bytes, at: int) -> int:
    """Where one picture ends, found by walking its segments."""
    at += 2
    while found := MARKER.search(data, at):
        kind, at = found.group(1)[0], found.end()
        if kind == 0xD9:
            return at
        if kind not in BARE_MARKERS:
            at += int.from_bytes(data[at : at + 2], "big")
    raise Refuse("invalid", "图片已损坏或不完整，无法打开。请重新导出后再上传。")


def draw(file: BinaryIO, extension: str, width: int) -> bytes:
    """The picture as a PNG at most `width` pixels wide, upright, without its metadata."""
    upright = ImageOps.exif_transpose(decode(file.read(), extension))
    plain = upright.convert("RGB")
    plain.thumbnail((width, 3 * width))
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    out = BytesIO()
    clean.save(out, "PNG")
    return out.getvalue()

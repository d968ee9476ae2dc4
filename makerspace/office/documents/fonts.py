"""The fonts of official papers: collected once into var/fonts, each known by its SHA-256; which characters they hold.

Run as `python -m makerspace.office.documents.fonts`, with the standard library only. Fonts that the machine has are
copied; others come out of the Debian packages named below, unpacked without installing them. 仿宋, 楷体 and 黑体 are
Fandol's, 宋体 and the look of 小标宋 are Noto Serif's, BabelStone Han is the last resort for rare names.
"""

import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

DEFAULT = Path(__file__).resolve().parents[3] / "var" / "fonts"
FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/"
NOTO = "usr/share/fonts/opentype/noto/"


class Font(NamedTuple):
    """A font file: the Debian package it comes from, its path there, its digest."""

    package: str
    path: str
    digest: str

    @property
    def name(self) -> str:
        """The file's name in var/fonts."""
        return Path(self.path).name


FONTS = (
    Font(
        "fonts-noto-cjk",
        NOTO + "NotoSerifCJK-Regular.ttc",
        "a04178ec485dffdff7cc0c0c20e1fce9202d7e2160d805e8e44a4c8841c58481",
    ),
    Font(
        "fonts-noto-cjk",
        NOTO + "NotoSerifCJK-Bold.ttc",
        "a5d4b046c127da3d7c72f98b46c41489cd29bf52abfdf18aba920903e920d4ac",
    ),
    Font(
        "texlive-lang-chinese",
        FANDOL + "FandolFang-Regular.otf",
        "d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9",
    ),
    Font(
        "texlive-lang-chinese",
        FANDOL + "FandolKai-Regular.otf",
        "ea7e7fb4f9b3ac694a68d43946e04d21deed6e8c29a7c2d3081e1a4138f2f827",
    ),
    Font(
        "texlive-lang-chinese",
        FANDOL + "FandolHei-Regular.otf",
        "4afa97aa8751e0118617df88272b58d43691b5cffb7ea024c4580496e9f34d28",
    ),
    Font(
        "fonts-babelstone-han",
        "usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf",
        "a2027ca3606907f6a628e9cd869605e3879beaaa38b37c7fec95b372130628c8",
    ),
)


class NotCollected(Exception):
    """A font that could be neither found nor downloaded."""


def is_good(path: Path, font: Font) -> bool:
    """Whether a file is there and is exactly the font."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == font.digest


def collect(into: Path, system: Path = Path("/")) -> list[str]:
    """Bring every font into the folder; the names of those that were not there."""
    into.mkdir(parents=True, exist_ok=True)
    absent = [font for font in FONTS if not is_good(into / font.name, font)]
    for font in absent:
        if is_good(system / font.path, font):
            put(into / font.name, (system / font.path).read_bytes())
    for package in dict.fromkeys(font.package for font in absent if not is_good(into / font.name, font)):
        unpack(package, into)
    for font in absent:
        if not is_good(into / font.name, font):
            raise NotCollected(font.name)
    return [font.name for font in absent]


def put(place: Path, content: bytes) -> None:
    """Write a font whole or not at all."""
    part = place.with_suffix(".part")
    part.write_bytes(content)
    part.replace(place)


def unpack(package: str, into: Path) -> None:
    """Take a package's fonts out of it, without installing anything."""
    wanted = {"./" + font.path: font.name for font in FONTS if font.package == package}
    with tempfile.TemporaryDirectory() as folder:
        archive = download(package, Path(folder))
        with (
            subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as unpacking,  # noqa: S603, S607
            tarfile.open(fileobj=unpacking.stdout, mode="r|") as tar,
        ):
            for member in tar:
                file = tar.extractfile(member) if member.name in wanted else None
                if file:
                    put(into / wanted[member.name], file.read())


def download(package: str, folder: Path) -> Path:
    """The package's file, fetched and verified by apt; its lists are brought up to date where it knows none."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NotCollected(package)
    folder.chmod(0o755)
    privilege = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    for attempt in ("as it is", "after an update"):
        if attempt == "after an update" and privilege is not None:
            run([*privilege, "apt-get", "update", "-qq"], folder)
        if run(["apt-get", "download", "-qq", package], folder):
            return next(folder.glob("*.deb"))
    raise NotCollected(package)


def run(command: list[str], folder: Path) -> bool:
    """Whether a command did its work."""
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True)  # noqa: S603
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Collect into the folder given (var/fonts by default), and say so in one line."""
    into = Path(arguments[0]) if arguments else DEFAULT
    try:
        fresh = collect(into)
    except NotCollected as error:
        packages = " ".join(dict.fromkeys(font.package for font in FONTS))
        sys.stderr.write(f"缺少字体（{error}）。请先执行：sudo apt-get install {packages}，再运行 make fonts。\n")
        return 1
    sys.stdout.write(f"字体齐备：{into}" + (f"（新取 {len(fresh)} 个）" if fresh else "") + "\n")
    return 0


def missing_glyphs(text: str, folder: Path = DEFAULT) -> set[str]:
    """The characters that no font of the folder can print; private-use ones mean nothing anywhere."""
    have = coverage(folder)
    return {c for c in text if not c.isspace() and (ord(c) not in have or is_private(ord(c)))}


def is_private(code: int) -> bool:
    """Whether a code point has no meaning outside one machine's own font."""
    return 0xE000 <= code <= 0xF8FF or code >= 0xF0000


@cache
def coverage(folder: Path) -> frozenset[int]:
    """Every code point that some font of the folder maps to a glyph."""
    paths = sorted([*folder.glob("*.otf"), *folder.glob("*.ttf"), *folder.glob("*.ttc")])
    if not paths:
        raise NotCollected(str(folder))
    return frozenset(code for path in paths for code in mapped(path.read_bytes()))


def mapped(data: bytes) -> Iterator[int]:
    """The code points of a font file (of a collection, the faces share their table: the last is read)."""
    start = 0
    if data[:4] == b"ttcf":
        faces = struct.unpack_from(">I", data, 8)[0]
        start = struct.unpack_from(">I", data, 12 + 4 * min(2, faces - 1))[0]
    tables = struct.unpack_from(">H", data, start + 4)[0]
    for at in range(start + 12, start + 12 + 16 * tables, 16):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, at)
        if tag == b"cmap":
            yield from mapped_by(data, offset)


def mapped_by(data: bytes, cmap: int) -> Iterable[int]:
    """The code points of a cmap table, from its widest subtable (format 12, else 4)."""
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    places = {cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * at)[2] for at in range(count)}
    by_format = {struct.unpack_from(">H", data, place)[0]: place for place in places}
    if 12 in by_format:
        return format_12(data, by_format[12])
    return format_4(data, by_format[4])


def format_12(data: bytes, at: int) -> Iterator[int]:
    """Groups of (first, last, glyph)."""
    for group in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * group)
        yield from range(first + (glyph == 0), last + 1)


def format_4(data: bytes, at: int) -> Iterator[int]:
    """Segments of the basic plane; a code whose glyph is 0 is not there."""
    segments = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", data, at + 14)
    starts = struct.unpack_from(f">{segments}H", data, at + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", data, at + 16 + 4 * segments)
    ranges_at = at + 16 + 6 * segments
    ranges = struct.unpack_from(f">{segments}H", data, ranges_at)
    for index, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", data, ranges_at + 2 * index + offset + 2 * (code - first))[0]
            if glyph and (glyph + delta) & 0xFFFF:
                yield code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""What the repository may not carry: addresses in lock files, machine paths, inline scripts and styles."""

import re
import subprocess
from pathlib import Path

from tests.house.source import HOUSE, ROOT


def tracked() -> list[Path]:
    """The files that git tracks; in a plain copy, every file of the house."""
    answer = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = answer.stdout.split("\n") if answer.returncode == 0 else [str(path) for path in HOUSE.rglob("*.py")]
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_lock_files_name_no_address() -> None:
    files = [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"]

    assert [path.name for path in files if re.search(r"https?://(?!.*(sponsor|funding))[^\"]*\.(whl|tgz|tar\.gz)", path.read_text())] == []  # fmt: skip
    assert [path.name for path in files if '"resolved"' in path.read_text()] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    machine = re.compile(r"(?<![\w.\"'/])/(?:work|root|home)/(?:main|shared|\w+)/[\w.]+\.(?:py|txt|md|sqlite3)\b")
    texts = [path for path in tracked() if path.suffix in {".py", ".toml", ".md", ".txt", ".sh", ".html"}]

    assert [str(path.relative_to(ROOT)) for path in texts if machine.search(path.read_text(encoding="utf-8"))] == []


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son\w+=\"", re.IGNORECASE)
    templates = HOUSE.rglob("templates/**/*.html")

    assert [str(path.relative_to(ROOT)) for path in templates if inline.search(path.read_text(encoding="utf-8"))] == []


def test_the_official_text_is_not_in_the_repository() -> None:
    """A sentence of article 2 that no gist would use word for word."""
    sentence = "通过市场化机制、专业化服务和资本化途径"
    texts = [
        path for path in tracked() if path.suffix in {".py", ".md", ".html", ".json"} and "tests/house" not in str(path)
    ]

    assert [str(path.relative_to(ROOT)) for path in texts if sentence in path.read_text(encoding="utf-8")] == []

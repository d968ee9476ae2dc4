"""What the documents say is what the code says; a version in force is frozen."""

import hashlib
import importlib.util
from pathlib import Path
from types import ModuleType

from tests.house.source import HOUSE, ROOT

FROZEN = {
    "kunkefa_2017_55/ch2_conditions.py": "1846d9ab97a871f7d5dfd04f6eb2ba5ad01b9ef94dcb83b451dabc094930f3f4",
    "kunkefa_2017_55/ch3_procedure.py": "4d2bf13efec518746990bcaf412ca6a11466bf4077f4991c6f4067e2d3c7948e",
}


def generator() -> ModuleType:
    """scripts/articles.py as a module."""
    spec = importlib.util.spec_from_file_location("articles", ROOT / "scripts" / "articles.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_articles_is_up_to_date() -> None:
    written = (ROOT / "docs" / "articles.md").read_text(encoding="utf-8")

    assert written == generator().text()


def test_a_version_once_issued_is_not_changed() -> None:
    """Change the hash only while no case rests on the version; afterwards a new reading is a new dated line."""
    found = {name: digest(HOUSE / "regulation" / name) for name in FROZEN}

    assert found == FROZEN


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_decision_record_is_ten_lines_or_so() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [path.name for path in records if len(path.read_text(encoding="utf-8").splitlines()) > 14] == []

"""The source as syntax trees, for rules that no linter knows."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSE = ROOT / "makerspace"


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the house but migrations, as (path below the root, tree)."""
    files = sorted(path for path in HOUSE.rglob("*.py") if "migrations" not in path.parts)
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in files)


def places(found: Iterator[tuple[str, int]]) -> list[str]:
    """Readable places for a failing test."""
    return [f"{path}:{line}" for path, line in found]

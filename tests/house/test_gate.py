"""A case moves through one gate, is fetched through one query, and time comes from one clock."""

import ast
from collections.abc import Iterator

from tests.house.source import places, trees

GATE = "makerspace/office/casework/operations.py"
GUARDED = {"stage", "due_on", "stage_since"}
CLOCK = "makerspace/office/record/clock.py"
WALL_CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "today"), ("timezone", "now"), ("timezone", "localdate"), ("datetime", "utcnow")}  # fmt: skip


def assignments_of_stage() -> Iterator[tuple[str, int]]:
    """``x.stage = …`` and ``.update(stage=…)`` anywhere but in the gate."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(t, ast.Attribute) and t.attr in GUARDED for t in targets) and path != GATE:
                    yield path, node.lineno
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"update", "bulk_update"}
                and any(keyword.arg in GUARDED for keyword in node.keywords)
                and path != GATE
            ):
                yield path, node.lineno


def test_only_the_gate_assigns_a_stage() -> None:
    found = [place for place in assignments_of_stage() if not _is_of_another_model(place)]

    assert places(iter(found)) == []


def _is_of_another_model(place: tuple[str, int]) -> bool:
    """``due_on`` of a correction is a column of its own."""
    return place[0].startswith("makerspace/matters/application/")


def fetches_of_cases() -> Iterator[tuple[str, int]]:
    """``Case.objects`` outside casework: an object that did not come through visible_to()."""
    allowed = ("makerspace/office/casework/", "makerspace/doors/training/", "makerspace/doors/clock/")
    for path, tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"objects", "_default_manager"}
                and isinstance(node.value, ast.Name)
                and node.value.id == "Case"
                and not path.startswith(allowed)
            ):
                yield path, node.lineno


def test_cases_are_fetched_through_casework_only() -> None:
    assert places(fetches_of_cases()) == []


def looks_at_the_wall() -> Iterator[tuple[str, int]]:
    """Calls of date.today() and its kin outside the clock module."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and (node.func.value.id, node.func.attr) in WALL_CLOCKS
                and path != CLOCK
            ):
                yield path, node.lineno


def test_the_wall_clock_is_read_in_one_module() -> None:
    assert places(looks_at_the_wall()) == []

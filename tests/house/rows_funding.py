"""Rows of the pages about the one grant's money."""

from tests.house.rows_shape import NOBODY, Row, Target, status
from tests.house.world import DAY, World

OFFICERS = frozenset({"bureau", "leader", "auditor"})
PROPOSE = frozenset({"bureau", "leader"})
PAYER = "bureau"


def _years(world: World) -> list[Target]:
    return [Target({"year": DAY.year}), Target({"year": DAY.year + 9})]


def _batches(world: World) -> list[Target]:
    return [Target({"number": world.batches["approved"].number}), Target({"number": "ZF-2026-999"}, absent=True)]


def _sheets(world: World) -> list[Target]:
    number = world.batches["approved"].number
    return [
        Target({"number": number, "form": "xlsx"}), Target({"number": number, "form": "pdf"}),
        Target({"number": "ZF-2026-999", "form": "xlsx"}, absent=True),
    ]  # fmt: skip


def _opened(world: World) -> list[Target]:
    return [Target({"number": world.grants["approved"].number}), Target({"number": "GR-2026-9999"}, absent=True)]


def _ceilings(world: World) -> list[Target]:
    return [Target({"pk": world.ceilings["pending"].pk}), Target({"pk": NOBODY}, absent=True)]


def _pays(role: str, label: str) -> bool:
    return role == PAYER


def _leads(role: str, label: str) -> bool:
    return role.startswith("leader")


ROWS: tuple[Row, ...] = (
    Row("funding_budget", OFFICERS),
    Row("funding_year", OFFICERS, targets=_years),
    Row("funding_ledger", OFFICERS, targets=_years),
    Row("funding_propose", PROPOSE, get=status(), post=status(422)),
    Row(
        "funding_decide", PROPOSE, get=status(), post=status(302), targets=_ceilings, may=_leads,
        may_says="预算额度由市科技局负责人确认",
    ),
    Row("funding_approve", frozenset({"leader"}), post=status(422)),
    Row("funding_payments", frozenset({"bureau"}), may=_pays, may_says="承担拨付职责"),
    Row(
        "funding_open", frozenset({"bureau"}), get=status(), post=status(200), targets=_opened, may=_pays,
        may_says="承担拨付职责",
    ),
    Row("funding_batches", OFFICERS),
    Row("funding_batch", OFFICERS, targets=_batches),
    Row("funding_sheet", OFFICERS, targets=_sheets),
    Row(
        "funding_full_sheet", frozenset({"bureau"}), get=status(), post=status(200), targets=_sheets, may=_pays,
        may_says="承担拨付职责",
    ),
)  # fmt: skip

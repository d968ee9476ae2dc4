"""Rows of the pages about what the bureau sets."""

from tests.house.rows_shape import NOBODY, Row, Target, status
from tests.house.world import World

OFFICERS = frozenset({"bureau", "leader", "auditor"})
PROPOSE = frozenset({"bureau", "leader"})


def _codes(world: World) -> list[Target]:
    """A number of the law is no setting, and is not there."""
    return [
        Target({"code": "TERM_LETTER"}),
        Target({"code": "NOTICE_DAYS"}, absent=True),
        Target({"code": "X"}, absent=True),
    ]


def _proposals(world: World) -> list[Target]:
    rows = [Target({"pk": row.pk}) for row in world.settings.values()]
    return [*rows, Target({"pk": NOBODY}, absent=True)]


def _decisions(world: World) -> list[Target]:
    pending = world.settings["pending"].pk
    return [
        Target({"pk": pending, "act": "adopt"}, "adopt"),
        Target({"pk": pending, "act": "refuse"}, "refuse", post=status(422)),  # what is posted bears no reason
        Target({"pk": pending, "act": "withdraw"}, "withdraw"), Target({"pk": pending, "act": "burn"}, absent=True),
        Target({"pk": NOBODY, "act": "adopt"}, absent=True),
    ]  # fmt: skip


def _decides(role: str, label: str) -> bool:
    """A leader decides; whoever proposed takes it back."""
    return role == "bureau_other" if label == "withdraw" else role.startswith("leader")


ROWS: tuple[Row, ...] = (
    Row("work_settings", OFFICERS),
    Row("work_setting", OFFICERS, targets=_codes),
    Row("work_setting_propose", PROPOSE, post=status(422), targets=_codes),
    Row("work_setting_proposal", OFFICERS, targets=_proposals),
    Row(
        "work_setting_decide", PROPOSE, get=status(), post=status(302), targets=_decisions, may=_decides,
        may_says="系统设定",
    ),
)  # fmt: skip

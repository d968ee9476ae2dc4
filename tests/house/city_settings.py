"""Settings of the matrix's city: one adopted, one waiting for a second person; and many more lines of the same."""

from datetime import timedelta
from typing import TYPE_CHECKING

from makerspace.office.casework import settings
from makerspace.office.casework.models import SettingLine
from makerspace.office.record import clock
from makerspace.regulation import by_id
from tests.factories import REGULATION

if TYPE_CHECKING:
    from tests.house.world import World

MANY = 30


def build(world: "World") -> None:
    """``bureau_other`` proposes, ``leader`` adopts the first; the second waits."""
    at, on = world.people, clock.today()
    given = {"reason": "压缩办理时间", "by": at["bureau_other"], "on": on}
    first = settings.propose_setting(REGULATION, "TERM_LETTER", value=7, since=on + timedelta(days=20), **given)  # type: ignore[arg-type]
    world.settings["adopted"] = settings.adopt_setting(first, by=at["leader"], on=on)
    world.settings["pending"] = settings.propose_setting(
        REGULATION,
        "TERM_DECISION",
        value=10,
        since=on + timedelta(days=20),
        **given,  # type: ignore[arg-type]
    )


def grow(world: "World") -> None:
    """Thirty more lines of the setting that was changed, and one for each of the others, all adopted."""
    row, bounds = world.settings["adopted"], by_id(REGULATION).settings
    others = [(code, 0) for code in bounds if code not in {row.code, "TERM_DECISION"}]
    for code, days in [*((row.code, number) for number in range(MANY)), *others]:
        SettingLine.objects.create(
            regulation=row.regulation, code=code, value=bounds[code].least, since=row.since + timedelta(days=days),
            reason=row.reason, state=row.state, proposed_by=row.proposed_by, proposed_on=row.proposed_on,
            decided_by=row.decided_by, decided_on=row.decided_on,
        )  # fmt: skip

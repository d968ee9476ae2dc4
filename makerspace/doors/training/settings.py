"""Two settings of the demo city: one that the bureau changed as of today, and one that waits for a second person."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from makerspace.office.casework import settings as setting_lines

if TYPE_CHECKING:
    from makerspace.doors.training.city import City

REGULATION = "kunkefa-2017-55"
LETTER = "申请信息由系统核对，办理时间可以压缩。"
ACCOUNT = "多数单位两周内即已确认账户，缩短后便于年内集中拨付。"


def settings(city: "City") -> None:
    """Plan both so that no date of the past months changes: the first holds from today on, the other is undecided."""
    city.steps(
        (4, 10, lambda on: _propose(city, on, "TERM_LETTER", 7, city.today, LETTER)),
        (3, 10, lambda on: _adopt(city, on)),
        (2, 15, lambda on: _propose(city, on, "TERM_GRANT_ACCOUNT", 20, city.today + timedelta(days=15), ACCOUNT)),
    )


def _propose(city: "City", on: date, code: str, value: int, since: date, reason: str) -> None:
    officer = city.people.named("bureau1")
    setting_lines.propose_setting(REGULATION, code, value=value, since=since, reason=reason, by=officer, on=on)


def _adopt(city: "City", on: date) -> None:
    (line,) = setting_lines.proposals(REGULATION)
    setting_lines.adopt_setting(line, by=city.people.named("leader2"), on=on)

"""manage.py tick [--at INSTANT]: what time does by itself."""

import json
import sys
from datetime import datetime

from django.core.management.base import CommandError, CommandParser

from makerspace.doors.clock import turn
from makerspace.doors.clock.tick import tick
from makerspace.office.record import clock
from makerspace.web.commands import PlainCommand

PATIENCE = 60


class Command(PlainCommand):
    """Runs the clock once."""

    help = "到期事项：公示期满、逾期、提醒、发信、每日卷首。可重复运行，也可补跑。"

    def add_arguments(self, parser: CommandParser) -> None:
        """--at INSTANT, in Kunming's time where it names no other."""
        parser.add_argument(
            "--at", metavar="INSTANT", help="时刻，如 2026-03-24T00:00:01+08:00；将来的时刻只在演练环境可用"
        )

    def handle(self, *args: object, **options: str | None) -> None:
        """Print what was done as one line of JSON; exit 1 where a step failed."""
        at = instant(options["at"]) if options["at"] else None
        with turn.taken(PATIENCE) as mine:
            if not mine:
                raise CommandError("另一个时钟正在运行，稍后再试。")
            counts = tick(moment(at))
        self.stdout.write(json.dumps(counts))
        if None in counts.values():
            sys.exit(1)


def instant(text: str) -> datetime:
    """The instant that was written."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as fault:
        raise CommandError(f"不是时刻：{text[:40]}。应如 2026-03-24T00:00:01+08:00。", returncode=2) from fault
    return at if at.tzinfo else at.replace(tzinfo=clock.KUNMING)


def moment(at: datetime | None) -> datetime:
    """The instant to tick at; one that lies ahead sets the training clock, or is refused."""
    now = clock.now()
    if at is None or at <= now:
        return at or now
    try:
        clock.set_forward(at)
    except clock.ClockRefused as refusal:
        raise CommandError(str(refusal)) from refusal
    return clock.now()

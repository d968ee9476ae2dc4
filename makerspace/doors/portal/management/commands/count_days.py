"""count_days: the legal clock, with every step."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from makerspace.regulation.counting import CountingError, count_days, day_of
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """Prints first and last day of a term as JSON; exit 2 with one line on standard error for bad input."""

    help = "计算期限：从START起N日，给出起止日和每一步的说明。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("start", help="起算日，格式 2024-05-01")
        parser.add_argument("n", help="天数，不小于1的整数")
        parser.add_argument("--unit", choices=("calendar", "working"), default="calendar", help="自然日或工作日")
        parser.add_argument("--first-day", choices=("excluded", "included"), default="excluded", help="起算日是否计入")

    def handle(self, *args: object, **options: Any) -> None:
        start, n, unit, first_day = options["start"], options["n"], options["unit"], options["first_day"]
        try:
            count = count_days(day_of(start), _whole(n), unit, first_day)
        except CountingError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        answer = {
            "start": start,
            "n": int(n),
            "unit": unit,
            "counting": first_day,
            "first_day": count.first_day.isoformat(),
            "last_day": count.last_day.isoformat(),
            "provisional": count.provisional,
            "steps": count.steps,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _whole(text: str) -> int:
    """A number of days; CountingError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise CountingError(f"“{text[:40]}”不是天数：应为不小于1的整数。")
    return int(text)

"""manage.py replay [CASE]: holds every submission against the record and re-runs its findings, those of every change, every score, letters and capital."""

import sys

from django.core.management.base import CommandError, CommandParser

from makerspace.matters.application import queries as application
from makerspace.matters.assessment.queries.assessments import replay_reports, replay_scores
from makerspace.matters.funding.queries.recoveries import replay_recoveries
from makerspace.matters.recognition.changes import replay_changes
from makerspace.matters.support.queries.capital import replay_capital
from makerspace.matters.support.queries.letters import replay_letters
from makerspace.office.casework.models import Case
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """Exit 0 where every finding comes out as it was recorded, 1 where any differs, 2 where no such case exists."""

    help = "核对每次提交与案卷封存的摘要，并按当时的版本与冻结的内容重新得出条件对照和考核得分，与存档逐字比较。"

    def add_arguments(self, parser: CommandParser) -> None:
        """One case, or all."""
        parser.add_argument("case", nargs="?", metavar="CASE", help="只重算这一件，如 KM-2026-0001")

    def handle(self, *args: object, **options: str | None) -> None:
        """Name every difference."""
        number = options["case"]
        case = Case.objects.filter(number=number).first() if number else None
        if number and case is None:
            raise CommandError(f"没有编号为 {number[:24]} 的办件。", returncode=2)
        differences = [*application.replay(case), *replay_changes(case), *replay_reports(case)]
        differences += [*replay_scores(case), *replay_letters(case), *replay_recoveries(case)]
        differences += replay_capital() if case is None else ()  # what tenants reached is no case's
        for difference in differences:
            self.stderr.write(str(difference))
        if differences:
            sys.exit(1)
        self.stdout.write("重算一致。")

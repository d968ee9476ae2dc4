"""manage.py verify_record [CASE]: checks every seal and every published head and anchor."""

from django.core.management.base import CommandError, CommandParser

from makerspace.office.record import anchor
from makerspace.office.record.models import Entry, Head
from makerspace.office.record.queries import first_broken
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """Exit 0 where the record holds, 1 with the first broken entry named, 2 where no such stream exists."""

    help = "逐条核验案卷封印、每日卷首与库外锚点。"

    def add_arguments(self, parser: CommandParser) -> None:
        """One case, or the whole record."""
        parser.add_argument("case", nargs="?", metavar="CASE", help="只核验这一卷，如 KM-2026-0001")

    def handle(self, *args: object, **options: str | None) -> None:
        """Check and say what was checked."""
        case = options["case"]
        entries = Entry.objects.filter(stream=case) if case else Entry.objects.all()
        if case and not entries.exists():
            raise CommandError(f"案卷中没有 {case[:64]} 的记录。", returncode=2)
        broken = first_broken(case)
        if broken:
            raise CommandError(f"案卷不符：{broken.where}，{broken.why}", returncode=1)
        unanchored = None if case else anchor.first_broken()
        if unanchored:
            raise CommandError(f"案卷不符：{unanchored}", returncode=1)
        heads = "" if case else f"、每日卷首 {Head.objects.count()} 条"
        self.stdout.write(f"案卷完好：记录 {entries.count()} 条{heads}。")

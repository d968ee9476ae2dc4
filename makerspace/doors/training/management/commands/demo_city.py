"""``manage.py demo_city``: builds the demo city into an empty demo database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction

from makerspace.doors.clock.tick import tick
from makerspace.doors.training.city import City
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """All or nothing: a city that could not be finished is not there at all."""

    help = "Build the demo city (DEMO=1, empty database)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, then let the clock catch up."""
        if not settings.DEMO:
            raise CommandError("演示城市只在演示模式（DEMO=1）下建立。")
        if Case.objects.exists():
            raise CommandError("数据库中已有办件，未建立演示城市。")
        clock.reset()
        if settings.ANCHOR_FILE:
            Path(settings.ANCHOR_FILE).unlink(missing_ok=True)
        with transaction.atomic():
            City(clock.today()).build()
        tick(clock.now())
        self.stdout.write(f"演示城市已建立：{Case.objects.count()}件申报。")

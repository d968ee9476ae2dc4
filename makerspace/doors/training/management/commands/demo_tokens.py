"""``manage.py demo_tokens``: one API token for each demo account, as JSON; in demo mode only."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from makerspace.doors.training.personas import PERSONAS
from makerspace.office.people import tokens
from makerspace.office.people.models import Person

NAME = "演示令牌"


class Command(BaseCommand):
    """Prints ``{"username": {"token", "role", "organisation"}}``; earlier demo tokens are withdrawn."""

    help = "Print an API token for each demo account."

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue anew: only digests are kept, so an earlier token cannot be printed again."""
        if not settings.DEMO:
            raise CommandError("演示令牌只在演示模式（DEMO=1）下发放。")
        self.stdout.write(json.dumps(_issue_all(), ensure_ascii=False, indent=1))


@transaction.atomic
def _issue_all() -> dict[str, dict[str, str]]:
    people = {person.username: person for person in Person.objects.filter(username__in=[p.username for p in PERSONAS])}
    if not people:
        raise CommandError("演示城市尚未建立，请先运行 make run。")
    answer = {}
    for persona in PERSONAS:
        if persona.username in people:
            _, secret = tokens.issue(people[persona.username], NAME, decide=True)
            answer[persona.username] = {
                "token": secret, "role": persona.role.value, "organisation": persona.organisation or persona.authority,
            }  # fmt: skip
    return answer

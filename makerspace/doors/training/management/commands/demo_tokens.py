"""``manage.py demo_tokens``: one API token for each demo account, as JSON; in demo mode only."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction

from makerspace.doors.training.personas import PERSONAS
from makerspace.office.people import tokens
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Role
from makerspace.web.commands import PlainCommand

NAME = "演示令牌"
DEMO_MAIL = "@demo.invalid"  # as the demo city's accounts are made


class Command(PlainCommand):
    """Prints ``{"username": {"token", "role", "organisation"}}``; tokens printed earlier stay valid."""

    help = "Print an API token for each demo account."

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue anew: only digests are kept, so an earlier token cannot be printed again."""
        if not settings.DEMO:
            raise CommandError("演示令牌只在演示模式（DEMO=1）下发放。")
        self.stdout.write(json.dumps(_issue_all(), ensure_ascii=False, indent=1))


@transaction.atomic
def _issue_all() -> dict[str, dict[str, str]]:
    shown = {persona.username: place for place, persona in enumerate(PERSONAS)}
    everybody = Person.objects.filter(email__endswith=DEMO_MAIL, is_active=True).order_by("pk")
    people = sorted(
        everybody.prefetch_related("posts__authority", "memberships__organisation"),
        key=lambda person: shown.get(person.username, len(shown)),
    )
    if not people:
        raise CommandError("演示城市尚未建立，请先运行 make run。")
    return {
        person.username: {"token": tokens.issue(person, NAME, decide=True)[1], **_place(person)} for person in people
    }


def _place(person: Person) -> dict[str, str]:
    """In which capacity the account was made, and where: a district's code, or the name of a unit."""
    post = next(iter(person.posts.all()), None)
    if post:
        return {"role": post.role, "organisation": post.authority.code if post.authority else ""}
    unit = next(iter(person.memberships.all()), None)
    return {"role": Role.APPLICANT.value, "organisation": unit.organisation.name if unit else ""}

"""The secret address of one's calendar: made, made anew, taken away."""

import secrets

from django.db import transaction
from django.urls import reverse

from makerspace.matters.support.models import CalendarKey
from makerspace.matters.support.queries.calendar import digest_of
from makerspace.office.people.models import Person
from makerspace.office.record import clock


@transaction.atomic
def make_key(person: Person) -> str:
    """A new address; the one before is worth nothing any more. The path, which is shown this once."""
    Person.objects.select_for_update().get(pk=person.pk)
    revoke_key(person)
    secret = secrets.token_urlsafe(32)
    CalendarKey.objects.create(person=person, digest=digest_of(secret), created_at=clock.now())
    return reverse("support_feed", args=[secret])


def revoke_key(person: Person) -> bool:
    """End the address in use; whether there was one."""
    return bool(CalendarKey.objects.filter(person=person, revoked_at=None).update(revoked_at=clock.now()))

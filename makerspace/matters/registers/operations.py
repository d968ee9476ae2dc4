"""Keeping a makerspace and its registers."""

from datetime import date

from django.db import transaction

from makerspace.matters.registers.models import Makerspace
from makerspace.office.people.models import Authority, Organisation


@transaction.atomic
def makerspace_of(organisation: Organisation, name: str, *, authority: Authority, on: date) -> Makerspace:
    """The unit's makerspace of that name; entered today where there was none."""
    found, _ = Makerspace.objects.get_or_create(
        organisation=organisation, name=name, defaults={"authority": authority, "created_on": on}
    )
    return found

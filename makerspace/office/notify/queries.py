"""Reading the inbox."""

from django.db.models import QuerySet

from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person


def inbox_of(person: Person) -> QuerySet[Message]:
    """A person's own messages, newest first."""
    return Message.objects.filter(person=person).order_by("-id")

"""Reading the inbox."""

from django.db.models import QuerySet

from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person


def inbox_of(person: Person) -> QuerySet[Message]:
    """A person's own messages, newest first."""
    return Message.objects.filter(person=person).order_by("-id")


def unread_of(person: Person) -> int:
    """How many messages wait to be read."""
    return Message.objects.filter(person=person, read_at=None).count()

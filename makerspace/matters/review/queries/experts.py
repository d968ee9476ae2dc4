"""Reading the pool of experts; for the bureau."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from makerspace.matters.review.models import Seat
from makerspace.office.people.models import Expert, Person, Post
from makerspace.regulation.terms import Role


def pool() -> QuerySet[Expert]:
    """Every expert with how often drawn and how often left for a conflict; one query."""
    conflicts = Count("seats", filter=Q(seats__ending=Seat.Ending.CONFLICT))
    rows = Expert.objects.select_related("person").annotate(drawn=Count("seats"), conflicts=conflicts)
    return rows.order_by("-active", "person__name", "pk")


def in_post(on: date) -> QuerySet[Post]:
    """The experts' posts in force on ``on``."""
    return Post.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), role=Role.EXPERT.value, valid_from__lte=on)


def may_be_in_pool(on: date) -> QuerySet[Person]:
    """Whoever holds an expert's post on ``on``, or is in the pool."""
    posts = in_post(on).values("person")
    return Person.objects.filter(Q(pk__in=posts) | Q(expert__isnull=False)).select_related("expert")


def not_in_pool(on: date) -> QuerySet[Person]:
    """Experts by post of whom the pool says nothing yet, and who so can't be drawn."""
    return may_be_in_pool(on).filter(expert=None, is_active=True).order_by("name", "pk")


def card_of(person: Person) -> dict[str, Any]:
    """What the pool says of a person; empty where nothing."""
    expert = Expert.objects.filter(person=person).first()
    if expert is None:
        return {"active": True}
    return {
        "employer": expert.employer, "employer_uscc": expert.employer_uscc, "title": expert.title, "fields": expert.fields,
        "active": expert.active,
    }  # fmt: skip


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Experts by number, with name and employer."""
    rows = Expert.objects.filter(pk__in=set(ids)).select_related("person")
    return {row.pk: str(row) for row in rows}

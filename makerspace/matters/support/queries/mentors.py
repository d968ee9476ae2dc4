"""The mentors: the directory is public by construction (name, fields, employer), the rest is for those concerned."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from makerspace.matters.support.models import Field, Mentor, State
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Role

FIELD_NAMES: dict[str, str] = {str(value): str(label) for value, label in Field.choices}


def serving(on: date) -> Q:
    """Appointed on a day: the day of exit no longer counts."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))


def directory(on: date, field: str = "") -> QuerySet[Mentor]:
    """The mentors in office, by name; public fields only are to be shown of them."""
    rows = Mentor.objects.filter(serving(on))
    return rows.filter(fields_with(field)) if field else rows


def fields_with(field: str) -> Q:
    """Mentors of a field; a list in JSON holds the code in quotes, on both databases alike."""
    return Q(fields__icontains=f'"{field}"') if field in FIELD_NAMES else Q(pk=None)


def fields_of(mentor: Mentor) -> list[str]:
    """The fields of a mentor in words."""
    return [FIELD_NAMES[code] for code in mentor.fields if code in FIELD_NAMES]


def with_load(on: date) -> QuerySet[Mentor]:
    """Every mentor, former ones too, with the load: ``waiting``, ``coming`` and ``held`` sessions of this year."""
    this_year = Q(sessions__start__year=on.year)
    return Mentor.objects.select_related("person", "invitation").annotate(
        waiting=Count("sessions", filter=Q(sessions__state=State.ASKED)),
        coming=Count("sessions", filter=Q(sessions__state=State.AGREED)),
        held=Count("sessions", filter=Q(sessions__state=State.DONE) & this_year),
    )


def mentor_of(pk: int) -> Mentor | None:
    """One mentor, with the account."""
    return Mentor.objects.select_related("person", "invitation__accepted_by").filter(pk=pk).first()


def is_serving(mentor: Mentor, on: date) -> bool:
    """Whether the appointment holds."""
    return mentor.since <= on and (mentor.until is None or on < mentor.until)


def serving_as(person: Person, on: date) -> QuerySet[Mentor]:
    """The appointments that a person holds; none once the post is over."""
    if Role.MENTOR not in person.roles_on(on):
        return Mentor.objects.none()
    return Mentor.objects.filter(serving(on)).filter(Q(person=person) | Q(invitation__accepted_by=person))

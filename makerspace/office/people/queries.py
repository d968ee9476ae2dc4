"""Reading who there is: members, invitations, posts, tokens."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from makerspace.office.people.models import (
    ApiToken,
    Authority,
    Invitation,
    Membership,
    Organisation,
    Person,
    Post,
)
from makerspace.regulation.terms import Role

ADMINISTRATION = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def memberships_of(person: Person, on: date) -> QuerySet[Membership]:
    """The organisations that a person acts for on ``on``."""
    return (
        _lasting(Membership.objects.filter(person=person, since__lte=on), "until", on)
        .select_related("organisation")
        .order_by("organisation__name")
    )


def members_of(organisation: Organisation, on: date) -> QuerySet[Membership]:
    """Who acts for an organisation on ``on``, owners first."""
    members = _lasting(Membership.objects.filter(organisation=organisation, since__lte=on), "until", on)
    return members.select_related("person").order_by("-role", "since", "id")


def organisation_for(person: Person, pk: int, on: date) -> Organisation | None:
    """The organisation of that key, if the person acts for it."""
    return Organisation.objects.filter(pk=pk, pk__in=person.capacity(on).organisations).first()


def posts_of(person: Person, on: date) -> QuerySet[Post]:
    """The posts that a person holds on ``on``."""
    posts = Post.objects.filter(person=person, valid_from__lte=on)
    return _lasting(posts, "valid_until", on).select_related("authority").order_by("id")


def staff(on: date) -> QuerySet[Person]:
    """Everybody who holds or held a post, by name, with the posts in force on ``on`` as ``current``."""
    current = _lasting(Post.objects.filter(valid_from__lte=on), "valid_until", on).select_related("authority")
    people = Person.objects.filter(pk__in=Post.objects.values("person"))
    return people.prefetch_related(Prefetch("posts", current.order_by("id"), to_attr="current")).order_by("name", "id")


def competent_authorities(on: date) -> QuerySet[Authority]:
    """The authorities that are competent on ``on``."""
    return _lasting(Authority.objects.filter(valid_from__lte=on), "valid_until", on)


def open_invitations(now: datetime) -> QuerySet[Invitation]:
    """The invitations that can still be accepted, newest first."""
    return Invitation.objects.filter(accepted_at=None, expires_at__gt=now).order_by("-id")


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """A person's tokens that were not revoked, newest first."""
    return ApiToken.objects.filter(person=person, revoked_at=None).order_by("-id")


@dataclass(frozen=True)
class Standing:
    """One capacity of a person in words' parts: the role, and where it is held."""

    role: Role
    place: str
    duties: tuple[str, ...] = ()


def standings(person: Person, on: date) -> list[Standing]:
    """Every capacity of a person on ``on``: posts first, then organisations; two queries."""
    held = [
        Standing(Role(post.role), post.authority.office if post.authority else "", tuple(post.duties))
        for post in posts_of(person, on)
    ]
    return held + [Standing(Role.APPLICANT, member.organisation.name) for member in memberships_of(person, on)]


def _lasting(rows: QuerySet, end: str, on: date) -> QuerySet:  # type: ignore[type-arg]
    return rows.filter(Q(**{end: None}) | Q(**{f"{end}__gte": on}))

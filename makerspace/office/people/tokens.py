"""API tokens: shown once, kept as a digest, and never more than their person may do."""

import hashlib
import secrets
from datetime import datetime

from makerspace.office.people.models import ApiToken, Person
from makerspace.office.prepared import Prepared

PREFIX = "kmzc_"
ACT, DECIDE = "act", "decide"
LONGEST = 200


def issue(
    person: Person,
    name: str,
    *,
    decide: bool = False,
    expires: datetime | None = None,
    decide_until: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again.

    ``decide`` lets it take deciding acts: until ``decide_until``, or for the token's life where none is given.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person, name=name, digest=digest_of(secret), scopes=[ACT, DECIDE] if decide else [ACT],
        expires_at=expires, decide_until=decide_until,
    )  # fmt: skip
    return token, secret


def person_of(secret: str, now: datetime) -> tuple[Person, frozenset[str]] | None:
    """Whom a secret stands for at ``now`` and with which scopes; None where it is unknown, over, or its person is."""
    if len(secret) > LONGEST or not secret.startswith(PREFIX):
        return None
    token = next(iter(_known(digest=digest_of(secret))), None)
    if token is None or not token.person.is_active or (token.expires_at is not None and token.expires_at <= now):
        return None
    return token.person, scopes_of(token, now)


_known = Prepared(
    lambda digest: ApiToken.objects.select_related("person").filter(digest=digest, revoked_at=None),
)


def scopes_of(token: ApiToken, now: datetime) -> frozenset[str]:
    """What the token may do at ``now``: the right to decide ends before the token does."""
    over = token.decide_until is not None and token.decide_until <= now
    return frozenset(token.scopes) - ({DECIDE} if over else set())


def revoke(token: ApiToken, *, at: datetime) -> None:
    """End a token; one that has ended stays as it is."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def digest_of(secret: str) -> str:
    """The digest under which a secret is kept: it is long and random, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()

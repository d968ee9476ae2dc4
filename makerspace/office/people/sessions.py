"""Who is signed in: the reads that every page makes for it, composed once."""

import time
from datetime import UTC, datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession

from makerspace.office.people.models import Person
from makerspace.office.prepared import Prepared

FORMER = "allauth.account.auth_backends.AuthenticationBackend"


class SessionStore(db.SessionStore):
    """Django's own sessions in the database. The name stays: what is kept of a session is signed with it."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        now = datetime.fromtimestamp(time.time(), UTC)  # a session ends by the server's time, not by the training clock
        found = next(iter(_live(key=self.session_key, now=now)), None)
        if found is None:
            self._session_key = None
        return found

    def load(self) -> dict[str, Any]:
        """Whoever signed in while allauth's backend stood in the settings stays signed in."""
        kept: dict[str, Any] = super().load()
        if kept.get(BACKEND_SESSION_KEY) == FORMER:
            kept[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        return kept


_live = Prepared(
    lambda key, now: SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now),
)


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own way to tell who somebody is."""

    def get_user(self, user_id: int) -> Person | None:
        """The person of a session; nobody once the account is disabled."""
        person = next(iter(_person(pk=user_id)), None)
        return person if person is not None and self.user_can_authenticate(person) else None


_person = Prepared(lambda pk: Person.objects.filter(pk=pk))

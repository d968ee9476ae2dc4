"""Who is there: the signed-in person, and whether they have just proven to be themselves."""

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest

from makerspace.office.people.models import Person


def me(request: HttpRequest) -> Person:
    """The person who is signed in; only for pages whose policy asks for it."""
    assert isinstance(request.user, Person)  # noqa: S101  the policy let nobody else in
    return request.user


def is_fresh(request: HttpRequest) -> bool:
    """Whether the identity was proven anew within the time that the settings give."""
    return bool(did_recently_reauthenticate(request))


def ask_again(request: HttpRequest) -> None:
    """Send the visitor to prove who they are, unless they just did; what they posted is taken up afterwards."""
    if not is_fresh(request):
        raise ReauthenticationRequired

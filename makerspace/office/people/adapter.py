"""How allauth behaves here: links from a setting, names as allowed, the same answers for known and unknown."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from makerspace.office.people import throttle
from makerspace.office.people.address import client_of
from makerspace.office.people.models import Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Absolute links never come from the Host header (C33); attempts are counted before hashing (C31)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Applicants sign up themselves; officers are invited."""
        return True

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """A NUL byte would reach PostgreSQL as an error; it is refused as an unknown name."""
        if "\x00" in username:
            raise ValidationError("用户名含有不允许的字符。")
        return str(super().clean_username(username, shallow))

    def get_client_ip(self, request: HttpRequest) -> str:
        """One answer for every limit and for the list of sessions."""
        return client_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse one attempt too many before the password is looked at."""
        login = str(credentials.get("email") or credentials.get("username") or "")
        self._login_failed_rl_usage = throttle.attempt(request, login)
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def send_account_already_exists_mail(self, email: str) -> None:
        """Signing up anew hashes a password; so does this, or the time would tell which addresses are known (C33)."""
        make_password(get_random_string(20))
        super().send_account_already_exists_mail(email)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Called by allauth once a password was reset."""
        person = Person.objects.filter(email__iexact=str(credentials["email"])).first()
        if person:
            throttle.forgive(request, person)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """An address typed as the login comes under both names, and would be hashed twice if it is known (C33)."""
        if credentials.get("email") == credentials.get("username"):
            credentials.pop("email", None)
        found: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return found

    def post_login(self, request: HttpRequest, user: Person, **hook: Any) -> HttpResponse:
        """Let the browser be known again, so that no stranger's attempts keep this person out."""
        response: HttpResponse = super().post_login(request, user, **hook)
        throttle.remember(response, user, secure=settings.SESSION_COOKIE_SECURE)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Every absolute link in a letter is built on PUBLIC_BASE_URL."""
        for key in ("password_reset_url", "activate_url", "signup_url"):
            if isinstance(context.get(key), str):
                context[key] = _based(str(context[key]))
        context["site_name"] = settings.SITE["name"]
        super().send_mail(template_prefix, email, context)


def _based(url: str) -> str:
    """The same path under the configured base address."""
    path = url.split("://", 1)[-1].partition("/")[2]
    return f"{settings.PUBLIC_BASE_URL}/{path}"

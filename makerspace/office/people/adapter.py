"""How allauth behaves here: links from a setting, names as allowed, the same answers for known and unknown."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Absolute links never come from the Host header (C33)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Applicants sign up themselves; officers are invited."""
        return True

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """A NUL byte would reach PostgreSQL as an error; it is refused as an unknown name."""
        if "\x00" in username:
            raise ValidationError("用户名含有不允许的字符。")
        return str(super().clean_username(username, shallow))

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

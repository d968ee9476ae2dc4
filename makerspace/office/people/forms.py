"""What an applicant gives at sign-up, besides user name, address and password."""

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError

from makerspace.office.people import phones

if TYPE_CHECKING:
    from django.http import HttpRequest

    from makerspace.office.people.models import Person


class SignupForm(forms.Form):
    """Name and consent to the purpose notice, which is asked for last."""

    field_order = ("name", "email", "phone", "password1", "password2", "consent")

    name = forms.CharField(label="姓名", max_length=64)
    phone = forms.CharField(label="手机号码", required=False, max_length=phones.LONGEST)
    consent = forms.BooleanField(
        label="我已阅读并同意《个人信息处理告知》", error_messages={"required": "请阅读下面的告知，勾选同意后注册。"}
    )

    def clean_phone(self) -> str:
        """As it is kept: eleven digits or nothing."""
        given: str = self.cleaned_data["phone"]
        try:
            return phones.mobile(given) if given else ""
        except ValueError as error:
            raise ValidationError(f"{error}。") from None

    def signup(self, request: "HttpRequest", user: "Person") -> None:
        """Called by allauth once the account exists."""
        user.name = self.cleaned_data["name"]
        user.phone = self.cleaned_data["phone"]
        user.save(update_fields=["name", "phone"])

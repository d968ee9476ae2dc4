"""Where the link of an invitation leads: signing in or opening an account, and accepting once."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from makerspace.doors.workbench import administration, forms
from makerspace.doors.workbench.administration import refusing
from makerspace.doors.workbench.signed import status_of
from makerspace.office.casework.refusals import refused
from makerspace.office.people import operations as people
from makerspace.office.people.models import Invitation, Membership, Person
from makerspace.office.people.operations import Unfit
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import public
from makerspace.web.visitor import me


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept as whoever is signed in, or open an account first."""
    found = people.find_invitation(secret, clock.now())
    if found is None:
        raise refused("not_found", "这个邀请链接无效、已使用或已过期。请联系邀请人重新发出。")
    if request.method == "POST" and request.user.is_authenticated:
        return _accepted(request, found)
    form = SchemaForm(
        forms.NewAccount, request.POST if request.method == "POST" else None, initial={"name": found.name}
    )
    if request.method == "POST" and form.is_valid() and _opened(found, form):
        messages.success(request, "账号已开通，邀请已接受。请用刚才设置的用户名和密码登录。")
        return redirect("account_login")
    context = {"invitation": found, "place": _place(found), "form": form}
    return render(request, "workbench/invitation.html", context, status=status_of(form))


def _accepted(request: HttpRequest, found: Invitation) -> HttpResponse:
    with refusing():
        administration.accept(found, me(request))
    if found.organisation_id is None:
        logout(request)  # a new post has ended every session, this one too
        messages.success(request, f"您已接受邀请：{_place(found)}。请重新登录，新的身份随即生效。")
        return redirect("account_login")
    messages.success(request, f"您已接受邀请：{_place(found)}。")
    return redirect("work_organisation", found.organisation_id)


def _opened(found: Invitation, form: SchemaForm[forms.NewAccount]) -> bool:
    """Open the account and accept with it, both or neither; what is wrong goes into the form."""
    given = form.cleaned
    if given.password != given.again:
        form.add_errors({"again": "两次输入的密码不一致"})
        return False
    try:
        validate_password(given.password, Person(username=given.username, email=found.email, name=given.name))
        with transaction.atomic():
            person = people.open_account(found, username=given.username, password=given.password, name=given.name)
            administration.accept(found, person)
    except ValidationError as fault:
        form.add_errors({"password": "；".join(fault.messages)})
    except Unfit as unfit:
        form.add_errors({unfit.field if unfit.field in forms.NewAccount.model_fields else "": unfit.text})
    else:
        return True
    return False


def _place(found: Invitation) -> str:
    """What one is invited to, in words."""
    if found.organisation is not None:
        return f"{found.organisation.name}{Membership.Role(found.membership).label}"
    return administration.post_name(Role(found.role), found.authority)

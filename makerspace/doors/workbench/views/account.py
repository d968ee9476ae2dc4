"""One's own account: name, capacities, security, and tokens for programs."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.doors.workbench import forms
from makerspace.doors.workbench.signed import status_of
from makerspace.office.casework.operations import once
from makerspace.office.casework.queries import NOT_THERE, ROLE_NAMES
from makerspace.office.casework.refusals import Refused
from makerspace.office.people import queries, tokens
from makerspace.office.people.models import ApiToken
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.acting import FORM_KEY, token_of
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import signed_in
from makerspace.web.visitor import ask_again, me

DECIDES_FOR = timedelta(minutes=60)


@signed_in
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, how I sign in, and which programs act for me."""
    person, today, now = me(request), clock.today(), clock.now()
    standings = [(ROLE_NAMES[standing.role], standing) for standing in queries.standings(person, today)]
    held = [(token, tokens.DECIDE in tokens.scopes_of(token, now)) for token in queries.tokens_of(person)]
    applies = Role.APPLICANT in person.capacity(today).roles
    context = {"person": person, "standings": standings, "tokens": held, "now": now, "applies": applies}
    return render(request, "workbench/account.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Change name and telephone."""
    person = me(request)
    initial = {"name": person.name, "phone": person.phone}
    form = SchemaForm(forms.Profile, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        person.name, person.phone = form.cleaned.name, form.cleaned.phone
        person.save(update_fields=["name", "phone"])
        messages.success(request, "个人资料已更新。")
        return redirect("work_account")
    context = {"form": form, "heading": "个人资料", "button": "保存", "back": reverse("work_account")}
    return render(request, "workbench/form.html", context, status=status_of(form))


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token after a fresh proof of identity; its secret is shown this once."""
    ask_again(request)
    form = SchemaForm(forms.NewToken, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _issued(request, form.cleaned)
    hidden = [(FORM_KEY, token_of(request))]
    context = {
        "form": form,
        "hidden": hidden,
        "heading": "生成接口令牌",
        "button": "生成令牌",
        "back": reverse("work_account"),
    }
    return render(request, "workbench/form.html", context, status=status_of(form))


def _issued(request: HttpRequest, wanted: forms.NewToken) -> HttpResponse:
    """The same form makes one token: sent again, it leads back to the list, for the secret is kept nowhere."""
    now = clock.now()
    made: list[tuple[ApiToken, str]] = []

    def answer() -> tuple[int, dict[str, str]]:
        until = now + DECIDES_FOR if wanted.decide else None
        expires = now + timedelta(days=int(wanted.days))
        made.append(tokens.issue(me(request), wanted.name, decide=wanted.decide, expires=expires, decide_until=until))
        return 200, {}

    key = token_of(request)
    _, _, replayed = once(me(request), request.path, key, b"", answer)
    if replayed:
        messages.info(request, "这个令牌已经生成；密钥只显示一次，如未保存请作废后重新生成。")
        return redirect("work_account")
    token, secret = made[0]
    return render(request, "workbench/token_made.html", {"token": token, "secret": secret})


@signed_in
@require_POST
@transaction.atomic
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens."""
    token = queries.tokens_of(me(request)).filter(pk=pk).first()
    if token is None:
        raise Refused(NOT_THERE)
    tokens.revoke(token, at=clock.now())
    messages.success(request, f"令牌“{token.name}”已作废，使用它的程序即刻不能再访问。")
    return redirect("work_account")

"""The organisations one acts for: registering, members, invitations."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.doors.workbench import administration, forms
from makerspace.doors.workbench.administration import refusing
from makerspace.doors.workbench.signed import status_of
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people import queries
from makerspace.office.people.models import Invitation, Membership, Organisation, Person
from makerspace.office.people.operations import Unfit, uscc_warning
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import roles, signed_in
from makerspace.web.visitor import me

KINDS = {"kind": list(Organisation.Kind.choices)}
ROLES = {"role": list(Membership.Role.choices)}


@roles(Role.APPLICANT)
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations that I act for."""
    members = queries.memberships_of(me(request), clock.today())
    return render(request, "workbench/organisations.html", {"memberships": members})


@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a unit; whoever does becomes its owner."""
    form = SchemaForm(forms.NewOrganisation, request.POST if request.method == "POST" else None, options=KINDS)
    if request.method == "POST" and form.is_valid():
        try:
            made = administration.register_organisation(**form.cleaned.model_dump(), by=me(request))
        except Unfit as unfit:
            form.add_errors({unfit.field: unfit.text})
        else:
            messages.success(request, f"{made.name}已登记，您是负责人。现在可以邀请同事，或者开始申报。")
            _warn(request, made)
            return redirect("work_organisation", made.pk)
    context = {"form": form, "heading": "登记单位", "button": "登记单位", "back": reverse("work_organisations")}
    return render(request, "workbench/form.html", context, status=status_of(form))


def _warn(request: HttpRequest, organisation: Organisation) -> None:
    warning = uscc_warning(organisation.uscc)
    if warning:
        messages.warning(request, warning)


@signed_in
@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """An organisation's members and open invitations."""
    found, person = _mine(request, pk), me(request)
    context = {
        "organisation": found,
        "members": queries.members_of(found, clock.today()),
        "unfiled": administration.is_unfiled(found),
        "owns": found.pk in person.capacity(clock.today()).owned,
        "invitations": queries.open_invitations(clock.now()).filter(organisation=found),
        "warning": uscc_warning(found.uscc),
    }
    return render(request, "workbench/organisation.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """An owner sets right how the unit was registered."""
    found = _owned(request, pk)
    data = request.POST if request.method == "POST" else None
    form = SchemaForm(forms.CorrectOrganisation, data, initial={"name": found.name, "uscc": found.uscc})
    if request.method == "POST" and form.is_valid():
        try:
            made = administration.correct_organisation(found, **form.cleaned.model_dump(), by=me(request))
        except Unfit as unfit:
            form.add_errors({unfit.field: unfit.text})
        else:
            messages.success(request, f"单位登记已更正为{made.name}。")
            _warn(request, made)
            return redirect("work_organisation", found.pk)
    back = reverse("work_organisation", args=[found.pk])
    context = {"form": form, "heading": "更正单位登记", "lead": found.name, "button": "保存更正", "back": back}
    return render(request, "workbench/form.html", context, status=status_of(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """An owner asks somebody to join."""
    found = _owned(request, pk)
    form = SchemaForm(forms.InviteMember, request.POST if request.method == "POST" else None, options=ROLES)
    if request.method == "POST" and form.is_valid():
        try:
            link = administration.invite_member(found, **form.cleaned.model_dump(), by=me(request))
        except Unfit as unfit:
            form.add_errors({unfit.field: unfit.text})
        else:
            say_invited(request, form.cleaned.email, link)
            return redirect("work_organisation", found.pk)
    context = {
        "form": form,
        "heading": "邀请成员",
        "lead": found.name,
        "button": "发出邀请",
        "back": reverse("work_organisation", args=[found.pk]),
    }
    return render(request, "workbench/form.html", context, status=status_of(form))


def say_invited(request: HttpRequest, email: str, link: str) -> None:
    """What happens next; in the demonstration, where no letter leaves the house, the link itself."""
    shown = f"演示环境不寄出邮件，邀请链接为：{settings.PUBLIC_BASE_URL}{link}" if settings.DEMO else ""
    messages.success(request, f"邀请将发到{email}，7天内有效。{shown}")


@signed_in
@require_POST
def member(request: HttpRequest, pk: int, member: int, act: str) -> HttpResponse:
    """Change a member's role, hand over, or end the membership; one's own may be ended by oneself."""
    found, person = _mine(request, pk), me(request)
    row = queries.members_of(found, clock.today()).filter(pk=member).first()
    if row is None or act not in MEMBER_ACTS:
        raise Refused(NOT_THERE)
    leaving = act == "end" and row.person_id == person.pk
    if not leaving:
        _owned(request, pk)
    with refusing():
        messages.success(request, MEMBER_ACTS[act](row, person))
    return redirect("work_organisations" if leaving else "work_organisation", *([] if leaving else [found.pk]))


def _make_owner(row: Membership, by: Person) -> str:
    administration.change_role(row, Membership.Role.OWNER, by=by)
    return f"{row.person}已是负责人。"


def _make_editor(row: Membership, by: Person) -> str:
    administration.change_role(row, Membership.Role.EDITOR, by=by)
    return f"{row.person}已改为经办人。"


def _hand_over(row: Membership, by: Person) -> str:
    own = queries.members_of(row.organisation, clock.today()).get(person=by)
    administration.hand_over(own, row, by=by)
    return f"负责人已移交给{row.person}，您现在是经办人。"


def _end(row: Membership, by: Person) -> str:
    administration.end_membership(row, by=by)
    return f"{row.person}自即日起不再代表{row.organisation.name}。"


MEMBER_ACTS: Mapping[str, Callable[[Membership, Person], str]] = {
    "owner": _make_owner, "editor": _make_editor, "hand-over": _hand_over, "end": _end,
}  # fmt: skip


@signed_in
@require_POST
def take_back(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """An owner takes an open invitation back."""
    found = _owned(request, pk)
    row = Invitation.objects.filter(pk=invitation, organisation=found).first()
    if row is None:
        raise Refused(NOT_THERE)
    with refusing():
        administration.take_back(row, by=me(request))
    messages.success(request, f"发给{row.email}的邀请已撤回，原链接失效。")
    return redirect("work_organisation", found.pk)


def _mine(request: HttpRequest, pk: int) -> Organisation:
    """The organisation, if I act for it; else as if there were none."""
    found = queries.organisation_for(me(request), pk, clock.today())
    if found is None:
        raise Refused(NOT_THERE)
    return found


def _owned(request: HttpRequest, pk: int) -> Organisation:
    """The organisation, if I own it."""
    found = _mine(request, pk)
    if found.pk not in me(request).capacity(clock.today()).owned:
        raise refused("not_yours", "成员由本单位负责人管理，您是经办人。请联系负责人办理。")
    return found

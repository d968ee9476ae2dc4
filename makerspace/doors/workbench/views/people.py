"""Administration of posts and accounts; who administers sees no case."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.doors.workbench import administration, forms
from makerspace.doors.workbench.administration import refusing
from makerspace.doors.workbench.signed import status_of
from makerspace.doors.workbench.views.organisations import say_invited
from makerspace.office.casework.queries import DUTY_NAMES, NOT_THERE, ROLE_NAMES
from makerspace.office.casework.refusals import Refused
from makerspace.office.people import queries
from makerspace.office.people.models import Authority, Invitation, Person, Post
from makerspace.office.people.operations import Unfit
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Duty, Role
from makerspace.web.forms import SchemaForm
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import roles
from makerspace.web.visitor import ask_again, me

OFFICES = (
    Role.DISTRICT, Role.BUREAU, Role.LEADER, Role.EXPERT, Role.DISCIPLINE, Role.AUDITOR, Role.AGENCY,
    Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN,
)  # fmt: skip
STATE = Filter(
    "state",
    "账号",
    (("active", "启用"), ("locked", "停用")),
    lambda rows, value: rows.filter(is_active=value == "active"),
)
ROLE = Filter(
    "role",
    "岗位",
    [(role.value, administration.POST_NAMES[role]) for role in OFFICES],
    lambda rows, value: rows.filter(posts__role=value).distinct(),
)


@roles(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who holds or held a post."""
    shown = listing(
        request, queries.staff(clock.today()), sorts={"name": "name", "joined": "joined_at"}, default="name",
        filters=[ROLE, STATE], search=("name", "username"),
    )  # fmt: skip
    invitations = (
        queries.open_invitations(clock.now()).filter(organisation=None).select_related("authority", "invited_by")
    )
    context = {"listing": shown, "rows": [(row, posts_in_words(row.current)) for row in shown.rows],  # type: ignore[attr-defined]
               "invitations": [(row, _post(row.role, row.authority)) for row in invitations],
               "invites": Role.SYSTEM_ADMIN in me(request).capacity(clock.today()).roles}  # fmt: skip
    return render(request, "workbench/people.html", context)


def posts_in_words(posts: list[Post]) -> list[str]:
    """Each post with its duties."""
    return [
        _post(post.role, post.authority) + "".join(f"，{DUTY_NAMES[Duty(duty)]}" for duty in post.duties)
        for post in posts
    ]


def _post(role: str, authority: Authority | None) -> str:
    return administration.post_name(Role(role), authority)


@roles(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to an office, after a fresh proof of identity."""
    ask_again(request)
    authorities = {row.code: row for row in queries.competent_authorities(clock.today())}
    options = {
        "role": [(role.value, administration.POST_NAMES[role]) for role in OFFICES],
        "authority": [("", "不选"), *((code, row.name) for code, row in authorities.items())],
        "duties": [(duty.value, label) for duty, label in DUTY_NAMES.items()],
    }
    form = SchemaForm(forms.InviteOfficer, request.POST if request.method == "POST" else None, options=options)
    if request.method == "POST" and form.is_valid() and _invited(request, form, authorities):
        return redirect("work_people")
    context = {"form": form, "heading": "邀请任职", "button": "发出邀请", "back": reverse("work_people")}
    return render(request, "workbench/form.html", context, status=status_of(form))


def _invited(request: HttpRequest, form: SchemaForm[forms.InviteOfficer], authorities: dict[str, Authority]) -> bool:
    given = form.cleaned
    authority = authorities.get(given.authority)
    wrong = {} if given.role in {role.value for role in OFFICES} else {"role": "请选择岗位"}
    wrong |= {"authority": "请选择现任的科技主管部门"} if given.authority and authority is None else {}
    wrong |= {} if set(given.duties) <= {duty.value for duty in Duty} else {"duties": "请选择列出的职责"}
    form.add_errors(wrong)
    if wrong:
        return False
    try:
        link = administration.invite_officer(
            email=given.email, name=given.name, role=Role(given.role), authority=authority,
            duties=[Duty(duty) for duty in given.duties], by=me(request),
        )  # fmt: skip
    except Unfit as unfit:
        form.add_errors({unfit.field: unfit.text})
        return False
    say_invited(request, given.email, link)
    return True


@roles(Role.SYSTEM_ADMIN)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an open invitation to an office back."""
    row = Invitation.objects.filter(pk=pk, organisation=None).first()
    if row is None:
        raise Refused(NOT_THERE)
    with refusing():
        administration.take_back(row, by=me(request))
    messages.success(request, f"发给{row.email}的邀请已撤回，原链接失效。")
    return redirect("work_people")


@roles(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its posts, and what may be done with it."""
    found, mine = _staff(pk), me(request).capacity(clock.today()).roles
    posts = [(post, text) for post, text in zip(found.current, posts_in_words(found.current), strict=True)]  # type: ignore[attr-defined]
    context = {"person": found, "posts": posts, "ends_posts": Role.SYSTEM_ADMIN in mine, "locks": Role.SECURITY_ADMIN in mine,
               "form": SchemaForm(forms.Reason), "myself": found.pk == me(request).pk}  # fmt: skip
    return render(request, "workbench/person.html", context)


@roles(Role.SYSTEM_ADMIN)
@require_POST
def end_post(request: HttpRequest, pk: int, post: int) -> HttpResponse:
    """End an office; its holder is signed out everywhere."""
    ask_again(request)
    row = Post.objects.select_related("person", "authority").filter(pk=post, person=_staff(pk)).first()
    if row is None:
        raise Refused(NOT_THERE)
    with refusing():
        administration.end_post(row, by=me(request))
    messages.success(request, f"{row.person}的任职“{_post(row.role, row.authority)}”自即日起结束，其全部登录已退出。")
    return redirect("work_person", pk)


@roles(Role.SECURITY_ADMIN)
@require_POST
def lock(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Lock or unlock an account, end its sessions, or take its second factor away; each with a reason."""
    if act not in LOCKS:
        raise Refused(NOT_THERE)
    ask_again(request)
    found, form = _staff(pk), SchemaForm(forms.Reason, request.POST)
    if not form.is_valid():
        messages.error(request, "请写明理由（至少2个字）。")
        return redirect("work_person", pk)
    take, done = LOCKS[act]
    with refusing(status="not_yours"):
        take(found, reason=form.cleaned.reason, by=me(request))
    messages.success(request, f"{found}：{done}。")
    return redirect("work_person", pk)


LOCKS: Mapping[str, tuple[Callable[..., None], str]] = {
    "disable": (administration.disable, "账号已停用，其全部登录已退出"),
    "enable": (administration.enable, "账号已启用"),
    "end-sessions": (administration.end_sessions, "其全部登录已退出"),
    "reset-second-factor": (administration.reset_second_factor, "两步验证已解除，其全部登录已退出"),
}


@roles(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """What administration did, newest first, with seals."""
    entries = Entry.objects.filter(stream=administration.PEOPLE).select_related("person")
    shown = listing(request, entries, sorts={"at": "seq"}, default="-at")
    rows = [(row, administration.ACTS.get(row.act, row.act), ROLE_NAMES[Role(row.role)]) for row in shown.rows]
    return render(request, "workbench/people_record.html", {"listing": shown, "rows": rows})


def _staff(pk: int) -> Person:
    """Somebody who holds or held a post, with the posts in force."""
    found = queries.staff(clock.today()).filter(pk=pk).first()
    if found is None:
        raise Refused(NOT_THERE)
    return found

"""The pages of a tenant behind its link (article 16): whom it can ask, what it asked, and what became of it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.support import acts, operations
from makerspace.matters.support.forms.engagements import AskAsTenant, Rate, WithReason
from makerspace.matters.support.hours import at_text
from makerspace.matters.support.models import Session, State, TenantLink
from makerspace.matters.support.queries import engagements
from makerspace.matters.support.queries import tenants as queries
from makerspace.matters.support.queries.facilities import HOLDING
from makerspace.matters.support.queries.mentors import fields_of
from makerspace.matters.support.views.common import DAYTIME
from makerspace.matters.support.views.mentors import FIELD
from makerspace.office.casework.acts import Input
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.web.discreet import discreet
from makerspace.web.forms import SchemaForm
from makerspace.web.limits import limited
from makerspace.web.lists import listing
from makerspace.web.policy import public

G = TypeVar("G", bound=Input)
OWN = frozenset({"withdraw", "cancel", "rate"})
LABELS = {"withdraw": "撤回约请", "cancel": "取消辅导", "rate": "评价辅导"}
HINTS = {
    "withdraw": "撤回后这段时间随即空出，导师和众创空间会收到消息。", "cancel": "取消后这段时间随即空出，导师和众创空间会收到消息和理由。",
    "rate": "评价只作一次，提交后不能修改。",
}  # fmt: skip
SHUT = Refusal(
    "not_found", "这个约导师链接不能使用：地址不完整、链接已经作废或失效，或者这一项不存在。请从约导师首页重新打开，或者联系所在的众创空间。"
)  # fmt: skip
T = TypeVar("T")
looked = limited("mentoring_look", 120, methods=("GET",))


def _sender(secret: str, **_: object) -> str:
    """A tenant's forms are counted as its own, wherever they come from; those behind no link by the network address."""
    link = queries.link_behind(secret, clock.today())
    return f"tenant-{link.tenant_id}" if link else ""


sent = limited("mentoring_send", 30, 600, whose=_sender)


@public
@discreet()
@require_safe
@looked
def home(request: HttpRequest, secret: str) -> HttpResponse:
    """For whom the link is, its own sessions, and the mentors by field."""
    today, link = clock.today(), _link(secret)
    own = list(queries.sessions(link))
    found = listing(
        request, queries.askable(today), sorts={"name": "name"}, default="name", filters=[FIELD], search=("name", "employer"),
    )  # fmt: skip
    context = {
        "link": link, "secret": secret, "listing": found, "rows": [(row, fields_of(row)) for row in found.rows],
        "open": [row for row in own if row.state in HOLDING], "past": [row for row in own if row.state not in HOLDING],
    }  # fmt: skip
    return render(request, "support/mentoring.html", context)


@public
@discreet(form=True)
@require_http_methods(["GET", "HEAD", "POST"])
@looked
@sent
def ask(request: HttpRequest, secret: str, pk: int) -> HttpResponse:
    """A mentor with the times that are taken, and the form to ask for another one."""
    today, link = clock.today(), _link(secret)
    mentor = _there(queries.askable(today).filter(pk=pk).first())

    def take(given: AskAsTenant) -> tuple[str, str]:
        made = operations.ask_as_tenant(
            mentor, by=link, on=today, purpose=given.purpose, start=at_text(given.day, given.start),
            end=at_text(given.day, given.end), way=given.way, place=given.place, contact=given.contact, phone=given.phone,
        )  # fmt: skip
        said = f"约请已提出。导师应在{chinese(made.answer_by)}前答复，请随时回到这一页查看。"
        return said, reverse("support_mentoring_session", args=[secret, made.pk])

    options = {"start": DAYTIME, "end": DAYTIME}
    form = SchemaForm(AskAsTenant, request.POST if request.method == "POST" else None, options=options)
    context = {
        "link": link, "secret": secret, "mentor": mentor, "fields": fields_of(mentor),
        "taken": queries.taken(mentor, clock.now()),
    }  # fmt: skip
    return _taken(request, form, take, "support/mentoring_ask.html", context)


@public
@discreet()
@require_safe
@looked
def session(request: HttpRequest, secret: str, pk: int) -> HttpResponse:
    """One of its sessions, and what can be done with it."""
    today, link = clock.today(), _link(secret)
    found = _session(link, pk)
    sides = engagements.sides_of_link(link, found, today)
    deeds = [
        (LABELS[deed.code], deed, refusal)
        for deed, refusal in engagements.actions(sides, found, clock.now())
        if deed.code in OWN
    ]
    context = {
        "link": link, "secret": secret, "row": found, "deeds": deeds, "today": today,
        "reads_notes": engagements.reads_notes_as_tenant(sides),
    }  # fmt: skip
    return render(request, "support/mentoring_session.html", context)


@public
@discreet(form=True)
@require_http_methods(["GET", "HEAD", "POST"])
@looked
@sent
def act(request: HttpRequest, secret: str, pk: int, deed: str) -> HttpResponse:
    """Take back, call off or rate; what is done already is only shown again."""
    today, link = clock.today(), _link(secret)
    found, wanted = _session(link, pk), _there(engagements.DEEDS.get(deed) if deed in OWN else None)
    back, schema = reverse("support_mentoring_session", args=[secret, pk]), acts.ACTS[deed].schema
    form = SchemaForm(schema, request.POST if request.method == "POST" else None)
    if form.is_valid() and _same(found, form.cleaned):
        return redirect(back)
    refusal = engagements.why_not(engagements.sides_of_link(link, found, today), wanted, found, clock.now())
    if refusal:
        raise Refused(refusal)

    def take(given: Input) -> tuple[str, str]:
        try:
            acts.ACTS[deed].operation(found, by=link, on=today, **given.model_dump())
        except Refused:
            if not _same(found, given):
                raise
        return acts.said(found, deed), back

    context = {
        "link": link, "secret": secret, "row": found, "label": LABELS[deed], "hint": HINTS[deed], "grave": wanted.grave,
        "back": back,
    }  # fmt: skip
    return _taken(request, form, take, "support/mentoring_act.html", context)


def _same(found: Session, given: Input) -> bool:
    """Whether just this was done already: a form that is sent twice is answered the same again (C19)."""
    if isinstance(given, Rate):
        return (found.stars, found.comment) == (given.stars, given.comment)
    if isinstance(given, WithReason):
        return (found.state, found.reason) == (State.CANCELLED, given.reason)
    return found.state == State.WITHDRAWN


def _taken(
    request: HttpRequest, form: SchemaForm[G], take: Callable[[G], tuple[str, str]], template: str,
    context: Mapping[str, Any],
) -> HttpResponse:  # fmt: skip
    """Take what was sent and is sound, and go where that leads; else the form, with everything typed still in it."""
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            said, url = take(form.cleaned)
        except Refused as error:
            if not error.refusal.fields:
                raise
            form.add_errors(error.refusal.fields)
            status = error.refusal.status
        else:
            messages.success(request, said)
            return redirect(url)
    return render(request, template, {**context, "form": form}, status=status)


def _link(secret: str) -> TenantLink:
    """The link of that address, while it opens."""
    return _there(queries.link_behind(secret, clock.today()))


def _session(link: TenantLink, pk: int) -> Session:
    """A session that this very tenant asked for, or 404."""
    return _there(queries.sessions(link).filter(pk=pk).first())


def _there(found: T | None) -> T:
    """What was asked for; whatever is wrong with an address, it is answered the same (C4)."""
    if found is None:
        raise Refused(SHUT)
    return found

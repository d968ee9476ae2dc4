"""Mentors: the directory with each one's load, appointing, dismissing, asking for a session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.matters.support import operations
from makerspace.matters.support.forms.engagements import AskSession
from makerspace.matters.support.forms.facilities import InvitePerson
from makerspace.matters.support.forms.mentors import AppointMentor, EndMentor, MentorFacts
from makerspace.matters.support.hours import at_text
from makerspace.matters.support.models import Field, Mentor, Session
from makerspace.matters.support.queries import mentors as queries
from makerspace.matters.support.queries.engagements import eligible
from makerspace.matters.support.queries.facilities import HOLDING, READERS
from makerspace.matters.support.views.common import DAYTIME, Page, Said, Tab, form_page, tabs, there
from makerspace.matters.support.views.facilities import invited
from makerspace.office.casework.refusals import refused
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import roles
from makerspace.web.visitor import me

USERS = (Role.APPLICANT, Role.MENTOR, Role.BUREAU, Role.LEADER, Role.AUDITOR)
FIELD = Filter("field", "领域", Field.choices, lambda rows, value: rows.filter(queries.fields_with(value)))
SERVING = Filter(
    "serving", "聘任", (("now", "在任"), ("former", "已解聘")),
    lambda rows, value: rows.filter(until__isnull=value == "now"),
)  # fmt: skip


def mentor_tabs(request: HttpRequest, current: str) -> list[Tab]:
    """The pages around mentors; the links of tenants are the operator's."""
    pages = [("导师", "support_mentors"), ("辅导", "support_sessions")]
    if Role.APPLICANT in me(request).roles_on(clock.today()):
        pages.append(("入驻单位约导师", "support_tenants"))
    return tabs(current, pages)


@roles(*USERS)
@require_safe
def mentors(request: HttpRequest) -> HttpResponse:
    """The directory with each mentor's load; former ones for who oversees."""
    person, today = me(request), clock.today()
    oversees = bool(person.roles_on(today) & READERS)
    rows = queries.with_load(today) if oversees else queries.with_load(today).filter(queries.serving(today))
    found = listing(
        request, rows, sorts={"name": "name", "held": "held"}, default="name",
        filters=[FIELD, SERVING] if oversees else [FIELD], search=("name", "employer"),
    )  # fmt: skip
    context = {
        "listing": found, "rows": [(row, queries.fields_of(row)) for row in found.rows], "oversees": oversees,
        "bureau": Role.BUREAU in person.roles_on(today), "tabs": mentor_tabs(request, "support_mentors"), "today": today,
    }  # fmt: skip
    return render(request, "support/mentors.html", context)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The bureau appoints a mentor."""

    def act(given: AppointMentor) -> Said:
        facts = given.model_dump(exclude={"name", "email"})
        made, path = operations.appoint_mentor(
            by=me(request), on=clock.today(), name=given.name, email=given.email, **facts
        )
        return f"已聘任{made.name}。{invited(given, path)}", _url(made)

    page = Page(
        "聘任导师",
        "聘任并邀请",
        reverse("support_mentors"),
        "科技创新创业梦想导师为众创空间提供创业指导（第十六条）；自今天起聘任。",
    )
    return form_page(request, AppointMentor, act, page)


@roles(*USERS)
@require_safe
def mentor(request: HttpRequest, pk: int) -> HttpResponse:
    """One mentor: fields, employer, times already taken; the appointment for the bureau."""
    person, today, now = me(request), clock.today(), clock.now()
    found = _found(request, pk)
    taken = Session.objects.filter(mentor=found, state__in=HOLDING, end__gt=now).order_by("start")
    serving = queries.is_serving(found, today)
    context = {
        "mentor": found, "fields": queries.fields_of(found), "serving": serving, "taken": list(taken[:20]),
        "bureau": Role.BUREAU in person.roles_on(today), "oversees": bool(person.roles_on(today) & READERS),
        "asks": serving and found.account not in {None, person} and eligible(person, today).exists(),
        "load": queries.with_load(today).get(pk=pk), "own": found.account == person, "now": now,
    }  # fmt: skip
    return render(request, "support/mentor.html", context)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Set right what a mentor does and where."""
    found = _serving(request, pk)

    def act(given: MentorFacts) -> Said:
        operations.change_mentor(found, by=me(request), on=clock.today(), **given.model_dump())
        return "导师信息已更新，公开目录随即更新。", _url(found)

    initial = {name: getattr(found, name) for name in MentorFacts.model_fields}
    return form_page(request, MentorFacts, act, Page("更正导师信息", "保存", _url(found), found.name), initial=initial)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the invitation again while nobody has taken it up."""
    found = _serving(request, pk)
    if found.account:
        raise refused("wrong_stage", "导师已接受邀请，不需要再次邀请。", 16)

    def act(given: InvitePerson) -> Said:
        path = operations.invite_mentor(found, by=me(request), on=clock.today(), name=given.name, email=given.email)
        return invited(given, path), _url(found)

    initial = {"name": found.name, "email": found.invitation.email if found.invitation else ""}
    return form_page(request, InvitePerson, act, Page("再次邀请", "发出邀请", _url(found), found.name), initial=initial)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A mentor leaves."""
    found = _serving(request, pk)
    coming = Session.objects.filter(mentor=found, state__in=HOLDING, start__gt=clock.now()).count()

    def act(given: EndMentor) -> Said:
        operations.end_mentor(found, by=me(request), on=clock.today(), reason=given.reason)
        told = f"，{coming}件尚未开始的辅导已取消并告知对方" if coming else ""
        return f"{found.name}自今天起解聘{told}。", _url(found)

    hint = f"尚有{coming}件待答复或已确认的辅导，解聘后一并取消并告知众创空间。" if coming else ""
    return form_page(request, EndMentor, act, Page("解聘导师", "解聘", _url(found), found.name, "grave", hint))


@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a mentor for a session."""
    person, today, found = me(request), clock.today(), _serving(request, pk)
    own = list(eligible(person, today))

    def act(given: AskSession) -> Said:
        makerspace = there(next((row for row in own if row.pk == given.makerspace), None))
        made = operations.ask_session(
            found, makerspace=makerspace, by=person, on=today, tenant=given.tenant, purpose=given.purpose,
            start=at_text(given.day, given.start), end=at_text(given.day, given.end), way=given.way, place=given.place,
        )  # fmt: skip
        said = f"约请已提出。导师应在{chinese(made.answer_by)}前答复，进展会发消息告知。"
        return said, reverse("support_session", args=[made.pk])

    options = {"makerspace": [(row.pk, row.name) for row in own], "start": DAYTIME, "end": DAYTIME}
    initial = {"makerspace": own[0].pk if len(own) == 1 else None}
    page = Page("约请辅导", "提出约请", _url(found), f"{found.name}（{found.employer}）")
    return form_page(request, AskSession, act, page, initial=initial, options=options)


def _found(request: HttpRequest, pk: int) -> Mentor:
    """A mentor in office; a former one only for who oversees."""
    person, today, found = me(request), clock.today(), there(queries.mentor_of(pk))
    return there(found if queries.is_serving(found, today) or person.roles_on(today) & READERS else None)


def _serving(request: HttpRequest, pk: int) -> Mentor:
    found = _found(request, pk)
    if not queries.is_serving(found, clock.today()):
        raise refused("wrong_stage", "这位导师已经解聘。", 16)
    return found


def _url(found: Mentor) -> str:
    return reverse("support_mentor", args=[found.pk])

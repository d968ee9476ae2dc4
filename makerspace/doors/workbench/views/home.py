"""The first page after sign-in, and the inbox."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from makerspace.doors.workbench.desk import desk_of
from makerspace.doors.workbench.inbox import as_of_today
from makerspace.doors.workbench.listing import labelled
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused
from makerspace.office.notify.models import Message
from makerspace.office.notify.operations import read
from makerspace.office.notify.queries import inbox_of
from makerspace.office.record import clock
from makerspace.web.lists import Filter, listing
from makerspace.web.policy import signed_in
from makerspace.web.visitor import me

READ = Filter(
    "read",
    "状态",
    (("unread", "未读"), ("read", "已读")),
    lambda rows, value: rows.filter(read_at__isnull=value == "unread"),
)


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, what I was told, and our cases."""
    today = clock.today()
    desk = desk_of(me(request), today)
    context = {"desk": desk, "recent": labelled(desk.recent), "today": today, "organisation_url": reverse("work_organisation_new"),
               "people_url": reverse("work_people")}  # fmt: skip
    return render(request, "workbench/home.html", context)


@signed_in
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The inbox, newest first."""
    shown = listing(
        request, inbox_of(me(request)), sorts={"at": "id"}, default="-at", filters=[READ], search=("subject", "text")
    )
    told = as_of_today(shown.rows, me(request), clock.today())
    return render(request, "workbench/messages.html", {"listing": shown, "told": told})


@signed_in
@require_POST
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as read and go where it leads."""
    message = inbox_of(me(request)).filter(pk=pk).first()
    if message is None:
        raise Refused(NOT_THERE)
    read(message, at=clock.now())
    inside = message.link.startswith("/") and url_has_allowed_host_and_scheme(message.link, None)
    return redirect(message.link if inside else "work_messages")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark the whole inbox as read."""
    count = Message.objects.filter(person=me(request), read_at=None).update(read_at=clock.now())
    flash.success(request, f"已将{count}条消息标为已读。" if count else "没有未读消息。")
    return redirect("work_messages")

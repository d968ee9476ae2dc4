"""Article 11: choose the cases, see the whole notice with every counting step, let another person publish it."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from makerspace.matters.review import operations
from makerspace.matters.review.models import PublicNotice
from makerspace.matters.review.queries import notices as queries
from makerspace.matters.review.queries import objections
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.record import clock
from makerspace.regulation.counting import CountingError, chinese, day_of
from makerspace.regulation.terms import Role
from makerspace.web import acting
from makerspace.web.lists import listing
from makerspace.web.policy import roles
from makerspace.web.visitor import ask_again, me

READERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)


@roles(*READERS)
@require_http_methods(["GET", "HEAD"])
def notices(request: HttpRequest) -> HttpResponse:
    """Drafts that wait for a second reader, and all notices."""
    rows = listing(request, queries.recent(), sorts={"publish_on": ("publish_on", "id")}, default="-publish_on")
    bureau = Role.BUREAU in me(request).capacity(clock.today()).roles
    context = {"drafts": queries.drafts() if bureau else [], "listing": rows, "bureau": bureau, "today": clock.today()}
    return render(request, "review/notices.html", context)


@roles(Role.BUREAU)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose approved cases and a day, look at what would be published, keep it for the second reader."""
    person, today = me(request), clock.today()
    approved = cases.visible_to(person, today).filter(stage="approved").select_related("organisation", "authority")
    given = request.POST if request.method == "POST" else request.GET
    one = given.get("case", "")
    chosen = given.getlist("cases") or ([one] if one else [])
    publish_on, wrong = _day(given.get("publish_on", ""), today)
    batch = [case for case in approved.order_by("number") if case.number in chosen]
    if request.method == "POST" and not wrong:
        return _kept(request, batch, publish_on)
    context = _previewed(request, batch, publish_on) if batch and not wrong else {}
    context |= {"approved": approved.order_by("number"), "chosen": chosen, "publish_on": publish_on, "today": today}
    context |= {"wrong": wrong, "token": acting.token_of(request)}
    return render(request, "review/notice_new.html", context, status=422 if wrong else 200)


def _kept(request: HttpRequest, batch: list[Case], publish_on: date) -> HttpResponse:
    """Keep the draft, one for a form that is sent twice (C19)."""

    def keep() -> tuple[int, dict[str, str]]:
        draft = operations.prepare_notice(batch, by=me(request), on=clock.today(), publish_on=publish_on)
        return 303, {"url": reverse("review_notice", args=[draft.pk])}

    body = acting.once(request, keep)
    messages.success(request, f"公示稿已保存，共{len(batch)}家。请另一位经办人员复核后发布。")
    return redirect(body["url"])


def _previewed(request: HttpRequest, batch: list[Case], publish_on: date) -> dict[str, object]:
    """The notice as it would be, or why it can't be."""
    refusal: Refusal | None = None
    try:
        notice, _, rows = operations.preview_notice(batch, by=me(request), on=clock.today(), publish_on=publish_on)
    except Refused as refused:
        refusal = refused.refusal
        return {"refusal": refusal}
    return {"notice": notice, "rows": rows, "count": len(rows)}


def _day(text: str, today: date) -> tuple[date, str]:
    """The day that was given, or today, and what is wrong with it."""
    try:
        return (day_of(text) if text else today), ""
    except CountingError as error:
        return today, str(error)


@roles(*READERS)
@require_http_methods(["GET", "HEAD"])
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """A notice whole: its text, days, steps, digest; a draft with what its second reader may do."""
    rows = PublicNotice.objects.select_related("prepared_by", "second_reader", "published_by", "replaced_by")
    found = get_object_or_404(rows, pk=pk)
    return _shown(request, found, queries.notice_items(found))


def _shown(
    request: HttpRequest, found: PublicNotice, items: Sequence[object], refusal: Refusal | None = None
) -> HttpResponse:
    person, today = me(request), clock.today()
    bureau = Role.BUREAU in person.capacity(today).roles
    context = {
        "refusal": refusal, "notice": found, "items": items, "count": len(items), "draft": found.state == PublicNotice.State.DRAFT, "bureau": bureau,
        "own": found.prepared_by_id == person.pk, "today": today, "proposal": queries.open_proposal(found),
        "objections": objections.visible_objections(person, today).filter(notice=found).count(),
    }  # fmt: skip
    return render(request, "review/notice.html", context, status=refusal.status if refusal else 200)


@roles(Role.BUREAU)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The second reader publishes the draft that they read, after proving who they are; another one is shown anew."""
    ask_again(request)
    draft, today = get_object_or_404(PublicNotice.objects.select_related("prepared_by"), pk=pk), clock.today()
    try:
        published = operations.publish_draft(draft, by=me(request), on=today, read=request.POST.get("digest", ""))
    except Refused as refused:
        if refused.refusal.code != "changed_meanwhile":
            raise
        return _shown(request, *operations.draft_anew(draft, today), refused.refusal)
    last = chinese(published.last_day)
    messages.success(
        request, f"公示已发布，共{published.items.count()}家，公示期到{last}24时为止，期满自动转入下一环节。"
    )
    return redirect("review_notice", published.pk)


@roles(Role.BUREAU)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away; its cases stay as they are."""
    operations.discard_notice(get_object_or_404(PublicNotice, pk=pk), by=me(request), on=clock.today())
    messages.success(request, "公示稿已删除，所选办件仍为“拟公示”。")
    return redirect("review_notices")

"""Public notices, and objecting to what stands on them."""

import hashlib
import secrets
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from makerspace.doors.portal import queries
from makerspace.doors.portal.forms import ObjectionForm
from makerspace.matters.review.models import NoticeItem, PublicNotice
from makerspace.matters.review.operations.objection import MOST_FILES, confirm_contact, object_to
from makerspace.matters.review.queries import notices as published
from makerspace.matters.review.queries import objections
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import uploads
from makerspace.office.documents.codes import normalise
from makerspace.office.documents.queries import paper_by_code, papers_of
from makerspace.office.documents.serving import attachment
from makerspace.office.record import clock
from makerspace.web.forms import SchemaForm
from makerspace.web.limits import limited
from makerspace.web.lists import listing
from makerspace.web.policy import public

KEPT = 3600


@public
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every notice that was published, the latest first."""
    today = clock.today()
    found = listing(request, queries.notices(today), sorts={"on": ("publish_on", "id")}, default="-on")
    rows = [(notice, *queries.status_of_notice(notice, today)) for notice in found.rows]
    return render(request, "portal/notices.html", {"listing": found, "rows": rows, "today": today})


@public
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice as it was frozen: list, days and how they were counted, how to object."""
    today = clock.today()
    found = _notice(pk)
    tone, status = queries.status_of_notice(found, today)
    context = {
        "notice": found, "items": published.notice_items(found), "today": today, "tone": tone, "status": status,
        "running": status == "公示中", "paper": paper_by_code(found.paper_code) if found.paper_code else None,
    }  # fmt: skip
    return render(request, "portal/notice.html", context)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("objection", 10, 600)
def object_(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """The form of an objection to one case on a notice."""
    item = published.item_of(_notice(pk), number)
    if item is None:
        raise Http404
    form = SchemaForm(ObjectionForm, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect("portal_objection", receipt=_take_in(request, form.cleaned, item))
        except Refused as error:
            if error.refusal.code == "wrong_stage":
                raise
            form.add_errors(dict(error.refusal.fields) or {"": error.refusal.text})
    return _objection_form(request, form, item)


def _objection_form(request: HttpRequest, form: SchemaForm[ObjectionForm], item: NoticeItem) -> HttpResponse:
    """The form, with everything typed still in it."""
    context: dict[str, Any] = {
        "form": form, "item": item, "facts": item.facts, "notice": item.notice, "limits": uploads.limits_text(),
        "accept": uploads.ACCEPT, "most_files": MOST_FILES, "file_error": form.errors.get("evidence", ""),
        "open": item.notice.state == PublicNotice.State.PUBLISHED and clock.today() <= item.notice.last_day,
        "token": request.POST.get("token") or secrets.token_urlsafe(18),
    }  # fmt: skip
    return render(request, "portal/objection_form.html", context, status=422 if form.is_bound else 200)


def _take_in(request: HttpRequest, told: ObjectionForm, item: NoticeItem) -> str:
    """The receipt; the same form sent twice is one objection. A form without its token is one by itself."""
    token = request.POST.get("token", "")
    if not 16 <= len(token) <= 64:
        token = secrets.token_urlsafe(18)
    key = f"objection:{hashlib.sha256(token.encode()).hexdigest()}:{item.pk}"
    if not cache.add(key, "", KEPT):
        earlier: str = cache.get(key, "")
        if earlier:
            return earlier
        raise refused("slow_down", "这份异议正在提交，请稍候再看。")
    try:
        receipt = _object(request, told, item)
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, receipt, KEPT)
    return receipt


def _object(request: HttpRequest, told: ObjectionForm, item: NoticeItem) -> str:
    evidence = [(file, file.name or "") for file in request.FILES.getlist("evidence")]
    objection = object_to(
        item.notice, item.case, on=clock.today(), name=told.name, contact=told.contact, facts=told.facts,
        is_unit=told.who == "unit", evidence=evidence,
    )  # fmt: skip
    return objection.receipt


@public
@require_safe
def objection_lookup(request: HttpRequest) -> HttpResponse:
    """The field for a receipt; one that was typed goes to its own page."""
    typed = request.GET.get("receipt", "").strip()
    code = normalise(typed)
    if code:
        return redirect("portal_objection", receipt=code)
    return render(
        request, "portal/objections.html", {"typed": typed[:40], "wrong": bool(typed)}, status=422 if typed else 200
    )


@public
@never_cache
@require_safe
@limited("objection_status", 30, methods=("GET",))
def objection(request: HttpRequest, receipt: str) -> HttpResponse:
    """Where an objection stands, for whoever holds its receipt."""
    status = objections.objection_status(receipt)
    if status is None:
        return render(request, "portal/objections.html", {"typed": receipt[:40], "unknown": True}, status=404)
    return render(request, "portal/objection.html", {"objection": status})


@public
@never_cache
@require_safe
@limited("objection_status", 30, methods=("GET",))
def objection_paper(request: HttpRequest, receipt: str, code: str) -> HttpResponseBase:
    """A paper of an objection, to whoever holds its receipt."""
    found = objections.objection_by_receipt(receipt)
    paper = papers_of(f"OBJ-{found.pk}").filter(code=code).first() if found else None
    if paper is None:
        raise Http404
    if paper.blob is None:
        raise refused("not_found", "这份公文正在生成，通常几分钟内完成，请稍后再打开。")
    return attachment(paper.blob, f"{paper.title}.pdf")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("confirm", 30)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Prove an e-mail: a button, for programs that check mail open every link."""
    if request.method != "POST":
        return render(request, "portal/objection_confirm.html")
    confirmed = confirm_contact(token)
    return redirect("portal_objection", receipt=confirmed.receipt)


def _notice(pk: int) -> PublicNotice:
    """A notice that everybody may read, or 404."""
    found = published.public_notice(pk, clock.today())
    if found is None:
        raise Http404
    return found

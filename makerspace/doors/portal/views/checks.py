"""Checking a certificate or paper by its code, and public papers as files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from makerspace.matters.recognition.models import TitleState
from makerspace.matters.recognition.queries import Verdict
from makerspace.matters.recognition.queries import verify as verdict_on
from makerspace.matters.support.models import LetterState
from makerspace.office.casework.refusals import refused
from makerspace.office.documents.codes import normalise
from makerspace.office.documents.models import Visibility
from makerspace.office.documents.queries import paper_by_code
from makerspace.office.documents.serving import attachment
from makerspace.office.record import clock
from makerspace.web.limits import limited
from makerspace.web.policy import public

STATES = {
    TitleState.IN_FORCE.value: ("ok", "证书真实，称号有效"),
    TitleState.UNDER_RECTIFICATION.value: ("warn", "证书真实，称号有效，正在整改"),
    TitleState.REVOKED.value: ("grave", "证书真实，但称号已取消"),
    TitleState.RELINQUISHED.value: ("grave", "证书真实，但称号已放弃"),
    LetterState.USABLE.value: ("ok", "凭证真实，用于{year}年度，现在有效"),
    LetterState.NOT_YET.value: ("ok", "凭证真实，用于{year}年度，该年度还没有到"),
    LetterState.EXPIRED.value: ("warn", "凭证真实，用于{year}年度，该年度已过，不再有效"),
    LetterState.VOID.value: ("grave", "凭证真实，用于{year}年度，但已失效"),
    "valid": ("ok", "公文真实"),
    "replaced": ("warn", "公文真实，但已被新的一份代替"),
}
NOT_GENUINE = ("grave", "没有这个校验码")
REPLACED = ("warn", "证书真实、称号有效，但这一份已被新的证书代替")


@public
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The field for a code; a code that was typed goes to its own address."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return render(request, "portal/verify.html")
    code = normalise(typed)
    if code is None:
        return render(request, "portal/verify.html", {"typed": typed[:40], "wrong": True}, status=422)
    return redirect("portal_verified", code=code)


@public
@require_safe
@limited("verify", 30, methods=("GET",))
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Genuine or not, at once, and where the title stands now."""
    verdict = verdict_on(code)
    tone, headline = _said(verdict)
    context = {
        "code": normalise(code) or "", "typed": code[:40], "verdict": verdict, "tone": tone, "headline": headline, "at": clock.now()
    }  # fmt: skip
    return render(request, "portal/verify.html", context)


def _said(verdict: Verdict) -> tuple[str, str]:
    if not verdict.genuine:
        return NOT_GENUINE
    if verdict.replaced_by and verdict.state in {TitleState.IN_FORCE, TitleState.UNDER_RECTIFICATION}:
        return REPLACED
    tone, headline = STATES[verdict.state]
    return tone, headline.format(year=verdict.year)


@public
@require_safe
@limited("paper", 60, methods=("GET",))
def paper(request: HttpRequest, code: str) -> HttpResponseBase:
    """A public paper as a file to keep; what is not public is as if it were not there."""
    found = paper_by_code(code)
    if found is None or found.visibility != Visibility.PUBLIC:
        raise Http404
    if found.blob is None:
        raise refused("not_found", "这份公文正在生成，通常几分钟内完成，请稍后再打开。")
    return attachment(found.blob, f"{found.title}.pdf")

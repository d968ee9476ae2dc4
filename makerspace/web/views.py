"""The pages of the front itself, and what is shown when something goes wrong."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from makerspace.office.casework.refusals import Refusal
from makerspace.web import samples
from makerspace.web.policy import public
from makerspace.web.refusals import ADVICE, TITLES, page_of_form, refuse, wants_json

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How the site can be used by everybody."""
    return render(request, "web/accessibility.html")


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component together; only where ``DEMO`` is set."""
    if not settings.DEMO:
        raise Http404
    return render(request, "web/styleguide.html", samples.everything(request))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where there was too much to read (C36)."""
    if isinstance(exception, TOO_MUCH):
        return refuse(request, Refusal("too_large", "提交的文字或栏目太多，请分次保存；文件请用上传功能提交。"))
    return refuse(request, Refusal("bad_request", "您的请求没有被识别。"))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return refuse(request, Refusal("not_yours", "您目前的身份不能打开这一页。"))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same for what is not there and for what one may not see (C4)."""
    return refuse(request, Refusal("not_found", "这个地址没有内容，或者它不在您的查看范围内。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or stale."""
    text = "页面停留过久，或在别处重新登录过。为安全起见，刚才的内容没有提交。"
    advice = "请重新打开原来的页面，再提交一次；填写过的文字可在那里恢复，或按浏览器的返回键找回。"
    back = page_of_form(request, request.path)
    refusal = Refusal("not_yours", text)
    return refuse(request, refusal, title="这次内容没有提交", advice=advice, back=back, back_label="重新打开这一页")


def too_many(request: HttpRequest) -> HttpResponse:
    """429 of sign-in, sign-up and reset; other limits answer for themselves."""
    response = refuse(request, Refusal("slow_down", "这个网络地址的操作过于频繁，请1分钟后再试。其他人不受影响。"))
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without session, database or menu, for any of them may be what failed."""
    if wants_json(request):
        return refuse(request, Refusal("bad_request", ADVICE[500]), status=500)
    context: dict[str, Any] = {"title": TITLES[500], "advice": ADVICE[500]}
    return HttpResponse(render_to_string("web/plain_error.html", context), status=500)

"""One refusal page for everything that is refused: what, by which article, who may and when, what one can do now."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from makerspace.office.casework.refusals import Refusal

TITLES = {
    400: "这次请求不完整", 403: "这一步不由您办理", 404: "没有找到这一页", 405: "这个地址不接受这种操作",
    409: "这一步现在不能办理", 411: "请求缺少长度", 412: "内容已被他人更新", 413: "提交的内容太大", 414: "网址太长",
    415: "不接受这种文件", 422: "有内容需要更正", 429: "操作过于频繁", 500: "系统出错了", 503: "系统正在维护",
}  # fmt: skip
ADVICE = {
    400: "请返回上一页，刷新后再试一次。您已保存的内容不受影响。",
    403: "请确认您登录的账号和身份；如应由您办理，请联系本单位负责人或主办单位。",
    404: "请检查网址；办件、名录和公示都可以从首页查找。",
    405: "请返回上一页，使用页面上的按钮办理。",
    409: "请查看上面的原因；最新情况可在对应的页面查看。",
    412: "请返回上一页，刷新后核对最新内容，再保存您的修改。",
    413: "请返回上一页，缩小文件（单个文件不超过20MB）或分次提交；填写的文字回到那一页后可以恢复。",
    415: "请按页面列出的格式重新选择文件。",
    422: "请返回上一页，按提示更正后再提交。",
    429: "请稍等几分钟再试。",
    500: "问题已记录。请稍后再试；已提交成功的内容都已保存，请勿重复提交。",
    503: "请稍后再试；已提交成功的内容都已保存。",
}
CASE_ROUTE = "work/cases/<"
OF_A_CASE = "请查看上面的原因；办件现在处于哪个环节、由谁办理，可在办件页查看。"


def refuse(request: HttpRequest, refusal: Refusal, *, status: int | None = None, **extra: str) -> HttpResponse:
    """The refusal as a page, as a fragment for htmx, or as JSON for the API and for autosave.

    ``extra``: ``who`` (who may), ``when``, ``back`` (an address) and ``back_label``, another ``title`` and ``advice``.
    """
    response = _refusal(request, refusal, status or refusal.status, extra)
    response.refused = True  # type: ignore[attr-defined]
    return response


def was_refused(response: HttpResponse) -> bool:
    """Whether this is a refusal, and not a page that shows a form again."""
    return getattr(response, "refused", False)


def _refusal(request: HttpRequest, refusal: Refusal, code: int, extra: dict[str, str]) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(as_json(refusal), status=code)
    context = {
        "refusal": refusal,
        "status": code,
        "title": TITLES.get(code, TITLES[400]),
        "advice": ADVICE.get(code, ""),
        **_to_case(request, code),
    }
    if request.headers.get("HX-Request") == "true":
        response = render(request, "web/_refusal.html", context | extra, status=code)
        response["HX-Retarget"], response["HX-Reswap"] = "#main", "innerHTML"
        return response
    return render(request, "web/refusal.html", context | extra, status=code)


def _to_case(request: HttpRequest, code: int) -> dict[str, str]:
    """The way to the case that was asked for; a 404 does not tell whether there is one."""
    match = request.resolver_match
    if code not in {403, 409, 412} or match is None or not match.route.startswith(CASE_ROUTE):
        return {}
    url = reverse("work_case", args=[match.kwargs["number"]])
    advice = {"advice": OF_A_CASE} if code == 409 else {}
    return advice if url == request.path else {"back": url, "back_label": "打开办件", **advice}


def page_of_form(request: HttpRequest, otherwise: str) -> str:
    """The page of this site from which a form was sent, for whoever has to open it again."""
    came = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure()):
        return otherwise
    parts = urlsplit(came)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or otherwise


def as_json(refusal: Refusal) -> dict[str, Any]:
    """The shape that the contract gives a refusal."""
    return {
        "code": refusal.code,
        "text": refusal.text,
        "article": refusal.article,
        "fields": dict(refusal.fields),
    }


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: the API, or our own script in the background."""
    return request.path.startswith("/api/") or request.headers.get("X-Requested-By") == "script"

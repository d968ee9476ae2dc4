"""The API put together: its routers, its description, and how everything that goes wrong is answered."""

from functools import cached_property
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from makerspace.doors.api import (
    batches,
    budgets,
    capital,
    cases,
    description,
    notices,
    priority,
    public,
    registers,
    schemes,
    support,
)
from makerspace.doors.api.access import UNKNOWN
from makerspace.doors.api.answers import refuse
from makerspace.doors.api.docs import Readable
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.documents.storage import StorageUnavailable
from makerspace.office.documents.uploads import UploadRefused
from makerspace.regulation.counting import CountingError
from makerspace.regulation.faults import EXPECTED, path_of

NOT_THERE = Refusal("not_found", "没有这个接口地址。接口说明见 /api/v1/docs。")
ABOUT = """按《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）办理认定的接口。

凭令牌办理：Authorization: Bearer …，令牌由本人在“我的账号”中生成，以本人身份办理，权限不超过本人；决定事项需要带决定权限的短期令牌。
拒绝一律为 {"code", "text", "article", "fields"}，先后次序为：看不到404，不由您办理403，环节不符409，字段有误422。
日期为 YYYY-MM-DD，时刻带时区（+08:00）；列表为 {"items", "count", "page", "pages"}，每页50条。"""


class Api(NinjaAPI):
    """ninja's API with a document that is complete, and made once."""

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document: dict[str, Any] = super().get_openapi_schema()
        bodies = {
            **batches.BODIES, **cases.BODIES, **notices.BODIES, **registers.BODIES, **support.BODIES, **capital.BODIES, **schemes.BODIES,
        }  # fmt: skip
        description.complete(document, bodies)
        return document

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """As ninja's own views ask for it."""
        return cast(OpenAPISchema, self.document)


api = Api(title="昆明市众创空间认定管理系统", version="1", description=ABOUT, docs=Readable())
api.add_router("", public.router)
api.add_router("", notices.router)
api.add_router("", schemes.router)
api.add_router("", cases.router)
api.add_router("", budgets.router)
api.add_router("", priority.router)
api.add_router("", registers.router)
api.add_router("", support.open_router)
api.add_router("", support.router)
api.add_router("", capital.open_router)
api.add_router("", capital.router)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return refuse(error.refusal)


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refuse(UNKNOWN, headers={"WWW-Authenticate": 'Bearer realm="api"'})


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A wrong filter or header, in the words of the dossier's own faults."""
    fields = {path_of(tuple(row["loc"][1:])) or "query": _words(row) for row in error.errors}
    return refuse(Refusal("invalid", f"有{len(fields)}处参数需要更正。", (), fields))


def _words(row: dict[str, Any]) -> str:
    template = EXPECTED.get(row["type"])
    return template.format_map(row.get("ctx", {})) if template else str(row["msg"])


@api.exception_handler(CountingError)
@api.exception_handler(OverflowError)
def _uncountable(request: HttpRequest, error: CountingError | OverflowError) -> HttpResponse:
    """A term that would run beyond the last day that can be counted."""
    return refuse(Refusal("invalid", "只能计算1900年至2100年之间的期限。"))


@api.exception_handler(UploadRefused)
def _upload_refused(request: HttpRequest, error: UploadRefused) -> HttpResponse:
    return refuse(Refusal(error.code, error.text, (), {error.field: error.text}))


@api.exception_handler(StorageUnavailable)
def _no_storage(request: HttpRequest, error: StorageUnavailable) -> HttpResponse:
    """Reading goes on; what was sent was not kept (C37)."""
    text = "文件存储暂时不可用，本次内容没有保存，请稍后重试。"
    return refuse(Refusal("bad_request", text), status=503, headers={"Retry-After": "60"})


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    return refuse(NOT_THERE)


@api.exception_handler(HttpError)
def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refuse(Refusal("bad_request", "请求无法识别。"), status=error.status_code)

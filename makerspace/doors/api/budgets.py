"""Calls about the grants' money: where a year's budget stands, for the bureau's offices."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from makerspace.doors.api import shapes
from makerspace.doors.api.access import Bearer, caller
from makerspace.doors.api.answers import ok
from makerspace.doors.api.description import refusals
from makerspace.matters.funding.queries import budgets as queries
from makerspace.office.casework.refusals import refused
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

OFFICES = frozenset({Role.BUREAU, Role.LEADER, Role.AUDITOR})
router = Router(auth=Bearer(), tags=["引导资金"])


@router.get(
    "/budgets/{int:year}", operation_id="budget", summary="年度引导资金预算", response=shapes.Budget,
    openapi_extra=refusals(401, 403, 404),
)  # fmt: skip
def budget(request: HttpRequest, year: int) -> HttpResponse:
    """额度 = 可用 + 已批准待拨付 + 已拨付 + 已决定追回，单位为分。"""
    person = caller(request).person
    if not person.capacity(clock.today()).roles & OFFICES:
        raise refused("not_yours", "年度预算由市科技局经办处室、负责人和审计人员查看。", 13)
    found = queries.of_year(year)
    if found is None:
        raise refused("not_found", f"{year}年度没有引导资金预算。", 13)
    return ok(queries.budget_json(found))

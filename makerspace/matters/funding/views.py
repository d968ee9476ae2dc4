"""Pages of the year's money: the budget with its ledger, the approval of a batch, the batches, and the payer's desk."""

from datetime import date

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import ValidationError

from makerspace.matters.funding import forms, operations, sheets
from makerspace.matters.funding.capitals import capitals, in_yuan
from makerspace.matters.funding.models import Batch, Budget, Ceiling, Payment
from makerspace.matters.funding.queries import budgets as queries
from makerspace.matters.funding.queries import looks, payees, recoveries
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import NOT_THERE, fetch
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents.serving import harmless
from makerspace.office.record import clock
from makerspace.regulation.faults import faults_of
from makerspace.regulation.terms import Role
from makerspace.web import acting
from makerspace.web.export import csv_response
from makerspace.web.forms import SchemaForm
from makerspace.web.lists import listing
from makerspace.web.policy import roles
from makerspace.web.visitor import ask_again, me

OFFICERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)
MAKERS = {"xlsx": sheets.as_workbook, "pdf": sheets.as_paper}
LEDGER = ("日期", "事项", "转出", "转入", "金额（元）", "办件", "办理人")
ACTS = {
    "confirm_ceiling": "确认额度", "approve_payment": "批准拨付", "record_payment": "登记拨付", "record_bounce": "登记退汇",
    "recheck_account": "退回重新确认账户", "stop_payment": "决定不予拨付", "recover": "决定追回",
}  # fmt: skip


# -- the budget --------------------------------------------------------------------------------------------------------
@roles(*OFFICERS)
@require_safe
def budget(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """One year's money: where it stands, its ceiling, its ledger."""
    today = clock.today()
    shown = _budget(year if year is not None else today.year)
    return _budget_page(request, shown, None)


def _budget(year: int) -> Budget:
    """The year's budget; one that was never set stands at nothing."""
    return queries.of_year(year) or Budget(year=year)


def _budget_page(
    request: HttpRequest, shown: Budget, form: SchemaForm[forms.ProposeCeiling] | None, status: int = 200
) -> HttpResponse:
    person, today = me(request), clock.today()
    held = person.capacity(today).roles
    rows = listing(request, queries.postings(shown), sorts={"on": ("id",)}, default="-on") if shown.pk else None
    initial = {"year": shown.year, "amount": shown.ceiling}
    context = {
        "budget": shown, "listing": rows, "years": queries.years(), "ceilings": queries.ceilings(shown) if shown.pk else (),
        "pending": queries.proposed(shown) if shown.pk else None, "acts": ACTS, "person": person,
        "proposes": bool(held & {Role.BUREAU, Role.LEADER}), "leads": Role.LEADER in held,
        "payable": queries.payable(person, today).count() if Role.LEADER in held else 0,
        "to_pay": queries.to_pay().count() if queries.pays(person, today) else 0,
        "form": form or SchemaForm(forms.ProposeCeiling, initial=initial), "hidden": [(acting.FORM_KEY, acting.token_of(request))],
    }  # fmt: skip
    return render(request, "funding/budget.html", context, status=status)


@roles(Role.BUREAU, Role.LEADER)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a ceiling; the same form sent twice proposes once."""
    form = SchemaForm(forms.ProposeCeiling, request.POST)
    if not form.is_valid():
        return _budget_page(request, _budget(clock.today().year), form, 422)
    given, today = form.cleaned, clock.today()
    try:
        body = acting.once(request, lambda: (303, _proposed(request, given, today)))
    except Refused as refusal:
        if refusal.refusal.status != 422:
            raise
        form.add_errors(dict(refusal.refusal.fields) or {"": refusal.refusal.text})
        return _budget_page(request, _budget(given.year), form, 422)
    messages.success(request, body["said"])
    return redirect("funding_year", given.year)


def _proposed(request: HttpRequest, given: forms.ProposeCeiling, today: date) -> dict[str, str]:
    operations.propose_ceiling(given.year, amount=given.amount, basis=given.basis, by=me(request), on=today)
    return {"said": f"已提出{given.year}年度额度{in_yuan(given.amount)}，须由另一位负责人确认后生效。"}


@roles(Role.BUREAU, Role.LEADER)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a proposed ceiling, or take it back."""
    ceiling = Ceiling.objects.select_related("budget").filter(pk=pk).first()
    if ceiling is None:
        raise Refused(NOT_THERE)
    if request.POST.get("step") == "withdraw":
        operations.withdraw_ceiling(ceiling, by=me(request), on=clock.today())
        messages.success(request, "已撤回，现行额度不变。")
    else:
        ask_again(request)
        operations.confirm_ceiling(ceiling, by=me(request), on=clock.today())
        messages.success(request, f"{ceiling.budget.year}年度额度已确认为{in_yuan(ceiling.amount)}。")
    return redirect("funding_year", ceiling.budget.year)


@roles(*OFFICERS)
@require_safe
def ledger_csv(request: HttpRequest, year: int) -> HttpResponse:
    """The year's ledger in full, the oldest first."""
    found = queries.of_year(year)
    rows = queries.postings(found).order_by("id") if found else ()
    lines = (
        (
            row.on.isoformat(), ACTS.get(row.act, row.act), row.get_source_display(), row.get_target_display(),
            sheets.in_yuan(row.amount).replace(",", ""), row.grant.case.number if row.grant else "", str(row.by),
        )
        for row in rows
    )  # fmt: skip
    return csv_response(f"{year}年度引导资金台账.csv", LEDGER, lines)


# -- approving ---------------------------------------------------------------------------------------------------------
@roles(Role.LEADER)
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest) -> HttpResponse:
    """Choose, look at the sum, approve: three steps of one page."""
    page = _Approval(request)
    if request.method != "POST":
        return page.choose()
    try:
        return page.step(request.POST.get("step", ""))
    except ValidationError as error:
        return page.choose({fault.path.partition("[")[0]: fault.expected for fault in faults_of(error)}, 422)
    except Refused as refusal:
        told = refusal.refusal
        return page.choose(dict(told.fields) or {"cases": told.text}, told.status)


class _Approval:
    """The batch page for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.by, self.today = request, me(request), clock.today()
        self.rows = list(queries.payable(self.by, self.today))
        self.held = payees.not_approvable() | queries.held()
        self.chosen = request.POST.getlist("cases")
        self.typed = request.POST.get("basis", "")

    def step(self, name: str) -> HttpResponse:
        """What the button asked for; a look at the sum unless it says otherwise."""
        return {"choose": self.choose, "approve": self.approve}.get(name, self.preview)()

    def choose(self, errors: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
        """The grants that wait, those that may not be approved greyed with the reason; everything typed is kept."""
        asked = self.request.GET.get("case", "")
        rows = [(case, self.held.get(case.pk, ""), self._is_chosen(case, asked)) for case in self.rows]
        context = {
            "rows": rows, "basis": self.typed, "errors": errors or {}, "budget": _budget(self.today.year),
            "today": self.today, "free": sum(not held for _, held, _ in rows),
        }  # fmt: skip
        return render(self.request, "funding/approve.html", context, status=status)

    def _is_chosen(self, case: Case, asked: str) -> bool:
        """As it was sent; at first the one that led here, else all."""
        if self.request.method == "POST":
            return case.number in self.chosen
        return not asked or case.number == asked

    def preview(self) -> HttpResponse:
        """The list with its sum and what is left afterwards; nothing is written yet."""
        batch = self._batch()
        cases = operations.in_order(self._cases(batch))
        operations.ask_all(cases, by=self.by, on=self.today)
        total, left = queries.total_of(cases), _budget(self.today.year)
        if total > left.available:
            raise refused("wrong_stage", operations.over(left.year, total, left.available), 13)
        context = {
            "cases": cases, "total": total, "capitals": capitals(total), "left": left.available - total,
            "budget": left, "batch": batch, "token": acting.token_of(self.request),
        }  # fmt: skip
        return render(self.request, "funding/approve_preview.html", context)

    def approve(self) -> HttpResponse:
        """Approve; the same page sent twice approves once."""
        if not acting.key_of(self.request):
            return self.preview()
        batch = self._batch()
        body = acting.once(self.request, lambda: (200, self._approved(batch)))
        messages.success(self.request, body["said"])
        return redirect("funding_batch", body["number"])

    def _approved(self, asked: forms.ApproveBatch) -> dict[str, str]:
        made = operations.approve_payments(self._cases(asked), basis=asked.basis, by=self.by, on=self.today)
        count = len(asked.cases)
        return {"number": made.number, "said": f"{made.number}已批准，共{count}件，转由承担拨付职责的人员办理。"}

    def _batch(self) -> forms.ApproveBatch:
        return forms.ApproveBatch(basis=self.typed, cases=self.chosen)

    def _cases(self, asked: forms.ApproveBatch) -> list[Case]:
        return [fetch(self.by, number, self.today) for number in asked.cases]


# -- batches and paying ------------------------------------------------------------------------------------------------
@roles(*OFFICERS)
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """Every batch that was approved."""
    rows = listing(request, queries.batches(), sorts={"on": ("on", "id")}, default="-on")
    return render(request, "funding/batches.html", {"listing": rows})


@roles(*OFFICERS)
@require_safe
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """One batch: its payments, its sheets."""
    found = _batch(number)
    payments = list(queries.payments_of(found))
    barred = payees.not_payable(payments, clock.today())
    returned = [row for row in payments if row.state == Payment.State.RETURNED]
    due = any(row.state == Payment.State.APPROVED and row.pk not in barred for row in payments)
    context = {
        "batch": found, "rows": [(row, barred.get(row.pk, "")) for row in payments], "returned": len(returned),
        "total": sum(row.amount for row in payments), "back": sum(row.amount for row in returned),
        "pays": due and queries.pays(me(request), clock.today()),
    }  # fmt: skip
    return render(request, "funding/batch.html", context)


def _batch(number: str) -> Batch:
    found = Batch.objects.select_related("by", "budget", "paper").filter(number=number).first()
    if found is None:
        raise Refused(NOT_THERE)
    return found


@roles(*OFFICERS)
@require_safe
def sheet(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    """The payment sheet with masked accounts."""
    found = _batch(number)
    return _file(found, form, list(queries.payments_of(found)), {})


@roles(Role.BUREAU)
@require_POST
def full_sheet(request: HttpRequest, number: str, form: str) -> HttpResponseBase:
    """The same with full account numbers of what is still to be paid and may be, for the payer; each look is recorded."""
    found, today = _batch(number), clock.today()
    _ask_payer(request)
    ask_again(request)
    payments = list(queries.payments_of(found))
    barred = payees.not_payable(payments, today)
    due = [row for row in payments if row.state == Payment.State.APPROVED and row.pk not in barred]
    if not due:
        raise refused("wrong_stage", "本批已没有可以拨付的款项，完整账号不再提供。", 13)
    numbers = {row.pk: operations.open_account(row.grant.case, by=me(request), on=today) for row in due}
    return _file(found, form, due, numbers)


def _file(found: Batch, form: str, payments: list[Payment], numbers: dict[int, str]) -> HttpResponse:
    content = MAKERS[form](found, payments, numbers)
    disposition = f'attachment; filename="{found.number}.{form}"'
    response = HttpResponse(content, content_type="application/octet-stream")
    harmless(response, disposition=disposition, length=len(content))
    return response


def _ask_payer(request: HttpRequest) -> None:
    if not queries.pays(me(request), clock.today()):
        raise refused("not_yours", "本页由承担拨付职责的人员使用。", 13)


@roles(Role.BUREAU)
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """The payer's desk: what is approved and not yet paid (or may not be, and why), and what is to come back."""
    _ask_payer(request)
    return _desk(request, {})


@roles(Role.BUREAU)
@require_POST
def open_account(request: HttpRequest, number: str) -> HttpResponse:
    """The same with one account number in full, once, on this page; the look is recorded. No browser keeps it."""
    case = fetch(me(request), number, clock.today())
    _ask_payer(request)
    ask_again(request)
    opened = operations.open_account(case, by=me(request), on=clock.today())
    response = _desk(request, {case.number: opened})
    response["Cache-Control"] = "private, no-store"
    return response


def _desk(request: HttpRequest, opened: dict[str, str]) -> HttpResponse:
    payments, today = list(queries.to_pay()), clock.today()
    barred = payees.not_payable(payments, today)
    looked = looks.open_in([row.grant.case.number for row in payments])
    rows = [
        (row, opened.get(row.grant.case.number, ""), barred.get(row.pk, ""), row.grant.case.number in looked)
        for row in payments
    ]
    context = {"rows": rows, "owed": list(recoveries.open_ones()), "today": today}
    return render(request, "funding/payments.html", context)

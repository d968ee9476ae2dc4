"""What the bureau sets where the text is silent: the list, one setting with its history, the proposal and its decision."""

from datetime import timedelta
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makerspace.doors.workbench import forms
from makerspace.office.casework import settings as setting_lines
from makerspace.office.casework.models import SettingLine
from makerspace.office.casework.parameters import Standing, standing
from makerspace.office.casework.parameters import setting as value_on
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused
from makerspace.office.record import clock
from makerspace.regulation import in_force
from makerspace.regulation.counting import count_days
from makerspace.regulation.terms import Article, Regulation, Role
from makerspace.web import acting
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import roles
from makerspace.web.visitor import ask_again, me

READERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)
PROPOSERS = (Role.BUREAU, Role.LEADER)
WORKING_DAYS = "个工作日"


class Row(NamedTuple):
    """One setting as it stands, and what waits to be decided of it."""

    standing: Standing
    pending: SettingLine | None

    @property
    def proposed(self) -> str:
        """The number that waits."""
        return self.standing.parameter.said(self.pending.value) if self.pending else ""


class Preview(NamedTuple):
    """What a line changes: before and after, and on which day a term that begins on its first day would end."""

    line: SettingLine
    label: str
    before: str
    after: str
    ends_before: str
    ends_after: str


# -- reading -----------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Every setting by article: its number, whence it is, what comes, what waits."""
    today = clock.today()
    regulation = in_force(today)
    pending = {line.code: line for line in setting_lines.proposals(regulation.id)}
    rows = [Row(row, pending.get(row.parameter.id)) for row in standing(regulation, today)]
    context = {
        "regulation": regulation, "groups": _by_article(regulation, rows),
        "waiting": [row for row in rows if row.pending], "proposes": _proposes(request),
    }  # fmt: skip
    return render(request, "workbench/settings.html", context)


def _by_article(regulation: Regulation, rows: list[Row]) -> list[tuple[Article, list[Row]]]:
    mine = [row for row in rows if row.standing.parameter.id in regulation.settings]
    groups = [
        (article, [row for row in mine if row.standing.parameter.citation.article == article.number])
        for article in regulation.articles
    ]
    return [(article, found) for article, found in groups if found]


@roles(*READERS)
@require_safe
def setting(request: HttpRequest, code: str) -> HttpResponse:
    """One setting: its number today, what comes, and whatever was proposed."""
    today = clock.today()
    regulation = _version_with(code)
    rows = list(setting_lines.lines_of(regulation.id, code))
    parameter = regulation.parameter(code)
    context = {
        "standing": setting_lines.stands_with(regulation.id, code, rows, today), "code": code,
        "default": parameter.said(parameter.on(today)), "history": [(line, parameter.said(line.value)) for line in rows],
        "pending": next((line for line in rows if line.state == SettingLine.State.PROPOSED), None),
        "proposes": _proposes(request),
    }  # fmt: skip
    return render(request, "workbench/setting.html", context)


def _version_with(code: str) -> Regulation:
    """The version in force; a code that is no setting of it is not there."""
    regulation = in_force(clock.today())
    if code not in regulation.settings:
        raise Refused(NOT_THERE)
    return regulation


def _proposes(request: HttpRequest) -> bool:
    return bool(me(request).capacity(clock.today()).roles & set(PROPOSERS))


def _waiting(regulation: Regulation, code: str) -> SettingLine | None:
    """The proposal for that setting that waits to be decided."""
    return setting_lines.proposals(regulation.id).filter(code=code).first()


# -- proposing ---------------------------------------------------------------------------------------------------------
@roles(*PROPOSERS)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in, look at what changes, propose: three steps of one page."""
    regulation = _version_with(code)
    schema = forms.propose_setting(regulation.parameter(code), regulation.settings[code])
    if request.method != "POST":
        if waiting := _waiting(regulation, code):
            return redirect("work_setting_proposal", waiting.pk)
        return _form(request, regulation, code, SchemaForm(schema))
    form = SchemaForm(schema, request.POST)
    if not form.is_valid() or request.POST.get("step") == "edit":
        return _form(request, regulation, code, form)
    try:
        if request.POST.get("step") != "propose":
            return _previewed(request, regulation, code, form)
        body = acting.once(request, lambda: (303, _proposed(request, regulation, code, form.cleaned)))
    except Refused as refusal:
        if refusal.refusal.code == "wrong_stage" and (waiting := _waiting(regulation, code)):
            messages.warning(
                request, f"您没有提出：{waiting.proposed_by}已先提出，即下面这一项。决定或撤回以后，才能再提出。"
            )
            return redirect("work_setting_proposal", waiting.pk)
        if refusal.refusal.status != 422:
            raise
        form.add_errors(dict(refusal.refusal.fields) or {"": refusal.refusal.text})
        return _form(request, regulation, code, form)
    messages.success(request, "已提出，须由提出人以外的负责人决定；决定前现行数值不变。")
    return redirect("work_setting_proposal", int(body["line"]))


def _form(
    request: HttpRequest, regulation: Regulation, code: str, form: SchemaForm[forms.ProposeSetting]
) -> HttpResponse:
    rows = list(setting_lines.lines_of(regulation.id, code))
    context = {
        "form": form, "code": code, "standing": setting_lines.stands_with(regulation.id, code, rows, clock.today()),
        "hidden": [("step", "preview"), (acting.FORM_KEY, acting.token_of(request))],
    }  # fmt: skip
    return render(request, "workbench/setting_propose.html", context, status=422 if form.errors else 200)


def _previewed(
    request: HttpRequest, regulation: Regulation, code: str, form: SchemaForm[forms.ProposeSetting]
) -> HttpResponse:
    given, today = form.cleaned, clock.today()
    line = SettingLine(regulation=regulation.id, code=code, **given.model_dump())
    setting_lines.ask_fits(line, today)
    kept = [("value", given.value), ("since", given.since.isoformat()), ("reason", given.reason)]
    context = {"preview": _preview(line), "code": code, "hidden": [*kept, (acting.FORM_KEY, acting.token_of(request))]}
    return render(request, "workbench/setting_preview.html", context)


def _preview(line: SettingLine) -> Preview:
    """Against the day before, so that a line that replaces another of the same day shows what the day brings."""
    parameter = setting_lines.parameter_of(line)
    before = value_on(line.regulation, line.code, line.since - timedelta(days=1))
    ends = [""] * 2
    if parameter.unit == WORKING_DAYS:
        ends = [_end(line, value) for value in (before, line.value)]
    return Preview(line, parameter.label, parameter.said(before), parameter.said(line.value), *ends)


def _end(line: SettingLine, days: int) -> str:
    return count_days(line.since, days, unit="working").last_day.isoformat()


def _proposed(request: HttpRequest, regulation: Regulation, code: str, given: forms.ProposeSetting) -> dict[str, str]:
    made = setting_lines.propose_setting(
        regulation.id, code, value=given.value, since=given.since, reason=given.reason, by=me(request), on=clock.today()
    )
    return {"line": str(made.pk)}


# -- deciding ----------------------------------------------------------------------------------------------------------
@roles(*READERS)
@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what it changes, who proposed it, and what may be done with it."""
    return _proposal(request, _found(pk), SchemaForm(forms.RefuseSetting))


def _found(pk: int) -> SettingLine:
    line = SettingLine.objects.select_related("proposed_by", "decided_by").filter(pk=pk).first()
    if line is None:
        raise Refused(NOT_THERE)
    return line


def _proposal(request: HttpRequest, line: SettingLine, form: SchemaForm[forms.RefuseSetting]) -> HttpResponse:
    person, today = me(request), clock.today()
    is_open, own = line.state == SettingLine.State.PROPOSED, line.proposed_by_id == person.pk
    context = {
        "preview": _preview(line), "line": line, "form": form, "own": own and is_open, "is_open": is_open,
        "decides": is_open and not own and Role.LEADER in person.capacity(today).roles,
        "late": is_open and line.since <= today,
    }  # fmt: skip
    return render(request, "workbench/setting_proposal.html", context, status=422 if form.errors else 200)


@roles(*PROPOSERS)
@require_POST
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Adopt or refuse a proposal, after a fresh proof of identity, or take it back."""
    line, today = _found(pk), clock.today()
    if act == "withdraw":
        setting_lines.withdraw_setting(line, by=me(request), on=today)
        messages.success(request, "提议已撤回，现行数值不变。")
    elif act == "adopt":
        ask_again(request)
        setting_lines.adopt_setting(line, by=me(request), on=today)
        messages.success(request, "已采用，自生效日期起执行；提出人已收到通知。")
    elif act == "refuse":
        ask_again(request)
        return _refuse(request, line)
    else:
        raise Refused(NOT_THERE)
    return redirect("work_setting", line.code)


def _refuse(request: HttpRequest, line: SettingLine) -> HttpResponse:
    form = SchemaForm(forms.RefuseSetting, request.POST)
    setting_lines.ask_second(line, me(request), clock.today())
    if not form.is_valid():
        return _proposal(request, line, form)
    setting_lines.refuse_setting(line, reason=form.cleaned.answer, by=me(request), on=clock.today())
    messages.success(request, "没有采用，现行数值不变；提出人已收到通知。")
    return redirect("work_setting", line.code)

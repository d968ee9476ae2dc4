"""Pages for announcing: the list of announcements, and the batch page of a leader."""

from datetime import date

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import ValidationError

from makerspace.matters.recognition import operations, queries
from makerspace.matters.recognition.forms import AnnounceBatch
from makerspace.office.casework.models import Case
from makerspace.office.casework.parameters import setting
from makerspace.office.casework.refusals import Refused
from makerspace.office.record import clock
from makerspace.regulation import in_force
from makerspace.regulation.faults import faults_of
from makerspace.regulation.terms import Role
from makerspace.web import acting
from makerspace.web.lists import listing
from makerspace.web.policy import roles
from makerspace.web.visitor import me

OFFICERS = (Role.BUREAU, Role.LEADER, Role.AUDITOR)


@roles(*OFFICERS)
@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """Everything announced, and for a leader the way to the next one."""
    found = listing(request, queries.announcements(), sorts={"on": ("on", "id")}, default="-on")
    waiting = queries.awaiting(me(request), clock.today()).count()
    return render(request, "recognition/announcements.html", {"listing": found, "waiting": waiting})


@roles(Role.LEADER)
@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """Choose, look at the paper, announce: three steps of one page."""
    today = clock.today()
    cases = list(queries.awaiting(me(request), today))
    page = _Page(request, cases, today)
    if request.method != "POST":
        return page.choose()
    try:
        return page.step(request.POST.get("step", ""))
    except ValidationError as error:
        return page.choose({fault.path.partition("[")[0]: fault.expected for fault in faults_of(error)}, 422)
    except Refused as refused:
        refusal = refused.refusal
        return page.choose(dict(refusal.fields) or {"cases": refusal.text}, refusal.status)


@roles(Role.APPLICANT)
@require_safe
def titles(request: HttpRequest) -> HttpResponse:
    """The titles of one's own unit: how they stand, their sheet, what is under way, what can be done."""
    today = clock.today()
    context = {
        "rows": queries.own_standing(me(request), today), "area": setting(in_force(today).id, "CHANGE_AREA", today),
    }  # fmt: skip
    return render(request, "recognition/titles.html", context)


@roles(Role.APPLICANT)
@require_POST
def open_change(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a change of one's own title, and go to its form."""
    today = clock.today()
    title = queries.own_title(me(request), number, today)
    case = operations.open_change(title, by=me(request), on=today)
    act = "relinquish" if request.POST.get("act") == "relinquish" else "file_change"
    return redirect(reverse("work_act", args=[case.number, act]))


class _Page:
    """The batch page for one request."""

    def __init__(self, request: HttpRequest, cases: list[Case], today: date) -> None:
        self.request, self.today, self.by = request, today, me(request)
        self.rows = cases
        self.barred = queries.handled_by(self.by, cases)
        self.chosen = request.POST.getlist("cases")
        self.typed = request.POST.get("document_number", "")

    def step(self, name: str) -> HttpResponse:
        """What the button asked for; a look at the paper unless it says otherwise."""
        return {"choose": self.choose, "publish": self.publish}.get(name, self.preview)()

    def choose(self, errors: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
        """The cases that wait, those barred greyed with the reason; everything typed is kept."""
        number = self.typed or f"昆科发〔{self.today.year}〕号"
        context = {
            "rows": [(case, case.number in self.barred, self._is_chosen(case)) for case in self.rows],
            "document_number": number, "errors": errors or {}, "today": self.today,
            "free": len(self.rows) - len(self.barred),
        }  # fmt: skip
        return render(self.request, "recognition/announce.html", context, status=status)

    def _is_chosen(self, case: Case) -> bool:
        """As it was sent; all are chosen at first."""
        return case.number in self.chosen or self.request.method != "POST"

    def preview(self) -> HttpResponse:
        """The text as it will be frozen; nothing is written yet."""
        batch = self._batch()
        preview = operations.preview(
            self._cases(batch), document_number=batch.document_number, by=self.by, on=self.today
        )
        context = {"preview": preview, "batch": batch, "token": acting.token_of(self.request), "today": self.today}
        return render(self.request, "recognition/announce_preview.html", context)

    def publish(self) -> HttpResponse:
        """Announce; the same page sent twice announces once."""
        if not acting.key_of(self.request):
            return self.preview()
        batch = self._batch()
        body = acting.once(self.request, lambda: (200, self._announce(batch)))
        messages.success(self.request, body["said"])
        return redirect(reverse("recognition_announcements"))

    def _announce(self, batch: AnnounceBatch) -> dict[str, str]:
        cases = self._cases(batch)
        made = operations.announce(cases, document_number=batch.document_number, by=self.by, on=self.today)
        said = f"{made.document_number}已公布，{len(cases)}家获授“昆明市众创空间”称号。证书和公布文件正在生成，申报单位已收到通知。"
        return {"said": said}

    def _batch(self) -> AnnounceBatch:
        return AnnounceBatch(document_number=self.typed, cases=self.chosen)

    def _cases(self, batch: AnnounceBatch) -> list[Case]:
        """The chosen cases as they stand; one that has moved on meanwhile is refused by the operation, with why."""
        return queries.chosen(self.by, batch.cases, self.today)

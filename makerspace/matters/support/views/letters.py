"""Article 17 for the holder of a title: one's own letters, and asking for one."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.queries import own_title
from makerspace.matters.support.operations.letters import ask_opening, open_letter
from makerspace.matters.support.queries.letters import own_letters
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web import acting
from makerspace.web.policy import roles
from makerspace.web.refusals import refuse
from makerspace.web.visitor import me


@roles(Role.APPLICANT)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The titles of one's own unit: in which year each gives priority, its letter, what can be done."""
    context = {"rows": own_letters(me(request), clock.today()), "token": acting.token_of(request)}
    return render(request, "support/letters.html", context)


@roles(Role.APPLICANT)
@require_POST
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """Begin the request for one's own title, and go to its form; the same form sent twice begins one."""
    person, today = me(request), clock.today()
    title = own_title(person, number, today)

    def act() -> tuple[int, dict[str, str]]:
        case = open_letter(title, by=person, on=today)
        return 303, {"url": reverse("work_act", args=[case.number, "request_letter"])}

    try:
        if acting.answered(request) is None:
            ask_opening(title, by=person, on=today)
        return redirect(acting.once(request, act)["url"])
    except Refused as fault:
        return _refused(request, fault.refusal, title, today)


def _refused(request: HttpRequest, refusal: Refusal, title: Title, on: date) -> HttpResponse:
    """Why none can be asked for, with the way to the letter that there is already."""
    held = next((row.letter for row in own_letters(me(request), on) if row.title == title and row.letter), None)
    if held is None:
        return refuse(request, refusal)
    back = reverse("work_case", args=[held.case.number])
    return refuse(request, refusal, back=back, back_label="打开已有的凭证办件")

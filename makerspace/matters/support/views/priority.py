"""Article 17 for other offices: does this unit go first among equals this year?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.matters.support.forms.priority import AskPriority
from makerspace.matters.support.queries.letters import issued
from makerspace.matters.support.queries.priority import priority
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.forms import SchemaForm
from makerspace.web.policy import roles
from makerspace.web.visitor import me


@roles(Role.AGENCY, Role.BUREAU, Role.LEADER, Role.AUDITOR)
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The question and, once it is asked, the answer; the address of an answer can be kept."""
    today, found, letter = clock.today(), None, None
    sent = request.GET if {"uscc", "year"} & request.GET.keys() else None
    form = SchemaForm(AskPriority, sent, initial={"year": today.year})
    if sent is not None and form.is_valid():
        asked = form.cleaned
        found = priority(asked.uscc, asked.year, today)
        letter = issued(me(request), asked.uscc, asked.year, today)
    status = 422 if sent is not None and found is None else 200
    return render(request, "support/priority.html", {"form": form, "found": found, "issued": letter}, status=status)

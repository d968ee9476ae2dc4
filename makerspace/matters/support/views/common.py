"""A form on a page of its own, taken once however often it is sent; and the parts that pages of this room share."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from makerspace.matters.support.forms.engagements import HALF_HOURS
from makerspace.office.casework.acts import Input
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused
from makerspace.regulation.counting import CountingError, day_of
from makerspace.web import acting
from makerspace.web.forms import SchemaForm

T = TypeVar("T")
M = TypeVar("M", bound=Input)
TIMES = [(text, text) for text in HALF_HOURS]
DAYTIME = [(text, text) for text in HALF_HOURS if "07:00" <= text <= "22:00"]
Said = tuple[str, str]  # what happened, and the address that shows it


class Page(NamedTuple):
    """The words around a form."""

    heading: str
    button: str
    back: str
    lead: str = ""
    tone: str = ""
    hint: str = ""


def form_page(
    request: HttpRequest,
    schema: type[M],
    act: Callable[[M], Said],
    page: Page,
    *,
    initial: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    status: int = 200,
    template: str = "support/form.html",
    more: Mapping[str, Any] | None = None,
    absent: Mapping[str, str] | None = None,
    before: Callable[[M], None] = lambda given: None,
) -> HttpResponse:
    """Show the form; once it is sent and sound, act and go where that leads. What is refused at a field stands there.

    ``template`` may ask for a file beside the fields; ``more`` is what it needs for that, ``absent`` says
    what was not sent, together with what else is wrong. ``before`` is done with what is sound, ahead of the act's
    transaction, unless the same form was answered already.
    """
    data = request.POST if request.method == "POST" else None
    form: SchemaForm[M] = SchemaForm(schema, data, initial=initial if data is None else None, options=options)
    if data is not None and form.is_valid():
        try:
            if not acting.answered(request):
                before(form.cleaned)
            body = acting.once(request, lambda: (303, dict(zip(("said", "url"), act(form.cleaned), strict=True))))
        except Refused as refused:
            if not refused.refusal.fields:
                raise
            form.add_errors(refused.refusal.fields)
            status = refused.refusal.status
        else:
            messages.success(request, body["said"])
            return redirect(body["url"])
    elif data is not None and not form.editing_rows:
        form.add_errors(absent or {})
        status = 422
    context = {"form": form, "page": page, "hidden": [(acting.FORM_KEY, acting.token_of(request))]}
    return render(request, template, {**context, **(more or {})}, status=status)


def there(found: T | None) -> T:
    """The object, or the refusal that tells nothing of it."""
    if found is None:
        raise Refused(NOT_THERE)
    return found


def day_in(request: HttpRequest, name: str, otherwise: date) -> date:
    """A day from the address; another one where it is none."""
    try:
        return day_of(request.GET[name]) if name in request.GET else otherwise
    except CountingError:
        return otherwise


class Tab(NamedTuple):
    """One of the pages that belong together."""

    label: str
    url: str
    current: bool


def tabs(current: str, pages: Sequence[tuple[str, str]]) -> list[Tab]:
    """Pages that belong together, as (label, URL name)."""
    return [Tab(label, reverse(name), name == current) for label, name in pages]

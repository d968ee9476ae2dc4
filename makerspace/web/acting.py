"""One act on one case from its page, and one answer to one form, however often it is sent (C19)."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict

from makerspace.office.casework import attachments, operations, queries, taking
from makerspace.office.casework.acts import Act, Input, file_fields
from makerspace.office.casework.models import Answer, Case
from makerspace.office.casework.operations import KEY_HEADER
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Move
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.controls import NEW
from makerspace.web.visitor import me

FORM_KEY, SEEN = "form_token", "seen"
SENT_OTHERWISE = "这张表刚才已经提交并办理过一次，内容与现在的不同。要另外再办一次，请核对后再按一次。"
OWN_FIELDS = {"csrfmiddlewaretoken", FORM_KEY, SEEN, "_kept", "_person"}
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
Body = dict[str, str]


class ChangedMeanwhile(Exception):
    """Somebody acted on the case since the form was opened."""


@dataclass
class Step:
    """One act on one case, as somebody is about to take it, and why it may not be taken now, if so."""

    case: Case
    move: Move
    act: Act
    refusal: Refusal | None = None

    def form(self, person: Person, data: QueryDict | None = None) -> SchemaForm[Input]:
        """The act's input as a form, with the choices and first values that the matter gives."""
        options = {**self._kept_files(person), **(self.act.options(self.case, person) if self.act.options else {})}
        initial = self.act.initial(self.case, person) if self.act.initial and data is None else None
        return SchemaForm(self.act.schema, data, initial=initial, options=options)

    def _kept_files(self, person: Person) -> dict[str, list[tuple[str, str]]]:
        """For each field of files, what this person uploaded for the case and did not hand in yet."""
        names = file_fields(self.act.schema)
        kept = [(row.blob_id, row.name) for row in attachments.pending(self.case, person)] if names else []
        return dict.fromkeys(names, kept)

    def keep_files(self, request: HttpRequest, on: date) -> tuple[QueryDict, dict[str, str]]:
        """What was sent, with the new files kept and ticked, and what was wrong with those that were not."""
        sent, wrong = request.POST.copy(), {}
        for name in file_fields(self.act.schema):
            for file in request.FILES.getlist(f"{name}{NEW}"):
                try:
                    kept = attachments.attach(self.case, file, file.name or "", by=me(request), on=on)
                except Refused as fault:
                    wrong[name] = f"“{file.name}”：{fault.refusal.text}"
                else:
                    sent.appendlist(name, kept.blob_id)
        return sent, wrong


def step_for(person: Person, number: str, code: str, on: date) -> Step:
    """The case (404 if not visible), its move (404 if unknown), and why it may not be taken now, if so."""
    case = queries.fetch(person, number, on)
    move, act = taking.find(case, code)
    return Step(case, move, act, queries.why_not_seen(person, move, case, on=on))


def take(request: HttpRequest, step: Step, values: Input, on: date, say: Callable[[Case], Body]) -> Body:
    """Take the act once for this form; ``say`` makes the answer of the case as it is then.

    The version is compared once the case is locked, so that nobody acts on what the form did not show.
    Raises ``Refused`` or ``ChangedMeanwhile``; then nothing has changed.
    """

    def answer() -> tuple[int, Body]:
        if str(operations.lock(step.case).version) != request.POST.get(SEEN, ""):
            raise ChangedMeanwhile
        return 303, say(taking.take(step.case, step.act.code, by=me(request), on=on, payload=values))

    return once(request, answer)


def once(request: HttpRequest, answer: Callable[[], tuple[int, Body]]) -> Body:
    """The answer to this form; a form that bears no token can't be told from another, and is not taken."""
    key = key_of(request)
    if not key:
        raise refused("invalid", "页面已经过期，请核对后重新提交。")
    try:
        _, body, _ = operations.once(me(request), request.path, key, _content(request), answer)
    except Refused as fault:
        if KEY_HEADER not in fault.refusal.fields:
            raise
        request.spent = True  # type: ignore[attr-defined]  # the form that is shown again bears a token of its own
        raise refused("invalid", SENT_OTHERWISE, fields={"": SENT_OTHERWISE}) from None
    kept: Body = body
    return kept


def answered(request: HttpRequest) -> Body | None:
    """What this very form was answered before, if it was sent already."""
    key = key_of(request)
    kept = Answer.objects.filter(person=me(request), path=request.path, key=key, status__gt=0).first() if key else None
    body: Body | None = json.loads(kept.body) if kept else None
    return body


def key_of(request: HttpRequest) -> str:
    """The token of the form that was sent; empty where it bears none that this house gave out."""
    typed = request.POST.get(FORM_KEY, "")
    return typed if TOKEN.fullmatch(typed) else ""


def token_of(request: HttpRequest) -> str:
    """The token of the form that was sent, else a new one: for a form that was not sent yet, or was sent otherwise before."""
    spent = getattr(request, "spent", False)
    return secrets.token_urlsafe(24) if spent else key_of(request) or secrets.token_urlsafe(24)


def _content(request: HttpRequest) -> bytes:
    """What the form says, without its own machinery, in one spelling."""
    fields = {key: request.POST.getlist(key) for key in request.POST if key not in OWN_FIELDS}
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).digest()

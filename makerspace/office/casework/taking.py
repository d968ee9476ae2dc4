"""Taking an act with what was given from outside: the one way for pages and for the API."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from makerspace.office.casework import acts, queries
from makerspace.office.casework.acts import Act, Input
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.people.models import Person
from makerspace.regulation.faults import faults_of
from makerspace.regulation.terms import Move


def find(case: Case, code: str) -> tuple[Move, Act]:
    """The row of the procedure and the act handed in for it; refused as not found where there is none."""
    table = queries.procedure_of(case)
    act = acts.find(case.kind, code)
    if not table.has(code) or act is None:
        raise refused("not_found", f"“{table.label}”没有名为“{code[:40]}”的办理事项。")
    return table.move(code), act


def take(case: Case, code: str, *, by: Person, on: date, payload: Mapping[str, Any] | Input) -> Case:
    """Take an act: visible (404), then role (403), then stage (409), then every field at once (422), then the act.

    ``payload`` is what came in, or the act's own input where it was checked already. Nothing has changed on refusal.
    The gate inside the operation asks the first three; they are asked here only where a field is wrong, since they
    come before it, whether the model found it or the operation.
    """
    move, act = _found(case, code, by, on)
    try:
        values = payload if isinstance(payload, Input) else act.schema.of(payload)
    except ValidationError as fault:
        raise _first(_wrong(move, fault), move, case, by, on) from None
    try:
        return act.operation(case, by=by, on=on, **{name: getattr(values, name) for name in act.schema.model_fields})
    except Refused as fault:
        if fault.refusal.code != "invalid":
            raise
        raise _first(fault.refusal, move, case, by, on) from None


def _first(wrong: Refusal, move: Move, case: Case, by: Person, on: date) -> Refused:
    """What is said first of an act whose fields are wrong: that it may not be taken at all, if that is so."""
    return Refused(queries.why_not(by, move, case, on=on) or wrong)


def _found(case: Case, code: str, by: Person, on: date) -> tuple[Move, Act]:
    try:
        return find(case, code)
    except Refused:
        if not queries.visible_to(by, on).filter(pk=case.pk).exists():
            raise Refused(queries.NOT_THERE) from None
        raise


def _wrong(move: Move, fault: ValidationError) -> Refusal:
    fields = {each.path: each.expected for each in faults_of(fault)}
    return Refusal("invalid", f"“{move.label}”填写的内容有{len(fields)}处不符合要求。", move.articles, fields)

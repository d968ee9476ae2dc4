"""Holding a report against its evidence: who may, what the last round found already, what stands open."""

from collections.abc import Mapping
from datetime import date

from makerspace.matters.assessment.models import Checking, Filed, Found
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import procedure_of
from makerspace.office.casework.queries import why_not as why_not_move
from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Person
from makerspace.regulation.kunkefa_2017_55.report_fields import field

Lines = dict[str, dict[str, str]]
VERIFY, INSTEAD = "verify_report", "verify_overdue"
BACK = {VERIFY: "return_report", INSTEAD: "return_overdue"}


def why_not(person: Person, case: Case, on: date) -> Refusal | None:
    """Why this person may not check the report now; none where the district may, or the bureau in its place."""
    table = procedure_of(case)
    refusals = [why_not_move(person, table.move(act), case, on=on) for act in (VERIFY, INSTEAD)]
    if None in refusals:
        return None
    own = [refusal for refusal in refusals if refusal and refusal.code != "not_yours"]
    return own[0] if own else refusals[0]


def act_for(person: Person, case: Case, on: date) -> str:
    """By which act this person would verify."""
    return INSTEAD if why_not_move(person, procedure_of(case).move(VERIFY), case, on=on) else VERIFY


def carried(filed: Filed) -> Lines:
    """Of what the last round found, the lines that agreed and whose figure, register and evidence are the same as then."""
    last = Checking.objects.filter(filed__assessment=filed.assessment_id, filed__round=filed.round - 1).first()
    if last is None:
        return {}
    former = last.filed
    return {
        code: line
        for code, line in last.lines.items()
        if line["found"] not in {"", Found.DIFFERS} and _figure(former, code) == _figure(filed, code)
    }


def may_be_found(filed: Filed, code: str) -> list[Found]:
    """What this figure may be found to be: like the register only where that counts just so, like the evidence only where
    there is some."""
    same = code in filed.registered and filed.registered[code] == filed.values.get(code)
    proven = bool(filed.papers.get(field(code).group))
    ruled_out = {Found.REGISTERS: same, Found.PAPERS: proven}
    return [found for found in Found if ruled_out.get(found, True)]


def alike(values: Mapping[str, object], counted: Mapping[str, object]) -> list[str]:
    """The figures that the registers count just so."""
    return [code for code, value in values.items() if code in counted and counted[code] == value]


def _figure(filed: Filed, code: str) -> tuple[object, ...]:
    return filed.values.get(code), filed.registered.get(code), filed.papers.get(field(code).group)

"""An assessment as a page or a program reads it: the report by groups, the score by dimensions, what was said since."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from makerspace.matters.assessment.forms import assessment as forms
from makerspace.matters.assessment.models import Assessment, Filed, Found, Proceeding, Report
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries.basics import basics
from makerspace.matters.assessment.statistics import who
from makerspace.office.casework.acts import Input
from makerspace.office.casework.attachments import readable as readable_files
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.queries import procedure_of
from makerspace.office.people.models import Person
from makerspace.regulation.counting import CountingError, chinese, day_of
from makerspace.regulation.kunkefa_2017_55.report_checks import Doubt
from makerspace.regulation.kunkefa_2017_55.report_fields import EVIDENCE, GROUPS, SOURCES, ReportField, form_fields
from makerspace.regulation.scheme import Scored

SCHEMAS: Mapping[str, type[Input]] = {
    "pass_assessment": forms.Meeting, "fail_assessment": forms.FailAssessment,
    "file_rectification": forms.FileRectification, "record_no_rectification": forms.WithReason,
    "reinspect_pass": forms.Reinspect, "reinspect_fail": forms.Reinspect, "serve_intent": forms.ServeIntent,
    "state_defence": forms.StateDefence, "request_hearing": forms.WithReason, "record_hearing": forms.RecordHearing,
    "close_defence": forms.CloseDefence, "revoke": forms.DecideTitle, "keep": forms.DecideTitle,
}  # fmt: skip
REPORT = ("values", "explanations", "papers", "head")
MORE = {"defence_until": "陈述申辩截止", "hearing_until": "申请听证截止"}


class Cell(NamedTuple):
    """One figure beside what the registers count and what last year said."""

    field: ReportField
    value: Decimal | None
    counted: Decimal | None
    before: Decimal | None
    source: str

    @property
    def differs(self) -> bool:
        """Whether the registers count otherwise."""
        return self.value is not None and self.counted is not None and self.value != self.counted


class Group(NamedTuple):
    """The figures of one group."""

    code: str
    label: str
    cells: Sequence[Cell]

    @property
    def done(self) -> int:
        """How many are filled in."""
        return sum(cell.value is not None for cell in self.cells)


class Explained(NamedTuple):
    """Something unusual and what was said about it."""

    doubt: Doubt
    text: str


def groups(values: queries.Values, counted: queries.Values, before: queries.Values) -> list[Group]:
    """Every group that an operator fills in."""
    found = []
    for code, label in GROUPS.items():
        cells = [
            Cell(row, values.get(row.code), counted.get(row.code), before.get(row.code), SOURCES[row.source])
            for row in form_fields(code)
        ]
        found += [Group(code, label, cells)] if cells else []
    return found


def proofs(papers: Mapping[str, Sequence[str]], files: Iterable[Attachment]) -> dict[str, list[Attachment]]:
    """The files that prove each group, in the order in which they were named."""
    by_digest = {row.blob_id: row for row in files}
    return {group: [by_digest[digest] for digest in papers.get(group, ()) if digest in by_digest] for group in EVIDENCE}


def explained(doubts: Sequence[Doubt], told: Mapping[str, str]) -> list[Explained]:
    """Each doubt that an explanation settles, with what was said."""
    return [Explained(doubt, told.get(doubt.key, "")) for doubt in doubts if not doubt.must]


def _report(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """The report handed in last; before that only its own unit reads it, as it stands."""
    held = queries.of_case(case)
    filed, own = queries.latest(held), case.organisation_id in person.capacity(on).organisations
    living = case.stage == "reporting" and own
    if filed is None and not living:
        return {"held": held, "groups": None}
    report = held.report
    values = queries.decimals(report.values if living or filed is None else filed.values)
    fixed = queries.decimals(filed.registered) if filed is not None and not living else None
    beside = queries.beside(held, fixed)
    shown: Report | Filed = report if living or filed is None else filed
    reading = queries.read(held, values, beside)
    kept = proofs(shown.papers, readable_files(case, person, on))
    checked = checked_lines(filed) if filed and not living else {}
    return {
        "held": held, "filed": filed, "living": living, "checked": bool(checked), "who": words_of(held, shown.head),
        "groups": [
            Shown(group, [(cell, checked.get(cell.field.code)) for cell in group.cells], kept[group.code])
            for group in groups(values, beside.counted, beside.before)
        ],
        "explained": explained(reading.doubts, shown.explanations), "lines": lines_of(filed),
    }  # fmt: skip


class Shown(NamedTuple):
    """One group of a report as it is read: its figures, with what was found of each, and its evidence."""

    group: Group
    cells: Sequence[tuple[Cell, Mapping[str, str] | None]]
    proofs: Sequence[Attachment]


def checked_lines(filed: Filed) -> Mapping[str, Mapping[str, str]]:
    """What was found of each figure, in words, once the report is answered; until then it is the officers' own draft."""
    checking = queries.checking_of(filed) if filed.state != Filed.State.FILED else None
    lines = checking.lines if checking else {}
    return {code: {"label": Found(line["found"]).label, **line} for code, line in lines.items() if line["found"]}


def words_of(held: Assessment, head: str) -> list[tuple[str, str]]:
    """Who reports, in words."""
    known = basics([held], held.year)[held.pk]
    said = (
        (label, chinese(value) if isinstance(value, date) else str(value or "")) for label, value in who(known, head)
    )
    return [(label, text) for label, text in said if text]


def lines_of(filed: Filed | None) -> list[tuple[str, str]]:
    """What the district wants corrected in the report handed in last, in words."""
    labels = {row.code: row.label for code in GROUPS for row in form_fields(code)}
    return [(labels.get(row["field"], row["field"]), row["text"]) for row in (filed.lines if filed else [])]


def _score(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """The score, or what it would be as things stand."""
    held = queries.of_case(case)
    found = queries.score_of(held)
    if found:
        return {"held": held, "score": found, "scored": Scored.model_validate(found.scored)}
    filed, own = queries.latest(held), case.organisation_id in person.capacity(on).organisations
    if case.stage == "reporting" and own:
        values = queries.decimals(held.report.values)
    elif filed:
        values = queries.decimals({**filed.values, **filed.verified})
    else:
        return {"held": held, "scored": None}
    return {"held": held, "scored": queries.forecast(held, values), "forecast": True}


class Said(NamedTuple):
    """One act after the score, in words."""

    label: str
    row: Proceeding
    lines: Sequence[tuple[str, str]]


def _proceedings(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    table, rows = procedure_of(case), queries.proceedings(queries.of_case(case))
    return {"said": [Said(table.move(row.act).label, row, _words(row)) for row in rows]}


def _words(row: Proceeding) -> list[tuple[str, str]]:
    titles = {name: field.title or name for name, field in SCHEMAS[row.act].model_fields.items()} | MORE
    return [(titles[name], _word(value)) for name, value in row.told.items() if value]


def _word(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    try:
        return chinese(day_of(str(value)))
    except CountingError:
        return str(value)


TABS: Mapping[str, Callable[[Case, Person, date], Mapping[str, Any]]] = {
    "report": _report, "score": _score, "proceedings": _proceedings,
}  # fmt: skip


def readable(held: Assessment, case: Case, person: Person, on: date) -> Report | Filed | None:
    """The report handed in last; its own unit reads the living one while it may be changed."""
    own = case.organisation_id in person.capacity(on).organisations
    return held.report if case.stage == "reporting" and own else queries.latest(held)


def facts(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """For programs: year, title, scheme, how it takes part, the report that this person may read, the score, and what was said since."""
    held: Assessment = queries.of_case(case)
    found, report = queries.score_of(held), readable(held, case, person, on)
    filed = report if isinstance(report, Filed) else queries.latest(held)
    answered = filed and filed.state != Filed.State.FILED
    checking = queries.checking_of(filed) if filed and answered else None
    return {
        "year": held.year, "title": held.title.number, "scheme": held.scheme.digest,
        "participation": queries.participation(case.stage, scored=found is not None).value,
        "report": {name: getattr(report, name) for name in REPORT} if report else None,
        "checked": {code: line for code, line in checking.lines.items() if line["found"]} if checking else None,
        "score": found.scored if found else None,
        "proceedings": [
            {"act": row.act, "on": row.on.isoformat(), "told": row.told, "papers": row.papers}
            for row in queries.proceedings(held)
        ],
    }  # fmt: skip

"""The tabs of the case page: what each shows, and to whom its content is open."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from makerspace.doors.workbench import page
from makerspace.doors.workbench.papers import papers_for
from makerspace.matters.application import queries as applications
from makerspace.matters.application import shape, showing
from makerspace.matters.application.twins import twins_of
from makerspace.matters.review.queries.facts import district_facts, outcome_facts, panel_facts
from makerspace.matters.review.queries.photos import photos_of
from makerspace.office.casework.attachments import readable
from makerspace.office.casework.history import Line
from makerspace.office.casework.kinds import TabOf, kind_of
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.queries import procedure_of
from makerspace.office.people.models import Person
from makerspace.regulation import by_id
from makerspace.regulation.terms import Role
from makerspace.web.parts import FileRow, Tab
from makerspace.web.templatetags.web import mask_mail, mask_phone

MASKS = {"contact_phone": mask_phone, "contact_email": mask_mail}


class Given(NamedTuple):
    """What a tab is made from."""

    case: Case
    lines: Sequence[Line]
    person: Person
    on: date


def shown(request: HttpRequest, case: Case, lines: Sequence[Line], person: Person, on: date) -> dict[str, Any]:
    """The tabs, which one is open, its template and its content; a stub with the reason where the file is closed."""
    if not applications.may_read(person, case, on):
        return {"closed": _why_closed(case, person, on)}
    asked, known = request.GET.get("tab", ""), tabs_of(case)
    code = asked if asked in known else next(iter(known))
    _, template, content = known[code]
    tabs = [Tab(label, f"?tab={key}", key == code) for key, (label, _, _) in known.items()]
    return {"tabs": tabs, "tab": code, "tab_template": template, **content(Given(case, lines, person, on))}


def tabs_of(case: Case) -> Mapping[str, "Shown"]:
    """The tabs of that kind of case: those of an application, or the matter's own and those that every case has."""
    if case.kind == applications.KIND:
        return TABS
    own = {row.code: (row.label, row.template, _own(row)) for row in kind_of(case).tabs}
    files: Shown = ("材料", TABS["materials"][1], _attached)
    return own | {"materials": files, "history": TABS["history"], "papers": TABS["papers"]}


def _own(row: TabOf) -> "ContentOf":
    return lambda given: dict(row.content(given.case, given.person, given.on))


def _attached(given: Given) -> dict[str, Any]:
    """The files that were handed in with acts, and one's own that are not yet."""
    withheld = not kind_of(given.case).reads_files(given.case, given.person, given.on)
    files = [_file(row) for row in readable(given.case, given.person, given.on)]
    return {"files": files, "withheld": withheld}


def _file(row: Attachment) -> FileRow:
    table = procedure_of(row.case)
    return FileRow(
        name=row.name, url=reverse("work_attachment", args=[row.case.number, row.pk]), size=row.blob.size,
        digest=row.blob_id, kind=table.move(row.act).label if row.act else "尚未提交", at=row.at,
    )  # fmt: skip


def _why_closed(case: Case, person: Person, on: date) -> str:
    """Why the file may not be opened yet, in words."""
    if case.filed_on is None:
        return "申报单位尚未提交，申报内容和材料在提交后才能查看。"
    if Role.EXPERT in person.capacity(on).roles:
        return "申明与申报单位没有利害关系后，才能查看申报内容和材料。"
    return "您目前的身份可以了解本件的进度，不能查看申报内容和材料。"


def _facts(given: Given) -> dict[str, Any]:
    whole = applications.dossier_for(given.person, given.case, given.on)
    dossier = _masked(whole, given)
    return {
        "noticed": applications.noticed_in(given.case.regulation, whole, given.on),
        "answers": shape.in_words(given.case.regulation, dossier),
        "operator_warning": applications.operator_warning(given.case, dossier),
        "twins": twins_of(given.case, given.person, given.on),
    }


def _masked(dossier: Mapping[str, Any], given: Given) -> Mapping[str, Any]:
    """A person's telephone and address are for those who deal with the applicant, not for experts or auditors (C5)."""
    operator = dossier.get("operator")
    if not operator or applications.deals_with(given.person, given.case, given.on):
        return dossier
    hidden = {key: mask(operator[key]) for key, mask in MASKS.items() if operator.get(key)}
    return {**dossier, "operator": {**operator, **hidden}}


def _conditions(given: Given) -> dict[str, Any]:
    findings = applications.findings_for(given.person, given.case, given.on)
    evidence: dict[str, list[FileRow]] = {}
    for row, conditions in _files(given):
        for condition in conditions:
            evidence.setdefault(condition, []).append(row)
    version = by_id(given.case.regulation)
    titles = {row.id: row.title for row in version.conditions_of(given.case.category)}
    questions = {row.id: row.question for row in version.readings}
    rows = [
        (finding, titles.get(finding["id"], ""), evidence.get(finding["id"], [])) for finding in findings["findings"]
    ]
    return {"findings": findings, "finding_rows": rows, "version": version, "reading_questions": questions}


def _materials(given: Given) -> dict[str, Any]:
    return {"files": [row for row, _ in _files(given)]}


def _files(given: Given) -> list[tuple[FileRow, Sequence[str]]]:
    """The materials that the reader may see, each with the conditions that it proves."""
    found = applications.materials_for(given.person, given.case, given.on)
    return [(showing.file_row(given.case, each, editable=False), each.conditions) for each in found]


def _visit(given: Given) -> dict[str, Any]:
    return {"facts": district_facts(given.case, given.person, given.on), "photos": photos_of(given.case)}


def _panel(given: Given) -> dict[str, Any]:
    """What the reader may not see of scores and names is left out by the matter itself."""
    return {"facts": panel_facts(given.case, given.person, given.on)}


def _history(given: Given) -> dict[str, Any]:
    """What was decided, then every step that led there."""
    happenings = page.happenings(given.case, given.lines, given.person, given.on)
    if given.case.kind != applications.KIND:
        return {"happenings": happenings}
    return {"facts": outcome_facts(given.case, given.person, given.on), "happenings": happenings}


def _papers(given: Given) -> dict[str, Any]:
    return {"papers": papers_for(given.person, given.case, given.on)}


ContentOf = Callable[[Given], dict[str, Any]]
Shown = tuple[str, str, ContentOf]  # the tab's label, its template, what it shows


def _tab(code: str, label: str, content: ContentOf) -> tuple[str, Shown]:
    return code, (label, f"workbench/_tab_{code}.html", content)


TABS: Mapping[str, Shown] = dict((
    _tab("facts", "事实", _facts),
    _tab("conditions", "条件与证据", _conditions),
    _tab("materials", "材料", _materials),
    _tab("visit", "初审查验", _visit),
    _tab("panel", "专家评审", _panel),
    _tab("history", "办理过程", _history),
    _tab("papers", "公文", _papers),
))  # fmt: skip

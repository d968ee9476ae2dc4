"""What pages of this room show: the task list, files with their conditions, what is missing with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse

from makerspace.matters.application import queries
from makerspace.matters.application.models import Call, Correction, Material
from makerspace.matters.application.queries import Missing, Opened
from makerspace.office.casework.models import Case
from makerspace.regulation import by_id
from makerspace.regulation.terms import Condition, Section, Verdict
from makerspace.web.parts import FileRow, Task

DRAWABLE = ("pdf", "png", "jpg")


def file_row(case: Case, material: Material, *, editable: bool) -> FileRow:
    """One file as a list shows it; every address names the case too."""
    titles = {row.id: row.title for row in by_id(case.regulation).conditions_of(case.category)}
    where = [case.number, material.pk]
    return FileRow(
        name=material.name,
        url=reverse("application_material", args=where),
        size=material.blob.size,
        digest=material.blob_id,
        kind=material.get_kind_display(),
        at=material.uploaded_at,
        pages=material.pages,
        conditions=[titles.get(id_, id_) for id_ in material.conditions],
        remove_url=reverse("application_remove", args=where) if editable else "",
        preview_url=reverse("application_preview", args=[*where, 1]) if material.blob.extension in DRAWABLE else "",
    )


# -- the task list -----------------------------------------------------------------------------------------------------
def tasks(case: Case, findings: Mapping[str, Any]) -> list[Task]:
    """One line for each section, with how far it is and what it still lacks."""
    allowed = queries.opened(case).sections
    correction = queries.open_correction_of(case)
    rows = {row["id"]: row for row in findings["findings"]}
    return [
        _task(case, section, rows, allowed, correction) for section in by_id(case.regulation).sections_of(case.category)
    ]


def _task(
    case: Case, section: Section, rows: Mapping[str, Any], allowed: frozenset[str], correction: Correction | None
) -> Task:
    url = reverse("application_section", args=[case.number, section.code])
    if section.code not in allowed:
        return Task(section.title, url, "locked", "不在补正范围内，可以查看")
    told = faults_on(section, correction)
    if told:
        return Task(section.title, url, "fault", "；".join(told))
    values = [case.application.dossier.get(key) for key in section.keys]
    if any(_belongs(path, section) for path in case.application.unread):
        return Task(section.title, url, "fault", "有填写不能识别，请改正")
    mine = [rows[id_] for id_ in section.conditions if id_ in rows]
    if not any(_filled(value) for value in values):
        return Task(section.title, url, "todo")
    missing = any(row["verdict"] == Verdict.MISSING for row in mine)
    return Task(section.title, url, "partial" if missing else "done", _lack(mine))


def faults_on(section: Section, correction: Correction | None) -> list[str]:
    """What the correction notice says of a section or of its conditions."""
    faults = correction.faults if correction else []
    return [fault["text"] for fault in faults if fault["target"] in {section.code, *section.conditions}]


def _belongs(path: str, section: Section) -> bool:
    return path.split(".")[0].split("[")[0] in section.keys


def _filled(value: Any) -> bool:  # noqa: ANN401 (whatever a dossier holds)
    """Whether anything was filled in."""
    if isinstance(value, Mapping):
        return any(_filled(each) for each in value.values())
    if isinstance(value, list):
        return bool(value)
    return value is not None and value != ""


def _lack(rows: Sequence[Mapping[str, Any]]) -> str:
    """The first thing that counts against the applicant, in a sentence; else nothing."""
    for verdict in (Verdict.NOT_MET, Verdict.MISSING):
        for row in rows:
            if row["verdict"] == verdict and row["strength"] != "encouraged":
                return str(row["text"])
    return ""


# -- the map condition ↔ file ↔ page -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Proof:
    """A condition, what usually proves it, the files that are tied to it, and whether more may be added."""

    condition: Condition
    hint: str
    verdict: str
    needed: bool
    open: bool
    files: Sequence[tuple[Material, FileRow]]


@dataclass(frozen=True)
class Paper:
    """A paper that is no evidence: its kind or the call's code, and the files that were handed in as such."""

    kind: str
    code: str
    title: str
    hint: str
    needed: bool
    open: bool
    files: Sequence[tuple[Material, FileRow]]

    @property
    def id(self) -> str:
        """Its anchor on the page."""
        return paper_id(self.kind, self.code)


def proofs(case: Case, materials: Sequence[Material], findings: Mapping[str, Any]) -> list[Proof]:
    """The conditions of the category with their evidence, in the order of the articles."""
    version, allowed = by_id(case.regulation), queries.opened(case)
    hints = {row.condition: row.hint for row in version.materials_of(case.category) if row.condition}
    verdicts = {row["id"]: row["verdict"] for row in findings["findings"]}
    return [
        Proof(
            condition=row,
            hint=hints.get(row.id, ""),
            verdict=verdicts.get(row.id, ""),
            needed=queries.needs_evidence(row.strength),
            open=row.id in allowed.conditions,
            files=_rows(case, [each for each in materials if row.id in each.conditions], allowed),
        )
        for row in version.conditions_of(case.category)
    ]


def papers_asked(case: Case, call: Call, materials: Sequence[Material]) -> list[Paper]:
    """The plans of article 9, what the call asks for besides, and whatever else was handed in."""
    allowed = queries.opened(case)
    hints = {row.kind: (row.title, row.hint) for row in by_id(case.regulation).materials}
    asked = [(kind, "", *hints[kind], True) for kind in ("operation_plan", "annual_work_plan")]
    asked += [("other", row["code"], row["title"], "申报通知要求", row.get("required", True)) for row in call.materials]
    asked.append(("other", "", "其他材料", "您认为有助于审核的材料", False))
    return [
        Paper(
            kind, code, title, hint, needed, kind in allowed.kinds,
            _rows(case, [each for each in materials if (each.kind, each.code) == (kind, code)], allowed),
        )
        for kind, code, title, hint, needed in asked
    ]  # fmt: skip


def _rows(case: Case, materials: Sequence[Material], allowed: Opened) -> list[tuple[Material, FileRow]]:
    return [(each, file_row(case, each, editable=_may_go(each, allowed))) for each in materials]


def _may_go(material: Material, allowed: Opened) -> bool:
    return queries.may_change(allowed, material.kind, material.conditions)


# -- what is missing ---------------------------------------------------------------------------------------------------
class Place(NamedTuple):
    """One thing that is missing, and the page on which it is put right."""

    text: str
    url: str


def places(case: Case, missing: Sequence[Missing]) -> list[Place]:
    """All that is missing, each with its page."""
    return [Place(item.text, _address(case, item)) for item in missing]


def _address(case: Case, item: Missing) -> str:
    if item.section:
        return reverse("application_section", args=[case.number, item.section])
    if item.code == "signature":
        return reverse("work_act", args=[case.number, "register_paper"])
    anchor = f"#c-{item.condition}" if item.condition else f"#{paper_id(*item.code.partition('.')[::2])}"
    return reverse("application_materials", args=[case.number]) + anchor


def paper_id(kind: str, code: str) -> str:
    """The anchor of a paper on the materials page; a call's paper has its own."""
    return f"p-{kind}-{code}" if kind == Material.Kind.OTHER and code else f"p-{kind}"

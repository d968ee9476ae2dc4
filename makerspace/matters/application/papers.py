"""What an application leaves behind: the facts for the record, the print set and the receipt."""

import hashlib
import json
from typing import Any

from makerspace.matters.application import shape
from makerspace.matters.application.models import Application, Call, Material, Submission
from makerspace.matters.application.queries import application_of, digest_of, papers_of_applicant
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import stage_of
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper, replace
from makerspace.office.documents.queries import current_paper
from makerspace.office.record import clock
from makerspace.regulation import by_id

COMMITMENT = (
    "本单位承诺：所填内容和所附材料真实、完整、合法，纸质材料与网上提交的电子材料一致。",
    "如有不实，愿意承担相应责任，并同意将提交的内容用于本次认定的审核、评审和公示。",
)


def call_facts(call: Call) -> dict[str, Any]:
    """What the record keeps of a published call; phones stay out, the digest covers them."""
    text = {"title": call.title, "text": call.text, "materials": call.materials, "contacts": call.contacts}
    return {
        "call": call.pk,
        "title": call.title,
        "year": call.year,
        "categories": call.categories,
        "opens_on": call.opens_on,
        "closes_on": call.closes_on,
        "digest": hashlib.sha256(json.dumps(text, ensure_ascii=False, sort_keys=True).encode()).hexdigest(),
    }


def submission_facts(frozen: Submission) -> dict[str, Any]:
    """What the record keeps of a submission: digests and ids, no content."""
    return {
        "round": frozen.round,
        "dossier": frozen.digest,
        "findings": digest_of(frozen.findings),
        "overall": frozen.findings["overall"],
        "confirmed": frozen.confirmed,
        "materials": [row["digest"] for row in frozen.materials],
    }


def signed_facts(case: Case) -> dict[str, Any]:
    """What a unit signed at the counter: the digests of the dossier and of the files as they stood then."""
    application = Application.objects.get(case=case)
    files = [row.blob_id for row in papers_of_applicant(case)]
    return {"dossier": digest_of(application.dossier), "materials": files}


def material_facts(material: Material) -> dict[str, Any]:
    """A material as a submission freezes it."""
    return {
        "id": material.pk,
        "kind": material.kind,
        "code": material.code,
        "conditions": material.conditions,
        "sections": material.sections,
        "pages": material.pages,
        "name": material.name,
        "digest": material.blob_id,
        "size": material.blob.size,
    }


def readings_in_force(regulation: str, ids: set[str]) -> list[dict[str, str]]:
    """The readings that the findings rest on, as they stood."""
    version = by_id(regulation)
    rows = [version.reading(id_) for id_ in sorted(ids)]
    return [{"id": row.id, "question": row.question, "adopted": row.adopted, "status": row.status} for row in rows]


def order_submission_papers(case: Case, frozen: Submission) -> None:
    """Order the print set and the receipt; those of an earlier round stay readable, marked as replaced."""
    application = application_of(case)
    _order(case, "print_set", _print_set(case, application, frozen), frozen)
    _order(case, "receipt", _receipt(case, application, frozen), frozen)


def _order(case: Case, kind: str, data: dict[str, Any], frozen: Submission) -> None:
    before: Paper | None = current_paper(case.number, kind)
    paper = order_paper(kind, case.number, case.number, data, frozen.on)
    if before is not None:
        replace(before, paper)


def _common(case: Case, application: Application, frozen: Submission) -> dict[str, Any]:
    return {
        "applicant": case.organisation.name,
        "makerspace": case.subject,
        "category": by_id(case.regulation).categories[case.category],
        "authority": case.authority.office,
        "call": application.call.title,
        "dossier_digest": frozen.digest,
        "materials": [_listed(case, row) for row in frozen.materials],
    }


def _listed(case: Case, row: dict[str, Any]) -> dict[str, Any]:
    """A material on paper: its name, and the conditions it is for, with pages."""
    version = by_id(case.regulation)
    titles = [version.condition(id_).title for id_ in row["conditions"]] or [Material.Kind(row["kind"]).label]
    pages = f"（第{row['pages']}页）" if row["pages"] else ""
    return {"name": row["name"], "about": "、".join(titles) + pages, "digest": row["digest"]}


def _print_set(case: Case, application: Application, frozen: Submission) -> dict[str, Any]:
    parts = [part for answers in shape.in_words(case.regulation, frozen.dossier) for part in answers.parts]
    sections = [
        {
            "title": part.title,
            "rows": [{"label": label, "value": value} for label, value in part.rows],
            "columns": part.columns,
            "lines": part.lines,
        }
        for part in parts
    ]
    version = f"第{frozen.round}次提交，{_instant(frozen)}"
    return _common(case, application, frozen) | {
        "version": version, "sections": sections, "commitment": list(COMMITMENT)
    }  # fmt: skip


def _receipt(case: Case, application: Application, frozen: Submission) -> dict[str, Any]:
    contact = application.call.contacts[0] if application.call.contacts else {}
    return _common(case, application, frozen) | {
        "office": case.authority.office,
        "contact": contact.get("name", ""),
        "phone": contact.get("phone", ""),
        "submitted_at": _instant(frozen),
        "channel": Application.Channel(application.channel).label,
        "next_step": f"{stage_of(case).label}：由{case.authority.office}初审申报材料并实地查验（第十条）。",
        "next_by": case.due_on or "",
        "notes": ["请按申报通知要求打印申报材料打印件，签章后报送纸件；每页页脚的校验码用于核对纸件与电子件一致。"],
    }


def _instant(frozen: Submission) -> str:
    at = frozen.at.astimezone(clock.KUNMING)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}（北京时间）"

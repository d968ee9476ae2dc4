"""Findings as JSON, in the shape of the contract, and back; and a dossier's text answered with theirs."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from makerspace.regulation.faults import Faults
from makerspace.regulation.terms import Excluded, Finding, Findings, Gap, Regulation, Strength, Verdict


def findings_json(findings: Findings) -> dict[str, Any]:
    """The findings as JSON values, in the order of the articles."""
    return {
        "regulation": findings.regulation,
        "category": findings.category,
        "on": findings.on.isoformat(),
        "overall": findings.overall.value,
        "findings": [finding_json(finding) for finding in findings.findings],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as JSON values."""
    gap, due = finding.gap, finding.satisfied_on
    return {
        "id": finding.id,
        "article": finding.article,
        "item": finding.item,
        "strength": finding.strength.value,
        "verdict": finding.verdict.value,
        "text": finding.text,
        "facts": finding.facts,
        "excluded": [{"what": what, "why": why} for what, why in finding.excluded],
        "gap": {"need": gap.need, "have": gap.have, "short": gap.short, "unit": gap.unit} if gap else None,
        "satisfied_on": due.isoformat() if due else None,
        "readings": list(finding.readings),
    }


def findings_of(given: Mapping[str, Any]) -> Findings:
    """The findings that ``findings_json`` wrote; KeyError or ValueError for anything else."""
    return Findings(
        given["regulation"],
        given["category"],
        date.fromisoformat(given["on"]),
        Verdict(given["overall"]),
        tuple(finding_of(finding) for finding in given["findings"]),
    )


def finding_of(given: Mapping[str, Any]) -> Finding:
    """One finding that ``finding_json`` wrote."""
    gap, due = given["gap"], given["satisfied_on"]
    return Finding(
        given["id"],
        given["article"],
        given["item"],
        Strength(given["strength"]),
        Verdict(given["verdict"]),
        given["text"],
        given["facts"],
        tuple(Excluded(row["what"], row["why"]) for row in given["excluded"]),
        Gap(**gap) if gap else None,
        date.fromisoformat(due) if due else None,
        tuple(given["readings"]),
    )


def answer(regulation: Regulation, raw: bytes | str, on: date) -> str:
    """The findings on the dossier in ``raw`` as JSON text; raises Faults."""
    return json.dumps(findings_json(regulation.check(regulation.parse(raw), on)), ensure_ascii=False)


def answer_line(regulation: Regulation, raw: bytes | str, on: date) -> str:
    """The same for one line of many: what is no dossier is answered with ``{"error": …}`` and all its faults."""
    try:
        return answer(regulation, raw, on)
    except Faults as refused:
        faults = [fault._asdict() for fault in refused.faults]
        return json.dumps({"error": str(refused), "faults": faults}, ensure_ascii=False)

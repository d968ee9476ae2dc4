"""What a change shows of itself: on its tab, and as the API's facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from makerspace.matters.recognition import changes, papers
from makerspace.matters.recognition.following import open_cases
from makerspace.matters.recognition.models import Change
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person


class Shown(NamedTuple):
    """One change: what becomes of what, and how the conditions stand before and after."""

    change: Change
    rows: list[dict[str, str]]
    findings: list[dict[str, Any]]
    lost: list[str]
    rest: list[dict[str, Any]]
    under_way: list[Case]


def shown(case: Case) -> Shown:
    """The tab. Findings that the change alters come first; the rest fold up."""
    change = changes.change_of(case)
    names = changes.titles_of_conditions(change)
    former = {row["id"]: row["verdict"] for row in change.former_findings.get("findings", [])}
    rows = [row | {"title": names.get(row["id"], "")} for row in change.findings.get("findings", [])]
    turned = [row for row in rows if former.get(row["id"]) != row["verdict"]]
    lost = changes.lost(change.former_findings, change.findings)
    return Shown(
        change,
        papers.rows_of(change),
        turned,
        [names.get(id_, id_) for id_ in lost],
        [row for row in rows if row not in turned],
        open_cases(change.title) if change.live else [],
    )


def facts(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """The API's facts of a change."""
    change = changes.change_of(case)
    return {
        "title": change.title.number, "kinds": change.kinds, "before": change.before, "after": change.after,
        "happened_on": change.happened_on, "reason": change.reason, "filed_on": change.filed_on,
        "findings": change.findings or None, "former_findings": change.former_findings or None,
        "supports": change.supports, "opinion": change.opinion, "granted": change.granted, "decision": change.decision,
        "decided_on": change.decided_on,
    }  # fmt: skip

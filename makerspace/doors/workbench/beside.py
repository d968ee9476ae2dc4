"""What must be read before an act is taken, shown beside its form."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from makerspace.doors.workbench import acting
from makerspace.matters.funding.queries import payees
from makerspace.matters.review.models import NoticeItem
from makerspace.matters.review.notice_text import CORRECTABLE
from makerspace.matters.review.operations.notice import count_notice
from makerspace.matters.review.queries import notices
from makerspace.matters.review.queries.facts import district_facts
from makerspace.office.people.models import Person
from makerspace.web.acting import Step

Beside = tuple[str, dict[str, Any]]


def beside(step: Step, person: Person, on: date) -> dict[str, Any]:
    """What must be read before the act is taken: a template and what it shows."""
    if step.act.code not in BESIDE:
        return {}
    template, content = BESIDE[step.act.code](step, person, on)
    return {"beside": template, **content}


def _visit(step: Step, person: Person, on: date) -> Beside:
    """The record that is to be countersigned: the latest visit, as it was entered."""
    latest = district_facts(step.case, person, on).visits[:1]
    return "review/_visits.html", {"visits": latest}


def _use(step: Step, person: Person, on: date) -> Beside:
    """Who received the money, where another unit runs the makerspace now."""
    return "funding/_received.html", {"received": payees.received(step.case)}


class Anew(NamedTuple):
    """One row of a notice that is to be published anew, and what is to be corrected in it: label, before, after."""

    number: str
    makerspace: str
    operator: str
    changes: list[tuple[str, str, str]]


def _reissue(step: Step, person: Person, on: date) -> Beside:
    """Every case of the notice with its corrections, and the days as they would be counted from today."""
    rows = notices.rows_beside(step.case)
    if not rows:
        return "workbench/_beside_reissue.html", {}
    proposal, notice = notices.open_proposal_for(step.case), rows[0].notice
    staying = [row for row in rows if row.case.stage == "public_notice"]
    anew = [_anew(row, proposal.corrections if proposal else []) for row in staying]
    content = {
        "notice": notice, "proposal": proposal, "anew": anew, "today": on, "own": proposal and proposal.by_id == person.pk,
        "count": count_notice(notice.regulation, on, on),
    }  # fmt: skip
    if proposal and proposal.by_id != person.pk:
        told = [f"{row.operator}（{row.number}）" for row in anew]
    else:
        told = ["先通知须确认的一方；确认后再通知下列各申报单位"]
    look = acting.outlook(step)
    return "workbench/_beside_reissue.html", {**content, "outlook": acting.Outlook(look.before, look.after, told)}


def _anew(row: NoticeItem, corrections: Iterable[Mapping[str, str]]) -> Anew:
    facts = row.facts
    changes = [
        (CORRECTABLE[each["field"]], facts[each["field"]], each["text"])
        for each in corrections
        if each["case"] == facts["number"]
    ]
    return Anew(facts["number"], facts["makerspace"], facts["operator"], changes)


BESIDE: Mapping[str, Callable[[Step, Person, date], Beside]] = {
    "countersign_visit": _visit,
    "reissue_notice": _reissue,
    "report_use": _use,
}

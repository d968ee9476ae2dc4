"""One case on one page: where it stands, what was done, what may be done now."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse

from makerspace.matters.review.queries.facts import INTERNAL, reads_internal
from makerspace.office.casework import acts, queries
from makerspace.office.casework.acts import Act
from makerspace.office.casework.history import Line, leads_to_the_goal, main_line, reached_on
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import cited
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Move, Procedure, Role, Stage
from makerspace.web.parts import Action, Happening, Step

DIGEST = re.compile(r"[0-9a-f]{64}")
ORDER = ("primary", "plain", "grave")
UNATTENDED = frozenset({Role.CLOCK, Role.PUBLIC})


# -- the stage line ----------------------------------------------------------------------------------------------------
def steps(case: Case, entries: Sequence[Entry]) -> list[Step]:
    """The straight way to the title with the detours that this case took; what lies behind an end is left out."""
    table, on = queries.procedure_of(case), reached_on(entries)
    on.setdefault(table.first.code, case.opened_on)
    now = table.stage(case.stage)
    way = {stage.code for stage in main_line(table)}
    shown = [stage for stage in table.stages if stage.code in way or stage.code in on or stage is now]
    if now.final and now.code not in way:
        shown = [stage for stage in shown if stage.code in on and not stage.final] + [now]
    if not leads_to_the_goal(table, now.code):  # nothing is promised that can no longer come
        shown = shown[: shown.index(now) + 1]
    return [_step(case, stage, now, on, shown) for stage in shown]


def _step(case: Case, stage: Stage, now: Stage, on: dict[str, date], shown: Sequence[Stage]) -> Step:
    here, after = stage is now, shown.index(stage) > shown.index(now)
    return Step(
        label=stage.label,
        state=_state_here(case, now) if here else "todo" if after else "done",
        article=cited(stage.articles),
        on=None if after else on.get(stage.code),
        holder=queries.holder_name(case) if here else "",
        due_on=case.due_on if here else None,
    )


def _state_here(case: Case, now: Stage) -> Literal["now", "done", "end"]:
    """An open case stands here; a closed one has arrived, or has ended otherwise than hoped for."""
    if not now.final:
        return "now"
    return "done" if now in main_line(queries.procedure_of(case)) else "end"


# -- what may be done now ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Panel:
    """可办事项: what one may do, what must wait, and what others do."""

    mine: Sequence[Action]
    later: Sequence[Action]
    others: Sequence[Action]


def panel(person: Person, case: Case, on: date) -> Panel:
    """Every act of the present stage that a person takes, as a button or with the reason why not."""
    roles = person.capacity(on).roles
    mine: list[Action] = []
    later: list[Action] = []
    others: list[Action] = []
    for move, refusal in queries.moves_now(person, case, on=on):
        act = acts.find(case.kind, move.act)
        if act is None or set(move.by) <= UNATTENDED or (act.opens and refusal):
            continue
        if refusal is None:
            mine.append(Action(move.label, act_url(case, act), cited(move.articles), tone=tone_of(case, move)))
        else:
            (later if roles & set(move.by) else others).append(
                Action(move.label, "", cited(move.articles), refusal.text)
            )
    mine.sort(key=lambda action: ORDER.index(action.tone))
    return Panel(mine, later, others)


def tone_of(case: Case, move: Move) -> Literal["primary", "plain", "grave"]:
    """The way ahead stands out; an end that is not the hoped-for one is grave."""
    table = queries.procedure_of(case)
    way = [stage.code for stage in main_line(table)]
    if any(table.stage(code).final and code not in way for code in move.targets):
        return "grave"
    ahead = way[way.index(case.stage) + 1 :] if case.stage in way else way
    return "primary" if set(move.targets) & set(ahead) else "plain"


def act_url(case: Case, act: Act) -> str:
    """The page on which the act is taken: its own, with or without the case in its address, or the generic one."""
    for arguments in ((case.number,), ()) if act.page else ():
        try:
            url = reverse(act.page, args=arguments)
        except NoReverseMatch:
            continue
        return url if arguments else f"{url}?case={case.number}"
    return reverse("work_act", args=[case.number, act.code])


# -- what was done -----------------------------------------------------------------------------------------------------
def happenings(case: Case, lines: Sequence[Line], person: Person, on: date) -> list[Happening]:
    """The timeline, newest first, with the reasons that the reader is meant to have."""
    applicant, internal = case.organisation_id in person.capacity(on).organisations, reads_internal(person, case, on)
    table = queries.procedure_of(case)
    return [
        Happening(
            at=line.entry.at,
            who=line.who,
            act=line.label,
            article=line.article,
            text=_text(table, line.entry, applicant=applicant, internal=internal),
            seal=line.entry.seal,
            tone=_mood(table, line.entry),
        )
        for line in reversed(lines)
    ]


def _text(table: Procedure, entry: Entry, *, applicant: bool, internal: bool) -> str:
    """Where the case went, and the reason that the reader is meant to have; nothing for an entry that is no move."""
    if not entry.after:
        return ""
    after = table.stage(entry.after)
    went = f"转入“{after.label}”" if entry.after != entry.before else ""
    closed = entry.act in INTERNAL if not applicant else not _addressed(after, entry)
    reason = reason_in(entry) if internal or not closed else ""
    return "\n".join(filter(None, (went, reason)))


def _addressed(after: Stage, entry: Entry) -> bool:
    """Whether the reason is meant for the applicant: their own words, what they must do, or how it ended."""
    return entry.role == Role.APPLICANT or after.final or after.holder is Role.APPLICANT


def _mood(table: Procedure, entry: Entry) -> Literal["", "ok", "grave"]:
    """How the case ended, if it did with this entry."""
    if entry.before == entry.after:
        return ""
    after = table.stage(entry.after)
    if not after.final:
        return ""
    return "ok" if after in main_line(table) else "grave"


def reason_in(entry: Entry) -> str:
    """The reason that an office or an applicant gave, if the entry keeps one; never an expert's, never an objector's."""
    if entry.role in {Role.EXPERT, Role.PUBLIC, Role.CLOCK, Role.DISCIPLINE} or '"reason"' not in entry.data:
        return ""
    found = entry_data(entry).get("reason", "")
    return found if isinstance(found, str) and not DIGEST.fullmatch(found) else ""


def entry_data(entry: Entry) -> dict[str, Any]:
    """What the entry keeps."""
    kept: dict[str, Any] = json.loads(entry.data)
    return kept

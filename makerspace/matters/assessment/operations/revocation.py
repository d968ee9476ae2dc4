"""Article 18: from the intent to revoke, through defence and hearing, to a leader's decision. Time warns, people decide."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from makerspace.matters.assessment import papers as letters
from makerspace.matters.assessment.operations.outcome import ask_meeting, said
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.recognition import operations as recognition
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.parameters import setting
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.regulation.counting import chinese, count_days


def last_day(case: Case, parameter: str, on: date) -> date:
    """The last day of a term that begins with the notice, in working days."""
    return count_days(on, setting(case.regulation, parameter, on), unit="working").last_day


@transaction.atomic
def serve_intent(case: Case, *, by: Person, on: date, facts: str, reasons: str, served_on: date) -> Case:
    """Serve the notice of facts, reasons, basis and rights; the terms run from the day of service, today.

    A day that has passed would take the terms away from the holder, and one to come would open them too early.
    """
    if served_on != on:
        raise refused("invalid", "送达日期应为登记当天，期限自送达次日起算。", 18, fields={"served_on": "应为今天"})
    until = last_day(case, "TERM_DEFENCE", served_on)
    ask_until = last_day(case, "TERM_HEARING_REQUEST", served_on)
    told = {
        "facts": facts, "reasons": reasons, "served_on": served_on, "defence_until": until, "hearing_until": ask_until,
    }  # fmt: skip
    case = advance(case, "serve_intent", by=by, on=on, data=told, due_on=max(until, ask_until))
    paper = letters.order_intent(case, queries.of_case(case), told, on)
    return said(case, "serve_intent", told, by, on, paper=paper.code)


@transaction.atomic
def state_defence(case: Case, *, by: Person, on: date, statement: str, papers: Sequence[str] = ()) -> Case:
    """The holder states and defends; as often as there is something to add before the term is closed."""
    told = {"statement": statement, "papers": list(papers)}
    return said(advance(case, "state_defence", by=by, on=on, data=told), "state_defence", told, by, on)


@transaction.atomic
def request_hearing(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """The holder asks to be heard."""
    told = {"reason": reason}
    return said(advance(case, "request_hearing", by=by, on=on, data=told), "request_hearing", told, by, on)


@transaction.atomic
def record_hearing(
    case: Case, *, by: Person, on: date, notified_on: date, held_on: date, place: str, present: list[str], minutes: str,
    papers: Sequence[str] = (),
) -> Case:  # fmt: skip
    """Put on record a hearing that was held, with its notice of time and place and its minutes."""
    earliest = last_day(case, "HEARING_NOTICE", notified_on)
    asked = queries.proceedings(queries.of_case(case), "request_hearing").last()
    wrong = {}
    if asked and notified_on < asked.on:
        wrong["notified_on"] = f"不能早于申请听证之日（{chinese(asked.on)}）"
    elif held_on > on:
        wrong["held_on"] = "不能晚于今天"
    elif held_on <= earliest:
        wrong["held_on"] = f"听证前应留足通知时间，最早为{chinese(earliest)}之后"
    if wrong:
        raise refused("invalid", f"听证的日期需要更正：{'；'.join(wrong.values())}。", 18, fields=wrong)
    told = {
        "notified_on": notified_on, "held_on": held_on, "place": place, "present": present, "minutes": minutes,
        "papers": list(papers),
    }  # fmt: skip
    return said(advance(case, "record_hearing", by=by, on=on, data=told), "record_hearing", told, by, on)


@transaction.atomic
def close_defence(case: Case, *, by: Person, on: date, summary: str) -> Case:
    """The terms are over and a hearing that was asked for was held: the file goes to a leader."""
    told = {"summary": summary}
    return said(advance(case, "close_defence", by=by, on=on, data=told), "close_defence", told, by, on)


@transaction.atomic
def revoke(case: Case, *, by: Person, on: date, reason: str, answer: str, meeting: str, meeting_on: date) -> Case:
    """The title ends today; the decision prints its reasons, the answer to the defence, and the remedies."""
    told = {"reason": reason, "answer": answer, "meeting": meeting, "meeting_on": meeting_on}
    recognition.lock_title(queries.of_case(case).title)
    case = advance(case, "revoke", by=by, on=on, data=told)
    ask_meeting(meeting_on, on)
    held = queries.of_case(case)
    paper = letters.order_decision(case, held, told, on, revoked=True)
    recognition.revoke_title(held.title, on=on, paper=paper)
    return said(case, "revoke", told, by, on, paper=paper.code)


@transaction.atomic
def keep(case: Case, *, by: Person, on: date, reason: str, answer: str, meeting: str, meeting_on: date) -> Case:
    """The title stays, and is no longer under rectification."""
    told = {"reason": reason, "answer": answer, "meeting": meeting, "meeting_on": meeting_on}
    case = advance(case, "keep", by=by, on=on, data=told)
    ask_meeting(meeting_on, on)
    held = queries.of_case(case)
    recognition.end_rectification(held.title, on=on)
    paper = letters.order_decision(case, held, told, on, revoked=False)
    return said(case, "keep", told, by, on, paper=paper.code)

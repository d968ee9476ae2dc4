"""What time does by itself. Time closes, warns and sends; it decides nothing."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.core.cache import cache

from makerspace.doors.clock import housekeeping, reminders
from makerspace.matters.application import operations as application
from makerspace.matters.assessment.operations.figures import renew_figures
from makerspace.matters.funding import operations as funding
from makerspace.matters.review import operations as review
from makerspace.matters.support import operations as support
from makerspace.office.documents import operations as documents
from makerspace.office.notify import operations as notify
from makerspace.office.record import anchor, clock
from makerspace.office.record import operations as record

log = logging.getLogger(__name__)
LAST_TICK = "clock:last-tick"
PAPERS_AT_ONCE, LETTERS_AT_ONCE = 20, 20

Step = tuple[str, Callable[[], object]]


def tick(now: datetime) -> dict[str, int | None]:
    """Do everything that is due at ``now``; how much of each was done, None where a step failed.

    Safe to run twice and safe to run late: every step asks what is due and not yet done. One step's failure is
    logged and keeps none of the others from being done.
    """
    counts = {name: _alone(name, step) for name, step in steps(now)}
    cache.set(LAST_TICK, time.time(), timeout=None)
    return counts


def steps(now: datetime) -> Iterator[Step]:
    """The steps in their order: legal consequences first, letters last, since they wait on others' machines."""
    day = clock.day_of(now)
    yield "heads", lambda: record.publish_heads(now)
    yield "anchored", lambda: anchor.drop(now)
    yield "lapsed", lambda: application.lapse_due(day)
    yield "notices", lambda: review.close_notices(now)
    yield "grants", lambda: funding.open_grants(day)
    yield "unanswered", lambda: support.lapse_due(now)
    yield "silent", lambda: support.warn_silent(day)
    yield "owed", lambda: funding.warn_owed(day)
    yield "figures", lambda: renew_figures(day)
    yield "warnings", lambda: reminders.warn_holders(day)
    yield "contacts", lambda: support.forget_contacts(now)
    yield "answers", lambda: housekeeping.forget_answers(now)
    yield "sessions", housekeeping.end_sessions
    yield "papers", make_papers
    yield "letters", lambda: send_letters(now)


def make_papers() -> int:
    """Make the papers that are due, until none is left that can be made."""
    return _until_done(lambda: documents.make_due(PAPERS_AT_ONCE), PAPERS_AT_ONCE)


def send_letters(now: datetime) -> int:
    """Send what is due; where the mail server is away, one round of refusals is enough."""
    return _until_done(lambda: notify.send_due(now, LETTERS_AT_ONCE), LETTERS_AT_ONCE)


def _until_done(work: Callable[[], int], most: int) -> int:
    total = done = work()
    while done == most:
        done = work()
        total += done
    return total


def _alone(name: str, step: Callable[[], object]) -> int | None:
    """Take one step; what it did as a number, None where it failed."""
    try:
        done = step()
    except Exception:
        log.exception("clock: step %s failed", name)
        return None
    return done if isinstance(done, int) else len(list(done)) if isinstance(done, list | tuple) else 0

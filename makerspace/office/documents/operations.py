"""Order a paper with the act, make it in the background, replace it, try a failed one again."""

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import F

from makerspace.office.documents import files, gate, rendering
from makerspace.office.documents.codes import new_code
from makerspace.office.documents.kinds import KINDS
from makerspace.office.documents.models import Blob, Paper, PaperState, Visibility
from makerspace.office.record.clock import now

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 8
HELD = timedelta(minutes=5)
LONGEST_TITLE = 200


def order_paper(
    kind: str,
    subject: str,
    number: str,
    data: Mapping[str, Any],
    issued_on: date,
    visibility: str = Visibility.CASE,
    *,
    title: str = "",
) -> Paper:
    """Order a paper in the act's own transaction: its row exists if and only if the act does.

    `data` must fit the kind's content (pydantic's ValidationError otherwise), and a public one hold no personal data
    (`gate.PersonalData`). The file is made later by `make_due`.
    """
    content = KINDS[kind].content.model_validate(dict(data))
    if visibility == Visibility.PUBLIC:
        gate.ask_public([title, content.model_dump(mode="json")])
    return inserted(
        kind=kind,
        number=number,
        subject=subject,
        title=(title or KINDS[kind].label)[:LONGEST_TITLE],
        data=content.model_dump(mode="json"),
        issued_on=issued_on,
        visibility=visibility,
        created_at=now(),
        due_at=now(),
    )


def inserted(**fields: Any) -> Paper:
    """A new row under a code that nobody has; a collision (one in 2^80) draws again."""
    for _ in range(3):
        paper = Paper.objects.add_unless_taken(Paper(code=new_code(), **fields))
        if paper is not None:
            return paper
    return Paper.objects.add_row(Paper(code=new_code(), **fields))


def make_due(limit: int = 50) -> int:
    """Make up to `limit` papers that are due; the number made. Never called inside an act's transaction.

    Two workers may run it at once: a paper belongs to whoever moved its next time on, for five minutes. A worker
    that dies leaves the paper due again after that; making twice gives the same bytes, and only one row is kept.
    """
    made = 0
    due = Paper.objects.filter(state=PaperState.QUEUED, due_at__lte=now()).order_by("due_at", "pk")
    for paper in due[:limit]:
        if claimed(paper):
            made += make(paper)
    return made


def claimed(paper: Paper) -> bool:
    """Whether this worker got the paper: a guarded update, of which one wins."""
    mine = Paper.objects.filter(pk=paper.pk, state=PaperState.QUEUED, due_at=paper.due_at, attempts=paper.attempts)
    return bool(mine.update(due_at=now() + HELD, attempts=F("attempts") + 1))


def make(paper: Paper) -> bool:
    """Make a claimed paper and keep it; a failure puts it off, and after eight times asks for people."""
    try:
        content = rendering.render(paper)
        if paper.visibility == Visibility.PUBLIC:
            gate.ask_public_pdf(content)
        blob = files.keep(ContentFile(content), "paper.pdf")
    except Exception:
        log.exception("paper %s (%s) could not be made", paper.code, paper.kind)
        put_off(paper)
        return False
    return bool(finish(paper, blob))


def finish(paper: Paper, blob: Blob) -> int:
    """Tie the file to the row, unless another worker did."""
    waiting = Paper.objects.filter(pk=paper.pk, state=PaperState.QUEUED)
    return waiting.update(state=PaperState.MADE, blob=blob, made_at=now())


def put_off(paper: Paper) -> None:
    """Try again after 1, 2, 4 … 64 minutes; then leave it to people."""
    attempts = paper.attempts + 1
    waiting = Paper.objects.filter(pk=paper.pk, state=PaperState.QUEUED)
    if attempts >= MOST_ATTEMPTS:
        waiting.update(state=PaperState.FAILED)
    else:
        waiting.update(due_at=now() + timedelta(minutes=2 ** (attempts - 1)))


def retry(paper: Paper) -> int:
    """Queue a failed paper again; 0 if it was not failed."""
    failed = Paper.objects.filter(pk=paper.pk, state=PaperState.FAILED)
    return failed.update(state=PaperState.QUEUED, attempts=0, due_at=now())


def replace(old: Paper, new: Paper) -> Paper:
    """Mark a paper as replaced: it stays readable, and its check code points to the new one."""
    if not Paper.objects.filter(pk=old.pk, replaced_by=None).exclude(pk=new.pk).update(replaced_by=new):
        raise ValueError("paper is already replaced, or by itself")
    old.refresh_from_db()
    return old

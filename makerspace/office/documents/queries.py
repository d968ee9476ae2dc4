"""Stored files and papers, by what one knows of them. Who may see a case's papers is casework's to say."""

from django.db.models import QuerySet

from makerspace.office.documents.codes import normalise
from makerspace.office.documents.models import Blob, Paper
from makerspace.office.prepared import Prepared


def blob(digest: str) -> Blob | None:
    """A stored file by its digest."""
    return Blob.objects.filter(digest=digest).first()


def paper_by_code(code: str) -> Paper | None:
    """A paper by its check code, however it was typed: what the public check page asks."""
    known = normalise(code)
    return Paper.objects.select_related("blob", "replaced_by").filter(code=known).first() if known else None


def papers_of(subject: str) -> QuerySet[Paper]:
    """The papers of a case, a notice or an announcement, oldest first; for those who may see it."""
    return Paper.objects.select_related("blob", "replaced_by").filter(subject=subject)


def current_paper(subject: str, kind: str) -> Paper | None:
    """The latest paper of a kind that nothing has replaced."""
    return next(iter(_current(subject=subject, kind=kind)), None)


_current = Prepared(
    lambda subject, kind: papers_of(subject).filter(kind=kind, replaced_by=None).order_by("-created_at", "-pk")[:1]
)

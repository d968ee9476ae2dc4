"""Files handed in with an act: kept for their uploader first, tied to the act when it is taken."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from makerspace.office.casework import acts, queries
from makerspace.office.casework.kinds import kind_of
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.operations import lock
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.documents import files, uploads
from makerspace.office.people.models import Membership, Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Move

NOT_UPLOADED = "应为您为本件上传的文件；请先上传，再提交。"


def attach(case: Case, file: "File[Any]", name: str, *, by: Person, on: date) -> Attachment:
    """Keep a file for an act that this person may take now; the same file again is the same attachment.

    Raises ``Refused``; then nothing is kept.
    """
    _ask_attach(case, by, on)
    try:
        blob = files.keep(file, name)
    except uploads.UploadRefused as fault:
        raise refused(fault.code, fault.text, fields={fault.field: fault.text}) from None
    with transaction.atomic():
        case = lock(case)
        _ask_attach(case, by, on)
        kept, _ = Attachment.objects.get_or_create(
            case=case, blob=blob, by=by, defaults={"name": uploads.clean_name(name), "at": clock.now()}
        )
    return kept


def _ask_attach(case: Case, by: Person, on: date) -> None:
    """Visible, then an act open to this person that takes files, then room for one more."""
    if not queries.sees(by, case, on):
        raise Refused(queries.NOT_THERE)
    now = queries.moves_now(by, case, on=on)
    takes = [refusal and _wait(case, move, by, on, refusal) for move, refusal in now if takes_files(case, move.act)]
    if None not in takes:
        waiting = (refusal for refusal in takes if refusal and refusal.code == "wrong_stage")  # theirs, but not now
        raise Refused(next(waiting, Refusal("wrong_stage", "本件目前没有需要您提交文件的事项。")))
    held = Attachment.objects.filter(case=case).aggregate(size=Sum("blob__size"))["size"] or 0
    if Attachment.objects.filter(case=case).count() >= settings.UPLOAD_CASE_FILES or held >= settings.UPLOAD_CASE_BYTES:
        raise refused("too_large", f"本件已达到{settings.UPLOAD_CASE_FILES}个文件或总大小的上限，不能再上传。")


def _wait(case: Case, move: Move, by: Person, on: date, refusal: Refusal) -> Refusal | None:
    """What a file has to wait for: not for what an act that is prepared over weeks waits for."""
    act = acts.find(case.kind, move.act)
    return queries.why_not_unguarded(by, move, case, on=on) if act and act.prepared else refusal


def takes_files(case: Case, code: str) -> bool:
    """Whether that act of the case asks for files."""
    act = acts.find(case.kind, code)
    return act is not None and bool(acts.file_fields(act.schema))


def pending(case: Case, person: Person) -> QuerySet[Attachment]:
    """What this person uploaded and did not hand in with an act yet."""
    return Attachment.objects.filter(case=case, by=person, act="").select_related("blob").order_by("id")


def readable(case: Case, person: Person, on: date) -> QuerySet[Attachment]:
    """What was handed in, and one's own that is not yet; for whoever may read the case's content and its files."""
    kind, seen = kind_of(case), Q(pk__in=())
    if kind.reads_files(case, person, on):
        seen = ~Q(act="") & ~Q(blob__in=kind.withholds(case, person, on).files)
    rows = Attachment.objects.filter(case=case).filter(seen | Q(by=person))
    return rows.select_related("blob").order_by("id")


def handed_in(case: Case, digests: Iterable[str]) -> list[Attachment]:
    """The files of those digests that were handed in on this case, in the order given, each once."""
    rows = {row.blob_id: row for row in Attachment.objects.filter(case=case).exclude(act="").select_related("blob")}
    return [rows[digest] for digest in dict.fromkeys(digests) if digest in rows]


def hand_in(
    case: Case, act: str, digests: Iterable[str], *, by: Person, field: str = "papers", of_unit: bool = False
) -> list[str]:
    """Tie the named files to the act in whose transaction this runs; the digests, each once.

    Raises ``Refused`` naming ``field`` where one of them was not uploaded by this person for this case; ``of_unit``: nor by
    a colleague, for what a unit writes together.
    """
    wanted = list(dict.fromkeys(digests))
    found = of_colleagues(case, wanted) if of_unit else Attachment.objects.filter(case=case, by=by, blob__in=wanted)
    missing = set(wanted) - set(found.values_list("blob", flat=True))
    if missing:
        raise refused("invalid", f"有{len(missing)}个文件没有找到。{NOT_UPLOADED}", fields={field: NOT_UPLOADED})
    found.filter(act="").update(act=act)
    return wanted


def of_colleagues(case: Case, digests: Iterable[str]) -> QuerySet[Attachment]:
    """Which of these files were uploaded for the case by a member of the unit whose case it is."""
    members = Membership.objects.filter(organisation=case.organisation_id).values("person")
    rows = Attachment.objects.filter(case=case, by__in=members, blob__in=list(digests))
    return rows.select_related("blob").order_by("id")

"""Article 14: the operator enters what a tenant raised and where it was listed, with evidence, and strikes out what is wrong."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Sum

from makerspace.matters.registers import queries as registers
from makerspace.matters.registers.models import Makerspace, Tenant
from makerspace.matters.review.digests import of_text
from makerspace.matters.support.models import Board, CapitalFact, Financing, Listing
from makerspace.matters.support.operations.common import REGULATION
from makerspace.matters.support.queries import capital as queries
from makerspace.matters.support.queries.engagements import eligible
from makerspace.office.casework.queries import NOT_THERE
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import files, uploads
from makerspace.office.documents.models import Blob
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role

R = TypeVar("R", Financing, Listing)
Evidence = tuple["File[Any] | Blob", str]  # the file, kept beforehand or not, and what it is called
ENTERED, LISTED = "同一笔融资已经登记，请核对。", "这家企业在该板块的挂牌已经登记；登记有误的，请先作废原来的一条。"
NO_EVIDENCE = "请选择证明材料"
NO_TEAM = "创业团队不能挂牌；已注册企业的，请先在入驻登记册登记为企业"
NAMED = frozenset({Board.NEEQ, Board.BSE})  # boards with one venue each


def keep_evidence(file: "File[Any]", name: str, *, tenant: Tenant, by: Person, on: date) -> Evidence:
    """Check and keep a file before an act's transaction begins: nobody else should wait while it is looked through.

    Asked when all else that was given is sound, and while there is room: what is kept here stays.
    """
    ask_entering(tenant.makerspace, by=by, on=on)
    _ask_room(tenant.makerspace, file.size, on)
    return _stored(file, name), name


@transaction.atomic
def enter_financing(
    tenant: Tenant, *, by: Person, on: date, day: date, kind: str, amount: int, own_amount: int = 0, investor: str,
    evidence: Evidence | None,
) -> Financing:  # fmt: skip
    """Enter what a tenant raised on a day, in fen, with its evidence."""
    _lock(tenant, by, on)
    wrong = _unfit(tenant, day, on, evidence)
    if amount <= 0:
        wrong["amount"] = "应大于0"
    elif not 0 <= own_amount <= amount:
        wrong["own_amount"] = "应在0和融资额之间"
    if queries.raised_already(tenant, day=day, kind=kind, amount=amount, investor=investor):
        wrong["day"] = ENTERED
    _ask(wrong)
    row = Financing(kind=kind, amount=amount, own_amount=own_amount, investor=investor)
    return _enter(row, tenant, day, evidence, by=by, on=on, twice={"day": ENTERED})


@transaction.atomic
def enter_listing(
    tenant: Tenant, *, by: Person, on: date, day: date, board: str, venue: str = "", code: str = "", short_name: str = "",
    evidence: Evidence | None,
) -> Listing:  # fmt: skip
    """Enter that a tenant was listed on a board, with its evidence."""
    _lock(tenant, by, on)
    wrong = _unfit(tenant, day, on, evidence)
    if tenant.kind == "team":
        wrong["tenant"] = NO_TEAM
    if not venue and board not in NAMED:
        wrong["venue"] = "请写明交易场所或平台的名称"
    if queries.listed_already(tenant, board):
        wrong["board"] = LISTED
    taken = None if "board" in wrong else queries.with_code(tenant, board, code)
    if taken:
        why = f"（{taken.why_void}）" if taken.why_void else ""
        wrong["code"] = f"这个代码已登记在“{taken.tenant.name}”名下{why}；登记有误的，请先作废原来的一条"
    _ask(wrong)
    row = Listing(board=board, venue=venue, code=code, short_name=short_name)
    return _enter(row, tenant, day, evidence, by=by, on=on, twice={"board": LISTED})


@transaction.atomic
def strike_fact(row: R, *, by: Person, on: date, reason: str) -> R:
    """Strike out a row that should never have been entered; it stays readable with the reason and counts nowhere."""
    _ask_keeper(row.makerspace, by, on)
    Makerspace.objects.select_for_update().get(pk=row.makerspace_id)
    row.refresh_from_db(fields=["struck_on", "struck_by"])
    refusal = queries.why_not_strike(row, by, on)
    if refusal:
        raise Refused(refusal)
    row.struck_on, row.struck_by, row.reason = on, by, reason
    row.save(update_fields=["struck_on", "struck_by", "reason"])
    _record(row, "strike", by=by, on=on, data={"reason": of_text(reason)})
    return row


# -- asking ------------------------------------------------------------------------------------------------------------
def _lock(tenant: Tenant, by: Person, on: date) -> None:
    """Visible, then yours, then with the title; one writer to a makerspace's facts at a time."""
    makerspace = tenant.makerspace
    ask_entering(makerspace, by=by, on=on)
    Makerspace.objects.select_for_update().get(pk=makerspace.pk)
    tenant.refresh_from_db(fields=["kind", "name", "uscc", "moved_in_on", "moved_out_on", "left_as", "struck_on"])


def ask_entering(makerspace: Makerspace, *, by: Person, on: date) -> None:
    """Refuse whoever does not see it (404), does not keep it (403), and where it has no title now (409)."""
    _ask_keeper(makerspace, by, on)
    if not eligible(by, on).filter(pk=makerspace.pk).exists():
        raise _no_title()


def _no_title() -> Refused:
    text = "只有持有效“昆明市众创空间”称号的众创空间可以登记融资和挂牌。"
    return refused("wrong_stage", text, 14, fields={"tenant": text})


def _ask_keeper(makerspace: Makerspace, by: Person, on: date) -> None:
    if not registers.visible_to(by, on).filter(pk=makerspace.pk).exists():
        raise Refused(NOT_THERE)
    if not registers.keeps(by, makerspace, on):
        raise Refused(queries.NOT_KEPT)


def _unfit(tenant: Tenant, day: date, on: date, evidence: Evidence | None) -> dict[str, str]:
    wrong = {"day": queries.unfit_day(tenant, day, on)}
    wrong["tenant"] = "这一条入驻登记已经作废" if tenant.struck_on else ""
    wrong["evidence"] = "" if evidence else NO_EVIDENCE
    return {name: text for name, text in wrong.items() if text}


def _ask(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise refused("invalid", f"有{len(wrong)}处内容需要更正。", 14, fields=dict(wrong))


# -- writing -----------------------------------------------------------------------------------------------------------
def _enter(
    row: R, tenant: Tenant, day: date, evidence: Evidence | None, *, by: Person, on: date,
    twice: Mapping[str, str],
) -> R:  # fmt: skip
    """Write it with its file and seal it; the database itself refuses the same one a second time."""
    assert evidence is not None  # noqa: S101  it was asked for before
    row.evidence, row.evidence_name = _kept(tenant.makerspace, evidence, on), uploads.clean_name(evidence[1])
    row.makerspace, row.tenant, row.day = tenant.makerspace, tenant, day
    row.entered_by, row.entered_at = by, clock.now()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise refused("invalid", next(iter(twice.values())), 14, fields=dict(twice)) from None
    _record(row, "enter", by=by, on=on, data=queries.sealed_fact(row))
    return row


def _kept(makerspace: Makerspace, evidence: Evidence, on: date) -> Blob:
    """The file, checked and kept, while there is room for the makerspace's files."""
    file, name = evidence
    _ask_room(makerspace, file.size, on)
    return file if isinstance(file, Blob) else _stored(file, name)


def _ask_room(makerspace: Makerspace, size: int, on: date) -> None:
    """Refuse a file beyond what a makerspace may hand in within a year."""
    held = [
        model.objects.filter(makerspace=makerspace, entered_at__year=on.year).aggregate(size=Sum("evidence__size"))
        for model in (Financing, Listing)
    ]
    if sum(row["size"] or 0 for row in held) + size > settings.UPLOAD_CASE_BYTES:
        most = settings.UPLOAD_CASE_BYTES // (1024 * 1024)
        text = f"本年度登记的证明材料合计不超过{most}MB，这份文件超出上限，请压缩后再传。"
        raise refused("too_large", text, 14, fields={"evidence": text})


def _stored(file: "File[Any]", name: str) -> Blob:
    try:
        return files.keep(file, name)
    except uploads.UploadRefused as fault:
        raise refused(fault.code, fault.text, 14, fields={"evidence": fault.text}) from None


def _record(row: CapitalFact, act: str, *, by: Person, on: date, data: Mapping[str, Any]) -> None:
    """One sealed entry on the makerspace's stream; ids, days and sums, never who invested."""
    noun = queries.noun_of(row)
    append(
        queries.stream_of(row.makerspace_id), f"{act}_{noun}", by=by, role=Role.APPLICANT, on=on, articles=(14,),
        regulation=REGULATION, data={noun: row.pk, **data},
    )  # fmt: skip

"""Article 11: the public notice: prepared by one, published by another, closed by the clock, never edited."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from makerspace.matters.review import digests, notice_text, papers
from makerspace.matters.review.models import NoticeItem, Objection, PublicNotice, ReissueProposal
from makerspace.matters.review.operations.asking import ask_text
from makerspace.matters.review.operations.objection import tell_of_reissue
from makerspace.matters.review.queries import notices as queries
from makerspace.office.casework import queries as cases_queries
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import LINK, advance, lock
from makerspace.office.casework.refusals import STATUS, Refusal, Refused, refused
from makerspace.office.documents import operations as documents
from makerspace.office.documents.gate import own_contacts, personal_data_in
from makerspace.office.documents.queries import paper_by_code
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.people.queries import competent_authorities
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.office.record.queries import latest_head
from makerspace.regulation import by_id
from makerspace.regulation.counting import Count, chinese, count_days
from makerspace.regulation.terms import Role

Facts = dict[str, Any]
CHANGED = "拟稿以后名单内容或公示期有变化，公示没有发布。请核对按今天情况重新生成的公示稿，再发布。"
REPLACED = "这份公示刚刚由另一位办理人重新公示，请刷新后查看新的公示。"


# -- prepare and publish -----------------------------------------------------------------------------------------------
def count_notice(regulation: str, publish_on: date, on: date) -> Count:
    """First and last day of a notice, with every step (article 11, reading R-12)."""
    version = by_id(regulation)
    return count_days(
        publish_on, version.parameter("NOTICE_DAYS").on(on), unit=version.parameter("NOTICE_UNIT").on(on),
        first_day=version.parameter("NOTICE_FIRST_DAY").on(on),
    )  # fmt: skip


@transaction.atomic
def preview_notice(
    cases: Iterable[Case], *, by: Person, on: date, publish_on: date
) -> tuple[PublicNotice, list[Case], list[Facts]]:
    """The notice as it would be published, not saved; refused with all that stands in the way."""
    batch = _batch(cases)
    _ask_all(batch, by, on)
    _ask_publish_on(publish_on, on)
    notice, rows = _drawn_up(batch, publish_on, on), _ask_publishable(batch)
    return _worded(notice, rows), batch, rows


@transaction.atomic
def prepare_notice(cases: Iterable[Case], *, by: Person, on: date, publish_on: date | None = None) -> PublicNotice:
    """Draft a notice over approved cases for a second reader; nothing moves, and all that stands in the way is said."""
    notice, batch, rows = preview_notice(cases, by=by, on=on, publish_on=publish_on or on)
    notice.prepared_by, notice.prepared_on = by, on
    notice.save()
    _keep_items(notice, batch, rows, live=False)
    return notice


@transaction.atomic
def discard_notice(notice: PublicNotice, *, by: Person, on: date) -> None:
    """Throw a draft away; nobody outside has seen it. The record keeps who drew it up, over what, and who threw it away."""
    notice = PublicNotice.objects.select_for_update().get(pk=notice.pk)
    if Role.BUREAU not in by.capacity(on).roles:
        raise refused("not_yours", "公示稿由市科技局经办处室办理。", 11)
    if notice.state != PublicNotice.State.DRAFT:
        raise refused("wrong_stage", "公示已经发布，不能删除；有错误的可以重新公示。", 11)
    items = notice.items.order_by("position")
    data = {
        "notice": notice.pk, "digest": notice.digest, "prepared_by": notice.prepared_by_id,
        "prepared_on": notice.prepared_on, "cases": list(items.values_list("case__number", flat=True)),
    }  # fmt: skip
    append(f"NOTICE-{notice.pk}", "discard_notice", by=by, role=Role.BUREAU, on=on, articles=(11,), data=data)
    items.delete()
    notice.delete()


@transaction.atomic
def publish_draft(notice: PublicNotice, *, by: Person, on: date, read: str) -> PublicNotice:
    """The second reader publishes a draft: another member of the bureau than the one who prepared it.

    ``read`` is the digest of the text that the reader saw; where it would come out otherwise by now, nothing is
    published. The record's head is printed only on publishing, so drafts are drawn up and compared without it.
    """
    notice = PublicNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.state != PublicNotice.State.DRAFT:
        raise refused("wrong_stage", "这份公示已经发布。", 11)
    if notice.prepared_by_id == by.pk:
        raise refused("not_yours", "公示稿由您拟定，须由另一位经办人员复核后发布。", 11)
    return _publish(
        _batch_of(notice), max(notice.publish_on, on), by=by, on=on, second_reader=by, draft=notice, read=read
    )


def draft_anew(draft: PublicNotice, on: date) -> tuple[PublicNotice, list[Facts]]:
    """A draft as it would be published on ``on``, with the digest of that text; nothing is saved."""
    batch = _batch_of(draft)
    rows = _ask_publishable(batch)
    return _worded(_drawn_up(batch, max(draft.publish_on, on), on, draft), rows), rows


def _batch_of(draft: PublicNotice) -> list[Case]:
    items = draft.items.select_related("case__organisation", "case__authority").order_by("position")
    return _batch(item.case for item in items)


@transaction.atomic
def publish_notice(
    cases: Iterable[Case], *, publish_on: date, by: Person, on: date, second_reader: Person | None = None
) -> PublicNotice:
    """Publish one notice over a batch: all or nothing, one move a case (article 11).

    ``publish_on`` may lie ahead: until then the public does not see it. Text, days and steps are frozen with a digest.
    """
    return _publish(_batch(cases), publish_on, by=by, on=on, second_reader=second_reader)


def _publish(
    batch: list[Case], publish_on: date, *, by: Person, on: date, second_reader: Person | None,
    draft: PublicNotice | None = None, read: str = "",
) -> PublicNotice:  # fmt: skip
    _ask_all(batch, by, on)
    _ask_publish_on(publish_on, on)
    preparer = draft.prepared_by if draft else by
    if second_reader is not None and second_reader.pk == preparer.pk:
        raise refused("not_yours", "复核人须是拟稿人以外的另一位经办人员。", 11)
    rows = _ask_publishable(batch)
    notice = _drawn_up(batch, publish_on, on, draft)
    if draft and _worded(notice, rows).digest != read:
        raise refused("changed_meanwhile", CHANGED, 11)
    notice = _frozen(notice, rows, by, on, prepared_by=preparer)
    notice.second_reader = second_reader
    _announce(notice, batch, rows, by=by, on=on)
    return notice


def _batch(cases: Iterable[Case]) -> list[Case]:
    """The cases, each once, in the order of their numbers."""
    batch = sorted({case.pk: case for case in cases}.values(), key=lambda case: case.number)
    if not batch:
        raise refused("invalid", "请选择要公示的办件。", 11, fields={"cases": "请至少选择一件"})
    if len({case.regulation for case in batch}) > 1:
        raise refused("invalid", "适用不同版本办法的办件须分开公示。", 11, fields={"cases": "请按适用办法分批"})
    return batch


def _ask_all(batch: Sequence[Case], by: Person, on: date) -> None:
    """Every case of the batch must be able to move; else none does, and the refusal names each with its reason."""
    found: dict[str, Refusal] = {}
    for case in batch:
        refusal = cases_queries.why_not(by, cases_queries.procedure_of(case).move("publish_notice"), lock(case), on=on)
        if refusal:
            found[case.number] = refusal
    if found:
        worst = min(
            found.values(), key=lambda refusal: ("not_found", "not_yours", "wrong_stage", "invalid").index(refusal.code)
        )
        told = "；".join(f"{number}：{refusal.text}" for number, refusal in found.items())
        fields = {number: refusal.text for number, refusal in found.items()}
        raise refused(worst.code, f"{len(batch)}件中有{len(found)}件不能公示，全部未发布。{told}", 11, fields=fields)


def _ask_publish_on(publish_on: date, on: date) -> None:
    if publish_on < on:
        raise refused("invalid", "公示不能早于今天发布。", 11, fields={"publish_on": f"应为{chinese(on)}或以后"})


def _ask_publishable(batch: Sequence[Case], corrections: Sequence[Mapping[str, str]] = ()) -> list[Facts]:
    """What will be said of each case; refused where it holds personal data (C43)."""
    rows = [_corrected(notice_text.facts_of(case), corrections) for case in batch]
    fields = {}
    for row in rows:
        said = [row["makerspace"], row["operator"], row["category"], row["authority"]]
        said += [text for figure in row["figures"] for text in (figure["declared"], figure["verified"])]
        hits = [hit for text in said for hit in personal_data_in(text, own_contacts())]
        if hits:
            fields[row["number"]] = "、".join(map(str, hits))
    if fields:
        told = "；".join(f"{number}：{what}" for number, what in fields.items())
        raise refused("invalid", f"公示内容含有不能公开的个人信息，全部未发布。{told}", 11, fields=fields)
    return rows


def _corrected(facts: Facts, corrections: Sequence[Mapping[str, str]]) -> Facts:
    changes = {row["field"]: row["text"] for row in corrections if row["case"] == facts["number"]}
    return {**facts, **changes}


def _drawn_up(batch: Sequence[Case], publish_on: date, on: date, notice: PublicNotice | None = None) -> PublicNotice:
    """A notice with its title and days; not yet frozen."""
    regulation = batch[0].regulation
    count, notice = count_notice(regulation, publish_on, on), notice or PublicNotice()
    notice.title, notice.regulation = notice_text.title_of(publish_on), regulation
    notice.publish_on, notice.days = publish_on, by_id(regulation).parameter("NOTICE_DAYS").on(on)
    notice.first_day, notice.last_day = count.first_day, count.last_day
    notice.steps, notice.provisional = list(count.steps), count.provisional
    notice.contact_phone, notice.discipline_phone = settings.SITE["phone"], settings.SITE["discipline_phone"]
    return notice


def _worded(notice: PublicNotice, rows: Sequence[Facts], replaces: str = "") -> PublicNotice:
    """With its text and the digest over it."""
    notice.text = notice_text.text_of(notice, rows, replaces)
    notice.digest = digests.of_text(notice.text)
    return notice


def _frozen(
    notice: PublicNotice, rows: Sequence[Facts], by: Person, on: date, *, prepared_by: Person, replaces: str = ""
) -> PublicNotice:
    """Text, digest and the record's head fixed; saved, so that the moves can name it."""
    head = latest_head()
    notice.head, notice.head_day = (head.head, head.day) if head else ("", None)
    notice = _worded(notice, rows, replaces)
    notice.state, notice.published_by, notice.published_on = PublicNotice.State.PUBLISHED, by, on
    notice.prepared_by, notice.prepared_on = prepared_by, notice.prepared_on or on
    hits = personal_data_in(notice.text, own_contacts())
    if hits:
        raise refused("invalid", f"公示正文含有不能公开的个人信息：{hits[0]}。", 11)
    notice.save()
    return notice


def _announce(notice: PublicNotice, batch: Sequence[Case], rows: Sequence[Facts], *, by: Person, on: date) -> None:
    """Move each case onto the notice, order the paper."""
    data = {"publish_on": notice.publish_on, "second_reader": notice.second_reader_id}
    for case, facts in zip(batch, rows, strict=True):
        said = {**_sealed(notice, facts), **data}
        advance(case, "publish_notice", by=by, on=on, data=said, due_on=notice.last_day)
    _keep_items(notice, batch, rows, live=True)
    notice.paper_code = papers.order_public_notice(notice, rows).code
    notice.save(update_fields=["paper_code", "second_reader"])


def _sealed(notice: PublicNotice, facts: Facts) -> dict[str, Any]:
    """What the record holds of a notice and of one row on it: a title rests on these, not on the tables."""
    return {
        "notice": notice.pk, "digest": notice.digest, "facts": digests.of_facts(facts), "first_day": notice.first_day,
        "last_day": notice.last_day,
    }  # fmt: skip


def _keep_items(notice: PublicNotice, batch: Sequence[Case], rows: Sequence[Facts], *, live: bool) -> None:
    NoticeItem.objects.filter(notice=notice).delete()
    NoticeItem.objects.bulk_create(
        NoticeItem(notice=notice, case=case, position=at, facts=facts, live=live)
        for at, (case, facts) in enumerate(zip(batch, rows, strict=True), start=1)
    )


# -- publish anew ------------------------------------------------------------------------------------------------------
@transaction.atomic
def reissue_notice(
    case: Case,
    *,
    by: Person,
    on: date,
    wrong: str = "",
    corrections: Sequence[Mapping[str, str]] = (),
    confirm: bool = False,
) -> Case:
    """Replace a notice that was wrong: bureau and leader, two people; the second call confirms (article 11).

    The old one stays readable, marked; the new one runs its own seven days from ``on``.
    """
    notice = _locked_notice(case, whole=confirm)
    proposal = queries.open_proposal(notice) if notice and confirm else None
    step = (
        {"step": "confirm", "proposal": proposal.pk}
        if proposal
        else {"step": "propose", "wrong": digests.of_text(wrong)}
    )
    role = cases_queries.acting_role(by, cases_queries.procedure_of(case).move("reissue_notice"), case, on)
    data, last_day = {**step, "notice": notice.pk if notice else None}, notice.last_day if notice else None
    case = advance(case, "reissue_notice", by=by, on=on, data=data, due_on=last_day)
    if notice is None:
        raise refused("wrong_stage", REPLACED, 11)
    if confirm:
        _replace(notice, _ask_confirm(proposal, by, role), by=by, on=on)
        case.refresh_from_db()
    else:
        _propose(notice, case, by=by, role=role, on=on, wrong=wrong, corrections=corrections)
    return case


def _locked_notice(case: Case, *, whole: bool) -> PublicNotice | None:
    """The notice that the case stands on, locked; with ``whole`` all its cases after it, in the order of their keys.

    Whoever publishes anew takes the same locks in the same order, from whichever case, so that two can't hold each
    other up. ``no_key`` lets in an objection that is being written meanwhile. None where it was replaced just now.
    """
    rows = PublicNotice.objects.select_for_update(of=("self",), no_key=True)
    notice = rows.filter(items__case=case, items__live=True).first()
    if notice is None or not notice.items.filter(case=case, live=True).exists():
        return None
    for item in notice.items.filter(live=True).select_related("case").order_by("case_id") if whole else ():
        lock(item.case)
    return notice


def _propose(
    notice: PublicNotice, case: Case, *, by: Person, role: Role | None, on: date, wrong: str,
    corrections: Sequence[Mapping[str, str]],
) -> None:  # fmt: skip
    ask_text(wrong, 11, field="wrong", label="原公示的问题")
    _ask_corrections(notice, corrections, on)
    ReissueProposal.objects.filter(notice=notice, confirmed_on=None).delete()
    ReissueProposal.objects.create(
        notice=notice, wrong=wrong, corrections=[dict(row) for row in corrections], by=by, role=str(role), on=on
    )
    other = Role.LEADER if role is Role.BUREAU else Role.BUREAU
    tell(
        cases_queries.people_of(case, other, on),
        f"请确认重新公示：{notice.title}",
        f"提出的问题：{wrong}。确认后原公示标明已被代替，新公示重新计算公示期。",
        link=f"{LINK.format(number=case.number)}acts/reissue_notice/",
        stream=case.number,
    )


def _ask_corrections(notice: PublicNotice, corrections: Sequence[Mapping[str, str]], on: date) -> None:
    numbers, known = set(notice.items.values_list("case__number", flat=True)), known_values(notice.regulation, on)
    fields: dict[str, str] = {}
    for at, row in enumerate(corrections):
        if row["case"] not in numbers:
            fields[f"corrections[{at}].case"] = "不在这份公示中"
        if row["field"] not in notice_text.CORRECTABLE:
            fields[f"corrections[{at}].field"] = "不是可更正的内容"
        if fault := _fault_in(row["text"], known.get(row["field"])):
            fields[f"corrections[{at}].text"] = fault
    fields = {**_names_of_others(notice, corrections), **fields}
    if fields:
        raise refused("invalid", "请核对更正的内容。", 11, fields=fields)


def _names_of_others(notice: PublicNotice, corrections: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Corrections that would give a makerspace the name of another one on the notice, as corrected."""
    rows = [_corrected(facts, corrections) for facts in notice.items.values_list("facts", flat=True)]
    found = {}
    for at, each in enumerate(corrections):
        same = [
            row["number"]
            for row in rows
            if row["number"] != each["case"] and _bare(row["makerspace"]) == _bare(each["text"])
        ]
        if each["field"] == "makerspace" and same:
            found[f"corrections[{at}].text"] = f"与本公示中{'、'.join(same)}的名称相同，请核对办件编号和名称"
    return found


def _bare(name: str) -> str:
    """A name as it is compared: one width, no spaces, without the mark of a correction."""
    return "".join(unicodedata.normalize("NFKC", name).split()).removesuffix("(更正)")


def known_values(regulation: str, on: date) -> dict[str, list[str]]:
    """What a correction may say where not any words will do: a title takes its category and authority from the notice."""
    return {
        "category": list(by_id(regulation).categories.values()),
        "authority": [row.office for row in competent_authorities(on)],
    }


def _fault_in(text: str, known: Sequence[str] | None) -> str:
    if not text.strip():
        return "请写明更正后的内容"
    if known is not None and text not in known:
        return f"应为下列之一：{'、'.join(known)}"
    return "含有不能公开的个人信息" if personal_data_in(text, own_contacts()) else ""


def _ask_confirm(proposal: ReissueProposal | None, by: Person, role: Role | None) -> ReissueProposal:
    if proposal is None:
        raise refused(
            "invalid", "还没有人提出重新公示，请写明原公示的问题。", 11, fields={"confirm": "没有待确认的提议"}
        )
    if proposal.by_id == by.pk or proposal.role == str(role):
        raise refused("not_yours", "重新公示由经办处室和局领导两人办理；须由提出方以外的一方确认。", 11)
    return proposal


def _replace(old: PublicNotice, proposal: ReissueProposal, *, by: Person, on: date) -> None:
    """Put the new notice in the place of the old one, for every case that is still on it."""
    rows = old.items.filter(live=True, case__stage="public_notice").select_related(
        "case__organisation", "case__authority"
    )
    batch = [row.case for row in rows.order_by("position")]
    facts, words = _ask_publishable(batch, proposal.corrections), _replacing(old, proposal)
    notice = _frozen(_drawn_up(batch, on, on), facts, by, on, prepared_by=proposal.by, replaces=words)
    data = {"step": "replace", "replaces": old.pk, "proposal": proposal.pk}
    for case, said in zip(batch, facts, strict=True):
        sealed = {**_sealed(notice, said), **data}
        moved = advance(case, "reissue_notice", by=by, on=on, data=sealed, due_on=notice.last_day)
        _tell_new_days(moved, notice, on)
    _put_in_place(old, notice, proposal, by=by, on=on)
    _keep_items(notice, batch, facts, live=True)
    paper = papers.order_public_notice(notice, facts, words)
    notice.paper_code, notice.second_reader = paper.code, by
    notice.save(update_fields=["paper_code", "second_reader"])
    former = paper_by_code(old.paper_code)
    if former is not None:
        documents.replace(former, paper)
    tell_of_reissue(old, notice)


def _put_in_place(old: PublicNotice, new: PublicNotice, proposal: ReissueProposal, *, by: Person, on: date) -> None:
    NoticeItem.objects.filter(notice=old).update(live=False)
    PublicNotice.objects.filter(pk=old.pk).update(
        state=PublicNotice.State.REPLACED, replaced_by=new, replaced_why=proposal.wrong
    )
    proposal.confirmed_by, proposal.confirmed_on = by, on
    proposal.save(update_fields=["confirmed_by", "confirmed_on"])


def _tell_new_days(case: Case, notice: PublicNotice, on: date) -> None:
    """The stage stays, so the gate tells nobody; but the days begin anew."""
    tell(
        cases_queries.people_of(case, Role.APPLICANT, on),
        f"{case.number}：重新公示",
        f"“{case.subject}”已在新的公示中重新公示（依据：第十一条），"
        f"公示期自{chinese(notice.first_day)}至{chinese(notice.last_day)}24时，重新计算。原公示和代替它的原因仍可查阅。",
        link=LINK.format(number=case.number),
        stream=case.number,
    )


def _replacing(old: PublicNotice, proposal: ReissueProposal) -> str:
    return f"本公示代替{chinese(old.publish_on)}发布的公示（{papers.notice_url(old)}）。原公示的问题：{proposal.wrong}。公示期重新计算。"


# -- close (the clock) -------------------------------------------------------------------------------------------------
def close_notices(now: datetime) -> int:
    """Close every notice whose last day is over; each case in its own transaction. How many cases moved.

    A case with an objection that is not disposed of goes to objection_review and holds up no other. Safe to run twice.
    """
    today, moved = clock.day_of(now), 0
    over = PublicNotice.objects.filter(state=PublicNotice.State.PUBLISHED, closed_on=None, last_day__lt=today)
    for notice in over.order_by("last_day", "id"):
        items = NoticeItem.objects.filter(notice=notice, live=True, case__stage="public_notice")
        for item in items.select_related("case").order_by("position"):
            moved += _closed(item.case, notice, today)
        if not items.exists():
            PublicNotice.objects.filter(pk=notice.pk, state=PublicNotice.State.PUBLISHED).update(closed_on=today)
    return moved


def _closed(case: Case, notice: PublicNotice, on: date) -> bool:
    try:
        close_notice(case, by=Role.CLOCK, on=on)
    except Refused as refusal:
        if refusal.refusal.status != STATUS["wrong_stage"]:
            raise
        return False  # withdrawn, published anew, or closed by another clock meanwhile
    return True


@transaction.atomic
def close_notice(case: Case, *, by: Role | Person, on: date) -> Case:
    """Time closes the notice of one case; people decide what was objected (article 11)."""
    case = lock(case)
    open_ones = list(
        Objection.objects.filter(case=case, state__in=Objection.OPEN).order_by("id").values_list("pk", flat=True)
    )
    item = queries.live_item(case)
    return advance(
        case, "close_notice", by=by, on=on, to="objection_review" if open_ones else "announcement",
        data={"notice": item.notice_id if item else None, "digest": item.notice.digest if item else "",
              "last_day": item.notice.last_day if item else None, "open_objections": open_ones},
    )  # fmt: skip

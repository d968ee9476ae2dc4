"""Articles 11 and 12: objections from the public, and what becomes of them."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction

from makerspace.matters.review import digests, identity, papers, remedies
from makerspace.matters.review.identity import Identity
from makerspace.matters.review.models import (
    Decision,
    Investigation,
    NonAdmission,
    NoticeItem,
    Objection,
    ObjectorIdentity,
    PublicNotice,
)
from makerspace.matters.review.operations.asking import ask_reasons, ask_text
from makerspace.matters.review.queries import objections as queries
from makerspace.matters.review.queries.conditions import ON_SITE, grounds_of
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import LINK, advance, lock
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import files, uploads
from makerspace.office.documents.codes import new_code
from makerspace.office.notify.operations import tell, write_to
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role

Evidence = tuple["File[Any]", str]
READING = "R-11"
MOST_FILES = 10
LONGEST_NAME, LONGEST_CONTACT, LONGEST_FACTS = 100, 100, 5000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"\+?\d[\d\- ]{5,18}\d")


# -- from the public ---------------------------------------------------------------------------------------------------
def object_to(
    notice: PublicNotice,
    case: Case,
    *,
    on: date,
    name: str,
    contact: str,
    facts: str,
    is_unit: bool = False,
    evidence: Sequence[Evidence] = (),
) -> Objection:
    """Take in an objection to one case on a notice (article 11); who brings it is sealed apart at once.

    A contact by e-mail is proven by a link sent to it; an unproven objection holds the case all the same until somebody
    has disposed of it. Evidence is checked and kept before the case is locked.
    """
    told = Identity(name.strip(), contact.strip())
    _ask_in_time(notice, case, on)
    _ask_told(told, facts, evidence)
    kept = [_kept(file, called) for file, called in evidence]
    token = secrets.token_urlsafe(24) if _EMAIL.fullmatch(told.contact) else ""
    with transaction.atomic():
        case = lock(case)
        _ask_in_time(notice, case, on)
        objection = Objection.objects.create(
            receipt=new_code(), notice=notice, case=case, is_unit=is_unit, facts=facts.strip(), evidence=kept,
            received_on=on, received_at=clock.now(), contact_mark=identity.mark(told.contact),
            duplicate_of=_earlier(case, told), confirm_digest=digests.of_text(token) if token else "",
        )  # fmt: skip
        ObjectorIdentity.objects.create(objection=objection, sealed=identity.seal(told, objection.pk))
        case = advance(
            case, "object", by=Role.PUBLIC, on=on,
            data={"objection": objection.pk, "notice": notice.pk, "facts": digests.of_text(objection.facts),
                  "evidence": [row["digest"] for row in kept]},
        )  # fmt: skip
        objection.paper_code = papers.order_objection_receipt(objection, on).code
        objection.save(update_fields=["paper_code"])
        _acknowledge(objection, told, token)
        _tell_handlers(case, f"收到异议：{case.subject}", "有一件新的异议待审查是否受理。", on)
    return objection


def _ask_in_time(notice: PublicNotice, case: Case, on: date) -> None:
    """In the days of the notice, on a case that is still on it; late ones are answered with the rule."""
    if notice.state == PublicNotice.State.DRAFT or on < notice.publish_on:
        raise Refused(cases.NOT_THERE)
    if not NoticeItem.objects.filter(notice=notice, case=case).exists():
        raise Refused(cases.NOT_THERE)
    if notice.state == PublicNotice.State.REPLACED:
        raise refused("wrong_stage", "这份公示已被新的公示代替，请在新的公示中提出异议。", 11)
    if on > notice.last_day:
        raise refused(
            "wrong_stage",
            f"异议须在公示期内提出。公示期自{chinese(notice.first_day)}至{chinese(notice.last_day)}24时，已经届满，逾期不再受理。",
            11,
        )


def _ask_told(told: Identity, facts: str, evidence: Sequence[Evidence]) -> None:
    wrong = {}
    if not 2 <= len(told.name) <= LONGEST_NAME:
        wrong["name"] = "请填写真实姓名或单位全称"
    is_contact = _EMAIL.fullmatch(told.contact) or _PHONE.fullmatch(told.contact)
    if len(told.contact) > LONGEST_CONTACT or not is_contact:
        wrong["contact"] = "请填写可以联系到您的电话或电子邮箱"
    if not facts.strip():
        wrong["facts"] = "请写明异议所指的事实和理由"
    elif len(facts) > LONGEST_FACTS:
        wrong["facts"] = f"不超过{LONGEST_FACTS}字，更多内容请作为证据附上"
    if len(evidence) > MOST_FILES:
        wrong["evidence"] = f"证据文件不超过{MOST_FILES}个"
    if wrong:
        raise refused("invalid", "异议须实名提出，并写明事实和联系方式。", 11, fields=wrong)


def _kept(file: "File[Any]", called: str) -> dict[str, str]:
    try:
        blob = files.keep(file, called)
    except uploads.UploadRefused as refusal:
        raise refused(refusal.code, refusal.text, 11, fields={"evidence": refusal.text}) from None
    return {"digest": blob.pk, "name": uploads.clean_name(called)}


def _earlier(case: Case, told: Identity) -> Objection | None:
    """The first objection of the same contact to the same case: later ones are grouped with it."""
    mark = identity.mark(told.contact)
    return Objection.objects.filter(case=case, contact_mark=mark, duplicate_of=None).order_by("id").first()


def _acknowledge(objection: Objection, told: Identity, token: str) -> None:
    """A receipt to the objector's e-mail, with the link that proves it. It names neither the objector nor the case."""
    if not token:
        return
    base = settings.PUBLIC_BASE_URL
    write_to(
        told.contact,
        "异议回执",
        f"您提出的异议已收到，回执编码：{objection.receipt}。\n"
        f"请点击下面的链接确认这个邮箱是您本人的，链接只能使用一次：\n{base}/objections/confirm/{token}/\n"
        f"办理情况可凭回执编码查询：{base}/objections/\n"
        "如果您没有提出过异议，请不要点击链接。",
    )


@transaction.atomic
def confirm_contact(token: str) -> Objection:
    """Prove the contact by the link that was sent to it; the link is good once."""
    rows = Objection.objects.filter(confirm_digest=digests.of_text(token)) if token else Objection.objects.none()
    objection = rows.select_related("notice", "case").first()
    if objection is None:
        raise refused("not_found", "链接无效，或已经使用过。")
    objection.confirm_digest, objection.confirmed_at = "", clock.now()
    objection.save(update_fields=["confirm_digest", "confirmed_at"])
    return objection


def _tell_handlers(case: Case, subject: str, text: str, on: date, *, but: Person | None = None) -> None:
    """Whoever may handle an objection to this case: discipline, and the bureau's members who took no act on it."""
    people = [*cases.people_of(case, Role.DISCIPLINE, on), *cases.people_of(case, Role.BUREAU, on)]
    free = [person for person in people if person != but and not queries.has_acted(person, case)]
    tell(free, subject, text, link="/work/objections/", stream=case.number)


# -- who objected ------------------------------------------------------------------------------------------------------
@transaction.atomic
def open_identity(objection: Objection, *, by: Person, on: date) -> Identity:
    """Open who objected: its handler, the deciding leader, discipline; each look goes into the record."""
    if not queries.visible_objections(by, on).filter(pk=objection.pk).exists():
        raise Refused(cases.NOT_THERE)
    if not queries.may_open_identity(by, objection, on):
        raise refused("not_yours", "异议人身份只有承办人、作出决定的局领导和纪检监督人员可以查看。", 11)
    sealed = ObjectorIdentity.objects.filter(objection=objection).values_list("sealed", flat=True).first()
    if sealed is None:
        raise refused("wrong_stage", "异议人身份信息已按保存期限删除。", 11)
    lock(objection.case)
    role = Role.DISCIPLINE if Role.DISCIPLINE in by.capacity(on).roles else _role_of(by, on)
    append(queries.stream_of(objection), "open_identity", by=by, role=role, on=on, articles=(11,))
    return identity.unseal(bytes(sealed), objection.pk)


def _role_of(by: Person, on: date) -> Role:
    return Role.LEADER if Role.LEADER in by.capacity(on).roles else Role.BUREAU


# -- handling ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def admit_objection(case: Case, *, by: Person, on: date, objection: int, reason: str) -> Case:
    """Admit an objection; whoever admits it handles it (article 11)."""
    case = advance(
        case, "admit_objection", by=by, on=on, data={"objection": objection, "reason": digests.of_text(reason)}
    )
    row = _of_case(case, objection, Objection.State.RECEIVED)
    ask_text(reason, 11, field="reason", label="受理的理由")
    row.state, row.handler, row.admitted_on, row.admitted_why = Objection.State.ADMITTED, by, on, reason
    row.save(update_fields=["state", "handler", "admitted_on", "admitted_why"])
    return case


@transaction.atomic
def not_admit_objection(case: Case, *, by: Person, on: date, objection: int, reason: str = "") -> Case:
    """Not admit: the first call proposes with a reason, a second person confirms (article 11)."""
    pending = NonAdmission.objects.filter(objection=objection, confirmed_on=None).first()
    case = advance(
        case, "not_admit_objection", by=by, on=on,
        data={"objection": objection, "step": "confirm" if pending else "propose", "reason": digests.of_text(reason)},
    )  # fmt: skip
    row = _of_case(case, objection, Objection.State.RECEIVED)
    if pending is None:
        ask_text(reason, 11, field="reason", label="不予受理的理由")
        NonAdmission.objects.create(objection=row, reason=reason, by=by, on=on)
        _tell_handlers(case, f"请复核不予受理：{case.subject}", "一件异议被提议不予受理，须由另一人复核。", on, but=by)
        return case
    if pending.by_id == by.pk:
        raise refused("not_yours", "不予受理由您提出，须由另一人复核。", 11)
    _close_not_admitted(row, pending, by, on)
    _tell_decider(case, on)
    return case


def _close_not_admitted(row: Objection, pending: NonAdmission, by: Person, on: date) -> None:
    pending.confirmed_by, pending.confirmed_on = by, on
    pending.save(update_fields=["confirmed_by", "confirmed_on"])
    row.state, row.closed_on = Objection.State.NOT_ADMITTED, on
    row.save(update_fields=["state", "closed_on"])
    papers.order_objection_reply(
        row, findings=pending.reason, steps=(), result="不予受理。", remedies=remedies.remedies(), on=on
    )
    _answer(row)


def _of_case(case: Case, objection: int, *states: str) -> Objection:
    """The objection of this case in one of these states: child and parent looked up together."""
    row = Objection.objects.filter(pk=objection, case=case).select_related("notice").first()
    if row is None:
        raise refused("invalid", "请选择本件的一件异议。", 11, fields={"objection": "不是本件的异议"})
    if row.state not in states:
        told = f"这件异议目前为“{row.get_state_display()}”"
        raise refused("wrong_stage", f"{told}，不能办理这一步。", 11, fields={"objection": told})
    row.case = case
    return row


@transaction.atomic
def investigate_objection(
    case: Case,
    *,
    by: Person,
    on: date,
    objection: int,
    steps: str,
    findings: str,
    reply_to_objector: str,
    reply_to_applicant: str,
) -> Case:
    """Record how an admitted objection was looked into and what each side is told (article 11)."""
    case = advance(
        case,
        "investigate_objection",
        by=by,
        on=on,
        data={"objection": objection, "findings": digests.of_text(findings)},
    )
    row = _of_case(case, objection, Objection.State.ADMITTED)
    if row.handler_id != by.pk and not (case.due_on and on > case.due_on):
        raise refused("not_yours", f"这件异议由{row.handler}承办；逾期未办的，其他人员方可接办。", 11)
    texts = {
        "steps": (steps, "核查经过"), "findings": (findings, "核查结论"), "reply_to_objector": (reply_to_objector, "对异议人的答复"),
        "reply_to_applicant": (reply_to_applicant, "对申报单位的告知"),
    }  # fmt: skip
    for field, (text, label) in texts.items():
        ask_text(text, 11, field=field, label=label)
    _ask_keeps_secret([row], {"reply_to_applicant": reply_to_applicant})
    Investigation.objects.create(
        objection=row, steps=steps, findings=findings, reply_to_objector=reply_to_objector,
        reply_to_applicant=reply_to_applicant, by=by, on=on,
    )  # fmt: skip
    row.state, row.handler = Objection.State.INVESTIGATED, by
    row.save(update_fields=["state", "handler"])
    tell(
        cases.people_of(case, Role.APPLICANT, on), f"{case.number}：异议核查情况", reply_to_applicant,
        link=LINK.format(number=case.number), stream=case.number,
    )  # fmt: skip
    _answer(row)
    _tell_decider(case, on)
    return case


def _ask_keeps_secret(rows: Iterable[Objection], texts: Mapping[str, str]) -> None:
    """What the applicant may come to read names none of those who objected, nor how to reach them, however it is spelt."""
    people = [told for row in rows if (told := _identity(row))]
    fault = "申报单位可以看到这些内容，不能出现异议人的姓名、单位名称或联系方式"
    if wrong := {field: fault for field, text in texts.items() if any(identity.tells(text, told) for told in people)}:
        raise refused("invalid", f"{fault}。", 11, fields=wrong)


def _identity(row: Objection) -> Identity | None:
    """Who objected; None once it was erased."""
    sealed = ObjectorIdentity.objects.filter(objection=row).values_list("sealed", flat=True).first()
    return identity.unseal(bytes(sealed), row.pk) if sealed is not None else None


def _answer(row: Objection) -> None:
    """Tell the objector that there is news; it holds no word of the case."""
    _write_to_objector(
        row, "异议办理进展",
        f"您提出的异议（回执编码{row.receipt}）目前为“{row.get_state_display()}”。"
        f"请凭回执编码查询答复：{settings.PUBLIC_BASE_URL}/objections/",
    )  # fmt: skip


def tell_of_reissue(old: PublicNotice, new: PublicNotice) -> None:
    """Tell those whose objections to a replaced notice are still open that they hold on, and until when the new one runs."""
    for row in Objection.objects.filter(notice=old, state__in=Objection.OPEN).order_by("id"):
        _write_to_objector(
            row, "公示已重新发布",
            f"您提出异议（回执编码{row.receipt}）的公示已重新发布，"
            f"公示期自{chinese(new.first_day)}至{chinese(new.last_day)}24时。您的异议继续办理，不需要重新提出；"
            f"对新公示有补充意见的，可在公示期内提出：{papers.notice_url(new)}",
        )  # fmt: skip


def _write_to_objector(row: Objection, subject: str, text: str) -> None:
    """Only a proven e-mail is written to."""
    told = _identity(row) if row.confirmed_at else None
    if told is not None:
        write_to(told.contact, subject, text)


def _tell_decider(case: Case, on: date) -> None:
    """Once nothing is left to be looked into, the case waits for a leader; its stage stays, so the gate tells nobody."""
    if case.stage != "objection_review" or queries.in_handling().filter(case=case).exists():
        return
    tell(
        cases.people_of(case, Role.LEADER, on),
        f"待办：{case.subject}（异议处理）",
        f"{case.number}“{case.subject}”的异议已全部审查、核查完毕，请决定异议是否成立（依据：第十一条、第十二条）。",
        link=LINK.format(number=case.number),
        stream=case.number,
    )


# -- deciding ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def dismiss_objections(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Find the objections groundless; a dismissed one counts as none (article 12, reading R-11)."""
    rows = list(_investigated(case))
    case = advance(
        case, "dismiss_objections", by=by, on=on,
        data={"objections": [row.pk for row in rows], "reason": digests.of_text(reason), "readings": [READING]},
    )  # fmt: skip
    ask_text(reason, 12, field="reason", label="异议不成立的理由")
    _ask_keeps_secret(_all_of(case), {"reason": reason})
    Decision.objects.create(case=case, outcome=Decision.Outcome.DISMISSED, reason=reason, by=by, on=on)
    for row in rows:
        _dispose(row, Objection.State.DISMISSED, on, f"理由：{reason}")
    return case


@transaction.atomic
def uphold_objection(
    case: Case, *, by: Person, on: date, objections: Sequence[int], reasons: Sequence[Mapping[str, str]]
) -> Case:
    """Find one or more objections true: the case is not recognised; reasons by condition, remedies (articles 11, 12)."""
    rows = list(_investigated(case))
    kept = [{**reason, "text": digests.of_text(reason["text"])} for reason in reasons]
    data = {"objections": sorted(objections), "reasons": kept, "readings": [READING]}
    case = advance(case, "uphold_objection", by=by, on=on, data=data)
    chosen = set(objections)
    if not chosen or chosen - {row.pk for row in rows}:
        raise refused("invalid", "请选择成立的异议。", 11, fields={"objections": "请在已核查的异议中选择至少一件"})
    _ask_keeps_secret(_all_of(case), {f"reasons[{at}].text": row["text"] for at, row in enumerate(reasons)})
    points, ways = ask_reasons(grounds_of(case, ON_SITE), reasons, 11), remedies.remedies()
    Decision.objects.create(
        case=case, outcome=Decision.Outcome.UPHELD, reasons=points, remedies="\n".join(ways), by=by, on=on
    )
    why = "理由：" + "；".join(f"{point['about']}（{point['article']}）：{point['text']}" for point in points)
    for row in rows:
        upheld = row.pk in chosen
        _dispose(row, Objection.State.UPHELD if upheld else Objection.State.DISMISSED, on, why if upheld else "")
    papers.order_rejection_notice(case, points, ways, on, readings=(READING,))
    return case


def _investigated(case: Case) -> Iterable[Objection]:
    rows = Objection.objects.filter(case=case, state=Objection.State.INVESTIGATED)
    return rows.select_related("notice", "case__organisation", "investigation").order_by("id")


def _all_of(case: Case) -> Iterable[Objection]:
    """Every objection to the case, also those that were not admitted."""
    return Objection.objects.filter(case=case).order_by("id")


def end_objections(case: Case, on: date) -> None:
    """Answer what is still open once the application is gone: there is nothing left to object to."""
    for row in queries.open_objections(case).select_related("notice", "case__organisation"):
        row.state, row.closed_on = Objection.State.ENDED, on
        row.save(update_fields=["state", "closed_on"])
        papers.order_objection_reply(
            row,
            findings=queries.ENDED,
            steps=(),
            result=f"{row.get_state_display()}。",
            remedies=remedies.remedies(),
            on=on,
        )
        _answer(row)


def _dispose(row: Objection, state: str, on: date, why: str) -> None:
    """Close an objection and answer it on paper, with the leader's reasons."""
    row.state, row.closed_on = state, on
    row.save(update_fields=["state", "closed_on"])
    investigation = row.investigation
    papers.order_objection_reply(
        row, findings=investigation.reply_to_objector, steps=(), result=f"{row.get_state_display()}。{why}",
        remedies=remedies.remedies(), on=on,
    )  # fmt: skip
    _answer(row)

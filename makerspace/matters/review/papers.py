"""The papers of a review, as the kinds of ``documents`` want them told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings

from makerspace.matters.application.models import Correction
from makerspace.matters.review.models import Conclusion, Objection, PublicNotice, Recommendation, Visit
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import cited
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper
from makerspace.office.record import clock
from makerspace.regulation import by_id

Points = Sequence[Mapping[str, str]]


class Fault(NamedTuple):
    """One thing to put right: what it is about, what is to be done, the article."""

    about: str
    text: str
    article: str


def bureau() -> dict[str, str]:
    """The bureau as papers name it, with its own contacts."""
    return {
        "office": settings.SITE["sponsor"], "phone": settings.SITE["phone"], "address": settings.SITE["address"],
    }  # fmt: skip


def basis_of(regulation: str, *articles: int) -> str:
    """《…》（昆科发〔2017〕55号）第十条."""
    version = by_id(regulation)
    return f"《{version.title}》（{version.document_number}）{cited(articles)}"


def category_of(case: Case) -> str:
    """综合服务类 or 技术支撑类."""
    return by_id(case.regulation).categories.get(case.category, "")


def listed(case: Case, note: str = "") -> dict[str, str]:
    """The case as a row of an annex."""
    return {
        "makerspace": case.subject, "operator": case.organisation.name, "category": category_of(case),
        "authority": case.authority.office, "number": case.number, "note": note,
    }  # fmt: skip


def readings_of(regulation: str, ids: Iterable[str]) -> list[str]:
    """The readings applied, in words."""
    version = by_id(regulation)
    return [f"{id_}（{cited((version.reading(id_).citation.article,))}）{version.reading(id_).adopted}" for id_ in ids]


def visit_sentence(visit: Visit | None) -> str:
    """One sentence on the visit."""
    if visit is None:
        return ""
    differing = sum(not item["agrees"] for item in visit.items)
    outcome = f"其中{differing}项与申报不一致" if differing else "与申报一致"
    return f"{_day(visit.on)}由{'、'.join(visit.inspectors)}实地查验，逐项核对{len(visit.items)}项条件，{outcome}。"


def order_correction_notice(case: Case, correction: Correction, told: Iterable[Fault], on: date) -> Paper:
    """补正通知书."""
    return order_paper(
        "correction_notice", case.number, case.number,
        {
            "office": case.authority.office, "addressee": case.organisation.name, "makerspace": case.subject,
            "faults": [fault._asdict() for fault in told],
            "due_on": correction.due_on, "basis": basis_of(case.regulation, 9, 10),
            "notes": ["补正期间只开放上述部分；逾期未补正的，以已提交的材料继续审核。"],
        },
        on,
    )  # fmt: skip


def order_recommendation_letter(case: Case, row: Recommendation, on: date) -> Paper:
    """推荐函."""
    return order_paper(
        "recommendation_letter", case.number, case.number,
        {
            "office": case.authority.office, "addressee": settings.SITE["sponsor"], "call": row.call.title,
            "items": [listed(case)], "visit": visit_sentence(row.visit) + _still_holds(row), "opinion": row.opinion,
            "rank": f"第{row.rank}位", "basis": basis_of(case.regulation, 10),
        },
        on,
    )  # fmt: skip


def _still_holds(row: Recommendation) -> str:
    return f"查验后申报单位作过补正，未重新查验：{row.visit_stands_why.rstrip('。')}。" if row.visit_stands_why else ""


def order_decline_notice(
    case: Case, visit: Visit | None, points: Points, remedies: Sequence[str], no_visit_why: str, on: date
) -> Paper:
    """不予推荐告知书."""
    return order_paper(
        "decline_notice", case.number, case.number,
        {
            "office": case.authority.office, "addressee": case.organisation.name, "makerspace": case.subject,
            "visit": visit_sentence(visit) or f"未予实地查验的理由：{no_visit_why}", "reasons": _points(points),
            "remedies": list(remedies), "basis": basis_of(case.regulation, 10),
        },
        on,
    )  # fmt: skip


def order_rejection_notice(
    case: Case, points: Points, remedies: Sequence[str], on: date, *, meeting: str = "", meeting_on: date | None = None,
    readings: Sequence[str] = (),
) -> Paper:  # fmt: skip
    """不予认定告知书."""
    return order_paper(
        "rejection_notice", case.number, case.number,
        {
            **bureau(), "addressee": case.organisation.name, "makerspace": case.subject, "meeting": meeting,
            "meeting_on": meeting_on or "", "reasons": _points(points), "remedies": list(remedies),
            "readings": readings_of(case.regulation, readings), "basis": basis_of(case.regulation, 11, 12),
        },
        on,
    )  # fmt: skip


def order_expert_opinion(case: Case, conclusion: Conclusion, content: Mapping[str, Any], on: date) -> Paper:
    """专家组意见: labels stand for names, since the applicant may open it."""
    return order_paper(
        "expert_opinion", case.number, case.number,
        {
            "office": settings.SITE["sponsor"], "applicant": case.organisation.name, "makerspace": case.subject,
            "category": category_of(case), "total": f"{conclusion.average}",
            "conclusion": f"{conclusion.get_result_display()}。{conclusion.text}", **content,
        },
        on,
    )  # fmt: skip


def notice_url(notice: PublicNotice) -> str:
    """Where the public reads the notice."""
    return f"{settings.PUBLIC_BASE_URL}/notices/{notice.pk}/"


def order_public_notice(notice: PublicNotice, rows: Sequence[Mapping[str, Any]], replaces: str = "") -> Paper:
    """公示; open to everybody."""
    return order_paper(
        "public_notice", f"NOTICE-{notice.pk}", str(notice.pk),
        {
            **bureau(), "phone": notice.contact_phone, "basis": basis_of(notice.regulation, 11),
            "items": [_listed_facts(row) for row in rows], "first_day": notice.first_day, "last_day": notice.last_day,
            "counting": list(notice.steps), "discipline_phone": notice.discipline_phone,
            "page_url": notice_url(notice), "head": head_line(notice), "digest": notice.digest, "replaces": replaces,
        },
        notice.publish_on, "public", title=notice.title,
    )  # fmt: skip


def head_line(notice: PublicNotice) -> str:
    """The record's head as the notice prints it; empty before the first one was published."""
    return f"{notice.head_day} {notice.head}" if notice.head else ""


def order_objection_receipt(objection: Objection, on: date) -> Paper:
    """异议回执: reached by the receipt code alone; it lies outside the case's papers."""
    return order_paper(
        "objection_receipt", objection_subject(objection), objection.receipt,
        {
            **bureau(), "notice": objection.notice.title, "makerspace": objection.case.subject,
            "received_at": _moment(objection.received_at),
            "next_step": "由未经办过该申报的人员审查是否受理，并核查、答复",
            "query_url": f"{settings.PUBLIC_BASE_URL}/objections/{objection.receipt}/",
            "notes": ["您的姓名和联系方式单独加密保存，不进入案卷，不告知申报单位。", "凭回执编码可随时查询办理情况，请妥善保管。"],
        },
        on,
    )  # fmt: skip


def order_objection_reply(
    objection: Objection, *, findings: str, steps: Sequence[str], result: str, remedies: Sequence[str], on: date
) -> Paper:
    """异议答复书: to the objector, who is not named in it."""
    return order_paper(
        "objection_reply", objection_subject(objection), objection.receipt,
        {
            **bureau(), "addressee": f"异议人（回执编码{objection.receipt}）", "notice": objection.notice.title,
            "makerspace": objection.case.subject, "objection": objection.facts[:300], "steps": list(steps),
            "findings": findings, "result": result, "remedies": list(remedies),
            "basis": basis_of(objection.case.regulation, 11, 12),
        },
        on,
    )  # fmt: skip


def objection_subject(objection: Objection) -> str:
    """Under which subject an objection's papers lie: not the case's, which its applicant may open."""
    return f"OBJ-{objection.pk}"


def _points(points: Points) -> list[dict[str, str]]:
    return [{key: point[key] for key in ("about", "text", "article")} for point in points]


def _listed_facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {key: row[key] for key in ("makerspace", "operator", "category", "authority", "number")}


def _moment(at: datetime) -> str:
    local = at.astimezone(clock.KUNMING)
    return f"{_day(local.date())}{local:%H:%M}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

"""The two answers to a change. Words only; nothing is decided here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from makerspace.matters.recognition.models import Change, ChangeKind
from makerspace.matters.review.papers import basis_of, bureau
from makerspace.matters.review.remedies import remedies
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper
from makerspace.regulation.counting import chinese, day_of

Points = list[dict[str, str]]
PRACTICE = "办法没有规定变更的程序，本决定按本系统公布的做法（口径R-16）办理。"


def order_grant(case: Case, change: Change, opinion: str, on: date) -> Paper:
    """同意变更决定书: what changes from when, and what comes of it."""
    ends = ChangeKind.CLOSING in change.kinds
    effect = "自今日起称号终止，证书失效。" if ends else "自今日起按变更后的内容列入名录。"
    if not ends and set(change.kinds) - {ChangeKind.SITE, ChangeKind.AREA}:
        effect += "新证书随本决定生成，原证书同时停止使用。"
    return _order("change_decision", case, change, "同意", [*_points(change), _why(opinion)], effect + PRACTICE, on)


def order_refusal(case: Case, change: Change, reason: str, on: date) -> Paper:
    """不予变更决定书, with its remedies."""
    closing = f"称号仍按变更前的内容列入名录。{PRACTICE}"
    told = [text.replace("本告知书", "本决定书") for text in remedies()]
    return _order("change_refusal", case, change, "不予", [*_points(change), _why(reason)], closing, on, remedies=told)


def order_relinquished(case: Case, change: Change, note: str, on: date) -> Paper:
    """放弃称号确认书: who gave it up why, and that it has ended."""
    filed = chinese(change.filed_on) if change.filed_on else ""
    opening = (
        f"你单位于{filed}提出放弃“{change.title.name}”（{change.title.number}）昆明市众创空间称号（{case.number}）。"
        f"依据{basis_of(case.regulation, 12)}，现予确认。"
    )
    points = [{"about": "放弃的理由", "text": change.reason}, *([{"about": "说明", "text": note}] if note else [])]
    closing = f"自今日起称号终止，证书失效，优先支持一并失效；引导资金的处理另行决定。以后可以重新申报。{PRACTICE}"
    content = {
        **bureau(), "addressee": case.organisation.name, "opening": opening, "points": points,
        "basis": basis_of(case.regulation, 12), "closing": closing,
    }  # fmt: skip
    return order_paper("relinquishment", case.number, case.number, content, on)


def _order(
    kind: str, case: Case, change: Change, what: str, points: Points, closing: str, on: date, **more: Any
) -> Paper:
    filed = chinese(change.filed_on) if change.filed_on else ""
    opening = (
        f"你单位于{filed}提出的“{change.before['name']}”称号变更申请（{case.number}）收悉。依据{basis_of(case.regulation, 12)}，经{case.authority.office}提出意见，"
        f"并按变更后的情况重新对照办法第五条至第七条，现决定{what}变更。"
    )
    content = {
        **bureau(), "addressee": case.organisation.name, "opening": opening, "points": points,
        "basis": basis_of(case.regulation, 12), "closing": closing, **more,
    }  # fmt: skip
    return order_paper(kind, case.number, case.number, content, on)


def _points(change: Change) -> Points:
    return [{"about": row["label"], "text": f"由“{row['before']}”变更为“{row['after']}”"} for row in rows_of(change)]


def _why(text: str) -> dict[str, str]:
    return {"about": "审定意见", "text": text}


def rows_of(change: Change) -> list[dict[str, str]]:
    """What changes, in words: one row for each kind, with what was and what is to be."""
    return [
        {
            "kind": kind,
            "label": ChangeKind(kind).label,
            "before": _said(kind, change.before),
            "after": _said(kind, change.after),
        }
        for kind in change.kinds
    ]


def _said(kind: str, facts: Mapping[str, Any]) -> str:
    match kind:
        case ChangeKind.NAME:
            return str(facts["name"])
        case ChangeKind.HOLDER:
            return str(facts["holder"])
        case ChangeKind.OPERATOR:
            return f"{facts['holder']}（{facts['uscc']}）"
        case ChangeKind.RELINQUISH:
            return "不再持有" if facts.get("relinquished") else "持有"
        case ChangeKind.CLOSING:
            return f"{chinese(day_of(facts['closing_on']))}停止运营" if facts["closing_on"] else "运营中"
    told = [f"{site['address']}，{site['area_m2']}平方米" for site in facts["sites"] if site.get("address")]
    return "；".join(told) or "没有登记"

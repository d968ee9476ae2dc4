"""The letters of article 18: rectification, intended revocation, and the decision. Words only; nothing is decided here."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from makerspace.matters.assessment.models import Assessment
from makerspace.matters.review.papers import basis_of, bureau
from makerspace.matters.review.remedies import remedies
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper
from makerspace.regulation.counting import chinese

Points = Sequence[Mapping[str, str]]


def order_letter(
    kind: str, case: Case, assessment: Assessment, on: date, *, points: Points, opening: str, **more: Any
) -> Paper:
    """Order one of the three letters; ``points`` are its reasons, ``opening`` its first paragraph."""
    content = {
        **bureau(), "addressee": case.organisation.name, "opening": opening, "points": list(points),
        "basis": basis_of(case.regulation, 18), **more,
    }  # fmt: skip
    return order_paper(kind, case.number, case.number, content, on)


def order_rectification(case: Case, assessment: Assessment, told: Mapping[str, Any], on: date, *, shown: bool) -> Paper:
    """整改通知书: why, what is to be done, until when; whether the registry says so meanwhile."""
    tasks = [{"about": f"第{place}项", "text": text} for place, text in enumerate(told["tasks"], 1)]
    opening = (
        f"你单位运营的“{case.subject}”{assessment.year}年度考核结果为不合格。{told['reason']}现依据{{basis}}，请不晚于"
        f"{chinese(told['last_day'])}（含当日）完成下列整改，并在本系统提交整改报告。"
    )
    return order_letter(
        "rectification_notice", case, assessment, on, points=tasks, opening=_cited(opening, case),
        closing=f"整改期间称号仍然有效{'，名录标注“整改中”' if shown else ''}。整改后复查仍不合格的，依据同一条取消称号。整改期限由本系统按默认做法计算，办法没有规定期限。",
    )  # fmt: skip


def order_intent(case: Case, assessment: Assessment, told: Mapping[str, Any], on: date) -> Paper:
    """拟取消称号告知书: facts, reasons, basis, rights and their last days."""
    points = [{"about": "事实", "text": told["facts"]}, {"about": "理由", "text": told["reasons"]}]
    opening = f"经年度考核、限期整改和复查，我局拟取消“{case.subject}”的昆明市众创空间称号，依据{{basis}}。现将有关事项告知如下。"
    rights = (
        f"你单位可以提出陈述和申辩，不晚于{chinese(told['defence_until'])}（含当日）；可以申请听证，不晚于{chinese(told['hearing_until'])}（含当日）。"
        "陈述申辩和听证申请在本系统提交，也可以书面送达我局。逾期不提出的，我局依法作出决定。期限为本系统默认做法。"
    )
    return order_letter(
        "revocation_intent", case, assessment, on, points=points, opening=_cited(opening, case), closing=rights
    )


def order_decision(case: Case, assessment: Assessment, told: Mapping[str, Any], on: date, *, revoked: bool) -> Paper:
    """取消称号决定书, or that the title is kept; the first with its remedies."""
    what = "取消" if revoked else "保留"
    opening = f"关于“{case.subject}”昆明市众创空间称号，我局经告知和听取意见，依据{{basis}}，决定{what}称号。"
    points = [{"about": "理由", "text": told["reason"]}, {"about": "对陈述申辩的答复", "text": told["answer"]}]
    return order_letter(
        "revocation_decision" if revoked else "keeping_decision", case, assessment, on,
        points=[point for point in points if point["text"]], opening=_cited(opening, case),
        closing="自决定之日起称号终止，证书失效，优先支持一并失效；引导资金的处理另行决定。" if revoked else "",
        remedies=remedies() if revoked else [],
    )  # fmt: skip


def _cited(text: str, case: Case) -> str:
    return text.replace("{basis}", basis_of(case.regulation, 18))

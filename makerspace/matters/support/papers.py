"""The letter of priority, and the notice that there is none. Words only; nothing is decided here."""

from datetime import date

from makerspace.matters.recognition.models import Title
from makerspace.matters.review.papers import basis_of, bureau
from makerspace.matters.review.remedies import remedies
from makerspace.matters.support.models import Letter
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper
from makerspace.regulation.counting import chinese

TO = "各有关科技项目主管单位"
PROGRAMMES = "市级科技企业孵化器、重点实验室等科技创新服务平台"


def order_letter(case: Case, letter: Letter, title: Title, on: date) -> Paper:
    """优先支持凭证: who goes first among equals in which year, how it is used, when it ends."""
    basis = basis_of(case.regulation, 17)
    opening = (
        f"{letter.holder}（统一社会信用代码{letter.uscc}）运营的“{letter.name}”于{chinese(title.since)}公布认定为昆明市众创空间"
        f"（{title.number}）。依据{basis}，该单位申报{letter.year}年度{PROGRAMMES}，同等条件下予以优先。"
    )
    used = "只在其他条件相同时适用；每次使用由项目主管单位登记并列情况，同一项目只使用一次。"
    until = f"自{letter.year}年1月1日起至{letter.year}年12月31日止；称号终止或者不再由该单位持有的，自当日起失效。"
    points = [{"about": "使用", "text": used}, {"about": "期限", "text": until}]
    content = {**bureau(), "addressee": TO, "opening": opening, "points": points, "basis": basis}
    return order_paper("priority_letter", case.number, case.number, content, on)


def order_refusal(case: Case, letter: Letter, reason: str, on: date) -> Paper:
    """不予出具优先支持凭证告知书, with its remedies."""
    basis = basis_of(case.regulation, 17)
    asked = f"于{chinese(letter.requested_on)}" if letter.requested_on else ""
    opening = (
        f"你单位{asked}提出的{letter.year}年度优先支持凭证申请（{case.number}）收悉。依据{basis}，现决定不予出具。"
    )
    content = {
        **bureau(), "addressee": case.organisation.name, "opening": opening, "points": [{"about": "理由", "text": reason}],
        "closing": f"“{letter.title.name}”的称号不受影响；情况有变化的，可以再次申请。", "remedies": remedies(), "basis": basis,
    }  # fmt: skip
    return order_paper("priority_refusal", case.number, case.number, content, on)

"""What is true of a review: the district's part, the panel's, the decision, the notice, objections."""

from makerspace.matters.review.models.decision import Decision, Withdrawal
from makerspace.matters.review.models.district import Countersignature, Declining, Recommendation, Visit
from makerspace.matters.review.models.notice import NoticeItem, PublicNotice, ReissueProposal
from makerspace.matters.review.models.objection import (
    Investigation,
    NonAdmission,
    Objection,
    ObjectorIdentity,
)
from makerspace.matters.review.models.panel import Conclusion, ExpertVisit, Panel, Score, Seat

__all__ = [
    "Conclusion",
    "Countersignature",
    "Decision",
    "Declining",
    "ExpertVisit",
    "Investigation",
    "NonAdmission",
    "NoticeItem",
    "Objection",
    "ObjectorIdentity",
    "Panel",
    "PublicNotice",
    "Recommendation",
    "ReissueProposal",
    "Score",
    "Seat",
    "Visit",
    "Withdrawal",
]

"""What is true of a year's scheme and of the assessments held under it."""

from makerspace.matters.assessment.models.assessment import (
    Assessment,
    Checking,
    Filed,
    Found,
    Proceeding,
    Report,
    Score,
)
from makerspace.matters.assessment.models.figures import YearFigures
from makerspace.matters.assessment.models.scheme import Scheme, SchemeChange

__all__ = [
    "Assessment", "Checking", "Filed", "Found", "Proceeding", "Report", "Scheme", "SchemeChange", "Score", "YearFigures",
]  # fmt: skip

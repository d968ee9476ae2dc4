"""What is true of a year's scheme and of the assessments held under it."""

from makerspace.matters.assessment.models.figures import YearFigures
from makerspace.matters.assessment.models.scheme import Scheme, SchemeChange

__all__ = ["Scheme", "SchemeChange", "YearFigures"]

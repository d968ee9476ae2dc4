"""What a year comes to as things stand, added up from everything that is kept all year round."""

from datetime import date
from decimal import Decimal

from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.yearly import figures
from makerspace.matters.support.queries.capital import capital_figures
from makerspace.matters.support.queries.facts import service_figures


def added_up(makerspace: Makerspace, first: date, last: date) -> dict[str, Decimal]:
    """What the registers hold, what was made use of and held through articles 15 and 16, and what was raised (14),
    both days included, under the codes of the yearly report (money in 千元)."""
    return {
        **figures(makerspace, first, last), **service_figures(makerspace, first, last),
        **capital_figures(makerspace, first, last),
    }  # fmt: skip

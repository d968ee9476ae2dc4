"""The law, in pure Python: it knows no office, no clock and no database; days and facts are handed in."""

from datetime import date

from makerspace.regulation.kunkefa_2017_55 import REGULATION as KUNKEFA_2017_55
from makerspace.regulation.terms import Regulation

# In the order in which they came into force.
VERSIONS: tuple[Regulation, ...] = (KUNKEFA_2017_55,)


def in_force(on: date) -> Regulation:
    """The version in force on a day; LookupError before the first."""
    begun = [version for version in VERSIONS if version.in_force_from <= on]
    if not begun:
        raise LookupError(f"{on.isoformat()}还没有施行的办法。")
    return begun[-1]


def by_id(code: str) -> Regulation:
    """The version of that id; KeyError if there is none."""
    for version in VERSIONS:
        if version.id == code:
            return version
    raise KeyError(code)

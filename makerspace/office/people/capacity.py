"""What a person may act as on a day, as one small value."""

from dataclasses import dataclass
from datetime import date

from makerspace.regulation.terms import Duty, Role


@dataclass(frozen=True)
class Capacity:
    """Roles, districts (primary keys), organisations (primary keys) and duties held on ``on``."""

    on: date
    roles: frozenset[Role]
    authorities: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    owned: frozenset[int] = frozenset()
    duties: frozenset[Duty] = frozenset()

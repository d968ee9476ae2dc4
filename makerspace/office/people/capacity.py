"""What a person may act as on a day, as one small value."""

from dataclasses import dataclass
from datetime import date

from makerspace.regulation.terms import Duty, Role


@dataclass(frozen=True)
class Office:
    """A post in force: the role, the district (primary key) where it has one, and the duties that go with it."""

    role: Role
    authority: int | None
    duties: frozenset[Duty]


@dataclass(frozen=True)
class Capacity:
    """Roles, districts (primary keys), organisations (primary keys) and offices held on ``on``; ``names`` are those of the
    organisations, or of the districts of whoever belongs to none."""

    on: date
    roles: frozenset[Role]
    authorities: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    owned: frozenset[int] = frozenset()
    offices: tuple[Office, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def duties(self) -> frozenset[Duty]:
        """Every duty that any office carries, wherever it is held; ``carries`` says where one counts."""
        return frozenset(duty for office in self.offices for duty in office.duties)

    def carries(self, duty: Duty, role: Role, authority: int) -> bool:
        """Whether an office of that role, there or without a place, carries the duty: one held elsewhere gives none."""
        return any(
            office.role is role and duty in office.duties and office.authority in {None, authority}
            for office in self.offices
        )

    def districts_with(self, duty: Duty) -> frozenset[int]:
        """The districts whose own office carries the duty."""
        return frozenset(
            office.authority for office in self.offices if office.authority is not None and duty in office.duties
        )

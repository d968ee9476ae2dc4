"""A makerspace with its keeper and readers, and lines as they are typed."""

from datetime import date
from typing import Any

from makerspace.matters.registers import operations
from makerspace.matters.registers.forms import schema_of
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.queries import BLOCKS, REGISTERS, Register
from makerspace.office.people.models import Person
from tests import factories

DAY = factories.DAY
TENANTS, STAFF, MENTORS, EVENTS, PARTNERS, PREMISES, RESULTS = REGISTERS.values()
BOOKS = tuple(BLOCKS.values())  # a result needs its tenant first
LINES: dict[str, dict[str, Any]] = {
    "tenants": {"kind": "enterprise", "name": "昆明甲软件有限公司", "moved_in_on": "2025-05-01", "employees": 6},
    "staff": {"name": "李运营", "joined_on": "2024-03-01", "duty": "运营总监", "full_time": True},
    "mentors": {"name": "王导师", "engaged_from": "2025-01-01", "engaged_to": "2026-12-31"},
    "events": {"kind": "salon", "title": "投融资沙龙", "on": "2026-02-20", "participants": 30},
    "partners": {"kind": "angel", "name": "滇池天使", "agreement_from": "2025-01-01", "agreement_to": "2026-06-30"},
    "premises": {"address": "翠湖路1号", "tenure": "leased", "area_m2": 420.5, "public_office_m2": 60, "used_from": "2024-01-01"},
    "results": {"name": "昆明甲软件有限公司", "as_of": "2025-12-31", "employees": 6, "graduates": 2, "revenue_wan": 120.5},
}  # fmt: skip


def makerspace(name: str = "翠湖众创空间", place: str = "wuhua") -> Makerspace:
    """A makerspace of a unit of its own."""
    authority = factories.authority(place)
    return operations.makerspace_of(factories.make_organisation(), name, authority=authority, on=date(2024, 1, 1))


def keeper_of(place: Makerspace, *, owner: bool = True) -> Person:
    """A member of the unit that runs it."""
    return factories.make_person(organisation=place.organisation, owner=owner)


def values(register: Register, **changes: Any) -> dict[str, Any]:
    """A line of that register as its form gives it."""
    return schema_of(register).of(LINES[register.code] | changes).model_dump()


def enter(place: Makerspace, register: Register, by: Person | None = None, **changes: Any) -> Any:
    """A line that is there."""
    return operations.add(place, register, values(register, **changes), by=by or keeper_of(place), on=DAY)

"""The figures of a year that the registers can add up, under the codes of the yearly report (article 18)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, CharField, QuerySet, Value

from makerspace.matters.registers import queries
from makerspace.matters.registers.models import Founder, Grade, HostedAs, LeftAs, Makerspace
from makerspace.matters.registers.queries import SERVICE, standing

Figures = dict[str, Decimal]
Counted = dict[str, int | Decimal]
NO_TEXT, UNSAID = Value("", CharField()), Value(None, BooleanField())
DEGREES = {
    "staff_doctor": ("博士",),
    "staff_master": ("硕士", "研究生"),
    "staff_bachelor": ("本科", "学士"),
    "staff_college": ("大专", "专科"),
}
"""What people write as education, the highest first: 博士研究生 is a doctor."""
FOUNDERS = {
    "by_students": Founder.STUDENT,
    "by_returnees": Founder.RETURNEE,
    "by_researchers": Founder.SCIENTIST,
    "by_executives": Founder.EXECUTIVE,
    "by_foreigners": Founder.FOREIGN,
}
PARTS = {
    "events_hosted": HostedAs.HOST,
    "events_undertaken": HostedAs.CARRY_OUT,
    "events_joint": HostedAs.JOINT,
}


def figures(makerspace: Makerspace, first: date, last: date) -> Figures:
    """What was true in a period, both days included: served is whoever was there on any day of it, resident, staff,
    mentors, partners and premises are those of its last day; money in 千元. Five queries.

    The rest of the report (accounts, financing, sessions, satisfaction) is no matter of the registers and not here.
    """
    served = list(standing("tenants", makerspace, first, last))
    counted: Counted = {
        **_premises(makerspace, last, _resident(served, last)),
        **_people(makerspace, last),
        **_tenants(served, first, last),
        **_events(list(standing("events", makerspace, first, last))),
        **_results(list(standing("results", makerspace, first, last))),
    }
    return {code: Decimal(value) for code, value in counted.items()}


def _resident(served: Iterable[Any], last: date) -> list[Any]:
    return [row for row in served if queries.stands(queries.REGISTERS["tenants"], row, last)]


def _premises(makerspace: Makerspace, last: date, resident: Iterable[Any]) -> Counted:
    rows = list(standing("premises", makerspace, last))
    return {
        "area_total": sum((row.area_m2 for row in rows), Decimal(0)),
        "area_public": sum((row.public_office_m2 or Decimal(0) for row in rows), Decimal(0)),
        "seats": _sum(rows, "seats"),
        "seats_used": _sum(resident, "seats"),
    }


def _people(makerspace: Makerspace, last: date) -> Counted:
    who = list(_standing_people(makerspace, last))
    staff, mentors, partners = ([row for row in who if row[0] == code] for code in ("staff", "mentors", "partners"))
    degrees = [_degree(education) for _, _, education in staff]
    return {
        "staff": len(staff),
        "staff_full_time": sum(full_time is True for _, full_time, _ in staff),
        **{code: degrees.count(code) for code in DEGREES},
        "mentors": len(mentors),
        "mentors_full_time": sum(full_time is True for _, full_time, _ in mentors),
        "mentors_part_time": sum(full_time is False for _, full_time, _ in mentors),
        "partners": len(partners),
        "partners_capital": sum(kind != SERVICE for _, _, kind in partners),
    }


def _standing_people(makerspace: Makerspace, last: date) -> QuerySet[Any, Any]:
    """Staff, mentors and partners in one query: the register, whether full time, and the education or the kind."""
    told: dict[str, tuple[str | Value, str | Value]] = {
        "staff": ("full_time", "education"),
        "mentors": ("full_time", NO_TEXT),
        "partners": (UNSAID, "kind"),
    }
    first, *rest = (
        standing(code, makerspace, last).order_by().values_list(Value(code, CharField()), *names)
        for code, names in told.items()
    )
    return first.union(*rest, all=True)


def _degree(education: str) -> str:
    return next((code for code, words in DEGREES.items() if any(word in education for word in words)), "")


def _tenants(served: Sequence[Any], first: date, last: date) -> Counted:
    teams, firms = ([row for row in served if row.kind == kind] for kind in ("team", "enterprise"))
    resident = _resident(served, last)
    return {
        "teams_served": _distinct(teams),
        "teams_new": _distinct(row for row in teams if row.moved_in_on >= first),
        "teams_resident": sum(row.kind == "team" for row in resident),
        "team_members": _sum(teams, "employees"),
        "firms_served": _distinct(firms),
        "firms_new": _distinct(row for row in firms if row.moved_in_on >= first),
        "firms_resident": sum(row.kind == "enterprise" for row in resident),
        **{code: _distinct(row for row in served if row.founder == founder) for code, founder in FOUNDERS.items()},
        "new_firms": _distinct(row for row in firms if row.registered_on and first <= row.registered_on <= last),
        "graduated": _distinct(
            row for row in firms if row.left_as == LeftAs.GRADUATED and first <= row.moved_out_on <= last
        ),
        "hightech": sum(row.grade in {Grade.HIGHTECH, Grade.BOTH} for row in resident),
        "tech_smes": sum(row.grade in {Grade.TECH_SME, Grade.BOTH} for row in resident),
        "jobs": _sum(firms, "employees"),
    }


def _events(rows: Sequence[Any]) -> Counted:
    return {
        "events": len(rows),
        **{code: sum(row.hosted_as == part for row in rows) for code, part in PARTS.items()},
        "event_people": _sum(rows, "participants"),
        "trainings": sum(row.kind == "training" for row in rows),
        "international": sum(row.international is True for row in rows),
    }


def _results(rows: Iterable[Any]) -> Counted:
    """The latest line of each tenant counts; the register gives the latest first."""
    latest: dict[str, Any] = {}
    for row in rows:
        latest.setdefault(row.name, row)
    held = list(latest.values())
    return {
        "jobs_graduates": _sum(held, "graduates"),
        "ip": _sum(held, "ip"),
        "ip_patents": _sum(held, "ip_patents"),
        "tenant_revenue": _thousands(held, "revenue_wan"),
        "tenant_tax": _thousands(held, "tax_wan"),
    }


def _sum(rows: Iterable[Any], name: str) -> int:
    return sum(getattr(row, name) or 0 for row in rows)


def _thousands(rows: Iterable[Any], name: str) -> int:
    """Whole 千元 of amounts in 万元, rounded half up once."""
    total = sum((getattr(row, name) or Decimal(0) for row in rows), Decimal(0)) * 10
    return int(total + Decimal("0.5"))


def _distinct(rows: Iterable[Any]) -> int:
    """Who came twice counts once."""
    return len({row.uscc or row.name for row in rows})

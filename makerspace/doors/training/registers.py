"""The registers of the demo city: filled the week after the title was given, and kept since."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.models import Q

from makerspace.doors.training.dossiers import code_for, dossier_for, person
from makerspace.doors.training.lives import Life
from makerspace.matters.registers import operations, queries
from makerspace.matters.registers.forms import schema_of
from makerspace.matters.registers.models import Line, Makerspace
from makerspace.matters.registers.operations import Incoming
from makerspace.matters.registers.queries import REGISTERS
from makerspace.office.people.models import Authority, Person

FOUNDERS = ("student", "scientist", "returnee", "executive", "other", "other")
EVENTS = (
    ("roadshow", "春季项目路演"), ("salon", "投融资沙龙"), ("training", "财税合规训练营"), ("competition", "创新创业大赛选拔"),
    ("salon", "知识产权公开课"), ("training", "商业计划书训练营"),
)  # fmt: skip


class Books:
    """The registers of one makerspace, kept by the one who applied for it."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.random = Random(f"registers {life.space.name}")  # noqa: S311  repeatable on purpose
        self.keeper: Person = life.applicant

    @property
    def makerspace(self) -> Makerspace:
        """The lineage that the announcement entered, or that was opened by hand."""
        borne = Q(name=self.life.space.name) | Q(titles__names__name=self.life.space.name)
        return Makerspace.objects.filter(borne, organisation=self.life.organisation).distinct().get()

    def open(self, on: date) -> None:
        """Registers without a title: before the application."""
        authority = Authority.objects.get(code=self.life.space.authority)
        operations.open_registers(
            self.life.organisation, self.life.space.name, authority=authority, by=self.keeper, on=on
        )

    def fill(self, on: date) -> None:
        """All that stood in the dossier."""
        self._fill(self.life.now().application.dossier, on)

    def begin(self, on: date) -> None:
        """Registers of a makerspace that is about to apply."""
        self.open(on)
        place = self.life.people.authorities[self.life.space.authority].division or "530102"
        self._fill(dossier_for(self.life.space, self.life.organisation.uscc, place, on), on)

    def _fill(self, facts: Mapping[str, Any], on: date) -> None:
        """As sheets, with what a dossier does not ask."""
        opened = facts["makerspace"]["opened_on"]
        self._sheet(
            "tenants", [self._tenant(row) for row in {row["name"]: row for row in facts["tenants"]}.values()], on
        )
        self._sheet("staff", [row | {"joined_on": opened} for row in facts["staff"]], on)
        self._sheet("mentors", [row | {"full_time": False} for row in facts["mentors"]], on)
        self._sheet("events", [row | {"hosted_as": "host"} for row in facts["events"]], on)
        agencies = [
            {"kind": "service", "name": f"{self.life.space.name[:2]}{what}", "agreement_from": opened}
            for what in ("财税服务有限公司", "知识产权代理有限公司")
        ]
        self._sheet("partners", [*facts["capital_partners"], *agencies], on)
        seats = [
            row | {"used_from": row["lease_from"] or opened, "seats": int(row["area_m2"] // 6)}
            for row in facts["premises"]
        ]
        self._sheet("premises", seats, on)

    def _tenant(self, row: Mapping[str, Any]) -> dict[str, Any]:
        grade = self.random.choice(("tech_sme", "neither", "hightech")) if row["kind"] == "enterprise" else None
        return dict(row) | {
            "founder": self.random.choice(FOUNDERS),
            "grade": grade,
            "seats": self.random.randint(1, 4),
        }

    def _sheet(self, code: str, rows: Iterable[Mapping[str, Any]], on: date) -> None:
        schema = schema_of(REGISTERS[code])
        told = [{name: value for name, value in row.items() if name in schema.model_fields} for row in rows]
        incoming = [Incoming(schema.of(row).model_dump()) for row in told]
        operations.take_in(self.makerspace, REGISTERS[code], incoming, by=self.keeper, on=on)

    # -- since then ----------------------------------------------------------------------------------------------------
    def graduate(self, on: date) -> None:
        """The tenant that came first has grown out of the house."""
        first = self._first("tenants")
        operations.leave(
            self.makerspace, REGISTERS["tenants"], first.pk, by=self.keeper, on=on, seen_version=first.version, day=on,
            left_as="graduated", note="迁入产业园自有场地",
        )  # fmt: skip

    def grow(self, on: date) -> None:
        """A tenant has hired."""
        line = self._first("tenants")
        said = queries.values_of(line, queries.column_names(REGISTERS["tenants"]))
        values = schema_of(REGISTERS["tenants"]).of(said | {"employees": (said["employees"] or 0) + 4}).model_dump()
        operations.change(
            self.makerspace, REGISTERS["tenants"], line.pk, values, by=self.keeper, on=on, seen_version=line.version
        )

    def arrive(self, on: date) -> None:
        """A team moves in, and a mentor joins."""
        self._add("tenants", {
            "kind": "team", "name": f"{person(self.random)}创业团队", "moved_in_on": on.isoformat(),
            "industry": "software", "employees": 4, "hightech_field": "101", "kunming_188": "新一代信息技术",
            "founder": "student", "seats": 4,
        }, on)  # fmt: skip
        self._add("tenants", {
            "kind": "enterprise", "name": f"昆明{self.life.space.name[:2]}{self.random.choice(('云上', '木林', '高原'))}科技有限公司",
            "uscc": code_for(self.random), "moved_in_on": on.isoformat(), "registered_on": on.isoformat(),
            "agreement_to": (on + timedelta(days=730)).isoformat(), "industry": "software", "employees": 6,
            "hightech_field": "101", "kunming_188": "新一代信息技术", "founder": "scientist", "grade": "tech_sme", "seats": 6,
        }, on)  # fmt: skip
        mentor = {
            "name": person(self.random),
            "employer": "滇池创业投资有限公司",
            "speciality": "投融资",
            "engaged_from": on.isoformat(),
            "full_time": False,
        }
        self._add("mentors", mentor, on)

    def report(self, on: date) -> None:
        """What the tenants had reached by the end of the last month, as they told it."""
        day = on.replace(day=1) - timedelta(days=1)
        here = queries.standing("tenants", self.makerspace, day).filter(kind="enterprise")
        self._sheet("results", [
            {
                "name": row.name, "as_of": day.isoformat(), "employees": row.employees,
                "graduates": min(row.employees or 0, self.random.randint(0, 3)), "revenue_wan": self.random.randint(8, 160),
                "rd_wan": self.random.randint(1, 30), "tax_wan": self.random.randint(0, 40) / 10,
                "ip": (held := self.random.randint(0, 6)), "ip_patents": min(held, self.random.randint(0, 2)),
            }
            for row in here
        ], on)  # fmt: skip

    def host(self, on: date) -> None:
        """An event."""
        kind, title = EVENTS[on.month % len(EVENTS)]
        self._add("events", {
            "kind": kind, "title": f"{on.month}月{title}", "on": on.isoformat(), "hosted_as": "host",
            "participants": self.random.randint(18, 90),
        }, on)  # fmt: skip

    def _add(self, code: str, row: Mapping[str, Any], on: date) -> None:
        register = REGISTERS[code]
        operations.add(self.makerspace, register, schema_of(register).of(row).model_dump(), by=self.keeper, on=on)

    def _first(self, code: str) -> Line:
        """The line that has stood longest."""
        rows = queries.lines(REGISTERS[code], self.makerspace).filter(moved_out_on=None)
        found: Line = rows.reverse()[0]
        return found

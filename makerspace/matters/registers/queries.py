"""The six registers, who may read and keep them, and the facts of a makerspace as they stood on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from makerspace.matters.registers.models import (
    Event,
    Line,
    Makerspace,
    Mentor,
    Partner,
    Premises,
    Result,
    Revision,
    StaffMember,
    Tenant,
)
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.people.models import Person
from makerspace.regulation.kunkefa_2017_55 import dossier
from makerspace.regulation.terms import Role

READS_ALL = frozenset({Role.BUREAU, Role.LEADER, Role.AUDITOR})
NOT_THERE = Refusal("not_found", "没有找到这本登记册或这一条，或者它不在您的查看范围内。")
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Register:
    """One register: its lines, what tells them apart, and when a line stands.

    A line stands from ``begins`` on, and ends on ``ends``: on that day it still stands where ``through`` holds (the last
    day of an agreement), and no more where it does not (the day on which somebody left). Without ``ends`` a line is of
    one day. ``key`` names a line within its makerspace; ``facts`` are the names that a dossier has too, under ``block``.
    """

    code: str
    title: str
    unit: str
    model: type[Line]
    key: tuple[str, ...]
    begins: str
    ends: str
    block: str
    facts: tuple[str, ...]
    through: bool = False
    leave: str = ""

    @property
    def name(self) -> str:
        """The field by which people call a line."""
        return self.key[0]


def _facts(block: type[dossier.Block]) -> tuple[str, ...]:
    return tuple(block.model_fields)


REGISTERS = {
    register.code: register
    for register in (
        Register(
            "tenants", "入驻企业和团队", "家", Tenant, ("name", "moved_in_on"), "moved_in_on", "moved_out_on",
            "tenants", _facts(dossier.Tenant), leave="登记迁出",
        ),
        Register(
            "staff", "服务人员", "人", StaffMember, ("name", "joined_on"), "joined_on", "left_on",
            "staff", _facts(dossier.Staff), leave="登记离岗",
        ),
        Register(
            "mentors", "导师", "人", Mentor, ("name", "engaged_from"), "engaged_from", "engaged_to",
            "mentors", _facts(dossier.Mentor), through=True, leave="登记解聘",
        ),
        Register("events", "活动", "场", Event, ("title", "on"), "on", "", "events", _facts(dossier.Event)),
        Register(
            "partners", "合作机构", "家", Partner, ("name", "kind", "agreement_from"), "agreement_from", "agreement_to",
            "capital_partners", _facts(dossier.Partner), through=True, leave="登记协议终止",
        ),
        Register(
            "premises", "场地", "处", Premises, ("address", "used_from"), "used_from", "used_until",
            "premises", _facts(dossier.Premises), leave="登记停用",
        ),
        Register("results", "经营数据", "条", Result, ("name", "as_of"), "as_of", "", "", ()),
    )
}  # fmt: skip
BLOCKS = {register.block: register for register in REGISTERS.values() if register.block}
SERVICE = "service"  # a service agency under contract: in the register of partners, but no capital partner


def register_of(code: str) -> Register:
    """The register of that code, or 404."""
    if code not in REGISTERS:
        raise Refused(NOT_THERE)
    return REGISTERS[code]


# -- for whom ----------------------------------------------------------------------------------------------------------
def visible_to(person: Person, on: date) -> QuerySet[Makerspace]:
    """The makerspaces whose registers ``person`` may read: their own units', their district's, or all."""
    capacity = person.capacity(on)
    rows = Makerspace.objects.select_related("organisation", "authority")
    if capacity.roles & READS_ALL:
        return rows
    return rows.filter(Q(organisation__in=capacity.organisations) | Q(authority__in=capacity.authorities))


def fetch(person: Person, pk: int, on: date) -> Makerspace:
    """One of them, or 404."""
    found = visible_to(person, on).filter(pk=pk).first()
    if found is None:
        raise Refused(NOT_THERE)
    return found


def keeps(person: Person, makerspace: Makerspace, on: date) -> bool:
    """Whether ``person`` keeps these registers: a member of the unit that runs the makerspace."""
    return makerspace.organisation_id in person.capacity(on).organisations


def named(person: Person, organisation: int, name: str, on: date) -> Makerspace | None:
    """The unit's makerspace of that name, if ``person`` may read its registers; the only one where none is named so."""
    found = list(visible_to(person, on).filter(organisation=organisation).order_by("pk")[:50])
    exact = [each for each in found if each.name == name]
    return exact[0] if exact else found[0] if len(found) == 1 else None


# -- lines -------------------------------------------------------------------------------------------------------------
def lines(register: Register, makerspace: Makerspace) -> QuerySet[Any]:
    """All lines that were not struck out, the latest first."""
    rows = register.model.objects.filter(makerspace=makerspace, struck_on=None)
    return rows.order_by(F(register.begins).desc(), "-pk")


def line_of(register: Register, makerspace: Makerspace, pk: int) -> Any:  # noqa: ANN401  one of six models
    """One line, struck out or not, or 404."""
    found = register.model.objects.filter(makerspace=makerspace, pk=pk).first()
    if found is None:
        raise Refused(NOT_THERE)
    return found


def during(register: Register, first: date, last: date) -> Q:
    """The lines that stood on any day from ``first`` to ``last``."""
    begun = Q(**{f"{register.begins}__lte": last})
    if not register.ends:
        return begun & Q(**{f"{register.begins}__gte": first})
    how = "gte" if register.through else "gt"
    return begun & (Q(**{register.ends: None}) | Q(**{f"{register.ends}__{how}": first}))


def on_day(register: Register, day: date) -> Q:
    """The lines that stand on ``day``; of what has no end, those of the 365 days up to it."""
    return during(register, day, day) if register.ends else during(register, day - YEAR + timedelta(days=1), day)


def stands(register: Register, line: Line, day: date) -> bool:
    """Whether a line stands on ``day``."""
    if line.struck_on or getattr(line, register.begins) > day:
        return False
    end = getattr(line, register.ends) if register.ends else None
    return end is None or end > day or (register.through and end == day)


def standing(code: str, makerspace: Makerspace, first: date, last: date | None = None) -> QuerySet[Any]:
    """The lines of a register on a day, or on any day of a period, for whoever counts them (article 18)."""
    register = REGISTERS[code]
    return lines(register, makerspace).filter(during(register, first, last or first))


# -- facts -------------------------------------------------------------------------------------------------------------
def facts_on(makerspace: Makerspace, day: date) -> dict[str, list[dict[str, Any]]]:
    """What a dossier says of ``day``: tenants, staff, mentors, events (of the 365 days up to it), capital_partners,
    premises, each as JSON values under the dossier's own names. Six queries."""
    return {block: facts_of(register, makerspace, on_day(register, day)) for block, register in BLOCKS.items()}


def facts_in(makerspace: Makerspace, first: date, last: date) -> dict[str, list[dict[str, Any]]]:
    """The same for a period, both days included: whoever was there on any day of it, and its events. Six queries."""
    return {block: facts_of(register, makerspace, during(register, first, last)) for block, register in BLOCKS.items()}


def facts_of(register: Register, makerspace: Makerspace, when: Q) -> list[dict[str, Any]]:
    """One block of those facts, the earliest line first."""
    rows = lines(register, makerspace).filter(when).reverse()
    if register.model is Partner:
        rows = rows.exclude(kind=SERVICE)
    return [values_of(row, register.facts) for row in rows]


def plain(value: object) -> Any:  # noqa: ANN401  JSON
    """A column as JSON: days as YYYY-MM-DD, numbers as numbers."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def values_of(line: Line, names: Iterable[str]) -> dict[str, Any]:
    """What a line says, as JSON; blank is null."""
    found = {name: plain(getattr(line, name)) for name in names}
    return {name: None if value == "" else value for name, value in found.items()}


def column_names(register: Register) -> tuple[str, ...]:
    """The fields that people fill in; not the rows of other rooms that point at the line."""
    own = {"id", "makerspace", "version", "struck_on"}
    return tuple(field.name for field in register.model._meta.concrete_fields if field.name not in own)  # noqa: SLF001


# -- what is wrong with a line -----------------------------------------------------------------------------------------
def unfit(register: Register, values: Mapping[str, Any], on: date) -> dict[str, str]:
    """What cannot be true, field by field: before it begins nothing ends, and nothing begins after today."""
    wrong: dict[str, str] = {}
    begins, ends = values[register.begins], values[register.ends] if register.ends else None
    if begins > on:
        wrong[register.begins] = "不能晚于今天"
    if ends and ends < begins:
        wrong[register.ends] = "不能早于开始的日期"
    if ends and ends > on and not register.through:
        wrong[register.ends] = "不能晚于今天，请到当天再登记"
    return wrong | _unfit_of(register, values)


def _unfit_of(register: Register, values: Mapping[str, Any]) -> dict[str, str]:
    if register.code == "tenants":
        return _unfit_tenant(values)
    if register.code == "results":
        return _unfit_result(values)
    return _unfit_premises(values) if register.code == "premises" else {}


def _unfit_premises(values: Mapping[str, Any]) -> dict[str, str]:
    wrong = {}
    if values["public_office_m2"] is not None and values["public_office_m2"] > values["area_m2"]:
        wrong["public_office_m2"] = "不能大于面积"
    if values["lease_from"] and values["lease_to"] and values["lease_to"] < values["lease_from"]:
        wrong["lease_to"] = "不能早于租期起"
    return wrong


def _unfit_result(values: Mapping[str, Any]) -> dict[str, str]:
    parts = (("graduates", "employees", "不能多于从业人员"), ("ip_patents", "ip", "不能多于有效知识产权"))
    return {
        part: text
        for part, whole, text in parts
        if None not in (values[part], values[whole]) and values[part] > values[whole]
    }


def _unfit_tenant(values: Mapping[str, Any]) -> dict[str, str]:
    if values["moved_out_on"] and not values["left_as"]:
        return {"left_as": "登记了迁出日期，请选择迁出原因"}
    if values["left_as"] and not values["moved_out_on"]:
        return {"moved_out_on": "选择了迁出原因，请填写迁出日期"}
    return {}


class Known:
    """The lines that are there, by what tells them apart; kept up as a sheet is read."""

    def __init__(self, register: Register, rows: Iterable[Any], tenants: frozenset[str] = frozenset()) -> None:
        self.register, self.tenants = register, tenants
        self.rows: dict[Any, dict[str, Any]] = {
            row.pk: {name: getattr(row, name) for name in column_names(register)} for row in rows
        }
        self.by_key = {self._key(values): pk for pk, values in self.rows.items()}
        self.here: dict[str, Any] = {}
        for pk, values in self.rows.items():
            self._settle(pk, values)

    def same(self, values: Mapping[str, Any]) -> Any | None:  # noqa: ANN401  a primary key
        """The line that these values are about, if it is there."""
        return self.by_key.get(self._key(values))

    def clash(self, values: Mapping[str, Any], pk: object = None) -> dict[str, str]:
        """Why these values can't stand beside what is there; ``pk`` is the line that they replace."""
        if self.register.code == "results" and values["name"] not in self.tenants:
            return {"name": "入驻登记册里没有这一家，请先登记入驻，名称应一致"}
        there = self.by_key.get(self._key(values))
        if there is not None and there != pk:
            return {self.register.name: f"已登记过同一条（{values[self.register.begins]:%Y-%m-%d}起）"}
        if self.register.code == "tenants" and not values["moved_out_on"]:
            for name, mark in (("name", f"n{values['name']}"), ("uscc", f"u{values['uscc']}")):
                other = self.here.get(mark)
                if other is not None and other != pk:
                    since = self.rows[other]["moved_in_on"]
                    return {name: f"已在驻（{since:%Y-%m-%d}入驻）。如系更正，请修改原条目；再次入驻的，请先登记迁出"}
        return {}

    def put(self, pk: object, values: Mapping[str, Any]) -> None:
        """From here on these values count as that line's."""
        if pk in self.rows:
            self.by_key.pop(self._key(self.rows[pk]), None)
            self.here = {mark: other for mark, other in self.here.items() if other != pk}
        self.rows[pk] = dict(values)
        self.by_key[self._key(values)] = pk
        self._settle(pk, values)

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.register.key)

    def _settle(self, pk: object, values: Mapping[str, Any]) -> None:
        if self.register.code == "tenants" and not values["moved_out_on"]:
            self.here[f"n{values['name']}"] = pk
            if values["uscc"]:
                self.here[f"u{values['uscc']}"] = pk


def known(register: Register, makerspace: Makerspace, values: Mapping[str, Any] | None = None) -> Known:
    """What is there; with ``values`` only the lines that they could clash with."""
    rows = lines(register, makerspace)
    if values is not None:
        near = Q(**{register.name: values[register.name]})
        rows = rows.filter(near | Q(uscc=values["uscc"]) if values.get("uscc") else near)
    return known_among(register, makerspace, rows)


def known_among(register: Register, makerspace: Makerspace, rows: Iterable[Any]) -> Known:
    """The same for lines that were read already."""
    return Known(register, rows, frozenset(tenant_names(makerspace)) if register.code == "results" else frozenset())


def tenant_names(makerspace: Makerspace) -> list[str]:
    """Everyone who is or was a tenant, by name."""
    named = lines(REGISTERS["tenants"], makerspace).order_by("name").values_list("name", flat=True)
    return list(dict.fromkeys(named))


# -- numbers and history -----------------------------------------------------------------------------------------------
def with_counts(rows: QuerySet[Makerspace], day: date) -> QuerySet[Makerspace]:
    """Each with ``n_tenants`` … ``n_premises`` as they stand on ``day``, and ``touched_at``; one query."""
    counts = {f"n_{register.code}": _count(register, day) for register in REGISTERS.values()}
    latest = Revision.objects.filter(makerspace=OuterRef("pk")).order_by().values("makerspace")
    return rows.annotate(**counts, touched_at=Subquery(latest.annotate(at=Max("at")).values("at")))


def _count(register: Register, day: date) -> Coalesce:
    rows = register.model.objects.filter(on_day(register, day), makerspace=OuterRef("pk"), struck_on=None).order_by()
    counted = rows.values("makerspace").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@dataclass(frozen=True)
class Entry:
    """One revision as a page tells it: what it changed, as (field, before, after)."""

    at: datetime
    by: str
    code: str
    act: str
    source: str
    note: str
    changes: list[tuple[str, Any, Any]]


def history(register: Register, line: Line) -> list[Entry]:
    """All revisions of a line, the latest first; one query."""
    found = Revision.objects.filter(register=register.code, line=line.pk).select_related("by").order_by("number")
    told, before = [], dict[str, Any]()
    for row in found:
        changes = [(name, before.get(name), value) for name, value in row.values.items() if before.get(name) != value]
        source = "" if row.source == Revision.Source.PAGE else row.get_source_display()
        told.append(
            Entry(row.at, str(row.by), row.act, row.get_act_display(), source, row.note, changes if before else [])
        )
        before = row.values
    return told[::-1]

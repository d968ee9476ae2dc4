"""Lines of a register as pages show them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse

from makerspace.matters.registers import queries
from makerspace.matters.registers.models import Line, Makerspace
from makerspace.matters.registers.queries import REGISTERS, Register
from makerspace.matters.registers.sheets import Column, columns, said
from makerspace.web.parts import Happening, Tab

SHOWN: Mapping[str, tuple[str, ...]] = {
    "tenants": ("kind", "industry", "hightech_field", "employees", "moved_in_on"),
    "staff": ("duty", "education", "full_time", "joined_on"),
    "mentors": ("employer", "speciality", "engaged_from", "engaged_to"),
    "events": ("kind", "on", "participants", "hosted_as"),
    "partners": ("kind", "agreement_from", "agreement_to"),
    "results": ("as_of", "employees", "revenue_wan", "rd_wan", "ip"),
    "premises": ("tenure", "area_m2", "public_office_m2", "lease_to", "used_from"),
}
NOW = {"tenants": "在驻", "staff": "在岗", "mentors": "在聘", "partners": "有效", "premises": "在用"}
OVER = {"tenants": "已迁出", "staff": "已离岗", "mentors": "聘期已满", "partners": "已终止", "premises": "已停用"}
FIGURES = frozenset({"int", "decimal"})


class State(NamedTuple):
    """How a line stands, as a chip."""

    text: str
    tone: str


class Cell(NamedTuple):
    """One value in a list."""

    label: str
    text: str
    figure: bool


class Row(NamedTuple):
    """One line in a list."""

    line: Line
    url: str
    cells: list[Cell]
    state: State | None


def heads(register: Register) -> list[Column]:
    """The columns of the list."""
    named = {column.name: column for column in columns(register.code)}
    return [named[name] for name in SHOWN[register.code]]


def rows(register: Register, makerspace: Makerspace, lines: Iterable[Any], day: date) -> list[Row]:
    """The lines as the list shows them."""
    shown = heads(register)
    return [
        Row(
            line, reverse("registers_line", args=[makerspace.pk, register.code, line.pk]),
            [_cell(column, getattr(line, column.name)) for column in shown],
            state(register, line, day),
        )
        for line in lines
    ]  # fmt: skip


def _cell(column: Column, value: object) -> Cell:
    text = said(column, value)
    return Cell(column.shape.label, f"{text}{column.shape.unit}" if text else "", column.shape.kind in FIGURES)


def state(register: Register, line: Any, day: date) -> State | None:  # noqa: ANN401  one of six models
    """Whether it stands; None for what is of one day."""
    if line.struck_on:
        return State("已作废", "muted")
    if not register.ends:
        return None
    if queries.stands(register, line, day):
        lapsed = register.code == "tenants" and line.agreement_to and line.agreement_to < day
        return State("协议已到期", "warn") if lapsed else State(NOW[register.code], "ok")
    return State((register.code == "tenants" and line.get_left_as_display()) or OVER[register.code], "muted")


def tabs(makerspace: Makerspace, current: str) -> list[Tab]:
    """The registers of one makerspace (with its counts) and what they add up to, as tabs."""
    books = [
        Tab(
            register.title, reverse("registers_register", args=[makerspace.pk, code]), code == current,
            getattr(makerspace, f"n_{code}"),
        )
        for code, register in REGISTERS.items()
    ]  # fmt: skip
    return [*books, Tab("年度汇总", reverse("registers_year", args=[makerspace.pk]), current == "year")]


def facts(register: Register, line: Line) -> list[tuple[str, str]]:
    """All that a line says."""
    return [(column.label, said(column, getattr(line, column.name))) for column in columns(register.code)]


def happenings(register: Register, line: Line) -> list[Happening]:
    """Who wrote what and when, and what it was before."""
    named = {column.name: column for column in columns(register.code)}
    told = []
    for entry in queries.history(register, line):
        changes = [
            f"{named[name].label}：{said(named[name], before) or '空'} → {said(named[name], after) or '空'}"
            for name, before, after in entry.changes
            if name in named
        ]
        text = "\n".join([*changes, *([entry.note] if entry.note else [])])
        act = f"{entry.act}（{entry.source}）" if entry.source else entry.act
        told.append(Happening(entry.at, entry.by, act, text=text))
    return told

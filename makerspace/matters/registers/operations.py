"""Keeping a makerspace and its registers: a line is added, changed, ended or struck out, and every version stays."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import CharField

from makerspace.matters.registers import queries
from makerspace.matters.registers.models import Line, Makerspace, Revision
from makerspace.matters.registers.queries import Register
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.people.models import Authority, Organisation, Person
from makerspace.office.record import clock

Values = Mapping[str, Any]
Source = Revision.Source
NOT_KEPT = Refusal("not_yours", "登记册由众创空间运营单位的负责人和经办人维护，您可以查看。", (7,))


class Incoming(NamedTuple):
    """One row of a sheet: its values, and the line and version that it changes, if it is there already."""

    values: Values
    pk: int | None = None
    version: int | None = None


@transaction.atomic
def makerspace_of(organisation: Organisation, name: str, *, authority: Authority, on: date) -> Makerspace:
    """The unit's makerspace of that name; entered today where there was none."""
    new = Makerspace(organisation=organisation, name=name, authority=authority, created_on=on)
    return Makerspace.objects.add_unless_taken(new) or Makerspace.objects.get(organisation=organisation, name=name)


@transaction.atomic
def open_registers(organisation: Organisation, name: str, *, authority: Authority, by: Person, on: date) -> Makerspace:
    """Begin the registers of a makerspace that need not have a title yet; its application will start from them."""
    if organisation.pk not in by.capacity(on).organisations:
        raise refused("not_yours", "只能为您所在的单位建立登记册。", 7)
    if Makerspace.objects.filter(organisation=organisation, name=name).exists():
        raise refused("invalid", "这个众创空间已有登记册。", 7, fields={"name": "已有同名众创空间的登记册"})
    return makerspace_of(organisation, name, authority=authority, on=on)


@transaction.atomic
def add(
    makerspace: Makerspace, register: Register, values: Values, *, by: Person, on: date, source: str = Source.PAGE
) -> Line:
    """Enter a line. Refused with every field at once where it can't be true or is there already."""
    _lock(makerspace, by, on)
    _ask_fit(register, values, queries.known(register, makerspace, values), on)
    return _enter(makerspace, register, values, by=by, on=on, source=source)


@transaction.atomic
def change(
    makerspace: Makerspace,
    register: Register,
    pk: int,
    values: Values,
    *,
    by: Person,
    on: date,
    seen_version: int,
    source: str = Source.PAGE,
) -> Line:
    """Put a line right; what it said before stays in its history. The same values again change nothing."""
    _lock(makerspace, by, on)
    line = _seen(register, makerspace, pk, seen_version)
    _ask_fit(register, values, queries.known(register, makerspace, values), on, pk)
    return _rewrite(makerspace, register, line, values, Revision.Act.CHANGE, by=by, on=on, source=source)


@transaction.atomic
def leave(
    makerspace: Makerspace,
    register: Register,
    pk: int,
    *,
    by: Person,
    on: date,
    seen_version: int,
    day: date,
    left_as: str = "",
    note: str = "",
    source: str = Source.PAGE,
) -> Line:
    """End a line on ``day``: moved out (with how), left, dismissed, terminated, given up. The line itself stays."""
    _lock(makerspace, by, on)
    line = _seen(register, makerspace, pk, seen_version)
    if not register.ends:
        raise refused("wrong_stage", "活动只有一个日期，没有离开可登记。", 7)
    values = {name: getattr(line, name) for name in queries.column_names(register)} | {register.ends: day}
    values |= {"left_as": left_as} if "left_as" in values else {}
    wrong = queries.unfit(register, values, on)
    if wrong:
        fields = {"day" if name == register.ends else name: text for name, text in wrong.items()}
        raise refused("invalid", f"有{len(fields)}处内容需要更正。", 7, fields=fields)
    act = Revision.Act.LEAVE
    return _rewrite(makerspace, register, line, values, act, by=by, on=on, source=source, note=note)


@transaction.atomic
def strike(
    makerspace: Makerspace,
    register: Register,
    pk: int,
    *,
    by: Person,
    on: date,
    seen_version: int,
    note: str,
    source: str = Source.PAGE,
) -> Line:
    """Strike out a line that should never have been entered; it stays readable with the reason."""
    _lock(makerspace, by, on)
    line = _seen(register, makerspace, pk, seen_version)
    line.struck_on, line.version = on, line.version + 1
    line.save(update_fields=["struck_on", "version"])
    _revise(makerspace, register, line, Revision.Act.STRIKE, by=by, on=on, source=source, note=note)
    return line


@transaction.atomic
def take_in(
    makerspace: Makerspace,
    register: Register,
    rows: Sequence[Incoming],
    *,
    by: Person,
    on: date,
    source: str = Source.SHEET,
) -> list[Line]:
    """All rows of a sheet or none: new lines are entered, lines that are there are changed if nobody did meanwhile."""
    _lock(makerspace, by, on)
    there: dict[int, Line] = {line.pk: line for line in queries.lines(register, makerspace)}
    known = queries.known_among(register, makerspace, there.values())
    written = []
    for place, row in enumerate(rows):
        wrong = queries.unfit(register, row.values, on) | known.clash(row.values, row.pk)
        if wrong:
            fields = {f"rows[{place}].{name}": text for name, text in wrong.items()}
            raise refused("invalid", f"第{place + 1}行不能登记，全部没有写入。", 7, fields=fields)
        if row.pk is None:
            line = _enter(makerspace, register, row.values, by=by, on=on, source=source)
        else:
            found = there.get(row.pk)
            if found is None:
                raise refused("changed_meanwhile", "有条目刚刚被作废，请核对后重新导入。", 7)
            _ask_version(found, row.version)
            line = _rewrite(makerspace, register, found, row.values, Revision.Act.CHANGE, by=by, on=on, source=source)
        known.put(line.pk, row.values)
        written.append(line)
    return written


# -- asking ------------------------------------------------------------------------------------------------------------
def _lock(makerspace: Makerspace, by: Person, on: date) -> None:
    """One writer to a makerspace's registers at a time. Visible, then yours."""
    if not queries.visible_to(by, on).filter(pk=makerspace.pk).exists():
        raise Refused(queries.NOT_THERE)
    if not queries.keeps(by, makerspace, on):
        raise Refused(NOT_KEPT)
    Makerspace.objects.select_for_update().get(pk=makerspace.pk)


def _seen(register: Register, makerspace: Makerspace, pk: int, seen_version: int) -> Line:
    line: Line = queries.line_of(register, makerspace, pk)
    if line.struck_on:
        raise refused("wrong_stage", "这一条已经作废，不能再修改。", 7)
    _ask_version(line, seen_version)
    return line


def _ask_version(line: Line, seen_version: int | None) -> None:
    if line.version != seen_version:
        raise refused("changed_meanwhile", f"“{line}”刚刚有人修改过，请核对后再保存。", 7)


def _ask_fit(register: Register, values: Values, known: queries.Known, on: date, pk: int | None = None) -> None:
    wrong = queries.unfit(register, values, on) | known.clash(values, pk)
    if wrong:
        raise refused("invalid", f"有{len(wrong)}处内容需要更正。", 7, fields=wrong)


# -- writing -----------------------------------------------------------------------------------------------------------
def _enter(makerspace: Makerspace, register: Register, values: Values, *, by: Person, on: date, source: str) -> Line:
    line: Line = register.model.objects.create(makerspace=makerspace, **_columns(register, values))
    _revise(makerspace, register, line, Revision.Act.ADD, by=by, on=on, source=source)
    return line


def _rewrite(
    makerspace: Makerspace,
    register: Register,
    line: Line,
    values: Values,
    act: str,
    *,
    by: Person,
    on: date,
    source: str,
    note: str = "",
) -> Line:
    columns = _columns(register, values)
    touched = [name for name, value in columns.items() if getattr(line, name) != value]
    if not touched:
        return line
    for name in touched:
        setattr(line, name, columns[name])
    line.version += 1
    line.save(update_fields=[*touched, "version"])
    _revise(makerspace, register, line, act, by=by, on=on, source=source, note=note)
    return line


def _columns(register: Register, values: Values) -> dict[str, Any]:
    """The columns of a line; what is blank is an empty text where the column is one."""
    fields = {name: register.model._meta.get_field(name) for name in queries.column_names(register)}  # noqa: SLF001
    return {
        name: "" if values[name] is None and isinstance(field, CharField) else values[name]
        for name, field in fields.items()
    }


def _revise(
    makerspace: Makerspace,
    register: Register,
    line: Line,
    act: str,
    *,
    by: Person,
    on: date,
    source: str,
    note: str = "",
) -> None:
    Revision.objects.create(
        makerspace=makerspace, register=register.code, line=line.pk, number=line.version, act=act, source=source,
        values=queries.values_of(line, queries.column_names(register)), note=note, on=on, at=clock.now(), by=by,
    )  # fmt: skip

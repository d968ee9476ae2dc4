"""The parameters as they stand on a day: the tables of a version, with the bureau's dated lines added."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from makerspace.office.casework.models import SettingLine
from makerspace.office.prepared import Prepared
from makerspace.regulation import by_id
from makerspace.regulation.kunkefa_2017_55.parameters import with_lines
from makerspace.regulation.terms import Dated, Parameter, Regulation

ADOPTED = SettingLine.State.ADOPTED
LATEST_LAST = ("since", "id")  # one proposal at a time: what was decided later was also proposed later


def setting(regulation: str, code: str, on: date) -> Any:  # noqa: ANN401  as ``Parameter.on``
    """The value in force on ``on``: one query where the bureau may change it, none where it is the law's own."""
    return parameter(regulation, code).on(on)


def parameter(regulation: str, code: str) -> Parameter:
    """The same for whoever asks of many days: the parameter with the bureau's lines."""
    version = by_id(regulation)
    lines = _adopted(regulation=regulation, code=code) if code in version.settings else []
    return with_lines(version.parameter(code), [Dated(since, value) for since, value in lines])


_adopted = Prepared(
    lambda regulation, code: (
        SettingLine.objects.filter(regulation=regulation, code=code, state=ADOPTED.value)
        .order_by(*LATEST_LAST)
        .values_list("since", "value")
    )
)


class Standing(NamedTuple):
    """A parameter on a day: its value, by which line the bureau set it, if it did, and what is to come."""

    parameter: Parameter
    value: Any
    since: date
    line: SettingLine | None
    coming: tuple[SettingLine, ...]

    @property
    def said(self) -> str:
        """The value as one reads it."""
        return self.parameter.said(self.value)

    @property
    def changes(self) -> list[tuple[date, str, str]]:
        """What comes into force: from which day, which value, and why."""
        return [(line.since, self.parameter.said(line.value), line.reason) for line in self.coming]


def standing(regulation: Regulation, on: date) -> list[Standing]:
    """Every parameter of the version as it stands on ``on``, in the order of the articles; one query."""
    rows = SettingLine.objects.filter(regulation=regulation.id, state=ADOPTED).order_by(*LATEST_LAST)
    lines: dict[str, list[SettingLine]] = {}
    for row in rows:
        lines.setdefault(row.code, []).append(row)
    return [stands(found, lines.get(found.id, ()), on) for found in regulation.parameters]


def stands(found: Parameter, adopted: Sequence[SettingLine], on: date) -> Standing:
    """One parameter as it stands with these lines, the latest of each day last."""
    latest = {line.since: line for line in adopted}  # of two for the same day the later decision holds
    coming = tuple(latest[day] for day in sorted(latest) if day > on)
    own = max([dated.since for dated in found.lines if dated.since <= on], default=found.lines[0].since)
    begun = max([day for day in latest if day <= on], default=None)
    if begun is not None and begun >= own:
        return Standing(found, latest[begun].value, begun, latest[begun], coming)
    return Standing(found, found.on(on), own, None, coming)

"""The acts that matters have handed in: for each row of the procedure its operation, input and guards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from json import dumps
from typing import Annotated, Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Person
from makerspace.regulation.counting import CountingError, day_of
from makerspace.regulation.terms import Role

Actor = Person | Role  # Role.CLOCK and Role.PUBLIC act without a person
Guard = Callable[[Case, Actor, date], Refusal | None]
StandIn = Callable[[Case, Person, date], Role | None]
Order = Callable[[Case, Person, date], Sequence[Role]]
Options = Callable[[Case, Person], Mapping[str, Any]]


def _day(given: object) -> date:
    """A day between 1900 and 2100, written YYYY-MM-DD and in no other way: pydantic takes "0" for one of 1970."""
    try:
        return day_of(str(given))
    except CountingError:
        raise PydanticCustomError("day", "应为1900年至2100年间的日期，格式如2024-05-01") from None


Day = Annotated[date, BeforeValidator(_day)]


class Input(BaseModel):
    """What an act is given. Unknown keys are refused by name; texts are trimmed; no type is taken for another."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True, strict=True)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read as JSON, where a day can only be written as a text."""
        return cls.model_validate_json(dumps(given, cls=DjangoJSONEncoder))


def files(title: str, hint: str = "", *, at_least: int = 1, at_most: int = 20) -> Any:  # noqa: ANN401 (as pydantic's Field)
    """A field of type ``list[str]``: the digests of files that were uploaded for the case before."""
    default: Any = ... if at_least else []
    return Field(
        default, title=title, description=hint or None, min_length=at_least, max_length=at_most,
        json_schema_extra={"widget": "files"},
    )  # fmt: skip


def file_fields(schema: type[BaseModel]) -> list[str]:
    """The fields of that input that take files."""
    extras = {name: field.json_schema_extra for name, field in schema.model_fields.items()}
    return [name for name, extra in extras.items() if isinstance(extra, dict) and extra.get("widget") == "files"]


class Nothing(Input):
    """An act that needs nothing but the will to take it."""


@dataclass(frozen=True)
class Act:
    """One act of one kind of case, as the doors need it.

    ``operation(case, *, by, on, **fields of schema)`` takes it. ``options(case, person)`` gives the page's choices as
    ``{field: [(value, label), …]}``; ``initial`` its first values. ``batch`` acts are taken for many cases at once, on a
    page of their own (``page``, an URL name without arguments). ``stand_in(case, person, on)`` names a further capacity in
    which a person may take it, such as the counter officer who types in an application that came on paper. ``order`` says
    which of several capacities counts first where a person holds more than one. Who took an ``unnamed`` act is told to
    nobody outside the offices that see every case. An act that ``opens`` a case is offered nowhere once it is taken. What a
    ``prepared`` act hands in is written over weeks: its files may be uploaded in its stage, whatever its guards wait for.
    """

    kind: str
    code: str
    operation: Callable[..., Case]
    schema: type[Input] = Nothing
    guards: tuple[Guard, ...] = ()
    options: Options | None = None
    initial: Options | None = None
    note: str = ""
    page: str = ""
    batch: bool = False
    stand_in: StandIn | None = None
    order: Order | None = None
    unnamed: bool = False
    opens: bool = False
    prepared: bool = False


@dataclass(frozen=True)
class Turn:
    """Within a stage, the cases whose next step is ``role``'s and no longer the stage holder's: those of ``when()``."""

    kind: str
    stage: str
    role: Role
    when: Callable[[], Q]


_ACTS: dict[tuple[str, str], Act] = {}
_TURNS: dict[tuple[str, str], Turn] = {}


def register(kind: str, code: str, **parts: Any) -> None:
    """Hand in an act; called once for each row when the matter's ``acts`` module is loaded."""
    _ACTS[kind, code] = Act(kind=kind, code=code, **parts)


def find(kind: str, code: str) -> Act | None:
    """The act handed in for that row, if any."""
    return _ACTS.get((kind, code))


def all_acts() -> list[Act]:
    """Every act handed in."""
    return list(_ACTS.values())


def hand_on(kind: str, stage: str, role: Role, when: Callable[[], Q]) -> None:
    """Hand in a turn; a stage has one at most."""
    _TURNS[kind, stage] = Turn(kind, stage, role, when)


def turn_in(kind: str, stage: str) -> Turn | None:
    """The turn handed in for that stage, if any."""
    return _TURNS.get((kind, stage))


def all_turns() -> list[Turn]:
    """Every turn handed in."""
    return list(_TURNS.values())

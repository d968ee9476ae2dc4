"""The words in which a regulation is written here: citation, parameter, reading, finding, move, stage, role."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Role(StrEnum):
    """In which capacity somebody acts. The clock and the public are capacities too."""

    APPLICANT = "applicant"
    DISTRICT = "district"
    BUREAU = "bureau"
    LEADER = "leader"
    EXPERT = "expert"
    DISCIPLINE = "discipline"
    PROVIDER = "provider"
    MENTOR = "mentor"
    AGENCY = "agency"
    AUDITOR = "auditor"
    PUBLIC = "public"
    CLOCK = "clock"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


class Duty(StrEnum):
    """What an office holder may carry besides the role."""

    COUNTER = "counter"
    PAYER = "payer"


class Strength(StrEnum):
    """How strongly the text puts a condition: required, 原则上, 鼓励."""

    REQUIRED = "required"
    IN_PRINCIPLE = "in_principle"
    ENCOURAGED = "encouraged"


class Verdict(StrEnum):
    """What the facts say about a condition; ``for_judgement`` is left to people."""

    MET = "met"
    NOT_MET = "not_met"
    FOR_JUDGEMENT = "for_judgement"
    MISSING = "missing"


class Citation(NamedTuple):
    """An article of the regulation, or one item of it."""

    article: int
    item: int | None = None


@dataclass(frozen=True)
class Dated:
    """A value and the first day on which it holds."""

    since: date
    value: Any


@dataclass(frozen=True)
class Parameter:
    """A number of the law, or a setting of the system where the law has none.

    ``lines`` are dated and only ever added to; ``source`` is "law" or "setting"; ``words`` are what 0, 1 and so on mean.
    """

    id: str
    citation: Citation
    label: str
    unit: str
    lines: tuple[Dated, ...]
    source: str = "law"
    words: tuple[str, ...] = ()

    def on(self, day: date) -> Any:  # noqa: ANN401 (a number, or the code of a setting)
        """The value in force on ``day``: the latest line that had begun, else the first line."""
        value = self.lines[0].value
        for line in self.lines:
            if line.since <= day:
                value = line.value
        return value

    def said(self, value: Any) -> str:  # noqa: ANN401 (as above)
        """A value as one reads it: in words where it has any, else with its unit."""
        return self.words[value] if self.words else f"{value}{self.unit}"


class Bounds(NamedTuple):
    """Between which whole numbers a setting may be set, and in which steps."""

    least: int
    most: int
    step: int = 1

    def hold(self, value: int) -> bool:
        """Whether the value may be set."""
        return self.least <= value <= self.most and (value - self.least) % self.step == 0


@dataclass(frozen=True)
class Reading:
    """口径: how the bureau takes a place that the text leaves open (R-nn)."""

    id: str
    citation: Citation
    question: str
    adopted: str
    status: str = "assumed"
    by: str = ""
    since: date = date(2017, 6, 6)


class Gap(NamedTuple):
    """The smallest change that would satisfy a numeric condition; ``short`` is 0 where it holds."""

    need: Any
    have: Any
    short: Any
    unit: str


class Excluded(NamedTuple):
    """A row that was given but does not count, and why."""

    what: str
    why: str


class Finding(NamedTuple):
    """One condition applied to one dossier on one day; the JSON shape stands in the contract."""

    id: str
    article: int
    item: int
    strength: Strength
    verdict: Verdict
    text: str
    facts: Mapping[str, Any]
    excluded: tuple[Excluded, ...] = ()
    gap: Gap | None = None
    satisfied_on: date | None = None
    readings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Where a case may stand, who holds it there, and by which parameter its term is counted."""

    code: str
    label: str
    holder: Role | None
    articles: tuple[int, ...]
    term: str | None = None
    final: bool = False


@dataclass(frozen=True)
class Move:
    """One row of the procedure: an act, the articles it rests on, where from and where to, and by whom.

    ``targets`` empty means that the case stays where it is; several mean that the act's facts decide.
    ``decides`` asks for a fresh proof of identity; ``handles`` bars the person from a leader's act later.
    """

    act: str
    label: str
    articles: tuple[int, ...]
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    by: tuple[Role, ...]
    duty: Duty | None = None
    decides: bool = False
    handles: bool = False


@dataclass(frozen=True)
class Procedure:
    """The table of moves of one kind of case."""

    kind: str
    label: str
    prefix: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]
    _stages: dict[str, Stage] = field(init=False, repr=False, compare=False)
    _moves: dict[str, Move] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_stages", {stage.code: stage for stage in self.stages})
        object.__setattr__(self, "_moves", {move.act: move for move in self.moves})

    def stage(self, code: str) -> Stage:
        """The stage of that code; KeyError if there is none."""
        return self._stages[code]

    def move(self, act: str) -> Move:
        """The move of that name; KeyError if there is none."""
        return self._moves[act]

    def has(self, act: str) -> bool:
        """Whether the table knows the act."""
        return act in self._moves

    @property
    def first(self) -> Stage:
        """The stage in which a case begins."""
        return self.stages[0]


class Article(NamedTuple):
    """An article of the regulation: its chapter and its gist in our own words, never the official text."""

    number: int
    chapter: int
    title: str
    gist: str


class Section(NamedTuple):
    """A part of the dossier that one fills in one go: its keys, the conditions it feeds, the categories it is for."""

    code: str
    title: str
    keys: tuple[str, ...]
    conditions: tuple[str, ...]
    categories: tuple[str, ...]


class Material(NamedTuple):
    """A paper of article 9; ``condition`` names the condition that a piece of evidence is for."""

    kind: str
    title: str
    citation: Citation
    hint: str
    condition: str | None = None


class Findings(NamedTuple):
    """All findings on one dossier on one day, in the order of the articles."""

    regulation: str
    category: str
    on: date
    overall: Verdict
    findings: tuple[Finding, ...]

    def of(self, code: str) -> Finding:
        """The finding of that condition; KeyError if the category has none."""
        for finding in self.findings:
            if finding.id == code:
                return finding
        raise KeyError(code)


class Check(Protocol):
    """Applies a version's conditions; ``lines`` are later dated values by parameter id (the bureau's, or a trial's)."""

    def __call__(self, dossier: Any, on: date, lines: Mapping[str, Sequence[Dated]] | None = None) -> Findings: ...  # noqa: ANN401 (each version has its own dossier)


class Caution(NamedTuple):
    """Something in a dossier that looks wrong but stops nobody: an officer may accept it."""

    path: str
    text: str


@dataclass(frozen=True, eq=False)
class Condition:
    """One row of chapter 2: what is asked, how strongly, of which categories, and the rule that answers."""

    id: str
    citation: Citation
    strength: Strength
    title: str
    categories: tuple[str, ...]
    rule: Callable[..., Finding]


@dataclass(frozen=True, eq=False)
class Regulation:
    """One version of the regulation, complete: text gists, numbers, readings, conditions, procedures.

    ``settings`` are the parameters that the bureau may change, each with its bounds; ``within`` names those of them that
    never pass another.
    """

    id: str
    title: str
    document_number: str
    issuer: str
    issued_on: date
    in_force_from: date
    articles: tuple[Article, ...]
    parameters: tuple[Parameter, ...]
    settings: Mapping[str, Bounds]
    within: Mapping[str, str]
    readings: tuple[Reading, ...]
    categories: Mapping[str, str]
    conditions: tuple[Condition, ...]
    sections: tuple[Section, ...]
    materials: tuple[Material, ...]
    plan_sections: tuple[str, ...]
    procedures: Mapping[str, Procedure]
    parse: Callable[[object], Any]
    check: Check
    cautions: Callable[[Any, date], list[Caution]]

    def article(self, number: int) -> Article:
        """The article of that number; KeyError if there is none."""
        return _named(self.articles, "number", number)

    def parameter(self, code: str) -> Parameter:
        """The parameter of that id; KeyError if there is none."""
        return _named(self.parameters, "id", code)

    def reading(self, code: str) -> Reading:
        """The reading R-nn; KeyError if there is none."""
        return _named(self.readings, "id", code)

    def condition(self, code: str) -> Condition:
        """The condition of that id; KeyError if there is none."""
        return _named(self.conditions, "id", code)

    def procedure(self, kind: str) -> Procedure:
        """The table of moves of that kind of case; KeyError if there is none."""
        return self.procedures[kind]

    def conditions_of(self, category: str) -> tuple[Condition, ...]:
        """The conditions that an application of that category is held to."""
        return tuple(condition for condition in self.conditions if category in condition.categories)

    def sections_of(self, category: str) -> tuple[Section, ...]:
        """The sections of the dossier that an application of that category fills in."""
        return tuple(section for section in self.sections if category in section.categories)

    def materials_of(self, category: str) -> tuple[Material, ...]:
        """The papers of article 9 for that category: evidence for its required conditions only."""
        return tuple(
            material
            for material in self.materials
            if material.condition is None or category in self.condition(material.condition).categories
        )


def _named(rows: tuple[T, ...], key: str, value: object) -> T:
    """The row whose ``key`` is ``value``."""
    for row in rows:
        if getattr(row, key) == value:
            return row
    raise KeyError(value)

"""Financing and listings (article 14): who may see a row; what all of them come to is public."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple, TypeVar

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value

from makerspace.matters.registers import queries as registers
from makerspace.matters.registers.models import LeftAs, Makerspace, Tenant
from makerspace.matters.review.digests import of_text
from makerspace.matters.support.models import Board, CapitalFact, Financing, Listing, Round
from makerspace.matters.support.models.capital import too_early, too_late
from makerspace.matters.support.queries.engagements import eligible
from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Authority, Person
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import chinese

F_ = TypeVar("F_", Financing, Listing)
FIRST = 2017  # the measures took effect in that year
# ``too_early`` and ``too_late`` for the database: the register may be put right after a fact was entered.
STAYED = Q(day__gte=F("tenant__moved_in_on")) & (
    Q(tenant__moved_out_on=None) | Q(tenant__left_as=LeftAs.GRADUATED) | Q(day__lt=F("tenant__moved_out_on"))
)
VALID = Q(struck_on=None, tenant__struck_on=None) & STAYED  # a tenant that was entered by mistake reached nothing
FIRM = ("tenant__uscc", "tenant__name")
LEAST = 3  # firms behind a sum that everybody may read
NOT_KEPT = Refusal("not_yours", "融资和挂牌由众创空间运营单位的负责人和经办人登记，您可以查看。", (14,))
LISTED = "listed"
DONE = {"enter": "登记", "strike": "作废"}
THOUSAND = 100_000  # fen in 千元, the unit of the yearly report


# -- for whom ----------------------------------------------------------------------------------------------------------
def financings(person: Person, on: date) -> QuerySet[Financing]:
    """The financing that a person may see: of the own makerspaces, of one's district's, or all for who oversees."""
    return _within(Financing.objects.all(), person, on)


def listings(person: Person, on: date) -> QuerySet[Listing]:
    """The listings that a person may see, in the same way."""
    return _within(Listing.objects.all(), person, on)


def _within(rows: QuerySet[F_], person: Person, on: date) -> QuerySet[F_]:
    seen = rows.filter(makerspace__in=registers.visible_to(person, on).values("pk"))
    return seen.select_related("makerspace__authority", "tenant", "evidence", "entered_by", "struck_by")


def authorities(person: Person, on: date) -> list[Authority]:
    """The authorities of the makerspaces that a person may see."""
    seen = registers.visible_to(person, on).values("authority")
    return list(Authority.objects.filter(pk__in=seen).order_by("pk"))


def tenants(person: Person, on: date) -> QuerySet[Tenant]:
    """Whose financing and listings a person may enter: tenants, former ones too, of own makerspaces with the title."""
    rows = Tenant.objects.filter(makerspace__in=eligible(person, on).values("pk"), struck_on=None)
    return rows.select_related("makerspace").order_by("makerspace__name", "name", "-moved_in_on")


def tenant_seen(person: Person, pk: int, on: date) -> Tenant | None:
    """A tenant of a makerspace whose registers the person may read."""
    seen = registers.visible_to(person, on).values("pk")
    return Tenant.objects.select_related("makerspace").filter(makerspace__in=seen, pk=pk).first()


def label_of(tenant: Tenant) -> str:
    """A tenant among others: its makerspace, and when it left."""
    left = f"，{chinese(tenant.moved_out_on)}{tenant.get_left_as_display()}" if tenant.moved_out_on else ""
    return f"{tenant.name}（{tenant.makerspace.name}{left}）"


# -- what is wrong with a row ------------------------------------------------------------------------------------------
def unfit_day(tenant: Tenant, day: date, on: date) -> str:
    """Why something of that day is no fact of this makerspace's tenant; what graduates reach later is."""
    if day > on:
        return "不能晚于今天"
    if too_early(tenant, day):
        return f"早于入驻之日（{chinese(tenant.moved_in_on)}），入驻以前的不在这里登记"
    if tenant.moved_out_on and too_late(tenant, day):
        return f"该企业或团队已于{chinese(tenant.moved_out_on)}迁出且不是毕业，迁出以后的不在这里登记"
    return ""


def listed_already(tenant: Tenant, board: str) -> bool:
    """Whether the firm has that listing already, in this stay or another one."""
    return _of_firm(Listing.objects.all(), tenant).filter(board=board).exists()


def raised_already(tenant: Tenant, *, day: date, kind: str, amount: int, investor: str) -> bool:
    """Whether the firm has that round already, in this stay or another one."""
    same = {"day": day, "kind": kind, "amount": amount, "investor": investor}
    return _of_firm(Financing.objects.all(), tenant).filter(**same).exists()


def _of_firm(rows: QuerySet[F_], tenant: Tenant) -> QuerySet[F_]:
    """The valid rows of a tenant and of the same firm's other stays in that makerspace."""
    same = Q(tenant__name=tenant.name) | (Q(tenant__uscc=tenant.uscc) if tenant.uscc else Q())
    return rows.filter(VALID, same, makerspace=tenant.makerspace_id)


def with_code(tenant: Tenant, board: str, code: str) -> Listing | None:
    """The listing of the makerspace that bears that code on that board and is not struck out."""
    rows = Listing.objects.filter(makerspace=tenant.makerspace_id, board=board, code=code, struck_on=None)
    return rows.select_related("tenant").first() if code else None


def why_not_strike(row: Financing | Listing, person: Person, on: date) -> Refusal | None:
    """Why whoever sees the row may not strike it out: not theirs before done already."""
    if not registers.keeps(person, row.makerspace, on):
        return NOT_KEPT
    if row.struck_on is None:
        return None
    return Refusal("wrong_stage", f"这一条已由{row.struck_by}于{chinese(row.struck_on)}作废，不能再次办理。", (14,))


# -- what was done -----------------------------------------------------------------------------------------------------
def stream_of(makerspace: int) -> str:
    """Where the record tells of a makerspace's financing and listings."""
    return f"CAPITAL-{makerspace}"


def noun_of(row: CapitalFact) -> str:
    """What the record calls it."""
    return type(row).__name__.lower()


def history(row: CapitalFact) -> list[tuple[str, Entry]]:
    """What the record holds of it, the latest first, each with its label; one query."""
    noun = noun_of(row)
    found = Entry.objects.filter(
        stream=stream_of(row.makerspace_id), act__endswith=f"_{noun}", data__contains=f'"{noun}":{row.pk}'
    )
    own = [each for each in found.select_related("person").order_by("-seq") if json.loads(each.data)[noun] == row.pk]
    return [(DONE[each.act.removesuffix(f"_{noun}")], each) for each in own]


def sealed_fact(row: Financing | Listing) -> dict[str, Any]:
    """What the record keeps of a row: ids, days and sums; of who invested, of venue and names no more than a digest."""
    own = ("kind", "amount", "own_amount") if isinstance(row, Financing) else ("board", "code")
    words = (row.investor,) if isinstance(row, Financing) else (row.venue, row.short_name)
    return {
        noun_of(row): row.pk, "tenant": row.tenant_id, "day": row.day.isoformat(), "evidence": row.evidence_id,
        **{name: getattr(row, name) for name in own}, "words": of_text("\n".join((*words, row.evidence_name))),
    }  # fmt: skip


def replay_capital() -> Iterator[str]:
    """Hold every row against what the record sealed of it; a sentence for each that differs or is gone. Four queries."""
    for model in (Financing, Listing):
        noun = model.__name__.lower()
        entered, struck = (_sealed(f"{act}_{noun}", noun) for act in DONE)
        rows: dict[int, Financing | Listing] = {row.pk: row for row in model.objects.all()}
        for pk in sorted({*entered, *rows}):
            row = rows.get(pk)
            if row is None or not (_as_entered(row, entered.get(pk)) and _as_struck(row, struck.get(pk))):
                yield f"{model._meta.verbose_name}登记{pk}与案卷所记不符"  # noqa: SLF001  what it is called


class Sealed(NamedTuple):
    """An entry on one row: whose stream, by whom, on which day, what it says."""

    stream: str
    person: int | None
    on: date
    told: dict[str, Any]


def _sealed(act: str, noun: str) -> dict[int, Sealed]:
    """What the entries of an act say, by the row they speak of."""
    rows = Entry.objects.filter(stream__startswith="CAPITAL-", act=act)
    found = (Sealed(row.stream, row.person_id, row.on, json.loads(row.data)) for row in rows)
    return {each.told[noun]: each for each in found}


def _as_entered(row: Financing | Listing, sealed: Sealed | None) -> bool:
    """Whether it stands as it was entered. Early entries hold no digest of the words."""
    if sealed is None:
        return False
    now = sealed_fact(row)
    told = {"words": now["words"], **sealed.told}
    return (sealed.stream, sealed.person, told) == (stream_of(row.makerspace_id), row.entered_by_id, now)


def _as_struck(row: Financing | Listing, sealed: Sealed | None) -> bool:
    """Whether it is struck out as it was, or not at all."""
    if sealed is None or row.struck_on is None:
        return sealed is None and row.struck_on is None
    same = (sealed.stream, sealed.person, sealed.on) == (stream_of(row.makerspace_id), row.struck_by_id, row.struck_on)
    return same and sealed.told["reason"] == of_text(row.reason)


# -- what it comes to --------------------------------------------------------------------------------------------------
class Sums(NamedTuple):
    """What the valid ones of some rows come to, in fen, loans apart, as the makerspaces entered them."""

    valid: int
    amount: int
    own_amount: int
    lent: int


def sums(rows: QuerySet[Financing]) -> Sums:
    """One query."""
    loans = Q(kind=Round.DEBT)
    found = rows.filter(VALID).order_by().aggregate(
        n=Count("pk"), raised=Sum("amount", filter=~loans), own=Sum("own_amount", filter=~loans),
        lent=Sum("amount", filter=loans),
    )  # fmt: skip
    return Sums(found["n"], found["raised"] or 0, found["own"] or 0, found["lent"] or 0)


def capital_figures(makerspace: Makerspace, first: date, last: date) -> dict[str, Decimal]:
    """The figures of the yearly report on financing and listings between two days, both included; money in 千元.

    Empty where nothing was ever entered, so that a report is not held against a register that was never kept. A firm
    counts once however often it raised money; loans are no investment; what graduates reached counts. One query.
    """
    rows = list(_facts(makerspace, last))
    firms = _firms_of((code, name) for code, name, *_ in rows)
    facts = [Fact(firms[code, name], *rest) for code, name, *rest in rows]
    ever = [row for row in facts if row.what not in {Round.DEBT, LISTED}]
    of_year = [row for row in ever if row.day >= first]
    own = [row for row in of_year if row.own_amount]
    listed = [row for row in facts if row.what == LISTED and row.day >= first]
    counted = {
        "financed": _firms(of_year),
        "financed_amount": _thousands(sum(row.amount for row in of_year)),
        "financed_own": _firms(own),
        "financed_own_amount": _thousands(sum(row.own_amount for row in own)),
        "financed_ever_amount": _thousands(sum(row.amount for row in ever)),
        "listed": _firms(listed),
    }
    return {code: Decimal(value) for code, value in counted.items()} if facts else {}


class Fact(NamedTuple):
    """A valid round, by its kind, or a listing: of which firm, when, how much in fen."""

    firm: str
    day: date
    what: str
    amount: int
    own_amount: int


def _facts(makerspace: Makerspace, last: date) -> QuerySet[Any, Any]:
    of = {"makerspace": makerspace, "day__lte": last}
    nothing = Value(0, BigIntegerField())
    raised = Financing.objects.filter(VALID, **of).order_by().values_list(*FIRM, "day", "kind", "amount", "own_amount")
    listed = Listing.objects.filter(VALID, **of).order_by()
    return raised.union(listed.values_list(*FIRM, "day", Value(LISTED), nothing, nothing), all=True)


def _thousands(fen: int) -> int:
    """Whole 千元, rounded half up; of a sum it is asked once, so that no part exceeds its whole."""
    return int((Decimal(fen) / THOUSAND).quantize(Decimal(1), ROUND_HALF_UP))


def _firms(facts: Iterable[Fact]) -> int:
    return len({row.firm for row in facts})


def _firms_of(told: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Which firm stands behind each credit code and name: whoever shares one of them with another is the same.

    A firm is told by one of its codes and names. A forest of disjoint sets, so that the time grows with the rows.
    """
    above: dict[str, str] = {}

    def top(mark: str) -> str:
        while above[mark] != mark:
            above[mark] = above[above[mark]]
            mark = above[mark]
        return mark

    pairs = {pair: [mark for mark in pair if mark] for pair in told}
    for marks in pairs.values():
        for mark in marks:
            above.setdefault(mark, mark)
            above[top(mark)] = top(marks[0])
    return {pair: top(marks[0]) for pair, marks in pairs.items()}


# -- the public board --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Year:
    """What tenants of all makerspaces reached in a year: equity, loans (in fen), and firms listed by board.

    A sum is None where fewer than ``LEAST`` firms stand behind it, so that nobody reads a single firm's figures.
    """

    year: int
    rounds: int
    amount: int | None
    own_amount: int | None
    loans: int
    lent: int | None
    listed: dict[str, int]

    @property
    def listings(self) -> int:
        """On all boards together."""
        return sum(self.listed.values())

    @property
    def boards(self) -> list[tuple[str, int]]:
        """Each board's name with its listings, in the order of the boards."""
        return [(label, self.listed[code]) for code, label in Board.choices]


@dataclass(frozen=True)
class Reached:
    """The years, the latest first, and how many enterprises and teams raised money or were listed at all."""

    years: list[Year]
    financed: int
    listed: int

    @property
    def total(self) -> Year:
        """All years together, of money what is told of the years; its own year is 0."""
        boards = {board: sum(row.listed[board] for row in self.years) for board in Board.values}
        sums = {name: _told([getattr(row, name) for row in self.years]) for name in ("amount", "own_amount", "lent")}
        rounds, loans = sum(row.rounds for row in self.years), sum(row.loans for row in self.years)
        return Year(year=0, rounds=rounds, loans=loans, listed=boards, **sums)


def _told(sums: list[int | None]) -> int | None:
    told = [each for each in sums if each is not None]
    return sum(told) if told else None


class Same(NamedTuple):
    """What tells one round from another: of which firm, when, of what kind, how much."""

    firm: str
    day: date
    kind: str
    amount: int


class Raised(NamedTuple):
    """Rounds of one firm, day, kind and amount: how many, what they come to, and what makerspaces put in themselves."""

    firm: str
    day: date
    kind: str
    times: int
    amount: int
    own: int


def reached() -> Reached:
    """What was reached, for anyone: numbers and sums of the whole city and nothing of a single firm. Two queries.

    A graduate may stand in two makerspaces, and both may have entered the same: it counts once. What one makerspace
    entered twice, of two investors, are two rounds.
    """
    told = ("makerspace", *FIRM, "day", "kind", "amount", "own_amount", "investor")
    money = list(Financing.objects.filter(VALID).order_by().values_list(*told))
    boards = list(Listing.objects.filter(VALID).order_by().values_list(*FIRM, "day__year", "board"))
    firms = _firms_of([*((row[1], row[2]) for row in money), *((code, name) for code, name, *_ in boards)])
    raised = _once(money, firms)
    on_board = {(firms[code, name], year, board) for code, name, year, board in boards}
    years = sorted({row.day.year for row in raised} | {year for _, year, _ in on_board}, reverse=True)
    return Reached(
        [_year(year, raised, on_board) for year in years],
        len({row.firm for row in raised if row.kind != Round.DEBT}),
        len({firm for firm, _, _ in on_board}),
    )


def _once(money: Iterable[tuple[Any, ...]], firms: dict[tuple[str, str], str]) -> list[Raised]:
    """Each round once: as many of the same day, kind and amount as one makerspace names investors."""
    investors: dict[Same, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    own: Counter[Same] = Counter()
    for place, code, name, day, kind, amount, part, investor in money:
        row = Same(firms[code, name], day, kind, amount)
        investors[row][place].add(investor)
        own[row] += part
    times = {row: max(len(each) for each in found.values()) for row, found in investors.items()}
    return [
        Raised(row.firm, row.day, row.kind, count, count * row.amount, min(count * row.amount, own[row]))
        for row, count in times.items()
    ]


def _year(year: int, raised: list[Raised], on_board: set[tuple[str, int, str]]) -> Year:
    equity = [row for row in raised if row.day.year == year and row.kind != Round.DEBT]
    loans = [row for row in raised if row.day.year == year and row.kind == Round.DEBT]
    return Year(
        year=year, rounds=sum(row.times for row in equity), amount=_sum([(row.firm, row.amount) for row in equity]),
        own_amount=_sum([(row.firm, row.own) for row in equity]), loans=sum(row.times for row in loans),
        lent=_sum([(row.firm, row.amount) for row in loans]),
        listed={board: sum((of, on) == (year, board) for _, of, on in on_board) for board in Board.values},
    )  # fmt: skip


def _sum(parts: list[tuple[str, int]]) -> int | None:
    """What they come to, where enough firms stand behind it; nothing comes to 0."""
    behind = [(firm, part) for firm, part in parts if part]
    return sum(part for _, part in behind) if not behind or len({firm for firm, _ in behind}) >= LEAST else None

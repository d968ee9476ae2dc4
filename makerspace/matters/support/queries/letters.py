"""Letters of priority: how one stands on a day, those of one's own titles, what an agency may do with one."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.db.models.fields.json import KeyTextTransform

from makerspace.matters.recognition.models import Change, Title
from makerspace.matters.recognition.queries import Verdict, own_titles
from makerspace.matters.support.models import Letter, LetterState
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import procedure_of, why_not
from makerspace.office.casework.refusals import Refusal
from makerspace.office.documents.kinds import KINDS
from makerspace.office.documents.models import Paper
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import chinese

ACTS = ("request_letter", "withdraw_letter", "issue_letter", "refuse_letter", "record_use")
KIND, PAPER = "priority", "priority_letter"
LONGEST_KEY = 400
HOLDING = frozenset({LetterState.USABLE, LetterState.NOT_YET})
TONES = {
    LetterState.USABLE: ("ok", "circle-check"), LetterState.NOT_YET: ("info", "calendar"),
    LetterState.EXPIRED: ("muted", "minus"), LetterState.VOID: ("grave", "circle-x"),
}  # fmt: skip


def letters() -> QuerySet[Letter]:
    """Every letter with what its standing depends on; ``handed_on``: whether its title has gone to another unit since."""
    moved = Change.objects.annotate(former=KeyTextTransform("uscc", "before"), heir=KeyTextTransform("uscc", "after"))
    since = moved.filter(
        granted=True, title=OuterRef("title"), former=OuterRef("uscc"), decided_on__gte=OuterRef("issued_on")
    )
    rows = Letter.objects.annotate(handed_on=Exists(since.exclude(heir=F("former"))))
    return rows.select_related("case__organisation", "title__organisation", "paper")


def letter_of(case: Case) -> Letter:
    """The letter of that case."""
    return letters().get(case=case)


def year_of(title: Title) -> int:
    """The year whose programmes a title gives priority in: the one after its announcement (R-14)."""
    return title.since.year + 1


# -- how a letter stands -----------------------------------------------------------------------------------------------
class Standing(NamedTuple):
    """How an issued letter stands on a day, and why in a sentence."""

    state: LetterState
    why: str

    @property
    def label(self) -> str:
        """The state in a word."""
        return str(self.state.label)

    @property
    def tone(self) -> str:
        """Its colour."""
        return TONES[self.state][0]

    @property
    def icon(self) -> str:
        """Its icon."""
        return TONES[self.state][1]


def standing(letter: Letter, on: date) -> Standing | None:
    """How the letter stands on that day: it ends with the title, with the year, and where another unit holds the title.

    None where it was not issued.
    """
    if letter.issued_on is None:
        return None
    title, last = letter.title, date(letter.year, 12, 31)
    if title.ended_on and title.ended_on <= min(on, last):
        return Standing(LetterState.VOID, f"称号已于{chinese(title.ended_on)}终止，凭证自当日起失效。")
    if is_left_behind(letter) or not letter.live:
        return Standing(LetterState.VOID, "出具后称号已转由其他单位持有，凭证随之失效；现持有单位可以另行申请。")
    if on > last:
        return Standing(LetterState.EXPIRED, f"凭证只用于{letter.year}年度，已于{chinese(last)}期满。")
    if on.year < letter.year:
        return Standing(LetterState.NOT_YET, f"凭证用于{letter.year}年度，自{letter.year}年1月1日起可以使用。")
    return Standing(LetterState.USABLE, f"{letter.year}年度内有效，{chinese(last)}期满；称号终止的，自终止之日起失效。")


def verdict(paper: Paper) -> Verdict | None:
    """What the check page says of a letter: genuine, for which year, and whether it still holds; no person is named."""
    letter = letters().filter(paper=paper).first()
    found = standing(letter, clock.today()) if letter else None
    if letter is None or found is None:
        return None
    return Verdict(
        genuine=True, kind=PAPER, label=KINDS[PAPER].label, number=paper.number, name=letter.name, holder=letter.holder,
        state=found.state.value, since=letter.title.since, ended_on=letter.title.ended_on, digest=paper.blob_id or "",
        title=letter.title.number, year=letter.year,
    )  # fmt: skip


# -- one's own ---------------------------------------------------------------------------------------------------------
class Own(NamedTuple):
    """One's own title, the year it gives priority in, its letter if any, and why none can be asked for now."""

    title: Title
    year: int
    letter: Letter | None
    standing: Standing | None
    why_not: str


def own_letters(person: Person, on: date) -> list[Own]:
    """The titles of one's own units, each with its letter; two queries."""
    live = letters().filter(live=True)
    rows = own_titles(person, on).prefetch_related(Prefetch("letters", live, to_attr="live_letters"))
    return [_own(row, on) for row in rows]


def _own(title: Any, on: date) -> Own:  # noqa: ANN401  a title with what was read with it
    letter = next((row for row in title.live_letters if not is_left_behind(row)), None)
    found = standing(letter, on) if letter else None
    return Own(title, year_of(title), letter, found, gives_none(title, year_of(title), on))


def is_left_behind(letter: Letter) -> bool:
    """Whether the title has gone to another unit since the letter was issued, also where it came back: then the present
    holder may ask anew."""
    if letter.issued_on is None:
        return False
    return bool(getattr(letter, "handed_on", False)) or letter.uscc != letter.title.organisation.uscc


def gives_none(title: Title, year: int, on: date) -> str:
    """Why the title gives no letter for that year now; empty where it does."""
    if title.ended_on and title.ended_on <= on:
        return f"称号已于{chinese(title.ended_on)}终止，优先支持随之失效。"
    if on.year > year:
        return f"公布认定的下一年度为{year}年，该年度已过，优先支持不再适用。"
    return ""


# -- an agency's -------------------------------------------------------------------------------------------------------
class Issued(NamedTuple):
    """An issued letter as whoever asks about priority sees it: how it stands, and why a use may not be recorded."""

    letter: Letter
    standing: Standing
    refusal: Refusal | None


def issued(person: Person, uscc: str, year: int, on: date) -> Issued | None:
    """The letter issued to the unit of that credit code for that year, for somebody who may ask about priority."""
    found = issued_to(uscc, year, on)
    stands = standing(found, on) if found else None
    if found is None or stands is None:
        return None
    return Issued(found, stands, why_not(person, procedure_of(found.case).move("record_use"), found.case, on=on))


def issued_to(uscc: str, year: int, on: date) -> Letter | None:
    """The letter issued to that credit code for that year: of several the latest that holds, else the latest."""
    rows = letters().prefetch_related("uses").filter(uscc=uscc, year=year, issued_on__isnull=False)
    latest_first = list(rows.order_by("-issued_on", "-pk"))
    holding = (row for row in latest_first if (found := standing(row, on)) and found.state in HOLDING)
    return next(holding, None) or next(iter(latest_first), None)


def told(letter: Letter, on: date) -> dict[str, Any]:
    """An issued letter in the contract's shape."""
    found = standing(letter, on)
    return {
        "case": letter.case.number, "code": letter.paper.code if letter.paper else None, "issued_on": letter.issued_on,
        "state": found.state.value if found else None, "uses": len(letter.uses.all()),
    }  # fmt: skip


def key_of(programme: str) -> str:
    """The programme's name without differences of width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", programme).casefold().split())[:LONGEST_KEY]


# -- replay ------------------------------------------------------------------------------------------------------------
def replay_letters(case: Case | None = None) -> Iterator[str]:
    """Hold every letter and every use against what the record sealed; a sentence for each difference."""
    issued = Entry.objects.filter(act="issue_letter", **({"stream": case.number} if case else {}))
    kept = set(Letter.objects.filter(issued_on__isnull=False).values_list("case__number", flat=True))
    yield from (
        f"{number} 案卷记有出具的凭证，现已不存"
        for number in issued.values_list("stream", flat=True).order_by("stream")
        if number not in kept
    )
    entries: dict[str, list[Entry]] = defaultdict(list)
    told = Entry.objects.filter(act__in=ACTS, **({"stream": case.number} if case else {}))
    for entry in told.order_by("seq"):
        entries[entry.stream].append(entry)
    every = letters().prefetch_related("uses")
    for letter in every.filter(case=case) if case else every:
        yield from _differing(letter, entries[letter.case.number])


def _differing(letter: Letter, entries: Sequence[Entry]) -> Iterator[str]:
    """What of one letter is not as its case's record has it."""
    number = letter.case.number
    by_act = {act: [(row.on, json.loads(row.data)) for row in entries if row.act == act] for act in ACTS}
    if letter.issued_on and [(letter.issued_on, sealed_letter(letter))] != by_act["issue_letter"]:
        yield f"{number} 凭证内容与案卷所记不符"
    uses = sorted(letter.uses.all(), key=lambda use: use.pk)
    if [sealed_use(use.programme, use.office, use.tie, use.on) for use in uses] != [
        told for _, told in by_act["record_use"]
    ]:
        yield f"{number} 凭证使用登记与案卷所记不符"
    asked = [(letter.requested_on, letter.programmes)] if letter.requested_on else []
    refusals = [(letter.refused_on, letter.reason)] if letter.refused_on else []
    if asked != [(on, told["programmes"]) for on, told in by_act["request_letter"]] or refusals != [
        (on, told["reason"]) for on, told in by_act["refuse_letter"]
    ]:
        yield f"{number} 凭证的申请或不予出具与案卷所记不符"
    ended = bool(by_act["withdraw_letter"] or by_act["refuse_letter"])
    if letter.live == ended and (ended or not is_left_behind(letter)):
        yield f"{number} 凭证是否有效与案卷所记不符"


def sealed_letter(letter: Letter) -> dict[str, Any]:
    """What the record keeps of a letter."""
    return {
        "title": letter.title.number, "year": letter.year, "name": letter.name, "holder": letter.holder, "uscc": letter.uscc,
    }  # fmt: skip


def sealed_use(programme: str, office: str, tie: str, on: date) -> dict[str, str]:
    """What the record keeps of a use."""
    return {"programme": programme, "office": office, "tie": tie, "on": on.isoformat()}

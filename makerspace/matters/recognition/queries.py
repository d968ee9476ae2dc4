"""Titles as they stood on a day, certificates by their code, and what awaits announcement (for officers; the rest is public)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case as Choice
from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When

from makerspace.matters.recognition.guards import NO_NOTICE, NOT_AS_SEALED
from makerspace.matters.recognition.models import (
    Announcement,
    Category,
    Certificate,
    Change,
    Rectification,
    Title,
    TitleName,
    TitleSite,
    TitleState,
)
from makerspace.matters.recognition.telling import telling
from makerspace.matters.registers import queries as registers
from makerspace.matters.registers.models import Tenant
from makerspace.matters.review.models import NoticeItem
from makerspace.matters.review.queries.notices import reads_as_sealed, sealed_of
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import NOT_THERE, procedure_of, visible_to
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.documents.kinds import KINDS
from makerspace.office.documents.models import Paper
from makerspace.office.documents.queries import paper_by_code
from makerspace.office.people.models import Authority, Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.kunkefa_2017_55.codes import HIGHTECH_FIELDS

KIND, STAGE = "recognition", "announcement"
LONGEST_WORDS = 60


FIELDS = tuple((code, label) for code, label in HIGHTECH_FIELDS.items() if len(code) == 2)


def registry(
    on: date | None = None, status: str = "", authority: str = "", category: str = "", q: str = "", field: str = ""
) -> QuerySet[Title]:
    """The titles as they stood on a day (today if none is given), newest number first; everybody may see them.

    Each bears ``shown_name``, ``shown_holder``, ``shown_state`` as of that day. ``status`` is a TitleState, ``authority``
    a code of article 4, ``field`` one of FIELDS in which a tenant of that day works, ``q`` words found in numbers, names (former ones too), holders and their pinyin.
    """
    day = on or clock.today()
    titles = _as_of(day).filter(since__lte=day).select_related("authority")
    if status:
        titles = titles.filter(status_on(status, day))
    if authority:
        titles = titles.filter(authority__code=authority)
    if category:
        titles = titles.filter(category=category)
    if field:
        titles = titles.filter(in_field(field, day))
    for word in words(q):
        titles = titles.filter(search__contains=word)
    return titles.order_by("-number")


def _as_of(day: date) -> QuerySet[Title]:
    """Titles with the name, holder and state that they had on the day."""
    borne = TitleName.objects.filter(title=OuterRef("pk"), since__lte=day).order_by("-since")
    ended = When(ended_on__lte=day, then=F("state"))
    rectified = When(_under_rectification(day), then=Value(TitleState.UNDER_RECTIFICATION.value))
    return Title.objects.annotate(
        shown_name=Subquery(borne.values("name")[:1]),
        shown_holder=Subquery(borne.values("holder")[:1]),
        shown_state=Choice(ended, rectified, default=Value(TitleState.IN_FORCE.value), output_field=CharField()),
    )


def status_on(status: str, day: date) -> Q:
    """The titles that show that state on the day."""
    if status == TitleState.IN_FORCE:
        return _held(day) & ~_under_rectification(day)
    if status == TitleState.UNDER_RECTIFICATION:
        return _held(day) & _under_rectification(day)
    return Q(state=status, ended_on__lte=day)


def in_field(field: str, day: date) -> Q:
    """The titles of makerspaces with a tenant of that field of high technology (first level) on the day, by the registers."""
    tenants = registers.REGISTERS["tenants"]
    there = Tenant.objects.filter(
        registers.on_day(tenants, day), makerspace=OuterRef("makerspace"), struck_on=None, hightech_field__startswith=field[:1]
    )  # fmt: skip
    return Q(Exists(there))


def _held(day: date) -> Q:
    return Q(ended_on=None) | Q(ended_on__gt=day)


def _under_rectification(day: date) -> Q:
    spells = Rectification.objects.filter(
        Q(until=None) | Q(until__gt=day), title=OuterRef("pk"), since__lte=day, shown=True
    )
    return Q(Exists(spells))


def state_on(title: Title, day: date) -> TitleState:
    """What is said of one title on a day."""
    if title.ended_on and title.ended_on <= day:
        return TitleState(title.state)
    spells = title.rectifications.filter(Q(until=None) | Q(until__gt=day), since__lte=day, shown=True)
    return TitleState.UNDER_RECTIFICATION if spells.exists() else TitleState.IN_FORCE


def words(q: str) -> list[str]:
    """What was typed into the search field, as words that any database takes (no control characters)."""
    printable = "".join(char if char.isprintable() else " " for char in q[:LONGEST_WORDS])
    return printable.lower().split()


def title_by_number(number: str, on: date | None = None) -> Title | None:
    """One title as it stood on a day, by its registry number; None where there was none."""
    day = on or clock.today()
    titles = _as_of(day).select_related("authority", "announcement__paper__blob", "ended_by")
    return titles.filter(number=number, since__lte=day).first()


def own_titles(person: Person, on: date) -> QuerySet[Title]:
    """The titles of the units that the person acts for, as they stand today, the newest first."""
    titles = _as_of(on).filter(organisation__in=person.capacity(on).organisations)
    return titles.select_related("authority", "announcement", "organisation").order_by("-number")


def own_title(person: Person, number: str, on: date) -> Title:
    """One of those by its registry number; refused as not there otherwise."""
    title = own_titles(person, on).filter(number=number[:24]).first() if "\x00" not in number else None
    if title is None:
        raise refused("not_found", "您所在的单位没有这个编号的称号。", 12)
    return title


class Standing(NamedTuple):
    """One's own title with its sheet in use, its change under way if any, and the changes decided."""

    title: Title
    certificate: Certificate | None
    live: Change | None
    past: list[Change]


def own_standing(person: Person, on: date) -> list[Standing]:
    """The titles of one's own units; three queries."""
    changes = Change.objects.select_related("case", "paper").order_by("-id")
    sheets = Certificate.objects.filter(replaced_by=None).select_related("paper")
    rows = own_titles(person, on).prefetch_related(
        Prefetch("changes", changes, to_attr="filed"), Prefetch("certificates", sheets, to_attr="sheets")
    )
    return [_standing(row) for row in rows]


def _standing(title: Any) -> Standing:  # noqa: ANN401  a title with what was read with it
    live = next((row for row in title.filed if row.live), None)
    past = [row for row in title.filed if row.granted is not None]
    return Standing(title, next(iter(title.sheets), None), live, past)


def names_of(title: Title, on: date) -> QuerySet[TitleName]:
    """The names that the title has borne up to that day, the latest first."""
    return title.names.filter(since__lte=on).order_by("-since")


def sites_of(title: Title, on: date) -> QuerySet[TitleSite]:
    """The premises that the title has had up to that day, the present ones first."""
    return title.sites.filter(since__lte=on).order_by(F("until").desc(nulls_first=True), "since", "id")


def title_of(case: Case) -> Title | None:
    """The title that came out of a case, with its announcement."""
    return Title.objects.select_related("announcement").filter(case=case).first()


def certificate_of(title: Title) -> Certificate | None:
    """The certificate in use."""
    return title.certificates.select_related("paper__blob").filter(replaced_by=None).first()


def in_force(on: date) -> QuerySet[Title]:
    """The titles held on a day, those under rectification among them: what figures count."""
    return Title.objects.filter(_held(on), since__lte=on)


def announcements() -> QuerySet[Announcement]:
    """Everything announced, the latest first; public."""
    return Announcement.objects.select_related("paper__blob")


def titles_in(announcement: Announcement) -> QuerySet[Title]:
    """The titles given by an announcement, in the order of its list, under the names it printed."""
    printed = TitleName.objects.filter(title=OuterRef("pk")).order_by("since")
    titles = Title.objects.filter(announcement=announcement).select_related("authority").order_by("number")
    return titles.annotate(
        shown_name=Subquery(printed.values("name")[:1]), shown_holder=Subquery(printed.values("holder")[:1])
    )


@dataclass(frozen=True)
class Verdict:
    """What the check page says about a code."""

    genuine: bool
    kind: str = ""
    label: str = ""
    number: str = ""
    name: str = ""
    holder: str = ""
    state: str = ""
    since: date | None = None
    ended_on: date | None = None
    digest: str = ""
    replaced_by: str = ""
    title: str = ""
    year: int | None = None

    def contract(self) -> dict[str, Any]:
        """The answer of ``/verify``; what does not apply is null."""
        return {
            "genuine": self.genuine, "kind": self.kind or None, "number": self.number or None,
            "holder": self.holder or None, "state": self.state or None, "since": self.since,
            "replaced_by": self.replaced_by or None, "year": self.year,
        }  # fmt: skip


NOT_GENUINE = Verdict(genuine=False)


def verify(code: str) -> Verdict:
    """Whether a certificate or paper with that check code was issued here, and where it stands now; public."""
    paper = paper_by_code(code)
    if paper is None:
        return NOT_GENUINE
    tell = telling(paper)
    told = tell(paper) if tell else None
    if told:
        return told
    certificate = Certificate.objects.select_related("title", "replaced_by").filter(paper=paper).first()
    return _certificate(certificate, paper) if certificate else _paper(paper)


def certificate_state(code: str) -> dict[str, Any]:
    """``verify`` in the contract's shape."""
    return verify(code).contract()


def _certificate(certificate: Certificate, paper: Paper) -> Verdict:
    """A certificate bears the name and holder that were printed on it, and the title's state of today."""
    title = certificate.title
    successor: Certificate | None = getattr(certificate, "replaced_by", None)
    return Verdict(
        genuine=True, kind="certificate", label="昆明市众创空间证书", number=title.number,
        name=paper.data["makerspace"], holder=paper.data["operator"], state=state_on(title, clock.today()), since=title.since,
        ended_on=title.ended_on, digest=_digest(paper), title=title.number,
        replaced_by=successor.code if successor else "",
    )  # fmt: skip


def _paper(paper: Paper) -> Verdict:
    """Any other paper. Addressees are left out: the reply to an objection is addressed to who objected."""
    return Verdict(
        genuine=True, kind=paper.kind, label=KINDS[paper.kind].label, number=paper.number, name=paper.title,
        holder=paper.data.get("applicant", ""), state="replaced" if paper.replaced_by_id else "valid",
        since=paper.issued_on, digest=_digest(paper),
        replaced_by=paper.replaced_by.code if paper.replaced_by else "",
    )  # fmt: skip


def _digest(paper: Paper) -> str:
    return paper.blob_id or ""


def awaiting(person: Person, on: date) -> QuerySet[Case]:
    """The cases that wait to be announced and that this person may see, in the order of the authorities."""
    cases = visible_to(person, on).filter(kind=KIND, stage=STAGE).select_related("organisation", "authority")
    return cases.order_by("authority__position", "number")


def chosen(person: Person, numbers: Sequence[str], on: date) -> list[Case]:
    """The cases of those numbers; refused as not there if one is none that this person may see."""
    cases = list(visible_to(person, on).filter(number__in=numbers).select_related("organisation", "authority"))
    missing = sorted(set(numbers) - {case.number for case in cases})
    if missing:
        reasons = dict.fromkeys((number[:24] for number in missing), NOT_THERE.text)
        raise Refused(Refusal("not_found", f"{NOT_THERE.text}（{'、'.join(reasons)}）", (12,), reasons))
    return cases


class Published(NamedTuple):
    """What the notice in force says of a case, and what the title takes from it."""

    name: str
    holder: str
    category: Category
    authority: Authority


def published_facts(cases: Sequence[Case]) -> dict[int, Published]:
    """By case what its notice in force published; refused where there is none, or it is not as the record sealed it.

    The number of queries does not grow with the cases.
    """
    items = _items_as_sealed(cases)
    categories = {category.label: category for category in Category}
    authorities = {row.office: row for row in Authority.objects.order_by(F("valid_until").asc(nulls_last=True))}
    authorities |= {case.authority.office: case.authority for case in cases}
    return {
        case: Published(
            facts["makerspace"], facts["operator"], categories[facts["category"]], authorities[facts["authority"]]
        )
        for case, facts in items.items()
    }


def _items_as_sealed(cases: Sequence[Case]) -> dict[int, dict[str, Any]]:
    found, sealed = NoticeItem.objects.filter(case__in=cases, live=True).prefetch_related("notice"), sealed_of(cases)
    items, faults = {item.case_id: item for item in found}, {}
    for case in cases:
        item = items.get(case.pk)
        if item is None or not reads_as_sealed(item, sealed.get(case.number)):
            faults[case.number] = NOT_AS_SEALED if item else NO_NOTICE
    if faults:
        raise refused("wrong_stage", next(iter(faults.values())), 11, 12, fields=faults)
    return {item.case_id: item.facts for item in items.values()}


def handled_by(person: Person, cases: list[Case]) -> set[str]:
    """The numbers of those cases in which the person took an act of handling, so that announcing is not theirs."""
    acts = {move.act for case in cases for move in procedure_of(case).moves if move.handles}
    numbers = [case.number for case in cases]
    return set(Entry.objects.filter(stream__in=numbers, person=person, act__in=acts).values_list("stream", flat=True))

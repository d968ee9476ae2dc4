"""Article 12: announcing those whose notice passed without objection, and what comes with it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.conf import settings
from django.db import IntegrityError, transaction

from makerspace.matters.recognition.changes import standing
from makerspace.matters.recognition.models import Announcement, Category, Title, TitleName, TitleSite
from makerspace.matters.recognition.operations.titles import issue_certificate, search_text, sites_of
from makerspace.matters.recognition.queries import published_facts
from makerspace.matters.registers.operations import makerspace_of
from makerspace.matters.review import digests
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, next_numbers
from makerspace.office.casework.queries import as_it_is, people_of, procedure_of, why_not
from makerspace.office.casework.refusals import Refusal, Refused, refused
from makerspace.office.documents.gate import own_contacts, personal_data_in
from makerspace.office.documents.models import Paper, Visibility
from makerspace.office.documents.operations import order_paper
from makerspace.office.notify.operations import Note, tell_each
from makerspace.office.people.models import Authority, Person
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role

BRACKETS = str.maketrans({"[": "〔", "［": "〔", "(": "〔", "（": "〔", "﹝": "〔", "【": "〔"}) | str.maketrans(
    {"]": "〕", "］": "〕", ")": "〕", "）": "〕", "﹞": "〕", "】": "〕"}
)
DOCUMENT_NUMBER = re.compile(r"昆科发〔([0-9]{4})〕([1-9][0-9]{0,4})号")
MOST_AT_ONCE = 500
ORDER = ("not_found", "not_yours", "wrong_stage", "invalid")  # what counts first when several are refused


@dataclass(frozen=True)
class Entrant:
    """One to be announced: the case, its registry number, and the rest as its notice published it."""

    case: Case
    number: str
    name: str
    holder: str
    category: Category
    authority: Authority


@transaction.atomic
def announce(cases: Iterable[Case], *, document_number: str, by: Person, on: date) -> Announcement:
    """Announce a batch and give the title to each (article 12): all or nothing, one move per case.

    Raises ``Refused`` naming every case that may not be announced and why; then nothing has changed.
    """
    chosen = _in_order(cases)
    try:
        return _announce(chosen, document_number, by=by, on=on)
    except Refused:
        _ask_all(
            chosen, by=by, on=on
        )  # the gate stops at the first; people are told of all, and 403 and 409 before 422
        raise


@transaction.atomic
def _announce(chosen: Sequence[Case], typed: str, *, by: Person, on: date) -> Announcement:
    number = checked_number(typed, on)
    entrants = _entrants(chosen, next_numbers(f"KMZC-{on.year}-", len(chosen), width=3))
    text = _public(text_of(entrants, number, on))
    for entrant in entrants:
        data = {"document_number": number, "title": entrant.number, "digest": digests.of_text(text)}
        advance(entrant.case, "announce", by=by, on=on, data=data)
    announcement = _publish(entrants, number, text, by=by, on=on)
    tell_each(note for entrant in entrants for note in _give_title(entrant, announcement))
    return announcement


@dataclass(frozen=True)
class Preview:
    """What would be announced: the text as it would be frozen, and how many get the title."""

    document_number: str
    headline: str
    text: str
    count: int


def preview(cases: Iterable[Case], *, document_number: str, by: Person, on: date) -> Preview:
    """The announcement as it would read; no number is used up, so registry numbers show as …."""
    chosen = _in_order(cases)
    _ask_all(chosen, by=by, on=on)
    number = checked_number(document_number, on)
    text = _public(text_of(_entrants(chosen, [f"KMZC-{on.year}-…"] * len(chosen)), number, on))
    return Preview(number, headline(len(chosen)), text, len(chosen))


def announce_one(case: Case, *, document_number: str, by: Person, on: date) -> Case:
    """Announce a single case, as the generic act page and the API do."""
    announce([case], document_number=document_number, by=by, on=on)
    return as_it_is(case)


def checked_number(typed: str, on: date) -> str:
    """昆科发〔2026〕12号, whatever brackets were typed; refused if it is no such number, of no such year, or taken."""
    number = "".join(typed.split()).translate(BRACKETS)
    match = DOCUMENT_NUMBER.fullmatch(number)
    if match is None:
        raise _wrong_number("文号应为“昆科发〔年份〕×号”，例如“昆科发〔2026〕12号”；序号不补零。")
    if not on.year - 1 <= int(match[1]) <= on.year:
        raise _wrong_number(f"文号的年份应为{on.year}年（或跨年成文的{on.year - 1}年）。")
    if Announcement.objects.filter(document_number=number).exists():
        raise _wrong_number(f"文号{number}已经用于另一次公布。")
    return number


def _wrong_number(text: str) -> Refused:
    return refused("invalid", text, 12, fields={"document_number": text})


def _in_order(cases: Iterable[Case]) -> list[Case]:
    """Each case once, in the order of the authorities; so are they locked by whoever announces."""
    chosen = list({case.pk: case for case in cases}.values())
    if not chosen:
        raise refused("invalid", "请至少选择一个待公布的办件。", 12, fields={"cases": "请至少选择一个办件"})
    if len(chosen) > MOST_AT_ONCE:
        raise refused("invalid", f"一次至多公布{MOST_AT_ONCE}个办件。", 12, fields={"cases": f"至多{MOST_AT_ONCE}个"})
    return sorted(chosen, key=lambda case: (case.authority.position, case.number))


def _entrants(cases: Sequence[Case], numbers: Sequence[str]) -> list[Entrant]:
    """The cases with what their notice said of them; a notice that was published anew may have set a name right.

    The list and the registry numbers stand in the order of the authorities that the notice names.
    """
    facts = published_facts(cases)
    ordered = sorted(cases, key=lambda case: (facts[case.pk].authority.position, case.number))
    return [Entrant(case, number, *facts[case.pk]) for case, number in zip(ordered, numbers, strict=True)]


def _ask_all(cases: Sequence[Case], *, by: Person, on: date) -> None:
    """Refuse if any of them may not be announced now, with the reason for each."""
    held = [(case, why_not(by, procedure_of(case).move("announce"), case, on=on)) for case in cases]
    refusals = [(case, refusal) for case, refusal in held if refusal]
    if refusals:
        raise Refused(_of_many(refusals, len(cases)))


def _of_many(held: Sequence[tuple[Case, Refusal]], total: int) -> Refusal:
    """One refusal for several cases; its code is the first that counts: 404, 403, 409, 422."""
    worst = min((refusal for _, refusal in held), key=lambda refusal: ORDER.index(refusal.code))
    if total == 1:
        return worst
    reasons = {case.number: refusal.text for case, refusal in held}
    listed = "；".join(f"{number}：{text}" for number, text in reasons.items())
    text = f"本批{total}件中有{len(held)}件不能公布，整批未办理。{listed}"
    return Refusal(worst.code, text, worst.articles or (12,), reasons)


def text_of(entrants: Sequence[Entrant], document_number: str, on: date) -> str:
    """The announcement as plain text: what is frozen, digested and shown."""
    regulation = by_id(entrants[0].case.regulation)
    lines = [
        document_number,
        headline(len(entrants)),
        f"依据《{regulation.title}》（{regulation.document_number}）第十一条、第十二条，经申报、推荐、专家现场调研、审定和公示，"
        f"公示无异议（异议不成立的视为无异议），现将授予“昆明市众创空间”称号的{len(entrants)}家众创空间公布如下。",
    ]
    for office, group in groupby(entrants, key=lambda entrant: entrant.authority.office):
        lines.append(f"{office}推荐：")
        lines += [f"{row.number} {row.name}（{row.holder}，{row.category.label}）" for row in group]
    return "\n".join([*lines, settings.SITE["sponsor"], chinese(on)])


def _public(text: str) -> str:
    """The same text, refused where it holds what may not be published (C43)."""
    hits = personal_data_in(text, own_contacts())
    if hits:
        raise refused("invalid", f"公布内容含有不能公开的个人信息，未公布：{'、'.join(map(str, hits))}。", 12)
    return text


def headline(count: int) -> str:
    """The name of the document."""
    return f"关于公布{count}家昆明市众创空间名单的通知"


def _publish(entrants: Sequence[Entrant], document_number: str, text: str, *, by: Person, on: date) -> Announcement:
    """The frozen announcement with its public paper."""
    try:
        with transaction.atomic():
            return Announcement.objects.create(
                document_number=document_number, on=on, at=clock.now(), regulation=entrants[0].case.regulation, text=text,
                digest=digests.of_text(text), by=by, paper=_announcement_paper(entrants, document_number, on),
            )  # fmt: skip
    except IntegrityError as error:  # two leaders, one number: the second comes too late
        raise _wrong_number(f"文号{document_number}已经用于另一次公布。") from error


def _announcement_paper(entrants: Sequence[Entrant], document_number: str, on: date) -> Paper:
    items = [
        {
            "makerspace": row.name, "operator": row.holder, "category": row.category.label,
            "authority": row.authority.office, "number": row.number,
        }
        for row in entrants
    ]  # fmt: skip
    site = settings.SITE
    content = {"office": site["sponsor"], "phone": site["phone"], "address": site["address"], "items": items}
    return order_paper(
        "announcement", document_number, document_number, content, on, Visibility.PUBLIC, title=headline(len(entrants))
    )


def _give_title(entrant: Entrant, announcement: Announcement) -> list[tuple[Person, Note]]:
    """The title, its first name, its certificate; and what to tell the applicant."""
    case, number, name, holder, on = entrant.case, entrant.number, entrant.name, entrant.holder, announcement.on
    title = Title.objects.create(
        number=number, case=case, organisation=case.organisation, announcement=announcement, name=name, holder=holder,
        makerspace=makerspace_of(case.organisation, name, authority=entrant.authority, on=on),
        category=entrant.category, authority=entrant.authority, since=on, search=search_text(number, name, holder),
    )  # fmt: skip
    TitleName.objects.create(title=title, name=name, holder=holder, since=on)
    TitleSite.objects.add_rows(sites_of(title, standing(title)["sites"], on))
    certificate = issue_certificate(title, on=on)
    note = Note(
        f"“{name}”被授予昆明市众创空间称号",
        f"{announcement.document_number}已公布，名录编号{number}。证书校验码{certificate.code}，"
        f"证书文件生成后可在办件的“公文”中下载；任何人可凭校验码核验真伪。",
        link=f"/registry/{number}/",
        stream=case.number,
    )
    return [(person, note) for person in people_of(case, Role.APPLICANT, on)]

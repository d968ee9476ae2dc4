"""Article 17: a letter is asked for, issued or refused; each tie that it breaks is written on it."""

from datetime import date

from django.db import IntegrityError, transaction

from makerspace.matters.recognition.models import Title
from makerspace.matters.support import papers
from makerspace.matters.support.models import Letter, LetterState, Use
from makerspace.matters.support.queries.letters import (
    KIND,
    gives_none,
    is_left_behind,
    key_of,
    letter_of,
    letters,
    sealed_letter,
    sealed_use,
    standing,
    year_of,
)
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, open_case
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.people.queries import members_of
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese
from makerspace.regulation.kunkefa_2017_55.dossier import ID


@transaction.atomic
def open_letter(title: Title, *, by: Person, on: date) -> Case:
    """Begin the request: a draft of the title's holder, for the year after the announcement. One for a title and year."""
    title = Title.objects.select_for_update(of=("self",)).select_related("organisation", "authority").get(pk=title.pk)
    former, year = ask_opening(title, by=by, on=on), year_of(title)
    if former is not None:
        Letter.objects.filter(pk=former.pk).update(live=False)
    case = open_case(
        KIND, regulation=ID, organisation=title.organisation, authority=title.authority, on=on, by=by, subject=title.name,
        category=title.category,
    )  # fmt: skip
    Letter.objects.create(case=case, title=title, year=year)
    return case


def ask_opening(title: Title, *, by: Person, on: date) -> Letter | None:
    """Refuse who may not begin a request (403), and where there is nothing to ask for or a letter already (409).

    One letter at a time; what was issued to a unit that no longer holds the title stands in nobody's way: it is returned.
    """
    if title.organisation_id not in by.capacity(on).organisations:
        raise refused("not_yours", "优先支持凭证由持有称号的运营单位申请。", 17)
    year = year_of(title)
    why = gives_none(title, year, on)
    if why:
        raise refused("wrong_stage", why, 17)
    former = letters().filter(title=title, year=year, live=True).first()
    if former is not None and not is_left_behind(former):
        how = f"已于{chinese(former.issued_on)}出具" if former.issued_on else "尚未办结"
        raise refused("wrong_stage", f"{year}年度的凭证{how}（{former.case.number}），一个年度只有一份。", 17)
    return former


@transaction.atomic
def request_letter(case: Case, *, by: Person, on: date, programmes: str) -> Case:
    """Ask for the letter, naming what one means to apply for."""
    letter = letter_of(case)
    data = {"title": letter.title.number, "year": letter.year, "programmes": programmes}
    case = advance(case, "request_letter", by=by, on=on, data=data)
    Letter.objects.filter(pk=letter.pk).update(programmes=programmes, requested_on=on)
    return case


@transaction.atomic
def withdraw_letter(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Take the request back; another may be made."""
    case = advance(case, "withdraw_letter", by=by, on=on, data={"reason": reason})
    Letter.objects.filter(case=case).update(live=False)
    return case


@transaction.atomic
def issue_letter(case: Case, *, by: Person, on: date) -> Case:
    """Issue the letter with its code, under the names and the credit code that hold today."""
    letter = letter_of(case)
    title = Title.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=letter.title_id)
    letter.name, letter.holder, letter.uscc = title.name, title.holder, title.organisation.uscc
    case = advance(case, "issue_letter", by=by, on=on, data=sealed_letter(letter))
    letter.issued_on, letter.paper = on, papers.order_letter(case, letter, title, on)
    letter.save(update_fields=["name", "holder", "uscc", "issued_on", "paper"])
    return case


@transaction.atomic
def refuse_letter(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Issue none; the notice says why and what can be done about it."""
    case = advance(case, "refuse_letter", by=by, on=on, data={"reason": reason})
    letter = letter_of(case)
    paper = papers.order_refusal(case, letter, reason, on)
    Letter.objects.filter(pk=letter.pk).update(live=False, refused_on=on, reason=reason, paper=paper)
    return case


@transaction.atomic
def record_use(
    case: Case, *, by: Person, on: date, programme: str, office: str, used_on: date, tie: str
) -> Case:  # fmt: skip
    """Write down the tie that the letter broke; in the same programme it breaks no second one."""
    case = advance(case, "record_use", by=by, on=on, data=sealed_use(programme, office, tie, used_on))
    letter = letter_of(case)
    first = max(letter.issued_on or on, date(letter.year, 1, 1))
    if not first <= used_on <= on:
        told = f"应在{chinese(first)}以后，不晚于今天"
        raise refused("invalid", f"使用日期{told}。", 17, fields={"used_on": told})
    stood = standing(letter, used_on)
    if stood is None or stood.state is not LetterState.USABLE:
        told = f"当日凭证不能使用：{stood.why if stood else '尚未出具'}"
        raise refused("invalid", told, 17, fields={"used_on": told})
    try:
        with transaction.atomic():
            Use.objects.create(
                letter=letter, programme=programme, key=key_of(programme), office=office, tie=tie, on=used_on, by=by,
                recorded_at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        told = "凭证已在这个项目中使用过，同一项目不能使用两次"
        raise refused("invalid", f"{told}。", 17, fields={"programme": told}) from None
    tell(
        [row.person for row in members_of(case.organisation, on)], f"{case.number}：凭证已使用",
        f"{office}在“{programme}”中按同等条件优先使用了贵单位{letter.year}年度的优先支持凭证。",
        link=f"/work/cases/{case.number}/", stream=case.number,
    )  # fmt: skip
    return case

"""What must hold before a letter is asked for, issued or used: asked at the gate, so that a greyed button says it too."""

from datetime import date

from makerspace.matters.support.models import LetterState
from makerspace.matters.support.queries.letters import gives_none, is_left_behind, letter_of, standing
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal


def title_gives_it(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The title has not ended, and the year after its announcement is not over."""
    letter = letter_of(case)
    why = gives_none(letter.title, letter.year, on)
    return Refusal("wrong_stage", why, (17,)) if why else None


def can_be_used(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The letter's year has begun, and the letter held on some day of it: a use may be written down when that is over."""
    letter = letter_of(case)
    found = standing(letter, on)
    if letter.issued_on is None or found is None:  # the table lets nobody come here with one that was not issued
        return None
    first = max(letter.issued_on, date(letter.year, 1, 1))
    ended = letter.title.ended_on is not None and letter.title.ended_on <= first
    if found.state is LetterState.NOT_YET or ended or is_left_behind(letter) or not letter.live:
        return Refusal("wrong_stage", f"不能登记使用：{found.why}", (17,))
    return None

"""What must hold before a letter is asked for, issued or used: asked at the gate, so that a greyed button says it too."""

from datetime import date

from makerspace.matters.support.models import LetterState
from makerspace.matters.support.queries.letters import gives_none, letter_of, standing
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal


def title_gives_it(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The title has not ended, and the year after its announcement is not over."""
    letter = letter_of(case)
    why = gives_none(letter.title, letter.year, on)
    return Refusal("wrong_stage", why, (17,)) if why else None


def can_be_used(case: Case, actor: Actor, on: date) -> Refusal | None:
    """It is the letter's year, and the letter holds."""
    found = standing(letter_of(case), on)
    if found is None or found.state is LetterState.USABLE:
        return None
    return Refusal("wrong_stage", f"不能登记使用：{found.why}", (17,))

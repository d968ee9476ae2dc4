"""The city's letter of priority: issued for the year after, with a use in it."""

from datetime import date
from typing import TYPE_CHECKING

from makerspace.matters.support.models import Letter, Use
from makerspace.matters.support.operations import letters
from makerspace.office.record import clock

if TYPE_CHECKING:
    from tests.house.world import World

MANY = 30


def build(world: "World") -> None:
    """For the city's one title."""
    at, on, title = world.people, clock.today(), world.titles["recognised"]
    case = letters.open_letter(title, by=at["applicant_own"], on=on)
    case = letters.request_letter(case, by=at["applicant_own"], on=on, programmes="市级重点实验室")
    case = letters.issue_letter(case, by=at["bureau"], on=on)
    day = date(on.year + 1, 1, 5)
    letters.record_use(
        case, by=at["agency"], on=day, programme="市级重点实验室", office="社会发展处", used_on=day, tie="得分并列"
    )


def grow(world: "World") -> None:
    """Thirty more uses of the letter."""
    letter, by = Letter.objects.get(), world.people["agency"]
    for number in range(MANY):
        Use.objects.create(
            letter=letter, programme=f"项目{number}", key=f"项目{number}", office="社会发展处", tie="得分并列",
            on=date(letter.year, 2, 1), by=by, recorded_at=clock.now(),
        )  # fmt: skip

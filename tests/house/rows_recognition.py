"""Rows of the pages about a title one holds: the list, and beginning a change."""

from tests.house import world as city
from tests.house.rows_shape import TOKEN, Row, Target, status
from tests.house.world import World

APPLICANT = frozenset({"applicant"})


def titles(world: World) -> list[Target]:
    """The city's one title, and a number that nobody has."""
    number = world.titles["recognised"].number
    return [Target({"number": number}), Target({"number": number[:-3] + "987"}, absent=True)]


def _holds(role: str, label: str) -> bool:
    return role in city.MEMBERS["own"]


ROWS: tuple[Row, ...] = (
    Row("recognition_titles", APPLICANT),
    Row("recognition_open_change", APPLICANT, get=status(), post=status(302), targets=titles, sees=_holds),
    Row("api-1:draft_change", TOKEN, get=status(), post=status(201), targets=titles, sees=_holds),
)  # fmt: skip

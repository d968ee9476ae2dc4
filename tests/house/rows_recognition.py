"""Rows about a title: one's own list, beginning a change, and what other offices ask."""

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


def _once_a_year(role: str, label: str) -> bool:
    """The city's title has its letter already."""
    return False


ONE_LETTER = {"get": status(), "targets": titles, "sees": _holds, "fits": _once_a_year, "fits_says": "一个年度只有一份"}


def _asks(world: World) -> list[Target]:
    unit = world.units["own"].uscc
    return [
        Target({}, query=f"uscc={unit}&year={city.DAY.year + 1}"),
        Target({}, query=f"uscc={unit}&year={city.DAY.year}"),
    ]


def _may_ask(role: str, label: str) -> bool:
    return role in city.holding("agency", "bureau", "leader", "auditor")


ROWS: tuple[Row, ...] = (
    Row("recognition_titles", APPLICANT),
    Row("recognition_open_change", APPLICANT, get=status(), post=status(302), targets=titles, sees=_holds),
    Row("support_priority", frozenset({"agency", "bureau", "leader", "auditor"}), targets=_asks),
    Row("api-1:priority", TOKEN, targets=_asks, may=_may_ask, may_says="由项目主管部门和市科技局查询"),
    Row("support_letters", APPLICANT),
    Row("support_open_letter", APPLICANT, post=status(302), **ONE_LETTER),  # type: ignore[arg-type]
    Row("api-1:draft_letter", TOKEN, post=status(201), **ONE_LETTER),  # type: ignore[arg-type]
    Row("api-1:draft_change", TOKEN, get=status(), post=status(201), targets=titles, sees=_holds),
)  # fmt: skip

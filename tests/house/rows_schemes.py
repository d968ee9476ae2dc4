"""Rows of the assessment schemes: the bureau's pages, the public's and the API's."""

from collections.abc import Callable

from tests.house.rows_registers import sees
from tests.house.rows_shape import NOBODY, PUBLIC, Row, Target, status
from tests.house.world import World

READERS = frozenset({"bureau", "leader", "auditor"})
BUREAU, LEADER = frozenset({"bureau"}), frozenset({"leader"})
FIXED = "方案现为"


def _schemes(*labels: str, **more: object) -> Callable[[World], list[Target]]:
    """These schemes, and one that there is not."""

    def targets(world: World) -> list[Target]:
        rows = [Target({"pk": world.schemes[key].pk, **more}, key) for key in labels]
        return [*rows, Target({"pk": NOBODY, **more}, absent=True)]

    return targets


def _kinds(world: World) -> list[Target]:
    draft, unknown = world.schemes["draft"].pk, world.schemes["submitted"].pk
    return [
        Target({"pk": draft, "part": "indicators"}, "draft"), Target({"pk": draft, "part": "bonuses"}, "draft"),
        Target({"pk": draft, "part": "vetoes"}, "draft", absent=True),
        Target({"pk": unknown, "part": "indicators"}, "submitted"), Target({"pk": NOBODY, "part": "bonuses"}, absent=True),
    ]  # fmt: skip


def _new(world: World) -> list[Target]:
    draft, rows = world.schemes["draft"].pk, ("indicators", "bonuses")
    return [
        *(Target({"pk": draft, "part": part}, "draft", query="kind=unit") for part in rows),
        Target({"pk": draft, "part": "vetoes"}, "draft"),
        Target({"pk": draft, "part": "indicators"}, "draft", absent=True, query="kind=none"),
        Target({"pk": world.schemes["published"].pk, "part": "vetoes"}, "published"),
        Target({"pk": NOBODY, "part": "vetoes"}, absent=True),
    ]


def _rows(world: World) -> list[Target]:
    draft, published = world.schemes["draft"].pk, world.schemes["published"].pk
    return [
        Target({"pk": draft, "part": "indicators", "code": "residents"}, "draft"),
        Target({"pk": draft, "part": "bonuses", "code": "listed"}, "draft"),
        Target({"pk": draft, "part": "vetoes", "code": "stopped"}, "draft"),
        Target({"pk": draft, "part": "indicators", "code": "nothing"}, "draft", absent=True),
        Target({"pk": draft, "part": "nothing", "code": "residents"}, "draft", absent=True),
        Target({"pk": published, "part": "indicators", "code": "residents"}, "published"),
    ]


def _tried(world: World) -> list[Target]:
    draft, number = world.schemes["draft"].pk, world.titles["recognised"].number
    return [
        Target({"pk": draft, "number": number}, "draft"),
        Target({"pk": draft, "number": "KMZC-1999-001"}, "draft", absent=True),
        Target({"pk": NOBODY, "number": number}, absent=True),
    ]


def _titles(world: World) -> list[Target]:
    return [
        Target({"number": world.titles["recognised"].number}, "own"),
        Target({"number": "KMZC-1999-001"}, absent=True),
    ]


def _years(world: World) -> list[Target]:
    shown = world.schemes["published"].year
    return [Target({"year": shown}), Target({"year": world.schemes["draft"].year}, absent=True)]


def _open(role: str, label: str) -> bool:
    return label == "draft"


def _waiting(role: str, label: str) -> bool:
    return label == "submitted"


ALL = ("draft", "submitted", "published")
WRITTEN = {"fits": _open, "fits_says": FIXED}
ROWS: tuple[Row, ...] = (
    Row("assessment_schemes", READERS),
    Row("assessment_scheme_new", BUREAU, post=status(200, 422)),
    Row("assessment_scheme", READERS, targets=_schemes(*ALL)),
    Row("assessment_scheme_head", BUREAU, post=status(200, 422), targets=_schemes(*ALL), **WRITTEN),  # type: ignore[arg-type]
    Row("assessment_scheme_kinds", BUREAU, targets=_kinds, **WRITTEN),  # type: ignore[arg-type]
    Row("assessment_scheme_row_new", BUREAU, post=status(200, 422), targets=_new, **WRITTEN),  # type: ignore[arg-type]
    Row("assessment_scheme_row", BUREAU, post=status(200, 422), targets=_rows, **WRITTEN),  # type: ignore[arg-type]
    Row("assessment_scheme_remove", BUREAU, get=status(), post=status(412), targets=_rows, **WRITTEN),  # type: ignore[arg-type]
    Row("assessment_scheme_submit", BUREAU, get=status(), post=status(412), targets=_schemes(*ALL), **WRITTEN),  # type: ignore[arg-type]
    Row("assessment_scheme_discard", BUREAU, get=status(), post=status(302), targets=_schemes(*ALL), **WRITTEN),  # type: ignore[arg-type]
    Row("assessment_scheme_return", BUREAU | LEADER, get=status(), post=status(422), targets=_schemes(*ALL)),
    Row(
        "assessment_scheme_publish", LEADER, get=status(), post=status(412), targets=_schemes(*ALL), fits=_waiting,
        fits_says=FIXED,
    ),
    Row("assessment_scheme_trial", READERS, targets=_schemes(*ALL)),
    Row("assessment_scheme_trial_one", READERS, targets=_tried),
    Row("assessment_scheme_take", BUREAU, get=status(), post=status(422), targets=_schemes(*ALL)),
    Row("assessment_forecasts", frozenset({"applicant", "district"})),
    Row("assessment_forecast", READERS | {"applicant", "district"}, targets=_titles, sees=sees),
    Row("portal_schemes", PUBLIC),
    Row("portal_scheme", PUBLIC, targets=_years),
    Row("api-1:schemes", PUBLIC),
    Row("api-1:scheme", PUBLIC, targets=_years),
    Row("api-1:score_try", PUBLIC, get=status(), post=status(200), targets=_years),
)  # fmt: skip

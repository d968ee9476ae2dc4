"""Rows of the year's assessments: the bureau's year, and the operator's report."""

from tests.house import world as city
from tests.house.rows_shape import Row, Target, status
from tests.house.world import DAY, World

READERS, BUREAU = frozenset({"bureau", "leader", "auditor"}), frozenset({"bureau"})


def _years(world: World) -> list[Target]:
    return [Target({"year": DAY.year}), Target({"year": DAY.year - 8})]


def _charts(world: World) -> list[Target]:
    found = [Target({"year": DAY.year, "chart": chart}) for chart in ("stages", "movements", "outliers")]
    return [*found, Target({"year": DAY.year, "chart": "secrets"}, absent=True)]


def _reports(world: World) -> list[Target]:
    absent = [Target({"number": number}, absent=True) for number in ("AS-2026-9999", world.number("recognised"))]
    return [Target({"number": world.assessments["reporting"].number}, "recognised"), *absent]


def _checks(world: World) -> list[Target]:
    absent = [Target({"number": number}, absent=True) for number in ("AS-2026-9999", world.number("recognised"))]
    return [Target({"number": world.assessments["district_check"].number}, "recognised"), *absent]


def _officer(role: str, label: str) -> bool:
    return _in_its_turn(role, label) or role in city.holding("bureau")


def _in_its_turn(role: str, label: str) -> bool:
    """The bureau's turn comes when the district has let its term pass; who holds a post in the district too is of it."""
    return role in city.OFFICERS["wuhua"]


CHECKS = {"may": _officer, "may_says": "核实年度报告", "fits": _in_its_turn, "fits_says": "届满后方可登记"}


def _fills(role: str, label: str) -> bool:
    return role in city.MEMBERS["own"]


ROWS: tuple[Row, ...] = (
    Row("assessment_year", READERS),
    Row("assessment_of_year", READERS, targets=_years),
    Row("assessment_year_csv", READERS, targets=_years),
    Row("assessment_statistics", READERS, targets=_years),
    Row("assessment_chart_csv", READERS, targets=_charts),
    Row("assessment_open", BUREAU, get=status(), post=status(422), targets=_years),
    Row(
        "assessment_autosave", get=status(), post=status(412), targets=_reports, sees=city.sees, may=_fills,
        may_says="年度报告由运营单位填写",
    ),
    Row(
        "assessment_report_statistics", targets=_reports, sees=city.sees, fits=_fills,
        fits_says="运营单位还没有提交年度报告",
    ),
    Row(
        "assessment_report", post=status(412), targets=_reports, sees=city.sees, may=_fills,
        may_says="年度报告由运营单位填写",
    ),
    Row("assessment_check", post=status(412), targets=_checks, sees=city.sees, **CHECKS),  # type: ignore[arg-type]
    Row("assessment_check_autosave", get=status(), post=status(412), targets=_checks, sees=city.sees, **CHECKS),  # type: ignore[arg-type]
)  # fmt: skip

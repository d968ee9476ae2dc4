"""Rows of the API: the same people by their tokens."""

from tests.house import world as city
from tests.house.rows_acts import act_row
from tests.house.rows_shape import NOBODY, PUBLIC, TOKEN, Row, Target, status
from tests.house.rows_work import every_case
from tests.house.world import World

GET, POST = frozenset({"GET"}), frozenset({"POST"})


def _published(role: str, label: str) -> bool:
    return label != "draft"


def _ids(rows: str) -> object:
    def targets(world: World) -> list[Target]:
        found = [Target({"id": str(row.pk)}, key) for key, row in getattr(world, rows).items()]
        return [*found, Target({"id": str(NOBODY)}, absent=True), Target({"id": "x"}, absent=True)]

    return targets


def _cases(world: World) -> list[Target]:
    return [Target({"id": each.kwargs["number"]}, each.label, each.absent) for each in every_case(world)]


def _materials(world: World) -> list[Target]:
    """A file by its digest, only with its own case (C2)."""
    held = world.materials
    good = [Target({"id": world.number(key), "digest": row.blob_id}, key, within=key) for key, row in held.items()]
    return [
        *good,
        Target(
            {"id": world.number("draft"), "digest": held["district_review"].blob_id},
            "draft",
            absent=True,
            within="draft",
        ),
        Target({"id": world.number("foreign"), "digest": "0" * 64}, "foreign", absent=True, within="foreign"),
    ]


def _acts(world: World) -> list[Target]:
    return [
        Target({"id": each.kwargs["number"], "act": each.kwargs["act"]}, each.label, each.absent, each.within)
        for each in city_acts(world)
    ]


def city_acts(world: World) -> list[Target]:
    """The targets of the acts' row."""
    return list(act_row("work_act").targets(world))


def _titles(world: World) -> list[Target]:
    number = world.titles["recognised"].number
    return [Target({"number": number}), Target({"number": number[:-3] + "987"}, absent=True)]


def _receipts(world: World) -> list[Target]:
    found = [Target({"receipt": row.receipt}) for row in world.objections.values()]
    return [*found, Target({"receipt": "ABCD-EFGH-JKMN-PQRS"}, absent=True)]


def _codes(world: World) -> list[Target]:
    return [Target({"code": row.code}) for row in world.papers.values()]


def _years(world: World) -> list[Target]:
    return [Target({"year": city.DAY.year}), Target({"year": 2019}, "2019", absent=True)]


def _offices(role: str, label: str) -> bool:
    return role in city.holding("bureau", "leader", "auditor")


def _acting() -> Row:
    row = act_row("api-1:act", TOKEN)
    return type(row)(row.name, TOKEN, get=status(), post=status(422), targets=_acts)


ROWS: tuple[Row, ...] = (
    Row("api_home", PUBLIC, get=status(302), post=status(302), answers_all=True),
    Row("api-1:api-root", PUBLIC, get=status(302), post=status(302), answers_all=True),
    Row("api-1:openapi-json", PUBLIC),
    Row("api-1:openapi-view", PUBLIC),
    Row("api_missing", PUBLIC, get=status(404), post=status(404), targets=lambda world: [Target({"rest": "v1/x"})], answers_all=True),
    Row("api_none", PUBLIC, get=status(404), post=status(404), answers_all=True),
    Row("api-1:self_check", PUBLIC, get=status(), post=status(400, 422)),
    Row("api-1:registry", PUBLIC),
    Row("api-1:registry_entry", PUBLIC, targets=_titles),
    Row("api-1:verify", PUBLIC, targets=_codes),
    Row("api-1:heads", PUBLIC),
    Row("api-1:calls", PUBLIC),
    Row("api-1:call", PUBLIC, targets=_ids("calls"), sees=_published),  # type: ignore[arg-type]
    Row("api-1:notices", PUBLIC, shares=POST),
    Row("api-1:publish_notice", TOKEN, post=status(422), shares=GET),
    Row("api-1:notice", PUBLIC, targets=_ids("notices"), sees=_published),  # type: ignore[arg-type]
    Row("api-1:object_to", PUBLIC, get=status(), post=status(422), targets=_ids("notices"), sees=_published),  # type: ignore[arg-type]
    Row("api-1:objection_status", PUBLIC, targets=_receipts),
    Row("api-1:publish_announcement", TOKEN, get=status(), post=status(422)),
    Row("api-1:cases", TOKEN, shares=POST),
    Row("api-1:draft", TOKEN, post=status(422), shares=GET),
    Row("api-1:case", TOKEN, targets=_cases, sees=city.sees),
    Row("api-1:save_dossier", TOKEN, get=status(), post=status(), targets=_cases, sees=city.sees, takes=frozenset({"PUT"})),
    Row(
        "api-1:attach", TOKEN, get=status(), post=status(415), targets=_cases, sees=city.sees,
    ),
    Row("api-1:material", TOKEN, targets=_materials, sees=city.reads),
    Row("api-1:approve_payments", TOKEN, get=status(), post=status(422)),
    Row("api-1:budget", TOKEN, targets=_years, may=_offices, may_says="年度预算由"),
    _acting(),
    Row("api-1:record", TOKEN, targets=_cases, sees=city.sees),
)  # fmt: skip

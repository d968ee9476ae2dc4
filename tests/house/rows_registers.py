"""Rows of the registers: read by their unit, its district and the city; kept by the unit alone."""

from collections.abc import Callable

from tests.house.rows_shape import NOBODY, TOKEN, Row, Target, Want, status
from tests.house.world import MEMBERS, OFFICERS, World, holding

READERS = frozenset({"applicant", "district", "bureau", "leader", "auditor"})
PLACES = {"own": ("own", "wuhua"), "other": ("other", "panlong")}
READS_ALL = holding("bureau", "leader", "auditor")
KEPT_BY = "登记册由众创空间运营单位的负责人和经办人维护"


def sees(role: str, label: str) -> bool:
    """Its unit, its district, the city."""
    unit, place = PLACES[label.partition(" ")[0]]
    return role in MEMBERS[unit] | OFFICERS[place] | READS_ALL


def keeps(role: str, label: str) -> bool:
    """Its unit."""
    return role in MEMBERS[PLACES[label.partition(" ")[0]][0]]


class Kept(Row):
    """A page that its unit writes on; ``reads`` says whether others may open it."""

    reads = True

    def _inside(self, role: str, method: str, target: Target) -> Want:
        good = self.get if method == "GET" else self.post
        if not good:
            return Want(status(405))
        if target.absent or not sees(role, target.label):
            return Want(status(404))
        if not keeps(role, target.label) and (method == "POST" or not self.reads):
            return Want(status(403), KEPT_BY)
        return Want(good)


class Own(Kept):
    """A page for its unit only."""

    reads = False


def books(*registers: str) -> Callable[[World], list[Target]]:
    """These registers of both makerspaces, one that there is not, and one of nobody."""

    def targets(world: World) -> list[Target]:
        held = [
            Target({"pk": place.pk, "register": register}, f"{key} {register}")
            for key, place in world.makerspaces.items()
            for register in registers
        ]
        own = world.makerspaces["own"].pk
        return [
            *held,
            Target({"pk": own, "register": "nothing"}, absent=True),
            Target({"pk": NOBODY, "register": "staff"}, absent=True),
        ]

    return targets


def lines(*registers: str) -> Callable[[World], list[Target]]:
    """A line of each; a line under another makerspace is not there (C2)."""

    def targets(world: World) -> list[Target]:
        held = [
            Target({"pk": place.pk, "register": register, "line": world.lines[key, register].pk}, f"{key} {register}")
            for key, place in world.makerspaces.items()
            for register in registers
        ]
        own, other = world.makerspaces["own"].pk, world.lines["other", "staff"].pk
        return [
            *held,
            Target({"pk": own, "register": "staff", "line": other}, absent=True),
            Target({"pk": own, "register": "staff", "line": NOBODY}, absent=True),
        ]

    return targets


def places(world: World) -> list[Target]:
    """Both makerspaces, and one of nobody."""
    return [
        *(Target({"pk": row.pk}, key) for key, row in world.makerspaces.items()),
        Target({"pk": NOBODY}, absent=True),
    ]


def by_id(targets: Callable[[World], list[Target]]) -> Callable[[World], list[Target]]:
    """The same objects as programs name them."""

    def renamed(world: World) -> list[Target]:
        return [
            Target(
                {"id" if name == "pk" else name: str(value) for name, value in each.kwargs.items()},
                each.label,
                each.absent,
            )
            for each in targets(world)
        ]

    return renamed


FORM = status(422)
GET, POST, PUT = frozenset({"GET"}), frozenset({"POST"}), frozenset({"PUT"})
ALL = ("tenants", "staff", "mentors", "events", "partners", "premises", "results")
ROWS: tuple[Row, ...] = (
    Row("registers_home", READERS),
    Row("registers_new", frozenset({"applicant"}), post=FORM),
    Row("registers_makerspace", READERS, get=status(302), targets=places, sees=sees),
    Own("application_into_registers", frozenset({"applicant"}), post=status(302), targets=places),
    Row("registers_year", READERS, targets=places, sees=sees),
    Kept("registers_register", READERS, post=FORM, targets=books(*ALL)),
    Own("registers_import", READERS, post=FORM, targets=books("tenants", "events")),
    Row("registers_export", READERS, targets=books(*ALL), sees=sees),
    Row("registers_template", READERS, targets=books("tenants"), sees=sees),
    Kept("registers_line", READERS, post=FORM, targets=lines(*ALL)),
    Own("registers_leave", READERS, post=FORM, targets=lines("tenants", "staff")),
    Own("registers_strike", READERS, post=FORM, targets=lines("tenants", "events")),
    Row("api-1:makerspaces", TOKEN),
    Row("api-1:makerspace", TOKEN, targets=by_id(places), sees=sees),
    Row("api-1:facts", TOKEN, targets=by_id(places), sees=sees),
    Row("api-1:figures", TOKEN, targets=by_id(places), sees=sees),
    Row("api-1:lines", TOKEN, targets=by_id(books(*ALL)), sees=sees, shares=POST),
    Kept("api-1:add", TOKEN, post=FORM, targets=by_id(books(*ALL)), shares=GET),
    Kept("api-1:bring", TOKEN, get=status(), post=FORM, targets=by_id(books("staff"))),
    Row("api-1:line", TOKEN, targets=by_id(lines(*ALL)), sees=sees, takes=PUT),
    Row("api-1:change", TOKEN, post=status(), targets=by_id(lines("staff")), sees=sees, shares=GET, takes=PUT),
    Kept("api-1:leave", TOKEN, get=status(), post=FORM, targets=by_id(lines("tenants", "staff"))),
    Kept("api-1:strike", TOKEN, get=status(), post=FORM, targets=by_id(lines("tenants"))),
)

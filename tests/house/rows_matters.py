"""Rows of the matters' own pages: application, recognition; review's stand in a file of their own."""

from collections.abc import Callable

from tests.house import world as city
from tests.house.rows_shape import NOBODY, Row, Target, Want, status
from tests.house.rows_work import cases_at
from tests.house.world import CASES, HOLDS, World

BUREAU = frozenset({"bureau"})
EDITABLE = ("draft", "correction")
FILLED_BY = "申报内容由申报单位填写"
FIXED = "申报内容已固定"


# -- calls -------------------------------------------------------------------------------------------------------------
def _calls(world: World) -> list[Target]:
    return [*(Target({"pk": row.pk}, key) for key, row in world.calls.items()), Target({"pk": NOBODY}, absent=True)]


def _reads_call(role: str, label: str) -> bool:
    """Drafts are the bureau's."""
    return label == "published" or "bureau" in HOLDS[role]


def _at_counter(role: str, label: str) -> bool:
    return role == "district_counter"


# -- cases that are filled in ------------------------------------------------------------------------------------------
def _editable(role: str, label: str) -> bool:
    return CASES[_case(label)].stage in EDITABLE


def _unfiled(role: str, label: str) -> bool:
    return CASES[_case(label)].stage == "draft"


def _case(label: str) -> str:
    return label.partition(" ")[0]


def _sees(role: str, label: str) -> bool:
    return city.sees(role, _case(label))


def _fills_in(role: str, label: str) -> bool:
    return city.fills_in(role, _case(label))


def _sections(*sections: str) -> Callable[[World], list[Target]]:
    """These sections of some cases, and one that there is not."""

    def targets(world: World) -> list[Target]:
        rows = [
            Target({"number": world.number(key), "section": section}, f"{key} {section}", within=key)
            for key in ("draft", "counter_draft", "correction", "district_review", "foreign")
            for section in sections
        ]
        return [
            *rows,
            Target({"number": world.number("draft"), "section": "nothing"}, "draft none", absent=True, within="draft"),
        ]

    return targets


def _registered(world: World) -> list[Target]:
    """A list that a register keeps; no list, no section, and no register are not there."""
    number = world.number
    return [
        *(
            Target({"number": number(key), "section": "tenants"}, f"{key} tenants", within=key)
            for key in ("draft", "correction", "district_review", "foreign")
        ),
        Target(
            {"number": number("counter_draft"), "section": "tenants"},
            "counter_draft",
            absent=True,
            within="counter_draft",
        ),
        Target({"number": number("draft"), "section": "operator"}, "draft operator", absent=True, within="draft"),
        Target({"number": number("draft"), "section": "nothing"}, "draft none", absent=True, within="draft"),
    ]


def _opened(role: str, label: str) -> bool:
    """A draft is open as a whole; this correction does not name the tenants."""
    return CASES[_case(label)].stage == "draft"


def _materials(**more: object) -> Callable[[World], list[Target]]:
    """Materials with their case; that of one case under the number of another is not there (C2)."""

    def targets(world: World) -> list[Target]:
        held = world.materials
        good = [
            Target({"number": world.number(key), "pk": row.pk, **more}, key, within=key) for key, row in held.items()
        ]
        crossed = [("draft", "district_review"), ("district_review", "draft"), ("foreign", "district_review")]
        return good + [
            Target({"number": world.number(one), "pk": held[two].pk, **more}, f"{one} {two}", absent=True, within=one)
            for one, two in crossed
        ]

    return targets


def _reads(role: str, label: str) -> bool:
    return city.reads(role, _case(label)) or _typed(role, label)


def _typed(role: str, label: str) -> bool:
    return _case(label) == "counter_draft" and role == "district_counter"


class CheckRow(Row):
    """Handing in what was handed in already leads to its receipt, for the same form may be sent twice (C19)."""

    def _inside(self, role: str, method: str, target: Target) -> Want:
        sent = method == "POST" and not target.absent and CASES[target.label].stage not in EDITABLE
        own = sent and _sees(role, target.label) and _fills_in(role, target.label)
        return Want(status(302)) if own else super()._inside(role, method, target)


FILLED = cases_at("draft", "counter_draft", "correction", "expert_review")
FILL = {"sees": _sees, "may": _fills_in, "may_says": FILLED_BY, "fits": _editable, "fits_says": FIXED}

ROWS: tuple[Row, ...] = (
    Row("application_calls"),
    Row("application_call_new", BUREAU, post=status(200, 422)),
    Row("application_call", targets=_calls, sees=_reads_call),
    Row("application_call_edit", BUREAU, post=status(200, 422), targets=_calls),
    Row(
        "application_call_publish", BUREAU, get=status(),
        targets=_calls, post=status(409, 412),
    ),
    Row("application_start", frozenset({"applicant"}), post=status(200, 422), targets=_calls, sees=_reads_call),
    Row(
        "application_counter_start", frozenset({"district"}), post=status(200, 422), targets=_calls, sees=_reads_call,
        may=_at_counter, may_says="承担窗口收件职责的人员",
    ),
    Row(
        "application_counter", frozenset({"district", "bureau"}), post=status(200, 422), may=_at_counter,
        may_says="承担窗口收件职责的人员",
    ),
    Row("application_tasks", targets=FILLED, get=status(200, 302), sees=_sees, may=_fills_in, may_says=FILLED_BY),
    Row("application_category", targets=FILLED, post=status(200, 422), **{**FILL, "fits": _unfiled, "fits_says": ""}),  # type: ignore[arg-type]
    Row("application_section", targets=_sections("operator", "tenants"), post=status(200, 302, 412, 422), **FILL),  # type: ignore[arg-type]
    Row(
        "application_take_over", targets=_registered, post=status(302, 412),
        **{**FILL, "fits": _opened, "fits_says": ""},
    ),  # type: ignore[arg-type]
    Row("application_autosave", targets=_sections("operator"), get=status(), post=status(200, 412, 422), **FILL),  # type: ignore[arg-type]
    Row("application_findings", targets=_sections("operator"), **FILL),  # type: ignore[arg-type]
    Row("application_missing", targets=FILLED, **FILL),  # type: ignore[arg-type]
    Row("application_materials", targets=FILLED, post=status(200, 422), **FILL),  # type: ignore[arg-type]
    Row("application_material", targets=_materials(), sees=_reads),
    Row("application_tie", targets=_materials(), post=status(200, 302, 422), **FILL),  # type: ignore[arg-type]
    Row("application_remove", targets=_materials(), get=status(), post=status(302, 422), **FILL),  # type: ignore[arg-type]
    Row("application_preview", targets=_materials(page=1), sees=_reads),
    Row("application_picture", targets=_materials(page=1), sees=_reads),
    CheckRow("application_check", targets=FILLED, post=status(422), **FILL),  # type: ignore[arg-type]
    Row("application_receipt", targets=FILLED, get=status(200, 302), sees=_sees, may=_fills_in, may_says=FILLED_BY),
    Row("recognition_announcements", frozenset({"bureau", "leader", "auditor"})),
    Row("recognition_announce", frozenset({"leader"}), post=status(422)),
)  # fmt: skip

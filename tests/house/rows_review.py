"""Rows of review's own pages: visits, panel, notices, the desk for objections."""

from collections.abc import Callable

from tests.house import world as city
from tests.house.rows_acts import TABLE, predict_act
from tests.house.rows_shape import NOBODY, SIGNED_IN, Row, Target, Want, status
from tests.house.rows_work import cases_at, every_case, tabs_of
from tests.house.world import CASES, World

BUREAU = frozenset({"bureau"})
READERS = frozenset({"bureau", "leader", "auditor"})
DESK = READERS | {"discipline"}


class PageOfAct(Row):
    """A page of its own for an act: open to whoever may take it now."""

    def __init__(self, name: str, *acts: str, get: frozenset[int] = status(200), post: int = 422) -> None:
        near = [key for key in CASES if any(CASES[key].stage in TABLE[act][0] for act in acts)]
        super().__init__(name, SIGNED_IN, get=get, post=status(post), targets=cases_at(*near, "draft", "recognised"))
        object.__setattr__(self, "acts", acts)

    def _inside(self, role: str, method: str, target: Target) -> Want:
        if method == "GET" and not self.get:
            return Want(status(405))
        if target.absent:
            return Want(status(404))
        wants = [predict_act(role, target.label, act) for act in self.acts]  # type: ignore[attr-defined]
        want = next((each for each in wants if each.statuses == {422}), wants[0])
        if want.statuses != {422}:
            return want
        return Want(status(200) if method == "GET" else self.post)


def _reads_with_panel(role: str, label: str) -> bool:
    return city.reads(role, label) and CASES[label].stage not in {
        "draft", "district_review", "correction", "city_review"
    }  # fmt: skip


def _notices(world: World) -> list[Target]:
    return [*(Target({"pk": row.pk}, key) for key, row in world.notices.items()), Target({"pk": NOBODY}, absent=True)]


def _second_reader(role: str, label: str) -> bool:
    return not (label == "draft" and role == "bureau")


def _is_draft(role: str, label: str) -> bool:
    return label == "draft"


def _objections(**more: object) -> Callable[[World], list[Target]]:
    def targets(world: World) -> list[Target]:
        held = world.objections
        return [
            *(Target({"pk": row.pk, **more}, key) for key, row in held.items()),
            Target({"pk": NOBODY, **more}, absent=True),
        ]

    return targets


def _sees_objection(role: str, label: str) -> bool:
    """Not the member of the bureau who took an act on the case."""
    return role != "bureau"


def _opens_identity(role: str, label: str) -> bool:
    return role == "discipline" or (role == "leader" and label == "objection_review")


def _has_evidence(role: str, label: str) -> bool:
    return _sees_objection(role, label) and label == "public_notice"


def _experts(world: World) -> list[Target]:
    return [
        Target({"pk": world.people["expert_other"].pk}), Target({"pk": world.people["district_own"].pk}, absent=True),
        Target({"pk": NOBODY}, absent=True),
    ]  # fmt: skip


CLOSED = "您目前的身份不能查看本件的查验与评审内容"

ROWS: tuple[Row, ...] = (
    Row("review_case", targets=lambda world: every_case(world) + tabs_of(world, "panel", "outcome"), sees=city.sees, may=city.reads, may_says=CLOSED),
    PageOfAct("review_visit", "record_visit"),
    PageOfAct("review_visit_photo", "record_visit", "record_expert_visit", get=status()),
    PageOfAct("review_study_photo", "record_visit", "record_expert_visit", get=status()),
    PageOfAct("review_convene", "convene"),
    Row("review_draw", targets=cases_at("city_review", "expert_review", "decision", "approved"), sees=_reads_with_panel),
    PageOfAct("review_study", "record_expert_visit"),
    PageOfAct("review_score", "score"),
    Row("review_experts", BUREAU),
    Row("review_expert", BUREAU, post=status(422), targets=_experts),
    Row("review_notices", READERS),
    Row("review_notice_new", BUREAU, post=status(422)),
    Row("review_notice", READERS, targets=_notices),
    Row(  # what is posted bears no digest of a text that was read
        "review_notice_publish", BUREAU, get=status(), post=status(412), targets=_notices, may=_second_reader,
        may_says="须由另一位经办人员复核后发布", fits=_is_draft, fits_says="已经发布",
    ),
    Row("review_notice_discard", BUREAU, get=status(), post=status(302), targets=_notices, fits=_is_draft),
    Row("review_objections", DESK),
    Row("review_objection", DESK, targets=_objections(), sees=_sees_objection),
    Row(
        "review_identity", DESK, get=status(), post=status(200), targets=_objections(), sees=_sees_objection,
        may=_opens_identity, may_says="异议人身份只有",
    ),
    Row("review_evidence", DESK, targets=_objections(at=0), sees=_has_evidence),
)  # fmt: skip

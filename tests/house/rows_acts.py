"""Who may take which act of the procedure on which case, and why not: the table of design.md, written out again here.

The prediction knows nothing of casework: it reads the tables below and the facts of the city in ``world``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.rows_shape import NAMES, SIGNED_IN, Row, Target, Want, status
from tests.house.world import CASES, HOLDS, SIGNED_OUT, World, fills_in, sees

OPEN = (
    "draft", "district_review", "correction", "city_review", "expert_review", "decision", "approved", "public_notice",
    "objection_review", "announcement",
)  # fmt: skip
OBJECTED = ("public_notice", "objection_review")
TABLE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "submit": (("draft",), ("applicant",)),
    "lapse": (("draft",), ("clock",)),
    "register_paper": (OPEN, ("district", "bureau")),
    "request_correction": (("district_review",), ("district",)),
    "resubmit": (("correction",), ("applicant",)),
    "close_correction": (("correction",), ("district",)),
    "record_visit": (("district_review",), ("district",)),
    "countersign_visit": (("district_review",), ("applicant",)),
    "decline": (("district_review",), ("district",)),
    "recommend": (("district_review",), ("district",)),
    "return_to_district": (("city_review",), ("bureau",)),
    "convene": (("city_review",), ("bureau",)),
    "declare_interest": (("expert_review",), ("expert",)),
    "replace_expert": (("expert_review",), ("bureau",)),
    "record_expert_visit": (("expert_review",), ("expert",)),
    "score": (("expert_review",), ("expert",)),
    "conclude": (("expert_review",), ("expert",)),
    "remit": (("decision",), ("leader",)),
    "approve": (("decision",), ("leader",)),
    "reject": (("decision",), ("leader",)),
    "publish_notice": (("approved",), ("bureau",)),
    "reissue_notice": (("public_notice",), ("bureau", "leader")),
    "object": (("public_notice",), ("public",)),
    "admit_objection": (OBJECTED, ("bureau", "discipline")),
    "not_admit_objection": (OBJECTED, ("bureau", "discipline")),
    "investigate_objection": (OBJECTED, ("bureau", "discipline")),
    "close_notice": (("public_notice",), ("clock",)),
    "dismiss_objections": (("objection_review",), ("leader",)),
    "uphold_objection": (("objection_review",), ("leader",)),
    "announce": (("announcement",), ("leader",)),
    "withdraw": (OPEN, ("applicant",)),
}
FILLING_IN = frozenset({"submit", "resubmit", "withdraw"})
DECIDING = frozenset({
    "decline", "remit", "approve", "reject", "publish_notice", "reissue_notice", "dismiss_objections",
    "uphold_objection", "announce",
})  # fmt: skip
LABELS = {
    "draft": "填报中", "district_review": "区县初审与查验", "correction": "补正中", "city_review": "市局受理",
    "expert_review": "专家现场调研", "decision": "局长审定", "approved": "拟公示", "public_notice": "公示中",
    "objection_review": "异议处理", "announcement": "待公布", "recognised": "已认定", "not_recommended": "未获推荐",
    "not_recognised": "未予认定", "withdrawn": "已撤回", "lapsed": "逾期未提交",
}  # fmt: skip
EVERY_CAPACITY = (
    "withdraw",
    "decline",
    "convene",
    "score",
    "approve",
    "admit_objection",
    "close_notice",
    "register_paper",
)
IN_BATCHES = frozenset({"publish_notice", "announce"})  # a page of its own asks what is asked nowhere else
ASKS_NOTHING = frozenset({"close_correction"})  # sent without a body it is done
COUNTER = frozenset({"district_counter"})
HEAD, SEATED, UNDECLARED = "expert_cleared", "expert_seated", "expert_stub"
HANDLED, ACTED = "leader_handled", "bureau"


@dataclass(frozen=True)
class Barred:
    """A condition of an act on one case that does not hold here: for whom (all, if nobody is named), and why."""

    why: str
    code: int = 409
    only: frozenset[str] = frozenset()


BEFORE: dict[tuple[str, str], tuple[Barred, ...]] = {
    ("correction", "close_correction"): (Barred("补正期限到"),),
    ("district_review", "countersign_visit"): (Barred("区县尚未登记实地查验"),),
    ("district_review", "recommend"): (Barred("实地查验"),),
    ("foreign", "countersign_visit"): (Barred("区县尚未登记实地查验"),),
    ("foreign", "recommend"): (Barred("实地查验"),),
    ("scored", "declare_interest"): (Barred("您已申明"),),
    ("scored", "record_expert_visit"): (Barred("由专家组组长办理", 403, frozenset({SEATED, UNDECLARED})),),
    ("scored", "score"): (Barred("您已提交本轮评分"),),
    ("scored", "conclude"): (Barred("由专家组组长办理", 403, frozenset({SEATED, UNDECLARED})),),
    ("expert_review", "declare_interest"): (Barred("您已申明", only=frozenset({HEAD, SEATED})),),
    ("expert_review", "record_expert_visit"): (
        Barred("请先申明有无利害关系", 403, frozenset({UNDECLARED})),
        Barred("由专家组组长办理", 403, frozenset({SEATED})),
    ),
    ("expert_review", "score"): (
        Barred("请先申明有无利害关系", 403, frozenset({UNDECLARED})), Barred("您已提交本轮评分", only=frozenset({HEAD}))
    ),
    ("expert_review", "conclude"): (
        Barred("请先申明有无利害关系", 403, frozenset({UNDECLARED})),
        Barred("由专家组组长办理", 403, frozenset({SEATED})),
        Barred("还不能形成专家组意见"),
    ),
    ("public_notice", "admit_objection"): (Barred("您办理过本件", 403, frozenset({ACTED})),),
    ("public_notice", "not_admit_objection"): (Barred("您办理过本件", 403, frozenset({ACTED})),),
    ("public_notice", "investigate_objection"): (
        Barred("您办理过本件", 403, frozenset({ACTED})), Barred("没有已受理、待核查的异议")
    ),
    ("admitted", "admit_objection"): (Barred("您办理过本件", 403, frozenset({ACTED})), Barred("没有待审查的异议")),
    ("admitted", "not_admit_objection"): (Barred("您办理过本件", 403, frozenset({ACTED})), Barred("没有待审查的异议")),
    ("admitted", "investigate_objection"): (Barred("您办理过本件", 403, frozenset({ACTED})),),
    ("objection_review", "admit_objection"): (
        Barred("您办理过本件", 403, frozenset({ACTED})), Barred("没有待审查的异议")
    ),
    ("objection_review", "not_admit_objection"): (
        Barred("您办理过本件", 403, frozenset({ACTED})), Barred("没有待审查的异议")
    ),
    ("objection_review", "investigate_objection"): (
        Barred("您办理过本件", 403, frozenset({ACTED})), Barred("没有已受理、待核查的异议")
    ),
}  # fmt: skip


def capacities(role: str, case: str, act: str) -> frozenset[str]:
    """In which of the act's capacities that person may take it on that case; visibility is asked before."""
    by = set(TABLE[act][1])
    facts = CASES[case]
    held = HOLDS[role] & by
    if act == "register_paper" and role not in COUNTER:
        return frozenset()
    found = {each for each in held if each not in {"applicant", "district", "expert"}}
    if "applicant" in by and act in FILLING_IN and fills_in(role, case):
        found.add("applicant")
    if "applicant" in held and fills_in(role, case):
        found.add("applicant")
    if "district" in held and facts.place == {"district_other": "panlong"}.get(role, "wuhua"):
        found.add("district")
    if "expert" in held and role in facts.panel:
        found.add("expert")
    return frozenset(found)


def predict_act(role: str, case: str, act: str) -> Want:
    """404 → 403 → 409 → 422, for an act sent without a body."""
    if not sees(role, case):
        return Want(status(404))
    if act not in TABLE:
        return Want(status(404))
    sources, by = TABLE[act]
    taken_as, facts = capacities(role, case, act), CASES[case]
    if not taken_as:
        return Want(
            status(403), f"由{who(by, facts.place)}{'承担窗口收件职责的人员' if act == 'register_paper' else ''}办理"
        )
    if facts.stage not in sources:
        return Want(status(409), f"本件现处于“{LABELS[facts.stage]}”环节")
    if role == HANDLED and "leader" in taken_as:
        return Want(status(403), "按经办与决定分离的要求")
    for barred in BEFORE.get((case, act), ()):
        if not barred.only or role in barred.only:
            return Want(status(barred.code), barred.why)
    return Want(status(422))


def who(by: tuple[str, ...], place: str) -> str:
    """Who takes the act, in words."""
    office = {"wuhua": "五华区科技主管部门", "panlong": "盘龙区科技主管部门"}[place]
    return "或".join(office if each == "district" else NAMES[each] for each in by)


def places_of(act: str) -> tuple[str, ...]:
    """A case in the act's stage, and one where somebody may take it if that is another; some acts elsewhere too."""
    near = next(key for key in CASES if CASES[key].stage in TABLE[act][0])
    elsewhere = ("recognised", "foreign") if act in EVERY_CAPACITY else ()
    return tuple(dict.fromkeys((near, *[key for key in CASES if opens(key, act)][:1], *elsewhere)))


def opens(case: str, act: str) -> bool:
    """Whether anybody may take that act on that case now."""
    return any(predict_act(role, case, act).statuses == {422} for role in HOLDS)


def targets(world: World) -> Iterator[Target]:
    """Every act where it is at home and where it opens; one for each capacity where all is over and at a rival's.

    The whole cube of act, role and case is asked in ``test_acts``: here it is the doors' turn.
    """
    for act in TABLE:
        for key in places_of(act):
            yield Target({"number": world.number(key), "act": act}, f"{key} {act}", within=key)
    yield Target({"number": world.number("draft"), "act": "bribe"}, "draft bribe", absent=True, within="draft")


class ActRow(Row):
    """The acts' own oracle instead of the simple predicates."""

    def predict(self, role: str, method: str, target: Target, path: str) -> Want:
        """As the table says; a GET of what may be taken shows the form, or leads to the act's own page."""
        outside = self._outside(role, method, path)
        if outside or role in SIGNED_OUT:
            assert outside
            return outside
        case, _, act = target.label.partition(" ")
        want = predict_act(role, case, act)
        if want.statuses == {422} and not self.is_api and act in IN_BATCHES:
            return Want(status(302))
        if want.statuses == {422} and method == "GET":
            return Want(status(200, 302))
        return taken(want, act) if self.is_api else want  # a page's form bears its own key


def taken(want: Want, act: str) -> Want:
    """What a program is answered: an act that asks nothing is done where another wants to be filled in."""
    return Want(status(200)) if want.statuses == {422} and act in ASKS_NOTHING else want


def act_row(name: str, policy: str = SIGNED_IN) -> ActRow:
    """The row of a door's address for acts."""
    return ActRow(name, policy, post=status(422), targets=targets)

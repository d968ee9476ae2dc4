"""Rows of the workbench: cases and their papers, messages, tokens, organisations, invitations, people."""

from collections.abc import Callable

from tests.house import world as city
from tests.house.rows_acts import act_row
from tests.house.rows_shape import NOBODY, PUBLIC, Row, Target, status
from tests.house.world import World, other_number

ADMINS = frozenset({"system_admin", "security_admin", "audit_admin"})
NO_SECRET = "x" * 43


def every_case(world: World) -> list[Target]:
    """Every case, and a number that nobody has."""
    numbers = [Target({"number": case.number}, key) for key, case in world.cases.items() if key not in city.FOR_ACTS]
    return [*numbers, Target({"number": other_number(world.number("draft"))}, absent=True)]


def tabs_of(world: World, *tabs: str) -> list[Target]:
    """The other tabs of the page of a case, where they hold most: before its panel, and after an objection."""
    keys = ("expert_review", "objection_review")
    return [Target({"number": world.number(key)}, key, query=f"tab={tab}") for key in keys for tab in tabs]


def cases_at(*keys: str) -> Callable[[World], list[Target]]:
    """These cases, a rival's, and a number that nobody has."""

    def targets(world: World) -> list[Target]:
        return [each for each in every_case(world) if each.absent or each.label in (*keys, "foreign")]

    return targets


TABS = ("conditions", "materials", "visit", "panel", "outcome", "history", "papers")


def _lists(world: World) -> list[Target]:
    """The list as it opens, and asked for others' drafts."""
    return [Target({}), Target({}, query="stage=draft"), Target({}, query="q=KM&sort=-due")]


def _papers(world: World) -> list[Target]:
    absent = Target({"code": "ABCD-EFGH-JKMN-PQRS"}, absent=True)
    return [*(Target({"code": row.code}, key) for key, row in world.papers.items()), absent]


def _attachments(world: World) -> list[Target]:
    held = world.attachments
    absent = Target({"number": world.number("decision"), "pk": NOBODY}, absent=True)
    return [*(Target({"number": row.case.number, "pk": row.pk}, key) for key, row in held.items()), absent]


def _reads_attachment(role: str, label: str) -> bool:
    """Whoever reads the case; what was not handed in yet only who uploaded it."""
    return city.reads(role, label) and (label == "decision" or role == "district_own")


def _reads_paper(role: str, label: str) -> bool:
    """Papers of a case for those who read the case; those of notices and of receipts have doors of their own."""
    return label == "case" and city.reads(role, "district_review")


def _of_person(role: str, label: str) -> bool:
    return role == label


def _message(world: World) -> list[Target]:
    return [Target({"pk": world.messages["own"].pk}, "applicant_own"), Target({"pk": NOBODY}, absent=True)]


def _tokens(world: World) -> list[Target]:
    some = [Target({"pk": world.tokens[role].pk}, role) for role in ("applicant_own", "leader")]
    return [*some, Target({"pk": NOBODY}, absent=True)]


def _units(world: World) -> list[Target]:
    return [*(Target({"pk": row.pk}, key) for key, row in world.units.items()), Target({"pk": NOBODY}, absent=True)]


def _in_unit(role: str, label: str) -> bool:
    return role in city.MEMBERS[label]


def _owns(role: str, label: str) -> bool:
    return role in {"applicant_own": "own", "applicant_other": "other"} and role != "applicant_editor"


def _members(world: World) -> list[Target]:
    """Each act on the editor's membership; another unit's member is not there (C2)."""
    unit, other = world.units["own"].pk, world.units["other"].pk
    editor = world.people["applicant_editor"].memberships.get().pk
    good = [Target({"pk": unit, "member": editor, "act": act}, "own") for act in ("owner", "editor", "hand-over")]
    return [
        *good,
        Target({"pk": other, "member": editor, "act": "end"}, "other", absent=True),
        Target({"pk": unit, "member": NOBODY, "act": "owner"}, absent=True),
        Target({"pk": NOBODY, "member": editor, "act": "owner"}, absent=True),
    ]


def _invitations_of_units(world: World) -> list[Target]:
    invitation, officer = world.invitations["member"].pk, world.invitations["officer"].pk
    return [
        Target({"pk": world.units["own"].pk, "invitation": invitation}, "own"),
        Target({"pk": world.units["other"].pk, "invitation": invitation}, "other", absent=True),
        Target({"pk": world.units["own"].pk, "invitation": officer}, "own", absent=True),
    ]


def _secrets(world: World) -> list[Target]:
    good = [Target({"secret": secret}, key) for key, secret in world.secrets.items()]
    return [*good, Target({"secret": NO_SECRET}, absent=True)]


def _people(world: World) -> list[Target]:
    """Somebody with a post; an applicant has none and is not administered here."""
    return [
        Target({"pk": world.people["district_own"].pk}),
        Target({"pk": world.people["applicant_own"].pk}, absent=True),
        Target({"pk": NOBODY}, absent=True),
    ]


def _posts(world: World) -> list[Target]:
    """A post is looked up with its holder (C2)."""
    officer, other = world.people["district_own"], world.people["district_other"]
    post = officer.posts.get().pk
    return [Target({"pk": officer.pk, "post": post}), Target({"pk": other.pk, "post": post}, absent=True)]


def _locks(world: World) -> list[Target]:
    officer = world.people["district_own"].pk
    acts = ("disable", "enable", "end-sessions", "reset-second-factor")
    return [*(Target({"pk": officer, "act": act}) for act in acts), Target({"pk": officer, "act": "x"}, absent=True)]


def _officers_invitations(world: World) -> list[Target]:
    return [
        Target({"pk": world.invitations["officer"].pk}), Target({"pk": world.invitations["member"].pk}, absent=True),
        Target({"pk": NOBODY}, absent=True),
    ]  # fmt: skip


ROWS = (
    Row("work_home"),
    Row("work_cases", targets=_lists),
    Row("work_cases_csv", targets=_lists),
    Row(
        "work_case", targets=lambda world: every_case(world) + tabs_of(world, *TABS), sees=city.sees,
    ),
    act_row("work_act"),
    Row("work_attachment", targets=_attachments, sees=_reads_attachment),
    Row("work_paper", targets=_papers, sees=_reads_paper),
    Row("work_messages"),
    Row("work_messages_read", get=status(), post=status(302)),
    Row("work_message", get=status(), post=status(302), targets=_message, sees=_of_person),
    Row("work_account"),
    Row("work_profile", post=status(422)),
    Row("work_token_new", post=status(422)),
    Row("work_token_revoke", get=status(), post=status(302), targets=_tokens, sees=_of_person),
    Row("work_organisations", frozenset({"applicant"})),
    Row("work_organisation_new", frozenset({"applicant"}), post=status(422)),
    Row("work_organisation", targets=_units, sees=_in_unit),
    Row(
        "work_organisation_correct", post=status(422), targets=_units, sees=_in_unit, may=_owns,
        may_says="成员由本单位负责人管理",
    ),
    Row(
        "work_organisation_invite", post=status(422), targets=_units, sees=_in_unit, may=_owns,
        may_says="成员由本单位负责人管理",
    ),
    Row(
        "work_member", get=status(), post=status(302, 409), targets=_members, sees=_in_unit, may=_owns,
        may_says="成员由本单位负责人管理",
    ),
    Row(
        "work_take_back", get=status(), post=status(302), targets=_invitations_of_units, sees=_in_unit, may=_owns,
        may_says="成员由本单位负责人管理",
    ),
    Row("work_invitation", PUBLIC, post=status(302, 409, 422), targets=_secrets),
    Row("work_people", ADMINS),
    Row("work_people_invite", frozenset({"system_admin"}), post=status(422)),
    Row(
        "work_people_take_back", frozenset({"system_admin"}), get=status(), post=status(302),
        targets=_officers_invitations,
    ),
    Row("work_people_record", ADMINS),
    Row("work_person", ADMINS, targets=_people),
    Row("work_post_end", frozenset({"system_admin"}), get=status(), post=status(302), targets=_posts),
    Row("work_lock", frozenset({"security_admin"}), get=status(), post=status(302), targets=_locks),
)  # fmt: skip

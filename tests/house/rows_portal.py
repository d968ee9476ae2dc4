"""Rows of the public door, of the front's own pages, of the demo's and of what watches the system."""

from tests.house.rows_shape import NOBODY, PUBLIC, Row, Target, one, status
from tests.house.world import World, other_number


def _open(name: str, **parts: object) -> Row:
    return Row(name, PUBLIC, **parts)  # type: ignore[arg-type]


def _published(role: str, label: str) -> bool:
    """Only what was published is there for anyone, whoever asks."""
    return label not in {"draft", "case", "receipt"}


def _calls(world: World) -> list[Target]:
    return [*(Target({"pk": row.pk}, key) for key, row in world.calls.items()), Target({"pk": NOBODY}, absent=True)]


def _notices(world: World) -> list[Target]:
    return [*(Target({"pk": row.pk}, key) for key, row in world.notices.items()), Target({"pk": NOBODY}, absent=True)]


def _objecting(world: World) -> list[Target]:
    """Each notice with its case; a case of another notice is not there (C2)."""
    at, number = world.notices, world.number
    return [
        Target({"pk": at["running"].pk, "number": number("public_notice")}, "running"),
        Target({"pk": at["closed"].pk, "number": number("objection_review")}, "closed"),
        Target({"pk": at["draft"].pk, "number": number("approved")}, "draft"),
        Target({"pk": at["closed"].pk, "number": number("public_notice")}, absent=True),
        Target({"pk": at["running"].pk, "number": other_number(number("public_notice"))}, absent=True),
    ]


def _receipts(world: World) -> list[Target]:
    return [
        *(Target({"receipt": row.receipt}, key) for key, row in world.objections.items()),
        Target({"receipt": "ABCD-EFGH-JKMN-PQRS"}, absent=True),
    ]


def _receipt_papers(world: World) -> list[Target]:
    """The paper of one objection is not there under the receipt of another (C2)."""
    own, other = world.objections["public_notice"], world.objections["objection_review"]
    code = world.papers["receipt"].code
    return [
        Target({"receipt": own.receipt, "code": code}, "own"),
        Target({"receipt": other.receipt, "code": code}, absent=True),
        Target({"receipt": own.receipt, "code": world.papers["public"].code}, absent=True),
    ]


def _papers(world: World) -> list[Target]:
    absent = Target({"code": "ABCD-EFGH-JKMN-PQRS"}, absent=True)
    return [*(Target({"code": row.code}, key) for key, row in world.papers.items()), absent]


def _titles(world: World) -> list[Target]:
    number = world.titles["recognised"].number
    return [Target({"number": number}), Target({"number": number[:-3] + "987"}, absent=True)]


def _announcements(world: World) -> list[Target]:
    return [Target({"pk": world.titles["recognised"].announcement_id}), Target({"pk": NOBODY}, absent=True)]


ROWS = (
    _open("portal_home"),
    _open("portal_self_check"),
    _open("portal_self_check_file", get=status(), post=status(422), csrf_exempt=True),
    _open(
        "portal_self_check_questions",
        post=status(422),
        csrf_exempt=True,
        targets=lambda world: [
            Target({"category": "comprehensive"}),
            Target({"category": "technical"}),
            Target({"category": "x"}, absent=True),
        ],
    ),
    _open("portal_calls"),
    _open("portal_call", targets=_calls, sees=_published),
    _open("portal_notices"),
    _open("portal_notice", targets=_notices, sees=_published),
    _open("portal_object", post=status(422), targets=_objecting, sees=_published),
    _open("portal_objections"),
    _open("portal_objection_confirm", targets=one(token="x" * 32), post=status(404)),
    _open("portal_objection", targets=_receipts),
    _open("portal_objection_paper", targets=_receipt_papers),
    _open("portal_announcements"),
    _open("portal_announcement", targets=_announcements),
    _open("portal_registry"),
    _open("portal_registry_csv"),
    _open("portal_title", targets=_titles),
    _open("portal_verify"),
    _open("portal_verified", targets=lambda world: [Target({"code": row.code}) for row in world.papers.values()]),
    _open("portal_rules"),
    _open("portal_article", targets=lambda world: [Target({"number": 11}), Target({"number": 99}, absent=True)]),
    _open("portal_heads"),
    _open("portal_privacy"),
    _open("portal_paper", targets=_papers, sees=_published),
    _open("accessibility"),
    _open("styleguide", get=status(404), post=status(404), answers_all=True),
    _open("training_become", get=status(), post=status(404)),
    _open("clock_alive"),
    _open("clock_ready", get=status(200, 503)),
    _open("clock_metrics"),
)

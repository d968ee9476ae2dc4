"""Rows of facilities and mentors, on pages and through the API; who may do what is written out again here."""

from collections.abc import Callable
from dataclasses import replace

from tests.house.rows_registers import READERS, by_id, keeps, places
from tests.house.rows_registers import sees as reads
from tests.house.rows_shape import NOBODY, PUBLIC, TOKEN, Row, Target, status
from tests.house.world import HOLDS, World
from tests.house.world_support import STATES, TENANT_STATES

GET, POST = frozenset({"GET"}), frozenset({"POST"})
OVERSEE = frozenset({"bureau", "leader", "auditor"})
FACILITY = OVERSEE | {"applicant", "provider"}
MENTOR = OVERSEE | {"applicant", "mentor"}
MANAGE = frozenset({"provider", "bureau"})
OWN = frozenset({"applicant_own", "applicant_editor"})
RAISED = "融资和挂牌由众创空间运营单位的负责人和经办人登记"
MANAGES = "开放项目由平台单位的设施管理员或市科技局办理"
# act: the states in which it is open (by key of the city), and the sides that take it
OPEN: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "confirm": (frozenset({"asked", "silent"}), frozenset({"giver", "bureau"})),
    "refuse": (frozenset({"asked", "silent"}), frozenset({"giver", "bureau"})),
    "withdraw": (frozenset({"asked", "silent"}), frozenset({"asker"})),
    "record": (frozenset({"begun"}), frozenset({"giver", "asker"})),
    "miss": (frozenset({"begun"}), frozenset({"giver"})),
    "cancel": (frozenset({"coming"}), frozenset({"giver", "asker"})),
    "rate": (frozenset({"done"}), frozenset({"asker"})),
}


def _objects(key: str, *more: str, name: str = "pk") -> Callable[[World], list[Target]]:
    """These objects, and one that there is not."""

    def targets(world: World) -> list[Target]:
        found = [Target({name: _key(name, world.support[each].pk)}, each) for each in (key, *more)]
        return [*found, Target({name: _key(name, NOBODY)}, absent=True)]

    return targets


def _key(name: str, pk: int) -> object:
    return str(pk) if name == "id" else pk


def _manages(role: str, label: str) -> bool:
    """The bureau all of them, a keeper one's own."""
    return "bureau" in HOLDS[role] or (role == "provider" and label in {"facility", "offer"})


def _bureau(role: str, label: str) -> bool:
    return "bureau" in HOLDS[role]


def _measures(role: str, label: str) -> bool:
    return bool(HOLDS[role] & (OVERSEE | {"provider"}))


def _keepers(world: World) -> list[Target]:
    """A keeper is looked up with the facility (C2)."""
    facility, other, keeper = world.support["facility"], world.support["other"], world.support["keeper"]
    return [
        Target({"pk": facility.pk, "keeper": keeper.pk}), Target({"pk": other.pk, "keeper": keeper.pk}, absent=True),
        Target({"pk": NOBODY, "keeper": keeper.pk}, absent=True),
    ]  # fmt: skip


def _knows_mentor(role: str, label: str) -> bool:
    """Former mentors are known to those who oversee."""
    return label != "former" or bool(HOLDS[role] & OVERSEE)


def _serves(role: str, label: str) -> bool:
    return label != "former"


def _awaited(role: str, label: str) -> bool:
    """Only who has not accepted yet is invited again."""
    return label == "invited"


# -- bookings and sessions ---------------------------------------------------------------------------------------------
def _side(role: str, kind: str) -> frozenset[str]:
    giver = {"booking": "provider", "session": "mentor"}[kind]
    found = {"asker"} if role in OWN else set()
    found |= {"giver"} if role == giver else set()
    return frozenset(found | ({"bureau"} if "bureau" in HOLDS[role] else set()))


def _sees(role: str, label: str) -> bool:
    kind = label.partition(" ")[0]
    return bool(_side(role, kind)) or bool(HOLDS[role] & OVERSEE)


def _may(role: str, label: str) -> bool:
    kind, _, deed = label.split(" ")
    return deed not in OPEN or bool(_side(role, kind) & OPEN[deed][1])


def _fits(role: str, label: str) -> bool:
    """In its state and in its time: the bureau only after the term, who asked records only after the other's."""
    kind, key, deed = label.split(" ")
    if deed not in OPEN:
        return True
    side = _side(role, kind)
    late = key == "silent" if deed in {"confirm", "refuse"} and side == {"bureau"} else True
    early = deed == "record" and side == {"asker"}
    return key in OPEN[deed][0] and late and not early


def _engagements(kind: str, name: str = "pk") -> Callable[[World], list[Target]]:
    return _objects(*[f"{kind} {key}" for key in STATES], name=name)  # type: ignore[arg-type]


def _deeds(kind: str, name: str = "pk", code: str = "deed") -> Callable[[World], list[Target]]:
    def targets(world: World) -> list[Target]:
        rows = {key: world.support[f"{kind} {key}"].pk for key in STATES}
        found = [
            Target({name: _key(name, pk), code: deed}, f"{kind} {key} {deed}")
            for key, pk in rows.items()
            for deed in OPEN
        ]
        none = Target({name: _key(name, rows["asked"]), code: "nothing"}, f"{kind} asked nothing", absent=True)
        return [*found, none, Target({name: _key(name, NOBODY), code: "confirm"}, absent=True)]

    return targets


def _feeds(world: World) -> list[Target]:
    return [Target({"secret": world.support["feed"]}), Target({"secret": "x" * 43}, absent=True)]


# -- the links of tenants ----------------------------------------------------------------------------------------------
WRONG = "x" * 43
BY_LINK = {
    "withdraw": "asked",
    "cancel": "coming",
    "rate": "done",
}  # what the tenant does, and the state in which it is open


def _tenants(world: World) -> list[Target]:
    """Our own has a link, so that making one blindly is refused; the makerspace of the other unit has no title."""
    own, other = world.support["tenant"].pk, world.lines["other", "tenants"].pk
    return [
        Target({"pk": own}, "own", post=status(412)), Target({"pk": other}, "other"), Target({"pk": NOBODY}, absent=True),
    ]  # fmt: skip


def _revokable(world: World) -> list[Target]:
    return [replace(target, post=None) for target in _tenants(world)]


def _keeps_tenant(role: str, label: str) -> bool:
    """The unit that runs the makerspace."""
    return role in OWN if label == "own" else role == "applicant_other"


def _has_title_itself(role: str, label: str) -> bool:
    return label == "own"


def _links(world: World) -> list[Target]:
    found = world.support
    wrong = [Target({"secret": each}, absent=True) for each in (WRONG, found["revoked"])]
    return [Target({"secret": found["secret"]}), *wrong]


def _asked_by_link(world: World) -> list[Target]:
    """A mentor is asked through the link; not one without account, not a former one, and none through a dead link."""
    found, secret = world.support, world.support["secret"]
    absent = [Target({"secret": secret, "pk": found[key].pk}, absent=True) for key in ("invited", "former")]
    dead = [Target({"secret": each, "pk": found["mentor"].pk}, absent=True) for each in (WRONG, found["revoked"])]
    return [Target({"secret": secret, "pk": found["mentor"].pk}), *absent, *dead]


def _sessions_of_tenant(world: World) -> list[Target]:
    """Its own; what its makerspace asked for, and its own through a dead link, are not there."""
    found, secret = world.support, world.support["secret"]
    own = [Target({"secret": secret, "pk": found[f"tenant {key}"].pk}) for key in TENANT_STATES]
    others = [Target({"secret": secret, "pk": pk}, absent=True) for pk in (found["session asked"].pk, NOBODY)]
    dead = [Target({"secret": each, "pk": found["tenant asked"].pk}, absent=True) for each in (WRONG, found["revoked"])]
    return [*own, *others, *dead]


def _deeds_of_tenant(world: World) -> list[Target]:
    found, secret = world.support, world.support["secret"]
    own = [
        Target(
            {"secret": secret, "pk": found[f"tenant {key}"].pk, "deed": deed}, f"{key} {deed}",
            post=status(302) if deed == "withdraw" else None,
        )
        for key in TENANT_STATES
        for deed in BY_LINK
    ]  # fmt: skip
    asked = found["tenant asked"].pk
    none = [
        Target({"secret": secret, "pk": pk, "deed": deed}, absent=True)
        for pk, deed in ((asked, "confirm"), (asked, "nothing"), (found["session asked"].pk, "withdraw"))
    ]
    dead = [
        Target({"secret": each, "pk": asked, "deed": "withdraw"}, absent=True) for each in (WRONG, found["revoked"])
    ]
    return [*own, *none, *dead]


def _open_by_link(role: str, label: str) -> bool:
    key, _, deed = label.partition(" ")
    return BY_LINK[deed] == key


def _reads_own(role: str, label: str) -> bool:
    """What our own unit raised: itself, its district, the city."""
    return reads(role, "own")


def _keeps_own(role: str, label: str) -> bool:
    return keeps(role, "own")


def _struck(key: str) -> Callable[[World], list[Target]]:
    """A row of our own makerspace; under another one it is not there (C2)."""

    def targets(world: World) -> list[Target]:
        own, other, row = world.makerspaces["own"].pk, world.makerspaces["other"].pk, world.support[key].pk
        return [
            Target({"id": str(own), "row": str(row)}, key), Target({"id": str(other), "row": str(row)}, absent=True),
            Target({"id": str(own), "row": str(NOBODY)}, absent=True),
        ]  # fmt: skip

    return targets


def _has_title(role: str, label: str) -> bool:
    """The makerspace of the other unit has none."""
    return label.partition(" ")[0] != "other"


UNTITLED = "只有持有效“昆明市众创空间”称号的众创空间可以登记融资和挂牌"
ENTERS = {
    "get": status(),
    "shares": GET,
    "targets": by_id(places),
    "sees": reads,
    "may": keeps,
    "may_says": RAISED,
    "fits": _has_title,
    "fits_says": UNTITLED,
}
STRIKES = {"get": status(), "post": status(422), "sees": _reads_own, "may": _keeps_own, "may_says": RAISED}
DEEDS = {"sees": _sees, "may": _may, "may_says": "办理", "fits": _fits}
EDIT = {"may": _manages, "may_says": MANAGES, "post": status(422)}
ROWS: tuple[Row, ...] = (
    Row("support_facilities", FACILITY),
    Row("support_facility_new", frozenset({"bureau"}), post=status(422)),
    Row("support_openness", OVERSEE | {"provider"}),
    Row("support_openness_csv", OVERSEE | {"provider"}),
    Row("support_facility", FACILITY, targets=_objects("facility", "other")),
    Row("support_facility_edit", MANAGE, targets=_objects("facility", "other"), **EDIT),  # type: ignore[arg-type]
    Row("support_keeper_invite", frozenset({"bureau"}), targets=_objects("facility"), post=status(422)),
    Row("support_keeper_end", frozenset({"bureau"}), get=status(), post=status(302), targets=_keepers),
    Row("support_offer_new", MANAGE, targets=_objects("facility", "other"), **EDIT),  # type: ignore[arg-type]
    Row("support_offer", FACILITY, targets=_objects("offer", "other_offer")),
    Row("support_offer_edit", MANAGE, targets=_objects("offer", "other_offer"), **EDIT),  # type: ignore[arg-type]
    Row("support_offer_close", MANAGE, targets=_objects("offer", "other_offer"), **EDIT),  # type: ignore[arg-type]
    Row("support_offer_days", MANAGE, targets=_objects("offer", "other_offer"), **EDIT),  # type: ignore[arg-type]
    Row("support_book", frozenset({"applicant"}), targets=_objects("offer"), post=status(422)),
    Row("support_bookings", FACILITY),
    Row("support_booking", FACILITY, targets=_engagements("booking"), sees=_sees),
    Row("support_booking_act", FACILITY, targets=_deeds("booking"), post=status(422), **DEEDS),  # type: ignore[arg-type]
    Row("support_mentors", MENTOR),
    Row("support_mentor_new", frozenset({"bureau"}), post=status(422)),
    Row("support_mentor", MENTOR, targets=_objects("mentor", "invited", "former"), sees=_knows_mentor),
    Row(
        "support_mentor_edit", frozenset({"bureau"}), targets=_objects("mentor", "former"), post=status(422), fits=_serves,
        fits_says="已经解聘",
    ),
    Row(
        "support_mentor_invite", frozenset({"bureau"}), targets=_objects("mentor", "invited", "former"), post=status(422),
        fits=_awaited,
    ),
    Row(
        "support_mentor_end", frozenset({"bureau"}), targets=_objects("mentor", "former"), post=status(422), fits=_serves,
        fits_says="已经解聘",
    ),
    Row(
        "support_ask", frozenset({"applicant"}), targets=_objects("mentor", "former"), post=status(422),
        sees=_knows_mentor,
    ),
    Row("support_sessions", MENTOR),
    Row("support_session", MENTOR, targets=_engagements("session"), sees=_sees),
    Row("support_session_act", MENTOR, targets=_deeds("session"), post=status(422), **DEEDS),  # type: ignore[arg-type]
    Row("support_tenants", frozenset({"applicant"})),
    Row(
        "support_tenant_link", frozenset({"applicant"}), get=status(), post=status(200), targets=_tenants,
        sees=_keeps_tenant, fits=_has_title_itself, fits_says="不能生成约导师链接",
    ),
    Row(
        "support_tenant_link_revoke", frozenset({"applicant"}), get=status(), post=status(302), targets=_revokable,
        sees=_keeps_tenant,
    ),
    Row("support_mentoring", PUBLIC, targets=_links),
    Row("support_mentoring_ask", PUBLIC, post=status(422), targets=_asked_by_link),
    Row("support_mentoring_session", PUBLIC, targets=_sessions_of_tenant),
    Row(
        "support_mentoring_act", PUBLIC, post=status(422), targets=_deeds_of_tenant, fits=_open_by_link,
        fits_says="不能办理",
    ),
    Row("support_calendar", frozenset({"applicant", "provider", "mentor"})),
    Row("support_key", frozenset({"applicant", "provider", "mentor"}), get=status(), post=status(200)),
    Row("support_key_revoke", frozenset({"applicant", "provider", "mentor"}), get=status(), post=status(302)),
    Row("support_feed", PUBLIC, targets=_feeds),
    Row("support_financings", READERS),
    Row("support_financings_csv", READERS),
    Row("support_financing_new", frozenset({"applicant"}), post=status(422)),
    Row("support_financing", READERS, targets=_objects("financing"), sees=_reads_own),
    Row("support_financing_evidence", READERS, targets=_objects("financing"), sees=_reads_own),
    Row(
        "support_financing_strike", frozenset({"applicant"}), targets=_objects("financing"), post=status(422),
        sees=_reads_own,
    ),
    Row("support_listings", READERS),
    Row("support_listings_csv", READERS),
    Row("support_listing_new", frozenset({"applicant"}), post=status(422)),
    Row("support_listing", READERS, targets=_objects("listing"), sees=_reads_own),
    Row("support_listing_evidence", READERS, targets=_objects("listing"), sees=_reads_own),
    Row(
        "support_listing_strike", frozenset({"applicant"}), targets=_objects("listing"), post=status(422), sees=_reads_own,
    ),
    Row("portal_capital", PUBLIC),
    Row("portal_facilities", PUBLIC),
    Row("portal_facility", PUBLIC, targets=_objects("facility", "other")),
    Row("portal_mentors", PUBLIC),
    Row("api-1:capital", PUBLIC),
    Row("api-1:financings_list", TOKEN, targets=by_id(places), sees=reads, shares=POST),
    Row("api-1:financing_enter", TOKEN, post=status(415), **ENTERS),  # type: ignore[arg-type]
    Row("api-1:financing_strike", TOKEN, targets=_struck("financing"), **STRIKES),  # type: ignore[arg-type]
    Row("api-1:financing_evidence", TOKEN, targets=_struck("financing"), sees=_reads_own),
    Row("api-1:listings_list", TOKEN, targets=by_id(places), sees=reads, shares=POST),
    Row("api-1:listing_enter", TOKEN, post=status(415), **ENTERS),  # type: ignore[arg-type]
    Row("api-1:listing_strike", TOKEN, targets=_struck("listing"), **STRIKES),  # type: ignore[arg-type]
    Row("api-1:listing_evidence", TOKEN, targets=_struck("listing"), sees=_reads_own),
    Row("api-1:facilities_list", PUBLIC, shares=POST),
    Row("api-1:facility_enter", TOKEN, post=status(422), shares=GET, may=_bureau, may_says="市科技局经办处室"),
    Row(
        "api-1:offer_publish", TOKEN, get=status(), post=status(422), targets=_objects("facility", "other", name="id"),
        may=_manages, may_says=MANAGES,
    ),
    Row("api-1:openness", TOKEN, may=_measures, may_says="平台单位和市科技局"),
    Row("api-1:facility", PUBLIC, targets=_objects("facility", "other", name="id")),
    Row("api-1:offer_week", PUBLIC, targets=_objects("offer", name="id")),
    Row("api-1:mentors_list", PUBLIC, shares=POST),
    Row("api-1:mentor_appoint", TOKEN, post=status(422), shares=GET, may=_bureau, may_says="市科技局经办处室"),
    Row("api-1:booking_ask", TOKEN, get=status(), post=status(422), targets=_objects("offer", name="id")),
    Row("api-1:session_ask", TOKEN, get=status(), post=status(422), targets=_objects("mentor", name="id")),
    Row("api-1:bookings_list", TOKEN),
    Row("api-1:booking", TOKEN, targets=_engagements("booking", "id"), sees=_sees),
    Row(
        "api-1:booking_act", TOKEN, get=status(), post=status(200, 422), targets=_deeds("booking", "id", "act"),
        **DEEDS,  # type: ignore[arg-type]
    ),
    Row("api-1:sessions_list", TOKEN),
    Row("api-1:session", TOKEN, targets=_engagements("session", "id"), sees=_sees),
    Row(
        "api-1:session_act", TOKEN, get=status(), post=status(200, 422), targets=_deeds("session", "id", "act"),
        **DEEDS,  # type: ignore[arg-type]
    ),
)  # fmt: skip

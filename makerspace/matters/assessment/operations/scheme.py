"""The life of a scheme (article 18): the bureau writes it, another person, a leader, publishes it; then it stays."""

from datetime import date
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from makerspace.matters.assessment.models import Scheme, SchemeChange
from makerspace.matters.assessment.queries import scheme as queries
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation import in_force
from makerspace.regulation import scheme as law
from makerspace.regulation.scheme import Sketch
from makerspace.regulation.terms import Role

DRAFT, SUBMITTED, PUBLISHED, DISCARDED = (
    Scheme.State[name] for name in ("DRAFT", "SUBMITTED", "PUBLISHED", "DISCARDED")
)
LINK = "/work/assessment/schemes/{}/"
MOVED = "这份方案刚刚由另一位办理人修改或办理，请刷新后核对。"


@transaction.atomic
def draft_scheme(*, by: Person, on: date, sketch: Sketch) -> Scheme:
    """Begin a scheme from the default or from another one (article 18); nobody outside the bureau sees it yet."""
    _ask(Role.BUREAU, by, on)
    row = Scheme.objects.create(
        year=sketch.year, title=sketch.title, regulation=in_force(on).id, body=sketch.model_dump(mode="json"),
        digest=sketch.digest, changed_at=clock.now(), changed_by=by,
    )  # fmt: skip
    _note(row, "拟定草案", by=by)
    _record(row, "draft_scheme", by=by, role=Role.BUREAU, on=on, before="")
    return row


@transaction.atomic
def revise_scheme(row: Scheme, *, by: Person, on: date, seen: int, sketch: Sketch, what: str) -> Scheme:
    """Replace what stands in a draft; ``seen`` is the revision that the form was opened on."""
    _ask(Role.BUREAU, by, on)
    locked = _locked(row)
    if locked.state != DRAFT:
        raise refused("wrong_stage", f"方案{locked.get_state_display()}，不能再修改；需要修改的，请先退回。", 18)
    if locked.revision != seen:
        raise refused("changed_meanwhile", MOVED, 18)
    locked.title, locked.body, locked.digest = sketch.title, sketch.model_dump(mode="json"), sketch.digest
    locked.revision, locked.changed_at, locked.changed_by = locked.revision + 1, clock.now(), by
    locked.save()
    _note(locked, what, by=by)
    return locked


@transaction.atomic
def submit_scheme(row: Scheme, *, by: Person, on: date, seen: int) -> Scheme:
    """Hand a whole draft to the leaders; from now on it only changes if it comes back."""
    _ask(Role.BUREAU, by, on)
    locked = _locked(row)
    _ask_state(locked, DRAFT, "送审")
    if locked.revision != seen:
        raise refused("changed_meanwhile", MOVED, 18)
    _ask_whole(locked)
    _ask_free(locked)
    _move(locked, SUBMITTED, "送局领导审定", "submit_scheme", by=by, role=Role.BUREAU, on=on)
    tell(
        queries.leaders(on),
        f"待发布：{locked.year}年度考核方案", f"{by}已将《{locked.title}》送审，请核对后发布，或退回修改。",
        link=LINK.format(locked.pk), stream=locked.stream,
    )  # fmt: skip
    return locked


@transaction.atomic
def return_scheme(row: Scheme, *, by: Person, on: date, reason: str) -> Scheme:
    """Send it back to be changed: a leader, or the bureau that wants it back; with the reason."""
    roles = by.capacity(on).roles
    role = Role.LEADER if Role.LEADER in roles else Role.BUREAU
    _ask(role, by, on)
    locked = _locked(row)
    _ask_state(locked, SUBMITTED, "退回")
    _move(locked, DRAFT, f"退回修改：{reason}"[:400], "return_scheme", by=by, role=role, on=on, reason=reason)
    tell(
        [locked.changed_by], f"已退回：{locked.year}年度考核方案", f"{by}退回了《{locked.title}》。理由：{reason}",
        link=LINK.format(locked.pk), stream=locked.stream,
    )  # fmt: skip
    return locked


@transaction.atomic
def publish_scheme(row: Scheme, *, by: Person, on: date, read: str) -> Scheme:
    """Publish it for its year; ``read`` is the digest that the leader saw. From then on the database keeps it as it is.

    Refused to whoever wrote any of it (two people), and where the year already has a published scheme.
    """
    _ask(Role.LEADER, by, on)
    locked = _locked(row)
    _ask_state(locked, SUBMITTED, "发布")
    if queries.edited_by(by, locked):
        raise refused("not_yours", "您参与拟定了这份方案，须由另一位局领导发布。", 18)
    if locked.digest != read:
        raise refused("changed_meanwhile", MOVED, 18)
    _ask_whole(locked)
    _ask_free(locked)
    locked.published_on, locked.published_by = on, by
    _move(locked, PUBLISHED, "发布", "publish_scheme", by=by, role=Role.LEADER, on=on, digest=locked.digest)
    tell(
        [locked.changed_by], f"已发布：{locked.year}年度考核方案", f"《{locked.title}》已发布，内容固定，不能再修改。",
        link=LINK.format(locked.pk), stream=locked.stream,
    )  # fmt: skip
    return locked


@transaction.atomic
def discard_scheme(row: Scheme, *, by: Person, on: date) -> Scheme:
    """Throw a draft away; it leaves the lists, its history stays."""
    _ask(Role.BUREAU, by, on)
    locked = _locked(row)
    _ask_state(locked, DRAFT, "作废")
    _move(locked, DISCARDED, "作废草案", "discard_scheme", by=by, role=Role.BUREAU, on=on)
    return locked


# -- asking and writing -------------------------------------------------------------------------------------------------


def _ask(role: Role, by: Person, on: date) -> None:
    if role not in by.capacity(on).roles:
        who = "局领导发布" if role is Role.LEADER else "市科技局经办处室拟定"
        raise refused("not_yours", f"考核方案由{who}。", 18)


def _ask_state(row: Scheme, state: str, verb: str) -> None:
    if row.state != state:
        raise refused("wrong_stage", f"方案现为“{row.get_state_display()}”，不能{verb}。", 18)


def _ask_whole(row: Scheme) -> law.Scheme:
    try:
        return queries.scheme_of(row)
    except ValidationError:
        text = "；".join(queries.sketch_of(row).faults())
        raise refused("invalid", f"方案还不完整，不能送审：{text}。", 18) from None


def _ask_free(row: Scheme) -> None:
    """One published scheme a year; the rows of the year are locked, so that two leaders can't publish two."""
    if Scheme.objects.filter(year=row.year, state=PUBLISHED).exists():
        raise refused("wrong_stage", f"{row.year}年度已有发布的考核方案，每年只有一份。", 18)


def _locked(row: Scheme) -> Scheme:
    """The scheme as it is now, with all of its year locked, always in the same order: so no two wait for each other.

    Nothing is joined: PostgreSQL would lose a row whose joined person changed while it waited.
    """
    rows = {each.pk: each for each in Scheme.objects.select_for_update().filter(year=row.year).order_by("pk")}
    return rows[row.pk]


def _move(
    row: Scheme, state: Scheme.State, what: str, act: str, *, by: Person, role: Role, on: date, **data: Any
) -> None:
    """The one place where a scheme's state changes."""
    before, row.state = row.state, state
    row.save()
    _note(row, what, by=by, edits=False)
    _record(row, act, by=by, role=role, on=on, before=before, **data)


def _note(row: Scheme, what: str, *, by: Person, edits: bool = True) -> None:
    SchemeChange.objects.create(
        scheme=row, revision=row.revision, what=what, digest=row.digest, edits=edits, by=by, at=clock.now()
    )


def _record(row: Scheme, act: str, *, by: Person, role: Role, on: date, before: str, **data: Any) -> None:
    append(
        row.stream, act, by=by, role=role, on=on, articles=(18,), regulation=row.regulation, before=before,
        after=row.state, data={"year": row.year, "digest": row.digest, "revision": row.revision, **data},
    )  # fmt: skip

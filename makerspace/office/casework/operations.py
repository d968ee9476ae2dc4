"""Opening a case and moving it: ``advance()`` is the only gate."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError

from makerspace.office.casework import queries
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.memory import remembering
from makerspace.office.casework.models import Answer, Assignment, Case, Counter
from makerspace.office.casework.refusals import Refused, cited, refused
from makerspace.office.notify.operations import Note, tell_each
from makerspace.office.people.models import Authority, Organisation, Person
from makerspace.office.prepared import Prepared, Update
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation import by_id
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Move, Role

LINK = "/work/cases/{number}/"
LONGEST_KEY = 200
KEY_HEADER = "Idempotency-Key"


@transaction.atomic(savepoint=False)
def open_case(
    kind: str,
    *,
    regulation: str,
    organisation: Organisation,
    authority: Authority,
    on: date,
    by: Actor,
    subject: str = "",
    category: str = "",
    filed: bool = False,
) -> Case:
    """Open a case in the first stage of its kind; it has no entry in the record yet.

    ``filed`` is for a case that the office opens, which nobody has to hand in before the office sees it.
    """
    procedure = by_id(regulation).procedures[kind]
    number = next_number(f"{procedure.prefix}-{on.year}-")
    case = Case(
        number=number, kind=kind, regulation=regulation, stage=procedure.first.code, stage_since=on, opened_on=on,
        organisation=organisation, authority=authority, subject=subject, category=category,
        search=_searched(number, subject, organisation), filed_on=on if filed else None,
    )  # fmt: skip
    if filed:
        case.due_on = queries.usual_due(case, case.stage, on)
    return Case.objects.add_row(case)


def next_number(series: str, width: int = 4) -> str:
    """The next number of a series such as ``KM-2026-``; the row is locked until the transaction ends."""
    return next_numbers(series, 1, width)[0]


def next_numbers(series: str, count: int, width: int = 4) -> list[str]:
    """So many of them in a row."""
    rows = Counter.objects.filter(name=series)
    if not rows.update(value=F("value") + count):
        Counter.objects.get_or_create(name=series)
        rows.update(value=F("value") + count)
    last = _counted(series=series)[0]
    return [f"{series}{number:0{width}d}" for number in range(last - count + 1, last + 1)]


_counted = Prepared(lambda series: Counter.objects.filter(name=series).values_list("value", flat=True))


def describe(case: Case, *, subject: str, category: str, authority: Authority) -> None:
    """Keep what lists show and search in step with the matter's own facts."""
    search = _searched(case.number, subject, case.organisation)
    changes = {"subject": subject, "category": category, "authority": authority, "search": search}
    _described(changes, pk=case.pk)
    case.subject, case.category, case.authority, case.search = subject, category, authority, search


_described = Update(lambda pk: Case.objects.filter(pk=pk))


def _searched(number: str, subject: str, organisation: Organisation) -> str:
    return f"{number} {subject} {organisation.name}".lower()


def hand_to(case: Case, organisation: Organisation, *, subject: str) -> None:
    """Another unit stands in the case from now on; the caller's act seals why, and it is told apart by its version."""
    Case.objects.filter(pk=case.pk).update(organisation=organisation, version=F("version") + 1)
    case.organisation = organisation
    describe(case, subject=subject, category=case.category, authority=case.authority)


def lock(case: Case) -> Case:
    """The case as it is now, locked until the transaction ends (on SQLite the whole database is)."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A case is locked within a transaction only.")
    locked = _locked(pk=case.pk)[0]
    _carry_over(case, locked)
    return locked


_locked = Prepared(lambda pk: Case.objects.select_for_update().filter(pk=pk))


def _carry_over(case: Case, locked: Case) -> None:
    """Keep the unit and the authority that were read with the case, where they were and it still has the same."""
    if case.organisation_id == locked.organisation_id and Case.organisation.is_cached(case):
        locked.organisation = case.organisation
    if case.authority_id == locked.authority_id and Case.authority.is_cached(case):
        locked.authority = case.authority


def advance(
    case: Case,
    act: str,
    *,
    by: Actor,
    on: date,
    data: Mapping[str, Any] | None = None,
    to: str | None = None,
    due_on: date | None = None,
) -> Case:
    """Take one row of the procedure: ask, move, record, tell. Returns the case as it is afterwards.

    ``to`` picks among several targets. ``due_on`` is the last day that a rule or a notice sets, in place of the usual
    term (``queries.usual_due``). Raises ``Refused``; then nothing has changed. Within the operation's transaction only:
    with one of its own, every act would set and release a savepoint that nobody goes back to.
    """
    case = lock(case)
    move = _move(case, act)
    with remembering():
        refusal = queries.why_not(by, move, case, on=on)
        if refusal:
            raise Refused(refusal)
        role = queries.acting_role(by, move, case, on) or Role.CLOCK
    former, after = queries.stage_of(case), _target(move, to) or case.stage
    _write_stage(case, move, after, on, due_on)
    append(
        case.number, act, by=by if isinstance(by, Person) else None, role=role, on=on, articles=move.articles,
        regulation=case.regulation, before=former.code, after=after, data=data,
    )  # fmt: skip
    if after != former.code:
        _hand_over(case, move, on, told=None if former.holder is role else former.holder)
    if queries.stage_of(case).final:
        _all_seats({"until": on}, case=case.pk)
    return case


_all_seats = Update(lambda case: Assignment.objects.filter(case=case, until=None))


def _move(case: Case, act: str) -> Move:
    procedure = queries.procedure_of(case)
    if not procedure.has(act):
        raise refused("not_found", f"“{procedure.label}”没有名为 {act[:40]} 的办理事项。")
    return procedure.move(act)


def _target(move: Move, to: str | None) -> str | None:
    if to is None and len(move.targets) == 1:
        return move.targets[0]
    if to is not None and to not in move.targets:
        raise refused("invalid", f"“{move.label}”不能转到这个环节。", *move.articles)
    return to


def _write_stage(case: Case, move: Move, after: str, on: date, due_on: date | None) -> None:
    """A guarded UPDATE over the version that was locked: where another got in between, nothing is written."""
    procedure = queries.procedure_of(case)
    stage = procedure.stage(after)
    fields: dict[str, Any] = {"version": case.version + 1}
    if move.targets:
        fields |= {"stage": after, "stage_since": on, "due_on": queries.usual_due(case, after, on)}
    if due_on is not None:
        fields["due_on"] = due_on
    if case.filed_on is None and case.stage == procedure.first.code and after != case.stage and not stage.final:
        fields["filed_on"] = on
    if stage.final and move.targets:
        fields |= {"closed_on": on, "due_on": None}
    if not _moved(fields, pk=case.pk, version=case.version):
        raise refused("wrong_stage", "另一位办理人刚刚办理了本件，请刷新后查看最新进展。", *move.articles)
    for name, value in fields.items():
        setattr(case, name, value)


_moved = Update(lambda pk, version: Case.objects.filter(pk=pk, version=version))


def _hand_over(case: Case, move: Move, on: date, *, told: Role | None) -> None:
    """Tell the applicant where the case is, and those who hold it now that it waits for them.

    ``told`` are those who held it and did not act themselves: where it has ended, they are told that it has.
    """
    stage, holder_role, link = queries.stage_of(case), queries.holder_of(case), LINK.format(number=case.number)
    basis = f"（依据：{cited(move.articles)}）" if move.articles else ""
    name = case.subject or case.number
    due = f"，办理期限{chinese(case.due_on)}" if case.due_on else ""
    holder = queries.holder_name(case)
    waiting = f"，由{holder}办理{due}" if holder and stage.holder is not Role.CLOCK else ""
    done = Note(
        f"{case.number}：{move.label}",
        f"“{name}”已办理“{move.label}”{basis}，现处于“{stage.label}”环节{waiting}。",
        link,
        case.number,
    )
    people = list(queries.people_of(case, Role.APPLICANT, on))
    if stage.final and told not in {None, Role.APPLICANT, Role.CLOCK}:
        people += queries.people_of(case, told, on)
    notes = [(person, done) for person in dict.fromkeys(people)]
    if holder_role not in {None, Role.APPLICANT, Role.CLOCK}:
        to_do = Note(
            f"待办：{name}（{stage.label}）", f"{case.number}“{name}”进入“{stage.label}”环节{due}。", link, case.number
        )
        notes += [(person, to_do) for person in queries.people_of(case, holder_role, on)]
    tell_each(notes)


def assign(case: Case, people: Iterable[Person], role: str, *, on: date, cleared: bool = True) -> list[Assignment]:
    """Seat people on a case."""
    return Assignment.objects.add_rows(
        Assignment(case=case, person=person, role=role, since=on, cleared=cleared) for person in people
    )


def release(case: Case, person: Person, role: str, *, on: date) -> None:
    """End a seat; what its holder may see of the case ends with it."""
    _seat({"until": on}, case=case.pk, person=person.pk, role=role)


def release_all(case: Case, role: str, *, on: date) -> None:
    """End every seat of that role on the case."""
    _seats_of({"until": on}, case=case.pk, role=role)


_seats_of = Update(lambda case, role: Assignment.objects.filter(case=case, role=role, until=None))


def clear(case: Case, person: Person, role: str) -> None:
    """Open the file to the holder of a seat."""
    _seat({"cleared": True}, case=case.pk, person=person.pk, role=role)


_seat = Update(lambda case, person, role: Assignment.objects.filter(case=case, person=person, role=role, until=None))


def once(
    person: Person, path: str, key: str, request: bytes, answer: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Answer a request that bears a key: (status, body, replayed). The same key and content get the same answer.

    ``answer`` runs in the transaction that keeps its result, so a crash leaves neither. The same key with other
    content is refused. Only successful answers are kept: a refusal changed nothing and may be tried again.
    """
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise refused(
            "invalid", f"幂等键应为不超过{LONGEST_KEY}个可见字符。", fields={KEY_HEADER: "过长或含有不可见字符"}
        )
    digest = hashlib.sha256(request).hexdigest()
    try:
        with transaction.atomic():
            kept = Answer.objects.create(person=person, path=path, key=key, request_digest=digest, at=clock.now())
            status, body = answer()
            kept.status, kept.body = status, json.dumps(body, ensure_ascii=False)
            kept.save(update_fields=["status", "body"])
            return status, body, False
    except IntegrityError:
        earlier = Answer.objects.filter(person=person, path=path, key=key).first()
        if earlier is None:
            raise
    if earlier.request_digest != digest:
        raise refused("invalid", "同一个幂等键已用于另一份内容，请换一个键。", fields={KEY_HEADER: "已用于另一份内容"})
    return earlier.status, json.loads(earlier.body), True

"""Which cases a person may see, what waits for whom, and why an act may not be taken."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.formats import date_format

from makerspace.office.casework import acts
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.memory import remember, remembering
from makerspace.office.casework.models import Assignment, Case
from makerspace.office.casework.parameters import setting
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.people.capacity import Capacity
from makerspace.office.people.models import Membership, Person, Post
from makerspace.office.prepared import Prepared
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation import VERSIONS, by_id
from makerspace.regulation.counting import count_days
from makerspace.regulation.terms import Duty, Move, Procedure, Role, Stage

SEES_ALL = frozenset({Role.BUREAU, Role.LEADER, Role.AUDITOR, Role.DISCIPLINE})
PANEL = "panel"
DUE_SOON = timedelta(days=3)


def procedure_of(case: Case) -> Procedure:
    """The table of moves that governs the case: that of its own version, for life."""
    return by_id(case.regulation).procedures[case.kind]


def stage_of(case: Case) -> Stage:
    """Where the case stands."""
    return procedure_of(case).stage(case.stage)


def usual_due(case: Case, stage: str, on: date) -> date | None:
    """The last day of a stage's usual term, for a case that enters it on ``on``; None where the stage has no term."""
    term = procedure_of(case).stage(stage).term
    if term is None:
        return None
    return count_days(on, setting(case.regulation, term, on), unit="working").last_day


def visible_to(person: Person, on: date | None = None) -> QuerySet[Case]:
    """Every case that ``person`` may see on ``on``, and no other; all lists, pages, files, counts start here (C2)."""
    capacity = person.capacity(on or clock.today())
    if capacity.roles & SEES_ALL:
        return Case.objects.all()
    seen = Q(pk__in=())
    if capacity.organisations:
        seen |= Q(organisation__in=capacity.organisations)
    if capacity.authorities:
        seen |= Q(authority__in=capacity.authorities)
    if Role.EXPERT in capacity.roles:
        seats = Assignment.objects.filter(case=OuterRef("pk"), person=person, role=PANEL, until=None)
        seen |= Q(Exists(seats))
    if Role.AGENCY in capacity.roles:
        for kind, stage in _open_to_agencies():
            seen |= Q(kind=kind, stage=stage)
    return Case.objects.filter(seen)


@lru_cache(maxsize=1)
def _open_to_agencies() -> frozenset[tuple[str, str]]:
    """Kind and stage wherever another office has a move: these cases it sees, and no others."""
    tables = (table for version in VERSIONS for table in version.procedures.values())
    moves = ((table.kind, move) for table in tables for move in table.moves if Role.AGENCY in move.by)
    return frozenset((kind, stage) for kind, move in moves for stage in move.sources)


def _open_to_agency(capacity: Capacity, case: Case) -> bool:
    return Role.AGENCY in capacity.roles and (case.kind, case.stage) in _open_to_agencies()


def sees(person: Person, case: Case, on: date) -> bool:
    """Whether ``case`` is among what ``visible_to(person, on)`` finds; asked of a case that is at hand, such as a locked one."""
    capacity = person.capacity(on)
    if capacity.roles & SEES_ALL:
        return True
    if case.organisation_id in capacity.organisations or case.authority_id in capacity.authorities:
        return True
    return _open_to_agency(capacity, case) or (Role.EXPERT in capacity.roles and is_seated(person, case))


def has_cases(organisation: int, *, filed: bool = False) -> bool:
    """Whether the organisation (primary key) has any case, or with ``filed`` one that was handed in."""
    cases = Case.objects.filter(organisation=organisation)
    return (cases.filter(filed_on__isnull=False) if filed else cases).exists()


def under_way(which: Q) -> QuerySet[Case]:
    """The cases of a matter that are not closed, whoever may see them: for acts that carry them along."""
    return Case.objects.filter(which, closed_on=None)


def as_it_is(case: Case) -> Case:
    """The case read anew, with what pages and answers show of it."""
    return Case.objects.select_related("organisation", "authority").get(pk=case.pk)


def fetch(person: Person, number: str, on: date | None = None) -> Case:
    """The case of that number, if this person may see it; else the same refusal as for none at all (C4)."""
    found = _by_number(number=number)
    if not found or not sees(person, found[0], on or clock.today()):
        raise Refused(NOT_THERE)
    return found[0]


_by_number = Prepared(
    lambda number: Case.objects.select_related("organisation", "authority").filter(number=number),
)
NOT_THERE = Refusal("not_found", "没有找到这个办件，或者它不在您的查看范围内。")


def sees_content(person: Person, case: Case, on: date | None = None) -> bool:
    """Whether the dossier and files may be shown: a draft only to its applicant, an expert only once cleared."""
    capacity = person.capacity(on or clock.today())
    if case.organisation_id in capacity.organisations:
        return True
    if case.filed_on is None:
        return False
    if capacity.roles & SEES_ALL or case.authority_id in capacity.authorities:
        return True
    return _open_to_agency(capacity, case) or bool(_seat(person, case))


def acting_role(actor: Actor, move: Move, case: Case, on: date) -> Role | None:
    """In which capacity the actor may take this move on this case; None where in none."""
    if isinstance(actor, Role):
        return actor if actor in move.by else None
    capacity, act = actor.capacity(on), acts.find(case.kind, move.act)
    order = act.order if act and len(capacity.roles & set(move.by)) > 1 else None
    for role in order(case, actor, on) if order else move.by:
        if role in capacity.roles and _at_home(role, actor, capacity, case) and carries(move, role, capacity, case):
            return role
    return act.stand_in(case, actor, on) if act and act.stand_in else None


def _at_home(role: Role, actor: Person, capacity: Capacity, case: Case) -> bool:
    """Whether the capacity reaches this case: one's own organisation, one's own district, one's own seat."""
    if role is Role.APPLICANT:
        return case.organisation_id in capacity.organisations
    if role is Role.DISTRICT:
        return case.authority_id in capacity.authorities
    return role is not Role.EXPERT or is_seated(actor, case)


def is_seated(person: Person, case: Case) -> bool:
    """Whether the person sits on the case's panel now."""
    return _seat(person, case) is not None


def _seat(person: Person, case: Case) -> bool | None:
    """The person's seat on the panel: None where there is none, else whether it is cleared."""
    seats = remember(case, ("seat", person.pk), lambda: _seats(case=case.pk, person=person.pk))
    return next(iter(seats), None)


_seats = Prepared(
    lambda case, person: Assignment.objects.filter(case=case, person=person, role=PANEL, until=None).values_list(
        "cleared", flat=True
    )
)


def carries(move: Move, role: Role, capacity: Capacity, case: Case) -> bool:
    """Whether the very office in which one would act carries the duty that the move asks for, if it asks for one."""
    return move.duty is None or capacity.carries(move.duty, role, case.authority_id)


def is_party(role: Role, capacity: Capacity, case: Case) -> bool:
    """Whether somebody who would act for the office belongs to the applying unit, and so stands back."""
    return role is not Role.APPLICANT and case.organisation_id in capacity.organisations


def why_not(actor: Actor, move: Move, case: Case, *, on: date) -> Refusal | None:
    """Why the actor may not take this move now: visibility, then role, then separation, then stage, then guards."""
    with remembering():
        if isinstance(actor, Person) and not sees(actor, case, on):
            return NOT_THERE
        return why_not_seen(actor, move, case, on=on)


def why_not_seen(actor: Actor, move: Move, case: Case, *, on: date) -> Refusal | None:
    """As ``why_not``, for a case that was fetched through ``visible_to`` already."""
    refusal = why_not_unguarded(actor, move, case, on=on)
    if refusal:
        return refusal
    act = acts.find(case.kind, move.act)
    refusals = (guard(case, actor, on) for guard in (act.guards if act else ()))
    return next((refusal for refusal in refusals if refusal), None)


def why_not_unguarded(actor: Actor, move: Move, case: Case, *, on: date) -> Refusal | None:
    """As ``why_not_seen``, whatever the guards say."""
    role = acting_role(actor, move, case, on)
    if role is None:
        return Refusal("not_yours", f"“{move.label}”由{who(move, case)}办理，您目前的身份不能办理。", move.articles)
    if isinstance(actor, Person) and is_party(role, actor.capacity(on), case):
        return Refusal("not_yours", f"您是申报单位成员，应当回避，“{move.label}”由其他人员办理。", move.articles)
    if case.stage not in move.sources:
        return Refusal("wrong_stage", _elsewhere(move, case), move.articles)
    if role is Role.LEADER and isinstance(actor, Person) and has_handled(actor, case):
        return Refusal(
            "not_yours", "您参加过本件的申报、审核、查验或评审，按经办与决定分离的要求，不能再作决定。", move.articles
        )
    return None


def has_handled(person: Person, case: Case) -> bool:
    """Whether the record shows this person as applicant or expert, or in an act of review, visit or handling."""
    return remember(case, ("handled", person.pk), lambda: bool(_barring(person=person.pk, stream=case.number)))


def handled_by(person: Person) -> QuerySet[Entry]:
    """The acts as applicant or expert, or of review, visit or handling, that bar from a leader's act on the same case."""
    return _bars().filter(person=person)


def _bars() -> QuerySet[Entry]:
    return Entry.objects.filter(Q(act__in=_handling_acts()) | Q(role__in=(Role.APPLICANT, Role.EXPERT)))


_barring = Prepared(
    lambda person, stream: _bars().filter(person=person, stream=stream).values_list("pk", flat=True)[:1]
)


def barred_from_deciding(case: Case) -> QuerySet[Entry, int]:
    """The keys of those whom the record of this case bars from a leader's act on it."""
    rows = Entry.objects.filter(stream=case.number, act__in=_handling_acts(), person__isnull=False)
    return rows.values_list("person", flat=True)


@lru_cache(maxsize=1)
def _handling_acts() -> tuple[str, ...]:
    tables = (table for version in VERSIONS for table in version.procedures.values())
    return tuple({move.act for table in tables for move in table.moves if move.handles})


def moves_now(actor: Actor, case: Case, *, on: date) -> list[tuple[Move, Refusal | None]]:
    """The moves of the present stage, each with the reason why this actor may not take it, or None."""
    table = procedure_of(case)
    with remembering():
        return [(move, why_not_seen(actor, move, case, on=on)) for move in table.moves if case.stage in move.sources]


def waiting_for(person: Person, on: date | None = None) -> QuerySet[Case]:
    """The open cases whose next step is this person's, the most urgent first."""
    day = on or clock.today()
    capacity = person.capacity(day)
    held = {role: _stages_held_by(role) for role in capacity.roles}
    mine = Q(pk__in=())
    if held.get(Role.DISTRICT):
        mine |= Q(stage__in=held[Role.DISTRICT], authority__in=capacity.authorities)
    if held.get(Role.EXPERT):
        seats = Assignment.objects.filter(case=OuterRef("pk"), person=person, role=PANEL, until=None)
        mine |= Q(Exists(seats), stage__in=held[Role.EXPERT])
    for role in (Role.BUREAU, Role.DISCIPLINE):
        if held.get(role):
            mine |= Q(stage__in=held[role])
    free = ~Q(Exists(handled_by(person).filter(stream=OuterRef("number"))))
    if held.get(Role.LEADER):
        mine |= Q(stage__in=held[Role.LEADER]) & free
    for turn in acts.all_turns():
        handed_on = Q(kind=turn.kind, stage=turn.stage) & turn.when()
        if turn.role in capacity.roles:
            mine |= handed_on & free if turn.role is Role.LEADER else handed_on
        elif any(turn.stage in stages for stages in held.values()):
            mine &= ~handed_on
    if capacity.organisations:  # for the office one stands back where one's own unit applies
        own = Q(organisation__in=capacity.organisations)
        mine = (mine & ~own) | (own & Q(stage__in=held.get(Role.APPLICANT, ())))
    return visible_to(person, day).filter(mine).order_by(F("due_on").asc(nulls_last=True), "id")


@lru_cache(maxsize=32)
def _stages_held_by(role: Role) -> tuple[str, ...]:
    tables = (table for version in VERSIONS for table in version.procedures.values())
    return tuple({stage.code for table in tables for stage in table.stages if stage.holder is role})


def people_of(case: Case, role: Role, on: date) -> list[Person]:
    """Who holds the role towards this case on ``on``: the people to be told."""
    if role is Role.APPLICANT:
        return _members(organisation=case.organisation_id, on=on)
    if role is Role.EXPERT:
        return _panel(case=case.pk)
    if role is Role.DISTRICT:
        return _district(authority=case.authority_id, on=on)
    return in_post(role, on)


def in_post(role: Role, on: date) -> list[Person]:
    """Who holds an office of the city on ``on``."""
    return _in_post(role=role.value, on=on)


def _active(people: QuerySet[Any]) -> QuerySet[Person]:
    return Person.objects.filter(is_active=True, pk__in=people.values("person"))


def _posts(role: object, on: object) -> QuerySet[Post]:
    return Post.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), role=role, valid_from__lte=on)


_members = Prepared(
    lambda organisation, on: _active(
        Membership.objects.filter(Q(until=None) | Q(until__gte=on), organisation=organisation)
    )
)
_panel = Prepared(lambda case: _active(Assignment.objects.filter(case=case, role=PANEL, until=None)))
_district = Prepared(lambda authority, on: _active(_posts(Role.DISTRICT.value, on).filter(authority=authority)))
_in_post = Prepared(lambda role, on: _active(_posts(role, on)))


ROLE_NAMES = {
    Role.APPLICANT: "申报单位", Role.DISTRICT: "科技主管部门", Role.BUREAU: "市科技局经办处室", Role.LEADER: "市科技局负责人",
    Role.EXPERT: "专家组", Role.DISCIPLINE: "异议受理人员", Role.CLOCK: "系统（到期自动）", Role.PUBLIC: "社会公众",
    Role.AUDITOR: "审计人员", Role.AGENCY: "其他部门", Role.PROVIDER: "平台单位", Role.MENTOR: "导师",
    Role.SYSTEM_ADMIN: "系统管理员", Role.SECURITY_ADMIN: "安全管理员", Role.AUDIT_ADMIN: "审计管理员",
}  # fmt: skip

DUTY_NAMES = {Duty.COUNTER: "窗口收件", Duty.PAYER: "拨付"}


def who(move: Move, case: Case) -> str:
    """Who takes the move, in words that an applicant understands."""
    names = [case.authority.office if role is Role.DISTRICT else ROLE_NAMES[role] for role in move.by]
    duty = f"承担{DUTY_NAMES[move.duty]}职责的人员" if move.duty else ""
    return "或".join(names) + duty


def holder_of(case: Case) -> Role | None:
    """Whose step is next: the stage's holder, unless the matter has handed it on; None where the case is closed."""
    turn = acts.turn_in(case.kind, case.stage)
    if turn and Case.objects.filter(turn.when(), pk=case.pk).exists():
        return turn.role
    return stage_of(case).holder


def holder_name(case: Case) -> str:
    """Who holds the case now, in words; empty where it is closed."""
    holder = holder_of(case)
    if holder is None:
        return ""
    return case.authority.office if holder is Role.DISTRICT else ROLE_NAMES[holder]


def _elsewhere(move: Move, case: Case) -> str:
    """What happened meanwhile: the stage now, and who took the last act when."""
    last = next(iter(_last_entry(stream=case.number)), None)
    stage = stage_of(case).label
    if last is None:
        return f"本件现处于“{stage}”环节，不能办理“{move.label}”。"
    label = procedure_of(case).move(last.act).label if procedure_of(case).has(last.act) else last.act
    act = acts.find(case.kind, last.act)
    named = last.person and last.role != Role.EXPERT and not (act and act.unnamed)
    doer = str(last.person) if named else ROLE_NAMES[Role(last.role)]
    at = date_format(last.at.astimezone(clock.KUNMING), "Y-m-d H:i")
    return f"本件现处于“{stage}”环节，不能办理“{move.label}”。最近一次办理：{doer}于{at}办理“{label}”。"


_last_entry = Prepared(lambda stream: Entry.objects.filter(stream=stream).select_related("person").order_by("-seq")[:1])

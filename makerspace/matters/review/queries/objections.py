"""Reading objections: by receipt for the objector, by desk for those who may handle them, by case for the rest."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from makerspace.matters.review.models import Investigation, NonAdmission, Objection
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.documents.codes import normalise
from makerspace.office.documents.queries import papers_of
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role

HANDLING = ("admit_objection", "not_admit_objection", "investigate_objection")
DECIDING = ("dismiss_objections", "uphold_objection")
READS_ALL = frozenset({Role.DISCIPLINE, Role.LEADER, Role.AUDITOR})
NEXT = {
    "received": "由未经办过该申报的人员审查是否受理",
    "admitted": "正在核查，核查后答复您",
    "investigated": "核查已完成，报市科技局负责人决定",
    "not_admitted": "",
    "dismissed": "",
    "upheld": "",
    "ended": "",
}
ENDED = "申报单位已撤回申报，本件办结，不再进入公布程序，对它提出的异议随之终止办理。"


def has_acted(person: Person, case: Case) -> bool:
    """Whether the person took any act on the case but those on objections."""
    return Entry.objects.filter(stream=case.number, person=person).exclude(act__in=HANDLING).exists()


def visible_objections(person: Person, on: date) -> QuerySet[Objection]:
    """Objections whose content ``person`` may read: discipline, leaders, auditors; of the bureau whoever took no act on
    the case, since only they may handle it. Nobody else: the facts alone may betray the objector."""
    roles = person.capacity(on).roles
    rows = Objection.objects.select_related("case", "notice", "handler").order_by("-id")
    if roles & READS_ALL:
        return rows
    if Role.BUREAU not in roles:
        return rows.none()
    acted = Entry.objects.filter(stream=OuterRef("case__number"), person=person).exclude(act__in=HANDLING)
    return rows.exclude(Exists(acted))


def open_objections(case: Case) -> QuerySet[Objection]:
    """The objections that still hold a case."""
    return Objection.objects.filter(case=case, state__in=Objection.OPEN).order_by("id")


def in_handling() -> QuerySet[Objection]:
    """The objections that are still to be admitted or looked into; the other open ones wait for a leader."""
    return Objection.objects.filter(state__in=(Objection.State.RECEIVED, Objection.State.ADMITTED))


def waits_for_leader() -> Q:
    """Of cases in objection_review those in which nothing is left to be looked into: a leader decides."""
    return ~Q(Exists(in_handling().filter(case=OuterRef("pk"))))


def pending_non_admission(objection: Objection) -> NonAdmission | None:
    """A proposal not to admit that waits for a second person."""
    return NonAdmission.objects.filter(objection=objection, confirmed_on=None).select_related("by").first()


def pending_of(case: Case) -> QuerySet[NonAdmission]:
    """The proposals not to admit an objection to this case that wait for a second person."""
    return NonAdmission.objects.filter(objection__case=case, confirmed_on=None)


def handlers_of(case: Case, on: date, *, but: Person | None = None) -> QuerySet[Person]:
    """Whoever may handle an objection to this case: discipline and the bureau, but those who took another act on it."""
    people = [*cases.people_of(case, Role.DISCIPLINE, on), *cases.people_of(case, Role.BUREAU, on)]
    acted = Entry.objects.filter(stream=case.number, person=OuterRef("pk")).exclude(act__in=HANDLING)
    able = Person.objects.filter(pk__in=[person.pk for person in people])
    return able.exclude(Exists(acted)).exclude(pk=but.pk if but else 0).order_by("pk")


def may_open_identity(person: Person, objection: Objection, on: date) -> bool:
    """Its handler, discipline, and the leader who decides it now."""
    roles = person.capacity(on).roles
    if objection.handler_id == person.pk or Role.DISCIPLINE in roles:
        return True
    decides = Role.LEADER in roles and objection.case.stage == "objection_review"
    return decides and not cases.has_handled(person, objection.case)


class Look(NamedTuple):
    """One opening of an objector's identity."""

    who: str
    at: datetime


def looks_at(objection: Objection) -> list[Look]:
    """Who opened the identity, and when."""
    rows = (
        Entry.objects.filter(stream=stream_of(objection), act="open_identity").select_related("person").order_by("seq")
    )
    return [Look(str(row.person), row.at) for row in rows]


def stream_of(objection: Objection) -> str:
    """The objection's own stream in the record, apart from the case's."""
    return f"OBJ-{objection.pk}"


# -- for the objector, by receipt --------------------------------------------------------------------------------------
class ObjectionStatus(NamedTuple):
    """Where an objection stands, for whoever holds its receipt."""

    receipt: str
    notice_id: int
    notice: str
    number: str
    makerspace: str
    state: str
    state_label: str
    received_on: date
    closed_on: date | None
    confirmed: bool
    next_step: str
    reply: str
    papers: list[tuple[str, str]]


def objection_by_receipt(receipt: str) -> Objection | None:
    """The objection of a receipt, however it was typed."""
    code = normalise(receipt)
    return Objection.objects.select_related("notice", "case").filter(receipt=code).first() if code else None


def objection_status(receipt: str) -> ObjectionStatus | None:
    """Where it stands; None for an unknown code. Holds nobody's name."""
    objection = objection_by_receipt(receipt)
    if objection is None:
        return None
    return ObjectionStatus(
        objection.receipt, objection.notice_id, objection.notice.title, objection.case.number, objection.case.subject,
        objection.state, objection.get_state_display(), objection.received_on, objection.closed_on,
        objection.confirmed_at is not None, NEXT[objection.state], _reply(objection),
        [(paper.title, paper.code) for paper in papers_of(f"OBJ-{objection.pk}")],
    )  # fmt: skip


def status_json(status: ObjectionStatus) -> dict[str, Any]:
    """The same as the public API gives it."""
    return {
        "receipt": status.receipt,
        "notice": status.notice_id,
        "case": status.number,
        "makerspace": status.makerspace,
        "state": status.state,
        "received_on": status.received_on.isoformat(),
        "closed_on": status.closed_on.isoformat() if status.closed_on else None,
        "contact_confirmed": status.confirmed,
        "next_step": status.next_step,
        "reply": status.reply,
    }


def _reply(objection: Objection) -> str:
    """What the objector is told: the reply after the investigation, or why it was not admitted."""
    if objection.state == Objection.State.NOT_ADMITTED:
        refused = NonAdmission.objects.filter(objection=objection, confirmed_on__isnull=False).order_by("-id").first()
        return refused.reason if refused else ""
    if objection.state == Objection.State.ENDED:
        return ENDED
    investigation = Investigation.objects.filter(objection=objection).first()
    return investigation.reply_to_objector if investigation else ""


# -- for the applicant -------------------------------------------------------------------------------------------------
class Told(NamedTuple):
    """What the applicant is told of one objection."""

    received_on: date
    state_label: str
    reply: str


def told_to_applicant(case: Case) -> list[Told]:
    """Of each admitted objection: when, how it stands, what the applicant was told; never its words or who.

    Of one that was not admitted the history says that there was one, and neither who brought it nor who handled it.
    """
    rows = Objection.objects.filter(case=case, admitted_on__isnull=False).select_related("investigation").order_by("id")
    return [
        Told(
            row.received_on,
            row.get_state_display(),
            row.investigation.reply_to_applicant if hasattr(row, "investigation") else "",
        )
        for row in rows
    ]

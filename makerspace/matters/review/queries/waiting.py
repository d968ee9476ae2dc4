"""What waits for a person besides the stages of cases: objections, drafts, proposals, visits to countersign."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from makerspace.matters.review.models import NonAdmission, NoticeItem, Objection, PublicNotice, ReissueProposal, Visit
from makerspace.matters.review.queries import notices, objections
from makerspace.office.casework.queries import handled_by
from makerspace.office.people.capacity import Capacity
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role

HANDLERS = frozenset({Role.BUREAU, Role.DISCIPLINE})
RECEIVED, ADMITTED = Objection.State.RECEIVED, Objection.State.ADMITTED


class Errand(NamedTuple):
    """One thing to do: about what, since when, by when, and the place where it is done (an address's name, its parts)."""

    subject: str
    note: str
    what: str
    articles: tuple[int, ...]
    since: date
    last_day: date | None
    label: str
    place: tuple[str, tuple[int | str, ...]]


def errands_of(person: Person, on: date) -> list[Errand]:
    """All that waits for this person and that this person may do; four queries at most, however much there is."""
    capacity = person.capacity(on)
    return [
        *_objections(person, capacity, on),
        *_drafts(person, capacity),
        *_proposals(person, capacity, on),
        *_visits(capacity),
    ]


def told_as_errands() -> Q:
    """The cases whose next step stands among the errands, for whoever may take it: not to be listed twice."""
    drafted = NoticeItem.objects.filter(case=OuterRef("pk"), notice__state=PublicNotice.State.DRAFT)
    held_up = objections.in_handling().filter(case=OuterRef("pk"))
    return Q(Exists(drafted), stage="approved") | Q(Exists(held_up), stage="objection_review")


def _objections(person: Person, capacity: Capacity, on: date) -> Iterator[Errand]:
    """For whoever took no act on the case; a refusal to admit for another than proposed it; an inquiry for its handler."""
    if not capacity.roles & HANDLERS:
        return
    acted = Entry.objects.filter(stream=OuterRef("case__number"), person=person).exclude(act__in=objections.HANDLING)
    proposer = NonAdmission.objects.filter(objection=OuterRef("pk"), confirmed_on=None).values("by")[:1]
    rows = objections.in_handling().exclude(Exists(acted)).annotate(proposer=Subquery(proposer))
    others = Q(proposer=None) | ~Q(proposer=person.pk)
    mine = Q(others, state=RECEIVED) | Q(Q(handler=person) | Q(case__due_on__lt=on), state=ADMITTED)
    for row in rows.filter(mine).select_related("case__organisation").order_by("id"):
        what = "核查异议" if row.state == ADMITTED else "复核不予受理异议" if row.proposer else "审查是否受理异议"
        since = row.admitted_on if row.state == ADMITTED and row.admitted_on else row.received_on
        yield Errand(
            row.case.subject, f"{row.case.number}　第{row.pk}号异议", what, (11,), since, row.case.due_on, "办理",
            ("review_objection", (row.pk,)),
        )  # fmt: skip


def _drafts(person: Person, capacity: Capacity) -> Iterator[Errand]:
    """Notices that another member of the bureau drew up."""
    if Role.BUREAU not in capacity.roles:
        return
    for draft in notices.drafts().exclude(prepared_by=person).annotate(count=Count("items")):
        note = (
            f"{draft.prepared_by}拟稿，共{draft.count}家，公示期{chinese(draft.first_day)}至{chinese(draft.last_day)}"
        )
        yield Errand(
            draft.title, note, "复核并发布公示", (11,), draft.prepared_on, draft.publish_on, "复核",
            ("review_notice", (draft.pk,)),
        )  # fmt: skip


def _proposals(person: Person, capacity: Capacity, on: date) -> Iterator[Errand]:
    """Notices that the other side of bureau and leader proposes to publish anew, while they run."""
    others = {Role.BUREAU: Role.LEADER, Role.LEADER: Role.BUREAU}
    sides = {role: other for role, other in others.items() if role in capacity.roles}
    if not sides:
        return
    items = NoticeItem.objects.filter(notice=OuterRef("notice"), live=True).order_by("position")
    rows = ReissueProposal.objects.filter(
        Q(
            confirmed_on=None,
            notice__state=PublicNotice.State.PUBLISHED,
            notice__last_day__gte=on,
            role__in=sides.values(),
        )
    )
    if Role.LEADER in sides:
        numbers = NoticeItem.objects.filter(notice=OuterRef(OuterRef("notice")), live=True).values("case__number")
        rows = rows.exclude(Exists(handled_by(person).filter(stream__in=numbers)), role=Role.BUREAU)
    rows = rows.exclude(by=person).annotate(
        number=Subquery(items.values("case__number")[:1]), count=Count("notice__items")
    )
    for row in rows.select_related("notice", "by").order_by("id"):
        yield Errand(
            row.notice.title, f"{row.by}提出，涉及{row.count}家", "确认重新公示", (11,), row.on, row.notice.last_day, "确认",
            ("work_act", (row.number, "reissue_notice")),
        )  # fmt: skip


def _visits(capacity: Capacity) -> Iterator[Errand]:
    """Visits to our own makerspaces that we have neither agreed with nor objected to."""
    if not capacity.organisations:
        return
    later = Visit.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"))
    rows = Visit.objects.filter(case__organisation__in=capacity.organisations, case__stage="district_review")
    rows = rows.filter(~Exists(later), countersignature=None).select_related("case")
    for row in rows.order_by("id"):
        yield Errand(
            row.case.subject, f"{row.case.number}　{chinese(row.on)}查验", "会签查验记录", (10,), row.recorded_on,
            row.case.due_on, "会签", ("work_act", (row.case.number, "countersign_visit")),
        )  # fmt: skip

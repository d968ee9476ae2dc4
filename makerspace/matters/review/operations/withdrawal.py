"""Withdrawing an application: what its review has set going ends with it."""

from datetime import date

from django.db import transaction

from makerspace.matters.application import operations as application
from makerspace.matters.review.models import Recommendation, Withdrawal
from makerspace.matters.review.operations.objection import end_objections
from makerspace.matters.review.queries.objections import open_objections
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import LINK, lock
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Role

FREED = "申报单位撤回申报"


@transaction.atomic
def withdraw(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Take an application back before it is decided: the rank is free again, objections are answered, all who had to do
    with it are told. The gate itself ends the panel's seats."""
    case = lock(case)
    concerned = _concerned(case, on)
    case = application.withdraw(case, by=by, on=on, reason=reason)
    Withdrawal.objects.create(case=case, reason=reason, by=by, on=on)
    Recommendation.objects.filter(case=case, returned_on=None).update(returned_on=on, returned_why=FREED)
    end_objections(case, on)
    name = case.subject or case.number
    tell(
        [person for person in concerned if person != by],
        f"申报已撤回：{name}",
        f"申报单位已撤回“{name}”的申报，本件办结，您不必再办理。",
        link=LINK.format(number=case.number),
        stream=case.number,
    )
    return case


def _concerned(case: Case, on: date) -> list[Person]:
    """Who recommended the case or works on it, the panel, and whoever handles objections to it; the gate itself tells
    those who held it."""
    roles = {Role.EXPERT}
    if Recommendation.objects.filter(case=case, returned_on=None).exists():
        roles |= {Role.DISTRICT, Role.BUREAU}
    objections = list(open_objections(case).select_related("handler"))
    if objections:
        roles.add(Role.DISCIPLINE)
    told = sorted(roles - {cases.stage_of(case).holder})
    people = [person for role in told for person in cases.people_of(case, role, on)]
    return [*people, *(row.handler for row in objections if row.handler)]

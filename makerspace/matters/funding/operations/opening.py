"""Article 13: a grant is opened by time for each title whose makerspace never had one."""

from datetime import date

from django.db import IntegrityError, transaction

from makerspace.matters.funding.models import Grant, Hold
from makerspace.matters.funding.queries import grants as queries
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, open_case
from makerspace.regulation import by_id
from makerspace.regulation.terms import Role

KIND = "grant"


def open_grants(on: date) -> list[Case]:
    """Open what is due; a makerspace that another worker just served is left alone."""
    made = []
    for title in queries.without_grant(on):
        try:
            made.append(open_for(title, on=on))
        except IntegrityError:  # one grant for life: the database has the last word
            continue
    return made


@transaction.atomic
def open_for(title: Title, *, on: date) -> Case:
    """The case of a title's grant. IntegrityError where its makerspace has had one."""
    regulation = title.case.regulation
    case = open_case(
        KIND, regulation=regulation, organisation=title.organisation, authority=title.authority, on=on, by=Role.CLOCK,
        subject=title.name, category=title.category, filed=True,
    )  # fmt: skip
    site = queries.site_of(title)
    Grant.objects.create(
        case=case, makerspace=title.makerspace, title=title, amount=by_id(regulation).parameter("GRANT").on(on),
        uscc=title.organisation.uscc, site=site, site_key=queries.site_key(site), opened_on=on,
    )  # fmt: skip
    return open_grant(case, by=Role.CLOCK, on=on)


@transaction.atomic
def open_grant(case: Case, *, by: Actor, on: date) -> Case:
    """Put a new grant on record; an earlier one of the same unit or site becomes a hold."""
    grant = case.grant
    data = {"title": grant.title.number, "amount": grant.amount, "holds": look_for_holds(grant, on)}
    return advance(case, "open_grant", by=by, on=on, data=data)


def look_for_holds(grant: Grant, on: date) -> list[str]:
    """Keep every earlier grant that looks the same, once each; the numbers of those newly found."""
    known = set(grant.holds.values_list("earlier", flat=True))
    found = [each for each in queries.alike(grant) if each.earlier.pk not in known]
    for earlier, unit, site in found:
        Hold.objects.create(grant=grant, earlier=earlier, same_unit=unit, same_site=site, found_on=on)
    return [each.earlier.case.number for each in found]

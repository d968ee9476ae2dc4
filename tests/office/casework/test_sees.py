"""What is asked of a case at hand agrees with the query behind every list."""

import pytest

from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import assign, release
from makerspace.office.casework.queries import PANEL, sees, visible_to
from makerspace.regulation.terms import Role
from tests.factories import DAY, draft_case, make_expert, make_organisation, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_sees_agrees_with_visible_to_for_everybody() -> None:
    unit = make_organisation()
    cases = [draft_case(), draft_case()]
    seated, released = make_expert(), make_expert()
    for expert in (seated, released):
        assign(cases[0], [expert], PANEL, on=DAY)
    release(cases[0], released, PANEL, on=DAY)
    people = [make_person(role) for role in Role if role not in {Role.PUBLIC, Role.CLOCK}]
    people += [make_person(Role.DISTRICT, "panlong"), make_person(organisation=unit), make_person(), seated, released]
    people += [make_person(organisation=cases[0].organisation)]

    found = {(p.pk, case.pk): sees(p, case, DAY) for p in people for case in cases}

    listed = {
        (p.pk, case.pk): visible_to(p, DAY).filter(pk=case.pk).exists() for p in people for case in Case.objects.all()
    }
    assert found == listed
    assert set(found.values()) == {True, False}

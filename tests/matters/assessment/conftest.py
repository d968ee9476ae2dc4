"""What every test of this room may ask for."""

import pytest

from makerspace.office.people.models import Post
from makerspace.regulation.terms import Role
from tests.factories import LONG_AGO, make_person
from tests.matters.assessment.people import Office


@pytest.fixture
def office(db: None) -> Office:
    """The people of the bureau; who is both begins to lead later, so that leaders are told in a known order."""
    both = make_person(Role.BUREAU)
    office = Office(make_person(Role.BUREAU), make_person(Role.BUREAU), make_person(Role.LEADER), both)
    Post.objects.create(person=both, role=Role.LEADER.value, valid_from=LONG_AGO)
    return office

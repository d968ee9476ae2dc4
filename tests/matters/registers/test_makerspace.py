"""A makerspace lasts: titles, registers and the grant belong to it."""

import pytest

from makerspace.matters.recognition.models import Title
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.operations import makerspace_of
from tests import factories
from tests.matters.recognition.helpers import announced

pytestmark = pytest.mark.django_db


def test_a_title_belongs_to_the_makerspace_of_its_operator() -> None:
    announced(2)

    held = {(title.makerspace.organisation_id, title.makerspace.name) for title in Title.objects.all()}
    assert held == {(title.organisation_id, title.name) for title in Title.objects.all()}


def test_the_same_unit_and_name_is_the_same_makerspace() -> None:
    unit, other = factories.make_organisation(), factories.make_organisation()
    place = {"authority": factories.authority(), "on": factories.DAY}

    first = makerspace_of(unit, "翠湖众创空间", **place)

    assert makerspace_of(unit, "翠湖众创空间", **place) == first
    assert makerspace_of(other, "翠湖众创空间", **place) != first
    assert Makerspace.objects.count() == 2

"""The benchmark fills its database with rows as the acts would leave them; a row that the models no longer take stops it."""

import pytest

from bench.fill import Filler
from makerspace.matters.recognition.models import Title, TitleName, TitleSite
from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework.models import Case
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken

pytestmark = pytest.mark.django_db


def test_the_benchmark_fills_a_database_that_the_models_accept() -> None:
    Filler(18).fill()

    titles = Title.objects.count()
    assert (Case.objects.count(), titles) == (18, 6)
    assert (Makerspace.objects.count(), TitleName.objects.filter(until=None).count()) == (titles, titles)
    assert set(TitleSite.objects.values_list("title", flat=True)) == set(Title.objects.values_list("pk", flat=True))


def test_the_entries_that_the_benchmark_writes_are_sealed() -> None:
    Filler(9).fill()

    assert Entry.objects.exists()
    assert first_broken() is None

"""demo_tokens prints a token for every account of the demo city, not only for those on the sign-in page."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings

from makerspace.doors.training.people import People
from makerspace.office.people.models import Person
from makerspace.office.people.tokens import person_of
from makerspace.office.record import clock


@pytest.mark.django_db
@override_settings(DEMO=True)
def test_every_demo_account_gets_a_token_and_earlier_ones_stay_valid() -> None:
    People().make()
    printed = [StringIO(), StringIO()]

    for out in printed:
        call_command("demo_tokens", stdout=out)

    first, second = (json.loads(out.getvalue()) for out in printed)
    assert set(first) == set(Person.objects.filter(email__endswith="@demo.invalid").values_list("username", flat=True))
    assert next(iter(first)) == "applicant1"
    assert second["district_liangqu"]["role"] == "district"
    assert second["district_liangqu"]["organisation"] == "liangqu"
    assert {row["role"] for row in first.values()} >= {"applicant", "district", "expert", "bureau", "leader"}
    for row in (first["district_liangqu"], second["district_liangqu"]):
        assert person_of(row["token"], clock.now()) is not None

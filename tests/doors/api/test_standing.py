"""What a list says one may do is what the gate lets one do."""

import pytest

from makerspace.doors.api.case_views import summaries
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Duty, Role
from tests.factories import DAY, LONG_AGO, authority, draft_case, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def case_at(stage: str) -> Case:
    """A case as if it had come to that stage."""
    case = draft_case()
    Case.objects.filter(pk=case.pk).update(stage=stage, filed_on=DAY)
    return Case.objects.select_related("organisation", "authority").get(pk=case.pk)


def listed(case: Case, person: Person) -> set[str]:
    """The acts that the list names to that person."""
    [row] = summaries([case], Person.objects.get(pk=person.pk), DAY)
    return {act["act"] for act in row["acts"]}


def test_a_list_offers_no_decision_to_a_leader_of_the_applying_unit() -> None:
    case, leader = case_at("decision"), make_person(Role.LEADER)
    assert listed(case, leader) == {"approve", "reject", "remit"}

    leader.memberships.create(organisation=case.organisation, role="editor", since=LONG_AGO)

    assert listed(case, leader) == {"withdraw"}


def test_a_list_offers_no_decision_to_a_leader_who_sat_on_the_panel() -> None:
    case, leader = case_at("decision"), make_person(Role.LEADER)

    append(case.number, "declare_interest", by=leader, role=Role.EXPERT, on=DAY)

    assert listed(case, leader) == set()


def test_a_list_offers_the_counter_s_act_where_the_counter_is_one_s_own() -> None:
    case = case_at("district_review")
    place = case.authority.code
    elsewhere = make_person(Role.DISTRICT, "panlong" if place != "panlong" else "wuhua", duties=[Duty.COUNTER])
    elsewhere.posts.create(role=Role.DISTRICT, authority=authority(place), valid_from=LONG_AGO)
    counter = make_person(Role.DISTRICT, place, duties=[Duty.COUNTER])

    assert "register_paper" in listed(case, counter)
    assert "register_paper" not in listed(case, elsewhere)
    assert "record_visit" in listed(case, elsewhere)

"""Two people at one title at the same moment: one wins, the other is told. On both databases."""

import pytest

from makerspace.matters.recognition import operations
from makerspace.matters.recognition.models import Certificate, Change, Title
from makerspace.office.casework.refusals import Refused
from makerspace.regulation.terms import Role
from tests.factories import make_person, member_of
from tests.matters.recognition.test_changes import LATER, titled, to_decision
from tests.stories.test_at_once import at_once

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("many_at_once")]


def test_of_two_who_begin_a_change_one_wins() -> None:
    title = titled()
    owner = member_of(title.organisation)

    def begin() -> str | None:
        try:
            operations.open_change(title, by=owner, on=LATER)
        except Refused as caught:
            return caught.refusal.code
        return None

    assert sorted(at_once(begin, begin), key=str) == [None, "wrong_stage"]
    assert Change.objects.count() == 1


def test_of_two_leaders_who_decide_one_wins() -> None:
    title = titled()
    case = to_decision(title, name="翠湖智创众创空间")
    first, second = make_person(Role.LEADER), make_person(Role.LEADER)

    def grant() -> str | None:
        try:
            operations.grant_change(case, by=first, on=LATER, opinion="同意")
        except Refused as caught:
            return caught.refusal.code
        return None

    def refuse() -> str | None:
        try:
            operations.refuse_change(case, by=second, on=LATER, reason="不同意")
        except Refused as caught:
            return caught.refusal.code
        return None

    assert sorted(at_once(grant, refuse), key=str) == [None, "wrong_stage"]
    assert Title.objects.get().names.filter(until=None).count() == 1
    assert Certificate.objects.filter(replaced_by=None).count() == 1

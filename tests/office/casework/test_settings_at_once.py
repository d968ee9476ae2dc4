"""Two people at the same moment: one proposal stands, one decision holds. On both databases."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from makerspace.office.casework import settings
from makerspace.office.casework.models import SettingLine
from makerspace.office.casework.refusals import Refused
from makerspace.office.people.models import Person
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests.factories import DAY, REGULATION, make_person

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("many_at_once")]
SINCE = DAY + timedelta(days=7)


def at_once(*calls: Callable[[], SettingLine]) -> list[str]:
    """The state that each call came to, or the code with which it was refused, sorted."""
    gate, answers = threading.Barrier(len(calls)), dict.fromkeys(range(len(calls)), "")

    def run(place: int) -> None:
        with contextlib.closing(connection):
            gate.wait(10)
            try:
                answers[place] = str(calls[place]().state)
            except Refused as refusal:
                answers[place] = refusal.refusal.code

    threads = [threading.Thread(target=run, args=(place,)) for place in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(answers.values())


def proposing(by: Person, value: int, code: str = "TERM_LETTER") -> Callable[[], SettingLine]:
    return lambda: settings.propose_setting(
        REGULATION, code, value=value, since=SINCE, reason="压缩办理时间", by=by, on=DAY
    )


def test_of_two_proposals_one_stands() -> None:
    one, other = make_person(Role.BUREAU), make_person(Role.LEADER)

    answers = at_once(proposing(one, 5), proposing(other, 6))

    assert answers == ["proposed", "wrong_stage"]
    assert SettingLine.objects.count() == 1
    assert first_broken() is None


@pytest.mark.parametrize("other", ["adopt", "refuse", "withdraw"])
def test_of_two_decisions_one_holds(other: str) -> None:
    officer, one, two = make_person(Role.BUREAU), make_person(Role.LEADER), make_person(Role.LEADER)
    line = proposing(officer, 5)()
    second: dict[str, Callable[[], Any]] = {
        "adopt": lambda: settings.adopt_setting(line, by=two, on=DAY),
        "refuse": lambda: settings.refuse_setting(line, reason="暂不调整", by=two, on=DAY),
        "withdraw": lambda: settings.withdraw_setting(line, by=officer, on=DAY),
    }

    answers = at_once(lambda: settings.adopt_setting(line, by=one, on=DAY), second[other])

    assert answers.count("wrong_stage") == 1
    assert SettingLine.objects.get().state in answers
    assert first_broken() is None


def test_two_settings_that_have_to_fit_each_other_do_so_whoever_is_first() -> None:
    officer, one, two = make_person(Role.BUREAU), make_person(Role.LEADER), make_person(Role.LEADER)
    usual, longest = proposing(officer, 40, "TERM_CORRECTION")(), proposing(officer, 30, "CORRECTION_LONGEST")()

    answers = at_once(
        lambda: settings.adopt_setting(usual, by=one, on=DAY), lambda: settings.adopt_setting(longest, by=two, on=DAY)
    )

    assert answers == ["adopted", "invalid"]

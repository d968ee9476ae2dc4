"""Two people at a scheme or a report at the same moment: one wins, the other is told. On both databases."""

import threading
from typing import Any

import pytest

from makerspace.matters.assessment.models import Scheme, SchemeChange, Score, YearFigures
from makerspace.matters.assessment.operations import checking, figures, outcome
from makerspace.matters.assessment.operations import scheme as operations
from makerspace.matters.assessment.queries import assessments
from makerspace.matters.assessment.queries import scheme as queries
from makerspace.matters.recognition.operations import announce
from makerspace.office.casework.refusals import Refused
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.terms import Role
from tests.factories import DAY, make_person
from tests.matters.assessment import years
from tests.matters.assessment.years import MARKS, POOR, STRONG, Staff
from tests.matters.recognition.helpers import NUMBER, ON, leader, waiting_case
from tests.stories.test_at_once import at_once

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("many_at_once")]
ROUNDS = 5


def said(call: Any, *args: Any, **fields: Any) -> Any:
    """A call that answers with the code of its refusal, or with nothing."""

    def run() -> str | None:
        try:
            call(*args, on=DAY, **fields)
        except Refused as caught:
            return caught.refusal.code
        return None

    return run


def test_of_two_who_publish_for_one_year_one_wins() -> None:
    bureau, first, second = make_person(Role.BUREAU), make_person(Role.LEADER), make_person(Role.LEADER)
    for year in range(2018, 2018 + ROUNDS):
        drafts = [operations.draft_scheme(by=bureau, on=DAY, sketch=default_scheme(year)) for _ in range(2)]
        rows = [operations.submit_scheme(draft, by=bureau, on=DAY, seen=1) for draft in drafts]

        answers = at_once(
            said(operations.publish_scheme, rows[0], by=first, read=rows[0].digest),
            said(operations.publish_scheme, rows[1], by=second, read=rows[1].digest),
        )

        assert sorted(answers, key=str) == [None, "wrong_stage"]
        assert Scheme.objects.filter(year=year, state="published").count() == 1


def test_of_two_who_change_one_draft_one_wins() -> None:
    one, other = make_person(Role.BUREAU), make_person(Role.BUREAU)
    for _ in range(ROUNDS):
        row = operations.draft_scheme(by=one, on=DAY, sketch=default_scheme(2025))
        sketch = queries.sketch_of(row)

        answers = at_once(
            said(operations.revise_scheme, row, by=one, seen=1, sketch=sketch, what="一"),
            said(operations.revise_scheme, row, by=other, seen=1, sketch=sketch, what="二"),
        )

        assert sorted(answers, key=str) == [None, "changed_meanwhile"]
        assert SchemeChange.objects.filter(scheme=row).count() == 2


def test_figures_taken_by_the_bureau_and_renewed_by_the_clock_at_once_stand_once() -> None:
    announce([waiting_case()], document_number=NUMBER, by=leader(), on=ON)
    bureau = make_person(Role.BUREAU)
    for _ in range(ROUNDS):
        YearFigures.objects.all().delete()

        answers = at_once(lambda: figures.take_figures(ON.year, by=bureau, on=ON), lambda: figures.renew_figures(ON))

        assert answers in ([1, 1], [1, 0])
        assert YearFigures.objects.count() == 1


def test_figures_verified_while_the_first_is_scored_are_compared_or_the_score_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    staff, read, reading, verified = Staff(), assessments.peers_of, threading.Event(), threading.Event()
    cases = years.opened(staff, 2)
    mine, other = (years.filed(case, values) for case, values in zip(cases, (STRONG, POOR), strict=True))
    agreed: Any = {
        "on": years.ON,
        "false_data": False,
        "stopped": False,
        "opinion": "与台账和现场一致。",
        "lines": years.AGREED,
    }
    checking.verify_report(mine, by=staff.district, **agreed)

    def slowly(scheme: Scheme) -> Any:
        figures = read(scheme)
        reading.set()
        verified.wait(0.5)  # seconds for the other to get in between
        return figures

    def verify() -> None:
        reading.wait(10)
        checking.verify_report(other, by=staff.district, **agreed)
        verified.set()

    monkeypatch.setattr(assessments, "peers_of", slowly)
    at_once(said(outcome.score_report, mine, by=staff.bureau, marks=MARKS), verify)

    assert verified.is_set()
    assert {len(values) for row in Score.objects.all() for values in row.peers.values()} <= {2}

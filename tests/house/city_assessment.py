"""The city's year: a scheme for it, one title being reported on, and thirty more when the city grows."""

from typing import TYPE_CHECKING

from makerspace.matters.assessment.models import Assessment, Score
from makerspace.matters.assessment.operations import opening
from makerspace.matters.assessment.operations import scheme as schemes
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme

if TYPE_CHECKING:
    from tests.house.world import World

MANY = 30


def build(world: "World") -> None:
    """The desk opens the year; the report lies with the unit."""
    at, on = world.people, clock.today()
    row = schemes.draft_scheme(by=at["desk"], on=on, sketch=default_scheme(on.year))
    row = schemes.submit_scheme(row, by=at["desk"], on=on, seen=1)
    schemes.publish_scheme(row, by=at["leader"], on=on, read=row.digest)
    (case,) = opening.open_year(on.year, [world.titles["recognised"]], by=at["desk"], on=on)
    world.assessments["reporting"] = Case.objects.get(pk=case.pk)


def grow(world: "World") -> None:
    """Thirty more titles in the year, each with a score."""
    mine = world.assessments["reporting"]
    first = mine.assessment
    for number in range(MANY):
        case = Case.objects.get(pk=mine.pk)
        case.pk, case.number, case.stage = None, f"AS-2026-{1000 + number}", "decision"
        case._state.adding = True
        case.save(force_insert=True)
        title = Title.objects.get(number=f"KMZC-2026-{500 + number}")
        held = Assessment.objects.create(case=case, title=title, scheme=first.scheme, year=first.year)
        rows = [
            {"label": label, "points": "10", "weight": "25"}
            for label in ("集聚能力", "服务能力", "融资能力", "孵化成果")
        ]
        Score.objects.create(
            assessment=held, facts={}, peers={}, scored={"dimensions": rows}, digest="0" * 64, total=40 + number,
            passed=number > 20, grade="合格", on=case.opened_on, by=world.people["desk"],
        )  # fmt: skip

"""The city's year: a scheme for it, one title being reported on, and thirty more when the city grows."""

from typing import TYPE_CHECKING

from makerspace.matters.assessment.models import Assessment, Filed, Report, Score
from makerspace.matters.assessment.operations import opening
from makerspace.matters.assessment.operations import scheme as schemes
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from tests.matters.assessment.years import STRONG

if TYPE_CHECKING:
    from tests.house.world import World

MANY = 30


def build(world: "World") -> None:
    """The desk opens the year; the report lies with the unit, and one of an earlier year with its district."""
    at, on = world.people, clock.today()
    row = schemes.draft_scheme(by=at["desk"], on=on, sketch=default_scheme(on.year))
    row = schemes.submit_scheme(row, by=at["desk"], on=on, seen=1)
    schemes.publish_scheme(row, by=at["leader"], on=on, read=row.digest)
    (case,) = opening.open_year(on.year, [world.titles["recognised"]], by=at["desk"], on=on)
    world.assessments["reporting"] = Case.objects.get(pk=case.pk)
    world.assessments["district_check"] = _handed_in(world, case)


def _handed_in(world: "World", like: Case) -> Case:
    """A report of an earlier year, as it stands while its district checks it: the title is younger, so no act leads here."""
    case = Case.objects.get(pk=like.pk)
    case.pk, case.number, case.stage = None, "AS-2023-0001", "district_check"
    case._state.adding = True
    case.save(force_insert=True)
    scheme = world.schemes["published"]
    held = Assessment.objects.create(case=case, title=like.assessment.title, scheme=scheme, year=scheme.year)
    said = {"values": {code: f"{value:f}" for code, value in STRONG.items()}, "explanations": {}, "head": "李云"}
    mine = world.people["applicant_own"]
    Report.objects.create(assessment=held, **said, saved_at=clock.now(), saved_by=mine)
    Filed.objects.create(assessment=held, round=1, **said, digest="0" * 64, on=case.opened_on, by=mine)
    return case


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
            assessment=held, facts={}, peers={}, scored={"dimensions": rows, "bonus": "0"}, digest="0" * 64, total=40 + number,
            passed=number > 20, grade="合格", on=case.opened_on, by=world.people["desk"],
        )  # fmt: skip

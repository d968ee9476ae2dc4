"""The demo city's assessment schemes: one of a year that is over, one in use, the next one being written."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from makerspace.matters.assessment.forms import scheme as forms
from makerspace.matters.assessment.models import Scheme
from makerspace.matters.assessment.operations import figures
from makerspace.matters.assessment.operations import scheme as operations
from makerspace.matters.assessment.queries import scheme as queries
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.scheme import Sketch

if TYPE_CHECKING:
    from makerspace.doors.training.city import City


def schemes(city: "City") -> None:
    """Plan the life of three schemes on the city's timeline."""
    over = city.given.year
    last = city.timeline.workday(184).year  # the year in which the first titles were given
    city.steps(
        (252, 10, lambda on: _draft(city, on, forms.for_year(default_scheme(over), over))),
        (251, 10, lambda on: _submit(city, on, over)),
        (250, 10, lambda on: _publish(city, on, over)),
        (184, 10, lambda on: _draft(city, on, forms.for_year(default_scheme(last), last))),
        (183, 11, lambda on: _shift(city, on, last, "events", "sharing", "活动多、平台用得少，权重各调1分")),
        (181, 15, lambda on: _submit(city, on, last)),
        (180, 10, lambda on: _publish(city, on, last)),
        (9, 10, lambda on: _draft(city, on, forms.for_year(queries.sketch_of(_row(last)), last + 1))),
        (8, 11, lambda on: _take(city, on)),
        (8, 14, lambda on: _shift(city, on, last + 1, "residents", "amount", "提高融资的权重")),
    )


def _row(year: int) -> Scheme:
    return queries.schemes().get(year=year)


def _draft(city: "City", on: date, sketch: Sketch) -> None:
    operations.draft_scheme(by=city.people.named("bureau1"), on=on, sketch=sketch)


def _shift(city: "City", on: date, year: int, down: str, up: str, why: str) -> None:
    """A point less for one indicator, a point more for another."""
    row = _row(year)
    sketch = queries.sketch_of(row)
    for code, step in ((down, -1), (up, 1)):
        sketch = forms.with_row(sketch, "indicators", _weighing(sketch, code, step))
    operations.revise_scheme(
        row, by=city.people.named("bureau2"), on=on, seen=row.revision, sketch=sketch, what=f"调整权重：{why}"
    )


def _weighing(sketch: Sketch, code: str, step: int) -> dict[str, Any]:
    found = next(row for row in sketch.indicators if row.code == code)
    return found.model_dump(mode="json") | {"weight": str(found.weight + Decimal(step))}


def _submit(city: "City", on: date, year: int) -> None:
    row = _row(year)
    operations.submit_scheme(row, by=city.people.named("bureau1"), on=on, seen=row.revision)


def _publish(city: "City", on: date, year: int) -> None:
    row = _row(year)
    operations.publish_scheme(row, by=city.people.named("leader3"), on=on, read=row.digest)


def _take(city: "City", on: date) -> None:
    figures.take_figures(on.year, by=city.people.named("bureau1"), on=on)

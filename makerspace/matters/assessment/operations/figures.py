"""Taking the figures of a year from the registers, so that schemes can be tried on them and forecasts compared."""

import logging
from datetime import date, datetime, time

from django.db import transaction

from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.assessment.queries.figures import added_up
from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.queries import in_force
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation import in_force as regulation_on
from makerspace.regulation.terms import Role

log = logging.getLogger(__name__)
REGISTERS = YearFigures.Source.REGISTERS


@transaction.atomic
def take_figures(year: int, *, by: Person, on: date) -> int:
    """Add up the year for every title held on its last day (or today, while it runs); how many they are.

    What was added up before for the year is replaced; what reports say is left as it is (article 18).
    """
    if Role.BUREAU not in by.capacity(on).roles:
        raise refused("not_yours", "年度数据由市科技局经办处室汇总。", 18)
    if not 2017 <= year <= on.year:
        raise refused("invalid", "请选择2017年以来、已经开始的年度。", 18, fields={"year": "年度不在范围内"})
    last, now = min(date(year, 12, 31), on), clock.now()
    titles = in_force(last).select_related("makerspace").select_for_update(of=("self",), no_key=True).order_by("pk")
    rows = [_row(title, year, last, now, by) for title in titles]
    if not rows:
        raise refused("invalid", f"{year}年底没有有效的称号，没有可汇总的数据。", 18, fields={"year": "没有数据"})
    _keep(rows)
    YearFigures.objects.filter(year=year, source=REGISTERS).exclude(title__in=[row.title_id for row in rows]).delete()
    append(
        f"FIGURES-{year}", "take_figures", by=by, role=Role.BUREAU, on=on, articles=(18,),
        regulation=regulation_on(on).id, data={"year": year, "count": len(rows)},
    )  # fmt: skip
    return len(rows)


def renew_figures(on: date) -> int:
    """Add up this year so far for every title in force whose year was not added up today, by the clock; how many they are
    (article 18). The registers are read before anything is locked; one that can't be read keeps no other from it."""
    now, begun = clock.now(), datetime.combine(on, time.min, clock.KUNMING)
    today = YearFigures.objects.filter(year=on.year, source=REGISTERS, taken_at__gte=begun)
    titles = in_force(on).exclude(pk__in=today.values("title")).select_related("makerspace").order_by("pk")
    rows = [row for title in titles if (row := _readable(title, on, now))]
    _keep(rows)
    return len(rows)


def _keep(rows: list[YearFigures]) -> None:
    """In place of what was kept before; of the bureau and the clock at the same moment the later one stands."""
    YearFigures.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["title", "year", "source"],
        update_fields=["values", "taken_at", "taken_by"],
    )  # fmt: skip


def _readable(title: Title, on: date, now: datetime) -> YearFigures | None:
    try:
        return _row(title, on.year, on, now)
    except Exception:
        log.exception("figures of %s could not be added up", title.number)
        return None


def _row(title: Title, year: int, last: date, now: datetime, by: Person | None = None) -> YearFigures:
    values = {code: str(value) for code, value in added_up(title.makerspace, date(year, 1, 1), last).items()}
    return YearFigures(title=title, year=year, source=REGISTERS, taken_at=now, taken_by=by, values=values)

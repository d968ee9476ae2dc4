"""Taking the figures of a year from the registers, so that schemes can be tried on them."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.queries import in_force
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.queries import keeps
from makerspace.matters.registers.yearly import figures
from makerspace.matters.support.queries.capital import capital_figures
from makerspace.matters.support.queries.facts import service_figures
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation import in_force as regulation_on
from makerspace.regulation.terms import Role

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
    first, last = date(year, 1, 1), min(date(year, 12, 31), on)
    titles = in_force(last).select_related("makerspace").select_for_update(of=("self",)).order_by("pk")
    rows = [
        YearFigures(
            title=title, year=year, source=REGISTERS, taken_at=clock.now(), taken_by=by,
            values={code: str(value) for code, value in _figures(title.makerspace, first, last).items()},
        )
        for title in titles
    ]  # fmt: skip
    if not rows:
        raise refused("invalid", f"{year}年底没有有效的称号，没有可汇总的数据。", 18, fields={"year": "没有数据"})
    YearFigures.objects.filter(year=year, source=REGISTERS).delete()
    YearFigures.objects.bulk_create(rows)
    append(
        f"FIGURES-{year}", "take_figures", by=by, role=Role.BUREAU, on=on, articles=(18,),
        regulation=regulation_on(on).id, data={"year": year, "count": len(rows)},
    )  # fmt: skip
    return len(rows)


@transaction.atomic
def take_own_figures(title: Title, *, by: Person, on: date) -> YearFigures:
    """Add up this year so far for one title, for its own unit: what the forecast is made of (article 18)."""
    if not keeps(by, title.makerspace, on):
        raise refused("not_yours", "考核预测由众创空间运营单位按自己的登记册汇总。", 18)
    Title.objects.select_for_update().get(pk=title.pk)
    values = {code: str(value) for code, value in _figures(title.makerspace, date(on.year, 1, 1), on).items()}
    made, _ = YearFigures.objects.update_or_create(
        title=title, year=on.year, source=REGISTERS,
        defaults={"values": values, "taken_at": clock.now(), "taken_by": by},
    )  # fmt: skip
    return made


def _figures(makerspace: Makerspace, first: date, last: date) -> dict[str, Decimal]:
    """What the registers hold, what was made use of and held through articles 15 and 16, and what was raised (14)."""
    return {
        **figures(makerspace, first, last), **service_figures(makerspace, first, last),
        **capital_figures(makerspace, first, last),
    }  # fmt: skip

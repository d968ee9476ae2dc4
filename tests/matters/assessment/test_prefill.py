"""The yearly report begins with what is known already: the registers, and the help of articles 14 to 16."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from makerspace.matters.assessment.models import Report, YearFigures
from makerspace.matters.assessment.operations import figures, opening
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.recognition.models import Title
from makerspace.matters.support import operations as support
from makerspace.office.record import clock
from tests.factories import make_pdf, uscc
from tests.matters.assessment import years
from tests.matters.assessment.years import ON, YEAR, Staff
from tests.matters.registers.keeping import TENANTS, enter
from tests.matters.support.helping import MONDAY, NOW, THURSDAY, Scene, ask, at, book, scene

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WAN = 1_000_000
CAPITAL = {"financed", "financed_amount", "financed_own", "financed_own_amount", "financed_ever_amount", "listed"}
HELP = {"facility_uses", "mentor_sessions"}


def raised(here: Scene) -> None:
    """This year an angel round with a part of the makerspace's own fund and a listing, last year a seed round."""
    tenant, other = (
        enter(here.makerspace, TENANTS, by=here.asker, name=name, uscc=uscc()) for name in ("昆明甲", "昆明乙")
    )
    told: dict[str, Any] = {"by": here.asker, "on": MONDAY, "evidence": (ContentFile(make_pdf()), "证明.pdf")}
    rounds = (
        (tenant, date(2026, 2, 10), "angel", 300 * WAN, 50 * WAN), (other, date(2026, 1, 5), "debt", 80 * WAN, 0),
        (other, date(2025, 7, 1), "seed", 20_050_000, 0), (other, date(2026, 3, 1), "seed", 33_350_000, 0),
    )  # fmt: skip
    for of, day, kind, amount, own in rounds:
        support.enter_financing(of, day=day, kind=kind, amount=amount, own_amount=own, investor="滇池创投", **told)
    support.enter_listing(tenant, day=date(2026, 3, 2), board="neeq", code="873001", **told)


def helped(here: Scene) -> datetime:
    """A booking used and a session held on Thursday; when that is over."""
    with clock.pretending(NOW):
        booking, session = book(here), ask(here)
        support.confirm(booking, by=here.keeper, on=MONDAY)
        support.confirm(session, by=here.adviser, on=MONDAY)
    with clock.pretending(at(THURSDAY, 18)):
        support.complete(booking, by=here.keeper, on=THURSDAY, start=booking.start, end=booking.end, attendance=2)
        support.complete(session, by=here.adviser, on=THURSDAY, start=session.start, end=session.end, attendance=2)
    return at(THURSDAY, 19)


def begun() -> dict[str, str]:
    """The report as it stands when the year's assessment is opened."""
    staff = Staff()
    years.scheme(staff)
    opening.open_year(YEAR, Title.objects.all(), by=staff.bureau, on=ON + timedelta(days=3))
    found: dict[str, str] = Report.objects.get().values
    return found


def test_a_report_begins_with_what_was_raised_used_and_held() -> None:
    here = scene()
    with clock.pretending(NOW):
        raised(here)

    with clock.pretending(helped(here)):
        report = begun()

    assert {code: report[code] for code in CAPITAL | HELP} == {
        "financed": "2", "financed_amount": "3334", "financed_own": "1", "financed_own_amount": "500",
        "financed_ever_amount": "3534", "listed": "1", "facility_uses": "1", "mentor_sessions": "1",
    }  # fmt: skip


def test_what_was_never_kept_is_left_to_the_operator() -> None:
    scene()

    with clock.pretending(NOW):
        report = begun()

    assert report == {}


def test_a_figure_that_differs_has_to_be_explained() -> None:
    here = scene()
    with clock.pretending(NOW):
        raised(here)
        begun()
        assessment = queries.of_case(Report.objects.get().assessment.case)
        values = years.STRONG | {"financed_amount": Decimal(9000)}

        reading = queries.read(assessment, values, queries.beside(assessment))

    assert "当年获得投资总额9,000千元，台账记有3,334千元：请更正，或说明为何不同。" in [
        each.text for each in reading.doubts
    ]


def test_the_forecast_is_made_of_them_too() -> None:
    here = scene()
    with clock.pretending(NOW):
        raised(here)

        figures.renew_figures(MONDAY)

    made = YearFigures.objects.get()
    assert {code: made.values[code] for code in CAPITAL} == {
        "financed": "2", "financed_amount": "3334", "financed_own": "1", "financed_own_amount": "500",
        "financed_ever_amount": "3534", "listed": "1",
    }  # fmt: skip

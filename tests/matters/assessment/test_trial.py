"""A scheme tried on a year's figures: taken from the registers, scored under both schemes, and who moves."""

from datetime import date
from decimal import Decimal

import pytest

from makerspace.matters.assessment.forms import scheme as forms
from makerspace.matters.assessment.models import YearFigures
from makerspace.matters.assessment.operations import figures
from makerspace.matters.assessment.operations import scheme as operations
from makerspace.matters.assessment.queries import scheme as schemes
from makerspace.matters.assessment.queries import trial as queries
from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.operations import announce
from makerspace.office.casework.refusals import Refused
from makerspace.office.record.models import Entry
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.kunkefa_2017_55.report_fields import named
from makerspace.regulation.scheme import Facts, Grade, Scheme
from makerspace.regulation.scoring import score
from makerspace.regulation.terms import Role
from tests.factories import DAY, make_person
from tests.matters.assessment.people import Office
from tests.matters.assessment.test_scheme import BASE, drafted, published, signed_in
from tests.matters.recognition.helpers import NUMBER, ON, leader, waiting_case

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LATER = date(2026, 12, 1)


def filed(number: str, **values: int) -> queries.Filed:
    facts = Facts(values={code: Decimal(value) for code, value in values.items()})
    return queries.Filed(number, f"众创空间{number}", "五华区", "年度报告", facts)


def by_mentors(per: int, pass_line: int = 60) -> Scheme:
    """Everything by mentors: so many points for each, in every dimension."""
    codes = ("gathering", "service", "financing", "incubation")
    formula = {"kind": "unit", "measure": {"fields": ["mentors"]}, "points": per}
    rows = [
        {"code": code, "label": code, "dimension": code, "formula": formula, "weight": 25, "cap": 100} for code in codes
    ]
    grades = [{"label": label, "at_least": line} for label, line in (("优秀", 90), ("合格", pass_line), ("不合格", 0))]
    body = {"title": "试验", "year": 2025, "indicators": rows, "grades": grades, "pass_line": pass_line}
    return Scheme.model_validate(body).named(named())


def test_those_who_move_come_first_and_the_grave_moves_before_the_others() -> None:
    rows = [filed("1", mentors=50), filed("2", mentors=70), filed("3", mentors=95), filed("4", mentors=10)]

    harder = queries.try_on(by_mentors(1, 80), by_mentors(1, 60), rows)
    milder = queries.try_on(by_mentors(2), by_mentors(1), rows)
    lower = queries.try_on(by_mentors(1), by_mentors(2), rows[1:3])

    assert [(move.filed.number, move.kind, move.difference) for move in harder.moves] == [
        ("2", "fails", 0), ("3", "same", 0), ("1", "same", 0), ("4", "same", 0),
    ]  # fmt: skip
    assert [(move.filed.number, move.kind, move.difference) for move in milder.moves] == [
        ("1", "passes", 50), ("2", "up", 30), ("3", "same", 5), ("4", "same", 10),
    ]  # fmt: skip
    assert [(move.filed.number, move.said) for move in lower.moves] == [("2", "等次下降"), ("3", "等次不变")]
    assert milder.counts == [("变为不合格", 0), ("变为合格", 1), ("等次下降", 0), ("等次上升", 1), ("等次不变", 2)]
    assert milder.settled


def test_grades_are_compared_by_their_place_and_not_by_points() -> None:
    """80 points are the best grade of the one scheme, 95 the second of the other."""
    easy, hard = (
        by_mentors(1).model_copy(
            update={"grades": tuple(Grade(label=label, at_least=Decimal(line)) for label, line in lines)}
        )
        for lines in (
            (("优秀", 80), ("合格", 60), ("不合格", 0)),
            (("优秀", 99), ("合格", 60), ("不合格", 0)),
        )
    )
    best = queries.graded(easy, score(easy, filed("1", mentors=80).facts))
    second = queries.graded(hard, score(hard, filed("1", mentors=95).facts))

    assert queries.kind_of_move(best, second) == "down"
    assert queries.kind_of_move(second, best) == "up"
    assert queries.kind_of_move(best, best) == "same"


def test_relative_lines_compare_within_the_same_year() -> None:
    rows = [filed("1", tenant_revenue=50), filed("2", tenant_revenue=100)]

    trial = queries.try_on(default_scheme(2025), default_scheme(2025), rows)

    points = {
        move.filed.number: line.points for move in trial.moves for line in move.after.lines if line.code == "revenue"
    }
    assert points == {"1": Decimal("1.5"), "2": Decimal(3)}
    assert not trial.settled  # the special practice awaits its marks


def test_lines_stand_beside_those_of_the_other_scheme() -> None:
    move = queries.try_on(default_scheme(2025), by_mentors(1), [filed("1", mentors=5)]).moves[0]

    parts = queries.compared(move)

    assert [(label, len(lines)) for label, _, lines in parts] == [
        ("集聚能力", 4), ("服务能力", 6), ("融资能力", 4), ("孵化成果", 6), ("加分项", 3),
    ]  # fmt: skip
    assert all(row.before is None for _, _, lines in parts for row in lines)


# -- figures ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def title() -> Title:
    announce([waiting_case()], document_number=NUMBER, by=leader(), on=ON)
    return Title.objects.get()


def test_the_bureau_takes_a_years_figures_and_again_replaces_them(office: Office, title: Title) -> None:
    assert [figures.take_figures(2026, by=office.bureau, on=LATER) for _ in range(2)] == [1, 1]

    row = YearFigures.objects.get()
    assert (row.title, row.year, row.source, row.values["seats"], row.values["mentor_sessions"]) == (
        title, 2026, "registers", "0", "0",
    )  # fmt: skip
    assert [entry.act for entry in Entry.objects.filter(stream="FIGURES-2026")] == ["take_figures"] * 2
    assert [(taken.year, taken.count) for taken in queries.years()] == [(2026, 1)]


def test_a_report_goes_before_what_the_registers_add_up_to(office: Office, title: Title) -> None:
    figures.take_figures(2026, by=office.bureau, on=LATER)
    taken = YearFigures.objects.get()
    YearFigures.objects.create(
        title=title, year=2026, source="report", values={"seats": "80"}, taken_at=taken.taken_at, taken_by=office.bureau
    )

    found = queries.filed(2026)

    assert [(each.number, each.source, each.facts.values) for each in found] == [
        (title.number, "年度报告", {"seats": 80})
    ]


@pytest.mark.parametrize("role", [Role.LEADER, Role.DISTRICT, Role.AUDITOR, Role.APPLICANT])
def test_only_the_bureau_takes_figures(title: Title, role: Role) -> None:
    with pytest.raises(Refused) as caught:
        figures.take_figures(2026, by=make_person(role), on=LATER)

    assert (caught.value.refusal.code, caught.value.refusal.articles) == ("not_yours", (18,))


@pytest.mark.parametrize("year", [2016, 2027, 2020])
def test_a_year_that_has_nothing_is_refused(office: Office, title: Title, year: int) -> None:
    with pytest.raises(Refused) as caught:
        figures.take_figures(year, by=office.bureau, on=LATER)

    assert caught.value.refusal.code == "invalid"
    assert not YearFigures.objects.exists()


# -- pages --------------------------------------------------------------------------------------------------------------------


def test_the_trial_shows_everyone_and_one_line_by_line(office: Office, title: Title) -> None:
    row = drafted(office)
    published(office, 2024)
    figures.take_figures(2026, by=office.bureau, on=LATER)
    client = signed_in(office.leader)

    page = client.get(f"{BASE}{row.pk}/trial/").content.decode()
    one = client.get(f"{BASE}{row.pk}/trial/{title.number}/?year=2026&beside=default").content.decode()

    assert title.name in page
    assert "2024年度考核方案" in page
    assert "汇总2026年数据" not in page  # the bureau's button
    assert "已使用工位数0个" not in page
    assert "工位数0个，不能作分母，得0分。" in one
    assert client.get(f"{BASE}{row.pk}/trial/KMZC-1999-001/").status_code == 404


def test_without_figures_the_trial_says_what_to_do(office: Office, title: Title) -> None:
    row, client = drafted(office), signed_in(office.bureau)

    before = client.get(f"{BASE}{row.pk}/trial/").content.decode()
    missing = client.get(f"{BASE}{row.pk}/trial/{title.number}/")

    assert "还没有可以试算的年度数据" in before
    assert missing.status_code == 404


@pytest.mark.parametrize("query", ["?year=1999", "?year=x", "?beside=x", "?beside=999", "?year=&beside="])
def test_an_odd_address_falls_back(office: Office, title: Title, query: str) -> None:
    row = drafted(office)
    figures.take_figures(2026, by=office.bureau, on=LATER)

    assert signed_in(office.bureau).get(f"{BASE}{row.pk}/trial/{query}").status_code == 200


@pytest.mark.parametrize("year", ["", "x", "19999", "２０２６", "1999"])
def test_an_odd_year_is_refused(office: Office, title: Title, year: str) -> None:
    answer = signed_in(office.bureau).post(f"{BASE}{drafted(office).pk}/trial/take/", {"year": year})

    assert answer.status_code == 422
    assert not YearFigures.objects.exists()


def test_an_unfinished_scheme_is_not_tried_and_says_why(office: Office, title: Title) -> None:
    row = drafted(office)
    sketch = forms.without_row(schemes.sketch_of(row), "indicators", "fund")
    operations.revise_scheme(row, by=office.bureau, on=DAY, seen=1, sketch=sketch, what="删除")
    figures.take_figures(2026, by=office.bureau, on=LATER)

    page = signed_in(office.bureau).get(f"{BASE}{row.pk}/trial/").content.decode()

    assert "各指标权重合计应为100，现为97" in page

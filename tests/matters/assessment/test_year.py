"""The bureau's year beside the year before: movements, figures far from the others', and the statistics' columns."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from makerspace.matters.assessment.models import Assessment, Score
from makerspace.matters.assessment.operations import opening, outcome, reporting
from makerspace.matters.assessment.queries import year as figures
from makerspace.matters.assessment.queries.outliers import outliers
from makerspace.matters.recognition.models import Title
from makerspace.office.casework.models import Case
from makerspace.office.people.tokens import issue
from makerspace.regulation.kunkefa_2017_55.report_fields import field
from makerspace.regulation.scheme import DIMENSIONS
from tests.asking import browser
from tests.factories import make_organisation, set_due
from tests.matters.assessment import years
from tests.matters.assessment.years import POOR, SAID, STRONG, YEAR, Staff
from tests.matters.recognition.helpers import announced

pytestmark = pytest.mark.django_db
NEXT = date(YEAR + 1, 3, 17)


@pytest.fixture
def staff() -> Staff:
    """Five people who stand apart."""
    return Staff()


def two_years(staff: Staff, *values: tuple[dict[str, Decimal], dict[str, Decimal]]) -> list[Case]:
    """Titles scored with the first figures in one year and the second in the next; the cases of the next."""
    for case, (before, _) in zip(years.opened(staff, len(values)), values, strict=True):
        years.scored(case, staff, before)
    years.scheme(staff, YEAR + 1)
    cases = opening.open_year(YEAR + 1, Title.objects.order_by("number"), by=staff.bureau, on=NEXT)
    for case, (_, after) in zip(cases, values, strict=True):
        years.explained(case, staff, after, NEXT)
    return cases


def test_a_year_says_who_moved_against_the_year_before(staff: Staff) -> None:
    cases = two_years(staff, (POOR, STRONG), (STRONG, POOR), (STRONG, STRONG))

    seen = figures.of_year(YEAR + 1, NEXT)

    moved = {row.assessment.case_id: row.movement for row in seen.scored}
    assert moved == {cases[0].pk: "变为合格", cases[1].pk: "变为不合格", cases[2].pk: "等次不变"}
    assert [(bar.label, bar.value) for bar in seen.movements] == [("变为不合格", 1), ("变为合格", 1), ("等次不变", 1)]
    differences = [row.moved or Decimal(0) for row in seen.moved]
    assert differences == sorted(differences, key=abs, reverse=True)
    assert {row.moved_text[0] for row in seen.moved[:2]} == {"+", "-"}


def test_the_first_year_moves_nobody(staff: Staff) -> None:
    years.scored(years.opened(staff)[0], staff)

    seen = figures.of_year(YEAR, years.ON)

    assert ([bar.label for bar in seen.movements], seen.moved) == (["上年没有得分"], [])


def test_who_is_due_was_put_off_gave_up_or_was_assessed_is_said_by_name(staff: Staff) -> None:
    announced(5)
    years.scheme(staff)
    running, late, put_off, scored, unopened = Title.objects.order_by("number")
    cases = opening.open_year(YEAR, [running, late, put_off, scored], by=staff.bureau, on=years.ON)
    set_due(cases[1], years.ON)
    opening.defer(cases[2], by=staff.leader, on=years.ON, reason="场地改造停用。")
    years.scored(cases[3], staff)
    reporting.record_no_report(cases[1], by=staff.bureau, on=NEXT, reason="期满未报，催办两次。")
    page = browser(staff.leader)

    seen = figures.of_year(YEAR, NEXT)

    assert (seen.due, [(bar.label, bar.value, bar.note) for bar in seen.participation]) == (
        5,
        [
            ("应参加，尚未考核", 2, "其中1家尚未启动"),
            ("已考核", 1, ""),
            ("暂缓考核", 1, ""),
            ("放弃考核", 1, "逾期未报"),
        ],
    )
    answer = page.get(f"/work/assessment/{YEAR}/charts/participation.csv").content.decode("utf-8-sig")
    assert {row[0]: (row[3], row[4]) for row in csv.reader(answer.splitlines()[1:])} == {
        running.number: ("应参加，尚未考核", "填报年度报告"),
        late.number: ("放弃考核", "考核审定"),
        put_off.number: ("暂缓考核", "暂缓考核"),
        scored.number: ("已考核", "考核审定"),
        unopened.number: ("应参加，尚未考核", "尚未启动"),
    }
    html = page.get(f"/work/assessment/{YEAR}/").content.decode()
    assert "应参加5家，已启动4家" in html
    _, secret = issue(staff.leader, "t")
    told = [
        page.get(f"/api/v1/cases/{case.number}", headers={"authorization": f"Bearer {secret}"}).json() for case in cases
    ]
    assert [each["facts"]["participation"] for each in told] == ["due", "gave_up", "deferred", "assessed"]


def of(*numbers: int) -> list[tuple[Assessment, dict[str, Decimal]]]:
    """Reports that differ in their jobs only."""
    return [(Assessment(year=YEAR), {"jobs": Decimal(number)}) for number in numbers]


def test_a_figure_far_from_the_middle_half_is_pointed_out() -> None:
    found = outliers(of(10, 12, 14, 16, 18, 90))

    assert [(row.field, row.value, row.side, row.low, row.high) for row in found] == [
        (field("jobs"), Decimal(90), "偏高", Decimal("12.5"), Decimal("17.5"))
    ]


@pytest.mark.parametrize("numbers", [(10, 12, 14, 90), (10, 10, 10, 10, 10, 90), (10, 12, 14, 16, 18, 25)])
def test_few_equal_or_near_figures_are_no_outliers(numbers: tuple[int, ...]) -> None:
    assert outliers(of(*numbers)) == []


def test_each_chart_is_exported_as_its_table(staff: Staff) -> None:
    two_years(staff, (POOR, STRONG))
    page = browser(staff.leader)

    def lines(chart: str) -> list[str]:
        answer = page.get(f"/work/assessment/{YEAR + 1}/charts/{chart}.csv")
        return answer.content.decode("utf-8-sig").splitlines()

    assert (
        "%E5%B9%B4%E5%BA%A6%E8%80%83%E6%A0%B8" in page.get(f"/work/assessment/{YEAR}/export.csv")["Content-Disposition"]
    )
    assert lines("stages") == ["环节,家数,说明", "考核审定,1,"]
    assert [len(lines(chart)) for chart in ("dimensions", "districts", "movements", "outliers")] == [5, 2, 2, 1]
    assert "变为合格" in lines("movements")[1]
    html = page.get(f"/work/assessment/{YEAR + 1}/").content.decode()
    assert "分数变化" in html
    assert f"/work/assessment/{YEAR + 1}/charts/dimensions.csv" in html


def test_the_statistics_have_a_column_for_every_item_with_its_unit(staff: Staff) -> None:
    years.filed(years.opened(staff, 2)[0])

    answer = browser(staff.bureau).get(f"/work/assessment/{YEAR}/statistics.xlsx")

    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    head = rows[0]
    money, seats = head.index("当年获得投资总额（千元）"), head.index("工位数（个）")
    state, first = head.index("报告状态"), {name: head.index(name) for name in ("级别", "负责人")}
    assert [(row[state], row[money], row[seats]) for row in rows[1:]] == [
        ("待核实", 3000, 100),
        ("尚未提交", None, None),
    ]
    assert {name: rows[1][place] for name, place in first.items()} == {"级别": "市级", "负责人": "李云"}
    assert not any("虚报" in str(title) for title in head)


def test_the_statistics_name_the_unit_that_reported(staff: Staff) -> None:
    case = years.scored(years.opened(staff)[0], staff)
    former, heir = case.organisation, make_organisation()
    outcome.pass_assessment(case, by=staff.leader, on=years.ON, **SAID)
    Title.objects.update(organisation=heir)

    answer = browser(staff.bureau).get(f"/work/assessment/{YEAR}/statistics.xlsx")

    head, row = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["统一社会信用代码"], told["运营单位"]) == (former.uscc, former.name)


def test_who_was_put_right_is_told_apart_from_who_passed_at_once(staff: Staff) -> None:
    sound, poor = years.opened(staff, 2)
    outcome.pass_assessment(years.scored(sound, staff), by=staff.leader, on=years.ON, **SAID)
    years.inspected(years.failed(poor, staff), staff, passes=True)
    page = browser(staff.bureau)

    rows = list(
        csv.DictReader(page.get(f"/work/assessment/{YEAR}/export.csv").content.decode("utf-8-sig").splitlines())
    )
    html = page.get(f"/work/assessment/{YEAR}/").content.decode()

    assert [row["环节"] for row in rows] == ["考核合格", figures.AFTERWARDS]
    assert figures.AFTERWARDS in html


def test_bonus_points_stand_beside_the_dimensions(staff: Staff) -> None:
    case = years.scored(
        years.opened(staff)[0], staff, STRONG | {"fund": Decimal(0), "ip": Decimal(6), "listed": Decimal(2)}
    )
    page = browser(staff.bureau)

    (row,) = csv.DictReader(page.get(f"/work/assessment/{YEAR}/export.csv").content.decode("utf-8-sig").splitlines())
    html = page.get(f"/work/cases/{case.number}/?tab=score").content.decode()

    assert row["加分"] == Score.objects.get().scored["bonus"] == "4"
    assert sum(Decimal(row[label]) for label in DIMENSIONS.values()) + 4 == Decimal(row["总分"])
    assert "<dt>加分</dt><dd>4分</dd>" in html
    assert "上市（挂牌）企业" in html


def test_a_unit_exports_its_own_report_item_by_item(staff: Staff) -> None:
    case = years.opened(staff)[0]
    years.filled(case)
    address = f"/work/cases/{case.number}/report/statistics.xlsx"

    mine = browser(years.owner(case)).get(address)

    rows = list(load_workbook(BytesIO(mine.content)).active.iter_rows(values_only=True))
    assert rows[0] == ("类别", "指标", "单位", "数值")
    assert ("场地", "工位数", "个", 100) in rows
    assert browser(staff.bureau).get(address).status_code == 409


def test_what_is_not_handed_in_yet_leaves_in_no_export(staff: Staff) -> None:
    case = years.opened(staff)[0]
    years.filled(case)

    answer = browser(staff.bureau).get(f"/work/assessment/{YEAR}/statistics.xlsx")

    _, row = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert set(row[12:]) == {None}
    assert "李云" not in row
    assert Score.objects.count() == 0


@pytest.mark.parametrize("year", ["1999", "99999", "9" * 40])
def test_a_year_that_is_none_is_not_there(staff: Staff, year: str) -> None:
    page = browser(staff.bureau)

    answers = [
        page.get(f"/work/assessment/{year}/{rest}").status_code for rest in ("", "export.csv", "statistics.xlsx")
    ]

    assert answers == [404, 404, 404]


def test_a_change_for_the_worse_is_exported_as_a_number(staff: Staff) -> None:
    two_years(staff, (STRONG, POOR))

    content = browser(staff.leader).get(f"/work/assessment/{YEAR + 1}/charts/movements.csv").content.decode("utf-8-sig")

    row = content.splitlines()[1].split(",")
    assert Decimal(row[7]) < 0

"""A table is read into a plan: every fault of every row at once, nothing written, and what is exported comes back."""

import pytest
from django.core.files.base import ContentFile

from makerspace.matters.registers import operations, queries, sheets
from makerspace.matters.registers.models import Revision, StaffMember, Tenant
from makerspace.matters.registers.queries import Register
from makerspace.office.documents import uploads
from tests.asking import refusal_of
from tests.matters.registers.keeping import BOOKS, DAY, RESULTS, STAFF, TENANTS, enter, keeper_of, makerspace

pytestmark = [pytest.mark.django_db, pytest.mark.both]
PASTED = """企业或团队\t名称\t入驻日期\t从业人员(人)\t行业\t高新技术领域代码\t备注
企业\t昆明甲有限公司\t2025年5月1日\t1,2\t软件和信息技术服务业\t101 软件\t老客户
创业团队\t乙团队\t2025/6/1\t４\t\t软件\t
"""


def planned(text: str, register: Register = TENANTS) -> sheets.Plan:
    return sheets.plan(register, makerspace(), sheets.cells_of(text), DAY)


def test_a_pasted_table_is_read_as_people_write() -> None:
    plan = planned(PASTED)

    assert (len(plan.adds), plan.faults, plan.unknown, plan.ready) == (2, [], ["备注"], True)
    first, second = (row.values for row in plan.incoming)
    assert (first["employees"], first["hightech_field"], first["industry"]) == (12, "101", "software")
    assert (second["kind"], f"{second['moved_in_on']}", second["employees"], second["hightech_field"]) == (
        "team", "2025-06-01", 4, "101",
    )  # fmt: skip
    assert Revision.objects.count() == 0


def test_a_table_without_a_head_is_read_in_the_order_of_the_template() -> None:
    plan = planned("李一\t2025-01-01\t运营\t是\t本科\n李二\t2025-02-01", STAFF)

    assert [(row.title, row.act) for row in plan.rows] == [("李一", "add"), ("李二", "add")]
    assert plan.incoming[0].values["full_time"] is True


def test_every_fault_of_every_row_is_told_at_once_by_row_and_column() -> None:
    plan = planned(
        "企业或团队\t名称\t入驻日期\t从业人员（人）\t迁出日期\n"
        "企业\t\t2025-01-01\t3\t\n"
        "公司\t甲\t昨天\t-3\t\n"
        "企业\t乙\t2025-01-01\t3\t2025-02-01\n"
        "企业\t丙\t2027-01-01\t3\t\n"
        "企业\t丁\t2025-01-01\t3\t\n"
        "企业\t丁\t2025-01-01\t5\t\n"
    )

    assert [(row.number, row.act, set(row.faults)) for row in plan.rows] == [
        (2, "fault", {"名称"}), (3, "fault", {"企业或团队", "入驻日期", "从业人员（人）"}), (4, "fault", {"迁出原因"}),
        (5, "fault", {"入驻日期"}), (6, "add", set()), (7, "fault", {"名称"}),
    ]  # fmt: skip
    assert plan.rows[5].faults == {"名称": "与第6行重复"}
    assert not plan.ready


def test_a_required_column_that_is_missing_is_named() -> None:
    plan = planned("名称\t从业人员（人）\n甲\t3")

    assert (plan.missing, plan.rows, plan.ready) == (["入驻日期"], [], False)


@pytest.mark.parametrize("text", ["\x00\x00\n\t\t", "", '"', "a\tb\tc", "=cmd|' /C calc'!A0", "名称\t" * 5000])
def test_what_is_no_table_is_no_plan(text: str) -> None:
    assert not planned(text).ready


def test_a_text_too_long_is_refused() -> None:
    assert refusal_of(lambda: sheets.cells_of("x" * 1_000_001)).code == "too_large"
    assert refusal_of(lambda: planned("名称\t入驻日期\n" + "甲\t2025-01-01\n" * 2001)).code == "too_large"


def test_a_quoted_cell_keeps_its_line_breaks_as_blanks() -> None:
    assert sheets.cells_of('甲\t"第一行\n第二行"\n乙\t"') == [["甲", '"第一行'], ['第二行"'], ["乙", '"']]
    assert sheets.cells_of('甲\t"第一行\n第二行"\n乙\t丙') == [["甲", "第一行 第二行"], ["乙", "丙"]]


def test_what_is_there_is_shown_as_changed_or_the_same_and_only_given_columns_change() -> None:
    place = makerspace()
    enter(place, TENANTS, employees=6, kunming_188="新材料")
    enter(place, TENANTS, name="乙", employees=2)
    text = "企业或团队\t名称\t入驻日期\t从业人员\n企业\t昆明甲软件有限公司\t2025-05-01\t9\n企业\t乙\t2025-05-01\t2"

    plan = sheets.plan(TENANTS, place, sheets.cells_of(text), DAY)

    assert [(row.act, row.changes) for row in plan.rows] == [("change", [("从业人员（人）", "6", "9")]), ("same", [])]
    operations.take_in(place, TENANTS, plan.incoming, by=keeper_of(place), on=DAY)
    changed = Tenant.objects.get(name="昆明甲软件有限公司")
    assert (changed.employees, changed.kunming_188, changed.version) == (9, "新材料", 2)


def test_the_digest_tells_that_the_register_changed_since_the_plan() -> None:
    place = makerspace()
    line = enter(place, STAFF)
    cells = sheets.cells_of("姓名\t到岗日期\t职责\n李运营\t2024-03-01\t招商")
    before = sheets.plan(STAFF, place, cells, DAY).digest

    assert sheets.plan(STAFF, place, cells, DAY).digest == before
    StaffMember.objects.filter(pk=line.pk).update(version=2)
    assert sheets.plan(STAFF, place, cells, DAY).digest != before


def test_who_moved_out_and_came_back_stands_in_one_sheet() -> None:
    place = makerspace()
    enter(place, TENANTS)
    text = (
        "企业或团队\t名称\t入驻日期\t迁出日期\t迁出原因\n"
        "企业\t昆明甲软件有限公司\t2025-05-01\t2025-12-31\t毕业\n"
        "企业\t昆明甲软件有限公司\t2026-02-01\t\t"
    )

    plan = sheets.plan(TENANTS, place, sheets.cells_of(text), DAY)
    operations.take_in(place, TENANTS, plan.incoming, by=keeper_of(place), on=DAY)

    assert [row.act for row in plan.rows] == ["change", "add"]
    assert list(Tenant.objects.order_by("pk").values_list("left_as", flat=True)) == ["graduated", ""]


@pytest.mark.parametrize("register", BOOKS, ids=lambda register: register.code)
def test_what_is_exported_comes_back_unchanged(register: Register) -> None:
    place = makerspace()
    line = enter(place, register)
    name = "=cmd|' /C calc'!A0"
    type(line).objects.filter(pk=line.pk).update(**{register.name: name})

    book = sheets.exported(register, queries.lines(register, place))
    cells = uploads.rows_of(ContentFile(book), "表.xlsx")
    plan = sheets.plan(register, place, sheets.cells_of(sheets.text_of(cells)), DAY)

    assert any(cell == f"'{name}" for cell in cells[1])
    assert [(row.act, row.title, row.faults) for row in plan.rows] == [("same", name, {})]


def test_the_empty_template_reads_as_a_table_without_rows() -> None:
    cells = uploads.rows_of(ContentFile(sheets.template(TENANTS)), "模板.xlsx")

    assert cells == [[column.label for column in sheets.columns("tenants")]]
    assert sheets.plan(TENANTS, makerspace(), cells, DAY).rows == []


def test_results_are_brought_for_tenants_only() -> None:
    place = makerspace()
    enter(place, TENANTS)
    text = "企业或团队\t数据截至\t当年营业收入（万元）\n昆明甲软件有限公司\t2025-12-31\t88.8\n没有这家\t2025-12-31\t1"

    plan = sheets.plan(RESULTS, place, sheets.cells_of(text), DAY)

    assert [(row.act, set(row.faults)) for row in plan.rows] == [("add", set()), ("fault", {"企业或团队"})]


def test_a_wrong_check_digit_is_pointed_out_and_taken() -> None:
    plan = planned(
        "企业或团队\t名称\t入驻日期\t统一社会信用代码\n企业\t甲\t2025-01-01\t91530102MA0000000X\n企业\t乙\t2025-01-01\t"
    )

    assert (plan.doubtful, plan.ready) == (["甲"], True)

"""The pages of the registers: a line in seconds, an import that is looked at first, an export, a line's history."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client

from makerspace.matters.registers import operations, queries
from makerspace.matters.registers.models import Makerspace, Mentor, StaffMember, Tenant
from makerspace.matters.registers.queries import REGISTERS
from makerspace.office.documents import uploads
from makerspace.office.documents.sheets import Sheet, workbook
from makerspace.regulation.terms import Role
from tests import factories
from tests.asking import browser
from tests.matters.registers.keeping import DAY, RESULTS, STAFF, TENANTS, enter, keeper_of, makerspace, values

pytestmark = pytest.mark.django_db
TABLE = "姓名\t到岗日期\t职责\n李一\t2025-01-01\t运营\n李二\t2025-02-01\t招商"


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    """The day of these tests."""
    with time_machine.travel(f"{DAY.isoformat()}T10:00:00+08:00", tick=False):
        yield


def text_of(response: Any) -> str:
    return str(response.content.decode())


def at(place: Makerspace, *rest: object) -> str:
    return f"/work/registers/{place.pk}/" + "".join(f"{each}/" for each in rest)


def keeper(place: Makerspace) -> Client:
    return browser(keeper_of(place))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


def test_three_fields_make_a_line() -> None:
    place = makerspace()
    who = keeper(place)

    page = text_of(who.get(at(place, "tenants")))
    answer = who.post(
        at(place, "tenants"), {"kind": "team", "name": "新团队", "moved_in_on": "2026-03-16"}, follow=True
    )

    assert 'value="2026-03-16"' in page
    assert "已登记：新团队。" in text_of(answer)
    assert Tenant.objects.get().moved_in_on == DAY


def test_a_wrong_check_digit_is_kept_and_pointed_out() -> None:
    place = makerspace()
    given = {"kind": "enterprise", "name": "甲", "moved_in_on": "2026-03-16", "uscc": "91530102ma0000000x"}

    answer = keeper(place).post(at(place, "tenants"), given, follow=True)

    assert "统一社会信用代码91530102MA0000000X的长度或校验码不符" in text_of(answer)
    assert Tenant.objects.get().uscc == "91530102MA0000000X"


@pytest.mark.parametrize(("given", "said"), [
    ({}, "请填写姓名"),
    ({"name": "甲", "joined_on": "2026-02-30"}, "到岗日期"),
    ({"name": "甲\x00乙", "joined_on": "2026-13-01"}, "到岗日期"),
    ({"name": "甲", "joined_on": "2026-03-17"}, "不能晚于今天"),
    ({"name": "x" * 201, "joined_on": "2026-03-01"}, "姓名"),
])  # fmt: skip
def test_what_cannot_be_taken_comes_back_with_what_was_typed(given: dict[str, str], said: str) -> None:
    place = makerspace()

    answer = keeper(place).post(at(place, "staff"), given)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert given.get("name", "").replace("\x00", "") in text_of(answer).replace("\x00", "")
    assert not StaffMember.objects.exists()


def test_the_list_narrows_to_who_is_here_and_its_export_too() -> None:
    place = makerspace()
    enter(place, TENANTS, name="在驻公司")
    enter(place, TENANTS, name="迁出公司", moved_out_on="2026-01-01", left_as="graduated")
    who = keeper(place)

    page = text_of(who.get(at(place, "tenants") + "?state=over"))
    book = who.get(at(place, "tenants", "export") + "?state=over").content

    assert ("迁出公司" in page, "在驻公司" in page, "毕业" in page) == (True, False, True)
    rows = uploads.rows_of(ContentFile(book), "表.xlsx")
    assert [row[1] for row in rows] == ["名称", "迁出公司"]


def test_an_agreement_that_ran_out_is_pointed_out() -> None:
    place = makerspace()
    enter(place, TENANTS, agreement_to="2026-03-15")

    assert "协议已到期" in text_of(keeper(place).get(at(place, "tenants")))


def test_a_line_is_put_right_and_tells_what_it_was() -> None:
    place = makerspace()
    line, who = enter(place, STAFF), keeper(place)
    given = {"name": "李运营", "joined_on": "2024-03-01", "duty": "招商总监", "full_time": "true", "version": "1"}

    answer = who.post(at(place, "staff", line.pk), given, follow=True)

    assert "职责：运营总监 → 招商总监" in text_of(answer)
    assert "刚刚有人修改过" in text_of(who.post(at(place, "staff", line.pk), given | {"duty": "财务"}))
    assert who.post(at(place, "staff", line.pk), given | {"version": "x"}).status_code == 422
    assert StaffMember.objects.get().duty == "招商总监"


def test_a_tenant_leaves_with_a_reason_and_a_mistake_is_struck_out() -> None:
    place = makerspace()
    line, person, who = enter(place, TENANTS), enter(place, STAFF), keeper(place)
    left = {"day": "2026-03-10", "left_as": "graduated", "note": "迁入产业园", "version": "1"}

    assert who.post(at(place, "tenants", line.pk, "leave"), left | {"left_as": ""}).status_code == 422
    assert "已登记迁出" in text_of(who.post(at(place, "tenants", line.pk, "leave"), left, follow=True))
    struck = who.post(at(place, "staff", person.pk, "strike"), {"note": "重复登记", "version": "1"}, follow=True)

    assert "已作废" in text_of(struck)
    assert f"{Tenant.objects.get().moved_out_on}" == "2026-03-10"
    assert queries.lines(STAFF, place).count() == 0
    page = text_of(who.get(at(place, "staff", person.pk)))
    assert "重复登记" in page
    assert "保存修改" not in page


def test_an_event_cannot_leave() -> None:
    place = makerspace()
    line = enter(place, REGISTERS["events"])

    assert keeper(place).get(at(place, "events", line.pk, "leave")).status_code == 404


def test_a_reader_sees_lines_and_no_form() -> None:
    place = makerspace()
    line = enter(place, STAFF)
    officer = browser(factories.make_person(Role.BUREAU))

    page = text_of(officer.get(at(place, "staff")))

    assert "李运营" in page
    assert "从表格导入" not in page
    assert "运营总监" in text_of(officer.get(at(place, "staff", line.pk)))


# -- import ------------------------------------------------------------------------------------------------------------
def test_a_pasted_table_is_written_after_it_was_looked_at() -> None:
    place = makerspace()
    who = keeper(place)

    page = text_of(who.post(at(place, "staff", "import"), {"step": "preview", "text": TABLE}))
    assert not StaffMember.objects.exists()
    confirm = {"step": "confirm", "text": TABLE, "digest": hidden(page, "digest")}
    answer = who.post(at(place, "staff", "import"), confirm, follow=True)

    assert "导入完成：新增2条。" in text_of(answer)
    assert StaffMember.objects.count() == 2
    assert "都已经有了" in text_of(who.post(at(place, "staff", "import"), confirm))
    assert StaffMember.objects.count() == 2


def test_a_workbook_goes_the_same_way() -> None:
    place = makerspace()
    who = keeper(place)
    book = io.BytesIO(workbook(Sheet("表", ["姓名", "聘期起"], [["王导师", DAY], ["=赵", DAY]])))
    book.name = "导师.xlsx"

    page = text_of(who.post(at(place, "mentors", "import"), {"step": "preview", "file": book}))
    text = re.search(r'<textarea class="k-hidden" name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    assert text
    pasted = text[1].replace("&#x27;", "'")
    who.post(at(place, "mentors", "import"), {"step": "confirm", "text": pasted, "digest": hidden(page, "digest")})

    assert sorted(Mentor.objects.values_list("name", flat=True)) == ["=赵", "王导师"]


def test_one_wrong_row_keeps_all_out_and_says_which() -> None:
    place = makerspace()
    who = keeper(place)
    wrong = TABLE + "\n李三\t昨天\t财务"

    answer = who.post(at(place, "staff", "import"), {"step": "confirm", "text": wrong, "digest": "x"})

    assert answer.status_code == 422
    assert "第4行" in text_of(answer)
    assert "李三\t昨天" in text_of(answer)
    assert not StaffMember.objects.exists()


def test_what_changed_since_the_look_is_looked_at_again() -> None:
    place = makerspace()
    line, who = enter(place, STAFF), keeper(place)
    table = "姓名\t到岗日期\t职责\n李运营\t2024-03-01\t招商"
    page = text_of(who.post(at(place, "staff", "import"), {"step": "preview", "text": table}))
    operations.change(place, STAFF, line.pk, values(STAFF, duty="财务"), by=keeper_of(place), on=DAY, seen_version=1)

    confirm = {"step": "confirm", "text": table, "digest": hidden(page, "digest")}
    answer = text_of(who.post(at(place, "staff", "import"), confirm))

    assert "登记册又有改动" in answer
    assert "财务 → <b>招商</b>" in answer
    assert StaffMember.objects.get().duty == "财务"


@pytest.mark.parametrize(("name", "content", "said"), [
    ("表.xlsx", b"PK\x03\x04rubbish", "XLSX|Excel"),
    ("表.csv", b"a,b", "不接收|XLSX"),
    ("表.pdf", b"%PDF-1.4", "请上传 XLSX"),
])  # fmt: skip
def test_what_is_no_workbook_is_refused_on_the_page(name: str, content: bytes, said: str) -> None:
    place = makerspace()
    file = io.BytesIO(content)
    file.name = name

    answer = keeper(place).post(at(place, "staff", "import"), {"step": "preview", "file": file})

    assert answer.status_code == 422
    assert re.search(said, text_of(answer))


def test_registers_are_begun_by_hand() -> None:
    unit = factories.make_organisation()
    who = browser(factories.make_person(organisation=unit))
    given = {"organisation": str(unit.pk), "name": "新空间", "authority": "wuhua"}

    answer = who.post("/work/registers/new/", given, follow=True)

    assert "登记册已建立" in text_of(answer)
    assert Makerspace.objects.get().organisation == unit
    assert "已有同名" in text_of(who.post("/work/registers/new/", given))
    assert who.post("/work/registers/new/", given | {"authority": "nowhere"}).status_code == 422
    other = factories.make_organisation()
    assert who.post("/work/registers/new/", given | {"organisation": str(other.pk)}).status_code == 422


# -- the year ----------------------------------------------------------------------------------------------------------
def test_the_year_is_added_up_for_the_report() -> None:
    place = makerspace()
    enter(place, TENANTS, employees=6, seats=4)
    enter(place, RESULTS)

    enter(place, REGISTERS["premises"], seats=3)

    page = text_of(browser(factories.make_person(Role.LEADER)).get(at(place, "year") + "?year=2025"))

    assert "已使用工位数4个，不能多于工位数3个" in page
    assert re.search(r"常驻初创企业</dt><dd>1个", page)
    assert re.search(r"入驻企业营业收入</dt><dd>1,?205千元", page)
    assert "总收入" in page.partition("不由登记册汇总")[2]


@pytest.mark.parametrize("year", ["", "x", "1900", "99999999999999999999", "２０２５"])
def test_a_year_that_is_none_is_this_one(year: str) -> None:
    place = makerspace()

    answer = keeper(place).get(at(place, "year") + f"?year={year}")

    assert answer.status_code == 200
    assert "截至2026年3月16日" in text_of(answer)

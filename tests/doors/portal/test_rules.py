"""The rules, and the official text that is imported beside them."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from makerspace.doors.portal import procedure
from makerspace.doors.portal.models import OfficialText
from makerspace.doors.portal.texts import TextRefused, decoded, import_text, split
from makerspace.office.casework.refusals import cited
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation import by_id
from tests.doors.portal.helpers import ON, page, words
from tests.factories import adopt_setting, make_call

REGULATION = by_id("kunkefa-2017-55")
# Nothing of the real text: its shape only, with the traps that it has.
SAMPLE = "\n".join(
    [
        "某发〔2017〕1号", "各有关单位：", "  第一章 总则",
        *(f"{cited((n,))}　第{n}条说什么，符合第五条所列条件。\n（一）第一项；\n第一项的下一行。" for n in range(1, 5)),
        "第二章 认定条件",
        *(f" {cited((n,))}  第{n}条的内容" for n in range(5, 20)),
    ]
)  # fmt: skip


def test_articles_are_split_where_a_line_begins_with_one() -> None:
    articles = split(SAMPLE, REGULATION)

    assert list(articles) == list(range(1, 20))
    assert articles[1] == "第1条说什么，符合第五条所列条件。\n（一）第一项；\n第一项的下一行。"
    assert articles[4].endswith("第一项的下一行。")
    assert articles[5] == "第5条的内容"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "缺少第一条"), (SAMPLE.replace("第十九条", "第十八条"), "第十八条重复出现"), (SAMPLE + "\n第二十条 多出来的", "第二十条不在"),
        (SAMPLE.replace("第七条", "第七款"), "缺少第七条"), ("第一条", "缺少第一条"), (SAMPLE.replace("第5条的内容", ""), "缺少第五条"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_the_regulations_is_refused(text: str, said: str) -> None:
    with pytest.raises(TextRefused, match=said):
        split(text, REGULATION)


def test_old_encodings_are_read_and_others_refused() -> None:
    assert decoded("第一条".encode("gb18030")) == "第一条"
    assert decoded("\ufeff第一条".encode()) == "第一条"
    for content in (b"\x00\x01\x02", b"\xff" * 10, b" " * 2_000_001):
        with pytest.raises(TextRefused):
            decoded(content)


@pytest.mark.django_db
def test_importing_again_replaces_the_text_and_the_record_keeps_both() -> None:
    import_text(REGULATION, SAMPLE.encode(), by="admin", on=ON)
    again = import_text(REGULATION, SAMPLE.replace("第5条的内容", "改正后的内容").encode(), by="other", on=ON)

    text = OfficialText.objects.get(article=5)
    assert (text.text, text.imported_by, text.digest) == ("改正后的内容", "other", again.digest)
    assert OfficialText.objects.count() == 19
    assert Entry.objects.filter(stream="TEXT-kunkefa-2017-55").count() == 2
    assert first_broken() is None


@pytest.mark.django_db
def test_pages_show_the_official_text_once_it_is_there() -> None:
    assert "要点由本系统归纳，以正式文件为准" in page("/rules/")

    import_text(REGULATION, SAMPLE.encode(), by="admin", on=ON)

    assert "第5条的内容" in page("/rules/")
    assert "第5条的内容" in page("/rules/article/5/")


@pytest.mark.django_db
def test_the_command_imports_or_says_in_one_line_why_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(SAMPLE, encoding="utf-8")
    bad.write_text("什么也不是", encoding="utf-8")

    call_command("import_text", "kunkefa-2017-55", str(good), by="admin")

    assert "共19条" in capsys.readouterr().out
    for arguments, said in [
        (("kunkefa-1999-1", str(good)), "没有名为"), (("kunkefa-2017-55", str(tmp_path / "none.txt")), "不能读取"),
        (("kunkefa-2017-55", str(bad)), "缺少第一条"), (("kunkefa-2017-55", str(tmp_path)), "不能读取"),
    ]:  # fmt: skip
        with pytest.raises(CommandError, match=said):
            call_command("import_text", *arguments)


@pytest.mark.django_db
def test_the_rules_show_every_article_number_reading_and_move() -> None:
    html = page("/rules/")

    assert [n for n in range(1, 20) if f'id="article-{n}"' not in html] == []
    assert [reading.id for reading in REGULATION.readings if f'id="{reading.id}"' not in html] == []
    text = words(html)
    labels = [re.sub(r"（[a-z]+）", "", parameter.label) for parameter in REGULATION.parameters]
    assert [label for label in labels if label not in text] == []
    assert not re.search("both|either", text)
    tables = REGULATION.procedures.values()
    assert [table.label for table in tables if table.label not in text] == []
    assert [move.label for table in tables for move in table.moves if move.label not in text] == []
    assert "引导资金（一次性）100,000元" in text
    assert "暂定" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "expected"),
    [("/rules/article/1/", 200), ("/rules/article/19/", 200), ("/rules/article/0/", 404), ("/rules/article/20/", 404)],
)
def test_each_article_has_a_page(path: str, expected: int) -> None:
    page(path, expected)


@pytest.mark.django_db
def test_an_article_shows_its_conditions_readings_and_acts() -> None:
    text = words(page("/rules/article/11/"))

    for said in ("专家调研和公示", "公示期7天", "R-12", "发布公示市科技局经办处室拟公示公示中"):
        assert said in text


@pytest.mark.django_db
def test_the_way_is_made_from_the_table() -> None:
    way = procedure.steps(REGULATION, ON)

    assert [step.label for step in way] == [
        "填报中", "区县初审与查验", "市局受理", "专家现场调研", "局长审定", "拟公示", "公示中", "待公布", "已认定",
    ]  # fmt: skip
    assert way[6].term == "7天"


@pytest.mark.django_db
def test_the_public_reads_what_the_bureau_set_since_when_why_and_what_comes() -> None:
    adopt_setting("TERM_LETTER", 7, date(2026, 4, 1))
    adopt_setting("TERM_LETTER", 5, date(2026, 5, 1))
    officers = set(Person.objects.values_list("name", flat=True))

    whole, one = words(page("/rules/", on="2026-04-01")), words(page("/rules/article/17/", on="2026-04-01"))

    row = "答复优先支持凭证申请的时限7个工作日2026年5月1日起为5个工作日（压缩办理时间）市科技局设定，条文没有规定压缩办理时间2026-04-01"
    assert row in whole
    assert (
        "市科技局设定，条文没有规定；2026年4月1日起：压缩办理时间2026年5月1日起为5个工作日（压缩办理时间）7个工作日"
        in one
    )
    assert "区县初审与查验时限20个工作日系统默认，条文没有规定" in whole
    assert "公示期7天条文" in whole
    assert [name for name in officers if name in whole + one] == []
    assert "答复优先支持凭证申请的时限10个工作日" in words(page("/rules/", on="2026-03-31"))


@pytest.mark.django_db
def test_a_call_shows_the_terms_in_force_and_what_comes() -> None:
    adopt_setting("TERM_DISTRICT_REVIEW", 15, ON)
    adopt_setting("TERM_CITY_REVIEW", 5, ON + timedelta(days=15))
    call = make_call()

    with clock.pretending(datetime.combine(ON, time(10), clock.KUNMING)):
        text = words(page(f"/calls/{call.pk}/"))

    assert "科技主管部门，15个工作日" in text
    assert "市科技局经办处室，10个工作日（2026年3月31日起5个工作日）" in text


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "leads"), [(14, "/capital/"), (15, "/facilities/"), (16, "/mentors/")])
def test_an_article_leads_to_what_came_of_it(number: int, leads: str) -> None:
    assert f'<a href="{leads}">查看' in page(f"/rules/article/{number}/")

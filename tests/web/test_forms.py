"""A model as a form: every kind of field binds, what is wrong is said in Chinese, and nothing typed is lost."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from makerspace.regulation.kunkefa_2017_55.dossier import Dossier
from makerspace.web.forms import SchemaForm
from makerspace.web.forms.binding import digits


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Row(BaseModel):
    name: str = Field(title="姓名", max_length=4)
    age: int | None = Field(None, title="年龄")


class Place(BaseModel):
    street: str = Field(title="街道")
    rows: list[Row] = Field(default_factory=list, title="住户")


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(title="文字", max_length=10)
    long: str = Field("", title="长文", json_schema_extra={"widget": "textarea"})
    whole: int | None = Field(None, title="整数", ge=0)
    area: Decimal | None = Field(None, title="面积", json_schema_extra={"unit": "m²"})
    tick: bool = Field(False, title="勾选")
    leased: bool | None = Field(None, title="租赁")
    day: date | None = Field(None, title="日期")
    hour: time | None = Field(None, title="时间")
    at: AwareDatetime | None = Field(None, title="时刻")
    colour: Colour = Field(Colour.RED, title="颜色", json_schema_extra={"labels": {"red": "红", "blue": "蓝"}})
    kind: Literal["a", "b"] | None = Field(None, title="种类")
    people: list[str] = Field(default_factory=list, title="人员")
    lines: list[str] = Field(default_factory=list, title="各行")
    rows: list[Row] = Field(default_factory=list, title="名单")
    place: Place | None = Field(None, title="地点")


OPTIONS = {"people": [("z", "张"), ("l", "李")]}


def bound(query: str) -> SchemaForm[Everything]:
    return SchemaForm(Everything, QueryDict(query), options=OPTIONS)


def page(form: SchemaForm[Any]) -> str:
    return render_to_string("web/_schema_form.html", {"form": form})


def test_only_what_may_be_left_out_is_called_optional() -> None:
    fields = {field.name: field.optional for field in bound("").fields}

    assert {name: fields[name] for name in ("text", "colour", "kind", "day")} == {
        "text": False, "colour": False, "kind": True, "day": True,
    }  # fmt: skip


def test_every_kind_of_field_binds() -> None:
    form = bound(
        "text= 文字 &long=一行%0D%0A二行&whole=１,２００&area=420.50&tick=on&leased=false&day=2026年3月6日&hour=09:30"
        "&at=2026-03-16T10:32&colour=blue&kind=b&people=z&people=l&lines=甲%0A%0A乙&rows-0-name=王&rows-0-age=30"
        "&place-street=学府路&place-rows-2-name=李"
    )

    assert form.is_valid(), form.errors
    assert form.cleaned == Everything(
        text="文字",
        long="一行\n二行",
        whole=1200,
        area=Decimal("420.5"),
        tick=True,
        leased=False,
        day=date(2026, 3, 6),
        hour=time(9, 30),
        at=datetime(2026, 3, 16, 10, 32, tzinfo=timezone(timedelta(hours=8))),
        colour=Colour.BLUE,
        kind="b",
        people=["z", "l"],
        lines=["甲", "乙"],
        rows=[Row(name="王", age=30)],
        place=Place(street="学府路", rows=[Row(name="李")]),
    )


def test_what_is_left_empty_takes_its_default() -> None:
    form = bound("text=文字")

    assert form.is_valid(), form.errors
    assert form.cleaned == Everything(text="文字")


def test_errors_name_the_field_and_lead_to_it_in_the_order_of_the_page() -> None:
    form = bound("text=&whole=三&day=昨天&colour=green&rows-5-name=&rows-7-name=王小二三四&rows-7-age=x")

    assert not form.is_valid()
    assert form.summary == [
        ("id_text", "请填写文字"),
        ("id_whole", "整数应为整数"),
        ("id_day", "日期应为日期，例如2026年3月16日"),
        ("id_colour", "请在列出的选项中选择颜色"),
        ("id_rows-7-name", "第8项：姓名至多4个字"),
        ("id_rows-7-age", "第8项：年龄应为整数"),
    ]


class Sheet(BaseModel):
    criterion: str = Field(title="条件")
    agrees: bool = Field(title="与申报一致")


class Sheets(BaseModel):
    items: list[Sheet] = Field(title="各项")


@pytest.mark.parametrize(("second", "about"), [("b", "（服务主题）"), ("a", "")])
def test_an_error_in_a_row_names_what_the_row_is_about_and_what_to_choose(second: str, about: str) -> None:
    options = {
        "items.criterion": [("a", "场地面积"), ("b", "服务主题")],
        "items.agrees": [("true", "一致"), ("false", "不一致")],
    }
    given = QueryDict(f"items-0-criterion=a&items-0-agrees=true&items-1-criterion={second}&items-1-agrees=")

    form = SchemaForm(Sheets, given, options=options)

    assert form.summary == [("id_items-1-agrees", f"第2项{about}：请选择“一致”或“不一致”")]


def test_what_was_typed_is_kept_beside_its_error() -> None:
    html = page(bound("text=文字&whole=三百&rows-3-name=王小二三四&rows-3-age=<b>"))

    assert 'value="三百"' in html
    assert (
        'name="rows-3-name" aria-describedby="id_rows-3-name-error" aria-invalid="true" aria-required="true" value="王小二三四"'
        in html
    )
    assert 'value="&lt;b&gt;"' in html
    assert '<a href="#id_whole">整数应为整数</a>' in html


def test_each_error_has_a_place_to_go_to() -> None:
    form = bound("whole=三&rows-0-name=王小二三四&place-rows-1-age=1&place-street=x&kind=c&people=q")
    html = page(form)

    assert len(form.summary) >= 5
    for target, _ in form.summary:
        assert f'id="{target}"' in html


def test_empty_rows_are_no_rows() -> None:
    form = bound("text=文字&rows-0-name=&rows-0-age=&rows-1-name=王")

    assert form.is_valid()
    assert form.cleaned.rows == [Row(name="王")]


def test_a_row_can_be_added_without_scripts() -> None:
    form = bound("text=文字&whole=三&rows-0-name=王&_add=rows")

    assert not form.is_valid()
    assert form.errors == {}
    assert 'name="rows-1-name"' in page(form)
    assert 'value="三"' in page(form)


def test_a_row_can_be_dropped_without_scripts() -> None:
    html = page(bound("text=文字&rows-0-name=王&rows-1-name=李&place-rows-0-name=赵&_drop=rows-0"))

    assert 'name="rows-0-name"' not in html
    assert 'name="rows-1-name"' in html
    assert 'name="place-rows-0-name"' in html


def test_unbound_form_shows_initial_values() -> None:
    initial = Everything(
        text="旧", area=Decimal("260.50"), day=date(2026, 3, 16), people=["l"], rows=[Row(name="王")], tick=True
    )

    html = page(SchemaForm(Everything, initial=initial, options=OPTIONS))

    assert 'value="260.5"' in html
    assert 'type="date" id="id_day" name="day" value="2026-03-16"' in html
    assert 'value="l" checked' in html
    assert 'name="tick" value="on" checked' in html
    assert 'name="rows-0-name" aria-required="true" value="王"' in html


def test_what_was_shown_comes_back_unchanged() -> None:
    initial = Everything(text="旧", leased=True, at=datetime(2026, 3, 16, 2, 32, tzinfo=UTC), lines=["甲", "乙"])
    form = SchemaForm(Everything, initial=initial, options=OPTIONS)

    again = bound(
        f"text=旧&leased={form.typed['leased']}&at={form.typed['at']}&lines={form.typed['lines'].replace(chr(10), '%0A')}"
    )

    assert form.typed["at"] == "2026-03-16T10:32"
    assert again.is_valid()
    assert again.cleaned == initial


def test_only_the_choices_on_offer_are_taken() -> None:
    class Ranked(BaseModel):
        rank: Literal[1, 2] = Field(title="位次")

    good = SchemaForm(Ranked, QueryDict("rank=2"))
    bad = SchemaForm(Ranked, QueryDict("rank=3"))

    assert good.is_valid()
    assert good.cleaned.rank == 2
    assert bad.errors == {"rank": "请在列出的选项中选择位次"}


def test_choices_are_buttons_up_to_five_and_a_list_beyond() -> None:
    class Picked(BaseModel):
        one: str = Field(title="其一")

    few = SchemaForm(Picked, options={"one": [(str(n), f"第{n}") for n in range(5)]})
    many = SchemaForm(Picked, options={"one": [(str(n), f"第{n}") for n in range(6)]})

    assert ('type="radio"' in page(few), "<select" in page(few)) == (True, False)
    assert ('type="radio"' in page(many), "<select" in page(many)) == (False, True)


def test_a_model_that_objects_as_a_whole_speaks_first() -> None:
    class Term(BaseModel):
        first: date = Field(title="起")
        last: date = Field(title="止")

        @model_validator(mode="after")
        def _order(self) -> "Term":
            if self.last < self.first:
                raise ValueError("止不应早于起")
            return self

        @field_validator("first")
        @classmethod
        def _past(cls, value: date) -> date:
            if value.year < 2017:
                raise ValueError("起不应早于办法施行")
            return value

    whole = SchemaForm(Term, QueryDict("first=2026-03-16&last=2026-03-01"))
    field = SchemaForm(Term, QueryDict("first=2016-03-16&last=2026-03-01"))

    assert whole.summary == [("", "止不应早于起")]
    assert field.summary == [("id_first", "起不应早于办法施行")]


def test_what_an_operation_refuses_stands_at_its_field() -> None:
    form = bound("text=文字&rows-0-name=王")
    form.add_errors({"rows[0].name": "这个人不在名册上", "": "本件已变化"})

    assert not form.is_valid()
    assert form.summary == [("", "本件已变化"), ("id_rows-0-name", "第1项：这个人不在名册上")]


@pytest.mark.parametrize("typed", ["%00文%07字", "文字%0B"])
def test_control_characters_do_not_come_through(typed: str) -> None:
    form = bound(f"text={typed}")

    assert form.is_valid()
    assert form.cleaned.text == "文字"


def test_a_dossier_comes_through_strictly() -> None:
    query = QueryDict(
        "regulation=kunkefa-2017-55&category=comprehensive&operator-name=云岭&operator-independent_legal_person=true"
        "&makerspace-opened_on=2017-03-01&premises-0-address=学府路&premises-0-area_m2=420.50&premises-0-tenure=leased"
        "&tenants-4-name=星云&tenants-4-employees=12&tenants-4-revenue_wan=300&facilities=meeting_room"
    )

    form = SchemaForm(Dossier, query)

    assert form.is_valid(), form.errors
    assert form.cleaned.premises[0].area_m2 == Decimal("420.5")
    assert form.cleaned.tenants[0].employees == 12
    assert form.cleaned.operator.independent_legal_person is True
    assert form.cleaned.facilities == ("meeting_room",)


def test_fault_of_a_late_row_is_found_at_that_row() -> None:
    query = QueryDict(
        "regulation=kunkefa-2017-55&category=technical&tenants-2-name=&tenants-9-name=甲&tenants-9-employees=-1"
    )

    form = SchemaForm(Dossier, query)

    assert form.errors == {"tenants-9-employees": "从业人员（人）应不小于0"}


# -- money -------------------------------------------------------------------------------------------------------------
class Sums(BaseModel):
    yuan: int = Field(title="列支", json_schema_extra={"widget": "yuan", "unit": "元"})
    wan: int = Field(title="融资", json_schema_extra={"widget": "wan", "unit": "万元"})


def test_money_is_typed_in_its_unit_and_kept_in_fen() -> None:
    form = SchemaForm(Sums, QueryDict("yuan=1,200.50&wan=1,300.5"))

    assert form.is_valid()
    assert form.cleaned == Sums(yuan=120_050, wan=1_300_500_000)
    shown = page(SchemaForm(Sums, initial=form.cleaned))
    assert [f'value="{text}" inputmode="decimal"' in shown for text in ("1200.5", "1300.5")] == [True, True]


@pytest.mark.parametrize("typed", ["三百万", "1.0000001", "1e3"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    assert set(SchemaForm(Sums, QueryDict(f"yuan=1&wan={typed}")).errors) == {"wan"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [("１，２００．５", "1200.5"), ("－3\u3000", "-3"), ("1\u00a0200", "1200"), ("10³", "10³"), ("½", "½")],
)
def test_digits_may_be_full_width_and_raised_ones_are_none(typed: str, read: str) -> None:
    assert digits(typed) == read

"""Every kind of fault that pydantic knows is told in Chinese, short and with its place."""

from typing import Annotated, Literal, get_args

import pytest
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_core.core_schema import ErrorType

from makerspace.regulation.faults import CONTROL_FREE, EXPECTED, MOST, Fault, Faults, faults_of, path_of, shown_value


class Item(BaseModel):
    """A row."""

    kind: Literal["a", "b", "c"]
    note: Annotated[str, Field(pattern=CONTROL_FREE)] = ""


class Act(BaseModel, extra="forbid", strict=True):
    """An act's input, as rooms write them."""

    reason: Annotated[str, Field(min_length=2, max_length=5)]
    rank: Annotated[int, Field(ge=1)] = 1
    code: Annotated[str, Field(pattern="^K[0-9]$")] = "K1"
    items: list[Item] = []

    @field_validator("rank")
    @classmethod
    def no_thirteen(cls, rank: int) -> int:
        if rank == 13:
            raise ValueError("名次不得为13")
        if rank == 14:
            raise ValueError
        return rank


def refused(**given: object) -> list[Fault]:
    """The faults of an input."""
    with pytest.raises(ValidationError) as error:
        Act.model_validate(given)
    return faults_of(error.value)


def test_every_error_type_of_pydantic_has_a_chinese_line() -> None:
    assert set(get_args(ErrorType)) == set(EXPECTED)
    assert all(any("一" <= char <= "龥" for char in line) for line in EXPECTED.values())


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, Fault("reason", "", "必须填写")),
        ({"reason": "不"}, Fault("reason", "“不”", "至少2个字")),
        ({"reason": "不符合条件的"}, Fault("reason", "“不符合条件的”", "至多5个字")),
        ({"reason": None}, Fault("reason", "空值null", "应为文字")),
        ({"reason": "不符", "rank": 0}, Fault("rank", "0", "应不小于1")),
        ({"reason": "不符", "rank": True}, Fault("rank", "true", "应为整数")),
        ({"reason": "不符", "rank": 13}, Fault("rank", "13", "名次不得为13")),
        ({"reason": "不符", "rank": 14}, Fault("rank", "14", "取值不符合要求")),
        ({"reason": "不符", "code": "X"}, Fault("code", "“X”", "格式应为^K[0-9]$")),
        ({"reason": "不符", "size": 1}, Fault("size", "1", "没有这个字段，请删去或核对字段名")),
        ({"reason": "不符", "items[0]": 1}, Fault("items[0]", "1", "没有这个字段，请删去或核对字段名")),
        ({"reason": "不符", "": 1}, Fault("“”", "1", "没有这个字段，请删去或核对字段名")),
        ({"reason": "不符", "甲\n乙": 1}, Fault("甲�乙", "1", "没有这个字段，请删去或核对字段名")),
        ({"reason": "不符", "items": {}}, Fault("items", "一组字段", "应为列表")),
        ({"reason": "不符", "items": [[1, 2]]}, Fault("items[0]", "2项的列表", "应为一组字段")),
        ({"reason": "不符", "items": [{"kind": "d"}]}, Fault("items[0].kind", "“d”", "应为下列之一：a、b、c")),
        (
            {"reason": "不符", "items": [{"kind": "a", "note": "x\x00y"}]},
            Fault("items[0].note", "“x�y”", "不得含有控制字符"),
        ),
    ],
)
def test_a_fault_says_where_what_and_what_was_expected(given: dict[str, object], fault: Fault) -> None:
    assert refused(**given) == [fault]


def test_a_fault_reads_as_one_line() -> None:
    assert str(Fault("items[0].kind", "“d”", "应为下列之一：a、b")) == "items[0].kind：应为下列之一：a、b（收到“d”）"
    assert str(Fault("", "", "应为有效的JSON")) == "应为有效的JSON"
    assert str(Faults([Fault("a", "", "必须填写"), Fault("b", "", "必须填写")])) == "a：必须填写；b：必须填写"


def test_beyond_five_hundred_faults_the_rest_is_counted() -> None:
    found = refused(reason="不符", items=[{}] * (MOST + 7))

    assert len(found) == MOST + 1
    assert found[-1] == Fault("", "", "另有7处错误未列出，请先改正以上各处")


def test_what_pydantic_adds_to_a_path_for_its_own_use_is_dropped() -> None:
    assert path_of(("tenants", 3, "function-after[check(), str]", "industry")) == "tenants[3].industry"
    assert path_of((0, "x" * 100)) == f"[0].{'x' * 60}…"


def test_values_are_shown_short_and_on_one_line() -> None:
    assert shown_value("甲\n乙" + "x" * 100) == f"“甲�乙{'x' * 57}…”"
    assert [shown_value(value) for value in (None, False, 1.5, {1}, {"a": 1})] == [
        "空值null",
        "false",
        "1.5",
        "1项的列表",
        "一组字段",
    ]

"""What is told of a financing round and of a listing; one model for page and API, money in fen."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from makerspace.matters.support.forms.engagements import TEXTAREA, Reason
from makerspace.matters.support.models import Board, Round
from makerspace.matters.support.queries.capital import THOUSAND
from makerspace.office.casework.acts import Day, Input
from makerspace.regulation.faults import CONTROL_FREE

MOST = 10**13  # fen: 1000亿元


def _sum(value: int) -> int:
    """Above 0, and no less than the unit in which the yearly report counts; a slip of the keyboard is no sum."""
    if value <= 0:
        raise PydanticCustomError("money", "应大于0")
    return _part(value)


def _part(value: int) -> int:
    if value < 0:
        raise PydanticCustomError("money", "不能为负数，没有的填0")
    if 0 < value < THOUSAND:
        raise PydanticCustomError("money", "应不少于0.1万元")
    if value > MOST:
        raise PydanticCustomError("money", "数额过大，请核对单位")
    return value


WAN = {"widget": "wan", "unit": "万元"}
Key = Annotated[int, Field(ge=1, lt=2**31)]


class _Fact(Input):
    """Of whom."""

    tenant: Key = Field(
        title="企业或团队", description="在入驻登记册中选择；已毕业的也在其中。", json_schema_extra={"widget": "select"}
    )


class EnterFinancing(_Fact):
    """登记一笔融资。"""

    day: Day = Field(title="日期", description="协议签署或资金到账之日。")
    kind: Round = Field(title="融资类型", json_schema_extra={"widget": "select"})
    amount: Annotated[int, AfterValidator(_sum)] = Field(title="融资额", json_schema_extra={**WAN})
    own_amount: Annotated[int, AfterValidator(_part)] = Field(
        0, title="其中本空间自有或合作基金投资", description="没有的填0。", json_schema_extra={**WAN}
    )
    investor: Annotated[str, Field(min_length=2, max_length=200, pattern=CONTROL_FREE)] = Field(
        title="投资方", description="多家的用顿号分开；不对外公开。"
    )


class EnterListing(_Fact):
    """登记一次挂牌或上市。"""

    day: Day = Field(title="挂牌日期", description="正式挂牌或上市之日。")
    board: Board = Field(title="板块", json_schema_extra={"widget": "select"})
    venue: Annotated[str, Field(max_length=100, pattern=CONTROL_FREE)] = Field(
        "", title="交易场所或平台", description="新三板和北京证券交易所不必填写。"
    )
    code: Annotated[str, Field(max_length=20, pattern=r"^[0-9A-Za-z.\-]*$")] = Field(
        "", title="证券或挂牌代码", description="只用数字、字母、点和横线。"
    )
    short_name: Annotated[str, Field(max_length=40, pattern=CONTROL_FREE)] = Field("", title="证券或挂牌简称")


class StrikeFact(Input):
    """作废一条融资或挂牌登记。"""

    reason: Reason = Field(
        title="作废原因", description="作废后不再计入任何统计，内容和原因保留备查。", json_schema_extra=TEXTAREA
    )

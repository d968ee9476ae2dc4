"""The shapes of financing and listings; money in fen."""

from datetime import date
from typing import Literal

from pydantic import Field

from makerspace.doors.api.shapes import Page, Shape

RoundCode = Literal["seed", "angel", "a", "b", "later", "crowdfunding", "debt", "other"]
BoardCode = Literal["crowdfunding", "regional", "neeq", "bse", "other"]


class CapitalFact(Shape):
    """融资和挂牌共有的内容。"""

    id: int
    tenant: int = Field(description="入驻登记册的条目编号")
    name: str = Field(description="企业或团队名称")
    day: date
    evidence: str = Field(description="证明材料的 SHA-256")
    struck_on: date | None = Field(description="作废日期；有效的为 null")
    reason: str = Field(description="作废原因")


class Financing(CapitalFact):
    """一笔融资，金额以分计。"""

    kind: RoundCode
    amount: int = Field(description="融资额（分）")
    own_amount: int = Field(description="其中本空间自有或合作基金投资（分）")
    investor: str


class Financings(Page):
    """一个众创空间的融资。"""

    items: list[Financing]


class Listing(CapitalFact):
    """一次挂牌或上市。"""

    board: BoardCode
    venue: str = Field(description="交易场所或平台")
    code: str
    short_name: str


class Listings(Page):
    """一个众创空间的挂牌。"""

    items: list[Listing]


class ReachedYear(Shape):
    """一个年度的合计。"""

    year: int
    rounds: int = Field(description="股权融资笔数")
    amount: int | None = Field(description="股权融资额（分）；不足3家的为 null")
    own_amount: int | None = Field(description="其中众创空间自有或合作基金投资（分）；不足3家的为 null")
    loans: int = Field(description="债权融资笔数")
    lent: int | None = Field(description="债权融资额（分）；不足3家的为 null")
    listed: dict[BoardCode, int] = Field(description="各板块挂牌家数")


class Reached(Shape):
    """全市合计。"""

    financed: int = Field(description="获得股权融资的企业和团队，同一家只计一次")
    listed: int = Field(description="挂牌或上市的企业，同一家只计一次")
    years: list[ReachedYear]

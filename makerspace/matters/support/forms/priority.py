"""What whoever asks about article 17 says."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from makerspace.matters.support.queries.priority import FIRST, LAST
from makerspace.office.casework.acts import Input
from makerspace.office.people.operations import normal_uscc

LENGTH = 18


def _uscc(value: str) -> str:
    code = normal_uscc(value)
    if len(code) != LENGTH or not code.isascii() or not code.isalnum():
        raise PydanticCustomError("uscc", "应为18位数字和大写字母")
    return code


class AskPriority(Input):
    """查询优先支持."""

    uscc: Annotated[str, AfterValidator(_uscc)] = Field(title="统一社会信用代码", description="申报单位的代码，18位")
    year: Annotated[int, Field(ge=FIRST, le=LAST)] = Field(title="申报年度", json_schema_extra={"unit": "年"})

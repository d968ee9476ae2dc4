"""What the public fills in: an objection."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from makerspace.matters.review.operations.objection import LONGEST_CONTACT, LONGEST_FACTS, LONGEST_NAME
from makerspace.regulation.faults import CONTROL_FREE


class ObjectionForm(BaseModel):
    """Who objects, how they can be reached, and what they say happened (article 11)."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    who: Literal["person", "unit"] = Field(
        title="以谁的名义提出", json_schema_extra={"labels": {"person": "个人", "unit": "单位"}}
    )
    name: str = Field(
        title="真实姓名或单位全称", min_length=2, max_length=LONGEST_NAME, pattern=CONTROL_FREE,
        description="只有承办人、作出决定的负责人和纪检监督人员能看到，不告知申报单位",
    )  # fmt: skip
    contact: str = Field(
        title="联系方式", min_length=5, max_length=LONGEST_CONTACT, pattern=CONTROL_FREE,
        description="电子邮箱或电话；填邮箱的，会收到回执和确认链接",
    )  # fmt: skip
    facts: str = Field(
        title="事实和理由", min_length=1, max_length=LONGEST_FACTS, json_schema_extra={"widget": "textarea", "rows": 8},
        description="哪一项情况不实、何时何地、您怎么知道的；越具体越便于核查",
    )  # fmt: skip
    read: bool = Field(False, title="我已阅读上面的说明，所写内容属实")

    @field_validator("facts")
    @classmethod
    def _printable(cls, value: str) -> str:
        if "\x00" in value:
            raise ValueError("事实和理由不得含有控制字符")
        return value

    @field_validator("read")
    @classmethod
    def _has_read(cls, value: bool) -> bool:
        if not value:
            raise ValueError("请先阅读说明并勾选")
        return value

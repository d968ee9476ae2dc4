"""What the pages of accounts, organisations and posts are given."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator
from pydantic_core import PydanticCustomError

from makerspace.office.casework.settings import bounds_in_words
from makerspace.office.people import phones
from makerspace.regulation.faults import CONTROL_FREE
from makerspace.regulation.terms import Bounds, Parameter

MAIL = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=CONTROL_FREE)]
Mail = Annotated[str, Field(max_length=254)]


class Given(BaseModel):
    """Unknown keys are refused; texts are trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Profile(Given):
    """Who I am."""

    name: Name = Field(title="姓名")
    phone: str = Field("", title="手机号码", description="用于办件联系和短信提醒，可不填。", max_length=phones.LONGEST)

    @field_validator("phone")
    @classmethod
    def _mobile(cls, value: str) -> str:
        try:
            return phones.mobile(value) if value else ""
        except ValueError:
            raise PydanticCustomError("phone", phones.WRONG) from None


class NewToken(Given):
    """A token for a program."""

    name: Name = Field(title="名称", description="写明用途，如“月报统计程序”，便于日后辨认。")
    days: Literal["30", "90", "365"] = Field(
        "90", title="有效期", json_schema_extra={"labels": {"30": "30天", "90": "90天", "365": "一年"}}
    )
    decide: bool = Field(
        False,
        title="允许办理须再次验证身份的事项（限时）",
        description="审定、推荐、发布公示等；自生成起60分钟内有效，到时自动失去这一权限。",
    )


class CorrectOrganisation(Given):
    """How a unit is registered: what its owner may still set right."""

    name: Annotated[str, Field(min_length=2, max_length=100, pattern=CONTROL_FREE)] = Field(
        title="单位名称", description="与营业执照或法人证书一致的全称。"
    )
    uscc: Annotated[str, Field(min_length=1, max_length=40, pattern=CONTROL_FREE)] = Field(
        title="统一社会信用代码", description="18位。"
    )


class NewOrganisation(CorrectOrganisation):
    """A unit that comes in for the first time."""

    kind: Literal["enterprise", "public_institution", "social_organisation", "government", "individual", "other"] = (
        Field("enterprise", title="单位性质")
    )
    address: Annotated[str, Field(max_length=300, pattern=CONTROL_FREE)] = Field("", title="地址")


class _Invited(Given):
    name: Name = Field(title="姓名")
    email: Mail = Field(title="电子邮箱", description="邀请链接发到这个邮箱，7天内有效，只能使用一次。", pattern=MAIL)


class InviteMember(_Invited):
    """Somebody is to act for an organisation."""

    role: Literal["owner", "editor"] = Field(
        "editor", title="身份", description="经办人可以填报和提交；负责人还可以管理成员。"
    )


class InviteOfficer(_Invited):
    """Somebody is to take an office."""

    role: Annotated[str, Field(min_length=1)] = Field(title="岗位")
    authority: str = Field("", title="科技主管部门", description="仅区县岗位须选。")
    duties: list[str] = Field(default_factory=list, title="兼任职责")


class NewAccount(Given):
    """An account for somebody who was invited."""

    name: Name = Field(title="姓名")
    username: Annotated[str, Field(min_length=3, max_length=64, pattern=r"^[\w.@+-]+$")] = Field(
        title="用户名", description="3至64位，可用汉字、字母、数字和 @ . + - _。"
    )
    password: Annotated[str, Field(min_length=12, max_length=128)] = Field(
        title="密码", description="至少12位，不能是常见密码，不能全是数字。", json_schema_extra={"widget": "password"}
    )
    again: Annotated[str, Field(max_length=128)] = Field(title="再次输入密码", json_schema_extra={"widget": "password"})


class Reason(Given):
    """Why an account is locked or unlocked."""

    reason: Annotated[str, Field(min_length=2, max_length=500, pattern=CONTROL_FREE)] = Field(
        title="理由", json_schema_extra={"widget": "textarea"}
    )


LONG_TEXT = Annotated[str, Field(min_length=2, max_length=300, pattern=CONTROL_FREE)]


class ProposeSetting(Given):
    """A number for a setting from a day on; ``propose_setting`` says which numbers."""

    value: int = Field(title="数值")
    since: date = Field(title="生效日期", description="须晚于负责人作出决定之日；这一天以前起算的期限不变。")
    reason: LONG_TEXT = Field(
        title="理由", description="采用后与数值一并公开，请不要写个人姓名。", json_schema_extra={"widget": "textarea"}
    )


@lru_cache(maxsize=64)
def propose_setting(parameter: Parameter, bounds: Bounds) -> type[ProposeSetting]:
    """The same for one setting: a number with its unit, or one of its words."""
    kind: Any = int
    extra: dict[str, Any] = {"unit": parameter.unit.removeprefix("个")}
    hint = f"{bounds_in_words(parameter, bounds)}。"
    if parameter.words:
        kind, hint = Literal[tuple(range(len(parameter.words)))], ""
        extra = {"labels": dict(enumerate(parameter.words))}
    value = Field(title="数值", description=hint, json_schema_extra=extra)
    return create_model("ProposedSetting", __base__=ProposeSetting, value=(kind, value))


class RefuseSetting(Given):
    """Why a proposed number is not adopted."""

    answer: LONG_TEXT = Field(title="不采用的理由", json_schema_extra={"widget": "textarea"})

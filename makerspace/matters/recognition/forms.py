"""What the acts of this room are given, on the page and through the API."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, JsonValue, StringConstraints
from pydantic_core import PydanticCustomError

from makerspace.office.casework.acts import Day, Input, files
from makerspace.office.people.operations import normal_uscc
from makerspace.regulation.faults import CONTROL_FREE
from makerspace.regulation.kunkefa_2017_55 import codes
from makerspace.regulation.kunkefa_2017_55.dossier import Area, Division
from makerspace.regulation.kunkefa_2017_55.dossier import Authority as AuthorityCode

Number = Annotated[str, Field(min_length=1, max_length=24, pattern=CONTROL_FREE)]


class Announce(Input):
    """One case and the number of the bureau's document."""

    document_number: str = Field(
        title="公布文号",
        min_length=1,
        max_length=40,
        pattern=CONTROL_FREE,
        description="例如“昆科发〔2026〕12号”，方括号、圆括号会自动改为六角括号",
    )


class AnnounceBatch(Announce):
    """Many cases under one document number."""

    cases: list[Number] = Field(title="待公布的办件", min_length=1, max_length=500)


# -- changes -----------------------------------------------------------------------------------------------------------
LONG: dict[str, JsonValue] = {"widget": "textarea"}
LONGEST_USCC = 18
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CONTROL_FREE)]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=CONTROL_FREE)]


def _uscc(value: str) -> str:
    """As it is kept."""
    code = normal_uscc(value)
    if len(code) != LONGEST_USCC or not code.isascii() or not code.isalnum():
        raise PydanticCustomError("uscc", "应为18位数字和大写字母")
    return code


def _labels(labels: Mapping[str, str], **extra: Any) -> dict[str, Any]:
    return {"labels": dict(labels), **extra}


class SiteRow(Input):
    """One piece of premises as it is after the change (article 7(1))."""

    address: Name = Field(title="地址")
    authority: AuthorityCode = Field(
        title="所在地科技主管部门", json_schema_extra=_labels(codes.AUTHORITY_NAMES, widget="select")
    )
    tenure: Literal["owned", "leased"] = Field(title="自有或租赁", json_schema_extra=_labels(codes.TENURES))
    area_m2: Area = Field(title="面积", json_schema_extra={"unit": "平方米"})
    public_office_m2: Area | None = Field(None, title="其中公共办公面积", json_schema_extra={"unit": "平方米"})
    commercial: bool | None = Field(None, title="是否商业经营性场所")
    lease_from: Day | None = Field(None, title="租期起")
    lease_to: Day | None = Field(None, title="租期止")


class FileChange(Input):
    """提交变更申请. The form begins with what stands now; what has changed is written over it."""

    happened_on: Day = Field(title="变更日期", description="变更实际发生的日期，不晚于今天")
    name: Name = Field(title="众创空间名称")
    holder: Name = Field(title="运营单位名称")
    uscc: Annotated[str, AfterValidator(_uscc)] = Field(
        title="运营单位统一社会信用代码", description="代码不变的是更名，改变的是更换运营单位"
    )
    sites: list[SiteRow] = Field(
        title="变更后的全部场地", description="没有变化的保持原样；处数按系统设定，不能迁出原科技主管部门的辖区（系统默认做法）",
        max_length=20, json_schema_extra={"rows_as": "cards"},
    )  # fmt: skip
    independent_legal_person: bool | None = Field(
        None, title="新运营单位是否具有独立法人资格", description="更换运营单位时填写"
    )
    registered_division: Division = Field(
        "", title="新运营单位注册地行政区划代码", description="更换运营单位时填写，6位，如530102"
    )
    standardised: bool | None = Field(None, title="新运营单位财务管理是否规范", description="更换运营单位时填写")
    run_by_host: bool | None = Field(None, title="更换后是否依托运营单位建设", description="更换运营单位时填写")
    separate_accounts: bool | None = Field(
        None, title="更换后建设运营财务是否单独核算", description="依托运营单位建设的填写"
    )
    closing_on: Day | None = Field(
        None, title="停止运营日期", description="只在申请停止运营时填写；同意后称号终止，不能恢复"
    )
    reason: Text = Field(title="变更原因", min_length=1, json_schema_extra=LONG)
    papers: list[str] = files(
        "变更证明", "登记机关的变更通知、租赁合同或产权证明、有关决议；更换运营单位的，双方的协议"
    )
    confirm_not_met: bool = Field(
        False, title="已知按变更后的情况有条件不再符合，情况属实，仍要提交", description="系统提示有条件不再符合时勾选"
    )


class WithReason(Input):
    """An act that needs nothing but a reason."""

    reason: Text = Field(title="理由", min_length=1, json_schema_extra=LONG)


class GiveOpinion(Input):
    """提出变更意见."""

    supports: bool = Field(title="同意变更", description="不同意的不勾选，并在意见中写明理由")
    opinion: Text = Field(title="意见", min_length=1, json_schema_extra=LONG)
    visited_on: Day | None = Field(None, title="查看现场的日期", description="没有去现场的不填")
    papers: list[str] = files("现场照片等", at_least=0)


class GrantChange(Input):
    """同意变更."""

    opinion: Text = Field(title="审定意见", min_length=1, json_schema_extra=LONG)


class Relinquish(Input):
    """放弃称号."""

    reason: Text = Field(title="放弃的理由", min_length=1, json_schema_extra=LONG)
    sure: bool = Field(False, title="知道确认后称号终止、证书失效，不能恢复；以后须重新申报")
    papers: list[str] = files("有关决议", "单位决议等；没有的不必上传", at_least=0)


class ConfirmRelinquish(Input):
    """确认放弃称号."""

    note: Text = Field("", title="说明", description="如在办的引导资金、年度考核怎样处理", json_schema_extra=LONG)

"""What each act of an assessment is given: one model validates the API's JSON, gives its schema, and is the page's form."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints

from makerspace.office.casework.acts import Day, Input, files
from makerspace.regulation.faults import CONTROL_FREE
from makerspace.regulation.kunkefa_2017_55.report_fields import EVIDENCE

LONG: dict[str, JsonValue] = {"widget": "textarea"}
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=CONTROL_FREE)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CONTROL_FREE)]
Figure = Annotated[float, Field(ge=-100_000_000_000, le=100_000_000_000)]


class WithReason(Input):
    """An act that needs nothing but a reason."""

    reason: Text = Field(title="理由", json_schema_extra=LONG)


class FigureRow(Input):
    """One figure of the report."""

    field: Line = Field(title="填报项", description="填报项代码，见考核方案")
    value: Figure = Field(title="数值", description="金额为千元")


class Explained(Input):
    """Why a figure is unusual."""

    about: Line = Field(title="核对事项", description="核对事项代码，如 jump:seats")
    text: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=CONTROL_FREE)] = Field(title="说明")


def proofs(title: str, hint: str) -> Any:  # noqa: ANN401 (as pydantic's Field)
    """Files that prove a group: none given leaves what was saved, an empty list takes it away."""
    extra: dict[str, JsonValue] = {"widget": "files"}
    return Field(None, title=title, description=hint, max_length=20, json_schema_extra=extra)


class FileReport(Input):
    """提交年度报告. Figures given here are laid over what was saved."""

    commitment: bool = Field(title="承诺所报数据真实、完整，与台账和财务资料一致")
    figures: list[FigureRow] = Field(default=[], max_length=200, title="填报数据")
    explanations: list[Explained] = Field(default=[], max_length=100, title="说明")
    head: Annotated[str, StringConstraints(max_length=100, pattern=CONTROL_FREE)] = Field(
        "", title="众创空间负责人", description="不填的，沿用已保存的"
    )
    evidence_premises: list[str] | None = proofs("场地的证明材料", EVIDENCE["premises"])
    evidence_staff: list[str] | None = proofs("人员的证明材料", EVIDENCE["staff"])
    evidence_services: list[str] | None = proofs("服务团队和企业的证明材料", EVIDENCE["services"])
    evidence_events: list[str] | None = proofs("活动的证明材料", EVIDENCE["events"])
    evidence_financing: list[str] | None = proofs("投融资的证明材料", EVIDENCE["financing"])
    evidence_results: list[str] | None = proofs("成果的证明材料", EVIDENCE["results"])
    evidence_running: list[str] | None = proofs("运营的证明材料", EVIDENCE["running"])


class ReturnLine(Input):
    """One figure that is to be corrected."""

    field: Line = Field(title="填报项")
    text: Line = Field(title="问题")


class ReturnReport(Input):
    """退回年度报告."""

    lines: list[ReturnLine] = Field(title="需要更正的数据", min_length=1, max_length=200)
    reason: Text = Field(title="总的意见", json_schema_extra=LONG)


class CheckedLine(Input):
    """What one figure was held against, and with what result."""

    field: Line = Field(title="填报项")
    found: Literal["registers", "papers", "accounts", "site", "differs"] = Field(
        title="核对结果", description="与登记册、证明材料、财务资料、现场情况一致，或者不符"
    )
    text: Annotated[str, StringConstraints(max_length=200, pattern=CONTROL_FREE)] = Field("", title="说明")


class VerifyReport(Input):
    """核实年度报告."""

    lines: list[CheckedLine] = Field(
        default=[], max_length=200, title="逐项核对", description="每一填报项都要核对；补充或替换已保存的核对结果"
    )

    false_data: bool = Field(title="发现虚报、瞒报数据", description="勾选的，按方案一票否决")
    stopped: bool = Field(title="已停止运营", description="勾选的，按方案一票否决")
    opinion: Text = Field(title="核实意见", description="核对了哪些台账、票据和现场情况", json_schema_extra=LONG)


class MarkRow(Input):
    """One person's points for a line that people judge."""

    indicator: Line = Field(title="指标")
    points: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)] = Field(title="评分", strict=False)
    reason: Line = Field(title="理由")


class ScoreReport(Input):
    """考核评分."""

    marks: list[MarkRow] = Field(default=[], max_length=100, title="需要人员评分的指标")


class Meeting(Input):
    """Where the leader's decision was taken."""

    meeting: Line = Field("局长办公会", title="审定会议")
    meeting_on: Day = Field(title="会议日期")


class FailAssessment(Meeting):
    """审定不合格，限期整改."""

    reason: Text = Field(title="不合格的理由", json_schema_extra=LONG)
    tasks: list[Line] = Field(title="整改任务", description="每行一项", min_length=1, max_length=20)
    last_day: Day = Field(title="整改截止日期", description="办法没有规定期限；预填的日期按系统默认期限计算")


class FileRectification(Input):
    """提交整改报告."""

    summary: Text = Field(title="整改情况", description="逐项说明整改任务的完成情况", json_schema_extra=LONG)
    papers: list[str] = files("证明材料", "整改前后的照片、合同、票据等")


class Reinspect(Input):
    """复查."""

    visited_on: Day = Field(title="现场复查日期")
    inspectors: list[Line] = Field(title="复查人员", description="至少两人，每行一人", min_length=2, max_length=10)
    findings: Text = Field(title="复查情况", description="逐项写明整改任务是否完成", json_schema_extra=LONG)
    papers: list[str] = files("现场照片和记录", at_least=0)


class ServeIntent(Input):
    """送达拟取消称号告知书."""

    facts: Text = Field(title="事实", json_schema_extra=LONG)
    reasons: Text = Field(title="理由", json_schema_extra=LONG)
    served_on: Day = Field(title="送达日期", description="登记当天；陈述申辩和申请听证的期限自次日起算")


class StateDefence(Input):
    """陈述申辩."""

    statement: Text = Field(title="陈述和申辩意见", json_schema_extra=LONG)
    papers: list[str] = files("证据材料", at_least=0)


class RecordHearing(Input):
    """登记听证."""

    notified_on: Day = Field(title="通知时间、地点的日期")
    held_on: Day = Field(title="听证日期")
    place: Line = Field(title="地点")
    present: list[Line] = Field(title="参加人员", description="每行一人，注明身份", min_length=2, max_length=30)
    minutes: Text = Field(title="听证笔录要点", json_schema_extra=LONG)
    papers: list[str] = files("听证笔录", "经参加人核对签字的笔录扫描件")


class CloseDefence(Input):
    """陈述申辩期满."""

    summary: Text = Field(
        title="意见摘要和经办意见", description="没有提出意见的，写明“未提出”", json_schema_extra=LONG
    )


class DecideTitle(Meeting):
    """取消或保留称号."""

    reason: Text = Field(title="决定的理由", json_schema_extra=LONG)
    answer: Text = Field(
        title="对陈述申辩和听证意见的答复", description="没有提出意见的，写明“未提出”", json_schema_extra=LONG
    )

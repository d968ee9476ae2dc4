"""What each act is given: one model validates the API's JSON, gives its schema, and is the page's form."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from makerspace.office.casework.acts import Day, Input
from makerspace.regulation.faults import CONTROL_FREE

LONG: dict[str, JsonValue] = {"widget": "textarea"}
Name = Annotated[str, StringConstraints(max_length=100, pattern=CONTROL_FREE)]
Text = Annotated[str, StringConstraints(max_length=5000, pattern=CONTROL_FREE)]
Short = Annotated[str, StringConstraints(max_length=1000, pattern=CONTROL_FREE)]
Code = Annotated[str, StringConstraints(max_length=64, pattern=CONTROL_FREE)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=1, le=2_000_000_000)]


class Fault(Input):
    """One thing to put right, and where."""

    target: Code = Field(title="补正之处", description="申报内容的部分、条件或材料")
    text: Short = Field(title="需要怎样补正", json_schema_extra=LONG)


class RequestCorrection(Input):
    """出具补正通知."""

    faults: list[Fault] = Field(
        title="需要补正之处", description="须一次告知全部；申报单位只能修改这里列出的部分", min_length=1, max_length=60
    )
    due_on: Day | None = Field(None, title="补正期限", description="不填则按规定的工作日数计算")


class VisitItem(Input):
    """What was found for one condition."""

    condition: Code = Field(title="条件")
    found: Short = Field(title="现场所见", description="实测数值、见到的人和物", json_schema_extra=LONG)
    agrees: bool = Field(title="与申报一致")
    remark: Short = Field("", title="备注", description="与申报不一致的必须写明差异", json_schema_extra=LONG)


class RecordVisit(Input):
    """登记实地查验."""

    visited_on: Day = Field(title="查验日期", description="不晚于今天")
    inspectors: list[Name] = Field(title="查验人员", description="至少两名，每行一个姓名", max_length=20)
    items: list[VisitItem] = Field(title="逐项查验结果", max_length=60)
    photos: list[Digest] = Field([], title="现场照片", description="先上传，再在这里勾选", max_length=60)


class CountersignVisit(Input):
    """会签查验记录."""

    agrees: bool = Field(title="对查验记录的意见")
    remark: Short = Field(
        "", title="不同意见", description="有不同意见时必填，会与查验记录一并留存", json_schema_extra=LONG
    )


class Reason(Input):
    """A reason and the condition it rests on."""

    condition: Code = Field(title="对应条件")
    text: Short = Field(title="理由", json_schema_extra=LONG)


class Decline(Input):
    """不予推荐."""

    reasons: list[Reason] = Field(
        title="逐项理由", description="每项理由指明条件，告知书会一并引用条款", min_length=1, max_length=60
    )
    no_visit_why: Short = Field(
        "", title="未予实地查验的理由", description="没有查验记录时必填", json_schema_extra=LONG
    )


class Recommend(Input):
    """推荐上报."""

    opinion: Text = Field(title="推荐意见", min_length=1, json_schema_extra=LONG)
    rank: Annotated[int, Field(ge=1, le=999)] = Field(title="推荐次序", description="同一次申报中不能重复（择优推荐）")
    visit_stands_why: Short = Field(
        "",
        title="不需要重新查验的理由",
        description="申报单位在查验之后又提交过补正的必填；也可以先重新登记查验",
        json_schema_extra=LONG,
    )


class WithReason(Input):
    """An act that needs nothing but a reason."""

    reason: Short = Field(title="理由", min_length=1, json_schema_extra=LONG)


class Convene(Input):
    """组织专家. The seed is not asked for: whoever may choose the seed chooses the panel."""

    visit_on: Day = Field(title="现场调研日期")
    size: Annotated[int, Field(ge=3, le=99)] | None = Field(
        None, title="专家人数", description="单数，不少于3；不填则按系统设置", json_schema_extra={"unit": "人"}
    )
    fields: list[Name] = Field([], title="限定专业领域", description="不选则从全部在库专家中抽取", max_length=60)
    head: Number | None = Field(
        None, title="希望的组长", description="如被抽中则任组长，否则由首位抽中者担任；不影响抽取"
    )


class DeclareInterest(Input):
    """申明利害关系."""

    conflict: bool = Field(
        title="与申报单位有无利害关系", description="任职、投资、亲属、导师、合作等，三年内有过的也应申明"
    )
    text: Short = Field("", title="情况说明", description="存在利害关系时必填", json_schema_extra=LONG)


class ReplaceExpert(Input):
    """更换专家."""

    person: Number | None = Field(None, title="要更换的专家", description="专家组缺员需补抽时不选")
    reason: Literal["hindered", "silent", "conflict", ""] = Field("", title="原因")
    text: Short = Field("", title="情况说明", json_schema_extra=LONG)


class RecordExpertVisit(Input):
    """登记现场调研."""

    visited_on: Day = Field(title="调研日期", description="不晚于今天")
    present: list[Name] = Field(title="到场专家", description="每行一个姓名", min_length=1, max_length=40)
    findings: Text = Field(title="现场调研情况", min_length=1, json_schema_extra=LONG)
    photos: list[Digest] = Field([], title="现场照片", max_length=60)


class ScoreItem(Input):
    """One criterion's points and why."""

    criterion: Code = Field(title="评分项")
    points: Annotated[int, Field(ge=0)] = Field(title="得分", json_schema_extra={"unit": "分"})
    reason: Short = Field(title="理由", json_schema_extra=LONG)


class ScoreSheet(Input):
    """提交评分."""

    items: list[ScoreItem] = Field(title="逐项评分", description="提交后锁定，不能更改", max_length=40)
    comment: Text = Field("", title="总体意见", json_schema_extra=LONG)


class Conclude(Input):
    """形成专家组意见."""

    result: Literal["pass", "conditional", "fail"] = Field(title="结论")
    text: Text = Field(title="专家组意见", min_length=1, json_schema_extra=LONG)


class Remit(Input):
    """退回重审."""

    to: Literal["expert_review", "city_review"] = Field(title="退回到")
    reason: Short = Field(title="理由", min_length=1, json_schema_extra=LONG)


class Approve(Input):
    """审定通过."""

    meeting: Name = Field("局长办公会", title="会议名称", min_length=1)
    meeting_on: Day = Field(title="会议日期", description="不晚于今天，不早于专家组意见")
    reason: Short = Field("", title="说明", description="与专家组结论不一致时必填", json_schema_extra=LONG)


class Reject(Input):
    """不予认定."""

    meeting: Name = Field("局长办公会", title="会议名称", min_length=1)
    meeting_on: Day = Field(title="会议日期", description="不晚于今天，不早于专家组意见")
    reasons: list[Reason] = Field(
        title="逐项理由", description="每项理由指明条件，告知书会一并引用条款", min_length=1, max_length=60
    )


class PublishNotice(Input):
    """发布公示."""

    publish_on: Day = Field(title="发布日期", description="今天或以后；到期前公众看不到")


class Correct(Input):
    """One thing that the former notice got wrong."""

    case: Code = Field(title="办件编号")
    field: Literal["makerspace", "operator", "category", "authority"] = Field(title="更正的内容")
    text: Name = Field(
        title="更正为",
        min_length=1,
        description="类别填“综合服务类”或“技术支撑类”，推荐单位填名单上的写法，如“五华区科技主管部门”",
    )


class ReissueNotice(Input):
    """重新公示."""

    confirm: bool = Field(False, title="确认对方提出的重新公示", description="经办处室与局领导，一方提出、另一方确认")
    wrong: Short = Field("", title="原公示的问题", description="提出时必填", json_schema_extra=LONG)
    corrections: list[Correct] = Field([], title="更正的内容", max_length=200)


class Object(Input):
    """提出异议."""

    name: Name = Field(title="姓名或单位全称", description="须为真实姓名或单位名称；单独加密保存，不告知申报单位")
    is_unit: bool = Field(False, title="以单位名义提出")
    contact: Name = Field(title="联系方式", description="电话或电子邮箱；电子邮箱会收到确认链接")
    facts: Text = Field(title="事实与理由", json_schema_extra=LONG)


class AdmitObjection(Input):
    """受理异议."""

    objection: Number = Field(title="异议")
    reason: Short = Field(title="受理的理由", min_length=1, json_schema_extra=LONG)


class NotAdmitObjection(Input):
    """不予受理异议."""

    objection: Number = Field(title="异议")
    reason: Short = Field(
        "", title="不予受理的理由", description="提出时必填；须由另一人复核后生效", json_schema_extra=LONG
    )


class InvestigateObjection(Input):
    """登记异议核查."""

    objection: Number = Field(title="异议")
    steps: Text = Field(title="核查经过", json_schema_extra=LONG)
    findings: Text = Field(title="核查结论", json_schema_extra=LONG)
    reply_to_objector: Text = Field(title="对异议人的答复", json_schema_extra=LONG)
    reply_to_applicant: Text = Field(
        title="对申报单位的告知", description="不能出现异议人的姓名、单位或联系方式", json_schema_extra=LONG
    )


class UpholdObjection(Input):
    """异议成立."""

    objections: list[Number] = Field(title="成立的异议", min_length=1, max_length=200)
    reasons: list[Reason] = Field(
        title="逐项理由", description="每项理由指明条件，告知书会一并引用条款", min_length=1, max_length=60
    )


class ExpertCard(Input):
    """专家库登记."""

    employer: Annotated[str, StringConstraints(min_length=2, max_length=200, pattern=CONTROL_FREE)] = Field(
        title="工作单位", description="全称；用来找出利害关系"
    )
    employer_uscc: Annotated[str, StringConstraints(max_length=18, pattern=r"^[0-9A-Za-z]*$")] = Field(
        "", title="工作单位统一社会信用代码"
    )
    title: Annotated[str, StringConstraints(max_length=64, pattern=CONTROL_FREE)] = Field("", title="职称")
    fields: list[Name] = Field([], title="专业领域", description="每行一个，如：软件、投资、孵化", max_length=20)
    active: bool = Field(True, title="在库，可以被抽取")

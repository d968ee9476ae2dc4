"""What the style guide shows: made-up but possible content for every component."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, QueryDict
from pydantic import BaseModel, Field

from makerspace.office.casework.refusals import Refusal
from makerspace.office.record import clock
from makerspace.regulation.terms import Excluded, Finding, Gap, Strength, Verdict
from makerspace.web.forms import SchemaForm
from makerspace.web.lists import Choice, Listing
from makerspace.web.parts import Action, FileRow, Happening, Step, Tab, Task

DIGEST = "9f2c41d07be85a36c0d3aa1745f6e8b2"
SPACES = ("翠湖创客空间", "滇池星云众创空间", "西山智造工坊", "呈贡大学城梦工场", "官渡云上孵化站", "盘龙江畔创业咖啡")
DISTRICTS = ("五华区", "高新区", "西山区", "呈贡区", "官渡区", "盘龙区")


class Mentor(BaseModel):
    """One row of the sample form's table."""

    name: str = Field(title="姓名", max_length=40)
    employer: str = Field("", title="工作单位", max_length=80)
    field: Literal["tech", "law", "capital"] = Field(
        "tech", title="专长", json_schema_extra={"labels": {"tech": "技术", "law": "法务", "capital": "投融资"}}
    )
    since: date | None = Field(None, title="聘期起")


class Tenant(BaseModel):
    """One row that is too wide for a table."""

    name: str = Field(title="名称", max_length=200, json_schema_extra={"wide": True})
    uscc: str = Field("", title="统一社会信用代码", max_length=18)
    employees: int | None = Field(None, title="从业人员", json_schema_extra={"unit": "人"})
    moved_in_on: date | None = Field(None, title="入驻日期")
    kind: Literal["company", "team"] = Field(
        "company", title="企业或团队", json_schema_extra={"labels": {"company": "企业", "team": "团队"}}
    )
    note: str = Field("", title="备注", json_schema_extra={"widget": "textarea"})


class Fund(BaseModel):
    """A group of fields."""

    size: Decimal | None = Field(None, title="基金规模", json_schema_extra={"unit": "万元"})
    since: date | None = Field(None, title="设立日期")


class Register(BaseModel):
    """A form of a group and of rows that stand as cards."""

    fund: Fund = Field(default_factory=Fund, title="创投基金")
    tenants: list[Tenant] = Field(default_factory=list, title="入驻企业和团队", description="同一家只填一次")


class Account(forms.Form):
    """A form of Django's own, as on the pages of signing in."""

    email = forms.EmailField(label="电子邮箱")
    password = forms.CharField(label="密码", widget=forms.PasswordInput)
    consent = forms.BooleanField(
        label="我已阅读并同意《个人信息处理告知》", error_messages={"required": "请阅读告知，勾选同意后注册。"}
    )


class Visit(BaseModel):
    """A form with one field of each kind."""

    visited_on: date = Field(title="查验日期", description="实际到场的日期，不晚于今天")
    area: Annotated[Decimal, Field(ge=0)] = Field(
        title="实测面积", description="按查验时丈量的结果填写", json_schema_extra={"unit": "m²"}
    )
    seats: int | None = Field(None, title="可用工位", json_schema_extra={"unit": "个"})
    result: Literal["agree", "partly", "differ"] = Field(
        title="与申报内容是否一致",
        json_schema_extra={"labels": {"agree": "一致", "partly": "部分一致", "differ": "不一致"}},
    )
    inspectors: list[str] = Field(title="查验人员", description="不少于两人", min_length=2)
    district: str = Field("", title="所在区域")
    finding: str = Field(title="查验情况", max_length=2000, json_schema_extra={"widget": "textarea", "rows": 4})
    leased: bool | None = Field(None, title="场地是否为租赁")
    mentors: list[Mentor] = Field(default_factory=list, title="现场见到的导师")
    confirmed: bool = Field(False, title="申报单位人员在场，并已核对以上内容")


OPTIONS = {
    "inspectors": [("zhang", "张明"), ("li", "李慧"), ("wang", "王建国")],
    "district": [(name, name) for name in (*DISTRICTS, "安宁市", "经开区")],
}


def everything(request: HttpRequest) -> dict[str, Any]:
    """The whole context of the style guide."""
    today = clock.today()
    good, wrong = _forms(request)
    return {
        "today": today, "good_form": good, "wrong_form": wrong, "rows_form": _rows_form(), "account_form": _account_form(),
        "said": _said(), "listing": _listing(), "tasks": _tasks(),
        "steps": _steps(today), "ended": _ended(today), "happenings": _happenings(), "findings": _findings(),
        "actions": _actions(), "files": _files(), "refusal": _refusal(), "facts": _facts(), "tabs": _tabs(),
        "due": [today + timedelta(days=days) for days in (12, 2, 0, -3)],
        "verdicts": [verdict.value for verdict in Verdict],
    }  # fmt: skip


def _forms(request: HttpRequest) -> tuple[SchemaForm[Visit], SchemaForm[Visit]]:
    initial = {"inspectors": ["zhang", "li"], "mentors": [Mentor(name="赵启明", employer="昆明理工大学", field="tech")]}
    sent = QueryDict("area=三百&inspectors=zhang&mentors-0-name=&mentors-0-employer=云南某律师事务所")
    good = SchemaForm(Visit, request.POST if request.method == "POST" else None, initial=initial, options=OPTIONS)
    return good, SchemaForm(Visit, sent, options=OPTIONS)


def _rows_form() -> SchemaForm[Register]:
    tenants = [Tenant(name="昆明长虫山云岭文化创意服务有限责任公司", uscc="91530102MA6BC1FNM9", employees=6)]
    return SchemaForm(Register, None, initial={"tenants": tenants})


def _account_form() -> Account:
    return Account(QueryDict("email=zhang"), auto_id="account_%s")


def _said() -> list[Message]:
    return [
        Message(constants.SUCCESS, "已保存查验记录，申报单位会收到会签通知。"),
        Message(constants.WARNING, "统一社会信用代码的校验位不符，请再核对一次。"),
        Message(constants.ERROR, "网络中断，没有提交；您填写的内容还在。"),
    ]


def _listing() -> Listing[Any]:
    rows = [
        {
            "number": f"KM-2026-{41 + place:04}", "name": name, "district": district, "category": "综合服务类",
            "due": date(2026, 12, 1 + place), "area": 300 + 62 * place,
        }
        for place, (name, district) in enumerate(zip(SPACES, DISTRICTS, strict=True))
    ]  # fmt: skip
    choices = [
        Choice("stage", "环节", [("district_review", "区县初审"), ("expert_review", "专家评审")], "district_review"),
        Choice("category", "类别", [("comprehensive", "综合服务类"), ("technical", "技术支撑类")], ""),
    ]
    params = {"stage": "district_review", "q": "昆明"}
    return Listing(rows, 128, 1, 3, 50, "-due", params, choices, searchable=True)


def _tasks() -> list[Task]:
    return [
        Task("运营单位", "#tasks", "done", "昆明云岭众创科技有限公司"),
        Task("场地", "#tasks", "partial", "已填 1 处，缺公共办公面积"),
        Task("入驻团队和企业", "#tasks", "fault", "第 3 行的统一社会信用代码需更正"),
        Task("创新创业活动", "#tasks", "todo"),
        Task("核对并提交", "", "locked", "以上各部分填完后可以提交"),
    ]


def _steps(today: date) -> list[Step]:
    return [
        Step("提交申报", "done", "第八条", today - timedelta(days=34)),
        Step("区县初审", "done", "第十条", today - timedelta(days=20), "五华区科技主管部门"),
        Step("市级受理", "done", "第十条", today - timedelta(days=15), "市科技局"),
        Step("专家评审", "now", "第十一条", holder="专家组", due_on=today + timedelta(days=2)),
        Step("局长审定", "todo", "第十一条"),
        Step("公示", "todo", "第十一条"),
        Step("公布", "todo", "第十二条"),
    ]


def _ended(today: date) -> list[Step]:
    return [
        Step("提交申报", "done", "第八条", today - timedelta(days=34)),
        Step("区县初审", "done", "第十条", today - timedelta(days=20), "五华区科技主管部门"),
        Step("不予推荐", "end", "第十条", today - timedelta(days=9), note="可在理由书送达后申请复核"),
    ]


def _happenings() -> list[Happening]:
    at = datetime(2026, 11, 20, 10, 32, tzinfo=clock.KUNMING)
    return [
        Happening(at, "市科技局经办处室 李慧", "组建专家组", "第十一条", "抽取专家5人，回避1人。", [("抽取记录", "#timeline")], DIGEST),
        Happening(at - timedelta(days=5), "五华区科技主管部门 张明", "推荐", "第十条", "场地和服务条件属实，列本区第一位推荐。",
                  [("推荐函", "#timeline"), ("查验记录", "#timeline")], DIGEST[::-1], "ok"),
        Happening(at - timedelta(days=12), "五华区科技主管部门 张明", "出具补正通知", "第十条", "补充公共办公区平面图。",
                  [("补正通知书", "#timeline")], DIGEST, "warn"),
        Happening(at - timedelta(days=20), "昆明云岭众创科技有限公司 赵启明", "提交申报", "第八条", "", [("受理回执", "#timeline")], DIGEST),
    ]  # fmt: skip


def _findings() -> list[Finding]:
    need, encouraged = Strength.REQUIRED, Strength.ENCOURAGED
    return [
        Finding("5.1.registered", 5, 1, need, Verdict.MET, "运营单位注册在五华区（530102），属于昆明市。", {}),
        Finding("5.3.half_year", 5, 3, need, Verdict.NOT_MET, "众创空间于2026年7月1日开办，到今天不满半年。", {},
                satisfied_on=date(2027, 1, 1), readings=("R-03", "R-13")),
        Finding("7.1.area", 7, 1, Strength.IN_PRINCIPLE, Verdict.FOR_JUDGEMENT, "可计入面积260平方米，比300平方米少40平方米。", {},
                (Excluded("人民中路36号二层（80平方米）", "属于商业经营性场所，不计入"),), Gap(300, 260, 40, "m2"), readings=("R-07",)),
        Finding("7.2.count", 7, 2, need, Verdict.MISSING, "尚未填写入驻团队和企业。", {}),
        Finding("7.4.fund", 7, 4, encouraged, Verdict.NOT_MET, "未设立创业投资基金；本项为鼓励项，不影响申报。", {}),
    ]  # fmt: skip


def _actions() -> list[Action]:
    return [
        Action("推荐至市科技局", "#acts", "第十条", tone="primary"),
        Action("出具补正通知", "#acts", "第十条"),
        Action("不予推荐", "#acts", "第十条", tone="grave"),
        Action("组建专家组", article="第十一条", reason="由市科技局经办处室在受理推荐后办理。"),
        Action("登记纸质件", article="第八条", reason="需要窗口职责，您目前没有。"),
    ]


def _files() -> list[FileRow]:
    at = datetime(2026, 11, 3, 16, 5, tzinfo=clock.KUNMING)
    return [
        FileRow(
            "场地租赁合同.pdf",
            "#files",
            2_480_000,
            DIGEST,
            "证明材料",
            at,
            "3–7",
            ("第七条（一）",),
            "#files",
            "#files",
        ),
        FileRow("建设运营方案.docx", "#files", 356_000, DIGEST[::-1], "建设运营方案", at),
    ]


def _refusal() -> Refusal:
    return Refusal("wrong_stage", "本件现处于“专家评审”环节，不能办理“推荐至市科技局”。", (10, 11))


def _facts() -> list[tuple[str, str]]:
    return [
        ("运营单位", "昆明云岭众创科技有限公司"), ("统一社会信用代码", "91530102MA6K4WQX0C"), ("类别", "综合服务类"),
        ("运营地址", "云南省昆明市五华区学府路745号创新大厦3层"), ("网站", ""),
    ]  # fmt: skip


def _tabs() -> list[Tab]:
    return [
        Tab("事实", "#tabs"), Tab("条件与证据", "#tabs", count=20), Tab("材料", "#tabs", count=6), Tab("初审查验", "#tabs"),
        Tab("专家评审", "#tabs"), Tab("办理过程", "#tabs", current=True, count=14), Tab("公文", "#tabs", count=3),
    ]  # fmt: skip

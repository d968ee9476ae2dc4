"""Findings as the public reads them: the declared fact, what to prepare, and one honest sentence over all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from makerspace.regulation.counting import chinese
from makerspace.regulation.kunkefa_2017_55.codes import DIVISIONS, FACILITIES, OPERATOR_KINDS, SERVICES
from makerspace.regulation.terms import Finding, Findings, Material, Reading, Regulation, Strength, Verdict

# What nobody but people can find met (5.2, 5.4 and article 6): a number never settles it.
QUALITATIVE = frozenset({"5.2.theme", "5.4.team", "6.1.conditions", "6.2.facilities", "6.3.platform"})


class Overall(NamedTuple):
    """The sentence over the table, its tone, and what to do next."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True)
class Row:
    """One condition in the table."""

    finding: Finding
    title: str
    declared: str
    prepare: str
    readings: tuple[Reading, ...]


def rows_of(findings: Findings, regulation: Regulation) -> list[Row]:
    """The table, in the order of the articles."""
    hints = {material.condition: material.hint for material in regulation.materials if material.condition}
    return [
        Row(
            finding,
            regulation.condition(finding.id).title,
            declared(finding.facts),
            hints.get(finding.id, ""),
            tuple(regulation.reading(code) for code in finding.readings),
        )
        for finding in findings.findings
    ]


def papers_of(regulation: Regulation, category: str) -> list[Material]:
    """The papers of article 9 that belong to no single condition."""
    return [material for material in regulation.materials_of(category) if material.condition is None]


def overall_of(findings: Findings) -> Overall:
    """Never 全部符合: what is qualitative only people can find met."""
    counted = [finding for finding in findings.findings if finding.strength is not Strength.ENCOURAGED]
    failed, missing = _count(counted, Verdict.NOT_MET), _count(counted, Verdict.MISSING)
    open_numbers = [f for f in counted if f.verdict is Verdict.FOR_JUDGEMENT and f.id not in QUALITATIVE]
    if findings.overall is Verdict.NOT_MET:
        also = f"另有{missing}项没有填写。" if missing else ""
        return Overall("grave", f"有{failed}项不符合", f"{also}下表写明每一项差多少、要等到哪一天，改善后可以再测。")
    if findings.overall is Verdict.MISSING:
        return Overall("warn", f"有{missing}项没有填写，还不能下结论", "补上这几项再测一次，就能看到完整结果。")
    if open_numbers:
        return Overall(
            "warn",
            f"没有不符合的数值条件，其中{len(open_numbers)}项须由评审人员判断",
            "这几项与条文的要求有距离或条文没有写明，最终由评审人员判断。",
        )
    return Overall("ok", "数值条件均符合，待评审", "服务主题、团队能力等由评审人员判断，自测不能代替评审。")


def _count(findings: Iterable[Finding], verdict: Verdict) -> int:
    return sum(finding.verdict is verdict for finding in findings)


def declared(facts: Mapping[str, Any]) -> str:
    """The facts that a finding used, in words; what was not given is left out."""
    said = [f"{label}{write(facts[name])}" for name, (label, write) in FACTS.items() if facts.get(name) is not None]
    return "；".join(said)


def _yes(value: object) -> str:
    return "是" if value else "否"


def _given(value: object) -> str:
    return "已填写" if value else "未填写"


def _day(value: str) -> str:
    return chinese(date.fromisoformat(value))


def _area(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") + "平方米"


def _of(unit: str) -> Callable[[object], str]:
    return lambda value: f"{value}{unit}"


def _lacking(names: Mapping[str, str]) -> Callable[[list[str]], str]:
    return lambda codes: "、".join(names.get(code, code) for code in codes) or "无"


FACTS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "registered_division": ("注册地：", lambda code: DIVISIONS.get(code[:6], f"行政区划代码{code}")),
    "in_kunming": ("在昆明市注册：", _yes),
    "independent_legal_person": ("独立法人：", _yes),
    "kind": ("单位性质：", lambda code: OPERATOR_KINDS.get(code, code)),
    "theme_given": ("服务主题：", _given),
    "opened_on": ("开办日期：", _day),
    "lead_named": ("主要负责人：", _given),
    "staff": ("团队成员：", _of("人")),
    "engaged": ("在聘导师：", _of("名")),
    "standardised": ("财务规范：", _yes),
    "run_by_host": ("依托运营单位：", _yes),
    "separate_accounts": ("单独核算：", _yes),
    "low_cost_open_office": ("低成本开放式办公空间：", _yes),
    "equipment": ("设备：", _of("台（套）")),
    "professional_services": ("专业化服务：", _of("类")),
    "workshop_m2": ("厂房：", _area),
    "url": ("平台网址：", str),
    "platform": ("线上平台：", lambda there: "有" if there else "没有"),
    "shared_resources": ("共享服务：", _yes),
    "counted_m2": ("计入面积：", _area),
    "public_office_m2": ("公共办公面积：", _area),
    "lacking": ("缺少：", _lacking(FACILITIES | SERVICES)),
    "counted": ("计入：", _of("家")),
    "lawful_operation_declared": ("已声明：", _yes),
    "by_quarter": ("近四季活动：", lambda counts: "、".join(f"{count}次" for count in counts)),
    "in_force": ("有效协议：", _of("份")),
    "long": ("其中1年以上：", _of("份")),
    "exists": ("创投基金：", lambda exists: "已设立" if exists else "未设立"),
}

"""Chapter 2, articles 5 to 7: one pure function for each finding, in the order of the articles.

Each takes the dossier, the day of reference and the numbers in force on it. None raises for a bad case, and none
decides what the text leaves to people. Looking ahead (``satisfied_on``) keeps the facts and the numbers as they are.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import NamedTuple

from makerspace.regulation.counting import add_months, chinese, lasts_years
from makerspace.regulation.kunkefa_2017_55.codes import FACILITIES, OPERATOR_KINDS, SERVICES
from makerspace.regulation.kunkefa_2017_55.dossier import (
    ID,
    Dossier,
    Equipment,
    Mentor,
    Partner,
    Premises,
    Staff,
    Tenant,
)
from makerspace.regulation.kunkefa_2017_55.parameters import Law, law_on, law_with
from makerspace.regulation.sizes import LABELS, LARGE, MEDIUM, size_of
from makerspace.regulation.terms import (
    Citation,
    Condition,
    Dated,
    Excluded,
    Finding,
    Findings,
    Gap,
    Strength,
    Verdict,
)

MET, NOT_MET, FOR_JUDGEMENT, MISSING = Verdict.MET, Verdict.NOT_MET, Verdict.FOR_JUDGEMENT, Verdict.MISSING
REQUIRED, IN_PRINCIPLE, ENCOURAGED = Strength.REQUIRED, Strength.IN_PRINCIPLE, Strength.ENCOURAGED

LOOK_AHEAD = timedelta(days=366)
ONE_DAY = timedelta(days=1)
KUNMING = "5301"
CENT = Decimal("0.01")
ZERO = Decimal(0)


# Article 5, for both categories.


def registered(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(1): registered within Kunming."""
    division = dossier.operator.registered_division
    if not division:
        verdict, text = MISSING, "还没有填写单位的注册地。"
    elif division.startswith(KUNMING):
        verdict, text = MET, "单位在昆明市注册。"
    else:
        verdict, text = NOT_MET, f"单位注册地（行政区划代码{division}）不在昆明市。"
    return Finding("5.1.registered", 5, 1, REQUIRED, verdict, text, {"registered_division": division or None})


def legal_person(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(1): a legal person of its own."""
    independent = dossier.operator.independent_legal_person
    if independent is None:
        verdict, text = MISSING, "还没有填写单位是否具有独立法人资格。"
    elif independent:
        verdict, text = MET, "单位具有独立法人资格。"
    else:
        verdict, text = NOT_MET, "单位不具有独立法人资格。"
    return Finding("5.1.legal_person", 5, 1, REQUIRED, verdict, text, {"independent_legal_person": independent})


def kind(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(1): an enterprise or a public institution; a social organisation is left to people (R-02)."""
    given = dossier.operator.kind
    if given is None:
        verdict, text = MISSING, "还没有填写单位性质。"
    elif given in ("enterprise", "public_institution"):
        verdict, text = MET, f"单位性质为{OPERATOR_KINDS[given]}，属于企事业单位。"
    elif given == "social_organisation":
        verdict, text = FOR_JUDGEMENT, "单位性质为社会组织，条文没有写明，由评审人员判断。"
    else:
        verdict, text = NOT_MET, f"单位性质为{OPERATOR_KINDS[given]}，不属于企事业单位。"
    return Finding("5.1.kind", 5, 1, REQUIRED, verdict, text, {"kind": given}, readings=("R-02",))


def theme(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(2): a clear theme; whether it is one, people judge."""
    given = bool(dossier.makerspace.theme)
    verdict = FOR_JUDGEMENT if given else MISSING
    text = "已填写服务主题，是否明确、合理由评审人员判断。" if given else "还没有填写服务主题。"
    return Finding("5.2.theme", 5, 2, REQUIRED, verdict, text, {"theme_given": given})


def half_year(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(3): open for six calendar months or more, counted from the makerspace's own opening (R-03, R-13)."""
    opened, waits_for = dossier.makerspace.opened_on, None
    if opened is None:
        verdict, text, due = MISSING, "还没有填写众创空间的开办日期。", None
    else:
        due = add_months(opened, law.age_months)
        length = "半年" if law.age_months == 6 else f"{law.age_months}个月"
        if on >= due:
            verdict, text = MET, f"众创空间于{chinese(opened)}开办，{chinese(due)}起满{length}。"
        else:
            verdict, text = (
                NOT_MET,
                f"众创空间于{chinese(opened)}开办，{chinese(due)}起满{length}，目前还差{(due - on).days}天。",
            )
            waits_for = due if due <= on + LOOK_AHEAD else None
    facts = {"opened_on": _iso(opened), "due_on": _iso(due)}
    return Finding("5.3.half_year", 5, 3, REQUIRED, verdict, text, facts, (), None, waits_for, ("R-01", "R-03", "R-13"))


def team(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(4): a service team and a person in charge; whether they are able, people judge."""
    lead = bool(dossier.lead.name)
    staff, excluded = _named("团队成员", dossier.staff)
    absent = [name for name, given in (("主要负责人", lead), ("服务团队成员", staff)) if not given]
    if absent:
        verdict, text = MISSING, f"还没有填写{'和'.join(absent)}。"
    else:
        verdict, text = FOR_JUDGEMENT, f"已填写主要负责人和{staff}名团队成员，其背景和能力由评审人员判断。"
    return Finding("5.4.team", 5, 4, REQUIRED, verdict, text, {"lead_named": lead, "staff": staff}, excluded)


def mentors(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(5): a team of mentors, that is two or more engaged on the day (R-05)."""
    rows, need = dossier.mentors, law.mentors
    excluded = tuple(
        Excluded(_what("导师", row, mentor.name), why)
        for row, mentor in enumerate(rows)
        if (why := _mentor_out(mentor, on))
    )
    have = len(rows) - len(excluded)
    waits_for = None
    if have >= need:
        verdict, text = MET, f"有{have}名在聘导师。"
    else:
        verdict = FOR_JUDGEMENT if have else NOT_MET
        text = f"只有{have}名在聘导师，是否构成团队由评审人员判断；" if have else "没有在聘导师，"
        waits_for = _first_day(
            on,
            (mentor.engaged_from for mentor in rows),
            lambda day: sum(_runs(mentor.engaged_from, mentor.engaged_to, day) for mentor in rows) >= need,
        )
        text += f"还差{need - have}名。{_waiting(waits_for)}"
    gap = Gap(need, have, max(need - have, 0), "count")
    return Finding("5.5.mentors", 5, 5, REQUIRED, verdict, text, {"engaged": have}, excluded, gap, waits_for, ("R-05",))


def finance(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 5(6): orderly finances; accounts apart where a host runs the makerspace."""
    standardised, hosted, separate = (
        dossier.finance.standardised,
        dossier.finance.run_by_host,
        dossier.finance.separate_accounts,
    )
    if standardised is False:
        verdict, text = NOT_MET, "财务管理不规范。"
    elif hosted and separate is False:
        verdict, text = NOT_MET, "依托运营单位建设，但建设运营财务没有单独核算。"
    elif standardised is None:
        verdict, text = MISSING, "还没有填写财务管理是否规范。"
    elif hosted is None:
        verdict, text = MISSING, "还没有填写是否依托运营单位建设。"
    elif hosted and separate is None:
        verdict, text = MISSING, "依托运营单位建设的，还须填写财务是否单独核算。"
    else:
        verdict, text = MET, "财务管理规范，依托运营单位的部分单独核算。" if hosted else "财务管理规范。"
    facts = {"standardised": standardised, "run_by_host": hosted, "separate_accounts": separate}
    return Finding("5.6.finance", 5, 6, REQUIRED, verdict, text, facts)


# Article 6, for the technical category.


def conditions(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 6(1): conditions for research and for making, and low-cost open offices."""
    low_cost = dossier.technical.low_cost_open_office
    equipment, excluded = _named("设备", dossier.technical.equipment)
    lacking = [
        name
        for name, lacks in (("低成本的开放式办公空间", low_cost is False), ("研发和产业化设备", not equipment))
        if lacks
    ]
    if lacking:
        verdict, text = NOT_MET, f"没有提供{'和'.join(lacking)}。"
    elif low_cost is None:
        verdict, text = MISSING, "还没有填写是否提供低成本的开放式办公空间。"
    else:
        verdict, text = FOR_JUDGEMENT, f"提供低成本开放式办公空间，有设备{equipment}台（套），是否完善由评审人员判断。"
    facts = {"low_cost_open_office": low_cost, "equipment": equipment}
    return Finding("6.1.conditions", 6, 1, REQUIRED, verdict, text, facts, excluded)


def technical_facilities(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 6(2): professional services and the workshop for them."""
    services, workshop = len(set(dossier.technical.professional_services)), dossier.technical.workshop_m2
    lacking = [name for name, lacks in (("专业化服务", not services), ("厂房", workshop == 0)) if lacks]
    if lacking:
        verdict, text = NOT_MET, f"没有{'和'.join(lacking)}。"
    elif workshop is None:
        verdict, text = MISSING, "还没有填写厂房面积。"
    else:
        verdict, text = (
            FOR_JUDGEMENT,
            f"提供{services}类专业化服务，厂房{_m2(workshop)}平方米，是否符合行业特征由评审人员判断。",
        )
    facts = {"professional_services": services, "workshop_m2": _float(workshop)}
    return Finding("6.2.facilities", 6, 2, REQUIRED, verdict, text, facts)


def platform(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 6(3): an open platform on the web that shares resources."""
    url, shared = dossier.technical.platform.url, dossier.technical.platform.shared_resources
    if not url:
        verdict, text = NOT_MET, "没有填写互联网线上平台的网址。"
    elif shared is False:
        verdict, text = NOT_MET, "线上平台没有整合资源、提供共享服务。"
    elif shared is None:
        verdict, text = MISSING, "还没有填写线上平台是否提供共享服务。"
    else:
        verdict, text = FOR_JUDGEMENT, "有线上平台并提供共享服务，是否开放、有效由评审人员判断。"
    return Finding("6.3.platform", 6, 3, REQUIRED, verdict, text, {"url": url or None, "shared_resources": shared})


# Article 7, for the comprehensive category.


class Counted(NamedTuple):
    """The premises that count, added up, and those that do not."""

    area: Decimal
    public: Decimal
    excluded: tuple[Excluded, ...]
    unknown: tuple[Excluded, ...]


def counted_premises(dossier: Dossier, on: date, law: Law) -> Counted:
    """R-07: not commercial; owned, or leased on the day for three years or more in all."""
    area, public, excluded, unknown = ZERO, ZERO, [], []
    for row, premises in enumerate(dossier.premises):
        why = _premises_out(premises, law.lease_years) or _lease_out(premises, on)
        if why:
            excluded.append(Excluded(_what("场地", row, premises.address), why))
            continue
        area += premises.area_m2 or ZERO
        if premises.public_office_m2 is None:
            unknown.append(Excluded(_what("场地", row, premises.address), "没有填写公共办公面积，按0计算"))
        else:
            public += premises.public_office_m2
    return Counted(area, public, tuple(excluded), tuple(unknown))


def area(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(1): counted area of 300 m² or more, in principle."""
    least, counted, waits_for = law.area, counted_premises(dossier, on, law), None
    short = max(least - counted.area, ZERO)
    if not dossier.premises:
        verdict, text = MISSING, "还没有填写场地。"
    elif not short:
        verdict, text = MET, f"可计入的场地面积为{_m2(counted.area)}平方米。"
    else:
        verdict = FOR_JUDGEMENT if counted.area else NOT_MET
        waits_for = _area_day(dossier, on, law)
        text = f"可计入的场地面积为{_m2(counted.area)}平方米，比原则要求的{least}平方米还差{_m2(short)}平方米"
        text += f"，由评审人员判断。{_waiting(waits_for)}" if counted.area else f"。{_waiting(waits_for)}"
    gap = Gap(least, float(counted.area), float(short), "m2")
    return Finding(
        "7.1.area", 7, 1, IN_PRINCIPLE, verdict, text, {"counted_m2": float(counted.area)},
        counted.excluded, gap, waits_for, ("R-07",),
    )  # fmt: skip


def public_share(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(1): public offices are a tenth of the counted area or more; the gap is rounded up to a cent of m²."""
    counted, gap, waits_for = counted_premises(dossier, on, law), None, None
    need = (counted.area * law.public_share / 100).quantize(CENT, ROUND_CEILING)
    if not dossier.premises:
        verdict, text = MISSING, "还没有填写场地。"
    elif not counted.area:
        verdict, text = NOT_MET, "没有可计入的场地，公共办公面积无从计算。"
    elif counted.public >= need:
        verdict, text = MET, f"公共办公面积{_m2(counted.public)}平方米，不低于场地面积的{law.public_share}%。"
    else:
        verdict = NOT_MET
        text = (
            f"公共办公面积{_m2(counted.public)}平方米，低于场地面积{_m2(counted.area)}平方米的{law.public_share}%，"
            f"还差{_m2(need - counted.public)}平方米。"
        )
    if verdict is NOT_MET:
        waits_for = _share_day(dossier, on, law)
        text += _waiting(waits_for)
    if counted.area:
        gap = Gap(float(need), float(counted.public), float(max(need - counted.public, ZERO)), "m2")
    facts = {"counted_m2": float(counted.area), "public_office_m2": float(counted.public)}
    return Finding(
        "7.1.public_share", 7, 1, REQUIRED, verdict, text, facts,
        counted.excluded + counted.unknown, gap, waits_for, ("R-07",),
    )  # fmt: skip


def facilities(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(1): office equipment, meeting room and negotiation room."""
    lacking = [code for code in FACILITIES if code not in dossier.facilities]
    names = "、".join(FACILITIES[code] for code in lacking)
    if not lacking:
        verdict, text = MET, "提供办公设备、会议室和洽谈室。"
    elif len(lacking) == len(FACILITIES):
        verdict, text = NOT_MET, f"还没有提供{names}。"
    else:
        verdict, text = FOR_JUDGEMENT, f"缺少{names}，由评审人员判断是否满足需要。"
    return Finding("7.1.facilities", 7, 1, REQUIRED, verdict, text, {"lacking": lacking})


def tenants(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(2): ten or more small or micro enterprises or teams in the fields, each counted once (R-08)."""
    need, waits_for = law.tenants, None
    excluded = _tenants_out(dossier.tenants, on, law)
    have = len(dossier.tenants) - len(excluded)
    if not dossier.tenants:
        verdict, text = MISSING, "还没有填写入驻企业和团队。"
    elif have >= need:
        verdict, text = MET, f"可计入的入驻小微企业和创业团队有{have}家。"
    else:
        verdict, waits_for = NOT_MET, _tenants_day(dossier, on, law)
        text = f"可计入的入驻小微企业和创业团队有{have}家，还差{need - have}家。{_waiting(waits_for)}"
    gap = Gap(need, have, max(need - have, 0), "count")
    return Finding("7.2.count", 7, 2, REQUIRED, verdict, text, {"counted": have}, excluded, gap, waits_for, ("R-08",))


def lawful(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(2): the tenants work within the law, as declared."""
    declared = dossier.lawful_operation_declared
    if declared is None:
        verdict, text = MISSING, "还没有声明入驻企业和团队守法经营。"
    elif declared:
        verdict, text = MET, "已声明入驻企业和团队守法经营。"
    else:
        verdict, text = NOT_MET, "未能声明入驻企业和团队守法经营。"
    return Finding("7.2.lawful", 7, 2, REQUIRED, verdict, text, {"lawful_operation_declared": declared})


def services(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(3): registration, legal, finance and policy services, all four."""
    lacking = [code for code in SERVICES if code not in dossier.services]
    if lacking:
        verdict, text = NOT_MET, f"还没有提供：{'、'.join(SERVICES[code] for code in lacking)}。"
    else:
        verdict, text = MET, "工商注册、法律法务、金融服务和政策咨询四类服务齐备。"
    return Finding("7.3.services", 7, 3, REQUIRED, verdict, text, {"lacking": lacking})


def events(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(3): events at regular times, that is one or more in each of the four quarters back (R-09)."""
    quarters, waits_for = law.event_quarters, None
    days = sorted(event.on for event in dossier.events if event.on)
    counts = _by_quarter(days, on, quarters)
    if all(counts):
        verdict, text = MET, f"近{quarters * 3}个月每个季度都举办了活动，共{sum(counts)}次。"
    else:
        waits_for = _events_day(days, on, quarters)
        if any(counts):
            verdict = FOR_JUDGEMENT
            text = f"近{quarters * 3}个月举办活动{sum(counts)}次，其中{counts.count(0)}个季度没有活动，是否定期由评审人员判断。"
        else:
            verdict, text = NOT_MET, f"近{quarters * 3}个月没有举办活动。"
        text += _waiting(waits_for)
    start = add_months(on, -3 * quarters)
    excluded = tuple(
        Excluded(_what("活动", row, event.title), why)
        for row, event in enumerate(dossier.events)
        if (why := _event_out(event.on, start, on))
    )
    return Finding(
        "7.3.events", 7, 3, REQUIRED, verdict, text, {"by_quarter": counts}, excluded, None, waits_for, ("R-09",)
    )


def partners(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(4): a capital partner whose agreement is in force and runs a year or more (R-10)."""
    rows, years, waits_for = dossier.capital_partners, law.partner_years, None
    excluded = tuple(
        Excluded(_what("合作机构", row, partner.name), why)
        for row, partner in enumerate(rows)
        if (why := _term_out(partner.agreement_from, partner.agreement_to, on, "合作协议"))
    )
    in_force = len(rows) - len(excluded)
    long = sum(_is_long(partner, years) and _in_force(partner, on) for partner in rows)
    if long:
        verdict, text = MET, f"与{long}家机构的合作协议在有效期内，且期限不少于{years}年。"
    else:
        waits_for = _first_day(
            on,
            (partner.agreement_from for partner in rows),
            lambda day: any(_is_long(partner, years) and _in_force(partner, day) for partner in rows),
        )
        if in_force:
            verdict, text = (
                FOR_JUDGEMENT,
                f"有{in_force}份合作协议在有效期内，但期限都不足{years}年，是否长期稳定由评审人员判断。",
            )
        else:
            verdict, text = NOT_MET, "没有在有效期内的资本合作协议。"
        text += _waiting(waits_for)
    facts = {"in_force": in_force, "long": long}
    return Finding("7.4.partners", 7, 4, REQUIRED, verdict, text, facts, excluded, None, waits_for, ("R-10",))


def fund(dossier: Dossier, on: date, law: Law) -> Finding:
    """Article 7(4): a fund for founders is encouraged and never counts against anyone."""
    exists = dossier.fund.exists
    verdict, text = (MET, "已设立创投基金。") if exists else (NOT_MET, "没有设立创投基金；这是鼓励事项，不影响认定。")
    return Finding("7.4.fund", 7, 4, ENCOURAGED, verdict, text, {"exists": exists})


BOTH, TECHNICAL, COMPREHENSIVE = ("comprehensive", "technical"), ("technical",), ("comprehensive",)

CONDITIONS = (
    Condition("5.1.registered", Citation(5, 1), REQUIRED, "在昆明注册", BOTH, registered),
    Condition("5.1.legal_person", Citation(5, 1), REQUIRED, "独立法人", BOTH, legal_person),
    Condition("5.1.kind", Citation(5, 1), REQUIRED, "企事业单位", BOTH, kind),
    Condition("5.2.theme", Citation(5, 2), REQUIRED, "服务主题", BOTH, theme),
    Condition("5.3.half_year", Citation(5, 3), REQUIRED, "开办满半年", BOTH, half_year),
    Condition("5.4.team", Citation(5, 4), REQUIRED, "服务团队和负责人", BOTH, team),
    Condition("5.5.mentors", Citation(5, 5), REQUIRED, "导师团队", BOTH, mentors),
    Condition("5.6.finance", Citation(5, 6), REQUIRED, "财务管理", BOTH, finance),
    Condition("6.1.conditions", Citation(6, 1), REQUIRED, "研发和产业化条件", TECHNICAL, conditions),
    Condition("6.2.facilities", Citation(6, 2), REQUIRED, "专业设备和厂房", TECHNICAL, technical_facilities),
    Condition("6.3.platform", Citation(6, 3), REQUIRED, "线上平台", TECHNICAL, platform),
    Condition("7.1.area", Citation(7, 1), IN_PRINCIPLE, "场地面积", COMPREHENSIVE, area),
    Condition("7.1.public_share", Citation(7, 1), REQUIRED, "公共办公面积", COMPREHENSIVE, public_share),
    Condition("7.1.facilities", Citation(7, 1), REQUIRED, "公共办公设施", COMPREHENSIVE, facilities),
    Condition("7.2.count", Citation(7, 2), REQUIRED, "入驻企业和团队", COMPREHENSIVE, tenants),
    Condition("7.2.lawful", Citation(7, 2), REQUIRED, "守法经营", COMPREHENSIVE, lawful),
    Condition("7.3.services", Citation(7, 3), REQUIRED, "创业服务", COMPREHENSIVE, services),
    Condition("7.3.events", Citation(7, 3), REQUIRED, "定期活动", COMPREHENSIVE, events),
    Condition("7.4.partners", Citation(7, 4), REQUIRED, "资本合作", COMPREHENSIVE, partners),
    Condition("7.4.fund", Citation(7, 4), ENCOURAGED, "创投基金", COMPREHENSIVE, fund),
)
RULES = {
    category: tuple(condition.rule for condition in CONDITIONS if category in condition.categories) for category in BOTH
}


def check(dossier: Dossier, on: date, lines: Mapping[str, Sequence[Dated]] | None = None) -> Findings:
    """All findings on a dossier; ``lines`` are dated values by parameter id, added to those issued."""
    law = law_with(on, lines) if lines else law_on(on)
    found = tuple([rule(dossier, on, law) for rule in RULES[dossier.category]])
    return Findings(ID, dossier.category, on, overall(found), found)


def overall(findings: Iterable[Finding]) -> Verdict:
    """not_met before missing before for_judgement before met; what is only encouraged never counts.

    What is asked in principle only cannot fail the whole: people may allow it with a reason.
    """
    counting = [(finding.strength, finding.verdict) for finding in findings if finding.strength is not ENCOURAGED]
    if (REQUIRED, NOT_MET) in counting:
        return NOT_MET
    verdicts = {FOR_JUDGEMENT if verdict is NOT_MET else verdict for _, verdict in counting}
    return next((verdict for verdict in (MISSING, FOR_JUDGEMENT) if verdict in verdicts), MET)


# What counts, row by row. Each answers with the reason why not, or None.


def _mentor_out(mentor: Mentor, on: date) -> str | None:
    """Why a mentor is not engaged on the day."""
    return _term_out(mentor.engaged_from, mentor.engaged_to, on, "聘期")


def _term_out(first: date | None, last: date | None, on: date, name: str) -> str | None:
    """Why a term is not running on the day."""
    if first is None:
        return f"没有填写{name}的起始日期"
    if first > on:
        return f"{name}自{chinese(first)}才开始"
    return f"{name}已于{chinese(last)}到期" if last and last < on else None


def _premises_out(premises: Premises, years: int) -> str | None:
    """Why premises cannot count on any day."""
    if premises.commercial is None:
        return "没有说明是否商业经营性场所"
    if premises.commercial:
        return "属于商业经营性场所"
    if premises.area_m2 is None:
        return "没有填写面积"
    if not premises.area_m2:
        return "面积为0"
    if premises.tenure is None:
        return "没有说明自有还是租赁"
    if premises.tenure == "owned":
        return None
    if premises.lease_from is None or premises.lease_to is None:
        return "没有填写完整的租期"
    return None if lasts_years(premises.lease_from, premises.lease_to, years) else f"租期不足{years}年"


def _lease_out(premises: Premises, on: date) -> str | None:
    """Why the lease of premises that could count does not run on the day."""
    return None if premises.tenure == "owned" else _term_out(premises.lease_from, premises.lease_to, on, "租期")


def _tenants_out(rows: Sequence[Tenant], on: date, law: Law) -> tuple[Excluded, ...]:
    """The tenants that do not count, the second mention of the same one among them."""
    seen: set[str] = set()
    excluded = []
    for row, tenant in enumerate(rows):
        why = _residence_out(tenant, on) or _tenant_out(tenant, law) or _seen(tenant, seen)
        if why:
            excluded.append(Excluded(_what("入驻", row, tenant.name), why))
    return tuple(excluded)


def _residence_out(tenant: Tenant, on: date) -> str | None:
    """Why a tenant is not resident on the day."""
    arrived, until = tenant.moved_in_on, tenant.agreement_to
    if arrived is None:
        return "没有填写入驻日期"
    if arrived > on:
        return f"{chinese(arrived)}才入驻"
    return f"已于{chinese(until)}到期离开" if until and until < on else None


def _tenant_out(tenant: Tenant, law: Law) -> str | None:
    """Why a tenant cannot count on any day: its kind, its size, its fields."""
    if tenant.kind is None:
        return "没有说明是企业还是团队"
    if tenant.kind == "enterprise":
        if tenant.industry is None:
            return "没有填写行业，无法判断企业规模"
        size = size_of(tenant.industry, tenant.employees, tenant.revenue_wan, tenant.assets_wan)
        if size is MEDIUM or size is LARGE:
            return f"属于{LABELS[size]}企业，不是小微企业"
    if law.tenant_fields == "either":
        return None if tenant.hightech_field or tenant.kunming_188 else "没有填写所属高新技术领域或昆明188重点产业"
    if tenant.hightech_field and tenant.kunming_188:
        return None
    return "没有填写昆明188重点产业" if tenant.hightech_field else "没有填写所属高新技术领域"


def _seen(tenant: Tenant, seen: set[str]) -> str | None:
    """Whether the same credit code, or for teams the same name, was counted before; remembers this one if not."""
    code = tenant.uscc.upper() if tenant.uscc else None
    # A space cannot stand in a trimmed code or lead a trimmed name, so names and codes never collide.
    name = f" {tenant.name}" if tenant.kind == "team" and tenant.name else None
    if code in seen:
        return "与前面的统一社会信用代码重复"
    if name in seen:
        return "与前面的团队名称重复"
    if code:
        seen.add(code)
    if name:
        seen.add(name)
    return None


def _event_out(day: date | None, start: date, on: date) -> str | None:
    """Why an event lies outside the quarters."""
    if day is None:
        return "没有填写日期"
    if day > on:
        return f"{chinese(day)}才举办"
    return f"举办于{chinese(day)}，时间过早" if day <= start else None


def _by_quarter(days: Sequence[date], on: date, quarters: int) -> list[int]:
    """How many of the sorted days lie in each quarter back from ``on``, the latest first; open at the start."""
    bounds = [bisect_right(days, add_months(on, -3 * back)) for back in range(quarters + 1)]
    return [later - earlier for later, earlier in pairwise(bounds)]


def _in_force(partner: Partner, on: date) -> bool:
    """Whether an agreement runs on the day."""
    return _runs(partner.agreement_from, partner.agreement_to, on)


def _is_long(partner: Partner, years: int) -> bool:
    """Whether an agreement runs long enough; an open end always does."""
    first, last = partner.agreement_from, partner.agreement_to
    return first is not None and (last is None or lasts_years(first, last, years))


def _named(what: str, rows: Sequence[Staff | Equipment]) -> tuple[int, tuple[Excluded, ...]]:
    """How many rows have a name, and those that have none."""
    excluded = tuple(
        Excluded(f"第{row}行{what}", "没有填写名称") for row, given in enumerate(rows, 1) if not given.name
    )
    return len(rows) - len(excluded), excluded


# When waiting alone will do. A finding can only turn on a day on which some row begins or ceases to count, so those
# days are asked, and no others.


def _first_day(on: date, days: Iterable[date | None], holds: Callable[[date], bool]) -> date | None:
    """The first of the days after ``on``, within 366, on which it holds."""
    last = on + LOOK_AHEAD
    return next((day for day in sorted({day for day in days if day and on < day <= last}) if holds(day)), None)


def _runs(first: date | None, last: date | None, day: date) -> bool:
    """Whether a term is running on the day: what ``_term_out`` and ``_residence_out`` say, without the words."""
    return first is not None and first <= day and (last is None or day <= last)


def _turns(terms: Iterable[tuple[date | None, date | None]]) -> Iterable[date]:
    """The days on which terms begin, and the days after they end."""
    for first, last in terms:
        if first:
            yield first
        if last:
            yield last + ONE_DAY


def _leases(dossier: Dossier, law: Law) -> list[Premises]:
    """The premises that can count on some day."""
    return [premises for premises in dossier.premises if not _premises_out(premises, law.lease_years)]


def _totals(rows: Iterable[Premises], day: date) -> tuple[Decimal, Decimal]:
    """Area and public area of those that count on the day."""
    counted = [
        premises
        for premises in rows
        if premises.tenure == "owned" or _runs(premises.lease_from, premises.lease_to, day)
    ]
    return (
        sum((premises.area_m2 or ZERO for premises in counted), ZERO),
        sum((premises.public_office_m2 or ZERO for premises in counted), ZERO),
    )


def _area_day(dossier: Dossier, on: date, law: Law) -> date | None:
    """The first day on which the counted area suffices."""
    rows = _leases(dossier, law)
    return _first_day(on, (premises.lease_from for premises in rows), lambda day: _totals(rows, day)[0] >= law.area)


def _share_day(dossier: Dossier, on: date, law: Law) -> date | None:
    """The first day on which the public share suffices: a lease that ends may bring it about too."""
    rows = _leases(dossier, law)

    def holds(day: date) -> bool:
        area, public = _totals(rows, day)
        return area > 0 and public * 100 >= area * law.public_share

    return _first_day(on, _turns((premises.lease_from, premises.lease_to) for premises in rows), holds)


def _tenants_day(dossier: Dossier, on: date, law: Law) -> date | None:
    """The first day on which enough tenants count: one that leaves may make room for its double."""
    rows = [tenant for tenant in dossier.tenants if not _tenant_out(tenant, law)]

    def holds(day: date) -> bool:
        resident = [tenant for tenant in rows if _runs(tenant.moved_in_on, tenant.agreement_to, day)]
        seen: set[str] = set()
        return len(resident) >= law.tenants and sum(not _seen(tenant, seen) for tenant in resident) >= law.tenants

    if len(rows) < law.tenants:
        return None
    return _first_day(on, _turns((tenant.moved_in_on, tenant.agreement_to) for tenant in rows), holds)


def _events_day(days: Sequence[date], on: date, quarters: int) -> date | None:
    """The first day on which every quarter has an event: only a day that moves an event into a quarter can be it."""
    turns = (_reaches(day, 3 * back) for day in days for back in range(quarters))
    return _first_day(on, turns, lambda day: all(_by_quarter(days, day, quarters)))


def _reaches(day: date, months: int) -> date:
    """The first day that, ``months`` back, is ``day`` or later."""
    later = add_months(day, months)
    return later if add_months(later, -months) >= day else later + ONE_DAY


# Words.


def _waiting(day: date | None) -> str:
    """What waiting alone will do."""
    return f"其他情况不变的，{chinese(day)}起即可满足。" if day else ""


def _what(kind: str, row: int, name: str | None) -> str:
    """A row by its name, or else by its place."""
    return name or f"第{row + 1}行{kind}"


def _m2(value: Decimal) -> str:
    """An area as people write it: 260, 33.34."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _float(value: Decimal | None) -> float | None:
    """An exact area as a JSON number."""
    return None if value is None else float(value)


def _iso(day: date | None) -> str | None:
    """A day as JSON."""
    return day.isoformat() if day else None

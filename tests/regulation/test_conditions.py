"""Chapter 2 as a table: a fact, and what the regulation says to it."""

from datetime import date
from typing import Any

import pytest

from makerspace.regulation.kunkefa_2017_55.ch2_conditions import CONDITIONS, check, overall
from makerspace.regulation.kunkefa_2017_55.dossier import parse
from makerspace.regulation.terms import Dated, Excluded, Finding, Gap, Strength, Verdict
from tests.regulation.dossiers import EVENT_DAYS, MENTOR, ON, OWNED, PARTNER, PREMISES, TENANT, finding, given

MET, NOT_MET, FOR_JUDGEMENT, MISSING = Verdict.MET, Verdict.NOT_MET, Verdict.FOR_JUDGEMENT, Verdict.MISSING
EMPTY = {"regulation": "kunkefa-2017-55", "category": "comprehensive"}


def mentors(*terms: tuple[str | None, str | None]) -> list[dict[str, Any]]:
    """Mentors engaged for these terms."""
    return [{**MENTOR, "engaged_from": first, "engaged_to": last} for first, last in terms]


def events(*days: str | None) -> list[dict[str, Any]]:
    """Events on these days."""
    return [{"kind": "salon", "on": day, "title": None, "participants": None} for day in days]


def partners(*terms: tuple[str | None, str | None]) -> list[dict[str, Any]]:
    """Partners with agreements for these terms."""
    return [{**PARTNER, "agreement_from": first, "agreement_to": last} for first, last in terms]


def tenants(count: int, **last: object) -> list[dict[str, Any]]:
    """So many tenants, the last of them with these facts."""
    rows = [{**TENANT, "name": f"第{row}企业", "uscc": f"CODE{row}"} for row in range(count)]
    rows[-1] |= last
    return rows


ACCOUNTS = {
    "规范、不依托": ({"standardised": True, "run_by_host": False}, MET),
    "依托且单独核算": ({"standardised": True, "run_by_host": True, "separate_accounts": True}, MET),
    "不规范": ({"standardised": False, "run_by_host": None}, NOT_MET),
    "依托而不单独核算，胜过未填": ({"standardised": None, "run_by_host": True, "separate_accounts": False}, NOT_MET),
    "未填是否规范": ({"standardised": None, "run_by_host": False}, MISSING),
    "未填是否依托": ({"standardised": True, "run_by_host": None, "separate_accounts": False}, MISSING),
    "依托而未填核算": ({"standardised": True, "run_by_host": True}, MISSING),
    "整块未填": (None, MISSING),
}


@pytest.mark.parametrize(
    ("case", "code", "path", "value", "verdict"),
    [
        ("注册在五华区", "5.1.registered", "operator.registered_division", "530102", MET),
        ("注册在安宁市", "5.1.registered", "operator.registered_division", "530181", MET),
        ("注册在曲靖市", "5.1.registered", "operator.registered_division", "530302", NOT_MET),
        ("注册地未填", "5.1.registered", "operator.registered_division", None, MISSING),
        ("注册地空白", "5.1.registered", "operator.registered_division", " ", MISSING),
        ("独立法人", "5.1.legal_person", "operator.independent_legal_person", True, MET),
        ("分公司", "5.1.legal_person", "operator.independent_legal_person", False, NOT_MET),
        ("法人资格未填", "5.1.legal_person", "operator.independent_legal_person", None, MISSING),
        ("企业", "5.1.kind", "operator.kind", "enterprise", MET),
        ("事业单位", "5.1.kind", "operator.kind", "public_institution", MET),
        ("社会组织", "5.1.kind", "operator.kind", "social_organisation", FOR_JUDGEMENT),
        ("机关", "5.1.kind", "operator.kind", "government", NOT_MET),
        ("个体工商户", "5.1.kind", "operator.kind", "individual", NOT_MET),
        ("其他单位", "5.1.kind", "operator.kind", "other", NOT_MET),
        ("性质空白", "5.1.kind", "operator.kind", "", MISSING),
        ("整个单位未填", "5.1.kind", "operator", None, MISSING),
        ("有主题", "5.2.theme", "makerspace.theme", "数字创意", FOR_JUDGEMENT),
        ("主题空白", "5.2.theme", "makerspace.theme", "　", MISSING),
        ("恰满半年", "5.3.half_year", "makerspace.opened_on", "2025-09-16", MET),
        ("差一天满半年", "5.3.half_year", "makerspace.opened_on", "2025-09-17", NOT_MET),
        ("开办日期未填", "5.3.half_year", "makerspace.opened_on", None, MISSING),
        ("有负责人和团队", "5.4.team", "staff", [{"name": "赵六"}], FOR_JUDGEMENT),
        ("没有团队", "5.4.team", "staff", [], MISSING),
        ("团队只有无名的一行", "5.4.team", "staff", [{"duty": "运营"}], MISSING),
        ("没有负责人", "5.4.team", "lead", None, MISSING),
        ("两名导师", "5.5.mentors", "mentors", mentors(("2024-01-01", None), ("2026-03-16", "2026-03-16")), MET),
        ("一名导师", "5.5.mentors", "mentors", mentors(("2024-01-01", None), ("2026-03-17", None)), FOR_JUDGEMENT),
        ("导师聘期已过", "5.5.mentors", "mentors", mentors(("2024-01-01", "2026-03-15")), NOT_MET),
        ("导师未填聘期", "5.5.mentors", "mentors", mentors((None, None), (None, "2027-01-01")), NOT_MET),
        ("没有导师", "5.5.mentors", "mentors", None, NOT_MET),
        *((case, "5.6.finance", "finance", value, verdict) for case, (value, verdict) in ACCOUNTS.items()),
        ("有设备和低成本空间", "6.1.conditions", "", None, FOR_JUDGEMENT),
        ("空间不低成本", "6.1.conditions", "technical.low_cost_open_office", False, NOT_MET),
        ("没有设备", "6.1.conditions", "technical.equipment", [], NOT_MET),
        ("空间未填", "6.1.conditions", "technical.low_cost_open_office", None, MISSING),
        ("空间未填且没有设备", "6.1.conditions", "technical", {"equipment": []}, NOT_MET),
        ("有服务和厂房", "6.2.facilities", "", None, FOR_JUDGEMENT),
        ("没有专业服务", "6.2.facilities", "technical.professional_services", [], NOT_MET),
        ("厂房为零", "6.2.facilities", "technical.workshop_m2", 0, NOT_MET),
        ("厂房未填", "6.2.facilities", "technical.workshop_m2", None, MISSING),
        ("厂房未填也没有服务", "6.2.facilities", "technical", None, NOT_MET),
        ("有平台并共享", "6.3.platform", "", None, FOR_JUDGEMENT),
        ("没有网址", "6.3.platform", "technical.platform.url", "", NOT_MET),
        ("平台不共享", "6.3.platform", "technical.platform.shared_resources", False, NOT_MET),
        ("共享未填", "6.3.platform", "technical.platform.shared_resources", None, MISSING),
        ("平台整块未填", "6.3.platform", "technical.platform", None, NOT_MET),
        ("恰300平方米", "7.1.area", "premises.0.area_m2", 300, MET),
        ("299.99平方米", "7.1.area", "premises.0.area_m2", 299.99, FOR_JUDGEMENT),
        ("两处相加恰300", "7.1.area", "premises", [{**OWNED, "area_m2": 100.1}, {**PREMISES, "area_m2": 199.9}], MET),
        ("场地未填", "7.1.area", "premises", [], MISSING),
        ("公共面积恰10%", "7.1.public_share", "premises.0.public_office_m2", 42, MET),
        ("公共面积差0.01", "7.1.public_share", "premises.0.public_office_m2", 41.99, NOT_MET),
        ("公共面积未填", "7.1.public_share", "premises.0.public_office_m2", None, NOT_MET),
        ("场地未填，公共面积也无从说起", "7.1.public_share", "premises", None, MISSING),
        ("三样齐备", "7.1.facilities", "", None, MET),
        ("缺洽谈室", "7.1.facilities", "facilities", ["office_equipment", "meeting_room"], FOR_JUDGEMENT),
        ("一样没有", "7.1.facilities", "facilities", [], NOT_MET),
        ("十家", "7.2.count", "", None, MET),
        ("九家", "7.2.count", "tenants", tenants(9), NOT_MET),
        ("入驻未填", "7.2.count", "tenants", None, MISSING),
        ("守法声明", "7.2.lawful", "lawful_operation_declared", True, MET),
        ("不能声明守法", "7.2.lawful", "lawful_operation_declared", False, NOT_MET),
        ("守法未填", "7.2.lawful", "lawful_operation_declared", None, MISSING),
        ("四类服务齐备", "7.3.services", "", None, MET),
        ("缺政策咨询", "7.3.services", "services", ["business_registration", "legal", "finance"], NOT_MET),
        ("服务未填", "7.3.services", "services", None, NOT_MET),
        ("每季有活动", "7.3.events", "", None, MET),
        ("窗口起点不含", "7.3.events", "events", events("2025-03-16", *EVENT_DAYS[1:]), FOR_JUDGEMENT),
        ("窗口终点含", "7.3.events", "events", events("2025-06-16", "2025-09-16", "2025-12-16", "2026-03-16"), MET),
        ("一季空缺", "7.3.events", "events", events(*EVENT_DAYS[1:]), FOR_JUDGEMENT),
        ("都是旧活动", "7.3.events", "events", events("2025-03-16", "2024-01-01"), NOT_MET),
        ("没有活动", "7.3.events", "events", None, NOT_MET),
        ("开口协议", "7.4.partners", "", None, MET),
        ("恰一年的协议", "7.4.partners", "capital_partners", partners(("2025-04-01", "2026-03-31")), MET),
        ("差一天一年", "7.4.partners", "capital_partners", partners(("2025-04-01", "2026-03-30")), FOR_JUDGEMENT),
        ("协议已过期", "7.4.partners", "capital_partners", partners(("2024-01-01", "2026-03-15")), NOT_MET),
        ("协议未填起始", "7.4.partners", "capital_partners", partners((None, None)), NOT_MET),
        ("没有合作机构", "7.4.partners", "capital_partners", None, NOT_MET),
        ("有基金", "7.4.fund", "fund", {"exists": True}, MET),
        ("没有基金", "7.4.fund", "fund", {"exists": False}, NOT_MET),
        ("基金未填", "7.4.fund", "fund", None, NOT_MET),
    ],
)
def test_a_fact_is_answered_as_the_article_says(
    case: str, code: str, path: str, value: object, verdict: Verdict
) -> None:
    assert finding(code, given(path, value)).verdict is verdict, case


@pytest.mark.parametrize(
    ("case", "facts", "why"),
    [
        ("商业经营性场所", {"commercial": True}, "属于商业经营性场所"),
        ("未说明是否商业", {"commercial": None}, "没有说明是否商业经营性场所"),
        ("面积未填", {"area_m2": None}, "没有填写面积"),
        ("面积为零", {"area_m2": 0}, "面积为0"),
        ("未说明自有还是租赁", {"tenure": None}, "没有说明自有还是租赁"),
        ("租期缺截止", {"lease_to": None}, "没有填写完整的租期"),
        ("租期缺起始", {"lease_from": None}, "没有填写完整的租期"),
        ("租期差一天三年", {"lease_to": "2026-12-30"}, "租期不足3年"),
        ("租期未开始", {"lease_from": "2026-03-17", "lease_to": "2029-03-16"}, "租期自2026年3月17日才开始"),
        ("租期已到", {"lease_from": "2023-03-16", "lease_to": "2026-03-15"}, "租期已于2026年3月15日到期"),
    ],
)
def test_premises_that_do_not_count_are_listed_with_the_reason(case: str, facts: dict[str, Any], why: str) -> None:
    dossier = given("premises", [{**PREMISES, **facts}])

    area, share = finding("7.1.area", dossier), finding("7.1.public_share", dossier)

    assert (area.verdict, area.excluded) == (NOT_MET, (Excluded("五华区学府路1号", why),)), case
    assert (share.verdict, share.gap, share.excluded) == (NOT_MET, None, area.excluded)


def test_a_lease_of_three_years_to_the_day_counts() -> None:
    dossier = given("premises", [{**PREMISES, "lease_from": "2023-04-01", "lease_to": "2026-03-31"}])

    assert finding("7.1.area", dossier).verdict is MET


def test_owned_premises_count_without_a_lease() -> None:
    assert finding("7.1.area", given("premises", [OWNED])).facts == {"counted_m2": 420.0}


def test_public_area_that_is_not_given_is_said_to_count_as_nothing() -> None:
    share = finding("7.1.public_share", given("premises.0.public_office_m2", None))

    assert share.excluded == (Excluded("五华区学府路1号", "没有填写公共办公面积，按0计算"),)
    assert share.gap == Gap(42.0, 0.0, 42.0, "m2")


@pytest.mark.parametrize(
    ("case", "facts", "why"),
    [
        ("未填入驻日期", {"moved_in_on": None}, "没有填写入驻日期"),
        ("还没入驻", {"moved_in_on": "2026-03-17"}, "2026年3月17日才入驻"),
        ("已经离开", {"agreement_to": "2026-03-15"}, "已于2026年3月15日到期离开"),
        ("未说明企业还是团队", {"kind": None}, "没有说明是企业还是团队"),
        ("企业未填行业", {"industry": None}, "没有填写行业，无法判断企业规模"),
        ("中型企业", {"employees": 100, "revenue_wan": 1000}, "属于中型企业，不是小微企业"),
        ("大型企业", {"employees": 300, "revenue_wan": 10000}, "属于大型企业，不是小微企业"),
        ("未填高新领域", {"hightech_field": None}, "没有填写所属高新技术领域"),
        ("未填188产业", {"kunming_188": "  "}, "没有填写昆明188重点产业"),
        ("同一代码，不分大小写", {"uscc": "code0"}, "与前面的统一社会信用代码重复"),
    ],
)
def test_tenants_that_do_not_count_are_listed_with_the_reason(case: str, facts: dict[str, Any], why: str) -> None:
    count = finding("7.2.count", given("tenants", tenants(10, **facts)))

    assert (count.verdict, count.excluded) == (NOT_MET, (Excluded("第9企业", why),)), case
    assert count.gap == Gap(10, 9, 1, "count")


@pytest.mark.parametrize(
    ("case", "facts"),
    [
        ("今天入驻", {"moved_in_on": "2026-03-16"}),
        ("今天到期", {"agreement_to": "2026-03-16"}),
        ("长期入驻", {"agreement_to": None}),
        ("团队不看行业和规模", {"kind": "team", "industry": None, "employees": 5000, "revenue_wan": 90000}),
        ("没有账目的企业", {"employees": None, "revenue_wan": None, "assets_wan": None}),
        ("没有代码的企业不算重复", {"uscc": None}),
    ],
)
def test_tenants_that_count(case: str, facts: dict[str, Any]) -> None:
    assert finding("7.2.count", given("tenants", tenants(10, **facts))).verdict is MET, case


def test_teams_of_one_name_are_one_team_but_an_enterprise_may_share_the_name() -> None:
    teams = [{**TENANT, "kind": "team", "name": "启明", "uscc": None} for _ in range(3)]
    nameless = [{**TENANT, "kind": "team", "name": None, "uscc": None} for _ in range(2)]

    count = finding("7.2.count", given("tenants", [*teams, {**TENANT, "name": "启明"}, *nameless]))

    assert count.facts == {"counted": 4}
    assert count.excluded == (Excluded("启明", "与前面的团队名称重复"),) * 2


def test_a_tenant_excluded_for_another_reason_does_not_shut_out_its_double() -> None:
    rows = [{**TENANT, "moved_in_on": None}, TENANT]

    assert finding("7.2.count", given("tenants", rows)).facts == {"counted": 1}


def test_under_the_other_setting_one_of_the_two_fields_is_enough() -> None:
    rows = [*tenants(9, hightech_field=None), *tenants(1, uscc="X", hightech_field=None, kunming_188=None)]
    dossier = parse(given("tenants", rows))
    either = {"TENANT_FIELDS": (Dated(date(2026, 1, 1), "either"),)}

    assert check(dossier, ON).of("7.2.count").facts == {"counted": 8}
    assert check(dossier, ON, either).of("7.2.count").facts == {"counted": 9}
    assert check(dossier, ON, either).of("7.2.count").excluded == (
        Excluded("第0企业", "没有填写所属高新技术领域或昆明188重点产业"),
    )
    assert check(dossier, date(2025, 12, 31), either).of("7.2.count").facts == {"counted": 8}


def test_a_changed_number_changes_the_finding_and_its_words() -> None:
    dossier = parse(given("makerspace.opened_on", "2026-01-16"))
    shorter = {"AGE_MONTHS": (Dated(date(2026, 1, 1), 2),)}

    assert check(dossier, ON).of("5.3.half_year").verdict is NOT_MET
    assert (
        check(dossier, ON, shorter).of("5.3.half_year").text == "众创空间于2026年1月16日开办，2026年3月16日起满2个月。"
    )


def test_rows_without_a_name_are_listed_by_their_place() -> None:
    team = finding("5.4.team", given("staff", [{"name": "赵六"}, {"duty": "运营"}]))
    mentor = finding("5.5.mentors", given("mentors", [{}, {**MENTOR, "engaged_to": "2026-03-15"}]))

    assert team.excluded == (Excluded("第2行团队成员", "没有填写名称"),)
    assert mentor.excluded == (
        Excluded("第1行导师", "没有填写聘期的起始日期"),
        Excluded("导师", "聘期已于2026年3月15日到期"),
    )


def test_events_outside_the_twelve_months_are_listed_with_the_reason() -> None:
    found = finding("7.3.events", given("events", events(None, "2026-03-17", "2025-03-16", "2025-03-17")))

    assert found.facts == {"by_quarter": [0, 0, 0, 1]}
    assert found.excluded == (
        Excluded("第1行活动", "没有填写日期"),
        Excluded("第2行活动", "2026年3月17日才举办"),
        Excluded("第3行活动", "举办于2025年3月16日，时间过早"),
    )


@pytest.mark.parametrize(
    ("case", "code", "path", "value", "expected", "words"),
    [
        ("开办将满半年", "5.3.half_year", "makerspace.opened_on", "2025-11-30", "2026-05-30", "2026年5月30日起满半年，目前还差75天"),
        ("开办在一年多以后", "5.3.half_year", "makerspace.opened_on", "2026-09-18", None, "2027年3月18日起满半年"),
        ("开办后恰366天", "5.3.half_year", "makerspace.opened_on", "2026-09-17", "2027-03-17", "2027年3月17日起满半年"),
        ("第二名导师将到任", "5.5.mentors", "mentors", mentors(("2024-01-01", None), ("2026-04-01", None)), "2026-04-01", "还差1名"),
        ("第二名到任时第一名已离任", "5.5.mentors", "mentors", mentors(("2024-01-01", "2026-03-31"), ("2026-04-01", None)), None, "还差1名"),
        ("租约将生效", "7.1.area", "premises", [{**PREMISES, "lease_from": "2026-04-01", "lease_to": "2029-03-31"}], "2026-04-01", "还差300平方米"),
        (
            "缺公共面积的租约到期后达标", "7.1.public_share", "premises",
            [{**PREMISES, "public_office_m2": 0, "lease_to": "2027-01-31"}, {**OWNED, "public_office_m2": 42}],
            "2027-02-01", "还差42平方米",
        ),
        ("两家将入驻", "7.2.count", "tenants", [*tenants(9, moved_in_on="2026-05-01"), *tenants(11, moved_in_on="2026-06-01")[9:]], "2026-05-01", "还差1家"),
        ("活动再过些天自成每季", "7.3.events", "events", events("2025-06-17", "2025-09-17", "2025-12-17", "2026-03-17"), "2026-03-17", "2026年3月17日起即可满足"),
        ("长期协议将生效", "7.4.partners", "capital_partners", partners(("2026-07-01", None)), "2026-07-01", "2026年7月1日起即可满足"),
        ("短期协议等也无用", "7.4.partners", "capital_partners", partners(("2026-07-01", "2026-12-31")), None, "没有在有效期内"),
    ],
)  # fmt: skip
def test_waiting_alone_satisfies_on_the_day_that_is_named(
    case: str, code: str, path: str, value: object, expected: str | None, words: str
) -> None:
    found = finding(code, given(path, value))

    assert found.satisfied_on == (date.fromisoformat(expected) if expected else None), case
    assert words in found.text


def test_an_event_at_a_months_end_reaches_its_quarter_on_the_first_of_the_month_after() -> None:
    # Three months before 28 February 2026 is 28 November: 30 November is only reached on 1 March.
    dossier = given("events", events("2025-05-15", "2025-08-15", "2025-11-30", "2026-02-15"))

    assert finding("7.3.events", dossier, date(2026, 2, 28)).verdict is FOR_JUDGEMENT
    assert finding("7.3.events", dossier, date(2026, 2, 20)).satisfied_on == date(2026, 3, 1)
    assert finding("7.3.events", dossier, date(2026, 3, 1)).verdict is MET


@pytest.mark.parametrize(
    ("code", "path", "value", "gap"),
    [
        ("7.1.area", "premises.0.area_m2", 260, Gap(300, 260.0, 40.0, "m2")),
        ("7.1.area", "premises", [], Gap(300, 0.0, 300.0, "m2")),
        ("7.1.area", "", None, Gap(300, 420.0, 0.0, "m2")),
        ("7.1.public_share", "premises.0.area_m2", 333.33, Gap(33.34, 60.0, 0.0, "m2")),
        ("7.1.public_share", "premises.0.area_m2", 1000.01, Gap(100.01, 60.0, 40.01, "m2")),
        ("7.1.public_share", "premises", [], None),
        ("7.2.count", "tenants", tenants(8), Gap(10, 8, 2, "count")),
        ("7.2.count", "tenants", [], Gap(10, 0, 10, "count")),
        ("5.5.mentors", "mentors", [MENTOR], Gap(2, 1, 1, "count")),
        ("5.5.mentors", "mentors", [], Gap(2, 0, 2, "count")),
        ("5.5.mentors", "mentors", [MENTOR] * 3, Gap(2, 3, 0, "count")),
    ],
)
def test_the_smallest_gap_is_named(code: str, path: str, value: object, gap: Gap | None) -> None:
    assert finding(code, given(path, value)).gap == gap


def test_the_sound_comprehensive_dossier_leaves_only_what_people_judge() -> None:
    found = check(parse(given()), ON)

    assert found.overall is FOR_JUDGEMENT
    assert {one.id for one in found.findings if one.verdict is FOR_JUDGEMENT} == {"5.2.theme", "5.4.team"}
    assert {one.id for one in found.findings if one.verdict is NOT_MET} == {"7.4.fund"}


def test_the_sound_technical_dossier_leaves_only_what_people_judge() -> None:
    found = check(parse(given(category="technical")), ON)

    assert found.overall is FOR_JUDGEMENT
    assert [one.id for one in found.findings if one.verdict is FOR_JUDGEMENT] == [
        "5.2.theme", "5.4.team", "6.1.conditions", "6.2.facilities", "6.3.platform",
    ]  # fmt: skip


def test_findings_come_in_the_order_of_the_articles_and_of_one_category_only() -> None:
    comprehensive = [one.id for one in check(parse(given()), ON).findings]
    technical = [one.id for one in check(parse(given(category="technical")), ON).findings]
    order = [condition.id for condition in CONDITIONS]

    assert comprehensive == [code for code in order if not code.startswith("6.")]
    assert technical == [code for code in order if not code.startswith("7.")]
    assert len(order) == 20


def test_each_finding_agrees_with_its_row_in_the_table() -> None:
    for category in ("comprehensive", "technical"):
        for one in check(parse(given(category=category)), ON).findings:
            row = next(row for row in CONDITIONS if row.id == one.id)
            assert (one.article, one.item, one.strength) == (*row.citation, row.strength)


def test_an_empty_dossier_is_answered_in_full() -> None:
    found = check(parse(EMPTY), ON)

    # No mentors, services, events and partners is a fact, not a gap in the form.
    assert found.overall is NOT_MET
    assert {one.id: one.verdict for one in found.findings} == {
        "5.1.registered": MISSING, "5.1.legal_person": MISSING, "5.1.kind": MISSING, "5.2.theme": MISSING,
        "5.3.half_year": MISSING, "5.4.team": MISSING, "5.5.mentors": NOT_MET, "5.6.finance": MISSING,
        "7.1.area": MISSING, "7.1.public_share": MISSING, "7.1.facilities": NOT_MET, "7.2.count": MISSING,
        "7.2.lawful": MISSING, "7.3.services": NOT_MET, "7.3.events": NOT_MET, "7.4.partners": NOT_MET,
        "7.4.fund": NOT_MET,
    }  # fmt: skip


def one(strength: Strength, verdict: Verdict) -> Finding:
    """A finding of which only strength and verdict matter."""
    return Finding("x", 5, 1, strength, verdict, "", {})


@pytest.mark.parametrize(
    ("case", "findings", "verdict"),
    [
        ("都满足", [one(Strength.REQUIRED, MET)], MET),
        ("不满足胜过一切", [one(Strength.REQUIRED, v) for v in (MET, FOR_JUDGEMENT, MISSING, NOT_MET)], NOT_MET),
        ("未填胜过待判断", [one(Strength.REQUIRED, v) for v in (MET, FOR_JUDGEMENT, MISSING)], MISSING),
        (
            "原则性条件未填也算未填",
            [one(Strength.IN_PRINCIPLE, MISSING), one(Strength.REQUIRED, FOR_JUDGEMENT)],
            MISSING,
        ),
        ("原则性条件不满足交由人判断", [one(Strength.IN_PRINCIPLE, NOT_MET)], FOR_JUDGEMENT),
        ("鼓励事项从不计入", [one(Strength.ENCOURAGED, v) for v in (NOT_MET, MISSING, FOR_JUDGEMENT)], MET),
    ],
)
def test_the_whole_follows_from_the_parts(case: str, findings: list[Finding], verdict: Verdict) -> None:
    assert overall(findings) is verdict, case
